/** Saturating instructions (Arm ARM DDI 0406C, sections A4.4.4 and A4.4.5). */
import type { I32 } from '../../../translate/ir/types';
import { decodeImmShift, type LiftContext } from '../lift-context';
import { raiseQ, signedHalf } from './multiply';

/** QADD and friends name the second operand Rn: the result is Rm + Rn. */
export interface SaturatingOperands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}

/** The saturated word for a wrapped result that overflowed: its sign is the wrong one. */
function saturated(cx: LiftContext, wrapped: I32): I32 {
  const { ir } = cx;
  return ir.xor32(ir.shr_s32(wrapped, ir.const32(31)), ir.const32(0x80000000));
}

/** SignedSatQ(x + y, 32), raising Q. */
function addSaturating(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const overflow = ir.overflow_add32(x, y);
  const sum = ir.add32(x, y);
  raiseQ(cx, overflow);
  return ir.select32(overflow, saturated(cx, sum), sum);
}

/** SignedSatQ(x - y, 32), raising Q. */
function subSaturating(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const overflow = ir.overflow_sub32(x, y);
  const difference = ir.sub32(x, y);
  raiseQ(cx, overflow);
  return ir.select32(overflow, saturated(cx, difference), difference);
}

// QADD<c> <Rd>, <Rm>, <Rn>
export function qadd(cx: LiftContext, { d, n, m }: SaturatingOperands): void {
  cx.setRegOrBranch(d, addSaturating(cx, cx.reg(m), cx.reg(n)));
}

// QSUB<c> <Rd>, <Rm>, <Rn>
export function qsub(cx: LiftContext, { d, n, m }: SaturatingOperands): void {
  cx.setRegOrBranch(d, subSaturating(cx, cx.reg(m), cx.reg(n)));
}

// QDADD<c> <Rd>, <Rm>, <Rn>
export function qdadd(cx: LiftContext, { d, n, m }: SaturatingOperands): void {
  const doubled = addSaturating(cx, cx.reg(n), cx.reg(n));
  cx.setRegOrBranch(d, addSaturating(cx, cx.reg(m), doubled));
}

// QDSUB<c> <Rd>, <Rm>, <Rn>
export function qdsub(cx: LiftContext, { d, n, m }: SaturatingOperands): void {
  const doubled = addSaturating(cx, cx.reg(n), cx.reg(n));
  cx.setRegOrBranch(d, subSaturating(cx, cx.reg(m), doubled));
}

/** x limited to low..high, raising Q where that changes it. */
function clampQ(cx: LiftContext, x: I32, low: number, high: number): I32 {
  const r = clamp(cx, x, low, high);
  raiseQ(cx, cx.ir.ne32(r, x));
  return r;
}

/** x limited to low..high. */
export function clamp(cx: LiftContext, x: I32, low: number, high: number): I32 {
  const { ir } = cx;
  const [min, max] = [ir.const32(low), ir.const32(high)];
  return ir.select32(ir.lt_s32(x, min), min, ir.select32(ir.lt_s32(max, x), max, x));
}

/** `i`: saturate_imm as encoded; `h`: the sh bit, ASR instead of LSL; `v`: the shift's imm5. */
export interface SaturateOperands {
  readonly d: number;
  readonly n: number;
  readonly i: number;
  readonly h: number;
  readonly v: number;
}

function shiftedForSaturation(cx: LiftContext, { n, h, v }: SaturateOperands): I32 {
  const { type, amount } = decodeImmShift(h << 1, v);
  return cx.shift(cx.reg(n), type, amount).value;
}

// SSAT<c> <Rd>, #<imm>, <Rn>{, <shift>}: imm is i + 1, 1 to 32
export function ssat(cx: LiftContext, f: SaturateOperands): void {
  const x = shiftedForSaturation(cx, f);
  const high = 2 ** f.i - 1;
  cx.setRegOrBranch(f.d, f.i === 31 ? x : clampQ(cx, x, -high - 1, high));
}

// USAT<c> <Rd>, #<imm>, <Rn>{, <shift>}: imm is i, 0 to 31
export function usat(cx: LiftContext, f: SaturateOperands): void {
  cx.setRegOrBranch(f.d, clampQ(cx, shiftedForSaturation(cx, f), 0, 2 ** f.i - 1));
}

export interface Saturate16Operands {
  readonly d: number;
  readonly n: number;
  readonly i: number;
}

function saturateHalves(cx: LiftContext, { d, n }: Saturate16Operands, low: number, high: number): void {
  const { ir } = cx;
  const x = cx.reg(n);
  const bottom = clampQ(cx, signedHalf(cx, x, false), low, high);
  const top = clampQ(cx, signedHalf(cx, x, true), low, high);
  cx.setRegOrBranch(d, ir.or32(ir.and32(bottom, ir.const32(0xffff)), ir.shl32(top, ir.const32(16))));
}

// SSAT16<c> <Rd>, #<imm>, <Rn>: imm is i + 1, 1 to 16
export function ssat16(cx: LiftContext, f: Saturate16Operands): void {
  const high = 2 ** f.i - 1;
  saturateHalves(cx, f, -high - 1, high);
}

// USAT16<c> <Rd>, #<imm>, <Rn>: imm is i, 0 to 15
export function usat16(cx: LiftContext, f: Saturate16Operands): void {
  saturateHalves(cx, f, 0, 2 ** f.i - 1);
}
