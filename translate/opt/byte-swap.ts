/**
 * Byte-swap folding: swaps cancel each other, and a swap of a big-endian access makes it an ordinary
 * one. The other direction (a swap into the flag of an access) is not worth it: no back end has a
 * cheaper big-endian access than access and swap.
 */
import { Op } from '../ir/opcodes';
import { terminatorValue, type Block } from '../ir/block';
import { ARG_COUNT } from '../ir/ops';
import { MemFlag } from '../ir/types';
import type { Rewriter, RuleTable } from './rewrite';
import { mapTerminator } from './terminator';
import { mutableCopy, usesOf } from './uses';

function doubleSwap(w: Rewriter, _op: Op, a: number): number | undefined {
  return w.op[a] === Op.bswap32 ? w.a[a]! : undefined;
}

export const BYTE_SWAP_RULES: RuleTable = [[doubleSwap, Op.bswap32]];

/** Undoes big-endian words that are only swapped after loading or were only swapped for storing. */
export function foldSwapsIntoAccesses(block: Block): Block {
  const { op, a, b } = block;
  const uses = usesOf(block);
  const swaps = new Int32Array(block.count);
  let found = false;
  for (let i = 0; i < block.count; i++) {
    if (op[i] === Op.bswap32) swaps[a[i]!]!++;
    found ||= (op[i] === Op.load32 && bigEndian(block, i)) || (op[i] === Op.store32 && bigEndian(block, i));
  }
  if (!found) return block;
  const result = mutableCopy(block);
  const value = Int32Array.from({ length: block.count }, (_, i) => i);
  for (let i = 0; i < block.count; i++) {
    if (op[i] === Op.load32 && bigEndian(block, i) && swaps[i]! > 0 && swaps[i] === uses[i]) result.c[i]! ^= MemFlag.BigEndian;
    else if (op[i] === Op.bswap32 && result.c[a[i]!] !== block.c[a[i]!]) value[i] = a[i]!;
    else if (op[i] === Op.store32 && bigEndian(block, i) && op[b[i]!] === Op.bswap32 && uses[b[i]!] === 1 && value[b[i]!] === b[i]) {
      result.b[i] = a[b[i]!]!;
      result.d[i]! ^= MemFlag.BigEndian;
    }
  }
  return substitute(result, value);
}

function bigEndian(block: Block, i: number): boolean {
  return ((block.op[i] === Op.load32 ? block.c[i]! : block.d[i]!) & MemFlag.BigEndian) !== 0;
}

/** Replaces every use of value v by value[v], in place. */
function substitute(block: Block, value: Int32Array): Block {
  for (let i = 0; i < block.count; i++) {
    const n = ARG_COUNT[block.op[i]!]!;
    if (n > 0) block.a[i] = value[block.a[i]!]!;
    if (n > 1) block.b[i] = value[block.b[i]!]!;
    if (n > 2) block.c[i] = value[block.c[i]!]!;
  }
  if (terminatorValue(block.terminator) < 0) return block;
  return { ...block, terminator: mapTerminator(block.terminator, (v) => value[v]!) };
}
