/** Integer logic, rotation, shifts and bit counting (PEM chapter 4.2.1). */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

export type BinaryOp = (cx: LiftContext, x: I32, y: I32) => I32;

export const and: BinaryOp = ({ ir }, x, y) => ir.and32(x, y);
export const andComplement: BinaryOp = (cx, x, y) => cx.ir.and32(x, cx.not(y));
export const or: BinaryOp = ({ ir }, x, y) => ir.or32(x, y);
export const orComplement: BinaryOp = (cx, x, y) => cx.ir.or32(x, cx.not(y));
export const xor: BinaryOp = ({ ir }, x, y) => ir.xor32(x, y);
export const nand: BinaryOp = (cx, x, y) => cx.not(cx.ir.and32(x, y));
export const nor: BinaryOp = (cx, x, y) => cx.not(cx.ir.or32(x, y));
export const equivalent: BinaryOp = (cx, x, y) => cx.not(cx.ir.xor32(x, y));

/** Writes a result, and CR0 if Rc is set. */
export function setResult(cx: LiftContext, a: number, value: I32, rc: number): void {
  cx.setReg(a, value);
  if (rc === 1) cx.record(value);
}

interface Registers {
  readonly s: number;
  readonly a: number;
  readonly b: number;
  readonly c?: number;
}

/** OP[.] rA, rS, rB */
export function logical(op: BinaryOp) {
  return (cx: LiftContext, { s, a, b, c = 0 }: Registers): void => {
    const x = cx.reg(s);
    // or rA, rS, rS is how registers are moved
    setResult(cx, a, s === b && op === or ? x : op(cx, x, cx.reg(b)), c);
  };
}

/** OP rA, rS, UIMM */
export function logicalImmediate(op: BinaryOp, shift: 0 | 16, record: 0 | 1 = 0) {
  return (cx: LiftContext, { s, a, i }: { s: number; a: number; i: number }): void =>
    setResult(cx, a, op(cx, cx.reg(s), cx.const(i << shift)), record);
}

/** OP[.] rA, rS */
export function unary(op: (cx: LiftContext, x: I32) => I32) {
  return (cx: LiftContext, { s, a, c = 0 }: { s: number; a: number; c?: number }): void => setResult(cx, a, op(cx, cx.reg(s)), c);
}

export const signExtendByte = unary(({ ir }, x) => ir.ext8_s32(x));
export const signExtendHalf = unary(({ ir }, x) => ir.ext16_s32(x));
export const countLeadingZeros = unary(({ ir }, x) => ir.clz32(x));
export const populationCount = unary(({ ir }, x) => ir.popcnt32(x));

// popcntb rA, rS: bits set in each byte
export const populationCountBytes = unary(({ ir }, x) => {
  const part = (v: I32, n: number, mask: number): I32 => ir.and32(ir.shr_u32(v, ir.const32(n)), ir.const32(mask));
  const pairs = ir.sub32(x, part(x, 1, 0x55555555));
  const nibbles = ir.add32(part(pairs, 0, 0x33333333), part(pairs, 2, 0x33333333));
  return ir.and32(ir.add32(nibbles, ir.shr_u32(nibbles, ir.const32(4))), ir.const32(0x0f0f0f0f));
});

// prtyw rA, rS: parity of the low bits of the bytes
export const parity = unary(({ ir }, x) => ir.and32(ir.popcnt32(ir.and32(x, ir.const32(0x01010101))), ir.const32(1)));

/** cmpb: 0xff in each byte that is equal in both. */
export const compareBytes: BinaryOp = ({ ir }, x, y) => {
  const different = ir.xor32(x, y);
  const low = ir.const32(0x7f7f7f7f);
  const carried = ir.or32(ir.add32(ir.and32(different, low), low), ir.or32(different, low));
  const tops = ir.xor32(carried, ir.const32(-1));
  return ir.mul32(ir.shr_u32(tops, ir.const32(7)), ir.const32(255));
};

// Shifts by a register count modulo 64: from 32 on nothing is left

function beyond(cx: LiftContext, amount: I32, far: I32, near: I32): I32 {
  return cx.ir.select32(cx.bit(amount, 5), far, near);
}

