/**
 * What the guest has set for its signals, and the host's side of it.
 *
 * The kernel does the work: "default" and "ignore" are the host's own dispositions, a handler of the guest's is the
 * code page's entry, the guest's mask is that of the host thread, and what is blocked stays pending in the kernel.
 * Only SIGSEGV and SIGBUS, which compiled code itself needs, are never blocked on the host.
 *
 * Signal numbers are asm-generic ones, whatever the guest calls them.
 */
import { addressOf, GuestThread, HOST, syscall, type ArrivedSignal, type InheritedSignals } from '../runtime/host';
import { SIGNALS } from './constants';

export const NSIG = 64;
export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIGSET_BYTES = 8;

/** sigaction's flags that the emulator looks at (include/uapi/asm-generic/signal-defs.h). */
export const SA = {
  NOCLDSTOP: 1,
  NOCLDWAIT: 2,
  SIGINFO: 4,
  RESTORER: 0x0400_0000,
  ONSTACK: 0x0800_0000,
  RESTART: 0x1000_0000,
  NODEFER: 0x4000_0000,
  RESETHAND: 0x8000_0000,
} as const;

/** sigaltstack's flags. */
export const SS = { ONSTACK: 1, DISABLE: 2, AUTODISARM: 0x8000_0000 } as const;

/** Those that the host kernel must know of. */
const HOST_FLAGS = SA.NOCLDSTOP | SA.NOCLDWAIT | SA.RESTART;
const SIG_SETMASK = 2;

/** Leaves the call when a signal ends the guest. */
export class ProcessKilled extends Error {
  constructor(readonly signal: number) {
    super(`guest killed by signal ${signal}`);
  }
}

/** Leaves the call when the guest exits. `status` is the low 8 bits. */
export class ProcessExit extends Error {
  constructor(readonly status: number) {
    super(`guest exit ${status}`);
  }
}

/** Leaves the call when a thread ends and others go on. */
export class ThreadExit extends Error {
  constructor(readonly status: number) {
    super(`guest thread exit ${status}`);
  }
}

export interface Disposition {
  /** Guest address of the handler, or SIG_DFL or SIG_IGN. */
  readonly handler: number;
  readonly flags: number;
  readonly restorer: number;
  /** Signals blocked while the handler runs: bit 0 of `maskLow` is signal 1. */
  readonly maskLow: number;
  readonly maskHigh: number;
}

const WORDS = 5;
const DEFAULT: Disposition = { handler: SIG_DFL, flags: 0, restorer: 0, maskLow: 0, maskHigh: 0 };

export const DISPOSITION_BYTES = 4 * WORDS * (NSIG + 1);

/** The dispositions of a process, which its threads share. */
export class Dispositions {
  private readonly words: Int32Array;

  /** @param buffer begins with them */
  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer, 0, DISPOSITION_BYTES / 4);
  }

  get(signal: number): Disposition {
    const { words } = this;
    const at = WORDS * signal;
    return {
      handler: words[at]! >>> 0,
      flags: words[at + 1]!,
      restorer: words[at + 2]! >>> 0,
      maskLow: words[at + 3]!,
      maskHigh: words[at + 4]!,
    };
  }

  set(signal: number, d: Disposition): void {
    this.words.set([d.handler, d.flags, d.restorer, d.maskLow, d.maskHigh], WORDS * signal);
  }

  /** True for a signal that is as no program has touched it. */
  untouched(signal: number): boolean {
    return this.words[WORDS * signal] === SIG_DFL && this.words[WORDS * signal + 1] === 0;
  }

  reset(signal: number): void {
    this.set(signal, DEFAULT);
  }
}

const named = (...names: string[]): ReadonlySet<number> => new Set(names.map((n) => SIGNALS[`SIG${n}`]!));

/** Glibc's own, SIGCANCEL and SIGSETXID, and SIGKILL: no handler is ever put there unless the guest does. */
const UNUSUAL: ReadonlySet<number> = new Set([9, 32, 33]);

/** Default action (signal(7)) where it is not to end the process. */
const IGNORED_BY_DEFAULT = named('CHLD', 'CONT', 'URG', 'WINCH');
const STOPS_BY_DEFAULT = named('STOP', 'TSTP', 'TTIN', 'TTOU');

