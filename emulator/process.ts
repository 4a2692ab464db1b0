/** A guest process: loads the program, then runs it until it ends. */
import type { Engine } from '../runtime/engine';
import { type Exit } from '../runtime/engine';
import type { CpuState } from '../translate/ir/cpu-state';
import { SIGNAL } from '../runtime/host';
import type { GuestMemory } from '../runtime/memory';
import type { SystemCalls } from '../syscalls';
import type { ProcessAbi } from './abi';

/** How a process ended. */
export type Outcome = { readonly kind: 'exit'; readonly status: number } | { readonly kind: 'signal'; readonly signal: number };

const TRAP_SIGNAL = {
  undefined: SIGNAL.SIGILL,
  breakpoint: SIGNAL.SIGTRAP,
  fetch: SIGNAL.SIGSEGV,
  alignment: SIGNAL.SIGBUS,
  divide: SIGNAL.SIGFPE,
  overflow: SIGNAL.SIGFPE,
} as const;

/** The signal that a synchronous exit raises in the guest. */
export function signalOf(exit: Extract<Exit, { kind: 'trap' | 'fault' }>): number {
  if (exit.kind === 'trap') return TRAP_SIGNAL[exit.trap];
  return exit.fault.access === 'align' ? SIGNAL.SIGBUS : SIGNAL.SIGSEGV;
}

/**
 * Alternates between guest code and system calls.
 * Leaves by what the system calls throw (ProcessExit, ProcessKilled) or returns the signal that ended it.
 */
export function runThread(engine: Engine, state: CpuState, abi: ProcessAbi, calls: SystemCalls, memory: GuestMemory): Outcome {
  const args = [0, 0, 0, 0, 0, 0, 0];
  for (;;) {
    const exit = engine.run();
    switch (exit.kind) {
      case 'syscall': {
        const nr = abi.syscallNumber(state, exit.info);
        abi.syscallArguments(state, args, memory, exit.info);
        abi.setSyscallResult(state, calls.call(nr, args), exit.info);
        break;
      }
      case 'pending':
        break;
      default:
        return { kind: 'signal', signal: signalOf(exit) };
    }
  }
}
