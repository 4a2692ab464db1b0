/** Descriptors that report events: signalfd, pidfd, fanotify, and handles of files. */
import { HOST, syscall } from '../../runtime/host';
import { AT, FAN_CLASS, FAN_MARK, O, SFD } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { callOut } from '../conversion';
import {
  address,
  dirfd,
  existingPath,
  fd,
  flags,
  flagsWith,
  flaggedPath,
  guestStruct,
  hex,
  int,
  pair,
  row,
  signal,
  uint,
  type Table,
} from '../definition';
import { E } from '../errno';
import { NOTE } from '../fd-notes';
import { guestSigsetBytes, readSet } from '../signal-sets';
import { SIGSET_BYTES } from '../signal-state';
import { SIGINFO_BYTES, siginfoFromGuest } from '../siginfo';

/** signalfd: a new descriptor for -1, otherwise another set for an old one. */
function signalfd(c: Context, guestFd: number, set: number, size: number, how: number): number {
  if (size !== guestSigsetBytes(c.abi)) return -E.INVAL;
  const signals = readSet(c, set);
  if (signals === undefined) return -E.FAULT;
  const at = c.arena.take(SIGSET_BYTES);
  signals.forEach((word, i) => c.arena.view.setInt32(at + 4 * i, word, true));
  const call = (hostFd: number, flagBits: number): number => syscall(HOST.signalfd4, hostFd, c.arena.host(at), SIGSET_BYTES, flagBits);
  if (guestFd !== -1) {
    const r = call(c.fds.host(guestFd), how);
    return r < 0 ? r : guestFd;
  }
  if (c.fds.full()) return -E.MFILE;
  const r = call(-1, how | O.O_CLOEXEC);
  const guest = c.newFd(r, (how & O.O_CLOEXEC) !== 0);
  if (guest >= 0 && c.abi.constants.signal !== undefined) c.fds.setNote(r, NOTE.signalfd);
  return guest;
}

/** The fd number means one in the other process: a guest's if that is a relative, the host's otherwise. */
function pidfdGetfd(c: Context, pidfd: number, target: number, how: number): number {
  if (c.fds.full()) return -E.MFILE;
  const pid = pidOf(c, pidfd);
  const own = pid === syscall(HOST.getpid);
  return c.newFd(syscall(HOST.pidfd_getfd, pidfd, own ? c.fds.host(target) : (c.fds.hostIn(pid, target) ?? target), how), true);
}

/** The process a pidfd stands for, from its fdinfo; -1 if it cannot be told. */
function pidOf(c: Context, pidfd: number): number {
  const file = c.arena.cString(Buffer.from(`/proc/self/fdinfo/${pidfd}`));
  const info = syscall(HOST.openat, -100, file, O.O_CLOEXEC);
  if (info < 0) return -1;
  const at = c.arena.take(512);
  const n = syscall(HOST.read, info, c.arena.host(at), 512);
  syscall(HOST.close, info);
  const text = Buffer.from(c.arena.u8.subarray(at, at + Math.max(n, 0))).toString('latin1');
  return Number(/^Pid:\t(\d+)$/m.exec(text)?.[1] ?? -1);
}

const FAN_CLOEXEC = FAN_CLASS['FAN_CLOEXEC']!;

/** Reading from it yields fds of this process; read-translation.ts gives them guest numbers. */
function fanotifyInit(c: Context, how: number, eventFlags: number): number {
  if (c.fds.full()) return -E.MFILE;
  const r = syscall(HOST.fanotify_init, how | FAN_CLOEXEC, eventFlags | O.O_CLOEXEC);
  const guest = c.newFd(r, (how & FAN_CLOEXEC) !== 0);
  if (guest >= 0) c.fds.setNote(r, NOTE.fanotify);
  return guest;
}

/** struct file_handle: two words, then as many bytes as the first says. */
function handleIn(c: Context, handle: number): number {
  if (c.memory.littleEndian) return c.pointer(handle, 8);
  if (!c.readable(handle, 8)) return BAD_ADDRESS;
  const { view, u8 } = c.memory;
  const size = Math.min(view.getUint32(handle, false), MAX_HANDLE);
  if (!c.readable(handle, 8 + size)) return BAD_ADDRESS;
  const at = c.arena.take(8 + MAX_HANDLE);
  c.arena.view.setUint32(at, view.getUint32(handle, false), true);
  c.arena.view.setInt32(at + 4, view.getInt32(handle + 4, false), true);
  c.arena.u8.set(u8.subarray(handle + 8, handle + 8 + size), at + 8);
  return c.arena.host(at);
}

