import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSymbolName } from './symbol-names';
import { readElf, readElfHeader } from './elf-file';
import { buildElf, ET, PT } from './elf-fixture';
import { openExecutable } from './host-file';

const dir = mkdtempSync(join(tmpdir(), 'tsemu-names-'));
afterAll(() => rmSync(dir, { recursive: true }));

const INTERPRETER = '/lib/ld.so\0';

/** An entry of the dynamic section. */
function entry(tag: number, value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(tag, 0);
  out.writeUInt32LE(value, 4);
  return out;
}

/** A program with these dynamic strings, said to have `length` bytes. */
function program(strings: string, length = strings.length): Parameters<typeof hasSymbolName>[0] {
  const dynamic = Buffer.concat([entry(5, 0x10400), entry(10, length), entry(0, 0)]);
  const elf = buildElf({
    type: ET.EXEC,
    segments: [
      { offset: 0, vaddr: 0x10000, fileSize: 0x800, memSize: 0x800 },
      { type: PT.INTERP, offset: 0x200, vaddr: 0x10200, fileSize: INTERPRETER.length, memSize: INTERPRETER.length },
      { type: PT.DYNAMIC, offset: 0x300, vaddr: 0x10300, fileSize: dynamic.length, memSize: dynamic.length },
    ],
    contents: [
      [0x200, INTERPRETER],
      [0x300, dynamic],
      [0x400, strings],
    ],
    size: 0x1000,
  });
  const file = join(dir, 'program');
  writeFileSync(file, elf, { mode: 0o755 });
  return readElf(readElfHeader(openExecutable(Buffer.from(file))));
}

describe('hasSymbolName', () => {
  it('finds whole names', () => {
    expect(hasSymbolName(program('\0puts\0fetestexcept\0'), ['fetestexcept'])).toBe(true);
    expect(hasSymbolName(program('\0puts\0my_fetestexcept\0'), ['fetestexcept'])).toBe(false);
  });

  it('finds nothing where the table lies outside of the file', () => {
    expect(hasSymbolName(program('\0fetestexcept\0', 0xfffff), ['fetestexcept'])).toBe(false);
  });
});
