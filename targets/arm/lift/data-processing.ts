/** Data-processing instructions (Arm ARM DDI 0406C, sections A4.4.1 and A8.8). */
import type { I32 } from '../../../translate/ir/types';
import { decodeImmShift, LR, PC, SHIFT_NAMES, type LiftContext, type ShiftedOperand } from '../lift-context';

export type DataProcessingOp =
  'AND' | 'EOR' | 'SUB' | 'RSB' | 'ADD' | 'ADC' | 'SBC' | 'RSC' | 'TST' | 'TEQ' | 'CMP' | 'CMN' | 'ORR' | 'MOV' | 'BIC' | 'MVN' | 'ORN';

/** ARMExpandImm_C() of a 12-bit modified immediate (section A5.2.4). */
export function armImmediate(cx: LiftContext, imm12: number): ShiftedOperand {
  const rotation = (imm12 >> 8) * 2;
  const value = armExpandImm(imm12);
  return cx.immediate(value, rotation === 0 ? undefined : value < 0);
}

/** ARMExpandImm() as a signed word. */
export function armExpandImm(imm12: number): number {
  const byte = imm12 & 0xff;
  const rotation = (imm12 >> 8) * 2;
  return rotation === 0 ? byte : (byte >>> rotation) | (byte << (32 - rotation));
}

/** ThumbExpandImm() as a signed word (section A6.3.2). */
export function thumbExpandImm(imm12: number): number {
  const byte = imm12 & 0xff;
  if (imm12 >> 10 === 0) {
    return Math.imul(byte, [1, 0x00010001, 0x01000100, 0x01010101][imm12 >> 8]!);
  }
  const unrotated = 0x80 | (imm12 & 0x7f);
  const rotation = imm12 >> 7;
  return (unrotated >>> rotation) | (unrotated << (32 - rotation));
}

/** ThumbExpandImm_C(). */
export function thumbImmediate(cx: LiftContext, imm12: number): ShiftedOperand {
  const value = thumbExpandImm(imm12);
  return cx.immediate(value, imm12 >> 10 === 0 ? undefined : value < 0);
}

/** Rm shifted by a constant: shift type `y` and 5-bit amount `v` as encoded. */
export function shiftedRegister(cx: LiftContext, { m, y, v }: { m: number; y: number; v: number }): ShiftedOperand {
  const { type, amount } = decodeImmShift(y, v);
  return cx.shift(cx.reg(m), type, amount);
}

/** Rm shifted by the low byte of register `r`: shift type `y` as encoded. */
export function registerShiftedRegister(cx: LiftContext, { m, y, r }: { m: number; y: number; r: number }): ShiftedOperand {
  return cx.shiftByRegister(cx.reg(m), SHIFT_NAMES[y]!, cx.reg(r));
}

/** Operands of a data-processing instruction; TST, TEQ, CMP and CMN have no d, MOV and MVN no n. */
export interface DataProcessingOperands {
  readonly d?: number;
  readonly n?: number;
  /** Set the flags. */
  readonly s: boolean;
  /** MOV PC, LR returns. */
  readonly hint?: 'jump' | 'return';
}

// <op>{S}<c> <Rd>, <Rn>, <operand>
export function dataProcessing(cx: LiftContext, op: DataProcessingOp, o: DataProcessingOperands, operand: ShiftedOperand): void | false {
  const { d = 0, n = 0, s } = o;
  // SUBS PC and MOVS PC return from an exception, which is UNPREDICTABLE in User mode; qemu-arm
  // raises SIGILL for these two and lets the other ops set the flags and branch.
  if (d === PC && s && (op === 'SUB' || op === 'MOV')) return false;
  const result = compute(cx, op, n, s, operand);
  if (isComparison(op)) return;
  if (d === PC) cx.aluWritePC(result, o.hint);
  else cx.setReg(d, result);
}

/** True for the ops that only set the flags. */
export function isComparison(op: DataProcessingOp): boolean {
  return op === 'TST' || op === 'TEQ' || op === 'CMP' || op === 'CMN';
}

/** The result, with the flags set if `s`. */
function compute(cx: LiftContext, op: DataProcessingOp, n: number, s: boolean, operand: ShiftedOperand): I32 {
  const { ir } = cx;
  const y = operand.value;
  switch (op) {
    case 'AND':
    case 'TST':
      return logical(cx, ir.and32(cx.reg(n), y), s, operand);
    case 'EOR':
    case 'TEQ':
      return logical(cx, ir.xor32(cx.reg(n), y), s, operand);
    case 'ORR':
      return logical(cx, ir.or32(cx.reg(n), y), s, operand);
    case 'ORN':
      return logical(cx, ir.or32(cx.reg(n), cx.not(y)), s, operand);
    case 'BIC':
      return logical(cx, ir.and32(cx.reg(n), cx.not(y)), s, operand);
    case 'MOV':
      return logical(cx, y, s, operand);
    case 'MVN':
      return logical(cx, cx.not(y), s, operand);
    case 'SUB':
    case 'CMP':
      return cx.sub(cx.reg(n), y, s);
    case 'RSB':
      return cx.sub(y, cx.reg(n), s);
    case 'ADD':
    case 'CMN':
      return cx.add(cx.reg(n), y, s);
    case 'ADC':
      return cx.addWithCarry(cx.reg(n), y, s);
    case 'SBC':
      return cx.addWithCarry(cx.reg(n), cx.not(y), s);
    case 'RSC':
      return cx.addWithCarry(y, cx.not(cx.reg(n)), s);
  }
}

/** N and Z from the result, C from the shifter, V unchanged. */
function logical(cx: LiftContext, result: I32, s: boolean, operand: ShiftedOperand): I32 {
  if (s) {
    // The carry is computed first: RRX and register shifts by 0 read the old C flag.
    const { carry } = operand;
    cx.setNZ(result);
    cx.setFlag('c', carry);
  }
  return result;
}

/** `return` if MOV d, m is the idiom MOV PC, LR. */
export function movHint(m: number): 'jump' | 'return' {
  return m === LR ? 'return' : 'jump';
}

// MOVW<c> <Rd>, #<imm16>
export function movw(cx: LiftContext, { d }: { d: number }, imm16: number): void {
  cx.setRegOrBranch(d, cx.ir.const32(imm16));
}

// MOVT<c> <Rd>, #<imm16>
export function movt(cx: LiftContext, { d }: { d: number }, imm16: number): void {
  const { ir } = cx;
  cx.setRegOrBranch(d, ir.or32(ir.and32(cx.reg(d), ir.const32(0xffff)), ir.const32(imm16 << 16)));
}

// ADR<c> <Rd>, <label>: offset is signed and counts from Align(PC, 4)
export function adr(cx: LiftContext, { d }: { d: number }, offset: number): void {
  cx.setRegOrBranch(d, cx.ir.const32(cx.alignedPc() + offset));
}
