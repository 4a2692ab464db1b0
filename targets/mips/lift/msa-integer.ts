/** MSA bitwise, integer and fixed-point arithmetic, comparisons and bit counts (MD00866). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { available, least, most, splat, type ThreeOperands, type TwoVectors } from './msa-registers';

type Whole = (ir: Builder, s: V128, t: V128, d: () => V128) => V128;

/** AND.V and the like wd, ws, wt; and ANDI.B and the like, whose wt is the constant. */
export const BITWISE = {
  AND: (ir, s, t) => lanes.and(ir, s, t),
  OR: (ir, s, t) => lanes.or(ir, s, t),
  NOR: (ir, s, t) => lanes.not(ir, lanes.or(ir, s, t)),
  XOR: (ir, s, t) => lanes.xor(ir, s, t),
  BMNZ: (ir, s, t, d) => lanes.bitSelect(ir, t, s, d()),
  BMZ: (ir, s, t, d) => lanes.bitSelect(ir, t, d(), s),
  BSEL: (ir, s, t, d) => lanes.bitSelect(ir, d(), t, s),
} as const satisfies Record<string, Whole>;

/** ANDI.B and the like wd, ws, i8 */
export function bitwiseImmediate(operation: Whole) {
  return (cx: LiftContext, { d, s, i }: { d: number; s: number; i: number }): void | false => {
    if (!available(cx)) return false;
    cx.setVector(
      d,
      operation(cx.ir, cx.vector(s), splat(cx.ir, 8, BigInt(i)), () => cx.vector(d)),
    );
  };
}

const oneAt = (ir: Builder, width: number, t: V128): V128 => lanes.shiftEach(ir, width, 'left', splat(ir, width, 1n), t);
const ones = (ir: Builder): V128 => ir.const128(-1, -1, -1, -1);
const last = (ir: Builder, width: number, s: V128, t: V128): V128 => {
  // The bit that falls off last; none where the amount is 0
  const amount = lanes.and(ir, t, splat(ir, width, BigInt(width - 1)));
  const bit = lanes.shiftEach(ir, width, 'right', s, lanes.subtract(ir, width, amount, splat(ir, width, 1n)));
  return lanes.and(ir, lanes.and(ir, bit, splat(ir, width, 1n)), lanes.nonZero(ir, width, amount));
};

/** |x| limited to the largest signed number. */
const limitedAbsolute = (ir: Builder, width: number, x: V128): V128 =>
  lanes.minimum(ir, width, false, lanes.absolute(ir, width, x), splat(ir, width, most(width)));

const byMagnitude =
  (larger: boolean): ThreeOperands =>
  (ir, width, s, t) => {
    const [x, y] = [lanes.absolute(ir, width, s), lanes.absolute(ir, width, t)];
    return lanes.bitSelect(ir, larger ? lanes.greater(ir, width, false, x, y) : lanes.greater(ir, width, false, y, x), s, t);
  };

/** Unsigned minus signed. */
const subtractSigned: ThreeOperands = (ir, width, s, t) => {
  const difference = lanes.saturatingSubtract(ir, width, false, s, t).value;
  const sum = lanes.saturatingAdd(ir, width, false, s, lanes.negate(ir, width, t)).value;
  return lanes.bitSelect(ir, lanes.negative(ir, width, t), sum, difference);
};

/** Lower and upper half of each lane, extended to the lane. */
const even = (ir: Builder, width: number, signed: boolean, x: V128): V128 =>
  lanes.shiftRight(ir, width, signed, lanes.shiftLeft(ir, width, x, width / 2), width / 2);
const odd = (ir: Builder, width: number, signed: boolean, x: V128): V128 => lanes.shiftRight(ir, width, signed, x, width / 2);

/** Sum of the products of both halves of the lanes. */
function dotProduct(ir: Builder, width: number, signed: boolean, s: V128, t: V128): V128 {
  if (width === 32 && signed) return ir.vector2(s, t, vop('i32x4.dot_i16x8_s'));
  const product = (half: typeof even): V128 => lanes.multiply(ir, width, half(ir, width, signed, s), half(ir, width, signed, t));
  return lanes.add(ir, width, product(odd), product(even));
}

const flipped = (ir: Builder, width: number, x: V128): V128 => lanes.xor(ir, x, lanes.signBits(ir, width));

