/**
 * Turns random MIPS cases into an ELF program. It walks through an array of records, one for each case and input: it
 * loads all registers from the record and jumps to the case's code, which ends with a jump back to code that stores
 * them over it. Behind the registers lies the scratch memory of that record. At the end the program writes all records
 * to standard output. Register k0 holds the record throughout, so cases leave it and k1 alone.
 */

import type { Image } from '../image-comparison';
import { align, headersSize, PAGE, placeCases, resolve, runsOf, writeElfHeaders } from '../program-file';
import type { AnyCase, Instruction, Value } from '../test-case';

export interface Encoding extends Instruction {
  /** Bytes, 4 unless given. */
  readonly size?: number;
  /** The word when the address of the case's code is known, for jumps to fixed addresses. */
  readonly located?: (code: number) => number;
}

export interface Input {
  /** Registers 0 to 31; 0, k0 and k1 are ignored. */
  readonly registers: readonly Value[];
  readonly hi: number;
  readonly lo: number;
  readonly fcsr: number;
  /** HI and LO of accumulators 1 to 3, DSPControl. */
  readonly dsp: readonly number[];
  /** 64 words: a doubleword for each register, the low word first. */
  readonly fpu: readonly number[];
  /** 128 words: the vector registers, the least significant word first. */
  readonly vectors: readonly number[];
  readonly scratch: readonly Value[];
}

export interface TestCase extends AnyCase {
  readonly code: readonly Encoding[];
  readonly inputs: readonly Input[];
}

export type CompressedSet = 'mips16' | 'micromips';

export interface Shape {
  readonly bigEndian: boolean;
  /** The DSP extension: accumulators and DSPControl are loaded and stored too. */
  readonly dsp?: boolean | undefined;
  /** Vector registers in place of floating-point ones, which are parts of them. */
  readonly msa?: boolean | undefined;
  /** FR=1: 32 registers of 64 bits. */
  readonly wideFpu: boolean;
  readonly scratchWords: number;
  /** NaNs as in IEEE 754-2008 (EF_MIPS_NAN2008). */
  readonly nan2008?: boolean | undefined;
  /** Release 6, which has no HI and LO. */
  readonly release6?: boolean | undefined;
  /** The cases' instruction set, if not MIPS32. */
  readonly compressed?: CompressedSet | undefined;
  /** Cases return to ra, which they leave alone, rather than by a jump to a fixed address, which Release 6 has not. */
  readonly returnsByLink?: boolean | undefined;
  /** Floating-point registers are left alone, as the model has none. */
  readonly softFloat?: boolean | undefined;
  /** All of FCSR is written, which makes floating point exact, else the condition codes alone; with `msa`, MSACSR in its place. */
  readonly exact?: boolean | undefined;
}

export const RESERVED: ReadonlySet<number> = new Set([26, 27]);
export const SCRATCH_WORDS = 32;

const TEXT_BASE = 0x400000;
/** Where .MIPS.abiflags lies in the file. */
const ABIFLAGS = headersSize(2);
const ABIFLAGS_SIZE = 24;
const HEADERS_SIZE = ABIFLAGS + ABIFLAGS_SIZE;
const K0 = 26;
const K1 = 27;
const RA = 31;
/** Floating-point control registers. */
const FCCR = 25;
const FCSR = 31;

/** Byte offsets in a record. */
export const RECORD = { registers: 0, hi: 128, lo: 132, fcsr: 136, code: 140, fpu: 144, dsp: 400, vectors: 432, scratch: 944 } as const;

