/** CR and XER as whole registers, put together from their fields: for signal frames and debuggers. */
import type { CpuState } from '../../translate/ir/cpu-state';
import { ENGINE_WORD } from '../../translate/ir/state';
import { FPSCR as FPSCR_BITS, settledFpscr } from './fpscr';
import { CR_HIGH, Mode, PPC_LAYOUT } from './state';

const word = (name: string): number => PPC_LAYOUT.offset(name) >> 2;
const FIELDS = Array.from({ length: 8 }, (_, i) => ({ low: word(`cr${i}`), so: word(`cr${i}so`), shift: 28 - 4 * i }));
const [SO, OV, CA, XER] = ['so', 'ov', 'ca', 'xer'].map(word) as [number, number, number, number];

const [LT, GT, EQ] = [8, 4, 2] as const;
/** Bits of XER beside the three flags: the byte count and the compare byte. */
const XER_REST = 0xff7f;

export function readCr({ i32 }: CpuState): number {
  let cr = 0;
  for (const { low, so, shift } of FIELDS) {
    const [l, h] = [i32[low]!, i32[low + 1]!];
    const greater = h > 0 || (h === 0 && l !== 0);
    cr |= (((h & CR_HIGH.less) !== 0 ? LT : 0) | (greater ? GT : 0) | (l === 0 ? EQ : 0) | i32[so]!) << shift;
  }
  return cr;
}

export function writeCr({ i32 }: CpuState, cr: number): void {
  for (const { low, so, shift } of FIELDS) {
    const field = (cr >>> shift) & 15;
    i32[low] = (field & EQ) !== 0 ? 0 : 1;
    i32[low + 1] = CR_HIGH.nonZero | ((field & LT) !== 0 ? CR_HIGH.less : 0) | ((field & GT) !== 0 ? 0 : CR_HIGH.notGreater);
    i32[so] = field & 1;
  }
}

export function readXer({ i32 }: CpuState): number {
  return (i32[SO]! << 31) | (i32[OV]! << 30) | (i32[CA]! << 29) | i32[XER]!;
}

export function writeXer({ i32 }: CpuState, xer: number): void {
  i32[SO] = xer >>> 31;
  i32[OV] = (xer >>> 30) & 1;
  i32[CA] = (xer >>> 29) & 1;
  i32[XER] = xer & XER_REST;
}

const FPSCR = word('fpscr');
const VSCR = word('vscr');
const SAT = word('sat');
const SAT_WORDS = 4;
const SAT_BIT = 1;

export function readFpscr({ i32 }: CpuState): number {
  return i32[FPSCR]! & ~FPSCR_BITS.tracked;
}

/** Also sets the location mode that goes with it. */
export function writeFpscr({ i32 }: CpuState, fpscr: number): void {
  i32[FPSCR] = settledFpscr(fpscr & ~FPSCR_BITS.tracked) | (i32[FPSCR]! & FPSCR_BITS.tracked);
  if ((fpscr & FPSCR_BITS.rounding) !== 0) i32[ENGINE_WORD.mode]! |= Mode.Directed;
}

export function readVscr({ i32 }: CpuState): number {
  let vscr = i32[VSCR]!;
  for (let i = 0; i < SAT_WORDS; i++) if (i32[SAT + i] !== 0) vscr |= SAT_BIT;
  return vscr;
}

export function writeVscr({ i32 }: CpuState, vscr: number): void {
  i32[VSCR] = vscr & ~SAT_BIT;
  i32.fill(0, SAT, SAT + SAT_WORDS);
  i32[SAT] = vscr & SAT_BIT;
}
