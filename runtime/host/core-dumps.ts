/**
 * Core dumps of this process. They would be of tsemu rather than of the guest, and gigabytes long. So they are reduced to
 * headers (core(5), /proc/PID/coredump_filter), and a parent still sees in the status whether there was one.
 */
import { addressOf, syscall } from './ffi';
import { HOST } from './numbers';

const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const FILE = new Uint8Array(64);
FILE.set(Buffer.from('/proc/self/coredump_filter'));
/** Two numbers as text, each zero-terminated: the filter of tsemu, and that of programs it executes. V8 does not move 64 bytes. */
const text = new Uint8Array(64);
const textAddress = addressOf(text);
const OWN = 0;
const ORIGINAL = 32;
text.set(Buffer.from('0'), OWN);
/** The kernel's own (MMF_DUMP_FILTER_DEFAULT), for threads that have not seen what there was. */
text.set(Buffer.from('33'), ORIGINAL);

function filterFile(): number {
  return syscall(HOST.openat, AT_FDCWD, addressOf(FILE), O_RDWR | O_CLOEXEC);
}

/** Leaves memory out of core dumps of this process and its children. False if the kernel does not allow it. */
export function makeCoresSmall(): boolean {
  const fd = filterFile();
  if (fd < 0) return false;
  const read = syscall(HOST.pread64, fd, textAddress + ORIGINAL, 16, 0);
  const done = syscall(HOST.pwrite64, fd, textAddress + OWN, 1, 0) === 1;
  if (read > 0) text.fill(0, ORIGINAL + read);
  syscall(HOST.close, fd);
  return done;
}

/** For a program that is executed: what the filter was before. Returns what undoes this. */
export function restoreCores(): () => void {
  const fd = filterFile();
  if (fd >= 0) {
    // the file shows hexadecimal digits and reads any base
    const digits = Buffer.from(
      `0x${Buffer.from(text.subarray(ORIGINAL, text.indexOf(0, ORIGINAL)))
        .toString('latin1')
        .trim()}`,
    );
    const value = new Uint8Array(64);
    value.set(digits);
    syscall(HOST.pwrite64, fd, addressOf(value), digits.length, 0);
    syscall(HOST.close, fd);
  }
  return () => void makeCoresSmall();
}
