/** What the benchmarks run: a program with arguments, for each amount of work. */

/** Groups whose rows compare how long the same work takes; each gets its geometric mean. */
export const WORKLOAD_GROUPS = ['integer', 'floating-point', 'programs', 'translation'] as const;
export type WorkloadGroup = (typeof WORKLOAD_GROUPS)[number];

/** A program (path in the host's file system) and its arguments. */
export type CommandLine = readonly string[];

export interface Workload {
  readonly name: string;
  readonly group: WorkloadGroup;
  /** The guest's architecture, as in `tsemu-NAME`; arm if absent. */
  readonly target?: string;
  /** The guest's command line for `percent` of the full work, which takes qemu-arm about two seconds. Writes input files if need be. */
  readonly guest: (percent: number) => CommandLine;
  /** The same work on this machine; absent if there is no native build. */
  readonly native?: (percent: number) => CommandLine;
  /** Directory with the guest's libraries; absent for static programs. */
  readonly sysroot?: string;
  /** The work cannot be divided: every runner does all of it. */
  readonly indivisible?: true;
}
