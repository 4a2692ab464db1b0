/** AES instructions and the polynomial product of doublewords (Arm ARM DDI 0487, section F6.1; the cryptographic extension). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I64, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { aesTables, type Substitution } from '../aes-tables';
import type { LiftContext } from '../lift-context';
import { registers, twoVectors, type ThreeVectors, type TwoVectors } from './neon-registers';

const SWIZZLE = vop('i8x16.swizzle');
const EXTRACT64 = vop('i64x2.extract_lane');
const INSERT64 = vop('i64x2.replace_lane');
const SPLAT64 = vop('i64x2.splat');

/** A table of sixteen bytes, looked up by the bytes of a vector; 0 for 16 and more. */
function lookUp(ir: Builder, table: readonly number[], index: V128): V128 {
  const word = (k: number): number => table[k]! | (table[k + 1]! << 8) | (table[k + 2]! << 16) | (table[k + 3]! << 24);
  return ir.vector2(ir.const128(word(0), word(4), word(8), word(12)), index, SWIZZLE);
}

const lowNibbles = (ir: Builder, x: V128): V128 => lanes.and(ir, x, lanes.splat(ir, 8, 15));
/** Shifted as words, because hosts have no shift of bytes. */
const highNibbles = (ir: Builder, x: V128): V128 => lowNibbles(ir, lanes.shiftRight(ir, 32, false, x, 4));

/** The S-box or its inverse on every byte (see aes-tables.ts). */
function substitute(ir: Builder, t: Substitution, x: V128): V128 {
  const { xor } = lanes;
  const { inverses, aOver } = aesTables();
  const split = xor(ir, lookUp(ir, t.inputLow, lowNibbles(ir, x)), lookUp(ir, t.inputHigh, highNibbles(ir, x)));
  const i = highNibbles(ir, split);
  const k = lowNibbles(ir, split);
  const j = xor(ir, i, k);
  const aOverK = lookUp(ir, aOver, k);
  const io = xor(ir, lookUp(ir, inverses, xor(ir, lookUp(ir, inverses, i), aOverK)), j);
  const jo = xor(ir, lookUp(ir, inverses, xor(ir, lookUp(ir, inverses, j), aOverK)), i);
  const sum = xor(ir, lookUp(ir, t.outputIo, io), lookUp(ir, t.outputJo, jo));
  return t.constant === 0 ? sum : xor(ir, sum, lanes.splat(ir, 8, t.constant));
}

/** Byte i of the result is byte 4 * column + row with column moved by `direction` times the row: ShiftRows() and its inverse. */
function shiftRows(ir: Builder, x: V128, direction: 1 | -1): V128 {
  const bytes = Array.from({ length: 16 }, (_, i) => (i + 4 * direction * (i & 3)) & 15);
  return lanes.shuffleBytes(ir, x, x, bytes);
}

/** Every column rotated by n bytes. */
function rotateColumns(ir: Builder, x: V128, n: number): V128 {
  const bytes = Array.from({ length: 16 }, (_, i) => (i & 12) | ((i + n) & 3));
  return lanes.shuffleBytes(ir, x, x, bytes);
}

/** Every byte times x in AES's field. */
function timesX(ir: Builder, x: V128): V128 {
  const reduction = lanes.and(ir, lanes.greater(ir, 8, true, lanes.zero(ir), x), lanes.splat(ir, 8, 0x1b));
  return lanes.xor(ir, lanes.add(ir, 8, x, x), reduction);
}

/** MixColumns(): 2a + 3b + c + d = 2(a + b) + b + (c + d). */
function mixColumns(ir: Builder, x: V128): V128 {
  const next = rotateColumns(ir, x, 1);
  const sum = lanes.xor(ir, x, next);
  return lanes.xor(ir, lanes.xor(ir, timesX(ir, sum), next), rotateColumns(ir, sum, 2));
}

/** InvMixColumns(): that of the columns to which 4(a + c), 4(b + d) were added. */
function inverseMixColumns(ir: Builder, x: V128): V128 {
  const sum = lanes.xor(ir, x, rotateColumns(ir, x, 2));
  return mixColumns(ir, lanes.xor(ir, x, timesX(ir, timesX(ir, sum))));
}

type AesStep = (ir: Builder, m: V128, d: () => V128) => V128;

/** By mnemonic: AESE, AESD, AESMC, AESIMC <Qd>, <Qm>. */
export const AES_STEPS = {
  aese: (ir, m, d) => substitute(ir, aesTables().subBytes, shiftRows(ir, lanes.xor(ir, d(), m), 1)),
  aesd: (ir, m, d) => substitute(ir, aesTables().inverseSubBytes, shiftRows(ir, lanes.xor(ir, d(), m), -1)),
  aesmc: mixColumns,
  aesimc: inverseMixColumns,
} as const satisfies Readonly<Record<string, AesStep>>;

export function aes(step: AesStep) {
  return (cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false => twoVectors(cx, { ...f, q: 1 }, step);
}

/** Every fourth bit of a doubleword, from bit n on. */
const comb = (ir: Builder, n: number): I64 => ir.const64(0x11111111 << n, 0x11111111 << n);

/**
 * Low half of the carry-less product. The factors are cut into four combs each; in a product of combs at most 16 ones
 * meet in one place, whose sum of 4 bits leaves the other bits of its comb alone, but for the highest, whose carry is lost.
 */
function polynomialLow(ir: Builder, x: I64, y: I64): I64 {
  const combs = (v: I64): readonly I64[] => [0, 1, 2, 3].map((n) => ir.and64(v, comb(ir, n)));
  const [xs, ys] = [combs(x), combs(y)];
  const parts = [0, 1, 2, 3].map((n) => {
    const products = xs.map((part, k) => ir.mul64(part, ys[(n - k) & 3]!));
    return ir.and64(
      products.reduce((sum, p) => ir.xor64(sum, p)),
      comb(ir, n),
    );
  });
  return parts.reduce((sum, p) => ir.or64(sum, p));
}

/** Nibbles with their bits in reverse order. */
const REVERSED_NIBBLES = Array.from({ length: 16 }, (_, n) => ((n & 1) << 3) | ((n & 2) << 1) | ((n & 4) >> 1) | (n >> 3));

/** The bits of both doublewords in reverse order. */
function reverseBits(ir: Builder, x: V128): V128 {
  const high = lanes.shiftLeft(ir, 32, lookUp(ir, REVERSED_NIBBLES, lowNibbles(ir, x)), 4);
  const bytes = lanes.or(ir, high, lookUp(ir, REVERSED_NIBBLES, highNibbles(ir, x)));
  return lanes.shuffleBytes(
    ir,
    bytes,
    bytes,
    Array.from({ length: 16 }, (_, i) => i ^ 7),
  );
}

// VMULL.P64 <Qd>, <Dn>, <Dm>
export function multiplyPolynomials64(cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false {
  return registers(cx, [1, 0, 0], f, (ir, n, m) => {
    const both = lanes.shuffleLanes(ir, 64, n, m, [0, 2]);
    const product = (x: V128): I64 => polynomialLow(ir, ir.extract64(x, EXTRACT64, 0), ir.extract64(x, EXTRACT64, 1));
    // The upper half of a product is the lower half of the reversed factors' product, reversed: 127 bits in all.
    const reversed = reverseBits(ir, ir.splat64(product(reverseBits(ir, both)), SPLAT64));
    const high = ir.shr_u64(ir.extract64(reversed, EXTRACT64, 0), ir.const32(1));
    return ir.insert64(ir.splat64(product(both), SPLAT64), high, INSERT64, 1);
  });
}
