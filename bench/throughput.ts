/** How fast programs run: tsemu in each tier, qemu-user (`qemu-arm` in results, whatever the guest) and native code. */
import { oracleOf, subjectOf } from '../tests/harness/emulators';
import { expectOutput, measureInterleaved, runOnce, WrongResult, type Command, type Timing } from './measure';
import { geometricMean } from './statistics';
import { cell, formatTable } from './table';
import { WORKLOAD_GROUPS, type Workload, type WorkloadGroup } from './workload';

export const RUNNERS = ['auto', 'js', 'interp', 'qemu-arm', 'native'] as const;
export type Runner = (typeof RUNNERS)[number];

/** How much of the work is done, and how often. */
export interface Effort {
  readonly runs: number;
  /** Percentage of each workload's full work. */
  readonly percent: number;
  /** The interpreter does this share of that, and its time is extrapolated: all of it would take hours. */
  readonly interpreterShare: number;
  /** What a program that does nothing takes in the interpreter: the part of its time that does not grow with the work. */
  readonly interpreterStartMs: number;
}

export interface RunnerResult extends Timing {
  /** Percentage of the full work that was done. */
  readonly percent: number;
  /** Median wall-clock time for the whole work, extrapolated if `percent` is less than the others'. */
  readonly milliseconds: number;
}

export interface WorkloadResult {
  readonly group: WorkloadGroup;
  readonly name: string;
  /** Absent: no such build, or it failed. */
  readonly runners: Partial<Record<Runner, RunnerResult>>;
  /** What went wrong; one line each. */
  readonly failures: readonly string[];
}

/** Measures a workload in all runners. Whatever they print must be what qemu-arm prints for the same amount of work. */
export function measureWorkload(workload: Workload, effort: Effort): WorkloadResult {
  const percentOf = (runner: Runner): number =>
    effort.percent * (runner === 'interp' && !workload.indivisible ? effort.interpreterShare : 1);
  const runners = RUNNERS.filter((r) => r !== 'native' || workload.native !== undefined);
  const commands = runners.map((runner) => commandOf(workload, runner, percentOf(runner)));
  const failures: string[] = [];
  const results: WorkloadResult['runners'] = {};
  measureInterleaved(commands, effort.runs).forEach((timing, i) => {
    const runner = runners[i]!;
    const percent = percentOf(runner);
    const error = timing instanceof WrongResult ? timing : wrongOutput(commands[i]!, timing, commandOf(workload, 'qemu-arm', percent));
    if (error !== undefined) failures.push(error.message);
    if (timing instanceof WrongResult) return;
    const fixed = percent === effort.percent ? 0 : Math.min(effort.interpreterStartMs, timing.wallMs);
    results[runner] = { ...timing, percent, milliseconds: fixed + ((timing.wallMs - fixed) * effort.percent) / percent };
  });
  return { group: workload.group, name: workload.name, runners: results, failures };
}

function commandOf(workload: Workload, runner: Runner, percent: number): Command {
  const name = `${workload.name} (${runner})`;
  if (runner === 'native') return { name, command: workload.native!(percent) };
  const { target = 'arm' } = workload;
  const subject = subjectOf(target);
  const emulator = runner === 'qemu-arm' ? oracleOf(target) : runner === 'auto' ? subject : [...subject, `--emit=${runner}`];
  const libraries = workload.sysroot === undefined ? [] : ['-L', workload.sysroot];
  return { name, command: [...emulator, ...libraries, ...workload.guest(percent)] };
}

/** Outputs already known, by command line. */
const expectedOutputs = new Map<string, string>();

function wrongOutput(command: Command, timing: Timing, oracle: Command): WrongResult | undefined {
  const key = oracle.command.join(' ');
  try {
    const expected = expectedOutputs.get(key) ?? runOnce(oracle).output;
    expectedOutputs.set(key, expected);
    expectOutput(command, timing.runs[0]!, expected);
    return undefined;
  } catch (error) {
    if (error instanceof WrongResult) return error;
    throw error;
  }
}

/** How many times as fast as qemu-arm a runner is; undefined if one of them was not measured. */
export function speed(result: WorkloadResult, runner: Runner): number | undefined {
  const [subject, oracle] = [result.runners[runner], result.runners['qemu-arm']];
  return subject && oracle && oracle.milliseconds / subject.milliseconds;
}

/** Geometric mean of the speeds that were measured. */
export function meanSpeed(results: readonly WorkloadResult[], runner: Runner): number | undefined {
  const speeds = results.map((r) => speed(r, runner)).filter((s) => s !== undefined);
  return speeds.length === 0 ? undefined : geometricMean(speeds);
}

const COMPARED = RUNNERS.filter((runner) => runner !== 'qemu-arm');

/** A table per group: seconds, user CPU seconds of tsemu, and how many times as fast as qemu-arm each runner is. */
export function throughputTable(results: readonly WorkloadResult[]): string {
  const groups = WORKLOAD_GROUPS.filter((group) => results.some((r) => r.group === group));
  const mean = (name: string, of: readonly WorkloadResult[]): string[] => [
    name,
    ...RUNNERS.map(() => ''),
    '',
    ...COMPARED.map((runner) => cell(meanSpeed(of, runner))),
  ];
  const blocks = groups.map((group) => {
    const members = results.filter((r) => r.group === group);
    return [
      [`${group}:`, ...Array.from({ length: RUNNERS.length + 1 + COMPARED.length }, () => '')],
      ...members.map(workloadRow),
      mean('  geometric mean', members),
    ];
  });
  const header = ['', ...RUNNERS.map((r) => `${r === 'qemu-arm' ? 'qemu' : r} s`), 'auto user', ...COMPARED.map((r) => `qemu/${r}`)];
  const all = groups.length > 1 ? [mean('geometric mean', results)] : [];
  return formatTable([header, ...blocks.flat(), ...all]);
}

function workloadRow(result: WorkloadResult): string[] {
  const seconds = RUNNERS.map((r) => cell((result.runners[r]?.milliseconds ?? NaN) / 1000));
  const user = cell((result.runners.auto?.userMs ?? NaN) / 1000);
  return [`  ${result.name}`, ...seconds, user, ...COMPARED.map((runner) => cell(speed(result, runner)))];
}
