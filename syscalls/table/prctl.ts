/** prctl: one row per option says how its arguments are passed. */
import { HOST, syscall } from '../../runtime/host';
import { PR } from '../constants';
import type { Context } from '../context';
import { hex, oneOf, row, type Table } from '../definition';
import { E } from '../errno';

const TASK_COMM_LEN = 16;

type Passing =
  /** Numbers, to the host. */
  | 'value'
  /** The second argument points to a name of 16 bytes that the host writes, or to a string. */
  | 'name'
  | 'setName'
  /** The second argument points to an int that the host writes. */
  | 'out'
  /**
   * Answered as by a kernel without it: what other architectures have, and what would bind the emulator
   * instead of the guest (filters of system calls, no writable code, addresses of the process).
   */
  | 'absent'
  /** The floating-point mode of the processor (MIPS), which the program decides before it starts. */
  | 'floatMode'
  /** Which floating-point exceptions raise signals (PowerPC): a mode, or where to store it. */
  | 'setFloatExceptions'
  | 'floatExceptions';

/** Options that are not listed are refused and logged. */
const OPTIONS: Readonly<Record<string, Passing>> = {
  PR_SET_PDEATHSIG: 'value',
  PR_GET_PDEATHSIG: 'out',
  PR_GET_DUMPABLE: 'value',
  PR_SET_DUMPABLE: 'value',
  PR_GET_UNALIGN: 'absent',
  PR_SET_UNALIGN: 'absent',
  PR_GET_KEEPCAPS: 'value',
  PR_SET_KEEPCAPS: 'value',
  PR_GET_FPEMU: 'absent',
  PR_GET_FPEXC: 'floatExceptions',
  PR_SET_FPEXC: 'setFloatExceptions',
  PR_GET_TIMING: 'value',
  PR_SET_TIMING: 'value',
  PR_SET_NAME: 'setName',
  PR_GET_NAME: 'name',
  PR_GET_ENDIAN: 'absent',
  PR_GET_SECCOMP: 'value',
  PR_SET_SECCOMP: 'absent',
  PR_CAPBSET_READ: 'value',
  PR_CAPBSET_DROP: 'value',
  PR_GET_TSC: 'absent',
  PR_SET_TSC: 'absent',
  PR_GET_SECUREBITS: 'value',
  PR_SET_SECUREBITS: 'value',
  PR_SET_TIMERSLACK: 'value',
  PR_GET_TIMERSLACK: 'value',
  PR_TASK_PERF_EVENTS_DISABLE: 'value',
  PR_TASK_PERF_EVENTS_ENABLE: 'value',
  PR_MCE_KILL: 'value',
  PR_MCE_KILL_GET: 'value',
  PR_SET_MM: 'absent',
  PR_SET_CHILD_SUBREAPER: 'value',
  PR_GET_CHILD_SUBREAPER: 'out',
  PR_SET_NO_NEW_PRIVS: 'value',
  PR_GET_NO_NEW_PRIVS: 'value',
  PR_GET_TID_ADDRESS: 'absent',
  PR_SET_THP_DISABLE: 'value',
  PR_GET_THP_DISABLE: 'value',
  PR_SET_FP_MODE: 'floatMode',
  PR_GET_FP_MODE: 'floatMode',
  PR_CAP_AMBIENT: 'value',
  PR_GET_SPECULATION_CTRL: 'value',
  PR_SET_SPECULATION_CTRL: 'value',
  PR_SET_TAGGED_ADDR_CTRL: 'absent',
  PR_GET_TAGGED_ADDR_CTRL: 'absent',
  PR_SET_IO_FLUSHER: 'value',
  PR_GET_IO_FLUSHER: 'value',
  PR_SET_SYSCALL_USER_DISPATCH: 'absent',
  PR_SET_MDWE: 'absent',
  PR_GET_MDWE: 'absent',
  PR_SET_MEMORY_MERGE: 'value',
  PR_GET_MEMORY_MERGE: 'value',
  PR_SET_PTRACER: 'value',
  PR_SET_VMA: 'absent',
};
const BY_NUMBER = new Map(Object.entries(OPTIONS).map(([n, how]) => [PR[n]!, how]));

function prctl(c: Context, option: number, a: number, b: number, d: number, e: number): number {
  switch (BY_NUMBER.get(option)) {
    case 'value':
      return syscall(HOST.prctl, option, a, b, d, e);
    case 'setName':
      // a shorter string may end at the edge of a page, so it is not checked for 16 bytes
      return syscall(HOST.prctl, option, c.base + a);
    case 'name':
      return syscall(HOST.prctl, option, c.pointer(a, TASK_COMM_LEN));
    case 'out': {
      const at = c.arena.take(16);
      const r = syscall(HOST.prctl, option, c.arena.host(at));
      return r < 0 ? r : c.put32(a, c.arena.view.getInt32(at, true));
    }
    case 'absent':
      return -E.INVAL;
    case 'floatMode':
      return floatMode(c, option, a);
    case 'setFloatExceptions':
      return setFloatExceptions(c, a);
    case 'floatExceptions': {
      const mode = c.process.floatExceptionMode?.();
      return mode === undefined ? -E.INVAL : c.put32(a, mode);
    }
    case undefined:
      c.process.log.unimplemented(`prctl option ${option}`);
      return -E.INVAL;
  }
}

/** The kernel changes the mode while a program runs (arch/mips/kernel/process.c, mips_set_process_fp_mode); here it stays. */
function floatMode(c: Context, option: number, mode: number): number {
  const current = c.process.floatMode;
  if (current === undefined) return -E.INVAL;
  if (option === PR['PR_GET_FP_MODE']) return current;
  return mode === current ? 0 : -E.OPNOTSUPP;
}

/** PR_FP_EXC_PRECISE: all exceptions, at the instruction. Less precise modes are lower. */
const PRECISE = 3;

/** arch/powerpc/kernel/process.c, set_fpexc_mode of processors without SPE */
function setFloatExceptions(c: Context, mode: number): number {
  const { floatExceptionMode } = c.process;
  if (floatExceptionMode === undefined || mode > PRECISE) return -E.INVAL;
  floatExceptionMode(mode);
  return 0;
}

export const PRCTL: Table = { prctl: row([oneOf(PR), hex, hex, hex, hex], prctl) };
