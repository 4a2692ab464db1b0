/** Kernel structs that 32-bit PowerPC declares otherwise than the generic headers (arch/powerpc/include/uapi/asm). */
import { list } from '../layouts/fields';
import { BIG_ENDIAN_MSQID_DS, ILP32_IPC_STRUCTS } from '../layouts/ipc';
import type { FieldSpec, StructSpec } from '../struct-codec';

const STAT_BRIEF = ['st_mode', 'st_size'];
const TERMIOS_BRIEF = ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'];

/** Control characters in PowerPC's order by their asm-generic index; -1: unused. */
const CONTROL_CHARACTERS = [0, 1, 2, 3, 4, 6, 11, 5, 16, 7, 14, 12, 10, 8, 9, 15, 13, -1, -1];
/** Those that struct termio has (NCC). */
const SHORT_CONTROL_CHARACTERS = 10;

const characters = (indices: readonly number[]): FieldSpec[] => indices.map((i) => [i < 0 ? '_unused' : `c_cc.${i}`, 'u8']);

type Bits = readonly (readonly [here: number, generic: number])[];

/** asm/termbits.h against asm-generic's; rates above 38400 baud keep their numbers. */
const MODES: Readonly<Record<string, Bits>> = {
  c_iflag: [
    [0x200, 0x400], // IXON
    [0x400, 0x1000], // IXOFF
    [0x1000, 0x200], // IUCLC
  ],
  c_oflag: [
    [0x2, 0x4], // ONLCR
    [0x4, 0x2], // OLCUC
    [0x100, 0x100], // NLDLY, of which only NL1 is a mode
    [0x400, 0x800], // TABDLY
    [0x800, 0x1000],
    [0x1000, 0x200], // CRDLY
    [0x2000, 0x400],
    [0x4000, 0x8000], // FFDLY
    [0x8000, 0x2000], // BSDLY
    [0x10000, 0x4000], // VTDLY
  ],
  c_cflag: [
    [0x100, 0x10], // CSIZE
    [0x200, 0x20],
    [0x400, 0x40], // CSTOPB
    [0x800, 0x80], // CREAD
    [0x1000, 0x100], // PARENB
    [0x2000, 0x200], // PARODD
    [0x4000, 0x400], // HUPCL
    [0x8000, 0x800], // CLOCAL
  ],
  c_lflag: [
    [0x80, 0x1], // ISIG
    [0x100, 0x2], // ICANON
    [0x4000, 0x4], // XCASE
    [0x8, 0x8], // ECHO
    [0x2, 0x10], // ECHOE
    [0x4, 0x20], // ECHOK
    [0x10, 0x40], // ECHONL
    [0x80000000 | 0, 0x80], // NOFLSH
    [0x400000, 0x100], // TOSTOP
    [0x40, 0x200], // ECHOCTL
    [0x20, 0x400], // ECHOPRT
    [0x1, 0x800], // ECHOKE
    [0x800000, 0x1000], // FLUSHO
    [0x20000000, 0x4000], // PENDIN
    [0x400, 0x8000], // IEXTEN
    [0x10000000, 0x10000], // EXTPROC
  ],
};

/** Times with their upper halves in front. */
const times = (...names: string[]): FieldSpec[] => names.flatMap((n) => list('ulong', `${n}_high`, n));

export const PPC_STRUCTS: Readonly<Record<string, StructSpec>> = {
  stat: {
    fields: [
      ...list('ulong', 'st_dev', 'st_ino'),
      ['st_mode', 'u32'],
      ['st_nlink', 'u16'],
      ...list('u32', 'st_uid', 'st_gid'),
      ...list('ulong', 'st_rdev', 'st_size', 'st_blksize', 'st_blocks'),
      ...list('ulong', 'st_atime', 'st_atime_nsec', 'st_mtime', 'st_mtime_nsec', 'st_ctime', 'st_ctime_nsec'),
      ['_unused', 'ulong', 2],
    ],
    exact: ['st_size'],
    inodes: ['st_ino'],
    brief: STAT_BRIEF,
  },
  stat64: {
    fields: [
      ...list('u64', 'st_dev', 'st_ino'),
      ...list('u32', 'st_mode', 'st_nlink', 'st_uid', 'st_gid'),
      ['st_rdev', 'u64'],
      ['_pad2', 'u16'],
      ['st_size', 'i64'],
      ['st_blksize', 'i32'],
      ['st_blocks', 'i64'],
      ...list('i32', 'st_atime', 'st_atime_nsec', 'st_mtime', 'st_mtime_nsec', 'st_ctime', 'st_ctime_nsec'),
      ['_unused', 'u32', 2],
    ],
    brief: STAT_BRIEF,
  },
  ipc_perm: {
    fields: [['key', 'i32'], ...list('u32', 'uid', 'gid', 'cuid', 'cgid', 'mode', 'seq', '_pad1'), ['_unused', 'u64', 2]],
  },
  semid_ds: {
    ...ILP32_IPC_STRUCTS['semid_ds']!,
    fields: [['perm', 'ipc_perm'], ...times('sem_otime', 'sem_ctime'), ['sem_nsems', 'ulong'], ['_unused', 'ulong', 2]],
  },
  shmid_ds: {
    ...ILP32_IPC_STRUCTS['shmid_ds']!,
    fields: [
      ['perm', 'ipc_perm'],
      ...times('shm_atime', 'shm_dtime', 'shm_ctime'),
      ...list('ulong', '_unused4', 'shm_segsz'),
      ...list('i32', 'shm_cpid', 'shm_lpid'),
      ['shm_nattch', 'ulong'],
      ['_unused', 'ulong', 2],
    ],
  },
  msqid_ds: BIG_ENDIAN_MSQID_DS,
  // It has what others call termios2
  termios: {
    fields: [
      ...list('u32', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'),
      ...characters(CONTROL_CHARACTERS),
      ['c_line', 'u8'],
      ...list('u32', 'c_ispeed', 'c_ospeed'),
    ],
    bits: MODES,
    brief: TERMIOS_BRIEF,
  },
  termio: {
    fields: [
      ...list('u16', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'),
      ['c_line', 'u8'],
      ...characters(CONTROL_CHARACTERS.slice(0, SHORT_CONTROL_CHARACTERS)),
    ],
  },
};
