/** Integer arithmetic, shifts, bit fields, multiplication and division (MD00086, MIPS32 Instruction Set Manual). */
import type { I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

type ThreeRegisters = { readonly d: number; readonly s: number; readonly t: number };
type Immediate = { readonly t: number; readonly s: number; readonly i: number };

export type BinaryOp = (cx: LiftContext, x: I32, y: I32) => I32;

/** OP rd, rs, rt */
export function threeRegisters(op: BinaryOp) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => cx.setReg(d, op(cx, cx.reg(s), cx.reg(t)));
}

/** OP rt, rs, immediate; the immediate is extended as `extend` says. */
export function withImmediate(op: BinaryOp, extend: (imm16: number) => number) {
  return (cx: LiftContext, { t, s, i }: Immediate): void => cx.setReg(t, op(cx, cx.reg(s), cx.const(extend(i))));
}

/** Sign extension of a 16-bit immediate. */
export const signed16 = (imm16: number): number => (imm16 << 16) >> 16;
export const unsigned16 = (imm16: number): number => imm16;

export const add: BinaryOp = ({ ir }, x, y) => ir.add32(x, y);
export const sub: BinaryOp = ({ ir }, x, y) => ir.sub32(x, y);
export const and: BinaryOp = ({ ir }, x, y) => ir.and32(x, y);
export const or: BinaryOp = ({ ir }, x, y) => ir.or32(x, y);
export const xor: BinaryOp = ({ ir }, x, y) => ir.xor32(x, y);
export const nor: BinaryOp = (cx, x, y) => cx.not(cx.ir.or32(x, y));
export const slt: BinaryOp = ({ ir }, x, y) => ir.zext1_32(ir.lt_s32(x, y));
export const sltu: BinaryOp = ({ ir }, x, y) => ir.zext1_32(ir.lt_u32(x, y));
export const mul: BinaryOp = ({ ir }, x, y) => ir.mul32(x, y);
export const muh: BinaryOp = ({ ir }, x, y) => ir.mulh_s32(x, y);
export const muhu: BinaryOp = ({ ir }, x, y) => ir.mulh_u32(x, y);

/** ADD, ADDI: traps on overflow, with the destination unchanged. */
export const addTrapping: BinaryOp = (cx, x, y) => {
  cx.trapIf(cx.ir.overflow_add32(x, y), 'overflow');
  return cx.ir.add32(x, y);
};

/** SUB */
export const subTrapping: BinaryOp = (cx, x, y) => {
  cx.trapIf(cx.ir.overflow_sub32(x, y), 'overflow');
  return cx.ir.sub32(x, y);
};

/** A divisor of 0 counts as 1: what qemu-mips returns where the architecture leaves the result UNPREDICTABLE. */
function divisor({ ir }: LiftContext, y: I32): I32 {
  return ir.select32(ir.eq32(y, ir.const32(0)), ir.const32(1), y);
}

export const quotient: BinaryOp = (cx, x, y) => cx.ir.div_s32(x, divisor(cx, y));
export const quotientUnsigned: BinaryOp = (cx, x, y) => cx.ir.div_u32(x, divisor(cx, y));

const remainder =
  (divide: BinaryOp): BinaryOp =>
  (cx, x, y) => {
    const { ir } = cx;
    return ir.sub32(x, ir.mul32(divide(cx, x, y), divisor(cx, y)));
  };
export const modulo = remainder(quotient);
export const moduloUnsigned = remainder(quotientUnsigned);

/** DIV, DIVU rs, rt: quotient to LO, remainder to HI. */
export function divide(op: BinaryOp) {
  return (cx: LiftContext, { s, t }: { s: number; t: number }): void => {
    const { ir } = cx;
    const [x, y] = [cx.reg(s), cx.reg(t)];
    const q = op(cx, x, y);
    cx.setAccumulator(ir.pair64(q, ir.sub32(x, ir.mul32(q, divisor(cx, y)))));
  };
}

/** MULT, MULTU ac, rs, rt */
export function multiply(signed: boolean) {
  return (cx: LiftContext, { s, t, a = 0 }: { s: number; t: number; a?: number }): void => cx.setAccumulator(product(cx, signed, s, t), a);
}

function product(cx: LiftContext, signed: boolean, s: number, t: number): I64 {
  const [x, y] = [cx.reg(s), cx.reg(t)];
  return signed ? cx.ir.mul_wide_s32(x, y) : cx.ir.mul_wide_u32(x, y);
}

/** MADD, MADDU, MSUB, MSUBU ac, rs, rt */
export function multiplyAccumulate(signed: boolean, operation: 'add64' | 'sub64') {
  return (cx: LiftContext, { s, t, a = 0 }: { s: number; t: number; a?: number }): void =>
    cx.setAccumulator(cx.ir[operation](cx.accumulator(a), product(cx, signed, s, t)), a);
}

// MUL rd, rs, rt: HI and LO become UNPREDICTABLE and stay here, as in qemu-mips
export const multiplyToRegister = threeRegisters(mul);

