/** AT_HWCAP of a CPU model (arch/powerpc/include/uapi/asm/cputable.h), as the kernel's arch/powerpc/kernel/cputable.c has it, but for caches. */

const HAS_32 = 0x80000000 | 0;
const HAS_MMU = 0x04000000;

/** Bit that each feature announces. */
const HWCAP: Readonly<Record<string, number>> = {
  altivec: 0x10000000,
  fpu: 0x08000000,
  spe: 0x00800000,
  'efp-single': 0x00400000,
  'efp-double': 0x00200000,
  'book-e': 0x00008000,
};

export function hwcap(features: ReadonlySet<string>): number {
  let bits = HAS_32 | HAS_MMU;
  for (const [name, bit] of Object.entries(HWCAP)) if (features.has(name)) bits |= bit;
  return bits;
}
