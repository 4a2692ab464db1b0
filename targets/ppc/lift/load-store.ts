/**
 * Loads and stores (PEM chapter 4.2.3). Addresses that are not aligned work, as processors and Linux make them; only lwarx and
 * stwcx. check.
 */
import { MemFlag, type I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { storedWord } from './stack-forwarding';

const BE = MemFlag.BigEndian;

/** Register, base and offset of a D-form access. */
export interface Access {
  readonly d: number;
  readonly a: number;
  readonly i: number;
}

/** Register, base and index of an X-form access. */
export interface IndexedAccess {
  readonly d: number;
  readonly a: number;
  readonly b: number;
}

export type Load = (cx: LiftContext, base: I32, offset: number) => I32;
export type Store = (cx: LiftContext, base: I32, offset: number, value: I32) => void;

export const loadByte: Load = ({ ir }, base, offset) => ir.load8_u(base, offset);
export const loadHalf: Load = ({ ir }, base, offset) => ir.load16_u(base, offset, BE);
export const loadHalfSigned: Load = ({ ir }, base, offset) => ir.load16_s(base, offset, BE);
export const loadWord: Load = ({ ir }, base, offset) => storedWord(ir, base, offset) ?? ir.load32(base, offset, BE);
export const loadHalfReversed: Load = ({ ir }, base, offset) => ir.load16_u(base, offset);
export const loadWordReversed: Load = ({ ir }, base, offset) => ir.load32(base, offset);

export const storeByte: Store = ({ ir }, base, offset, value) => ir.store8(base, value, offset);
export const storeHalf: Store = ({ ir }, base, offset, value) => ir.store16(base, value, offset, BE);
export const storeWord: Store = ({ ir }, base, offset, value) => ir.store32(base, value, offset, BE);
export const storeHalfReversed: Store = ({ ir }, base, offset, value) => ir.store16(base, value, offset);
export const storeWordReversed: Store = ({ ir }, base, offset, value) => ir.store32(base, value, offset);

export const offsetOf = (imm16: number): number => (imm16 << 16) >> 16;

/** Address of an X-form access. */
export function indexed(cx: LiftContext, a: number, b: number): I32 {
  return a === 0 ? cx.reg(b) : cx.ir.add32(cx.reg(a), cx.reg(b));
}

/** OP rD, d(rA) */
export function load(how: Load) {
  return (cx: LiftContext, { d, a, i }: Access): void => cx.setReg(d, how(cx, cx.base(a), offsetOf(i)));
}

/** OP rS, d(rA) */
export function store(how: Store) {
  return (cx: LiftContext, { d, a, i }: Access): void => how(cx, cx.base(a), offsetOf(i), cx.reg(d));
}

/** OP rD, rA, rB */
export function loadIndexed(how: Load) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void => cx.setReg(d, how(cx, indexed(cx, a, b), 0));
}

/** OP rS, rA, rB */
export function storeIndexed(how: Store) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void => how(cx, indexed(cx, a, b), 0, cx.reg(d));
}

// With update: rA becomes the address, once the access has not faulted. Without rA, and for loads with rA = rD, invalid

export function loadUpdate(how: Load) {
  return (cx: LiftContext, { d, a, i }: Access): void | false => {
    if (a === 0 || a === d) return false;
    const base = cx.reg(a);
    cx.setReg(d, how(cx, base, offsetOf(i)));
    cx.setReg(a, cx.ir.add32(base, cx.const(offsetOf(i))));
  };
}

export function storeUpdate(how: Store) {
  return (cx: LiftContext, { d, a, i }: Access): void | false => {
    if (a === 0) return false;
    const base = cx.reg(a);
    how(cx, base, offsetOf(i), cx.reg(d));
    cx.setReg(a, cx.ir.add32(base, cx.const(offsetOf(i))));
  };
}

export function loadUpdateIndexed(how: Load) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void | false => {
    if (a === 0 || a === d) return false;
    const at = indexed(cx, a, b);
    cx.setReg(d, how(cx, at, 0));
    cx.setReg(a, at);
  };
}

export function storeUpdateIndexed(how: Store) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void | false => {
    if (a === 0) return false;
    const at = indexed(cx, a, b);
    how(cx, at, 0, cx.reg(d));
    cx.setReg(a, at);
  };
}

// lmw rD, d(rA)
export function loadMultiple(cx: LiftContext, { d, a, i }: Access): void {
  const base = cx.base(a);
  for (let n = d; n < 32; n++) cx.setReg(n, loadWord(cx, base, offsetOf(i) + 4 * (n - d)));
}

// stmw rS, d(rA)
export function storeMultiple(cx: LiftContext, { d, a, i }: Access): void {
  const base = cx.base(a);
  for (let n = d; n < 32; n++) storeWord(cx, base, offsetOf(i) + 4 * (n - d), cx.reg(n));
}
