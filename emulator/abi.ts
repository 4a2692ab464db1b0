/** What the process loop must know of a guest's Linux ABI besides its system-call tables. */
import type { CpuModel, Target } from '../targets/target';
import type { CpuState } from '../translate/ir/cpu-state';
import type { AddressSpace } from '../runtime/memory';
import type { Abi } from '../syscalls';

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
  readonly platform: (model: CpuModel) => string;
  /** /proc/cpuinfo with this many processors. */
  readonly cpuinfo: (model: CpuModel, processors: number) => string;
  /** Maps what the kernel provides outside the guest's reach. */
  readonly mapKernelPages: (space: AddressSpace) => void;
  /** Registers at process entry. */
  readonly enter: (state: CpuState, entry: number, stackPointer: number) => void;
  /** Number of the system call that `svc` with this immediate asks for. */
  readonly syscallNumber: (state: CpuState, info: number) => number;
  /** Reads the seven argument registers into `args`. */
  readonly syscallArguments: (state: CpuState, args: number[]) => void;
  readonly setSyscallResult: (state: CpuState, result: number) => void;
  readonly setStackPointer: (state: CpuState, value: number) => void;
  readonly setThreadPointer: (state: CpuState, value: number) => void;
}
