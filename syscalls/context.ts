/** State of the system call layer that implementations work with. */
import { HOST, syscall } from '../runtime/host';
import type { AddressSpace, GuestMemory } from '../runtime/memory';
import type { FdTable } from '../runtime/process/fd-table';
import type { Abi } from './abi/abi';
import { Arena } from './arena';
import { E } from './errno';
import { PathTranslator } from './paths';
import type { GuestProcess } from './process';
import { ProcessState } from './process-state';
import { SignalState } from './signal-state';
import { layoutOf, readScalar, StructCopier, writeScalar, type Layout } from './struct-codec';
import type { VforkLink } from './vfork-link';
import { HOST_MODEL, STRUCTS } from './structs';

/** An address no process may use: the kernel answers EFAULT where a native call would. */
export const BAD_ADDRESS = -4096;
const WINDOW = 2 ** 32;

/** A host register. */
type Word = number | bigint;

export class Context {
  readonly memory: GuestMemory;
  readonly space: AddressSpace;
  readonly fds: FdTable;
  readonly abi: Abi;
  readonly arena = new Arena();
  readonly signals: SignalState;
  readonly paths: PathTranslator;
  /** What other threads of the process see, too. */
  readonly shared: ProcessState;
  pid = syscall(HOST.getpid);
  /** Absent unless this process is the child of a vfork. */
  borrowed: VforkLink | undefined;
  /** Host address of guest address 0. */
  readonly base: number;
  /** What ARM set_tls last set. */
  threadPointer = 0;
  /** Guest address where 0 is written when the thread ends (set_tid_address), or 0. */
  clearTid = 0;
  /** Head of the list of futexes that the thread holds (set_robust_list), or 0. */
  robustList = 0;
  private readonly layouts = new Map<string, Layout>();
  private readonly copiers = new Map<string, StructCopier>();

  /**
   * @param before the same process as it was under another ABI
   * @param shared of a process that has another thread already
   */
  constructor(
    readonly process: GuestProcess,
    before?: Context,
    shared?: ProcessState,
  ) {
    this.shared = before?.shared ?? shared ?? new ProcessState();
    this.signals = before?.signals.under(process) ?? new SignalState(process, this.shared.dispositions);
    this.memory = process.memory;
    this.space = process.space;
    this.fds = process.fds;
    this.abi = process.abi;
    this.base = process.space.base;
    this.paths = new PathTranslator(this);
  }

  /**
   * A host call that may wait, or that the guest may make again. If a signal for the guest has come before it, it is
   * not made and the result is RESTART, which must be passed on: the guest then calls again after its handler.
   */
  call(nr: number, a: Word = 0, b: Word = 0, c: Word = 0, d: Word = 0, e: Word = 0, f: Word = 0): number {
    const { thread } = this.signals;
    return thread === undefined ? syscall(nr, a, b, c, d, e, f) : thread.syscall(nr, a, b, c, d, e, f);
  }

  /** This is the child now, of a process that was in the midst of a system call. */
  forked(): void {
    this.pid = syscall(HOST.getpid);
    this.shared.timers.clear();
    this.signals.forked();
    this.space.forked();
    // What was lent to the parent is none of its child's
    this.borrowed?.close();
    this.borrowed = undefined;
  }

  /** This process is the child of a vfork: until it executes a program or ends, the memory is its parent's. */
  borrow(link: VforkLink): void {
    link.becomeChild();
    this.borrowed = link;
  }

  /** Gives the memory back to the parent if it was borrowed. */
  giveBack(): void {
    this.borrowed?.synchronise();
    this.borrowed?.release();
    this.borrowed = undefined;
  }

  /** The same context for calls of an older ABI, of which none change what is kept here. */
  under(abi: Abi): Context {
    return Object.create(this, {
      abi: { value: abi },
      layouts: { value: new Map<string, Layout>() },
      copiers: { value: new Map<string, StructCopier>() },
    }) as Context;
  }