export type DefaultAction = 'ignore' | 'stop' | 'kill';

export function defaultAction(signal: number): DefaultAction {
  if (IGNORED_BY_DEFAULT.has(signal)) return 'ignore';
  return STOPS_BY_DEFAULT.has(signal) ? 'stop' : 'kill';
}

/** Signals whose host handler is always the emulator's. */
const FAULTS = named('SEGV', 'BUS');
/** By this one (glibc's SIGSETXID) fork stops threads. */
const STOP_SIGNAL = 33;
const NEVER_BLOCKED: ReadonlySet<number> = new Set([...FAULTS, STOP_SIGNAL]);
const CHANGED_BY_NODE = named('USR1', 'PIPE', 'XFSZ');
const maskOf = (signals: ReadonlySet<number>): number => [...signals].reduce((m, s) => m | (1 << (s - 1)), 0);
const FAULT_MASK = maskOf(FAULTS);
/** In the high word. */
const STOP_MASK = 1 << (STOP_SIGNAL - 33);
const UNBLOCKABLE_MASK = maskOf(named('KILL', 'STOP'));

/** What the host must hear of the process that has the signals. */
export interface SignalHost {
  /** Host address of the word that asks compiled code to return when it is 0. */
  readonly polledWord: () => number;
  /** The guest handles faults: registers must be exact where one happens. */
  readonly handlesFaults: () => void;
  /** The host refuses executable memory: says, once, what does not work without. */
  readonly refused: (what: string) => void;
  /** There is something to do when a signal ends the process: the host's kernel must not do it. */
  readonly outlivesSignals: boolean;
  /** SIGPROF is V8's. */
  readonly profiled: boolean;
  /** False in threads that the guest has made. */
  readonly isFirst: boolean;
}

/** The signals of one thread. */
export class SignalState {
  /** The guest's mask. */
  maskLow = 0;
  maskHigh = 0;
  /** The mask that sigsuspend, ppoll and the like have put in its place while they wait. */
  private waiting: readonly [number, number] | undefined;
  /** sigaltstack(2). */
  altStack: { sp: number; flags: number; size: number } = { sp: 0, flags: SS.DISABLE, size: 0 };
  /** SIGSEGV and SIGBUS that were sent while the guest blocks them. */
  private held: ArrivedSignal[] = [];
  private entered: GuestThread | 'refused' | undefined;
  /** A sigset_t for the host and a struct sigaction, both of 64-bit words. */
  private readonly words = new BigUint64Array(8);
  private readonly halves = new Int32Array(this.words.buffer);
  private readonly wordsAddress = addressOf(this.words);

  constructor(
    private host: SignalHost,
    readonly dispositions: Dispositions,
  ) {}

  /** The same signals after execve(2) has given the process another machine. */
  under(host: SignalHost): this {
    this.host = host;
    this.thread?.poll(host.polledWord());
    return this;
  }

  /** In a new child: what was sent to its parent is not pending for it. */
  forked(): void {
    this.held = [];
    if (this.thread?.pending !== true) return;
    this.thread.take();
    this.applyMask();
  }

  /** execve(2): handlers are gone, ignored signals stay ignored, the alternate stack is gone; mask and pending signals stay. */
  exec(): void {
    for (let n = 1; n <= NSIG; n++) {
      if (this.dispositions.untouched(n)) continue;
      const { handler, flags } = this.dispositions.get(n);
      this.dispositions.set(n, { ...DEFAULT, handler: handler === SIG_IGN ? SIG_IGN : SIG_DFL });
      if (handler > SIG_IGN || flags !== 0) this.applyDisposition(n);
    }
    this.altStack = { sp: 0, flags: SS.DISABLE, size: 0 };
  }

  /** The thread as the code page knows it, once the guest has handled or blocked a signal. */
  get thread(): GuestThread | undefined {
    return this.entered === 'refused' ? undefined : this.entered;
  }

  /**
   * From now on signals reach the guest's handlers. Without a handler or a mask nothing of it is needed: then the
   * host's dispositions do everything.
   */
  enter(): GuestThread | undefined {
    if (this.entered === undefined) {
      const thread = GuestThread.current(this.host.polledWord());
      this.entered = thread ?? 'refused';
      thread?.handleFaults();
      if (this.host.isFirst) thread?.silenceOthers();
      this.applyMask();
    }
    return this.thread;
  }

