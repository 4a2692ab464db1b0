import { execFileSync } from 'node:child_process';
import { ARM_EABI } from './abi/arm';
import { MIPS_O32, MIPSEL_O32 } from './abi/mips';
import { foldInode, layoutOf, sameLayout, StructCopier, type DataModel } from './struct-codec';
import { HOST_MODEL, STRUCTS } from './structs';

const LITTLE: DataModel = { byteOrder: 'little', wordSize: 4, alignOf64: 8, structs: {} };
const BIG: DataModel = { ...LITTLE, byteOrder: 'big' };
const declared = {
  pair: {
    fields: [
      ['a', 'i32'],
      ['b', 'i64'],
    ],
  },
  nested: {
    fields: [
      ['head', 'u8'],
      ['tail', 'pair', 2],
    ],
  },
  words: {
    fields: [
      ['x', 'long'],
      ['y', 'ulong'],
    ],
    exact: ['x'],
  },
  node: { fields: [['ino', 'ulong']], inodes: ['ino'] },
  time: {
    fields: [
      ['sec', 'i64'],
      ['nsec', 'long64'],
    ],
  },
} as const;

const copy = (name: keyof typeof declared, from: DataModel, to: DataModel, bytes: number[]): { fits: boolean; out: number[] } => {
  const copier = new StructCopier(layoutOf(name, from, declared), layoutOf(name, to, declared));
  const out = Buffer.alloc(copier.to.size, 0xee);
  const source = Buffer.from(bytes);
  const fits = copier.copy(view(source), 0, view(out), 0);
  return { fits, out: [...out] };
};
const view = (b: Buffer): DataView => new DataView(b.buffer, b.byteOffset, b.length);

describe('layout', () => {
  it('aligns fields and nests structs', () => {
    const l = layoutOf('nested', LITTLE, declared);
    expect(l.fields.map((f) => [f.name, f.offset])).toEqual([
      ['head', 0],
      ['tail.0.a', 8],
      ['tail.0.b', 16],
      ['tail.1.a', 24],
      ['tail.1.b', 32],
    ]);
    expect(l.size).toBe(40);
    expect(layoutOf('nested', { ...LITTLE, alignOf64: 4 }, declared).size).toBe(28);
  });

  it('knows when bytes can be passed on unchanged', () => {
    const same = (a: DataModel, b: DataModel, n: keyof typeof declared): boolean =>
      sameLayout(layoutOf(n, a, declared), layoutOf(n, b, declared));
    expect(same(LITTLE, HOST_MODEL, 'pair')).toBe(true);
    expect(same(BIG, HOST_MODEL, 'pair')).toBe(false);
    expect(same(LITTLE, HOST_MODEL, 'words')).toBe(false);
  });
});

