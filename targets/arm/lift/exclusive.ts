/**
 * Synchronization primitives (Arm ARM DDI 0406C, sections A3.4 and A4.6.2).
 *
 * An exclusive load remembers address and value; the store is a compare-and-swap with that value, as
 * in qemu-user. It differs from a monitor only where another thread wrote the same value meanwhile (ABA).
 */
import type { I1, I32 } from '../../../translate/ir/types';
import { SP, PC, type LiftContext } from '../lift-context';

export type ExclusiveSize = 'byte' | 'half' | 'word' | 'double';

/** Registers that the instructions cannot name: UNPREDICTABLE, and undefined in qemu-arm. */
function forbidden(cx: LiftContext, ...registers: number[]): boolean {
  return registers.some((r) => r === PC || (r === SP && cx.thumb && !cx.features.has('v8')));
}

/** `i`: byte offset added to Rn (T32 LDREX and STREX only). `u`: Rt2 of the doubleword forms. */
export interface LoadExclusiveOperands {
  readonly n: number;
  readonly t: number;
  readonly u?: number;
  readonly i?: number;
}

// LDREX{B|H|D}<c> <Rt>, {<Rt2>,} [<Rn>]
export function loadExclusive(cx: LiftContext, size: ExclusiveSize, { n, t, u = t + 1, i = 0 }: LoadExclusiveOperands): void | false {
  const { ir } = cx;
  if (n === PC || forbidden(cx, t) || (size === 'double' && (forbidden(cx, u) || t === u))) return false;
  const at = ir.add32(cx.reg(n), ir.const32(i));
  if (size !== 'double') {
    const value = loadOrdered(cx, size, at);
    cx.setWord('exclusive_low', value);
    cx.setWord('exclusive_address', at);
    cx.setReg(t, value);
    return;
  }
  const both = ir.load64(at, 0, cx.memFlags(true));
  const low = ir.low64(both);
  const high = ir.high64(both);
  cx.setWord('exclusive_low', low);
  cx.setWord('exclusive_high', high);
  cx.setWord('exclusive_address', at);
  // Rt gets the word at the lower address, whatever the byte order.
  cx.setReg(t, cx.bigEndianData ? high : low);
  cx.setReg(u, cx.bigEndianData ? low : high);
}

function loadOrdered(cx: LiftContext, size: 'byte' | 'half' | 'word', at: I32): I32 {
  const flags = cx.memFlags(true);
  if (size === 'byte') return cx.ir.load8_u(at, 0, flags);
  return size === 'half' ? cx.ir.load16_u(at, 0, flags) : cx.ir.load32(at, 0, flags);
}

/** `d`: the status register, 0 for success. */
export interface StoreExclusiveOperands extends LoadExclusiveOperands {
  readonly d: number;
}

// STREX{B|H|D}<c> <Rd>, <Rt>, {<Rt2>,} [<Rn>]
export function storeExclusive(cx: LiftContext, size: ExclusiveSize, { d, n, t, u = t + 1, i = 0 }: StoreExclusiveOperands): void | false {
  const { ir } = cx;
  if (n === PC || forbidden(cx, d, t) || d === n || d === t) return false;
  if (size === 'double' && (forbidden(cx, u) || d === u)) return false;
  const at = ir.add32(cx.reg(n), ir.const32(i));
  const tagged = ir.eq32(at, cx.word('exclusive_address'));
  const stored = size === 'double' ? swapDouble(cx, at, tagged, t, u) : swapSingle(cx, size, at, tagged, t);
  cx.clearExclusive();
  cx.setReg(d, ir.zext1_32(ir.not1(ir.and1(tagged, stored))));
}

/**
 * Stores Rt if memory holds the remembered value; true if so. Without the tag it stores the remembered
 * value over itself, because a conditional STREX is already inside an `if` and ifs do not nest.
 */
function swapSingle(cx: LiftContext, size: 'byte' | 'half' | 'word', at: I32, tagged: I1, t: number): I1 {
  const { ir } = cx;
  const flags = cx.memFlags(true);
  const expected = cx.word('exclusive_low');
  const value = ir.select32(tagged, cx.reg(t), expected);
  const swap = {
    byte: () => ir.cas8(at, expected, value, flags),
    half: () => ir.cas16(at, expected, value, flags),
    word: () => ir.cas32(at, expected, value, flags),
  };
  return ir.eq32(swap[size](), expected);
}

function swapDouble(cx: LiftContext, at: I32, tagged: I1, t: number, u: number): I1 {
  const { ir } = cx;
  const [low, high] = cx.bigEndianData ? [u, t] : [t, u];
  const expected = ir.pair64(cx.word('exclusive_low'), cx.word('exclusive_high'));
  const value = ir.select64(tagged, ir.pair64(cx.reg(low), cx.reg(high)), expected);
  return ir.eq64(ir.cas64(at, expected, value, cx.memFlags(true)), expected);
}

// CLREX<c>
export function clearExclusive(cx: LiftContext): void {
  cx.clearExclusive();
}

// LDA{B|H}<c> <Rt>, [<Rn>]
export function loadAcquire(cx: LiftContext, size: 'byte' | 'half' | 'word', { n, t }: { n: number; t: number }): void | false {
  if (n === PC || t === PC) return false;
  cx.setReg(t, loadOrdered(cx, size, cx.reg(n)));
  cx.ir.fence();
}

// STL{B|H}<c> <Rt>, [<Rn>]
export function storeRelease(cx: LiftContext, size: 'byte' | 'half' | 'word', { n, t }: { n: number; t: number }): void | false {
  if (n === PC || t === PC) return false;
  const { ir } = cx;
  const flags = cx.memFlags(true);
  ir.fence();
  if (size === 'byte') ir.store8(cx.reg(n), cx.reg(t), 0, flags);
  else if (size === 'half') ir.store16(cx.reg(n), cx.reg(t), 0, flags);
  else ir.store32(cx.reg(n), cx.reg(t), 0, flags);
  // Load-acquire and store-release are sequentially consistent among themselves (ARMv8, section B2.3).
  ir.fence();
}

// LDAEX{B|H|D}<c> <Rt>, {<Rt2>,} [<Rn>]
export function loadAcquireExclusive(cx: LiftContext, size: ExclusiveSize, f: LoadExclusiveOperands): void | false {
  if (loadExclusive(cx, size, f) === false) return false;
  cx.ir.fence();
}

// STLEX{B|H|D}<c> <Rd>, <Rt>, {<Rt2>,} [<Rn>]
export function storeReleaseExclusive(cx: LiftContext, size: ExclusiveSize, f: StoreExclusiveOperands): void | false {
  // The compare-and-swap is a full barrier.
  return storeExclusive(cx, size, f);
}

// SWP{B}<c> <Rt>, <Rt2>, [<Rn>]: `m` is Rt2, the register stored
export function swap(cx: LiftContext, size: 'byte' | 'word', { n, t, m }: { n: number; t: number; m: number }): void | false {
  const { ir } = cx;
  if (n === PC || t === PC || m === PC) return false;
  const flags = cx.memFlags(true);
  const at = cx.reg(n);
  const old = loadOrdered(cx, size, at);
  const found = size === 'byte' ? ir.cas8(at, old, cx.reg(m), flags) : ir.cas32(at, old, cx.reg(m), flags);
  // Another thread wrote between load and swap: run the instruction again, with nothing changed.
  const done = ir.eq32(found, old);
  cx.setReg(t, ir.select32(done, old, cx.reg(t)));
  cx.terminator = { kind: 'branch', cond: done, taken: cx.nextLocation(), otherwise: cx.locationAt(cx.pc, cx.itState) };
}
