/**
 * Compare fusion: conditions over the flags of a comparison become one comparison.
 *
 * A guest compares by subtracting and branches on combinations of N, Z, C and V; once the lifter's
 * flag values meet in one block, "N != V after x - y" is just x < y (Arm ARM A8.3, condition codes).
 */
import { Op } from '../ir/opcodes';
import { bswap32 } from '../ir/ops';
import type { Rewriter, RuleTable } from './rewrite';

const MIN = -0x80000000;

/** A value as base + constant; the base is -1 if it is only a constant. */
function split(w: Rewriter, v: number): readonly [base: number, k: number] {
  const k = w.constantOf(v);
  if (k !== undefined) return [-1, k];
  const addend = w.op[v] === Op.add32 ? w.constantOf(w.b[v]!) : undefined;
  return addend === undefined ? [v, 0] : [w.a[v]!, addend];
}

/** Whether two values are certainly equal. Equal constants may be separate ops, inside an if for one. */
function same(w: Rewriter, p: number, q: number): boolean {
  if (p === q) return true;
  const k = w.constantOf(p);
  return k !== undefined && k === w.constantOf(q);
}

/** Whether r is x - y, however the builder has written that. */
function isDifference(w: Rewriter, r: number, x: number, y: number): boolean {
  if (w.op[r] === Op.sub32) return same(w, w.a[r]!, x) && same(w, w.b[r]!, y);
  const k = w.constantOf(y);
  if (k === undefined) return false;
  const [base, offset] = split(w, r);
  const [baseX, offsetX] = split(w, x);
  return base === baseX && offset === ((offsetX - k) | 0);
}

function isZero(w: Rewriter, v: number): boolean {
  return w.constantOf(v) === 0;
}

/** Tries the rule with the operands in either order. */
function either<T>(a: number, b: number, match: (x: number, y: number) => T | undefined): T | undefined {
  return match(a, b) ?? match(b, a);
}

/** N != V: signed less. */
function signedLess(w: Rewriter, _op: Op, a: number, b: number): number | undefined {
  return either(a, b, (negative, overflow) => {
    if (w.op[negative] !== Op.lt_s32 || !isZero(w, w.b[negative]!)) return undefined;
    const r = w.a[negative]!;
    const x = w.a[overflow]!;
    const y = w.b[overflow]!;
    if (w.op[overflow] === Op.overflow_sub32 && isDifference(w, r, x, y)) return w.emit(Op.lt_s32, x, y);
    if (w.op[overflow] === Op.overflow_adc32) return wideLess(w, r, x, y, w.c[overflow]!);
    return w.op[overflow] === Op.overflow_add32 ? sumIsNegative(w, r, x, y) : undefined;
  });
}

/** The exact sum x + k is negative where x < -k (CMN). */
function sumIsNegative(w: Rewriter, r: number, x: number, y: number): number | undefined {
  const k = w.constantOf(y);
  if (k === undefined || k === MIN) return undefined;
  return isSum(w, r, x, y) ? w.emit(Op.lt_s32, x, w.const32(-k)) : undefined;
}

/**
 * The exact x + y + carry is negative: in 64 bits nothing overflows. With y = ~z it is x - z < 1 - carry, the high
 * words' part in comparing 64-bit numbers (CMP and SBCS).
 */
function wideLess(w: Rewriter, r: number, x: number, y: number, carry: number): number | undefined {
  const z = complement(w, y);
  const withCarry = w.op[r] === Op.add32 && w.op[w.b[r]!] === Op.zext1_32 && w.a[w.b[r]!] === carry;
  if (z === undefined || !withCarry || !isSum(w, w.a[r]!, x, y)) return undefined;
  const difference = w.emit(Op.sub64, w.emit(Op.extend_s32, x), w.emit(Op.extend_s32, z));
  return w.emit(Op.lt_s64, difference, w.emit(Op.extend_u32, w.emit(Op.zext1_32, w.emit(Op.not1, carry))));
}

