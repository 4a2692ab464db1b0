import { compareResults } from './compare';
import { speedMeans, type Results } from './results';
import type { WorkloadResult } from './throughput';

function results(commit: string, autoMs: number): Results {
  const runner = (milliseconds: number): NonNullable<WorkloadResult['runners']['auto']> => ({
    runs: [],
    wallMs: milliseconds,
    userMs: 0,
    systemMs: 0,
    maxRssKiB: 0,
    percent: 100,
    milliseconds,
  });
  const workloads: WorkloadResult[] = [
    { group: 'integer', name: 'sieve', runners: { auto: runner(autoMs), 'qemu-arm': runner(1000) }, failures: [] },
  ];
  return {
    date: '2026-01-01T00:00:00.000Z',
    machine: { cpu: 'a', cores: 2, kernel: 'k', loadBefore: 0 },
    versions: { node: 'n', qemu: 'q', commit },
    environment: {},
    effort: { runs: 5, percent: 100, interpreterShare: 1 },
    workloads,
    means: speedMeans(workloads),
    short: [],
    skipped: [],
  };
}

it('prints what both runs measured, and judges changes that are larger than noise', () => {
  const table = compareResults(results('old', 1000), results('new', 500));
  expect(table).toMatch(/^old .* -> new /);
  expect(table).toMatch(/integer\/sieve qemu\/auto +1\.00 +2\.00 +\+100\.0 % +better/);
  expect(table).toMatch(/mean of integer qemu\/auto +1\.00 +2\.00/);
  expect(table).not.toContain('js');
  expect(compareResults(results('old', 1000), results('new', 2000))).toContain('WORSE');
  expect(compareResults(results('old', 1000), results('new', 1010))).not.toMatch(/better|WORSE/);
});
