/** DSP instructions that extract from accumulators, shift them and load through an index (MD00374). */
import type { I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { Overflow, position, raise, setExtractFailed, setPosition } from './dsp-control';
import { loadValue, type LoadKind } from './load-store';

/** `s` is the amount, or the register that has it. */
interface Extraction {
  readonly t: number;
  readonly s: number;
  readonly a: number;
}

type Operand = (cx: LiftContext, s: number) => I32;
export const immediate: Operand = (cx, s) => cx.const(s);
export const register: Operand = (cx, s) => cx.ir.and32(cx.reg(s), cx.const(31));

/** True unless a word holds the value. */
function exceedsWord({ ir }: LiftContext, x: I64): I1 {
  return ir.not1(ir.eq64(x, ir.extend_s32(ir.low64(x))));
}

/**
 * EXTR.W, EXTR_R.W, EXTR_RS.W rt, ac, shift. All three raise the flag if the value, rounded or not, exceeds a word; only
 * "RS" limits it.
 */
export function extractWord(amountOf: Operand, rounding: '' | 'R' | 'RS') {
  return (cx: LiftContext, { t, s, a }: Extraction): void => {
    const { ir } = cx;
    const [old, amount] = [cx.accumulator(a), amountOf(cx, s)];
    const shifted = ir.shr_s64(old, amount);
    const last = ir.and32(ir.low64(ir.shr_u64(old, ir.sub32(amount, ir.const32(1)))), ir.const32(1));
    const rounded = ir.add64(shifted, ir.extend_u32(ir.select32(ir.eq32(amount, ir.const32(0)), ir.const32(0), last)));
    const tooMuch = exceedsWord(cx, rounded);
    const limit = ir.select32(ir.lt_s64(old, ir.const64(0, 0)), ir.const32(0x80000000), ir.const32(0x7fffffff));
    const word = ir.low64(rounding === '' ? shifted : rounded);
    cx.setReg(t, rounding === 'RS' ? ir.select32(tooMuch, limit, word) : word);
    raise(cx, Overflow.extract, ir.or1(tooMuch, exceedsWord(cx, shifted)));
  };
}

/** EXTR_S.H rt, ac, shift */
export function extractHalf(amountOf: Operand) {
  return (cx: LiftContext, { t, s, a }: Extraction): void => {
    const { ir } = cx;
    const shifted = ir.shr_s64(cx.accumulator(a), amountOf(cx, s));
    const half = ir.ext16_s32(ir.low64(shifted));
    const tooMuch = ir.not1(ir.eq64(shifted, ir.extend_s32(half)));
    const limit = ir.select32(ir.lt_s64(shifted, ir.const64(0, 0)), ir.const32(-0x8000), ir.const32(0x7fff));
    cx.setReg(t, ir.select32(tooMuch, limit, half));
    raise(cx, Overflow.extract, tooMuch);
  };
}

/** EXTP, EXTPDP rt, ac, size: size + 1 bits from pos downwards, if there are so many; "DP" counts pos down. */
export function extractAtPosition(amountOf: Operand, decrement: boolean) {
  return (cx: LiftContext, { t, s, a }: Extraction): void => {
    const { ir } = cx;
    const [at, last] = [position(cx), amountOf(cx, s)];
    const possible = ir.le_u32(last, at);
    const field = ir.low64(ir.shr_u64(cx.accumulator(a), ir.sub32(at, last)));
    const mask = ir.shr_u32(ir.const32(-1), ir.sub32(ir.const32(31), last));
    cx.setReg(t, ir.select32(possible, ir.and32(field, mask), ir.const32(0)));
    if (decrement) setPosition(cx, ir.select32(possible, ir.sub32(ir.sub32(at, last), ir.const32(1)), at));
    setExtractFailed(cx, ir.not1(possible));
  };
}

/** A six-bit amount: to the right if it is positive. */
function shiftAccumulator(cx: LiftContext, ac: number, amount: I32): void {
  const { ir } = cx;
  const old = cx.accumulator(ac);
  const left = ir.shl64(old, ir.sub32(ir.const32(0), amount));
  cx.setAccumulator(ir.select64(ir.lt_s32(amount, ir.const32(0)), left, ir.shr_u64(old, amount)), ac);
}

// SHILO ac, shift
export function shift(cx: LiftContext, { s, a }: { s: number; a: number }): void {
  shiftAccumulator(cx, a, cx.const((s << 26) >> 26));
}

// SHILOV ac, rs
export function shiftVariable(cx: LiftContext, { s, a }: { s: number; a: number }): void {
  const { ir } = cx;
  shiftAccumulator(cx, a, ir.shr_s32(ir.shl32(cx.reg(s), ir.const32(26)), ir.const32(26)));
}

// MTHLIP rs, ac: LO to HI, rs to LO
export function shiftInWord(cx: LiftContext, { s, a }: { s: number; a: number }): void {
  const { ir } = cx;
  const value = cx.reg(s);
  cx.setHi(cx.lo(a), a);
  cx.setLo(value, a);
  const at = position(cx);
  setPosition(cx, ir.select32(ir.lt_u32(ir.const32(32), at), at, ir.add32(at, ir.const32(32))));
}

/** LBUX, LHX, LWX rd, index(base) */
export function loadIndexed(kind: LoadKind) {
  return (cx: LiftContext, { d, s, t }: { d: number; s: number; t: number }): void =>
    cx.setReg(d, loadValue(cx, kind, cx.ir.add32(cx.reg(s), cx.reg(t)), 0));
}
