/** Use counts, and the copies that passes which patch a block in place work on. */
import { terminatorValue, type Block } from '../ir/block';
import { ARG_COUNT } from '../ir/ops';

/** How often each value of the block is used, terminator included. */
export function usesOf(block: Block): Int32Array {
  const uses = new Int32Array(block.count);
  for (let i = 0; i < block.count; i++) {
    const n = ARG_COUNT[block.op[i]!]!;
    if (n > 0) uses[block.a[i]!]!++;
    if (n > 1) uses[block.b[i]!]!++;
    if (n > 2) uses[block.c[i]!]!++;
  }
  const v = terminatorValue(block.terminator);
  if (v >= 0) uses[v]!++;
  return uses;
}

/** A copy whose ops may be changed. */
export function mutableCopy(block: Block): Block {
  return { ...block, op: block.op.slice(), a: block.a.slice(), b: block.b.slice(), c: block.c.slice(), d: block.d.slice() };
}
