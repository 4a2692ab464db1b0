/** What a run of the benchmarks leaves behind: everything that was measured and where, as JSON. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { dirname, join } from 'node:path';
import { oracleOf, PROJECT_ROOT, subjectOf } from '../tests/harness/emulators';
import { run } from '../tests/harness/run';
import { costTable, type CostResult } from './processes';
import { shortTable, type ShortResult } from './short';
import { startupTable, type StartupResult } from './startup';
import { meanSpeed, RUNNERS, throughputTable, type Effort, type Runner, type WorkloadResult } from './throughput';
import { WORKLOAD_GROUPS, type WorkloadGroup } from './workload';

export interface Results {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly kernel: string; readonly loadBefore: number };
  readonly versions: { readonly node: string; readonly qemu: string; readonly commit: string };
  /** TSEMU_ variables, which change what is measured. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly effort: Omit<Effort, 'interpreterStartMs'>;
  /** The guest's architecture; arm in results that do not say. */
  readonly target?: string;
  startup?: StartupResult;
  workloads: readonly WorkloadResult[];
  /** Geometric means of qemu-arm's time over each runner's. */
  means: Partial<Record<WorkloadGroup | 'all', Partial<Record<Runner, number>>>>;
  short: readonly ShortResult[];
  /** Absent if they were not measured. */
  costs?: readonly CostResult[];
  /** What could not be measured, and why. */
  skipped: readonly string[];
}

export function emptyResults(effort: Results['effort'], target: string): Results {
  return {
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, kernel: release(), loadBefore: loadavg()[0]! },
    versions: {
      node: process.version,
      qemu: firstLine([...oracleOf(target), '--version']),
      commit: firstLine(['git', '-C', PROJECT_ROOT, 'describe', '--always', '--dirty', '--abbrev=12']),
    },
    environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('TSEMU_'))),
    effort,
    target,
    workloads: [],
    means: {},
    short: [],
    skipped: [],
  };
}

function firstLine(command: readonly string[]): string {
  try {
    return run(command).stdout.toString().split('\n')[0]!;
  } catch {
    return 'unknown';
  }
}

/** The means of what has been measured. */
export function speedMeans(workloads: readonly WorkloadResult[]): Results['means'] {
  const meansOf = (members: readonly WorkloadResult[]): Partial<Record<Runner, number>> =>
    Object.fromEntries(RUNNERS.map((r) => [r, meanSpeed(members, r)]));
  const groups = WORKLOAD_GROUPS.map((group) => [group, workloads.filter((w) => w.group === group)] as const);
  return Object.fromEntries(
    [...groups, ['all', workloads] as const].filter(([, w]) => w.length > 0).map(([name, w]) => [name, meansOf(w)]),
  );
}

/** All that a run prints. */
export function report(results: Results): string {
  const { machine, versions, effort } = results;
  const tables = [
    `${versions.commit}, ${machine.cpu} (${machine.cores} cores, load ${machine.loadBefore.toFixed(1)}), ${versions.qemu}\n` +
      `medians of ${effort.runs}, ${effort.percent} % of the work, interpreter ${effort.interpreterShare * 100} % of that; ${subjectOf(results.target ?? 'arm').join(' ')}\n`,
    ...(results.startup === undefined ? [] : [startupTable(results.startup)]),
    ...(results.workloads.length === 0 ? [] : [throughputTable(results.workloads)]),
    ...(results.short.length === 0 ? [] : [shortTable(results.short)]),
    ...(results.costs === undefined ? [] : [costTable(results.costs)]),
  ];
  return tables.join('\n') + results.skipped.map((why) => `SKIPPED ${why}\n`).join('');
}

export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 1)}\n`);
}

export function readResults(path: string): Results {
  return JSON.parse(readFileSync(path, 'utf8')) as Results;
}

/** Where the last run is found unless --json names a file. */
export const LAST_RESULTS = join(PROJECT_ROOT, '.cache/bench/last.json');
