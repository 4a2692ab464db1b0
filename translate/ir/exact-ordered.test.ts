/** Exact operations with NAN_BY_ORDER, against integer arithmetic (fma64Exact) and the rules for NaNs. */
import { Random } from '../../tests/instructions/random';
import { exactFlags, exactHigh, exactLow, fpControl, FpKind } from './exact-float';
import { fma64, fma64Exact } from './fma';
import { InvalidCause, NAN_BY_ORDER, NEGATE_ADDEND, NEGATE_RESULT, ROUND_TO_SINGLE, ROUNDED_UP } from './fp-control';
import { FpFlag, FpMode, Rounding } from './rounding';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_000);
const view = new DataView(new ArrayBuffer(8));

const halves = (x: bigint): [number, number] => [Number(BigInt.asIntN(32, x)), Number(BigInt.asIntN(32, x >> 32n))];
const bitsOf = (x: number): bigint => (view.setFloat64(0, x), view.getBigUint64(0));
const valueOf = (x: bigint): number => (view.setBigUint64(0, x), view.getFloat64(0));

function run(kind: FpKind, options: number, x: bigint, y = 0n, z = 0n): { readonly bits: bigint; readonly flags: number } {
  const args = [...halves(x), ...halves(y), ...halves(z), fpControl(kind, true) | NAN_BY_ORDER | options] as const;
  const flags = exactFlags(...args);
  return { bits: (BigInt(exactHigh(...args) >>> 0) << 32n) | BigInt(exactLow(...args) >>> 0), flags };
}

const [QUIET, SIGNALLING, INFINITY, ONE] = [0x7ff8000000000123n, 0x7ff0000000000001n, 0x7ff0000000000000n, 0x3ff0000000000000n];
const DEFAULT = 0x7ff8000000000000n;
const NEGATIVE = 1n << 63n;

it.each([
  ['the first operand, made quiet', FpKind.Add, 0, [SIGNALLING, QUIET, 0n], SIGNALLING | DEFAULT, InvalidCause.SignallingNan],
  ['a quiet one before a signalling one', FpKind.Multiply, 0, [QUIET, SIGNALLING, 0n], QUIET, InvalidCause.SignallingNan],
  ['the addend before the second factor', FpKind.MultiplyAdd, 0, [ONE, QUIET, QUIET | NEGATIVE], QUIET | NEGATIVE, 0],
  ['not negated', FpKind.MultiplyAdd, NEGATE_ADDEND | NEGATE_RESULT, [ONE, ONE, QUIET], QUIET, 0],
  ['the addend although the product is invalid', FpKind.MultiplyAdd, 0, [INFINITY, 0n, QUIET], QUIET, InvalidCause.InfinityTimesZero],
  ['the default for opposite infinities', FpKind.Subtract, 0, [INFINITY, INFINITY, 0n], DEFAULT, InvalidCause.InfinityLessInfinity],
  ['the default for 0 / 0', FpKind.Divide, 0, [0n, 0n, 0n], DEFAULT, InvalidCause.ZeroByZero],
  ['without what a single has no room for', FpKind.Add, ROUND_TO_SINGLE, [ONE, QUIET, 0n], DEFAULT, 0],
])('gives %s', (_, kind, options, [x, y, z], bits, cause) => {
  expect(run(kind, options, x!, y, z)).toEqual({ bits, flags: cause === 0 ? 0 : cause | FpFlag.Invalid });
});

it.each([
  ['wraps what overflows', FpKind.Multiply, FpMode.ScaleHuge, 2 ** 1023, -3, -3 * 2 ** -513, FpFlag.Overflow],
  ['wraps what is tiny, exact or not', FpKind.Divide, FpMode.ScaleTiny, 2 ** -1022, 4, 2 ** 512, FpFlag.Underflow],
  ['wraps singles by less', FpKind.Multiply, FpMode.ScaleHuge | ROUND_TO_SINGLE, 2 ** 127, 2, 2 ** -64, FpFlag.Overflow],
  ['leaves what is in range', FpKind.Add, FpMode.ScaleTiny | FpMode.ScaleHuge, 1, 2, 3, 0],
  ['tells of 1/3 that it is below', FpKind.Divide, 0, 1, 3, 1 / 3, FpFlag.Inexact],
  ['tells of 2/3 that it is above', FpKind.Divide, ROUND_TO_SINGLE, 2, 3, Math.fround(2 / 3), FpFlag.Inexact | ROUNDED_UP],
  ['tells of -1/3 that it is below', FpKind.Divide, Rounding.Up, -1, 3, -1 / 3, FpFlag.Inexact],
])('%s', (_, kind, options, x, y, result, flags) => {
  const actual = run(kind, options, bitsOf(x), bitsOf(y));
  expect({ ...actual, bits: valueOf(actual.bits) }).toEqual({ bits: result, flags });
});

/** A double of any kind, often where cancellation, ranges or ties between singles matter. */
function double(rng: Random): number {
  const near = valueOf((BigInt(0x3ff00000 + (rng.word() & 0x007fffff)) << 32n) | BigInt(rng.word() >>> 0));
  const x = rng.pick([
    near,
    Math.fround(near),
    near * 2 ** rng.between(-60, 60),
    near * 2 ** rng.between(-1074, 1022),
    Math.fround(near) + 2 ** -24,
    2 ** rng.between(-160, 140),
    0,
    rng.between(-9, 9),
  ]);
  return rng.chance(50) ? x : -x;
}

it('adds products with one rounding, to doubles and to singles', () => {
  const rng = new Random(SEED);
  for (let k = 0; k < 20_000; k++) {
    const [x, y] = [double(rng), double(rng)];
    const z = rng.chance(30) ? -(x * y) * rng.pick([1, 1 + 2 ** -52, 1 + 2 ** -23]) : double(rng);
    const expected = Number.isFinite(x * y) && Number.isFinite(z) ? fma64Exact(x, y, z) : fma64(x, y, z);
    const actual = valueOf(run(FpKind.MultiplyAdd, 0, bitsOf(x), bitsOf(y), bitsOf(z)).bits);
    if (!Number.isFinite(z)) continue;
    expect([SEED, x, y, z, actual]).toEqual([SEED, x, y, z, expected === 0 ? actual : expected]);
    // What is no tie in double precision rounds to the same single
    const single = valueOf(run(FpKind.MultiplyAdd, ROUND_TO_SINGLE, bitsOf(x), bitsOf(y), bitsOf(z)).bits);
    const isTie = (bitsOf(expected) & 0x1fffffffn) === 0x10000000n || Math.abs(expected) < 2 ** -126;
    if (!isTie) expect([SEED, x, y, z, single]).toEqual([SEED, x, y, z, Math.fround(expected)]);
  }
});