export const shiftLeft: BinaryOp = (cx, x, y) => beyond(cx, y, cx.const(0), cx.ir.shl32(x, y));
export const shiftRight: BinaryOp = (cx, x, y) => beyond(cx, y, cx.const(0), cx.ir.shr_u32(x, y));

// sraw[.] rA, rS, rB: CA says whether ones were lost from a negative number
export function shiftRightAlgebraic(cx: LiftContext, { s, a, b, c }: Registers & { c: number }): void {
  const { ir } = cx;
  const [x, n] = [cx.reg(s), cx.reg(b)];
  const lost = beyond(cx, n, x, ir.and32(x, cx.not(ir.shl32(ir.const32(-1), n))));
  const value = beyond(cx, n, ir.shr_s32(x, ir.const32(31)), ir.shr_s32(x, n));
  cx.setFlag('ca', ir.and1(ir.lt_s32(x, ir.const32(0)), ir.ne32(lost, ir.const32(0))));
  setResult(cx, a, value, c);
}

// srawi[.] rA, rS, SH
export function shiftRightAlgebraicImmediate(cx: LiftContext, { s, a, h, c }: { s: number; a: number; h: number; c: number }): void {
  const { ir } = cx;
  const x = cx.reg(s);
  const lost = ir.and32(x, ir.const32((1 << h) - 1));
  cx.setFlag('ca', h === 0 ? ir.const1(false) : ir.and1(ir.lt_s32(x, ir.const32(0)), ir.ne32(lost, ir.const32(0))));
  setResult(cx, a, ir.shr_s32(x, ir.const32(h)), c);
}

/** Ones from bit mb to bit me, counted from the most significant; around the end if mb is greater. */
export function rotateMask(mb: number, me: number): number {
  const from = 0xffffffff >>> mb;
  const to = me === 31 ? 0 : 0xffffffff >>> (me + 1);
  return mb <= me ? from & ~to : from | ~to;
}

/** x rotated left by a constant, under a mask: a plain shift if the mask takes bits of one side only. */
export function rotatedUnder(cx: LiftContext, x: I32, n: number, mask: number): I32 {
  const { ir } = cx;
  if (n === 0) return mask === -1 ? x : ir.and32(x, ir.const32(mask));
  const right = (1 << n) - 1; // bits that come from the left end
  if ((mask & right) === 0) return under(cx, ir.shl32(x, ir.const32(n)), mask, ~right);
  if ((mask & ~right) === 0) return under(cx, ir.shr_u32(x, ir.const32(32 - n)), mask, right);
  return under(cx, ir.rotr32(x, ir.const32(32 - n)), mask, -1);
}

/** A value under a mask, of which only `possible` bits can be set. */
function under({ ir }: LiftContext, x: I32, mask: number, possible: number): I32 {
  return (mask & possible) === possible ? x : ir.and32(x, ir.const32(mask));
}

interface RotateFields {
  readonly s: number;
  readonly a: number;
  readonly m: number;
  readonly e: number;
  readonly c: number;
}

// rlwinm[.] rA, rS, SH, MB, ME
export function rotateAndMask(cx: LiftContext, { s, a, h, m, e, c }: RotateFields & { h: number }): void {
  setResult(cx, a, rotatedUnder(cx, cx.reg(s), h, rotateMask(m, e) | 0), c);
}

// rlwnm[.] rA, rS, rB, MB, ME
export function rotateVariable(cx: LiftContext, { s, a, b, m, e, c }: RotateFields & { b: number }): void {
  const { ir } = cx;
  const rotated = ir.rotr32(cx.reg(s), ir.sub32(ir.const32(0), cx.reg(b)));
  setResult(cx, a, under(cx, rotated, rotateMask(m, e), -1), c);
}

// rlwimi[.] rA, rS, SH, MB, ME
export function rotateAndInsert(cx: LiftContext, { s, a, h, m, e, c }: RotateFields & { h: number }): void {
  const { ir } = cx;
  const mask = rotateMask(m, e) | 0;
  const inserted = rotatedUnder(cx, cx.reg(s), h, mask);
  setResult(cx, a, mask === -1 ? inserted : ir.or32(ir.and32(cx.reg(a), ir.const32(~mask)), inserted), c);
}
