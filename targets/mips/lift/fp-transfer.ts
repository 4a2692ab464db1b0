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

interface Move {
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

/** Control registers. */
const FIR = 0;
const FCCR = 25;
const FEXR = 26;
const FENR = 28;
const FCSR = 31;

/** Bits of FCSR that software writes; NAN2008 and ABS2008 are fixed. */
const FCSR_WRITABLE = 0xff83ffff | 0;
/** Cause, flag, enable and rounding mode bits. */
const FEXR_BITS = 0x0003f07c;
const FENR_BITS = 0x00000f83;
/** NAN2008 and ABS2008. */
const ENCODING_2008 = 0x000c0000;
/** The condition codes in FCSR: 0 at bit 23, 1 to 7 from bit 25 on. */
const CONDITION_BITS = [23, 25, 26, 27, 28, 29, 30, 31] as const;
const WITHOUT_CONDITIONS = ~CONDITION_BITS.reduce((mask, bit) => mask | (1 << bit), 0);
/** Flush to zero. */
const FS = 1 << 24;

/** FIR of qemu's 24Kf: F64, L, W, D and S. */
const IMPLEMENTATION = 0x00739300;

function collectConditions(cx: LiftContext, at: readonly number[]): I32 {
  const { ir } = cx;
  return at.reduce<I32>((word, bit, cc) => ir.or32(word, ir.shl32(ir.zext1_32(cx.condition(cc)), ir.const32(bit))), ir.const32(0));
}

function spreadConditions(cx: LiftContext, word: I32, at: readonly number[]): void {
  const { ir } = cx;
  at.forEach((bit, cc) => cx.setCondition(cc, ir.ne32(ir.and32(word, ir.const32(1 << bit)), ir.const32(0))));
}

const FCCR_BITS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

// CFC1 rt, fs
export function readControl(cx: LiftContext, { t, s }: Move): void {
  const { ir } = cx;
  switch (s) {
    case FIR:
      return cx.setReg(t, ir.const32(IMPLEMENTATION));
    case FCCR:
      return cx.setReg(t, collectConditions(cx, FCCR_BITS));
    case FEXR:
      return cx.setReg(t, ir.and32(cx.word('fcsr'), ir.const32(FEXR_BITS)));
    case FENR: {
      const fcsr = cx.word('fcsr');
      const flush = ir.and32(ir.shr_u32(fcsr, ir.const32(22)), ir.const32(4));
      return cx.setReg(t, ir.or32(ir.and32(fcsr, ir.const32(FENR_BITS)), flush));
    }
    case FCSR: {
      const encoding = ir.const32(cx.nan2008 ? ENCODING_2008 : 0);
      return cx.setReg(t, ir.or32(ir.or32(cx.word('fcsr'), encoding), collectConditions(cx, CONDITION_BITS)));
    }
    default:
      return cx.setReg(t, ir.const32(0));
  }
}

// CTC1 rt, fs
export function writeControl(cx: LiftContext, { t, s }: Move): void {
  const { ir } = cx;
  const value = cx.reg(t);
  const replace = (mask: number, bits: I32): void =>
    cx.setWord('fcsr', ir.or32(ir.and32(cx.word('fcsr'), ir.const32(~mask)), ir.and32(bits, ir.const32(mask))));
  switch (s) {
    case FCCR:
      return spreadConditions(cx, value, FCCR_BITS);
    case FEXR:
      return replace(FEXR_BITS, value);
    case FENR:
      return replace(FENR_BITS | FS, ir.or32(ir.and32(value, ir.const32(FENR_BITS)), ir.shl32(value, ir.const32(22))));
    case FCSR:
      replace(FCSR_WRITABLE & WITHOUT_CONDITIONS, value);
      return spreadConditions(cx, value, CONDITION_BITS);
    default:
      return;
  }
}
