/** Jumps and branches (MD00086), all with a delay slot but the compact ones of Release 6. */
import type { I1, I32 } from '../../../translate/ir/types';
import { RA, type LiftContext } from '../lift-context';

/** A condition on rs, or on rs and rt. */
export type Condition = (cx: LiftContext, x: I32, y: I32) => I1;

export const equal: Condition = ({ ir }, x, y) => ir.eq32(x, y);
export const notEqual: Condition = ({ ir }, x, y) => ir.ne32(x, y);
export const lessThanZero: Condition = ({ ir }, x) => ir.lt_s32(x, ir.const32(0));
export const atLeastZero: Condition = ({ ir }, x) => ir.le_s32(ir.const32(0), x);
export const atMostZero: Condition = ({ ir }, x) => ir.le_s32(x, ir.const32(0));
export const greaterThanZero: Condition = ({ ir }, x) => ir.lt_s32(ir.const32(0), x);

/** Target of a branch with a 16-bit word offset from the delay slot. */
export function branchTarget(pc: number, imm16: number): number {
  return (pc + 4 + ((imm16 << 16) >> 14)) >>> 0;
}

/** Target of J and JAL: in the 256 MiB of the delay slot. */
export function jumpTarget(pc: number, index: number): number {
  return (((pc + 4) & 0xf0000000) | (index << 2)) >>> 0;
}

interface BranchFields {
  readonly s: number;
  readonly t?: number;
  readonly i: number;
}

/** BEQ and the like: `likely` annuls the delay slot of a branch that is not taken, `link` sets ra in any case. */
export function conditionalBranch(condition: Condition, { likely = false, link = false }: { likely?: boolean; link?: boolean } = {}) {
  return (cx: LiftContext, { s, t = 0, i }: BranchFields): void => {
    const target = branchTarget(cx.pc, i);
    const cond = condition(cx, cx.reg(s), cx.reg(t));
    const known = cx.ir.constantOf(cond);
    if (link && known === 1 && !likely) cx.call(cx.locationOf(target));
    else {
      if (link) cx.link();
      if (likely) cx.branchLikely(cond, target);
      else if (known === 1) cx.jump(cx.locationOf(target));
      else cx.branch(cond, target);
    }
  };
}

export function jump(cx: LiftContext, { i }: { i: number }): void {
  cx.jump(cx.locationOf(jumpTarget(cx.pc, i)));
}

export function jumpAndLink(cx: LiftContext, { i }: { i: number }): void {
  cx.call(cx.locationOf(jumpTarget(cx.pc, i)));
}

// JALX index: to MIPS16e or microMIPS code
export function jumpAndLinkExchange(cx: LiftContext, { i }: { i: number }): void | false {
  if (!cx.features.has('mips16') && !cx.features.has('micromips')) return false;
  cx.call((jumpTarget(cx.pc, i) | 1) >>> 0);
}

export function jumpRegister(cx: LiftContext, { s }: { s: number }): void {
  cx.jumpRegister(cx.reg(s), s === RA ? 'return' : 'jump');
}

// JALR rd, rs; rd 0 is JR in Release 6
export function jumpAndLinkRegister(cx: LiftContext, { d, s }: { d: number; s: number }): void {
  if (d === 0) jumpRegister(cx, { s });
  else cx.callRegister(cx.reg(s), d);
}