const MAX_HANDLE = 128;

function handleOut(c: Context, handle: number, host: number): number {
  if (c.memory.littleEndian || host === BAD_ADDRESS) return 0;
  const at = host - c.arena.base;
  const size = Math.min(c.arena.view.getUint32(at, true), MAX_HANDLE);
  const room = c.memory.view.getUint32(handle, false);
  const kept = Math.min(size, room);
  if (!c.writable(handle, 8 + kept)) return -E.FAULT;
  c.memory.view.setUint32(handle, size, false);
  c.memory.view.setInt32(handle + 4, c.arena.view.getInt32(at + 4, true), false);
  c.memory.u8.set(c.arena.u8.subarray(at + 8, at + 8 + kept), handle + 8);
  return 0;
}

function nameToHandleAt(c: Context, dir: number, path: number, handle: number, mount: number, how: number): number {
  const host = handleIn(c, handle);
  return callOut(c, 'int', mount, (mountId) => {
    const r = syscall(HOST.name_to_handle_at, dir, path, host, mountId, how);
    // EOVERFLOW reports the size that is needed
    const error = r >= 0 || r === -E.OVERFLOW ? handleOut(c, handle, host) : 0;
    return error < 0 ? error : r;
  });
}

function openByHandleAt(c: Context, mount: number, handle: number, how: number): number {
  if (c.fds.full()) return -E.MFILE;
  return c.newFd(syscall(HOST.open_by_handle_at, mount, handleIn(c, handle), how | O.O_CLOEXEC), (how & O.O_CLOEXEC) !== 0);
}

const KCMP_FILE = 0;

/** KCMP_FILE compares descriptors; those of this process have guest numbers. */
function kcmp(c: Context, one: number, other: number, type: number, a: number, b: number): number {
  const own = syscall(HOST.getpid);
  const number = (pid: number, n: number): number => (type === KCMP_FILE && pid === own ? c.fds.host(n) : n);
  return syscall(HOST.kcmp, one, other, type, number(one, a), number(other, b));
}

const OPEN_FLAGS = flagsWith(O, 3, 'open');

export const EVENTS: Table = {
  signalfd: row([int, guestStruct('sigset_t', 'in'), uint], (c, n, set, size) => signalfd(c, n, set, size, 0), 'fd'),
  signalfd4: row([int, guestStruct('sigset_t', 'in'), uint, flags(SFD, 'open')], signalfd, 'fd'),
  // a pidfd is close-on-exec whether asked or not
  pidfd_open: row([int, flags(O, 'open')], (c, pid, f) => c.newFd(syscall(HOST.pidfd_open, pid, f), true), 'fd'),
  pidfd_getfd: row([fd, int, uint], pidfdGetfd, 'fd'),
  pidfd_send_signal: row([fd, signal, guestStruct('siginfo_rt', 'in'), uint], (c, h, n, info, how) =>
    c.call(HOST.pidfd_send_signal, h, n, siginfoIn(c, info), how),
  ),
  fanotify_init: row([flags(FAN_CLASS), OPEN_FLAGS], fanotifyInit, 'fd'),
  fanotify_mark: row([fd, flags(FAN_MARK), pair, dirfd, existingPath], (_c, h, how, mask, dir, path) =>
    syscall(HOST.fanotify_mark, h, how, mask, dir, path),
  ),
  name_to_handle_at: row([dirfd, flaggedPath(4), address, address, flags(AT)], nameToHandleAt),
  open_by_handle_at: row([dirfd, address, OPEN_FLAGS], openByHandleAt, 'fd'),
  kcmp: row([int, int, int, hex, hex], kcmp),
};

/** A siginfo that the guest made for a signal it sends. */
function siginfoIn(c: Context, address: number): number {
  if (address === 0) return 0;
  if (!c.readable(address, SIGINFO_BYTES)) return BAD_ADDRESS;
  const at = c.arena.take(SIGINFO_BYTES);
  siginfoFromGuest(c, address, c.arena.view, at);
  return c.arena.host(at);
}
