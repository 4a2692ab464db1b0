/** Sockets: making them, names, sending and receiving. Options are in socket-options.ts. */
import { HOST, syscall } from '../../runtime/host';
import { AF, MSG, SHUT, SOCK, SOCK_FLAGS } from '../constants';
import type { Context } from '../context';
import { contentsToGuest, contentsToHost, isTranslated } from '../descriptor-contents';
import {
  address,
  fd,
  flags,
  flagsWith,
  guestBytes,
  guestInts,
  guestStruct,
  host,
  inoutStruct,
  int,
  oneOf,
  row,
  uint,
  type ArgType,
  type Implementation,
  type Table,
} from '../definition';
import { E } from '../errno';
import { addressIn, withAddressOut } from '../socket-addresses';
import { receiveMessage, sendMessage } from '../messages';
import { installPair } from './open';
import { SOCKET_OPTIONS } from './socket-options';

const sockaddrOut = (length: number): ArgType => ({ kind: 'sockaddrOut', length });
const sockaddrIn = (length: number): ArgType => ({ kind: 'sockaddr', length });
const { SOCK_CLOEXEC } = SOCK_FLAGS;
const SOCKET_TYPE = flagsWith({ ...SOCK, ...SOCK_FLAGS }, 0xf, 'socketType');

function socket(c: Context, domain: number, type: number, protocol: number): number {
  if (c.fds.full()) return -E.MFILE;
  return c.newFd(syscall(HOST.socket, domain, type | SOCK_CLOEXEC, protocol), (type & SOCK_CLOEXEC) !== 0);
}

function socketpair(c: Context, domain: number, type: number, protocol: number, result: number): number {
  const at = c.arena.take(8);
  const r = syscall(HOST.socketpair, domain, type | SOCK_CLOEXEC, protocol, c.arena.host(at));
  return r < 0 ? r : installPair(c, at, result, (type & SOCK_CLOEXEC) !== 0);
}

function accept(c: Context, hostFd: number, name: number, length: number, how: number): number {
  if (c.fds.full()) return -E.MFILE;
  const r = withAddressOut(c, name, length, (at, size) => c.call(HOST.accept4, hostFd, at, size, how | SOCK_CLOEXEC));
  return c.newFd(r, (how & SOCK_CLOEXEC) !== 0);
}

const nameOf =
  (name: 'getsockname' | 'getpeername'): Implementation =>
  (c, hostFd, at, length) =>
    withAddressOut(c, at, length, (host, size) => syscall(HOST[name], hostFd, host, size));

const withName =
  (name: 'bind' | 'connect'): Implementation =>
  (c, hostFd, at, length) =>
    c.call(HOST[name], hostFd, addressIn(c, at, length), length);

function sendto(c: Context, hostFd: number, data: number, size: number, how: number, name: number, length: number): number {
  const bytes = isTranslated(c, hostFd) ? contentsToHost(c, hostFd, data, size) : c.pointer(data, size);
  return c.call(HOST.sendto, hostFd, bytes, size, how, addressIn(c, name, length), length);
}

function recvfrom(c: Context, hostFd: number, data: number, size: number, how: number, name: number, length: number): number {
  const r = withAddressOut(c, name, length, (at, sizeAt) => c.call(HOST.recvfrom, hostFd, c.pointer(data, size), size, how, at, sizeAt));
  if (r > 0 && isTranslated(c, hostFd)) contentsToGuest(c, hostFd, data, Math.min(r, size));
  return r;
}

const MSG_CMSG_CLOEXEC = MSG['MSG_CMSG_CLOEXEC']!;

const sendmsg = (c: Context, hostFd: number, message: number, how: number): number =>
  sendMessage(c, hostFd, message, (m) => c.call(HOST.sendmsg, hostFd, m, how));

const recvmsg = (c: Context, hostFd: number, message: number, how: number): number =>
  receiveMessage(c, hostFd, message, how, (m) => c.call(HOST.recvmsg, hostFd, m, how | MSG_CMSG_CLOEXEC));

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

