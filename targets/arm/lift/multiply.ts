/** Multiply instructions (Arm ARM DDI 0406C, section A4.4.3). */
import type { I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

/** Destination and factors. */
export interface MultiplyOperands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  /** Set N and Z; C and V stay (as from ARMv5 on). */
  readonly s?: number | boolean;
}

export interface AccumulateOperands extends MultiplyOperands {
  /** Ra, the addend. */
  readonly a: number;
}

/** 64-bit destination: RdLo in `l`, RdHi in `h`. */
export interface LongOperands {
  readonly l: number;
  readonly h: number;
  readonly n: number;
  readonly m: number;
  readonly s?: number | boolean;
}

/** Sets the sticky APSR.Q when a saturation or overflow occurred. */
export function raiseQ(cx: LiftContext, occurred: I1): void {
  // Q is no condition flag, so a shared `if` may go on after it: setFlag would end it for nothing.
  const { flagsChanged } = cx;
  cx.setFlag('q', cx.ir.or1(cx.flag('q'), occurred));
  cx.flagsChanged = flagsChanged;
}

/** The signed lower or upper halfword. */
export function signedHalf(cx: LiftContext, x: I32, top: number | boolean): I32 {
  return top ? cx.ir.shr_s32(x, cx.ir.const32(16)) : cx.ir.ext16_s32(x);
}

function writeProduct(cx: LiftContext, { d, s }: MultiplyOperands, result: I32): void {
  if (s) cx.setNZ(result);
  cx.setRegOrBranch(d, result);
}

// MUL{S}<c> <Rd>, <Rn>, <Rm>
export function mul(cx: LiftContext, f: MultiplyOperands): void {
  writeProduct(cx, f, cx.ir.mul32(cx.reg(f.n), cx.reg(f.m)));
}

// MLA{S}<c> <Rd>, <Rn>, <Rm>, <Ra>
export function mla(cx: LiftContext, f: AccumulateOperands): void {
  writeProduct(cx, f, cx.ir.add32(cx.ir.mul32(cx.reg(f.n), cx.reg(f.m)), cx.reg(f.a)));
}

// MLS<c> <Rd>, <Rn>, <Rm>, <Ra>
export function mls(cx: LiftContext, f: AccumulateOperands): void {
  writeProduct(cx, f, cx.ir.sub32(cx.reg(f.a), cx.ir.mul32(cx.reg(f.n), cx.reg(f.m))));
}

/** RdHi:RdLo. */
function longAccumulator(cx: LiftContext, { l, h }: LongOperands): I64 {
  return cx.ir.pair64(cx.reg(l), cx.reg(h));
}

/** Writes RdHi:RdLo; with both the same register (UNPREDICTABLE) the high word wins, as in qemu-arm. */
function writeLong(cx: LiftContext, { l, h, s }: LongOperands, result: I64): void | false {
  const { ir } = cx;
  if (l === 15 || h === 15) return false;
  const low = ir.low64(result);
  const high = ir.high64(result);
  if (s) {
    cx.setFlag('n', ir.lt_s32(high, ir.const32(0)));
    cx.setFlag('z', ir.eq32(ir.or32(low, high), ir.const32(0)));
  }
  cx.setReg(l, low);
  cx.setReg(h, high);
}

// UMULL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function umull(cx: LiftContext, f: LongOperands): void | false {
  return writeLong(cx, f, cx.ir.mul_wide_u32(cx.reg(f.n), cx.reg(f.m)));
}

// UMLAL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function umlal(cx: LiftContext, f: LongOperands): void | false {
  return writeLong(cx, f, cx.ir.add64(longAccumulator(cx, f), cx.ir.mul_wide_u32(cx.reg(f.n), cx.reg(f.m))));
}

// SMULL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function smull(cx: LiftContext, f: LongOperands): void | false {
  return writeLong(cx, f, cx.ir.mul_wide_s32(cx.reg(f.n), cx.reg(f.m)));
}

