/**
 * Linux system calls of the guest: per-ABI number tables over one table of implementations. The ABIs are not exported here,
 * so that only that of the program is made (2 ms for all others).
 */
export type { Abi } from './abi/abi';
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
