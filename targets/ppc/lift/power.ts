/**
 * Instructions of POWER that the PowerPC 601 still has (PowerPC 601 User's Manual, MPC601UM, chapter 10). Many go through the MQ
 * register, which later processors lack.
 */
import type { I1, I32 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { type ArithmeticFields, signed16 } from './arithmetic';
import { rotateMask, setResult } from './logic';

const MIN = 0x80000000 | 0;

interface Result {
  readonly value: I32;
  readonly overflow: () => I1;
}

/** OP[o][.] rD, rA, rB */
export function arithmetic(op: (cx: LiftContext, x: I32, y: I32) => Result) {
  return (cx: LiftContext, { d, a, b, o = 0, c }: ArithmeticFields): void => {
    if (o === 1 && cx.tracksSummaryFromHere()) return;
    const { value, overflow } = op(cx, cx.reg(a), b === undefined ? cx.const(0) : cx.reg(b));
    if (o === 1) cx.setOverflow(overflow());
    setResult(cx, d, value, c);
  };
}

const magnitude = ({ ir }: LiftContext, x: I32): I32 => {
  const sign = ir.shr_s32(x, ir.const32(31));
  return ir.sub32(ir.xor32(x, sign), sign);
};

export const absolute = arithmetic((cx, x) => ({ value: magnitude(cx, x), overflow: () => cx.ir.eq32(x, cx.const(MIN)) }));

export const negativeAbsolute = arithmetic((cx, x) => ({
  value: cx.ir.sub32(cx.const(0), magnitude(cx, x)),
  overflow: () => cx.ir.const1(false),
}));

/** y - x, or 0 where that is negative. */
const difference = ({ ir }: LiftContext, x: I32, y: I32): I32 => ir.select32(ir.lt_s32(y, x), ir.const32(0), ir.sub32(y, x));

export const differenceOrZero = arithmetic((cx, x, y) => ({
  value: difference(cx, x, y),
  overflow: () => cx.ir.lt_s32(difference(cx, x, y), cx.const(0)),
}));

// dozi rD, rA, SIMM
export function differenceOrZeroImmediate(cx: LiftContext, { d, a, i }: { d: number; a: number; i: number }): void {
  cx.setReg(d, difference(cx, cx.reg(a), cx.const(signed16(i))));
}

/** mul: the high word goes to rD, the low one to MQ. */
export const multiply = arithmetic((cx, x, y) => {
  const { ir } = cx;
  const [low, high] = [ir.mul32(x, y), ir.mulh_s32(x, y)];
  cx.setWord('mq', low);
  return { value: high, overflow: () => ir.ne32(high, ir.shr_s32(low, ir.const32(31))) };
});

/** divs: the quotient goes to rD, the remainder to MQ. */
export const divideShort = arithmetic((cx, x, y) => {
  const { ir } = cx;
  const zero = ir.eq32(y, ir.const32(0));
  const divisor = ir.select32(zero, ir.const32(1), y);
  const value = ir.div_s32(x, divisor);
  cx.setWord('mq', ir.sub32(x, ir.mul32(value, divisor)));
  return { value, overflow: () => ir.or1(zero, ir.and1(ir.eq32(x, ir.const32(MIN)), ir.eq32(y, ir.const32(-1)))) };
});

/** div: divides rA and MQ beside it; the quotient goes to rD, the remainder to MQ. Quotients of more than 32 bits are undefined. */
export const divideLong = arithmetic((cx, x, y) => {
  const { ir } = cx;
  const low = cx.word('mq');
  const part = (name: 'quotient' | 'remainder' | 'overflow'): I32 => ir.call3(x, low, y, helperIndex(`power_div_${name}`));
  cx.setWord('mq', part('remainder'));
  return { value: part('quotient'), overflow: () => ir.ne32(part('overflow'), ir.const32(0)) };
});

// Shifts: what leaves the word goes to MQ ("with MQ"), or what was there comes in ("extended")

interface ShiftFields {
  readonly s: number;
  readonly a: number;
  readonly c: number;
}
/** The amount: a register, of which five bits count, and bit 5 for what is beyond the word. */
export type Amount = (cx: LiftContext, f: { readonly b?: number; readonly h?: number }) => I32;
export const byRegister: Amount = (cx, { b }) => cx.reg(b!);
export const byImmediate: Amount = (cx, { h }) => cx.const(h!);

const ALL = -1;

/** The mask of what a shift by n leaves in the word. */
const kept = ({ ir }: LiftContext, left: boolean, n: I32): I32 => (left ? ir.shl32(ir.const32(ALL), n) : ir.shr_u32(ir.const32(ALL), n));
const rotated = ({ ir }: LiftContext, left: boolean, x: I32, n: I32): I32 => ir.rotr32(x, left ? ir.sub32(ir.const32(0), n) : n);

/** sle, sre, sliq, sriq, slq, srq and the like: MQ gets the rotated word. */
export function shiftToMq(left: boolean, amount: Amount, clearsBeyond: boolean) {
  return (cx: LiftContext, f: ShiftFields & { b?: number; h?: number }): void => {
    const { ir } = cx;
    const n = amount(cx, f);
    const word = rotated(cx, left, cx.reg(f.s), n);
    cx.setWord('mq', word);
    const value = ir.and32(word, kept(cx, left, n));
    setResult(cx, f.a, clearsBeyond ? ir.select32(cx.bit(n, 5), ir.const32(0), value) : value, f.c);
  };
}

/** sleq, sreq: MQ fills what the shift leaves free, and gets the rotated word. */
export function shiftExtended(left: boolean) {
  return (cx: LiftContext, f: ShiftFields & { b: number }): void => {
    const { ir } = cx;
    const n = cx.reg(f.b);
    const word = rotated(cx, left, cx.reg(f.s), n);
    const mask = kept(cx, left, n);
    const value = ir.or32(ir.and32(word, mask), ir.and32(cx.word('mq'), cx.not(mask)));
    cx.setWord('mq', word);
    setResult(cx, f.a, value, f.c);
  };
}

/** slliq, srliq, sllq, srlq: MQ fills what the shift leaves free. The immediate forms change MQ. */
export function shiftLong(left: boolean, amount: Amount) {
  return (cx: LiftContext, f: ShiftFields & { b?: number; h?: number }): void => {
    const { ir } = cx;
    const n = amount(cx, f);
    const word = rotated(cx, left, cx.reg(f.s), n);
    const mask = kept(cx, left, n);
    const mq = cx.word('mq');
    const value = ir.or32(ir.and32(word, mask), ir.and32(mq, cx.not(mask)));
    if (amount === byImmediate) cx.setWord('mq', word);
    setResult(cx, f.a, amount === byRegister ? ir.select32(cx.bit(n, 5), ir.and32(mq, mask), value) : value, f.c);
  };
}

/** srea, sraiq, sraq: arithmetic shifts to the right that set CA. */
export function shiftAlgebraic(amount: Amount, beyond: boolean) {
  return (cx: LiftContext, f: ShiftFields & { b?: number; h?: number }): void => {
    const { ir } = cx;
    const [x, n] = [cx.reg(f.s), amount(cx, f)];
    const far = beyond ? cx.bit(n, 5) : ir.const1(false);
    const lost = ir.select32(far, x, ir.and32(x, cx.not(ir.shl32(ir.const32(ALL), n))));
    cx.setWord('mq', rotated(cx, false, x, n));
    cx.setFlag('ca', ir.and1(ir.lt_s32(x, ir.const32(0)), ir.ne32(lost, ir.const32(0))));
    setResult(cx, f.a, ir.select32(far, ir.shr_s32(x, ir.const32(31)), ir.shr_s32(x, n)), f.c);
  };
}

/** The mask from bit x to bit y, counted from the most significant. */
function maskBetween(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const five = ir.const32(31);
  const [from, to] = [ir.and32(x, five), ir.and32(y, five)];
  const head = ir.shr_u32(ir.const32(ALL), from);
  const tail = ir.shl32(ir.const32(ALL), ir.sub32(five, to));
  return ir.select32(ir.le_u32(from, to), ir.and32(head, tail), ir.or32(head, tail));
}

// maskg[.] rA, rS, rB
export function generateMask(cx: LiftContext, { s, a, b, c }: ShiftFields & { b: number }): void {
  setResult(cx, a, maskBetween(cx, cx.reg(s), cx.reg(b)), c);
}

/** Bits of x where the mask has ones, else of y. */
const merged = (cx: LiftContext, x: I32, y: I32, mask: I32): I32 => cx.ir.or32(cx.ir.and32(x, mask), cx.ir.and32(y, cx.not(mask)));

// maskir[.] rA, rS, rB: rS is inserted under the mask rB
export function insertUnderMask(cx: LiftContext, { s, a, b, c }: ShiftFields & { b: number }): void {
  setResult(cx, a, merged(cx, cx.reg(s), cx.reg(a), cx.reg(b)), c);
}

// rlmi[.] rA, rS, rB, MB, ME
export function rotateLeftInsert(cx: LiftContext, { s, a, b, m, e, c }: ShiftFields & { b: number; m: number; e: number }): void {
  setResult(cx, a, merged(cx, rotated(cx, true, cx.reg(s), cx.reg(b)), cx.reg(a), cx.const(rotateMask(m, e))), c);
}

// rrib[.] rA, rS, rB: bit 0 of rS goes to the bit that rB names
export function rotateRightInsertBit(cx: LiftContext, { s, a, b, c }: ShiftFields & { b: number }): void {
  const { ir } = cx;
  const n = cx.reg(b);
  const top = ir.const32(MIN);
  setResult(cx, a, merged(cx, ir.shr_u32(ir.and32(cx.reg(s), top), n), cx.reg(a), ir.shr_u32(top, n)), c);
}

/** Lines of the caches, which clcs tells by number: 12 to 15. */
const FIRST_LINE = 12;
const LAST_LINE = 15;
const LINE_BYTES = 64;

// clcs rD, rA
export function cacheLineSize(cx: LiftContext, { d, a }: { d: number; a: number }): void {
  cx.setReg(d, cx.const(a >= FIRST_LINE && a <= LAST_LINE ? LINE_BYTES : 0));
}
