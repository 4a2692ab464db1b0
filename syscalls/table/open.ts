/** Opening, closing, duplicating: everything that makes or ends a file descriptor of a file or pipe. */
import { HOST, syscall } from '../../runtime/host';
import { CLOSE_RANGE, MFD, O, EFD, AT_FDCWD } from '../constants';
import type { Context } from '../context';
import {
  address,
  dirfd,
  existingPath,
  fd,
  flags,
  flagsWith,
  guestInts,
  guestPath,
  host,
  int,
  mode,
  row,
  string,
  uint,
  type Table,
} from '../definition';
import { E } from '../errno';
import { NOTE } from '../fd-notes';
import { openContents, procContents } from '../procfs';
import { readField } from '../struct-codec';
import { differingBits, translateBits } from '../thunk';

const OPEN_FLAGS = flagsWith(O, 3, 'open');

/** open of a file that shows the guest its own truth, or undefined. Such files are read-only. */
function openGenerated(c: Context, dir: number, name: number, openFlags: number): number | undefined {
  if ((openFlags & (O.O_WRONLY | O.O_RDWR | O.O_PATH)) !== 0) return undefined;
  const contents = procContents(c, dir, name);
  return contents === undefined ? undefined : openContents(c, contents);
}

function open(c: Context, dir: number, name: number, openFlags: number, fileMode: number): number {
  if (c.fds.full()) return -E.MFILE;
  const r =
    openGenerated(c, dir, name, openFlags) ??
    c.call(HOST.openat, dir, c.paths.existing(name, (openFlags & O.O_NOFOLLOW) === 0, dir), openFlags | O.O_CLOEXEC, fileMode);
  return opened(c, dir, name, r, openFlags);
}

/** Gives an opened file its guest fd, and notes what needs translation. */
function opened(c: Context, dir: number, name: number, hostFd: number, openFlags: number): number {
  const guest = c.newFd(hostFd, (openFlags & O.O_CLOEXEC) !== 0);
  if (guest < 0) return guest;
  const proc = c.paths.procPath(name, dir);
  if (proc !== undefined) c.fds.setNote(hostFd, c.paths.ownProcFile(proc) === 'mem' ? NOTE.memory : NOTE.procDirectory);
  return guest;
}

/** openat2: struct open_how may be longer than we know as long as the rest is 0 (copy_struct_from_user). */
function openat2(c: Context, dir: number, name: number, how: number, size: number): number {
  const layout = c.guestLayout('open_how');
  if (size < layout.size) return -E.INVAL;
  if (!c.readable(how, size)) return -E.FAULT;
  if (c.fds.full()) return -E.MFILE;
  const { view } = c.memory;
  const pairs = differingBits(c.abi, 'open', O);
  const guestFlags = readField(view, how, layout, 'flags');
  if (guestFlags >= 2 ** 32) return -E.INVAL;
  const openFlags = translateBits(guestFlags, pairs, 0);
  const at = c.arena.take(size);
  if (at < 0) return -E.INVAL;
  c.arena.u8.set(c.memory.u8.subarray(how, how + size), at);
  const hostLayout = c.hostLayout('open_how');
  const words = new BigUint64Array(c.arena.u8.buffer, at, 3);
  words[0] = BigInt((openFlags | O.O_CLOEXEC) >>> 0);
  words[1] = BigInt(readField(view, how, layout, 'mode'));
  words[2] = BigInt(readField(view, how, layout, 'resolve'));
  const hostPath = c.paths.existing(name, (openFlags & O.O_NOFOLLOW) === 0, dir);
  const r = c.call(HOST.openat2, dir, hostPath, c.arena.host(at), Math.max(size, hostLayout.size));
  return opened(c, dir, name, r, openFlags);
}

export function close(c: Context, guestFd: number): number {
  return c.fds.close(guestFd);
}

function closeRange(c: Context, first: number, last: number, how: number): number {
  if (first > last || (how & ~(CLOSE_RANGE.CLOSE_RANGE_UNSHARE | CLOSE_RANGE.CLOSE_RANGE_CLOEXEC)) !== 0) return -E.INVAL;
  for (const n of c.fds.open()) {
    if (n < first || n > last) continue;
    if ((how & CLOSE_RANGE.CLOSE_RANGE_CLOEXEC) !== 0) c.fds.setCloexec(n, true);
    else close(c, n);
  }
  return 0;
}

const F_DUPFD_CLOEXEC = 1030;

/** dup to the lowest free number at or above `from`. */
export function duplicate(c: Context, hostFd: number, from: number, cloexec: boolean): number {
  const r = syscall(HOST.fcntl, hostFd, F_DUPFD_CLOEXEC, 3);
  if (r < 0) return r;
  const guest = c.fds.allocate(r, cloexec, from);
  if (guest >= 0) c.fds.setNote(r, c.fds.note(hostFd));
  return guest;
}

