/** What the command line prints, and its exit status, without a guest or with one that cannot run. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPTIONS } from '../cli/options';
import { LOG_ITEMS } from '../runtime/debug';
import { PROJECT_ROOT } from './harness/emulators';
import { run, type RunOptions } from './harness/run';

const LAUNCHER = join(PROJECT_ROOT, 'bin/tsemu-arm');
const HELLO = join(PROJECT_ROOT, 'tests/binaries/arm/hello');
const tsemuArm = (args: readonly string[], options?: RunOptions) => run([LAUNCHER, ...args], options);

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'tsemu-cli-'))));
afterAll(() => rmSync(dir, { recursive: true }));

describe('prints', () => {
  it.each(['-h', '--help'])('every option of the table on %s', (option) => {
    const r = tsemuArm([option]);
    const help = r.stdout.toString();
    for (const { names, variable } of OPTIONS) {
      for (const name of names) expect(help).toMatch(new RegExp(`-${name}\\b`));
      if (variable !== undefined) expect(help.replace(/\s+/g, ' ')).toContain(`TSEMU_${variable}`);
    }
    expect(r.stderr.toString()).toBe('');
    expect(r.status).toBe(0);
  });

  it('log items', () => {
    const r = tsemuArm(['-d', 'help']);
    for (const item of Object.keys(LOG_ITEMS)) expect(r.stdout.toString()).toMatch(new RegExp(`^ +${item} `, 'm'));
    expect(r.status).toBe(0);
  });

  it('CPU models', () => {
    const r = tsemuArm(['-cpu', 'help']);
    expect(r.stdout.toString()).toMatch(/^ +cortex-a9 /m);
    expect(r.status).toBe(0);
  });
});

describe('reports in one line', () => {
  const notElf = () => file('text', 'nothing executable\n');
  const file = (name: string, text: string, mode = 0o755): string => {
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), mode);
    return join(dir, name);
  };

  it.each<[string, number, () => readonly string[]]>([
    ['no program', 1, () => []],
    ['an unknown option', 1, () => ['-frobnicate', HELLO]],
    ['a missing argument', 1, () => ['-L']],
    ['an unknown CPU model', 1, () => ['-cpu', 'z80', HELLO]],
    ['an unknown optimiser pass', 1, () => ['--opt=-no-such-pass', HELLO]],
    ['a log file that cannot be written', 1, () => ['-d', 'page', '-D', '/no/such/folder/log', HELLO]],
    ['a program that does not exist', 127, () => [join(dir, 'absent')]],
    ['a folder', 126, () => [dir]],
    ['a file that is not ELF', 126, () => [notElf()]],
    ['a file without permission to execute', 126, () => [file('plain', '\x7fELF', 0o644)]],
    ['an empty file', 126, () => [file('empty', '')]],
    ['a program for this machine', 126, () => [process.execPath]],
    ['a program whose name has a line break', 127, () => [join(dir, 'two\nlines')]],
  ])('%s, status %d', (_what, status, args) => {
    const r = tsemuArm(args());
    expect(r.stderr.toString()).toMatch(/^tsemu-arm: [^\n]+\n$/);
    expect(r.stdout.toString()).toBe('');
    expect(r).toMatchObject({ status, signal: null });
  });
});

it('chooses the target by the ELF header when called tsemu', () => {
  const r = run([join(PROJECT_ROOT, 'bin/tsemu'), HELLO]);
  expect(r.stderr.toString()).toBe('');
  expect(r.stdout.toString()).toBe('Hello, world!\n');
});

it.each([
  ['out_wasm', 'wasm', ';;', /^ *local\.get \$r0$/m],
  ['out_js', 'js', '//', /^ *let r0 = /m],
])('-d %s shows the code of regions beside the guest instructions it is for', (item, emit, comment, code) => {
  const log = join(dir, 'code.log');
  expect(tsemuArm(['-d', item, '-D', log, '-emit', emit, '-hot', '1', HELLO]).status).toBe(0);
  const text = readFileSync(log, 'latin1');
  expect(text).toMatch(/^OUT: region 0x[0-9a-f]{8}, \d+ blocks/m);
  expect(text).toMatch(code);
  // Address, encoding and assembler text
  const guest = [...text.matchAll(new RegExp(`^ *${comment} 0x([0-9a-f]{8}):  [0-9a-f]{4,8} +[a-z]`, 'gm'))];
  expect(guest.length).toBeGreaterThan(text.split('\nOUT: ').length);
});

it('writes the log to a file named after the process', () => {
  const r = tsemuArm(['-d', 'in_asm,op', '-D', join(dir, 'log.%d'), HELLO]);
  expect(r.stderr.toString()).toBe('');
  const log = run(['sh', '-c', `cat ${dir}/log.[0-9]*`]).stdout.toString();
  expect(log).toMatch(/svc/i);
});

it('prints where start-up time goes when asked', () => {
  const r = tsemuArm([HELLO], { env: { ...(process.env as Record<string, string>), TSEMU_TRACE_STARTUP: '1' } });
  expect(r.stderr.toString()).toMatch(/^code cache of arm guests used\n(startup: +[\d.]+ ms +\+[\d.]+ {2}[^\n]+\n){3,}$/);
  expect(r.stdout.toString()).toBe('Hello, world!\n');
});
