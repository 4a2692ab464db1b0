/**
 * Complex arithmetic (FEAT_FCMA, Arm ARM DDI 0487, sections F6.1.42 ff.). Pairs of lanes are real and imaginary parts. All of it is
 * lane-wise addition and fused multiply-add, once operands have been permuted and negated.
 */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { Builder } from '../../../translate/ir/builder';
import type { V128 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { addVectors, fuse } from './neon-float';
import { halfOperation } from './neon-half';
import { registers, vectorRegister, type ThreeVectors } from './neon-registers';
import { haveDoubles } from './vfp-registers';

/** Bits of a lane: s = 0 is halves, 1 is singles. */
interface Complex extends ThreeVectors {
  readonly s: number;
}

const widthOf = (s: number): 16 | 32 => (s === 1 ? 32 : 16);

/** Lanes of every pair in the given order. */
function inPairs(ir: Builder, width: number, x: V128, first: 0 | 1, second: 0 | 1): V128 {
  const order = Array.from({ length: 128 / width }, (_, i) => (i & ~1) + ((i & 1) === 0 ? first : second));
  return lanes.shuffleLanes(ir, width, x, x, order);
}

/** Every first, or every second, lane negated. */
function negatedIn(ir: Builder, width: number, x: V128, which: 0 | 1 | 'both'): V128 {
  if (which === 'both') return lanes.xor(ir, x, lanes.signBits(ir, width));
  const word = width === 16 ? [0x8000, 0x80000000 | 0][which]! : 0x80000000 | 0;
  const odd = width === 32 && which === 1;
  const even = width === 32 && which === 0;
  return lanes.xor(ir, x, ir.const128(odd ? 0 : word, even ? 0 : word, odd ? 0 : word, even ? 0 : word));
}

/** m times i to the power of `quarters`, as the sum with the first operand or its product with a real number needs it. */
function rotated(ir: Builder, width: number, m: V128, quarters: number): V128 {
  switch (quarters) {
    case 0:
      return m;
    case 1:
      return negatedIn(ir, width, inPairs(ir, width, m, 1, 0), 0);
    case 2:
      return negatedIn(ir, width, m, 'both');
    default:
      return negatedIn(ir, width, inPairs(ir, width, m, 1, 0), 1);
  }
}

/** VCADD.F<size> <Qd>, <Qn>, <Qm>, #<90 or 270>; r = 1 is 270. */
export function complexAdd(cx: LiftContext, f: Complex & { readonly r: number }): void | false {
  const width = widthOf(f.s);
  return registers(cx, [f.q, f.q, f.q], f, (ir, n, m, d) => {
    const turned = rotated(ir, width, m, f.r === 1 ? 3 : 1);
    return width === 16 ? halfOperation(cx, f.q, 'vadd', n, turned, d()) : addVectors(cx, f.q, n, turned);
  });
}

function multiplyAdd(cx: LiftContext, f: Omit<Complex, 'm' | 'M'> & { readonly r: number }, m: V128): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const n = vectorRegister(cx, f.q, f.n, f.N);
  if (d === undefined || n === undefined) return false;
  const width = widthOf(f.s);
  const part = (f.r & 1) as 0 | 1;
  const factor = inPairs(ir, width, cx.vector(f.q, n), part, part);
  const old = cx.vector(f.q, d);
  const turned = rotated(ir, width, m, f.r);
  if (width === 16) cx.setVector(f.q, d, halfOperation(cx, f.q, 'vfma', factor, turned, old));
  else fuse(cx, f.q, { n: factor, m: turned, old, set: (v) => cx.setVector(f.q, d, v) });
}

/** VCMLA.F<size> <Qd>, <Qn>, <Qm>, #<rotation>; r counts quarters. */
export function complexMultiplyAdd(cx: LiftContext, f: Complex & { readonly r: number }): void | false {
  const m = vectorRegister(cx, f.q, f.m, f.M);
  return m === undefined ? false : multiplyAdd(cx, f, cx.vector(f.q, m));
}

/** VCMLA.F<size> <Qd>, <Qn>, <Dm[x]>, #<rotation>: one complex number of m for all of n */
export function complexMultiplyAddByScalar(cx: LiftContext, f: Complex & { readonly r: number }): void | false {
  const { register, index } = complexScalar(f);
  if (!haveDoubles(cx, register)) return false;
  const m = cx.vector(0, register);
  return multiplyAdd(cx, f, f.s === 1 ? m : lanes.shuffleLanes(cx.ir, 32, m, m, [index]));
}

/** Register and number of a complex scalar: a doubleword holds one of singles and two of halves. */
export function complexScalar(f: Pick<Complex, 's' | 'm' | 'M'>): { readonly register: number; readonly index: number } {
  return f.s === 1 ? { register: (f.M << 4) | f.m, index: 0 } : { register: f.m, index: f.M };
}
