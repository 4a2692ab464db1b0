/** The committed MIPS and PowerPC guests against what they are known to do. Needs no cross compiler and no reference emulator. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, subjectOf } from './harness/emulators';
import { run } from './harness/run';

/** What the guest cpuinfo prints. */
const CPUINFO: Readonly<Record<string, RegExp>> = {
  mips: /^mips\n[^]*^isa\s+: mips1 .*mips32r2/m,
  mipsel: /^mips\n[^]*^isa\s+: mips1 .*mips32r2/m,
  ppc: /^ppc\n[^]*^cpu\t\t: 750[^]*^timebase\t: \d+$/m,
};

const cases = Object.keys(CPUINFO).flatMap((target) => MODES.map((mode) => ({ target, mode: mode.name, options: mode.options })));

describe.each(cases)('guests of tests/binaries/$target in mode $mode', ({ target, options }) => {
  const guest = (name: string): string => join(__dirname, 'binaries', target, name);
  const runGuest = (name: string, args: readonly string[] = [], input: string | Uint8Array = '') =>
    run([...subjectOf(target), ...options, guest(name), ...args], { input, env: { PATH: process.env['PATH'] ?? '', A: '1' } });

  it('greets', () => {
    expect(runGuest('hello')).toMatchObject({ status: 0, stdout: Buffer.from('Hello, world!\n'), stderr: Buffer.alloc(0) });
  });

  it('gets arguments, environment and auxiliary vector', () => {
    const lines = runGuest('args', ['x', 'y z', '']).stdout.toString().split('\n');
    expect(lines.slice(0, 4)).toEqual([`arg=${guest('args')}`, 'arg=x', 'arg=y z', 'arg=']);
    expect(lines).toEqual(expect.arrayContaining(['env=A=1', 'PHENT=00000020', 'PAGESZ=00001000', 'SECURE=00000000']));
    expect(lines.filter((l) => l.startsWith('PLATFORM'))).toEqual(target === 'ppc' ? ['PLATFORM=ppc750'] : []);
  });

  it.each([0, 1, 42, 255])('passes exit status %d on', (status) => {
    expect(runGuest('exit-status', [String(status)])).toMatchObject({ status, signal: null });
  });

  it('reads and writes files', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-file-'));
    try {
      expect(runGuest('file', [join(dir, 'data')])).toMatchObject({ status: 0, stdout: Buffer.from('456789\n') });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('copies standard input', () => {
    const input = Buffer.alloc(1_000_000, 'all bytes: \0\x01\xff, and ends in the middle of a page\n', 'latin1');
    expect(runGuest('echo', [], input).stdout.equals(input)).toBe(true);
  });

  it('writes more than a pipe holds', () => {
    const r = runGuest('flood');
    const expected = createHash('sha256');
    for (let i = 0; i < 200_000; i++) expected.update(`${String(i).padStart(6, '0')}\n`);
    expect(createHash('sha256').update(r.stdout).digest('hex')).toBe(expected.digest('hex'));
  });

  it.each([
    ['segv', 'SIGSEGV'],
    ['abrt', 'SIGABRT'],
    ['ill', 'SIGILL'],
    ['jump', 'SIGSEGV'],
    ['readonly', 'SIGSEGV'],
  ])('dies of %s by %s', (how, signal) => {
    expect(runGuest('die', [how])).toMatchObject({ signal, stdout: Buffer.alloc(0) });
  });

  it('sees the processor of the model', () => {
    const r = runGuest('cpuinfo');
    expect(r.stdout.toString()).toMatch(CPUINFO[target]!);
    expect(r.status).toBe(0);
  });
});
