/**
 * Lanes of Advanced SIMD on halves, as helpers over bit patterns: a result in the lower 16 bits, its exceptions above it.
 * Arithmetic is the standard one (StandardFPSCRValue() of the Arm ARM): to nearest, with default NaNs; FPSCR.FZ16 flushes.
 */
import { exactFlags, exactLow, fpControlOfHalves, FpKind, integerFormat } from '../../translate/ir/exact-float';
import type { Helper } from '../../translate/ir/helper-table';
import { FpFlag, FpMode, Rounding } from '../../translate/ir/rounding';
import { reciprocal, reciprocalRoot } from './neon-estimates';

const FLUSH_HALVES = 1 << 19;
const SIGN = 0x8000;
const MAGNITUDE = 0x7fff;
const ALL = 0xffff;
const INFINITY = 0x7c00;
const NAN = 0x7e00;
const TWO = 0x4000;
const THREE = 0x4200;
const ONE_AND_A_HALF = 0x3e00;

/** Where the exceptions begin. */
export const HALF_FLAGS_SHIFT = 16;

const modeOf = (fpscr: number): number => FpMode.DefaultNan | ((fpscr & FLUSH_HALVES) !== 0 ? FpMode.Flush : 0);

/** A result with its exceptions. */
function run(kind: FpKind, mode: number, x: number, y = 0, z = 0): number {
  const control = fpControlOfHalves(kind) | mode;
  return (exactLow(x, 0, y, 0, z, 0, control) & ALL) | (exactFlags(x, 0, y, 0, z, 0, control) << HALF_FLAGS_SHIFT);
}

/** `next` of a result, with the exceptions of both. */
function then(first: number, next: (value: number) => number): number {
  return (first & ~ALL) | next(first & ALL);
}

type Lane = (n: number, m: number, d: number, mode: number) => number;

const simple =
  (kind: FpKind): Lane =>
  (n, m, _d, mode) =>
    run(kind, mode, n, m);

const accumulate =
  (kind: FpKind): Lane =>
  (n, m, d, mode) =>
    then(run(FpKind.Multiply, mode, n, m), (p) => run(kind, mode, d, p));

/** What compares give (FpKind.CompareQuiet). */
const EQUAL = 6;
const GREATER = 2;
const LESS = 8;

const compare =
  (kind: FpKind, wanted: readonly number[], operand: (x: number) => number = (x) => x): Lane =>
  (n, m, _d, mode) =>
    then(run(kind, mode, operand(n), operand(m)), (r) => (wanted.includes(r) ? ALL : 0));

const signalling = (wanted: readonly number[], operand?: (x: number) => number): Lane => compare(FpKind.CompareSignalling, wanted, operand);
const magnitude = (x: number): number => x & MAGNITUDE;

const isZero = (x: number, mode: number): boolean => (x & ((mode & FpMode.Flush) !== 0 ? INFINITY : MAGNITUDE)) === 0;

/** VRECPS, VRSQRTS: 0 times infinity is no invalid product but what makes the step harmless. */
const step =
  (constant: number, harmless: number, halve: boolean): Lane =>
  (n, m, _d, mode) => {
    if ((isZero(n, mode) && magnitude(m) === INFINITY) || (isZero(m, mode) && magnitude(n) === INFINITY)) return harmless;
    const difference = accumulate(FpKind.Subtract)(n, m, constant, mode);
    return halve ? then(difference, (x) => run(FpKind.Divide, mode, x, TWO)) : difference;
  };

const isNan = (x: number): boolean => magnitude(x) > INFINITY;

/** The default NaN for another one. */
const settleNan = (x: number): number => NAN | ((x & 0x200) === 0 ? FpFlag.Invalid << HALF_FLAGS_SHIFT : 0);

/** FPRecipEstimate(). */
const reciprocalEstimate: Lane = (x, _m, _d, mode) => {
  const sign = x & SIGN;
  if (isNan(x)) return settleNan(x);
  if (magnitude(x) === INFINITY) return sign;
  if (isZero(x, mode)) return sign | INFINITY | (FpFlag.DivideByZero << HALF_FLAGS_SHIFT);
  if (magnitude(x) < 0x100) return sign | INFINITY | ((FpFlag.Overflow | FpFlag.Inexact) << HALF_FLAGS_SHIFT);
  let exponent = (x >> 10) & 31;
  if (exponent >= 29 && (mode & FpMode.Flush) !== 0) return sign | (FpFlag.Underflow << HALF_FLAGS_SHIFT);
  let fraction = x & 0x3ff;
  if (exponent === 0) {
    const twice = (fraction & 0x200) === 0;
    exponent = twice ? -1 : 0;
    fraction = (fraction << (twice ? 2 : 1)) & 0x3ff;
  }
  const estimate = (reciprocal(256 | (fraction >> 2)) & 0xff) << 2;
  const result = 29 - exponent;
  if (result === 0) return sign | 0x200 | (estimate >> 1);
  if (result === -1) return sign | 0x100 | (estimate >> 2);
  return sign | (result << 10) | estimate;
};

