/** Makes entries of the code page handlers of host signals. */
import { addressOf, syscall } from '../ffi';
import { HOST } from '../numbers';
import type { CodePage } from './code-page';
import type { Entry } from './image';

const SA_SIGINFO = 4;
const SA_RESTORER = 0x0400_0000;
const SIGSET_BYTES = 8;
const ALL_SIGNALS = 2n ** 64n - 1n;

/** struct kernel_sigaction: handler, flags, restorer, mask, all 64-bit words. V8 does not move buffers of 64 bytes. */
const action = new BigUint64Array(8);
const actionAddress = addressOf(action);

/** While a handler runs all signals are blocked. `flags` are SA_ flags besides the usual. */
export function setHandler(page: CodePage, signal: number, entry: Entry, flags: number): void {
  action[0] = BigInt(page.entry(entry));
  action[1] = BigInt((flags | SA_SIGINFO | SA_RESTORER) >>> 0);
  action[2] = BigInt(page.entry('signal_return'));
  action[3] = ALL_SIGNALS;
  syscall(HOST.rt_sigaction, signal, actionAddress, 0, SIGSET_BYTES);
}

/** Runs `body` with another handler of a signal. */
export function withHandler(page: CodePage, signal: number, entry: Entry, flags: number, body: () => void): void {
  const before = new BigUint64Array(8);
  syscall(HOST.rt_sigaction, signal, 0, addressOf(before), SIGSET_BYTES);
  setHandler(page, signal, entry, flags);
  body();
  syscall(HOST.rt_sigaction, signal, addressOf(before), 0, SIGSET_BYTES);
}
