/**
 * Lane arithmetic that guests have and WebAssembly SIMD lacks, as IR over the operations it has. `width` is that of the
 * lanes in bits: 8, 16, 32 or 64. Functions that saturate also give a vector whose bits are not all 0 if a lane did.
 */
import type { Builder } from './builder';
import type { I32, V128 } from './types';
import { laneOp, vop } from './vector-ops';

const AND = vop('v128.and');
const ANDNOT = vop('v128.andnot');
const OR = vop('v128.or');
const XOR = vop('v128.xor');
const NOT = vop('v128.not');
const BITSELECT = vop('v128.bitselect');

const letter = (signed: boolean): string => (signed ? 's' : 'u');

export const and = (ir: Builder, x: V128, y: V128): V128 => ir.vector2(x, y, AND);
export const or = (ir: Builder, x: V128, y: V128): V128 => ir.vector2(x, y, OR);
export const xor = (ir: Builder, x: V128, y: V128): V128 => ir.vector2(x, y, XOR);
/** x & ~y. */
export const andNot = (ir: Builder, x: V128, y: V128): V128 => ir.vector2(x, y, ANDNOT);
export const not = (ir: Builder, x: V128): V128 => ir.vector1(x, NOT);

/** Bits of x where the mask has ones, of y elsewhere. */
export function bitSelect(ir: Builder, mask: V128, x: V128, y: V128): V128 {
  return ir.vector3(x, y, mask, BITSELECT);
}

/** The constant (an integer of up to 53 bits, of which the low `width` ones count) in every lane. */
export function splat(ir: Builder, width: number, value: number): V128 {
  if (width === 64) {
    const high = Math.floor(value / 2 ** 32) | 0;
    return ir.const128(value | 0, high, value | 0, high);
  }
  let word = width === 32 ? value | 0 : value & ((1 << width) - 1);
  for (let w = width; w < 32; w *= 2) word |= word << w;
  return ir.const128(word, word, word, word);
}

export const zero = (ir: Builder): V128 => ir.const128(0, 0, 0, 0);

/** The sign bit of every lane: the least signed number. */
export function signBits(ir: Builder, width: number): V128 {
  return width === 64 ? ir.const128(0, 0x80000000 | 0, 0, 0x80000000 | 0) : splat(ir, width, (2 ** (width - 1)) | 0);
}

export const add = (ir: Builder, width: number, x: V128, y: V128): V128 => ir.vector2(x, y, laneOp(width, 'add'));
export const subtract = (ir: Builder, width: number, x: V128, y: V128): V128 => ir.vector2(x, y, laneOp(width, 'sub'));
export const negate = (ir: Builder, width: number, x: V128): V128 => ir.vector1(x, laneOp(width, 'neg'));
export const absolute = (ir: Builder, width: number, x: V128): V128 => ir.vector1(x, laneOp(width, 'abs'));

/** Low halves of the products. */
export function multiply(ir: Builder, width: number, x: V128, y: V128): V128 {
  if (width !== 8) return ir.vector2(x, y, laneOp(width, 'mul'));
  return lowHalves(ir, 8, widenedProduct(ir, 8, false, 'low', x, y), widenedProduct(ir, 8, false, 'high', x, y));
}

/** All ones in lanes that are equal. */
export const equal = (ir: Builder, width: number, x: V128, y: V128): V128 => ir.vector2(x, y, laneOp(width, 'eq'));

/** All ones in lanes where x > y. */
export function greater(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  if (width < 64 || signed) return ir.vector2(x, y, laneOp(width, `gt_${letter(signed)}`));
  const flip = signBits(ir, 64);
  return greater(ir, 64, true, xor(ir, x, flip), xor(ir, y, flip));
}

/** All ones in lanes where x >= y. */
export function atLeast(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  return not(ir, greater(ir, width, signed, y, x));
}

/** All ones in lanes that are not 0. */
export const nonZero = (ir: Builder, width: number, x: V128): V128 => ir.vector2(x, zero(ir), laneOp(width, 'ne'));

export function maximum(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  if (width < 64) return ir.vector2(x, y, laneOp(width, `max_${letter(signed)}`));
  return bitSelect(ir, greater(ir, 64, signed, x, y), x, y);
}

