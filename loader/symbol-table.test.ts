import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildElf, EM } from './elf-fixture';
import { SymbolTable } from './symbol-table';

let directory: string;
beforeAll(() => (directory = mkdtempSync(path.join(tmpdir(), 'tsemu-symbols-'))));
afterAll(() => rmSync(directory, { recursive: true }));

interface Symbol {
  readonly name: string;
  readonly value: number;
  readonly size?: number;
  /** STT_*: 0 none, 1 object, 2 function. */
  readonly type?: number;
  /** STB_*: 0 local, 1 global, 2 weak. */
  readonly binding?: number;
  readonly section?: number;
}

interface Options {
  readonly class?: 32 | 64;
  readonly order?: 'little' | 'big';
  readonly machine?: number;
  /** 2 is .symtab, 11 is .dynsym. */
  readonly tables: readonly (readonly [type: number, symbols: readonly Symbol[]])[];
}

const SECTION_SIZE = { 32: 40, 64: 64 };
const FIRST_SECTION = 0x200;

/** A program that is mapped at 0x10000 from file offset 0x1000, with these symbol tables. */
function program(options: Options): Buffer {
  const { class: bits = 32, order = 'little', machine = EM.ARM } = options;
  const wide = bits === 64;
  const little = order === 'little';
  const file = Buffer.alloc(0x4000);
  const elf = buildElf({ class: bits, order, machine, segments: [{ offset: 0x1000, vaddr: 0x10000, fileSize: 0x1000 }], size: 0x4000 });
  elf.copy(file);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const u16 = (at: number, v: number): void => view.setUint16(at, v, little);
  const u32 = (at: number, v: number): void => view.setUint32(at, v, little);
  const word = (at: number, v: number): void => (wide ? view.setBigUint64(at, BigInt(v), little) : u32(at, v));
  word(wide ? 40 : 32, FIRST_SECTION);
  u16(wide ? 58 : 46, SECTION_SIZE[bits]);
  u16(wide ? 60 : 48, options.tables.length * 2);
  let at = 0x2000;
  const section = (index: number, type: number, offset: number, size: number, link: number): void => {
    const header = FIRST_SECTION + index * SECTION_SIZE[bits];
    u32(header + 4, type);
    word(header + (wide ? 24 : 16), offset);
    word(header + (wide ? 32 : 20), size);
    u32(header + (wide ? 40 : 24), link);
  };
  options.tables.forEach(([type, symbols], i) => {
    const start = at;
    let strings = '\0';
    for (const { name, value, size = 0, type: kind = 2, binding = 1, section: where = 1 } of symbols) {
      u32(at, strings.length);
      file[at + (wide ? 4 : 12)] = (binding << 4) | kind;
      u16(at + (wide ? 6 : 14), where);
      word(at + (wide ? 8 : 4), value);
      word(at + (wide ? 16 : 8), size);
      strings += `${name}\0`;
      at += wide ? 24 : 16;
    }
    section(2 * i, type, start, at - start, 2 * i + 1);
    file.write(strings, at, 'latin1');
    section(2 * i + 1, 3, at, strings.length, 0);
    at += strings.length + 16;
  });
  return file;
}

function read(bytes: Buffer): SymbolTable {
  const file = path.join(directory, 'program');
  writeFileSync(file, bytes);
  return SymbolTable.read(file);
}
const names = (symbols: readonly Symbol[]): string[] => read(program({ tables: [[2, symbols]] })).symbols.map((s) => s.name);

describe.each([
  { class: 32, order: 'little', machine: EM.ARM },
  { class: 32, order: 'big', machine: EM.MIPS },
  { class: 64, order: 'little', machine: EM.AARCH64 },
  { class: 64, order: 'big', machine: EM.PPC64 },
] as const)('%j', (kind) => {
  const table = (): SymbolTable =>
    read(
      program({
        ...kind,
        tables: [
          [
            2,
            [
              { name: 'last', value: 0x10800, size: 0x10 },
              { name: 'first', value: 0x10100, size: 0x20 },
              { name: 'unsized', value: 0x10200 },
            ],
          ],
        ],
      }),
    );

  it('finds the function that contains an address', () => {
    const t = table();
    expect(t.at(0x10100)).toEqual({ name: 'first', address: 0x10100, size: 0x20 });
    expect(t.at(0x1011f)?.name).toBe('first');
    expect(t.at(0x10120)).toBeUndefined();
    expect(t.at(0x100ff)).toBeUndefined();
    expect(t.at(0x107ff)?.name).toBe('unsized');
    expect(t.at(0x10810)).toBeUndefined();
  });

  it('knows where a file offset is loaded', () => {
    expect(table().addressOf(0x1234)).toBe(0x10234);
    expect(table().addressOf(0x2000)).toBeUndefined();
    expect(table().addressOf(0xfff)).toBeUndefined();
  });
});

