/**
 * Address-offset folding: a load or store at x + constant takes the constant as its offset, if that
 * makes the addition go away. Legal for any constant, as addresses are taken modulo 2^32.
 */
import { Op } from '../ir/opcodes';
import type { Block } from '../ir/block';
import { OP_ROWS } from '../ir/ops';
import { mutableCopy, usesOf } from './uses';

/** By opcode: the slot of the address offset, or 0 if the op has none. */
const OFFSET_SLOT = Uint8Array.from(OP_ROWS, (r) => (r.imms?.[0] === 'offset' ? r.args.length : 0));

export function foldOffsets(block: Block): Block {
  const { op, a, b } = block;
  const uses = usesOf(block);
  const addressUses = new Int32Array(block.count);
  for (let i = 0; i < block.count; i++) if (OFFSET_SLOT[op[i]!] !== 0) addressUses[a[i]!]!++;
  let result: Block | undefined;
  for (let i = 0; i < block.count; i++) {
    const slot = OFFSET_SLOT[op[i]!]!;
    const address = a[i]!;
    if (slot === 0 || op[address] !== Op.add32 || op[b[address]!] !== Op.const32 || addressUses[address] !== uses[address]) continue;
    result ??= mutableCopy(block);
    result.a[i] = a[address]!;
    const offset = slot === 1 ? result.b : result.c;
    offset[i] = (offset[i]! + a[b[address]!]!) | 0;
  }
  return result ?? block;
}
