/** Futexes: the host kernel's, at the host address of the guest word. */
import { HOST, syscall } from '../../runtime/host';
import { FUTEX, FUTEX_OP } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { address, hex, inStruct, int, oneOf, row, uint, type Row, type Table } from '../definition';
import { E } from '../errno';

/** Operations whose fourth argument is a timeout; for the others it is a number. */
const TIMED: ReadonlySet<number> = new Set([
  FUTEX.FUTEX_WAIT,
  FUTEX.FUTEX_LOCK_PI,
  FUTEX.FUTEX_WAIT_BITSET,
  FUTEX.FUTEX_WAIT_REQUEUE_PI,
  FUTEX.FUTEX_LOCK_PI2,
]);
/** Operations for which the kernel writes thread ids into the word, in its own byte order. */
const WITH_PRIORITY: ReadonlySet<number> = new Set([
  FUTEX.FUTEX_LOCK_PI,
  FUTEX.FUTEX_UNLOCK_PI,
  FUTEX.FUTEX_TRYLOCK_PI,
  FUTEX.FUTEX_WAIT_REQUEUE_PI,
  FUTEX.FUTEX_CMP_REQUEUE_PI,
  FUTEX.FUTEX_LOCK_PI2,
]);
const OPERATION = 0x7f;
const PRIVATE = 0x80;

function futex(timespec: string): Row {
  return row([address, oneOf(FUTEX_OP), uint, address, address, uint], (c, word, op, value, timeout, word2, value3) => {
    const operation = op & OPERATION;
    let fourth = timeout;
    if (TIMED.has(operation) && timeout !== 0) {
      const copier = c.fromGuest(timespec, 'timespec');
      const at = c.arena.take(16);
      if (!c.readable(timeout, copier.from.size)) return -E.FAULT;
      copier.copy(c.memory.view, timeout, c.arena.view, at);
      fourth = c.arena.host(at);
    }
    const call: FutexCall = { word: c.pointer(word, 4), op, value, fourth, word2: word2 === 0 ? 0 : c.pointer(word2, 4), value3 };
    return c.memory.littleEndian ? make(c, call) : makeSwapped(c, call, word2);
  });
}

/** Words are host addresses. */
interface FutexCall {
  readonly word: number;
  readonly op: number;
  readonly value: number;
  /** Host address of a timeout, or a number. */
  readonly fourth: number;
  readonly word2: number;
  readonly value3: number;
}

const make = (c: Context, { word, op, value, fourth, word2, value3 }: FutexCall): number =>
  c.call(HOST.futex, word, op, value, fourth, word2, value3);

/** For big-endian guests: the kernel compares words as it would read them. */
function makeSwapped(c: Context, call: FutexCall, word2: number): number {
  const operation = call.op & OPERATION;
  if (WITH_PRIORITY.has(operation)) return -E.NOSYS;
  switch (operation) {
    case FUTEX.FUTEX_WAIT:
    case FUTEX.FUTEX_WAIT_BITSET:
      return make(c, { ...call, value: swap(call.value) });
    case FUTEX.FUTEX_CMP_REQUEUE:
      return make(c, { ...call, value3: swap(call.value3) });
    case FUTEX.FUTEX_WAKE_OP:
      return wakeOp(c, call, word2);
    default:
      return make(c, call);
  }
}