  /** Sets what a signal does, here and on the host. */
  setDisposition(signal: number, d: Disposition): void {
    this.dispositions.set(signal, d);
    this.applyDisposition(signal);
  }

  /** Undoes what Node set up for itself: it ignores two signals, and blocks SIGUSR1 or starts its inspector on it. */
  applyInitialDispositions(): void {
    this.applyMask();
    const all = Array.from({ length: NSIG }, (_, i) => i + 1).filter((s) => !UNUSUAL.has(s) && defaultAction(s) === 'kill');
    for (const s of this.host.outlivesSignals ? all : CHANGED_BY_NODE) this.applyDisposition(s);
  }

  /** Sets what the process was started with. Signals that Node has let through meanwhile are lost. */
  inherit({ ignored, blocked }: InheritedSignals): void {
    for (let n = 1; n <= NSIG; n++) if (((ignored >> BigInt(n - 1)) & 1n) !== 0n) this.setDisposition(n, { ...DEFAULT, handler: SIG_IGN });
    if (blocked !== 0n) this.setMask(Number(blocked & 0xffff_ffffn) | 0, Number(blocked >> 32n) | 0);
  }

  /** What a program that this process starts inherits. */
  get inherited(): InheritedSignals {
    let ignored = 0n;
    for (let n = 1; n <= NSIG; n++) if (this.dispositions.get(n).handler === SIG_IGN) ignored |= 1n << BigInt(n - 1);
    return { ignored, blocked: (BigInt(this.maskHigh >>> 0) << 32n) | BigInt(this.maskLow >>> 0) };
  }

  /** Makes the host treat a signal as the guest's disposition says. */
  applyDisposition(signal: number): void {
    if (signal === SIGNALS['SIGPROF'] && this.host.profiled) return;
    const { handler, flags } = this.dispositions.get(signal);
    const handled = handler !== SIG_DFL && handler !== SIG_IGN;
    const arrives = handled || (this.host.outlivesSignals && handler === SIG_DFL && defaultAction(signal) === 'kill');
    if (arrives && this.enter() === undefined) {
      // glibc sets handlers of its own when it makes a thread
      if (handled && !UNUSUAL.has(signal)) this.host.refused('signal handlers do not run');
      return;
    }
    if (FAULTS.has(signal)) {
      if (handled) this.host.handlesFaults();
    } else if (arrives) this.thread!.handle(signal, flags & HOST_FLAGS);
    else {
      this.words.fill(0n);
      this.words[0] = BigInt(handler);
      this.words[1] = BigInt(flags & HOST_FLAGS & ~SA.RESTART);
      syscall(HOST.rt_sigaction, signal, this.wordsAddress, 0, SIGSET_BYTES);
    }
  }

  /** A thread begins with the mask of its maker. */
  begin(low: number, high: number): void {
    this.held = [];
    this.waiting = undefined;
    this.setMask(low, high);
    this.applyMask();
  }

  /** Replaces the mask; SIGKILL and SIGSTOP cannot be blocked. */
  setMask(low: number, high: number): void {
    this.maskLow = low & ~UNBLOCKABLE_MASK;
    this.maskHigh = high;
    if (this.entered === undefined && (this.maskLow | this.maskHigh) !== 0) this.enter();
    else if (this.entered !== undefined) this.applyMask();
  }

  /** Gives the host thread the guest's mask, and with it the signals that have waited for that. */
  private applyMask(): void {
    // in a child of fork(2) that another thread has made, signals are not for this one
    if (this.thread?.abandoned === true) return;
    this.setHostMask(this.maskLow, this.maskHigh);
  }

  private setHostMask(low: number, high: number): void {
    // without BigInts, as this happens twice for each signal
    this.halves[0] = low & ~FAULT_MASK;
    this.halves[1] = high & ~STOP_MASK;
    syscall(HOST.rt_sigprocmask, SIG_SETMASK, this.wordsAddress, 0, SIGSET_BYTES);
  }

