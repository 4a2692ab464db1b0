/** SPE on both words of a register: arithmetic, logic, shifts, permutations and comparisons (SPE PEM chapter 5). */
import type { Builder } from '../../../translate/ir/builder';
import type { I1, I32 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext, RegisterHalf } from '../lift-context';

export interface ThreeRegisters {
  readonly d: number;
  readonly a: number;
  readonly b: number;
}

export const HALVES = ['upper', 'lower'] as const satisfies readonly RegisterHalf[];

export type Binary = (ir: Builder, x: I32, y: I32) => I32;
export type Unary = (ir: Builder, x: I32) => I32;
export type Test = (ir: Builder, x: I32, y: I32) => I1;

/** OP rD, rA, rB */
export function binary(compute: Binary) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void => {
    for (const half of HALVES) cx.setHalf(d, half, compute(cx.ir, cx.half(a, half), cx.half(b, half)));
  };
}

/** OP rD, rA */
export function unary(compute: Unary) {
  return (cx: LiftContext, { d, a }: { d: number; a: number }): void => {
    for (const half of HALVES) cx.setHalf(d, half, compute(cx.ir, cx.half(a, half)));
  };
}

/** OP rD, rA, UIMM */
export function shiftByImmediate(compute: Binary) {
  return (cx: LiftContext, { d, a, u }: { d: number; a: number; u: number }): void =>
    unary((ir, x) => compute(ir, x, ir.const32(u)))(cx, { d, a });
}

// EVADDIW rD, rB, UIMM
export function addImmediate(cx: LiftContext, { d, b, u }: { d: number; b: number; u: number }): void {
  unary((ir, x) => ir.add32(x, ir.const32(u)))(cx, { d, a: b });
}

// EVSUBIFW rD, UIMM, rB
export function subtractImmediate(cx: LiftContext, { d, b, u }: { d: number; b: number; u: number }): void {
  addImmediate(cx, { d, b, u: -u });
}

const not = (ir: Builder, x: I32): I32 => ir.xor32(x, ir.const32(-1));

const SIGN = 31;
/** Rounds to the upper halfword. */
const HALF_OF_HALFWORD = 0x8000;
const UPPER_HALFWORD = 0xffff0000 | 0;

const signOf = (ir: Builder, x: I32): I32 => ir.shr_s32(x, ir.const32(SIGN));

export const UNARY = {
  evabs: (ir, x) => ir.sub32(ir.xor32(x, signOf(ir, x)), signOf(ir, x)),
  evneg: (ir, x) => ir.sub32(ir.const32(0), x),
  evextsb: (ir, x) => ir.ext8_s32(x),
  evextsh: (ir, x) => ir.ext16_s32(x),
  evrndw: (ir, x) => ir.and32(ir.add32(x, ir.const32(HALF_OF_HALFWORD)), ir.const32(UPPER_HALFWORD)),
  evcntlzw: (ir, x) => ir.clz32(x),
  evcntlsw: (ir, x) => ir.clz32(ir.xor32(x, signOf(ir, x))),
} satisfies Record<string, Unary>;

/** Amounts have six bits; what is shifted by more than 31 loses all but copies of its sign. */
const BEYOND = 32;
const isBeyond = (ir: Builder, amount: I32): I1 => ir.ne32(ir.and32(amount, ir.const32(BEYOND)), ir.const32(0));
const unlessBeyond = (ir: Builder, amount: I32, shifted: I32): I32 => ir.select32(isBeyond(ir, amount), ir.const32(0), shifted);

export const SHIFTS = {
  left: (ir, x, n) => ir.shl32(x, n),
  unsigned: (ir, x, n) => ir.shr_u32(x, n),
  signed: (ir, x, n) => ir.shr_s32(x, n),
  rotate: (ir, x, n) => ir.rotr32(x, ir.sub32(ir.const32(0), n)),
} satisfies Record<string, Binary>;

export const BINARY = {
  evaddw: (ir, x, y) => ir.add32(x, y),
  evsubfw: (ir, x, y) => ir.sub32(y, x),
  evand: (ir, x, y) => ir.and32(x, y),
  evandc: (ir, x, y) => ir.and32(x, not(ir, y)),
  evxor: (ir, x, y) => ir.xor32(x, y),
  evor: (ir, x, y) => (x === y ? x : ir.or32(x, y)),
  evnor: (ir, x, y) => not(ir, x === y ? x : ir.or32(x, y)),
  eveqv: (ir, x, y) => not(ir, ir.xor32(x, y)),
  evorc: (ir, x, y) => ir.or32(x, not(ir, y)),
  evnand: (ir, x, y) => not(ir, ir.and32(x, y)),
  evsrwu: (ir, x, y) => unlessBeyond(ir, y, ir.shr_u32(x, y)),
  evsrws: (ir, x, y) => ir.select32(isBeyond(ir, y), signOf(ir, x), ir.shr_s32(x, y)),
  evslw: (ir, x, y) => unlessBeyond(ir, y, ir.shl32(x, y)),
  evrlw: SHIFTS.rotate,
} satisfies Record<string, Binary>;

/** EVMERGEHI and the like rD, rA, rB: which halves of rA and rB become the upper and the lower one. */
export function merge(ofA: RegisterHalf, ofB: RegisterHalf) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void => {
    const [x, y] = [cx.half(a, ofA), cx.half(b, ofB)];
    cx.setHalf(d, 'upper', x);
    cx.setHalf(d, 'lower', y);
  };
}

const FRACTION_SHIFT = 27;

/** EVSPLATI, EVSPLATFI rD, SIMM: an integer, or the upper bits of a fraction. */
export function splat(fraction: boolean) {
  return (cx: LiftContext, { d, s }: { d: number; s: number }): void => {
    const value = cx.const(fraction ? s << FRACTION_SHIFT : (s << FRACTION_SHIFT) >> FRACTION_SHIFT);
    for (const half of HALVES) cx.setHalf(d, half, value);
  };
}

export interface Comparison {
  /** Condition field. */
  readonly f: number;
  readonly a: number;
  readonly b: number;
}

/** Sets a condition field from a test of the upper words and one of the lower: which, whether any and whether both hold. */
export function setTested(cx: LiftContext, field: number, upper: I1, lower: I1): void {
  cx.setCrField(field, upper, lower, cx.ir.or1(upper, lower), cx.ir.and1(upper, lower));
}

/** EVCMP crfD, rA, rB */
export function compare(test: Test) {
  return (cx: LiftContext, { f, a, b }: Comparison): void => {
    const [upper, lower] = HALVES.map((half) => test(cx.ir, cx.half(a, half), cx.half(b, half)));
    setTested(cx, f, upper!, lower!);
  };
}

// EVSEL rD, rA, rB, crfS
export function select(cx: LiftContext, { d, a, b, f }: ThreeRegisters & { readonly f: number }): void {
  HALVES.forEach((half, bit) => cx.setHalf(d, half, cx.ir.select32(cx.crBit(4 * f + bit), cx.half(a, half), cx.half(b, half))));
}

// BRINC rD, rA, rB
export function incrementReversed(cx: LiftContext, { d, a, b }: ThreeRegisters): void {
  cx.setReg(d, cx.ir.call2(cx.reg(a), cx.reg(b), helperIndex('brinc')));
}
