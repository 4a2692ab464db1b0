/** fcntl: one row per command says how its argument is passed. */
import { HOST, syscall } from '../../runtime/host';
import type { Abi } from '../abi/abi';
import { HOST_OPEN, O } from '../constants';
import type { Context } from '../context';
import { callOut, structsIn } from '../conversion';
import { address, int, oneOf, row, type Table } from '../definition';
import { E } from '../errno';
import { guestSignal, hostSignal } from '../signal-sets';
import { differingBits, translateBits } from '../thunk';
import { duplicate } from './open';

type Argument =
  | 'none'
  | 'value'
  | 'flock'
  | 'flock64'
  | 'ownerIn'
  | 'ownerOut'
  | 'uids'
  | 'hintIn'
  | 'hintOut'
  | 'signal'
  | 'getSignal'
  | 'duplicate'
  | 'getCloexec'
  | 'setCloexec'
  | 'getFlags'
  | 'setFlags';

interface Command {
  readonly number: number;
  readonly argument: Argument;
  /** The host's number, if another. */
  readonly host?: number;
}

/** asm-generic/fcntl.h and linux/fcntl.h. The …LK64 commands exist on 32-bit ABIs; a 64-bit kernel has one set. */
export const FCNTL: Readonly<Record<string, Command>> = {
  F_DUPFD: { number: 0, argument: 'duplicate' },
  F_GETFD: { number: 1, argument: 'getCloexec' },
  F_SETFD: { number: 2, argument: 'setCloexec' },
  F_GETFL: { number: 3, argument: 'getFlags' },
  F_SETFL: { number: 4, argument: 'setFlags' },
  F_GETLK: { number: 5, argument: 'flock' },
  F_SETLK: { number: 6, argument: 'flock' },
  F_SETLKW: { number: 7, argument: 'flock' },
  F_SETOWN: { number: 8, argument: 'value' },
  F_GETOWN: { number: 9, argument: 'none' },
  F_SETSIG: { number: 10, argument: 'signal' },
  F_GETSIG: { number: 11, argument: 'getSignal' },
  F_GETLK64: { number: 12, argument: 'flock64', host: 5 },
  F_SETLK64: { number: 13, argument: 'flock64', host: 6 },
  F_SETLKW64: { number: 14, argument: 'flock64', host: 7 },
  F_SETOWN_EX: { number: 15, argument: 'ownerIn' },
  F_GETOWN_EX: { number: 16, argument: 'ownerOut' },
  F_GETOWNER_UIDS: { number: 17, argument: 'uids' },
  F_OFD_GETLK: { number: 36, argument: 'flock64' },
  F_OFD_SETLK: { number: 37, argument: 'flock64' },
  F_OFD_SETLKW: { number: 38, argument: 'flock64' },
  F_SETLEASE: { number: 1024, argument: 'value' },
  F_GETLEASE: { number: 1025, argument: 'none' },
  F_NOTIFY: { number: 1026, argument: 'value' },
  F_DUPFD_CLOEXEC: { number: 1030, argument: 'duplicate' },
  F_SETPIPE_SZ: { number: 1031, argument: 'value' },
  F_GETPIPE_SZ: { number: 1032, argument: 'none' },
  F_ADD_SEALS: { number: 1033, argument: 'value' },
  F_GET_SEALS: { number: 1034, argument: 'none' },
  F_GET_RW_HINT: { number: 1035, argument: 'hintOut' },
  F_SET_RW_HINT: { number: 1036, argument: 'hintIn' },
  F_GET_FILE_RW_HINT: { number: 1037, argument: 'hintOut' },
  F_SET_FILE_RW_HINT: { number: 1038, argument: 'hintIn' },
};

const NAMES = Object.fromEntries(Object.entries(FCNTL).map(([n, k]) => [n, k.number]));
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;
const GET_LOCKS: ReadonlySet<number> = new Set([5, 36]);

const commandsOf = new Map<Abi, ReadonlyMap<number, Command>>();

