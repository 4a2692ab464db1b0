/** What may watch a guest process run: the profiler. Absent, it costs nothing. */
import type { Engine, RegionCompiler } from '../runtime/engine';
import type { VmaList } from '../runtime/memory';
import type { SystemCalls } from '../syscalls';
import type { Lifter } from '../targets/target';
import type { Location } from '../translate/ir/block';

/** The parts of a process that an observer may wrap. */
export interface ProcessParts {
  readonly vmas: VmaList;
  readonly lifter: Lifter;
  readonly compiler: RegionCompiler | undefined;
  readonly engine: Engine;
  readonly calls: SystemCalls;
  /** Numbers of the guest's system calls by name. */
  readonly callNumbers: Readonly<Record<string, number>>;
}

export interface RunObserver {
  /** Gets hold of a process before its guest starts. */
  attach(parts: ProcessParts): void;
  /** Name for the code of the region that starts at a location; ASCII. */
  nameOf(head: Location): string;
  /** Whether the region that starts at `head` may contain the block at another location. */
  within(head: Location, at: Location): boolean;
  /** In a new child process: what was seen so far was its parent's. */
  forked(): void;
  /** After the guest has ended. Returns what to print on standard error. */
  ended(): string;
}
