/**
 * Benchmarks: `npm run bench -- [--target NAME] [--only GROUP]... [--runs N] [--percent P] [--smoke] [--json FILE] [--compare OLD.json]
 * [--results FILE] [NAME...]`, see docs/benchmarks.md. Fails if a program's output differs between the runners.
 */
import { parseArgs } from 'node:util';
import { findTool, PACKAGES } from '../tests/harness/tools';
import { compareResults } from './compare';
import { kernels } from './kernels';
import { emptyResults, LAST_RESULTS, readResults, report, speedMeans, writeResults, type Results } from './results';
import { measureCosts } from './processes';
import { programWorkloads } from './programs';
import { measureShort } from './short';
import { measureStartup, startupDifference } from './startup';
import { BENCH_TARGETS, isBenchTarget, toolsOf, type BenchTarget } from './targets';
import { measureWorkload } from './throughput';
import { translationWorkloads } from './translation';
import { WORKLOAD_GROUPS, type Workload, type WorkloadGroup } from './workload';

const GROUPS = ['start-up', ...WORKLOAD_GROUPS, 'short', 'processes'] as const;
type Group = (typeof GROUPS)[number];
/** Groups of guests other than arm, for which alone programs are fetched and start-up is measured. */
const OTHER_GROUPS: readonly Group[] = ['integer', 'floating-point', 'programs'];

/** A start-up is short and noisy: so many runs for each of a workload's. */
const STARTUP_RUNS = 4;
/** The interpreter needs some 15 times as long as qemu-arm: with this share of the work it adds less than the others. */
const INTERPRETER_SHARE = 0.02;
/** The round that CI makes: own kernels only, in about a minute. */
const SMOKE = { runs: 1, percent: 2, interpreterShare: 0.25, groups: ['start-up', 'integer', 'floating-point'] } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    percent: { type: 'string', default: '100' },
    target: { type: 'string', default: 'arm' },
    only: { type: 'string', multiple: true },
    json: { type: 'string', default: LAST_RESULTS },
    compare: { type: 'string' },
    results: { type: 'string' },
  },
});
try {
  main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main(): void {
  const missing = toolsOf(selectedTarget()).filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) {
    process.stderr.write(`SKIPPED benchmarks: apt-get install ${missing.map((tool) => PACKAGES[tool]).join(' ')}\n`);
    return;
  }
  const results = values.results === undefined ? measure() : readResults(values.results);
  process.stdout.write(report(results));
  if (values.results === undefined) writeResults(values.json, results);
  if (values.compare !== undefined) process.stdout.write(`\n${compareResults(readResults(values.compare), results)}`);
  const failures = [...results.workloads, ...(results.costs ?? [])].flatMap((w) => w.failures);
  for (const failure of failures) process.stderr.write(`FAILED ${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

function measure(): Results {
  const groups = selectedGroups();
  const skipped: string[] = [];
  const workloads = selectedWorkloads(groups, skipped);
  const effort = values.smoke ? SMOKE : { runs: Number(values.runs), percent: Number(values.percent), interpreterShare: INTERPRETER_SHARE };
  const results = emptyResults({ runs: effort.runs, percent: effort.percent, interpreterShare: effort.interpreterShare }, selectedTarget());
  const startup = measureStartup(STARTUP_RUNS * effort.runs);
  if (groups.includes('start-up')) results.startup = startup;
  const interpreterStartMs = startup.commands['tsemu-arm --emit=interp hello'].wallMs;
  results.workloads = workloads
    .filter((w) => groups.includes(w.group))
    .map((workload) => {
      progress(workload.name);
      return measureWorkload(workload, { ...effort, interpreterStartMs });
    });
  results.means = speedMeans(results.workloads);
  if (groups.includes('short')) {
    results.short = workloads
      .filter((w) => w.group === 'integer')
      .map((workload) => {
        progress(`${workload.name} (short)`);
        return measureShort(workload, effort.runs, startup.commands['qemu-arm hello'].wallMs, startupDifference(startup));
      });
  }
  if (groups.includes('processes')) results.costs = measureCosts(effort.runs, effort.percent, skipped);
  results.skipped = skipped;
  progress('');
  return results;
}

function selectedTarget(): BenchTarget {
  const { target } = values;
  if (!isBenchTarget(target)) throw new Error(`no target ${target}: ${BENCH_TARGETS.join(', ')}`);
  return target;
}

/** The groups of --only; otherwise all, or those of the workloads that are named. */
function selectedGroups(): readonly Group[] {
  const all = selectedTarget() === 'arm' ? GROUPS : OTHER_GROUPS;
  const usual = values.smoke ? SMOKE.groups : positionals.length > 0 ? WORKLOAD_GROUPS : all;
  const named = values.only ?? usual.filter((group) => all.includes(group));
  const unknown = named.find((group) => !(all as readonly string[]).includes(group));
  if (unknown !== undefined) throw new Error(`no group ${unknown}: ${all.join(', ')}`);
  return named as readonly Group[];
}

/** Workloads of the groups, those named if any are. The short runs are made with the integer kernels. */
function selectedWorkloads(groups: readonly Group[], skipped: string[]): Workload[] {
  const needed = WORKLOAD_GROUPS.filter((group) => groups.includes(group) || (group === 'integer' && groups.includes('short')));
  const all = needed.flatMap((group) => workloadsOf(group, skipped));
  const unknown = positionals.find((name) => !all.some((w) => w.name === name));
  if (unknown !== undefined) throw new Error(`no workload ${unknown}: ${all.map((w) => w.name).join(' ')}`);
  return positionals.length === 0 ? all : all.filter((w) => positionals.includes(w.name));
}

function workloadsOf(group: WorkloadGroup, skipped: string[]): Workload[] {
  switch (group) {
    case 'integer':
    case 'floating-point':
      return kernels(group, selectedTarget());
    case 'programs':
      return programWorkloads(selectedTarget(), skipped);
    case 'translation':
      return translationWorkloads(skipped);
  }
}

/** What is being measured, on one line of standard error. */
function progress(name: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${name}` : name === '' ? '\n' : `${name} `);
}