it('clears the bit that says Thumb', () => {
  expect(read(program({ tables: [[2, [{ name: 'thumb', value: 0x10101, size: 2 }]]] })).symbols).toEqual([
    { name: 'thumb', address: 0x10100, size: 2 },
  ]);
});

it('leaves out data, mapping symbols, undefined ones and labels inside functions', () => {
  expect(
    names([
      { name: 'f', value: 0x10100, size: 0x40 },
      { name: '$t', value: 0x10102, type: 0, binding: 0 },
      { name: '$d.1', value: 0x10300, type: 0, binding: 0 },
      { name: '$dollar', value: 0x10310, type: 0 },
      { name: 'inside', value: 0x10120, type: 0 },
      { name: 'assembly', value: 0x10400, type: 0 },
      { name: 'object', value: 0x10500, type: 1 },
      { name: 'import', value: 0x10600, section: 0 },
      { name: 'absolute', value: 0x10700, section: 0xfff1 },
      { name: '', value: 0x10800 },
    ]),
  ).toEqual(['f', '$dollar', 'assembly']);
});

it('prefers the name of an address that one would look for', () => {
  expect(
    names([
      { name: '__GI_memcpy', value: 0x10100, size: 8, binding: 0 },
      { name: '__memcpy', value: 0x10100, size: 8 },
      { name: 'memcpy', value: 0x10100, size: 8 },
      { name: 'label', value: 0x10100, type: 0 },
    ]),
  ).toEqual(['memcpy']);
});

it('finds the function around one that lies inside it', () => {
  const t = read(
    program({
      tables: [
        [
          2,
          [
            { name: 'outer', value: 0x10100, size: 0x100 },
            { name: 'inner', value: 0x10120, size: 0x10 },
          ],
        ],
      ],
    }),
  );
  expect(t.at(0x10125)?.name).toBe('inner');
  expect(t.at(0x10140)?.name).toBe('outer');
});

it('reads .dynsym where there is no .symtab', () => {
  const exported = { name: 'exported', value: 0x10100 };
  expect(read(program({ tables: [[11, [exported]]] })).symbols[0]?.name).toBe('exported');
  const both = program({
    tables: [
      [11, [exported]],
      [2, [{ name: 'all', value: 0x10100 }]],
    ],
  });
  expect(read(both).symbols.map((s) => s.name)).toEqual(['all']);
});

it.each(['/nonexistent', '/', '/dev/null', '/etc/passwd'])('has nothing of %s', (file) => {
  expect(SymbolTable.read(file)).toBe(SymbolTable.none);
});

it('survives files that are cut off or corrupt', () => {
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);
  const cases = Number(process.env['TEST_CASES'] ?? 2000);
  let a = seed;
  const below = (n: number): number => {
    a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
    return Math.floor((a / 2 ** 32) * n);
  };
  const file = path.join(directory, 'mutated');
  const symbols = Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, value: 0x10000 + 64 * i, size: 64 }));
  const originals = ([32, 64] as const).map((bits) => program({ class: bits, tables: [[2, symbols]] }));
  let useful = 0;
  for (let i = 0; i < cases; i++) {
    const bytes = Buffer.from(originals[below(2)]!);
    for (let n = 1 + below(6); n > 0; n--) {
      // The ELF header, the section headers, the symbols
      const at = [below(64), FIRST_SECTION + below(0x80), 0x2000 + below(0x300)][below(3)]!;
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff, below(256)][below(6)]!;
    }
    writeFileSync(file, bytes);
    if (below(4) === 0) truncateSync(file, below(bytes.length));
    try {
      const t = SymbolTable.read(file);
      if (t.symbols.length > 0) useful++;
      for (const address of [0, 0x10000, 0x10044, 0xffff_ffff]) t.at(address);
      for (const offset of [0, 0x1000, 0x7fff_ffff]) t.addressOf(offset);
    } catch (error) {
      throw new Error(`case ${i} of TEST_SEED=${seed}`, { cause: error });
    }
  }
  // The mutations are neither all harmless nor all fatal
  expect(useful).toBeGreaterThan(cases / 20);
  expect(useful).toBeLessThan(cases);
});
