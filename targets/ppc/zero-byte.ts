/** The 405's search for a byte that is 0 (dlmzb). */

/** Bits of the result that tell which word has the byte. */
export const ZERO_BYTE = { inFirst: 8, inSecond: 9 } as const;

/** The number of the first byte that is 0 of two words, from 1 on, with where it is; 8 if there is none. */
export function firstZeroByte(first: number, second: number): number {
  for (let n = 0; n < 8; n++) {
    const word = n < 4 ? first : second;
    if (((word >>> (24 - 8 * (n & 3))) & 0xff) === 0) return (n + 1) | (1 << (n < 4 ? ZERO_BYTE.inFirst : ZERO_BYTE.inSecond));
  }
  return 8;
}
