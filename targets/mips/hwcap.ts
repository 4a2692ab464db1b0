/** AT_HWCAP of a CPU model (arch/mips/include/uapi/asm/hwcap.h). */

/** Bit that each feature announces. */
const HWCAP: Readonly<Record<string, number>> = {
  r6: 1 << 0,
  msa: 1 << 1,
  mips16: 1 << 3,
  dsp: 1 << 7,
  dspr2: 1 << 8,
};

export function hwcap(features: ReadonlySet<string>): number {
  let bits = 0;
  for (const [name, bit] of Object.entries(HWCAP)) if (features.has(name)) bits |= bit;
  return bits;
}
