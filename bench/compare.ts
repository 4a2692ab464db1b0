/** What has changed between two runs of the benchmarks. */
import type { Results } from './results';
import { speed } from './throughput';
import { cell, formatTable } from './table';
import { WORKLOAD_GROUPS } from './workload';

/** Smaller changes are noise on a machine that does other things too. */
const NOISE = 0.05;

interface Change {
  readonly name: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** A rise is an improvement. */
  readonly moreIsBetter: boolean;
}

/** A table of all that both runs measured: speeds relative to qemu-arm (less noisy than times), start-up, memory, short runs. */
export function compareResults(old: Results, current: Results): string {
  const changes = [...speedChanges(old, current), ...startupChanges(old, current), ...shortChanges(old, current)];
  const both = changes.filter((c) => c.before !== undefined && c.after !== undefined);
  const rows = both.map((c) => {
    const ratio = c.after! / c.before!;
    return [
      c.name,
      cell(c.before),
      cell(c.after),
      `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %`,
      judgement(ratio, c.moreIsBetter),
    ];
  });
  const title = `${old.versions.commit} (${old.date.slice(0, 16)}) -> ${current.versions.commit} (${current.date.slice(0, 16)})`;
  const other = old.machine.cpu === current.machine.cpu ? '' : `Different machines: ${old.machine.cpu}, ${current.machine.cpu}\n`;
  return `${title}\n${other}${formatTable([['change', 'before', 'after', '', ''], ...rows])}`;
}

function judgement(ratio: number, moreIsBetter: boolean): string {
  if (Math.abs(ratio - 1) < NOISE) return '';
  return ratio > 1 === moreIsBetter ? 'better' : 'WORSE';
}

function speedChanges(old: Results, current: Results): Change[] {
  const runners = ['auto', 'js', 'interp'] as const;
  const before = new Map(old.workloads.map((w) => [`${w.group}/${w.name}`, w]));
  const rows = current.workloads.flatMap((after) =>
    runners.map((runner) => {
      const name = `${after.group}/${after.name}`;
      const earlier = before.get(name);
      return { name: `${name} qemu/${runner}`, before: earlier && speed(earlier, runner), after: speed(after, runner), moreIsBetter: true };
    }),
  );
  const means = [...WORKLOAD_GROUPS, 'all' as const].flatMap((group) =>
    runners.map((runner) => ({
      name: `mean of ${group} qemu/${runner}`,
      before: old.means[group]?.[runner],
      after: current.means[group]?.[runner],
      moreIsBetter: true,
    })),
  );
  return [...rows, ...means];
}

function startupChanges(old: Results, current: Results): Change[] {
  const [before, after] = [old, current].map((r) => r.startup?.commands['tsemu-arm hello']);
  return [
    { name: 'start-up ms', before: before?.wallMs, after: after?.wallMs, moreIsBetter: false },
    { name: 'start-up user ms', before: before?.userMs, after: after?.userMs, moreIsBetter: false },
    { name: 'start-up KiB', before: before?.maxRssKiB, after: after?.maxRssKiB, moreIsBetter: false },
  ];
}

function shortChanges(old: Results, current: Results): Change[] {
  const before = new Map(old.short.map((s) => [s.name, s]));
  return current.short.map((s) => {
    const earlier = before.get(s.name);
    return {
      name: `short/${s.name} qemu/auto`,
      before: earlier && earlier.qemu.wallMs / earlier.tsemu.wallMs,
      after: s.qemu.wallMs / s.tsemu.wallMs,
      moreIsBetter: true,
    };
  });
}
