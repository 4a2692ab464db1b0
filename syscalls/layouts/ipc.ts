/** Structs of System V IPC, POSIX message queues, timers and events (asm-generic/{ipc,sem,shm,msg}buf.h, linux/*.h). */
import type { StructSpec } from '../struct-codec';
import { list } from './fields';

const PERMISSIONS: StructSpec = {
  fields: [['key', 'i32'], ...list('u32', 'uid', 'gid', 'cuid', 'cgid', 'mode'), ['seq', 'u16'], ['_pad2', 'u16'], ['_unused', 'ulong', 2]],
};
const BRIEF_IDS = ['perm.key', 'perm.uid', 'perm.mode'];

const DISK_QUOTA = list(
  'u64',
  ...['dqb_bhardlimit', 'dqb_bsoftlimit', 'dqb_curspace', 'dqb_ihardlimit', 'dqb_isoftlimit', 'dqb_curinodes', 'dqb_btime', 'dqb_itime'],
);

export const IPC_STRUCTS: Readonly<Record<string, StructSpec>> = {
  ipc_perm: PERMISSIONS,
  semid_ds: {
    fields: [['perm', 'ipc_perm'], ...list('long', 'sem_otime', 'sem_ctime'), ['sem_nsems', 'ulong'], ['_unused', 'ulong', 2]],
    brief: [...BRIEF_IDS, 'sem_nsems'],
  },
  shmid_ds: {
    fields: [
      ['perm', 'ipc_perm'],
      ['shm_segsz', 'ulong'],
      ...list('long', 'shm_atime', 'shm_dtime', 'shm_ctime'),
      ...list('i32', 'shm_cpid', 'shm_lpid'),
      ['shm_nattch', 'ulong'],
      ['_unused', 'ulong', 2],
    ],
    brief: [...BRIEF_IDS, 'shm_segsz', 'shm_nattch'],
  },
  msqid_ds: {
    fields: [
      ['perm', 'ipc_perm'],
      ...list('long', 'msg_stime', 'msg_rtime', 'msg_ctime'),
      ...list('ulong', 'msg_cbytes', 'msg_qnum', 'msg_qbytes'),
      ...list('i32', 'msg_lspid', 'msg_lrpid'),
      ['_unused', 'ulong', 2],
    ],
    brief: [...BRIEF_IDS, 'msg_qnum', 'msg_qbytes'],
  },
  seminfo: {
    fields: list('i32', 'semmap', 'semmni', 'semmns', 'semmnu', 'semmsl', 'semopm', 'semume', 'semusz', 'semvmx', 'semaem'),
  },
  shminfo: { fields: [...list('ulong', 'shmmax', 'shmmin', 'shmmni', 'shmseg', 'shmall'), ['_unused', 'ulong', 4]] },
  shm_info: { fields: [['used_ids', 'i32'], ...list('ulong', 'shm_tot', 'shm_rss', 'shm_swp', 'swap_attempts', 'swap_successes')] },
  msginfo: {
    fields: [...list('i32', 'msgpool', 'msgmap', 'msgmax', 'msgmnb', 'msgmni', 'msgssz', 'msgtql'), ['msgseg', 'u16']],
  },
  sembuf: { fields: [['sem_num', 'u16'], ...list('i16', 'sem_op', 'sem_flg')] },
  mq_attr: { fields: [...list('long', 'mq_flags', 'mq_maxmsg', 'mq_msgsize', 'mq_curmsgs'), ['_reserved', 'long', 4]] },
  // the union behind the notification kind starts with a thread id; the whole takes 64 bytes
  sigevent: {
    fields: [['sigev_value', 'pointer'], ...list('i32', 'sigev_signo', 'sigev_notify', 'sigev_notify_thread_id'), ['_pad', 'u8', 44]],
  },
  timex: {
    fields: [
      ['modes', 'u32'],
      ...list('long', 'offset', 'freq', 'maxerror', 'esterror'),
      ['status', 'i32'],
      ...list('long', 'constant', 'precision', 'tolerance'),
      ['time', 'timeval'],
      ...list('long', 'tick', 'ppsfreq', 'jitter'),
      ['shift', 'i32'],
      ...list('long', 'stabil', 'jitcnt', 'calcnt', 'errcnt', 'stbcnt'),
      ['tai', 'i32'],
      ['_reserved', 'i32', 11],
    ],
    brief: ['modes', 'offset', 'freq', 'status'],
  },
  timex64: {
    fields: [
      ['modes', 'u32'],
      ...list('i64', 'offset', 'freq', 'maxerror', 'esterror'),
      ['status', 'i32'],
      ...list('i64', 'constant', 'precision', 'tolerance'),
      ['time', 'timeval64'],
      ...list('i64', 'tick', 'ppsfreq', 'jitter'),
      ['shift', 'i32'],
      ...list('i64', 'stabil', 'jitcnt', 'calcnt', 'errcnt', 'stbcnt'),
      ['tai', 'i32'],
      ['_reserved', 'i32', 11],
    ],
    brief: ['modes', 'offset', 'freq', 'status'],
  },
  sched_attr: {
    fields: [
      ...list('u32', 'size', 'sched_policy'),
      ['sched_flags', 'u64'],
      ['sched_nice', 'i32'],
      ['sched_priority', 'u32'],
      ...list('u64', 'sched_runtime', 'sched_deadline', 'sched_period'),
      ...list('u32', 'sched_util_min', 'sched_util_max'),
    ],
  },
  mount_attr: { fields: list('u64', 'attr_set', 'attr_clr', 'propagation', 'userns_fd') },
  landlock_path_beneath_attr: {
    fields: [
      ['allowed_access', 'u64'],
      ['parent_fd', 'i32'],
    ],
    pack: 1,
  },
  landlock_net_port_attr: { fields: list('u64', 'allowed_access', 'port') },
  if_dqinfo: { fields: [...list('u64', 'dqi_bgrace', 'dqi_igrace'), ...list('u32', 'dqi_flags', 'dqi_valid')] },
  if_dqblk: { fields: [...DISK_QUOTA, ['dqb_valid', 'u32']] },
  if_nextdqblk: { fields: [...DISK_QUOTA, ...list('u32', 'dqb_valid', 'dqb_id')] },
  xattr_args: { fields: [['value', 'u64'], ...list('u32', 'size', 'flags')] },
  cachestat_range: { fields: list('u64', 'off', 'len') },
  cachestat: { fields: list('u64', 'nr_cache', 'nr_dirty', 'nr_writeback', 'nr_evicted', 'nr_recently_evicted') },
  ustat: {
    fields: [
      ['f_tfree', 'u32'],
      ['f_tinode', 'ulong'],
      ['f_fname', 'u8', 6],
      ['f_fpack', 'u8', 6],
    ],
  },
};

