/** Products of halves and of brain floats that are accumulated in singles (FEAT_FHM, FEAT_BF16; Arm ARM DDI 0487, section F6.1). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { HALF_FLAGS_SHIFT } from '../half-lanes';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { fuse } from './neon-float';
import { broadcast, registers, twoVectors, vectorRegister, type ThreeVectors, type TwoVectors } from './neon-registers';
import { haveDoubles, vfpRegister } from './vfp-registers';

const EXTRACT = vop('i32x4.extract_lane');
const REPLACE = vop('i32x4.replace_lane');

function eachWord(ir: Builder, count: number, f: (i: number) => I32): V128 {
  let r = lanes.zero(ir);
  for (let i = 0; i < count; i++) r = ir.insert32(r, f(i), REPLACE, i);
  return r;
}

/** Four halves in the low half of a vector as singles, which hold them exactly; NaNs stay as they are. */
function widened(cx: LiftContext, halves: V128): V128 {
  const { ir } = cx;
  const words = lanes.widen(ir, 16, false, 'low', halves);
  return eachWord(ir, 4, (i) => ir.call2(ir.extract32(words, EXTRACT, i), cx.word('fpscr'), helperIndex('half_as_single')));
}

/** The register of halves of VFMAL: a single with q = 0, else a doubleword. */
const halvesRegister = (q: number, field: number, extra: number): number => vfpRegister(q, field, extra);

function halves(cx: LiftContext, q: number, register: number): V128 | undefined {
  if (q === 1) return haveDoubles(cx, register) ? cx.vector(0, register) : undefined;
  return lanes.fill(cx.ir, 32, cx.sBits(register));
}

function accumulateHalves(cx: LiftContext, f: Omit<ThreeVectors, 'm' | 'M'>, subtract: boolean, m: V128 | undefined): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const n = halves(cx, f.q, halvesRegister(f.q, f.n, f.N));
  if (d === undefined || n === undefined || m === undefined) return false;
  const { ir } = cx;
  const factor = widened(cx, subtract ? lanes.xor(ir, n, lanes.signBits(ir, 16)) : n);
  fuse(cx, f.q, { n: factor, m: widened(cx, m), old: cx.vector(f.q, d), set: (v) => cx.setVector(f.q, d, v) });
}

/** VFMAL, VFMSL.F16 <Dd>, <Sn>, <Sm> or <Qd>, <Dn>, <Dm> */
export function multiplyAddLong(subtract: boolean) {
  return (cx: LiftContext, f: ThreeVectors): void | false =>
    accumulateHalves(cx, f, subtract, halves(cx, f.q, halvesRegister(f.q, f.m, f.M)));
}

/** Register and number of the half in VFMAL's scalar form. */
export function longScalar(f: Pick<ThreeVectors, 'q' | 'm' | 'M'>): { readonly register: number; readonly index: number } {
  const low = f.m & 7;
  return f.q === 1 ? { register: low, index: (f.M << 1) | (f.m >> 3) } : { register: (low << 1) | f.M, index: f.m >> 3 };
}

/** VFMAL, VFMSL.F16 <Dd>, <Sn>, <Sm[x]> or <Qd>, <Dn>, <Dm[x]> */
export function multiplyAddLongByScalar(subtract: boolean) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const { register, index } = longScalar(f);
    const m = halves(cx, f.q, register);
    return accumulateHalves(cx, f, subtract, m && lanes.shuffleLanes(cx.ir, 16, m, m, [index]));
  };
}

/** Brain floats of every word as singles: the lower ones, or with `top` the upper ones. */
function brainFloats(ir: Builder, x: V128, top: boolean): V128 {
  return top ? lanes.shiftLeft(ir, 32, lanes.shiftRight(ir, 32, false, x, 16), 16) : lanes.shiftLeft(ir, 32, x, 16);
}

function accumulateBrainFloats(cx: LiftContext, f: ThreeVectors, m: V128 | undefined): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, 1, f.d, f.D);
  const n = vectorRegister(cx, 1, f.n, f.N);
  if (d === undefined || n === undefined || m === undefined) return false;
  fuse(cx, 1, { n: brainFloats(ir, cx.vector(1, n), f.q === 1), m, old: cx.vector(1, d), set: (v) => cx.setVector(1, d, v) });
}

/** VFMAB, VFMAT.BF16 <Qd>, <Qn>, <Qm>; q = 1 is T, the upper halves of words. */
export function multiplyAddBrainFloat(cx: LiftContext, f: ThreeVectors): void | false {
  const m = vectorRegister(cx, 1, f.m, f.M);
  return accumulateBrainFloats(cx, f, m === undefined ? undefined : brainFloats(cx.ir, cx.vector(1, m), f.q === 1));
}

/** VFMAB, VFMAT.BF16 <Qd>, <Qn>, <Dm[x]> */
export function multiplyAddBrainFloatByScalar(cx: LiftContext, f: ThreeVectors): void | false {
  const { register, index } = longScalar({ ...f, q: 1 });
  return accumulateBrainFloats(cx, f, brainFloats(cx.ir, broadcast(cx, register, 16, index), false));
}

/** A word of d plus the dot product of the two pairs of brain floats in words of n and m. */
const dotAdd = (ir: Builder, d: I32, n: V128, i: number, m: V128, k: number): I32 =>
  ir.call3(d, ir.extract32(n, EXTRACT, i), ir.extract32(m, EXTRACT, k), helperIndex('bfdot'));

// VDOT.BF16 <Qd>, <Qn>, <Qm>
export function dotBrainFloat(cx: LiftContext, f: ThreeVectors): void | false {
  return registers(cx, [f.q, f.q, f.q], f, (ir, n, m, d) =>
    eachWord(ir, 2 + 2 * f.q, (i) => dotAdd(ir, ir.extract32(d(), EXTRACT, i), n, i, m, i)),
  );
}

// VDOT.BF16 <Qd>, <Qn>, <Dm[x]>
export function dotBrainFloatByScalar(cx: LiftContext, f: ThreeVectors): void | false {
  const m = haveDoubles(cx, f.m) ? cx.vector(0, f.m) : undefined;
  if (m === undefined) return false;
  return twoVectors(cx, { q: f.q, d: f.d, D: f.D, m: f.n, M: f.N }, (ir, n, d) =>
    eachWord(ir, 2 + 2 * f.q, (i) => dotAdd(ir, ir.extract32(d(), EXTRACT, i), n, i, m, f.M)),
  );
}

// VMMLA.BF16 <Qd>, <Qn>, <Qm>: the products of two rows of n with two rows of m, of four elements each
export function matrixProductBrainFloat(cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false {
  return registers(cx, [1, 1, 1], f, (ir, n, m, d) =>
    eachWord(ir, 4, (i) => {
      const [row, column] = [i & 2, (i & 1) * 2];
      const first = dotAdd(ir, ir.extract32(d(), EXTRACT, i), n, row, m, column);
      return dotAdd(ir, first, n, row + 1, m, column + 1);
    }),
  );
}

// VCVT.BF16.F32 <Dd>, <Qm>
export function singlesToBrainFloats(cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false {
  return twoVectors(
    cx,
    { ...f, q: 1 },
    (ir, m) => {
      const words = eachWord(ir, 4, (i) => {
        const x = ir.call1(ir.extract32(m, EXTRACT, i), helperIndex('single_to_bf16'));
        cx.raise(ir.shr_u32(x, ir.const32(HALF_FLAGS_SHIFT)));
        return x;
      });
      return lanes.lowHalves(ir, 16, words, words);
    },
    0,
  );
}
