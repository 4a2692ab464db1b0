/**
 * Parallel addition and subtraction (Arm ARM DDI 0406C, section A4.4.6). Bytes are computed four at
 * a time in one word ("SIMD within a register"), halfwords one by one.
 */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { signedHalf } from './multiply';
import { clamp } from './saturating';

/** Signed, signed saturating, signed halving, and the unsigned ones. */
export type ParallelPrefix = 'S' | 'Q' | 'SH' | 'U' | 'UQ' | 'UH';
export type ParallelOp = 'ADD16' | 'ASX' | 'SAX' | 'SUB16' | 'ADD8' | 'SUB8';

export interface ParallelOperands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}

// {S|Q|SH|U|UQ|UH}{ADD16|ASX|SAX|SUB16|ADD8|SUB8}<c> <Rd>, <Rn>, <Rm>
export function parallel(cx: LiftContext, prefix: ParallelPrefix, op: ParallelOp, { d, n, m }: ParallelOperands): void {
  const x = cx.reg(n);
  const y = cx.reg(m);
  if (op === 'ADD8') cx.setRegOrBranch(d, addBytes(cx, prefix, x, y));
  else if (op === 'SUB8') cx.setRegOrBranch(d, subBytes(cx, prefix, x, y));
  else cx.setRegOrBranch(d, halfwords(cx, prefix, op, x, y));
}

const BYTE_TOPS = 0x80808080;
const BYTE_ONES = 0x01010101;

/** x + y in lanes whose top bits are `tops`; no carry crosses from lane to lane. */
function addLanes(cx: LiftContext, x: I32, y: I32, tops: number): I32 {
  const { ir } = cx;
  const sum = ir.add32(ir.and32(x, ir.const32(~tops)), ir.and32(y, ir.const32(~tops)));
  return ir.xor32(sum, ir.and32(ir.xor32(x, y), ir.const32(tops)));
}

/** x - y by bytes. */
function subLanes(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const difference = ir.sub32(ir.or32(x, ir.const32(BYTE_TOPS)), ir.and32(y, ir.const32(~BYTE_TOPS)));
  return ir.xor32(difference, ir.and32(cx.not(ir.xor32(x, y)), ir.const32(BYTE_TOPS)));
}

/** x + y by halfwords, without flags. */
export function addHalves(cx: LiftContext, x: I32, y: I32): I32 {
  return addLanes(cx, x, y, 0x80008000);
}

/** In the top bit of each byte: the carry out of x + y = r. Other bits are undefined. */
function carries(cx: LiftContext, x: I32, y: I32, r: I32): I32 {
  const { ir } = cx;
  return ir.or32(ir.and32(x, y), ir.and32(ir.or32(x, y), cx.not(r)));
}

/** In the top bit of each byte: the borrow out of x - y = r. Other bits are undefined. */
function borrows(cx: LiftContext, x: I32, y: I32, r: I32): I32 {
  const { ir } = cx;
  const notX = cx.not(x);
  return ir.or32(ir.and32(notX, y), ir.and32(ir.or32(notX, y), r));
}

/** 1 in each byte whose top bit is set. */
function topsAsOnes(cx: LiftContext, x: I32): I32 {
  return cx.ir.and32(cx.ir.shr_u32(x, cx.ir.const32(7)), cx.ir.const32(BYTE_ONES));
}

/** 0xff in each byte that is 1, from bytes 0 or 1. */
function onesAsMask(cx: LiftContext, ones: I32): I32 {
  return cx.ir.mul32(ones, cx.ir.const32(0xff));
}

/** GE[3:0] = the top bits of the bytes. */
function setGeFromBytes(cx: LiftContext, x: I32): void {
  const { ir } = cx;
  // The multiplication moves bits 7, 15, 23 and 31 to 28, 29, 30 and 31; no two terms meet in a bit.
  const gathered = ir.mul32(ir.and32(x, ir.const32(BYTE_TOPS)), ir.const32(0x00204081));
  cx.setWord('ge', ir.shr_u32(gathered, ir.const32(28)));
}

