/**
 * Which descriptors this process was given by its parent. Node has opened some for itself by the time that our code runs,
 * and has set FD_CLOEXEC on the parent's too (uv_disable_stdio_inheritance), so they must be told apart by what they are.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { syscall } from './ffi';
import { HOST } from './numbers';

const F_GETFD = 1;
const F_GETFL = 3;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0o4000;
const STANDARD = [0, 1, 2];

export interface Descriptor {
  readonly fd: number;
  /** What /proc/self/fd shows of it. */
  readonly target: string;
  readonly cloexec: boolean;
  readonly nonblocking: boolean;
}

/**
 * Numbers of the parent's descriptors, the standard ones among them. To be called before anything else is opened.
 * Without /proc only the standard ones are known.
 */
export function inheritedDescriptors(): number[] {
  let all: number[];
  try {
    all = readdirSync('/proc/self/fd').map(Number);
  } catch {
    return STANDARD;
  }
  const above = all.filter((fd) => fd > 2).sort((a, b) => a - b);
  return [...STANDARD, ...notOurs(above.flatMap(describe))];
}

/** Nothing for the descriptor that listed the others. */
function describe(fd: number): Descriptor | [] {
  const flags = syscall(HOST.fcntl, fd, F_GETFD);
  if (flags < 0) return [];
  try {
    const target = readlinkSync(`/proc/self/fd/${fd}`);
    const nonblocking = (syscall(HOST.fcntl, fd, F_GETFL) & O_NONBLOCK) !== 0;
    return { fd, target, cloexec: (flags & FD_CLOEXEC) !== 0, nonblocking };
  } catch {
    return [];
  }
}

/**
 * Numbers of those that Node has not opened.
 * @param descriptors above the standard ones, in ascending order
 */
export function notOurs(descriptors: readonly Descriptor[]): number[] {
  // Node takes the lowest free numbers, for the event loop's epoll first
  const first = descriptors.find((d) => d.cloexec && d.target === 'anon_inode:[eventpoll]')?.fd ?? Infinity;
  const candidates = descriptors.filter((d) => d.cloexec && d.fd > first);
  const ours = new Set([first, ...candidates.filter((d) => isOurs(d)).map((d) => d.fd)]);
  for (const d of [...signalPipe(candidates), ...candidates.filter((c) => c.target === '/dev/null').slice(-1)]) ours.add(d.fd);
  return descriptors.filter((d) => !ours.has(d.fd) && !/\/perf-\d+\.map$/.test(d.target)).map((d) => d.fd);

  function isOurs(d: Descriptor): boolean {
    if (/^anon_inode:\[(eventpoll|io_uring|eventfd)\]$/.test(d.target)) return true;
    return d.nonblocking && bothEnds(candidates, d).length === 2;
  }
}

/** The ends of a pipe that we have. */
const bothEnds = (all: readonly Descriptor[], { target }: Descriptor): Descriptor[] =>
  target.startsWith('pipe:') ? all.filter((d) => d.target === target) : [];

/** libuv's pipe with a lock in it: of the pipes that block, the one that was made last. */
function signalPipe(all: readonly Descriptor[]): Descriptor[] {
  const inode = (d: Descriptor): number => Number(/\d+/.exec(d.target)?.[0]);
  const pipes = all.filter((d) => !d.nonblocking && bothEnds(all, d).length === 2).sort((a, b) => inode(a) - inode(b));
  return pipes.slice(-2);
}
