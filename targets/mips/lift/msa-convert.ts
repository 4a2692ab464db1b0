/**
 * MSA conversions between floating-point formats, integers and fractions, and what else has no vector operation on the host:
 * powers and logarithms (MD00866). Where lanes are narrowed, those of ws become the upper half.
 */
import type { Builder } from '../../../translate/ir/builder';
import { fpControl, FpKind } from '../../../translate/ir/exact-float';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, I64, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { binaryFloat, unaryFloat } from './msa-float';
import { available, splat, type ThreeVectors, type TwoVectors } from './msa-registers';

type Unary = (ir: Builder, width: number, x: V128) => V128;

const upperFirst = (ir: Builder, x: V128): V128 => lanes.shuffleLanes(ir, 64, x, x, [1]);

/** Each doubleword through functions of its halves. */
function eachDoubleword(ir: Builder, x: V128, f: (low: I32, high: I32, lane: number) => I64): V128 {
  let r = lanes.zero(ir);
  for (const i of [0, 1]) {
    const lane = ir.extract64(x, vop('i64x2.extract_lane'), i);
    r = ir.insert64(r, f(ir.low64(lane), ir.high64(lane), i), vop('i64x2.replace_lane'), i);
  }
  return r;
}

function eachWord(ir: Builder, x: V128, f: (word: I32, lane: number) => I32): V128 {
  let r = lanes.zero(ir);
  for (let i = 0; i < 4; i++) r = ir.insert32(r, f(ir.extract32(x, vop('i32x4.extract_lane'), i), i), vop('i32x4.replace_lane'), i);
  return r;
}

/** How helpers for doublewords give their two halves. */
const LOW = 0;
const HIGH = 1;

/** FTINT, FTRUNC: NaNs become 0, what is too large the nearest integer. */
export function toInteger(signed: boolean, truncating: boolean): Unary {
  const helper = helperIndex(`double_to_${signed ? 's' : 'u'}64`);
  return (ir, width, x) => {
    const whole = truncating ? x : unaryFloat(ir, width, 'nearest', x);
    if (width === 32) return ir.vector1(whole, vop(`i32x4.trunc_sat_f32x4_${signed ? 's' : 'u'}`));
    return eachDoubleword(ir, whole, (low, high) => {
      const half = (which: number): I32 => ir.call3(low, high, ir.const32(which), helper);
      return ir.pair64(half(LOW), half(HIGH));
    });
  };
}

/** FFINT: of a doubleword the upper word and the lower one, both exact as doubles, are added. */
export function fromInteger(signed: boolean): Unary {
  return (ir, width, x) => {
    if (width === 32) return ir.vector1(x, vop(`f32x4.convert_i32x4_${signed ? 's' : 'u'}`));
    const words = (odd: number): V128 => lanes.shuffleLanes(ir, 32, x, x, [odd, odd + 2]);
    const high = ir.vector1(words(1), vop(`f64x2.convert_low_i32x4_${signed ? 's' : 'u'}`));
    const scaled = binaryFloat(ir, 64, 'mul', high, splat(ir, 64, 0x41f0000000000000n));
    return binaryFloat(ir, 64, 'add', scaled, ir.vector1(words(0), vop('f64x2.convert_low_i32x4_u')));
  };
}

/** FFQL, FFQR: fractions of half the width, the left or right ones. */
export function fromFraction(left: boolean): Unary {
  return (ir, width, x) => {
    if (width === 32) {
      const whole = ir.vector1(lanes.widen(ir, 16, true, left ? 'high' : 'low', x), vop('f32x4.convert_i32x4_s'));
      return binaryFloat(ir, 32, 'mul', whole, splat(ir, 32, 0x38000000n));
    }
    const whole = ir.vector1(left ? upperFirst(ir, x) : x, vop('f64x2.convert_low_i32x4_s'));
    return binaryFloat(ir, 64, 'mul', whole, splat(ir, 64, 0x3e00000000000000n));
  };
}

const NAN_CONTROL = (kind: FpKind, isDouble: boolean): number => fpControl(kind, isDouble);

/** One operand through the exact core. */
function exactly(ir: Builder, kind: FpKind, isDouble: boolean, x: I64): I64 {
  return ir.exact(ir.splat64(x, vop('i64x2.splat')), ir.const64(0, 0), ir.const32(NAN_CONTROL(kind, isDouble)));
}

/** FEXUPL, FEXUPR: the left or right half, in twice the width. */
export function widenFloats(left: boolean): Unary {
  return (ir, width, x) => {
    if (width === 32) {
      const words = lanes.widen(ir, 16, false, left ? 'high' : 'low', x);
      return eachWord(ir, words, (word) => ir.low64(exactly(ir, FpKind.FromHalf, false, ir.extend_u32(word))));
    }
    const singles = left ? upperFirst(ir, x) : x;
    const doubles = ir.vector1(singles, vop('f64x2.promote_low_f32x4'));
    return quieted(ir, doubles, singles);
  };
}