/** MOVZ, MOVN rd, rs, rt */
export function moveConditionally(whenZero: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const zero = cx.ir.eq32(cx.reg(t), cx.const(0));
    cx.setReg(d, selectIf(cx, zero, whenZero, cx.reg(s), cx.reg(d)));
  };
}

/** SELEQZ, SELNEZ rd, rs, rt */
export function selectZero(whenZero: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const zero = cx.ir.eq32(cx.reg(t), cx.const(0));
    cx.setReg(d, selectIf(cx, zero, whenZero, cx.reg(s), cx.const(0)));
  };
}

function selectIf({ ir }: LiftContext, cond: I1, wanted: boolean, x: I32, y: I32): I32 {
  return wanted ? ir.select32(cond, x, y) : ir.select32(cond, y, x);
}

export const shiftLeft: BinaryOp = ({ ir }, x, y) => ir.shl32(x, y);
export const shiftRight: BinaryOp = ({ ir }, x, y) => ir.shr_u32(x, y);
export const shiftRightSigned: BinaryOp = ({ ir }, x, y) => ir.shr_s32(x, y);
export const rotateRight: BinaryOp = ({ ir }, x, y) => ir.rotr32(x, y);

/** OP rd, rt, sa */
export function shiftImmediate(op: BinaryOp) {
  return (cx: LiftContext, { d, t, a }: { d: number; t: number; a: number }): void => cx.setReg(d, op(cx, cx.reg(t), cx.const(a)));
}

/** OP rd, rt, rs: the shift ops count modulo 32, as MIPS does. */
export function shiftVariable(op: BinaryOp) {
  return (cx: LiftContext, { d, t, s }: ThreeRegisters): void => cx.setReg(d, op(cx, cx.reg(t), cx.reg(s)));
}

/** OP rd, source */
export function unary(op: (cx: LiftContext, x: I32) => I32) {
  return (cx: LiftContext, { d, s }: { d: number; s: number }): void => cx.setReg(d, op(cx, cx.reg(s)));
}

export const countLeadingZeros = unary(({ ir }, x) => ir.clz32(x));
export const countLeadingOnes = unary((cx, x) => cx.ir.clz32(cx.not(x)));
export const signExtendByte = unary(({ ir }, x) => ir.ext8_s32(x));
export const signExtendHalf = unary(({ ir }, x) => ir.ext16_s32(x));
/** WSBH: with a rotation by 16, which follows where a whole word is meant, this is one byte swap. */
export const swapBytesInHalves = unary(({ ir }, x) => ir.rotr32(ir.bswap32(x), ir.const32(16)));

/** BITSWAP rd, rt: the bits of each byte in reverse order. */
export const reverseBitsInBytes = unary(({ ir }, x) => {
  let v = x;
  for (const [n, ones] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
  ] as const) {
    const [k, mask] = [ir.const32(n), ir.const32(ones)];
    v = ir.or32(ir.and32(ir.shr_u32(v, k), mask), ir.shl32(ir.and32(v, mask), k));
  }
  return v;
});

const ones = (width: number): number => (width === 32 ? -1 : (1 << width) - 1);

// EXT rt, rs, pos, size; `m` is size - 1
export function extract(cx: LiftContext, { t, s, m, p }: { t: number; s: number; m: number; p: number }): void | false {
  // Beyond the register UNPREDICTABLE; qemu-mips raises SIGILL
  if (p + m > 31) return false;
  const { ir } = cx;
  cx.setReg(t, ir.and32(ir.shr_u32(cx.reg(s), ir.const32(p)), ir.const32(ones(m + 1))));
}

// INS rt, rs, pos, size; `m` is pos + size - 1
export function insert(cx: LiftContext, { t, s, m, p }: { t: number; s: number; m: number; p: number }): void | false {
  if (p > m) return false;
  const { ir } = cx;
  const mask = ones(m - p + 1);
  const field = ir.shl32(ir.and32(cx.reg(s), ir.const32(mask)), ir.const32(p));
  cx.setReg(t, ir.or32(ir.and32(cx.reg(t), ir.const32(~(mask << p))), field));
}

/** LSA rd, rs, rt, sa */
export function loadScaledAddress(cx: LiftContext, { d, s, t, a }: ThreeRegisters & { a: number }): void {
  const { ir } = cx;
  cx.setReg(d, ir.add32(ir.shl32(cx.reg(s), ir.const32(a + 1)), cx.reg(t)));
}

/** ALIGN rd, rs, rt, bp: bytes out of rt followed by rs. */
export function alignBytes(cx: LiftContext, { d, s, t, b }: ThreeRegisters & { b: number }): void {
  const { ir } = cx;
  const [x, y] = [cx.reg(s), cx.reg(t)];
  cx.setReg(d, b === 0 ? y : ir.or32(ir.shl32(y, ir.const32(8 * b)), ir.shr_u32(x, ir.const32(32 - 8 * b))));
}
