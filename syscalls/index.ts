/** Linux system calls of the guest: per-ABI number tables over one table of implementations. */
export type { Abi } from './abi/abi';
export { ARM_BE32_EABI, ARM_BE8_EABI, ARM_EABI } from './abi/arm';
export { MIPS_O32, MIPSEL_O32 } from './abi/mips';
export { PPC } from './abi/ppc';
export { ERRORS } from './errno';
export type { ExecRequest, GuestProcess, ThreadRequest } from './process';
export { ProcessState } from './process-state';
export { mapsText } from './procfs';
export {
  defaultAction,
  ProcessExit,
  ProcessKilled,
  SA,
  SIG_DFL,
  SIG_IGN,
  SS,
  SignalState,
  ThreadExit,
  type Disposition,
} from './signal-state';
export { SystemCalls, type SystemCallOptions } from './system-calls';
export { OABI_BASE } from './abi/arm-oabi';
