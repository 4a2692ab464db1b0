/** Random instructions under the emulator and under qemu-ppc. TSEMU_SEED repeats a run; `npm run difftest-ppc` does more. */
import { MODES, oracleOf, subjectOf } from '../../harness/emulators';
import { describeIf } from '../../harness/tools';
import { runCampaign } from './campaign';
import { FLOATING_GROUPS } from './floating';
import { GROUPS } from './generators';
import { SPE_GROUPS } from './spe';

const COUNT = 1000;

describeIf(['qemu-ppc'], 'random instructions agree with qemu-ppc', () => {
  const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1_000_000_000);
  process.stderr.write(`random PowerPC instructions: TSEMU_SEED=${seed}\n`);
  const oracle = { name: 'qemu-ppc', command: oracleOf('ppc') };
  const subjects = MODES.filter((m) => m.name.endsWith('+opt')).map((m) => ({
    name: m.name,
    command: [...subjectOf('ppc'), ...m.options],
  }));

  it.each([...GROUPS, ...FLOATING_GROUPS, ...SPE_GROUPS].map((g) => [g.name, g] as const))('%s', (name, group) => {
    const { failures, instructions } = runCampaign(group, seed, name === 'deadly' ? 5 : COUNT, oracle, subjects, { maxFailures: 3 });
    expect(failures.map((f) => `TSEMU_SEED=${seed}, ${f}`).join('\n\n')).toBe('');
    expect(instructions).toBeGreaterThan(4);
  });
});
