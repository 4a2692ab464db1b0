/** What system calls may see of the process that makes them. */
import type { AddressSpace, GuestMemory } from '../runtime/memory';
import type { FdTable } from '../runtime/process/fd-table';
import type { Abi } from './abi/abi';

/** A program to run in the place of the present one. Strings are bytes without a NUL. */
export interface ExecRequest {
  /** As the guest names it: AT_EXECFN, and what the interpreters of scripts are told. */
  readonly path: Uint8Array;
  /** Where it lies. */
  readonly hostPath: Uint8Array;
  readonly argv: readonly Uint8Array[];
  readonly envp: readonly Uint8Array[];
  /** Bytes of stack. */
  readonly stackSize: number | undefined;
}

/** Guest addresses that the kernel keeps in struct mm_struct. Ends are exclusive. */
export interface MemoryLayout {
  readonly startCode: number;
  readonly endCode: number;
  readonly startData: number;
  readonly endData: number;
  readonly brkStart: number;
  /** Where the stack pointer was at the start. */
  readonly stackPointer: number;
  readonly argStart: number;
  readonly argEnd: number;
  readonly envStart: number;
  readonly envEnd: number;
}

/** What a new thread begins with besides its maker's registers. */
export interface ThreadRequest {
  readonly stack: number;
  /** Thread pointer; absent: its maker's. */
  readonly tls: number | undefined;
  /** Where the new thread writes its id, or 0. */
  readonly setTid: number;
  /** Where its maker wants the id, or 0. */
  readonly parentTid: number;
  /** Where 0 is written when the thread ends, or 0. */
  readonly clearTid: number;
}

export interface GuestProcess {
  readonly memory: GuestMemory;
  readonly space: AddressSpace;
  readonly fds: FdTable;
  readonly abi: Abi;
  /** Absolute host path of the guest binary, for /proc/self/exe. */
  readonly executable: string;
  /** Where things are in memory, for /proc. */
  readonly layout: MemoryLayout;
  /** Ids of all threads, for /proc; of one only if absent. */
  readonly threadIds?: () => readonly number[];
  /** The auxiliary vector as it lies on the guest's stack, for /proc/self/auxv. */
  readonly auxv: Uint8Array;
  /** The -L prefix: absolute guest paths are tried below it first. */
  readonly sysroot: string | undefined;
  /** The kernel release uname(2) reports, if not the host's (-r). */
  readonly release: string | undefined;
  /** Text of /proc/cpuinfo for the guest CPU. */
  readonly cpuinfo: () => string;
  /**
   * Starts another program: does not return if it is a guest's.
   * @returns a negative errno, `native` for a program of the host's, or what to execute instead on the host
   */
  readonly exec: (request: ExecRequest) => number | 'native' | ExecRequest;
  /**
   * Makes a child process with a copy of everything.
   * @param flags of the host's clone(2), with the exit signal
   * @param pidfd host address for CLONE_PIDFD's result
   * @returns 0 in the child, its pid in the parent, or a negative errno
   */
  readonly fork: (flags: number, pidfd: number) => number;
  /** Makes another thread of this process. Returns its id or a negative errno. */
  readonly startThread: (request: ThreadRequest) => number;
  /** Threads of this process that have not ended. */
  readonly threads: () => number;
  /** False in threads that the guest has made. */
  readonly isFirst: boolean;
  /** Sets the stack pointer register. */
  readonly setStackPointer: (value: number) => void;
  /** Sets the thread pointer register (ARM set_tls). */
  readonly setThreadPointer: (value: number) => void;
  /** What PR_GET_FP_MODE answers; undefined where the architecture has no such modes. */
  readonly floatMode: number | undefined;
  /**
   * Which enabled floating-point exceptions raise signals, as PR_GET_FPEXC tells; sets it if a mode is given. Undefined where the
   * architecture has no such modes.
   */
  readonly floatExceptionMode: ((mode?: number) => number) | undefined;
  /** The second register of a call that returns two values (MIPS pipe). */
  readonly setSecondResult: (value: number) => void;
  /** The guest has written code in [start, end). */
  readonly invalidateCode: (start: number, end: number) => void;
  /** Host address of the word that asks compiled code to return when it is 0. */
  readonly polledWord: () => number;
  /** The guest handles faults: from now on registers must be exact where one happens. */
  readonly handlesFaults: () => void;
  /** The host refuses executable memory: says, once, what does not work without. */
  readonly refused: (what: string) => void;
  /** There is something to do when a signal ends the process, such as writing a profile. */
  readonly outlivesSignals: boolean;
  /** V8's profiler runs by SIGPROF: the host must go on to give it that. */
  readonly profiled: boolean;
  readonly stackPointer: () => number;
  /** sigreturn(2), or with siginfo rt_sigreturn(2). */
  readonly returnFromSignal: (withInfo: boolean) => void;
  /**
   * swapcontext(2), which only PowerPC has: saves the registers to one struct ucontext and takes them from another; 0 is none.
   * False if one of them cannot be accessed.
   */
  readonly swapContext?: (save: number, load: number) => boolean;
  readonly log: {
    /** One line of strace output, without a newline. */
    strace(line: string): void;
    /** Something the guest asked for that tsemu does not implement, one line. */
    unimplemented(line: string): void;
  };
}
