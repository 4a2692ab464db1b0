/** The nibble tables against the definition of the S-box (FIPS 197, section 5.1.1). */
import { aesTables, type Substitution } from './aes-tables';

const { inverses, aOver, subBytes, inverseSubBytes } = aesTables();

const lookUp = (table: readonly number[], index: number): number => table[index] ?? 0;

function substitute(t: Substitution, x: number): number {
  const split = lookUp(t.inputLow, x & 15) ^ lookUp(t.inputHigh, x >> 4);
  const [i, k] = [split >> 4, split & 15];
  const j = i ^ k;
  const io = lookUp(inverses, lookUp(inverses, i) ^ lookUp(aOver, k)) ^ j;
  const jo = lookUp(inverses, lookUp(inverses, j) ^ lookUp(aOver, k)) ^ i;
  return lookUp(t.outputIo, io) ^ lookUp(t.outputJo, jo) ^ t.constant;
}

it('are the S-box', () => {
  // The first and last rows of figure 7
  const first = [0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76];
  const last = [0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16];
  expect(first.map((_, x) => substitute(subBytes, x))).toEqual(first);
  expect(last.map((_, x) => substitute(subBytes, 0xf0 + x))).toEqual(last);
});

it('are inverse to each other', () => {
  for (let x = 0; x < 256; x++) expect(substitute(inverseSubBytes, substitute(subBytes, x))).toBe(x);
});
