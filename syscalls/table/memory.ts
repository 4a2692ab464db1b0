/** Guest mappings. The address space makes every change; what is left is checking and translating flags. */
import { HOST, syscall } from '../../runtime/host';
import { ANONYMOUS, fileVersion, type Backing } from '../../runtime/memory';
import { MADV, MAP, MREMAP, MS, PROT } from '../constants';
import type { Context } from '../context';
import { address, flags, host, hex, int, oneOf, row, uint, type Implementation, type Table } from '../definition';
import { E } from '../errno';
import { readField } from '../struct-codec';

const PAGE = 4096;
const pageUp = (n: number): number => Math.ceil(n / PAGE) * PAGE;
const MAP_TYPE = 0xf;
/** What concerns the host's mapping and nothing else. */
const PASSED_ON = MAP.MAP_NORESERVE | MAP.MAP_POPULATE | MAP.MAP_LOCKED | MAP.MAP_NONBLOCK | MAP.MAP_SYNC;
/** PROT_GROWSDOWN and PROT_GROWSUP: our stacks do not grow by faults, so there is nothing to extend to. */
const PROT_BITS = 0xf;

/** Path, device and inode of an open host file, for /proc/self/maps. */
function backingOf(c: Context, hostFd: number): Backing {
  const layout = c.hostLayout('stat');
  const at = c.arena.take(layout.size);
  if (at < 0 || syscall(HOST.fstat, hostFd, c.arena.host(at)) < 0) return ANONYMOUS;
  const device = readField(c.arena.view, at, layout, 'st_dev');
  const inode = readField(c.arena.view, at, layout, 'st_ino');
  const [changed, fraction, size] = ['st_ctime', 'st_ctime_nsec', 'st_size'].map((f) => readField(c.arena.view, at, layout, f));
  const link = c.arena.cString(Buffer.from(`/proc/self/fd/${hostFd}`));
  const target = c.arena.take(PAGE);
  const n = target < 0 ? 0 : syscall(HOST.readlinkat, -100, link, c.arena.host(target), PAGE);
  const version = fileVersion(changed!, fraction!, size!);
  return { name: Buffer.from(c.arena.u8.subarray(target, target + Math.max(n, 0))).toString(), device, inode, version };
}

/** @param offset in bytes */
function mmap(c: Context, at: number, length: number, prot: number, how: number, guestFd: number, offset: number): number {
  const type = how & MAP_TYPE;
  const anonymous = (how & MAP.MAP_ANONYMOUS) !== 0;
  if (length === 0 || type === 0 || type > MAP.MAP_SHARED_VALIDATE || (anonymous && type === MAP.MAP_SHARED_VALIDATE)) return -E.INVAL;
  if (offset % PAGE !== 0) return -E.INVAL;
  const file = c.fds.host(guestFd);
  if (!anonymous && file < 0) return -E.BADF;
  const fixed = (how & MAP.MAP_FIXED_NOREPLACE) !== 0 ? 'noreplace' : (how & MAP.MAP_FIXED) !== 0 ? 'replace' : undefined;
  return c.space.map({
    address: at,
    length,
    prot: prot & PROT_BITS,
    shared: type !== MAP.MAP_PRIVATE,
    hostFlags: how & PASSED_ON,
    ...(fixed !== undefined && { fixed }),
    ...(!anonymous && { file: { fd: file, offset }, backing: backingOf(c, file) }),
  });
}

/** madvise, msync and the like: fine on what is mapped, ENOMEM if the range has holes (ours are filled on the host). */
const onRange =
  (name: 'madvise' | 'msync' | 'mlock' | 'munlock'): Implementation =>
  (c, at, length, how) => {
    const end = at + pageUp(length);
    if (at % PAGE !== 0 && name !== 'mlock' && name !== 'munlock') return -E.INVAL;
    if (end > 2 ** 32) return name === 'madvise' || name === 'msync' ? -E.INVAL : -E.NOMEM;
    if (length === 0) return syscall(HOST[name], c.base + at, 0, how);
    const start = Math.floor(at / PAGE) * PAGE;
    for (const v of c.space.vmas.overlapping(start, end)) {
      const from = Math.max(v.start, start);
      const r = syscall(HOST[name], c.base + from, Math.min(v.end, end) - from, how);
      if (r < 0) return r;
    }
    if (name === 'madvise' && (how === MADV['MADV_DONTFORK'] || how === MADV['MADV_DOFORK']))
      c.space.noteForkAdvice(start, end, how === MADV['MADV_DONTFORK']);
    return c.space.vmas.covers(start, end) ? 0 : -E.NOMEM;
  };

function mincore(c: Context, at: number, length: number, result: number): number {
  const end = at + pageUp(length);
  if (at % PAGE !== 0) return -E.INVAL;
  if (end > 2 ** 32 || !c.space.vmas.covers(at, end)) return -E.NOMEM;
  return syscall(HOST.mincore, c.base + at, length, c.pointer(result, (end - at) / PAGE));
}

const MCL_CURRENT = 1;
const MCL_ALL = 7;

/** Locks the guest's pages, not the emulator's. Mappings made later are not locked (MCL_FUTURE). */
function mlockall(c: Context, how: number): number {
  if (how === 0 || (how & ~MCL_ALL) !== 0 || how === 4) return -E.INVAL;
  if ((how & MCL_CURRENT) === 0) return 0;
  for (const v of c.space.vmas.all()) {
    const r = v.prot === 0 ? 0 : syscall(HOST.mlock, c.base + v.start, v.end - v.start);
    if (r < 0) return r;
  }
  return 0;
}

function munlockall(c: Context): number {
  for (const v of c.space.vmas.all()) syscall(HOST.munlock, c.base + v.start, v.end - v.start);
  return 0;
}

const PROT_FLAGS = flags(PROT);
const MAP_FLAGS = flags(MAP, 'mmap');

export const MEMORY: Table = {
  brk: row([address], (c, end) => c.space.brk(end), 'address'),
  mmap: row([address, uint, PROT_FLAGS, MAP_FLAGS, int, hex], mmap, 'address'),
  mmap2: row(
    [address, uint, PROT_FLAGS, MAP_FLAGS, int, hex],
    (c, a, l, p, f, n, pages) => mmap(c, a, l, p, f, n, pages * PAGE),
    'address',
  ),
  munmap: row([address, uint], (c, at, length) => c.space.unmap(at, length)),
  mprotect: row([address, uint, PROT_FLAGS], (c, at, length, prot) => c.space.protect(at, length, prot & PROT_BITS)),
  mremap: row([address, uint, uint, flags(MREMAP), address], (c, old, a, b, how, to) => c.space.remap(old, a, b, how, to), 'address'),
  madvise: row([address, uint, oneOf(MADV)], (c, at, length, advice) =>
    Object.values(MADV).includes(advice) ? onRange('madvise')(c, at, length, advice) : -E.INVAL,
  ),
  msync: row([address, uint, flags(MS)], onRange('msync')),
  mlock: row([address, uint], onRange('mlock')),
  mlock2: row([address, uint, uint], (c, at, length, how) => ((how & ~1) !== 0 ? -E.INVAL : onRange('mlock')(c, at, length, 0))),
  munlock: row([address, uint], onRange('munlock')),
  mlockall: row([uint], mlockall),
  munlockall: row([], munlockall),
  mincore: row([address, uint, address], mincore),
  membarrier: row([int, uint, int], host('membarrier')),
};