  /** Lets no signal interrupt the host thread, until `resume`: for threads that it makes, and when it has ended. */
  blockAll(): void {
    this.setHostMask(-1, -1);
  }

  isBlocked(signal: number): boolean {
    const { waiting } = this;
    const low = waiting === undefined ? this.maskLow : waiting[0];
    const high = waiting === undefined ? this.maskHigh : waiting[1];
    return (((signal > 32 ? high : low) >>> ((signal - 1) & 31)) & 1) !== 0;
  }

  /** The mask in force: the guest's, or the one that a call is waiting with. */
  get current(): readonly [low: number, high: number] {
    return this.waiting ?? [this.maskLow, this.maskHigh];
  }

  /**
   * Makes a call that waits with a mask of its own. If a signal ends the wait, its handler runs with that mask in force.
   * @param wait gets the host's form of the mask
   */
  waitWith(low: number, high: number, wait: (mask: bigint) => number): number {
    this.enter();
    this.waiting = [low & ~UNBLOCKABLE_MASK, high];
    const result = wait(hostMask(low, high));
    if (this.thread?.pending !== true) this.waiting = undefined;
    return result;
  }

  /** True if the guest is on its alternate stack (include/linux/sched/signal.h, on_sig_stack). */
  onAltStack(stackPointer: number): boolean {
    const { sp, size, flags } = this.altStack;
    return (flags & SS.AUTODISARM) === 0 && stackPointer > sp && stackPointer - sp <= size;
  }

  /** True if `take` has something. */
  get pending(): boolean {
    return this.thread?.pending === true || (this.held.length > 0 && this.held.some((a) => !this.isBlocked(a.signal)));
  }

  /** Signals the host holds back because the guest blocks them but the host cannot. */
  get heldMask(): number {
    return this.held.reduce((m, a) => m | (1 << (a.signal - 1)), 0);
  }

  /** Signals that have arrived and are to be delivered now. After each, `delivered` must be called. */
  take(): ArrivedSignal[] {
    const taken = this.thread?.take() ?? [];
    if (this.held.length === 0 && !taken.some((a) => NEVER_BLOCKED.has(a.signal))) return taken;
    const arrived = [...this.held, ...taken];
    this.held = arrived.filter((a) => NEVER_BLOCKED.has(a.signal) && this.isBlocked(a.signal));
    return arrived.filter((a) => !this.held.includes(a));
  }

  /**
   * Puts back one that the guest has blocked since it arrived: by the handler of another, or by the very call that followed. The
   * host's kernel blocks it, too, and gets it back for this thread, so that sigsuspend, ppoll, sigtimedwait and sigpending find it.
   */
  putBack(arrived: ArrivedSignal): void {
    const { signal, info } = arrived;
    const [pid, tid] = [syscall(HOST.getpid), syscall(HOST.gettid)];
    const address = addressOf(new Uint8Array(info.buffer, info.byteOffset, info.byteLength));
    // It refuses when RLIMIT_SIGPENDING is reached
    if (NEVER_BLOCKED.has(signal) || syscall(HOST.rt_tgsigqueueinfo, pid, tid, signal, address) < 0) this.held.push(arrived);
  }

  /** The handler of a signal begins: its mask comes on top of the one in force. */
  beginHandler(signal: number, d: Disposition): void {
    const [low, high] = this.current;
    const own = (d.flags & SA.NODEFER) !== 0 ? 0 : 1 << ((signal - 1) & 31);
    this.maskLow = (low | d.maskLow | (signal <= 32 ? own : 0)) & ~UNBLOCKABLE_MASK;
    this.maskHigh = high | d.maskHigh | (signal > 32 ? own : 0);
    this.waiting = undefined;
    if ((d.flags & SA.RESETHAND) !== 0) this.setDisposition(signal, { ...d, handler: SIG_DFL });
  }

  /** All that had arrived has been delivered: the next ones may come. */
  resume(): void {
    this.waiting = undefined;
    if (this.entered !== undefined) this.applyMask();
  }
}

/** A mask for the host, which must go on to see faults and to stop for fork. */
function hostMask(low: number, high: number): bigint {
  return (BigInt((high & ~STOP_MASK) >>> 0) << 32n) | BigInt((low & ~FAULT_MASK) >>> 0);
}
