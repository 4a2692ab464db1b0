/**
 * Fused multiply-add with a single rounding, in arithmetic that rounds after every operation.
 *
 * The common case follows Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved
 * algorithms using rounding to odd" (IEEE Trans. Computers 57(4), 2008): errors of the product and the
 * sum are computed exactly, and the small parts are rounded to odd, which cannot spoil the final
 * rounding. Where an intermediate could overflow or lose bits below the smallest subnormal, the exact
 * sum is formed as an integer.
 */
const f64 = new Float64Array(1);
const words = new Int32Array(f64.buffer);
const bits = new BigUint64Array(f64.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** x * y + z rounded once to single precision; operands are singles. NaN results have any payload. */
export function fma32(x: number, y: number, z: number): number {
  const product = x * y; // 48 significant bits: exact
  const sum = product + z;
  // 53 bits rounded to odd hold enough to round to 24 bits as if the sum were exact.
  return Math.fround(oddly(sum, sumError(product, z, sum)));
}

/** x * y + z rounded once to double precision. NaN results have any payload. */
export function fma64(x: number, y: number, z: number): number {
  const product = x * y;
  if (!Number.isFinite(x) || !Number.isFinite(y) || x === 0 || y === 0) return product + z;
  // The exact product is finite even where `product` is not
  if (!Number.isFinite(z)) return z;
  if (!isTame(x) || !isTame(y) || (z !== 0 && !isTame(z))) return fma64Exact(x, y, z);
  const low = productError(x, y, product);
  const high = product + z;
  const highError = sumError(product, z, high);
  // The exact result is high + highError + low.
  const rest = highError + low;
  return high + oddly(rest, sumError(highError, low, rest));
}

/** Exponent range in which products, their errors and sums neither overflow nor become subnormal. */
const TAME_EXPONENT = 400;

function isTame(x: number): boolean {
  f64[0] = x;
  const exponent = ((words[HIGH]! >>> 20) & 0x7ff) - 1023;
  return exponent > -TAME_EXPONENT && exponent < TAME_EXPONENT;
}

/** a + b - sum, exact (Knuth). */
function sumError(a: number, b: number, sum: number): number {
  const bVirtual = sum - a;
  return a - (sum - bVirtual) + (b - bVirtual);
}

/** x * y - product, exact (Dekker, with Veltkamp's splitting). */
function productError(x: number, y: number, product: number): number {
  const xHigh = upperHalf(x);
  const xLow = x - xHigh;
  const yHigh = upperHalf(y);
  const yLow = y - yHigh;
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/** The upper 26 bits of the significand. */
function upperHalf(x: number): number {
  const scaled = x * 134217729; // 2^27 + 1
  return scaled - (scaled - x);
}

/** `rounded` with the error of its rounding folded into its last bit: rounding to odd. */
function oddly(rounded: number, error: number): number {
  if (error === 0 || !Number.isFinite(error)) return rounded;
  f64[0] = rounded;
  if ((words[LOW]! & 1) === 0) {
    // The exact value lies between this even neighbour and the odd one on the error's side.
    if (error > 0 === rounded > 0) words[LOW]! |= 1;
    else if (words[LOW]-- === 0) words[HIGH]!--;
  }
  return f64[0]!;
}

/** A finite double as an integer times a power of two. */
function decompose(x: number): { significand: bigint; exponent: number } {
  f64[0] = x;
  const biased = (words[HIGH]! >>> 20) & 0x7ff;
  const fraction = bits[0]! & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { significand: words[HIGH]! < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** x * y + z for finite operands through exact integers. Exported for the test that compares both ways. */
export function fma64Exact(x: number, y: number, z: number): number {
  const a = decompose(x);
  const b = decompose(y);
  const c = decompose(z);
  const productExponent = a.exponent + b.exponent;
  const exponent = Math.min(productExponent, c.exponent);
  const sum = ((a.significand * b.significand) << BigInt(productExponent - exponent)) + (c.significand << BigInt(c.exponent - exponent));
  return sum === 0n ? x * y + z : scale(sum, exponent);
}

/** significand * 2^exponent, rounded to nearest even. */
function scale(significand: bigint, exponent: number): number {
  const negative = significand < 0n;
  let m = negative ? -significand : significand;
  const length = m.toString(2).length;
  // Bits below a normal result's last place, or below the smallest subnormal
  const drop = Math.max(length - 53, -1074 - exponent);
  let e = exponent;
  if (drop > 0) {
    const n = BigInt(drop);
    const rest = m & ((1n << n) - 1n);
    const half = 1n << (n - 1n);
    m >>= n;
    if (rest > half || (rest === half && (m & 1n) === 1n)) m += 1n;
    e += drop;
  }
  const magnitude = scaleExact(Number(m), e);
  return negative ? -magnitude : magnitude;
}

/** m * 2^e where the result is representable or infinite: in steps that stay in range. */
function scaleExact(m: number, e: number): number {
  while (e > 1000) {
    m *= 2 ** 1000;
    e -= 1000;
  }
  while (e < -1000) {
    m *= 2 ** -1000;
    e += 1000;
  }
  return m * 2 ** e;
}