  /** Host address of guest bytes, or one that faults if they would leave the guest's address space. */
  pointer(address: number, length: number): number {
    return address + length > WINDOW ? BAD_ADDRESS : this.base + address;
  }

  /** True if the guest may read the bytes, so that JavaScript may touch them. */
  readable(address: number, length: number): boolean {
    return this.memory.accessible(address, length, 1);
  }

  writable(address: number, length: number): boolean {
    return this.memory.accessible(address, length, 2);
  }

  guestLayout(name: string): Layout {
    return this.layout(name, `guest ${name}`, this.abi);
  }

  hostLayout(name: string): Layout {
    return this.layout(name, `host ${name}`, HOST_MODEL);
  }

  private layout(name: string, key: string, model: typeof HOST_MODEL): Layout {
    let l = this.layouts.get(key);
    if (l === undefined) this.layouts.set(key, (l = layoutOf(name, model, STRUCTS)));
    return l;
  }

  /** Copies a host struct into guest memory as the guest's struct `to`. */
  toGuest(from: string, to: string): StructCopier {
    const key = `${from} ${to}`;
    let k = this.copiers.get(key);
    if (k === undefined) this.copiers.set(key, (k = new StructCopier(this.hostLayout(from), this.guestLayout(to))));
    return k;
  }

  /** Copies a guest struct into host memory as the host's struct `to`. */
  fromGuest(from: string, to: string): StructCopier {
    const key = `guest ${from} ${to}`;
    let k = this.copiers.get(key);
    if (k === undefined) this.copiers.set(key, (k = new StructCopier(this.guestLayout(from), this.hostLayout(to))));
    return k;
  }

  /** Gives the result of a host call that opened something its guest fd. */
  newFd(result: number, cloexec: boolean): number {
    return result < 0 ? result : this.fds.allocate(result, cloexec);
  }

  /**
   * Reads longs of a converted struct: `at` is a host address, in the arena or (if the guest's layout is
   * the host's) in guest memory. Undefined if the guest may not read it.
   */
  hostLongs(at: number, count: number): number[] | undefined {
    const inArena = at >= this.arena.base && at < this.arena.base + this.arena.u8.length;
    if (!inArena && (at < this.base || !this.readable(at - this.base, 8 * count))) return undefined;
    const view = inArena ? this.arena.view : this.memory.view;
    const start = at - (inArena ? this.arena.base : this.base);
    return Array.from({ length: count }, (_, i) => readScalar(view, start + 8 * i, 8, true, true));
  }

  /** The reverse of hostLongs, for an address that it could read. */
  storeLongs(at: number, ...values: number[]): void {
    const inArena = at >= this.arena.base && at < this.arena.base + this.arena.u8.length;
    const view = inArena ? this.arena.view : this.memory.view;
    const start = at - (inArena ? this.arena.base : this.base);
    if (!inArena && !this.writable(start, 8 * values.length)) return;
    values.forEach((v, i) => writeScalar(view, start + 8 * i, 8, v, true));
  }

  /** Puts longs on the arena's stack, as a host struct made of longs; returns its host address. */
  placeLongs(...values: number[]): number {
    const at = this.arena.take(8 * values.length);
    values.forEach((v, i) => writeScalar(this.arena.view, at + 8 * i, 8, v, true));
    return this.arena.host(at);
  }

  /** Writes a 32-bit result; -EFAULT if the guest cannot. */
  put32(address: number, value: number): number {
    if (!this.writable(address, 4)) return -E.FAULT;
    this.memory.view.setInt32(address, value, this.memory.littleEndian);
    return 0;
  }

  /** A guest word as an unsigned number, where the guest may read it. */
  word(address: number): number {
    const { view, littleEndian } = this.memory;
    return this.abi.wordSize === 4 ? view.getUint32(address, littleEndian) : readScalar(view, address, 8, false, littleEndian);
  }
}
