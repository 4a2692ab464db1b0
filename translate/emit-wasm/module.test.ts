import { emitEntry } from './emit-region';
import { buildModule } from './module';
import { FIRST_REGION } from './imports';

/** The function names that a module's name section gives (spec, appendix 7.4.1), by index. */
function namesOf(bytes: Uint8Array): Map<number, string> {
  const section = new Uint8Array(WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'name')[0]!);
  let at = 0;
  const byte = (): number => section[at++]!;
  const text = (): string => Buffer.from(section.subarray(at + 1, (at += 1 + section[at]!))).toString();
  const names = new Map<number, string>();
  while (at < section.length) {
    const id = byte();
    const end = byte() + at;
    if (id === 1) for (let n = byte(); n > 0; n--) names.set(byte(), text());
    at = end;
  }
  return names;
}

it.each([0, 2])('names its functions behind %i imported regions', (imported) => {
  const fn = emitEntry({ function: FIRST_REGION + imported, label: 0 });
  const { bytes } = buildModule([{ ...fn, name: 'first@0x1' }, fn, { ...fn, name: 'third' }], 'm', imported);
  const base = FIRST_REGION + imported;
  expect([...namesOf(bytes)]).toEqual([
    [base, 'first@0x1'],
    [base + 2, 'third'],
  ]);
});

it('hints which branches are unlikely, by function and offset', () => {
  const fn = emitEntry({ function: FIRST_REGION, label: 0 });
  const { bytes } = buildModule([fn, { ...fn, unlikely: [3, 200] }]);
  const section = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'metadata.code.branch_hint')[0]!;
  expect([...new Uint8Array(section)]).toEqual([1, FIRST_REGION + 1, 2, 3, 1, 0, 0xc8, 1, 1, 0]);
  expect(WebAssembly.Module.customSections(new WebAssembly.Module(buildModule([fn]).bytes), 'metadata.code.branch_hint')).toEqual([]);
});