/** Whether r is x + y, however the builder has written that. */
function isSum(w: Rewriter, r: number, x: number, y: number): boolean {
  if (w.op[r] === Op.add32 && ((w.a[r] === x && same(w, w.b[r]!, y)) || (w.a[r] === y && w.b[r] === x))) return true;
  const k = w.constantOf(y);
  if (k === undefined) return false;
  const [base, offset] = split(w, r);
  const [baseX, offsetX] = split(w, x);
  return base === baseX && offset === ((offsetX + k) | 0);
}

/** The value whose complement a value is. */
function complement(w: Rewriter, y: number): number | undefined {
  const k = w.constantOf(y);
  if (k !== undefined) return w.const32(~k);
  return w.op[y] === Op.xor32 && w.constantOf(w.b[y]!) === -1 ? w.a[y]! : undefined;
}

const STRICT: Partial<Record<Op, Op>> = { [Op.le_s32]: Op.lt_s32, [Op.le_u32]: Op.lt_u32 };
const LAX: Partial<Record<Op, Op>> = { [Op.lt_s32]: Op.le_s32, [Op.lt_u32]: Op.le_u32 };

/** Whether two comparisons have the same operands, in any order. */
function sameOperands(w: Rewriter, p: number, q: number): boolean {
  const [a, b, c, d] = [w.a[p]!, w.b[p]!, w.a[q]!, w.b[q]!];
  return (same(w, a, c) && same(w, b, d)) || (same(w, a, d) && same(w, b, c));
}

/** x <= y and x != y: less. */
function conjunction(w: Rewriter, _op: Op, a: number, b: number): number | undefined {
  return either(a, b, (order, different) => {
    const strict = STRICT[w.op[order]! as Op];
    if (strict === undefined || w.op[different] !== Op.ne32) return undefined;
    return sameOperands(w, order, different) ? w.emit(strict, w.a[order]!, w.b[order]!) : undefined;
  });
}

/** x < y or x == y: less or equal. */
function disjunction(w: Rewriter, _op: Op, a: number, b: number): number | undefined {
  return either(a, b, (order, same) => {
    const lax = LAX[w.op[order]! as Op];
    if (lax === undefined || w.op[same] !== Op.eq32) return undefined;
    return sameOperands(w, order, same) ? w.emit(lax, w.a[order]!, w.b[order]!) : undefined;
  });
}

/** A negated combination of negations, where that fuses: not (x != y and x <= y) and so on. */
function negation(w: Rewriter, _op: Op, a: number): number | undefined {
  const op = w.op[a]! as Op;
  if (op !== Op.and1 && op !== Op.or1) return undefined;
  const x = w.a[a]!;
  const y = w.b[a]!;
  return w.op[x] === Op.not1 && w.op[y] === Op.not1 ? w.emit(op === Op.and1 ? Op.or1 : Op.and1, w.a[x]!, w.a[y]!) : undefined;
}

/** Equality with a constant, seen through the op that made the other operand. */
function equality(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const k = w.constantOf(b);
  if (k === undefined) return undefined;
  const x = w.a[a]!;
  const y = w.b[a]!;
  const m = w.constantOf(y);
  switch (w.op[a] as Op) {
    case Op.sub32:
      return k === 0 ? w.emit(op, x, y) : undefined;
    case Op.xor32:
      if (k === 0) return w.emit(op, x, y);
      return m === undefined ? undefined : w.emit(op, x, w.const32(m ^ k));
    case Op.add32:
      // Only tests of a result: a comparison of a sum must stay recognisable beside the order tests of the same operands.
      return m === undefined || k !== 0 ? undefined : w.emit(op, x, w.const32(-m));
    case Op.bswap32:
      return w.emit(op, x, w.const32(bswap32(k)));
    case Op.shr_u32:
      // The sign bit alone
      if (m !== 31 || k !== 0) return undefined;
      return op === Op.ne32 ? w.emit(Op.lt_s32, x, w.const32(0)) : w.emit(Op.le_s32, w.const32(0), x);
    case Op.and32:
      return bitTest(w, op, a, k);
    case Op.zext1_32:
      if (k !== 0 && k !== 1) return w.const1(op === Op.ne32);
      return (op === Op.eq32) === (k === 1) ? x : w.emit(Op.not1, x);
    case Op.select32:
      return selected(w, op, a, k);
    default:
      return undefined;
  }
}

