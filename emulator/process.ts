/** The process loop: guest code, system calls and signals in turn. */
import { NO_RESULT, RESTART, SIGNAL, sleepForEver } from '../runtime/host';
import type { Engine, Exit } from '../runtime/engine';
import type { GuestMemory } from '../runtime/memory';
import type { SystemCalls } from '../syscalls';
import { ENGINE_WORD, HEADROOM } from '../translate/ir/state';
import type { CpuState } from '../translate/ir/cpu-state';
import type { ProcessAbi } from './abi';
import type { Outcome } from './outcome';
import type { SignalDelivery, SynchronousSignal } from './signal-delivery';

/** Signal and si_code of each trap (include/uapi/asm-generic/siginfo.h). */
const TRAP_SIGNAL = {
  undefined: { signal: SIGNAL.SIGILL, code: 1 }, // ILL_ILLOPC
  breakpoint: { signal: SIGNAL.SIGTRAP, code: 1 }, // TRAP_BRKPT
  fetch: { signal: SIGNAL.SIGSEGV, code: 1 }, // SEGV_MAPERR
  alignment: { signal: SIGNAL.SIGBUS, code: 1 }, // BUS_ADRALN
  divide: { signal: SIGNAL.SIGFPE, code: 1 }, // FPE_INTDIV
  overflow: { signal: SIGNAL.SIGFPE, code: 2 }, // FPE_INTOVF
  float: { signal: SIGNAL.SIGFPE, code: 14 }, // FPE_FLTUNK, unless the ABI knows
} as const;

const HEADROOM_WORD = ENGINE_WORD.headroom;

const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const BUS_ADRALN = 1;
const BUS_ADRERR = 2;

/** What runs a thread of the guest. */
export interface GuestThreadParts {
  readonly engine: Engine;
  readonly state: CpuState;
  readonly memory: GuestMemory;
  readonly abi: ProcessAbi;
  readonly calls: SystemCalls;
  readonly delivery: SignalDelivery;
  /** Takes notice of what other threads have changed. */
  readonly followOthers: () => void;
}

/**
 * Alternates between guest code, system calls and signals.
 * Leaves by what the system calls throw (ProcessExit, ProcessKilled) or returns the signal that ended it.
 */
export function runThread(parts: GuestThreadParts): Outcome {
  const { engine, state, memory, abi, calls, delivery } = parts;
  const args = [0, 0, 0, 0, 0, 0, 0];
  for (;;) {
    const exit = engine.run();
    let outcome: Outcome | undefined;
    switch (exit.kind) {
      case 'syscall': {
        const nr = abi.syscallNumber(state, exit.info);
        abi.syscallArguments(state, args, memory, exit.info);
        const result = calls.call(nr, args);
        if (result === RESTART) abi.repeatSyscall(state);
        else if (result !== NO_RESULT) abi.setSyscallResult(state, result, exit.info);
        if (state.i32[HEADROOM_WORD] === 0 || calls.signals.pending) outcome = attend(parts);
        break;
      }
      case 'pending':
        outcome = attend(parts);
        break;
      default:
        outcome = delivery.force(synchronousSignal(exit, parts));
    }
    if (outcome !== undefined) return outcome;
  }
}

/** Sees to what has made compiled code return: signals, or what other threads have done. */
function attend({ state, calls, delivery, followOthers }: GuestThreadParts): Outcome | undefined {
  // before looking, so that nothing that comes meanwhile is overlooked
  state.i32[HEADROOM_WORD] = HEADROOM;
  if (calls.signals.thread?.abandoned === true) sleepForEver();
  followOthers();
  return delivery.deliver();
}

function synchronousSignal(exit: Extract<Exit, { kind: 'trap' | 'fault' }>, parts: GuestThreadParts): SynchronousSignal {
  if (exit.kind === 'fault') return faultSignal(exit, parts);
  const pc = parts.state.i32[ENGINE_WORD.pc]! >>> 0;
  const { signal, code } = TRAP_SIGNAL[exit.trap];
  // Bit 0 may select the instruction set
  const address = (pc & ~1) >>> 0;
  if (exit.trap === 'float') return { signal, code: parts.abi.floatSignalCode?.(parts.state) ?? code, address, fault: undefined };
  if (exit.trap !== 'fetch') return { signal, code, address, fault: undefined };
  const mapped = parts.memory.pages[address >>> 12] !== 0;
  return { signal, code: mapped ? SEGV_ACCERR : SEGV_MAPERR, address, fault: { address, mapped } };
}

function faultSignal({ fault }: Extract<Exit, { kind: 'fault' }>, { memory, calls }: GuestThreadParts): SynchronousSignal {
  const { address = 0 } = fault;
  const mapped = memory.pages[address >>> 12] !== 0;
  const record = { address, mapped };
  if (fault.access === 'align') return { signal: SIGNAL.SIGBUS, code: BUS_ADRALN, address, fault: record };
  if (fault.address === undefined) return hostFault(memory, calls);
  return { signal: SIGNAL.SIGSEGV, code: mapped ? SEGV_ACCERR : SEGV_MAPERR, address, fault: record };
}

/** A fault in WebAssembly. As long as the guest handles no signals nobody asks for the address. */
function hostFault(memory: GuestMemory, calls: SystemCalls): SynchronousSignal {
  const found = calls.lastFault();
  if (found === undefined) return { signal: SIGNAL.SIGSEGV, code: SEGV_MAPERR, address: 0, fault: undefined };
  const { address, signal } = found;
  const record = { address, mapped: memory.pages[address >>> 12] !== 0 };
  if (signal === SIGNAL.SIGBUS) return { signal, code: BUS_ADRERR, address, fault: record };
  return { signal: SIGNAL.SIGSEGV, code: record.mapped ? SEGV_ACCERR : SEGV_MAPERR, address, fault: record };
}