// SMLAL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function smlal(cx: LiftContext, f: LongOperands): void | false {
  return writeLong(cx, f, cx.ir.add64(longAccumulator(cx, f), cx.ir.mul_wide_s32(cx.reg(f.n), cx.reg(f.m))));
}

// UMAAL<c> <RdLo>, <RdHi>, <Rn>, <Rm>: (2^32-1)^2 + 2 * (2^32-1) just fits in 64 bits
export function umaal(cx: LiftContext, f: LongOperands): void | false {
  const { ir } = cx;
  const addends = ir.add64(ir.extend_u32(cx.reg(f.l)), ir.extend_u32(cx.reg(f.h)));
  return writeLong(cx, f, ir.add64(ir.mul_wide_u32(cx.reg(f.n), cx.reg(f.m)), addends));
}

/** Selects the halfwords of SMUL<x><y>: `x` is 1 for the top of Rn, `y` for the top of Rm. */
export interface HalfSelection {
  readonly x: number;
  readonly y: number;
}

function halfProduct(cx: LiftContext, f: { readonly n: number; readonly m: number } & HalfSelection): I32 {
  return cx.ir.mul32(signedHalf(cx, cx.reg(f.n), f.x), signedHalf(cx, cx.reg(f.m), f.y));
}

/** Rd = product + Ra, with Q on overflow of the sum. */
function accumulateQ(cx: LiftContext, { d, a }: AccumulateOperands, product: I32): void {
  const { ir } = cx;
  const addend = cx.reg(a);
  raiseQ(cx, ir.overflow_add32(product, addend));
  cx.setRegOrBranch(d, ir.add32(product, addend));
}

// SMUL<x><y><c> <Rd>, <Rn>, <Rm>
export function smulxy(cx: LiftContext, f: MultiplyOperands & HalfSelection): void {
  cx.setRegOrBranch(f.d, halfProduct(cx, f));
}

// SMLA<x><y><c> <Rd>, <Rn>, <Rm>, <Ra>
export function smlaxy(cx: LiftContext, f: AccumulateOperands & HalfSelection): void {
  accumulateQ(cx, f, halfProduct(cx, f));
}

// SMLAL<x><y><c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function smlalxy(cx: LiftContext, f: LongOperands & HalfSelection): void | false {
  return writeLong(cx, f, cx.ir.add64(longAccumulator(cx, f), cx.ir.extend_s32(halfProduct(cx, f))));
}

/** Bits 47 to 16 of Rn times a halfword of Rm: the high word once the halfword is in the upper half. */
function wideProduct(cx: LiftContext, f: { readonly n: number; readonly m: number; readonly y: number }): I32 {
  const { ir } = cx;
  const m = cx.reg(f.m);
  const half = f.y ? ir.and32(m, ir.const32(0xffff0000)) : ir.shl32(m, ir.const32(16));
  return ir.mulh_s32(cx.reg(f.n), half);
}

// SMULW<y><c> <Rd>, <Rn>, <Rm>
export function smulw(cx: LiftContext, f: MultiplyOperands & { readonly y: number }): void {
  cx.setRegOrBranch(f.d, wideProduct(cx, f));
}

// SMLAW<y><c> <Rd>, <Rn>, <Rm>, <Ra>
export function smlaw(cx: LiftContext, f: AccumulateOperands & { readonly y: number }): void {
  accumulateQ(cx, f, wideProduct(cx, f));
}

/** Products of the lower and the upper halfwords; `x` is 1 if those of Rm are exchanged first. */
function dualProducts(cx: LiftContext, f: { readonly n: number; readonly m: number; readonly x: number }): readonly [low: I32, high: I32] {
  const n = cx.reg(f.n);
  const m = cx.reg(f.m);
  const { ir } = cx;
  return [ir.mul32(signedHalf(cx, n, false), signedHalf(cx, m, f.x)), ir.mul32(signedHalf(cx, n, true), signedHalf(cx, m, f.x ^ 1))];
}

