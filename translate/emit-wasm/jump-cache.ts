/**
 * Direct-mapped cache from guest pc to the function-table slot of its code, in the state memory where
 * compiled code can read it: entries of two words, pc and slot.
 */
export const JUMP_CACHE = {
  /** Byte offset in the state memory; the CPU state lies below. */
  base: 0x8000,
  entries: 4096,
} as const;

/** Never the pc of code: an odd address in the last word of memory. */
const NO_PC = -1;

/** Byte offset of the entry for a pc. Instructions are at least 2-aligned; bit 0 is the instruction set. */
export function entryOffset(pc: number): number {
  return JUMP_CACHE.base + ((pc >>> 1) & (JUMP_CACHE.entries - 1)) * 8;
}

/** @param words the state memory */
export function clearJumpCache(words: Int32Array): void {
  const first = JUMP_CACHE.base >> 2;
  words.fill(NO_PC, first, first + 2 * JUMP_CACHE.entries);
}

export function linkEntry(words: Int32Array, pc: number, slot: number): void {
  const at = entryOffset(pc) >> 2;
  words[at] = pc;
  words[at + 1] = slot;
}
