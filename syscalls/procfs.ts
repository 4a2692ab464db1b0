/**
 * Files of /proc that must show the guest rather than the emulator. Opening one yields a memfd with the
 * text as of now; readlink of /proc/self/exe yields the guest binary.
 */
import { HOST, syscall } from '../runtime/host';
import type { Vma } from '../runtime/memory';
import { AT_FDCWD, O } from './constants';
import type { Context } from './context';
import { NSIG, SIG_DFL, SIG_IGN } from './signal-state';

type Contents = (c: Context) => string | Uint8Array;

/** By name below /proc/self. */
const OWN_FILES: Readonly<Record<string, Contents>> = {
  maps: (c) => mapsText(c.space.vmas.all()),
  auxv: (c) => c.process.auxv,
  cmdline: (c) => Buffer.concat(c.process.commandLine.map((a) => Buffer.concat([a, Buffer.of(0)]))),
  stat: (c) => statText(c, readHostFile(c, '/proc/self/stat')),
  status: (c) => statusText(c, readHostFile(c, '/proc/self/status')),
  statm: (c) => `${pages(c)} ${pages(c)} 0 0 0 ${pages(c)} 0\n`,
  comm: (c) => `${commandName(c)}\n`,
};

const GLOBAL_FILES: Readonly<Record<string, Contents>> = {
  '/proc/cpuinfo': (c) => c.process.cpuinfo(),
};

/** The contents if the guest path is one of these files. */
export function procContents(c: Context, address: number): Uint8Array | undefined {
  const { u8 } = c.memory;
  // "/proc/" in guest memory, before anything is copied
  if (!c.readable(address, 6) || u8[address + 1] !== 0x70 || u8[address + 2] !== 0x72) return undefined;
  const bytes = c.paths.bytes(address);
  if (bytes === undefined) return undefined;
  const path = Buffer.from(bytes).toString('latin1');
  const own = c.paths.ownProcFile(path);
  const contents = (own === undefined ? undefined : lookup(OWN_FILES, own)) ?? lookup(GLOBAL_FILES, path);
  if (contents === undefined) return undefined;
  const text = contents(c);
  return typeof text === 'string' ? Buffer.from(text) : text;
}

const lookup = (table: Readonly<Record<string, Contents>>, name: string): Contents | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** True if the guest path is the link to the guest binary. */
export function isExeLink(c: Context, address: number): boolean {
  if (!c.readable(address, 6) || c.memory.u8[address] !== 0x2f || c.memory.u8[address + 1] !== 0x70) return false;
  const bytes = c.paths.bytes(address);
  return bytes !== undefined && c.paths.ownProcFile(Buffer.from(bytes).toString('latin1')) === 'exe';
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

/** At most 15 bytes of the program's base name, as exec sets it. */
function commandName(c: Context): string {
  return (c.process.executable.split('/').pop() ?? '').slice(0, 15);
}

const pages = (c: Context): number => c.space.vmas.all().reduce((n, v) => n + (v.end - v.start) / 4096, 0);

/** Fields of proc(5) stat by number that the host's line gets wrong; those that count its memory are replaced or 0. */
function statText(c: Context, hostLine: string): string {
  const close = hostLine.lastIndexOf(')');
  const fields = hostLine
    .slice(close + 2)
    .trim()
    .split(' ');
  const set = (number: number, value: number): void => {
    fields[number - 3] = String(value);
  };
  const vmas = c.space.vmas.all();
  const code = vmas.find((v) => v.backing.name === c.process.executable && (v.prot & 4) !== 0);
  const stack = vmas.find((v) => v.backing.name === '[stack]');
  set(20, 1);
  set(23, pages(c) * 4096);
  set(26, code?.start ?? 0);
  set(27, code?.end ?? 0);
  set(28, stack === undefined ? 0 : stack.end - 16);
  for (const unknown of [29, 30, 35, 45, 46, 47, 48, 49, 50, 51]) set(unknown, 0);
  return `${hostLine.slice(0, hostLine.indexOf('(') + 1)}${commandName(c)}) ${fields.join(' ')}\n`;
}

function statusText(c: Context, hostText: string): string {
  const { signals } = c;
  const mask = (test: (signal: number) => boolean): string => {
    let bits = 0n;
    for (let s = 1; s <= NSIG; s++) if (test(s)) bits |= 1n << BigInt(s - 1);
    return bits.toString(16).padStart(16, '0');
  };
  const kilobytes = `${String(pages(c) * 4).padStart(8)} kB`;
  const replaced: Readonly<Record<string, string>> = {
    Name: commandName(c),
    State: 'R (running)',
    Threads: '1',
    FDSize: String(Math.max(64, ...c.fds.open().map((fd) => fd + 1))),
    VmPeak: kilobytes,
    VmSize: kilobytes,
    ShdPnd: mask((s) => signals.isPending(s)),
    SigBlk: mask((s) => signals.isBlocked(s)),
    SigIgn: mask((s) => signals.dispositions[s]!.handler === SIG_IGN),
    SigCgt: mask((s) => signals.dispositions[s]!.handler > SIG_IGN && signals.dispositions[s]!.handler !== SIG_DFL),
  };
  return hostText.replace(/^(\w+):\t(.*)$/gm, (line, key: string) => (Object.hasOwn(replaced, key) ? `${key}:\t${replaced[key]}` : line));
}