export function minimum(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  if (width < 64) return ir.vector2(x, y, laneOp(width, `min_${letter(signed)}`));
  return bitSelect(ir, greater(ir, 64, signed, x, y), y, x);
}

/** Lanes shifted left by 0 to width - 1. */
export function shiftLeft(ir: Builder, width: number, x: V128, n: number): V128 {
  return n === 0 ? x : ir.vector_shift(x, ir.const32(n), laneOp(width, 'shl'));
}

/** Lanes shifted right by 0 to width. */
export function shiftRight(ir: Builder, width: number, signed: boolean, x: V128, n: number): V128 {
  if (n === 0) return x;
  if (n === width && !signed) return zero(ir);
  return ir.vector_shift(x, ir.const32(Math.min(n, width - 1)), laneOp(width, `shr_${letter(signed)}`));
}

/** All ones in lanes that are negative. */
export const negative = (ir: Builder, width: number, x: V128): V128 => shiftRight(ir, width, true, x, width);

/** Shifted right by 1 to width, with the highest bit that falls off added. */
export function roundingShiftRight(ir: Builder, width: number, signed: boolean, x: V128, n: number): V128 {
  const last = and(ir, shiftRight(ir, width, false, x, n - 1), splat(ir, width, 1));
  return add(ir, width, shiftRight(ir, width, signed, x, n), last);
}

/** (x + y) / 2, rounded down. */
export function halvingAdd(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  return add(ir, width, and(ir, x, y), shiftRight(ir, width, signed, xor(ir, x, y), 1));
}

/** (x + y) / 2, rounded up. */
export function roundingHalvingAdd(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  if (!signed && width < 32) return ir.vector2(x, y, laneOp(width, 'avgr_u'));
  return subtract(ir, width, or(ir, x, y), shiftRight(ir, width, signed, xor(ir, x, y), 1));
}

/** (x - y) / 2, rounded down: x - y is (x ^ y) - 2(~x & y). */
export function halvingSubtract(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  return subtract(ir, width, shiftRight(ir, width, signed, xor(ir, x, y), 1), andNot(ir, y, x));
}

export function absoluteDifference(ir: Builder, width: number, signed: boolean, x: V128, y: V128): V128 {
  return subtract(ir, width, maximum(ir, width, signed, x, y), minimum(ir, width, signed, x, y));
}

// Lane order

/** A shuffle by a list of sixteen byte numbers. */
export function shuffleBytes(ir: Builder, x: V128, y: V128, bytes: readonly number[]): V128 {
  const word = (k: number): number => bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16) | (bytes[k + 3]! << 24);
  return ir.shuffle(x, y, ir.const128(word(0), word(4), word(8), word(12)));
}

/** A shuffle by numbers of lanes, those of y after those of x; a list shorter than the vector is repeated. */
export function shuffleLanes(ir: Builder, width: number, x: V128, y: V128, lanes: readonly number[]): V128 {
  const size = width / 8;
  const bytes = Array.from({ length: 16 }, (_, i) => size * lanes[Math.floor(i / size) % lanes.length]! + (i % size));
  return shuffleBytes(ir, x, y, bytes);
}

const range = (count: number, f: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => f(i));

/** The lower halves of lanes of 2 * width bits, first of x, then of y. */
export function lowHalves(ir: Builder, width: number, x: V128, y: V128): V128 {
  return shuffleLanes(
    ir,
    width,
    x,
    y,
    range(128 / width, (i) => 2 * i),
  );
}

/** The upper halves of lanes of 2 * width bits, first of x, then of y. */
export function highHalves(ir: Builder, width: number, x: V128, y: V128): V128 {
  return shuffleLanes(
    ir,
    width,
    x,
    y,
    range(128 / width, (i) => 2 * i + 1),
  );
}

// Widths

/** Half of the lanes of `width` bits, extended to twice that. */
export function widen(ir: Builder, width: number, signed: boolean, half: 'low' | 'high', x: V128): V128 {
  return ir.vector1(x, laneOp(2 * width, `extend_${half}_i${width}x${128 / width}_${letter(signed)}`));
}

