/** What the process loop must know of a guest's Linux ABI besides its system-call tables. */
import type { AuxEntry, Program } from '../loader';
import type { CpuModel, Target } from '../targets/target';
import type { CpuState } from '../translate/ir/cpu-state';
import type { AddressSpace, GuestMemory } from '../runtime/memory';
import type { Abi } from '../syscalls';
import type { SignalFrames } from './signal-frame';

/** What of a machine a context is made of. */
export interface RegistersAndMemory {
  readonly state: CpuState;
  readonly memory: GuestMemory;
  readonly model: CpuModel;
}

export interface ProcessAbi {
  readonly target: Target;
  readonly syscalls: Abi;
  /** Byte order of data. */
  readonly byteOrder: 'little' | 'big';
  /** Byte order of instructions if it is another. */
  readonly codeOrder?: 'little' | 'big';
  /** First address that guest mappings may not reach. */
  readonly userLimit: number;
  /** AT_HWCAP, AT_HWCAP2 and AT_PLATFORM for a CPU model. */
  readonly hwcap: (model: CpuModel) => number;
  readonly hwcap2: (model: CpuModel) => number;
  readonly platform: (model: CpuModel) => string | undefined;
  /** Entries of the auxiliary vector that other architectures lack. */
  readonly aux?: (model: CpuModel) => readonly AuxEntry[];
  /** /proc/cpuinfo with this many processors. */
  readonly cpuinfo: (model: CpuModel, processors: number) => string;
  /** The CPU model with what a program asks for; absent if programs have no say in it. */
  readonly modelFor?: (model: CpuModel, program: Program) => CpuModel;
  /** Name of the default CPU model for a program, where not all programs have the same. */
  readonly defaultModel?: (program: Program) => string | undefined;
  /** Maps what the kernel provides outside the guest's reach. */
  readonly mapKernelPages: (space: AddressSpace) => void;
  /** Registers at process entry. */
  readonly enter: (state: CpuState, entry: number, stackPointer: number) => void;
  /** Changes the state that a program starts with as it needs; absent if all start alike. */
  readonly prepare?: (program: Program) => ((state: CpuState) => void) | undefined;
  /** Number of the system call that `svc` with this immediate asks for. */
  readonly syscallNumber: (state: CpuState, info: number) => number;
  /** Reads the seven argument words into `args`, from registers or the stack. */
  readonly syscallArguments: (state: CpuState, args: number[], memory: GuestMemory, info: number) => void;
  /** @param info what the instruction said (see syscallNumber) */
  readonly setSyscallResult: (state: CpuState, result: number, info: number) => void;
  /** Sets the second result register; absent if no call of the ABI has one. */
  readonly setSecondResult?: (state: CpuState, value: number) => void;
  readonly setStackPointer: (state: CpuState, value: number) => void;
  /** Goes back to the instruction that made the system call. */
  readonly repeatSyscall: (state: CpuState) => void;
  readonly signalFrames: (model: CpuModel) => SignalFrames;
  /** Saves the registers to one struct ucontext and takes them from another (see GuestProcess). */
  readonly swapContext?: (machine: RegistersAndMemory, save: number, load: number) => boolean;
  /** si_code of the SIGFPE that an enabled floating-point exception raises; clears what the kernel clears of its causes. */
  readonly floatSignalCode?: (state: CpuState) => number;
  /** What PR_GET_FP_MODE answers; absent if the architecture has no such modes. */
  readonly floatMode?: (model: CpuModel) => number;
  /** What PR_GET_FPEXC answers, after a mode was set if one is given; absent if the architecture has no such modes. */
  readonly floatExceptionMode?: (state: CpuState, mode?: number) => number;
  readonly setThreadPointer: (state: CpuState, value: number) => void;
}
