/** The committed guests under the emulator, against what they are known to do. Needs no cross compiler and no reference emulator. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, SUBJECT } from './harness/emulators';
import { run } from './harness/run';

const guest = (name: string): string => join(__dirname, 'binaries/arm', name);

describe.each(MODES)('guests of tests/binaries/arm in mode $name', ({ options }) => {
  const runGuest = (name: string, args: readonly string[] = [], input: string | Uint8Array = '', env?: Record<string, string>) =>
    run([...SUBJECT, ...options, guest(name), ...args], env === undefined ? { input } : { input, env });

  it.each(['hello', 'hello-thumb', 'hello-armv4t', 'hello-thumb1', 'hello-pie'])('%s greets', (name) => {
    const r = runGuest(name);
    expect(r.stderr.toString()).toBe('');
    expect(r.stdout.toString()).toBe('Hello, world!\n');
    expect(r.status).toBe(0);
  });

  it.each(['args', 'args-pie-thumb'])('%s gets arguments, environment and auxiliary vector', (name) => {
    const r = runGuest(name, ['x', 'y z', ''], '', { PATH: process.env['PATH'] ?? '', A: '1', EMPTY: '' });
    const lines = r.stdout.toString().split('\n');
    expect(lines.slice(0, 4)).toEqual([`arg=${guest(name)}`, 'arg=x', 'arg=y z', 'arg=']);
    expect(lines).toEqual(
      expect.arrayContaining([
        'env=A=1',
        'env=EMPTY=',
        'PHENT=00000020',
        'PAGESZ=00001000',
        'CLKTCK=00000064',
        'SECURE=00000000',
        `EXECFN=${guest(name)}`,
        'RANDOM present=00000001',
      ]),
    );
    expect(r.stdout.toString()).toMatch(/^PLATFORM=v[78]l$/m);
    expect(r.status).toBe(0);
  });

  it.each([0, 1, 42, 255])('passes exit status %d on', (status) => {
    expect(runGuest('exit-status', [String(status)])).toMatchObject({ status, signal: null });
  });

  it('reads and writes files', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-file-'));
    try {
      const r = runGuest('file', [join(dir, 'data')]);
      expect(r.status).toBe(0);
      expect(r.stdout.toString()).toBe('456789\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('makes children and executes itself', () => {
    const r = runGuest('processes');
    expect(r.stderr.toString()).toBe('');
    expect(r.stdout.toString()).toBe('fork 00000001\nvfork 00000002\nexec 00000003\n');
    expect(r.status).toBe(0);
  });

  it('copies standard input', () => {
    const input = Buffer.alloc(1_000_000, 'all bytes: \0\x01\xff, and ends in the middle of a page\n', 'latin1');
    const r = runGuest('echo', [], input);
    expect(r.stdout.equals(input)).toBe(true);
    expect(r.status).toBe(0);
  });

  it('writes more than a pipe holds', () => {
    const r = runGuest('flood');
    const expected = createHash('sha256');
    for (let i = 0; i < 200_000; i++) expected.update(`${String(i).padStart(6, '0')}\n`);
    expect(createHash('sha256').update(r.stdout).digest('hex')).toBe(expected.digest('hex'));
    expect(r.status).toBe(0);
  });

  it.each([
    ['segv', 'SIGSEGV'],
    ['abrt', 'SIGABRT'],
    ['ill', 'SIGILL'],
    ['jump', 'SIGSEGV'],
    ['readonly', 'SIGSEGV'],
  ])('dies of %s by %s', (how, signal) => {
    for (const name of ['die', 'die-thumb']) {
      const r = runGuest(name, [how]);
      expect(r.signal).toBe(signal);
      expect(r.stdout.toString()).toBe('');
    }
  });

  it('sees an ARM processor', () => {
    const r = runGuest('cpuinfo');
    const [machine, ...cpuinfo] = r.stdout.toString().split('\n');
    expect(machine).toBe('armv7l');
    expect(cpuinfo.join('\n')).toMatch(/^Features\s*:.*\b(half|thumb)\b/m);
    expect(r.status).toBe(0);
  });
});
