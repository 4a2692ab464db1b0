/**
 * DSP instructions on the bytes ("QB"), halfwords ("PH") and the word ("W") of general registers: addition, subtraction, absolute
 * value, shifts, comparison (MD00374). A register is put into each word of a vector, so that one operation computes all
 * lanes and a test of the whole vector tells whether one of them overflowed.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I1, I32, V128 } from '../../../translate/ir/types';
import { laneOp, vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { carry, conditions, Overflow, raise, setCarry, setConditions } from './dsp-control';

export interface ThreeRegisters {
  readonly d: number;
  readonly s: number;
  readonly t: number;
}

/** Bits of a lane: 8, 16 or 32. */
export type Width = 8 | 16 | 32;

export const packed = (ir: Builder, word: I32): V128 => ir.splat32(word, vop('i32x4.splat'));
export const unpacked = (ir: Builder, v: V128): I32 => ir.extract32(v, vop('i32x4.extract_lane'), 0);
export const any = (ir: Builder, v: V128): I1 => ir.vector_test(v, vop('v128.any_true'));

/** ADDU, ADDQ, SUBU, SUBQ and their saturating forms rd, rs, rt: a lane that overflows raises the flag in any case. */
export function addOrSubtract(operation: 'add' | 'sub', width: Width, signed: boolean, saturating: boolean) {
  const saturated = operation === 'add' ? lanes.saturatingAdd : lanes.saturatingSubtract;
  const wrapped = operation === 'add' ? lanes.add : lanes.subtract;
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const [x, y] = [packed(ir, cx.reg(s)), packed(ir, cx.reg(t))];
    const { value, happened } = saturated(ir, width, signed, x, y);
    cx.setReg(d, unpacked(ir, saturating ? value : wrapped(ir, width, x, y)));
    raise(cx, Overflow.add, any(ir, happened));
  };
}

type Halving = (ir: Builder, width: number, signed: boolean, x: V128, y: V128) => V128;

/** (x - y + 1) / 2, rounded down: half of y - x, rounded down, negated. */
const roundingHalvingSubtract: Halving = (ir, width, signed, x, y) =>
  lanes.negate(ir, width, lanes.halvingSubtract(ir, width, signed, y, x));

const HALVING: Readonly<Record<string, Halving>> = {
  add: lanes.halvingAdd,
  'add rounding': lanes.roundingHalvingAdd,
  sub: lanes.halvingSubtract,
  'sub rounding': roundingHalvingSubtract,
};

/** ADDUH, ADDQH, SUBUH, SUBQH rd, rs, rt and their rounding forms. */
export function halving(operation: 'add' | 'sub', width: Width, signed: boolean, rounding: boolean) {
  const compute = HALVING[`${operation}${rounding ? ' rounding' : ''}`]!;
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    cx.setReg(d, unpacked(ir, compute(ir, width, signed, packed(ir, cx.reg(s)), packed(ir, cx.reg(t)))));
  };
}

/** ABSQ_S rd, rt: of the least number the largest. */
export function absolute(width: Width) {
  return (cx: LiftContext, { d, t }: { d: number; t: number }): void => {
    const { ir } = cx;
    const x = packed(ir, cx.reg(t));
    const happened = lanes.equal(ir, width, x, lanes.signBits(ir, width));
    cx.setReg(d, unpacked(ir, lanes.xor(ir, lanes.absolute(ir, width, x), happened)));
    raise(cx, Overflow.add, any(ir, happened));
  };
}

// ADDSC rd, rs, rt
export function addSettingCarry(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const [x, y] = [cx.reg(s), cx.reg(t)];
  cx.setReg(d, ir.add32(x, y));
  setCarry(cx, ir.carry_adc32(x, y, ir.const1(false)));
}

// ADDWC rd, rs, rt
export function addWithCarry(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const [x, y, c] = [cx.reg(s), cx.reg(t), carry(cx)];
  cx.setReg(d, ir.add32(ir.add32(x, y), ir.zext1_32(c)));
  raise(cx, Overflow.add, ir.overflow_adc32(x, y, c));
}

// MODSUB rd, rs, rt: rt holds the last index and, in its low byte, the decrement
export function subtractModulo(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const [x, y] = [cx.reg(s), cx.reg(t)];
  const last = ir.and32(ir.shr_u32(y, ir.const32(8)), ir.const32(0xffff));
  cx.setReg(d, ir.select32(ir.eq32(x, ir.const32(0)), last, ir.sub32(x, ir.and32(y, ir.const32(0xff)))));
}

// RADDU.W.QB rd, rs
export function sumOfBytes(cx: LiftContext, { d, s }: { d: number; s: number }): void {
  const { ir } = cx;
  const x = cx.reg(s);
  const pairs = ir.add32(ir.and32(x, ir.const32(0x00ff00ff)), ir.and32(ir.shr_u32(x, ir.const32(8)), ir.const32(0x00ff00ff)));
  cx.setReg(d, ir.add32(ir.and32(pairs, ir.const32(0xffff)), ir.shr_u32(pairs, ir.const32(16))));
}

