/**
 * Turns random PowerPC cases into an ELF program. It walks through an array of records, one for each case and input: it
 * loads all registers from the record and jumps to the case's code, which ends with a jump back to code that stores
 * them over it. Behind the registers lies the scratch memory of that record. At the end the program writes all records
 * to standard output. Register r1 holds the record throughout, so cases leave it and r2 alone.
 */

import type { Image } from '../image-comparison';
import { align, headersSize, PAGE, placeCases, resolve, runsOf, writeElfHeaders } from '../program-file';
import type { AnyCase, Value } from '../test-case';

export interface Input {
  /** Registers 0 to 31; r1 and r2 are ignored. */
  readonly registers: readonly Value[];
  readonly ctr: Value;
  readonly xer: number;
  readonly cr: number;
  readonly fpscr: number;
  readonly vscr: number;
  /** SPEFSCR and the accumulator, the high word first. */
  readonly spe?: readonly [spefscr: number, high: number, low: number];
  /** 64 words: a doubleword for each register, the high word first. */
  readonly fpu: readonly number[];
  /** 128 words: four for each register, the most significant first. */
  readonly vectors: readonly number[];
  readonly scratch: readonly Value[];
}

export interface TestCase extends AnyCase {
  readonly inputs: readonly Input[];
}

/** Which registers beside the general ones there are. */
export interface Shape {
  readonly floating: boolean;
  /** FPSCR is written before the case and read after it, which makes floating point exact. */
  readonly status?: boolean;
  readonly vectors: boolean;
  /** Registers are of 64 bits, with their upper halves where floating-point registers have theirs; and there is an accumulator. */
  readonly wide?: boolean;
}

export const RESERVED: ReadonlySet<number> = new Set([1, 2]);
export const SCRATCH_WORDS = 128;

const TEXT_BASE = 0x10000000;
const HEADERS_SIZE = headersSize(1);
const RECORD_REGISTER = 1;
const TEMPORARY = 2;

/** Byte offsets in a record. */
export const RECORD = {
  registers: 0,
  lr: 128,
  ctr: 132,
  xer: 136,
  cr: 140,
  fpscr: 144,
  code: 152,
  vscr: 160,
  fpu: 176,
  vectors: 176 + 256,
  /** Where there are no vectors. */
  accumulator: 176 + 256,
  spefscr: 176 + 256 + 8,
  scratch: 176 + 256 + 512,
} as const;
const RECORD_SIZE = RECORD.scratch + 4 * SCRATCH_WORDS;

const LR = 8;
const CTR = 9;
const XER = 1;
const SPEFSCR = 512;

/** The field of a special register, which has the two halves of its number swapped. */
const spr = (n: number): number => ((n & 31) << 16) | ((n >> 5) << 11);

/** Instructions of the driver. */
const asm = {
  addi: (d: number, a: number, i: number) => 0x38000000 | (d << 21) | (a << 16) | (i & 0xffff),
  addis: (d: number, a: number, i: number) => 0x3c000000 | (d << 21) | (a << 16) | (i & 0xffff),
  ori: (a: number, s: number, i: number) => 0x60000000 | (s << 21) | (a << 16) | (i & 0xffff),
  add: (d: number, a: number, b: number) => 0x7c000214 | (d << 21) | (a << 16) | (b << 11),
  subf: (d: number, a: number, b: number) => 0x7c000050 | (d << 21) | (a << 16) | (b << 11),
  lwz: (d: number, offset: number, a: number) => 0x80000000 | (d << 21) | (a << 16) | (offset & 0xffff),
  stw: (d: number, offset: number, a: number) => 0x90000000 | (d << 21) | (a << 16) | (offset & 0xffff),
  lfd: (d: number, offset: number, a: number) => 0xc8000000 | (d << 21) | (a << 16) | (offset & 0xffff),
  stfd: (d: number, offset: number, a: number) => 0xd8000000 | (d << 21) | (a << 16) | (offset & 0xffff),
  lvx: (d: number, a: number, b: number) => 0x7c0000ce | (d << 21) | (a << 16) | (b << 11),
  stvx: (d: number, a: number, b: number) => 0x7c0001ce | (d << 21) | (a << 16) | (b << 11),
  mtvscr: (b: number) => 0x10000644 | (b << 11),
  mfvscr: (d: number) => 0x10000604 | (d << 21),
  evldd: (d: number, offset: number, a: number) => 0x10000301 | (d << 21) | (a << 16) | ((offset >> 3) << 11),
  evstdd: (s: number, offset: number, a: number) => 0x10000321 | (s << 21) | (a << 16) | ((offset >> 3) << 11),
  evmra: (d: number, a: number) => 0x100004c4 | (d << 21) | (a << 16),
  evmwumiaa: (d: number, a: number, b: number) => 0x10000558 | (d << 21) | (a << 16) | (b << 11),
  mtfsf: (b: number) => 0xfc00058e | (0xff << 17) | (b << 11),
  mffs: (d: number) => 0xfc00048e | (d << 21),
  mtspr: (n: number, s: number) => 0x7c0003a6 | (s << 21) | spr(n),
  mfspr: (d: number, n: number) => 0x7c0002a6 | (d << 21) | spr(n),
  mtcr: (s: number) => 0x7c0ff120 | (s << 21),
  mfcr: (d: number) => 0x7c000026 | (d << 21),
  cmpw: (a: number, b: number) => 0x7c000000 | (a << 16) | (b << 11),
  bne: (words: number) => 0x40820000 | ((4 * words) & 0xfffc),
  b: (bytes: number) => 0x48000000 | (bytes & 0x3fffffc),
  blr: 0x4e800020,
  sc: 0x44000002,
};

