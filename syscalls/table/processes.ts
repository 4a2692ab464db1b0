/** Making child processes and waiting for them: fork, vfork, clone, clone3, wait4, waitid. */
import { HOST, syscall } from '../../runtime/host';
import { CLONE, P_ID, SIGNALS, WAIT } from '../constants';
import type { Vma } from '../../runtime/memory';
import type { Context } from '../context';
import { address, flags, flagsWith, guestStruct, int, oneOf, outStruct, row, uint, type Table } from '../definition';
import { E } from '../errno';
import { guestSignal, hostSignal } from '../signal-sets';
import { readField, writeField } from '../struct-codec';
import { VforkLink } from '../vfork-link';

/** CSIGNAL: clone's exit signal in the low bits of its flags. */
const EXIT_SIGNAL = 0xff;
const SIGCHLD = 17;

/** What the host can do for a child with memory of its own. */
const PASSED_ON =
  CLONE.CLONE_FS |
  CLONE.CLONE_PTRACE |
  CLONE.CLONE_PARENT |
  CLONE.CLONE_NEWNS |
  CLONE.CLONE_SYSVSEM |
  CLONE.CLONE_UNTRACED |
  CLONE.CLONE_NEWCGROUP |
  CLONE.CLONE_NEWUTS |
  CLONE.CLONE_NEWIPC |
  CLONE.CLONE_NEWUSER |
  CLONE.CLONE_NEWPID |
  CLONE.CLONE_NEWNET |
  CLONE.CLONE_IO;

/** What clone and clone3 ask for. Addresses are the guest's, 0 where there is none. */
interface CloneRequest {
  readonly flags: number;
  readonly exitSignal: number;
  /** Stack pointer of the child; 0 keeps the parent's. */
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  readonly tls: number;
  readonly pidfd: number;
}

const FORK: CloneRequest = { flags: 0, exitSignal: SIGCHLD, stack: 0, parentTid: 0, childTid: 0, tls: 0, pidfd: 0 };

/** A negative errno for what the kernel refuses (copy_process) and what cannot be had here; else 0. */
function refusal(c: Context, { flags: f, exitSignal }: CloneRequest): number {
  const has = (bit: number): boolean => (f & bit) !== 0;
  if (has(CLONE.CLONE_THREAD) && !has(CLONE.CLONE_SIGHAND)) return -E.INVAL;
  if (has(CLONE.CLONE_SIGHAND) && !has(CLONE.CLONE_VM)) return -E.INVAL;
  if (has(CLONE.CLONE_FS) && (has(CLONE.CLONE_NEWNS) || has(CLONE.CLONE_NEWUSER))) return -E.INVAL;
  if (has(CLONE.CLONE_PIDFD) && has(CLONE.CLONE_DETACHED)) return -E.INVAL;
  if (exitSignal > 64) return -E.INVAL;
  // A process with the memory or the descriptors of another for good
  const apart =
    has(CLONE.CLONE_VM) && !has(CLONE.CLONE_VFORK) ? 'CLONE_VM without CLONE_VFORK' : has(CLONE.CLONE_FILES) ? 'CLONE_FILES' : '';
  if (apart !== '' && !has(CLONE.CLONE_THREAD)) {
    c.process.log.unimplemented(`clone with ${apart}`);
    return -E.INVAL;
  }
  return 0;
}

function clone(c: Context, request: CloneRequest): number {
  const refused = refusal(c, request);
  if (refused < 0) return refused;
  if ((request.flags & CLONE.CLONE_THREAD) !== 0) return startThread(c, request);
  const has = (bit: number): boolean => (request.flags & bit) !== 0;
  const link = has(CLONE.CLONE_VFORK) ? VforkLink.open(c.space, has(CLONE.CLONE_VM), ownStack(c)) : undefined;
  if (typeof link === 'number') return link;
  const pidfd = c.arena.take(16);
  const hostFlags = request.exitSignal | (request.flags & PASSED_ON) | (has(CLONE.CLONE_PIDFD) ? CLONE.CLONE_PIDFD : 0);
  const pid = c.process.fork(hostFlags >>> 0, c.arena.host(pidfd));
  if (pid === 0) return inChild(c, request, link);
  if (pid < 0) {
    link?.close();
    return pid;
  }
  if (has(CLONE.CLONE_PARENT_SETTID)) c.put32(request.parentTid, pid);
  if (has(CLONE.CLONE_PIDFD)) c.put32(request.pidfd, c.fds.allocate(c.arena.view.getInt32(pidfd, true), true));
  link?.waitForChild(pid, (start, end) => c.process.invalidateCode(start, end));
  return pid;
}

/** Beside other threads, the memory that a vfork's child may change: the stack that both are on. */
function ownStack(c: Context): Vma | undefined {
  return c.process.threads() === 1 ? undefined : c.space.vmas.at(c.process.stackPointer());
}

function startThread(c: Context, { flags: f, stack, tls, parentTid, childTid }: CloneRequest): number {
  const has = (bit: number): boolean => (f & bit) !== 0;
  return c.process.startThread({
    stack,
    tls: has(CLONE.CLONE_SETTLS) ? tls : undefined,
    setTid: has(CLONE.CLONE_CHILD_SETTID) ? childTid : 0,
    clearTid: has(CLONE.CLONE_CHILD_CLEARTID) ? childTid : 0,
    // the new thread may look there before its maker goes on
    parentTid: has(CLONE.CLONE_PARENT_SETTID) ? parentTid : 0,
  });
}

