/** Sockets. Addresses are bytes to us; options are ints except those listed here. */
import { HOST, syscall } from '../../runtime/host';
import { AF, MSG, SHUT, SOCK, SOCK_FLAGS, SOL } from '../constants';
import type { Context } from '../context';
import {
  address,
  fd,
  flags,
  flagsWith,
  guestStruct,
  host,
  inBytes,
  int,
  oneOf,
  outBytes,
  row,
  uint,
  writingRow,
  type Implementation,
  type Table,
} from '../definition';
import { E } from '../errno';
import { receiveMessage, sendMessage } from '../messages';
import { installPair } from './open';

const { SOCK_CLOEXEC } = SOCK_FLAGS;
const SOCKET_TYPE = flagsWith({ ...SOCK, ...SOCK_FLAGS }, 0xf);

function socket(c: Context, domain: number, type: number, protocol: number): number {
  if (c.fds.full()) return -E.MFILE;
  return c.newFd(syscall(HOST.socket, domain, type | SOCK_CLOEXEC, protocol), (type & SOCK_CLOEXEC) !== 0);
}

function socketpair(c: Context, domain: number, type: number, protocol: number, result: number): number {
  const at = c.arena.take(8);
  const r = syscall(HOST.socketpair, domain, type | SOCK_CLOEXEC, protocol, c.arena.host(at));
  return r < 0 ? r : installPair(c, at, result, (type & SOCK_CLOEXEC) !== 0);
}

/** A pointer the kernel writes an address through, with its length in another argument; NULL stays NULL. */
const pointerOrNull = (c: Context, at: number): number => (at === 0 ? 0 : c.pointer(at, 1));
const lengthPointer = (c: Context, at: number): number => (at === 0 ? 0 : c.pointer(at, 4));

function accept(c: Context, hostFd: number, name: number, length: number, how: number): number {
  if (c.fds.full()) return -E.MFILE;
  const r = syscall(HOST.accept4, hostFd, pointerOrNull(c, name), lengthPointer(c, length), how | SOCK_CLOEXEC);
  return c.newFd(r, (how & SOCK_CLOEXEC) !== 0);
}

const nameOf =
  (name: 'getsockname' | 'getpeername'): Implementation =>
  (c, hostFd, at, length) =>
    syscall(HOST[name], hostFd, pointerOrNull(c, at), lengthPointer(c, length));

function sendto(c: Context, hostFd: number, data: number, size: number, how: number, name: number, length: number): number {
  return syscall(HOST.sendto, hostFd, data, size, how, name === 0 ? 0 : c.pointer(name, length), length);
}

function recvfrom(c: Context, hostFd: number, data: number, size: number, how: number, name: number, length: number): number {
  return syscall(HOST.recvfrom, hostFd, data, size, how, pointerOrNull(c, name), lengthPointer(c, length));
}

/** SOL_SOCKET options that hold a struct with words in it. */
const SOCKET_OPTION_STRUCTS: Readonly<Record<number, string>> = { 20: 'timeval', 21: 'timeval', 26: 'sock_fprog', 51: 'sock_fprog' };
const SOL_SOCKET = SOL['SOL_SOCKET']!;

function setsockopt(c: Context, hostFd: number, level: number, option: number, value: number, length: number): number {
  const name = level === SOL_SOCKET ? SOCKET_OPTION_STRUCTS[option] : undefined;
  if (name === undefined || value === 0)
    return syscall(HOST.setsockopt, hostFd, level, option, value === 0 ? 0 : c.pointer(value, length), length);
  const copier = c.fromGuest(name, name);
  if (length < copier.from.size) return -E.INVAL;
  if (!c.readable(value, copier.from.size)) return -E.FAULT;
  const at = c.arena.take(copier.to.size);
  copier.copy(c.memory.view, value, c.arena.view, at);
  if (name === 'sock_fprog') {
    // the instructions themselves are the same everywhere; only the pointer to them is the guest's
    const pointerAt = at + copier.to.fields.find((f) => f.name === 'filter')!.offset;
    const filter = Number(c.arena.view.getBigUint64(pointerAt, true));
    c.arena.view.setBigUint64(pointerAt, BigInt(c.base + filter), true);
  }
  return syscall(HOST.setsockopt, hostFd, level, option, c.arena.host(at), copier.to.size);
}