/** Doubles promoted from the two singles, with NaNs as they were but for the quiet bit. */
function quieted(ir: Builder, doubles: V128, singles: V128): V128 {
  const wide = lanes.widen(ir, 32, false, 'low', singles);
  const fraction = lanes.shiftLeft(ir, 64, lanes.and(ir, wide, splat(ir, 64, 0x7fffffn)), 29);
  const sign = lanes.shiftLeft(ir, 64, lanes.and(ir, wide, splat(ir, 64, 0x80000000n)), 32);
  const nan = lanes.or(ir, lanes.or(ir, fraction, sign), splat(ir, 64, 0x7ff8000000000000n));
  return lanes.bitSelect(ir, binaryFloat(ir, 64, 'ne', doubles, doubles), nan, doubles);
}

// FLOG2 wd, ws: the exponent, as a number
export const logarithm: Unary = (ir, width, x) => {
  if (width === 32) return eachWord(ir, x, (word) => ir.call1(word, helperIndex('exponent_of_single')));
  return eachDoubleword(ir, x, (low, high) => {
    const half = (which: number): I32 => ir.call3(low, high, ir.const32(which), helperIndex('exponent_of_double'));
    return ir.pair64(half(LOW), half(HIGH));
  });
};

/** A conversion wd, ws; f is 0 for singles and 1 for doubles. */
export function convert(operation: Unary) {
  return (cx: LiftContext, { f, d, s }: TwoVectors): void | false => {
    if (!available(cx)) return false;
    cx.setVector(d, operation(cx.ir, 32 << f, cx.vector(s)));
  };
}

type Binary = (ir: Builder, width: number, s: V128, t: V128) => V128;

/** A conversion wd, ws, wt */
export function convertTwo(operation: Binary) {
  return (cx: LiftContext, { f, d, s, t }: ThreeVectors): void | false => {
    if (!available(cx)) return false;
    cx.setVector(d, operation(cx.ir, 32 << f, cx.vector(s), cx.vector(t)));
  };
}

// FEXDO wd, ws, wt: to half the width
export const narrowFloats: Binary = (ir, width, s, t) => {
  if (width === 32) {
    const halves = (x: V128): V128 => eachWord(ir, x, (word) => ir.low64(exactly(ir, FpKind.ToHalf, false, ir.extend_u32(word))));
    return lanes.lowHalves(ir, 16, halves(t), halves(s));
  }
  const singles = (x: V128): V128 => eachDoublewordNarrowed(ir, x);
  return lanes.shuffleLanes(ir, 64, singles(t), singles(s), [0, 2]);
};

/** Singles in the two lower words. */
function eachDoublewordNarrowed(ir: Builder, x: V128): V128 {
  const demoted = ir.vector1(x, vop('f32x4.demote_f64x2_zero'));
  const nans = binaryFloat(ir, 64, 'ne', x, x);
  const fraction = lanes.and(ir, lanes.shiftRight(ir, 64, false, x, 29), splat(ir, 64, 0x7fffffn));
  const sign = lanes.and(ir, lanes.shiftRight(ir, 64, false, x, 32), splat(ir, 64, 0x80000000n));
  const nan = lanes.or(ir, lanes.or(ir, fraction, sign), splat(ir, 64, 0x7fc00000n));
  const low = (v: V128): V128 => lanes.shuffleLanes(ir, 32, v, v, [0, 2]);
  return lanes.bitSelect(ir, low(nans), low(nan), demoted);
}

// FTQ wd, ws, wt: to fractions of half the width
export const toFraction: Binary = (ir, width, s, t) => {
  const rounded = (x: V128): V128 => {
    const scaled = binaryFloat(ir, width, 'mul', x, splat(ir, width, width === 32 ? 0x47000000n : 0x41e0000000000000n));
    const whole = unaryFloat(ir, width, 'nearest', scaled);
    return ir.vector1(whole, vop(width === 32 ? 'i32x4.trunc_sat_f32x4_s' : 'i32x4.trunc_sat_f64x2_s_zero'));
  };
  if (width === 32) return ir.vector2(rounded(t), rounded(s), vop('i16x8.narrow_i32x4_s'));
  return lanes.shuffleLanes(ir, 64, rounded(t), rounded(s), [0, 2]);
};

// FEXP2 wd, ws, wt: ws times 2 to the power of the integer in wt
export const scale: Binary = (ir, width, s, t) => {
  if (width === 32) {
    const power = (i: number): I32 => ir.extract32(t, vop('i32x4.extract_lane'), i);
    return eachWord(ir, s, (word, i) => ir.call2(word, power(i), helperIndex('scale_single')));
  }
  // The helper takes a word: beyond it all powers are alike
  const limited = lanes.maximum(ir, 64, true, lanes.minimum(ir, 64, true, t, splat(ir, 64, 0x1000n)), splat(ir, 64, -0x1000n));
  return eachDoubleword(ir, s, (low, high, i) => {
    const power = ir.low64(ir.extract64(limited, vop('i64x2.extract_lane'), i));
    const half = (name: string): I32 => ir.call3(low, high, power, helperIndex(name));
    return ir.pair64(half('scale_double_low'), half('scale_double_high'));
  });
};
