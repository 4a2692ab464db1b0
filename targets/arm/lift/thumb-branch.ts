/** Branches and IT of the Thumb instruction sets (Arm ARM DDI 0406C, sections A8.8.18, A8.8.29, A8.8.55 and A8.8.237). */
import type { I1, I32 } from '../../../translate/ir/types';
import { PC, type LiftContext } from '../lift-context';

/** Ends the block with a branch in Thumb state; inside an IT block that is UNPREDICTABLE, and undefined in qemu-arm. */
function branchIf(cx: LiftContext, condition: () => I1, offset: number): void | false {
  if (cx.inItBlock) return false;
  const taken = cx.locationOf(cx.pcValue() + offset, true);
  cx.terminator = { kind: 'branch', cond: condition(), taken, otherwise: cx.nextLocation() };
}

// B<c> <label>: encodings T1 and T3, which hold their condition; AL and above are other instructions
export function conditionalBranch(cx: LiftContext, condition: number, offset: number): void | false {
  if (condition >= 14) return false;
  return branchIf(cx, () => cx.condition(condition), offset);
}

// CB{N}Z <Rn>, <label>
export function compareAndBranch(cx: LiftContext, n: number, nonzero: boolean, offset: number): void | false {
  const { ir } = cx;
  return branchIf(cx, () => ir[nonzero ? 'ne32' : 'eq32'](cx.reg(n), ir.const32(0)), offset);
}

// TBB<c> [<Rn>, <Rm>]
export function tableBranchByte(cx: LiftContext, { n, m }: { n: number; m: number }): void {
  const { ir } = cx;
  branchForward(cx, ir.load8_u(ir.add32(cx.reg(n), cx.reg(m)), 0, cx.memFlags()));
}

// TBH<c> [<Rn>, <Rm>, LSL #1]
export function tableBranchHalfword(cx: LiftContext, { n, m }: { n: number; m: number }): void {
  const { ir } = cx;
  const index = ir.shl32(cx.reg(m), ir.const32(1));
  branchForward(cx, ir.load16_u(ir.add32(cx.reg(n), index), 0, cx.memFlags()));
}

function branchForward(cx: LiftContext, halfwords: I32): void {
  const { ir } = cx;
  cx.branchWritePC(ir.add32(cx.reg(PC), ir.shl32(halfwords, ir.const32(1))));
}

// IT{<x>{<y>{<z>}}} <firstcond>
export function ifThen(cx: LiftContext, { f, k }: { f: number; k: number }): void | false {
  const severalElse = f === 14 && (k & (k - 1)) !== 0;
  if (cx.inItBlock || f === 15 || severalElse) return false;
  cx.itState = (f << 4) | k;
}
