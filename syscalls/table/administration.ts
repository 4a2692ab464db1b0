/** What administrators do: swap, quotas, kernel modules, rebooting. The kernel decides who may. */
import { HOST, syscall } from '../../runtime/host';
import { swapFields } from '../byte-swap';
import type { Context } from '../context';
import { callOut, structsIn } from '../conversion';
import {
  address,
  existingPath,
  fd,
  guestStruct,
  hex,
  host,
  inBytes,
  int,
  outStruct,
  path,
  row,
  string,
  uint,
  type Table,
} from '../definition';
import { E } from '../errno';

/** Subcommands of quotactl(2) and what their argument is. */
const QUOTA: Readonly<Record<number, 'in' | 'out' | 'next' | 'path' | 'none' | 'infoIn' | 'infoOut' | 'format'>> = {
  0x800001: 'none', // Q_SYNC
  0x800002: 'path', // Q_QUOTAON
  0x800003: 'none', // Q_QUOTAOFF
  0x800004: 'format', // Q_GETFMT
  0x800005: 'infoOut', // Q_GETINFO
  0x800006: 'infoIn', // Q_SETINFO
  0x800007: 'out', // Q_GETQUOTA
  0x800008: 'in', // Q_SETQUOTA
  0x800009: 'next', // Q_GETNEXTQUOTA
};

/** quotactl and quotactl_fd differ in how they name the file system. */
function quota(c: Context, command: number, argument: number, call: (host: number) => number): number {
  switch (QUOTA[command >>> 8]) {
    case 'none':
      return call(0);
    case 'path':
      return call(argument === 0 ? 0 : c.paths.existing(argument, true));
    case 'format':
      return callOut(c, 'uint', argument, call);
    case 'infoOut':
      return callOut(c, 'if_dqinfo', argument, call);
    case 'infoIn':
      return call(structsIn(c, 'if_dqinfo', argument));
    case 'out':
      return callOut(c, 'if_dqblk', argument, call);
    case 'in':
      return call(structsIn(c, 'if_dqblk', argument));
    case 'next':
      return callOut(c, 'if_nextdqblk', argument, call);
    default:
      return -E.INVAL;
  }
}

const RESTART2 = 0xa1b2c3d4;

/** Only RESTART2 takes a string. */
const reboot = (c: Context, magic: number, magic2: number, command: number, argument: number): number =>
  syscall(HOST.reboot, magic, magic2, command, command >>> 0 === RESTART2 ? c.base + argument : 0);

/** Calls that newer architectures such as AArch64 never had. */
function onX64(name: 'sysfs' | 'ustat', a: number, b: number, c = 0): number {
  const nr: number | undefined = (HOST as Readonly<Record<string, number>>)[name];
  return nr === undefined ? -E.NOSYS : syscall(nr, a, b, c);
}

const FILE_SYSTEM_NUMBER = 1;
const FILE_SYSTEM_NAME = 2;

/** sysfs(2): number of a name, name of a number, or how many file systems there are. */
function sysfs(c: Context, option: number, a: number, b: number): number {
  return onX64('sysfs', option, option === FILE_SYSTEM_NUMBER ? c.base + a : a, option === FILE_SYSTEM_NAME ? c.base + b : 0);
}

export const ADMINISTRATION: Table = {
  swapon: row([path, hex], (_c, p, how) => syscall(HOST.swapon, p, how)),
  swapoff: row([path], (_c, p) => syscall(HOST.swapoff, p)),
  quotactl: row([hex, existingPath, int, address], (c, command, device, id, argument) =>
    quota(c, command, argument, (at) => syscall(HOST.quotactl, command, device, id, at)),
  ),
  quotactl_fd: row([fd, hex, int, address], (c, h, command, id, argument) =>
    quota(c, command, argument, (at) => syscall(HOST.quotactl_fd, h, command, id, at)),
  ),
  reboot: row([hex, hex, hex, address], reboot),
  init_module: row([inBytes(1), uint, string], host('init_module')),
  finit_module: row([fd, string, hex], host('finit_module')),
  delete_module: row([string, hex], host('delete_module')),
  sysfs: row([int, address, address], sysfs),
  ustat: row([hex, outStruct('ustat')], (_c, device, result) => onX64('ustat', device, result)),
  sched_setattr: row([int, guestStruct('sched_attr', 'in'), uint], schedSetattr),
  sched_getattr: row([int, guestStruct('sched_attr', 'out'), uint, uint], schedGetattr),
};

/** Bytes of the first version of struct sched_attr, which says its own size. */
const SCHED_ATTR_SIZE = 48;

function schedSetattr(c: Context, pid: number, attributes: number, how: number): number {
  if (attributes === 0) return syscall(HOST.sched_setattr, pid, 0, how);
  if (c.memory.littleEndian) return syscall(HOST.sched_setattr, pid, c.pointer(attributes, SCHED_ATTR_SIZE), how);
  const layout = c.hostLayout('sched_attr');
  if (!c.readable(attributes, 4)) return -E.FAULT;
  const size = Math.min(c.memory.view.getUint32(attributes, false) || SCHED_ATTR_SIZE, layout.size);
  if (!c.readable(attributes, size)) return -E.FAULT;
  const at = c.arena.take(layout.size);
  c.arena.u8.set(c.memory.u8.subarray(attributes, attributes + size), at);
  swapFields(c.arena.u8, at, size, layout);
  return syscall(HOST.sched_setattr, pid, c.arena.host(at), how);
}

function schedGetattr(c: Context, pid: number, attributes: number, size: number, how: number): number {
  const r = syscall(HOST.sched_getattr, pid, attributes === 0 ? 0 : c.pointer(attributes, size), size, how);
  if (r >= 0 && !c.memory.littleEndian) swapFields(c.memory.u8, attributes, size, c.hostLayout('sched_attr'));
  return r;
}
