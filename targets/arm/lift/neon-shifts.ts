/** Advanced SIMD shifts by a constant, and what changes the width of lanes (Arm ARM DDI 0406C, sections A7.4.4 and A8.8). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { settle } from './neon-integer';
import { twoVectors, type TwoVectors } from './neon-registers';

/** V<op>.<dt> {<Qd>,} <Qm>, #n by mnemonic: shifts of lanes by a constant. */
export const SHIFTS: Readonly<Record<string, (ir: Builder, width: number, signed: boolean, n: number, m: V128, d: () => V128) => V128>> = {
  vshr: (ir, width, signed, n, m) => lanes.shiftRight(ir, width, signed, m, n),
  vsra: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), lanes.shiftRight(ir, width, signed, m, n)),
  vrshr: (ir, width, signed, n, m) => lanes.roundingShiftRight(ir, width, signed, m, n),
  vrsra: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), lanes.roundingShiftRight(ir, width, signed, m, n)),
  vsri: (ir, width, _, n, m, d) => {
    const taken = lanes.shiftRight(ir, width, false, lanes.not(ir, lanes.zero(ir)), n);
    return lanes.bitSelect(ir, taken, lanes.shiftRight(ir, width, false, m, n), d());
  },
  vshl: (ir, width, _, n, m) => lanes.shiftLeft(ir, width, m, n),
  vsli: (ir, width, _, n, m, d) => {
    const taken = lanes.shiftLeft(ir, width, lanes.not(ir, lanes.zero(ir)), n);
    return lanes.bitSelect(ir, taken, lanes.shiftLeft(ir, width, m, n), d());
  },
};

/** VQSHL, VQSHLU {<Qd>,} <Qm>, #n: `toUnsigned` is for VQSHLU, whose operand is signed. */
export function saturatingShift(
  cx: LiftContext,
  f: TwoVectors,
  width: number,
  signed: boolean,
  toUnsigned: boolean,
  n: number,
): void | false {
  return twoVectors(cx, f, (ir, m) => {
    if (!toUnsigned) return settle(cx, lanes.saturatingShiftLeft(ir, width, signed, m, n));
    const below = lanes.negative(ir, width, m);
    cx.accumulateSaturation(below);
    return settle(cx, lanes.saturatingShiftLeft(ir, width, false, lanes.andNot(ir, m, below), n));
  });
}

// VSHLL.<dt> <Qd>, <Dm>, #n; VMOVL for n = 0
export function shiftLeftLong(cx: LiftContext, f: Omit<TwoVectors, 'q'>, width: number, signed: boolean, n: number): void | false {
  return twoVectors(cx, { ...f, q: 0 }, (ir, m) => lanes.shiftLeft(ir, 2 * width, lanes.widen(ir, width, signed, 'low', m), n), 1);
}

/** How a narrowing instruction treats lanes of twice `width` bits. */
export interface Narrowing {
  /** Width of the result's lanes. */
  readonly width: number;
  /** Shifted right by so much first. */
  readonly shift: number;
  readonly rounding: boolean;
  /** Signedness of source and result of the instructions that saturate. */
  readonly saturating: readonly [fromSigned: boolean, toSigned: boolean] | undefined;
}

// VSHRN, VRSHRN, VMOVN, VQMOVN, VQMOVUN, VQSHRN, VQSHRUN, VQRSHRN, VQRSHRUN <Dd>, <Qm>{, #n}
export function narrow(cx: LiftContext, f: Omit<TwoVectors, 'q'>, { width, shift, rounding, saturating }: Narrowing): void | false {
  return twoVectors(
    cx,
    { ...f, q: 1 },
    (ir, m) => {
      const signed = saturating?.[0] ?? false;
      let x = m;
      if (shift > 0) x = (rounding ? lanes.roundingShiftRight : lanes.shiftRight)(ir, 2 * width, signed, m, shift);
      if (saturating !== undefined) x = settle(cx, lanes.saturatingLimit(ir, width, ...saturating, x));
      return lanes.lowHalves(ir, width, x, x);
    },
    0,
  );
}
