import { exactFlags, exactHigh, exactLow, fpControl, fpControlOfHalves, FpKind, integerFormat } from './exact-float';
import { FpFlag, FpMode, Rounding } from './rounding';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_000);

const view = new DataView(new ArrayBuffer(8));

interface Result {
  readonly bits: bigint;
  readonly flags: number;
}

function run(kind: FpKind, isDouble: boolean, mode: number, ...operands: readonly bigint[]): Result {
  return runControl(fpControl(kind, isDouble) | mode, operands);
}

function runIn({ bits }: Format, kind: FpKind, mode: number, ...operands: readonly bigint[]): Result {
  return bits === 16 ? runControl(fpControlOfHalves(kind) | mode, operands) : run(kind, bits === 64, mode, ...operands);
}

function runControl(control: number, operands: readonly bigint[]): Result {
  const [x = 0n, y = 0n, z = 0n] = operands;
  const half = (v: bigint, k: 0 | 1): number => Number(BigInt.asIntN(32, v >> BigInt(32 * k)));
  const args = [half(x, 0), half(x, 1), half(y, 0), half(y, 1), half(z, 0), half(z, 1), control] as const;
  const flags = exactFlags(...args);
  return { bits: (BigInt(exactHigh(...args) >>> 0) << 32n) | BigInt(exactLow(...args) >>> 0), flags };
}

interface Format {
  readonly precision: number;
  readonly bits: number;
}
const FORMATS: readonly Format[] = [
  { precision: 24, bits: 32 },
  { precision: 53, bits: 64 },
];
const HALF: Format = { precision: 11, bits: 16 };

const bias = ({ precision, bits }: Format): number => 2 ** (bits - precision - 1) - 1;
const shift = (x: bigint, n: number): bigint => (n >= 0 ? x << BigInt(n) : x >> BigInt(-n));

/** A finite pattern as an integer times 2^exponent. */
function decode(bits: bigint, f: Format): { readonly m: bigint; readonly e: number } {
  const fractionBits = f.precision - 1;
  const fraction = bits & ((1n << BigInt(fractionBits)) - 1n);
  const biased = Number((bits >> BigInt(fractionBits)) & ((1n << BigInt(f.bits - f.precision)) - 1n));
  const m = biased === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  return { m: bits >> BigInt(f.bits - 1) === 0n ? m : -m, e: Math.max(biased, 1) - bias(f) - fractionBits };
}

/**
 * The exact value (n + sticky) / d * 2^exponent, not 0 and with its sign apart, rounded in integers.
 * @param sticky whether a part less than any bit of the quotient that counts is missing
 */
function encode(f: Format, mode: number, negative: boolean, n: bigint, d: bigint, exponent: number, sticky = false): Result {
  const length = (x: bigint): number => x.toString(2).length;
  const least = 1 - bias(f);
  let e = length(n) - length(d) + exponent;
  if (shift(n, Math.max(0, -(e - exponent))) < shift(d, Math.max(0, e - exponent))) e--;
  const tiny = e < least;
  if (tiny && (mode & FpMode.Flush) !== 0) return { bits: negative ? 1n << BigInt(f.bits - 1) : 0n, flags: FpFlag.Underflow };
  const quantum = Math.max(e, least) - f.precision + 1;
  const divisor = shift(d, Math.max(0, quantum - exponent));
  const dividend = shift(n, Math.max(0, exponent - quantum));
  let whole = dividend / divisor;
  const rest = dividend % divisor;
  const inexact = rest !== 0n || sticky;
  const tie = 2n * rest === divisor && !sticky;
  const more = 2n * rest > divisor || (2n * rest === divisor && sticky);
  const up = { 0: more || (tie && whole % 2n === 1n), 1: !negative, 2: negative, 3: false }[mode & 3]!;
  if (inexact && up) whole++;
  let flags = inexact ? FpFlag.Inexact | (tiny ? FpFlag.Underflow : 0) : 0;
  const fractionBits = BigInt(f.precision - 1);
  // A carry into the next binade counts up the exponent field by itself.
  const biased = BigInt(quantum + f.precision - 1 + bias(f));
  let magnitude = whole >> fractionBits === 0n ? whole : ((biased - 1n) << fractionBits) + whole;
  const infinity = ((1n << BigInt(f.bits - f.precision)) - 1n) << fractionBits;
  if (magnitude >= infinity) {
    flags |= FpFlag.Overflow | FpFlag.Inexact;
    magnitude = (mode & 3) === Rounding.Nearest || (mode & 3) === (negative ? Rounding.Down : Rounding.Up) ? infinity : infinity - 1n;
  }
  return { bits: magnitude | (negative ? 1n << BigInt(f.bits - 1) : 0n), flags };
}

