/** The system calls of one guest process: register values in, result register out. */
import { NO_RESULT, type HostFault } from '../runtime/host';
import type { Abi } from './abi/abi';
import { AT_FDCWD, SIGNALS } from './constants';
import { Context } from './context';
import type { Row } from './definition';
import { E } from './errno';
import type { GuestProcess } from './process';
import type { ProcessState } from './process-state';
import { siginfoToGuest } from './siginfo';
import { guestSignal, lowForGuest, lowFromGuest } from './signal-sets';
import { SS, type SignalState } from './signal-state';
import type { StracePrinter } from './strace';
import { rowOf } from './table';
import { close } from './table/open';
import { raise } from './table/signals';
import { deleteTimers } from './table/time';
import { endThread } from './thread-end';
import { compile, type Thunk } from './thunk';

/** Numbers below are dense. */
const MAIN_TABLE = 1024;

/** Between fork and execve, and in the start and end of programs. */
const FIRST_CALLS = [
  ...['execve', 'exit_group', 'exit', 'brk', 'uname', 'readlink', 'readlinkat', 'getrandom', 'mprotect', 'mmap2', 'munmap', 'openat'],
  ...['read', 'write', 'close', 'dup2', 'dup3', 'set_tid_address', 'set_robust_list', 'rseq', 'ugetrlimit', 'prlimit64', 'statx'],
  ...['rt_sigaction', 'rt_sigprocmask', 'getpid', 'getppid', 'getuid32', 'setpgid', 'ioctl', 'fcntl64', 'faccessat', 'fstat64'],
];

/** After so many V8 has machine code. */
const REGEXP_RUNS = 3;

export interface SystemCallOptions {
  /** Print each call through `log.strace`. */
  readonly strace: boolean;
}

/** Most runs do without, and its tables take a millisecond to make. */
function createPrinter(context: Context): StracePrinter {
  // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- the bundler knows it
  const strace = require('./strace') as typeof import('./strace');
  return new strace.StracePrinter(context);
}

const numbersToNames = (abi: Abi): ReadonlyMap<number, string> => new Map(Object.entries(abi.numbers).map(([name, nr]) => [nr, name]));

export class SystemCalls {
  private readonly context: Context;
  /** Thunks of the calls made so far, by number. */
  private readonly thunks: Thunk[] = [];
  /** The same for numbers beyond the main table (ARM's private calls), which would make the array sparse. */
  private readonly distant = new Map<number, Thunk>();
  private readonly names: ReadonlyMap<number, string>;
  private readonly printer: StracePrinter | undefined;
  /** For the calls of an older ABI, once there was one. */
  private older: { readonly context: Context; readonly names: ReadonlyMap<number, string> } | undefined;

  /**
   * @param before the same process as it was under another ABI
   * @param shared state of a process that has another thread already
   */
  constructor(process: GuestProcess, options: SystemCallOptions, before?: SystemCalls, shared?: ProcessState) {
    this.context = new Context(process, before?.context, shared);
    this.names = numbersToNames(process.abi);
    this.printer = options.strace ? createPrinter(this.context) : undefined;
    if (before === undefined && shared === undefined) this.signals.applyInitialDispositions();
  }

  /**
   * For a process that makes many children: what they need first, so that it is there when they are made, regular expressions
   * compiled.
   */
  rehearse(): void {
    const { paths, abi } = this.context;
    for (const name of FIRST_CALLS) {
      const nr = abi.numbers[name];
      if (nr !== undefined && nr < MAIN_TABLE) this.thunks[nr] ??= this.resolve(nr);
    }
    for (let i = 0; i < REGEXP_RUNS; i++) {
      const path = paths.absoluteProcPath(Buffer.from('/proc/self/exe'), AT_FDCWD);
      if (path !== undefined) paths.ownProcFile(path);
    }
  }

  /** The memory is about to go: the parent of a vfork gets to see it. */
  leaveMemory(): void {
    this.context.giveBack();
  }

  /**
   * A thread begins.
   * @param clearTid guest address where 0 is written when it ends, or 0
   */
  beginThread(clearTid: number, threadPointer: number): void {
    Object.assign(this.context, { clearTid, threadPointer, robustList: 0 });
    this.signals.altStack = { sp: 0, flags: SS.DISABLE, size: 0 };
  }

  /** The thread has ended, and others go on. */
  endThread(): void {
    endThread(this.context);
  }

