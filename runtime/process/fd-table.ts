/**
 * The guest's file descriptors: guest number to host number, lowest-free allocation, and FD_CLOEXEC.
 *
 * Node and V8 own some of the low host numbers, so the guest has numbers of its own. Every host fd is
 * close-on-exec whatever the guest asked for; a real execve duplicates the guest's fds into place.
 */
import { addressOf, HOST, syscall } from '../host';

const EMFILE = 24;
const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_GETFD = 1;
const RLIMIT_NOFILE_MAX = 1 << 20;

const DEV_NULL = new Uint8Array(64);
DEV_NULL.set(new TextEncoder().encode('/dev/null'));

export class FdTable {
  /** Host fd by guest fd, -1 where closed. */
  private readonly hosts: number[] = [];
  private readonly closeOnExec: boolean[] = [];
  /** No closed number is below this one. */
  private lowestFree = 0;

  /**
   * @param limit RLIMIT_NOFILE: allocation fails with EMFILE when every number below it is taken
   */
  constructor(public limit: number) {}

  /** A table with the standard descriptors that are open in this process, under their own numbers. */
  static inherit(limit: number, inherited: readonly number[] = [0, 1, 2]): FdTable {
    const table = new FdTable(Math.min(limit, RLIMIT_NOFILE_MAX));
    for (const fd of inherited) if (syscall(HOST.fcntl, fd, F_GETFD) >= 0) table.install(fd, fd, false);
    return table;
  }

  /** Host fd of a guest fd, or -1, for which the kernel answers EBADF. */
  host(fd: number): number {
    return this.hosts[fd] ?? -1;
  }

  /** Guest fd that stands for a host fd, or -1. */
  guest(host: number): number {
    return this.hosts.indexOf(host);
  }

  /** True if nothing can be opened: every number below the limit is taken. */
  full(): boolean {
    return this.free(0) >= this.limit;
  }

  private free(from: number): number {
    let fd = Math.max(from, this.lowestFree);
    while (fd < this.hosts.length && this.hosts[fd]! >= 0) fd++;
    if (from <= this.lowestFree) this.lowestFree = fd;
    return fd;
  }

  /**
   * Gives a host fd the lowest free guest number.
   * @param from lowest acceptable number
   * @returns the number, or -EMFILE, in which case the host fd is closed
   */
  allocate(host: number, cloexec: boolean, from = 0): number {
    const fd = this.free(from);
    if (fd >= this.limit) {
      syscall(HOST.close, host);
      return -EMFILE;
    }
    this.install(fd, host, cloexec);
    return fd;
  }

  /** Puts a host fd under a number that is free. */
  install(fd: number, host: number, cloexec: boolean): void {
    for (let i = this.hosts.length; i < fd; i++) {
      this.hosts[i] = -1;
      this.closeOnExec[i] = false;
    }
    this.hosts[fd] = host;
    this.closeOnExec[fd] = cloexec;
  }

  /** Closes a guest fd. Returns the kernel's result: 0 or a negative errno (EBADF if it is not open). */
  close(fd: number): number {
    const host = this.host(fd);
    if (host < 0) return syscall(HOST.close, -1);
    this.hosts[fd] = -1;
    this.lowestFree = Math.min(this.lowestFree, fd);
    return host <= 2 ? closeStandard(host) : syscall(HOST.close, host);
  }

  cloexec(fd: number): boolean {
    return this.closeOnExec[fd] === true;
  }

  setCloexec(fd: number, on: boolean): void {
    this.closeOnExec[fd] = on;
  }

  /** Open guest fds, lowest first. */
  open(): number[] {
    return this.hosts.flatMap((h, fd) => (h >= 0 ? [fd] : []));
  }
}

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
