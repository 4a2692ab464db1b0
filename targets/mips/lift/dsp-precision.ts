/** DSP instructions that move lanes, widen and narrow them, and work on bits (MD00374). */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { Overflow, position, raise, size } from './dsp-control';
import { any, packed, unpacked, type ThreeRegisters } from './dsp-lanes';

/** A halfword over another. */
function halves({ ir }: LiftContext, high: I32, low: I32): I32 {
  return ir.or32(ir.shl32(high, ir.const32(16)), ir.and32(low, ir.const32(0xffff)));
}

/** Byte of a word, 0 the least significant. */
export function byteOf({ ir }: LiftContext, x: I32, n: number): I32 {
  return ir.and32(ir.shr_u32(x, ir.const32(8 * n)), ir.const32(0xff));
}

/** PRECR.QB.PH, PRECRQ.QB.PH rd, rs, rt: the lower or upper byte of each halfword. */
export function narrowToBytes(upper: boolean) {
  const o = upper ? 1 : 0;
  return (cx: LiftContext, { d, s, t }: ThreeRegisters): void => {
    const { ir } = cx;
    const bytes = Array.from({ length: 16 }, (_, i) => [0, 2, 16, 18][i & 3]! + o);
    cx.setReg(d, unpacked(ir, lanes.shuffleBytes(ir, packed(ir, cx.reg(t)), packed(ir, cx.reg(s)), bytes)));
  };
}

// PRECRQU_S.QB.PH rd, rs, rt: bits 14 to 7 of each halfword, limited to 0 and 255
export function narrowToBytesSaturating(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const x = lanes.shuffleLanes(ir, 32, packed(ir, cx.reg(t)), packed(ir, cx.reg(s)), [0, 4]);
  const limited = lanes.maximum(ir, 16, true, lanes.minimum(ir, 16, true, x, lanes.splat(ir, 16, 0x7f80)), lanes.zero(ir));
  const bytes = lanes.shiftRight(ir, 16, false, limited, 7);
  cx.setReg(d, unpacked(ir, lanes.lowHalves(ir, 8, bytes, bytes)));
  raise(cx, Overflow.shift, any(ir, lanes.xor(ir, limited, x)));
}

// PRECRQ.PH.W rd, rs, rt
export function upperHalves(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  cx.setReg(d, ir.or32(ir.and32(cx.reg(s), ir.const32(0xffff0000)), ir.shr_u32(cx.reg(t), ir.const32(16))));
}

// PACKRL.PH rd, rs, rt
export function packInnerHalves(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  cx.setReg(d, halves(cx, cx.reg(s), cx.ir.shr_u32(cx.reg(t), cx.const(16))));
}

/** The largest word that rounds to a halfword without overflow. */
const LAST_ROUNDED = 0x7fff7fff;

// PRECRQ_RS.PH.W rd, rs, rt
export function upperHalvesRounding(cx: LiftContext, { d, s, t }: ThreeRegisters): void {
  const { ir } = cx;
  const most = ir.const32(LAST_ROUNDED);
  const [x, y] = [cx.reg(s), cx.reg(t)];
  const [tooHigh, tooLow] = [ir.lt_s32(most, x), ir.lt_s32(most, y)];
  const rounded = (tooMuch: typeof tooHigh, v: I32): I32 =>
    ir.shr_s32(ir.add32(ir.select32(tooMuch, most, v), ir.const32(0x8000)), ir.const32(16));
  cx.setReg(d, halves(cx, rounded(tooHigh, x), rounded(tooLow, y)));
  raise(cx, Overflow.shift, ir.or1(tooHigh, tooLow));
}

/** PRECR_SRA.PH.W, PRECR_SRA_R.PH.W rt, rs, sa */
export function shiftAndPackHalves(rounding: boolean) {
  return (cx: LiftContext, { s, t, a }: { s: number; t: number; a: number }): void => {
    const { ir } = cx;
    const one = (x: I32): I32 => {
      const shifted = ir.shr_s32(x, ir.const32(a));
      return rounding && a > 0 ? ir.add32(shifted, ir.and32(ir.shr_u32(x, ir.const32(a - 1)), ir.const32(1))) : shifted;
    };
    cx.setReg(t, halves(cx, one(cx.reg(t)), one(cx.reg(s))));
  };
}

interface Unary {
  readonly d: number;
  readonly t: number;
}

/** PRECEQ.W.PHL, PRECEQ.W.PHR rd, rt: a halfword as the upper half of a word. */
export function halfToWord(left: boolean) {
  return (cx: LiftContext, { d, t }: Unary): void => {
    const { ir } = cx;
    cx.setReg(d, left ? ir.and32(cx.reg(t), ir.const32(0xffff0000)) : ir.shl32(cx.reg(t), ir.const32(16)));
  };
}

