/** Packing, extension, byte reversal and bit field instructions (Arm ARM DDI 0406C, sections A4.4.6 and A4.4.8). */
import type { I32 } from '../../../translate/ir/types';
import { decodeImmShift, type LiftContext } from '../lift-context';
import { addHalves } from './parallel';

/** `v`: the shift's imm5 as encoded. */
export interface PackOperands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  readonly v: number;
}

/** Lower halfword of one word, upper of another. */
function joinHalves(cx: LiftContext, bottom: I32, top: I32): I32 {
  const { ir } = cx;
  return ir.or32(ir.and32(bottom, ir.const32(0xffff)), ir.and32(top, ir.const32(0xffff0000)));
}

// PKHBT<c> <Rd>, <Rn>, <Rm>{, LSL #<imm>}
export function pkhbt(cx: LiftContext, { d, n, m, v }: PackOperands): void {
  cx.setRegOrBranch(d, joinHalves(cx, cx.reg(n), cx.shift(cx.reg(m), 'LSL', v).value));
}

// PKHTB<c> <Rd>, <Rn>, <Rm>{, ASR #<imm>}
export function pkhtb(cx: LiftContext, { d, n, m, v }: PackOperands): void {
  const { type, amount } = decodeImmShift(2, v);
  cx.setRegOrBranch(d, joinHalves(cx, cx.shift(cx.reg(m), type, amount).value, cx.reg(n)));
}

/** `r`: Rm is rotated right by 8 * r first. */
export interface ExtendOperands {
  readonly d: number;
  readonly m: number;
  readonly r: number;
}
export type ExtendAddOperands = ExtendOperands & { readonly n: number };

export type ExtendKind = 'SXTB' | 'SXTH' | 'UXTB' | 'UXTH' | 'SXTB16' | 'UXTB16';

function extended(cx: LiftContext, kind: ExtendKind, { m, r }: ExtendOperands): I32 {
  const { ir } = cx;
  const x = ir.rotr32(cx.reg(m), ir.const32(8 * r));
  switch (kind) {
    case 'SXTB':
      return ir.ext8_s32(x);
    case 'SXTH':
      return ir.ext16_s32(x);
    case 'UXTB':
      return ir.and32(x, ir.const32(0xff));
    case 'UXTH':
      return ir.and32(x, ir.const32(0xffff));
    case 'UXTB16':
      return ir.and32(x, ir.const32(0x00ff00ff));
    case 'SXTB16': {
      const bytes = ir.and32(x, ir.const32(0x00ff00ff));
      // 0x80 * 0x1fe = 0xff00: each sign bit fills its own upper byte
      return ir.or32(bytes, ir.mul32(ir.and32(bytes, ir.const32(0x00800080)), ir.const32(0x1fe)));
    }
  }
}

// SXTB<c> <Rd>, <Rm>{, <rotation>} and SXTH, UXTB, UXTH, SXTB16, UXTB16
export function extend(cx: LiftContext, kind: ExtendKind, f: ExtendOperands): void {
  cx.setRegOrBranch(f.d, extended(cx, kind, f));
}

// SXTAB<c> <Rd>, <Rn>, <Rm>{, <rotation>} and SXTAH, UXTAB, UXTAH, SXTAB16, UXTAB16
export function extendAdd(cx: LiftContext, kind: ExtendKind, f: ExtendAddOperands): void {
  const x = extended(cx, kind, f);
  const n = cx.reg(f.n);
  const byHalves = kind === 'SXTB16' || kind === 'UXTB16';
  cx.setRegOrBranch(f.d, byHalves ? addHalves(cx, n, x) : cx.ir.add32(n, x));
}

export interface UnaryOperands {
  readonly d: number;
  readonly m: number;
}

// REV<c> <Rd>, <Rm>
export function rev(cx: LiftContext, { d, m }: UnaryOperands): void {
  cx.setRegOrBranch(d, cx.ir.bswap32(cx.reg(m)));
}

// REV16<c> <Rd>, <Rm>
export function rev16(cx: LiftContext, { d, m }: UnaryOperands): void {
  cx.setRegOrBranch(d, cx.ir.rotr32(cx.ir.bswap32(cx.reg(m)), cx.ir.const32(16)));
}

// REVSH<c> <Rd>, <Rm>
export function revsh(cx: LiftContext, { d, m }: UnaryOperands): void {
  cx.setRegOrBranch(d, cx.ir.shr_s32(cx.ir.bswap32(cx.reg(m)), cx.ir.const32(16)));
}

// RBIT<c> <Rd>, <Rm>
export function rbit(cx: LiftContext, { d, m }: UnaryOperands): void {
  const { ir } = cx;
  /** Exchanges neighbouring groups of k bits, given the mask of the lower ones. */
  const exchange = (x: I32, k: number, mask: number): I32 => {
    const low = ir.and32(ir.shr_u32(x, ir.const32(k)), ir.const32(mask));
    return ir.or32(low, ir.shl32(ir.and32(x, ir.const32(mask)), ir.const32(k)));
  };
  const nibbles = exchange(ir.bswap32(cx.reg(m)), 4, 0x0f0f0f0f);
  cx.setRegOrBranch(d, exchange(exchange(nibbles, 2, 0x33333333), 1, 0x55555555));
}

// CLZ<c> <Rd>, <Rm>
export function clz(cx: LiftContext, { d, m }: UnaryOperands): void {
  cx.setRegOrBranch(d, cx.ir.clz32(cx.reg(m)));
}

/** Bit field to insert into: `l` is its lowest bit (lsb), `h` its highest (msb). */
export interface InsertOperands {
  readonly d: number;
  readonly l: number;
  readonly h: number;
}

function ones(width: number): number {
  return width >= 32 ? -1 : (1 << width) - 1;
}

// BFC<c> <Rd>, #<lsb>, #<width>: msb below lsb is UNPREDICTABLE, and undefined in qemu-arm
export function bfc(cx: LiftContext, { d, l, h }: InsertOperands): void | false {
  const { ir } = cx;
  if (h < l) return false;
  cx.setRegOrBranch(d, ir.and32(cx.reg(d), ir.const32(~(ones(h - l + 1) << l))));
}

// BFI<c> <Rd>, <Rn>, #<lsb>, #<width>
export function bfi(cx: LiftContext, { d, n, l, h }: InsertOperands & { readonly n: number }): void | false {
  const { ir } = cx;
  if (h < l) return false;
  const mask = ones(h - l + 1) << l;
  const inserted = ir.and32(ir.shl32(cx.reg(n), ir.const32(l)), ir.const32(mask));
  cx.setRegOrBranch(d, ir.or32(ir.and32(cx.reg(d), ir.const32(~mask)), inserted));
}

/** Bit field to extract: `l` is its lowest bit (lsb), `w` its width minus 1 (widthm1). */
export interface ExtractOperands {
  readonly d: number;
  readonly n: number;
  readonly l: number;
  readonly w: number;
}

// UBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
export function ubfx(cx: LiftContext, { d, n, l, w }: ExtractOperands): void | false {
  const { ir } = cx;
  if (l + w > 31) return false;
  const field = ir.shr_u32(cx.reg(n), ir.const32(l));
  cx.setRegOrBranch(d, l + w === 31 ? field : ir.and32(field, ir.const32(ones(w + 1))));
}

// SBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
export function sbfx(cx: LiftContext, { d, n, l, w }: ExtractOperands): void | false {
  const { ir } = cx;
  if (l + w > 31) return false;
  const top = ir.shl32(cx.reg(n), ir.const32(31 - l - w));
  cx.setRegOrBranch(d, ir.shr_s32(top, ir.const32(31 - w)));
}
