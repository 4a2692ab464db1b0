/** Integer arithmetic, logic, rotation and shifts (PEM chapter 4.2.1). */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

export const signed16 = (imm16: number): number => (imm16 << 16) >> 16;

export type BinaryOp = (cx: LiftContext, x: I32, y: I32) => I32;

export const or: BinaryOp = ({ ir }, x, y) => ir.or32(x, y);

// addi rD, rA, SIMM; without rA it loads the immediate
export function addImmediate(cx: LiftContext, { d, a, i }: { d: number; a: number; i: number }): void {
  cx.setReg(d, cx.ir.add32(cx.base(a), cx.const(signed16(i))));
}

/** OP rA, rS, UIMM */
export function logicalImmediate(op: BinaryOp, shift: 0 | 16) {
  return (cx: LiftContext, { s, a, i }: { s: number; a: number; i: number }): void => cx.setReg(a, op(cx, cx.reg(s), cx.const(i << shift)));
}