function addBytes(cx: LiftContext, prefix: ParallelPrefix, x: I32, y: I32): I32 {
  const { ir } = cx;
  const flipped = (v: I32): I32 => ir.xor32(v, ir.const32(BYTE_TOPS));
  if (prefix === 'UH') return floorAverage(cx, x, y);
  // Flipping the signs adds 128 to each operand, hence to their average.
  if (prefix === 'SH') return flipped(floorAverage(cx, flipped(x), flipped(y)));
  const r = addLanes(cx, x, y, BYTE_TOPS);
  switch (prefix) {
    case 'S':
      // Sum >= 0: bit 8 of the sign-extended sum is 0.
      setGeFromBytes(cx, cx.not(ir.xor32(ir.xor32(x, y), carries(cx, x, y, r))));
      return r;
    case 'U':
      setGeFromBytes(cx, carries(cx, x, y, r));
      return r;
    case 'UQ':
      return ir.or32(r, onesAsMask(cx, topsAsOnes(cx, carries(cx, x, y, r))));
    case 'Q':
      return saturateBytes(cx, x, r, ir.and32(cx.not(ir.xor32(x, y)), ir.xor32(x, r)));
  }
}

function subBytes(cx: LiftContext, prefix: ParallelPrefix, x: I32, y: I32): I32 {
  const { ir } = cx;
  const flipped = (v: I32): I32 => ir.xor32(v, ir.const32(BYTE_TOPS));
  if (prefix === 'UH') return halvedDifference(cx, x, y);
  if (prefix === 'SH') return halvedDifference(cx, flipped(x), flipped(y));
  const r = subLanes(cx, x, y);
  switch (prefix) {
    case 'S':
      setGeFromBytes(cx, cx.not(ir.xor32(ir.xor32(x, y), borrows(cx, x, y, r))));
      return r;
    case 'U':
      setGeFromBytes(cx, cx.not(borrows(cx, x, y, r)));
      return r;
    case 'UQ':
      return ir.and32(r, cx.not(onesAsMask(cx, topsAsOnes(cx, borrows(cx, x, y, r)))));
    case 'Q':
      return saturateBytes(cx, x, r, ir.and32(ir.xor32(x, y), ir.xor32(x, r)));
  }
}

/** Replaces the bytes of r whose top bit in `overflow` is set by 0x7f, or 0x80 where x is negative. */
function saturateBytes(cx: LiftContext, x: I32, r: I32, overflow: I32): I32 {
  const { ir } = cx;
  const limit = ir.add32(topsAsOnes(cx, x), ir.const32(0x7f7f7f7f));
  const mask = onesAsMask(cx, topsAsOnes(cx, overflow));
  return ir.xor32(r, ir.and32(ir.xor32(r, limit), mask));
}

/** (x + y) / 2 by unsigned bytes, rounded down. */
function floorAverage(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const different = ir.and32(ir.xor32(x, y), ir.const32(0xfefefefe));
  return ir.add32(ir.and32(x, y), ir.shr_u32(different, ir.const32(1)));
}

/** Bits 8 to 1 of x - y by unsigned bytes: (x + ~y + 1) / 2 - 128, an average rounded up. */
function halvedDifference(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const z = cx.not(y);
  const different = ir.and32(ir.xor32(x, z), ir.const32(0xfefefefe));
  return ir.xor32(ir.sub32(ir.or32(x, z), ir.shr_u32(different, ir.const32(1))), ir.const32(BYTE_TOPS));
}

/** The lanes of x and y that meet, and what happens to them. */
const HALFWORD_OPS = {
  ADD16: { low: 'add', high: 'add', exchange: false },
  ASX: { low: 'sub', high: 'add', exchange: true },
  SAX: { low: 'add', high: 'sub', exchange: true },
  SUB16: { low: 'sub', high: 'sub', exchange: false },
} as const;

