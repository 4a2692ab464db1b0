/** How MSA instructions read and write vector registers (MD00866, MIPS32 SIMD Architecture). */
import type { Builder } from '../../../translate/ir/builder';
import type { V128 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

/** Registers of an instruction; lanes have 8 << f bits. */
export interface ThreeVectors {
  readonly f: number;
  readonly d: number;
  readonly s: number;
  readonly t: number;
}
export type TwoVectors = Omit<ThreeVectors, 't'>;

/** Vector registers contain the floating-point registers of 64 bits; with 32-bit ones the instructions are reserved. */
export function available(cx: LiftContext): boolean {
  return cx.wideFpu;
}

/** Computes wd from ws, wt and its old value. */
export type ThreeOperands = (ir: Builder, width: number, s: V128, t: V128, d: () => V128) => V128;

/** OP.df wd, ws, wt */
export function threeVectors(compute: ThreeOperands) {
  return (cx: LiftContext, { f, d, s, t }: ThreeVectors): void | false => {
    if (!available(cx)) return false;
    const old = (): V128 => cx.vector(d);
    cx.setVector(d, compute(cx.ir, 8 << f, cx.vector(s), cx.vector(t), old));
  };
}

/** OP.V wd, ws, wt */
export function wholeVectors(compute: (ir: Builder, s: V128, t: V128, d: () => V128) => V128) {
  const lift = threeVectors((ir, _, s, t, d) => compute(ir, s, t, d));
  return (cx: LiftContext, fields: Omit<ThreeVectors, 'f'>): void | false => lift(cx, { ...fields, f: 0 });
}

/** OP.df wd, ws */
export function twoVectors(compute: (ir: Builder, width: number, s: V128) => V128) {
  return (cx: LiftContext, { f, d, s }: TwoVectors): void | false => {
    if (!available(cx)) return false;
    cx.setVector(d, compute(cx.ir, 8 << f, cx.vector(s)));
  };
}

/** The number (of which the low `width` bits count) in every lane. */
export function splat(ir: Builder, width: number, value: bigint): V128 {
  let lane = BigInt.asUintN(width, value);
  for (let w = width; w < 64; w *= 2) lane |= lane << BigInt(w);
  const [low, high] = [Number(BigInt.asIntN(32, lane)), Number(BigInt.asIntN(32, lane >> 32n))];
  return ir.const128(low, high, low, high);
}

/** The least and the largest signed number of `width` bits. */
export const least = (width: number): bigint => -(1n << BigInt(width - 1));
export const most = (width: number): bigint => (1n << BigInt(width - 1)) - 1n;
