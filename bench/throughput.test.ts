import { join } from 'node:path';
import { PROJECT_ROOT } from '../tests/harness/emulators';
import { describeIf } from '../tests/harness/tools';
import { cell, formatTable } from './table';
import type { Timing } from './measure';
import { measureWorkload, meanSpeed, speed, throughputTable, type Runner, type RunnerResult, type WorkloadResult } from './throughput';

const TIMING: Timing = { runs: [], wallMs: 0, userMs: 100, systemMs: 0, maxRssKiB: 0 };

function result(name: string, milliseconds: Partial<Record<Runner, number>>): WorkloadResult {
  const entries = Object.entries(milliseconds).map(([runner, ms]): [string, RunnerResult] => [
    runner,
    { ...TIMING, percent: 100, milliseconds: ms },
  ]);
  return { group: 'integer', name, runners: Object.fromEntries(entries), failures: [] };
}

it('counts a speed as how many times as fast as qemu-arm', () => {
  const fast = result('fast', { 'qemu-arm': 2000, auto: 500 });
  const slow = result('slow', { 'qemu-arm': 2000, auto: 2000, js: 4000 });
  expect(speed(fast, 'auto')).toBe(4);
  expect(speed(fast, 'native')).toBeUndefined();
  expect(meanSpeed([fast, slow], 'auto')).toBeCloseTo(2);
  expect(meanSpeed([fast, slow], 'js')).toBeCloseTo(0.5);
  expect(meanSpeed([fast], 'js')).toBeUndefined();
});

it('prints no more than 120 columns, with dashes for what is missing', () => {
  const name = 'a-workload-name';
  const all = { auto: 12_345, js: 54_321, interp: 1_234_567, 'qemu-arm': 99_999, native: 10 };
  const table = throughputTable([result(name, all), result('partial', { 'qemu-arm': 1000 })]);
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(table).toMatch(/partial +- +- +- +1\.00 +- +- +- +- +- +-/);
});

it('aligns the first column to the left and the others to the right', () => {
  expect(formatTable([['a', 'bb'], ['ccc', cell(1)], ['d', cell(undefined)]])).toBe('a      bb\nccc  1.00\nd       -\n'); // prettier-ignore
});

describeIf(['qemu-arm', 'gcc'], 'a workload', () => {
  const effort = { runs: 1, percent: 100, interpreterShare: 0.5, interpreterStartMs: 0 };
  const guest = (): readonly string[] => [join(PROJECT_ROOT, 'tests/binaries/arm/hello')];

  it('fails if a runner prints something else than qemu-arm, and is measured in the others', () => {
    const { runners, failures } = measureWorkload({ name: 'hello', group: 'integer', guest, native: () => ['echo', 'other'] }, effort);
    expect(failures).toEqual(["hello (native): echo other printed 'other', expected 'Hello, world!'"]);
    expect(runners.auto!.milliseconds).toBeGreaterThan(0);
    // Half of the work, extrapolated
    expect(runners.interp!.percent).toBe(50);
    expect(runners.interp!.milliseconds).toBeCloseTo(2 * runners.interp!.wallMs);
  });

  it('fails if a program fails, and has no native column without a native build', () => {
    const { runners, failures } = measureWorkload({ name: 'none', group: 'integer', guest: () => ['/does/not/exist'] }, effort);
    expect(failures).toHaveLength(4);
    expect(failures[0]).toContain('none (auto)');
    expect(runners).toEqual({});
  });
});
