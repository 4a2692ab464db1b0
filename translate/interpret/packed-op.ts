/** Opcodes of packed code beyond those of the IR. */
import { Op } from '../ir/opcodes';
import type { Terminator } from '../ir/block';
import { MemFlag } from '../ir/types';

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
  // Those of them that are big-endian, and nothing else, up to 8 bytes
  big_load16_u = 206,
  big_load16_s,
  big_load32,
  big_load64,
  big_store16 = 212,
  big_store32,
  big_store64,
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

/** The opcode of a big-endian load or store of 2 to 8 bytes. */
export function bigEndian(op: Op): number {
  return op + (Packed.big_load16_u - Op.load16_u);
}

/** The opcode for an op; what it has in place of flags, if it is no load or store, does not matter. */
export function packedOpcode(op: Op, flags: number): number {
  if (!needsCheck(op, flags)) return op;
  return flags === Number(MemFlag.BigEndian) && op !== Op.load128 && op !== Op.store128 ? bigEndian(op) : flagged(op);
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
