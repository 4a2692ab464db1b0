/**
 * Signal dispositions, masks and sending. What the guest sets is kept and given back to it; "ignore" and
 * "default" also reach the host, so that a guest which ignores SIGINT survives Ctrl-C.
 */
import { HOST, syscall } from '../../runtime/host';
import type { Abi } from '../abi/abi';
import { SIG_HOW, SIGNALS } from '../constants';
import type { Context } from '../context';
import { guestStruct, int, oneOf, row, signal, uint, type Table } from '../definition';
import { E } from '../errno';
import { NSIG, ProcessExit, ProcessKilled, SIG_DFL, SIG_IGN } from '../signal-state';
import { readField, renumberBits, writeField, type Layout } from '../struct-codec';
import { differingBits } from '../thunk';

/** Bytes of the host's sigset_t. */
const SIGSET_BYTES = 8;

/** Bytes of the guest's, which calls are told for a check. */
const guestSigsetBytes = (c: Context): number => (c.abi.signals ?? NSIG) / 8;

const { SIGKILL, SIGSTOP, SIGPIPE, SIGXFSZ, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP } = SIGNALS as Record<string, number>;

/** The emulator's own faults raise these: their host disposition stays. */
const HOST_KEEPS: ReadonlySet<number | undefined> = new Set([SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, 32, 33]);
/** Raised here when a write fails with EPIPE or EFBIG, as only then the guest's mask and handler count. */
const RAISED_BY_ERRORS: ReadonlySet<number | undefined> = new Set([SIGPIPE, SIGXFSZ]);

const isSignal = (n: number): boolean => n >= 1 && n <= NSIG;

/** Lets the host treat a signal as the guest does. struct sigaction is four words there, all 0 but the handler. */
function setHostDisposition(c: Context, n: number, handler: number): void {
  if (HOST_KEEPS.has(n)) return;
  const ignored = handler === SIG_IGN || RAISED_BY_ERRORS.has(n);
  syscall(HOST.rt_sigaction, n, c.placeLongs(ignored ? SIG_IGN : SIG_DFL, 0, 0, 0), 0, SIGSET_BYTES);
}

/** Undoes what Node set up for itself: it starts its inspector on SIGUSR1. */
export function setInitialDispositions(c: Context): void {
  for (const n of [SIGNALS['SIGUSR1']!, SIGPIPE!, SIGXFSZ!]) setHostDisposition(c, n, SIG_DFL);
}

/** What execve(2) does: handlers are gone, ignored signals stay ignored, the alternate stack is gone; mask and pending signals stay. */
export function resetHandlers(c: Context): void {
  c.signals.exec().forEach((n) => setHostDisposition(c, n, SIG_DFL));
}

function rtSigaction(c: Context, n: number, act: number, old: number, size: number): number {
  if (size !== guestSigsetBytes(c) || !isSignal(n) || (act !== 0 && (n === SIGKILL || n === SIGSTOP))) return -E.INVAL;
  const layout = c.guestLayout('sigaction');
  const { view } = c.memory;
  if (act !== 0 && !c.readable(act, layout.size)) return -E.FAULT;
  if (old !== 0 && !c.writable(old, layout.size)) return -E.FAULT;
  const d = c.signals.dispositions[n]!;
  const before = { ...d };
  if (act !== 0) {
    d.handler = readField(view, act, layout, 'sa_handler');
    d.flags = readField(view, act, layout, 'sa_flags');
    if (hasRestorer(layout)) d.restorer = readField(view, act, layout, 'sa_restorer');
    [d.maskLow, d.maskHigh] = readSet(c, act + maskOffset(layout));
    setHostDisposition(c, n, d.handler);
    deliver(c);
  }
  if (old !== 0) {
    writeField(view, old, layout, 'sa_handler', before.handler);
    writeField(view, old, layout, 'sa_flags', before.flags);
    if (hasRestorer(layout)) writeField(view, old, layout, 'sa_restorer', before.restorer);
    writeSet(c, old + maskOffset(layout), before.maskLow, before.maskHigh);
  }
  return 0;
}

/** MIPS, Alpha and others return from handlers by code of the kernel's. */
const hasRestorer = (layout: Layout): boolean => layout.fields.some((f) => f.name === 'sa_restorer');

const maskOffset = (layout: Layout): number => layout.fields.find((f) => f.name === 'sa_mask.bits.0')!.offset;

/** A sigset is an array of guest words, the lower signals first. */
function setOffsets(c: Context): readonly [low: number, high: number] {
  return c.abi.wordSize === 8 && !c.memory.littleEndian ? [4, 0] : [0, 4];
}

function readSet(c: Context, at: number): [number, number] {
  const [low, high] = setOffsets(c);
  const { view, littleEndian } = c.memory;
  return [renumberBits(view.getInt32(at + low, littleEndian), signalBits(c.abi)), view.getInt32(at + high, littleEndian)];
}

function writeSet(c: Context, at: number, lowBits: number, highBits: number): void {
  const [low, high] = setOffsets(c);
  const { view, littleEndian } = c.memory;
  const toGuest = signalBits(c.abi).map(([guest, host]) => [host, guest] as const);
  view.setInt32(at + low, renumberBits(lowBits, toGuest), littleEndian);
  view.setInt32(at + high, highBits, littleEndian);
  c.memory.u8.fill(0, at + SIGSET_BYTES, at + guestSigsetBytes(c));
}

