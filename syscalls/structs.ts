/**
 * Kernel structs in the generic layout of include/uapi (asm-generic), each declared once. An ABI that
 * declares one otherwise lists it in its `structs`; names are the kernel's, `…64` variants for the
 * time64 calls take 64-bit seconds on every ABI.
 */
import { DEVICE_STRUCTS, SHORT_DEVICE_STRUCTS, X64_DEVICE_STRUCTS } from './layouts/devices';
import { list } from './layouts/fields';
import { ILP32_IPC_STRUCTS, IPC_STRUCTS, X64_IPC_STRUCTS } from './layouts/ipc';
import { SOCKET_STRUCTS } from './layouts/sockets';
import { SIGINFO_STRUCTS } from './siginfo-structs';
import type { DataModel, FieldSpec, StructSpec } from './struct-codec';

const NANOSECOND_TIMES: readonly FieldSpec[] = list(
  'ulong',
  'st_atime',
  'st_atime_nsec',
  'st_mtime',
  'st_mtime_nsec',
  'st_ctime',
  'st_ctime_nsec',
);
const STAT_BRIEF = ['st_mode', 'st_size'];
const STATFS_BRIEF = ['f_type', 'f_bsize', 'f_blocks', 'f_bfree'];

export const STRUCTS: Readonly<Record<string, StructSpec>> = {
  ...SIGINFO_STRUCTS,
  ...IPC_STRUCTS,
  ...SOCKET_STRUCTS,
  ...DEVICE_STRUCTS,
  timespec: { fields: list('long', 'tv_sec', 'tv_nsec') },
  // 32-bit callers leave the upper half of tv_nsec undefined and the kernel ignores it (get_timespec64)
  timespec64: {
    fields: [
      ['tv_sec', 'i64'],
      ['tv_nsec', 'long64'],
    ],
  },
  timeval: { fields: list('long', 'tv_sec', 'tv_usec') },
  timeval64: { fields: list('i64', 'tv_sec', 'tv_usec') },
  timezone: { fields: list('i32', 'tz_minuteswest', 'tz_dsttime') },
  timespec_pair: { fields: list('timespec', 'atime', 'mtime') },
  timespec64_pair: { fields: list('timespec64', 'atime', 'mtime') },
  timeval_pair: { fields: list('timeval', 'atime', 'mtime') },
  utimbuf: { fields: list('long', 'actime', 'modtime') },
  itimerspec: { fields: list('timespec', 'it_interval', 'it_value') },
  itimerspec64: { fields: list('timespec64', 'it_interval', 'it_value') },
  itimerval: { fields: list('timeval', 'it_interval', 'it_value') },
  tms: { fields: list('long', 'tms_utime', 'tms_stime', 'tms_cutime', 'tms_cstime') },
  rusage: {
    fields: [
      ...list('timeval', 'ru_utime', 'ru_stime'),
      ...list('long', 'ru_maxrss', 'ru_ixrss', 'ru_idrss', 'ru_isrss', 'ru_minflt', 'ru_majflt', 'ru_nswap', 'ru_inblock', 'ru_oublock'),
      ...list('long', 'ru_msgsnd', 'ru_msgrcv', 'ru_nsignals', 'ru_nvcsw', 'ru_nivcsw'),
    ],
    brief: ['ru_utime.tv_sec', 'ru_utime.tv_usec', 'ru_stime.tv_sec', 'ru_stime.tv_usec'],
  },
  rlimit: { fields: list('ulong', 'rlim_cur', 'rlim_max') },
  rlimit64: { fields: list('u64', 'rlim_cur', 'rlim_max') },
  stat: {
    fields: [
      ...list('ulong', 'st_dev', 'st_ino'),
      ...list('u32', 'st_mode', 'st_nlink', 'st_uid', 'st_gid'),
      ['st_rdev', 'ulong'],
      ['_pad1', 'ulong'],
      ['st_size', 'long'],
      ['st_blksize', 'i32'],
      ['_pad2', 'i32'],
      ['st_blocks', 'long'],
      ...NANOSECOND_TIMES,
      ['_unused', 'u32', 2],
    ],
    exact: ['st_size'],
    inodes: ['st_ino'],
    brief: STAT_BRIEF,
  },
  stat64: {
    fields: [
      ...list('u64', 'st_dev', 'st_ino'),
      ...list('u32', 'st_mode', 'st_nlink', 'st_uid', 'st_gid'),
      ...list('u64', 'st_rdev', '_pad1'),
      ['st_size', 'i64'],
      ...list('i32', 'st_blksize', '_pad2'),
      ['st_blocks', 'i64'],
      ...list('i32', 'st_atime', 'st_atime_nsec', 'st_mtime', 'st_mtime_nsec', 'st_ctime', 'st_ctime_nsec'),
      ['_unused', 'u32', 2],
    ],
    brief: STAT_BRIEF,
  },
  statx_timestamp: {
    fields: [
      ['tv_sec', 'i64'],
      ['tv_nsec', 'u32'],
      ['_reserved', 'i32'],
    ],
  },
  statx: {
    fields: [
      ...list('u32', 'stx_mask', 'stx_blksize'),
      ['stx_attributes', 'u64'],
      ...list('u32', 'stx_nlink', 'stx_uid', 'stx_gid'),
      ['stx_mode', 'u16'],
      ['_spare0', 'u16'],
      ...list('u64', 'stx_ino', 'stx_size', 'stx_blocks', 'stx_attributes_mask'),
      ...list('statx_timestamp', 'stx_atime', 'stx_btime', 'stx_ctime', 'stx_mtime'),
      ...list('u32', 'stx_rdev_major', 'stx_rdev_minor', 'stx_dev_major', 'stx_dev_minor'),
      ['stx_mnt_id', 'u64'],
      ...list('u32', 'stx_dio_mem_align', 'stx_dio_offset_align'),
      ['_spare3', 'u64', 12],
    ],
    brief: ['stx_mask', 'stx_mode', 'stx_size'],
  },
  statfs: {
    fields: [
      ...list('long', 'f_type', 'f_bsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree'),
      ['f_fsid', 'i32', 2],
      ...list('long', 'f_namelen', 'f_frsize', 'f_flags'),
      ['_spare', 'long', 4],
    ],
    brief: STATFS_BRIEF,
  },
  statfs64: {
    fields: [
      ...list('long', 'f_type', 'f_bsize'),
      ...list('u64', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree'),
      ['f_fsid', 'i32', 2],
      ...list('long', 'f_namelen', 'f_frsize', 'f_flags'),
      ['_spare', 'long', 4],
    ],
    brief: STATFS_BRIEF,
  },
  flock: {
    fields: [...list('i16', 'l_type', 'l_whence'), ...list('long', 'l_start', 'l_len'), ['l_pid', 'i32']],
    exact: ['l_start', 'l_len'],
  },
  flock64: { fields: [...list('i16', 'l_type', 'l_whence'), ...list('i64', 'l_start', 'l_len'), ['l_pid', 'i32']] },
  f_owner_ex: { fields: list('i32', 'type', 'pid') },
  open_how: { fields: list('u64', 'flags', 'mode', 'resolve') },
  epoll_event: {
    fields: [
      ['events', 'u32'],
      ['data', 'u64'],
    ],
  },
  pollfd: { fields: [['fd', 'i32'], ...list('i16', 'events', 'revents')] },
  iovec: {
    fields: [
      ['iov_base', 'pointer'],
      ['iov_len', 'ulong'],
    ],
  },
  msghdr: {
    fields: [
      ['msg_name', 'pointer'],
      ['msg_namelen', 'i32'],
      ['msg_iov', 'pointer'],
      ['msg_iovlen', 'ulong'],
      ['msg_control', 'pointer'],
      ['msg_controllen', 'ulong'],
      ['msg_flags', 'u32'],
    ],
  },
  cmsghdr: { fields: [['cmsg_len', 'ulong'], ...list('i32', 'cmsg_level', 'cmsg_type')] },
  sock_fprog: {
    fields: [
      ['len', 'u16'],
      ['filter', 'pointer'],
    ],
  },
  sysinfo: {
    fields: [
      ['uptime', 'long'],
      ['loads', 'ulong', 3],
      ...list('ulong', 'totalram', 'freeram', 'sharedram', 'bufferram', 'totalswap', 'freeswap'),
      ...list('u16', 'procs', '_pad'),
      ...list('ulong', 'totalhigh', 'freehigh'),
      ['mem_unit', 'u32'],
    ],
    brief: ['uptime', 'totalram', 'freeram', 'procs', 'mem_unit'],
  },
  sigaction: {
    fields: [
      ['sa_handler', 'pointer'],
      ['sa_flags', 'ulong'],
      ['sa_restorer', 'pointer'],
      ['sa_mask', 'sigset_t'],
    ],
  },
  // the mask of before there were real-time signals (struct old_sigaction)
  old_sigaction: {
    fields: [
      ['sa_handler', 'pointer'],
      ['sa_mask', 'ulong'],
      ['sa_flags', 'ulong'],
      ['sa_restorer', 'pointer'],
    ],
  },
  sigset_t: { fields: [['bits', 'ulong', 1]] },
  stack_t: {
    fields: [
      ['ss_sp', 'pointer'],
      ['ss_flags', 'i32'],
      ['ss_size', 'ulong'],
    ],
  },
  winsize: { fields: list('u16', 'ws_row', 'ws_col', 'ws_xpixel', 'ws_ypixel') },
  termios: {
    fields: [...list('u32', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'), ['c_line', 'u8'], ['c_cc', 'u8', 19]],
    brief: ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'],
  },
  termios2: {
    fields: [
      ...list('u32', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'),
      ['c_line', 'u8'],
      ['c_cc', 'u8', 19],
      ...list('u32', 'c_ispeed', 'c_ospeed'),
    ],
    brief: ['c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'],
  },
  termio: { fields: [...list('u16', 'c_iflag', 'c_oflag', 'c_cflag', 'c_lflag'), ['c_line', 'u8'], ['c_cc', 'u8', 8]] },
  file_clone_range: { fields: [['src_fd', 'i64'], ...list('u64', 'src_offset', 'src_length', 'dest_offset')] },
  clone_args: {
    fields: [
      ...list('u64', 'flags', 'pidfd', 'child_tid', 'parent_tid', 'exit_signal', 'stack', 'stack_size', 'tls'),
      ...list('u64', 'set_tid', 'set_tid_size', 'cgroup'),
    ],
    brief: ['flags', 'exit_signal', 'stack', 'stack_size'],
  },
  sched_param: { fields: [['sched_priority', 'i32']] },
  int: { fields: [['value', 'i32']] },
  uint: { fields: [['value', 'u32']] },
  long: { fields: [['value', 'long']] },
  u16: { fields: [['value', 'u16']] },
  u64: { fields: [['value', 'u64']] },
  char: { fields: [['value', 'u8']] },
};

/** struct stat of x86-64 (arch/x86/include/uapi/asm/stat.h); AArch64 has the generic one. */
const X64_STAT: StructSpec = {
  fields: [
    ...list('u64', 'st_dev', 'st_ino', 'st_nlink'),
    ...list('u32', 'st_mode', 'st_uid', 'st_gid', '_pad0'),
    ...list('u64', 'st_rdev'),
    ...list('i64', 'st_size', 'st_blksize', 'st_blocks'),
    ...NANOSECOND_TIMES,
    ['_unused', 'i64', 3],
  ],
  brief: STAT_BRIEF,
};

/** The data model of the machine we run on: LP64, little-endian on x86-64 and AArch64. */
export const HOST_MODEL: DataModel = {
  byteOrder: 'little',
  wordSize: 8,
  alignOf64: 8,
  structs:
    process.arch === 'x64'
      ? { ...X64_IPC_STRUCTS, ...X64_DEVICE_STRUCTS, stat: X64_STAT, epoll_event: { ...STRUCTS['epoll_event']!, pack: 1 } }
      : {},
};

/** Structs whose tail depends on the word size, as every 32-bit ABI has them. */
export const ILP32_STRUCTS: Readonly<Record<string, StructSpec>> = {
  ...SHORT_DEVICE_STRUCTS,
  ...ILP32_IPC_STRUCTS,
  sysinfo: { ...STRUCTS['sysinfo']!, fields: [...STRUCTS['sysinfo']!.fields, ['_f', 'u8', 8]] },
  sigset_t: { fields: [['bits', 'ulong', 2]] },
};
