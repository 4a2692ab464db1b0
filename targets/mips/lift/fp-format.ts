/**
 * Single and double precision behind one interface, so that each floating-point instruction is described once.
 * F is a floating-point value, B its bit pattern.
 */
import type { Builder } from '../../../translate/ir/builder';
import type { F32, F64, I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

export interface Format<F, B> {
  /** 64 bits, which with FR=0 take two registers. */
  readonly isDouble: boolean;
  get(cx: LiftContext, n: number): F;
  set(cx: LiftContext, n: number, v: F): void;
  /** The integer view, which keeps every NaN as it is. */
  bits(cx: LiftContext, n: number): B;
  setBits(cx: LiftContext, n: number, v: B): void;

  add(ir: Builder, x: F, y: F): F;
  sub(ir: Builder, x: F, y: F): F;
  mul(ir: Builder, x: F, y: F): F;
  div(ir: Builder, x: F, y: F): F;
  sqrt(ir: Builder, x: F): F;
  fma(ir: Builder, x: F, y: F, z: F): F;
  eq(ir: Builder, x: F, y: F): I1;
  lt(ir: Builder, x: F, y: F): I1;
  le(ir: Builder, x: F, y: F): I1;
  one(ir: Builder): F;
  toDouble(ir: Builder, x: F): F64;

  toBits(ir: Builder, x: F): B;
  ofBits(ir: Builder, x: B): F;
  selectBits(ir: Builder, cond: I1, x: B, y: B): B;
  flipSign(ir: Builder, x: B): B;
  clearSign(ir: Builder, x: B): B;
  /** As the low part of a doubleword. */
  widen(ir: Builder, x: B): I64;
  narrow(ir: Builder, x: I64): B;
  /** True for infinities and NaNs. */
  isSpecial(ir: Builder, x: B): I1;
  /** True for infinities, NaNs and what is less than twice the least normal number. */
  isExtreme(ir: Builder, x: B): I1;
  isDenormal(ir: Builder, x: B): I1;
  /** The NaN of IEEE 754-2008 that an operation on these operands returns. */
  nan2008(ir: Builder, x: B, y: B, z: B): B;
  /** The legacy default NaN: all bits of the fraction but the top one. */
  legacyNan(ir: Builder): B;
}

const SIGN = 0x80000000 | 0;
const NOT_SIGN = 0x7fffffff;

/** Whether the biased exponent in the word's bits from `shift` to 30, plus 1 and with all ones as 0, is less than `limit`. */
function exponentIsBelow(ir: Builder, word: I32, shift: number, limit: number): I1 {
  const next = ir.add32(ir.shl32(word, ir.const32(1)), ir.const32(2 << shift));
  return ir.lt_u32(next, ir.const32((2 * limit) << shift));
}

export const SINGLE: Format<F32, I32> = {
  isDouble: false,
  get: (cx, n) => cx.s(n),
  set: (cx, n, v) => cx.setS(n, v),
  bits: (cx, n) => cx.sBits(n),
  setBits: (cx, n, v) => cx.setSBits(n, v),
  add: (ir, x, y) => ir.addf32(x, y),
  sub: (ir, x, y) => ir.subf32(x, y),
  mul: (ir, x, y) => ir.mulf32(x, y),
  div: (ir, x, y) => ir.divf32(x, y),
  sqrt: (ir, x) => ir.sqrtf32(x),
  fma: (ir, x, y, z) => ir.fmaf32(x, y, z),
  eq: (ir, x, y) => ir.eqf32(x, y),
  lt: (ir, x, y) => ir.ltf32(x, y),
  le: (ir, x, y) => ir.lef32(x, y),
  one: (ir) => ir.constf32(0x3f800000),
  toDouble: (ir, x) => ir.promote(x),
  toBits: (ir, x) => ir.bits_of_f32(x),
  ofBits: (ir, x) => ir.f32_of_bits(x),
  selectBits: (ir, cond, x, y) => ir.select32(cond, x, y),
  flipSign: (ir, x) => ir.xor32(x, ir.const32(SIGN)),
  clearSign: (ir, x) => ir.and32(x, ir.const32(NOT_SIGN)),
  widen: (ir, x) => ir.extend_u32(x),
  narrow: (ir, x) => ir.low64(x),
  isSpecial: (ir, x) => exponentIsBelow(ir, x, 23, 1),
  isExtreme: (ir, x) => exponentIsBelow(ir, x, 23, 3),
  isDenormal: (ir, x) => ir.lt_u32(ir.sub32(ir.shl32(x, ir.const32(1)), ir.const32(1)), ir.const32((2 << 23) - 1)),
  nan2008: (ir, x, y, z) => ir.nan32(x, y, z),
  legacyNan: (ir) => ir.const32(0x7fbfffff),
};

export const DOUBLE: Format<F64, I64> = {
  isDouble: true,
  get: (cx, n) => cx.d(n),
  set: (cx, n, v) => cx.setD(n, v),
  bits: (cx, n) => cx.dBits(n),
  setBits: (cx, n, v) => cx.setDBits(n, v),
  add: (ir, x, y) => ir.addf64(x, y),
  sub: (ir, x, y) => ir.subf64(x, y),
  mul: (ir, x, y) => ir.mulf64(x, y),
  div: (ir, x, y) => ir.divf64(x, y),
  sqrt: (ir, x) => ir.sqrtf64(x),
  fma: (ir, x, y, z) => ir.fmaf64(x, y, z),
  eq: (ir, x, y) => ir.eqf64(x, y),
  lt: (ir, x, y) => ir.ltf64(x, y),
  le: (ir, x, y) => ir.lef64(x, y),
  one: (ir) => ir.constf64(0, 0x3ff00000),
  toDouble: (_ir, x) => x,
  toBits: (ir, x) => ir.bits_of_f64(x),
  ofBits: (ir, x) => ir.f64_of_bits(x),
  selectBits: (ir, cond, x, y) => ir.select64(cond, x, y),
  flipSign: (ir, x) => ir.xor64(x, ir.const64(0, SIGN)),
  clearSign: (ir, x) => ir.and64(x, ir.const64(-1, NOT_SIGN)),
  widen: (_ir, x) => x,
  narrow: (_ir, x) => x,
  isSpecial: (ir, x) => exponentIsBelow(ir, ir.high64(x), 20, 1),
  isExtreme: (ir, x) => exponentIsBelow(ir, ir.high64(x), 20, 3),
  isDenormal: (ir, x) => ir.lt_u64(ir.sub64(ir.shl64(x, ir.const32(1)), ir.const64(1, 0)), ir.const64(-1, (2 << 20) - 1)),
  nan2008: (ir, x, y, z) => ir.nan64(x, y, z),
  legacyNan: (ir) => ir.const64(-1, 0x7ff7ffff),
};

/**
 * The NaN that an operation on these operands returns. With the legacy encoding, where the top bit of the fraction means
 * "signalling", that is always the default NaN (as in qemu-mips).
 */
export function nanOf<F, B>(cx: LiftContext, fp: Format<F, B>, operands: readonly B[]): B {
  const [x, y = x, z = y] = operands;
  return cx.nan2008 ? fp.nan2008(cx.ir, x!, y!, z!) : fp.legacyNan(cx.ir);
}

/**
 * Writes a result that may be a NaN. What the host makes of NaNs is not what MIPS does, so where the result is not
 * equal to itself, `nan` computes the right one: a compare and an untaken branch in the common case.
 * @param sources registers whose bits `nan` uses
 */
export function setArithmetic<F, B>(
  cx: LiftContext,
  fp: Format<F, B>,
  d: number,
  result: F,
  sources: readonly number[],
  nan: (operands: readonly B[]) => B = (operands) => nanOf(cx, fp, operands),
): void {
  const { ir } = cx;
  // The destination is about to change, so where it is a source too, its bits are read before
  const overwritten = sources.includes(d) ? fp.bits(cx, d) : undefined;
  fp.set(cx, d, result);
  ir.beginIf(ir.not1(fp.eq(ir, result, result)));
  fp.setBits(cx, d, nan(sources.map((n) => (n === d ? overwritten! : fp.bits(cx, n)))));
  ir.endIf();
}