/** `x` is the X (exchange) suffix. */
export type DualOperands = MultiplyOperands & { readonly x: number };
export type DualAccumulateOperands = AccumulateOperands & { readonly x: number };
export type DualLongOperands = LongOperands & { readonly x: number };

// SMUAD{X}<c> <Rd>, <Rn>, <Rm>: overflows if all four halfwords are 0x8000
export function smuad(cx: LiftContext, f: DualOperands): void {
  const { ir } = cx;
  const [low, high] = dualProducts(cx, f);
  raiseQ(cx, ir.overflow_add32(low, high));
  cx.setRegOrBranch(f.d, ir.add32(low, high));
}

// SMUSD{X}<c> <Rd>, <Rn>, <Rm>: cannot overflow
export function smusd(cx: LiftContext, f: DualOperands): void {
  const [low, high] = dualProducts(cx, f);
  cx.setRegOrBranch(f.d, cx.ir.sub32(low, high));
}

// SMLAD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
export function smlad(cx: LiftContext, f: DualAccumulateOperands): void {
  const { ir } = cx;
  const [low, high] = dualProducts(cx, f);
  const addend = cx.reg(f.a);
  const sum = ir.add32(low, high);
  // Q is about the exact three-term sum: two overflows cancel.
  raiseQ(cx, ir.xor1(ir.overflow_add32(low, high), ir.overflow_add32(sum, addend)));
  cx.setRegOrBranch(f.d, ir.add32(sum, addend));
}

// SMLSD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
export function smlsd(cx: LiftContext, f: DualAccumulateOperands): void {
  const [low, high] = dualProducts(cx, f);
  accumulateQ(cx, f, cx.ir.sub32(low, high));
}

// SMLALD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function smlald(cx: LiftContext, f: DualLongOperands): void | false {
  const { ir } = cx;
  const [low, high] = dualProducts(cx, f);
  // The sum of the products can be 2^31, so they are extended one by one.
  return writeLong(cx, f, ir.add64(longAccumulator(cx, f), ir.add64(ir.extend_s32(low), ir.extend_s32(high))));
}

// SMLSLD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
export function smlsld(cx: LiftContext, f: DualLongOperands): void | false {
  const { ir } = cx;
  const [low, high] = dualProducts(cx, f);
  return writeLong(cx, f, ir.add64(longAccumulator(cx, f), ir.extend_s32(ir.sub32(low, high))));
}

/** High word of the signed product, rounded to nearest if `r`. */
function highProduct(cx: LiftContext, f: { readonly n: number; readonly m: number; readonly r: number }): I32 {
  const { ir } = cx;
  const n = cx.reg(f.n);
  const m = cx.reg(f.m);
  const high = ir.mulh_s32(n, m);
  return f.r ? ir.add32(high, ir.shr_u32(ir.mul32(n, m), ir.const32(31))) : high;
}

// SMMUL{R}<c> <Rd>, <Rn>, <Rm>
export function smmul(cx: LiftContext, f: MultiplyOperands & { readonly r: number }): void {
  cx.setRegOrBranch(f.d, highProduct(cx, f));
}

// SMMLA{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
export function smmla(cx: LiftContext, f: AccumulateOperands & { readonly r: number }): void {
  cx.setRegOrBranch(f.d, cx.ir.add32(highProduct(cx, f), cx.reg(f.a)));
}

// SMMLS{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
export function smmls(cx: LiftContext, f: AccumulateOperands & { readonly r: number }): void {
  const { ir } = cx;
  const n = cx.reg(f.n);
  const m = cx.reg(f.m);
  // High word of (Ra << 32) - product: a non-zero low word borrows, and rounding undoes the borrow
  // where the negated low word has its top bit set, that is up to 0x80000000.
  const borrow = ir.lt_u32(ir.const32(f.r ? 0x80000000 : 0), ir.mul32(n, m));
  cx.setRegOrBranch(f.d, ir.sub32(ir.sub32(cx.reg(f.a), ir.mulh_s32(n, m)), ir.zext1_32(borrow)));
}
