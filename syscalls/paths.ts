/**
 * Which host path a guest path means.
 *
 * Most paths are passed on where they lie in guest memory. Two kinds are rewritten: absolute paths that
 * exist below the -L prefix (as qemu-user's path() does), and those that name the process itself:
 * /proc/self/exe, /proc/self/fd/N and /dev/fd/N, whose numbers are guest fds.
 */
import { HOST, syscall } from '../runtime/host';
import { AT_FDCWD } from './constants';
import type { Context } from './context';
import { NOTE } from './fd-notes';

const SLASH = 0x2f;
const PATH_MAX = 4096;
const F_OK = 0;

/** First letters of the paths that may name the process: /proc and /dev. */
const isSpecial = (b: Uint8Array, at: number): boolean =>
  (b[at] === 0x70 && b[at + 1] === 0x72 && b[at + 2] === 0x6f) || (b[at] === 0x64 && b[at + 1] === 0x65 && b[at + 2] === 0x76);

/**
 * True for /proc, /sys and /dev and what is in them. A sysroot has these directories too, empty, where nothing
 * is mounted; a program that lists them wants the kernel's.
 */
const isKernelTree = (b: Uint8Array): boolean => KERNEL_TREES.some((tree) => startsWith(b, tree));
const KERNEL_TREES: readonly Uint8Array[] = ['/proc', '/sys', '/dev'].map((t) => Buffer.from(t));

const startsWith = (b: Uint8Array, tree: Uint8Array): boolean =>
  tree.every((byte, i) => b[i] === byte) && (b.length === tree.length || b[tree.length] === SLASH);

// Constants, as a literal in a function that has not run often is compiled again each time
const FD_DIRECTORY = /^\/dev\/fd(?=\/|$)/;
const PROC = /^\/+proc(?:\/|$)/;
const OWN_FILE = /^\/+proc\/+(self|thread-self|\d+)\/+(?:task\/+\d+\/+)?(.+)$/;
const OWN_FD = /^(fd|fdinfo)\/(\d+)$/;
const STANDARD_FILE = /^\/dev\/(std\w+)$/;
const SLASHES = /\/+/g;

const STANDARD: Readonly<Record<string, number>> = { stdin: 0, stdout: 1, stderr: 2 };
const decoder = new TextDecoder('latin1');

export class PathTranslator {
  private readonly sysroot: Uint8Array | undefined;

  constructor(private readonly c: Context) {
    const prefix = c.process.sysroot?.replace(/\/+$/, '');
    this.sysroot = prefix === undefined || prefix === '' ? undefined : new TextEncoder().encode(prefix);
  }

  /**
   * Host address of a path that is only rewritten if it names one of the guest's fds.
   * @param dir host fd that it is relative to, or AT_FDCWD
   */
  plain(address: number, dir = AT_FDCWD): number {
    if (address === 0) return 0;
    return this.mayBeSpecial(address) || this.isProcDirectory(dir) ? this.rewritten(address, true, false, dir) : this.c.base + address;
  }

  /**
   * Host address of the path of a file that is looked at.
   * @param follow false if a symbolic link at the end is the file meant
   * @param dir host fd that it is relative to, or AT_FDCWD
   */
  existing(address: number, follow: boolean, dir = AT_FDCWD): number {
    if (address === 0) return 0;
    const { u8, pages } = this.c.memory;
    if ((pages[address >>> 12]! & 1) === 0) return this.c.base + address;
    if (u8[address] !== SLASH) return this.isProcDirectory(dir) ? this.rewritten(address, follow, false, dir) : this.c.base + address;
    if (this.sysroot === undefined && !this.mayBeSpecial(address)) return this.c.base + address;
    return this.rewritten(address, follow, true, dir);
  }

  private isProcDirectory(dir: number): boolean {
    return dir >= 0 && this.c.fds.note(dir) === NOTE.procDirectory;
  }

  /** The path below /proc that a guest path means, if it is one: absolute, or relative to a directory there. */
  procPath(address: number, dir: number): string | undefined {
    if (!this.mayBeSpecial(address) && !this.isProcDirectory(dir)) return undefined;
    const bytes = this.bytes(address);
    return bytes === undefined ? undefined : this.absoluteProcPath(bytes, dir);
  }

