/** What building and undoing a signal frame needs besides registers: the interface between delivery and an ABI. */
import type { GuestMemory } from '../runtime/memory';
import type { CpuState } from '../translate/ir/cpu-state';

/** sigaltstack(2) as the frame keeps it. */
export interface AlternateStack {
  readonly sp: number;
  readonly flags: number;
  readonly size: number;
}

/** A fault as the frame's sigcontext reports it. */
export interface FaultRecord {
  readonly address: number;
  readonly mapped: boolean;
}

export interface FrameRequest {
  /** In the guest's numbering. */
  readonly signal: number;
  /** Guest address of the handler, with the instruction-set bit. */
  readonly handler: number;
  /** Where the handler returns to, if the guest has said so (SA_RESTORER). */
  readonly restorer: number | undefined;
  /** The handler takes three arguments (SA_SIGINFO). */
  readonly wantsInfo: boolean;
  /** Writes siginfo_t, 128 bytes, to a guest address. */
  readonly writeInfo: (address: number) => void;
  /** Mask to go back to: bit 0 of the low word is signal 1. */
  readonly maskLow: number;
  readonly maskHigh: number;
  readonly altStack: AlternateStack;
  /** Stack pointer to build the frame below: the interrupted code's, or the end of the alternate stack. */
  readonly stackPointer: number;
  readonly fault: FaultRecord | undefined;
}

export interface RestoredFrame {
  readonly maskLow: number;
  readonly maskHigh: number;
  /** Absent in frames of handlers without siginfo. */
  readonly altStack: AlternateStack | undefined;
}

export interface SignalFrames {
  /** Builds a frame and makes the handler run. False if the guest's stack cannot be written. */
  push(state: CpuState, memory: GuestMemory, request: FrameRequest): boolean;
  /** Takes registers back from the frame that the stack pointer is at. Undefined if there is none. */
  pop(state: CpuState, memory: GuestMemory, withInfo: boolean): RestoredFrame | undefined;
  stackPointer(state: CpuState): number;
}
