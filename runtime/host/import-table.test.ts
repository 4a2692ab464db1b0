import * as ffi from './ffi';
import { replaceImports } from './import-table';
import { HOST } from './numbers';

const { hostMemory } = ffi;

/** Calls of mprotect(2) that are let through before one fails. */
let allowed = Infinity;
const changedPages = new Set<number>();

jest.mock('./ffi', () => {
  const actual = jest.requireActual<typeof ffi>('./ffi');
  const syscall: typeof ffi.syscall = (number, ...args) => {
    if (number !== HOST.mprotect || args[2] !== 3) return actual.syscall(number, ...args);
    changedPages.add(args[0] as number);
    return allowed-- > 0 ? actual.syscall(number, ...args) : -12;
  };
  return { ...actual, syscall };
});

beforeEach(() => {
  allowed = Infinity;
  changedPages.clear();
});

/** Addresses of imports, which are left as they are. */
function addressesOf(names: readonly string[]): Record<string, bigint> {
  const found: Record<string, bigint> = {};
  replaceImports(names, (name, original) => (found[name] = original));
  return found;
}

it('finds the word that holds an import, and what it holds can be called', () => {
  let address = 0n;
  // Put back as it is: the test process goes on to use it
  expect(replaceImports(['madvise'], (_, original) => (address = original))).toBe(true);
  expect(new Uint8Array(hostMemory(Number(address), 4)).some((b) => b !== 0)).toBe(true);
});

it('says so if there is no such import', () => {
  expect(replaceImports(['madvise', 'no_such_function'], () => 0n)).toBe(false);
});

it('changes nothing if the answer for one of them is an error', () => {
  const names = ['madvise', 'munmap'];
  const before = addressesOf(names);
  let calls = 0;
  const replace = (_: string, original: bigint): bigint => {
    if (++calls === 2) throw new Error('no');
    return original + 1n;
  };
  expect(() => replaceImports(names, replace)).toThrow('no');
  expect(addressesOf(names)).toEqual(before);
});

it('changes nothing if a page cannot be written', () => {
  const names = ['madvise', 'munmap'];
  const before = addressesOf(names);
  allowed = changedPages.size - 1;
  expect(replaceImports(names, (_, original) => original + 1n)).toBe(false);
  allowed = Infinity;
  expect(addressesOf(names)).toEqual(before);
});
