/** Advanced SIMD bitwise and integer arithmetic (Arm ARM DDI 0406C, sections A7.4.1, A7.4.4, A7.4.5 and A8.8). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { registers, threeVectors, twoVectors, type Sized, type ThreeOperands, type ThreeVectors, type TwoVectors } from './neon-registers';

/** VAND, VBIC, VORR (VMOV), VORN, VEOR, VBSL, VBIT, VBIF {<Qd>,} <Qn>, <Qm> */
export const BITWISE: Readonly<Record<string, ThreeOperands>> = {
  vand: (ir, n, m) => lanes.and(ir, n, m),
  vbic: (ir, n, m) => lanes.andNot(ir, n, m),
  vorr: (ir, n, m) => (n === m ? n : lanes.or(ir, n, m)),
  vorn: (ir, n, m) => lanes.or(ir, n, lanes.not(ir, m)),
  veor: (ir, n, m) => (n === m ? lanes.zero(ir) : lanes.xor(ir, n, m)),
  vbsl: (ir, n, m, d) => lanes.bitSelect(ir, d(), n, m),
  vbit: (ir, n, m, d) => lanes.bitSelect(ir, m, n, d()),
  vbif: (ir, n, m, d) => lanes.bitSelect(ir, m, d(), n),
};

/** Bitwise instructions on whole registers. */
export function bitwise(operation: ThreeOperands) {
  return (cx: LiftContext, f: ThreeVectors): void | false => threeVectors(cx, f, operation);
}

/** A lane-wise operation on lanes of `width` bits. */
type Lanewise = (ir: Builder, width: number, signed: boolean, n: V128, m: V128, d: () => V128) => V128;

/** By mnemonic, operands as in `{<Qd>,} <Qn>, <Qm>`. */
export const LANEWISE: Readonly<Record<string, Lanewise>> = {
  vadd: (ir, width, _, n, m) => lanes.add(ir, width, n, m),
  vsub: (ir, width, _, n, m) => lanes.subtract(ir, width, n, m),
  vtst: (ir, width, _, n, m) => lanes.nonZero(ir, width, lanes.and(ir, n, m)),
  vceq: (ir, width, _, n, m) => lanes.equal(ir, width, n, m),
  vcgt: lanes.greater,
  vcge: lanes.atLeast,
  vmax: lanes.maximum,
  vmin: lanes.minimum,
  vabd: lanes.absoluteDifference,
  vaba: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), lanes.absoluteDifference(ir, width, signed, n, m)),
  vhadd: lanes.halvingAdd,
  vrhadd: lanes.roundingHalvingAdd,
  vhsub: lanes.halvingSubtract,
  vmul: (ir, width, _, n, m) => lanes.multiply(ir, width, n, m),
  vmla: (ir, width, _, n, m, d) => lanes.add(ir, width, d(), lanes.multiply(ir, width, n, m)),
  vmls: (ir, width, _, n, m, d) => lanes.subtract(ir, width, d(), lanes.multiply(ir, width, n, m)),
  // The shift amount is the low byte of n's lanes.
  vshl: (ir, width, signed, n, m) =>
    lanes.shiftLanes(ir, width, { signed, rounding: false, saturating: false }, m, shiftAmount(ir, width, n)).value,
  vrshl: (ir, width, signed, n, m) =>
    lanes.shiftLanes(ir, width, { signed, rounding: true, saturating: false }, m, shiftAmount(ir, width, n)).value,
};

function shiftAmount(ir: Builder, width: number, n: V128): V128 {
  return lanes.shiftRight(ir, width, true, lanes.shiftLeft(ir, width, n, width - 8), width - 8);
}

/** @param widest largest size field the instruction has: 3 where it works on doublewords too */
export function lanewise(operation: Lanewise, signed: boolean, widest: number) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    if (f.s > widest) return false;
    return threeVectors(cx, f, (ir, n, m, d) => operation(ir, 8 << f.s, signed, n, m, d));
  };
}

/** VMUL.P8 {<Qd>,} <Qn>, <Qm> */
export function multiplyPolynomials(cx: LiftContext, f: ThreeVectors): void | false {
  return threeVectors(cx, f, (ir, n, m) => lanes.polynomialProduct(ir, 8, n, m));
}

type SaturatingLanes = (ir: Builder, width: number, signed: boolean, n: V128, m: V128) => lanes.Saturated;

/** Saturating instructions by mnemonic; they set QC. */
export const SATURATING: Readonly<Record<string, SaturatingLanes>> = {
  vqadd: lanes.saturatingAdd,
  vqsub: lanes.saturatingSubtract,
  vqshl: (ir, width, signed, n, m) =>
    lanes.shiftLanes(ir, width, { signed, rounding: false, saturating: true }, m, shiftAmount(ir, width, n)),
  vqrshl: (ir, width, signed, n, m) =>
    lanes.shiftLanes(ir, width, { signed, rounding: true, saturating: true }, m, shiftAmount(ir, width, n)),
};

