/** Division of 64-bit integers in halves, for what runs as JavaScript. */

/** The unsigned quotient; x / 0 = 0. */
function quotient(al: number, ah: number, bl: number, bh: number): bigint {
  const divisor = unsigned(bl, bh);
  return divisor === 0n ? 0n : unsigned(al, ah) / divisor;
}

const unsigned = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** Low word of the unsigned quotient, as a signed number. */
export function divU64Low(al: number, ah: number, bl: number, bh: number): number {
  return Number(BigInt.asIntN(32, quotient(al, ah, bl, bh)));
}

/** High word of the unsigned quotient, as a signed number. */
export function divU64High(al: number, ah: number, bl: number, bh: number): number {
  return Number(BigInt.asIntN(32, quotient(al, ah, bl, bh) >> 32n));
}
