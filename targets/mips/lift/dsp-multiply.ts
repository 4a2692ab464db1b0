/** DSP multiplications, with their results in registers and accumulators (MD00374). Q15 and Q31 are fractions between -1 and 1. */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I1, I32, I64, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { ACCUMULATOR_OVERFLOW, Overflow, raise } from './dsp-control';
import { any, packed, unpacked, type ThreeRegisters } from './dsp-lanes';
import { byteOf } from './dsp-precision';

const MOST = 0x7fffffff;
const LEAST = 0x80000000 | 0;

function signedHalf({ ir }: LiftContext, x: I32, upper: boolean): I32 {
  return upper ? ir.shr_s32(x, ir.const32(16)) : ir.ext16_s32(x);
}

function unsignedHalf({ ir }: LiftContext, x: I32, upper: boolean): I32 {
  return upper ? ir.shr_u32(x, ir.const32(16)) : ir.and32(x, ir.const32(0xffff));
}

/** A product of fractions; that of -1 and -1 overflows. */
interface Product<T> {
  readonly value: T;
  readonly overflow: I1;
}

/** Q31 from two Q15. */
function fractionProduct({ ir }: LiftContext, x: I32, y: I32): Product<I32> {
  const product = ir.mul32(x, y);
  const overflow = ir.eq32(product, ir.const32(0x40000000));
  return { value: ir.select32(overflow, ir.const32(MOST), ir.shl32(product, ir.const32(1))), overflow };
}

/** Q63 from two Q31. */
function longFractionProduct({ ir }: LiftContext, x: I32, y: I32): Product<I64> {
  const least = ir.const32(LEAST);
  const overflow = ir.and1(ir.eq32(x, least), ir.eq32(y, least));
  const doubled = ir.shl64(ir.mul_wide_s32(x, y), ir.const32(1));
  return { value: ir.select64(overflow, ir.const64(-1, MOST), doubled), overflow };
}

/** A halfword over another. */
function halves({ ir }: LiftContext, high: I32, low: I32): I32 {
  return ir.or32(ir.shl32(high, ir.const32(16)), ir.and32(low, ir.const32(0xffff)));
}

/** MULEU_S.PH.QBL, MULEU_S.PH.QBR rd, rs, rt: bytes by halfwords, unsigned. */
export function bytesByHalves(left: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const [x, y] = [cx.reg(s), cx.reg(t)];
    const most = ir.const32(0xffff);
    const product = (upper: boolean): I32 => ir.mul32(byteOf(cx, x, (left ? 2 : 0) + (upper ? 1 : 0)), unsignedHalf(cx, y, upper));
    const [high, low] = [product(true), product(false)];
    const [highOverflow, lowOverflow] = [ir.lt_u32(most, high), ir.lt_u32(most, low)];
    cx.setReg(d, halves(cx, ir.select32(highOverflow, most, high), ir.select32(lowOverflow, most, low)));
    raise(cx, Overflow.multiply, ir.or1(highOverflow, lowOverflow));
  };
}

/** MULEQ_S.W.PHL, MULEQ_S.W.PHR rd, rs, rt */
export function fractionsToWord(left: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { value, overflow } = fractionProduct(cx, signedHalf(cx, cx.reg(s), left), signedHalf(cx, cx.reg(t), left));
    cx.setReg(d, value);
    raise(cx, Overflow.multiply, overflow);
  };
}

// MULQ_RS.PH rd, rs, rt
export function fractionsRounding(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const [x, y] = [packed(ir, cx.reg(s)), packed(ir, cx.reg(t))];
  const least = lanes.signBits(ir, 16);
  cx.setReg(d, unpacked(ir, ir.vector2(x, y, vop('i16x8.q15mulr_sat_s'))));
  raise(cx, Overflow.multiply, any(ir, lanes.and(ir, lanes.equal(ir, 16, x, least), lanes.equal(ir, 16, y, least))));
}

// MULQ_S.PH rd, rs, rt
export function fractions(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const [x, y] = [cx.reg(s), cx.reg(t)];
  const product = (upper: boolean): Product<I32> => fractionProduct(cx, signedHalf(cx, x, upper), signedHalf(cx, y, upper));
  const [high, low] = [product(true), product(false)];
  cx.setReg(d, halves(cx, ir.shr_s32(high.value, ir.const32(16)), ir.shr_s32(low.value, ir.const32(16))));
  raise(cx, Overflow.multiply, ir.or1(high.overflow, low.overflow));
}

/** MULQ_S.W, MULQ_RS.W rd, rs, rt */
export function longFractions(rounding: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const { value, overflow } = longFractionProduct(cx, cx.reg(s), cx.reg(t));
    const rounded = rounding ? ir.add64(value, ir.const64(LEAST, 0)) : value;
    cx.setReg(d, ir.select32(overflow, ir.const32(MOST), ir.high64(rounded)));
    raise(cx, Overflow.multiply, overflow);
  };
}

/** MUL.PH, MUL_S.PH rd, rs, rt: the low halves of the products, or what they are limited to. */
export function multiplyHalves(saturating: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const [x, y] = [packed(ir, cx.reg(s)), packed(ir, cx.reg(t))];
    const exact = lanes.widenedProduct(ir, 16, true, 'low', x, y);
    const limited = ir.vector2(exact, exact, vop('i16x8.narrow_i32x4_s'));
    const result: V128 = saturating ? limited : lanes.multiply(ir, 16, x, y);
    cx.setReg(d, unpacked(ir, result));
    raise(cx, Overflow.multiply, any(ir, lanes.xor(ir, exact, lanes.widen(ir, 16, true, 'low', limited))));
  };
}

