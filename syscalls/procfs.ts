/**
 * Files of /proc that must show the guest rather than the emulator. Opening one yields a memfd with the
 * text as of now; readlink of /proc/self/exe yields the guest binary.
 */
import { HOST, syscall } from '../runtime/host';
import type { Vma } from '../runtime/memory';
import { AT_FDCWD, O, RLIMIT } from './constants';
import type { Context } from './context';
import { NOTE } from './fd-notes';
import { NSIG, SIG_IGN } from './signal-state';

type Contents = (c: Context) => string | Uint8Array;

/** By name below /proc/self. */
const OWN_FILES: Readonly<Record<string, Contents>> = {
  maps: (c) => mapsText(c.space.vmas.all()),
  smaps: (c) => smapsText(c.space.vmas.all()),
  auxv: (c) => c.process.auxv,
  cmdline: (c) => commandLine(c),
  environ: (c) => guestBytes(c, c.process.layout.envStart, c.process.layout.envEnd),
  limits: (c) => limitsText(c, readHostFile(c, '/proc/self/limits')),
  stat: (c) => statText(c, readHostFile(c, '/proc/self/stat')),
  status: (c) => statusText(c, readHostFile(c, '/proc/self/status')),
  statm: (c) => `${pages(c)} ${pages(c)} 0 0 0 ${pages(c)} 0\n`,
};

const GLOBAL_FILES: Readonly<Record<string, Contents>> = {
  '/proc/cpuinfo': (c) => c.process.cpuinfo(),
  '/proc/sys/kernel/osrelease': (c) => `${c.process.release ?? readHostFile(c, '/proc/sys/kernel/osrelease').trim()}\n`,
  '/proc/sys/kernel/arch': (c) => `${c.abi.machine}\n`,
};

/** The contents if the guest path, which may be relative to a host fd, is one of these files. */
export function procContents(c: Context, dir: number, address: number): Uint8Array | undefined {
  const path = c.paths.procPath(address, dir);
  if (path === undefined) return undefined;
  const own = c.paths.ownProcFile(path);
  const contents = (own === undefined ? undefined : lookup(OWN_FILES, own)) ?? lookup(GLOBAL_FILES, path);
  if (contents === undefined) return undefined;
  const text = contents(c);
  return typeof text === 'string' ? Buffer.from(text) : text;
}

/**
 * How names in a directory of /proc are the guest's: a function that gives the guest's name for one of the
 * host's, or undefined for what it shall not see.
 */
export function entryNames(c: Context, hostFd: number): ((name: string) => string | undefined) | undefined {
  if (c.fds.note(hostFd) !== NOTE.procDirectory) return undefined;
  const link = c.paths.linkOf(hostFd);
  const own = link === undefined ? undefined : c.paths.ownProcFile(link);
  const numbers = (guest: (n: number) => number) => (name: string) => {
    const n = /^\d+$/.test(name) ? guest(Number(name)) : undefined;
    return n === undefined ? name : n < 0 ? undefined : String(n);
  };
  if (own === 'fd' || own === 'fdinfo') return numbers((n) => c.fds.guest(n));
  const threads = threadsOf(c);
  return own === 'task' ? numbers((n) => (threads.includes(n) ? n : -1)) : undefined;
}

const lookup = (table: Readonly<Record<string, Contents>>, name: string): Contents | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** True if the guest path is the link to the guest binary. */
export function isExeLink(c: Context, dir: number, address: number): boolean {
  const path = c.paths.procPath(address, dir);
  return path !== undefined && c.paths.ownProcFile(path) === 'exe';
}

/** The guest's memory from one address to another; nothing if it cannot be read (proc_pid_cmdline_read). */
function guestBytes(c: Context, start: number, end: number): Uint8Array {
  return end > start && c.readable(start, end - start) ? c.memory.u8.slice(start, end) : new Uint8Array();
}