/** What exists in signed and unsigned forms: `_S` and `_U` are added to the names. */
const BOTH: Readonly<Record<string, (ir: Builder, width: number, signed: boolean, s: V128, t: V128, d: () => V128) => V128>> = {
  MAX: lanes.maximum,
  MIN: lanes.minimum,
  CLT: (ir, width, signed, s, t) => lanes.greater(ir, width, signed, t, s),
  CLE: (ir, width, signed, s, t) => lanes.atLeast(ir, width, signed, t, s),
  ADDS: (ir, width, signed, s, t) => lanes.saturatingAdd(ir, width, signed, s, t).value,
  SUBS: (ir, width, signed, s, t) => lanes.saturatingSubtract(ir, width, signed, s, t).value,
  AVE: lanes.halvingAdd,
  AVER: lanes.roundingHalvingAdd,
  ASUB: lanes.absoluteDifference,
  DOTP: dotProduct,
  DPADD: (ir, width, signed, s, t, d) => lanes.add(ir, width, d(), dotProduct(ir, width, signed, s, t)),
  DPSUB: (ir, width, signed, s, t, d) => lanes.subtract(ir, width, d(), dotProduct(ir, width, signed, s, t)),
  HADD: (ir, width, signed, s, t) => lanes.add(ir, width, odd(ir, width, signed, s), even(ir, width, signed, t)),
  HSUB: (ir, width, signed, s, t) => lanes.subtract(ir, width, odd(ir, width, signed, s), even(ir, width, signed, t)),
};

const SIGNLESS: Readonly<Record<string, ThreeOperands>> = {
  SLL: (ir, width, s, t) => lanes.shiftEach(ir, width, 'left', s, t),
  SRA: (ir, width, s, t) => lanes.shiftEach(ir, width, 'signed right', s, t),
  SRL: (ir, width, s, t) => lanes.shiftEach(ir, width, 'right', s, t),
  SRAR: (ir, width, s, t) => lanes.add(ir, width, lanes.shiftEach(ir, width, 'signed right', s, t), last(ir, width, s, t)),
  SRLR: (ir, width, s, t) => lanes.add(ir, width, lanes.shiftEach(ir, width, 'right', s, t), last(ir, width, s, t)),
  BCLR: (ir, width, s, t) => lanes.andNot(ir, s, oneAt(ir, width, t)),
  BSET: (ir, width, s, t) => lanes.or(ir, s, oneAt(ir, width, t)),
  BNEG: (ir, width, s, t) => lanes.xor(ir, s, oneAt(ir, width, t)),
  // The t + 1 most or least significant bits of s
  BINSL: (ir, width, s, t, d) => lanes.bitSelect(ir, lanes.shiftEach(ir, width, 'left', ones(ir), lanes.not(ir, t)), s, d()),
  BINSR: (ir, width, s, t, d) => lanes.bitSelect(ir, lanes.shiftEach(ir, width, 'right', ones(ir), lanes.not(ir, t)), s, d()),
  ADDV: lanes.add,
  SUBV: lanes.subtract,
  MAX_A: byMagnitude(true),
  MIN_A: byMagnitude(false),
  CEQ: lanes.equal,
  ADD_A: (ir, width, s, t) => lanes.add(ir, width, lanes.absolute(ir, width, s), lanes.absolute(ir, width, t)),
  ADDS_A: (ir, width, s, t) => lanes.saturatingAdd(ir, width, true, limitedAbsolute(ir, width, s), limitedAbsolute(ir, width, t)).value,
  SUBSUS_U: subtractSigned,
  SUBSUU_S: (ir, width, s, t) => lanes.saturatingSubtract(ir, width, true, flipped(ir, width, s), flipped(ir, width, t)).value,
  MULV: lanes.multiply,
  MADDV: (ir, width, s, t, d) => lanes.add(ir, width, d(), lanes.multiply(ir, width, s, t)),
  MSUBV: (ir, width, s, t, d) => lanes.subtract(ir, width, d(), lanes.multiply(ir, width, s, t)),
};

/** OP.df wd, ws, wt by mnemonic. Throws if there is none of that name. */
export function lanewise(mnemonic: string): ThreeOperands {
  const both = BOTH[mnemonic.slice(0, -2)];
  const signed = mnemonic.endsWith('_S');
  if (both !== undefined && /_[SU]$/.test(mnemonic)) return (ir, width, s, t, d) => both(ir, width, signed, s, t, d);
  const operation = SIGNLESS[mnemonic];
  if (operation === undefined) throw new RangeError(`no MSA operation ${mnemonic}`);
  return operation;
}

/** OP.df wd, ws, imm5: the operation with the constant in every lane of wt. */
export function withImmediate(operation: ThreeOperands, signedImmediate: boolean) {
  return (cx: LiftContext, { f, d, s, i }: TwoVectors & { readonly i: number }): void | false => {
    if (!available(cx)) return false;
    const constant = splat(cx.ir, 8 << f, BigInt(signedImmediate ? (i << 27) >> 27 : i));
    cx.setVector(
      d,
      operation(cx.ir, 8 << f, cx.vector(s), constant, () => cx.vector(d)),
    );
  };
}