/** FUTEX_WAKE_OP: changes the second word, wakes who waits for the first and, if its old value is as asked, who waits for the second. */
function wakeOp(c: Context, { word, op, value, fourth, word2, value3 }: FutexCall, at: number): number {
  if (at % 4 !== 0) return -E.INVAL;
  if (!c.readable(at, 4) || !c.writable(at, 4)) return -E.FAULT;
  const change = OPERATIONS[(value3 >>> 28) & 7];
  const compare = COMPARISONS[(value3 >>> 24) & 15];
  if (change === undefined || compare === undefined) return -E.NOSYS;
  const signed = (value3 << 8) >> 20;
  const operand = value3 >>> 31 !== 0 ? 1 << (signed & 31) : signed;
  const words = c.memory.i32;
  let old: number;
  do old = words[at >>> 2]!;
  while (Atomics.compareExchange(words, at >>> 2, old, swap(change(swap(old), operand))) !== old);
  const wake = FUTEX.FUTEX_WAKE | (op & PRIVATE);
  const woken = syscall(HOST.futex, word, wake, value, 0, 0, 0);
  if (woken < 0 || !compare(swap(old), (value3 << 20) >> 20)) return woken;
  return woken + Math.max(syscall(HOST.futex, word2, wake, fourth, 0, 0, 0), 0);
}

/** By FUTEX_OP_SET and so on (include/uapi/linux/futex.h). */
const OPERATIONS: readonly ((old: number, operand: number) => number)[] = [
  (_, operand) => operand,
  (old, operand) => old + operand,
  (old, operand) => old | operand,
  (old, operand) => old & ~operand,
  (old, operand) => old ^ operand,
];
/** By FUTEX_OP_CMP_EQ and so on. */
const COMPARISONS: readonly ((old: number, value: number) => boolean)[] = [
  (old, value) => old === value,
  (old, value) => old !== value,
  (old, value) => old < value,
  (old, value) => old <= value,
  (old, value) => old > value,
  (old, value) => old >= value,
];

const swap = (n: number): number => (n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24);

/** struct futex_waitv: u64 val, u64 uaddr, u32 flags, u32 reserved, in all ABIs. */
const WAITER_BYTES = 24;
const MAX_WAITERS = 128;

/** `timeout` is the host address of a timespec or 0. */
function futexWaitv(c: Context, waiters: number, count: number, how: number, timeout: number, clock: number): number {
  if (count === 0 || count > MAX_WAITERS || how !== 0) return -E.INVAL;
  if (!c.readable(waiters, WAITER_BYTES * count) || timeout === BAD_ADDRESS) return -E.FAULT;
  const at = c.arena.take(WAITER_BYTES * count);
  const { view, littleEndian } = c.memory;
  for (let i = 0; i < count; i++) {
    const [from, to] = [waiters + WAITER_BYTES * i, at + WAITER_BYTES * i];
    const value = view.getBigUint64(from, littleEndian);
    const word = view.getBigUint64(from + 8, littleEndian);
    c.arena.view.setBigUint64(to, littleEndian ? value : BigInt(swap(Number(value & 0xffff_ffffn)) >>> 0), true);
    // the kernel refuses what is no address
    c.arena.view.setBigUint64(to + 8, word < 2n ** 32n ? word + BigInt(c.base) : word, true);
    for (const offset of [16, 20]) c.arena.view.setUint32(to + offset, view.getUint32(from + offset, littleEndian), true);
  }
  return c.call(HOST.futex_waitv, c.arena.host(at), count, how, timeout, clock);
}

/** Of other threads only they know: to see it one needs the right to trace them. */
function getRobustList(c: Context, pid: number, head: number, length: number): number {
  if (pid !== 0 && pid !== syscall(HOST.gettid)) return syscall(HOST.kill, pid, 0) < 0 ? -E.SRCH : -E.PERM;
  const error = c.put32(length, 3 * c.abi.wordSize);
  return error < 0 ? error : c.put32(head, c.robustList);
}

export const FUTEXES: Table = {
  futex: futex('timespec64'),
  futex_time32: futex('timespec'),
  futex_waitv: row([address, uint, hex, inStruct('timespec64'), int], futexWaitv),
  // the length is that of its head, three words
  set_robust_list: row([address, uint], (c, head, length) => {
    if (length !== 3 * c.abi.wordSize) return -E.INVAL;
    c.robustList = head;
    return 0;
  }),
  get_robust_list: row([int, address, address], getRobustList),
};
