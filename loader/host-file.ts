/** Opens files to execute, with the checks that execve(2) makes, and reads their first bytes. */
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { addressOf, HOST, syscall } from '../runtime/host';
import { fileVersion } from '../runtime/memory';
import { Errno, hostFileError, LoadError } from './load-error';

/** Enough for the headers of every program a linker writes, and for a `#!` line. */
const HEAD_SIZE = 4096;

/** include/uapi/linux/fcntl.h, openat2.h, unistd.h: the same numbers on every host. */
const AT = { FDCWD: -100, EACCESS: 0x200, EMPTY_PATH: 0x1000 } as const;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
const RESOLVE_IN_ROOT = 0x10;
const OPEN_HOW_SIZE = 24;
const X_OK = 1;
const SLASH = 0x2f;

export interface HostFile {
  readonly fd: number;
  /** The path as it was asked for, for messages. */
  readonly path: string;
  /** Absolute, without symbolic links. */
  readonly realPath: string;
  /** Bytes. */
  readonly size: number;
  readonly device: number;
  readonly inode: number;
  /** See fileVersion. */
  readonly version: string | undefined;
  /** The first bytes of the file: all of a short one. */
  readonly head: Buffer;
}

/**
 * Opens a program. Throws LoadError.
 * @param fd an open descriptor of the file, as binfmt_misc passes for files the user may run but not read
 */
export function openExecutable(path: Buffer, fd?: number): HostFile {
  if (fd !== undefined) return describe(path, fd, false);
  let opened: number;
  try {
    // O_NONBLOCK: a FIFO must fail as execve does, not wait for a writer
    opened = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw hostFileError(path.toString(), error);
  }
  return describe(path, opened, true);
}

/**
 * Opens a program named by the guest (an interpreter): under the sysroot if it is there, else on the host.
 * Symbolic links are resolved as if the sysroot were the root directory.
 */
export function openGuestExecutable(path: Buffer, sysroot: string | undefined): HostFile {
  if (sysroot !== undefined && path[0] === SLASH) {
    const fd = openInRoot(sysroot, path);
    if (fd >= 0) return describe(path, fd, true);
    // Also for the error message, and where the host lacks openat2
    if (fd !== -Errno.ENOENT) {
      try {
        return openExecutable(Buffer.concat([Buffer.from(sysroot), path]));
      } catch (error) {
        if (!(error instanceof LoadError) || error.errno !== Errno.ENOENT) throw error;
      }
    }
  }
  return openExecutable(path);
}

/** openat2(2); a negative errno if it fails, among others where the host kernel or its sandbox lacks it. */
function openInRoot(root: string, path: Buffer): number {
  let directory: number;
  try {
    directory = openSync(root, O_PATH | constants.O_DIRECTORY);
  } catch {
    return -Errno.ENOENT;
  }
  const name = Buffer.alloc(Math.max(64, path.length + 1));
  path.copy(name);
  const how = new BigUint64Array(8);
  how[0] = BigInt(constants.O_RDONLY | constants.O_NONBLOCK | O_CLOEXEC);
  how[2] = BigInt(RESOLVE_IN_ROOT);
  const fd = syscall(HOST.openat2, directory, addressOf(name), addressOf(how), OPEN_HOW_SIZE);
  closeSync(directory);
  return fd;
}

function describe(name: Buffer, fd: number, checkPermission: boolean): HostFile {
  const path = name.toString();
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new LoadError(path, 'is a directory', Errno.EACCES);
    if (!stat.isFile()) throw new LoadError(path, 'is not a regular file', Errno.EACCES);
    if (checkPermission && !mayExecute(fd, stat.mode)) throw new LoadError(path, 'permission denied (not executable)', Errno.EACCES);
    const head = Buffer.alloc(Math.min(HEAD_SIZE, stat.size));
    const length = readSync(fd, head, 0, head.length, 0);
    return {
      fd,
      path,
      realPath: realPathOf(fd, path),
      size: stat.size,
      device: stat.dev,
      inode: stat.ino,
      version: fileVersion(Math.floor(stat.ctimeMs / 1000), Math.round((stat.ctimeMs % 1000) * 1e6), stat.size),
      head: head.subarray(0, length),
    };
  } catch (error) {
    closeSync(fd);
    throw error instanceof LoadError ? error : hostFileError(path, error);
  }
}

function realPathOf(fd: number, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // No /proc in this container
    return realpathSync(path);
  }
}

/** Asks the kernel, which knows ACLs and noexec mounts; before Linux 5.8 goes by the mode alone. */
function mayExecute(fd: number, mode: number): boolean {
  const empty = new Uint8Array(64);
  const r = syscall(HOST.faccessat2, fd, addressOf(empty), X_OK, AT.EMPTY_PATH | AT.EACCESS);
  return r === -Errno.EACCES ? false : r === 0 || (mode & 0o111) !== 0;
}

/** Reads exactly [offset, offset + length), or throws LoadError. The caller has checked it against the size. */
export function readExactly(file: HostFile, offset: number, length: number): Buffer {
  if (offset + length <= file.head.length) return file.head.subarray(offset, offset + length);
  const bytes = Buffer.alloc(length);
  let done = 0;
  try {
    while (done < length) {
      const n = readSync(file.fd, bytes, done, length - done, offset + done);
      if (n === 0) throw new LoadError(file.path, 'truncated: shrank while it was read', Errno.ENOEXEC);
      done += n;
    }
  } catch (error) {
    throw error instanceof LoadError ? error : hostFileError(file.path, error);
  }
  return bytes;
}
