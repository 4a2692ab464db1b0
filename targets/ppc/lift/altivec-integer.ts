/**
 * AltiVec integer arithmetic, logic, shifts and comparisons (AltiVec PEM chapter 6). Element 0 of a vector, which has the lowest
 * address, is the most significant lane here: lanes are numbers of the host, and only their numbering is turned round.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import { Op } from '../../../translate/ir/opcodes';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';

export interface VectorFields {
  readonly d: number;
  readonly a: number;
  readonly b: number;
}
export interface FourVectorFields extends VectorFields {
  readonly c: number;
}
export interface CompareFields extends VectorFields {
  /** Rc. */
  readonly r: number;
}

export type Binary = (ir: Builder, a: V128, b: V128) => V128;
export type Ternary = (ir: Builder, a: V128, b: V128, c: V128) => V128;
export type Saturating = (ir: Builder, a: V128, b: V128, c: V128) => lanes.Saturated;

/** OP vD, vA, vB */
export function binary(compute: Binary) {
  return (cx: LiftContext, { d, a, b }: VectorFields): void => cx.setVector(d, compute(cx.ir, cx.vector(a), cx.vector(b)));
}

/** OP vD, vA, vB, vC */
export function ternary(compute: Ternary) {
  return (cx: LiftContext, { d, a, b, c }: FourVectorFields): void =>
    cx.setVector(d, compute(cx.ir, cx.vector(a), cx.vector(b), cx.vector(c)));
}

/** Writes a result and sets VSCR.SAT where it was limited. */
export function settle(cx: LiftContext, d: number, { value, happened }: lanes.Saturated): void {
  cx.setSaturated(lanes.or(cx.ir, cx.saturated(), happened));
  cx.setVector(d, value);
}

/** The same with saturation, for two sources or three. */
export function saturating(compute: Saturating) {
  return (cx: LiftContext, { d, a, b, c = b }: VectorFields & { readonly c?: number }): void =>
    settle(cx, d, compute(cx.ir, cx.vector(a), cx.vector(b), cx.vector(c)));
}

/** Carries as numbers 0 and 1. */
const bitOf = (ir: Builder, mask: V128): V128 => lanes.shiftRight(ir, 32, false, mask, 31);

export const BITWISE = {
  vand: lanes.and,
  vandc: lanes.andNot,
  vor: (ir, a, b) => (a === b ? a : lanes.or(ir, a, b)),
  vxor: (ir, a, b) => (a === b ? lanes.zero(ir) : lanes.xor(ir, a, b)),
  vnor: (ir, a, b) => lanes.not(ir, a === b ? a : lanes.or(ir, a, b)),
  vaddcuw: (ir, a, b) => bitOf(ir, lanes.greater(ir, 32, false, a, lanes.add(ir, 32, a, b))),
  vsubcuw: (ir, a, b) => bitOf(ir, lanes.atLeast(ir, 32, false, a, b)),
} satisfies Record<string, Binary>;

// Products. The even elements are the upper halves of lanes of twice the width

export const evens = (ir: Builder, width: number, signed: boolean, x: V128): V128 => lanes.shiftRight(ir, 2 * width, signed, x, width);
export const odds = (ir: Builder, width: number, signed: boolean, x: V128): V128 =>
  lanes.shiftRight(ir, 2 * width, signed, lanes.shiftLeft(ir, 2 * width, x, width), width);

/** Full products of the even or the odd elements. */
export function product(width: number, signed: boolean, which: 'even' | 'odd', signedB = signed): Binary {
  const half = which === 'even' ? evens : odds;
  return (ir, a, b) => lanes.multiply(ir, 2 * width, half(ir, width, signed, a), half(ir, width, signedB, b));
}

const pairSums = (ir: Builder, signed: boolean, x: V128): V128 => lanes.pairwiseWidenedSum(ir, 16, signed, x);

/** VMSUMUBM, VMSUMMBM: the elements of vB are unsigned. */
export function sumBytes(signed: boolean): Ternary {
  return (ir, a, b, c) => {
    const sum = (which: 'even' | 'odd'): V128 => pairSums(ir, signed, product(8, signed, which, false)(ir, a, b));
    return lanes.add(ir, 32, lanes.add(ir, 32, sum('even'), sum('odd')), c);
  };
}

// VMSUMUHM
export const sumUnsignedHalves: Ternary = (ir, a, b, c) => {
  const both = lanes.add(ir, 32, product(16, false, 'even')(ir, a, b), product(16, false, 'odd')(ir, a, b));
  return lanes.add(ir, 32, both, c);
};

const dot = (ir: Builder, a: V128, b: V128): V128 => ir.vector2(a, b, vop('i32x4.dot_i16x8_s'));

// VMSUMSHM
export const sumSignedHalves: Ternary = (ir, a, b, c) => lanes.add(ir, 32, dot(ir, a, b), c);

// VMSUMUHS
export const sumUnsignedHalvesSaturating: Saturating = (ir, a, b, c) => {
  const both = lanes.saturatingAdd(ir, 32, false, product(16, false, 'even')(ir, a, b), product(16, false, 'odd')(ir, a, b));
  const all = lanes.saturatingAdd(ir, 32, false, both.value, c);
  return { value: all.value, happened: lanes.or(ir, both.happened, all.happened) };
};

// VMSUMSHS: the sum of two products overflows to 2^31, and only to that, which adding a negative number brings back
export const sumSignedHalvesSaturating: Saturating = (ir, a, b, c) => {
  const both = dot(ir, a, b);
  const least = lanes.signBits(ir, 32);
  const overflows = lanes.equal(ir, 32, both, least);
  const all = lanes.saturatingAdd(ir, 32, true, both, c);
  const broughtBack = lanes.negative(ir, 32, c);
  const lost = lanes.andNot(ir, overflows, broughtBack);
  const wrapped = lanes.bitSelect(ir, broughtBack, lanes.xor(ir, c, least), lanes.not(ir, least));
  return { value: lanes.bitSelect(ir, overflows, wrapped, all.value), happened: lanes.bitSelect(ir, overflows, lost, all.happened) };
};

