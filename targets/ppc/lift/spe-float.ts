/**
 * The e500's floating point in general registers (SPE PEM, chapters 4 and 5): a single in the lower word, singles in both, or a double.
 *
 * Results are those of IEEE 754, rounded to nearest: the processor leaves infinities, NaNs and denormals to Linux, which computes
 * with them (arch/powerpc/math-emu/math_efp.c). As in qemu-ppc, SPEFSCR tells no floating-point exceptions.
 */
import type { Builder } from '../../../translate/ir/builder';
import { exactOperation, exactValue } from '../../../translate/ir/exact-operation';
import { FpKind, fpControl, integerFormat, NAN_BY_ORDER } from '../../../translate/ir/fp-control';
import { Rounding } from '../../../translate/ir/rounding';
import type { F32, F64, I1, I32, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext, RegisterHalf } from '../lift-context';
import { HALVES, setTested, type Comparison, type ThreeRegisters } from './spe-integer';

/** The words that an instruction on singles works on. */
export type Words = readonly RegisterHalf[];
export const SCALAR: Words = ['lower'];
export const VECTOR: Words = HALVES;

const SIGN = 0x80000000 | 0;

// Arithmetic

const KINDS = { add: FpKind.Add, sub: FpKind.Subtract, mul: FpKind.Multiply, div: FpKind.Divide } as const;
export type Operation = keyof typeof KINDS;

const SINGLE: Readonly<Record<Operation, (ir: Builder, x: F32, y: F32) => F32>> = {
  add: (ir, x, y) => ir.addf32(x, y),
  sub: (ir, x, y) => ir.subf32(x, y),
  mul: (ir, x, y) => ir.mulf32(x, y),
  div: (ir, x, y) => ir.divf32(x, y),
};
const DOUBLE: Readonly<Record<Operation, (ir: Builder, x: F64, y: F64) => F64>> = {
  add: (ir, x, y) => ir.addf64(x, y),
  sub: (ir, x, y) => ir.subf64(x, y),
  mul: (ir, x, y) => ir.mulf64(x, y),
  div: (ir, x, y) => ir.divf64(x, y),
};

/** EFSADD, EVFSADD and the like rD, rA, rB */
export function single(operation: Operation, words: Words) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void => {
    const { ir } = cx;
    for (const half of words) {
      const [x, y] = [cx.half(a, half), cx.half(b, half)];
      const result = SINGLE[operation](ir, ir.f32_of_bits(x), ir.f32_of_bits(y));
      cx.setHalf(d, half, ir.bits_of_f32(result));
      ir.beginIf(ir.not1(ir.eqf32(result, result)));
      cx.setHalf(d, half, ir.call2(x, y, helperIndex('spe_nan')));
      ir.endIf();
    }
  };
}

const doubleOf = (cx: LiftContext, n: number): F64 => cx.ir.f64_of_bits(cx.pair(n));

/** EFDADD and the like rD, rA, rB */
export function double(operation: Operation) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void => {
    const { ir } = cx;
    const [x, y] = [cx.pair(a), cx.pair(b)];
    const result = DOUBLE[operation](ir, ir.f64_of_bits(x), ir.f64_of_bits(y));
    cx.setPair(d, ir.bits_of_f64(result));
    ir.beginIf(ir.not1(ir.eqf64(result, result)));
    const control = ir.const32(fpControl(KINDS[operation], true) | NAN_BY_ORDER | Rounding.Nearest);
    cx.setPair(d, exactValue(ir, exactOperation(ir, [x, y], control)));
    ir.endIf();
  };
}

/** Changes of the sign. */
export const SIGNS = {
  abs: (ir, word) => ir.and32(word, ir.const32(~SIGN)),
  nabs: (ir, word) => ir.or32(word, ir.const32(SIGN)),
  neg: (ir, word) => ir.xor32(word, ir.const32(SIGN)),
} satisfies Record<string, (ir: Builder, word: I32) => I32>;

/** EFSABS, EVFSABS and the like rD, rA */
export function signOfSingle(change: (ir: Builder, word: I32) => I32, words: Words) {
  return (cx: LiftContext, { d, a }: { d: number; a: number }): void => {
    for (const half of words) cx.setHalf(d, half, change(cx.ir, cx.half(a, half)));
  };
}

