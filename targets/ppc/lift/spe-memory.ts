/**
 * SPE loads and stores (SPE PEM chapter 5). Doublewords, two words and four halfwords are the same in big-endian memory. Addresses that
 * are not aligned work, as Linux makes them (arch/powerpc/kernel/align.c, emulate_spe).
 */
import { MemFlag, type I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { HALVES } from './spe-integer';
import { indexed } from './load-store';

const BE = MemFlag.BigEndian;
const HALFWORD = 16;
const LOW_HALFWORD = 0xffff;
const HIGH_HALFWORD = 0xffff0000 | 0;

/** What is loaded from, or stored to, an address and an offset. */
export type Access = (cx: LiftContext, register: number, address: I32, offset: number) => void;

/** OP rD, UIMM(rA): the immediate counts as multiples of the size. */
export function withOffset(access: Access, size: number) {
  return (cx: LiftContext, { d, a, u }: { d: number; a: number; u: number }): void => access(cx, d, cx.base(a), u * size);
}

/** OP rD, rA, rB */
export function withIndex(access: Access) {
  return (cx: LiftContext, { d, a, b }: { d: number; a: number; b: number }): void => access(cx, d, indexed(cx, a, b), 0);
}

function setHalves(cx: LiftContext, d: number, upper: I32, lower: I32): void {
  cx.setHalf(d, 'upper', upper);
  cx.setHalf(d, 'lower', lower);
}

const upperHalfword = ({ ir }: LiftContext, word: I32): I32 => ir.and32(word, ir.const32(HIGH_HALFWORD));
const lowerHalfword = ({ ir }: LiftContext, word: I32): I32 => ir.and32(word, ir.const32(LOW_HALFWORD));
const raised = ({ ir }: LiftContext, word: I32): I32 => ir.shl32(word, ir.const32(HALFWORD));
const lowered = ({ ir }: LiftContext, word: I32): I32 => ir.shr_u32(word, ir.const32(HALFWORD));

// EVLDD, EVLDW, EVLDH
export const loadDoubleword: Access = (cx, d, at, offset) => cx.setPair(d, cx.ir.load64(at, offset, BE));
// EVSTDD, EVSTDW, EVSTDH
export const storeDoubleword: Access = (cx, s, at, offset) => cx.ir.store64(at, cx.pair(s), offset, BE);

/** Of two halfwords in memory, one for each half of the register. */
const eachHalfword =
  (first: (cx: LiftContext, word: I32) => I32, second: (cx: LiftContext, word: I32) => I32): Access =>
  (cx, d, at, offset) => {
    const word = cx.ir.load32(at, offset, BE);
    setHalves(cx, d, first(cx, word), second(cx, word));
  };

/** One value for both halves. */
const splatted =
  (load: (cx: LiftContext, at: I32, offset: number) => I32): Access =>
  (cx, d, at, offset) => {
    const value = load(cx, at, offset);
    for (const half of HALVES) cx.setHalf(d, half, value);
  };

export const LOADS = {
  evlhhesplat: splatted((cx, at, offset) => raised(cx, cx.ir.load16_u(at, offset, BE))),
  evlhhousplat: splatted(({ ir }, at, offset) => ir.load16_u(at, offset, BE)),
  evlhhossplat: splatted(({ ir }, at, offset) => ir.load16_s(at, offset, BE)),
  evlwwsplat: splatted(({ ir }, at, offset) => ir.load32(at, offset, BE)),
  evlwhe: eachHalfword(upperHalfword, raised),
  evlwhou: eachHalfword(lowered, lowerHalfword),
  evlwhos: eachHalfword(
    ({ ir }, word) => ir.shr_s32(word, ir.const32(HALFWORD)),
    ({ ir }, word) => ir.ext16_s32(word),
  ),
  evlwhsplat: eachHalfword(
    (cx, word) => cx.ir.or32(upperHalfword(cx, word), lowered(cx, word)),
    (cx, word) => cx.ir.or32(raised(cx, word), lowerHalfword(cx, word)),
  ),
} satisfies Record<string, Access>;

/** A word that is made of the two halves. */
const joined =
  (join: (cx: LiftContext, upper: I32, lower: I32) => I32): Access =>
  (cx, s, at, offset) =>
    cx.ir.store32(at, join(cx, cx.half(s, 'upper'), cx.half(s, 'lower')), offset, BE);

export const STORES = {
  evstwhe: joined((cx, upper, lower) => cx.ir.or32(upperHalfword(cx, upper), lowered(cx, lower))),
  evstwho: joined((cx, upper, lower) => cx.ir.or32(raised(cx, upper), lowerHalfword(cx, lower))),
  evstwwe: joined((_, upper) => upper),
  evstwwo: joined((_, __, lower) => lower),
} satisfies Record<string, Access>;
