/**
 * Exceptions of Advanced SIMD floating-point instructions, lane by lane, as helpers over bit patterns. Their arithmetic
 * is the standard one (StandardFPSCRValue() of the Arm ARM): to nearest, flushed, with default NaNs.
 */
import { exactFlags, exactLow, fpControl, FpKind } from '../../translate/ir/exact-float';
import type { Helper } from '../../translate/ir/helper-table';
import { FpFlag, FpMode, Rounding } from '../../translate/ir/rounding';

const STANDARD = FpMode.Flush | FpMode.DefaultNan;

/** Rounding by the letter that VRINT and VCVT end in. */
const ROUNDING = { a: FpMode.TiesAway, n: 0, x: 0, p: Rounding.Up, m: Rounding.Down, z: Rounding.Zero } as const;
export type RoundingLetter = keyof typeof ROUNDING;

const MAGNITUDE = 0x7fffffff;
const TWO = 0x40000000;
const THREE = 0x40400000;

const flags = (kind: FpKind, x: number, y = 0, z = 0, mode = 0): number =>
  exactFlags(x, 0, y, 0, z, 0, fpControl(kind, false) | STANDARD | mode);
const value = (kind: FpKind, x: number, y: number): number => exactLow(x, 0, y, 0, 0, 0, fpControl(kind, false) | STANDARD);

type Lane = (n: number, m: number, d: number) => number;

const simple =
  (kind: FpKind): Lane =>
  (n, m) =>
    flags(kind, n, m);
const absolute: Lane = (n, m) => flags(FpKind.CompareSignalling, n & MAGNITUDE, m & MAGNITUDE);
const withZero =
  (kind: FpKind): Lane =>
  (n) =>
    flags(kind, n);

/** A product, then its sum with `addend` (or difference). */
function accumulate(n: number, m: number, addend: number, kind: FpKind): number {
  const first = flags(FpKind.Multiply, n, m);
  return first | flags(kind, addend, value(FpKind.Multiply, n, m));
}

const exponent = (x: number): number => (x >>> 23) & 0xff;
const isDenormal = (x: number): boolean => exponent(x) === 0 && (x & MAGNITUDE) !== 0;
const isInfinite = (x: number): boolean => (x & MAGNITUDE) === 0x7f800000;

/** VRECPS, VRSQRTS: 0 times infinity is no invalid product but what makes the step harmless. */
const step =
  (constant: number): Lane =>
  (n, m) => {
    const harmless = (exponent(n) === 0 && isInfinite(m)) || (exponent(m) === 0 && isInfinite(n));
    if (harmless) return isDenormal(n) || isDenormal(m) ? FpFlag.InputDenormal : 0;
    const before = accumulate(n, m, constant, FpKind.Subtract);
    return constant === TWO ? before : before | flags(FpKind.Divide, value(FpKind.Subtract, constant, value(FpKind.Multiply, n, m)), TWO);
  };

function reciprocalEstimate(x: number): number {
  const input = flags(FpKind.Convert, x); // of NaNs and denormals
  if (exponent(x) === 0) return input | FpFlag.DivideByZero;
  return exponent(x) >= 253 && exponent(x) < 255 ? FpFlag.Underflow : input;
}

function rootEstimate(x: number): number {
  const input = flags(FpKind.Convert, x);
  if (exponent(x) === 0) return input | FpFlag.DivideByZero;
  return x < 0 && (x & MAGNITUDE) <= 0x7f800000 ? FpFlag.Invalid : input;
}

/** By what they are of: a mnemonic, or a mnemonic and data types. The third operand is the old destination. */
const LANES = {
  vadd: simple(FpKind.Add),
  vsub: simple(FpKind.Subtract),
  vabd: simple(FpKind.Subtract),
  vmul: simple(FpKind.Multiply),
  vmax: simple(FpKind.Maximum),
  vmin: simple(FpKind.Minimum),
  vmaxnm: simple(FpKind.MaximumNumber),
  vminnm: simple(FpKind.MinimumNumber),
  vceq: simple(FpKind.CompareQuiet),
  vcge: simple(FpKind.CompareSignalling),
  vcgt: simple(FpKind.CompareSignalling),
  vacge: absolute,
  vacgt: absolute,
  'vceq zero': withZero(FpKind.CompareQuiet),
  'vcompare zero': withZero(FpKind.CompareSignalling),
  vmla: (n, m, d) => accumulate(n, m, d, FpKind.Add),
  vmls: (n, m, d) => accumulate(n, m, d, FpKind.Subtract),
  vfma: (n, m, d) => flags(FpKind.MultiplyAdd, n, m, d),
  vrecps: step(TWO),
  vrsqrts: step(THREE),
  vrecpe: reciprocalEstimate,
  vrsqrte: rootEstimate,
  /** The second operand is an integerFormat(). */
  'vcvt from integer': (x, format) => flags(FpKind.FromInteger, x, format),
  'vcvt to integer': (x, format) => flags(FpKind.ToInteger, x, format, 0, Rounding.Zero),
  /** The second operand is FPSCR, of which the format of halves counts. */
  'vcvt from half': (x, fpscr) => flags(FpKind.FromHalf, x, 0, 0, (fpscr >> 22) & FpMode.AlternativeHalf),
  'vcvt to half': (x, fpscr) => flags(FpKind.ToHalf, x, 0, 0, (fpscr >> 22) & FpMode.AlternativeHalf),
  ...forRoundings(
    'vrint',
    (mode, letter) => (x) => flags(letter === 'x' ? FpKind.RoundToIntegralExact : FpKind.RoundToIntegral, x, 0, 0, mode),
  ),
  ...forRoundings('vcvt', (mode) => (x, format) => flags(FpKind.ToInteger, x, format, 0, mode)),
} satisfies Record<string, Lane>;

function forRoundings<M extends string>(
  mnemonic: M,
  make: (mode: number, letter: RoundingLetter) => Lane,
): Record<`${M}${RoundingLetter}`, Lane> {
  const letters = Object.keys(ROUNDING) as RoundingLetter[];
  return Object.fromEntries(letters.map((l) => [`${mnemonic}${l}`, make(ROUNDING[l], l)])) as Record<`${M}${RoundingLetter}`, Lane>;
}

export type ExceptionsOf = keyof typeof LANES;

/** Name of the helper that gives the exceptions of one lane. */
export function exceptionsHelper(of: ExceptionsOf): string {
  return `exceptions of ${of}`;
}

export const NEON_EXCEPTION_HELPERS: readonly Helper[] = [
  ...Object.entries(LANES).map(([name, run]): Helper => ({ name: exceptionsHelper(name as ExceptionsOf), run })),
  {
    name: 'neon_half_to_single',
    run: (half, fpscr) =>
      exactLow(half, 0, 0, 0, 0, 0, fpControl(FpKind.FromHalf, false) | STANDARD | ((fpscr >> 22) & FpMode.AlternativeHalf)),
  },
  {
    name: 'neon_single_to_half',
    run: (bits, fpscr) =>
      exactLow(bits, 0, 0, 0, 0, 0, fpControl(FpKind.ToHalf, false) | STANDARD | ((fpscr >> 22) & FpMode.AlternativeHalf)),
  },
];
