/** CR and XER as whole registers, put together from their fields: for signal frames and debuggers. */
import type { CpuState } from '../../translate/ir/cpu-state';
import { ENGINE_WORD } from '../../translate/ir/state';
import { FPSCR as FPSCR_BITS, settledFpscr } from './fpscr';
import { CR_HIGH, Mode, PPC_LAYOUT, SUMMARY_TRACKED } from './state';

const word = (name: string): number => PPC_LAYOUT.offset(name) >> 2;
const FIELDS = Array.from({ length: 8 }, (_, i) => ({ low: word(`cr${i}`), shift: 28 - 4 * i }));
const [SO, OV, CA, XER] = ['so', 'ov', 'ca', 'xer'].map(word) as [number, number, number, number];

const [LT, GT, EQ, SUMMARY] = [8, 4, 2, 1] as const;
/** Bits of XER beside the three flags: the byte count and the compare byte. */
const XER_REST = 0xff7f;

export function readCr({ i32 }: CpuState): number {
  let cr = 0;
  for (const { low, shift } of FIELDS) {
    const [l, h] = [i32[low]!, i32[low + 1]!];
    const greater = h > 0 || (h === 0 && l !== 0);
    const summary = (h ^ (h << CR_HIGH.summaryShift)) < 0;
    cr |= (((h & CR_HIGH.less) !== 0 ? LT : 0) | (greater ? GT : 0) | (l === 0 ? EQ : 0) | (summary ? SUMMARY : 0)) << shift;
  }
  return cr;
}

export function writeCr({ i32 }: CpuState, cr: number): void {
  for (const { low, shift } of FIELDS) {
    const field = (cr >>> shift) & 15;
    i32[low] = (field & EQ) !== 0 ? 0 : 1;
    const order = ((field & LT) !== 0 ? CR_HIGH.less : 0) | ((field & GT) !== 0 ? 0 : CR_HIGH.notGreater);
    i32[low + 1] = withSummary(i32[low]!, CR_HIGH.nonZero | order, (field & SUMMARY) !== 0);
  }
}

/** The high word of a field with another SO. */
function withSummary(low: number, high: number, summary: boolean): number {
  const now = (high ^ (high << CR_HIGH.summaryShift)) < 0;
  if (now === summary) return high;
  // 0 with SO alone would be positive
  return low === 0 && high === 0 ? CR_HIGH.notGreater : high ^ CR_HIGH.summary;
}

/** Sets CR0.SO alone, which tells whether a system call has failed. */
export function writeCr0Summary({ i32 }: CpuState, summary: boolean): void {
  const { low } = FIELDS[0]!;
  i32[low + 1] = withSummary(i32[low]!, i32[low + 1]!, summary);
}

export function readXer({ i32 }: CpuState): number {
  return (i32[SO]! << 31) | (i32[OV]! << 30) | (i32[CA]! << 29) | (i32[XER]! & XER_REST);
}

export function writeXer({ i32 }: CpuState, xer: number): void {
  i32[SO] = xer >>> 31;
  i32[OV] = (xer >>> 30) & 1;
  i32[CA] = (xer >>> 29) & 1;
  i32[XER] = (xer & XER_REST) | (i32[XER]! & SUMMARY_TRACKED);
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

/** FE0 and FE1 of MSR as PR_GET_FPEXC has them: both, unless the program has changed that (INIT_THREAD in the kernel's processor.h). */
const PRECISE = 3;
const FPEXC_OFF = word('fpexc_off');

/** Which enabled floating-point exceptions raise signals, after setting it if a mode is given: none for 0, else all. */
export function floatExceptionMode({ i32 }: CpuState, mode?: number): number {
  if (mode !== undefined) i32[FPEXC_OFF] = PRECISE ^ mode;
  return PRECISE ^ i32[FPEXC_OFF]!;
}

/** Exceptions in the order in which the kernel looks at them (arch/powerpc/kernel/traps.c, __parse_fpscr); FPE_ codes. */
const FLOAT_CODES: readonly (readonly [enable: number, raised: number, code: number])[] = [
  [0x80, FPSCR_BITS.vx, 7], // FPE_FLTINV
  [0x40, FPSCR_BITS.ox, 4], // FPE_FLTOVF
  [0x20, FPSCR_BITS.ux, 5], // FPE_FLTUND
  [0x10, FPSCR_BITS.zx, 3], // FPE_FLTDIV
  [0x08, FPSCR_BITS.xx, 6], // FPE_FLTRES
];
const FPE_FLTUNK = 14;

/** si_code of the SIGFPE that FPSCR asks for. */
export function floatSignalCode({ i32 }: CpuState): number {
  const fpscr = i32[FPSCR]!;
  return FLOAT_CODES.find(([enable, raised]) => (fpscr & enable) !== 0 && (fpscr & raised) !== 0)?.[2] ?? FPE_FLTUNK;
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
