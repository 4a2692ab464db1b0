/**
 * Local rewriting while a block is built: constant folding from the op table and the algebraic
 * identities that lifters rely on so that they need no special cases of their own.
 */
import type { Builder } from './builder';
import { Op } from './opcodes';
import { OP_ROWS } from './ops';
import { extractedLane } from './simplify-lanes';

/** Appends `op` to the block, or returns an existing or simpler value that equals it. */
export function simplify(ir: Builder, op: Op, a: number, b: number, c: number, d: number): number {
  const row = OP_ROWS[op]!;
  const n = row.args.length;
  if (row.fold !== undefined) {
    const x = ir.constantOf(a);
    const y = n > 1 ? ir.constantOf(b) : 0;
    const z = n > 2 ? ir.constantOf(c) : 0;
    if (x !== undefined && y !== undefined && z !== undefined) {
      const r = row.fold(x, y, z);
      return row.result === 'i1' ? ir.const1(r !== 0) : ir.const32(r);
    }
    if (row.commutative === true && x !== undefined) {
      const t = a;
      a = b;
      b = t;
    }
    const same = identity(ir, op, a, b, c);
    if (same !== undefined) return same;
  }
  if (op === Op.extract32 || op === Op.extract64) {
    const same = extractedLane(ir, op, a, b, c);
    if (same !== undefined) return same;
  }
  if (op === Op.low64 || op === Op.high64 || op === Op.pair64) {
    const same = half(ir, op, a, b);
    if (same !== undefined) return same;
  }
  return ir.append(op, a, b, c, d);
}

/** Halves of a doubleword that was put together from words, and a doubleword from both of its halves. */
function half(ir: Builder, op: Op, a: number, b: number): number | undefined {
  if (op === Op.pair64) return ir.op[a] === Op.low64 && ir.op[b] === Op.high64 && ir.a[a] === ir.a[b] ? ir.a[a] : undefined;
  switch (ir.op[a]) {
    case Op.pair64:
      return op === Op.low64 ? ir.a[a] : ir.b[a];
    case Op.const64:
      return ir.const32(op === Op.low64 ? ir.a[a]! : ir.b[a]!);
    case Op.extend_u32:
      return op === Op.low64 ? ir.a[a] : ir.const32(0);
    case Op.extend_s32:
      return op === Op.low64 ? ir.a[a] : undefined;
    default:
      return undefined;
  }
}

/** A value that equals the op, if an identity gives one. Commutative ops have any constant on the right. */
function identity(ir: Builder, op: Op, a: number, b: number, c: number): number | undefined {
  switch (op) {
    case Op.add32:
      return addition(ir, a, b);
    case Op.sub32: {
      const y = ir.constantOf(b);
      if (y === 0) return a;
      if (y !== undefined) return ir.emit(Op.add32, a, ir.const32(-y));
      return a === b ? ir.const32(0) : undefined;
    }
    case Op.or32:
    case Op.xor32:
      if (ir.constantOf(b) === 0) return a;
      return a === b ? (op === Op.or32 ? a : ir.const32(0)) : undefined;
    case Op.and32: {
      const y = ir.constantOf(b);
      return y === -1 || a === b ? a : y === 0 ? b : undefined;
    }
    case Op.shl32:
    case Op.shr_u32:
    case Op.shr_s32:
    case Op.rotr32: {
      const y = ir.constantOf(b);
      return y !== undefined && (y & 31) === 0 ? a : undefined;
    }
    case Op.mul32: {
      const y = ir.constantOf(b);
      return y === 1 ? a : y === 0 ? b : undefined;
    }
    case Op.not1:
      return negation(ir, a);
    case Op.and1: {
      const y = ir.constantOf(b);
      return a === b || y === 1 ? a : y === 0 ? b : undefined;
    }
    case Op.or1: {
      const y = ir.constantOf(b);
      return a === b || y === 0 ? a : y === 1 ? b : undefined;
    }
    case Op.xor1: {
      const y = ir.constantOf(b);
      return y === 0 ? a : y === 1 ? ir.emit(Op.not1, a) : undefined;
    }
    case Op.select32:
    case Op.select1: {
      const x = ir.constantOf(a);
      return b === c ? b : x === undefined ? undefined : x !== 0 ? b : c;
    }
    default:
      return undefined;
  }
}

/** x + 0 = x, and (x + k) + m = x + (k + m). */
function addition(ir: Builder, a: number, b: number): number | undefined {
  const y = ir.constantOf(b);
  if (y === 0) return a;
  if (y === undefined || ir.op[a] !== Op.add32) return undefined;
  const k = ir.constantOf(ir.b[a]!);
  return k === undefined ? undefined : ir.emit(Op.add32, ir.a[a]!, ir.const32(k + y));
}

/** The negated comparison, where one op expresses it. */
function negation(ir: Builder, a: number): number | undefined {
  const x = ir.a[a]!;
  const y = ir.b[a]!;
  switch (ir.op[a]) {
    case Op.not1:
      return x;
    case Op.eq32:
      return ir.append(Op.ne32, x, y);
    case Op.ne32:
      return ir.append(Op.eq32, x, y);
    case Op.lt_s32:
      return ir.append(Op.le_s32, y, x);
    case Op.le_s32:
      return ir.append(Op.lt_s32, y, x);
    case Op.lt_u32:
      return ir.append(Op.le_u32, y, x);
    case Op.le_u32:
      return ir.append(Op.lt_u32, y, x);
    default:
      return undefined;
  }
}
