/** FPSCR (Power ISA, book I, section 4.2.2): its bits, and how operations change it as qemu-ppc has them change it. */
import type { Helper } from '../../translate/ir/helper-table';
import { InvalidCause, ROUNDED_UP } from '../../translate/ir/fp-control';
import { FpFlag } from '../../translate/ir/rounding';

export const FPSCR = {
  fx: 0x80000000 | 0,
  fex: 0x40000000,
  vx: 0x20000000,
  ox: 0x10000000,
  ux: 0x08000000,
  zx: 0x04000000,
  xx: 0x02000000,
  fr: 0x00040000,
  fi: 0x00020000,
  fprf: 0x0001f000,
  /** FPRF.C, which comparisons leave alone. */
  fprfClass: 0x00010000,
  fpcc: 0x0000f000,
  /** All the causes of VX. */
  invalid: 0x01f80700,
  /** VE, OE, UE, ZE, XE. */
  enables: 0x000000f8,
  ve: 0x80,
  oe: 0x40,
  ue: 0x20,
  ze: 0x10,
  rounding: 3,
  /** Ours, a reserved bit: exceptions are recorded, as the program has asked for them. */
  tracked: 0x00000800,
  /** Where any of these differs from what it was, native arithmetic is not enough. */
  exceptions: 0x80000000 | 0x1e000000 | 0x01f80700 | 0x000000f8 | 0,
} as const;

/** Bits that only follow from others. */
const DERIVED = FPSCR.fex | FPSCR.vx;

const CAUSES: readonly (readonly [cause: number, bit: number])[] = [
  [InvalidCause.SignallingNan, 0x01000000],
  [InvalidCause.InfinityLessInfinity, 0x00800000],
  [InvalidCause.InfinityByInfinity, 0x00400000],
  [InvalidCause.ZeroByZero, 0x00200000],
  [InvalidCause.InfinityTimesZero, 0x00100000],
  [InvalidCause.OrderedCompare, 0x00080000],
  [InvalidCause.SquareRoot, 0x00000200],
  [InvalidCause.Conversion, 0x00000100],
];

/** FPSCR with the bits that follow from others, and without those that are always 0. */
export function settledFpscr(fpscr: number): number {
  const f = fpscr & ~DERIVED;
  const vx = (f & FPSCR.invalid) !== 0 ? FPSCR.vx : 0;
  // VX to XX lie over VE to XE
  const enabled = (((f | vx) >>> 22) & f & FPSCR.enables) !== 0;
  return f | vx | (enabled ? FPSCR.fex : 0);
}

const NO_CLASS = -1;

/** Whether an enabled exception keeps a result from being written. */
const keepsTarget = (fpscr: number, flags: number): boolean =>
  ((flags & FpFlag.Invalid) !== 0 && (fpscr & FPSCR.ve) !== 0) || ((flags & FpFlag.DivideByZero) !== 0 && (fpscr & FPSCR.ze) !== 0);

/** FPSCR after an operation with these exceptions (FpFlag, InvalidCause); `result` is its FPRF, or -1 if it has none. */
export function afterOperation(fpscr: number, flags: number, result: number): number {
  let f = fpscr & ~(FPSCR.fi | FPSCR.fr);
  if ((flags & FpFlag.Invalid) !== 0) for (const [cause, bit] of CAUSES) if ((flags & cause) !== 0) f |= bit;
  if ((flags & FpFlag.DivideByZero) !== 0) f |= FPSCR.zx;
  if ((flags & FpFlag.Overflow) !== 0) f |= FPSCR.ox;
  if ((flags & FpFlag.Underflow) !== 0) f |= FPSCR.ux;
  if ((flags & FpFlag.Inexact) !== 0) f |= FPSCR.xx | FPSCR.fi;
  if ((flags & ROUNDED_UP) !== 0) f |= FPSCR.fr;
  if (flags !== 0) f |= FPSCR.fx;
  if (result !== NO_CLASS && !keepsTarget(fpscr, flags)) f = (f & ~FPSCR.fprf) | (result << 12);
  return settledFpscr(f);
}

const POSITIVE = 0x4;
const NEGATIVE = 0x8;

/** FPRF of a double. */
export function resultClass(low: number, high: number): number {
  const magnitude = high & 0x7fffffff;
  const negative = high < 0;
  const sign = negative ? NEGATIVE : POSITIVE;
  if (magnitude > 0x7ff00000 || (magnitude === 0x7ff00000 && low !== 0)) return 0x11;
  if (magnitude === 0x7ff00000) return sign | 1;
  if (magnitude >= 0x00100000) return sign;
  if ((magnitude | low) === 0) return negative ? 0x12 : 0x02;
  return sign | 0x10;
}

/** FPRF after a conversion to an integer or a comparison that is invalid. */
const INVALID_CLASS = 0x11;

/** What a comparison makes of FPSCR: FPCC is the four bits of the condition field. */
function afterCompare(fpscr: number, flags: number, condition: number): number {
  const ordered = (flags & InvalidCause.OrderedCompare) !== 0 ? FPSCR.fprfClass : 0;
  const f = afterOperation(fpscr, flags, NO_CLASS) | (fpscr & FPSCR.fr) | ordered;
  return (f & ~FPSCR.fpcc) | (condition << 12);
}

export const FPSCR_HELPERS: readonly Helper[] = [
  { name: 'fpscr_after_operation', run: afterOperation },
  { name: 'fpscr_result_class', run: resultClass },
  {
    name: 'fpscr_after_conversion',
    run: (fpscr, flags) => afterOperation(fpscr, flags, (flags & FpFlag.Invalid) !== 0 ? INVALID_CLASS : NO_CLASS),
  },
  { name: 'fpscr_after_compare', run: afterCompare },
  { name: 'fpscr_settled', run: settledFpscr },
];