function getsockopt(c: Context, hostFd: number, level: number, option: number, value: number, length: number): number {
  const name = level === SOL_SOCKET ? SOCKET_OPTION_STRUCTS[option] : undefined;
  if (name !== 'timeval') return syscall(HOST.getsockopt, hostFd, level, option, c.pointer(value, 1), lengthPointer(c, length));
  const copier = c.toGuest(name, name);
  if (!c.readable(length, 4)) return -E.FAULT;
  const room = c.memory.view.getInt32(length, c.memory.littleEndian);
  if (room < copier.to.size) return -E.INVAL;
  const at = c.arena.take(copier.from.size + 8);
  const lengthAt = at + copier.from.size;
  c.arena.view.setInt32(lengthAt, copier.from.size, true);
  const r = syscall(HOST.getsockopt, hostFd, level, option, c.arena.host(at), c.arena.host(lengthAt));
  if (r < 0) return r;
  if (!c.writable(value, copier.to.size)) return -E.FAULT;
  copier.copy(c.arena.view, at, c.memory.view, value);
  return c.put32(length, copier.to.size);
}

const MSG_CMSG_CLOEXEC = MSG['MSG_CMSG_CLOEXEC']!;

const sendmsg = (c: Context, hostFd: number, message: number, how: number): number =>
  sendMessage(c, message, (m) => syscall(HOST.sendmsg, hostFd, m, how));

const recvmsg = (c: Context, hostFd: number, message: number, how: number): number =>
  receiveMessage(c, message, how, (m) => syscall(HOST.recvmsg, hostFd, m, how | MSG_CMSG_CLOEXEC));

/** struct mmsghdr: a msghdr and the number of bytes it carried. */
function eachMessage(c: Context, messages: number, count: number, one: (message: number, i: number) => number): number {
  const size = c.guestLayout('msghdr').size;
  const stride = Math.ceil((size + 4) / c.abi.wordSize) * c.abi.wordSize;
  const n = Math.min(count, 1024);
  for (let i = 0; i < n; i++) {
    c.arena.reset();
    const at = messages + i * stride;
    const r = one(at, i);
    if (r < 0) return i > 0 ? i : r;
    const error = c.put32(at + size, r);
    if (error < 0) return error;
  }
  return n;
}

const MSG_WAITFORONE = MSG['MSG_WAITFORONE']!;
const MSG_DONTWAIT = MSG['MSG_DONTWAIT']!;

/** The timeout, which Linux checks only between messages, is not applied. */
const recvmmsg: Implementation = (c, hostFd, messages, count, how) =>
  eachMessage(c, messages, count, (m, i) =>
    recvmsg(c, hostFd, m, i > 0 && (how & MSG_WAITFORONE) !== 0 ? how | MSG_DONTWAIT : how & ~MSG_WAITFORONE),
  );

export const SOCKETS: Table = {
  socket: row([oneOf(AF), SOCKET_TYPE, int], socket, 'fd'),
  socketpair: row([oneOf(AF), SOCKET_TYPE, int, address], socketpair),
  bind: row([fd, inBytes(2), uint], host('bind')),
  connect: row([fd, inBytes(2), uint], host('connect')),
  listen: row([fd, int], host('listen')),
  accept: row([fd, address, address], (c, h, name, length) => accept(c, h, name, length, 0), 'fd'),
  accept4: row([fd, address, address, flags(SOCK_FLAGS)], accept, 'fd'),
  getsockname: row([fd, address, address], nameOf('getsockname')),
  getpeername: row([fd, address, address], nameOf('getpeername')),
  send: writingRow([fd, inBytes(2), uint, flags(MSG)], (c, h, data, size, how) => sendto(c, h, data, size, how, 0, 0)),
  sendto: writingRow([fd, inBytes(2), uint, flags(MSG), address, uint], sendto),
  recv: row([fd, outBytes(2), uint, flags(MSG)], (c, h, data, size, how) => recvfrom(c, h, data, size, how, 0, 0)),
  recvfrom: row([fd, outBytes(2), uint, flags(MSG), address, address], recvfrom),
  shutdown: row([fd, oneOf(SHUT)], host('shutdown')),
  setsockopt: row([fd, oneOf(SOL), int, address, uint], setsockopt),
  getsockopt: row([fd, oneOf(SOL), int, address, address], getsockopt),
  sendmsg: writingRow([fd, guestStruct('msghdr', 'in'), flags(MSG)], sendmsg),
  recvmsg: row([fd, guestStruct('msghdr', 'out'), flags(MSG)], recvmsg),
  sendmmsg: writingRow([fd, address, uint, flags(MSG)], (c, h, messages, count, how) =>
    eachMessage(c, messages, count, (m) => sendmsg(c, h, m, how)),
  ),
  recvmmsg: row([fd, address, uint, flags(MSG), address], recvmmsg),
  recvmmsg_time32: row([fd, address, uint, flags(MSG), address], recvmmsg),
};