function inChild(c: Context, request: CloneRequest, link: VforkLink | undefined): number {
  const { flags: f, stack, tls, childTid } = request;
  c.forked();
  if (link !== undefined) c.borrow(link);
  if (stack !== 0) c.process.setStackPointer(stack);
  if ((f & CLONE.CLONE_SETTLS) !== 0) {
    c.threadPointer = tls;
    c.process.setThreadPointer(tls);
  }
  // CLONE_CHILD_CLEARTID concerns threads that share the memory: the kernel does nothing for others (mm_release)
  if ((f & CLONE.CLONE_CHILD_SETTID) !== 0) c.put32(childTid, syscall(HOST.gettid));
  return 0;
}

/** clone with the thread pointer before the child's tid, as all 32-bit ABIs have it (CONFIG_CLONE_BACKWARDS). */
function cloneBackwards(c: Context, bits: number, stack: number, parentTid: number, tls: number, childTid: number): number {
  return clone(c, {
    flags: bits & ~EXIT_SIGNAL,
    exitSignal: hostSignal(c.abi, bits & EXIT_SIGNAL),
    stack,
    parentTid,
    childTid,
    tls,
    pidfd: parentTid,
  });
}

/** Sizes of struct clone_args in its versions; a longer one must be 0 behind what we know. */
const CLONE_ARGS_SIZE_VER0 = 64;

function clone3(c: Context, at: number, size: number): number {
  const layout = c.guestLayout('clone_args');
  if (size < CLONE_ARGS_SIZE_VER0) return -E.INVAL;
  if (size > 4096) return -E.TOOBIG;
  if (!c.readable(at, size)) return -E.FAULT;
  if (c.memory.u8.subarray(at + Math.min(layout.size, size), at + size).some((b) => b !== 0)) return -E.TOOBIG;
  const get = (name: string): number => {
    const field = layout.fields.find((f) => f.name === name)!;
    return field.offset + 8 > size ? 0 : readField(c.memory.view, at, layout, name);
  };
  const bits = get('flags');
  const exitSignal = hostSignal(c.abi, get('exit_signal'));
  // CLONE_CLEAR_SIGHAND and CLONE_INTO_CGROUP, above the others, are not there yet
  if (bits >= 2 ** 32 || (bits & (EXIT_SIGNAL | CLONE.CLONE_DETACHED)) !== 0 || exitSignal > 64) return -E.INVAL;
  if (get('set_tid_size') !== 0) return -E.PERM;
  const stack = get('stack');
  const stackSize = get('stack_size');
  if ((stack === 0) !== (stackSize === 0)) return -E.INVAL;
  return clone(c, {
    flags: bits,
    exitSignal,
    stack: stack + stackSize,
    parentTid: get('parent_tid'),
    childTid: get('child_tid'),
    tls: get('tls'),
    pidfd: get('pidfd'),
  });
}

/** wait4: a status holds the number of the signal that ended or stopped the child. */
function wait4(c: Context, pid: number, result: number, how: number, usage: number): number {
  const at = c.arena.take(8);
  const r = c.call(HOST.wait4, pid, result === 0 ? 0 : c.arena.host(at), how, usage);
  if (r <= 0 || result === 0) return r;
  const error = c.put32(result, guestStatus(c, c.arena.view.getInt32(at, true)));
  return error < 0 ? error : r;
}

/** Low seven bits: 0 for an exit, 0x7f for a stop, whose signal is above them, else the signal that killed. */
function guestStatus(c: Context, status: number): number {
  const low = status & 0x7f;
  if (low === 0 || status === 0xffff) return status;
  if (low === 0x7f) return (status & ~0xff00) | (guestSignal(c.abi, (status >> 8) & 0x7f) << 8) | (status & 0x8000);
  return (status & ~0x7f) | guestSignal(c.abi, low);
}

/** waitid: the kernel fills these fields of the guest's siginfo_t and leaves the rest alone. */
const WAITID_FIELDS = ['si_signo', 'si_errno', 'si_code', 'si_pid', 'si_uid', 'si_status'];

function waitid(c: Context, which: number, id: number, result: number, how: number, usage: number): number {
  const from = c.hostLayout('siginfo_child');
  const to = c.guestLayout('siginfo_child');
  if (result !== 0 && !c.writable(result, to.size)) return -E.FAULT;
  const at = c.arena.take(128);
  c.arena.u8.fill(0, at, at + 128);
  const target = which === P_ID['P_PIDFD'] ? c.fds.host(id) : id;
  const r = c.call(HOST.waitid, which, target, c.arena.host(at), how, usage);
  if (r < 0 || result === 0) return r;
  for (const name of WAITID_FIELDS) writeField(c.memory.view, result, to, name, readField(c.arena.view, at, from, name));
  const signal = readField(c.arena.view, at, from, 'si_signo');
  if (signal !== 0) writeField(c.memory.view, result, to, 'si_signo', guestSignal(c.abi, signal));
  return r;
}

const WAITID_OPTIONS = flags(WAIT);

export const PROCESSES: Table = {
  fork: row([], (c) => clone(c, FORK)),
  vfork: row([], (c) => clone(c, { ...FORK, flags: CLONE.CLONE_VFORK | CLONE.CLONE_VM })),
  clone: row([flagsWith({ 0: 0, ...SIGNALS, ...CLONE }, EXIT_SIGNAL), address, address, address, address], cloneBackwards),
  clone3: row([guestStruct('clone_args', 'in'), uint], clone3),
  wait4: row([int, guestStruct('int', 'out'), flags(WAIT), outStruct('rusage')], wait4),
  waitpid: row([int, guestStruct('int', 'out'), flags(WAIT)], (c, pid, status, how) => wait4(c, pid, status, how, 0)),
  waitid: row([oneOf(P_ID), int, guestStruct('siginfo_child', 'out'), WAITID_OPTIONS, outStruct('rusage')], waitid),
};
