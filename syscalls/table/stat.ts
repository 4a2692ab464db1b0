/** Reading what file systems know: stat, statx, statfs, directory entries. */
import { HOST, syscall } from '../../runtime/host';
import { AT, AT_FDCWD, STATX } from '../constants';
import type { Context } from '../context';
import {
  address,
  dirfd,
  existingLink,
  existingPath,
  fd,
  flaggedPath,
  flags,
  guestStruct,
  outStruct,
  row,
  uint,
  type ArgType,
  type Implementation,
  type Table,
} from '../definition';
import { E } from '../errno';
import { entryNames } from '../procfs';
import { foldInode } from '../struct-codec';

const NOFOLLOW = AT['AT_SYMLINK_NOFOLLOW']!;

/**
 * Stat calls fill a host `struct stat` in the arena; the guest struct is converted from it here, not by
 * the argument type, because stat and stat64 of a guest both come from the host's one stat.
 */
const statInto =
  (name: 'stat' | 'stat64') =>
  (c: Context, dir: number, path: number, result: number, how: number): number => {
    const at = c.arena.take(c.hostLayout('stat').size);
    const r = syscall(HOST.newfstatat, dir, path, c.arena.host(at), how);
    return r < 0 ? r : storeStat(c, name, at, result);
  };

function storeStat(c: Context, name: 'stat' | 'stat64', at: number, result: number): number {
  const copier = c.toGuest('stat', name);
  if (!c.writable(result, copier.to.size)) return -E.FAULT;
  return copier.copy(c.arena.view, at, c.memory.view, result) ? 0 : -E.OVERFLOW;
}

const fstatInto =
  (name: 'stat' | 'stat64'): Implementation =>
  (c, hostFd, result) => {
    const at = c.arena.take(c.hostLayout('stat').size);
    const r = syscall(HOST.fstat, hostFd, c.arena.host(at));
    return r < 0 ? r : storeStat(c, name, at, result);
  };

const statResult = (name: string): ArgType => guestStruct(name, 'out');
const stat = statInto('stat');
const stat64 = statInto('stat64');

/** The kernel accepts 84 and 88 on ARM EABI, where user space's struct has 4 bytes of tail padding (sys_statfs64_wrapper). */
const checkedSize = (name: 'statfs' | 'fstatfs'): Implementation => {
  const nr = HOST[name];
  return (c, file, size, result) => {
    const expected = c.guestLayout('statfs64').size;
    if (size !== expected && size !== Math.ceil(expected / 8) * 8) return -E.INVAL;
    const at = c.arena.take(c.hostLayout('statfs').size);
    const r = syscall(nr, file, c.arena.host(at));
    if (r < 0) return r;
    if (!c.writable(result, expected)) return -E.FAULT;
    return c.toGuest('statfs', 'statfs64').copy(c.arena.view, at, c.memory.view, result) ? 0 : -E.OVERFLOW;
  };
};

const DIRENT_HEADER = 19;

/** What one entry may grow by when its name is replaced: numbers have at most 7 digits. */
const GROWTH = 8;
const SMALLEST_ENTRY = 24;
const MAX_LISTING = 65536;

/** Entries of a /proc directory with the guest's names: into the guest's buffer, in the host's format. */
function namedEntries(c: Context, hostFd: number, buffer: number, size: number, rename: (name: string) => string | undefined): number {
  const room = Math.floor((Math.min(size, MAX_LISTING) * SMALLEST_ENTRY) / (SMALLEST_ENTRY + GROWTH));
  const { arena } = c;
  const at = arena.take(room + 16);
  for (;;) {
    const n = syscall(HOST.getdents64, hostFd, arena.host(at), room);
    if (n <= 0) return n;
    if (!c.writable(buffer, Math.min(size, MAX_LISTING))) return -E.FAULT;
    let out = buffer;
    for (let p = at; p < at + n; p += arena.view.getUint16(p + 16, true)) {
      const start = p + DIRENT_HEADER;
      const name = rename(Buffer.from(arena.u8.subarray(start, arena.u8.indexOf(0, start))).toString('latin1'));
      if (name === undefined) continue;
      const length = Math.ceil((DIRENT_HEADER + name.length + 1) / 8) * 8;
      c.memory.u8.fill(0, out, out + length);
      c.memory.u8.set(arena.u8.subarray(p, start), out);
      c.memory.view.setUint16(out + 16, length, true);
      c.memory.u8.set(Buffer.from(name, 'latin1'), out + DIRENT_HEADER);
      out += length;
    }
    // an empty answer would mean the end
    if (out > buffer) return out - buffer;
  }
}

