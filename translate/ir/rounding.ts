/**
 * Rounding of exact results in any mode, with the exceptions that IEEE 754 defines.
 *
 * An exact result is a double and the sign of what is missing: native arithmetic gives the nearest double, and
 * error-free transformations (exact-arithmetic.ts) tell on which side of it the exact value lies. That is enough for
 * every format of at most 53 bits, every rounding mode and every exception.
 */

/** Exceptions, as bits. The numbers are those of ARM's FPSCR, so that one target has nothing to translate. */
export const FpFlag = {
  Invalid: 0x01,
  DivideByZero: 0x02,
  Overflow: 0x04,
  Underflow: 0x08,
  Inexact: 0x10,
  /** An operand that is a denormal was taken for zero. */
  InputDenormal: 0x80,
} as const;

/** Modes of an operation, as bits; the low five are those of ARM's FPSCR from bit 22 on. */
export const FpMode = {
  /** Two bits: see Rounding. */
  Rounding: 0x03,
  /** Denormal operands count as zeros, and results that would be denormals become zeros. */
  Flush: 0x04,
  /** All results that are NaNs are the default NaN. */
  DefaultNan: 0x08,
  /** Half precision has neither infinities nor NaNs, but one more binade. */
  AlternativeHalf: 0x10,
  /** Ties go away from zero, in conversions to integers; the two bits are not looked at. */
  TiesAway: 0x20,
  /** NaNs are encoded as before IEEE 754-2008, signalling ones by the top bit of the fraction; results are the default NaN of that. */
  LegacyNan: 0x40,
  /** A result is tiny if it is after rounding to unlimited range, not before. */
  TinyAfterRounding: 0x80,
  /** Results that would be denormals become zeros, without an exception; operands count as they are. */
  FlushResults: 1 << 24,
  /** With a NaN as addend the product of zero and infinity, which is invalid, gives that NaN rather than the default one. */
  AddendNan: 1 << 25,
  /**
   * Results too small or too large for the format get an exponent that is more or less by one and a half times the greatest, and are
   * not rounded otherwise: what PowerPC gives where underflow, or overflow, is enabled.
   */
  ScaleTiny: 1 << 26,
  ScaleHuge: 1 << 27,
} as const;

/** Where the bits of FpMode are in a control word. */
export const FP_MODE_MASK = 0x030000ff;

export const Rounding = { Nearest: 0, Up: 1, Down: 2, Zero: 3 } as const;

/** A binary format by its precision in bits and the exponents of its least and greatest normal numbers. */
export interface FloatFormat {
  readonly precision: number;
  readonly least: number;
  readonly greatest: number;
}

export const HALF: FloatFormat = { precision: 11, least: -14, greatest: 15 };
export const ALTERNATIVE_HALF: FloatFormat = { precision: 11, least: -14, greatest: 16 };
/** A single cut to 16 bits. */
export const BRAIN_FLOAT: FloatFormat = { precision: 8, least: -126, greatest: 127 };
export const SINGLE: FloatFormat = { precision: 24, least: -126, greatest: 127 };
export const DOUBLE: FloatFormat = { precision: 53, least: -1022, greatest: 1023 };