  /** The same for a path's bytes. */
  absoluteProcPath(bytes: Uint8Array, dir: number): string | undefined {
    if (bytes[0] === SLASH) {
      const path = decoder.decode(bytes).replace(FD_DIRECTORY, '/proc/self/fd');
      return PROC.test(path) ? path : undefined;
    }
    const base = this.isProcDirectory(dir) ? this.linkOf(dir) : undefined;
    return base === undefined ? undefined : `${base}/${decoder.decode(bytes)}`;
  }

  /** The path of an open host file. */
  linkOf(hostFd: number): string | undefined {
    const { arena } = this.c;
    const link = arena.cString(Buffer.from(`/proc/self/fd/${hostFd}`));
    const target = arena.take(PATH_MAX);
    const n = target < 0 ? -1 : syscall(HOST.readlinkat, AT_FDCWD, link, arena.host(target), PATH_MAX);
    return n < 0 ? undefined : decoder.decode(arena.u8.subarray(target, target + n));
  }

  /** The bytes of a path that `existing` or `plain` gave a host address for; undefined if there is no such string. */
  hostBytes(hostAddress: number): Uint8Array | undefined {
    const { arena, base } = this.c;
    const at = hostAddress - arena.base;
    if (at < 0 || at >= arena.u8.length) return this.bytes(hostAddress - base);
    return arena.u8.slice(at, arena.u8.indexOf(0, at));
  }

  private mayBeSpecial(address: number): boolean {
    const { u8 } = this.c.memory;
    return this.c.readable(address, 4) && u8[address] === SLASH && isSpecial(u8, address + 1);
  }

  private rewritten(address: number, follow: boolean, below: boolean, dir: number): number {
    const bytes = this.bytes(address);
    if (bytes === undefined) return this.c.base + address;
    const special = isSpecial(bytes, 1) || dir >= 0 ? this.special(bytes, follow, dir) : undefined;
    if (special !== undefined) return this.place(Buffer.from(special, 'latin1'), address);
    return (below ? this.belowSysroot(bytes) : undefined) ?? this.c.base + address;
  }

  private place(bytes: Uint8Array, address: number): number {
    const at = this.c.arena.cString(bytes);
    return at < 0 ? this.c.base + address : at;
  }

  /** The bytes of a guest path, or undefined if the kernel shall find its fault (EFAULT, ENAMETOOLONG). */
  bytes(address: number): Uint8Array | undefined {
    const { u8 } = this.c.memory;
    for (let at = address; at < address + PATH_MAX;) {
      if (!this.c.readable(at, 1)) return undefined;
      const pageEnd = (Math.floor(at / 4096) + 1) * 4096;
      const nul = u8.subarray(at, pageEnd).indexOf(0);
      if (nul >= 0) return u8.slice(address, at + nul);
      at = pageEnd;
    }
    return undefined;
  }

  /** The same path below the prefix, if something is there. */
  private belowSysroot(bytes: Uint8Array): number | undefined {
    if (this.sysroot === undefined || isKernelTree(bytes)) return undefined;
    const full = new Uint8Array(this.sysroot.length + bytes.length);
    full.set(this.sysroot);
    full.set(bytes, this.sysroot.length);
    const at = this.c.arena.cString(full);
    return at >= 0 && syscall(HOST.faccessat, AT_FDCWD, at, F_OK) === 0 ? at : undefined;
  }

  /** Host path of the process's own files, or undefined if the path is not one of them. */
  private special(bytes: Uint8Array, follow: boolean, dir: number): string | undefined {
    const path = this.absoluteProcPath(bytes, dir);
    const own = path === undefined ? undefined : this.ownProcFile(path);
    if (own === 'exe') return follow ? Buffer.from(this.c.process.executable).toString('latin1') : undefined;
    const fd = own === undefined ? null : OWN_FD.exec(own);
    if (fd !== null) return `/proc/self/${fd[1]}/${this.c.fds.host(Number(fd[2]))}`;
    const standard = STANDARD[STANDARD_FILE.exec(decoder.decode(bytes))?.[1] ?? ''];
    return standard === undefined || !follow ? undefined : `/proc/self/fd/${this.c.fds.host(standard)}`;
  }

  /** What follows /proc/self/, /proc/thread-self/, /proc/PID/ or /proc/self/task/TID/, in a path that names this process. */
  ownProcFile(path: string): string | undefined {
    const m = OWN_FILE.exec(path);
    return m !== null && (!/^\d/.test(m[1]!) || Number(m[1]) === this.c.pid) ? m[2]!.replace(SLASHES, '/') : undefined;
  }
}
