/** How Advanced SIMD instructions name, read and write their registers (Arm ARM DDI 0406C, section A7.3). */
import type { Builder } from '../../../translate/ir/builder';
import { shuffleLanes } from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** Fields of two registers; q = 1 for quadwords. */
export interface TwoVectors {
  readonly q: number;
  readonly d: number;
  readonly D: number;
  readonly m: number;
  readonly M: number;
}

export interface ThreeVectors extends TwoVectors {
  readonly n: number;
  readonly N: number;
}

/** Size of the lanes: 8 << s bits. */
export interface Sized {
  readonly s: number;
}

/** First doubleword of a vector register, or undefined for a quadword with an odd number. */
export function vectorRegister(cx: LiftContext, q: number, field: number, extra: number): number | undefined {
  const n = vfpRegister(1, field, extra);
  return (q === 1 && (n & 1) !== 0) || !haveDoubles(cx, n + q) ? undefined : n;
}

/** Computes the destination from two sources and its old value. */
export type ThreeOperands = (ir: Builder, n: V128, m: V128, d: () => V128) => V128;

/** Which of the registers of an instruction are quadwords: d, n, m. */
export type Shape = readonly [d: number, n: number, m: number];

/** Runs `f` on whole registers; each may be a doubleword or a quadword. */
export function registers(cx: LiftContext, [qd, qn, qm]: Shape, f: Omit<ThreeVectors, 'q'>, compute: ThreeOperands): void | false {
  const d = vectorRegister(cx, qd, f.d, f.D);
  const n = vectorRegister(cx, qn, f.n, f.N);
  const m = vectorRegister(cx, qm, f.m, f.M);
  if (d === undefined || n === undefined || m === undefined) return false;
  cx.setVector(
    qd,
    d,
    compute(cx.ir, cx.vector(qn, n), cx.vector(qm, m), () => cx.vector(qd, d)),
  );
}

export function threeVectors(cx: LiftContext, f: ThreeVectors, compute: ThreeOperands): void | false {
  return registers(cx, [f.q, f.q, f.q], f, compute);
}

/** The same with one source; the destination may have another size. */
export function twoVectors(cx: LiftContext, f: TwoVectors, compute: (ir: Builder, m: V128, d: () => V128) => V128, qd = f.q): void | false {
  const d = vectorRegister(cx, qd, f.d, f.D);
  const m = vectorRegister(cx, f.q, f.m, f.M);
  if (d === undefined || m === undefined) return false;
  cx.setVector(
    qd,
    d,
    compute(cx.ir, cx.vector(f.q, m), () => cx.vector(qd, d)),
  );
}

/** One lane of a doubleword register in all lanes of a vector. */
export function broadcast(cx: LiftContext, register: number, width: number, index: number): V128 {
  const x = cx.vector(0, register);
  return shuffleLanes(cx.ir, width, x, x, [index]);
}