/** Instructions of the driver. */
const asm = {
  lui: (t: number, i: number) => 0x3c000000 | (t << 16) | (i & 0xffff),
  ori: (t: number, s: number, i: number) => 0x34000000 | (s << 21) | (t << 16) | (i & 0xffff),
  addiu: (t: number, s: number, i: number) => 0x24000000 | (s << 21) | (t << 16) | (i & 0xffff),
  addu: (d: number, s: number, t: number) => 0x00000021 | (s << 21) | (t << 16) | (d << 11),
  subu: (d: number, s: number, t: number) => 0x00000023 | (s << 21) | (t << 16) | (d << 11),
  lw: (t: number, offset: number, s: number) => 0x8c000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  sw: (t: number, offset: number, s: number) => 0xac000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  lwc1: (t: number, offset: number, s: number) => 0xc4000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  swc1: (t: number, offset: number, s: number) => 0xe4000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  ldc1: (t: number, offset: number, s: number) => 0xd4000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  sdc1: (t: number, offset: number, s: number) => 0xf4000000 | (s << 21) | (t << 16) | (offset & 0xffff),
  ldD: (w: number, offset: number, s: number) => 0x78000023 | (((offset >> 3) & 0x3ff) << 16) | (s << 11) | (w << 6),
  stD: (w: number, offset: number, s: number) => 0x78000027 | (((offset >> 3) & 0x3ff) << 16) | (s << 11) | (w << 6),
  mthi: (s: number) => 0x00000011 | (s << 21),
  mtlo: (s: number) => 0x00000013 | (s << 21),
  mfhi: (d: number) => 0x00000010 | (d << 11),
  mflo: (d: number) => 0x00000012 | (d << 11),
  mthiAc: (s: number, ac: number) => 0x00000011 | (s << 21) | (ac << 11),
  mtloAc: (s: number, ac: number) => 0x00000013 | (s << 21) | (ac << 11),
  mfhiAc: (d: number, ac: number) => 0x00000010 | (ac << 21) | (d << 11),
  mfloAc: (d: number, ac: number) => 0x00000012 | (ac << 21) | (d << 11),
  wrdsp: (s: number) => 0x7c0004f8 | (s << 21) | (0x3f << 11),
  rddsp: (d: number) => 0x7c0004b8 | (0x3f << 16) | (d << 11),
  ctc1: (t: number, control: number) => 0x44c00000 | (t << 16) | (control << 11),
  cfc1: (t: number) => 0x4440f800 | (t << 16),
  ctcmsa: (s: number) => 0x783e0059 | (s << 11),
  cfcmsa: (d: number) => 0x787e0819 | (d << 6),
  jalr: (d: number, s: number) => 0x00000009 | (s << 21) | (d << 11),
  j: (target: number) => 0x08000000 | ((target >>> 2) & 0x3ffffff),
  bne: (s: number, t: number, words: number) => 0x14000000 | (s << 21) | (t << 16) | (words & 0xffff),
  blez: (s: number, words: number) => 0x18000000 | (s << 21) | (words & 0xffff),
  syscall: 0x0000000c,
  nop: 0,
};

const li = (t: number, value: number): number[] => [asm.lui(t, value >>> 16), asm.ori(t, t, value)];
const GENERAL = Array.from({ length: 32 }, (_, r) => r).filter((r) => r !== 0 && !RESERVED.has(r));

function fpuTransfers(
  { wideFpu, msa, softFloat }: Shape,
  wide: typeof asm.ldc1,
  narrow: typeof asm.lwc1,
  vector: typeof asm.ldD,
): number[] {
  if (softFloat === true) return [];
  if (msa === true) return Array.from({ length: 32 }, (_, w) => vector(w, RECORD.vectors + 16 * w, K0));
  return Array.from({ length: 32 }, (_, f) => (wideFpu ? wide : narrow)(f, RECORD.fpu + 8 * f, K0));
}

/** What moves accumulators 1 to 3 and DSPControl to or from register 1, in the order of their words in a record. */
const DSP_LOADS = [1, 2, 3].flatMap((ac) => [asm.mthiAc(1, ac), asm.mtloAc(1, ac)]).concat(asm.wrdsp(1));
const DSP_STORES = [1, 2, 3].flatMap((ac) => [asm.mfhiAc(1, ac), asm.mfloAc(1, ac)]).concat(asm.rddsp(1));

function writeStatus({ exact, msa }: Shape): number {
  if (exact !== true) return asm.ctc1(1, FCCR);
  return msa === true ? asm.ctcmsa(1) : asm.ctc1(1, FCSR);
}

