/** Arithmetic of BFDotAdd() (Arm ARM DDI 0487): singles rounded to odd, denormals flushed, the default NaN, no exceptions. */
import { exactFlags, exactLow, fpControl, FpKind } from '../../translate/ir/exact-float';
import type { Helper } from '../../translate/ir/helper-table';
import { FpMode } from '../../translate/ir/rounding';
import { HALF_FLAGS_SHIFT } from './half-lanes';

const DEFAULT_NAN = 0x7fc00000;
const LEAST_NORMAL = 2 ** -126;
const TOO_LARGE = 2 ** 128;

const f64 = new Float64Array(1);
const bits64 = new BigInt64Array(f64.buffer);
const f32 = new Float32Array(1);
const bits32 = new Int32Array(f32.buffer);

const LOST = 0x1fffffffn; // of a double's fraction in a single

/** The single on the side of zero, or the neighbour behind it, whichever is odd; `error` is what the double lacks of the exact number. */
function toOdd(x: number, error: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) >= TOO_LARGE) return x * Infinity;
  f64[0] = x;
  if (error !== 0 && (bits64[0]! & 1n) === 0n) bits64[0]! += error > 0 === x > 0 ? 1n : -1n;
  // Between a normal number and 0 only what is exact is left, as terms are multiples of 2^-149
  if (Math.abs(f64[0]!) < LEAST_NORMAL) return x < 0 || Object.is(x, -0) ? -0 : 0;
  if ((bits64[0]! & LOST) !== 0n) bits64[0] = (bits64[0]! & ~LOST) | (LOST + 1n);
  return f64[0]!;
}

/** The value of a single, denormals being zeros. */
function single(word: number): number {
  bits32[0] = word;
  const x = f32[0]!;
  return Math.abs(x) < LEAST_NORMAL ? (word < 0 ? -0 : 0) : x;
}

function add(x: number, y: number): number {
  const sum = x + y;
  if (!Number.isFinite(sum)) return sum;
  const part = sum - x;
  return toOdd(sum, x - (sum - part) + (y - part)); // Knuth's two-sum
}

// A product of two brain floats is exact as a double, and as a single in its range
const product = (n: number, m: number): number => toOdd(single(n) * single(m), 0);

/** sum + (the products of the lower and the upper halves of two words). */
function dotAdd(sum: number, n: number, m: number): number {
  const both = add(product(n << 16, m << 16), product(n & 0xffff0000, m & 0xffff0000));
  const result = add(single(sum), both);
  if (Number.isNaN(result)) return DEFAULT_NAN;
  f32[0] = result;
  return bits32[0]!;
}

const STANDARD = fpControl(FpKind.ToBrainFloat, false) | FpMode.Flush | FpMode.DefaultNan;

export const BRAIN_FLOAT_HELPERS: readonly Helper[] = [
  { name: 'bfdot', run: dotAdd },
  {
    name: 'single_to_bf16',
    run: (x) => exactLow(x, 0, 0, 0, 0, 0, STANDARD) | (exactFlags(x, 0, 0, 0, 0, 0, STANDARD) << HALF_FLAGS_SHIFT),
  },
];