interface Accumulating {
  readonly s: number;
  readonly t: number;
  readonly a: number;
}

type Term = (cx: LiftContext, x: I32, y: I32, ac: number) => I64;

/** OP ac, rs, rt: adds a term to the accumulator, or subtracts it. */
export function accumulate(operation: 'add64' | 'sub64', term: Term) {
  return (cx: LiftContext, { s, t, a }: Accumulating): void =>
    cx.setAccumulator(cx.ir[operation](cx.accumulator(a), term(cx, cx.reg(s), cx.reg(t), a)), a);
}

/** DPAU.H.QBL, DPAU.H.QBR: two products of unsigned bytes. */
export const byteProducts =
  (left: boolean): Term =>
  (cx, x, y) => {
    const product = (n: number): I32 => cx.ir.mul32(byteOf(cx, x, n), byteOf(cx, y, n));
    return cx.ir.extend_u32(left ? cx.ir.add32(product(3), product(2)) : cx.ir.add32(product(1), product(0)));
  };

/**
 * DPA.W.PH, DPAX.W.PH, MULSA.W.PH: the sum or difference of two products of halfwords.
 * @param crossed the upper half of each operand meets the lower one of the other
 */
export const halfProducts =
  (operation: 'add64' | 'sub64', crossed: boolean): Term =>
  (cx, x, y) => {
    const { ir } = cx;
    const product = (upper: boolean): I64 => ir.extend_s32(ir.mul32(signedHalf(cx, x, upper), signedHalf(cx, y, upper !== crossed)));
    return ir[operation](product(true), product(false));
  };

/** DPAQ_S.W.PH, DPAQX_S.W.PH, MULSAQ_S.W.PH: the same of fractions. */
export const fractionProducts =
  (operation: 'add64' | 'sub64', crossed: boolean): Term =>
  (cx, x, y, ac) => {
    const { ir } = cx;
    const product = (upper: boolean): Product<I32> => fractionProduct(cx, signedHalf(cx, x, upper), signedHalf(cx, y, upper !== crossed));
    const [high, low] = [product(true), product(false)];
    raise(cx, ACCUMULATOR_OVERFLOW + ac, ir.or1(high.overflow, low.overflow));
    return ir[operation](ir.extend_s32(high.value), ir.extend_s32(low.value));
  };

/** MAQ_S.W.PHL, MAQ_S.W.PHR: one product of fractions. */
export const oneFractionProduct =
  (left: boolean): Term =>
  (cx, x, y, ac) => {
    const { value, overflow } = fractionProduct(cx, signedHalf(cx, x, left), signedHalf(cx, y, left));
    raise(cx, ACCUMULATOR_OVERFLOW + ac, overflow);
    return cx.ir.extend_s32(value);
  };

const isNegative = ({ ir }: LiftContext, x: I64): I1 => ir.lt_s64(x, ir.const64(0, 0));

/** A word, which becomes the whole accumulator, or its limit. */
function setLimited(cx: LiftContext, ac: number, sum: I64, overflow: I1, negative: I1): void {
  const { ir } = cx;
  const limit = ir.select32(negative, ir.const32(LEAST), ir.const32(MOST));
  cx.setAccumulator(ir.extend_s32(ir.select32(overflow, limit, ir.low64(sum))), ac);
  raise(cx, ACCUMULATOR_OVERFLOW + ac, overflow);
}

/** DPAQX_SA.W.PH, DPSQX_SA.W.PH: limited to a word. */
export function accumulateLimited(operation: 'add64' | 'sub64', term: Term) {
  return (cx: LiftContext, { s, t, a }: Accumulating): void => {
    const { ir } = cx;
    const sum = ir[operation](cx.accumulator(a), term(cx, cx.reg(s), cx.reg(t), a));
    const overflow = ir.not1(ir.eq64(sum, ir.extend_s32(ir.low64(sum))));
    setLimited(cx, a, sum, overflow, isNegative(cx, sum));
  };
}

/** MAQ_SA.W.PHL, MAQ_SA.W.PHR: bits 32 and 31 tell, as if the accumulator held a word. */
export function accumulateWordLimited(term: Term) {
  return (cx: LiftContext, { s, t, a }: Accumulating): void => {
    const { ir } = cx;
    const sum = ir.add64(cx.accumulator(a), term(cx, cx.reg(s), cx.reg(t), a));
    const bit32 = ir.ne32(ir.and32(ir.high64(sum), ir.const32(1)), ir.const32(0));
    const bit31 = ir.lt_s32(ir.low64(sum), ir.const32(0));
    setLimited(cx, a, sum, ir.xor1(bit32, bit31), bit32);
  };
}

/** DPAQ_SA.L.W, DPSQ_SA.L.W ac, rs, rt: a product of words as fractions, limited to what the accumulator holds. */
export function accumulateLongFraction(operation: 'add64' | 'sub64') {
  return (cx: LiftContext, { s, t, a }: Accumulating): void => {
    const { ir } = cx;
    const product = longFractionProduct(cx, cx.reg(s), cx.reg(t));
    const old = cx.accumulator(a);
    const sum = ir[operation](old, product.value);
    const differs = ir.xor64(old, sum);
    const other = ir.xor64(operation === 'add64' ? sum : old, product.value);
    const overflow = isNegative(cx, ir.and64(differs, other));
    const limit = ir.select64(isNegative(cx, sum), ir.const64(-1, MOST), ir.const64(0, LEAST));
    cx.setAccumulator(ir.select64(overflow, limit, sum), a);
    raise(cx, ACCUMULATOR_OVERFLOW + a, ir.or1(product.overflow, overflow));
  };
}
