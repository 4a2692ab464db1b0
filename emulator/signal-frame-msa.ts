/**
 * The upper halves of MSA's vector registers in signal frames of MIPS: an "extended context" behind the signal mask
 * (arch/mips/include/uapi/asm/ucontext.h, struct msa_extcontext; arch/mips/kernel/signal.c).
 */
import type { GuestMemory } from '../runtime/memory';
import { MIPS_TARGET, MSACSR as BITS } from '../targets/mips';
import type { CpuState } from '../translate/ir/cpu-state';

const MSA_MAGIC = 0x784d5341;
const END_MAGIC = 0x78454e44;

/** Offsets in struct msa_extcontext, in bytes: magic and size, upper halves of the registers, MSACSR; padded to 8 bytes. */
const EXT = { size: 4, registers: 8, csr: 264, bytes: 272 } as const;

/** Bytes of all extended contexts with the word that ends them. */
export const EXTENDED_CONTEXT_BYTES = EXT.bytes + 4;

const word = (name: string): number => MIPS_TARGET.layout.offset(name) >> 2;
/** State word of each upper half's low word. */
const UPPER = Array.from({ length: 32 }, (_, i) => word(`w${i}`) + 2);
const MSACSR = word('msacsr');

export function writeExtendedContext({ i32: S }: CpuState, { view, littleEndian }: GuestMemory, at: number): void {
  const put = (offset: number, value: number): void => view.setInt32(at + offset, value, littleEndian);
  put(0, MSA_MAGIC);
  put(EXT.size, EXT.bytes);
  UPPER.forEach((low, i) => {
    put(EXT.registers + 8 * i + (littleEndian ? 0 : 4), S[low]!);
    put(EXT.registers + 8 * i + (littleEndian ? 4 : 0), S[low + 1]!);
  });
  put(EXT.csr, S[MSACSR]! & BITS.writable);
  put(EXT.bytes, END_MAGIC);
}

/** @returns false if what is there is no context of vector registers */
export function readExtendedContext({ i32: S }: CpuState, { view, littleEndian }: GuestMemory, at: number): boolean {
  const get = (offset: number): number => view.getInt32(at + offset, littleEndian);
  if (get(0) !== MSA_MAGIC || get(EXT.size) !== EXT.bytes) return false;
  UPPER.forEach((low, i) => {
    S[low] = get(EXT.registers + 8 * i + (littleEndian ? 0 : 4));
    S[low + 1] = get(EXT.registers + 8 * i + (littleEndian ? 4 : 0));
  });
  S[MSACSR] = (get(EXT.csr) & BITS.writable) | (S[MSACSR]! & BITS.tracked);
  return true;
}
