/** The signal calls of before 1998: masks are one word, so that they know the signals up to 32 only (kernel/signal.c). */
import { HOST, syscall } from '../../runtime/host';
import { SIG_HOW, SIGNALS } from '../constants';
import type { Context } from '../context';
import { address, guestStruct, hex, oneOf, row, signal, type Table } from '../definition';
import { E } from '../errno';
import { isSignal, lowForGuest, lowFromGuest } from '../signal-sets';
import { SA, SIGSET_BYTES } from '../signal-state';
import { readField, writeField } from '../struct-codec';
import { rtSigsuspend, sigaction } from './signals';

/** A mask at a guest address; undefined if the guest may not read it. */
function readMask(c: Context, at: number): number | undefined {
  return c.readable(at, 4) ? lowFromGuest(c.abi, c.memory.view.getInt32(at, c.memory.littleEndian)) : undefined;
}

const writeMask = (c: Context, at: number, low: number): number => c.put32(at, lowForGuest(c.abi, low));

function sigprocmask(c: Context, how: number, set: number, old: number): number {
  const { signals } = c;
  const { maskLow, maskHigh } = signals;
  if (set !== 0) {
    const low = readMask(c, set);
    if (low === undefined) return -E.FAULT;
    if (how === SIG_HOW['SIG_BLOCK']) signals.setMask(maskLow | low, maskHigh);
    else if (how === SIG_HOW['SIG_UNBLOCK']) signals.setMask(maskLow & ~low, maskHigh);
    else if (how === SIG_HOW['SIG_SETMASK']) signals.setMask(low, maskHigh);
    else return -E.INVAL;
  }
  return old === 0 ? 0 : writeMask(c, old, maskLow);
}

function sigpending(c: Context, set: number): number {
  const at = c.arena.take(SIGSET_BYTES);
  syscall(HOST.rt_sigpending, c.arena.host(at), SIGSET_BYTES);
  return writeMask(c, set, c.arena.view.getInt32(at, true) | c.signals.heldMask);
}

function sigsuspend(c: Context, mask: number): number {
  const set = c.arena.take(SIGSET_BYTES);
  return c.signals.waitWith(lowFromGuest(c.abi, mask | 0), 0, (blocked) => {
    c.arena.view.setBigUint64(set, blocked, true);
    return c.call(HOST.rt_sigsuspend, c.arena.host(set), SIGSET_BYTES);
  });
}

const oldSigaction = sigaction('old_sigaction', {
  read: (c, at, layout) => [lowFromGuest(c.abi, readField(c.memory.view, at, layout, 'sa_mask') | 0), 0],
  write: (c, at, layout, low) => writeField(c.memory.view, at, layout, 'sa_mask', lowForGuest(c.abi, low) >>> 0),
});

const sigsetSize = (c: Context): number => (c.abi.signals ?? 64) / 8;

/** signal(2): the handler runs once and may be interrupted by its own signal. Returns the one before. */
function signalOnce(c: Context, n: number, handler: number): number {
  if (!isSignal(n) || n === SIGNALS['SIGKILL'] || n === SIGNALS['SIGSTOP']) return -E.INVAL;
  const before = c.signals.dispositions.get(n).handler;
  c.signals.setDisposition(n, { handler, flags: SA.RESETHAND | SA.NODEFER, restorer: 0, maskLow: 0, maskHigh: 0 });
  return before | 0;
}

function ssetmask(c: Context, low: number): number {
  const before = c.signals.maskLow;
  c.signals.setMask(lowFromGuest(c.abi, low | 0), 0);
  return lowForGuest(c.abi, before);
}

export const OLD_SIGNALS: Table = {
  signal: row([signal, address], signalOnce, 'address'),
  sgetmask: row([], (c) => lowForGuest(c.abi, c.signals.maskLow), 'address'),
  ssetmask: row([hex], ssetmask, 'address'),
  sigaction: row([signal, guestStruct('old_sigaction', 'in'), guestStruct('old_sigaction', 'out')], oldSigaction),
  sigprocmask: row([oneOf(SIG_HOW, 'signalHow'), address, address], sigprocmask),
  sigpending: row([address], sigpending),
  // two arguments that mean nothing come first (CONFIG_OLD_SIGSUSPEND3)
  sigsuspend: row([hex, hex, hex], (c, _first, _second, mask) => sigsuspend(c, mask)),
  // MIPS has always passed a whole set
  sigsuspend_set: row([guestStruct('sigset_t', 'in')], (c, set) => rtSigsuspend(c, set, sigsetSize(c))),
  // what the kernel lets a stopped sleep go on by: no program calls it, and it has nothing to go on with
  restart_syscall: row([], () => -E.INTR),
};
