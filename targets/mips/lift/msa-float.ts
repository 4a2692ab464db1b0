/**
 * MSA floating point (MD00866) until a program accesses MSACSR: singles or doubles in all lanes, NaNs as in IEEE 754-2008, rounded to
 * nearest.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { available, splat, type ThreeVectors, type TwoVectors } from './msa-registers';

const floatOp = (width: number, name: string): number => vop(`${width === 32 ? 'f32x4' : 'f64x2'}.${name}`);
export const unaryFloat = (ir: Builder, width: number, name: string, x: V128): V128 => ir.vector1(x, floatOp(width, name));
export const binaryFloat = (ir: Builder, width: number, name: string, x: V128, y: V128): V128 => ir.vector2(x, y, floatOp(width, name));

const FRACTION_BITS: Readonly<Record<number, number>> = { 32: 23, 64: 52 };
const quietBit = (width: number): bigint => 1n << BigInt(FRACTION_BITS[width]! - 1);
const exponentOnes = (width: number): bigint => ((1n << BigInt(width - 1)) - 1n) & ~(2n * quietBit(width) - 1n);
const defaultNan = (width: number): bigint => exponentOnes(width) | quietBit(width);
/** 1.0 in every lane. */
const one = (ir: Builder, width: number): V128 => splat(ir, width, width === 32 ? 0x3f800000n : 0x3ff0000000000000n);

const isNan = (ir: Builder, width: number, x: V128): V128 => binaryFloat(ir, width, 'ne', x, x);
/** All ones or zeros by the top bit of the fraction, whatever x is. */
const isQuiet = (ir: Builder, width: number, x: V128): V128 =>
  lanes.negative(ir, width, lanes.shiftLeft(ir, width, x, width - FRACTION_BITS[width]!));

/** The NaN that an operation on these returns: the first that signals, else the first; the default one if there is none. */
function nanOf(ir: Builder, width: number, operands: readonly V128[]): V128 {
  const nans = operands.map((x) => isNan(ir, width, x));
  let r = splat(ir, width, defaultNan(width));
  for (let i = operands.length - 1; i >= 0; i--) r = lanes.bitSelect(ir, nans[i]!, operands[i]!, r);
  for (let i = operands.length - 1; i >= 0; i--) {
    const signals = lanes.andNot(ir, nans[i]!, isQuiet(ir, width, operands[i]!));
    r = lanes.bitSelect(ir, signals, operands[i]!, r);
  }
  return lanes.or(ir, r, splat(ir, width, quietBit(width)));
}

/** Writes a result; in lanes where the host has made some NaN, the one of `operands` that MIPS returns. */
function setArithmetic(cx: LiftContext, width: number, d: number, result: V128, operands: readonly V128[]): void {
  const { ir } = cx;
  const nan = isNan(ir, width, result);
  cx.setVector(d, result);
  ir.beginIf(ir.vector_test(nan, vop('v128.any_true')));
  cx.setVector(d, lanes.bitSelect(ir, nan, nanOf(ir, width, operands), result));
  ir.endIf();
}

type Binary = (ir: Builder, width: number, s: V128, t: V128) => V128;

/** f is 0 for singles and 1 for doubles. */
const widthOf = (f: number): number => 32 << f;

/** FADD and the like wd, ws, wt */
export function arithmetic(compute: Binary) {
  return (cx: LiftContext, { f, d, s, t }: ThreeVectors): void | false => {
    if (!available(cx)) return false;
    const [x, y] = [cx.vector(s), cx.vector(t)];
    setArithmetic(cx, widthOf(f), d, compute(cx.ir, widthOf(f), x, y), [x, y]);
  };
}

const named =
  (name: string): Binary =>
  (ir, width, s, t) =>
    binaryFloat(ir, width, name, s, t);

/** The other operand where one is a quiet NaN. */
function preferNumbers(ir: Builder, width: number, s: V128, t: V128): readonly [s: V128, t: V128] {
  const [sNan, tNan] = [isNan(ir, width, s), isNan(ir, width, t)];
  const replaced = (x: V128, xNan: V128, y: V128, yNan: V128): V128 =>
    lanes.bitSelect(ir, lanes.andNot(ir, lanes.and(ir, xNan, isQuiet(ir, width, x)), yNan), y, x);
  return [replaced(s, sNan, t, tNan), replaced(t, tNan, s, sNan)];
}

const extremum =
  (name: 'min' | 'max'): Binary =>
  (ir, width, s, t) =>
    binaryFloat(ir, width, name, ...preferNumbers(ir, width, s, t));

/** FMIN_A, FMAX_A: by magnitude; of equal magnitudes by sign. */
const magnitudeExtremum =
  (name: 'min' | 'max'): Binary =>
  (ir, width, s, t) => {
    const [x, y] = preferNumbers(ir, width, s, t);
    const [xSize, ySize] = [unaryFloat(ir, width, 'abs', x), unaryFloat(ir, width, 'abs', y)];
    const wanted = binaryFloat(ir, width, name, xSize, ySize);
    const signed = binaryFloat(ir, width, name, x, y);
    const opposite = binaryFloat(ir, width, name === 'min' ? 'max' : 'min', x, y);
    const right = lanes.equal(ir, width, wanted, unaryFloat(ir, width, 'abs', signed));
    return lanes.bitSelect(ir, lanes.or(ir, lanes.equal(ir, width, xSize, ySize), right), signed, opposite);
  };