/** VMHADDSHS, VMHRADDSHS: the upper 17 bits of the product (rounded), plus vC. */
export function multiplyHighAdd(rounding: boolean): Saturating {
  return (ir, a, b, c) => {
    const wide = (half: 'low' | 'high'): V128 => {
      const p = lanes.widenedProduct(ir, 16, true, half, a, b);
      const rounded = rounding ? lanes.add(ir, 32, p, lanes.splat(ir, 32, 0x4000)) : p;
      return lanes.add(ir, 32, lanes.shiftRight(ir, 32, true, rounded, 15), lanes.widen(ir, 16, true, half, c));
    };
    const [low, high] = [wide('low'), wide('high')];
    const value = ir.vector2(low, high, vop('i16x8.narrow_i32x4_s'));
    const differs = (half: 'low' | 'high', x: V128): V128 => lanes.xor(ir, x, lanes.widen(ir, 16, true, half, value));
    return { value, happened: lanes.or(ir, differs('low', low), differs('high', high)) };
  };
}

// VMLADDUHM
export const multiplyLowAdd: Ternary = (ir, a, b, c) => lanes.add(ir, 16, lanes.multiply(ir, 16, a, b), c);

// Sums across

/** VSUM4UBS, VSUM4SBS, VSUM4SHS */
export function sumFour(width: 8 | 16, signed: boolean): Saturating {
  return (ir, a, b) => {
    const pairs = lanes.pairwiseWidenedSum(ir, width, signed, a);
    return lanes.saturatingAdd(ir, 32, signed, width === 8 ? pairSums(ir, signed, pairs) : pairs, b);
  };
}

const LOW_WORD = [-1, 0, -1, 0] as const;

/** Limits 64-bit numbers to words; of the lanes the mask keeps some. */
function limited(ir: Builder, sum: V128, mask: readonly [number, number, number, number]): lanes.Saturated {
  const { value, happened } = lanes.saturatingLimit(ir, 32, true, true, sum);
  const keep = ir.const128(...mask);
  return { value: lanes.and(ir, value, keep), happened };
}

const signExtended = (ir: Builder, x: V128): V128 => lanes.shiftRight(ir, 64, true, lanes.shiftLeft(ir, 64, x, 32), 32);

// VSUM2SWS: elements 1 and 3
export const sumTwo: Saturating = (ir, a, b) =>
  limited(ir, lanes.add(ir, 64, lanes.pairwiseWidenedSum(ir, 32, true, a), signExtended(ir, b)), LOW_WORD);

// VSUMSWS: element 3
export const sumAll: Saturating = (ir, a, b) => {
  const pairs = lanes.pairwiseWidenedSum(ir, 32, true, a);
  const swapped = lanes.shuffleLanes(ir, 64, pairs, pairs, [1, 0]);
  const sum = lanes.add(ir, 64, lanes.add(ir, 64, pairs, swapped), signExtended(ir, b));
  // What the upper doubleword makes of it does not count
  return limited(ir, lanes.and(ir, sum, ir.const128(-1, -1, 0, 0)), [-1, 0, 0, 0]);
};

// Shifts by an amount in each lane

/** The amount that all lanes are known to be shifted by. */
function uniformAmount(ir: Builder, width: number, amount: V128): number | undefined {
  if (ir.op[amount] !== Op.const128) return undefined;
  const words = [ir.a, ir.b, ir.c, ir.d].map((slot) => slot[amount]!);
  const first = words[0]! & (width - 1);
  for (const w of words) for (let at = 0; at < 32; at += width) if (((w >>> at) & (width - 1)) !== first) return undefined;
  return first;
}

export type Shift = 'left' | 'right' | 'arithmetic' | 'rotate';

function shifted(ir: Builder, width: number, how: Shift, x: V128, n: number): V128 {
  if (n === 0) return x;
  if (how === 'left') return lanes.shiftLeft(ir, width, x, n);
  if (how !== 'rotate') return lanes.shiftRight(ir, width, how === 'arithmetic', x, n);
  return lanes.or(ir, lanes.shiftLeft(ir, width, x, n), lanes.shiftRight(ir, width, false, x, width - n));
}

/** VSL, VSR, VSRA, VRL: by powers of two where the amount's low bits say so. */
export function shift(width: number, how: Shift): Binary {
  return (ir, a, b) => {
    const uniform = uniformAmount(ir, width, b);
    if (uniform !== undefined) return shifted(ir, width, how, a, uniform);
    let result = a;
    for (let k = 0; 2 ** k < width; k++) {
      const chosen = lanes.negative(ir, width, lanes.shiftLeft(ir, width, b, width - 1 - k));
      result = lanes.bitSelect(ir, chosen, shifted(ir, width, how, result, 2 ** k), result);
    }
    return result;
  };
}

// Comparisons

/** With Rc, CR6 says whether it holds in all elements, or in none. */
export function setCompared(cx: LiftContext, { d, r }: CompareFields, mask: V128): void {
  const { ir } = cx;
  cx.setVector(d, mask);
  if (r === 0) return;
  const no = ir.const1(false);
  cx.setCrField(6, ir.vector_test(mask, vop('i8x16.all_true')), no, ir.not1(ir.vector_test(mask, vop('v128.any_true'))), no);
}

export function compare(test: Binary) {
  return (cx: LiftContext, f: CompareFields): void => setCompared(cx, f, test(cx.ir, cx.vector(f.a), cx.vector(f.b)));
}
