/** Strength reduction: chains of masks and shifts by constants combined, multiplications and divisions by powers of two as shifts. */
import { Op } from '../ir/opcodes';
import type { Rewriter, RuleTable } from './rewrite';

const FOLD: Partial<Record<Op, (x: number, y: number) => number>> = {
  [Op.and32]: (x, y) => x & y,
  [Op.or32]: (x, y) => x | y,
  [Op.xor32]: (x, y) => x ^ y,
};

/** (x op k) op m = x op (k op m). */
function bitwiseChain(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const m = w.constantOf(b);
  if (m === undefined || w.op[a] !== op) return undefined;
  const k = w.constantOf(w.b[a]!);
  return k === undefined ? undefined : w.emit(op, w.a[a]!, w.const32(FOLD[op]!(k, m)));
}

/** Two shifts the same way add up; a shift there and back is a mask. */
function shiftChain(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const m = w.constantOf(b);
  if (m === undefined) return undefined;
  const inner = w.op[a] as Op;
  if (inner !== Op.shl32 && inner !== Op.shr_u32 && inner !== Op.shr_s32) return undefined;
  const k = w.constantOf(w.b[a]!);
  if (k === undefined) return undefined;
  const x = w.a[a]!;
  const sum = (k & 31) + (m & 31);
  if (inner === op) {
    if (sum < 32) return w.emit(op, x, w.const32(sum));
    return op === Op.shr_s32 ? w.emit(op, x, w.const32(31)) : w.const32(0);
  }
  if ((k & 31) !== (m & 31)) return signExtension(w, op, inner, x, k & 31, m & 31);
  if (op === Op.shr_u32 && inner === Op.shl32) return w.emit(Op.and32, x, w.const32(-1 >>> (m & 31)));
  if (op === Op.shl32) return w.emit(Op.and32, x, w.const32(-1 << (m & 31)));
  return signExtension(w, op, inner, x, k & 31, m & 31);
}

/** x << 24 >> 24 and x << 16 >> 16. */
function signExtension(w: Rewriter, op: Op, inner: Op, x: number, k: number, m: number): number | undefined {
  if (op !== Op.shr_s32 || inner !== Op.shl32 || k !== m) return undefined;
  return k === 24 ? w.emit(Op.ext8_s32, x) : k === 16 ? w.emit(Op.ext16_s32, x) : undefined;
}

/** Multiplication and unsigned division by 2^n. */
function powerOfTwo(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const k = w.constantOf(b);
  if (k === undefined || k === 0 || (k & (k - 1)) !== 0) return undefined;
  return w.emit(op === Op.mul32 ? Op.shl32 : Op.shr_u32, a, w.const32(31 - Math.clz32(k)));
}

/** x - (0 - y) = x + y and x + (0 - y) = x - y. */
function negatedOperand(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  if (w.op[b] !== Op.sub32 || w.constantOf(w.a[b]!) !== 0) return undefined;
  return w.emit(op === Op.sub32 ? Op.add32 : Op.sub32, a, w.b[b]!);
}

/** The low word of a product does not depend on how the factors are extended. */
function lowOfProduct(w: Rewriter, _op: Op, a: number): number | undefined {
  const wide = w.op[a] === Op.mul_wide_s32 || w.op[a] === Op.mul_wide_u32;
  return wide ? w.emit(Op.mul32, w.a[a]!, w.b[a]!) : undefined;
}

export const STRENGTH_REDUCTION_RULES: RuleTable = [
  [bitwiseChain, Op.and32, Op.or32, Op.xor32],
  [shiftChain, Op.shl32, Op.shr_u32, Op.shr_s32],
  [powerOfTwo, Op.mul32, Op.div_u32],
  [negatedOperand, Op.add32, Op.sub32],
  [lowOfProduct, Op.low64],
];
