/** Loads and stores of floating-point registers, moves to and from general ones, control registers, branches (MD00087). */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { branchTarget } from './branch';
import { conditionIs, usable } from './fp-arithmetic';
import { DOUBLE } from './fp-format';
import { signed16 } from './integer';
import type { Access } from './load-store';

// LWC1, SWC1 ft, offset(base)
export function loadSingle(cx: LiftContext, { t, s, i }: Access): void {
  cx.setSBits(t, cx.ir.load32(cx.reg(s), signed16(i), cx.order));
}
export function storeSingle(cx: LiftContext, { t, s, i }: Access): void {
  cx.ir.store32(cx.reg(s), cx.sBits(t), signed16(i), cx.order);
}

// LDC1, SDC1 ft, offset(base)
export function loadDouble(cx: LiftContext, { t, s, i }: Access): void {
  cx.setDBits(t, cx.ir.load64(cx.reg(s), signed16(i), cx.order));
}
export function storeDouble(cx: LiftContext, { t, s, i }: Access): void {
  cx.ir.store64(cx.reg(s), cx.dBits(t), signed16(i), cx.order);
}

interface Indexed {
  readonly s: number;
  readonly t: number;
  /** The floating-point register. */
  readonly d: number;
}

const indexedAddress = (cx: LiftContext, { s, t }: Indexed): I32 => cx.ir.add32(cx.reg(s), cx.reg(t));

// LWXC1, LDXC1 fd, index(base); SWXC1, SDXC1
export function loadSingleIndexed(cx: LiftContext, f: Indexed): void {
  cx.setSBits(f.d, cx.ir.load32(indexedAddress(cx, f), 0, cx.order));
}
export function loadDoubleIndexed(cx: LiftContext, f: Indexed): void | false {
  if (!usable(cx, DOUBLE, f.d)) return false;
  cx.setDBits(f.d, cx.ir.load64(indexedAddress(cx, f), 0, cx.order));
}
export function storeSingleIndexed(cx: LiftContext, f: Indexed): void {
  cx.ir.store32(indexedAddress(cx, f), cx.sBits(f.d), 0, cx.order);
}
export function storeDoubleIndexed(cx: LiftContext, f: Indexed): void | false {
  if (!usable(cx, DOUBLE, f.d)) return false;
  cx.ir.store64(indexedAddress(cx, f), cx.dBits(f.d), 0, cx.order);
}

/** Address of LUXC1 and SUXC1: the low three bits do not count. */
const doublewordAddress = (cx: LiftContext, f: Indexed): I32 => cx.ir.and32(indexedAddress(cx, f), cx.const(~7));

export function loadDoubleUnaligned(cx: LiftContext, f: Indexed): void | false {
  if (!cx.wideFpu) return false;
  cx.setDBits(f.d, cx.ir.load64(doublewordAddress(cx, f), 0, cx.order));
}
export function storeDoubleUnaligned(cx: LiftContext, f: Indexed): void | false {
  if (!cx.wideFpu) return false;
  cx.ir.store64(doublewordAddress(cx, f), cx.dBits(f.d), 0, cx.order);
}

export interface Move {
  readonly t: number;
  /** The floating-point register. */
  readonly s: number;
}

// MFC1, MTC1 rt, fs
export function moveFrom(cx: LiftContext, { t, s }: Move): void {
  cx.setReg(t, cx.sBits(s));
}
export function moveTo(cx: LiftContext, { t, s }: Move): void {
  cx.setSBits(s, cx.reg(t));
}

// MFHC1, MTHC1 rt, fs: with FR=0 the odd register of the pair
export function moveFromHigh(cx: LiftContext, { t, s }: Move): void {
  cx.setReg(t, cx.wideFpu ? cx.ir.high64(cx.dBits(s)) : cx.sBits(s | 1));
}
export function moveToHigh(cx: LiftContext, { t, s }: Move): void {
  if (cx.wideFpu) cx.setDBits(s, cx.ir.pair64(cx.ir.low64(cx.dBits(s)), cx.reg(t)));
  else cx.setSBits(s | 1, cx.reg(t));
}

/** BC1F, BC1T cc, offset; `b` is the value the condition must have, `l` 1 for the likely forms */
export function branchOnCondition(cx: LiftContext, { c, b, l, i }: { c: number; b: number; l: number; i: number }): void {
  const cond = conditionIs(cx, c, b);
  const target = branchTarget(cx.pc, i);
  if (l === 1) cx.branchLikely(cond, target);
  else cx.branch(cond, target);
}