describe('copying', () => {
  const minusTwo = [0xfe, 0xff, 0xff, 0xff];
  it('widens with the sign of the source', () => {
    const { out } = copy('words', LITTLE, { ...LITTLE, wordSize: 8 }, [...minusTwo, ...minusTwo]);
    expect(out).toEqual([...minusTwo, 0xff, 0xff, 0xff, 0xff, ...minusTwo, 0, 0, 0, 0]);
  });

  it('says when an exact field does not fit', () => {
    const wide = { ...LITTLE, wordSize: 8 as const };
    const zero = [0, 0, 0, 0, 0, 0, 0, 0];
    expect(copy('words', wide, LITTLE, [0, 0, 0, 0x80, 0, 0, 0, 0, ...zero]).fits).toBe(false);
    expect(copy('words', wide, LITTLE, [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, ...zero]).fits).toBe(true);
    expect(copy('words', wide, LITTLE, [...zero, 1, 2, 3, 4, 5, 6, 7, 8])).toEqual({ fits: true, out: [0, 0, 0, 0, 1, 2, 3, 4] });
  });

  it('changes byte order and fills padding with zeros', () => {
    const bytes = [1, 2, 3, 4, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(copy('pair', LITTLE, BIG, bytes).out).toEqual([4, 3, 2, 1, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(copy('pair', BIG, LITTLE, copy('pair', LITTLE, BIG, bytes).out).out).toEqual([
      ...bytes.slice(0, 4),
      0,
      0,
      0,
      0,
      ...bytes.slice(8),
    ]);
  });

  it('takes only the low word of a 32-bit caller’s nanoseconds', () => {
    expect(copy('time', LITTLE, HOST_MODEL, [1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 7, 7, 7]).out.slice(8)).toEqual([
      5, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(copy('time', BIG, HOST_MODEL, [0, 0, 0, 0, 0, 0, 0, 1, 7, 7, 7, 7, 0, 0, 0, 5]).out.slice(8)).toEqual([5, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('folds inode numbers that are too long and never to 0', () => {
    expect(copy('node', { ...LITTLE, wordSize: 8 }, LITTLE, [1, 0, 0, 0, 2, 0, 0, 0])).toEqual({ fits: true, out: [3, 0, 0, 0] });
    expect(foldInode(5, 5)).toBe(1);
    expect(foldInode(5, 0)).toBe(5);
  });
});

/** Our struct name -> the C type, headers, and fields whose C names differ. */
const C_STRUCTS: Readonly<Record<string, readonly [type: string, header: string, renamed?: Readonly<Record<string, string>>]>> = {
  timespec: ['struct __kernel_old_timespec', 'linux/time_types.h'],
  timespec64: ['struct __kernel_timespec', 'linux/time_types.h'],
  timeval: ['struct __kernel_old_timeval', 'linux/time_types.h'],
  itimerval: ['struct __kernel_old_itimerval', 'linux/time_types.h'],
  stat: ['struct stat', 'asm/stat.h'],
  stat64: ['struct stat64', 'asm/stat.h', { low_st_ino: '__st_ino' }],
  statfs: ['struct statfs', 'asm/statfs.h', { f_fsid: 'f_fsid.val' }],
  statfs64: ['struct statfs64', 'asm/statfs.h', { f_fsid: 'f_fsid.val' }],
  statx: ['struct statx', 'linux/stat.h', { stx_dio_mem_align: '', stx_dio_offset_align: '' }],
  flock: ['struct flock', 'linux/fcntl.h'],
  flock64: ['struct flock64', 'linux/fcntl.h'],
  f_owner_ex: ['struct f_owner_ex', 'linux/fcntl.h'],
  open_how: ['struct open_how', 'linux/openat2.h'],
  epoll_event: ['struct epoll_event', 'linux/eventpoll.h'],
  pollfd: ['struct pollfd', 'linux/poll.h'],
  iovec: ['struct iovec', 'linux/uio.h'],
  rusage: ['struct rusage', 'linux/resource.h'],
  rlimit: ['struct rlimit', 'linux/resource.h'],
  rlimit64: ['struct rlimit64', 'linux/resource.h'],
  sysinfo: ['struct sysinfo', 'linux/sysinfo.h'],
  stack_t: ['stack_t', 'asm/signal.h'],
  winsize: ['struct winsize', 'asm/termios.h'],
  termios: ['struct termios', 'asm/termios.h'],
  termios2: ['struct termios2', 'asm/termios.h'],
  termio: ['struct termio', 'asm/termios.h'],
  tms: ['struct tms', 'linux/times.h'],
  utimbuf: ['struct utimbuf', 'linux/utime.h'],
  file_clone_range: ['struct file_clone_range', 'linux/fs.h'],
  sock_fprog: ['struct sock_fprog', 'linux/filter.h'],
  msghdr: ['struct msghdr', 'sys/socket.h'],
  cmsghdr: ['struct cmsghdr', 'sys/socket.h'],
  ipc_perm: ['struct ipc64_perm', 'asm/ipcbuf.h'],
  semid_ds: ['struct semid64_ds', 'asm/sembuf.h', { perm: 'sem_perm' }],
  shmid_ds: ['struct shmid64_ds', 'asm/shmbuf.h', { perm: 'shm_perm' }],
  msqid_ds: ['struct msqid64_ds', 'asm/msgbuf.h', { perm: 'msg_perm' }],
  seminfo: ['struct seminfo', 'linux/sem.h'],
  shminfo: ['struct shminfo64', 'asm/shmbuf.h'],
  shm_info: ['struct shm_info', 'linux/shm.h'],
  msginfo: ['struct msginfo', 'linux/msg.h'],
  sembuf: ['struct sembuf', 'linux/sem.h'],
  mq_attr: ['struct mq_attr', 'linux/mqueue.h'],
  sigevent: ['sigevent_t', 'asm/siginfo.h', { sigev_notify_thread_id: '_sigev_un._tid' }],
  timex64: ['struct __kernel_timex', 'linux/timex.h'],
  timex: ['struct timex', 'linux/timex.h'],
  sched_attr: ['struct sched_attr', 'linux/sched/types.h'],
  mount_attr: ['struct mount_attr', 'linux/mount.h'],
  landlock_path_beneath_attr: ['struct landlock_path_beneath_attr', 'linux/landlock.h'],
  if_dqblk: ['struct if_dqblk', 'linux/quota.h'],
  if_nextdqblk: ['struct if_nextdqblk', 'linux/quota.h'],
  if_dqinfo: ['struct if_dqinfo', 'linux/quota.h'],
  linger: ['struct linger', 'sys/socket.h'],
  ip_mreqn: ['struct ip_mreqn', 'linux/in.h', { imr_multiaddr: '', imr_address: '' }],
  in_pktinfo: ['struct in_pktinfo', 'linux/in.h', { ipi_spec_dst: '', ipi_addr: '' }],
  in6_pktinfo: ['struct in6_pktinfo', 'linux/ipv6.h', { ipi6_addr: '' }],
  ipv6_mreq: ['struct ipv6_mreq', 'linux/in6.h', { ipv6mr_multiaddr: '' }],
  sockaddr_in6: ['struct sockaddr_in6', 'linux/in6.h', { sa_family: 'sin6_family', sin6_port: '', sin6_flowinfo: '', sin6_addr: '' }],
  sockaddr_nl: ['struct sockaddr_nl', 'linux/netlink.h', { sa_family: 'nl_family' }],
  group_req: ['struct group_req', 'linux/in.h', { gr_group: '' }],
  group_source_req: ['struct group_source_req', 'linux/in.h', { gsr_group: '', gsr_source: '' }],
  tcp_info: ['struct tcp_info', 'linux/tcp.h', { tcpi_head: '' }],
  packet_mreq: ['struct packet_mreq', 'linux/if_packet.h'],
  tpacket_req3: ['struct tpacket_req3', 'linux/if_packet.h', { retire_blk_tov: '', sizeof_priv: '', feature_req_word: '' }],
  nlmsghdr: ['struct nlmsghdr', 'linux/netlink.h'],
  nlmsgerr: ['struct nlmsgerr', 'linux/netlink.h'],
  ifinfomsg: ['struct ifinfomsg', 'linux/rtnetlink.h', { ifi: '' }],
  ifaddrmsg: ['struct ifaddrmsg', 'linux/if_addr.h', { ifa: '' }],
  rtmsg: ['struct rtmsg', 'linux/rtnetlink.h', { rtm: '' }],
  ndmsg: ['struct ndmsg', 'linux/neighbour.h', { ndm: '', ndm_rest: '' }],
  tcmsg: ['struct tcmsg', 'linux/rtnetlink.h', { tcm: '' }],
  inotify_event: ['struct inotify_event', 'linux/inotify.h'],
  fanotify_event_metadata: ['struct fanotify_event_metadata', 'linux/fanotify.h', { vers: '' }],
  signalfd_siginfo: ['struct signalfd_siginfo', 'linux/signalfd.h'],
  ifconf: ['struct ifconf', 'net/if.h'],
  rtentry: ['struct rtentry', 'linux/route.h', { rt_dst: '', rt_gateway: '', rt_genmask: '' }],
  arpreq: ['struct arpreq', 'net/if_arp.h', { arp_pa: '', arp_ha: '', arp_netmask: '' }],
  serial_struct: ['struct serial_struct', 'linux/serial.h', { port_high: 'port_high' }],
  serial_rs485: ['struct serial_rs485', 'linux/serial.h', { padding: '' }],
  serial_icounter_struct: ['struct serial_icounter_struct', 'linux/serial.h'],
  kbentry: ['struct kbentry', 'linux/kd.h'],
  vt_mode: ['struct vt_mode', 'linux/vt.h'],
  fsxattr: ['struct fsxattr', 'linux/fs.h'],
  fstrim_range: ['struct fstrim_range', 'linux/fs.h'],
  file_dedupe_range: ['struct file_dedupe_range', 'linux/fs.h'],
  file_dedupe_range_info: ['struct file_dedupe_range_info', 'linux/fs.h'],
  blkpg_ioctl_arg: ['struct blkpg_ioctl_arg', 'linux/blkpg.h'],
  hd_geometry: ['struct hd_geometry', 'linux/hdreg.h'],
  sg_io_hdr: ['struct sg_io_hdr', 'scsi/sg.h'],
  loop_info: ['struct loop_info', 'linux/loop.h'],
  loop_info64: ['struct loop_info64', 'linux/loop.h'],
  rtc_time: ['struct rtc_time', 'linux/rtc.h'],
  rtc_wkalrm: ['struct rtc_wkalrm', 'linux/rtc.h'],
  audio_buf_info: ['struct audio_buf_info', 'linux/soundcard.h'],
};

/** Offsets and sizes the compiler knows, one program per struct because the headers contradict each other. */
function compiled(compiler: string, name: string, model: DataModel): Record<string, number> {
  const [type, header, renamed = {}] = C_STRUCTS[name]!;
  const layout = layoutOf(name, model, STRUCTS);
  const lines = layout.fields.flatMap(({ name: field }) => {
    const [first, ...rest] = field.split('.');
    const c = [renamed[first!] ?? first, ...rest].join('.').replace(/\.(\d+)/g, '[$1]');
    return renamed[first!] === '' ? [] : [`int v_${field.replace(/\./g, '__')} __attribute__((used)) = __builtin_offsetof(T, ${c}) + 1;`];
  });
  const source = `#include <${header}>\ntypedef ${type} T;\nint v_ __attribute__((used)) = sizeof(T) + 1;\n${lines.join('\n')}\n`;
  const text = execFileSync(compiler, ['-x', 'c', '-S', '-O0', '-o', '-', '-'], { input: source, encoding: 'utf8' });
  const out: Record<string, number> = {};
  for (const m of text.matchAll(/^v_(\w*):\s+\.(?:word|long)\s+(\d+)/gm)) out[m[1]!.replace(/__/g, '.')] = Number(m[2]) - 1;
  return out;
}

function ours(name: string, model: DataModel): Record<string, number> {
  const renamed = C_STRUCTS[name]![2] ?? {};
  const layout = layoutOf(name, model, STRUCTS);
  const fields = layout.fields.filter((f) => renamed[f.name.split('.')[0]!] !== '');
  const out: Record<string, number> = { '': layout.size };
  for (const f of fields) out[f.name] = f.offset;
  return out;
}

const COMPILERS: readonly (readonly [string, string, DataModel])[] = [
  ['ARM', 'arm-linux-gnueabihf-gcc', ARM_EABI],
  ['MIPS', 'mipsel-linux-gnu-gcc', MIPSEL_O32],
  ['big-endian MIPS', 'mips-linux-gnu-gcc', MIPS_O32],
  ['the host', 'gcc', HOST_MODEL],
];
/** Structs the host's kernel has under other declarations, which we do not use there. */
const NOT_ON_HOST = new Set(['stat64', 'statfs64', 'flock64']);

/**
 * MIPS orders the control characters otherwise, and our fields bear the generic indices. In flock, l_pid is where glibc
 * and kernels before 5.20 have it: the headers since have moved it by mistake.
 */
const PERMUTED = new Set(['termios', 'termios2', 'termio', 'flock']);

const LEFT: ReadonlyMap<DataModel, ReadonlySet<string>> = new Map([
  [HOST_MODEL, NOT_ON_HOST],
  [MIPSEL_O32, PERMUTED],
  // Our tv_nsec is the low half of a doubleword, as the kernel ignores the other
  [MIPS_O32, new Set([...PERMUTED, 'timespec64'])],
]);

describe.each(COMPILERS)('struct layouts of %s are the C compiler’s', (_name, compiler, model) => {
  const present = hasCompiler(compiler);
  if (!present) process.stderr.write(`\n*** ${compiler} is not installed: struct layouts are not checked against it\n`);
  const names = Object.keys(C_STRUCTS).filter((n) => LEFT.get(model)?.has(n) !== true);
  (present ? it.each(names) : it.skip.each(names))('%s', (name) => {
    expect(ours(name, model)).toEqual(compiled(compiler, name, model));
  });
});

function hasCompiler(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
