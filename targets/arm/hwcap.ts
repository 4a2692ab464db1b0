/** AT_HWCAP and AT_HWCAP2 of a CPU model (arch/arm/include/uapi/asm/hwcap.h). */

/** Bit of AT_HWCAP that each feature announces: glibc and others pick code by it. */
const HWCAP: Readonly<Record<string, number>> = {
  v4t: 1 << 2, // THUMB
  neon: 1 << 12,
  v5te: 1 << 7, // EDSP
  vfp2: 1 << 6, // VFP
  vfp3: 1 << 13,
  vfp4: 1 << 16,
  d32: 1 << 19,
  lpae: 1 << 20, // 64-bit single-copy atomic LDRD/STRD
  fp16: (1 << 22) | (1 << 23), // FPHP, ASIMDHP
  dotprod: 1 << 24, // ASIMDDP
  fhm: 1 << 25, // ASIMDFHM
  bf16: 1 << 26, // ASIMDBF16
  i8mm: 1 << 27,
};

const SWP = 1 << 0;
const HALF = 1 << 1;
const FAST_MULT = 1 << 4;
const TLS = 1 << 15;
const IDIVA = 1 << 17;
const IDIVT = 1 << 18;

/** The same of AT_HWCAP2. */
const HWCAP2: Readonly<Record<string, number>> = { aes: 1 << 0, pmull: 1 << 1, sha1: 1 << 2, sha2: 1 << 3, crc32: 1 << 4, sb: 1 << 5 };

function bitsOf(features: ReadonlySet<string>, table: Readonly<Record<string, number>>): number {
  return Object.entries(table).reduce((bits, [name, bit]) => (features.has(name) ? bits | bit : bits), 0);
}

export function hwcap(features: ReadonlySet<string>): number {
  let bits = SWP | HALF | FAST_MULT | bitsOf(features, HWCAP);
  if (features.has('v6k')) bits |= TLS;
  if (features.has('div')) bits |= IDIVA | IDIVT;
  return bits >>> 0;
}

export function hwcap2(features: ReadonlySet<string>): number {
  return bitsOf(features, HWCAP2);
}

/** AT_PLATFORM: what ld.so puts into $PLATFORM and searches hwcap directories for. Ends in the byte order, `l` or `b`. */
export function platform(features: ReadonlySet<string>, order: 'little' | 'big' = 'little'): string {
  const version = (['v8', 'v7', 'v6', 'v5'] as const).find((v) => features.has(v)) ?? 'v4';
  return version + order[0]!;
}
