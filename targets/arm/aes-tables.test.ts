/** The nibble tables against the definition of the S-box (FIPS 197, section 5.1.1). */
import { A_OVER, INVERSE_SUB_BYTES, INVERSES, SUB_BYTES, type Substitution } from './aes-tables';

const lookUp = (table: readonly number[], index: number): number => table[index] ?? 0;

function substitute(t: Substitution, x: number): number {
  const split = lookUp(t.inputLow, x & 15) ^ lookUp(t.inputHigh, x >> 4);
  const [i, k] = [split >> 4, split & 15];
  const j = i ^ k;
  const io = lookUp(INVERSES, lookUp(INVERSES, i) ^ lookUp(A_OVER, k)) ^ j;
  const jo = lookUp(INVERSES, lookUp(INVERSES, j) ^ lookUp(A_OVER, k)) ^ i;
  return lookUp(t.outputIo, io) ^ lookUp(t.outputJo, jo) ^ t.constant;
}

it('are the S-box', () => {
  // The first and last rows of figure 7
  const first = [0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76];
  const last = [0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16];
  expect(first.map((_, x) => substitute(SUB_BYTES, x))).toEqual(first);
  expect(last.map((_, x) => substitute(SUB_BYTES, 0xf0 + x))).toEqual(last);
});

it('are inverse to each other', () => {
  for (let x = 0; x < 256; x++) expect(substitute(INVERSE_SUB_BYTES, substitute(SUB_BYTES, x))).toBe(x);
});
