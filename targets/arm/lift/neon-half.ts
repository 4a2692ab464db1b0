/** Advanced SIMD on halves (FEAT_FP16, Arm ARM DDI 0487, section F6.1): lane by lane in helpers, as hosts have no such arithmetic. */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { HALF_FLAGS_SHIFT, halfFormat, halfLane } from '../half-lanes';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { scalarOperand } from './neon-long';
import { broadcast, threeVectors, twoVectors, type ThreeVectors, type TwoVectors } from './neon-registers';
import { haveDoubles } from './vfp-registers';

const EXTRACT = vop('i16x8.extract_lane_u');
const REPLACE = vop('i16x8.replace_lane');

/**
 * An operation on all lanes, whose exceptions go into FPSCR.
 * @param m a vector, or the second operand of every lane
 */
export function halfOperation(cx: LiftContext, q: number, of: string, n: V128, m: V128 | { readonly word: number }, d: V128): V128 {
  const { ir } = cx;
  const helper = helperIndex(halfLane(of));
  const lane = (v: V128, i: number): I32 => ir.extract32(v, EXTRACT, i);
  const second = (i: number): I32 => (typeof m === 'number' ? ir.shl32(lane(m, i), ir.const32(16)) : ir.const32(m.word << 16));
  let result = lanes.zero(ir);
  let raised = ir.const32(0);
  for (let i = 0; i < 4 + 4 * q; i++) {
    const x = ir.call3(ir.or32(lane(n, i), second(i)), lane(d, i), cx.word('fpscr'), helper);
    result = ir.insert32(result, x, REPLACE, i);
    raised = ir.or32(raised, ir.shr_u32(x, ir.const32(HALF_FLAGS_SHIFT)));
  }
  cx.raise(raised);
  return result;
}

/** V<op>.F16 <Qd>, <Qn>, <Qm> */
export function halfThree(of: string) {
  return (cx: LiftContext, f: ThreeVectors): void | false => threeVectors(cx, f, (_, n, m, d) => halfOperation(cx, f.q, of, n, m, d()));
}

/** VMUL, VMLA, VMLS.F16 <Qd>, <Qn>, <Dm[x]> */
export function halfByScalar(of: string) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const { register, index } = scalarOperand({ ...f, s: 1 });
    if (!haveDoubles(cx, register)) return false;
    const scalar = broadcast(cx, register, 16, index);
    return twoVectors(cx, { q: f.q, d: f.d, D: f.D, m: f.n, M: f.N }, (_, n, d) => halfOperation(cx, f.q, of, n, scalar, d()));
  };
}

/** VPADD, VPMAX, VPMIN.F16 <Dd>, <Dn>, <Dm> */
export function halfPairwise(of: string) {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false =>
    threeVectors(cx, { ...f, q: 0 }, (ir, n, m) => {
      const [first, second] = [lanes.shuffleLanes(ir, 16, n, m, [0, 2, 8, 10]), lanes.shuffleLanes(ir, 16, n, m, [1, 3, 9, 11])];
      return halfOperation(cx, 0, of, first, second, first);
    });
}

/** Of one vector; `word` is the helper's second operand. */
export function halfUnary(of: string, word = 0) {
  return (cx: LiftContext, f: TwoVectors): void | false => twoVectors(cx, f, (_, m) => halfOperation(cx, f.q, of, m, { word }, m));
}

/** VCVT between halves and integers of 16 bits, the lowest `fraction` behind the point; `of` tells the rounding. */
export function halfConversion(of: string, signed: boolean, fraction = 0): ReturnType<typeof halfUnary> {
  return halfUnary(of, halfFormat(signed, fraction));
}