/** EFDABS and the like rD, rA */
export function signOfDouble(change: (ir: Builder, word: I32) => I32) {
  return (cx: LiftContext, { d, a }: { d: number; a: number }): void => {
    const lower = cx.half(a, 'lower');
    cx.setHalf(d, 'upper', change(cx.ir, cx.half(a, 'upper')));
    cx.setHalf(d, 'lower', lower);
  };
}

// Conversions

interface TwoRegisters {
  readonly d: number;
  readonly b: number;
}

/** High words of 2^-31, 2^-32, 2^31 and 2^32 as doubles: how far the point of a fraction is from that of an integer. */
const FRACTION = { signed: { from: 0x3e000000, to: 0x41e00000 }, unsigned: { from: 0x3df00000, to: 0x41f00000 } } as const;

export interface Format {
  readonly signed: boolean;
  readonly fraction: boolean;
}

const scale = ({ signed }: Format): (typeof FRACTION)['signed' | 'unsigned'] => FRACTION[signed ? 'signed' : 'unsigned'];

/** An integer or a fraction, exactly. */
function fromWord(ir: Builder, format: Format, word: I32): F64 {
  const value = format.signed ? ir.cvt_s32_f64(word) : ir.cvt_u32_f64(word);
  return format.fraction ? ir.mulf64(value, ir.constf64(0, scale(format).from)) : value;
}

/** Rounded to nearest, or towards zero; limited; 0 for NaNs. */
function toWord(ir: Builder, format: Format, towardsZero: boolean, x: F64): I32 {
  const scaled = format.fraction ? ir.mulf64(x, ir.constf64(0, scale(format).to)) : x;
  const rounded = towardsZero ? scaled : ir.nearestf64(scaled);
  return format.signed ? ir.trunc_f64_s32(rounded) : ir.trunc_f64_u32(rounded);
}

/** EFSCFSI, EVFSCFSI and the like rD, rB */
export function singleFrom(format: Format, words: Words) {
  return (cx: LiftContext, { d, b }: TwoRegisters): void => {
    const { ir } = cx;
    for (const half of words) cx.setHalf(d, half, ir.bits_of_f32(ir.demote(fromWord(ir, format, cx.half(b, half)))));
  };
}

/** EFSCTSI, EVFSCTSI and the like rD, rB */
export function singleTo(format: Format, towardsZero: boolean, words: Words) {
  return (cx: LiftContext, { d, b }: TwoRegisters): void => {
    const { ir } = cx;
    for (const half of words) cx.setHalf(d, half, toWord(ir, format, towardsZero, ir.promote(ir.f32_of_bits(cx.half(b, half)))));
  };
}

/** EFDCFSI and the like rD, rB */
export function doubleFrom(format: Format) {
  return (cx: LiftContext, { d, b }: TwoRegisters): void => cx.setPair(d, cx.ir.bits_of_f64(fromWord(cx.ir, format, cx.reg(b))));
}

/** EFDCTSI and the like rD, rB */
export function doubleTo(format: Format, towardsZero: boolean) {
  return (cx: LiftContext, { d, b }: TwoRegisters): void => cx.setReg(d, toWord(cx.ir, format, towardsZero, doubleOf(cx, b)));
}

/** EFDCFSID, EFDCTSIDZ and the like rD, rB: integers of 64 bits. */
export function doubleAndLong(kind: FpKind.FromInteger | FpKind.ToInteger, signed: boolean) {
  return (cx: LiftContext, { d, b }: TwoRegisters): void => {
    const { ir } = cx;
    const rounding = kind === FpKind.ToInteger ? Rounding.Zero : Rounding.Nearest;
    const operation = exactOperation(
      ir,
      [cx.pair(b), ir.const64(integerFormat(64, signed), 0)],
      ir.const32(fpControl(kind, true) | rounding),
    );
    cx.setPair(d, exactValue(ir, operation));
  };
}

// EFSCFD rD, rB
export function singleFromDouble(cx: LiftContext, { d, b }: TwoRegisters): void {
  const { ir } = cx;
  const [lower, upper] = [cx.half(b, 'lower'), cx.half(b, 'upper')];
  const x = doubleOf(cx, b);
  cx.setReg(d, ir.bits_of_f32(ir.demote(x)));
  ir.beginIf(ir.not1(ir.eqf64(x, x)));
  cx.setReg(d, ir.call2(lower, upper, helperIndex('spe_narrow_nan')));
  ir.endIf();
}

const QUIET_NAN_HIGH = 0x7ff80000;

