/** System V IPC: semaphores, shared memory in the guest's address space, messages. */
import { HOST, syscall } from '../../runtime/host';
import { IPC_FLAGS, MSG_COMMAND, SEM_COMMAND, SHM_COMMAND, SHM_FLAGS } from '../constants';
import type { Context } from '../context';
import { callOut, structsIn } from '../conversion';
import { address, flags, guestStruct, int, oneOf, row, uint, type ArgType, type Row, type Table } from '../definition';
import { E } from '../errno';
import { readField } from '../struct-codec';

const PAGE = 4096;
/** Bit of a command that asks for the structs with 32-bit ids; the only ones there are here. */
const IPC_64 = 0x100;
const IPC_SET = 1;
const IPC_STAT = 2;
const IPC_INFO = 3;

/** What a command's argument points to, and who fills it. Commands that are not listed take a number or nothing. */
type CommandStructs = Readonly<Record<number, readonly [name: string, dir: 'in' | 'out']>>;

const SEM: CommandStructs = {
  [IPC_SET]: ['semid_ds', 'in'],
  [IPC_STAT]: ['semid_ds', 'out'],
  [IPC_INFO]: ['seminfo', 'out'],
  18: ['semid_ds', 'out'],
  19: ['seminfo', 'out'],
  20: ['semid_ds', 'out'],
};
const SHM: CommandStructs = {
  [IPC_SET]: ['shmid_ds', 'in'],
  [IPC_STAT]: ['shmid_ds', 'out'],
  [IPC_INFO]: ['shminfo', 'out'],
  13: ['shmid_ds', 'out'],
  14: ['shm_info', 'out'],
  15: ['shmid_ds', 'out'],
};
const MSG: CommandStructs = {
  [IPC_SET]: ['msqid_ds', 'in'],
  [IPC_STAT]: ['msqid_ds', 'out'],
  [IPC_INFO]: ['msginfo', 'out'],
  11: ['msqid_ds', 'out'],
  12: ['msginfo', 'out'],
  13: ['msqid_ds', 'out'],
};

/** The …ctl calls. `call` gets the command without IPC_64 and the argument as the host's. */
function control(c: Context, structs: CommandStructs, command: number, argument: number, call: (argument: number) => number): number {
  const found = structs[command];
  if (found === undefined) return call(argument);
  const [name, dir] = found;
  return dir === 'in' ? call(structsIn(c, name, argument)) : callOut(c, name, argument, call);
}

const GETALL = 13;
const SETVAL = 16;
const SETALL = 17;

function semctl(c: Context, id: number, index: number, command: number, argument: number): number {
  const op = command & ~IPC_64;
  const call = (value: number): number => syscall(HOST.semctl, id, index, op, value);
  if (op === GETALL || op === SETALL) return allValues(c, id, argument, op === SETALL, call);
  return control(c, SEM, op, op === SETVAL ? argument | 0 : argument, call);
}

/** GETALL and SETALL: as many 16-bit values as the set has semaphores. */
function allValues(c: Context, id: number, values: number, store: boolean, call: (host: number) => number): number {
  const layout = c.hostLayout('semid_ds');
  const at = c.arena.take(layout.size);
  const r = syscall(HOST.semctl, id, 0, IPC_STAT, c.arena.host(at));
  // a set that may be changed but not read: its size is unknown, the kernel reads no further than it
  const count = r < 0 ? 1 : readField(c.arena.view, at, layout, 'sem_nsems');
  return store ? call(structsIn(c, 'u16', values, count)) : callOut16(c, values, count, call);
}

function callOut16(c: Context, values: number, count: number, call: (host: number) => number): number {
  const r = call(c.pointer(values, 2 * count));
  if (r >= 0 && !c.memory.littleEndian)
    for (let at = values; at < values + 2 * count; at += 2)
      c.memory.view.setUint16(at, c.memory.view.getUint16(at, true), c.memory.littleEndian);
  return r;
}

/** SEMOPM is at most this; more answers E2BIG by the kernel's own check. */
const MAX_SEMOPS = 32000;

function semop(c: Context, id: number, operations: number, count: number, timeout: number): number {
  const host = structsIn(c, 'sembuf', operations, Math.min(count, MAX_SEMOPS));
  return c.call(HOST.semtimedop, id, host, count, timeout);
}

const semtimedop = (timespec: string): Row =>
  row([int, guestStruct('sembuf', 'in'), uint, { kind: 'struct', name: timespec, dir: 'in', copyOut: 'success' }], semop);

const SHM_RDONLY = 0o10000;
const SHM_RND = 0o20000;
const SHM_REMAP = 0o40000;
const SHM_EXEC = 0o100000;
/** The device that tmpfs files without a mount are on; only so that such mappings count as files. */
const SHMEM_DEVICE = 1;

