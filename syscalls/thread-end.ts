/** What the kernel does with the memory of a thread that ends beside others (kernel/fork.c, mm_release; kernel/futex). */
import { HOST, syscall } from '../runtime/host';
import type { Context } from './context';

const FUTEX_WAKE = 1;
const FUTEX_WAITERS = 0x8000_0000;
const FUTEX_OWNER_DIED = 0x4000_0000;
const FUTEX_TID_MASK = 0x3fff_ffff;
/** A longer list is circular, or not what it says (ROBUST_LIST_LIMIT). */
const ROBUST_LIST_LIMIT = 2048;

/** Tells others that the thread has ended: pthread_join waits for that. */
export function endThread(c: Context): void {
  const tid = syscall(HOST.gettid);
  if (c.robustList !== 0) releaseRobustFutexes(c, tid);
  if (c.clearTid === 0 || c.put32(c.clearTid, 0) < 0) return;
  wake(c, c.clearTid);
}

const wake = (c: Context, address: number): number => syscall(HOST.futex, c.base + address, FUTEX_WAKE, 1);

/** struct robust_list_head: the first entry, the offset of a futex from its entry, an entry that is being changed. */
function releaseRobustFutexes(c: Context, tid: number): void {
  const word = c.abi.wordSize;
  if (!c.readable(c.robustList, 3 * word)) return;
  const offset = c.word(c.robustList + word);
  const pending = c.word(c.robustList + 2 * word);
  let entry = c.word(c.robustList);
  for (let n = 0; n < ROBUST_LIST_LIMIT && entry !== c.robustList; n++) {
    // Bit 0 marks futexes with priority inheritance
    const at = (entry & ~1) >>> 0;
    if (entry !== pending) release(c, (at + offset) >>> 0, tid);
    if (!c.readable(at, word)) break;
    entry = c.word(at);
  }
  if (pending !== 0) release(c, ((pending & ~1) + offset) >>> 0, tid);
}

function release(c: Context, futex: number, tid: number): void {
  if (futex % 4 !== 0 || !c.readable(futex, 4) || !c.writable(futex, 4)) return;
  const words = c.memory.i32;
  for (;;) {
    const raw = Atomics.load(words, futex >>> 2);
    const value = c.memory.littleEndian ? raw : swap(raw);
    if ((value & FUTEX_TID_MASK) !== tid) return;
    const next = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    if (Atomics.compareExchange(words, futex >>> 2, raw, c.memory.littleEndian ? next : swap(next)) !== raw) continue;
    if ((value & FUTEX_WAITERS) !== 0) wake(c, futex);
    return;
  }
}

function swap(n: number): number {
  return (n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24);
}
