/**
 * Threads of V8 and Node that must not receive the process's signals: the kernel would choose one of them for
 * whatever the guest blocks, and with the default action that ends the process.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { syscall } from '../ffi';
import { HOST } from '../numbers';
import type { CodePage } from './code-page';
import { withHandler } from './handler';
import { SHARED } from './layout';

/** glibc's SIGSETXID: between its rare uses nobody else's. */
const SIGSETXID = 33;
const SA_RESTART = 0x1000_0000;
const ALL = 2n ** 64n - 1n;
/** SIGKILL, SIGSTOP, glibc's SIGCANCEL and SIGSETXID, which its pthread_sigmask unblocks, and SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, which report what a thread did itself. */
const NEVER_BLOCKED = (1n << 8n) | (1n << 18n) | (1n << 3n) | (1n << 4n) | (1n << 6n) | (1n << 7n) | (1n << 10n) | (3n << 31n);

/** Makes all threads but the calling one block all signals, if they do not yet. */
export function silenceOtherThreads(page: CodePage): void {
  const pid = syscall(HOST.getpid);
  const me = syscall(HOST.gettid);
  const others = (): number[] => openThreads().filter((tid) => tid !== me);
  if (others().length === 0) return;
  withHandler(page, SIGSETXID, 'silence_entry', SA_RESTART, () => {
    const handled = (): number => page.shared.getInt32(SHARED.G_SILENCED, true);
    let expected = handled();
    // Again and again: a thread that was about to restore an older mask undoes it once
    for (let open = others(); open.length > 0; open = others()) {
      for (const tid of open) if (syscall(HOST.tgkill, pid, tid, SIGSETXID) === 0) expected++;
      syscall(HOST.sched_yield);
    }
    // One that comes when glibc's handler is back would find it unprepared, and end the process
    while (handled() < expected) syscall(HOST.sched_yield);
  });
}

/** Threads of this process that do not block all signals. */
function openThreads(): number[] {
  const open: number[] = [];
  for (const tid of readdirSync('/proc/self/task')) {
    const blocked = blockedBy(tid);
    if (blocked !== undefined && (blocked | NEVER_BLOCKED) !== ALL) open.push(Number(tid));
  }
  return open;
}

/** Signal mask of a thread, bit N-1 for signal N; undefined if the thread has ended. */
function blockedBy(tid: string): bigint | undefined {
  try {
    const mask = /^SigBlk:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/self/task/${tid}/status`, 'latin1'))?.[1];
    return mask === undefined ? undefined : BigInt(`0x${mask}`);
  } catch {
    return undefined;
  }
}