export const ARITHMETIC = {
  FADD: named('add'),
  FSUB: named('sub'),
  FMUL: named('mul'),
  FDIV: named('div'),
  FMIN: extremum('min'),
  FMIN_A: magnitudeExtremum('min'),
  FMAX: extremum('max'),
  FMAX_A: magnitudeExtremum('max'),
} as const satisfies Record<string, Binary>;

const UNARY = {
  FSQRT: (ir, width, s) => unaryFloat(ir, width, 'sqrt', s),
  FRSQRT: (ir, width, s) => binaryFloat(ir, width, 'div', one(ir, width), unaryFloat(ir, width, 'sqrt', s)),
  FRCP: (ir, width, s) => binaryFloat(ir, width, 'div', one(ir, width), s),
  FRINT: (ir, width, s) => unaryFloat(ir, width, 'nearest', s),
} as const satisfies Record<string, (ir: Builder, width: number, s: V128) => V128>;

/** FSQRT and the like wd, ws */
export function unaryArithmetic(mnemonic: keyof typeof UNARY) {
  return (cx: LiftContext, { f, d, s }: TwoVectors): void | false => {
    if (!available(cx)) return false;
    const x = cx.vector(s);
    setArithmetic(cx, widthOf(f), d, UNARY[mnemonic](cx.ir, widthOf(f), x), [x]);
  };
}

/** Fused wd + x * y in each lane. */
function fused(ir: Builder, width: number, x: V128, y: V128, z: V128): V128 {
  if (width === 32) return ir.vector3(x, y, z, vop('f32x4.relaxed_madd'));
  const extract = vop('f64x2.extract_lane');
  const lane = (i: number): ReturnType<Builder['fmaf64']> =>
    ir.fmaf64(ir.extractf64(x, extract, i), ir.extractf64(y, extract, i), ir.extractf64(z, extract, i));
  return ir.insertf64(ir.splatf64(lane(0), vop('f64x2.splat')), lane(1), vop('f64x2.replace_lane'), 1);
}

/** FMADD, FMSUB wd, ws, wt. A NaN in wd goes before those of the factors. */
export function multiplyAdd(negative: boolean) {
  return (cx: LiftContext, { f, d, s, t }: ThreeVectors): void | false => {
    if (!available(cx)) return false;
    const { ir } = cx;
    const width = widthOf(f);
    const [x, y, z] = [cx.vector(s), cx.vector(t), cx.vector(d)];
    const factor = negative ? lanes.xor(ir, x, lanes.signBits(ir, width)) : x;
    setArithmetic(cx, width, d, fused(ir, width, factor, y, z), [z, x, y]);
  };
}

const unordered: Binary = (ir, width, s, t) => lanes.or(ir, isNan(ir, width, s), isNan(ir, width, t));
const negation =
  (compare: Binary): Binary =>
  (ir, width, s, t) =>
    lanes.not(ir, compare(ir, width, s, t));

/** By what follows FC and FS in the mnemonic. */
export const COMPARISONS = {
  AF: (ir) => lanes.zero(ir),
  UN: unordered,
  EQ: named('eq'),
  UEQ: (ir, width, s, t) => lanes.or(ir, named('eq')(ir, width, s, t), unordered(ir, width, s, t)),
  LT: named('lt'),
  ULT: negation(named('ge')),
  LE: named('le'),
  ULE: negation(named('gt')),
  OR: negation(unordered),
  UNE: named('ne'),
  NE: (ir, width, s, t) => lanes.andNot(ir, named('ne')(ir, width, s, t), unordered(ir, width, s, t)),
} as const satisfies Record<string, Binary>;

/** FCEQ, FSEQ and the like wd, ws, wt: all ones in lanes where it is true. Those with S signal quiet NaNs. */
export function compare(predicate: Binary) {
  return (cx: LiftContext, { f, d, s, t }: ThreeVectors): void | false => {
    if (!available(cx)) return false;
    cx.setVector(d, predicate(cx.ir, widthOf(f), cx.vector(s), cx.vector(t)));
  };
}

/** FCLASS's bits: signalling and quiet NaN; negative infinity, normal, subnormal and zero; the same positive. */
export function classify(cx: LiftContext, { f, d, s }: TwoVectors): void | false {
  if (!available(cx)) return false;
  const { ir } = cx;
  const width = widthOf(f);
  const x = cx.vector(s);
  const bits = (n: number): V128 => splat(ir, width, BigInt(n));
  const size = unaryFloat(ir, width, 'abs', x);
  const below = (limit: bigint): V128 => lanes.greater(ir, width, true, splat(ir, width, limit), size);
  let r = bits(4);
  r = lanes.bitSelect(ir, below(exponentOnes(width)), bits(8), r);
  r = lanes.bitSelect(ir, below(2n * quietBit(width)), bits(16), r);
  r = lanes.bitSelect(ir, below(1n), bits(32), r);
  r = lanes.bitSelect(ir, lanes.negative(ir, width, x), r, lanes.shiftLeft(ir, width, r, 4));
  const nan = lanes.bitSelect(ir, isQuiet(ir, width, x), bits(2), bits(1));
  cx.setVector(d, lanes.bitSelect(ir, isNan(ir, width, x), nan, r));
}
