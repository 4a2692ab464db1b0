/**
 * Benchmarks: `npm run bench -- [--smoke] [--runs N] [--json FILE] [--only startup|throughput] [KERNEL...]`.
 * Fails if a kernel's result differs between tsemu, qemu-arm and native code.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findTool, PACKAGES, type Tool } from '../tests/harness/tools';
import { measureStartup, startupTable } from './startup';
import { measureThroughput, throughputTable } from './throughput';

const NEEDED: readonly Tool[] = ['qemu-arm', 'arm-linux-gnueabihf-gcc'];
/** Share of the full work, and runs, of the round that CI makes. */
const SMOKE = { percent: 2, runs: 1, startupRuns: 5 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    json: { type: 'string' },
    only: { type: 'string' },
  },
});
main();

function main(): void {
  const missing = NEEDED.filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) {
    process.stderr.write(`SKIPPED benchmarks: apt-get install ${missing.map((tool) => PACKAGES[tool]).join(' ')}\n`);
    return;
  }
  const runs = values.smoke ? SMOKE.runs : Number(values.runs);
  const results: Record<string, unknown> = { date: new Date().toISOString(), host: cpus()[0]?.model, runs };
  if (values.only !== 'throughput') {
    const startup = measureStartup(values.smoke ? SMOKE.startupRuns : 4 * runs);
    process.stdout.write(`${startupTable(startup)}\n`);
    results['startup'] = startup;
  }
  if (values.only !== 'startup') {
    const throughput = measureThroughput(positionals, runs, values.smoke ? SMOKE.percent : 100);
    process.stdout.write(`\n${throughputTable(throughput)}`);
    results['throughput'] = throughput;
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
