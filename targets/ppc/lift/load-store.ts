/**
 * Loads and stores (PEM chapter 4.2.3). Addresses that are not aligned work, as processors and Linux make them; only lwarx and
 * stwcx. check.
 */
import { MemFlag, type I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

const BE = MemFlag.BigEndian;

/** Register, base and offset of a D-form access. */
export interface Access {
  readonly d: number;
  readonly a: number;
  readonly i: number;
}

export type Load = (cx: LiftContext, base: I32, offset: number) => I32;
export type Store = (cx: LiftContext, base: I32, offset: number, value: I32) => void;

export const loadByte: Load = ({ ir }, base, offset) => ir.load8_u(base, offset);
export const loadHalf: Load = ({ ir }, base, offset) => ir.load16_u(base, offset, BE);
export const loadHalfSigned: Load = ({ ir }, base, offset) => ir.load16_s(base, offset, BE);
export const loadWord: Load = ({ ir }, base, offset) => ir.load32(base, offset, BE);

export const storeByte: Store = ({ ir }, base, offset, value) => ir.store8(base, value, offset);
export const storeHalf: Store = ({ ir }, base, offset, value) => ir.store16(base, value, offset, BE);
export const storeWord: Store = ({ ir }, base, offset, value) => ir.store32(base, value, offset, BE);

export const offsetOf = (imm16: number): number => (imm16 << 16) >> 16;

/** OP rD, d(rA) */
export function load(how: Load) {
  return (cx: LiftContext, { d, a, i }: Access): void => cx.setReg(d, how(cx, cx.base(a), offsetOf(i)));
}

/** OP rS, d(rA) */
export function store(how: Store) {
  return (cx: LiftContext, { d, a, i }: Access): void => how(cx, cx.base(a), offsetOf(i), cx.reg(d));
}