// EFDCFS rD, rB
export function doubleFromSingle(cx: LiftContext, { d, b }: TwoRegisters): void {
  const { ir } = cx;
  const bits = cx.reg(b);
  const x = ir.f32_of_bits(bits);
  cx.setPair(d, ir.bits_of_f64(ir.promote(x)));
  ir.beginIf(ir.not1(ir.eqf32(x, x)));
  const fraction = ir.and32(ir.shr_u32(bits, ir.const32(3)), ir.const32(0x000fffff));
  cx.setHalf(d, 'upper', ir.or32(ir.or32(ir.and32(bits, ir.const32(SIGN)), ir.const32(QUIET_NAN_HIGH)), fraction));
  cx.setHalf(d, 'lower', ir.shl32(bits, ir.const32(29)));
  ir.endIf();
}

// Comparisons

export type Relation = 'gt' | 'lt' | 'eq';

/** A single as a number that orders as it does: zeros are equal, and NaNs and infinities are beyond all numbers. */
function rank32(ir: Builder, bits: I32): I32 {
  const sign = ir.shr_s32(bits, ir.const32(31));
  return ir.sub32(ir.xor32(ir.and32(bits, ir.const32(~SIGN)), sign), sign);
}

function rank64(ir: Builder, bits: I64): I64 {
  const sign = ir.shr_s64(bits, ir.const32(63));
  return ir.sub64(ir.xor64(ir.and64(bits, ir.const64(-1, ~SIGN)), sign), sign);
}

const RANK32: Readonly<Record<Relation, (ir: Builder, x: I32, y: I32) => I1>> = {
  gt: (ir, x, y) => ir.lt_s32(y, x),
  lt: (ir, x, y) => ir.lt_s32(x, y),
  eq: (ir, x, y) => ir.eq32(x, y),
};
const RANK64: Readonly<Record<Relation, (ir: Builder, x: I64, y: I64) => I1>> = {
  gt: (ir, x, y) => ir.lt_s64(y, x),
  lt: (ir, x, y) => ir.lt_s64(x, y),
  eq: (ir, x, y) => ir.eq64(x, y),
};
const COMPARE32: Readonly<Record<Relation, (ir: Builder, x: F32, y: F32) => I1>> = {
  gt: (ir, x, y) => ir.ltf32(y, x),
  lt: (ir, x, y) => ir.ltf32(x, y),
  eq: (ir, x, y) => ir.eqf32(x, y),
};
const COMPARE64: Readonly<Record<Relation, (ir: Builder, x: F64, y: F64) => I1>> = {
  gt: (ir, x, y) => ir.ltf64(y, x),
  lt: (ir, x, y) => ir.ltf64(x, y),
  eq: (ir, x, y) => ir.eqf64(x, y),
};

/** Sets the bit GT of a field; the others, which are undefined, are cleared as in qemu-ppc. */
function setOne(cx: LiftContext, field: number, holds: I1): void {
  const no = cx.ir.const1(false);
  cx.setCrField(field, no, holds, no, no);
}

function testSingle(cx: LiftContext, relation: Relation, asNumbers: boolean, x: I32, y: I32): I1 {
  const { ir } = cx;
  if (asNumbers) return COMPARE32[relation](ir, ir.f32_of_bits(x), ir.f32_of_bits(y));
  return RANK32[relation](ir, rank32(ir, x), rank32(ir, y));
}

/**
 * EFSCMP, EFSTST, EVFSCMP, EVFSTST crfD, rA, rB.
 * @param asNumbers as Linux compares: nothing holds for NaNs. Else as the processor does, to which NaNs are large numbers
 */
export function compareSingles(relation: Relation, asNumbers: boolean, words: Words) {
  return (cx: LiftContext, { f, a, b }: Comparison): void => {
    const [first, second] = words.map((half) => testSingle(cx, relation, asNumbers, cx.half(a, half), cx.half(b, half)));
    if (second === undefined) setOne(cx, f, first!);
    else setTested(cx, f, first!, second);
  };
}

/** EFDCMP, EFDTST crfD, rA, rB */
export function compareDoubles(relation: Relation, asNumbers: boolean) {
  return (cx: LiftContext, { f, a, b }: Comparison): void => {
    const { ir } = cx;
    const [x, y] = [cx.pair(a), cx.pair(b)];
    if (asNumbers) setOne(cx, f, COMPARE64[relation](ir, ir.f64_of_bits(x), ir.f64_of_bits(y)));
    else setOne(cx, f, RANK64[relation](ir, rank64(ir, x), rank64(ir, y)));
  };
}