const li = (d: number, value: number): number[] => [asm.addis(d, 0, value >>> 16), asm.ori(d, d, value & 0xffff)];
const GENERAL = Array.from({ length: 32 }, (_, r) => r).filter((r) => !RESERVED.has(r));
const EACH = Array.from({ length: 32 }, (_, r) => r);

function vectorTransfers(transfer: typeof asm.lvx): number[] {
  return EACH.flatMap((v) => [asm.addi(TEMPORARY, 0, RECORD.vectors + 16 * v), transfer(v, RECORD_REGISTER, TEMPORARY)]);
}

const special = (offset: number, n: number): number[] => [asm.lwz(TEMPORARY, offset, RECORD_REGISTER), asm.mtspr(n, TEMPORARY)];
const stored = (offset: number, n: number): number[] => [asm.mfspr(TEMPORARY, n), asm.stw(TEMPORARY, offset, RECORD_REGISTER)];

/** The accumulator through register 0, SPEFSCR, and all registers, whose lower halves are loaded once more. */
const loadWide = (): number[] => [
  asm.addi(TEMPORARY, RECORD_REGISTER, RECORD.accumulator),
  asm.evldd(0, 0, TEMPORARY),
  asm.evmra(0, 0),
  asm.lwz(0, RECORD.spefscr, RECORD_REGISTER),
  asm.mtspr(SPEFSCR, 0),
  asm.addi(TEMPORARY, RECORD_REGISTER, RECORD.fpu),
  ...GENERAL.map((r) => asm.evldd(r, 8 * r, TEMPORARY)),
];

const storeWide = (): number[] => [
  asm.addi(TEMPORARY, RECORD_REGISTER, RECORD.fpu),
  ...GENERAL.map((r) => asm.evstdd(r, 8 * r, TEMPORARY)),
  asm.addi(0, 0, 0),
  asm.evmwumiaa(3, 0, 0),
  asm.addi(TEMPORARY, RECORD_REGISTER, RECORD.accumulator),
  asm.evstdd(3, 0, TEMPORARY),
  ...stored(RECORD.spefscr, SPEFSCR),
];

/** Loads the state and jumps to the case. */
function loadState({ floating, status = false, vectors, wide = false }: Shape): number[] {
  return [
    ...(wide ? loadWide() : []),
    ...special(RECORD.ctr, CTR),
    ...special(RECORD.xer, XER),
    ...(status ? [asm.lfd(0, RECORD.fpscr, RECORD_REGISTER), asm.mtfsf(0)] : []),
    ...(floating ? EACH.map((f) => asm.lfd(f, RECORD.fpu + 8 * f, RECORD_REGISTER)) : []),
    ...(vectors ? [asm.addi(TEMPORARY, 0, RECORD.vscr), asm.lvx(0, RECORD_REGISTER, TEMPORARY), asm.mtvscr(0)] : []),
    ...(vectors ? vectorTransfers(asm.lvx) : []),
    asm.lwz(TEMPORARY, RECORD.cr, RECORD_REGISTER),
    asm.mtcr(TEMPORARY),
    ...special(RECORD.code, LR),
    ...GENERAL.map((r) => asm.lwz(r, RECORD.registers + 4 * r, RECORD_REGISTER)),
    asm.blr,
  ];
}

