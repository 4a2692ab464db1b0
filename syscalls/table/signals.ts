/** Signal dispositions, masks, sending and waiting, and how a process ends. */
import { HOST, NO_RESULT, syscall } from '../../runtime/host';
import { SIG_HOW, SIGNALS } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { address, guestStruct, host, inStruct, int, oneOf, row, signal, uint, type Row, type Table } from '../definition';
import { E } from '../errno';
import { SIGINFO_BYTES, siginfoFromGuest, siginfoToGuest } from '../siginfo';
import { guestSigsetBytes, isSignal, readSet, withMask, writeSet } from '../signal-sets';
import { ProcessExit, SA, SIGSET_BYTES, SS, ThreadExit } from '../signal-state';
import { readField, writeField, type Layout } from '../struct-codec';
import { differingBits, translateBits } from '../thunk';

const { SIGKILL, SIGSTOP } = SIGNALS as Record<string, number>;

/** MIPS, Alpha and others return from handlers by code of the kernel's. */
const hasRestorer = (layout: Layout): boolean => layout.fields.some((f) => f.name === 'sa_restorer');

const SA_FLAGS = Object.fromEntries(Object.entries(SA).map(([name, bit]) => [`SA_${name}`, bit]));

const maskOffset = (layout: Layout): number => layout.fields.find((f) => f.name === 'sa_mask.bits.0')!.offset;

/** How a struct holds the mask of a handler: at a guest address, in the layout. */
interface MaskField {
  readonly read: (c: Context, at: number, layout: Layout) => readonly [low: number, high: number];
  readonly write: (c: Context, at: number, layout: Layout, low: number, high: number) => void;
}

/** sigaction(2) with the struct of a name. */
export function sigaction(struct: string, mask: MaskField): (c: Context, n: number, act: number, old: number) => number {
  return (c, n, act, old) => {
    if (!isSignal(n) || (act !== 0 && (n === SIGKILL || n === SIGSTOP))) return -E.INVAL;
    const layout = c.guestLayout(struct);
    const { view } = c.memory;
    if (act !== 0 && !c.readable(act, layout.size)) return -E.FAULT;
    if (old !== 0 && !c.writable(old, layout.size)) return -E.FAULT;
    const before = c.signals.dispositions.get(n);
    const flagBits = differingBits(c.abi, 'sigaction', SA_FLAGS);
    if (act !== 0) {
      const [maskLow, maskHigh] = mask.read(c, act, layout);
      c.signals.setDisposition(n, {
        handler: readField(view, act, layout, 'sa_handler'),
        flags: translateBits(readField(view, act, layout, 'sa_flags'), flagBits, 0),
        restorer: hasRestorer(layout) ? readField(view, act, layout, 'sa_restorer') : 0,
        maskLow,
        maskHigh,
      });
    }
    if (old !== 0) {
      writeField(view, old, layout, 'sa_handler', before.handler);
      writeField(view, old, layout, 'sa_flags', translateBits(before.flags, flagBits, 1) >>> 0);
      if (hasRestorer(layout)) writeField(view, old, layout, 'sa_restorer', before.restorer);
      mask.write(c, old, layout, before.maskLow, before.maskHigh);
    }
    return 0;
  };
}

const sigactionWithSet = sigaction('sigaction', {
  read: (c, at, layout) => readSet(c, at + maskOffset(layout))!,
  write: (c, at, layout, low, high) => writeSet(c, at + maskOffset(layout), low, high),
});

function rtSigaction(c: Context, n: number, act: number, old: number, size: number): number {
  return size === guestSigsetBytes(c.abi) ? sigactionWithSet(c, n, act, old) : -E.INVAL;
}

function rtSigprocmask(c: Context, how: number, set: number, old: number, size: number): number {
  if (size !== guestSigsetBytes(c.abi)) return -E.INVAL;
  const { signals } = c;
  const { maskLow, maskHigh } = signals;
  if (set !== 0) {
    const change = readSet(c, set);
    if (change === undefined) return -E.FAULT;
    const [low, high] = change;
    if (how === SIG_HOW['SIG_BLOCK']) signals.setMask(maskLow | low, maskHigh | high);
    else if (how === SIG_HOW['SIG_UNBLOCK']) signals.setMask(maskLow & ~low, maskHigh & ~high);
    else if (how === SIG_HOW['SIG_SETMASK']) signals.setMask(low, high);
    else return -E.INVAL;
  }
  return old === 0 || writeSet(c, old, maskLow, maskHigh) ? 0 : -E.FAULT;
}

function rtSigpending(c: Context, set: number, size: number): number {
  if (size > guestSigsetBytes(c.abi)) return -E.INVAL;
  const at = c.arena.take(SIGSET_BYTES);
  syscall(HOST.rt_sigpending, c.arena.host(at), SIGSET_BYTES);
  const { view } = c.arena;
  return writeSet(c, set, view.getInt32(at, true) | c.signals.heldMask, view.getInt32(at + 4, true)) ? 0 : -E.FAULT;
}

export function rtSigsuspend(c: Context, set: number, size: number): number {
  return withMask(c, set, size, (mask) => c.call(HOST.rt_sigsuspend, mask, SIGSET_BYTES));
}

