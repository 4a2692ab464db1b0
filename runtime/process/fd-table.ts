/**
 * The guest's file descriptors: guest number to host number, lowest-free allocation, and FD_CLOEXEC.
 *
 * Node and V8 own some of the low host numbers, so the guest has numbers of its own. Every host fd is
 * close-on-exec whatever the guest asked for; a real execve duplicates the guest's fds into place.
 *
 * The table lies in shared memory, because all threads of a process see the same descriptors. It has no
 * lock: a thread may be ended at any point, and a fork copies whatever the others were doing.
 */
import { addressOf, HOST, syscall } from '../host';

const EMFILE = 24;
const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_GETFD = 1;
/** Guest and host numbers are below this. */
const CAPACITY = 1 << 20;

/** Words in front of the two tables. */
const LIMIT = 0;
/** The number below which nothing is free, and above it a count of closes that makes a stale value visible. */
const LOWEST_FREE = 1;
/** One more than the highest number ever used. */
const TOP = 2;
/** A word by which the table is recognised in another process. */
const MAGIC = 3;
const MAGIC_WORD = 0x66647473;
const HEADER = 16;
const NUMBER = (1 << 21) - 1;
const CLOSED_ONCE = NUMBER + 1;
/** In the words of open descriptors, above the other number plus 1. */
const CLOEXEC = 1 << 24;
const NOTE_SHIFT = 24;

const DEV_NULL = new Uint8Array(64);
DEV_NULL.set(new TextEncoder().encode('/dev/null'));

export class FdTable {
  private readonly header: Int32Array;
  /** By guest fd: host fd + 1 and CLOEXEC; 0 where closed. */
  private readonly words: Int32Array;
  /** By host fd: guest fd + 1, and what the system call layer has noted of the file. */
  private readonly owners: Int32Array;

  private constructor(readonly buffer: SharedArrayBuffer) {
    this.header = new Int32Array(buffer, 0, HEADER);
    this.words = new Int32Array(buffer, 4 * HEADER, CAPACITY);
    this.owners = new Int32Array(buffer, 4 * (HEADER + CAPACITY), CAPACITY);
  }

  /**
   * An empty table.
   * @param limit RLIMIT_NOFILE: allocation fails with EMFILE when every number below it is taken
   */
  static create(limit: number): FdTable {
    const table = new FdTable(new SharedArrayBuffer(4 * (HEADER + 2 * CAPACITY)));
    table.limit = limit;
    table.header[MAGIC] = MAGIC_WORD;
    return table;
  }

  /** The table of another thread of this process. */
  static share(buffer: SharedArrayBuffer): FdTable {
    return new FdTable(buffer);
  }

  /** A table with the standard descriptors that are open in this process, under their own numbers. */
  static inherit(limit: number, inherited: readonly number[] = [0, 1, 2]): FdTable {
    const table = FdTable.create(limit);
    for (const fd of inherited) if (syscall(HOST.fcntl, fd, F_GETFD) >= 0) table.install(fd, fd, false);
    return table;
  }

  get limit(): number {
    return this.header[LIMIT]!;
  }

  set limit(value: number) {
    this.header[LIMIT] = Math.min(value, CAPACITY);
  }

  /** Host fd of a guest fd, or -1, for which the kernel answers EBADF. */
  host(fd: number): number {
    const word = this.words[fd];
    return word === undefined ? -1 : (word & NUMBER) - 1;
  }

  /**
   * Host fd of a guest fd of another process that descends from the same one, so that its table is where ours is;
   * undefined if it is none such.
   */
  hostIn(pid: number, fd: number): number | undefined {
    if (fd < 0 || fd >= CAPACITY) return -1;
    const words = new BigUint64Array(16);
    const at = addressOf(words);
    const table = addressOf(this.header);
    // two iovecs of a word each, and where the words go
    words.set([BigInt(at + 96), 8n, BigInt(table + 4 * MAGIC), 4n, BigInt(table + 4 * (HEADER + fd)), 4n]);
    const n = syscall(HOST.process_vm_readv, pid, at, 1, at + 16, 2, 0);
    const read = new Int32Array(words.buffer, 96, 2);
    return n === 8 && read[0] === MAGIC_WORD ? (read[1]! & NUMBER) - 1 : undefined;
  }

  /** Guest fd that stands for a host fd, or -1. */
  guest(host: number): number {
    const word = this.owners[host];
    return word === undefined ? -1 : (word & NUMBER) - 1;
  }

  /** What has been noted of a host fd of the guest's: a small number, 0 after it was opened. */
  note(host: number): number {
    return (this.owners[host] ?? 0) >>> NOTE_SHIFT;
  }

