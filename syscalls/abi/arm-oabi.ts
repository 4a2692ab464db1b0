/**
 * System calls of programs from before the ARM EABI, as Linux with CONFIG_OABI_COMPAT takes them (arch/arm/kernel/sys_oabi-compat.c):
 * the number is in the instruction, 64-bit arguments start at any register, and 64-bit fields are aligned to 4 bytes.
 */
import type { StructSpec } from '../struct-codec';
import type { Abi, OlderCalls } from './abi';

/** Added to the numbers of these calls, which have 24 bits. */
export const OABI_BASE = 2 ** 24;

/** Calls that the EABI did without. */
const NUMBERS: Readonly<Record<string, number>> = {
  time: 13,
  umount: 22,
  alarm: 27,
  utime: 30,
  getrlimit: 76,
  select: 82,
  mmap: 90,
  socketcall: 102,
  ipc: 117,
};

/** Structs were multiples of 4 bytes. */
const SEMBUF: StructSpec = {
  fields: [
    ['sem_num', 'u16'],
    ['sem_op', 'i16'],
    ['sem_flg', 'i16'],
    ['_pad', 'u16'],
  ],
};

/** Calls whose arguments lie differently; the others are those of the EABI. */
const DIFFERENT: readonly string[] = [
  ...['stat64', 'lstat64', 'fstat64', 'fstatat64', 'fcntl64', 'epoll_ctl', 'epoll_wait', 'semop', 'semtimedop', 'ipc'],
  ...['pread64', 'pwrite64', 'truncate64', 'ftruncate64', 'readahead'],
];

/** The older calls of a process whose other calls are of `eabi`. */
export function oabi(eabi: Abi): OlderCalls {
  const abi: Abi = {
    ...eabi,
    name: `${eabi.name} (OABI)`,
    alignOf64: 4,
    alignsRegisterPairs: false,
    numbers: { ...eabi.numbers, ...NUMBERS },
    rows: { ...eabi.rows, getrlimit: 'old_getrlimit', select: 'old_select', mmap: 'old_mmap' },
    structs: { ...eabi.structs, sembuf: SEMBUF },
  };
  return { base: OABI_BASE, abi, different: new Set(DIFFERENT) };
}
