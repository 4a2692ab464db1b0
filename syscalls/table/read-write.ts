/** Moving bytes: read and write in all their forms, positions, sizes, syncing. */
import { HOST, syscall } from '../../runtime/host';
import { FADV, FALLOC, LOCK, SEEK } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import {
  address,
  fd,
  flags,
  halves,
  host,
  inBytes,
  inoutStruct,
  inStruct,
  int,
  iovecIn,
  iovecOut,
  oneOf,
  outBytes,
  outStruct,
  pair,
  path,
  row,
  uint,
  type Table,
} from '../definition';
import { contentsToGuest, contentsToHost, isTranslated } from '../descriptor-contents';
import { E } from '../errno';
import { NOTE } from '../fd-notes';
import { readField } from '../struct-codec';

const MAX_OFF32 = 2 ** 31 - 1;

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

function isDirectory(c: Context, hostFd: number): boolean {
  const layout = c.hostLayout('stat');
  const at = c.arena.take(layout.size);
  return syscall(HOST.fstat, hostFd, c.arena.host(at)) === 0 && (readField(c.arena.view, at, layout, 'st_mode') & S_IFMT) === S_IFDIR;
}

/** lseek with a position that may be a shortened directory position. */
function seek(c: Context, hostFd: number, offset: number, whence: number): number {
  if (isMemory(c, hostFd)) {
    const at = syscall(HOST.lseek, hostFd, whence === 0 ? position(c, hostFd, offset) : offset, whence);
    return at >= c.base ? at - c.base : at;
  }
  const { cookies } = c.shared;
  if (whence !== 0 || !cookies.isCookie(offset) || !isDirectory(c, hostFd)) return syscall(HOST.lseek, hostFd, offset, whence);
  const r = syscall(HOST.lseek, hostFd, cookies.restore(offset), whence);
  return r >= 0 ? offset : r;
}

function llseek(c: Context, hostFd: number, high: number, low: number, result: number, whence: number): number {
  const r = seek(c, hostFd, (high | 0) * 2 ** 32 + low, whence);
  if (r < 0) return r;
  if (!c.writable(result, 8)) return -E.FAULT;
  const { view, littleEndian } = c.memory;
  view.setUint32(littleEndian ? result : result + 4, r >>> 0, littleEndian);
  view.setUint32(littleEndian ? result + 4 : result, Math.floor(r / 2 ** 32), littleEndian);
  return 0;
}

/** preadv2 and pwritev2 take -1 for "the current position". */
const withOffset =
  (name: 'preadv2' | 'pwritev2') =>
  (_c: Context, h: number, iov: number, count: number, offset: number, how: number): number =>
    syscall(HOST[name], h, iov, count, offset, 0, how);

const at32 = (name: 'preadv' | 'pwritev') => {
  const nr = HOST[name];
  return (_c: Context, h: number, iov: number, count: number, offset: number): number => syscall(nr, h, iov, count, offset, 0);
};

/** Positions in /proc/self/mem are guest addresses; the host's file has all of the emulator's memory. */
const UNMAPPED = 0;
const isMemory = (c: Context, h: number): boolean => c.fds.note(h) === NOTE.memory;
const position = (c: Context, h: number, offset: number): number =>
  isMemory(c, h) && offset >= 0 ? (c.space.vmas.at(offset) === undefined ? UNMAPPED : c.base + offset) : offset;

function pwrite(c: Context, h: number, buffer: number, size: number, offset: number): number {
  const r = c.call(HOST.pwrite64, h, buffer, size, position(c, h, offset));
  if (r > 0 && isMemory(c, h)) c.process.invalidateCode(offset, offset + r);
  return r;
}

/** The common case, decided by one look: the bytes go as they are. */
const isPlain = (c: Context, h: number): boolean => c.fds.note(h) < NOTE.memory && c.memory.littleEndian;

function read(c: Context, h: number, buffer: number, size: number): number {
  const r = c.call(HOST.read, h, buffer, size);
  if (r > 0 && !isPlain(c, h) && isTranslated(c, h)) contentsToGuest(c, h, buffer - c.base, r);
  return r;
}

