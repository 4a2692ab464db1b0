/** What distinguishes one guest Linux ABI from another, as data. */
import type { DataModel } from '../struct-codec';

/** Names of constant sets that some ABIs number differently from asm-generic. */
export type ConstantSet =
  'open' | 'ioctl' | 'mmap' | 'socket' | 'socketType' | 'fcntl' | 'signal' | 'signalCode' | 'signalHow' | 'sigaction' | 'rlimit';

export interface Abi extends DataModel {
  /** Name for messages, such as `arm-eabi`. */
  readonly name: string;
  /** What uname(2) reports as the machine. */
  readonly machine: string;
  /** System call numbers by the name the guest's headers give them. */
  readonly numbers: Readonly<Record<string, number>>;
  /**
   * Which row of the implementation table serves a name. Rows are named as on a 64-bit kernel; a name
   * that is not listed is served by the row of the same name.
   */
  readonly rows: Readonly<Record<string, string>>;
  /** True if a 64-bit argument starts at an even register (ARM EABI, MIPS o32, 32-bit PowerPC). */
  readonly alignsRegisterPairs: boolean;
  /** SHMLBA, to which shmat rounds addresses, where it is not a page. */
  readonly sharedMemoryAlignment?: number;
  /** Guest values of constants, by set and name, where they differ from asm-generic. */
  readonly constants: Readonly<Partial<Record<ConstantSet, Readonly<Record<string, number>>>>>;
  /** Requests made by _IOR and _IOW have three direction bits, none, read and write, rather than two (MIPS, PowerPC, SPARC). */
  readonly threeIoctlDirections?: true;
  /** What getrlimit reports for an unlimited resource, where it is not -1. */
  readonly rlimInfinity?: number;
  /** Signals of a sigset_t, where they are not 64. */
  readonly signals?: number;
  /** Guest error number for a host one, where they differ. */
  readonly errno: ReadonlyMap<number, number>;
  /** Calls of an older ABI that programs may make beside those of this one. */
  readonly older?: OlderCalls;
  /** True for numbers that raise SIGILL rather than fail with ENOSYS. */
  readonly refuses?: (nr: number) => boolean;
}

export interface OlderCalls {
  /** ProcessAbi.syscallNumber adds it to their numbers. */
  readonly base: number;
  readonly abi: Abi;
  /** Those whose arguments are not what this ABI passes to the call of the same name. */
  readonly different: ReadonlySet<string>;
}
