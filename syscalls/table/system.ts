/** The system and its limits: uname, sysinfo, rlimits, usage, random bytes. */
import { HOST, syscall } from '../../runtime/host';
import { GRND, RLIMIT, RUSAGE } from '../constants';
import type { Context } from '../context';
import {
  address,
  flags,
  guestStruct,
  hex,
  host,
  inBytes,
  int,
  oneOf,
  outBytes,
  outStruct,
  path,
  row,
  uint,
  type Implementation,
  type Table,
} from '../definition';
import { E } from '../errno';
import { readScalar } from '../struct-codec';

/** struct new_utsname: six fields of 65 bytes. */
const UTS_FIELD = 65;
const UTS = { release: 2, machine: 4 } as const;

function uname(c: Context, result: number): number {
  const r = syscall(HOST.uname, c.pointer(result, 6 * UTS_FIELD));
  if (r < 0) return r;
  const put = (field: number, text: string): void => {
    const at = result + field * UTS_FIELD;
    c.memory.u8.fill(0, at, at + UTS_FIELD);
    c.memory.u8.set(Buffer.from(text).subarray(0, UTS_FIELD - 1), at);
  };
  put(UTS.machine, c.abi.machine);
  if (c.process.release !== undefined) put(UTS.release, c.process.release);
  return 0;
}

/** Sizes that overflow a 32-bit guest's words are given in units of more bytes (kernel/sys.c compat_sysinfo). */
const SCALED = ['totalram', 'freeram', 'sharedram', 'bufferram', 'totalswap', 'freeswap', 'totalhigh', 'freehigh'];

function sysinfo(c: Context, result: number): number {
  const copier = c.toGuest('sysinfo', 'sysinfo');
  const { from, to } = copier;
  const at = c.arena.take(from.size);
  const r = syscall(HOST.sysinfo, c.arena.host(at));
  if (r < 0) return r;
  if (c.abi.wordSize === 4) {
    const offset = (name: string): number => at + from.fields.find((f) => f.name === name)!.offset;
    const { view } = c.arena;
    const tooLarge = ['totalram', 'totalswap'].some((n) => view.getUint32(offset(n) + 4, true) !== 0);
    let unit = view.getUint32(offset('mem_unit'), true);
    let shift = 0;
    for (; tooLarge && unit < 4096; unit <<= 1) shift++;
    for (const n of SCALED) {
      const scaled = Math.floor(readScalar(view, offset(n), 8, false, true) / 2 ** shift);
      view.setUint32(offset(n), scaled, true);
    }
    view.setUint32(offset('mem_unit'), unit, true);
  }
  if (!c.writable(result, to.size)) return -E.FAULT;
  copier.copy(c.arena.view, at, c.memory.view, result);
  return 0;
}

const INFINITY = 2 ** 64;
/** Limits that would bind the emulator's own memory and descriptors: kept for the guest, not given to the host. */
const VIRTUAL: ReadonlySet<number> = new Set([RLIMIT.RLIMIT_DATA, RLIMIT.RLIMIT_STACK, RLIMIT.RLIMIT_AS, RLIMIT.RLIMIT_NOFILE]);

const RESOURCE = oneOf(RLIMIT, 'rlimit');

type Limit = readonly [soft: number, hard: number];

/** Values at or above 2^53 are only ever RLIM_INFINITY. */
function readLimit(view: DataView, at: number, size: number, littleEndian: boolean): Limit {
  const one = (p: number): number => {
    const v = readScalar(view, p, size, false, littleEndian);
    return v >= 2 ** (size * 8) - 2048 && (size === 8 || v === 2 ** 32 - 1) ? INFINITY : v;
  };
  return [one(at), one(at + size)];
}

function writeLimit(view: DataView, at: number, size: number, littleEndian: boolean, limit: Limit): void {
  for (const [i, v] of limit.entries()) {
    const p = at + i * size;
    if (size === 4) view.setUint32(p, Math.min(v, 2 ** 32 - 1), littleEndian);
    else view.setBigUint64(p, v >= INFINITY ? 2n ** 64n - 1n : BigInt(v), littleEndian);
  }
}

