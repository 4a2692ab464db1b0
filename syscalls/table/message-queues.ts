/** POSIX message queues: descriptors like others. glibc strips the slash from the names. */
import { HOST, syscall } from '../../runtime/host';
import { O } from '../constants';
import type { Context } from '../context';
import { callOut, SIGEV_THREAD, sigeventIn, structsIn } from '../conversion';
import {
  address,
  fd,
  flagsWith,
  guestStruct,
  inStruct,
  outBytes,
  inBytes,
  outStruct,
  row,
  string,
  uint,
  type Row,
  type Table,
} from '../definition';
import { E } from '../errno';
import { readField, writeField } from '../struct-codec';
import { differingBits, translateBits } from '../thunk';

/** mq_flags holds O_NONBLOCK, which some ABIs number otherwise: renumbers it in a host struct at an arena address. */
function translateFlags(c: Context, host: number, from: 0 | 1): void {
  const pairs = differingBits(c.abi, 'open', O);
  if (host < c.arena.base || pairs.length === 0) return;
  const layout = c.hostLayout('mq_attr');
  const at = host - c.arena.base;
  const flags = readField(c.arena.view, at, layout, 'mq_flags');
  if (flags >= 0 && flags < 2 ** 31) writeField(c.arena.view, at, layout, 'mq_flags', translateBits(flags, pairs, from));
}

function mqOpen(c: Context, name: number, how: number, mode: number, attributes: number): number {
  if (c.fds.full()) return -E.MFILE;
  const r = syscall(HOST.mq_open, name, how | O.O_CLOEXEC, mode, (how & O.O_CREAT) === 0 ? 0 : structsIn(c, 'mq_attr', attributes));
  return c.newFd(r, (how & O.O_CLOEXEC) !== 0);
}

function mqGetsetattr(c: Context, queue: number, next: number, old: number): number {
  const host = structsIn(c, 'mq_attr', next);
  translateFlags(c, host, 0);
  return callOut(c, 'mq_attr', old, (result) => {
    const r = syscall(HOST.mq_getsetattr, queue, host, result);
    if (r >= 0) translateFlags(c, result, 1);
    return r;
  });
}

/** What the kernel sends through the netlink socket of SIGEV_THREAD. */
const NOTIFY_COOKIE = 32;

/** With SIGEV_THREAD the signal number is a socket fd and the value points to a cookie. */
function mqNotify(c: Context, queue: number, event: number): number {
  const host = sigeventIn(c, event);
  const layout = c.hostLayout('sigevent');
  const at = host - c.arena.base;
  if (event !== 0 && host >= c.arena.base && readField(c.arena.view, at, layout, 'sigev_notify') === SIGEV_THREAD) {
    writeField(c.arena.view, at, layout, 'sigev_signo', c.fds.host(readField(c.arena.view, at, layout, 'sigev_signo')));
    const cookie = readField(c.arena.view, at, layout, 'sigev_value');
    writeField(c.arena.view, at, layout, 'sigev_value', c.pointer(cookie, NOTIFY_COOKIE));
  }
  return syscall(HOST.mq_notify, queue, host);
}

const send = (timespec: string): Row =>
  row([fd, inBytes(2), uint, uint, inStruct(timespec)], (c, q, text, size, priority, until) =>
    c.call(HOST.mq_timedsend, q, text, size, priority, until),
  );

const receive = (timespec: string): Row =>
  row([fd, outBytes(2), uint, outStruct('uint'), inStruct(timespec)], (c, q, text, size, priority, until) =>
    c.call(HOST.mq_timedreceive, q, text, size, priority, until),
  );

export const MESSAGE_QUEUES: Table = {
  mq_open: row([string, flagsWith(O, 3, 'open'), { kind: 'openMode', flags: 1 }, address], mqOpen, 'fd'),
  mq_unlink: row([string], (_c, name) => syscall(HOST.mq_unlink, name)),
  mq_timedsend: send('timespec64'),
  mq_timedsend_time32: send('timespec'),
  mq_timedreceive: receive('timespec64'),
  mq_timedreceive_time32: receive('timespec'),
  mq_notify: row([fd, guestStruct('sigevent', 'in')], mqNotify),
  mq_getsetattr: row([fd, guestStruct('mq_attr', 'in'), guestStruct('mq_attr', 'out')], mqGetsetattr),
};