/** Loads the state and jumps to the case. */
function loadState(shape: Shape): number[] {
  return [
    ...(shape.release6 === true ? [] : [asm.lw(1, RECORD.hi, K0), asm.mthi(1), asm.lw(1, RECORD.lo, K0), asm.mtlo(1)]),
    ...(shape.dsp === true ? DSP_LOADS.flatMap((move, i) => [asm.lw(1, RECORD.dsp + 4 * i, K0), move]) : []),
    ...fpuTransfers(shape, asm.ldc1, asm.lwc1, asm.ldD),
    ...(shape.softFloat === true ? [] : [asm.lw(1, RECORD.fcsr, K0), writeStatus(shape)]),
    ...GENERAL.map((r) => asm.lw(r, RECORD.registers + 4 * r, K0)),
    asm.lw(K1, RECORD.code, K0),
    asm.jalr(shape.returnsByLink === true ? RA : 0, K1),
    asm.nop,
  ];
}

function storeState(shape: Shape, recordSize: number, end: number, start: number): number[] {
  const code = [
    ...GENERAL.map((r) => asm.sw(r, RECORD.registers + 4 * r, K0)),
    ...(shape.softFloat === true
      ? []
      : [shape.msa === true && shape.exact === true ? asm.cfcmsa(1) : asm.cfc1(1), asm.sw(1, RECORD.fcsr, K0)]),
    ...(shape.release6 === true ? [] : [asm.mfhi(1), asm.sw(1, RECORD.hi, K0), asm.mflo(1), asm.sw(1, RECORD.lo, K0)]),
    ...(shape.dsp === true ? DSP_STORES.flatMap((move, i) => [move, asm.sw(1, RECORD.dsp + 4 * i, K0)]) : []),
    ...fpuTransfers(shape, asm.sdc1, asm.swc1, asm.stD),
    asm.addiu(K0, K0, recordSize),
    ...li(K1, end),
  ];
  return [...code, asm.bne(K0, K1, start - code.length - 1), asm.nop];
}

/** write(1, from, size) until all is written, then exit. */
function writeAll(from: number, size: number): number[] {
  return [
    ...li(16, from),
    ...li(17, size),
    asm.addiu(4, 0, 1),
    asm.addu(5, 16, 0),
    asm.addu(6, 17, 0),
    asm.addiu(2, 0, 4004),
    asm.syscall,
    asm.subu(17, 17, 2),
    asm.bne(17, 0, -7),
    asm.addu(16, 16, 2),
    asm.addiu(4, 0, 0),
    asm.addiu(2, 0, 4001),
    asm.syscall,
  ];
}

/** Room for the return of a case: three words at most, of which one may be padding. */
const RETURN_WORDS = 3;

/** Halfwords of a case in a compressed set, which ends with JALX and a no-operation of the size that its slot must have. */
function compressedCode(c: TestCase, code: number, { compressed: set, returnsByLink }: Shape, epilogue: number): number[] {
  const index = epilogue >>> 2;
  // JALR $0, ra, with or without a delay slot: MIPS32 code follows the driver's call
  if (returnsByLink === true) return [...halfwords(c, code), 0x001f, 0x0f3c, 0, 0];
  const back =
    set === 'micromips'
      ? [0xf000 | ((index >>> 16) & 0x3ff), index & 0xffff, 0, 0]
      : [0x1c00 | (((index >>> 16) & 31) << 5) | ((index >>> 21) & 31), index & 0xffff, 0x6500];
  return [...halfwords(c, code), ...back];
}

const wordOf = ({ word, located }: Encoding, code: number): number => located?.(code) ?? word;

function halfwords(c: TestCase, code: number): number[] {
  return c.code.flatMap((e) => {
    const word = wordOf(e, code);
    return e.size === 2 ? [word & 0xffff] : [(word >>> 16) & 0xffff, word & 0xffff];
  });
}

