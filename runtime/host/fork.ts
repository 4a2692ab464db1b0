/**
 * fork(2) of a process in which V8 runs. Two things stand against it: V8 keeps its heap from children (MADV_DONTFORK), and
 * a child has none of V8's helper threads. The first is undone before the first fork; the code page carries the threads
 * over (code-page/fork.s).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { codePage } from './code-page';
import { withHandler } from './code-page/handler';
import { MAX_HELPERS, SHARED } from './code-page/layout';
import type { CodePage } from './code-page/code-page';
import { hostFunction, symbolAddress, syscall, type HostFunction } from './ffi';
import { compactHeap } from './heap';
import { replaceImports } from './import-table';
import { HOST } from './numbers';
import { findThreadId } from './thread-id';

const ENOSYS = 38;
const EAGAIN = 11;
const MADV_DOFORK = 11;
/** glibc's SIGSETXID. */
const STOP_SIGNAL = 33;
const SA_RESTART = 0x1000_0000;

/** Id of this process; Node's process.pid stays that of the process that forked first. */
export const processId = (): number => syscall(HOST.getpid);

/** Memory that keeps its own MADV_DONTFORK: host addresses. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Forker {
  readonly page: CodePage;
  readonly forkProcess: HostFunction;
  /** V8 asks for MADV_DONTFORK in a way that we cannot catch: it must be undone before every fork. */
  readonly undoEveryTime: boolean;
}

let forker: Forker | undefined;
/** Children that this process has made or tried to make. */
let forks = 0;
/** So many are made before it pays to make the process small. */
const FORKS_BEFORE_COMPACTION = 8;

/** Undefined if the host refuses executable memory, or glibc's data are not where they should be. */
function prepare(guest: Range): Forker | undefined {
  const page = codePage();
  if (page === undefined) return undefined;
  if (!findThreadId(page)) return undefined;
  const caught = catchAdvice(page);
  letHeapFork(guest);
  return { page, forkProcess: page.function('fork_process', 2), undoEveryTime: !caught };
}

/** Lets V8 no longer keep its heap from children. False if that cannot be done. */
function catchAdvice(page: CodePage): boolean {
  // Another thread of this process may have done it
  if (page.shared.getBigUint64(SHARED.F_MADVISE, true) !== 0n) return true;
  return replaceImports(['madvise'], (_, original) => {
    page.shared.setBigUint64(SHARED.F_MADVISE, original, true);
    return BigInt(page.entry('madvise_for_fork'));
  });
}

/** What is resident costs each child, when it is made and when it ends: gives back what is free, and puts the rest together. */
function compact(page: CodePage): void {
  if (page.shared.getBigUint64(SHARED.F_MMAP, true) === 0n) {
    const replace = (_: string, original: bigint): bigint => {
      page.shared.setBigUint64(SHARED.F_MMAP, original, true);
      return BigInt(page.entry('mmap_for_fork'));
    };
    // By the one name or the other, as the program was compiled
    if (!replaceImports(['mmap64'], replace)) replaceImports(['mmap'], replace);
  }
  compactHeap();
  const trim = symbolAddress('malloc_trim');
  if (trim !== 0n) hostFunction(Number(trim), 1)(0);
}

/** Undoes MADV_DONTFORK of all anonymous memory but the guest's. */
function letHeapFork(guest: Range): void {
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ 00:00 0 *(?:\[anon:.*)?$/.exec(line) ?? [];
    if (from === undefined || to === undefined) continue;
    const [start, end] = [parseInt(from, 16), parseInt(to, 16)];
    if (start < guest.end && end > guest.start) continue;
    syscall(HOST.madvise, start, end - start, MADV_DOFORK);
  }
}

/**
 * Makes a child process, with all threads that are not the guest's.
 * @param flags of clone(2) that suit a child with memory of its own, and its exit signal
 * @param pidfd host address for CLONE_PIDFD's result
 * @param guest memory that keeps its MADV_DONTFORK
 * @returns as clone(2): 0 in the child; -ENOSYS if the host refuses executable memory
 */
export function forkProcess(flags: number, pidfd: number, guest: Range): number {
  forker ??= prepare(guest);
  if (forker === undefined) return -ENOSYS;
  const { page, forkProcess: fork, undoEveryTime } = forker;
  if (undoEveryTime) letHeapFork(guest);
  if (++forks === FORKS_BEFORE_COMPACTION) compact(page);
  const others = otherThreads(syscall(HOST.gettid));
  if (others.length > MAX_HELPERS) return -EAGAIN;
  others.forEach((tid, i) => page.shared.setInt32(SHARED.F_TIDS + 4 * i, tid, true));
  page.shared.setInt32(SHARED.F_COUNT, others.length, true);
  page.shared.setInt32(SHARED.F_PID, syscall(HOST.getpid), true);
  let result = -ENOSYS;
  withHandler(page, STOP_SIGNAL, 'stop_entry', SA_RESTART, () => {
    result = fork(flags, pidfd);
  });
  if (Number(result) === 0) forks = 0;
  return Number(result);
}

function otherThreads(me: number): number[] {
  return readdirSync('/proc/self/task')
    .map(Number)
    .filter((tid) => tid !== me);
}
