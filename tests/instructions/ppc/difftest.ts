/**
 * npm run difftest-ppc -- [--group NAME] [--count INSTRUCTIONS] [--seed N] [--mode NAME]
 *
 * Compares random instructions under the emulator with qemu-ppc: about COUNT in each group.
 */
import { parseArgs } from 'node:util';
import { MODES, oracleOf, subjectOf } from '../../harness/emulators';
import { runCampaign } from './campaign';
import { FLOATING_GROUPS } from './floating';
import { GROUPS } from './generators';

const { values } = parseArgs({
  options: {
    group: { type: 'string', multiple: true },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    mode: { type: 'string', multiple: true },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const modes = MODES.filter((m) => values.mode === undefined || values.mode.includes(m.name));
/** Each of them takes a process of its own. */
const DEADLY_COUNT = 30;
let failed = 0;
for (const group of [...GROUPS, ...FLOATING_GROUPS].filter((g) => values.group?.includes(g.name) !== false)) {
  const subjects = modes.map((m) => ({ name: m.name, command: [...subjectOf('ppc'), ...m.options] }));
  const oracle = { name: 'qemu-ppc', command: oracleOf('ppc') };
  const { instructions, failures } = runCampaign(
    group,
    seed,
    group.name === 'deadly' ? DEADLY_COUNT : Number(values.count),
    oracle,
    subjects,
  );
  process.stdout.write(`${group.name}: seed ${seed}, ${instructions} instructions, ${failures.length} failures\n`);
  for (const f of failures) process.stdout.write(`\n${f}\n`);
  failed += failures.length;
}
process.exitCode = failed === 0 ? 0 : 1;
