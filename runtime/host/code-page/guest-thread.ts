/** What the code page knows of the calling thread as a thread of the guest: its place in the table and its signals. */
import { addressOf, type HostFunction } from '../ffi';
import { codePage, type CodePage } from './code-page';
import { MAX_THREADS, RESTART, SHARED, SIGINFO_BYTES, THREAD, THREAD_BYTES } from './layout';
import { setHandler } from './handler';
import { sleepForEver } from '../signals';
import { silenceOtherThreads } from './silence';

type Word = number | bigint;

/** A signal that has arrived: its siginfo_t as the host wrote it. */
export interface ArrivedSignal {
  readonly signal: number;
  /** 128 bytes. */
  readonly info: DataView<ArrayBuffer>;
}

export interface HostFault {
  readonly address: number;
  readonly signal: number;
}

export class GuestThread {
  /** See THREAD. V8 does not move buffers of this size. */
  private readonly data = new DataView(new ArrayBuffer(THREAD_BYTES));
  private readonly safeSyscall: HostFunction;
  private readonly at: number;
  private readonly slot: number;

  private constructor(
    private readonly page: CodePage,
    polled: number,
  ) {
    this.at = addressOf(this.data);
    this.poll(polled);
    this.safeSyscall = page.function('safe_syscall', 8);
    this.slot = this.enter();
  }

  /**
   * Makes the calling thread one of the guest's, to which signals are delivered.
   * @param polled host address of the word that a signal sets to 0
   * @returns undefined if the host refuses executable memory
   */
  static current(polled: number): GuestThread | undefined {
    const page = codePage();
    return page === undefined ? undefined : new GuestThread(page, polled);
  }

  /** @param polled host address of the word that a signal sets to 0 */
  poll(polled: number): void {
    this.data.setBigUint64(THREAD.T_POLLED, BigInt(polled), true);
  }

  /** Takes an entry of the table, or the one it has already. Only one thread may do so at a time. */
  private enter(): number {
    const { shared } = this.page;
    const key = BigInt(this.page.function('thread_pointer', 0)());
    const table = new BigInt64Array(shared.buffer, SHARED.G_THREADS, 2 * MAX_THREADS);
    for (let slot = 0; slot < MAX_THREADS; slot++) {
      if (table[2 * slot] !== 0n && table[2 * slot] !== key) continue;
      table[2 * slot + 1] = BigInt(this.at);
      table[2 * slot] = key;
      const end = shared.getInt32(SHARED.G_THREADS_END, true);
      shared.setInt32(SHARED.G_THREADS_END, Math.max(end, slot + 1), true);
      return slot;
    }
    throw new RangeError(`more than ${MAX_THREADS} threads`);
  }

  /** The thread is about to end, or to stop being one of the guest's. */
  leave(): void {
    this.page.shared.setBigInt64(SHARED.G_THREADS + 16 * this.slot, 0n, true);
  }

  /** Keeps the signals of this process away from threads that are not the guest's. */
  silenceOthers(): void {
    silenceOtherThreads(this.page);
  }

  /** True if signals have arrived that `take` gives. */
  get pending(): boolean {
    return this.data.getInt32(THREAD.T_COUNT, true) !== 0;
  }

  /**
   * Signals that have arrived. Until the caller sets the thread's mask again, all but SIGSEGV and SIGBUS
   * are blocked. Does not return in an abandoned thread, to which signals seem to come all the time.
   */
  take(): ArrivedSignal[] {
    if (this.abandoned) sleepForEver();
    const count = this.data.getInt32(THREAD.T_COUNT, true);
    const arrived = Array.from({ length: count }, (_, i) => {
      const from = THREAD.T_INFO + SIGINFO_BYTES * i;
      const info = new DataView(this.data.buffer.slice(from, from + SIGINFO_BYTES));
      return { signal: info.getInt32(0, true), info };
    });
    this.data.setInt32(THREAD.T_COUNT, 0, true);
    return arrived;
  }

  /** The last fault of compiled code: host address, and whether it was SIGBUS or SIGSEGV. */
  get lastFault(): HostFault {
    const { data } = this;
    return { address: Number(data.getBigUint64(THREAD.T_FAULT_ADDRESS, true)), signal: data.getInt32(THREAD.T_FAULT_SIGNAL, true) };
  }

  /** True in a child of fork(2) that another thread has made: this one is not to go on there. */
  get abandoned(): boolean {
    return this.data.getInt32(THREAD.T_ABANDONED, true) !== 0;
  }

  /** A host call that is not made if a signal has arrived before it: RESTART then. Results are the kernel's. */
  syscall(nr: number, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word): number {
    const r = Number(this.safeSyscall(this.at, nr, a, b, c, d, e, f));
    if (r !== -EINTR || this.data.getInt32(THREAD.T_STOPPED, true) === 0 || this.pending) return r;
    // no signal of the guest's: another thread has forked
    this.data.setInt32(THREAD.T_STOPPED, 0, true);
    return RESTART;
  }

  /** From now on a host signal arrives here. `flags` are SA_ flags besides those that every handler has. */
  handle(signal: number, flags: number): void {
    setHandler(this.page, signal, PROCESSOR_SIGNALS.includes(signal) ? 'fault_entry' : 'signal_entry', flags);
  }

  /** Notes addresses of faults, and takes SIGSEGV and SIGBUS that other processes send for signals. */
  handleFaults(): void {
    for (const signal of [SIGSEGV, SIGBUS]) setHandler(this.page, signal, 'fault_entry', SA_ONSTACK);
  }
}

const EINTR = 4;
const SA_ONSTACK = 0x0800_0000;
const SIGBUS = 7;
const SIGSEGV = 11;
/** SIGILL, SIGTRAP and SIGFPE, too, may report what this process itself does wrong, which is not for the guest. */
const PROCESSOR_SIGNALS: readonly number[] = [4, 5, SIGBUS, 8, SIGSEGV];
