/** Random instructions under the emulator and under qemu-mips and qemu-mipsel. TSEMU_SEED repeats a run; `npm run difftest-mips` does more. */
import { MODES, oracleOf, subjectOf } from '../../harness/emulators';
import { describeIf } from '../../harness/tools';
import { runCampaign } from './campaign';
import { GROUPS } from './generators';

const COUNT = 2000;
/** Groups that share their lifters with others: each in one byte order, which the seed chooses, and without JavaScript. */
const SHORT = /exact|release6|mips16|micromips/;

describeIf(['qemu-mips', 'qemu-mipsel'], 'random instructions agree with qemu-mips(el)', () => {
  const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1_000_000_000);
  process.stderr.write(`random MIPS instructions: TSEMU_SEED=${seed}\n`);

  describe.each(['mips', 'mipsel'])('%s', (target) => {
    const oracle = { name: `qemu-${target}`, command: oracleOf(target) };
    const subjects = MODES.filter((m) => m.name.endsWith('+opt')).map((m) => ({
      name: m.name,
      command: [...subjectOf(target), ...m.options],
    }));

    const chosen = GROUPS.filter((g, i) => !SHORT.test(g.name) || ((i + seed) % 2 === 0) === (target === 'mips'));
    it.each(chosen.map((g) => [g.name, g] as const))('%s', (name, group) => {
      const { failures, instructions } = runCampaign(
        group,
        target === 'mips',
        seed,
        name.startsWith('deadly') ? 10 : COUNT,
        oracle,
        SHORT.test(name) ? subjects.filter((s) => !s.name.startsWith('js')) : subjects,
        { maxFailures: 3 },
      );
      expect(failures.map((f) => `TSEMU_SEED=${seed}, ${f}`).join('\n\n')).toBe('');
      expect(instructions).toBeGreaterThan(9);
    });
  });
});