const bitsOf = new Map<Abi, readonly (readonly [guest: number, host: number])[]>();

/** Bits of a sigset's low word for the signals that the guest numbers otherwise. */
function signalBits(abi: Abi): readonly (readonly [guest: number, host: number])[] {
  let bits = bitsOf.get(abi);
  if (bits === undefined) {
    bits = differingBits(abi, 'signal', SIGNALS).map(([guest, host]) => [1 << (guest - 1), 1 << (host - 1)] as const);
    bitsOf.set(abi, bits);
  }
  return bits;
}

function rtSigprocmask(c: Context, how: number, set: number, old: number, size: number): number {
  if (size !== guestSigsetBytes(c)) return -E.INVAL;
  const { signals } = c;
  const { maskLow, maskHigh } = signals;
  if (set !== 0) {
    if (!c.readable(set, size)) return -E.FAULT;
    const [low, high] = readSet(c, set);
    if (how === SIG_HOW['SIG_BLOCK']) signals.setMask(maskLow | low, maskHigh | high);
    else if (how === SIG_HOW['SIG_UNBLOCK']) signals.setMask(maskLow & ~low, maskHigh & ~high);
    else if (how === SIG_HOW['SIG_SETMASK']) signals.setMask(low, high);
    else return -E.INVAL;
  }
  if (old !== 0) {
    if (!c.writable(old, size)) return -E.FAULT;
    writeSet(c, old, maskLow, maskHigh);
  }
  deliver(c);
  return 0;
}

function rtSigpending(c: Context, set: number, size: number): number {
  if (size > guestSigsetBytes(c)) return -E.INVAL;
  if (!c.writable(set, guestSigsetBytes(c))) return -E.FAULT;
  writeSet(c, set, c.signals.pendingLow & c.signals.maskLow, c.signals.pendingHigh & c.signals.maskHigh);
  return 0;
}

const SS_DISABLE = 2;
const SS_AUTODISARM = 0x8000_0000;
const MINSIGSTKSZ = 2048;

function sigaltstack(c: Context, next: number, old: number): number {
  const layout = c.guestLayout('stack_t');
  const { view } = c.memory;
  const before = c.signals.altStack;
  if (next !== 0) {
    if (!c.readable(next, layout.size)) return -E.FAULT;
    const get = (name: string): number => readField(view, next, layout, name);
    const how = get('ss_flags') >>> 0;
    if ((how & ~SS_AUTODISARM) >>> 0 > SS_DISABLE) return -E.INVAL;
    const off = (how & SS_DISABLE) !== 0;
    if (!off && get('ss_size') < MINSIGSTKSZ) return -E.NOMEM;
    c.signals.altStack = off ? { sp: 0, flags: SS_DISABLE, size: 0 } : { sp: get('ss_sp'), flags: how, size: get('ss_size') };
  }
  if (old !== 0) {
    if (!c.writable(old, layout.size)) return -E.FAULT;
    writeField(view, old, layout, 'ss_sp', before.sp);
    writeField(view, old, layout, 'ss_flags', before.flags);
    writeField(view, old, layout, 'ss_size', before.size);
  }
  return 0;
}

/** Acts on signals that nothing blocks any more. */
function deliver(c: Context): void {
  for (const n of c.signals.takeDeliverable()) raise(c, n);
}

/** Sends a signal to the guest itself. Returns if the guest lives on. */
export function raise(c: Context, n: number): number {
  const effect = c.signals.raise(n);
  if (effect === 'pending' && !c.signals.isBlocked(n)) c.process.log.unimplemented(`handler of signal ${n}`);
  if (effect === 'kill') throw new ProcessKilled(n);
  if (effect === 'stop') syscall(HOST.kill, syscall(HOST.getpid), SIGSTOP!);
  return 0;
}

/** kill, tkill, tgkill: to this process the guest's disposition decides, to others the kernel. */
function kill(c: Context, target: number, n: number): number {
  if (target === syscall(HOST.getpid) && isSignal(n)) return raise(c, n);
  return syscall(HOST.kill, target, n);
}

function tgkill(c: Context, group: number, thread: number, n: number): number {
  if (thread === syscall(HOST.gettid) && group === syscall(HOST.getpid) && isSignal(n)) return raise(c, n);
  return syscall(HOST.tgkill, group, thread, n);
}

function tkill(c: Context, thread: number, n: number): number {
  if (thread === syscall(HOST.gettid) && isSignal(n)) return raise(c, n);
  return syscall(HOST.tkill, thread, n);
}

function exit(_c: Context, status: number): number {
  throw new ProcessExit(status & 0xff);
}

export const SIGNAL_CALLS: Table = {
  rt_sigaction: row([signal, guestStruct('sigaction', 'in'), guestStruct('sigaction', 'out'), uint], rtSigaction),
  rt_sigprocmask: row([oneOf(SIG_HOW, 'signalHow'), guestStruct('sigset_t', 'in'), guestStruct('sigset_t', 'out'), uint], rtSigprocmask),
  rt_sigpending: row([guestStruct('sigset_t', 'out'), uint], rtSigpending),
  sigaltstack: row([guestStruct('stack_t', 'in'), guestStruct('stack_t', 'out')], sigaltstack),
  kill: row([int, signal], kill),
  tkill: row([int, signal], tkill),
  tgkill: row([int, int, signal], tgkill),
  exit: row([int], exit),
  exit_group: row([int], exit),
};
