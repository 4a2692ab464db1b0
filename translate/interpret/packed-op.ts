/** Opcodes of packed code beyond those of the IR. */
import { Op } from '../ir/opcodes';
import type { Terminator } from '../ir/block';

/** An enum for the reason that Op is one. */
export enum Packed {
  // Loads and stores with flags that are not 0, in the order of Op.load8_u to Op.store128
  load16_u = 194,
  load16_s,
  load32,
  load64,
  load128,
  store16 = 200,
  store32,
  store64,
  store128,
  // The op that ends a block; its operand, if any, is the terminator's value
  /** Goes on at the first link. */
  jump = 224,
  /** Goes on at the first link if its operand is 1, else at the second. */
  branch,
  /** Goes on at the pc that is its operand, in mode 0. */
  indirect,
  /** Only the caller knows what comes. */
  leave,
}

export const PACKED_OPCODES = Packed.leave + 1;

/** The opcode of a load or store that checks its flags. */
export function flagged(op: Op): number {
  return op + (Packed.load16_u - Op.load16_u);
}

/** True if the `flagged` opcode is needed; single bytes have no order. */
export function needsCheck(op: Op, flags: number): boolean {
  return op >= Op.load16_u && op <= Op.store128 && op !== Op.store8 && flags !== 0;
}

export function endOf(t: Terminator): number {
  switch (t.kind) {
    case 'jump':
    case 'call':
      return Packed.jump;
    case 'branch':
      return Packed.branch;
    case 'indirect':
      return t.mode === 0 ? Packed.indirect : Packed.leave;
    default:
      return Packed.leave;
  }
}
