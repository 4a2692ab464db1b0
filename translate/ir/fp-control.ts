/** What the control word of the `exact` ops says: the operation and, in its low bits, its modes (FpMode). */

/** Operations, in the control word from KIND_SHIFT on. */
export enum FpKind {
  Add,
  Subtract,
  Multiply,
  Divide,
  SquareRoot,
  /** First * second + third. */
  MultiplyAdd,
  /** Gives N, Z, C and V in bits 3 to 0 as ARM has them; NaNs are invalid if they signal. */
  CompareQuiet,
  /** The same; all NaNs are invalid. */
  CompareSignalling,
  Minimum,
  Maximum,
  /** A number beats a quiet NaN (IEEE 754-2008, minNum). */
  MinimumNumber,
  MaximumNumber,
  RoundToIntegral,
  /** Raises Inexact if the operand is not integral. */
  RoundToIntegralExact,
  /** To the other of single and double. */
  Convert,
  FromHalf,
  ToHalf,
  /** The upper 16 bits of a single that is rounded to them. */
  ToBrainFloat,
  /** To an integer as `integerFormat` says, which is the low half of the second operand. */
  ToInteger,
  FromInteger,
  /** Only with NAN_BY_ORDER: a single, which is the low word, as a double, and back, both of the bits alone. */
  LoadSingle,
  StoreSingle,
}

export const KIND_SHIFT = 8;
export const IS_DOUBLE = 1 << 16;
export const IS_HALF = 1 << 21;

/** Control word of an operation without its modes (FpMode), which are its low bits. */
export function fpControl(kind: FpKind, isDouble: boolean): number {
  return (kind << KIND_SHIFT) | (isDouble ? IS_DOUBLE : 0);
}

/** The same of an operation on halves. Flushing them raises no InputDenormal, as ARM's FPSCR.FZ16 has it. */
export function fpControlOfHalves(kind: FpKind): number {
  return (kind << KIND_SHIFT) | IS_HALF;
}

export const SIGNED = 1 << 8;
export const FRACTION_SHIFT = 16;

/**
 * An integer of `width` bits, up to 32 or 64, the lowest `fraction` of them behind the point. Conversions give it extended to
 * 64 bits, and saturate; NaNs give 0.
 */
export function integerFormat(width: number, signed: boolean, fraction = 0): number {
  return width | (signed ? SIGNED : 0) | (fraction << FRACTION_SHIFT);
}

/**
 * In a control word: NaNs as PowerPC has them. A result that is a NaN is the first operand that is one, the addend before
 * the second factor; operands and results are doubles, even those of singles; and the flags tell why an operation is invalid
 * (exact-ordered.ts).
 */
export const NAN_BY_ORDER = 1 << 17;
/** With it: the result is rounded to single precision. */
export const ROUND_TO_SINGLE = 1 << 18;
/** With it: the addend of a multiply-add is negated, unless it is a NaN. */
export const NEGATE_ADDEND = 1 << 19;
/** With it: the result of a multiply-add is negated, unless it is a NaN. */
export const NEGATE_RESULT = 1 << 20;

/** Why an operation is invalid, as bits beside those of FpFlag, where NAN_BY_ORDER asks for it. */
export const InvalidCause = {
  SignallingNan: 0x100,
  InfinityLessInfinity: 0x200,
  InfinityByInfinity: 0x400,
  ZeroByZero: 0x800,
  InfinityTimesZero: 0x1000,
  OrderedCompare: 0x2000,
  SquareRoot: 0x4000,
  Conversion: 0x8000,
} as const;

/** Beside them: the result is inexact and its magnitude greater than the exact one's. */
export const ROUNDED_UP = 0x10000;