function storeState({ floating, status = false, vectors, wide = false }: Shape, end: number, start: number): number[] {
  const code = [
    ...GENERAL.map((r) => asm.stw(r, RECORD.registers + 4 * r, RECORD_REGISTER)),
    ...stored(RECORD.lr, LR),
    ...stored(RECORD.ctr, CTR),
    ...stored(RECORD.xer, XER),
    asm.mfcr(TEMPORARY),
    asm.stw(TEMPORARY, RECORD.cr, RECORD_REGISTER),
    ...(wide ? storeWide() : []),
    ...(floating ? EACH.map((f) => asm.stfd(f, RECORD.fpu + 8 * f, RECORD_REGISTER)) : []),
    ...(status ? [asm.mffs(0), asm.stfd(0, RECORD.fpscr, RECORD_REGISTER)] : []),
    ...(vectors ? vectorTransfers(asm.stvx) : []),
    ...(vectors ? [asm.addi(TEMPORARY, 0, RECORD.vscr), asm.mfvscr(0), asm.stvx(0, RECORD_REGISTER, TEMPORARY)] : []),
    asm.addi(RECORD_REGISTER, RECORD_REGISTER, RECORD_SIZE),
    ...li(TEMPORARY, end),
    asm.cmpw(RECORD_REGISTER, TEMPORARY),
  ];
  return [...code, asm.bne(start - code.length)];
}

/** write(1, from, size) until all is written, then exit. */
function writeAll(from: number, size: number): number[] {
  return [
    ...li(30, from),
    ...li(31, size),
    asm.addi(3, 0, 1),
    asm.addi(4, 30, 0),
    asm.addi(5, 31, 0),
    asm.addi(0, 0, 4),
    asm.sc,
    asm.add(30, 30, 3),
    asm.subf(31, 3, 31),
    0x2c000000 | (31 << 16), // cmpwi r31, 0
    asm.bne(-8),
    asm.addi(3, 0, 0),
    asm.addi(0, 0, 1),
    asm.sc,
  ];
}

/** Puts cases with their inputs into a program. */
export function buildImage(cases: readonly TestCase[], shape: Shape): Image<TestCase> {
  const runs = runsOf(cases);
  const loopStart = 2;
  const driverWords = 2 + loadState(shape).length + storeState(shape, 0, 0).length + writeAll(0, 0).length;
  const codeStart = TEXT_BASE + HEADERS_SIZE + 4 * driverWords;
  const { codeAddress, end: codeEnd } = placeCases(cases, codeStart, (c) => 4 * (c.code.length + 1));
  const records = align(codeEnd, PAGE);
  const end = records + runs.length * RECORD_SIZE;
  const load = [...li(RECORD_REGISTER, records), ...loadState(shape)];
  const epilogue = TEXT_BASE + HEADERS_SIZE + 4 * load.length;
  const driver = [...load, ...storeState(shape, end, loopStart - load.length), ...writeAll(records, end - records)];

  const elf = Buffer.alloc(end - TEXT_BASE);
  const put = (at: number, value: number): void => void elf.writeInt32BE(value | 0, at - TEXT_BASE);
  writeHeaders(elf);
  driver.forEach((w, i) => put(TEXT_BASE + HEADERS_SIZE + 4 * i, w));
  for (const [c, at] of codeAddress) {
    c.code.forEach(({ word }, i) => put(at + 4 * i, word));
    const last = at + 4 * c.code.length;
    put(last, asm.b(epilogue - last));
  }
  runs.forEach(({ testCase, input }, i) => {
    const at = records + i * RECORD_SIZE;
    const code = codeAddress.get(testCase)!;
    const words = (offset: number, values: readonly Value[]): void =>
      values.forEach((v, k) => put(at + offset + 4 * k, resolve(v, code, at + RECORD.scratch)));
    words(RECORD.registers, input.registers);
    words(RECORD.ctr, [input.ctr, input.xer, input.cr, 0, input.fpscr, code]);
    put(at + RECORD.vscr + 12, input.vscr);
    words(RECORD.fpu, input.fpu);
    words(RECORD.vectors, input.vectors);
    if (input.spe !== undefined) words(RECORD.accumulator, [input.spe[1], input.spe[2], input.spe[0]]);
    words(RECORD.scratch, input.scratch);
  });
  return { elf, runs, codeAddress, recordSize: RECORD_SIZE };
}

const EM_PPC = 20;

/** A static program of one segment. */
function writeHeaders(elf: Buffer): void {
  const segments = [{ offset: 0, size: elf.length, flags: 7 }];
  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  writeElfHeaders(view, { littleEndian: false, machine: EM_PPC, base: TEXT_BASE, segments }, HEADERS_SIZE);
}