/** The arguments as they are in memory now. A program that wrote over the last NUL has put its title there. */
function commandLine(c: Context): Uint8Array {
  const { argStart, argEnd, envEnd } = c.process.layout;
  const args = guestBytes(c, argStart, argEnd);
  if (args.length === 0 || args[args.length - 1] === 0) return args;
  const all = guestBytes(c, argStart, envEnd);
  const nul = all.indexOf(0, args.length);
  return nul < 0 ? all : all.subarray(0, nul + 1);
}

/** A host fd at the start of a nameless file with the contents, or a negative errno. */
export function openContents(c: Context, contents: Uint8Array): number {
  const name = c.arena.cString(Buffer.from('proc'));
  const fd = syscall(HOST.memfd_create, name, 1);
  if (fd < 0) return fd;
  for (let done = 0; done < contents.length;) {
    const chunk = contents.subarray(done, done + 65536);
    const at = c.arena.take(chunk.length);
    if (at < 0) break;
    c.arena.u8.set(chunk, at);
    const n = syscall(HOST.write, fd, c.arena.host(at), chunk.length);
    if (n <= 0) break;
    done += n;
  }
  syscall(HOST.lseek, fd, 0, 0);
  return fd;
}

/** A small host file, from the arena's stack. */
function readHostFile(c: Context, path: string): string {
  const fd = syscall(HOST.openat, AT_FDCWD, c.arena.cString(Buffer.from(path)), O.O_CLOEXEC);
  if (fd < 0) return '';
  const size = 8192;
  const at = c.arena.take(size);
  const n = at < 0 ? 0 : syscall(HOST.read, fd, c.arena.host(at), size);
  syscall(HOST.close, fd);
  return Buffer.from(c.arena.u8.subarray(at, at + Math.max(n, 0))).toString('latin1');
}

const hexAddress = (n: number): string => n.toString(16).padStart(8, '0');

/** The guest's mappings as /proc/self/maps shows them (fs/proc/task_mmu.c): the name starts in column 73. */
export function mapsText(vmas: readonly Vma[]): string {
  return vmas
    .map((v) => {
      const bits = `${v.prot & 1 ? 'r' : '-'}${v.prot & 2 ? 'w' : '-'}${v.prot & 4 ? 'x' : '-'}${v.shared ? 's' : 'p'}`;
      const { major, minor } = deviceNumbers(v.backing.device);
      const device = `${major.toString(16).padStart(2, '0')}:${minor.toString(16).padStart(2, '0')}`;
      const offset = v.backing.inode === 0 ? 0 : v.offset;
      const line = `${hexAddress(v.start)}-${hexAddress(v.end)} ${bits} ${hexAddress(offset)} ${device} ${v.backing.inode} `;
      return v.backing.name === '' ? `${line}\n` : `${line.padEnd(73)}${v.backing.name}\n`;
    })
    .join('');
}

/** The kernel's dev_t as stat(2) encodes it (new_encode_dev). */
function deviceNumbers(dev: number): { major: number; minor: number } {
  const low = dev % 2 ** 32;
  return { major: (low >>> 8) & 0xfff, minor: (low & 0xff) | ((low >>> 12) & 0xfff00) };
}

const pages = (c: Context): number => c.space.vmas.all().reduce((n, v) => n + (v.end - v.start) / 4096, 0);

