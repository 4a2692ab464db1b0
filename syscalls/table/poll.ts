/** Waiting for descriptors: poll, select, epoll. */
import { HOST, syscall } from '../../runtime/host';
import { EPOLL_FLAGS, EPOLL_OP, O } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { address, fd, flags, inoutStruct, inStruct, int, oneOf, row, uint, type Row, type Table } from '../definition';
import { E } from '../errno';
import { withMask } from '../signal-sets';
import { SIGSET_BYTES } from '../signal-state';

const POLLFD_SIZE = 8;
/** No open fd has this number, so the kernel answers POLLNVAL. */
const CLOSED = 0x7fff_ffff;

/** poll with the guest's fds replaced; `timeout` and `mask` are host addresses of a timespec and a sigset, or 0. */
function poll(c: Context, fds: number, count: number, timeout: number, mask = 0): number {
  if (count > c.fds.limit) return -E.INVAL;
  if (!c.writable(fds, count * POLLFD_SIZE) || !c.readable(fds, count * POLLFD_SIZE)) return -E.FAULT;
  const at = c.arena.take(count * POLLFD_SIZE);
  if (at < 0) return -E.NOMEM;
  const { view, littleEndian } = c.memory;
  const host = c.arena.view;
  for (let i = 0; i < count; i++) {
    const guest = view.getInt32(fds + 8 * i, littleEndian);
    const hostFd = c.fds.host(guest);
    host.setInt32(at + 8 * i, guest < 0 ? -1 : hostFd < 0 ? CLOSED : hostFd, true);
    host.setInt16(at + 8 * i + 4, view.getInt16(fds + 8 * i + 4, littleEndian), true);
    host.setInt16(at + 8 * i + 6, 0, true);
  }
  const r = c.call(HOST.ppoll, c.arena.host(at), count, timeout, mask, SIGSET_BYTES);
  if (r >= 0) for (let i = 0; i < count; i++) view.setInt16(fds + 8 * i + 6, host.getInt16(at + 8 * i + 6, true), littleEndian);
  return r;
}

const milliseconds = (c: Context, ms: number): number => (ms < 0 ? 0 : c.placeLongs(Math.floor(ms / 1000), (ms % 1000) * 1e6));

/** Poll events that make a descriptor ready for each set (fs/select.c). */
const SETS = [
  { wait: 0x0c1, ready: 0x0d9 }, // POLLIN|RDNORM|RDBAND, and HUP, ERR
  { wait: 0x304, ready: 0x30c }, // POLLOUT|WRNORM|WRBAND, and ERR
  { wait: 0x002, ready: 0x002 }, // POLLPRI
] as const;
const POLLNVAL = 0x20;

/** Byte offset of the 32 bits of an fd_set that hold descriptor `n`: an array of longs in guest order. */
function wordOffset(c: Context, n: number): number {
  const word = n >>> 5;
  return 4 * (c.abi.wordSize === 8 && !c.memory.littleEndian ? word ^ 1 : word);
}

/** select through poll, as the fd numbers in the sets are the guest's. */
function select(c: Context, count: number, sets: readonly number[], timeout: number, mask = 0): number {
  if (count < 0) return -E.INVAL;
  const n = Math.min(count, c.fds.limit);
  const wordBits = c.abi.wordSize * 8;
  const bytes = (Math.ceil(n / wordBits) * wordBits) / 8;
  if (sets.some((s) => s !== 0 && !(c.readable(s, bytes) && c.writable(s, bytes)))) return -E.FAULT;
  const at = c.arena.take(n * POLLFD_SIZE);
  if (at < 0) return -E.NOMEM;
  const wanted = collect(c, n, sets, at);
  if (wanted === undefined) return -E.BADF;
  const r = c.call(HOST.ppoll, c.arena.host(at), wanted.length, timeout, mask, SIGSET_BYTES);
  return r < 0 ? r : report(c, wanted, sets, at, bytes);
}

/** Fills pollfds from the sets; returns the guest fds in order, or undefined if one is not open. */
function collect(c: Context, n: number, sets: readonly number[], at: number): number[] | undefined {
  const { view, littleEndian } = c.memory;
  const wanted: number[] = [];
  for (let fdNumber = 0; fdNumber < n; fdNumber++) {
    let events = 0;
    const offset = wordOffset(c, fdNumber);
    for (const [i, set] of sets.entries())
      if (set !== 0 && (view.getUint32(set + offset, littleEndian) >>> (fdNumber & 31)) & 1) events |= SETS[i]!.wait;
    if (events === 0) continue;
    const hostFd = c.fds.host(fdNumber);
    if (hostFd < 0) return undefined;
    const p = at + POLLFD_SIZE * wanted.length;
    c.arena.view.setInt32(p, hostFd, true);
    c.arena.view.setInt32(p + 4, events, true);
    wanted.push(fdNumber);
  }
  return wanted;
}