/** The result is the signal's number. `timeout` is the host address of a timespec or 0. */
function rtSigtimedwait(c: Context, set: number, info: number, timeout: number, size: number): number {
  if (size !== guestSigsetBytes(c.abi)) return -E.INVAL;
  const wanted = readSet(c, set);
  if (wanted === undefined || timeout === BAD_ADDRESS) return -E.FAULT;
  const at = c.arena.take(SIGINFO_BYTES + SIGSET_BYTES);
  const { view } = c.arena;
  view.setInt32(at + SIGINFO_BYTES, wanted[0], true);
  view.setInt32(at + SIGINFO_BYTES + 4, wanted[1], true);
  const r = c.call(HOST.rt_sigtimedwait, c.arena.host(at + SIGINFO_BYTES), c.arena.host(at), timeout, SIGSET_BYTES);
  if (r < 0 || info === 0) return r;
  if (!c.writable(info, SIGINFO_BYTES)) return -E.FAULT;
  siginfoToGuest(c, view, at, info);
  return r;
}

const sigtimedwait = (timespec: string): Row => row([guestStruct('sigset_t', 'in'), address, inStruct(timespec), uint], rtSigtimedwait);

/** Sends a signal with the guest's siginfo through `send`, which gets the host's. */
function queue(c: Context, n: number, info: number, send: (info: number) => number): number {
  if (!c.readable(info, SIGINFO_BYTES)) return -E.FAULT;
  const at = c.arena.take(SIGINFO_BYTES);
  siginfoFromGuest(c, info, c.arena.view, at);
  c.arena.view.setInt32(at, n, true);
  return send(c.arena.host(at));
}

const MINSIGSTKSZ = 2048;

function sigaltstack(c: Context, next: number, old: number): number {
  const layout = c.guestLayout('stack_t');
  const { view } = c.memory;
  const before = c.signals.altStack;
  const busy = c.signals.onAltStack(c.process.stackPointer());
  if (next !== 0) {
    if (!c.readable(next, layout.size)) return -E.FAULT;
    const get = (name: string): number => readField(view, next, layout, name);
    const how = get('ss_flags') >>> 0;
    if (busy) return -E.PERM;
    if ((how & ~SS.AUTODISARM) >>> 0 > SS.DISABLE) return -E.INVAL;
    const off = (how & SS.DISABLE) !== 0;
    if (!off && get('ss_size') < MINSIGSTKSZ) return -E.NOMEM;
    const flags = (how & ~SS.ONSTACK) >>> 0;
    c.signals.altStack = off ? { sp: 0, flags: SS.DISABLE, size: 0 } : { sp: get('ss_sp'), flags, size: get('ss_size') };
  }
  if (old !== 0) {
    if (!c.writable(old, layout.size)) return -E.FAULT;
    writeField(view, old, layout, 'ss_sp', before.sp);
    writeField(view, old, layout, 'ss_flags', busy ? before.flags | SS.ONSTACK : before.flags);
    writeField(view, old, layout, 'ss_size', before.size);
  }
  return 0;
}

/** Sends a signal to the calling thread. */
export function raise(_c: Context, n: number): number {
  return syscall(HOST.tgkill, syscall(HOST.getpid), syscall(HOST.gettid), n);
}

function returnFromSignal(c: Context, withInfo: boolean): number {
  c.process.returnFromSignal(withInfo);
  return NO_RESULT;
}

function exitGroup(_c: Context, status: number): number {
  throw new ProcessExit(status & 0xff);
}

function exit(c: Context, status: number): number {
  if (c.process.threads() === 1) return exitGroup(c, status);
  throw new ThreadExit(status & 0xff);
}

export const SIGNAL_CALLS: Table = {
  rt_sigaction: row([signal, guestStruct('sigaction', 'in'), guestStruct('sigaction', 'out'), uint], rtSigaction),
  rt_sigprocmask: row([oneOf(SIG_HOW, 'signalHow'), guestStruct('sigset_t', 'in'), guestStruct('sigset_t', 'out'), uint], rtSigprocmask),
  rt_sigpending: row([guestStruct('sigset_t', 'out'), uint], rtSigpending),
  rt_sigsuspend: row([guestStruct('sigset_t', 'in'), uint], rtSigsuspend),
  rt_sigtimedwait: sigtimedwait('timespec64'),
  rt_sigtimedwait_time32: sigtimedwait('timespec'),
  // By `c.call`, so that a thread that was about to make one does not make it in a child that another thread forks, too
  rt_sigqueueinfo: row([int, signal, address], (c, pid, n, info) => queue(c, n, info, (at) => c.call(HOST.rt_sigqueueinfo, pid, n, at))),
  rt_tgsigqueueinfo: row([int, int, signal, address], (c, pid, tid, n, info) =>
    queue(c, n, info, (at) => c.call(HOST.rt_tgsigqueueinfo, pid, tid, n, at)),
  ),
  sigaltstack: row([guestStruct('stack_t', 'in'), guestStruct('stack_t', 'out')], sigaltstack),
  sigreturn: row([], (c) => returnFromSignal(c, false)),
  rt_sigreturn: row([], (c) => returnFromSignal(c, true)),
  pause: row([], (c) => c.call(HOST.ppoll, 0, 0, 0, 0, SIGSET_BYTES)),
  kill: row([int, signal], host('kill')),
  tkill: row([int, signal], host('tkill')),
  tgkill: row([int, int, signal], host('tgkill')),
  exit: row([int], exit),
  exit_group: row([int], exitGroup),
};
