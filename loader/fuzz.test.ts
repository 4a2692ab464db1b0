/**
 * Mutated programs: whatever is in a file, loading it succeeds or throws LoadError. Thousands of cases by default;
 * TEST_CASES and TEST_SEED ask for more and repeat a run.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddressSpace, GuestMemory } from '../runtime/memory';
import { load } from './load';
import { LoadError } from './load-error';
import { MACHINES } from './machines';
import { buildElf, EM, ET, PT, type TestElf } from './elf-fixture';

const LIMIT = 0xffff_0000;
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const cases = Number(process.env.TEST_CASES ?? 3000);
const TARGETS = [...new Set(MACHINES.map((m) => m.target))];

const space = new AddressSpace(new GuestMemory('little'), LIMIT);
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tsemu-fuzz-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function unmapAll(): void {
  for (const v of [...space.vmas.all()]) space.unmap(v.start, v.end - v.start);
}

/** A pseudo-random 32-bit generator (mulberry32). */
function generator(from: number): (below: number) => number {
  let a = from;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Small programs of each kind; the interpreter of the dynamic ones is a mutated file too. */
function bases(interpreter: string): readonly Buffer[] {
  const interp = { type: PT.INTERP, offset: 0x300, fileSize: interpreter.length + 1 };
  const segments = [
    { type: PT.PHDR, offset: 52, vaddr: 52, fileSize: 0xa0 },
    { offset: 0, vaddr: 0x10000, fileSize: 0x400 },
    { offset: 0x1400, vaddr: 0x12400, fileSize: 0x100, memSize: 0x3000, flags: 6 },
    { type: PT.TLS, offset: 0x1400, vaddr: 0x12400, fileSize: 4, memSize: 16 },
    { type: PT.GNU_STACK, flags: 6 },
  ];
  const contents: TestElf['contents'] = [[0x300, `${interpreter}\0`]];
  const size = 0x1500;
  return [
    buildElf({ segments, size }),
    buildElf({ segments: [interp, ...segments], contents, size }),
    buildElf({ type: ET.DYN, segments: [interp, ...segments], contents, size }),
    buildElf({ type: ET.DYN, segments, size }),
    buildElf({ class: 64, machine: EM.AARCH64, type: ET.DYN, segments, size }),
    buildElf({ class: 64, order: 'big', machine: EM.PPC64, segments: [interp, ...segments], contents, size }),
    buildElf({ order: 'big', machine: EM.MIPS, flags: 0x1000, segments, size }),
    Buffer.from(`#!${interpreter} argument\n`),
  ];
}

/** Values at the edges of what the loader checks. */
const EDGES = [
  0, 1, 2, 3, 0x20, 0x34, 0x38, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_0000, 0xffff_f000,
];
const HEADERS = 0x180;

function mutate(original: Buffer, below: (n: number) => number): Buffer {
  let file = Buffer.from(original);
  const changes = 1 + below(4);
  for (let i = 0; i < changes; i++) {
    // Mostly in the headers, past the magic
    const end = Math.min(below(8) === 0 ? file.length : HEADERS, file.length);
    const at = Math.min(4 + below(Math.max(end - 4, 1)), file.length - 1);
    const kind = below(6);
    if (at < 0) break;
    if (kind === 0) file[at] = below(256);
    else if (kind === 1) file[at]! ^= 1 << below(8);
    else if (kind === 2 && at + 4 <= file.length) file.writeUInt32LE(EDGES[below(EDGES.length)]!, at & ~3);
    else if (kind === 3 && at + 4 <= file.length) file.writeUInt32BE(EDGES[below(EDGES.length)]!, at & ~3);
    else if (kind === 4 && at + 2 <= file.length) file.writeUInt16LE(EDGES[below(EDGES.length)]! & 0xffff, at & ~1);
    else if (kind === 5 && below(8) === 0) file = file.subarray(0, below(file.length + 1));
  }
  return file;
}

it(`loads or explains ${cases} mutated programs (TEST_SEED=${seed})`, () => {
  const below = generator(seed);
  const [program, interpreter] = [path.join(directory, 'program'), path.join(directory, 'ld.so')];
  const originals = bases(interpreter);
  const descriptors = readdirSync('/proc/self/fd').length;
  const outcomes = { loaded: 0, refused: 0 };
  for (let i = 0; i < cases; i++) {
    const base = below(originals.length);
    const file = mutate(originals[base]!, below);
    writeFileSync(program, file, { mode: 0o755 });
    const other = below(2) === 0 ? originals[3]! : mutate(originals[below(5)]!, below);
    writeFileSync(interpreter, other, { mode: 0o755 });
    unmapAll();
    try {
      const image = load(program, space, { targets: TARGETS, argv: [Buffer.from(program)], envp: [], hwcap: 0 });
      expect(image.stackPointer % 16).toBe(0);
      outcomes.loaded++;
    } catch (error) {
      if (!(error instanceof LoadError)) {
        const story = `case ${i}: ${String(error)}\n${file.toString('hex', 0, HEADERS)}`;
        throw new Error(story, { cause: error });
      }
      expect(error.message).not.toContain('\n');
      outcomes.refused++;
    }
  }
  expect(readdirSync('/proc/self/fd').length).toBe(descriptors);
  // The mutations are neither all harmless nor all fatal
  expect(outcomes.loaded).toBeGreaterThan(cases / 20);
  expect(outcomes.refused).toBeGreaterThan(cases / 20);
});

it('explains every truncation of a program', () => {
  const program = path.join(directory, 'program');
  const whole = bases(path.join(directory, 'ld.so'))[0]!;
  for (let length = 0; length < whole.length; length += length < HEADERS ? 1 : 97) {
    writeFileSync(program, whole.subarray(0, length), { mode: 0o755 });
    unmapAll();
    expect(() => load(program, space, { targets: ['arm'], argv: [], envp: [], hwcap: 0 })).toThrow(LoadError);
  }
});
