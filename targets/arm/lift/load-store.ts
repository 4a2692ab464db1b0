/** Load/store instructions (Arm ARM DDI 0406C, sections A4.6 and A8.8). Unprivileged variants behave the same in User mode. */
import type { I32 } from '../../../translate/ir/types';
import { PC, SP, type LiftContext } from '../lift-context';

export type LoadKind = 'word' | 'byte' | 'half' | 'signedByte' | 'signedHalf';
export type StoreKind = 'word' | 'byte' | 'half';

/** Base register and the P, U and W bits: offset (P=1 W=0), pre-indexed (P=1 W=1) or post-indexed (P=0). */
export interface Indexing {
  readonly n: number;
  readonly p: number;
  readonly u: number;
  readonly w: number;
}

/** The plain offset form with a positive offset, as most 16-bit encodings have it. */
export function offsetIndexing(n: number): Indexing {
  return { n, p: 1, u: 1, w: 0 };
}

/** Where an access goes. */
export interface Address {
  readonly at: I32;
  /** Constant added to `at`. */
  readonly offset: number;
  readonly n: number;
  /** New value of the base register. */
  readonly writeBack: I32 | undefined;
  readonly postIndexed: boolean;
}

/** Base plus or minus a constant; base PC means Align(PC, 4). */
export function immediateAddress(cx: LiftContext, { n, p, u, w }: Indexing, imm: number): Address {
  const { ir } = cx;
  const offset = u === 1 ? imm : -imm;
  const postIndexed = p === 0;
  const at = n === PC ? ir.const32(cx.alignedPc()) : cx.reg(n);
  const writeBack = postIndexed || w === 1 ? ir.add32(at, ir.const32(offset)) : undefined;
  return { at, offset: postIndexed ? 0 : offset, n, writeBack, postIndexed };
}

/** Base plus or minus a register value. */
export function registerAddress(cx: LiftContext, { n, p, u, w }: Indexing, value: I32): Address {
  const { ir } = cx;
  const postIndexed = p === 0;
  const base = cx.reg(n);
  const indexed = u === 1 ? ir.add32(base, value) : ir.sub32(base, value);
  return { at: postIndexed ? base : indexed, offset: 0, n, writeBack: postIndexed || w === 1 ? indexed : undefined, postIndexed };
}

// LDR{B|H|SB|SH}{T}<c> <Rt>, <address>
export function load(cx: LiftContext, kind: LoadKind, t: number, address: Address): void {
  const value = loadValue(cx, kind, address);
  // The write-back comes after the access, so that a fault leaves the base alone, and before Rt, which wins.
  writeBack(cx, address);
  const popped = address.n === SP && address.postIndexed;
  writeLoaded(cx, t, value, popped ? 'return' : 'jump');
}

function loadValue(cx: LiftContext, kind: LoadKind, { at, offset }: Address): I32 {
  const { ir } = cx;
  const flags = cx.memFlags();
  switch (kind) {
    case 'word':
      return ir.load32(at, offset, flags);
    case 'byte':
      return ir.load8_u(at, offset, flags);
    case 'half':
      return ir.load16_u(at, offset, flags);
    case 'signedByte':
      return ir.load8_s(at, offset, flags);
    case 'signedHalf':
      return ir.load16_s(at, offset, flags);
  }
}

// STR{B|H}{T}<c> <Rt>, <address>
export function store(cx: LiftContext, kind: StoreKind, t: number, address: Address): void {
  const { ir } = cx;
  const value = cx.reg(t);
  const flags = cx.memFlags();
  if (kind === 'word') ir.store32(address.at, value, address.offset, flags);
  else if (kind === 'half') ir.store16(address.at, value, address.offset, flags);
  else ir.store8(address.at, value, address.offset, flags);
  writeBack(cx, address);
}

// LDRD<c> <Rt>, <Rt2>, <address>: two words, word-aligned
export function loadDual(cx: LiftContext, t: number, t2: number, address: Address): void {
  const { at, offset } = address;
  const first = cx.ir.load32(at, offset, cx.memFlags(true));
  const second = cx.ir.load32(at, offset + 4, cx.memFlags());
  writeLoaded(cx, t, first, 'jump');
  writeLoaded(cx, t2, second, 'jump');
  writeBack(cx, address);
}

// STRD<c> <Rt>, <Rt2>, <address>: two words, word-aligned
export function storeDual(cx: LiftContext, t: number, t2: number, address: Address): void {
  const { at, offset } = address;
  cx.ir.store32(at, cx.reg(t), offset, cx.memFlags(true));
  cx.ir.store32(at, cx.reg(t2), offset + 4, cx.memFlags());
  writeBack(cx, address);
}

function writeBack(cx: LiftContext, address: Address): void {
  if (address.writeBack !== undefined) cx.setRegOrBranch(address.n, address.writeBack);
}

function writeLoaded(cx: LiftContext, t: number, value: I32, hint: 'jump' | 'return'): void {
  if (t === PC) cx.loadWritePC(value, hint);
  else cx.setReg(t, value);
}