/** Full products of half of the lanes of `width` bits. */
export function widenedProduct(ir: Builder, width: number, signed: boolean, half: 'low' | 'high', x: V128, y: V128): V128 {
  return ir.vector2(x, y, laneOp(2 * width, `extmul_${half}_i${width}x${128 / width}_${letter(signed)}`));
}

/** Sums of neighbouring lanes of `width` bits, twice as wide. */
export function pairwiseWidenedSum(ir: Builder, width: number, signed: boolean, x: V128): V128 {
  if (width < 32) return ir.vector1(x, laneOp(2 * width, `extadd_pairwise_i${width}x${128 / width}_${letter(signed)}`));
  return add(ir, 64, shiftRight(ir, 64, signed, x, 32), shiftRight(ir, 64, signed, shiftLeft(ir, 64, x, 32), 32));
}

// Counts

/** Leading zeros of every lane of up to 32 bits. */
export function leadingZeros(ir: Builder, width: number, x: V128): V128 {
  let smeared = x;
  for (let n = 1; n < width; n *= 2) smeared = or(ir, smeared, shiftRight(ir, width, false, smeared, n));
  let count = ir.vector1(not(ir, smeared), vop('i8x16.popcnt'));
  for (let w = 8; w < width; w *= 2) count = pairwiseWidenedSum(ir, w, false, count);
  return count;
}

/** Bits after the sign bit that equal it. */
export function leadingSigns(ir: Builder, width: number, x: V128): V128 {
  const differing = xor(ir, x, negative(ir, width, x));
  return subtract(ir, width, leadingZeros(ir, width, differing), splat(ir, width, 1));
}

// Saturation

export interface Saturated {
  readonly value: V128;
  /** Not 0 if and where a lane saturated. */
  readonly happened: V128;
}

/** The largest number of the sign of x. */
function limitOf(ir: Builder, width: number, x: V128): V128 {
  return xor(ir, negative(ir, width, x), not(ir, signBits(ir, width)));
}

export function saturatingAdd(ir: Builder, width: number, signed: boolean, x: V128, y: V128): Saturated {
  const sum = add(ir, width, x, y);
  if (width < 32) {
    const value = ir.vector2(x, y, laneOp(width, `add_sat_${letter(signed)}`));
    return { value, happened: xor(ir, value, sum) };
  }
  if (!signed) {
    const happened = greater(ir, width, false, x, sum);
    return { value: or(ir, sum, happened), happened };
  }
  const happened = negative(ir, width, and(ir, xor(ir, x, sum), xor(ir, y, sum)));
  return { value: bitSelect(ir, happened, limitOf(ir, width, x), sum), happened };
}

export function saturatingSubtract(ir: Builder, width: number, signed: boolean, x: V128, y: V128): Saturated {
  const difference = subtract(ir, width, x, y);
  if (width < 32) {
    const value = ir.vector2(x, y, laneOp(width, `sub_sat_${letter(signed)}`));
    return { value, happened: xor(ir, value, difference) };
  }
  if (!signed) {
    const happened = greater(ir, width, false, y, x);
    return { value: andNot(ir, difference, happened), happened };
  }
  const happened = negative(ir, width, and(ir, xor(ir, x, y), xor(ir, x, difference)));
  return { value: bitSelect(ir, happened, limitOf(ir, width, x), difference), happened };
}

/** Lanes of 2 * width bits limited to what `width` bits hold, still 2 * width bits wide. */
export function saturatingLimit(ir: Builder, width: number, fromSigned: boolean, toSigned: boolean, x: V128): Saturated {
  const wide = 2 * width;
  let value = minimum(ir, wide, fromSigned, x, splat(ir, wide, 2 ** (toSigned ? width - 1 : width) - 1));
  if (fromSigned) value = maximum(ir, wide, true, value, splat(ir, wide, toSigned ? -(2 ** (width - 1)) : 0));
  return { value, happened: xor(ir, value, x) };
}

/** Lanes shifted left by 0 to width - 1, limited to signed or unsigned numbers of that width. */
export function saturatingShiftLeft(ir: Builder, width: number, signed: boolean, x: V128, n: number): Saturated {
  const shifted = shiftLeft(ir, width, x, n);
  const happened = not(ir, equal(ir, width, shiftRight(ir, width, signed, shifted, n), x));
  const limit = signed ? limitOf(ir, width, x) : not(ir, zero(ir));
  return { value: bitSelect(ir, happened, limit, shifted), happened };
}

