/** Reads of lanes of vectors that were put together from words: the words themselves. */
import type { Builder } from './builder';
import { Op } from './opcodes';
import { vop } from './vector-ops';

interface LaneOps {
  /** Op and `vop` immediate of each. */
  readonly extract: readonly [op: Op, number: number];
  readonly insert: readonly [op: Op, number: number];
  readonly splat: readonly [op: Op, number: number];
}

/** Lanes that hold their word whole. Not floating-point ones, as JavaScript would change the bits of a NaN on the way. */
const WHOLE_LANES: readonly LaneOps[] = [
  {
    extract: [Op.extract32, vop('i32x4.extract_lane')],
    insert: [Op.insert32, vop('i32x4.replace_lane')],
    splat: [Op.splat32, vop('i32x4.splat')],
  },
  {
    extract: [Op.extract64, vop('i64x2.extract_lane')],
    insert: [Op.insert64, vop('i64x2.replace_lane')],
    splat: [Op.splat64, vop('i64x2.splat')],
  },
];

/** The value of an extract op if its vector says so, or the op on a vector that it says less of; undefined if it says nothing. */
export function extractedLane(ir: Builder, op: Op, vector: number, number: number, lane: number): number | undefined {
  const ops = WHOLE_LANES.find(({ extract }) => extract[0] === op && extract[1] === number);
  if (ops === undefined) return undefined;
  const [insertOp, insert] = ops.insert;
  const [splatOp, splat] = ops.splat;
  let v = vector;
  while (ir.op[v] === Number(insertOp) && ir.c[v] === insert) {
    if (ir.d[v] === lane) return ir.b[v]!;
    v = ir.a[v]!;
  }
  if (ir.op[v] === Number(splatOp) && ir.b[v] === splat) return ir.a[v]!;
  return v === vector ? undefined : ir.append(op, v, number, lane);
}