/** Turns poll's answers into the three sets; returns the number of bits set. */
function report(c: Context, wanted: readonly number[], sets: readonly number[], at: number, bytes: number): number {
  const { view, u8, littleEndian } = c.memory;
  const asked = wanted.map((_, i) => c.arena.view.getInt16(at + POLLFD_SIZE * i + 4, true));
  const answered = wanted.map((_, i) => c.arena.view.getInt16(at + POLLFD_SIZE * i + 6, true));
  if (answered.some((r) => (r & POLLNVAL) !== 0)) return -E.BADF;
  let total = 0;
  for (const [i, set] of sets.entries()) {
    if (set === 0) continue;
    u8.fill(0, set, set + bytes);
    wanted.forEach((n, k) => {
      if ((asked[k]! & SETS[i]!.wait) !== SETS[i]!.wait || (answered[k]! & SETS[i]!.ready) === 0) return;
      const p = set + wordOffset(c, n);
      view.setUint32(p, view.getUint32(p, littleEndian) | (1 << (n & 31)), littleEndian);
      total++;
    });
  }
  return total;
}

/** select(2)'s timeout is a timeval that receives the time left. */
function selectTimeval(c: Context, count: number, r: number, w: number, x: number, timeout: number): number {
  const tv = timeout === 0 ? undefined : c.hostLongs(timeout, 2);
  if (timeout !== 0 && tv === undefined) return -E.FAULT;
  if (tv === undefined) return select(c, count, [r, w, x], 0);
  const [seconds, microseconds] = tv as [number, number];
  if (seconds < 0 || microseconds < 0) return -E.INVAL;
  // microseconds of a second and more count as seconds (kern_select)
  const timespec = c.placeLongs(seconds + Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1000);
  const result = select(c, count, [r, w, x], timespec);
  const left = c.hostLongs(timespec, 2)!;
  c.storeLongs(timeout, left[0]!, Math.floor(left[1]! / 1000));
  return result;
}

/** More events than this, for which the arena has room at 16 bytes each, are left for the next call. */
const MAX_EVENTS = 60_000;

function epollWait(c: Context, events: number, max: number, wait: (at: number, n: number) => number): number {
  if (max <= 0) return -E.INVAL;
  const n = Math.min(max, MAX_EVENTS);
  const copier = c.toGuest('epoll_event', 'epoll_event');
  if (!c.writable(events, n * copier.to.size)) return -E.FAULT;
  const at = c.arena.take(n * copier.from.size);
  const r = wait(c.arena.host(at), n);
  for (let i = 0; i < r; i++) copier.copy(c.arena.view, at + i * copier.from.size, c.memory.view, events + i * copier.to.size);
  return r;
}

const epollWaitMs = (c: Context, h: number, events: number, max: number, ms: number, set = 0, size = 0): number =>
  withMask(c, set, size, (mask) => epollWait(c, events, max, (at, n) => c.call(HOST.epoll_pwait, h, at, n, ms, mask, SIGSET_BYTES)));

const newEpoll = (c: Context, how: number): number =>
  c.fds.full() ? -E.MFILE : c.newFd(syscall(HOST.epoll_create1, how | O.O_CLOEXEC), (how & O.O_CLOEXEC) !== 0);

const ppoll = (timespec: string): Row =>
  row([{ kind: 'pollfds', count: 1 }, uint, inoutStruct(timespec, 'always'), address, uint], (c, fds, n, timeout, set, size) =>
    timeout === BAD_ADDRESS ? -E.FAULT : withMask(c, set, size, (mask) => poll(c, fds, n, timeout, mask)),
  );

/** The sixth argument of pselect6: address of the set's address and size, as there is no seventh. */
function packedMask(c: Context, at: number): readonly [set: number, size: number] | undefined {
  if (at === 0) return [0, 0];
  const word = c.abi.wordSize;
  return c.readable(at, 2 * word) ? [c.word(at), c.word(at + word)] : undefined;
}

const pselect = (timespec: string): Row =>
  row([int, address, address, address, inoutStruct(timespec, 'always'), address], (c, n, r, w, x, timeout, packed) => {
    const mask = packedMask(c, packed!);
    if (timeout === BAD_ADDRESS || mask === undefined) return -E.FAULT;
    return withMask(c, mask[0], mask[1], (set) => select(c, n, [r, w, x], timeout, set));
  });

export const POLL: Table = {
  poll: row([{ kind: 'pollfds', count: 1 }, uint, int], (c, fds, n, ms) => poll(c, fds, n, milliseconds(c, ms))),
  ppoll: ppoll('timespec64'),
  ppoll_time32: ppoll('timespec'),
  select: row([int, address, address, address, inoutStruct('timeval', 'always')], selectTimeval),
  pselect6: pselect('timespec64'),
  pselect6_time32: pselect('timespec'),
  epoll_create: row([int], (c, size) => (size <= 0 ? -E.INVAL : newEpoll(c, 0)), 'fd'),
  epoll_create1: row([flags(EPOLL_FLAGS, 'open')], newEpoll, 'fd'),
  epoll_ctl: row([fd, oneOf(EPOLL_OP), fd, inStruct('epoll_event')], (_c, h, op, target, event) =>
    syscall(HOST.epoll_ctl, h, op, target, event),
  ),
  epoll_wait: row([fd, address, int, int], (c, h, events, max, ms) => epollWaitMs(c, h, events, max, ms)),
  epoll_pwait: row([fd, address, int, int, address, uint], epollWaitMs),
  epoll_pwait2: row([fd, address, int, inStruct('timespec64'), address, uint], (c, h, events, max, timeout, set, size) =>
    withMask(c, set!, size!, (mask) =>
      epollWait(c, events, max, (at, n) => c.call(HOST.epoll_pwait2, h, at, n, timeout, mask, SIGSET_BYTES)),
    ),
  ),
};
