/** execve and execveat: their arguments, and which program they mean. What happens then is the emulator's. */
import { HOST, syscall } from '../../runtime/host';
import { GuestFault } from '../../runtime/memory';
import { AT, AT_FDCWD, O, RLIMIT } from '../constants';
import type { Context } from '../context';
import { argumentStrings, dirfd, environment, flags, guestPath, row, type Table } from '../definition';
import { E } from '../errno';
import { hostExec } from '../host-exec';

const PATH_MAX = 4096;
/** MAX_ARG_STRLEN and what all arguments may take at most (bprm_stack_limits): more need not be read. */
const MAX_STRING = 32 * 4096;
const MAX_STRINGS = 6 * 1024 * 1024;
/** Stacks that are to be unlimited are as large as usual; no stack takes more than this of the address space. */
const MAX_STACK = 1 << 30;

/** An array of strings that ends with NULL; an absent one is empty. A negative errno if it cannot be had. */
function strings(c: Context, array: number): Uint8Array[] | number {
  const result: Uint8Array[] = [];
  if (array === 0) return result;
  const word = c.abi.wordSize;
  let total = 0;
  for (let at = array; ; at += word) {
    if (!c.readable(at, word)) return -E.FAULT;
    const string = c.word(at);
    if (string === 0) return result;
    try {
      result.push(c.memory.readCString(string, MAX_STRING));
    } catch (e) {
      if (e instanceof GuestFault) return -E.FAULT;
      if (e instanceof RangeError) return -E.TOOBIG;
      throw e;
    }
    total += result.at(-1)!.length + 1 + word;
    if (total > MAX_STRINGS) return -E.TOOBIG;
  }
}

interface Names {
  /** What the program is told that it was executed as. */
  readonly path: Uint8Array;
  readonly hostPath: Uint8Array;
}

/** The program that a path names; a negative errno if it names none. */
function named(c: Context, address: number, follow: boolean): Names | number {
  const path = c.paths.bytes(address);
  if (path === undefined) return c.readable(address, 1) ? -E.NAMETOOLONG : -E.FAULT;
  if (path.length === 0) return -E.NOENT;
  if (path.length >= PATH_MAX) return -E.NAMETOOLONG;
  const hostPath = c.paths.hostBytes(c.paths.existing(address, follow)) ?? path;
  return { path, hostPath };
}

/** The stack that a new program gets: as large as the guest allows it to grow. */
function stackSize(c: Context): number | undefined {
  const limit = c.shared.limits.get(RLIMIT.RLIMIT_STACK)?.[0];
  return limit === undefined || limit > MAX_STACK ? undefined : limit;
}

function start(c: Context, names: Names, argvAt: number, envpAt: number): number {
  const argv = strings(c, argvAt);
  if (typeof argv === 'number') return argv;
  const envp = strings(c, envpAt);
  if (typeof envp === 'number') return envp;
  const request = { ...names, argv, envp, stackSize: stackSize(c) };
  const r = c.process.exec(request);
  if (typeof r === 'number') return r;
  return hostExec(c, r === 'native' ? request : r);
}

function execve(c: Context, path: number, argv: number, envp: number): number {
  const names = named(c, path, true);
  return typeof names === 'number' ? names : start(c, names, argv, envp);
}

/** A program by a descriptor is known as /dev/fd/N, or as a path below that (alloc_bprm in fs/exec.c). */
function execveat(c: Context, dir: number, path: number, argv: number, envp: number, how: number): number {
  if ((how & ~(AT['AT_EMPTY_PATH']! | AT['AT_SYMLINK_NOFOLLOW']!)) !== 0) return -E.INVAL;
  const bytes = c.paths.bytes(path);
  if (bytes === undefined) return c.readable(path, 1) ? -E.NAMETOOLONG : -E.FAULT;
  if (bytes.length === 0 && (how & AT['AT_EMPTY_PATH']!) === 0) return -E.NOENT;
  const noFollow = (how & AT['AT_SYMLINK_NOFOLLOW']!) !== 0;
  const linkCheck = noFollow && bytes.length > 0 ? refuseLink(c, dir, path) : 0;
  if (linkCheck < 0) return linkCheck;
  if (bytes[0] === SLASH || (dir === AT_FDCWD && bytes.length > 0)) return execve(c, path, argv, envp);
  if (dir !== AT_FDCWD && dir < 0) return -E.BADF;
  const below = bytes.length === 0 ? '' : `/${Buffer.from(bytes).toString('latin1')}`;
  const names = {
    path: Buffer.from(`/dev/fd/${c.fds.guest(dir)}${below}`, 'latin1'),
    hostPath: Buffer.from(`/proc/self/fd/${dir}${below}`, 'latin1'),
  };
  return start(c, names, argv, envp);
}

const SLASH = 0x2f;

/** AT_SYMLINK_NOFOLLOW: a link at the end of the path is ELOOP. */
function refuseLink(c: Context, dir: number, path: number): number {
  const r = syscall(HOST.openat, dir, c.paths.existing(path, false), O.O_PATH | O.O_NOFOLLOW | O.O_CLOEXEC);
  if (r < 0) return r;
  const size = 64;
  const empty = c.arena.cString(new Uint8Array());
  const isLink = syscall(HOST.readlinkat, r, empty, c.arena.host(c.arena.take(size)), size) >= 0;
  syscall(HOST.close, r);
  return isLink ? -E.LOOP : 0;
}

const AT_EXEC = { AT_SYMLINK_NOFOLLOW: AT['AT_SYMLINK_NOFOLLOW']!, AT_EMPTY_PATH: AT['AT_EMPTY_PATH']! };

export const EXEC: Table = {
  execve: row([guestPath, argumentStrings, environment], execve, 'exec'),
  execveat: row([dirfd, guestPath, argumentStrings, environment, flags(AT_EXEC)], execveat, 'exec'),
};
