/**
 * npm run difftest-mips -- [--group NAME] [--count INSTRUCTIONS] [--seed N] [--mode NAME] [--target mips|mipsel] [--coverage] [--batch CASES] [--inputs N]
 *
 * Compares random instructions under the emulator with qemu-mips and qemu-mipsel: about COUNT in each group and byte order.
 * A program has up to CASES cases, each with N inputs. With --coverage it lists the rows of the decode tables that were not compared.
 */
import { parseArgs } from 'node:util';
import { MODES, oracleOf, subjectOf } from '../../harness/emulators';
import { CAMPAIGN_SIZE } from '../image-comparison';
import { runCampaign } from './campaign';
import { Coverage } from './coverage';
import { GROUPS } from './generators';

const { values } = parseArgs({
  options: {
    group: { type: 'string', multiple: true },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    batch: { type: 'string', default: String(CAMPAIGN_SIZE.casesPerBatch) },
    inputs: { type: 'string', default: String(CAMPAIGN_SIZE.inputsPerCase) },
    mode: { type: 'string', multiple: true },
    target: { type: 'string', multiple: true },
    coverage: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const modes = MODES.filter((m) => values.mode === undefined || values.mode.includes(m.name));
const coverage = values.coverage ? new Coverage() : undefined;
const size = { casesPerBatch: Number(values.batch), inputsPerCase: Number(values.inputs) };
let failed = 0;
for (const target of values.target ?? ['mips', 'mipsel']) {
  for (const group of GROUPS.filter((g) => values.group?.includes(g.name) !== false)) {
    const subjects = modes.map((m) => ({ name: m.name, command: [...subjectOf(target), ...m.options] }));
    const oracle = { name: `qemu-${target}`, command: oracleOf(target) };
    // Each of these cases is two processes of its own
    const count = group.name.startsWith('deadly') ? Number(values.count) / 50 : Number(values.count);
    const { instructions, cases, failures } = runCampaign(group, target === 'mips', seed, count, oracle, subjects, { coverage, size });
    process.stdout.write(
      `${target} ${group.name}: seed ${seed}, ${instructions} instructions in ${cases} cases, ${failures.length} failures\n`,
    );
    for (const f of failures) process.stdout.write(`\n${f}\n`);
    failed += failures.length;
  }
}
if (coverage !== undefined) {
  const rows = coverage.rows();
  const missing = rows.filter(([, count]) => count === 0);
  process.stdout.write(`${rows.length - missing.length} of ${rows.length} rows compared\n`);
  for (const [row] of missing) process.stdout.write(`  not ${row}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
