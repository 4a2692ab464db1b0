/** Who the process is: ids, groups, sessions, scheduling. 16-bit rows are the calls from before Linux 2.4. */
import { HOST, syscall, type HostCall } from '../../runtime/host';
import { PRIO } from '../constants';
import type { Context } from '../context';
import { address, host, inStruct, int, oneOf, outStruct, row, uint, type Implementation, type Row, type Table } from '../definition';
import { E } from '../errno';

/** What a 16-bit call reports for an id that does not fit (fs/../highuid.h). */
const OVERFLOW_ID = 65534;
const narrow = (id: number): number => (id > 0xffff ? OVERFLOW_ID : id);
const widen = (id: number): number => ((id & 0xffff) === 0xffff ? -1 : id & 0xffff);

const plain = (...names: HostCall[]): Table => Object.fromEntries(names.map((n) => [n, row([], host(n))]));

const NARROW_GETTERS: readonly HostCall[] = ['getuid', 'geteuid', 'getgid', 'getegid'];
/** Setters and how many ids they take. */
const SETTERS: readonly (readonly [HostCall, 1 | 2 | 3])[] = [
  ['setuid', 1],
  ['setgid', 1],
  ['setreuid', 2],
  ['setregid', 2],
  ['setresuid', 3],
  ['setresgid', 3],
  ['setfsuid', 1],
  ['setfsgid', 1],
];
const TRIPLES: readonly HostCall[] = ['getresuid', 'getresgid'];

const narrowGetter = (name: HostCall): Row => row([], () => narrow(syscall(HOST[name])));

function setter(name: HostCall, count: number, convert: (id: number) => number): Row {
  const nr = HOST[name];
  return row(Array<typeof int>(count).fill(int), (_c, a, b, d) => syscall(nr, convert(a), convert(b), convert(d)));
}

/** getresuid and getresgid: three results of `size` bytes each. */
function triple(name: HostCall, size: 2 | 4): Row {
  const nr = HOST[name];
  return row([address, address, address], (c, ...results) => {
    const at = c.arena.take(16);
    const r = syscall(nr, c.arena.host(at), c.arena.host(at + 4), c.arena.host(at + 8));
    if (r < 0) return r;
    for (const [i, p] of results.entries()) {
      const id = c.arena.view.getUint32(at + 4 * i, true);
      if (!c.writable(p, size)) return -E.FAULT;
      if (size === 4) c.memory.view.setUint32(p, id, c.memory.littleEndian);
      else c.memory.view.setUint16(p, narrow(id), c.memory.littleEndian);
    }
    return r;
  });
}

const NGROUPS_MAX = 65536;

function getgroups(c: Context, count: number, list: number, size: 2 | 4): number {
  const at = c.arena.take(4 * NGROUPS_MAX);
  const r = syscall(HOST.getgroups, Math.min(count, NGROUPS_MAX), c.arena.host(at));
  if (r <= 0 || count === 0) return r;
  if (!c.writable(list, r * size)) return -E.FAULT;
  const { view, littleEndian } = c.memory;
  for (let i = 0; i < r; i++) {
    const id = c.arena.view.getUint32(at + 4 * i, true);
    if (size === 4) view.setUint32(list + 4 * i, id, littleEndian);
    else view.setUint16(list + 2 * i, narrow(id), littleEndian);
  }
  return r;
}

function setgroups(c: Context, count: number, list: number, size: 2 | 4): number {
  if (count < 0 || count > NGROUPS_MAX) return -E.INVAL;
  if (!c.readable(list, count * size)) return -E.FAULT;
  const at = c.arena.take(4 * count + 4);
  const { view, littleEndian } = c.memory;
  for (let i = 0; i < count; i++) {
    const id = size === 4 ? view.getUint32(list + 4 * i, littleEndian) : widen(view.getUint16(list + 2 * i, littleEndian));
    c.arena.view.setInt32(at + 4 * i, id, true);
  }
  return syscall(HOST.setgroups, count, c.arena.host(at));
}

