/**
 * Advanced SIMD instructions on registers of different lengths and with scalars (Arm ARM DDI 0406C, sections A7.4.2,
 * A7.4.3 and A8.8). "Long" results have lanes twice as wide as the operands, "wide" ones have one such operand, "narrow"
 * ones lanes half as wide.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { settle } from './neon-integer';
import { broadcast, registers, vectorRegister, type Shape, type Sized, type ThreeVectors } from './neon-registers';
import { haveDoubles } from './vfp-registers';

/** On lanes of `width` bits, which for narrow instructions are those of the result. */
export type LongOperation = (cx: LiftContext, width: number, signed: boolean, n: V128, m: V128, d: () => V128) => V128;

const LONG: Shape = [1, 0, 0];
const WIDE: Shape = [1, 1, 0];
const NARROW: Shape = [0, 1, 1];

const product = (cx: LiftContext, width: number, signed: boolean, n: V128, m: V128): V128 =>
  lanes.widenedProduct(cx.ir, width, signed, 'low', n, m);

function difference(ir: Builder, width: number, signed: boolean, n: V128, m: V128): V128 {
  return lanes.subtract(ir, 2 * width, lanes.widen(ir, width, signed, 'low', n), lanes.widen(ir, width, signed, 'low', m));
}

/** Twice the product, saturated. */
const doubled = (cx: LiftContext, width: number, n: V128, m: V128): V128 => {
  const p = product(cx, width, true, n, m);
  return settle(cx, lanes.saturatingAdd(cx.ir, 2 * width, true, p, p));
};

/** The upper half of the sum or difference. */
function highNarrow(combine: typeof lanes.add, rounding: boolean): LongOperation {
  return ({ ir }, width, _signed, n, m) => {
    let x = combine(ir, 2 * width, n, m);
    if (rounding) x = lanes.add(ir, 2 * width, x, lanes.splat(ir, 2 * width, 2 ** (width - 1)));
    return lanes.highHalves(ir, width, x, x);
  };
}

/** By mnemonic: which registers are quadwords, and what is computed. */
const LONG_OPERATIONS: Readonly<Record<string, readonly [shape: Shape, operation: LongOperation]>> = {
  vaddl: [
    LONG,
    ({ ir }, width, signed, n, m) =>
      lanes.add(ir, 2 * width, lanes.widen(ir, width, signed, 'low', n), lanes.widen(ir, width, signed, 'low', m)),
  ],
  vsubl: [LONG, ({ ir }, width, signed, n, m) => difference(ir, width, signed, n, m)],
  vaddw: [WIDE, ({ ir }, width, signed, n, m) => lanes.add(ir, 2 * width, n, lanes.widen(ir, width, signed, 'low', m))],
  vsubw: [WIDE, ({ ir }, width, signed, n, m) => lanes.subtract(ir, 2 * width, n, lanes.widen(ir, width, signed, 'low', m))],
  vabdl: [LONG, ({ ir }, width, signed, n, m) => lanes.absolute(ir, 2 * width, difference(ir, width, signed, n, m))],
  vabal: [
    LONG,
    ({ ir }, width, signed, n, m, d) => lanes.add(ir, 2 * width, d(), lanes.absolute(ir, 2 * width, difference(ir, width, signed, n, m))),
  ],
  vmull: [LONG, product],
  vmlal: [LONG, (cx, width, signed, n, m, d) => lanes.add(cx.ir, 2 * width, d(), product(cx, width, signed, n, m))],
  vmlsl: [LONG, (cx, width, signed, n, m, d) => lanes.subtract(cx.ir, 2 * width, d(), product(cx, width, signed, n, m))],
  vqdmull: [LONG, (cx, width, _, n, m) => doubled(cx, width, n, m)],
  vqdmlal: [LONG, (cx, width, _, n, m, d) => settle(cx, lanes.saturatingAdd(cx.ir, 2 * width, true, d(), doubled(cx, width, n, m)))],
  vqdmlsl: [LONG, (cx, width, _, n, m, d) => settle(cx, lanes.saturatingSubtract(cx.ir, 2 * width, true, d(), doubled(cx, width, n, m)))],
  vaddhn: [NARROW, highNarrow(lanes.add, false)],
  vraddhn: [NARROW, highNarrow(lanes.add, true)],
  vsubhn: [NARROW, highNarrow(lanes.subtract, false)],
  vrsubhn: [NARROW, highNarrow(lanes.subtract, true)],
};