function byNumber(abi: Abi): ReadonlyMap<number, Command> {
  let commands = commandsOf.get(abi);
  if (commands === undefined) {
    const own = abi.constants.fcntl ?? {};
    commandsOf.set(abi, (commands = new Map(Object.entries(FCNTL).map(([n, k]) => [own[n] ?? k.number, k]))));
  }
  return commands;
}

/** Record locks: the kernel writes the answer of …GETLK into the same struct. */
function lock(c: Context, hostFd: number, command: number, name: 'flock' | 'flock64', at: number): number {
  const guest = c.guestLayout(name);
  const inward = c.fromGuest(name, 'flock');
  if (!c.readable(at, guest.size)) return -E.FAULT;
  const slot = c.arena.take(inward.to.size);
  inward.copy(c.memory.view, at, c.arena.view, slot);
  const r = c.call(HOST.fcntl, hostFd, command, c.arena.host(slot));
  if (r < 0 || !GET_LOCKS.has(command)) return r;
  if (!c.writable(at, guest.size)) return -E.FAULT;
  return c.toGuest('flock', name).copy(c.arena.view, slot, c.memory.view, at) ? r : -E.OVERFLOW;
}

function fcntl(c: Context, guestFd: number, number: number, value: number): number {
  const hostFd = c.fds.host(guestFd);
  if (hostFd < 0) return -E.BADF;
  const command = byNumber(c.abi).get(number);
  return command === undefined ? -E.INVAL : run(c, command, guestFd, hostFd, value);
}

function run(c: Context, command: Command, guestFd: number, hostFd: number, value: number): number {
  const nr = command.host ?? command.number;
  switch (command.argument) {
    case 'none':
    case 'value':
      return syscall(HOST.fcntl, hostFd, nr, value | 0);
    case 'ownerIn':
      return syscall(HOST.fcntl, hostFd, nr, structsIn(c, 'f_owner_ex', value));
    case 'ownerOut':
      return callOut(c, 'f_owner_ex', value, (at) => syscall(HOST.fcntl, hostFd, nr, at));
    case 'uids':
      return callOut(c, 'u32_pair', value, (at) => syscall(HOST.fcntl, hostFd, nr, at));
    case 'hintIn':
      return syscall(HOST.fcntl, hostFd, nr, structsIn(c, 'u64', value));
    case 'hintOut':
      return callOut(c, 'u64', value, (at) => syscall(HOST.fcntl, hostFd, nr, at));
    case 'signal':
      return syscall(HOST.fcntl, hostFd, nr, hostSignal(c.abi, value | 0));
    case 'getSignal': {
      const signal = syscall(HOST.fcntl, hostFd, nr);
      return signal > 0 ? guestSignal(c.abi, signal) : signal;
    }
    case 'flock':
    case 'flock64':
      return lock(c, hostFd, nr, command.argument, value);
    case 'duplicate':
      return value >= c.fds.limit ? -E.INVAL : duplicate(c, hostFd, value, nr === F_DUPFD_CLOEXEC);
    case 'getCloexec':
      return c.fds.cloexec(guestFd) ? FD_CLOEXEC : 0;
    case 'setCloexec':
      c.fds.setCloexec(guestFd, (value & FD_CLOEXEC) !== 0);
      return 0;
    case 'getFlags': {
      const r = syscall(HOST.fcntl, hostFd, nr);
      if (r < 0) return r;
      // a 64-bit kernel sets O_LARGEFILE on every file; a 32-bit guest did not ask for it
      const own = c.abi.wordSize === 4 ? r & ~(HOST_OPEN['O_LARGEFILE'] ?? O.O_LARGEFILE) : r;
      return translateBits(own, differingBits(c.abi, 'open', O), 1);
    }
    case 'setFlags':
      return syscall(HOST.fcntl, hostFd, nr, translateBits(value, differingBits(c.abi, 'open', O), 0));
  }
}

export const FCNTL_CALLS: Table = { fcntl: row([int, oneOf(NAMES), address], fcntl) };
