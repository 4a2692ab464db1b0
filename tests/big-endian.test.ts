/** Big-endian ARM: programs without a C library (Debian has none) and random instructions, under qemu-armeb and tsemu-armeb. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, oracleOf, subjectOf } from './harness/emulators';
import { run, runChecked } from './harness/run';
import { describeIf } from './harness/tools';
import { runCampaign } from './instructions/campaign';
import { FORMATS } from './instructions/format';
import { groupNamed } from './instructions/groups';

const COMMON = [
  ...['-O1', '-std=gnu11', '-w', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-nostdlib', '-mbig-endian'],
  '-Wl,--build-id=none',
];
const STATIC = ['-static'];
/** The linker makes BE8 of what is for ARMv6 and later. */
const BE8 = '-march=armv7-a';
const BE32 = '-march=armv5te';

const VARIANTS = [
  ['BE8, A32', [BE8, '-marm', ...STATIC]],
  ['BE8, T32', [BE8, '-mthumb', ...STATIC]],
  ['BE32', [BE32, '-marm', ...STATIC]],
  ['BE8, dynamic', [BE8, '-marm', '-pie', '-fPIE', '-Wl,--dynamic-linker=/lib/tiny']],
  ['BE32, dynamic', [BE32, '-marm', '-pie', '-fPIE', '-Wl,--dynamic-linker=/lib/tiny']],
] as const;

const dir = mkdtempSync(join(tmpdir(), 'tsemu-big-endian-'));
afterAll(() => rmSync(dir, { recursive: true }));

function compile(name: string, output: string, flags: readonly string[]): string {
  const file = join(dir, output);
  runChecked(['arm-linux-gnueabi-gcc', ...COMMON, ...flags, '-o', file, join(__dirname, `programs/${name}.c`), '-lgcc']);
  return file;
}

describeIf(['qemu-armeb', 'arm-linux-gnueabi-gcc'], 'big-endian programs agree with qemu-armeb', () => {
  it.each(VARIANTS)('%s', (name, flags) => {
    mkdirSync(join(dir, 'lib'), { recursive: true });
    compile('tiny-interpreter', 'lib/tiny', [flags[0], '-marm', '-pie', '-fPIE', '-Wl,--no-dynamic-linker']);
    const guest = ['-L', dir, compile('byte-order', name.replaceAll(' ', ''), flags), join(dir, 'file')];
    const expected = run([...oracleOf('armeb'), ...guest]);
    expect(expected.status).toBe(7);
    for (const mode of MODES) {
      const actual = run([...subjectOf('armeb'), ...mode.options, ...guest]);
      expect([mode.name, actual.stdout.toString(), actual.status]).toEqual([mode.name, expected.stdout.toString(), 7]);
    }
  });
});

/** Groups that the order of data, and then that of code, matters to. `npm run difftest -- --format be8` runs all. */
const GROUP_NAMES = [
  ['be8', ['a32-memory', 'a32-exclusives', 'thumb-branches', 'a32-neon-memory']],
  ['be32', ['thumb-it', 'a32-branches', 'thumb-branches']],
] as const;

describeIf(['qemu-armeb'], 'random instructions agree with qemu-armeb', () => {
  const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1_000_000_000);
  const oracle = { name: 'qemu-armeb', command: oracleOf('armeb') };
  const subjects = MODES.filter((m) => m.name.endsWith('+opt')).map((m) => ({
    name: m.name,
    command: [...subjectOf('armeb'), ...m.options],
  }));
  process.stderr.write(`random big-endian instructions: TSEMU_SEED=${seed}\n`);

  describe.each(GROUP_NAMES)('%s', (name, groups) => {
    const format = FORMATS.find((f) => f.name === name);
    it.each(groups)('%s', (groupName) => {
      const group = groupNamed(groupName)!;
      const { failures } = runCampaign(group, seed, group.suiteCount / 10, oracle, subjects, { maxFailures: 3, format });
      expect(failures.map((f) => `TSEMU_SEED=${seed}, ${f.emulator.name}\n${f.report}`).join('\n\n')).toBe('');
    });
  });
});