function halfwords(cx: LiftContext, prefix: ParallelPrefix, op: keyof typeof HALFWORD_OPS, x: I32, y: I32): I32 {
  const { ir } = cx;
  const unsigned = prefix.startsWith('U');
  const half = (v: I32, top: boolean): I32 => {
    if (!unsigned) return signedHalf(cx, v, top);
    return top ? ir.shr_u32(v, ir.const32(16)) : ir.and32(v, ir.const32(0xffff));
  };
  const row = HALFWORD_OPS[op];
  const lane = (kind: 'add' | 'sub', top: boolean): I32 => ir[`${kind}32`](half(x, top), half(y, top !== row.exchange));
  const low = lane(row.low, false);
  const high = lane(row.high, true);
  if (prefix === 'S' || prefix === 'U') {
    const bottomGe = greaterOrEqual(cx, unsigned, row.low, low, 3);
    cx.setWord('ge', ir.or32(bottomGe, greaterOrEqual(cx, unsigned, row.high, high, 12)));
  }
  const [bottom, top] = [finishHalf(cx, prefix, low), finishHalf(cx, prefix, high)];
  return ir.or32(ir.and32(bottom, ir.const32(0xffff)), ir.shl32(top, ir.const32(16)));
}

/** `bits` if the exact result is at least 0 or, for an unsigned sum, at least 0x10000; else 0. */
function greaterOrEqual(cx: LiftContext, unsigned: boolean, kind: 'add' | 'sub', exact: I32, bits: number): I32 {
  const { ir } = cx;
  const sum = unsigned && kind === 'add' ? ir.sub32(exact, ir.const32(0x10000)) : exact;
  return ir.and32(cx.not(ir.shr_s32(sum, ir.const32(31))), ir.const32(bits));
}

/** Saturates or halves an exact 17-bit result. */
function finishHalf(cx: LiftContext, prefix: ParallelPrefix, exact: I32): I32 {
  switch (prefix) {
    case 'Q':
      return clamp(cx, exact, -0x8000, 0x7fff);
    case 'UQ':
      return clamp(cx, exact, 0, 0xffff);
    case 'SH':
    case 'UH':
      return cx.ir.shr_s32(exact, cx.ir.const32(1));
    default:
      return exact;
  }
}

// SEL<c> <Rd>, <Rn>, <Rm>
export function sel(cx: LiftContext, { d, n, m }: ParallelOperands): void {
  const { ir } = cx;
  // GE bit i goes to bit 8 * i: the inverse of setGeFromBytes
  const ones = ir.and32(ir.mul32(cx.word('ge'), ir.const32(0x00204081)), ir.const32(BYTE_ONES));
  const y = cx.reg(m);
  cx.setRegOrBranch(d, ir.xor32(y, ir.and32(ir.xor32(cx.reg(n), y), onesAsMask(cx, ones))));
}

/** Sum of the absolute differences of the bytes. */
function sumOfDifferences(cx: LiftContext, x: I32, y: I32): I32 {
  const { ir } = cx;
  const r = subLanes(cx, x, y);
  // Negates the bytes that borrowed; those are not 0, so adding 1 to their complement carries nowhere.
  const negative = topsAsOnes(cx, borrows(cx, x, y, r));
  const absolute = ir.add32(ir.xor32(r, onesAsMask(cx, negative)), negative);
  const evenBytes = ir.const32(0x00ff00ff);
  const pairs = ir.add32(ir.and32(absolute, evenBytes), ir.and32(ir.shr_u32(absolute, ir.const32(8)), evenBytes));
  return ir.shr_u32(ir.mul32(pairs, ir.const32(0x10001)), ir.const32(16));
}

// USAD8<c> <Rd>, <Rn>, <Rm>
export function usad8(cx: LiftContext, { d, n, m }: ParallelOperands): void {
  cx.setRegOrBranch(d, sumOfDifferences(cx, cx.reg(n), cx.reg(m)));
}

// USADA8<c> <Rd>, <Rn>, <Rm>, <Ra>
export function usada8(cx: LiftContext, { d, n, m, a }: ParallelOperands & { readonly a: number }): void {
  cx.setRegOrBranch(d, cx.ir.add32(sumOfDifferences(cx, cx.reg(n), cx.reg(m)), cx.reg(a)));
}