/** Sizes by mapping. Which pages are present is not looked up: resident sizes are those of the mappings. */
function smapsText(vmas: readonly Vma[]): string {
  return vmas
    .map((v) => {
      const size = (v.end - v.start) / 1024;
      const line = (name: string, value: number): string => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`;
      const resident = v.prot === 0 ? 0 : size;
      const dirty = !v.shared && (v.prot & 2) !== 0 ? resident : 0;
      return [
        mapsText([v]),
        ...[line('Size', size), line('KernelPageSize', 4), line('MMUPageSize', 4), line('Rss', resident), line('Pss', resident)],
        ...[line('Shared_Clean', v.shared ? resident : 0), line('Shared_Dirty', 0)],
        ...[line('Private_Clean', v.shared ? 0 : resident - dirty), line('Private_Dirty', dirty), line('Referenced', resident)],
        ...[line('Anonymous', v.backing.inode === 0 ? resident : 0), line('Swap', 0), line('Locked', 0)],
      ].join('');
    })
    .join('');
}

/** Limits that the guest has set and that do not bind the emulator, under the names they have in the host's file. */
const LIMIT_LINES: Readonly<Record<string, number>> = {
  'Max data size': RLIMIT.RLIMIT_DATA,
  'Max stack size': RLIMIT.RLIMIT_STACK,
  'Max address space': RLIMIT.RLIMIT_AS,
  'Max open files': RLIMIT.RLIMIT_NOFILE,
};

function limitsText(c: Context, hostText: string): string {
  const column = (n: number): string => (n >= 2 ** 64 ? 'unlimited' : String(n)).padEnd(20);
  return hostText.replace(/^(Max [a-z ]+?) {2,}(\S+) +(\S+) +/gm, (line, name: string, _soft: string, hard: string) => {
    const resource = LIMIT_LINES[name];
    const hostHard = hard === 'unlimited' ? 2 ** 64 : Number(hard);
    const set =
      resource === undefined
        ? undefined
        : (c.shared.limits.get(resource) ?? (name === 'Max open files' ? [c.fds.limit, hostHard] : undefined));
    return set === undefined ? line : `${name.padEnd(25)} ${column(set[0]!)} ${column(set[1]!)} `;
  });
}

/** Fields of proc(5) stat by number that the host's line gets wrong; those that count its memory are replaced or 0. */
function statText(c: Context, hostLine: string): string {
  const head = hostLine.lastIndexOf(')') + 2;
  const fields = hostLine.slice(head).trim().split(' ');
  const set = (number: number, value: number): void => {
    fields[number - 3] = String(value);
  };
  const { startCode, endCode, stackPointer, startData, endData, brkStart, argStart, argEnd, envStart, envEnd } = c.process.layout;
  set(20, threadsOf(c).length);
  set(23, pages(c) * 4096);
  set(26, startCode);
  set(27, endCode);
  set(28, stackPointer);
  [startData, endData, brkStart, argStart, argEnd, envStart, envEnd].forEach((value, i) => set(45 + i, value));
  for (const unknown of [29, 30, 35]) set(unknown, 0);
  return `${hostLine.slice(0, head)}${fields.join(' ')}\n`;
}

/** Thread ids of the guest. */
const threadsOf = (c: Context): readonly number[] => c.process.threadIds?.() ?? [c.pid];

function statusText(c: Context, hostText: string): string {
  const { signals } = c;
  const mask = (test: (signal: number) => boolean): string => {
    let bits = 0n;
    for (let s = 1; s <= NSIG; s++) if (test(s)) bits |= 1n << BigInt(s - 1);
    return bits.toString(16).padStart(16, '0');
  };
  const kilobytes = `${String(pages(c) * 4).padStart(8)} kB`;
  const replaced: Readonly<Record<string, string>> = {
    State: 'R (running)',
    Threads: String(threadsOf(c).length),
    FDSize: String(Math.max(64, ...c.fds.open().map((fd) => fd + 1))),
    VmPeak: kilobytes,
    VmSize: kilobytes,
    VmData: kilobytes,
    SigBlk: mask((s) => signals.isBlocked(s)),
    SigIgn: mask((s) => signals.dispositions.get(s).handler === SIG_IGN),
    SigCgt: mask((s) => signals.dispositions.get(s).handler > SIG_IGN),
  };
  return hostText.replace(/^(\w+):\t(.*)$/gm, (line, key: string) => (Object.hasOwn(replaced, key) ? `${key}:\t${replaced[key]}` : line));
}
