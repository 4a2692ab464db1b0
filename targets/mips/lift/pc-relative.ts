/** Addresses relative to the pc, and upper immediates (MD00086, Release 6). */
import type { LiftContext } from '../lift-context';
import { loadValue } from './load-store';

interface PcRelative {
  /** The destination. */
  readonly t: number;
  readonly i: number;
}

/** A 19-bit offset in words. */
const wordOffset = (i: number): number => (i << 13) >> 11;

// AUI rt, rs, immediate
export function addUpperImmediate(cx: LiftContext, { t, s, i }: { t: number; s: number; i: number }): void {
  cx.setReg(t, cx.ir.add32(cx.reg(s), cx.const(i << 16)));
}

// ADDIUPC rs, offset
export function addPcImmediate(cx: LiftContext, { t, i }: PcRelative): void {
  cx.setReg(t, cx.const((cx.pc + wordOffset(i)) | 0));
}

// LWPC rs, offset
export function loadPcRelative(cx: LiftContext, { t, i }: PcRelative): void {
  cx.setReg(t, loadValue(cx, 'word', cx.const((cx.pc + wordOffset(i)) | 0), 0));
}

// AUIPC rs, immediate
export function pcUpper(cx: LiftContext, { t, i }: PcRelative): void {
  cx.setReg(t, cx.const((cx.pc + (i << 16)) | 0));
}

// ALUIPC rs, immediate
export function alignedPcUpper(cx: LiftContext, { t, i }: PcRelative): void {
  cx.setReg(t, cx.const((cx.pc + (i << 16)) & ~0xffff));
}