  setNote(host: number, note: number): void {
    if (host >= 0 && host < CAPACITY) this.owners[host] = (this.owners[host]! & NUMBER) | (note << NOTE_SHIFT);
  }

  /** True if nothing can be opened: every number below the limit is taken. */
  full(): boolean {
    return this.free(Atomics.load(this.header, LOWEST_FREE) & NUMBER) >= this.limit;
  }

  private free(from: number): number {
    let fd = from;
    while (fd < CAPACITY && Atomics.load(this.words, fd) !== 0) fd++;
    return fd;
  }

  /**
   * Gives a host fd the lowest free guest number.
   * @param from lowest acceptable number
   * @returns the number, or -EMFILE, in which case the host fd is closed
   */
  allocate(host: number, cloexec: boolean, from = 0): number {
    for (;;) {
      const lowest = Atomics.load(this.header, LOWEST_FREE);
      const fromLowest = from <= (lowest & NUMBER);
      const fd = this.free(fromLowest ? lowest & NUMBER : from);
      if (fd >= this.limit) return this.discard(host);
      if (Atomics.compareExchange(this.words, fd, 0, wordOf(host, cloexec)) !== 0) continue;
      // Unless something was closed since, nothing below is free
      if (fromLowest) Atomics.compareExchange(this.header, LOWEST_FREE, lowest, (lowest & ~NUMBER) | (fd + 1));
      this.own(fd, host);
      return fd;
    }
  }

  /** Closes a host fd that gets no number; returns -EMFILE. */
  discard(host: number): number {
    syscall(HOST.close, host);
    return -EMFILE;
  }

  private own(fd: number, host: number): void {
    if (host >= 0 && host < CAPACITY) this.owners[host] = fd + 1;
    let top = Atomics.load(this.header, TOP);
    while (top <= fd) top = Atomics.compareExchange(this.header, TOP, top, fd + 1);
  }

  /** Puts a host fd under a number. Another host fd that had it is closed. */
  install(fd: number, host: number, cloexec: boolean): void {
    const before = Atomics.exchange(this.words, fd, wordOf(host, cloexec)) & NUMBER;
    this.own(fd, host);
    if (before !== 0 && before - 1 !== host) closeHost(before - 1);
  }

  /** Closes a guest fd. Returns the kernel's result: 0 or a negative errno (EBADF if it is not open). */
  close(fd: number): number {
    const word = fd >= 0 && fd < CAPACITY ? Atomics.exchange(this.words, fd, 0) : 0;
    if (word === 0) return syscall(HOST.close, -1);
    const host = (word & NUMBER) - 1;
    if (host < CAPACITY) this.owners[host] = 0;
    for (let lowest = Atomics.load(this.header, LOWEST_FREE); ;) {
      const next = ((lowest & ~NUMBER) + CLOSED_ONCE) | Math.min(lowest & NUMBER, fd);
      const found = Atomics.compareExchange(this.header, LOWEST_FREE, lowest, next);
      if (found === lowest) break;
      lowest = found;
    }
    return closeHost(host);
  }

  cloexec(fd: number): boolean {
    return ((this.words[fd] ?? 0) & CLOEXEC) !== 0;
  }

  setCloexec(fd: number, on: boolean): void {
    if (this.host(fd) < 0) return;
    if (on) Atomics.or(this.words, fd, CLOEXEC);
    else Atomics.and(this.words, fd, ~CLOEXEC);
  }

  /** Open guest fds, lowest first. */
  open(): number[] {
    const out: number[] = [];
    for (let fd = 0; fd < this.header[TOP]!; fd++) if (this.words[fd] !== 0) out.push(fd);
    return out;
  }
}

const wordOf = (host: number, cloexec: boolean): number => (host + 1) | (cloexec ? CLOEXEC : 0);

const closeHost = (host: number): number => (host <= 2 ? closeStandard(host) : syscall(HOST.close, host));

/**
 * Host 0, 1 and 2 are replaced by /dev/null rather than freed: the next host open would take the
 * number, and tsemu's own diagnostics would then go into a file of the guest's.
 */
function closeStandard(host: number): number {
  const nul = syscall(HOST.openat, AT_FDCWD, addressOf(DEV_NULL), O_RDWR | O_CLOEXEC);
  if (nul < 0) return syscall(HOST.close, host);
  const r = syscall(HOST.dup3, nul, host, O_CLOEXEC);
  syscall(HOST.close, nul);
  return r < 0 ? r : 0;
}
