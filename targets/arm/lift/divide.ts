/** Divide instructions (Arm ARM DDI 0406C, section A4.4.7): division by zero gives 0, as in qemu-arm and A-profile hardware. */
import type { LiftContext } from '../lift-context';

export interface DivideOperands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}

// SDIV<c> <Rd>, <Rn>, <Rm>
export function sdiv(cx: LiftContext, { d, n, m }: DivideOperands): void {
  cx.setRegOrBranch(d, cx.ir.div_s32(cx.reg(n), cx.reg(m)));
}

// UDIV<c> <Rd>, <Rn>, <Rm>
export function udiv(cx: LiftContext, { d, n, m }: DivideOperands): void {
  cx.setRegOrBranch(d, cx.ir.div_u32(cx.reg(n), cx.reg(m)));
}
