/** What the 405 and the 440 add: products of halfwords, accumulated and limited, and the search for a byte that is 0 (405 User's Manual). */
import type { I1, I32 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { ZERO_BYTE } from '../zero-byte';

interface Fields {
  readonly d: number;
  readonly a: number;
  readonly b: number;
  /** Rc. */
  readonly c: number;
}

/** The halfwords that are multiplied: of rA and of rB. */
const HALVES = { cross: ['low', 'high'], high: ['high', 'high'], low: ['low', 'low'] } as const;

export interface Product {
  readonly halves: keyof typeof HALVES;
  readonly signed: boolean;
}

function half({ ir }: LiftContext, x: I32, which: 'low' | 'high', signed: boolean): I32 {
  const sixteen = ir.const32(16);
  if (which === 'high') return signed ? ir.shr_s32(x, sixteen) : ir.shr_u32(x, sixteen);
  return signed ? ir.ext16_s32(x) : ir.and32(x, ir.const32(0xffff));
}

function productOf(cx: LiftContext, { halves, signed }: Product, a: number, b: number): I32 {
  const [x, y] = HALVES[halves];
  return cx.ir.mul32(half(cx, cx.reg(a), x, signed), half(cx, cx.reg(b), y, signed));
}

function setResult(cx: LiftContext, d: number, value: I32, c: number): void {
  cx.setReg(d, value);
  if (c === 1) cx.record(value);
}

/** MULCHW, MULHHW, MULLHW and the like: rD, rA, rB */
export function multiplyHalves(product: Product) {
  return (cx: LiftContext, { d, a, b, c }: Fields): void => setResult(cx, d, productOf(cx, product, a, b), c);
}

export interface Accumulation extends Product {
  /** The product is subtracted. */
  readonly negative: boolean;
  /** What overflows becomes the number that is nearest. */
  readonly limited: boolean;
}

const MOST_POSITIVE = 0x7fffffff;

/** MACCHW, NMACHHWS and the like: rD, rA, rB */
export function accumulate(how: Accumulation) {
  return (cx: LiftContext, { d, a, b, o, c }: Fields & { readonly o: number }): void => {
    if (o === 1 && cx.tracksSummaryFromHere()) return;
    const { ir } = cx;
    const [before, product] = [cx.reg(d), productOf(cx, how, a, b)];
    const sum = how.negative ? ir.sub32(before, product) : ir.add32(before, product);
    const overflow = (): I1 => {
      if (!how.signed) return ir.lt_u32(sum, product);
      return how.negative ? ir.overflow_sub32(before, product) : ir.overflow_add32(before, product);
    };
    const limit = (): I32 => (how.signed ? ir.xor32(ir.shr_s32(before, ir.const32(31)), ir.const32(MOST_POSITIVE)) : ir.const32(-1));
    if (o === 1) cx.setOverflow(overflow());
    setResult(cx, d, how.limited ? ir.select32(overflow(), limit(), sum) : sum, c);
  };
}

const BYTE_COUNT = 0x7f;

/** DLMZB[.] rA, rS, rB: the number of bytes up to the first that is 0; CR0 tells in which register that is. */
export function firstZero(cx: LiftContext, { s, a, b, c }: { s: number; a: number; b: number; c: number }): void {
  const { ir } = cx;
  const found = ir.call2(cx.reg(s), cx.reg(b), helperIndex('first_zero_byte'));
  const count = ir.and32(found, ir.const32(BYTE_COUNT));
  cx.setReg(a, count);
  cx.setWord('xer', ir.or32(ir.and32(cx.word('xer'), ir.const32(~BYTE_COUNT)), count));
  if (c === 0) return;
  const [first, second] = [cx.bit(found, ZERO_BYTE.inFirst), cx.bit(found, ZERO_BYTE.inSecond)];
  cx.setCrField(0, second, first, ir.not1(ir.or1(first, second)), cx.summary());
}