/** Puts cases with their inputs into a program. */
export function buildImage(cases: readonly TestCase[], shape: Shape): Image<TestCase> {
  const runs = runsOf(cases);
  const recordSize = RECORD.scratch + 4 * shape.scratchWords;
  const loopStart = 2;
  const driverWords = 2 + loadState(shape).length + storeState(shape, 0, 0, 0).length + writeAll(0, 0).length;
  const codeStart = TEXT_BASE + HEADERS_SIZE + 4 * driverWords;
  const { codeAddress, end: codeEnd } = placeCases(
    cases,
    codeStart,
    (c) => (c.code.reduce((n, e) => n + (e.size ?? 4), 0) + 4 * RETURN_WORDS) & ~3,
  );
  const records = align(codeEnd, PAGE);
  const end = records + runs.length * recordSize;
  const load = [...li(K0, records), ...loadState(shape)];
  const epilogue = TEXT_BASE + HEADERS_SIZE + 4 * load.length;
  const driver = [...load, ...storeState(shape, recordSize, end, loopStart - load.length), ...writeAll(records, end - records)];

  const elf = Buffer.alloc(end - TEXT_BASE);
  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  const put = (at: number, value: number): void => view.setInt32(at - TEXT_BASE, value, !shape.bigEndian);
  writeHeaders(view, shape);
  driver.forEach((w, i) => put(TEXT_BASE + HEADERS_SIZE + 4 * i, w));
  for (const [c, at] of codeAddress) {
    if (shape.compressed === undefined)
      [...c.code.map((e) => wordOf(e, at)), asm.j(epilogue), asm.nop].forEach((w, i) => put(at + 4 * i, w));
    else compressedCode(c, at, shape, epilogue).forEach((h, i) => view.setUint16(at + 2 * i - TEXT_BASE, h, !shape.bigEndian));
  }
  runs.forEach(({ testCase, input }, i) => {
    const at = records + i * recordSize;
    const code = codeAddress.get(testCase)!;
    const words = (offset: number, values: readonly Value[]): void =>
      values.forEach((v, k) => put(at + offset + 4 * k, resolve(v, code, at + RECORD.scratch)));
    words(RECORD.registers, input.registers);
    put(at + RECORD.hi, input.hi);
    put(at + RECORD.lo, input.lo);
    put(at + RECORD.fcsr, shape.exact === true ? input.fcsr : conditions(input.fcsr));
    put(at + RECORD.code, code | (shape.compressed === undefined ? 0 : 1));
    words(RECORD.dsp, input.dsp);
    input.fpu.forEach((w, k) => put(at + RECORD.fpu + 4 * (shape.wideFpu && shape.bigEndian ? k ^ 1 : k), w));
    // Doublewords in the program's byte order, the least significant first
    input.vectors.forEach((w, k) => put(at + RECORD.vectors + 4 * (shape.bigEndian ? k ^ 1 : k), w));
    words(RECORD.scratch, input.scratch);
  });
  return { elf, runs, codeAddress, recordSize };
}

/** FCCR of an FCSR. */
function conditions(fcsr: number): number {
  return ((fcsr >>> 24) & 0xfe) | ((fcsr >>> 23) & 1);
}

const EM_MIPS = 8;
/** EF_MIPS_ARCH_32R2, EF_MIPS_ABI_O32 and EF_MIPS_MICROMIPS. */
const MICROMIPS_2008 = 0x72001000;
const PT_MIPS_ABIFLAGS = 0x70000003;
/** fp_abi: double (FR=0) or 64 (FR=1). */
const FP_ABI = { narrow: 1, wide: 6 } as const;

/** A static program of one segment. */
function writeHeaders(view: DataView, { bigEndian, wideFpu, nan2008, release6, returnsByLink }: Shape): void {
  // EF_MIPS_ARCH_32R6 or _32R2, EF_MIPS_NAN2008, EF_MIPS_ABI_O32
  const flags =
    ((returnsByLink === true ? MICROMIPS_2008 : release6 === true ? 0x90001000 : 0x70001000) | (nan2008 === true ? 0x400 : 0)) >>> 0;
  const segments = [
    { offset: 0, size: view.byteLength, flags: 7 },
    { type: PT_MIPS_ABIFLAGS, offset: ABIFLAGS, size: ABIFLAGS_SIZE, flags: 4, alignment: 4 },
  ];
  writeElfHeaders(view, { littleEndian: !bigEndian, machine: EM_MIPS, flags, base: TEXT_BASE, segments }, HEADERS_SIZE);
  [32, 2, 1, wideFpu ? 2 : 1, 0, wideFpu ? FP_ABI.wide : FP_ABI.narrow].forEach((b, i) => view.setUint8(ABIFLAGS + 2 + i, b));
}
