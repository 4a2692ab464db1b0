/**
 * Debian's own armhf programs, unmodified, under the emulator and under qemu-arm. The sysroot is fetched on the first
 * run; TSEMU_SYSROOT names one that is there. Rows whose program is not in it are left out.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeInputs } from './acceptance/inputs';
import { ROWS, type Row } from './acceptance/rows';
import { SCRIPTS } from './acceptance/scripts';
import { BASE_PACKAGES, fetchSysroot, haveSysroot, SYSROOT } from './acceptance/sysroot';
import { ORACLE, SUBJECT } from './harness/emulators';
import { run, type RunResult } from './harness/run';
import { describeIf, findTool } from './harness/tools';

/** Fetches the sysroot if need be. Without network the tests are left out, with a message; in CI that is an error. */
function prepareSysroot(): boolean {
  if (haveSysroot()) return true;
  if (process.env['TSEMU_SYSROOT'] !== undefined) throw new Error(`TSEMU_SYSROOT: no such directory: ${SYSROOT}`);
  if (findTool('apt-get') === undefined || findTool('dpkg-deb') === undefined) return false;
  try {
    fetchSysroot(BASE_PACKAGES);
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    process.stderr.write(`SKIPPED acceptance: packages cannot be fetched: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', LC_ALL: 'C', TZ: 'UTC' };

describeIf(['qemu-arm', 'apt-get', 'dpkg-deb'], 'acceptance', () => {
  const rows = prepareSysroot() ? ROWS.filter((r) => existsSync(join(SYSROOT, r.program))) : [];
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-acceptance-'));

  beforeAll(() => writeInputs(dir));
  afterAll(() => rmSync(dir, { recursive: true }));

  function runRow(emulator: readonly string[], { program, args, stdin }: Row): RunResult {
    const input = stdin === undefined ? '' : 'file' in stdin ? readFileSync(join(dir, stdin.file)) : stdin.text;
    return run([...emulator, '-L', SYSROOT, join(SYSROOT, program), ...args], { cwd: dir, env: { ...ENVIRONMENT, PWD: dir }, input });
  }

  it.each(rows.map((r) => [`${r.program} ${r.args.join(' ')}`.slice(0, 90), r] as const))('%s', (_, row) => {
    const expected = runRow(ORACLE, row);
    const actual = runRow(SUBJECT, row);
    expect(actual.stderr.toString()).toBe(expected.stderr.toString());
    expect(actual.stdout.toString('latin1')).toBe(expected.stdout.toString('latin1'));
    expect({ status: actual.status, signal: actual.signal }).toEqual({ status: expected.status, signal: expected.signal });
  });

  const scripts = SCRIPTS.flatMap((script) => script.shells.map((shell) => ({ script, shell })));
  it.each(
    scripts
      .filter(({ shell }) => rows.length > 0 && existsSync(join(SYSROOT, shell.program)) && existsSync(shell.reference))
      .map(({ script, shell }) => [`${shell.program}: ${script.name}`, script, shell] as const),
  )('%s', (_, script, shell) => {
    const runScript = (command: readonly string[]): RunResult => {
      const cwd = mkdtempSync(join(dir, 'script-'));
      writeFileSync(join(dir, 'script.sh'), script.text);
      return run([...command, '../script.sh'], { cwd, env: { PATH: '/usr/bin:/bin', HOME: '/nowhere', LC_ALL: 'C' } });
    };
    const expected = runScript([shell.reference]);
    const actual = runScript([...SUBJECT, '-L', SYSROOT, join(SYSROOT, shell.program), ...shell.args]);
    expect(actual.stdout.toString()).toBe(expected.stdout.toString());
    expect(actual.stderr.toString()).toBe(expected.stderr.toString());
    expect(actual.status).toBe(expected.status);
  });

  if (rows.length === 0) it.skip('has no sysroot', () => {});
});