function root(n: bigint): bigint {
  if (n < 2n) return n;
  let r = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (r + n / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

const absolute = (x: bigint): bigint => (x < 0n ? -x : x);

/** The result on finite operands in integers; undefined where it is 0 or invalid. */
function reference(kind: FpKind, f: Format, mode: number, operands: readonly bigint[]): Result | undefined {
  const [x, y, z] = operands.map((o) => decode(o, f));
  const sum = (a: { m: bigint; e: number }, b: { m: bigint; e: number }): Result | undefined => {
    const e = Math.min(a.e, b.e);
    const m = shift(a.m, a.e - e) + shift(b.m, b.e - e);
    return m === 0n ? undefined : encode(f, mode, m < 0n, absolute(m), 1n, e);
  };
  const product = { m: x!.m * y!.m, e: x!.e + y!.e };
  switch (kind) {
    case FpKind.Add:
      return sum(x!, y!);
    case FpKind.Subtract:
      return sum(x!, { m: -y!.m, e: y!.e });
    case FpKind.Multiply:
      return sum(product, { m: 0n, e: product.e });
    case FpKind.MultiplyAdd:
      return sum(product, z!);
    case FpKind.Divide:
      return x!.m === 0n || y!.m === 0n ? undefined : encode(f, mode, x!.m < 0n !== y!.m < 0n, absolute(x!.m), absolute(y!.m), x!.e - y!.e);
    default: {
      if (x!.m <= 0n) return undefined;
      const extra = 200 + (x!.e & 1);
      const square = x!.m << BigInt(extra);
      const r = root(square);
      return encode(f, mode, false, r, 1n, (x!.e - extra) / 2, r * r !== square);
    }
  }
}

let seed = SEED;
function random(n: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
  return Math.floor(((seed >>> 0) / 2 ** 32) * n);
}

/** A finite pattern: long runs of bits, exponents close to each other or to the ends of their range. */
function operand(f: Format): bigint {
  const fields = f.bits - f.precision;
  const greatest = 2 ** fields - 2;
  const middle = greatest >> 1;
  const biased = [
    random(3),
    greatest - random(3),
    middle + random(7) - 3,
    middle + random(2 * f.precision) - f.precision,
    random(greatest),
  ][random(5)]!;
  let fraction = 0n;
  for (let left = f.precision - 1; left > 0;) {
    const n = Math.min(left, 1 + random(f.precision));
    fraction =
      (fraction << BigInt(n)) | (random(2) === 0 ? 0n : random(3) === 0 ? BigInt(random(2 ** Math.min(n, 20))) : (1n << BigInt(n)) - 1n);
    left -= n;
  }
  return (BigInt(random(2)) << BigInt(f.bits - 1)) | (BigInt(biased) << BigInt(f.precision - 1)) | fraction;
}

/** Asks jest only about differences, as it takes long. */
function check(actual: Result, expected: Result, mode: number, operands: readonly bigint[]): void {
  if (actual.bits === expected.bits && actual.flags === expected.flags) return;
  expect({ operands, mode, ...actual }).toEqual({ operands, mode, ...expected });
}

const KINDS = [FpKind.Add, FpKind.Subtract, FpKind.Multiply, FpKind.Divide, FpKind.SquareRoot, FpKind.MultiplyAdd];

describe.each([HALF, ...FORMATS])('on $bits bits', (f) => {
  it.each(KINDS.map((k) => [FpKind[k], k] as const))(`agrees with integer arithmetic: %s (seed ${SEED})`, (_, kind) => {
    for (let i = 0; i < 4000; i++) {
      const operands = [operand(f), operand(f), operand(f)];
      if (random(4) === 0) operands[2] = runIn(f, FpKind.Multiply, random(4), operands[0]!, operands[1]! ^ (1n << BigInt(f.bits - 1))).bits;
      const isFinite = operands.every(
        (o) => (o >> BigInt(f.precision - 1)) % (1n << BigInt(f.bits - f.precision)) !== (1n << BigInt(f.bits - f.precision)) - 1n,
      );
      const mode = random(4);
      const expected = isFinite ? reference(kind, f, mode, operands) : undefined;
      if (expected === undefined) continue;
      check(runIn(f, kind, mode, ...operands), expected, mode, operands);
    }
  });
});

it(`converts between formats as integer arithmetic does (seed ${SEED})`, () => {
  const [single, double] = FORMATS as [Format, Format];
  for (let i = 0; i < 3000; i++) {
    const mode = random(8);
    const d = operand(double);
    const isDenormal = (d >> 52n) % 2048n === 0n;
    const { m, e } = decode(d, double);
    if (m === 0n || (isDenormal && (mode & FpMode.Flush) !== 0)) continue;
    check(run(FpKind.Convert, true, mode, d), encode(single, mode, m < 0n, absolute(m), 1n, e), mode, [d]);
    check(run(FpKind.ToHalf, true, mode & 3, d), encode(HALF, mode & 3, m < 0n, absolute(m), 1n, e), mode & 3, [d]);
    const s = run(FpKind.Convert, true, Rounding.Nearest, d).bits;
    expect(run(FpKind.Convert, true, 0, run(FpKind.Convert, false, 0, s).bits).bits).toBe(s);
    const h = BigInt(random(0x7c00));
    expect(run(FpKind.ToHalf, true, 0, run(FpKind.FromHalf, true, 0, h).bits)).toEqual({ bits: h, flags: 0 });
  }
});

function f64(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

describe('on special operands', () => {
  const INFINITY = f64(Infinity);
  const NAN = 0x7ff8000000000000n;
  const SIGNALLING = 0xfff0000000000001n;
  const LEGACY_NAN = 0x7ff7ffffffffffffn;
  const DENORMAL = 5n;
  const LEAST = f64(2 ** -1022);
  const { Invalid, DivideByZero, Overflow, Underflow, Inexact, InputDenormal } = FpFlag;

  it.each<[FpKind, number, readonly bigint[], bigint, number]>([
    [FpKind.Add, 0, [INFINITY, f64(-Infinity)], NAN, Invalid],
    [FpKind.Subtract, 0, [INFINITY, INFINITY], NAN, Invalid],
    [FpKind.Multiply, 0, [INFINITY, 0n], NAN, Invalid],
    [FpKind.Divide, 0, [0n, 0n], NAN, Invalid],
    [FpKind.Divide, 0, [f64(-1), 0n], f64(-Infinity), DivideByZero],
    [FpKind.Divide, 0, [INFINITY, 0n], INFINITY, 0],
    [FpKind.SquareRoot, 0, [f64(-1)], NAN, Invalid],
    [FpKind.SquareRoot, 0, [f64(-0)], f64(-0), 0],
    [FpKind.Add, 0, [SIGNALLING, 0n], 0xfff8000000000001n, Invalid],
    [FpKind.Add, FpMode.DefaultNan, [0x7ff8000000000001n, 0n], NAN, 0],
    [FpKind.MultiplyAdd, 0, [INFINITY, 0n, NAN + 1n], NAN, Invalid],
    [FpKind.MultiplyAdd, 0, [f64(1e300), f64(1e300), f64(-Infinity)], f64(-Infinity), 0],
    [FpKind.Add, Rounding.Down, [f64(1), f64(-1)], f64(-0), 0],
    [FpKind.Add, FpMode.Flush, [DENORMAL, f64(1)], f64(1), InputDenormal],
    [FpKind.Multiply, FpMode.Flush, [LEAST, f64(-0.5)], f64(-0), Underflow],
    // Tiny before rounding, though the result is not
    [FpKind.Multiply, 0, [f64(1 + 2 ** -52), f64(2 ** -1022 * (1 - 2 ** -52))], LEAST, Underflow | Inexact],
    [FpKind.Multiply, FpMode.TinyAfterRounding, [f64(1 + 2 ** -52), f64(2 ** -1022 * (1 - 2 ** -52))], LEAST, Inexact],
    [FpKind.Multiply, FpMode.TinyAfterRounding, [f64(0.5 + 2 ** -53), 3n], 2n, Underflow | Inexact],
    [FpKind.Multiply, FpMode.FlushResults, [LEAST, f64(-0.5)], f64(-0), 0],
    [FpKind.Add, FpMode.FlushResults, [DENORMAL, LEAST], LEAST + DENORMAL, 0],
    [FpKind.Add, FpMode.LegacyNan, [INFINITY, f64(-Infinity)], LEGACY_NAN, Invalid],
    [FpKind.Add, FpMode.LegacyNan, [NAN, 0n], LEGACY_NAN, Invalid],
    [FpKind.Add, FpMode.LegacyNan, [SIGNALLING, 0n], LEGACY_NAN, 0],
    [FpKind.MultiplyAdd, FpMode.AddendNan, [INFINITY, 0n, NAN + 1n], NAN + 1n, Invalid],
    [FpKind.Multiply, 0, [f64(1e300), f64(1e300)], INFINITY, Overflow | Inexact],
    [FpKind.Multiply, Rounding.Zero, [f64(1e300), f64(1e300)], f64(Number.MAX_VALUE), Overflow | Inexact],
    [FpKind.RoundToIntegralExact, 0, [f64(2.5)], f64(2), Inexact],
    [FpKind.RoundToIntegral, FpMode.TiesAway, [f64(-2.5)], f64(-3), 0],
    [FpKind.RoundToIntegral, Rounding.Up, [f64(-0.5)], f64(-0), 0],
    [FpKind.CompareQuiet, 0, [NAN, 0n], 3n, 0],
    [FpKind.CompareSignalling, 0, [NAN, 0n], 3n, Invalid],
    [FpKind.CompareQuiet, FpMode.Flush, [DENORMAL, 0n], 6n, InputDenormal],
    [FpKind.MaximumNumber, 0, [NAN, f64(1)], f64(1), 0],
    [FpKind.Minimum, 0, [0n, f64(-0)], f64(-0), 0],
    [FpKind.ToInteger, Rounding.Zero, [f64(-1.5), BigInt(integerFormat(32, true))], 0xffffffffffffffffn, Inexact],
    [FpKind.ToInteger, Rounding.Zero, [f64(-0.5), BigInt(integerFormat(32, false))], 0n, Inexact],
    [FpKind.ToInteger, 0, [f64(2 ** 31), BigInt(integerFormat(32, true))], 0x7fffffffn, Invalid],
    [FpKind.ToInteger, 0, [f64(1.5), BigInt(integerFormat(16, true, 8))], 384n, 0],
    [FpKind.ToInteger, 0, [NAN, BigInt(integerFormat(32, true))], 0n, Invalid],
    [FpKind.ToInteger, 0, [f64(-(2 ** 63)), BigInt(integerFormat(64, true))], 1n << 63n, 0],
    [FpKind.ToInteger, 0, [f64(2 ** 63), BigInt(integerFormat(64, true))], (1n << 63n) - 1n, Invalid],
    [FpKind.ToInteger, 0, [f64(-(2 ** 40) - 0.5), BigInt(integerFormat(64, true))], (1n << 64n) - (1n << 40n), Inexact],
    [FpKind.FromInteger, Rounding.Up, [(1n << 60n) + 1n, BigInt(integerFormat(64, true))], f64(2 ** 60 + 256), Inexact],
    [FpKind.FromInteger, 0, [(1n << 64n) - 1n, BigInt(integerFormat(64, true))], f64(-1), 0],
    [FpKind.FromInteger, 0, [0xffffffffn, BigInt(integerFormat(32, true, 1))], f64(-0.5), 0],
    [FpKind.FromHalf, 0, [0x7c01n], 0x7ff8040000000000n, Invalid],
    [FpKind.FromHalf, FpMode.AlternativeHalf, [0x7c00n], f64(65536), 0],
    [FpKind.ToHalf, FpMode.AlternativeHalf, [f64(1e9)], 0x7fffn, Invalid],
    [FpKind.ToHalf, FpMode.Flush, [DENORMAL], 0n, InputDenormal],
  ])('%i in mode %i of %p is %i', (kind, mode, operands, bits, flags) => {
    expect(run(kind, true, mode, ...operands)).toEqual({ bits, flags });
  });
});

describe('on halves', () => {
  const { Invalid, Underflow } = FpFlag;

  it.each<[FpKind, number, readonly bigint[], bigint, number]>([
    [FpKind.Add, 0, [0xfc01n, 0x3c00n], 0xfe01n, Invalid],
    [FpKind.Add, FpMode.DefaultNan, [0xfe01n, 0n], 0x7e00n, 0],
    [FpKind.Subtract, 0, [0x7c00n, 0x7c00n], 0x7e00n, Invalid],
    // Flushing raises no InputDenormal
    [FpKind.Add, FpMode.Flush, [1n, 0x3c00n], 0x3c00n, 0],
    [FpKind.Multiply, FpMode.Flush, [0x0400n, 0xb800n], 0x8000n, Underflow],
    [FpKind.MaximumNumber, 0, [0x7e00n, 0xbc00n], 0xbc00n, 0],
    [FpKind.CompareQuiet, 0, [0x8000n, 0n], 6n, 0],
    [FpKind.FromInteger, 0, [3n, BigInt(integerFormat(16, true, 1))], 0x3e00n, 0],
    [FpKind.ToInteger, Rounding.Zero, [0xc100n, BigInt(integerFormat(32, true))], 0xfffffffffffffffen, FpFlag.Inexact],
  ])('%i in mode %i of %p is %i', (kind, mode, operands, bits, flags) => {
    expect(runIn(HALF, kind, mode, ...operands)).toEqual({ bits, flags });
  });
});

it.each<[number, bigint, bigint, number]>([
  [0, 0x3f808000n, 0x3f80n, FpFlag.Inexact],
  [0, 0x3f818000n, 0x3f82n, FpFlag.Inexact],
  [0, 0x7f800001n, 0x7fc0n, FpFlag.Invalid],
  [0, 0xff7fffffn, 0xff80n, FpFlag.Overflow | FpFlag.Inexact],
  [FpMode.Flush, 0x00000001n, 0n, FpFlag.InputDenormal],
])('cuts singles to brain floats: mode %i, %p to %p', (mode, x, bits, flags) => {
  expect(run(FpKind.ToBrainFloat, false, mode, x)).toEqual({ bits, flags });
});