/** The two bytes that PRECEQU and PRECEU widen, by the end of the mnemonic. */
const SOURCES = { QBL: [3, 2], QBR: [1, 0], QBLA: [3, 1], QBRA: [2, 0] } as const;
export type ByteSources = keyof typeof SOURCES;

/** PRECEQU.PH (fractions: shifted left by 7), PRECEU.PH rd, rt */
export function bytesToHalves(which: ByteSources, fraction: boolean) {
  const [high, low] = SOURCES[which];
  return (cx: LiftContext, { d, t }: Unary): void => {
    const { ir } = cx;
    const x = cx.reg(t);
    cx.setReg(d, ir.shl32(halves(cx, byteOf(cx, x, high), byteOf(cx, x, low)), ir.const32(fraction ? 7 : 0)));
  };
}

// REPL.QB rd, immediate; REPL.PH
export function replicateByte(cx: LiftContext, { d, i }: { d: number; i: number }): void {
  cx.setReg(d, cx.const(Math.imul(i, 0x01010101)));
}
export function replicateHalf(cx: LiftContext, { d, i }: { d: number; i: number }): void {
  const half = ((i << 22) >> 22) & 0xffff;
  cx.setReg(d, cx.const(half | (half << 16)));
}

// REPLV.QB, REPLV.PH rd, rt
export function replicateByteVariable(cx: LiftContext, { d, t }: Unary): void {
  cx.setReg(d, cx.ir.mul32(byteOf(cx, cx.reg(t), 0), cx.const(0x01010101)));
}
export function replicateHalfVariable(cx: LiftContext, { d, t }: Unary): void {
  const x = cx.reg(t);
  cx.setReg(d, halves(cx, x, x));
}

// BITREV rd, rt: the low sixteen bits in reverse order
export function reverseBits(cx: LiftContext, { d, t }: Unary): void {
  const { ir } = cx;
  let v = ir.shr_u32(ir.bswap32(cx.reg(t)), ir.const32(16));
  for (const [n, mask] of [
    [4, 0x0f0f],
    [2, 0x3333],
    [1, 0x5555],
  ] as const) {
    const [k, ones] = [ir.const32(n), ir.const32(mask)];
    v = ir.or32(ir.and32(ir.shr_u32(v, k), ones), ir.shl32(ir.and32(v, ones), k));
  }
  cx.setReg(d, v);
}

interface Pair {
  readonly s: number;
  readonly t: number;
}

// INSV rt, rs: scount bits at pos. What does not fit is UNPREDICTABLE; here as in qemu-mips
export function insertVariable(cx: LiftContext, { s, t }: Pair): void {
  const { ir } = cx;
  const at = ir.and32(position(cx), ir.const32(31));
  const count = size(cx);
  const last = ir.sub32(ir.add32(at, count), ir.const32(1));
  const fits = ir.and1(ir.ne32(count, ir.const32(0)), ir.le_u32(last, ir.const32(32)));
  const ones = ir.sub32(ir.low64(ir.shl64(ir.const64(1, 0), count)), ir.const32(1));
  const mask = ir.shl32(ones, at);
  const old = cx.reg(t);
  const inserted = ir.or32(ir.and32(old, cx.not(mask)), ir.and32(ir.shl32(cx.reg(s), at), mask));
  cx.setReg(t, ir.select32(fits, inserted, old));
}

type PairWithAmount = Pair & { readonly a: number };

// APPEND rt, rs, sa: the low bits of rs behind rt
export function append(cx: LiftContext, { s, t, a }: PairWithAmount): void {
  const { ir } = cx;
  if (a === 0) return;
  cx.setReg(t, ir.or32(ir.shl32(cx.reg(t), ir.const32(a)), ir.and32(cx.reg(s), ir.const32((1 << a) - 1))));
}

// PREPEND rt, rs, sa: the low bits of rs before rt
export function prepend(cx: LiftContext, { s, t, a }: PairWithAmount): void {
  const { ir } = cx;
  if (a === 0) return;
  cx.setReg(t, ir.or32(ir.shl32(cx.reg(s), ir.const32(32 - a)), ir.shr_u32(cx.reg(t), ir.const32(a))));
}

// BALIGN rt, rs, bp: bytes out of rt followed by rs. For 2 there is PACKRL; here as in qemu-mips
export function alignBytes(cx: LiftContext, { s, t, a }: PairWithAmount): void {
  const { ir } = cx;
  const n = a & 3;
  if (n === 0 || n === 2) return;
  cx.setReg(t, ir.or32(ir.shl32(cx.reg(t), ir.const32(8 * n)), ir.shr_u32(cx.reg(s), ir.const32(32 - 8 * n))));
}
