/** Random instructions under the emulator and under qemu-arm. TSEMU_SEED repeats a run; `npm run difftest` does more. */
import { MODES, ORACLE, SUBJECT } from '../harness/emulators';
import { describeIf } from '../harness/tools';
import { runCampaign } from './campaign';
import { GROUPS } from './groups';

describeIf(['qemu-arm'], 'random instructions agree with qemu-arm', () => {
  const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1_000_000_000);
  const oracle = { name: 'qemu-arm', command: ORACLE };
  const subjects = MODES.map((m) => ({ name: m.name, command: [...SUBJECT, ...m.options] }));
  process.stderr.write(`random instructions: TSEMU_SEED=${seed}\n`);

  it.each(GROUPS.map((g) => [g.name, g] as const))('%s', (_, group) => {
    const { failures, instructions } = runCampaign(group, seed, group.suiteCount, oracle, subjects, { maxFailures: 3 });
    expect(failures.map((f) => `TSEMU_SEED=${seed}, ${f.emulator.name}\n${f.report}`).join('\n\n')).toBe('');
    expect(instructions).toBeGreaterThanOrEqual(group.suiteCount);
  });
});