// Shifts

interface ShiftFields {
  readonly d: number;
  readonly t: number;
  /** The amount, or the register that has it. */
  readonly s: number;
}

type Shift = (cx: LiftContext, width: Width, x: V128, amount: I32) => V128;

/** Shifts of IR count modulo the width of a lane, as those of the extension do. */
const shift =
  (operation: 'shl' | 'shr_u' | 'shr_s'): Shift =>
  ({ ir }, width, x, amount) =>
    ir.vector_shift(x, amount, laneOp(width, operation));

/** Shifts left; the flag tells of bits that are lost. */
function shiftLeft(signed: boolean, saturating: boolean): Shift {
  return (cx, width, x, amount) => {
    const { ir } = cx;
    const shifted = shift('shl')(cx, width, x, amount);
    const back = shift(signed ? 'shr_s' : 'shr_u')(cx, width, shifted, amount);
    const lost = lanes.not(ir, lanes.equal(ir, width, back, x));
    raise(cx, Overflow.shift, any(ir, lost));
    if (!saturating) return shifted;
    const limit = lanes.xor(ir, lanes.negative(ir, width, x), lanes.not(ir, lanes.signBits(ir, width)));
    return lanes.bitSelect(ir, lost, limit, shifted);
  };
}

/** Arithmetic shift right that adds the last bit to fall off; there is none when the amount is 0. */
const shiftRightRounding: Shift = (cx, width, x, amount) => {
  const { ir } = cx;
  const masked = ir.and32(amount, ir.const32(width - 1));
  const one = ir.zext1_32(ir.ne32(masked, ir.const32(0)));
  const last = shift('shr_u')(cx, width, x, ir.sub32(masked, ir.const32(1)));
  return lanes.add(ir, width, shift('shr_s')(cx, width, x, masked), lanes.and(ir, last, lanes.fill(ir, width, one)));
};

/** By what follows SH in the mnemonic, without the V of the forms with a register. */
export const SHIFTS = {
  LL: shiftLeft(true, false),
  LL_S: shiftLeft(true, true),
  LLU: shiftLeft(false, false),
  RL: shift('shr_u'),
  RA: shift('shr_s'),
  RA_R: shiftRightRounding,
} as const satisfies Record<string, Shift>;

/** SHLL and the like rd, rt, sa */
export function shiftImmediate(how: Shift, width: Width) {
  return (cx: LiftContext, { d, t, s }: ShiftFields): void =>
    cx.setReg(d, unpacked(cx.ir, how(cx, width, packed(cx.ir, cx.reg(t)), cx.const(s))));
}

/** SHLLV and the like rd, rt, rs */
export function shiftVariable(how: Shift, width: Width) {
  return (cx: LiftContext, { d, t, s }: ShiftFields): void =>
    cx.setReg(d, unpacked(cx.ir, how(cx, width, packed(cx.ir, cx.reg(t)), cx.reg(s))));
}

// Comparison

export type Comparison = 'eq' | 'lt' | 'le';

/** A bit for each lane. */
function compared(cx: LiftContext, how: Comparison, width: 8 | 16, signed: boolean, s: number, t: number): I32 {
  const { ir } = cx;
  const [x, y] = [packed(ir, cx.reg(s)), packed(ir, cx.reg(t))];
  const mask =
    how === 'eq'
      ? lanes.equal(ir, width, x, y)
      : how === 'lt'
        ? lanes.greater(ir, width, signed, y, x)
        : lanes.atLeast(ir, width, signed, y, x);
  return ir.and32(ir.vector_mask(mask, laneOp(width, 'bitmask')), ir.const32((1 << (32 / width)) - 1));
}

/**
 * CMPU.cond.QB, CMP.cond.PH rs, rt; CMPGU, CMPGDU rd, rs, rt
 * @param to where the bits go: the condition codes, rd, or both
 */
export function compare(how: Comparison, width: 8 | 16, to: 'conditions' | 'register' | 'both') {
  return (cx: LiftContext, { d = 0, s, t }: { d?: number; s: number; t: number }): void => {
    const bits = compared(cx, how, width, width === 16, s, t);
    if (to !== 'conditions') cx.setReg(d, bits);
    if (to !== 'register') setConditions(cx, 32 / width, bits);
  };
}

/** PICK.QB, PICK.PH rd, rs, rt: lanes of rs where the condition code is 1, else of rt. */
export function pick(width: 8 | 16) {
  // The product has code i at bit i * width; no two terms meet in a bit that is looked at
  const [spread, ones] = width === 8 ? [0x00204081, 0x01010101] : [0x8001, 0x00010001];
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const places = ir.and32(ir.mul32(conditions(cx), ir.const32(spread)), ir.const32(ones));
    const mask = ir.mul32(places, ir.const32((1 << width) - 1));
    const y = cx.reg(t);
    cx.setReg(d, ir.xor32(y, ir.and32(ir.xor32(cx.reg(s), y), mask)));
  };
}
