/**
 * Core dumps of this process. They would be of tsemu rather than of the guest, and gigabytes long. So they are reduced to
 * headers (core(5), /proc/PID/coredump_filter), and a parent still sees in the status whether there was one.
 */
import { addressOf, syscall } from './ffi';
import { HOST } from './numbers';

const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
/** The filter of tsemu. */
const SMALL = '0';
const FILE = text('/proc/self/coredump_filter');

/** What the filter was before tsemu changed it, in hexadecimal digits; undefined as long as that is not known. */
let original: string | undefined;

/** Leaves memory out of core dumps of this process and its children. False if the kernel does not allow it. */
export function makeCoresSmall(): boolean {
  const fd = openFilter();
  if (fd < 0) return false;
  original ??= read(fd);
  const done = write(fd, SMALL);
  syscall(HOST.close, fd);
  return done;
}

/** What `makeCoresSmall` has found in this process when it was first called, for `adoptCoreFilter`; undefined before. */
export function originalCoreFilter(): string | undefined {
  return original;
}

/** In a Worker: what the filter of the process was before another thread changed it. */
export function adoptCoreFilter(filter: string | undefined): void {
  original = filter;
}

/** For a program that is executed: what the filter was before. Returns what undoes this. */
export function restoreCores(): () => void {
  if (original !== undefined) {
    const fd = openFilter();
    // the file shows hexadecimal digits and reads any base
    if (fd >= 0) write(fd, `0x${original}`);
    if (fd >= 0) syscall(HOST.close, fd);
  }
  return () => {
    if (original !== undefined) makeCoresSmall();
  };
}

/** Zero-terminated, in 64 bytes, which V8 does not move. */
function text(characters = ''): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write(characters);
  return bytes;
}

function openFilter(): number {
  return syscall(HOST.openat, AT_FDCWD, addressOf(FILE), O_RDWR | O_CLOEXEC);
}

function read(fd: number): string | undefined {
  const digits = text();
  const bytes = syscall(HOST.pread64, fd, addressOf(digits), digits.length, 0);
  return bytes > 0 ? digits.toString('latin1', 0, bytes).trim() : undefined;
}

function write(fd: number, digits: string): boolean {
  return syscall(HOST.pwrite64, fd, addressOf(text(digits)), digits.length, 0) === digits.length;
}