/** CPU masks are arrays of longs: the guest's length need not be a multiple of the host's word. */
function getaffinity(c: Context, pid: number, length: number, mask: number): number {
  if (length % c.abi.wordSize !== 0) return -E.INVAL;
  const size = Math.min(Math.ceil(length / 8) * 8, 8192);
  const at = c.arena.take(size);
  const r = syscall(HOST.sched_getaffinity, pid, size, c.arena.host(at));
  if (r < 0) return r;
  const n = Math.min(r, length);
  if (!c.writable(mask, n)) return -E.FAULT;
  for (let i = 0; i < n; i++) c.memory.u8[mask + cpuByte(c, i)] = c.arena.u8[at + i]!;
  return n;
}

function setaffinity(c: Context, pid: number, length: number, mask: number): number {
  const size = Math.min(length, 8192);
  if (!c.readable(mask, size)) return -E.FAULT;
  const at = c.arena.take(size + 8);
  c.arena.u8.fill(0, at, at + size + 8);
  for (let i = 0; i < size; i++) c.arena.u8[at + i] = c.memory.u8[mask + cpuByte(c, i)]!;
  return syscall(HOST.sched_setaffinity, pid, Math.ceil(size / 8) * 8, c.arena.host(at));
}

/** Where the guest keeps byte `i` of a bit set that is little-endian on the host. */
const cpuByte = (c: Context, i: number): number => (c.memory.littleEndian ? i : i ^ (c.abi.wordSize - 1));

const identity: Implementation = (_c, who) => syscall(HOST.getpgid, who);

export const IDENTITY: Table = {
  ...plain('getpid', 'gettid', 'getppid', 'getuid', 'geteuid', 'getgid', 'getegid', 'setsid', 'sched_yield', 'vhangup'),
  ...Object.fromEntries(NARROW_GETTERS.map((n) => [`${n}16`, narrowGetter(n)])),
  ...Object.fromEntries(
    SETTERS.flatMap(([n, count]) => [
      [n, setter(n, count, (id) => id)],
      [`${n}16`, setter(n, count, widen)],
    ]),
  ),
  ...Object.fromEntries(
    TRIPLES.flatMap((n) => [
      [n, triple(n, 4)],
      [`${n}16`, triple(n, 2)],
    ]),
  ),
  getgroups: row([int, address], (c, n, list) => getgroups(c, n, list, 4)),
  getgroups16: row([int, address], (c, n, list) => getgroups(c, n, list, 2)),
  setgroups: row([int, address], (c, n, list) => setgroups(c, n, list, 4)),
  setgroups16: row([int, address], (c, n, list) => setgroups(c, n, list, 2)),
  getpgrp: row([], (c) => identity(c, 0)),
  getpgid: row([int], identity),
  setpgid: row([int, int], host('setpgid')),
  getsid: row([int], host('getsid')),
  getpriority: row([oneOf(PRIO), int], host('getpriority')),
  setpriority: row([oneOf(PRIO), int, int], host('setpriority')),
  nice: row([int], nice),
  sched_getaffinity: row([int, uint, address], getaffinity),
  sched_setaffinity: row([int, uint, address], setaffinity),
  sched_getparam: row([int, outStruct('int')], host('sched_getparam')),
  sched_setparam: row([int, inStruct('int')], host('sched_setparam')),
  sched_getscheduler: row([int], host('sched_getscheduler')),
  sched_setscheduler: row([int, int, inStruct('int')], host('sched_setscheduler')),
  sched_get_priority_max: row([int], host('sched_get_priority_max')),
  sched_get_priority_min: row([int], host('sched_get_priority_min')),
  getcpu: row([outStruct('int'), outStruct('int'), address], (_c, cpu, node) => syscall(HOST.getcpu, cpu, node, 0)),
  ioprio_get: row([int, int], host('ioprio_get')),
  ioprio_set: row([int, int, int], host('ioprio_set')),
  capget: row([address, address], (c, header, data) => syscall(HOST.capget, c.pointer(header, 8), data === 0 ? 0 : c.pointer(data, 24))),
  capset: row([address, address], (c, header, data) => syscall(HOST.capset, c.pointer(header, 8), data === 0 ? 0 : c.pointer(data, 24))),
};

/** nice(2) changes the calling thread's priority; the raw getpriority counts from 1 (lowest) to 40. */
function nice(_c: Context, increment: number): number {
  const current = 20 - syscall(HOST.getpriority, 0, 0);
  return syscall(HOST.setpriority, 0, 0, Math.max(-20, Math.min(19, current + Math.max(-40, Math.min(40, increment)))));
}
