/** What system calls may see of the process that makes them. */
import type { AddressSpace, GuestMemory } from '../runtime/memory';
import type { FdTable } from '../runtime/process/fd-table';
import type { Abi } from './abi/abi';

export interface GuestProcess {
  readonly memory: GuestMemory;
  readonly space: AddressSpace;
  readonly fds: FdTable;
  readonly abi: Abi;
  /** Absolute host path of the guest binary, for /proc/self/exe. */
  readonly executable: string;
  /** argv as bytes without the NULs, for /proc/self/cmdline. */
  readonly commandLine: readonly Uint8Array[];
  /** The auxiliary vector as it lies on the guest's stack, for /proc/self/auxv. */
  readonly auxv: Uint8Array;
  /** The -L prefix: absolute guest paths are tried below it first. */
  readonly sysroot: string | undefined;
  /** The kernel release uname(2) reports, if not the host's (-r). */
  readonly release: string | undefined;
  /** Text of /proc/cpuinfo for the guest CPU. */
  readonly cpuinfo: () => string;
  /** Sets the thread pointer register (ARM set_tls). */
  readonly setThreadPointer: (value: number) => void;
  /** The guest has written code in [start, end). */
  readonly invalidateCode: (start: number, end: number) => void;
  readonly log: {
    /** One line of strace output, without a newline. */
    strace(line: string): void;
    /** Something the guest asked for that tsemu does not implement, one line. */
    unimplemented(line: string): void;
  };
}
