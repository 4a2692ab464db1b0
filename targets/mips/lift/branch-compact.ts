/**
 * The compact branches of Release 6 (MD00086), which have no delay slot. Behind one that is not taken lies the forbidden
 * slot: a branch there is reserved, as in qemu-mips.
 */
import type { I1 } from '../../../translate/ir/types';
import { RA, type LiftContext } from '../lift-context';
import type { Condition } from './branch';

/** Target of a branch with an offset in words of so many bits, from the next instruction. */
export function compactTarget(pc: number, offset: number, bits: number): number {
  return (pc + 4 + ((offset << (32 - bits)) >> (30 - bits))) >>> 0;
}

export const lessUnsigned: Condition = ({ ir }, x, y) => ir.lt_u32(x, y);
export const atLeastUnsigned: Condition = ({ ir }, x, y) => ir.le_u32(y, x);
export const less: Condition = ({ ir }, x, y) => ir.lt_s32(x, y);
export const atLeast: Condition = ({ ir }, x, y) => ir.le_s32(y, x);
export const overflows: Condition = ({ ir }, x, y) => ir.overflow_add32(x, y);
export const doesNotOverflow: Condition = ({ ir }, x, y) => ir.not1(ir.overflow_add32(x, y));

function branchTo(cx: LiftContext, cond: I1, target: number, link: boolean): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  if (link) cx.setReg(RA, cx.const(cx.afterInstruction));
  cx.compactBranch(cond, target);
}

/** A branch on rs and rt, one of which may be 0, with a 16-bit offset. `link` sets ra in any case. */
export function compactBranch(condition: Condition, link = false) {
  return (cx: LiftContext, { s = 0, t = 0, i }: { s?: number; t?: number; i: number }): void =>
    branchTo(cx, condition(cx, cx.reg(s), cx.reg(t)), compactTarget(cx.pc, i, 16), link);
}

/** BEQZC, BNEZC rs, offset of 21 bits */
export function compactBranchZero(condition: Condition) {
  return (cx: LiftContext, { s, i }: { s: number; i: number }): void =>
    branchTo(cx, condition(cx, cx.reg(s), cx.const(0)), compactTarget(cx.pc, i, 21), false);
}

// BC, BALC offset of 26 bits
export function compactJump(cx: LiftContext, { i }: { i: number }): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  cx.terminator = { kind: 'jump', target: cx.locationOf(compactTarget(cx.pc, i, 26)) };
}

export function compactCall(cx: LiftContext, { i }: { i: number }): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  const target = cx.locationOf(compactTarget(cx.pc, i, 26));
  cx.setReg(RA, cx.const(cx.afterInstruction));
  cx.terminator = { kind: 'call', target, returns: cx.locationOf(cx.pc + cx.size) };
}

// JIC, JIALC rt, offset
export function jumpIndexed(cx: LiftContext, { t, i }: { t: number; i: number }): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  const target = cx.ir.add32(cx.reg(t), cx.const((i << 16) >> 16));
  cx.terminator = { kind: 'indirect', target, hint: t === RA && i === 0 ? 'return' : 'jump', mode: 0 };
}

export function callIndexed(cx: LiftContext, { t, i }: { t: number; i: number }): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  const target = cx.ir.add32(cx.reg(t), cx.const((i << 16) >> 16));
  cx.setReg(RA, cx.const(cx.afterInstruction));
  cx.terminator = { kind: 'indirect', target, hint: 'call', mode: 0, returns: cx.locationOf(cx.pc + cx.size) };
}