/** One bit of a shifted word is one bit of the word; the top bit is the sign. */
function bitTest(w: Rewriter, op: Op, a: number, k: number): number | undefined {
  const mask = w.constantOf(w.b[a]!);
  if (mask === undefined || k !== 0) return undefined;
  const x = w.a[a]!;
  if (mask === MIN) return op === Op.ne32 ? w.emit(Op.lt_s32, x, w.const32(0)) : w.emit(Op.le_s32, w.const32(0), x);
  if (w.op[x] !== Op.shr_u32 && w.op[x] !== Op.shl32) return undefined;
  const n = w.constantOf(w.b[x]!);
  if (n === undefined) return undefined;
  // Bits of the mask that this pushes out only met the zeros that the shift had pulled in.
  const moved = w.op[x] === Op.shr_u32 ? mask << (n & 31) : mask >>> (n & 31);
  return w.emit(op, w.emit(Op.and32, w.a[x]!, w.const32(moved)), w.const32(0));
}

/** Whether a choice between two constants made one of them. */
function selected(w: Rewriter, op: Op, a: number, k: number): number | undefined {
  const x = w.constantOf(w.b[a]!);
  const y = w.constantOf(w.c[a]!);
  if (x === undefined || y === undefined || x === y) return undefined;
  const cond = w.a[a]!;
  if (k !== x && k !== y) return w.const1(op === Op.ne32);
  return (k === x) === (op === Op.eq32) ? cond : w.emit(Op.not1, cond);
}

/** Sign tests of masked words, and comparisons with the ends of the range. */
function order(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const x = w.constantOf(a);
  const y = w.constantOf(b);
  if (op === Op.lt_u32 && y === 0) return w.const1(false);
  if (op === Op.le_u32 && x === 0) return w.const1(true);
  if (op === Op.lt_u32 && x === 0) return w.emit(Op.ne32, b, a);
  if (op === Op.le_u32 && y === 0) return w.emit(Op.eq32, a, b);
  if (op !== Op.lt_s32 || y !== 0 || w.op[a] !== Op.and32) return undefined;
  const mask = w.constantOf(w.b[a]!);
  return mask === undefined ? undefined : mask < 0 ? w.emit(Op.lt_s32, w.a[a]!, b) : w.const1(false);
}

/** Subtracting or adding nothing does not overflow. */
function overflow(w: Rewriter, _op: Op, _a: number, b: number): number | undefined {
  return isZero(w, b) ? w.const1(false) : undefined;
}

/** Choices between a flag and a constant or the chooser itself are logic; choices by a negated flag swap. */
function choice(w: Rewriter, op: Op, a: number, b: number, c: number): number | undefined {
  if (w.op[a] === Op.not1) return w.emit(op, w.a[a]!, c, b);
  const x = w.constantOf(b);
  const y = w.constantOf(c);
  if (op === Op.select32) {
    if (x === 1 && y === 0) return w.emit(Op.zext1_32, a);
    return x === 0 && y === 1 ? w.emit(Op.zext1_32, w.emit(Op.not1, a)) : undefined;
  }
  if (x === 1 || b === a) return w.emit(Op.or1, a, c);
  if (y === 0 || c === a) return w.emit(Op.and1, a, b);
  if (x === 0) return w.emit(Op.and1, w.emit(Op.not1, a), c);
  return y === 1 ? w.emit(Op.or1, w.emit(Op.not1, a), b) : undefined;
}

export const COMPARE_FUSION_RULES: RuleTable = [
  [signedLess, Op.xor1],
  [conjunction, Op.and1],
  [disjunction, Op.or1],
  [negation, Op.not1],
  [equality, Op.eq32, Op.ne32],
  [order, Op.lt_s32, Op.lt_u32, Op.le_u32],
  [overflow, Op.overflow_add32, Op.overflow_sub32],
  [choice, Op.select1, Op.select32],
];
