/** Use counts, and the copies that passes which patch a block in place work on. */
import { copyOps, terminatorValue, type Block } from '../ir/block';
import { ARG_COUNT, OP_ROWS } from '../ir/ops';

/** How often each value of the block is used, terminator included. What only computes a value that is not used does not count. */
export function usesOf(block: Block): Int32Array {
  const uses = new Int32Array(block.count);
  const v = terminatorValue(block.terminator);
  if (v >= 0) uses[v]!++;
  for (let i = block.count - 1; i >= 0; i--) {
    const op = block.op[i]!;
    if (uses[i] === 0 && OP_ROWS[op]!.effect === undefined) continue;
    const n = ARG_COUNT[op]!;
    if (n > 0) uses[block.a[i]!]!++;
    if (n > 1) uses[block.b[i]!]!++;
    if (n > 2) uses[block.c[i]!]!++;
  }
  return uses;
}

/** A copy whose ops may be changed. */
export function mutableCopy(block: Block): Block {
  return { ...block, ...copyOps(block, block.count) };
}
