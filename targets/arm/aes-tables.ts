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

/** The linear part of the S-box. */
const affine = (x: number): number => [0, 1, 2, 3, 4].reduce((sum, n) => sum ^ (((x << n) | (x >> (8 - n))) & 0xff), 0);
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

export interface AesTables {
  /** 1 / n, and a / n. */
  readonly inverses: readonly number[];
  readonly aOver: readonly number[];
  readonly subBytes: Substitution;
  readonly inverseSubBytes: Substitution;
}

let tables: AesTables | undefined;

/** Made when they are first needed: that takes 2 ms, which few programs have a use for. */
export const aesTables = (): AesTables => (tables ??= makeTables());

/** Elements of GF(2^4) by four-bit number; sums of elements have sums of numbers. */
function subfieldElements(): readonly number[] {
  const subfield = BYTES.filter((x) => power(x, 16) === x);
  const basis: number[] = [];
  const span = (): number[] => basis.reduce((all, b) => [...all, ...all.map((x) => x ^ b)], [0]);
  for (const x of subfield) if (!span().includes(x)) basis.push(x);
  return span();
}

function makeTables(): AesTables {
  // s outside GF(2^4) with trace (which is a) = norm, so that s^2 = a s + a
  const s = BYTES.find((x) => power(x, 16) !== x && (x ^ power(x, 16)) === power(x, 17))!;
  const a = s ^ power(s, 16);
  const elements = subfieldElements();
  const numberOf = (element: number): number => elements.indexOf(element);
  /** i and k of a byte, as 16 i + k. */
  const split: number[] = [];
  for (const i of NIBBLES) for (const k of NIBBLES) split[elements[k]! ^ multiply(elements[i]!, s)] = 16 * i + k;
  const affineInverse: number[] = [];
  for (const x of BYTES) affineInverse[affine(x)] = x;
  const outputs = (factor: number, map: (x: number) => number): readonly number[] =>
    NIBBLES.map((n) => map(multiply(inverse(elements[n]!), factor)));
  const ioFactor = 1 ^ multiply(s, inverse(a) ^ inverse(multiply(a, a)));
  const joFactor = multiply(s, inverse(multiply(a, a)));
  return {
    inverses: NIBBLES.map((n) => (n === 0 ? INFINITE : numberOf(inverse(elements[n]!)))),
    aOver: NIBBLES.map((n) => (n === 0 ? INFINITE : numberOf(multiply(a, inverse(elements[n]!))))),
    subBytes: {
      inputLow: NIBBLES.map((n) => split[n]!),
      inputHigh: NIBBLES.map((n) => split[n << 4]!),
      outputIo: outputs(ioFactor, affine),
      outputJo: outputs(joFactor, affine),
      constant: AFFINE_CONSTANT,
    },
    inverseSubBytes: {
      inputLow: NIBBLES.map((n) => split[affineInverse[n ^ AFFINE_CONSTANT]!]!),
      inputHigh: NIBBLES.map((n) => split[affineInverse[n << 4]!]!),
      outputIo: outputs(ioFactor, (x) => x),
      outputJo: outputs(joFactor, (x) => x),
      constant: 0,
    },
  };
}
