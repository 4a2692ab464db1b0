/**
 * The Linux ABI of 32-bit ARM, EABI flavour (arch/arm/tools/syscall.tbl, arch/arm/include/uapi/asm).
 */
import { ILP32_STRUCTS } from '../structs';
import type { StructSpec } from '../struct-codec';
import type { Abi } from './abi';
import { ARM_EABI_NUMBERS } from './arm-numbers';
import { oabi } from './arm-oabi';
import { ilp32Rows } from './ilp32-calls';

/** Calls that pass user and group ids in 16 bits, each beside a `…32` call that passes them whole. */
const SHORT_ID_CALLS = [
  ...['getuid', 'getgid', 'geteuid', 'getegid', 'setuid', 'setgid', 'setreuid', 'setregid', 'setresuid', 'setresgid'],
  ...['getresuid', 'getresgid', 'setfsuid', 'setfsgid', 'getgroups', 'setgroups', 'chown', 'lchown', 'fchown'],
];

const STAT: StructSpec = {
  fields: [
    ['st_dev', 'ulong'],
    ['st_ino', 'ulong'],
    ['st_mode', 'u16'],
    ['st_nlink', 'u16'],
    ['st_uid', 'u16'],
    ['st_gid', 'u16'],
    ['st_rdev', 'ulong'],
    ['st_size', 'ulong'],
    ['st_blksize', 'ulong'],
    ['st_blocks', 'ulong'],
    ['st_atime', 'ulong'],
    ['st_atime_nsec', 'ulong'],
    ['st_mtime', 'ulong'],
    ['st_mtime_nsec', 'ulong'],
    ['st_ctime', 'ulong'],
    ['st_ctime_nsec', 'ulong'],
    ['_unused', 'ulong', 2],
  ],
  exact: ['st_size'],
  inodes: ['st_ino'],
  brief: ['st_mode', 'st_size'],
};

const STAT64: StructSpec = {
  fields: [
    ['st_dev', 'u64'],
    ['_pad0', 'u8', 4],
    ['low_st_ino', 'ulong'],
    ['st_mode', 'u32'],
    ['st_nlink', 'u32'],
    ['st_uid', 'ulong'],
    ['st_gid', 'ulong'],
    ['st_rdev', 'u64'],
    ['_pad3', 'u8', 4],
    ['st_size', 'i64'],
    ['st_blksize', 'ulong'],
    ['st_blocks', 'u64'],
    ['st_atime', 'ulong'],
    ['st_atime_nsec', 'ulong'],
    ['st_mtime', 'ulong'],
    ['st_mtime_nsec', 'ulong'],
    ['st_ctime', 'ulong'],
    ['st_ctime_nsec', 'ulong'],
    ['st_ino', 'u64'],
  ],
  // __st_ino in the headers: where the inode number was before it grew
  copies: { low_st_ino: 'st_ino' },
  inodes: ['low_st_ino'],
  brief: ['st_mode', 'st_size'],
};

const statfs = (word: 'ulong' | 'u64'): StructSpec => ({
  fields: [
    ['f_type', 'u32'],
    ['f_bsize', 'u32'],
    ['f_blocks', word],
    ['f_bfree', word],
    ['f_bavail', word],
    ['f_files', word],
    ['f_ffree', word],
    ['f_fsid', 'i32', 2],
    ['f_namelen', 'u32'],
    ['f_frsize', 'u32'],
    ['f_flags', 'u32'],
    ['_spare', 'u32', 4],
  ],
  pack: 4,
  exact: ['f_blocks', 'f_bfree', 'f_bavail'],
  brief: ['f_type', 'f_bsize', 'f_blocks', 'f_bfree'],
});

/** Modes have 16 bits. */
const IPC_PERM: StructSpec = {
  fields: [
    ['key', 'i32'],
    ['uid', 'u32'],
    ['gid', 'u32'],
    ['cuid', 'u32'],
    ['cgid', 'u32'],
    ['mode', 'u16'],
    ['_pad1', 'u16'],
    ['seq', 'u16'],
    ['_pad2', 'u16'],
    ['_unused', 'ulong', 2],
  ],
};

/** Private calls end at 0xf07ff (arm_syscall in arch/arm/kernel/traps.c). */
const FIRST_REFUSED = 0xf0800;

const EABI: Abi = {
  name: 'arm-eabi',
  machine: 'armv7l',
  byteOrder: 'little',
  wordSize: 4,
  alignOf64: 8,
  numbers: ARM_EABI_NUMBERS,
  rows: {
    ...Object.fromEntries(
      SHORT_ID_CALLS.flatMap((n) => [
        [n, `${n}16`],
        [`${n}32`, n],
      ]),
    ),
    ...ilp32Rows(ARM_EABI_NUMBERS),
    ugetrlimit: 'getrlimit',
    arm_fadvise64_64: 'fadvise64_advice_first',
    arm_sync_file_range: 'sync_file_range2',
  },
  alignsRegisterPairs: true,
  sharedMemoryAlignment: 0x4000,
  constants: {
    open: { O_DIRECTORY: 0o40000, O_NOFOLLOW: 0o100000, O_DIRECT: 0o200000, O_LARGEFILE: 0o400000 },
    ioctl: { FIOQSIZE: 0x545e },
  },
  errno: new Map(),
  structs: { ...ILP32_STRUCTS, ipc_perm: IPC_PERM, stat: STAT, stat64: STAT64, statfs: statfs('ulong'), statfs64: statfs('u64') },
  refuses: (nr) => nr >>> 0 >= FIRST_REFUSED,
};

export const ARM_EABI: Abi = { ...EABI, older: oabi(EABI) };

/** Big-endian headers kept the 16-bit device numbers of the first ones. */
const STAT_BIG: StructSpec = {
  ...STAT,
  fields: STAT.fields.flatMap((field): StructSpec['fields'] => {
    const [name] = field;
    if (name !== 'st_dev' && name !== 'st_rdev') return [field];
    return [
      [name, 'u16'],
      [`_pad_${name}`, 'u16'],
    ];
  }),
};

const bigEndian = (name: string): Abi => {
  const abi: Abi = { ...EABI, name, machine: 'armv7b', byteOrder: 'big', structs: { ...EABI.structs, stat: STAT_BIG } };
  return { ...abi, older: oabi(abi) };
};

export const ARM_BE8_EABI = bigEndian('arm-be8');
export const ARM_BE32_EABI = bigEndian('arm-be32');
