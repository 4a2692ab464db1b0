/**
 * npm run difftest-ppc -- [--group NAME] [--count INSTRUCTIONS] [--seed N] [--mode NAME] [--coverage] [--batch CASES] [--inputs N]
 *
 * Compares random instructions under the emulator with qemu-ppc: about COUNT in each group.
 * A program has up to CASES cases, each with N inputs. With --coverage it lists the rows of the decode tables that were not compared.
 */
import { parseArgs } from 'node:util';
import { MODES, oracleOf, subjectOf } from '../../harness/emulators';
import { CAMPAIGN_SIZE } from '../image-comparison';
import { runCampaign } from './campaign';
import { Coverage } from './coverage';
import { FLOATING_GROUPS } from './floating';
import { GROUPS } from './generators';
import { SPE_GROUPS } from './spe';

const { values } = parseArgs({
  options: {
    group: { type: 'string', multiple: true },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    batch: { type: 'string', default: String(CAMPAIGN_SIZE.casesPerBatch) },
    inputs: { type: 'string', default: String(CAMPAIGN_SIZE.inputsPerCase) },
    mode: { type: 'string', multiple: true },
    coverage: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const modes = MODES.filter((m) => values.mode === undefined || values.mode.includes(m.name));
/** Each of them takes a process of its own. */
const DEADLY_COUNT = 30;
const size = { casesPerBatch: Number(values.batch), inputsPerCase: Number(values.inputs) };
const coverage = values.coverage ? new Coverage() : undefined;
let failed = 0;
for (const group of [...GROUPS, ...FLOATING_GROUPS, ...SPE_GROUPS].filter((g) => values.group?.includes(g.name) !== false)) {
  const subjects = modes.map((m) => ({ name: m.name, command: [...subjectOf('ppc'), ...m.options] }));
  const oracle = { name: 'qemu-ppc', command: oracleOf('ppc') };
  const { instructions, cases, failures } = runCampaign(
    group,
    seed,
    group.name === 'deadly' ? DEADLY_COUNT : Number(values.count),
    oracle,
    subjects,
    { coverage, size },
  );
  process.stdout.write(`${group.name}: seed ${seed}, ${instructions} instructions in ${cases} cases, ${failures.length} failures\n`);
  for (const f of failures) process.stdout.write(`\n${f}\n`);
  failed += failures.length;
}
if (coverage !== undefined) {
  const rows = coverage.rows();
  const missing = rows.filter(([, count]) => count === 0);
  process.stdout.write(`${rows.length - missing.length} of ${rows.length} rows compared\n`);
  for (const [row] of missing) process.stdout.write(`  not ${row}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
