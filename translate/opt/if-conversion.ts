/**
 * If-conversion: a short `if` whose body cannot fault runs unconditionally, and what it sets is chosen
 * by a select. Straight-line code folds better, and neither back end then spills at the edges of the if.
 */
import type { Block } from '../ir/block';
import { Op } from '../ir/opcodes';
import { testsForNan } from '../ir/nan-test';
import { OP_ROWS } from '../ir/ops';

/** Limits beyond which skipping the body is the better bet. */
const MAX_OPS = 6;
const MAX_SETS = 2;

/**
 * Function calls in every back end. NaN selection stands under an `if` that hardly ever holds: a matrix
 * product ran 20 times slower with it on the common path (measured).
 */
const CALLS: ReadonlySet<Op> = new Set([Op.fmaf32, Op.fmaf64, Op.nan32, Op.nan64, Op.exact, Op.exact_flags]);

export function isConvertible(block: Block, ifIndex: number): boolean {
  // A select would put the way of every bit pattern through a general register on the path of all results
  if (testsForNan(block, block.a[ifIndex]!)) return false;
  let ops = 0;
  let sets = 0;
  for (let i = ifIndex + 1; i < block.b[ifIndex]!; i++) {
    const op = block.op[i]! as Op;
    const row = OP_ROWS[op]!;
    if (op === Op.insn || row.effect === 'get') continue;
    if (row.effect === 'set') {
      if (op !== Op.set1 && op !== Op.set32 && op !== Op.set64) return false;
      sets++;
    } else if (row.effect !== undefined || row.imms?.[0] === 'helper' || CALLS.has(op)) return false;
    else if (row.args.length > 0) ops++;
  }
  return ops <= MAX_OPS && sets <= MAX_SETS;
}

export function hasIf({ op, count }: Block): boolean {
  const at = op.indexOf(Op.if);
  return at >= 0 && at < count;
}

export function hasConvertibleIf(block: Block): boolean {
  for (let i = 0; i < block.count; i++) if (block.op[i] === Op.if && isConvertible(block, i)) return true;
  return false;
}