/** Times of 32-bit ABIs have an upper half since Linux 5.1. Where it lies differs; these are asm-generic's places. */
const highOf = (...names: string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((n) => [`${n}_high`, n]));
const times = (...names: string[]) => names.flatMap((n) => list('ulong', n, `${n}_high`));

export const ILP32_IPC_STRUCTS: Readonly<Record<string, StructSpec>> = {
  semid_ds: {
    ...IPC_STRUCTS['semid_ds']!,
    fields: [['perm', 'ipc_perm'], ...times('sem_otime', 'sem_ctime'), ['sem_nsems', 'ulong'], ['_unused', 'ulong', 2]],
    highs: highOf('sem_otime', 'sem_ctime'),
  },
  shmid_ds: {
    ...IPC_STRUCTS['shmid_ds']!,
    fields: [
      ['perm', 'ipc_perm'],
      ['shm_segsz', 'ulong'],
      ...times('shm_atime', 'shm_dtime', 'shm_ctime'),
      ...list('i32', 'shm_cpid', 'shm_lpid'),
      ['shm_nattch', 'ulong'],
      ['_unused', 'ulong', 2],
    ],
    highs: highOf('shm_atime', 'shm_dtime', 'shm_ctime'),
  },
  msqid_ds: {
    ...IPC_STRUCTS['msqid_ds']!,
    fields: [
      ['perm', 'ipc_perm'],
      ...times('msg_stime', 'msg_rtime', 'msg_ctime'),
      ...list('ulong', 'msg_cbytes', 'msg_qnum', 'msg_qbytes'),
      ...list('i32', 'msg_lspid', 'msg_lrpid'),
      ['_unused', 'ulong', 2],
    ],
    highs: highOf('msg_stime', 'msg_rtime', 'msg_ctime'),
  },
  sigevent: { fields: [...IPC_STRUCTS['sigevent']!.fields.slice(0, -1), ['_pad', 'u8', 48]] },
};

/** struct msqid64_ds of PowerPC and big-endian MIPS, with the upper halves in front. */
export const BIG_ENDIAN_MSQID_DS: StructSpec = {
  ...ILP32_IPC_STRUCTS['msqid_ds']!,
  fields: [
    ['perm', 'ipc_perm'],
    ...['msg_stime', 'msg_rtime', 'msg_ctime'].flatMap((n) => list('ulong', `${n}_high`, n)),
    ...list('ulong', 'msg_cbytes', 'msg_qnum', 'msg_qbytes'),
    ...list('i32', 'msg_lspid', 'msg_lrpid'),
    ['_unused', 'ulong', 2],
  ],
};

/** struct semid64_ds of x86-64 (arch/x86/include/uapi/asm/sembuf.h). */
export const X64_IPC_STRUCTS: Readonly<Record<string, StructSpec>> = {
  semid_ds: {
    fields: [
      ['perm', 'ipc_perm'],
      ...list('long', 'sem_otime', '_unused1', 'sem_ctime', '_unused2'),
      ['sem_nsems', 'ulong'],
      ['_unused', 'ulong', 2],
    ],
  },
};