/** The value, with QC set where it saturated. */
export function settle(cx: LiftContext, { value, happened }: lanes.Saturated): V128 {
  cx.accumulateSaturation(happened);
  return value;
}

export function saturating(operation: SaturatingLanes, signed: boolean) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false =>
    threeVectors(cx, f, (ir, n, m) => settle(cx, operation(ir, 8 << f.s, signed, n, m)));
}

/** Neighbouring lanes of n, then of m (doublewords in both halves) as two vectors: the even ones and the odd ones. */
function neighbours(ir: Builder, width: number, n: V128, m: V128): readonly [even: V128, odd: V128] {
  const half = 64 / width;
  const pick = (odd: number): number[] =>
    Array.from({ length: half }, (_, i) => (i < half / 2 ? 2 * i + odd : 2 * half + 2 * (i - half / 2) + odd));
  return [lanes.shuffleLanes(ir, width, n, m, pick(0)), lanes.shuffleLanes(ir, width, n, m, pick(1))];
}

/** Combines neighbouring lanes of the first operand, then of the second. Doublewords only. */
export function pairwiseOperation(
  cx: LiftContext,
  f: Omit<ThreeVectors, 'q'>,
  width: number,
  combine: (ir: Builder, x: V128, y: V128) => V128,
): void | false {
  return registers(cx, [0, 0, 0], f, (ir, n, m) => combine(ir, ...neighbours(ir, width, n, m)));
}

/** VPADD.I<size> <Dd>, <Dn>, <Dm>; VPMAX, VPMIN */
export function pairwise(operation: 'add' | 'max' | 'min', signed: boolean) {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'> & Sized): void | false => {
    if (f.s === 3) return false;
    const width = 8 << f.s;
    return pairwiseOperation(cx, f, width, (ir, x, y) => {
      if (operation === 'add') return lanes.add(ir, width, x, y);
      return (operation === 'max' ? lanes.maximum : lanes.minimum)(ir, width, signed, x, y);
    });
  };
}

/** V{CEQ,CGE,CGT,CLE,CLT}.<dt> <Qd>, <Qm>, #0 */
export const COMPARE_ZERO: Readonly<Record<string, (ir: Builder, width: number, m: V128) => V128>> = {
  vcgt: (ir, width, m) => lanes.greater(ir, width, true, m, lanes.zero(ir)),
  vcge: (ir, width, m) => lanes.atLeast(ir, width, true, m, lanes.zero(ir)),
  vceq: (ir, width, m) => lanes.equal(ir, width, m, lanes.zero(ir)),
  vcle: (ir, width, m) => lanes.atLeast(ir, width, true, lanes.zero(ir), m),
  vclt: lanes.negative,
};

/** VABS, VNEG, VCLS, VCLZ, VCNT, VMVN <Qd>, <Qm> */
export const UNARY: Readonly<Record<string, (ir: Builder, width: number, m: V128) => V128>> = {
  vabs: lanes.absolute,
  vneg: lanes.negate,
  vcls: lanes.leadingSigns,
  vclz: lanes.leadingZeros,
  vcnt: (ir, _, m) => ir.vector1(m, vop('i8x16.popcnt')),
  vmvn: (ir, _, m) => lanes.not(ir, m),
};

/** A two-register instruction on lanes; sizes above `widest` are undefined. */
export function unaryLanes(operation: (ir: Builder, width: number, m: V128) => V128, widest: number) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    if (f.s > widest) return false;
    return twoVectors(cx, f, (ir, m) => operation(ir, 8 << f.s, m));
  };
}

/** VQABS, VQNEG: of the least number the largest. */
export function saturatingUnary(operation: 'vqabs' | 'vqneg') {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    if (f.s === 3) return false;
    const width = 8 << f.s;
    return twoVectors(cx, f, (ir, m) => {
      const happened = lanes.equal(ir, width, m, lanes.signBits(ir, width));
      const wrapped = operation === 'vqabs' ? lanes.absolute(ir, width, m) : lanes.negate(ir, width, m);
      return settle(cx, { value: lanes.xor(ir, wrapped, happened), happened });
    });
  };
}

/** VPADDL, VPADAL: sums of neighbours, twice as wide. */
export function pairwiseLong(signed: boolean, accumulate: boolean) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    if (f.s === 3) return false;
    return twoVectors(cx, f, (ir, m, d) => {
      const sum = lanes.pairwiseWidenedSum(ir, 8 << f.s, signed, m);
      return accumulate ? lanes.add(ir, 16 << f.s, d(), sum) : sum;
    });
  };
}
