/** CPSR and FPSCR as whole registers, put together from their fields: for signal frames and debuggers. */
import type { CpuState } from '../../translate/ir/cpu-state';
import { ENGINE_WORD } from '../../translate/ir/state';
import { ARM_LAYOUT, FPSCR as FPSCR_BIT, Mode } from './state';

const word = (name: string): number => ARM_LAYOUT.offset(name) >> 2;

/** Fields of CPSR (Arm ARM B1.3.3): lowest bit and number of bits. */
const CPSR_FIELDS = [
  { at: word('n'), shift: 31, bits: 1 },
  { at: word('z'), shift: 30, bits: 1 },
  { at: word('c'), shift: 29, bits: 1 },
  { at: word('v'), shift: 28, bits: 1 },
  { at: word('q'), shift: 27, bits: 1 },
  { at: word('ge'), shift: 16, bits: 4 },
] as const;

const FPSCR_FLAGS = [
  { at: word('fn'), shift: 31 },
  { at: word('fz'), shift: 30 },
  { at: word('fc'), shift: 29 },
  { at: word('fv'), shift: 28 },
] as const;

const FPSCR = word('fpscr');
/** No bit of the register, but where N would be. */
const TRACKED = FPSCR_BIT.tracked;
const QC = word('qc');
const QC_WORDS = 4;
const QC_BIT = 1 << 27;

const USER_MODE = 0x10;
const THUMB = 1 << 5;
const BIG_ENDIAN = 1 << 9;

/** The CPSR of user mode with the state's flags, instruction set, IT bits and data byte order. */
export function readCpsr(state: CpuState): number {
  const S = state.i32;
  let cpsr = USER_MODE;
  for (const { at, shift } of CPSR_FIELDS) cpsr |= S[at]! << shift;
  if ((S[ENGINE_WORD.pc]! & 1) !== 0) cpsr |= THUMB;
  const mode = S[ENGINE_WORD.mode]!;
  const it = mode & Mode.ItMask;
  cpsr |= ((it & 3) << 25) | ((it >> 2) << 10);
  if ((mode & Mode.OtherDataOrder) !== 0) cpsr |= BIG_ENDIAN;
  return cpsr;
}

/** Sets what readCpsr reads; the instruction set becomes bit 0 of the pc, which must be set before. */
export function writeCpsr(state: CpuState, cpsr: number): void {
  const S = state.i32;
  for (const { at, shift, bits } of CPSR_FIELDS) S[at] = (cpsr >>> shift) & ((1 << bits) - 1);
  const thumb = (cpsr & THUMB) !== 0;
  S[ENGINE_WORD.pc] = thumb ? S[ENGINE_WORD.pc]! | 1 : S[ENGINE_WORD.pc]! & ~1;
  const it = thumb ? ((cpsr >>> 25) & 3) | (((cpsr >>> 10) & 0x3f) << 2) : 0;
  S[ENGINE_WORD.mode] = it | ((cpsr & BIG_ENDIAN) !== 0 ? Mode.OtherDataOrder : 0);
}

export function readFpscr(state: CpuState): number {
  const S = state.i32;
  let fpscr = S[FPSCR]! & ~TRACKED;
  for (const { at, shift } of FPSCR_FLAGS) fpscr |= S[at]! << shift;
  for (let i = 0; i < QC_WORDS; i++) if (S[QC + i] !== 0) fpscr |= QC_BIT;
  return fpscr;
}

export function writeFpscr(state: CpuState, fpscr: number): void {
  const S = state.i32;
  for (const { at, shift } of FPSCR_FLAGS) S[at] = (fpscr >>> shift) & 1;
  S[FPSCR] = (fpscr & ~(0xf << 28) & ~QC_BIT) | (S[FPSCR]! & TRACKED);
  S.fill(0, QC, QC + QC_WORDS);
  if ((fpscr & QC_BIT) !== 0) S[QC] = 1;
}

/** Makes floating point exact from here on (docs/floating-point.md). */
export function recordExceptions(state: CpuState): void {
  state.i32[FPSCR]! |= TRACKED;
}
