/**
 * SPE products, the accumulator and division (SPE PEM chapter 5). Fractions are products shifted left by one; the product of -1 and -1
 * is no such fraction and becomes the greatest one where results are limited.
 */
import type { I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext, RegisterHalf } from '../lift-context';
import { OVERFLOW, SUMMARY } from '../spefscr';
import { HALVES, type ThreeRegisters } from './spe-integer';

const MOST = 0x7fffffff;
const LEAST = 0x80000000 | 0;

/** A result, and whether it was limited, where it may be. */
interface Limited<T> {
  readonly value: T;
  readonly overflow?: I1 | undefined;
}

/** Which numbers a product takes and gives. */
export interface Product {
  readonly signed: boolean;
  readonly fraction: boolean;
  /** Results are limited, which SPEFSCR tells; else they are modulo. */
  readonly saturating: boolean;
}

/** What becomes of a result: written to rD alone, to the accumulator too, or added to it or subtracted from it. */
export type Destination = 'register' | 'accumulator' | 'add' | 'subtract';

/** Says in SPEFSCR whether the words of a result were limited. */
function setOverflow(cx: LiftContext, upper: I1 | undefined, lower: I1 | undefined): void {
  const { ir } = cx;
  const bits = (overflow: I1 | undefined, half: RegisterHalf): I32 =>
    overflow === undefined ? ir.const32(0) : ir.select32(overflow, ir.const32(OVERFLOW[half] | SUMMARY[half]), ir.const32(0));
  const cleared = ir.and32(cx.word('spefscr'), ir.const32(~(OVERFLOW.upper | OVERFLOW.lower)));
  cx.setWord('spefscr', ir.or32(cleared, ir.or32(bits(upper, 'upper'), bits(lower, 'lower'))));
}

const either = (cx: LiftContext, x: I1 | undefined, y: I1): I1 => (x === undefined ? y : cx.ir.or1(x, y));

/** acc + x or acc - x, on words. */
function accumulated(
  cx: LiftContext,
  { signed, saturating }: Omit<Product, 'fraction'>,
  subtract: boolean,
  acc: I32,
  x: I32,
): Limited<I32> {
  const { ir } = cx;
  const value = subtract ? ir.sub32(acc, x) : ir.add32(acc, x);
  if (!saturating) return { value };
  if (!signed) {
    const overflow = subtract ? ir.lt_u32(acc, x) : ir.lt_u32(value, x);
    return { value: ir.select32(overflow, ir.const32(subtract ? 0 : -1), value), overflow };
  }
  const overflow = subtract ? ir.overflow_sub32(acc, x) : ir.overflow_add32(acc, x);
  const limit = ir.xor32(ir.shr_s32(acc, ir.const32(31)), ir.const32(MOST));
  return { value: ir.select32(overflow, limit, value), overflow };
}

const accumulatorHalf = ({ ir }: LiftContext, acc: I64, half: RegisterHalf): I32 => (half === 'upper' ? ir.high64(acc) : ir.low64(acc));

/** Writes words to rD and, unless it is alone, to the accumulator, having added them to that. */
function setWords(
  cx: LiftContext,
  d: number,
  destination: Destination,
  how: Omit<Product, 'fraction'>,
  word: (half: RegisterHalf) => Limited<I32>,
): void {
  const [upper, lower] = HALVES.map((half): Limited<I32> => {
    const { value, overflow } = word(half);
    if (destination === 'register' || destination === 'accumulator') return { value, overflow };
    const sum = accumulated(cx, how, destination === 'subtract', accumulatorHalf(cx, cx.accumulator(), half), value);
    return { value: sum.value, overflow: sum.overflow && either(cx, overflow, sum.overflow) };
  });
  if (destination !== 'register') cx.setAccumulator(cx.ir.pair64(lower!.value, upper!.value));
  cx.setHalf(d, 'upper', upper!.value);
  cx.setHalf(d, 'lower', lower!.value);
  if (how.saturating) setOverflow(cx, upper!.overflow, lower!.overflow);
}

/** Which parts of words are multiplied, and which part of the product counts. */
export type Part = 'even' | 'odd' | 'high' | 'low';

function halfword({ ir }: LiftContext, x: I32, which: 'even' | 'odd', signed: boolean): I32 {
  const sixteen = ir.const32(16);
  if (which === 'even') return signed ? ir.shr_s32(x, sixteen) : ir.shr_u32(x, sixteen);
  return signed ? ir.ext16_s32(x) : ir.and32(x, ir.const32(0xffff));
}