  /** What execve(2) does to descriptors and signals. */
  exec(): void {
    const c = this.context;
    deleteTimers(c);
    for (const fd of c.fds.open()) if (c.fds.cloexec(fd)) close(c, fd);
    c.signals.exec();
    c.threadPointer = 0;
    c.clearTid = c.robustList = 0;
  }

  /** Guest address of the last fault of compiled code, and whether it was SIGBUS; undefined if nothing has been noted. */
  lastFault(): HostFault | undefined {
    const fault = this.signals.thread?.lastFault;
    return fault && { ...fault, address: fault.address - this.context.base };
  }

  /** Writes the host's siginfo_t as the guest's, to 128 bytes that the guest can write. */
  writeSiginfo(info: DataView, address: number): void {
    siginfoToGuest(this.context, info, 0, address);
  }

  /** What the guest calls a signal. */
  guestSignal(signal: number): number {
    return guestSignal(this.context.abi, signal);
  }

  /** Signals 1 to 32 of a mask as the guest numbers them. */
  maskForGuest(low: number): number {
    return lowForGuest(this.context.abi, low);
  }

  maskFromGuest(low: number): number {
    return lowFromGuest(this.context.abi, low);
  }

  /** A strace line for a signal that happens to the guest. */
  traceSignal(info: DataView): void {
    this.printer?.signal(info);
  }

  /** What other threads of the process are to have, too. */
  get shared(): ProcessState {
    return this.context.shared;
  }

  /** Signal dispositions and masks the guest has set. */
  get signals(): SignalState {
    return this.context.signals;
  }

  /**
   * Makes a call.
   * @param nr the guest's number
   * @param args register values, unsigned; 7 of them on a 32-bit ABI
   * @returns the value of the result register as a signed 32-bit number, -errno on failure; RESTART if a signal must be
   *   delivered and the call then made again; NO_RESULT if the registers are not to be touched
   * @throws ProcessExit, ProcessKilled
   */
  call(nr: number, args: readonly number[]): number {
    const thunk = nr < MAIN_TABLE ? (this.thunks[nr] ??= this.resolve(nr)) : (this.distant.get(nr) ?? this.resolveDistant(nr));
    return thunk(args) | 0;
  }

  private resolveDistant(nr: number): Thunk {
    const thunk = this.resolve(nr);
    this.distant.set(nr, thunk);
    return thunk;
  }

  private resolve(nr: number): Thunk {
    const { older } = this.context.abi;
    if (older === undefined || nr < older.base) return this.resolveUnder(this.context.abi, this.names, nr, () => this.context);
    this.older ??= { context: this.context.under(older.abi), names: numbersToNames(older.abi) };
    const { context, names } = this.older;
    return this.resolveUnder(older.abi, names, nr - older.base, (name) => (older.different.has(name) ? context : this.context));
  }

  private resolveUnder(abi: Abi, names: ReadonlyMap<number, string>, nr: number, contextOf: (name: string) => Context): Thunk {
    const { log } = this.context.process;
    const name = names.get(nr);
    const row: Row | undefined = name === undefined ? undefined : rowOf(abi.rows[name] ?? name);
    if (abi.refuses?.(nr) === true) return () => (raise(this.context, SIGNALS['SIGILL']!), NO_RESULT);
    if (name === undefined || row === undefined) {
      return (args) => {
        log.unimplemented(`system call ${name ?? nr}`);
        this.printer?.unknown(name ?? `syscall_${nr}`, args, -E.NOSYS);
        return this.guestResult(-E.NOSYS);
      };
    }
    return this.traced(name, row, this.withGuestErrors(compile(row, contextOf(name))));
  }

  private withGuestErrors(thunk: Thunk): Thunk {
    return this.context.abi.errno.size === 0 ? thunk : (args) => this.guestResult(thunk(args));
  }

  private guestResult(r: number): number {
    return r < 0 && r >= -4095 ? -(this.context.abi.errno.get(-r) ?? -r) : r;
  }

  private traced(name: string, row: Row, thunk: Thunk): Thunk {
    const { printer } = this;
    if (printer === undefined) return thunk;
    return (args) => {
      const before = printer.before(row, args);
      let result: number | undefined;
      try {
        return (result = thunk(args));
      } finally {
        printer.after(name, row, args, before, result);
      }
    };
  }
}
