import { readFileSync, writeFileSync } from 'node:fs';
import type * as CoreDumps from './core-dumps';

const FILE = '/proc/self/coredump_filter';
const filter = (): string => readFileSync(FILE, 'latin1').trim();

const before = filter();
beforeEach(() => writeFileSync(FILE, '0x7d'));
afterAll(() => writeFileSync(FILE, `0x${before}`));

/** The module as a thread of its own has it. */
function load(): typeof CoreDumps {
  let module: typeof CoreDumps | undefined;
  jest.isolateModules(() => (module = jest.requireActual<typeof CoreDumps>('./core-dumps')));
  return module!;
}

it('restores what there was for a program that is executed, and makes cores small again if that fails', () => {
  const { makeCoresSmall, restoreCores } = load();
  expect(makeCoresSmall()).toBe(true);
  expect(filter()).toBe('00000000');
  const undo = restoreCores();
  expect(filter()).toBe('0000007d');
  undo();
  expect(filter()).toBe('00000000');
  // That it is small already is not what there was
  makeCoresSmall();
  restoreCores();
  expect(filter()).toBe('0000007d');
});

it('restores in a thread what another one has changed', () => {
  const first = load();
  const second = load();
  first.makeCoresSmall();
  second.adoptCoreFilter(first.originalCoreFilter());
  second.makeCoresSmall();
  second.restoreCores();
  expect(filter()).toBe('0000007d');
});

it('changes nothing for a program that is executed where nothing was changed', () => {
  load().restoreCores()();
  expect(filter()).toBe('0000007d');
});
