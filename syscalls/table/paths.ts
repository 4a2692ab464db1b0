/** Names in the file system: links, directories, permissions, owners, times of files, extended attributes. */
import { HOST, syscall } from '../../runtime/host';
import { ACCESS_MODE, AT, AT_FDCWD, RENAME, XATTR } from '../constants';
import type { Context } from '../context';
import {
  address,
  dirfd,
  existingPath,
  fd,
  flags,
  guestPath,
  hex,
  host,
  inBytes,
  inStruct,
  int,
  mode,
  outBytes,
  path,
  row,
  string,
  uint,
  type Implementation,
  type Table,
} from '../definition';
import { E } from '../errno';
import { isExeLink } from '../procfs';
import { readField, writeField } from '../struct-codec';

const NOFOLLOW = AT['AT_SYMLINK_NOFOLLOW']!;

/** The `…at` form of a host call with the current directory, for the calls without one. */
const atCwd = (name: 'mkdirat' | 'mknodat' | 'unlinkat' | 'fchmodat' | 'faccessat' | 'readlinkat'): Implementation => {
  const nr = HOST[name];
  return (_c, p, a, b) => syscall(nr, AT_FDCWD, p, a, b);
};

/** 16-bit ids: all ones means "leave it". */
const wideId = (id: number): number => ((id & 0xffff) === 0xffff ? -1 : id & 0xffff);

const chownAt = (how: number): Implementation => {
  return (_c, p, uid, gid) => syscall(HOST.fchownat, AT_FDCWD, p, uid, gid, how);
};
const chownAt16 = (how: number): Implementation => {
  return (_c, p, uid, gid) => syscall(HOST.fchownat, AT_FDCWD, p, wideId(uid), wideId(gid), how);
};

function readlink(c: Context, dir: number, name: number, buffer: number, size: number): number {
  if (!isExeLink(c, dir, name)) return syscall(HOST.readlinkat, dir, c.paths.existing(name, false, dir), buffer, size);
  const target = Buffer.from(c.process.executable);
  const address = buffer - c.base;
  if (size === 0 || size > 0x7fffffff) return -E.INVAL;
  const n = Math.min(size, target.length);
  if (!c.writable(address, n)) return -E.FAULT;
  c.memory.u8.set(target.subarray(0, n), address);
  return n;
}