function write(c: Context, h: number, buffer: number, size: number): number {
  if (isPlain(c, h)) return c.call(HOST.write, h, buffer, size);
  const translated = isTranslated(c, h) && buffer !== BAD_ADDRESS;
  const r = c.call(HOST.write, h, translated ? contentsToHost(c, h, buffer - c.base, size) : buffer, size);
  if (r > 0 && isMemory(c, h)) {
    const end = syscall(HOST.lseek, h, 0, SEEK['SEEK_CUR']!) - c.base;
    c.process.invalidateCode(end - r, end);
  }
  return r;
}

export const READ_WRITE: Table = {
  read: row([fd, outBytes(2), uint], read),
  write: row([fd, inBytes(2), uint], write),
  readv: row([fd, iovecOut(2), uint], host('readv')),
  writev: row([fd, iovecIn(2), uint], host('writev')),
  pread64: row([fd, outBytes(2), uint, pair], (c, h, buffer, size, offset) =>
    c.call(HOST.pread64, h, buffer, size, position(c, h, offset)),
  ),
  pwrite64: row([fd, inBytes(2), uint, pair], pwrite),
  preadv: row([fd, iovecOut(2), uint, halves], at32('preadv')),
  pwritev: row([fd, iovecIn(2), uint, halves], at32('pwritev')),
  preadv2: row([fd, iovecOut(2), uint, halves, uint], withOffset('preadv2')),
  pwritev2: row([fd, iovecIn(2), uint, halves, uint], withOffset('pwritev2')),
  lseek: row([fd, int, oneOf(SEEK)], (c, h, offset, whence) => seek(c, h, offset, whence)),
  lseek_off32: row([fd, int, oneOf(SEEK)], (c, h, offset, whence) => {
    const r = seek(c, h, offset, whence);
    return r > MAX_OFF32 ? -E.OVERFLOW : r;
  }),
  _llseek: row([fd, uint, uint, address, oneOf(SEEK)], llseek),
  sendfile: row([fd, fd, inoutStruct('u64'), uint], host('sendfile')),
  sendfile_off32: row([fd, fd, inoutStruct('long'), uint], host('sendfile')),
  splice: row([fd, inoutStruct('u64'), fd, inoutStruct('u64'), uint, uint], host('splice')),
  tee: row([fd, fd, uint, uint], host('tee')),
  vmsplice: row([fd, iovecIn(2), uint, uint], host('vmsplice')),
  copy_file_range: row([fd, inoutStruct('u64'), fd, inoutStruct('u64'), uint, uint], host('copy_file_range')),
  truncate: row([path, pair], host('truncate')),
  ftruncate: row([fd, pair], host('ftruncate')),
  truncate_off32: row([path, int], host('truncate')),
  ftruncate_off32: row([fd, int], host('ftruncate')),
  fallocate: row([fd, flags(FALLOC), pair, pair], host('fallocate')),
  fadvise64: row([fd, pair, uint, oneOf(FADV)], host('fadvise64')),
  fadvise64_64: row([fd, pair, pair, oneOf(FADV)], host('fadvise64')),
  fadvise64_advice_first: row([fd, oneOf(FADV), pair, pair], (_c, h, advice, offset, length) =>
    syscall(HOST.fadvise64, h, offset, length, advice),
  ),
  cachestat: row([fd, inStruct('cachestat_range'), outStruct('cachestat'), uint], host('cachestat')),
  readahead: row([fd, pair, uint], host('readahead')),
  sync: row([], host('sync')),
  fsync: row([fd], host('fsync')),
  fdatasync: row([fd], host('fdatasync')),
  syncfs: row([fd], host('syncfs')),
  sync_file_range: row([fd, pair, pair, uint], host('sync_file_range')),
  sync_file_range2: row([fd, uint, pair, pair], (_c, h, how, offset, length) => syscall(HOST.sync_file_range, h, offset, length, how)),
  flock: row([fd, flags(LOCK)], host('flock')),
};