// Shifts by a signed amount in every lane: to the left if it is positive

/** All ones in lanes where bit k of the amount is set. */
function amountBit(ir: Builder, width: number, amount: V128, k: number): V128 {
  return negative(ir, width, shiftLeft(ir, width, amount, width - 1 - k));
}

/** Shifts by powers of two where the amount's low bits say so. */
function staged(ir: Builder, width: number, x: V128, amount: V128, step: (y: V128, n: number, chosen: V128) => V128): V128 {
  let y = x;
  for (let k = 0; 2 ** k < width; k++) {
    const chosen = amountBit(ir, width, amount, k);
    y = bitSelect(ir, chosen, step(y, 2 ** k, chosen), y);
  }
  return y;
}

/** Lanes shifted by the amounts in the lanes of another vector, which count modulo the width. */
export function shiftEach(ir: Builder, width: number, how: 'left' | 'right' | 'signed right', x: V128, amount: V128): V128 {
  return staged(ir, width, x, amount, (y, n) =>
    how === 'left' ? shiftLeft(ir, width, y, n) : shiftRight(ir, width, how === 'signed right', y, n),
  );
}

export interface LaneShift {
  readonly signed: boolean;
  readonly rounding: boolean;
  readonly saturating: boolean;
}

/** Shift of x by `amount`, which is between -128 and 127 in each lane. */
export function shiftLanes(ir: Builder, width: number, how: LaneShift, x: V128, amount: V128): Saturated {
  const right = negative(ir, width, amount);
  const left = leftShift(ir, width, how, x, amount);
  const value = bitSelect(ir, right, rightShift(ir, width, how, x, amount), left.value);
  return { value, happened: how.saturating ? andNot(ir, left.happened, right) : zero(ir) };
}

function leftShift(ir: Builder, width: number, how: LaneShift, x: V128, amount: V128): Saturated {
  const tooFar = greater(ir, width, true, amount, splat(ir, width, width - 1));
  let lost = how.saturating ? and(ir, tooFar, nonZero(ir, width, x)) : zero(ir);
  const shifted = staged(ir, width, x, amount, (y, n, chosen) => {
    const z = shiftLeft(ir, width, y, n);
    if (how.saturating) {
      const kept = equal(ir, width, shiftRight(ir, width, how.signed, z, n), y);
      lost = or(ir, lost, andNot(ir, chosen, kept));
    }
    return z;
  });
  const value = andNot(ir, shifted, tooFar);
  if (!how.saturating) return { value, happened: lost };
  const limit = how.signed ? limitOf(ir, width, x) : not(ir, zero(ir));
  return { value: bitSelect(ir, lost, limit, value), happened: lost };
}

/** By -amount, which is positive: by one less, then by one, so that amounts up to the width need no care. */
function rightShift(ir: Builder, width: number, how: LaneShift, x: V128, amount: V128): V128 {
  const less = not(ir, amount); // -amount - 1
  const almost = staged(ir, width, x, less, (y, n) => shiftRight(ir, width, how.signed, y, n));
  const tooFar = greater(ir, width, true, less, splat(ir, width, width - 1));
  if (how.rounding) return andNot(ir, roundingShiftRight(ir, width, how.signed, almost, 1), tooFar);
  const shifted = shiftRight(ir, width, how.signed, almost, 1);
  return how.signed ? bitSelect(ir, tooFar, negative(ir, width, x), shifted) : andNot(ir, shifted, tooFar);
}

// Polynomials over {0, 1}

/** Low `width` bits of the carry-less products of lanes, of which y has at most 8 bits. */
export function polynomialProduct(ir: Builder, width: number, x: V128, y: V128): V128 {
  let product = zero(ir);
  for (let k = 0; k < 8; k++) product = xor(ir, product, and(ir, shiftLeft(ir, width, x, k), amountBit(ir, width, y, k)));
  return product;
}

/** A word's low `width` bits in every lane. */
export function fill(ir: Builder, width: number, word: I32): V128 {
  return ir.splat32(word, laneOp(width, 'splat'));
}