/** getdents64 into the guest's buffer; then the values a 32-bit guest cannot hold are made to fit, in place. */
function getdents64(c: Context, hostFd: number, buffer: number, size: number): number {
  const rename = entryNames(c, hostFd);
  const n =
    rename === undefined ? syscall(HOST.getdents64, hostFd, c.pointer(buffer, size), size) : namedEntries(c, hostFd, buffer, size, rename);
  if (n <= 0) return n;
  const { view, littleEndian } = c.memory;
  if (c.abi.wordSize === 8 && littleEndian) return n;
  for (let at = buffer; at < buffer + n;) {
    const length = view.getUint16(at + 16, true);
    const word = (value: number, offset: number): void => view.setInt32(at + offset, value, littleEndian);
    const [low, high] = littleEndian ? [0, 4] : [4, 0];
    const inode = foldInode(view.getInt32(at, true), view.getInt32(at + 4, true));
    const cookie = c.shared.cookies.shorten(view.getInt32(at + 8, true), view.getInt32(at + 12, true));
    word(inode, low);
    word(0, high);
    word(cookie, 8 + low);
    word(0, 8 + high);
    view.setUint16(at + 16, length, littleEndian);
    at += length;
  }
  return n;
}

/** The old call: entries with words for inode and offset, and the type in the last byte. They are never longer than dirent64's. */
function getdents(c: Context, hostFd: number, buffer: number, size: number): number {
  const at = c.arena.take(Math.min(size, 65536));
  const n = syscall(HOST.getdents64, hostFd, c.arena.host(at), Math.min(size, 65536));
  if (n <= 0) return n;
  if (!c.writable(buffer, n)) return -E.FAULT;
  const { view: from, u8: bytes } = c.arena;
  const { view, u8, littleEndian } = c.memory;
  const header = 2 * c.abi.wordSize + 2;
  const rename = entryNames(c, hostFd);
  let out = buffer;
  for (let p = at; p < at + n; p += from.getUint16(p + 16, true)) {
    const nameStart = p + DIRENT_HEADER;
    const hostName = bytes.subarray(nameStart, bytes.indexOf(0, nameStart));
    const renamed = rename === undefined ? undefined : rename(Buffer.from(hostName).toString('latin1'));
    if (rename !== undefined && renamed === undefined) continue;
    const name = renamed === undefined ? hostName : Buffer.from(renamed);
    const length = Math.ceil((header + name.length + 2) / c.abi.wordSize) * c.abi.wordSize;
    u8.fill(0, out, out + length);
    const cookie = c.shared.cookies.shorten(from.getInt32(p + 8, true), from.getInt32(p + 12, true));
    view.setInt32(out, foldInode(from.getInt32(p, true), from.getInt32(p + 4, true)), littleEndian);
    view.setInt32(out + c.abi.wordSize, cookie, littleEndian);
    view.setUint16(out + header - 2, length, littleEndian);
    u8.set(name, out + header);
    u8[out + length - 1] = bytes[p + 18]!;
    out += length;
  }
  return out - buffer;
}

export const STAT: Table = {
  stat: row([existingPath, statResult('stat')], (c, p, s) => stat(c, AT_FDCWD, p, s, 0)),
  lstat: row([existingLink, statResult('stat')], (c, p, s) => stat(c, AT_FDCWD, p, s, NOFOLLOW)),
  fstat: row([fd, statResult('stat')], fstatInto('stat')),
  newfstatat: row([dirfd, flaggedPath(3), statResult('stat'), flags(AT)], stat),
  stat64: row([existingPath, statResult('stat64')], (c, p, s) => stat64(c, AT_FDCWD, p, s, 0)),
  lstat64: row([existingLink, statResult('stat64')], (c, p, s) => stat64(c, AT_FDCWD, p, s, NOFOLLOW)),
  fstat64: row([fd, statResult('stat64')], fstatInto('stat64')),
  fstatat64: row([dirfd, flaggedPath(3), statResult('stat64'), flags(AT)], stat64),
  statx: row([dirfd, flaggedPath(2), flags(AT), flags(STATX), outStruct('statx')], (_c, d, p, how, mask, result) =>
    syscall(HOST.statx, d, p, how, mask, result),
  ),
  statfs: row([existingPath, outStruct('statfs')], (_c, p, s) => syscall(HOST.statfs, p, s)),
  fstatfs: row([fd, outStruct('statfs')], (_c, h, s) => syscall(HOST.fstatfs, h, s)),
  statfs64: row([existingPath, uint, statResult('statfs64')], checkedSize('statfs')),
  fstatfs64: row([fd, uint, statResult('statfs64')], checkedSize('fstatfs')),
  getdents64: row([fd, address, uint], getdents64),
  getdents: row([fd, address, uint], getdents),
};
