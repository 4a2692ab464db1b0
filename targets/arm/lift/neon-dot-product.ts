/** Dot products and matrix products of bytes, and rounding doubling accumulation (Arm ARM DDI 0487, section F6.1; Armv8.1 to 8.6). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { scalarOperand } from './neon-long';
import { settle } from './neon-integer';
import { broadcast, registers, threeVectors, vectorRegister, type Sized, type ThreeVectors } from './neon-registers';
import { haveDoubles } from './vfp-registers';

const DOT = vop('i32x4.dot_i16x8_s');

/** Signedness of the bytes of n and m. */
export type ByteSigns = readonly [n: boolean, m: boolean];

/** Sums of neighbouring words of x, then of y. */
function pairwiseSum(ir: Builder, x: V128, y: V128): V128 {
  return lanes.add(ir, 32, lanes.shuffleLanes(ir, 32, x, y, [0, 2, 4, 6]), lanes.shuffleLanes(ir, 32, x, y, [1, 3, 5, 7]));
}

type Half = 'low' | 'high';

/** Sums of pairs of products of bytes of one half of each vector. Both extended to 16 bits, as which even unsigned bytes are positive. */
function pairSums(ir: Builder, [sn, sm]: ByteSigns, n: V128, halfN: Half, m: V128, halfM: Half): V128 {
  return ir.vector2(lanes.widen(ir, 8, sn, halfN, n), lanes.widen(ir, 8, sm, halfM, m), DOT);
}

const dotProduct = (ir: Builder, signs: ByteSigns, n: V128, m: V128): V128 =>
  pairwiseSum(ir, pairSums(ir, signs, n, 'low', m, 'low'), pairSums(ir, signs, n, 'high', m, 'high'));

// VSDOT, VUDOT, VUSDOT <Qd>, <Qn>, <Qm>
export function dot(signs: ByteSigns) {
  return (cx: LiftContext, f: ThreeVectors): void | false =>
    threeVectors(cx, f, (ir, n, m, d) => lanes.add(ir, 32, d(), dotProduct(ir, signs, n, m)));
}

// VSDOT, VUDOT, VUSDOT, VSUDOT <Qd>, <Qn>, <Dm[x]>: four bytes of m with every four of n
export function dotByScalar(signs: ByteSigns) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const d = vectorRegister(cx, f.q, f.d, f.D);
    const n = vectorRegister(cx, f.q, f.n, f.N);
    if (d === undefined || n === undefined || !haveDoubles(cx, f.m)) return false;
    const scalar = broadcast(cx, f.m, 32, f.M);
    cx.setVector(f.q, d, lanes.add(cx.ir, 32, cx.vector(f.q, d), dotProduct(cx.ir, signs, cx.vector(f.q, n), scalar)));
  };
}

// VSMMLA, VUMMLA, VUSMMLA <Qd>, <Qn>, <Qm>: the products of two rows of n with two rows of m
export function matrixProduct(signs: ByteSigns) {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false =>
    registers(cx, [1, 1, 1], f, (ir, n, m, d) => {
      const row = (half: Half): V128 => pairwiseSum(ir, pairSums(ir, signs, n, half, m, 'low'), pairSums(ir, signs, n, half, m, 'high'));
      return lanes.add(ir, 32, d(), pairwiseSum(ir, row('low'), row('high')));
    });
}

/** (d * 2^width + 2 n m + 2^(width - 1)) / 2^width, all halved, so that twice the width is enough; saturated. */
function accumulateHigh(cx: LiftContext, width: number, subtract: boolean, n: V128, m: V128, d: V128): V128 {
  const { ir } = cx;
  const wide = 2 * width;
  const half = (which: Half): lanes.Saturated => {
    const product = lanes.widenedProduct(ir, width, true, which, n, m);
    const base = lanes.add(
      ir,
      wide,
      lanes.shiftLeft(ir, wide, lanes.widen(ir, width, true, which, d), width - 1),
      lanes.splat(ir, wide, 2 ** (width - 2)),
    );
    const total = subtract ? lanes.subtract(ir, wide, base, product) : lanes.add(ir, wide, base, product);
    return lanes.saturatingLimit(ir, width, true, true, lanes.shiftRight(ir, wide, true, total, width - 1));
  };
  const [low, high] = [half('low'), half('high')];
  const value = lanes.lowHalves(ir, width, low.value, high.value);
  return settle(cx, { value, happened: lanes.or(ir, low.happened, high.happened) });
}

// VQRDMLAH, VQRDMLSH <Qd>, <Qn>, <Qm>
export function doublingAccumulate(subtract: boolean) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    if (f.s === 0 || f.s === 3) return false;
    return threeVectors(cx, f, (_, n, m, d) => accumulateHigh(cx, 8 << f.s, subtract, n, m, d()));
  };
}

// VQRDMLAH, VQRDMLSH <Qd>, <Qn>, <Dm[x]>
export function doublingAccumulateByScalar(subtract: boolean) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    const d = vectorRegister(cx, f.q, f.d, f.D);
    const n = vectorRegister(cx, f.q, f.n, f.N);
    const { register, index } = scalarOperand(f);
    if (d === undefined || n === undefined || !haveDoubles(cx, register)) return false;
    const scalar = broadcast(cx, register, 8 << f.s, index);
    cx.setVector(f.q, d, accumulateHigh(cx, 8 << f.s, subtract, cx.vector(f.q, n), scalar, cx.vector(f.q, d)));
  };
}