/** FPRSqrtEstimate(). */
const rootEstimate: Lane = (x, _m, _d, mode) => {
  if (isNan(x)) return settleNan(x);
  if (isZero(x, mode)) return (x & SIGN) | INFINITY | (FpFlag.DivideByZero << HALF_FLAGS_SHIFT);
  if ((x & SIGN) !== 0) return NAN | (FpFlag.Invalid << HALF_FLAGS_SHIFT);
  if (x === INFINITY) return 0;
  let exponent = (x >> 10) & 31;
  let fraction = x & 0x3ff;
  if (exponent === 0) {
    while ((fraction & 0x200) === 0) {
      fraction <<= 1;
      exponent--;
    }
    fraction = (fraction << 1) & 0x3ff;
  }
  const scaled = (exponent & 1) === 0 ? 256 | (fraction >> 2) : 128 | (fraction >> 3);
  return (((44 - exponent) >> 1) << 10) | ((reciprocalRoot(scaled) & 0xff) << 2);
};

/** Rounding by the letter that VRINT and VCVT end in. */
const ROUNDING = { a: FpMode.TiesAway, n: 0, x: 0, p: Rounding.Up, m: Rounding.Down, z: Rounding.Zero } as const;
export type HalfRounding = keyof typeof ROUNDING;

/** By what they are of. The third operand is the old destination. */
const LANES: Readonly<Record<string, Lane>> = {
  vadd: simple(FpKind.Add),
  vsub: simple(FpKind.Subtract),
  vabd: (n, m, _d, mode) => run(FpKind.Subtract, mode, n, m) & ~SIGN,
  vmul: simple(FpKind.Multiply),
  vmax: simple(FpKind.Maximum),
  vmin: simple(FpKind.Minimum),
  vmaxnm: simple(FpKind.MaximumNumber),
  vminnm: simple(FpKind.MinimumNumber),
  vceq: compare(FpKind.CompareQuiet, [EQUAL]),
  vcge: signalling([EQUAL, GREATER]),
  vcgt: signalling([GREATER]),
  vcle: signalling([EQUAL, LESS]),
  vclt: signalling([LESS]),
  vacge: signalling([EQUAL, GREATER], magnitude),
  vacgt: signalling([GREATER], magnitude),
  vmla: accumulate(FpKind.Add),
  vmls: accumulate(FpKind.Subtract),
  vfma: (n, m, d, mode) => run(FpKind.MultiplyAdd, mode, n, m, d),
  vfms: (n, m, d, mode) => run(FpKind.MultiplyAdd, mode, n ^ SIGN, m, d),
  vrecps: step(TWO, TWO, false),
  vrsqrts: step(THREE, ONE_AND_A_HALF, true),
  vrecpe: reciprocalEstimate,
  vrsqrte: rootEstimate,
  vabs: magnitude,
  vneg: (n) => n ^ SIGN,
  // The second operand is what halfFormat() gives
  'vcvt from integer': (x, format, _d, mode) => run(FpKind.FromInteger, mode, x, integerOf(format)),
  'vcvt to integer': (x, format, _d, mode) => run(FpKind.ToInteger, mode | Rounding.Zero, x, integerOf(format)),
  ...forRoundings(
    'vrint',
    (rounding, letter) => (x, _m, _d, mode) =>
      run(letter === 'x' ? FpKind.RoundToIntegralExact : FpKind.RoundToIntegral, mode | rounding, x),
  ),
  ...forRoundings('vcvt', (rounding) => (x, format, _d, mode) => run(FpKind.ToInteger, mode | rounding, x, integerOf(format))),
};

function forRoundings(mnemonic: string, make: (mode: number, letter: HalfRounding) => Lane): Record<string, Lane> {
  const letters = Object.keys(ROUNDING) as HalfRounding[];
  return Object.fromEntries(letters.map((l) => [`${mnemonic}${l}`, make(ROUNDING[l], l)]));
}

const SIGNED_FORMAT = 0x20;

/** A format of 16 bits in the place of a lane: fraction bits and whether it is signed. */
export function halfFormat(signed: boolean, fraction: number): number {
  return fraction | (signed ? SIGNED_FORMAT : 0);
}

const integerOf = (format: number): number => integerFormat(16, (format & SIGNED_FORMAT) !== 0, format & (SIGNED_FORMAT - 1));

/** Name of the helper of a lane: its operands are n with m in the upper half, d, and FPSCR. */
export function halfLane(of: string): string {
  return `half ${of}`;
}

/** A half as a single, which holds it exactly. NaNs keep their payload, signalling ones too. */
function halfAsSingle(half: number, fpscr: number): number {
  const sign = (half & SIGN) << 16;
  const fraction = half & 0x3ff;
  const exponent = (half >> 10) & 31;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0 || (fpscr & FLUSH_HALVES) !== 0) return sign;
  const leading = Math.clz32(fraction) - 21; // zeros before the first one, which becomes the implicit bit
  return sign | ((113 - leading) << 23) | (((fraction << leading) & 0x3ff) << 13);
}

export const HALF_LANE_HELPERS: readonly Helper[] = [
  ...Object.entries(LANES).map(([of, lane]): Helper => ({
    name: halfLane(of),
    run: (nm, d, fpscr) => lane(nm & ALL, nm >>> 16, d, modeOf(fpscr)),
  })),
  { name: 'half_as_single', run: halfAsSingle },
];
