/**
 * Sums, products, quotients, square roots and fused multiply-adds of finite numbers in any rounding mode: native
 * arithmetic gives the nearest double, and error-free transformations (Muller and others, "Handbook of Floating-Point
 * Arithmetic", chapter 4) on operands scaled to where they are exact give the sign of what is missing. Singles are
 * doubles too: only the format that is rounded to differs.
 */
import { exponentOf, FpMode, powerOfTwo, round, Rounding, significandOf, type FloatFormat, type FpStatus } from './rounding';

/** How an operation rounds. */
export interface FpContext {
  readonly status: FpStatus;
  readonly mode: number;
  readonly format: FloatFormat;
}

/** a + b - sum, exact (Knuth). */
function sumError(a: number, b: number, sum: number): number {
  const bVirtual = sum - a;
  return a - (sum - bVirtual) + (b - bVirtual);
}

/** The upper 26 bits of the significand. */
function upperHalf(x: number): number {
  const scaled = x * 134217729; // 2^27 + 1
  return scaled - (scaled - x);
}

/** x * y - product, exact (Dekker, with Veltkamp's splitting). */
function productError(x: number, y: number, product: number): number {
  const xHigh = upperHalf(x);
  const xLow = x - xHigh;
  const yHigh = upperHalf(y);
  const yLow = y - yHigh;
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/** Rounds `nearest * 2^scale`, from which the exact result differs by something of the sign of `error`. */
function finish({ status, mode, format }: FpContext, nearest: number, error: number, scale: number): number {
  const negative = nearest < 0;
  const towards = error === 0 ? 0 : error > 0 !== negative ? 1 : -1;
  return round(status, mode, format, negative, significandOf(nearest), towards, exponentOf(nearest) + scale);
}

/** The zero that a sum of opposites is. */
function cancelled(mode: number): number {
  return (mode & FpMode.Rounding) === Rounding.Down ? -0 : 0;
}

/** Beyond it a term is smaller than any part of a sum with one of about 2^0: only its sign counts. */
const NEGLIGIBLE = 300;

/** A number times 2^n, where that is out of range the nearest normal one. */
function scaled(x: number, n: number): number {
  if (x === 0) return x;
  const e = exponentOf(x) + n;
  const m = significandOf(x) * powerOfTwo(Math.max(e, -NEGLIGIBLE));
  return x < 0 ? -m : m;
}

export function add(cx: FpContext, x: number, y: number): number {
  if (x === 0 && y === 0) return Object.is(x, y) ? x : cancelled(cx.mode);
  // To about 2^0: no overflow, and what is negligible is just small
  const scale = Math.max(x === 0 ? -1074 : exponentOf(x), y === 0 ? -1074 : exponentOf(y));
  const [a, b] = [scaled(x, -scale), scaled(y, -scale)];
  const sum = a + b;
  if (sum === 0) return cancelled(cx.mode);
  return finish(cx, sum, sumError(a, b, sum), scale);
}

/** Neither factor is 0. */
function multiplyNonZero(cx: FpContext, x: number, y: number, negative: boolean): number {
  const [a, b] = [significandOf(x), significandOf(y)];
  const product = a * b;
  const error = productError(a, b, product);
  return finish(cx, negative ? -product : product, negative ? -error : error, exponentOf(x) + exponentOf(y));
}

export function multiply(cx: FpContext, x: number, y: number): number {
  return x === 0 || y === 0 ? x * y : multiplyNonZero(cx, x, y, x < 0 !== y < 0);
}

/** The divisor is not 0. */
export function divide(cx: FpContext, x: number, y: number): number {
  if (x === 0) return x / y;
  const [a, b] = [significandOf(x), significandOf(y)];
  const quotient = a / b;
  const product = quotient * b;
  const error = a - product - productError(quotient, b, product);
  const negative = x < 0 !== y < 0;
  return finish(cx, negative ? -quotient : quotient, negative ? -error : error, exponentOf(x) - exponentOf(y));
}

/** The operand is not negative, or -0. */
export function squareRoot(cx: FpContext, x: number): number {
  if (x === 0) return x;
  const exponent = exponentOf(x);
  const odd = exponent & 1;
  const m = odd === 0 ? significandOf(x) : 2 * significandOf(x);
  const root = Math.sqrt(m);
  const square = root * root;
  return finish(cx, root, m - square - productError(root, root, square), (exponent - odd) / 2);
}

const f64 = new Float64Array(1);
const words = new Int32Array(f64.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The neighbour of a number that is not 0 whose last bit is odd, on the side of the error; itself if it is odd or exact. */
function oddly(rounded: number, error: number): number {
  if (error === 0) return rounded;
  f64[0] = rounded;
  if ((words[LOW]! & 1) === 0) {
    if (error > 0 === rounded > 0) words[LOW]! |= 1;
    else if (words[LOW]-- === 0) words[HIGH]!--;
  }
  return f64[0]!;
}

/** x * y + z. */
export function fusedMultiplyAdd(cx: FpContext, x: number, y: number, z: number): number {
  if (x === 0 || y === 0) return add(cx, x * y, z);
  if (z === 0) return multiply(cx, x, y);
  const scale = Math.max(exponentOf(x) + exponentOf(y), exponentOf(z));
  const down = exponentOf(x) + exponentOf(y) - scale;
  const a = scaled(x, -exponentOf(x) + down);
  const b = scaled(y, -exponentOf(y));
  const c = scaled(z, -scale);
  const product = a * b;
  const productRest = productError(a, b, product);
  const sum = product + c;
  const sumRest = sumError(product, c, sum);
  // The exact result is sum + sumRest + productRest. Boldo and Melquiond, "Emulation of FMA and correctly rounded
  // sums" (IEEE Trans. Computers 57(4), 2008): rounded to odd, the small parts cannot spoil the final rounding.
  const rest = sumRest + productRest;
  const restError = sumError(sumRest, productRest, rest);
  const small = oddly(rest, restError);
  const nearest = sum + small;
  if (nearest === 0) return cancelled(cx.mode);
  const error = sumError(sum, small, nearest);
  return finish(cx, nearest, error !== 0 ? error : rest - small + restError, scale);
}