const f64 = new Float64Array(1);
const words = new Int32Array(f64.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** 2^n for any n at which it is a normal number. */
function normalPower(n: number): number {
  words[LOW] = 0;
  words[HIGH] = (n + 1023) << 20;
  return f64[0]!;
}

/** 2^n, or what is nearest to it. */
export function powerOfTwo(n: number): number {
  if (n > 1023) return Infinity;
  return n >= -1022 ? normalPower(n) : n >= -1074 ? normalPower(n + 100) * 2 ** -100 : 0;
}

/** The exponent of a number that is neither 0, infinite nor a NaN: its magnitude is in [2^e, 2^(e+1)). */
export function exponentOf(x: number): number {
  f64[0] = x;
  const biased = (words[HIGH]! >>> 20) & 0x7ff;
  if (biased !== 0) return biased - 1023;
  f64[0] = x * 2 ** 100;
  return ((words[HIGH]! >>> 20) & 0x7ff) - 1123;
}

/** The magnitude of such a number as one in [1, 2). */
export function significandOf(x: number): number {
  f64[0] = x;
  if ((words[HIGH]! & 0x7ff00000) === 0) f64[0] = x * 2 ** 100;
  words[HIGH] = (words[HIGH]! & 0xfffff) | 0x3ff00000;
  return f64[0]!;
}

/** Accumulates exceptions while an operation is computed. */
export class FpStatus {
  flags = 0;

  raise(flag: number): void {
    this.flags |= flag;
  }
}

/** Whether a magnitude between two neighbours goes to the upper one. */
function roundsUp(mode: number, negative: boolean): boolean {
  const rounding = mode & FpMode.Rounding;
  return rounding === (negative ? Rounding.Down : Rounding.Up);
}

/**
 * Rounds a magnitude that is not 0 to a format.
 * @param nearest the double nearest to `significand * 2^exponent` divided by 2^exponent, in [1, 2]
 * @param error sign of the exact significand minus `nearest`
 */
export function round(
  status: FpStatus,
  mode: number,
  format: FloatFormat,
  negative: boolean,
  nearest: number,
  error: number,
  exponent: number,
): number {
  const { precision, least, greatest } = format;
  // Just below a power of two numbers lie closer
  const below = nearest === 1 && error < 0;
  const m = below ? 2 : nearest;
  const e = below ? exponent - 1 : exponent;
  const tiny = e < least;
  const unscaled = mode & ~(FpMode.ScaleTiny | FpMode.ScaleHuge);
  if (tiny && (mode & FpMode.ScaleTiny) !== 0) {
    status.raise(FpFlag.Underflow);
    return round(status, unscaled, format, negative, nearest, error, exponent + scaling(format));
  }
  if (tiny && (mode & (FpMode.Flush | FpMode.FlushResults)) !== 0) {
    if ((mode & FpMode.Flush) !== 0) status.raise(FpFlag.Underflow);
    return negative ? -0 : 0;
  }
  const bits = tiny ? Math.max(precision - (least - e), -2) : precision;
  const whole = roundSignificand(mode, negative, m, error, bits);
  if (inexact) {
    const underflow =
      tiny && !((mode & FpMode.TinyAfterRounding) !== 0 && e === least - 1 && reachesNormal(mode, negative, m, error, precision));
    status.raise(underflow ? FpFlag.Inexact | FpFlag.Underflow : FpFlag.Inexact);
  }
  const unit = (tiny ? least : e) - precision + 1;
  if (e > greatest || (e === greatest && whole >= normalPower(precision))) {
    if ((mode & FpMode.ScaleHuge) === 0) return overflow(status, mode, format, negative);
    status.raise(FpFlag.Overflow);
    return round(status, unscaled, format, negative, nearest, error, exponent - scaling(format));
  }
  const magnitude = unit >= -1022 ? whole * normalPower(unit) : whole * normalPower(unit + 100) * 2 ** -100;
  return negative ? -magnitude : magnitude;
}

/** What scaled exponents are changed by. */
const scaling = ({ greatest }: FloatFormat): number => 1.5 * (greatest + 1);

/** Whether a significand becomes 2 where it keeps all bits. */
function reachesNormal(mode: number, negative: boolean, m: number, error: number, precision: number): boolean {
  const [wasInexact, wasRoundedUp] = [inexact, roundedUp];
  const whole = roundSignificand(mode, negative, m, error, precision);
  [inexact, roundedUp] = [wasInexact, wasRoundedUp];
  return whole >= normalPower(precision);
}

/** Whether the latest significand was rounded, and whether that made it greater. */
let inexact = false;
let roundedUp = false;

/** Whether the latest magnitude that was rounded, to a format or to an integer, became greater. */
export function wasRoundedUp(): boolean {
  return roundedUp;
}

/** A significand in [1, 2] to an integer of so many bits; none or fewer leave 0 or 1. */
function roundSignificand(mode: number, negative: boolean, m: number, error: number, bits: number): number {
  const scaled = m * normalPower(bits - 1);
  const toNearest = (mode & FpMode.Rounding) === Rounding.Nearest;
  if (bits === 53) {
    // Native arithmetic has rounded to nearest here
    inexact = error !== 0;
    const up = toNearest ? error < 0 : roundsUp(mode, negative);
    roundedUp = up;
    if (!inexact || toNearest) return scaled;
    return error > 0 ? (up ? scaled + 1 : scaled) : up ? scaled : scaled - 1;
  }
  let whole = Math.floor(scaled);
  let rest = scaled - whole;
  inexact = rest !== 0 || error !== 0;
  if (!inexact) return whole;
  if (rest === 0 && error < 0) {
    whole -= 1;
    rest = 1;
  }
  const up = toNearest ? rest > 0.5 || (rest === 0.5 && (error > 0 || (error === 0 && whole % 2 === 1))) : roundsUp(mode, negative);
  roundedUp = up;
  return up ? whole + 1 : whole;
}

function overflow(status: FpStatus, mode: number, format: FloatFormat, negative: boolean): number {
  status.raise(FpFlag.Overflow | FpFlag.Inexact);
  const toInfinity = (mode & FpMode.Rounding) === Rounding.Nearest || roundsUp(mode, negative);
  const magnitude = toInfinity ? Infinity : (2 - 2 ** (1 - format.precision)) * normalPower(format.greatest);
  return negative ? -magnitude : magnitude;
}

/** A finite number to an integral one; `roundedToIntegral` tells whether it was one already. */
export function roundToIntegral(mode: number, x: number): number {
  const magnitude = Math.abs(x);
  const whole = Math.floor(magnitude);
  const rest = magnitude - whole;
  wasIntegral = rest === 0;
  if (rest === 0) return x;
  const negative = x < 0;
  const up =
    (mode & FpMode.TiesAway) !== 0
      ? rest >= 0.5
      : (mode & FpMode.Rounding) === Rounding.Nearest
        ? rest > 0.5 || (rest === 0.5 && whole % 2 === 1)
        : roundsUp(mode, negative);
  roundedUp = up;
  const rounded = up ? whole + 1 : whole;
  return negative ? -rounded : rounded;
}

let wasIntegral = false;

/** Whether the latest number that `roundToIntegral` was given was integral. */
export function roundedToIntegral(): boolean {
  return wasIntegral;
}
