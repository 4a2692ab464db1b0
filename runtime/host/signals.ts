/** Host signal dispositions and dying by a signal, done by raw system calls because Node hides them. */
import { makeCoresSmall } from './core-dumps';
import { addressOf, syscall } from './ffi';
import { HOST } from './numbers';

/** Linux signal numbers that are the same on every architecture we run on (asm-generic/signal.h). */
export const SIGNAL = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXFSZ: 25,
} as const;

const SIG_DFL = 0;
const SIG_IGN = 1;
const SIG_UNBLOCK = 1;
const SIGSET_BYTES = 8;
const RLIMIT_CORE = 4;

// struct kernel_sigaction (handler, flags, restorer, mask), sigset_t and struct rlimit are all 64-bit words.
const words = new BigUint64Array(8);
const wordsAddress = addressOf(words);

function setDisposition(signal: number, handler: number): void {
  words.fill(0n);
  words[0] = BigInt(handler);
  syscall(HOST.rt_sigaction, signal, wordsAddress, 0, SIGSET_BYTES);
}

/** Restores the default action of a signal for this process. */
function setDefault(signal: number): void {
  setDisposition(signal, SIG_DFL);
}

/** Ignores a signal in this process. */
export function setIgnored(signal: number): void {
  setDisposition(signal, SIG_IGN);
}

/** For a thread that has ended while its process goes on: Node could not end its own. */
export function sleepForEver(): never {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0);
}

/** Ends the process with an exit status at once: no exit handlers, no event loop. */
export function exitGroup(status: number): never {
  for (;;) syscall(HOST.exit_group, status);
}

/**
 * Ends the process by a signal, so that its parent sees a death by that signal, and whether a core was dumped: by the
 * limit that the guest has set for that.
 */
export function dieBySignal(signal: number): never {
  if (!makeCoresSmall()) {
    words.fill(0n);
    syscall(HOST.prlimit64, 0, RLIMIT_CORE, wordsAddress, 0);
  }
  setDefault(signal);
  words.fill(0n);
  words[0] = 1n << BigInt(signal - 1);
  syscall(HOST.rt_sigprocmask, SIG_UNBLOCK, wordsAddress, 0, SIGSET_BYTES);
  const pid = syscall(HOST.getpid);
  syscall(HOST.tgkill, pid, syscall(HOST.gettid), signal);
  // Only a signal whose default is not to kill gets here.
  return exitGroup(128 + signal);
}
