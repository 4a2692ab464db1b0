import { hostMemory } from './ffi';
import { replaceImports } from './import-table';

it('finds the word that holds an import, and what it holds can be called', () => {
  let address = 0n;
  // Put back as it is: the test process goes on to use it
  expect(replaceImports(['madvise'], (_, original) => (address = original))).toBe(true);
  expect(new Uint8Array(hostMemory(Number(address), 4)).some((b) => b !== 0)).toBe(true);
});

it('says so if there is no such import', () => {
  expect(replaceImports(['madvise', 'no_such_function'], () => 0n)).toBe(false);
});
