/** Kernel structs that the MIPS o32 ABI declares otherwise than the generic headers (arch/mips/include/uapi/asm). */
import { ILP32_IPC_STRUCTS } from '../layouts/ipc';
import { SIGINFO_STRUCTS } from '../siginfo-structs';
import type { FieldSpec, StructSpec } from '../struct-codec';

const list = (type: string, ...names: string[]): readonly FieldSpec[] => names.map((n) => [n, type]);

const TIMES = ['st_atime', 'st_atime_nsec', 'st_mtime', 'st_mtime_nsec', 'st_ctime', 'st_ctime_nsec'];
const STAT_BRIEF = ['st_mode', 'st_size'];
const STATFS_BRIEF = ['f_type', 'f_bsize', 'f_blocks', 'f_bfree'];

/** Control characters in the order of MIPS's termios by their asm-generic index; -1: unused. */
const CONTROL_CHARACTERS = [0, 1, 2, 3, 6, 5, 16, 7, 8, 9, 10, -1, 12, 13, 14, 15, 4, 11];
const NCCS = 23;

const TERMIOS: readonly FieldSpec[] = [
  ...list('u32', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'),
  ['c_line', 'u8'],
  ...CONTROL_CHARACTERS.map((i): FieldSpec => [i < 0 ? '_unused' : `c_cc.${i}`, 'u8']),
  ['_c_cc', 'u8', NCCS - CONTROL_CHARACTERS.length],
];

/** Bits of c_lflag: [ours, asm-generic]. */
const LOCAL_MODES = {
  c_lflag: [
    [0x100, 0x8000], // IEXTEN
    [0x2000, 0x1000], // FLUSHO
    [0x8000, 0x100], // TOSTOP
  ],
} as const;

/** si_code comes before si_errno (__ARCH_HAS_SWAPPED_SIGINFO). */
function swapped({ fields }: StructSpec): StructSpec {
  const [signo, errno, code, ...rest] = fields;
  return { fields: [signo!, code!, errno!, ...rest] };
}

export const MIPS_STRUCTS: Readonly<Record<string, StructSpec>> = {
  ...Object.fromEntries(Object.entries(SIGINFO_STRUCTS).map(([name, spec]) => [name, swapped(spec)])),
  stat: {
    fields: [
      ['st_dev', 'u32'],
      ['_pad1', 'u32', 3],
      ...list('ulong', 'st_ino'),
      ...list('u32', 'st_mode', 'st_nlink', 'st_uid', 'st_gid', 'st_rdev'),
      ['_pad2', 'u32', 2],
      ...list('long', 'st_size', '_pad3', ...TIMES, 'st_blksize', 'st_blocks'),
      ['_pad4', 'u32', 14],
    ],
    exact: ['st_size'],
    inodes: ['st_ino'],
    brief: STAT_BRIEF,
  },
  stat64: {
    fields: [
      ['st_dev', 'u32'],
      ['_pad0', 'u32', 3],
      ['st_ino', 'u64'],
      ...list('u32', 'st_mode', 'st_nlink', 'st_uid', 'st_gid', 'st_rdev'),
      ['_pad1', 'u32', 3],
      ['st_size', 'i64'],
      ...list('ulong', ...TIMES, 'st_blksize', '_pad2'),
      ['st_blocks', 'i64'],
    ],
    brief: STAT_BRIEF,
  },
  statfs: {
    fields: [
      ...list('long', 'f_type', 'f_bsize', 'f_frsize', 'f_blocks', 'f_bfree', 'f_files', 'f_ffree', 'f_bavail'),
      ['f_fsid', 'i32', 2],
      ...list('long', 'f_namelen', 'f_flags'),
      ['_spare', 'long', 5],
    ],
    exact: ['f_blocks', 'f_bfree', 'f_bavail'],
    brief: STATFS_BRIEF,
  },
  statfs64: {
    fields: [
      ...list('u32', 'f_type', 'f_bsize', 'f_frsize', '_pad'),
      ...list('u64', 'f_blocks', 'f_bfree', 'f_files', 'f_ffree', 'f_bavail'),
      ['f_fsid', 'i32', 2],
      ...list('u32', 'f_namelen', 'f_flags'),
      ['_spare', 'u32', 5],
    ],
    brief: STATFS_BRIEF,
  },
  flock: {
    fields: [...list('i16', 'l_type', 'l_whence'), ...list('long', 'l_start', 'l_len', '_sysid'), ['l_pid', 'i32'], ['_pad', 'long', 4]],
    exact: ['l_start', 'l_len'],
  },
  semid_ds: {
    ...ILP32_IPC_STRUCTS['semid_ds']!,
    fields: [['perm', 'ipc_perm'], ...list('ulong', 'sem_otime', 'sem_ctime', 'sem_nsems', 'sem_otime_high', 'sem_ctime_high')],
  },
  shmid_ds: {
    ...ILP32_IPC_STRUCTS['shmid_ds']!,
    fields: [
      ['perm', 'ipc_perm'],
      ...list('ulong', 'shm_segsz', 'shm_atime', 'shm_dtime', 'shm_ctime'),
      ...list('i32', 'shm_cpid', 'shm_lpid'),
      ['shm_nattch', 'ulong'],
      ...list('u16', 'shm_atime_high', 'shm_dtime_high', 'shm_ctime_high', '_unused'),
    ],
  },
  sigaction: {
    fields: [
      ['sa_flags', 'u32'],
      ['sa_handler', 'pointer'],
      ['sa_mask', 'sigset_t'],
    ],
  },
  // as sigaction, but only the first word of the mask counts
  old_sigaction: {
    fields: [
      ['sa_flags', 'u32'],
      ['sa_handler', 'pointer'],
      ['sa_mask', 'ulong'],
      ['_rest', 'ulong', 3],
    ],
  },
  sigset_t: { fields: [['bits', 'ulong', 4]] },
  stack_t: {
    fields: [
      ['ss_sp', 'pointer'],
      ['ss_size', 'ulong'],
      ['ss_flags', 'i32'],
    ],
  },
  termios: { fields: TERMIOS, bits: LOCAL_MODES, brief: ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'] },
  // Eight control characters count (NCC)
  termio: {
    fields: [
      ...list('u16', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'),
      ['c_line', 'u8'],
      ...CONTROL_CHARACTERS.slice(0, 8).map((i): FieldSpec => [`c_cc.${i}`, 'u8']),
      ['_c_cc', 'u8', NCCS - 8],
    ],
  },
  termios2: {
    fields: [...TERMIOS, ...list('u32', 'c_ispeed', 'c_ospeed')],
    bits: LOCAL_MODES,
    brief: ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'],
  },
};