export const PATHS: Table = {
  rename: row([path, path], (_c, a, b) => syscall(HOST.renameat2, AT_FDCWD, a, AT_FDCWD, b, 0)),
  renameat: row([dirfd, path, dirfd, path], (_c, d, a, e, b) => syscall(HOST.renameat2, d, a, e, b, 0)),
  renameat2: row([dirfd, path, dirfd, path, flags(RENAME)], host('renameat2')),
  link: row([path, path], (_c, a, b) => syscall(HOST.linkat, AT_FDCWD, a, AT_FDCWD, b, 0)),
  linkat: row([dirfd, path, dirfd, path, flags(AT)], host('linkat')),
  symlink: row([string, path], (_c, target, p) => syscall(HOST.symlinkat, target, AT_FDCWD, p)),
  symlinkat: row([string, dirfd, path], host('symlinkat')),
  unlink: row([path], atCwd('unlinkat')),
  unlinkat: row([dirfd, path, flags(AT)], host('unlinkat')),
  rmdir: row([path], (_c, p) => syscall(HOST.unlinkat, AT_FDCWD, p, AT['AT_REMOVEDIR']!)),
  mkdir: row([path, mode], atCwd('mkdirat')),
  mkdirat: row([dirfd, path, mode], host('mkdirat')),
  mknod: row([path, mode, hex], atCwd('mknodat')),
  mknodat: row([dirfd, path, mode, hex], host('mknodat')),
  readlink: row([guestPath, outBytes(2), uint], (c, p, b, n) => readlink(c, AT_FDCWD, p, b, n)),
  readlinkat: row([dirfd, guestPath, outBytes(3), uint], readlink),
  access: row([existingPath, flags(ACCESS_MODE)], atCwd('faccessat')),
  faccessat: row([dirfd, existingPath, flags(ACCESS_MODE)], host('faccessat')),
  faccessat2: row([dirfd, existingPath, flags(ACCESS_MODE), flags(AT)], host('faccessat2')),
  chmod: row([path, mode], atCwd('fchmodat')),
  fchmod: row([fd, mode], host('fchmod')),
  fchmodat: row([dirfd, path, mode], host('fchmodat')),
  fchmodat2: row([dirfd, path, mode, flags(AT)], host('fchmodat2')),
  chown: row([path, int, int], chownAt(0)),
  lchown: row([path, int, int], chownAt(NOFOLLOW)),
  fchown: row([fd, int, int], host('fchown')),
  fchownat: row([dirfd, path, int, int, flags(AT)], host('fchownat')),
  chown16: row([path, int, int], chownAt16(0)),
  lchown16: row([path, int, int], chownAt16(NOFOLLOW)),
  fchown16: row([fd, int, int], (_c, h, uid, gid) => syscall(HOST.fchown, h, wideId(uid), wideId(gid))),
  utime: row([existingPath, inStruct('utimbuf')], utime),
  utimes: row([existingPath, inStruct('timeval_pair')], (c, p, times) => utimes(c, AT_FDCWD, p, times)),
  futimesat: row([dirfd, existingPath, inStruct('timeval_pair')], utimes),
  utimensat: row([dirfd, existingPath, inStruct('timespec64_pair'), flags(AT)], host('utimensat')),
  utimensat_time32: row([dirfd, existingPath, inStruct('timespec_pair'), flags(AT)], host('utimensat')),
  chdir: row([path], host('chdir')),
  fchdir: row([fd], host('fchdir')),
  chroot: row([path], host('chroot')),
  getcwd: row([outBytes(1), uint], host('getcwd')),
  umask: row([mode], host('umask'), 'octal'),
  mount: row([string, path, string, hex, string], host('mount')),
  umount: row([path], (_c, p) => syscall(HOST.umount2, p, 0)),
  umount2: row([path, hex], host('umount2')),
  pivot_root: row([path, path], host('pivot_root')),
  setxattr: row([path, string, inBytes(3), uint, flags(XATTR)], host('setxattr')),
  lsetxattr: row([path, string, inBytes(3), uint, flags(XATTR)], host('lsetxattr')),
  fsetxattr: row([fd, string, inBytes(3), uint, flags(XATTR)], host('fsetxattr')),
  getxattr: row([path, string, outBytes(3), uint], host('getxattr')),
  lgetxattr: row([path, string, outBytes(3), uint], host('lgetxattr')),
  fgetxattr: row([fd, string, outBytes(3), uint], host('fgetxattr')),
  listxattr: row([path, outBytes(2), uint], host('listxattr')),
  llistxattr: row([path, outBytes(2), uint], host('llistxattr')),
  flistxattr: row([fd, outBytes(2), uint], host('flistxattr')),
  removexattr: row([path, string], host('removexattr')),
  lremovexattr: row([path, string], host('lremovexattr')),
  setxattrat: row([dirfd, path, flags(AT), string, address, uint], xattrAt('setxattrat')),
  getxattrat: row([dirfd, path, flags(AT), string, address, uint], xattrAt('getxattrat')),
  listxattrat: row([dirfd, path, flags(AT), outBytes(4), uint], host('listxattrat')),
  removexattrat: row([dirfd, path, flags(AT), string], host('removexattrat')),
  fremovexattr: row([fd, string], host('fremovexattr')),
};

/** struct xattr_args holds the address and the size of the value; it may be longer than we know. */
function xattrAt(name: 'setxattrat' | 'getxattrat') {
  return (c: Context, dir: number, file: number, how: number, key: number, args: number, size: number): number => {
    const layout = c.hostLayout('xattr_args');
    if (size < layout.size) return -E.INVAL;
    if (!c.readable(args, layout.size)) return -E.FAULT;
    const at = c.arena.take(layout.size);
    c.fromGuest('xattr_args', 'xattr_args').copy(c.memory.view, args, c.arena.view, at);
    const field = (n: string): number => readField(c.arena.view, at, layout, n);
    if (field('value') !== 0) writeField(c.arena.view, at, layout, 'value', c.pointer(field('value'), field('size')));
    return syscall(HOST[name], dir, file, how, key, c.arena.host(at), layout.size);
  };
}

function utime(c: Context, p: number, times: number): number {
  if (times === 0) return syscall(HOST.utimensat, AT_FDCWD, p, 0, 0);
  const l = c.hostLongs(times, 2);
  if (l === undefined) return -E.FAULT;
  const [actime, modtime] = l;
  return syscall(HOST.utimensat, AT_FDCWD, p, c.placeLongs(actime!, 0, modtime!, 0), 0);
}

function utimes(c: Context, dir: number, p: number, times: number): number {
  if (times === 0) return syscall(HOST.utimensat, dir, p, 0, 0);
  const l = c.hostLongs(times, 4);
  if (l === undefined) return -E.FAULT;
  const [aSec, aUsec, mSec, mUsec] = l as [number, number, number, number];
  if (aUsec < 0 || aUsec >= 1e6 || mUsec < 0 || mUsec >= 1e6) return -E.INVAL;
  return syscall(HOST.utimensat, dir, p, c.placeLongs(aSec, aUsec * 1000, mSec, mUsec * 1000), 0);
}