export type LongFields = Omit<ThreeVectors, 'q'> & Sized;

/** @param narrowest smallest size field that the instruction has */
export function long(mnemonic: string, signed: boolean, narrowest: number) {
  const [shape, operation] = LONG_OPERATIONS[mnemonic]!;
  return (cx: LiftContext, f: LongFields): void | false => {
    if (f.s === 3 || f.s < narrowest) return false;
    return registers(cx, shape, f, (_, n, m, d) => operation(cx, 8 << f.s, signed, n, m, d));
  };
}

/** VMULL.P8 <Qd>, <Dn>, <Dm> */
export function multiplyPolynomialsLong(cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false {
  return registers(cx, LONG, f, (ir, n, m) =>
    lanes.polynomialProduct(ir, 16, lanes.widen(ir, 8, false, 'low', n), lanes.widen(ir, 8, false, 'low', m)),
  );
}

/** Upper half of twice the product; the square of the least number saturates. */
function doublingHighProduct(ir: Builder, width: number, rounding: boolean, n: V128, m: V128): lanes.Saturated {
  const least = lanes.signBits(ir, width);
  const happened = lanes.and(ir, lanes.equal(ir, width, n, least), lanes.equal(ir, width, m, least));
  const half = (which: 'low' | 'high'): V128 => {
    const p = lanes.widenedProduct(ir, width, true, which, n, m);
    const rounded = rounding ? lanes.add(ir, 2 * width, p, lanes.splat(ir, 2 * width, 1 << (width - 2))) : p;
    return lanes.shiftRight(ir, 2 * width, true, rounded, width - 1);
  };
  return { value: lanes.xor(ir, lanes.lowHalves(ir, width, half('low'), half('high')), happened), happened };
}

/** Instructions on registers of one length that take a scalar too. */
const SCALAR_OPERATIONS: Readonly<Record<string, LongOperation>> = {
  vmul: ({ ir }, width, _, n, m) => lanes.multiply(ir, width, n, m),
  vmla: ({ ir }, width, _, n, m, d) => lanes.add(ir, width, d(), lanes.multiply(ir, width, n, m)),
  vmls: ({ ir }, width, _, n, m, d) => lanes.subtract(ir, width, d(), lanes.multiply(ir, width, n, m)),
  vqdmulh: (cx, width, _, n, m) => settle(cx, doublingHighProduct(cx.ir, width, false, n, m)),
  vqrdmulh: (cx, width, _, n, m) => settle(cx, doublingHighProduct(cx.ir, width, true, n, m)),
};

/** VQDMULH, VQRDMULH {<Qd>,} <Qn>, <Qm> */
export function doublingHigh(mnemonic: string) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    if (f.s === 0 || f.s === 3) return false;
    return registers(cx, [f.q, f.q, f.q], f, (_, n, m, d) => SCALAR_OPERATIONS[mnemonic]!(cx, 8 << f.s, true, n, m, d));
  };
}

/** Register and lane of a scalar operand of 16 or 32 bits. */
export function scalarOperand(f: Pick<ThreeVectors, 'm' | 'M'> & Sized): { readonly register: number; readonly index: number } {
  return f.s === 1 ? { register: f.m & 7, index: (f.M << 1) | (f.m >> 3) } : { register: f.m, index: f.M };
}

/** The same instructions, and the long ones, with a scalar; q is that of the destination. */
export function byScalar(mnemonic: string, signed: boolean) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    if (f.s === 0 || f.s === 3) return false;
    const isLong = !(mnemonic in SCALAR_OPERATIONS);
    const operation = isLong ? LONG_OPERATIONS[mnemonic]![1] : SCALAR_OPERATIONS[mnemonic]!;
    const qn = isLong ? 0 : f.q;
    const d = vectorRegister(cx, isLong ? 1 : f.q, f.d, f.D);
    const n = vectorRegister(cx, qn, f.n, f.N);
    const { register, index } = scalarOperand(f);
    if (d === undefined || n === undefined || !haveDoubles(cx, register)) return false;
    const qd = isLong ? 1 : f.q;
    const width = 8 << f.s;
    const scalar = broadcast(cx, register, width, index);
    cx.setVector(
      qd,
      d,
      operation(cx, width, signed, cx.vector(qn, n), scalar, () => cx.vector(qd, d)),
    );
  };
}