/** Width of the lanes and the number in a df/m field, or undefined if it is reserved. */
export function bitField(m: number): { readonly width: number; readonly n: number } | undefined {
  if ((m & 0x40) === 0) return { width: 64, n: m & 63 };
  if ((m & 0x20) === 0) return { width: 32, n: m & 31 };
  if ((m & 0x10) === 0) return { width: 16, n: m & 15 };
  return (m & 8) === 0 ? { width: 8, n: m & 7 } : undefined;
}

type WithAmount = (ir: Builder, width: number, n: number, s: V128, d: () => V128) => V128;

function saturate(signed: boolean): WithAmount {
  return (ir, width, n, s) => {
    const upper = splat(ir, width, (1n << BigInt(signed ? n : n + 1)) - 1n);
    const limited = lanes.minimum(ir, width, signed, s, upper);
    return signed ? lanes.maximum(ir, width, true, limited, splat(ir, width, least(n + 1))) : limited;
  };
}

const rounding =
  (signed: boolean): WithAmount =>
  (ir, width, n, s) =>
    n === 0 ? s : lanes.roundingShiftRight(ir, width, signed, s, n);

/** OP.df wd, ws, m */
export const BIT_IMMEDIATE = {
  SLLI: (ir, width, n, s) => lanes.shiftLeft(ir, width, s, n),
  SRAI: (ir, width, n, s) => lanes.shiftRight(ir, width, true, s, n),
  SRLI: (ir, width, n, s) => lanes.shiftRight(ir, width, false, s, n),
  BCLRI: (ir, width, n, s) => lanes.andNot(ir, s, splat(ir, width, 1n << BigInt(n))),
  BSETI: (ir, width, n, s) => lanes.or(ir, s, splat(ir, width, 1n << BigInt(n))),
  BNEGI: (ir, width, n, s) => lanes.xor(ir, s, splat(ir, width, 1n << BigInt(n))),
  BINSLI: (ir, width, n, s, d) => lanes.bitSelect(ir, splat(ir, width, -1n << BigInt(width - 1 - n)), s, d()),
  BINSRI: (ir, width, n, s, d) => lanes.bitSelect(ir, splat(ir, width, (2n << BigInt(n)) - 1n), s, d()),
  SAT_S: saturate(true),
  SAT_U: saturate(false),
  SRARI: rounding(true),
  SRLRI: rounding(false),
} as const satisfies Record<string, WithAmount>;

export function bitImmediate(operation: WithAmount) {
  return (cx: LiftContext, { d, s, m }: { d: number; s: number; m: number }): void | false => {
    const field = bitField(m);
    if (field === undefined || !available(cx)) return false;
    cx.setVector(
      d,
      operation(cx.ir, field.width, field.n, cx.vector(s), () => cx.vector(d)),
    );
  };
}

export function populationCount(ir: Builder, width: number, s: V128): V128 {
  let count = ir.vector1(s, vop('i8x16.popcnt'));
  for (let w = 8; w < width; w *= 2) count = lanes.pairwiseWidenedSum(ir, w, false, count);
  return count;
}

export const leadingOnes = (ir: Builder, width: number, s: V128): V128 => lanes.leadingZeros(ir, width, lanes.not(ir, s));
export const { leadingZeros } = lanes;

// Products of fractions: Q15 and Q31

/** Both halves of a vector, twice as wide, through `f`, and limited to the width again. */
function inDoubleWidth(ir: Builder, width: number, f: (half: 'low' | 'high') => V128): V128 {
  if (width === 16) return ir.vector2(f('low'), f('high'), vop('i16x8.narrow_i32x4_s'));
  const limited = (x: V128): V128 => lanes.saturatingLimit(ir, 32, true, true, x).value;
  return lanes.lowHalves(ir, 32, limited(f('low')), limited(f('high')));
}

/** MUL_Q, MULR_Q, MADD_Q and the like wd, ws, wt: the product may be added to or subtracted from wd before it is limited. */
export function fractionProduct(accumulate: 'add' | 'subtract' | undefined, rounds: boolean): ThreeOperands {
  return (ir, width, s, t, d) => {
    const wide = 2 * width;
    return inDoubleWidth(ir, width, (half) => {
      let value = lanes.widenedProduct(ir, width, true, half, s, t);
      if (accumulate !== undefined) {
        const old = lanes.shiftLeft(ir, wide, lanes.widen(ir, width, true, half, d()), width - 1);
        value = lanes[accumulate](ir, wide, old, value);
      }
      if (rounds) value = lanes.add(ir, wide, value, splat(ir, wide, 1n << BigInt(width - 2)));
      return lanes.shiftRight(ir, wide, true, value, width - 1);
    });
  };
}
