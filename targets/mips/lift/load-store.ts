/**
 * Loads and stores (MD00086). Addresses that are not aligned work: Linux emulates such accesses unless told otherwise
 * (arch/mips/kernel/unaligned.c, TIF_FIXADE), and the host does them by itself. Only LL and SC check.
 */
import { MemFlag, type I1, type I32 } from '../../../translate/ir/types';
import { LL_NONE } from '../state';
import type { LiftContext } from '../lift-context';

/** Register, base and offset of an access; `i` is the 16-bit offset of the encoding. */
export interface Access {
  readonly t: number;
  readonly s: number;
  readonly i: number;
}

export type LoadKind = 'byte' | 'unsignedByte' | 'half' | 'unsignedHalf' | 'word';
export type StoreKind = 'byte' | 'half' | 'word';

const offsetOf = (imm16: number): number => (imm16 << 16) >> 16;

export function loadValue({ ir, order }: LiftContext, kind: LoadKind, base: I32, offset: number): I32 {
  switch (kind) {
    case 'byte':
      return ir.load8_s(base, offset);
    case 'unsignedByte':
      return ir.load8_u(base, offset);
    case 'half':
      return ir.load16_s(base, offset, order);
    case 'unsignedHalf':
      return ir.load16_u(base, offset, order);
    case 'word':
      return ir.load32(base, offset, order);
  }
}

export function storeValue({ ir, order }: LiftContext, kind: StoreKind, base: I32, offset: number, value: I32): void {
  if (kind === 'byte') ir.store8(base, value, offset);
  else if (kind === 'half') ir.store16(base, value, offset, order);
  else ir.store32(base, value, offset, order);
}

/** LB, LBU, LH, LHU, LW rt, offset(base) */
export function load(kind: LoadKind) {
  return (cx: LiftContext, { t, s, i }: Access): void => cx.setReg(t, loadValue(cx, kind, cx.reg(s), offsetOf(i)));
}

/** SB, SH, SW rt, offset(base) */
export function store(kind: StoreKind) {
  return (cx: LiftContext, { t, s, i }: Access): void => storeValue(cx, kind, cx.reg(s), offsetOf(i), cx.reg(t));
}

/** The aligned word around an address, and how many bytes lie before the addressed one towards the "right" end. */
function around(cx: LiftContext, base: I32, offset: number): { readonly word: I32; readonly shift: I32 } {
  const { ir } = cx;
  const at = ir.add32(base, ir.const32(offset));
  const word = ir.load32(ir.and32(at, ir.const32(~3)), 0, cx.order);
  const byte = ir.and32(at, ir.const32(3));
  const fromRight = cx.bigEndian ? ir.xor32(byte, ir.const32(3)) : byte;
  return { word, shift: ir.shl32(fromRight, ir.const32(3)) };
}

// LWL rt, offset(base): the bytes up to the addressed one become the most significant of rt
export function loadLeft(cx: LiftContext, { t, s, i }: Access): void {
  const { ir } = cx;
  const { word, shift } = around(cx, cx.reg(s), offsetOf(i));
  const kept = ir.and32(cx.reg(t), ir.shr_u32(ir.const32(0x00ffffff), shift));
  cx.setReg(t, ir.or32(kept, ir.shl32(word, ir.sub32(ir.const32(24), shift))));
}

// LWR rt, offset(base): the bytes from the addressed one on become the least significant of rt
export function loadRight(cx: LiftContext, { t, s, i }: Access): void {
  const { ir } = cx;
  const { word, shift } = around(cx, cx.reg(s), offsetOf(i));
  const kept = ir.and32(cx.reg(t), ir.shl32(ir.const32(0xffffff00 | 0), ir.sub32(ir.const32(24), shift)));
  cx.setReg(t, ir.or32(kept, ir.shr_u32(word, shift)));
}

/**
 * SWL, SWR rt, offset(base): one to four bytes, each by itself, because another thread may write their neighbours.
 * @param left SWL: the most significant byte goes to the addressed byte, the others towards the word's right end
 */
export function storePartial(left: boolean) {
  return (cx: LiftContext, { t, s, i }: Access): void => {
    const { ir } = cx;
    const at = ir.add32(cx.reg(s), ir.const32(offsetOf(i)));
    const value = cx.reg(t);
    const byte = ir.and32(at, ir.const32(3));
    const step = left === cx.bigEndian ? 1 : -1;
    const room = step === 1 ? ir.sub32(ir.const32(3), byte) : byte;
    ir.store8(at, left ? ir.shr_u32(value, ir.const32(24)) : value);
    for (let k = 1; k < 4; k++) {
      ir.beginIf(ir.le_u32(ir.const32(k), room));
      ir.store8(at, ir.shr_u32(value, ir.const32(left ? 24 - 8 * k : 8 * k)), step * k);
      ir.endIf();
    }
  };
}

const LWL = 0x22;
const LWR = 0x26;
const SWL = 0x2a;
const SWR = 0x2e;

/**
 * Lifts LWL and LWR (or SWL and SWR) of the four bytes at one address as the unaligned access that they are meant to be.
 * @returns false if the two words are no such pair
 */
export function fusePair(cx: LiftContext, first: number, second: number): boolean {
  const [op, other] = [first >>> 26, second >>> 26];
  const isLoad = op === LWL || op === LWR;
  if ((op ^ other) !== (LWL ^ LWR) || (!isLoad && op !== SWL && op !== SWR)) return false;
  const registers = 0x03ff0000;
  if (((first ^ second) & registers) !== 0) return false;
  const [left, right] = op === LWL || op === SWL ? [first, second] : [second, first];
  const [lowest, highest] = cx.bigEndian ? [left, right] : [right, left];
  const offset = offsetOf(lowest);
  const [s, t] = [(first >>> 21) & 31, (first >>> 16) & 31];
  if (offsetOf(highest) !== offset + 3 || (isLoad && s === t)) return false;
  if (isLoad) cx.setReg(t, loadValue(cx, 'word', cx.reg(s), offset));
  else storeValue(cx, 'word', cx.reg(s), offset, cx.reg(t));
  return true;
}

/** LL rt, offset(base); `offset` is in bytes. */
export function loadLinked(cx: LiftContext, t: number, s: number, offset: number): void {
  const { ir } = cx;
  const at = ir.add32(cx.reg(s), ir.const32(offset));
  const value = ir.load32(at, 0, cx.order | MemFlag.Aligned);
  cx.setWord('ll_value', value);
  cx.setWord('ll_address', at);
  cx.setReg(t, value);
}

/**
 * SC rt, offset(base): a compare-and-swap with what LL has loaded, as in qemu-user. It differs from hardware only
 * where another thread wrote the same value meanwhile (ABA).
 */
export function storeConditional(cx: LiftContext, t: number, s: number, offset: number): void {
  const { ir } = cx;
  const at = ir.add32(cx.reg(s), ir.const32(offset));
  const linked: I1 = ir.eq32(at, cx.word('ll_address'));
  const expected = cx.word('ll_value');
  const value = cx.reg(t);
  // Without a link nothing is accessed; with one, the address is good
  cx.setWord('ll_address', ir.const32(LL_NONE));
  cx.setReg(t, ir.const32(0));
  ir.beginIf(linked);
  const old = ir.cas32(at, expected, value, cx.order | MemFlag.Aligned);
  cx.setReg(t, ir.zext1_32(ir.eq32(old, expected)));
  ir.endIf();
}