/** prlimit on the guest's values. `next` undefined only asks. Returns the old limit or a negative errno. */
function prlimit(c: Context, pid: number, resource: number, next: Limit | undefined): Limit | number {
  const own = pid === 0 || pid === syscall(HOST.getpid);
  const at = c.arena.take(32);
  const kept = own && VIRTUAL.has(resource);
  if (next !== undefined) writeLimit(c.arena.view, at + 16, 8, true, next);
  const r = syscall(HOST.prlimit64, pid, resource, next === undefined || kept ? 0 : c.arena.host(at + 16), c.arena.host(at));
  if (r < 0) return r;
  const hostLimit = readLimit(c.arena.view, at, 8, true);
  if (!kept) return hostLimit;
  const old: Limit = c.shared.limits.get(resource) ?? (resource === RLIMIT.RLIMIT_NOFILE ? [c.fds.limit, hostLimit[1]] : hostLimit);
  if (next === undefined) return old;
  if (next[0] > next[1]) return -E.INVAL;
  if (next[1] > old[1] && syscall(HOST.geteuid) !== 0) return -E.PERM;
  c.shared.limits.set(resource, next);
  if (resource === RLIMIT.RLIMIT_NOFILE) c.fds.limit = Math.min(next[0], hostLimit[1]);
  return old;
}

function getrlimit(c: Context, resource: number, result: number, ceiling = INFINITY): number {
  const limit = prlimit(c, 0, resource, undefined);
  if (typeof limit === 'number') return limit;
  const size = c.abi.wordSize;
  if (!c.writable(result, 2 * size)) return -E.FAULT;
  writeLimit(c.memory.view, result, size, c.memory.littleEndian, [Math.min(limit[0], ceiling), Math.min(limit[1], ceiling)]);
  return 0;
}

function setrlimit(c: Context, resource: number, value: number): number {
  const size = c.abi.wordSize;
  if (!c.readable(value, 2 * size)) return -E.FAULT;
  const infinity = c.abi.rlimInfinity ?? INFINITY;
  const [soft, hard] = readLimit(c.memory.view, value, size, c.memory.littleEndian).map((v) => (v >= infinity ? INFINITY : v));
  const r = prlimit(c, 0, resource, [soft!, hard!]);
  return typeof r === 'number' ? r : 0;
}

function prlimit64(c: Context, pid: number, resource: number, next: number, old: number): number {
  if (next !== 0 && !c.readable(next, 16)) return -E.FAULT;
  const r = prlimit(c, pid, resource, next === 0 ? undefined : readLimit(c.memory.view, next, 8, c.memory.littleEndian));
  if (typeof r === 'number') return r;
  if (old === 0) return 0;
  if (!c.writable(old, 16)) return -E.FAULT;
  writeLimit(c.memory.view, old, 8, c.memory.littleEndian, r);
  return 0;
}

const notOnThisKernel: Implementation = () => -E.NOSYS;
export const SYSTEM: Table = {
  uname: row([address], uname),
  sysinfo: row([guestStruct('sysinfo', 'out')], sysinfo),
  sethostname: row([inBytes(1), uint], host('sethostname')),
  setdomainname: row([inBytes(1), uint], host('setdomainname')),
  getrlimit: row([RESOURCE, guestStruct('rlimit', 'out')], (c, resource, result) => getrlimit(c, resource, result, c.abi.rlimInfinity)),
  // the first getrlimit was signed: infinity is 2^31 - 1
  old_getrlimit: row([RESOURCE, guestStruct('rlimit', 'out')], (c, resource, result) => getrlimit(c, resource, result, 2 ** 31 - 1)),
  setrlimit: row([RESOURCE, guestStruct('rlimit', 'in')], setrlimit),
  prlimit64: row([int, RESOURCE, guestStruct('rlimit64', 'in'), guestStruct('rlimit64', 'out')], prlimit64),
  getrusage: row([oneOf(RUSAGE), outStruct('rusage')], host('getrusage')),
  getrandom: row([outBytes(1), uint, flags(GRND)], host('getrandom')),
  syslog: row([int, outBytes(2), int], host('syslog')),
  personality: row([hex], host('personality')),
  set_tid_address: row([address], (c, at) => {
    c.clearTid = at;
    return syscall(HOST.gettid);
  }),
  rseq: row([address, uint, int, hex], notOnThisKernel),
  _sysctl: row([address], notOnThisKernel),
  acct: row([path], host('acct')),
};
