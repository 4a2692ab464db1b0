/** The system calls of one guest process: register values in, result register out. */
import { HOST, syscall } from '../runtime/host';
import { SIGNALS } from './constants';
import { Context } from './context';
import type { Row } from './definition';
import { E } from './errno';
import type { GuestProcess } from './process';
import type { SignalState } from './signal-state';
import { StracePrinter } from './strace';
import { ROWS } from './table';
import { close } from './table/open';
import { raise, resetHandlers, setInitialDispositions } from './table/signals';
import { deleteTimers } from './table/time';
import { compile, type Thunk } from './thunk';

export interface SystemCallOptions {
  /** Print each call through `log.strace`. */
  readonly strace: boolean;
}

export class SystemCalls {
  private readonly context: Context;
  /** Thunks of the calls made so far, by number. */
  private readonly thunks: Thunk[] = [];
  /** The same for numbers beyond the main table (ARM's private calls), which would make the array sparse. */
  private readonly distant = new Map<number, Thunk>();
  private readonly names: ReadonlyMap<number, string>;
  private readonly printer: StracePrinter | undefined;

  /** @param before the same process as it was under another ABI */
  constructor(process: GuestProcess, options: SystemCallOptions, before?: SystemCalls) {
    this.context = new Context(process, before?.context);
    this.names = new Map(Object.entries(process.abi.numbers).map(([name, nr]) => [nr, name]));
    this.printer = options.strace ? new StracePrinter(this.context) : undefined;
    if (before === undefined) setInitialDispositions(this.context);
  }

  /** The memory is about to go: the parent of a vfork gets to see it. */
  leaveMemory(): void {
    this.context.giveBack();
  }

  /** What execve(2) does to descriptors and signals. */
  exec(): void {
    const c = this.context;
    deleteTimers(c);
    for (const fd of c.fds.open()) if (c.fds.cloexec(fd)) close(c, fd);
    resetHandlers(c);
    c.threadPointer = 0;
  }

  /** Signal dispositions and masks the guest has set. */
  get signals(): SignalState {
    return this.context.signals;
  }

  /**
   * Makes a call.
   * @param nr the guest's number
   * @param args register values, unsigned; 7 of them on a 32-bit ABI
   * @returns the value of the result register as a signed 32-bit number: -errno on failure
   * @throws ProcessExit, ProcessKilled
   */
  call(nr: number, args: readonly number[]): number {
    const thunk = nr < 1024 ? (this.thunks[nr] ??= this.resolve(nr)) : (this.distant.get(nr) ?? this.resolveDistant(nr));
    return thunk(args) | 0;
  }

  private resolveDistant(nr: number): Thunk {
    const thunk = this.resolve(nr);
    this.distant.set(nr, thunk);
    return thunk;
  }

  private resolve(nr: number): Thunk {
    const { abi, log } = this.context.process;
    const name = this.names.get(nr);
    const row: Row | undefined = name === undefined ? undefined : ROWS[abi.rows[name] ?? name];
    if (name === undefined || row === undefined) {
      return (args) => {
        log.unimplemented(`system call ${name ?? nr}`);
        this.printer?.unknown(name ?? `syscall_${nr}`, args, -E.NOSYS);
        return this.guestResult(-E.NOSYS);
      };
    }
    return this.traced(name, row, this.signalling(row, compile(row, this.context)));
  }

  /** A write to a closed pipe or beyond the size limit raises a signal that Node ignores for itself. */
  private signalling(row: Row, thunk: Thunk): Thunk {
    if (!row.writes) return this.context.abi.errno.size === 0 ? thunk : (args) => this.guestResult(thunk(args));
    const c = this.context;
    const noSignal = row.args.findIndex((a) => a.kind === 'flags' && 'MSG_NOSIGNAL' in a.names);
    return (args) => {
      const r = thunk(args);
      if (r === -E.PIPE && !(noSignal >= 0 && (args[noSignal]! & MSG_NOSIGNAL) !== 0)) raise(c, SIGNALS['SIGPIPE']!);
      else if (r === -E.FBIG && this.beyondFileLimit()) raise(c, SIGNALS['SIGXFSZ']!);
      return this.guestResult(r);
    };
  }

  /** EFBIG also comes from the file system's own limit, without a signal. */
  private beyondFileLimit(): boolean {
    const at = this.context.arena.take(16);
    const r = syscall(HOST.prlimit64, 0, RLIMIT_FSIZE, 0, this.context.arena.host(at));
    return r === 0 && this.context.arena.view.getUint32(at + 4, true) !== 0xffff_ffff;
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

const MSG_NOSIGNAL = 0x4000;
const RLIMIT_FSIZE = 1;
