/**
 * Executes a program of the host's in the place of this process. The kernel does it; what Node and tsemu have changed in
 * the process is undone first, and done again should the kernel refuse.
 */
import { addressOf, HOST, restoreCores, syscall } from '../runtime/host';
import { O, RLIMIT, SIGNALS } from './constants';
import type { Context } from './context';
import { E } from './errno';
import type { ExecRequest } from './process';
import { NSIG, SIG_DFL, SIG_IGN } from './signal-state';

const F_DUPFD_CLOEXEC = 1030;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const SIG_SETMASK = 2;
const SIGSET_BYTES = 8;

/** Undoes one change; the changes are undone in reverse order. */
type Undo = () => void;

/** Does not return unless the kernel refuses: then a negative errno. */
export function hostExec(c: Context, { hostPath, argv, envp }: ExecRequest): number {
  const path = c.arena.cString(hostPath);
  const [argvBlock, envpBlock] = [stringBlock(argv), stringBlock(envp)];
  const undo: Undo[] = [];
  const placed = placeDescriptors(c, undo);
  if (placed >= 0) {
    setLimits(c, undo);
    setSignals(c, undo);
    undo.push(restoreCores());
  }
  // If the kernel refuses, the parent of a vfork will see more
  c.borrowed?.synchronise();
  const r = placed < 0 ? placed : syscall(HOST.execve, path, addressOf(argvBlock), addressOf(envpBlock));
  for (const u of undo.reverse()) u();
  return r;
}

/** An array of pointers that ends with NULL, and behind it the strings that they point to. */
function stringBlock(strings: readonly Uint8Array[]): Uint8Array {
  let at = 8 * (strings.length + 1);
  const block = new Uint8Array(strings.reduce((n, s) => n + s.length + 1, Math.max(at, 64)));
  const base = addressOf(block);
  const pointers = new BigUint64Array(block.buffer, 0, strings.length + 1);
  for (const [i, s] of strings.entries()) {
    pointers[i] = BigInt(base + at);
    block.set(s, at);
    at += s.length + 1;
  }
  return block;
}

/**
 * Puts the guest's descriptors under their guest numbers. Whatever of ours has such a number is moved above all of them
 * for as long as the kernel may still refuse; it is closed by the exec.
 */
function placeDescriptors(c: Context, undo: Undo[]): number {
  const wanted = c.fds.open().filter((fd) => !c.fds.cloexec(fd));
  const above = Math.max(...wanted, 2) + 1;
  const moved = new Map<number, number>();
  for (const n of wanted) {
    if (c.fds.host(n) === n) continue;
    const kept = syscall(HOST.fcntl, n, F_DUPFD_CLOEXEC, above);
    if (kept < 0 && kept !== -E.BADF) return kept;
    if (kept >= 0) moved.set(n, kept);
    undo.push(() => {
      if (kept < 0) syscall(HOST.close, n);
      else {
        syscall(HOST.dup3, kept, n, O.O_CLOEXEC);
        syscall(HOST.close, kept);
      }
    });
  }
  for (const n of wanted) {
    const host = c.fds.host(n);
    const r = host === n ? syscall(HOST.fcntl, n, F_SETFD, 0) : syscall(HOST.dup3, moved.get(host) ?? host, n, 0);
    if (r < 0) return r;
    if (host === n) undo.push(() => syscall(HOST.fcntl, n, F_SETFD, FD_CLOEXEC));
  }
  // The standard descriptors are never closed on the host, and the guest may have closed them
  for (const n of [0, 1, 2]) if (c.fds.host(n) < 0) syscall(HOST.fcntl, n, F_SETFD, FD_CLOEXEC);
  return 0;
}

/** The limits that were kept from the host, so that they should not bind tsemu. */
function setLimits(c: Context, undo: Undo[]): void {
  const at = c.arena.take(32);
  const all = new Map(c.shared.limits.entries());
  if (!all.has(RLIMIT.RLIMIT_NOFILE)) all.set(RLIMIT.RLIMIT_NOFILE, openFileLimits(c));
  for (const [resource, limits] of all) {
    limits.forEach((v, i) => c.arena.view.setBigUint64(at + 8 * i, v >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(v), true));
    if (syscall(HOST.prlimit64, 0, resource, c.arena.host(at), c.arena.host(at + 16)) < 0) continue;
    const before = c.arena.u8.slice(at + 16, at + 32);
    undo.push(() => {
      c.arena.u8.set(before, at);
      syscall(HOST.prlimit64, 0, resource, c.arena.host(at), 0);
    });
  }
}

/** Node has raised the soft limit. */
function openFileLimits(c: Context): readonly [number, number] {
  const at = c.arena.take(16);
  syscall(HOST.prlimit64, 0, RLIMIT.RLIMIT_NOFILE, 0, c.arena.host(at));
  const hard = Number(c.arena.view.getBigUint64(at + 8, true));
  return [Math.min(c.fds.limit, hard), hard];
}

/** Signals that the guest ignores are ignored, the mask is the guest's; handlers go by themselves. */
function setSignals(c: Context, undo: Undo[]): void {
  const { signals } = c;
  const at = c.arena.take(64);
  for (let n = 1; n <= NSIG; n++) {
    if (n === SIGNALS['SIGKILL'] || n === SIGNALS['SIGSTOP']) continue;
    c.arena.u8.fill(0, at, at + 64);
    c.arena.view.setUint32(at, signals.dispositions.get(n).handler === SIG_IGN ? SIG_IGN : SIG_DFL, true);
    if (syscall(HOST.rt_sigaction, n, c.arena.host(at), c.arena.host(at + 32), SIGSET_BYTES) < 0) continue;
    const before = c.arena.u8.slice(at + 32, at + 64);
    undo.push(() => {
      c.arena.u8.set(before, at);
      syscall(HOST.rt_sigaction, n, c.arena.host(at), 0, SIGSET_BYTES);
    });
  }
  c.arena.view.setInt32(at, signals.maskLow, true);
  c.arena.view.setInt32(at + 4, signals.maskHigh, true);
  syscall(HOST.rt_sigprocmask, SIG_SETMASK, c.arena.host(at), c.arena.host(at + 32), SIGSET_BYTES);
  const mask = c.arena.u8.slice(at + 32, at + 40);
  undo.push(() => {
    c.arena.u8.set(mask, at);
    syscall(HOST.rt_sigprocmask, SIG_SETMASK, c.arena.host(at), 0, SIGSET_BYTES);
  });
}
