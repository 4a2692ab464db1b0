/**
 * The substitution of AES (FIPS 197, section 5.1.1) as look-ups of four bits each, which WebAssembly does sixteen at a
 * time (i8x16.swizzle) without memory. The idea is Hamburg's, "Accelerating AES with Vector Permute Instructions" (CHES
 * 2009): a byte is k + i s with i and k in GF(2^4); then
 *
 *     j = i + k,  io = 1 / (1/i + a/k) + j,  jo = 1 / (1/j + a/k) + i
 *
 * and the inverse is a linear function of 1/io and 1/jo, if s^2 = a s + a. The tables are computed from that here.
 */

/** AES's field: polynomials over {0, 1} modulo x^8 + x^4 + x^3 + x + 1. */
function multiply(x: number, y: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if ((y >> bit) & 1) product ^= x;
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
  }
  return product;
}

function power(x: number, n: number): number {
  let result = 1;
  for (let i = 0; i < n; i++) result = multiply(result, x);
  return result;
}

/** 1 / x; 0 for 0. */
const inverse = (x: number): number => power(x, 254);

const BYTES = Array.from({ length: 256 }, (_, x) => x);
const NIBBLES = BYTES.slice(0, 16);

/** A number for which the look-ups give 0: 1 / 0, and what is added to it. */
const INFINITE = 0x80;

// s outside GF(2^4) with trace (which is a) = norm, so that s^2 = a s + a
const S = BYTES.find((x) => power(x, 16) !== x && (x ^ power(x, 16)) === power(x, 17))!;
const A = S ^ power(S, 16);

/** Elements of GF(2^4) by four-bit number; sums of elements have sums of numbers. */
const ELEMENTS = ((): readonly number[] => {
  const subfield = BYTES.filter((x) => power(x, 16) === x);
  const basis: number[] = [];
  const span = (): number[] => basis.reduce((all, b) => [...all, ...all.map((x) => x ^ b)], [0]);
  for (const x of subfield) if (!span().includes(x)) basis.push(x);
  return span();
})();
const numberOf = (element: number): number => ELEMENTS.indexOf(element);

/** i and k of a byte, as 16 i + k. */
const SPLIT = ((): readonly number[] => {
  const split: number[] = [];
  for (const i of NIBBLES) for (const k of NIBBLES) split[ELEMENTS[k]! ^ multiply(ELEMENTS[i]!, S)] = 16 * i + k;
  return split;
})();

/** The linear part of the S-box. */
const affine = (x: number): number => [0, 1, 2, 3, 4].reduce((sum, n) => sum ^ (((x << n) | (x >> (8 - n))) & 0xff), 0);
const AFFINE_INVERSE = ((): readonly number[] => {
  const table: number[] = [];
  for (const x of BYTES) table[affine(x)] = x;
  return table;
})();
const AFFINE_CONSTANT = 0x63;

/** Tables of one direction; each is indexed by a nibble. */
export interface Substitution {
  /** Sum to i and k of the byte whose inverse is wanted: by its lower and upper nibble. */
  readonly inputLow: readonly number[];
  readonly inputHigh: readonly number[];
  /** Sum to the result less `constant`: by io and jo. */
  readonly outputIo: readonly number[];
  readonly outputJo: readonly number[];
  readonly constant: number;
}

/** 1 / n, and a / n. */
export const INVERSES = NIBBLES.map((n) => (n === 0 ? INFINITE : numberOf(inverse(ELEMENTS[n]!))));
export const A_OVER = NIBBLES.map((n) => (n === 0 ? INFINITE : numberOf(multiply(A, inverse(ELEMENTS[n]!)))));

const outputs = (factor: number, map: (x: number) => number): readonly number[] =>
  NIBBLES.map((n) => map(multiply(inverse(ELEMENTS[n]!), factor)));

const IO_FACTOR = 1 ^ multiply(S, inverse(A) ^ inverse(multiply(A, A)));
const JO_FACTOR = multiply(S, inverse(multiply(A, A)));

export const SUB_BYTES: Substitution = {
  inputLow: NIBBLES.map((n) => SPLIT[n]!),
  inputHigh: NIBBLES.map((n) => SPLIT[n << 4]!),
  outputIo: outputs(IO_FACTOR, affine),
  outputJo: outputs(JO_FACTOR, affine),
  constant: AFFINE_CONSTANT,
};

export const INVERSE_SUB_BYTES: Substitution = {
  inputLow: NIBBLES.map((n) => SPLIT[AFFINE_INVERSE[n ^ AFFINE_CONSTANT]!]!),
  inputHigh: NIBBLES.map((n) => SPLIT[AFFINE_INVERSE[n << 4]!]!),
  outputIo: outputs(IO_FACTOR, (x) => x),
  outputJo: outputs(JO_FACTOR, (x) => x),
  constant: 0,
};
