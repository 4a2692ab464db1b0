/**
 * Value types of the IR and their branded TypeScript handles.
 *
 * A value is the index of the op that defines it inside its block. The brand makes the TypeScript
 * compiler reject an `i64` where an `i32` is wanted, at no run-time cost.
 */
export type IrType = 'i1' | 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

declare const valueType: unique symbol;

/** Handle of an SSA value of type T: the index of its defining op in the current block. */
export type Value<T extends IrType = IrType> = number & { readonly [valueType]: T };

export type I1 = Value<'i1'>;
export type I32 = Value<'i32'>;
export type I64 = Value<'i64'>;
export type F32 = Value<'f32'>;
export type F64 = Value<'f64'>;
export type V128 = Value<'v128'>;

/** Immediate operand kinds: how a raw 32-bit slot is printed, parsed and verified. */
export type ImmKind =
  | 'imm32' // plain 32-bit integer
  | 'hi32' // next higher word of a constant whose lower words are the slots before
  | 'f32bits' // IEEE single bit pattern
  | 'field' // index into the StateLayout
  | 'field64' // the same, for vector ops on fields of 64 bits
  | 'vop' // operation on lanes, see VECTOR_OPERATIONS
  | 'lane' // number of a lane
  | 'offset' // constant added to a memory address (modulo 2^32)
  | 'memflags' // see MemFlag
  | 'helper' // index into the helper table
  | 'pc' // guest address
  | 'trap'; // index into TRAP_KINDS

/** Bits of a memory op's `memflags` immediate. */
export const MemFlag = {
  /** The guest's memory order is big-endian for this access. */
  BigEndian: 1,
  /** The access raises an alignment fault unless the address is a multiple of its size. */
  Aligned: 2,
  /** The same unless it is a multiple of 4. Of words and wider: for doublewords that only have to be aligned like words. */
  WordAligned: 4,
} as const;

/** The bits of an address that must be 0 in an access of `size` bytes. */
export function alignmentMask(flags: number, size: number): number {
  if ((flags & MemFlag.Aligned) !== 0) return size - 1;
  return (flags & MemFlag.WordAligned) !== 0 ? 3 : 0;
}

/** Why a block ends in an exception instead of a jump. Order is the encoding of the `trap` immediate. */
export const TRAP_KINDS = [
  'undefined', // unallocated or unimplemented encoding: SIGILL
  'breakpoint', // BKPT and friends: SIGTRAP
  'fetch', // the instruction itself is not readable: SIGSEGV
  'alignment', // SIGBUS
  'divide', // integer division trap: SIGFPE
  'overflow', // integer overflow trap: SIGFPE
  'float', // enabled floating-point exception, which the status register says: SIGFPE
] as const;
export type TrapKind = (typeof TRAP_KINDS)[number];