function dup2(c: Context, from: number, to: number, cloexec: boolean): number {
  const source = c.fds.host(from);
  if (source < 0 || to >= c.fds.limit) return -E.BADF;
  const target = c.fds.host(to);
  const r = target >= 0 ? syscall(HOST.dup3, source, target, O.O_CLOEXEC) : syscall(HOST.fcntl, source, F_DUPFD_CLOEXEC, 3);
  if (r < 0) return r;
  c.fds.install(to, r, cloexec);
  c.fds.setNote(r, c.fds.note(source));
  return to;
}

function pipe(c: Context, result: number, pipeFlags: number): number {
  const at = c.arena.take(8);
  const r = syscall(HOST.pipe2, c.arena.host(at), pipeFlags | O.O_CLOEXEC);
  if (r < 0) return r;
  return installPair(c, at, result, (pipeFlags & O.O_CLOEXEC) !== 0);
}

/** pipe where it returns both ends in registers (MIPS, Alpha, SPARC, SuperH). */
function pipeRegisters(c: Context): number {
  const at = c.arena.take(8);
  const r = syscall(HOST.pipe2, c.arena.host(at), O.O_CLOEXEC);
  if (r < 0) return r;
  const ends = guestPair(c, at, false);
  if (typeof ends === 'number') return ends;
  c.process.setSecondResult(ends[1]);
  return ends[0];
}

/** Guest numbers of two host fds that a call left in the arena, or a negative errno. */
function guestPair(c: Context, at: number, cloexec: boolean): readonly [number, number] | number {
  const first = c.fds.allocate(c.arena.view.getInt32(at, true), cloexec);
  const second = c.fds.allocate(c.arena.view.getInt32(at + 4, true), cloexec);
  if (first >= 0 && second >= 0) return [first, second];
  if (first >= 0) c.fds.close(first);
  if (second >= 0) c.fds.close(second);
  return Math.min(first, second);
}

/** Gives two host fds that a call left in the arena guest numbers and writes those to the guest. */
export function installPair(c: Context, at: number, result: number, cloexec: boolean): number {
  const ends = guestPair(c, at, cloexec);
  if (typeof ends === 'number') return ends;
  if (!c.writable(result, 8)) {
    for (const end of ends) c.fds.close(end);
    return -E.FAULT;
  }
  ends.forEach((end, i) => c.put32(result + 4 * i, end));
  return 0;
}

const creating = (name: 'eventfd2' | 'memfd_create', cloexecBit: number) => {
  const nr = HOST[name];
  return (c: Context, value: number, how: number): number =>
    c.fds.full() ? -E.MFILE : c.newFd(syscall(nr, value, how | cloexecBit), (how & cloexecBit) !== 0);
};

export const OPEN: Table = {
  open: row([guestPath, OPEN_FLAGS, { kind: 'openMode', flags: 1 }], (c, p, f, m) => open(c, AT_FDCWD, p, f, m), 'fd'),
  openat: row([dirfd, guestPath, OPEN_FLAGS, { kind: 'openMode', flags: 2 }], (c, d, p, f, m) => open(c, d, p, f, m), 'fd'),
  openat2: row([dirfd, guestPath, address, uint], openat2, 'fd'),
  creat: row([guestPath, mode], (c, p, m) => open(c, AT_FDCWD, p, O.O_CREAT | O.O_WRONLY | O.O_TRUNC, m), 'fd'),
  close: row([int], (c, n) => close(c, n)),
  close_range: row([uint, uint, flags(CLOSE_RANGE)], closeRange),
  dup: row([fd], (c, h) => duplicate(c, h, 0, false), 'fd'),
  dup2: row([int, int], (c, from, to) => (from === to ? (c.fds.host(from) < 0 ? -E.BADF : to) : dup2(c, from, to >>> 0, false)), 'fd'),
  dup3: row(
    [int, int, flags(O, 'open')],
    (c, from, to, f) => (from === to || (f & ~O.O_CLOEXEC) !== 0 ? -E.INVAL : dup2(c, from, to >>> 0, f !== 0)),
    'fd',
  ),
  pipe: row([guestInts('out', 2)], (c, result) => pipe(c, result, 0)),
  pipe_registers: row([], pipeRegisters, 'fd'),
  pipe2: row([guestInts('out', 2), flags(O, 'open')], pipe),
  memfd_create: row([string, flags(MFD)], creating('memfd_create', MFD['MFD_CLOEXEC']!), 'fd'),
  eventfd: row([uint], (c, n) => creating('eventfd2', O.O_CLOEXEC)(c, n, 0), 'fd'),
  eventfd2: row([uint, flags(EFD, 'open')], creating('eventfd2', O.O_CLOEXEC), 'fd'),
  inotify_init: row([], (c) => c.newFd(syscall(HOST.inotify_init1, O.O_CLOEXEC), false), 'fd'),
  inotify_init1: row([flags(O, 'open')], (c, f) => c.newFd(syscall(HOST.inotify_init1, f | O.O_CLOEXEC), (f & O.O_CLOEXEC) !== 0), 'fd'),
  inotify_add_watch: row([fd, existingPath, uint], host('inotify_add_watch')),
  inotify_rm_watch: row([fd, int], host('inotify_rm_watch')),
};