/** Monotonic time in seconds. */
function seconds(c: Context): number {
  const at = c.arena.take(16);
  syscall(HOST.clock_gettime, 1, c.arena.host(at));
  return c.arena.view.getUint32(at, true) + c.arena.view.getUint32(at + 8, true) / 1e9;
}

/** The time left is looked at between messages only, as in the kernel. */
function recvmmsg(c: Context, hostFd: number, messages: number, count: number, how: number, timeout: number): number {
  const given = timeout === 0 ? undefined : c.hostLongs(timeout, 2);
  if (timeout !== 0 && given === undefined) return -E.FAULT;
  const [sec, nsec] = given ?? [0, 0];
  if (sec! < 0 || nsec! < 0 || nsec! >= 1e9) return -E.INVAL;
  const end = seconds(c) + sec! + nsec! / 1e9;
  let left = 0;
  const r = eachMessage(c, messages, count, (m, i) => {
    if (i > 0 && given !== undefined && left <= 0) return -E.AGAIN;
    const n = recvmsg(c, hostFd, m, i > 0 && (how & MSG_WAITFORONE) !== 0 ? how | MSG_DONTWAIT : how & ~MSG_WAITFORONE);
    left = Math.max(end - seconds(c), 0);
    return n;
  });
  if (given !== undefined && r > 0) c.storeLongs(timeout, Math.floor(left), Math.floor((left % 1) * 1e9));
  return r;
}

export const SOCKETS: Table = {
  socket: row([oneOf(AF), SOCKET_TYPE, int], socket, 'fd'),
  socketpair: row([oneOf(AF), SOCKET_TYPE, int, guestInts('out', 2)], socketpair),
  bind: row([fd, sockaddrIn(2), uint], withName('bind')),
  connect: row([fd, sockaddrIn(2), uint], withName('connect')),
  listen: row([fd, int], host('listen')),
  accept: row([fd, sockaddrOut(2), guestInts('inout', 1)], (c, h, name, length) => accept(c, h, name, length, 0), 'fd'),
  accept4: row([fd, sockaddrOut(2), guestInts('inout', 1), flags(SOCK_FLAGS, 'socketType')], accept, 'fd'),
  getsockname: row([fd, sockaddrOut(2), guestInts('inout', 1)], nameOf('getsockname')),
  getpeername: row([fd, sockaddrOut(2), guestInts('inout', 1)], nameOf('getpeername')),
  send: row([fd, guestBytes('in', 2), uint, flags(MSG)], (c, h, data, size, how) => sendto(c, h, data, size, how, 0, 0)),
  sendto: row([fd, guestBytes('in', 2), uint, flags(MSG), sockaddrIn(5), uint], sendto),
  recv: row([fd, guestBytes('out', 2), uint, flags(MSG)], (c, h, data, size, how) => recvfrom(c, h, data, size, how, 0, 0)),
  recvfrom: row([fd, guestBytes('out', 2), uint, flags(MSG), sockaddrOut(5), guestInts('inout', 1)], recvfrom),
  shutdown: row([fd, oneOf(SHUT)], host('shutdown')),
  ...SOCKET_OPTIONS,
  sendmsg: row([fd, guestStruct('msghdr', 'in'), flags(MSG)], sendmsg),
  recvmsg: row([fd, guestStruct('msghdr', 'out'), flags(MSG)], recvmsg),
  sendmmsg: row([fd, address, uint, flags(MSG)], (c, h, messages, count, how) =>
    eachMessage(c, messages, count, (m) => sendmsg(c, h, m, how)),
  ),
  recvmmsg: row([fd, address, uint, flags(MSG), inoutStruct('timespec64')], recvmmsg),
  recvmmsg_time32: row([fd, address, uint, flags(MSG), inoutStruct('timespec')], recvmmsg),
};