/** The product of one half of each register, as a word. */
function wordProduct(cx: LiftContext, part: Part, { signed, fraction, saturating }: Product, x: I32, y: I32): Limited<I32> {
  const { ir } = cx;
  const one = ir.const32(1);
  const limited = (value: I32): Limited<I32> => {
    if (!saturating || !fraction) return { value };
    // Only -1 by -1 gives that
    const overflow = ir.eq32(value, ir.const32(LEAST));
    return { value: ir.select32(overflow, ir.const32(MOST), value), overflow };
  };
  if (part === 'low') return { value: ir.mul32(x, y) };
  if (part === 'high') {
    if (fraction) return limited(ir.high64(ir.shl64(ir.mul_wide_s32(x, y), one)));
    return { value: signed ? ir.mulh_s32(x, y) : ir.mulh_u32(x, y) };
  }
  const product = ir.mul32(halfword(cx, x, part, signed), halfword(cx, y, part, signed));
  return fraction ? limited(ir.shl32(product, one)) : { value: product };
}

/** EVMH, EVMWH, EVMWL rD, rA, rB: a product in each half. */
export function multiply(part: Part, product: Product, destination: Destination) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void =>
    setWords(cx, d, destination, product, (half) => wordProduct(cx, part, product, cx.half(a, half), cx.half(b, half)));
}

/** The product of the lower words, or of halfwords of them, in 64 bits. */
function wideProduct(cx: LiftContext, part: Part | undefined, { signed, fraction, saturating }: Product, x: I32, y: I32): Limited<I64> {
  const { ir } = cx;
  const ofWord = (v: I32): I32 => (part === 'even' || part === 'odd' ? halfword(cx, v, part, signed) : v);
  const product = signed ? ir.mul_wide_s32(ofWord(x), ofWord(y)) : ir.mul_wide_u32(ofWord(x), ofWord(y));
  if (!fraction) return { value: product };
  const value = ir.shl64(product, ir.const32(1));
  if (!saturating) return { value };
  const overflow = ir.eq64(value, ir.const64(0, LEAST));
  return { value: ir.select64(overflow, ir.const64(-1, MOST), value), overflow };
}

/** EVMW, EVMHEG, EVMHOG rD, rA, rB: one product of 64 bits, of words if there is no part. Sums are modulo in any case. */
export function multiplyWide(part: 'even' | 'odd' | undefined, product: Product, destination: Destination) {
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void => {
    const { ir } = cx;
    const { value, overflow } = wideProduct(cx, part, product, cx.reg(a), cx.reg(b));
    const acc = cx.accumulator();
    const result = destination === 'add' ? ir.add64(acc, value) : destination === 'subtract' ? ir.sub64(acc, value) : value;
    if (destination !== 'register') cx.setAccumulator(result);
    cx.setPair(d, result);
    if (overflow !== undefined) setOverflow(cx, undefined, overflow);
  };
}

/** EVADD, EVSUBF ... AAW rD, rA: words added to the accumulator or subtracted from it. */
export function accumulate(how: Omit<Product, 'fraction'>, destination: 'add' | 'subtract') {
  return (cx: LiftContext, { d, a }: { d: number; a: number }): void =>
    setWords(cx, d, destination, how, (half) => ({ value: cx.half(a, half) }));
}

// EVMRA rD, rA
export function setAccumulator(cx: LiftContext, { d, a }: { d: number; a: number }): void {
  const value = cx.pair(a);
  cx.setAccumulator(value);
  for (const half of HALVES) cx.setHalf(d, half, cx.half(a, half));
}

type Division = (cx: LiftContext, dividend: I32, divisor: I32) => Required<Limited<I32>>;

const signedQuotient: Division = ({ ir }, x, y) => {
  const byZero = ir.eq32(y, ir.const32(0));
  const beyond = ir.and1(ir.eq32(x, ir.const32(LEAST)), ir.eq32(y, ir.const32(-1)));
  const overflow = ir.or1(byZero, beyond);
  const limit = ir.select32(ir.and1(byZero, ir.lt_s32(x, ir.const32(0))), ir.const32(LEAST), ir.const32(MOST));
  return { value: ir.select32(overflow, limit, ir.div_s32(x, y)), overflow };
};

const unsignedQuotient: Division = ({ ir }, x, y) => {
  const overflow = ir.eq32(y, ir.const32(0));
  return { value: ir.select32(overflow, ir.const32(-1), ir.div_u32(x, y)), overflow };
};

/** EVDIVWS, EVDIVWU rD, rA, rB: what overflows is limited. */
export function divide(signed: boolean) {
  const quotient = signed ? signedQuotient : unsignedQuotient;
  return (cx: LiftContext, { d, a, b }: ThreeRegisters): void =>
    setWords(cx, d, 'register', { signed, saturating: true }, (half) => quotient(cx, cx.half(a, half), cx.half(b, half)));
}