function shmat(c: Context, id: number, at: number, how: number): number {
  const layout = c.hostLayout('shmid_ds');
  const slot = c.arena.take(layout.size);
  const r = syscall(HOST.shmctl, id, IPC_STAT, c.arena.host(slot));
  if (r < 0) return r;
  const length = readField(c.arena.view, slot, layout, 'shm_segsz');
  const alignment = c.abi.sharedMemoryAlignment ?? PAGE;
  let place: number | undefined;
  if (at !== 0) {
    if (at % alignment !== 0 && (how & SHM_RND) === 0) return -E.INVAL;
    place = at - (at % alignment);
    if ((how & SHM_REMAP) === 0 && !c.space.vmas.isFree(place, place + Math.max(length, 1))) return -E.INVAL;
  } else if ((how & SHM_REMAP) !== 0) return -E.INVAL;
  const prot = 1 | ((how & SHM_RDONLY) === 0 ? 2 : 0) | ((how & SHM_EXEC) === 0 ? 0 : 4);
  const key = readField(c.arena.view, slot, layout, 'perm.key') >>> 0;
  const backing = { name: `${SEGMENT}${key.toString(16).padStart(8, '0')} (deleted)`, device: SHMEM_DEVICE, inode: id };
  // code runs from translations, so the host need not be able to execute the segment
  const hostFlags = SHM_REMAP | (how & SHM_RDONLY);
  return c.space.attach({ address: place, length, prot, shared: true, backing }, alignment, (host) => {
    const mapped = syscall(HOST.shmat, id, host, hostFlags);
    return mapped < 0 ? mapped : 0;
  });
}

const SEGMENT = '/SYSV';

/** Detaches what is left of the segment that was attached at an address. */
function shmdt(c: Context, at: number): number {
  const first = c.space.vmas.at(at);
  if (first === undefined || first.start !== at || first.offset !== 0 || !first.backing.name.startsWith(SEGMENT)) return -E.INVAL;
  const { device, inode } = first.backing;
  const parts = c.space.vmas
    .overlapping(at, 2 ** 32)
    .filter((v) => v.backing.device === device && v.backing.inode === inode && v.offset === v.start - at);
  for (const v of parts) {
    const r = c.space.unmap(v.start, v.end - v.start);
    if (r < 0) return r;
  }
  return 0;
}

const shmctl = (c: Context, id: number, command: number, argument: number): number =>
  control(c, SHM, command & ~IPC_64, argument, (value) => syscall(HOST.shmctl, id, command & ~IPC_64, value));

const msgctl = (c: Context, id: number, command: number, argument: number): number =>
  control(c, MSG, command & ~IPC_64, argument, (value) => syscall(HOST.msgctl, id, command & ~IPC_64, value));

/** Longest message we carry; MSGMAX is 8192 unless the administrator raises it. */
const MAX_MESSAGE = 512 * 1024;

/** struct msgbuf starts with a long, so its text lies elsewhere on the host. */
function msgsnd(c: Context, id: number, message: number, size: number, how: number): number {
  const word = c.abi.wordSize;
  if ((size | 0) < 0 || size > MAX_MESSAGE) return -E.INVAL;
  if (!c.readable(message, word + size)) return -E.FAULT;
  const at = c.arena.take(8 + size);
  c.arena.view.setBigInt64(at, BigInt(c.word(message) | 0), true);
  c.arena.u8.set(c.memory.u8.subarray(message + word, message + word + size), at + 8);
  return c.call(HOST.msgsnd, id, c.arena.host(at), size, how);
}

function msgrcv(c: Context, id: number, message: number, size: number, type: number, how: number): number {
  const word = c.abi.wordSize;
  if ((size | 0) < 0) return -E.INVAL;
  const room = Math.min(size, MAX_MESSAGE);
  const at = c.arena.take(8 + room);
  const r = c.call(HOST.msgrcv, id, c.arena.host(at), room, type, how);
  if (r < 0) return r;
  if (!c.writable(message, word + r)) return -E.FAULT;
  const { view, u8, littleEndian } = c.memory;
  if (word === 4) view.setInt32(message, c.arena.view.getInt32(at, true), littleEndian);
  else view.setBigInt64(message, c.arena.view.getBigInt64(at, true), littleEndian);
  u8.set(c.arena.u8.subarray(at + 8, at + 8 + r), message + word);
  return r;
}

const key: ArgType = { kind: 'uint', base: 16 };
const makeFlags: ArgType = { kind: 'flags', names: IPC_FLAGS, mode: true };

export const IPC: Table = {
  semget: row([key, int, makeFlags], (_c, k, n, how) => syscall(HOST.semget, k, n, how)),
  semop: row([int, guestStruct('sembuf', 'in'), uint], (c, id, operations, count) => semop(c, id, operations, count, 0)),
  semtimedop: semtimedop('timespec64'),
  semtimedop_time32: semtimedop('timespec'),
  semctl: row([int, int, oneOf(SEM_COMMAND), address], semctl),
  shmget: row([key, uint, makeFlags], (_c, k, size, how) => syscall(HOST.shmget, k, size, how)),
  shmat: row([int, address, flags(SHM_FLAGS)], shmat, 'address'),
  shmdt: row([address], shmdt),
  shmctl: row([int, oneOf(SHM_COMMAND), address], shmctl),
  msgget: row([key, makeFlags], (_c, k, how) => syscall(HOST.msgget, k, how)),
  msgsnd: row([int, address, uint, flags(IPC_FLAGS)], msgsnd),
  msgrcv: row([int, address, uint, int, flags(IPC_FLAGS)], msgrcv),
  msgctl: row([int, oneOf(MSG_COMMAND), address], msgctl),
};
