/** `--profile` and `-perfmap` on a program that spends its time in one function. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from './harness/emulators';
import { run, type RunOptions, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compile } from './programs/compile';

const LAUNCHER = join(PROJECT_ROOT, 'bin/tsemu-arm');

interface V8Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly hitCount: number;
  readonly children: readonly number[];
}

describeIf(['arm-linux-gnueabihf-gcc'], 'a profile', () => {
  let dir: string;
  let program: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tsemu-profile-'));
    program = compile('profiled', { abi: 'armhf', instructionSet: 'thumb', optimisation: 1, linkage: 'static' });
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const tsemu = (args: readonly string[], options?: RunOptions): RunResult => run([LAUNCHER, ...args], { cwd: dir, ...options });
  /** Names of the guest's functions in the table, in its order. */
  const functions = (r: RunResult): string[] => {
    const rows = [...r.stderr.toString().matchAll(/^ *[\d.]+% +[\d.]+% +[\d.]+ {2}(\S+) {2}profiled$/gm)];
    return rows.map((m) => m[1]!);
  };

  it.each(['auto', 'js'])('names the hot function first (-emit %s)', (emit) => {
    const r = tsemu(['--profile=hot.cpuprofile', '-emit', emit, program]);
    expect(r.stdout.toString()).toMatch(/^[0-9a-f]{8}\n$/);
    expect(functions(r)[0]).toBe('hot');
    const { nodes, samples } = JSON.parse(readFileSync(join(dir, 'hot.cpuprofile'), 'utf8')) as {
      nodes: readonly V8Node[];
      samples: readonly number[];
    };
    const hot = nodes.filter((n) => n.callFrame.functionName === 'hot');
    expect(hot.every((n) => n.callFrame.url === program)).toBe(true);
    expect(hot.reduce((sum, n) => sum + n.hitCount, 0)).toBeGreaterThan(samples.length / 4);
  });

  it('has the guest’s calls as its stacks', () => {
    tsemu(['--profile=calls.cpuprofile', '-hot', '1', program]);
    const { nodes } = JSON.parse(readFileSync(join(dir, 'calls.cpuprofile'), 'utf8')) as { nodes: readonly V8Node[] };
    const calls = nodes.flatMap((n) => n.children.map((c) => `${n.callFrame.functionName} ${nodes[c - 1]!.callFrame.functionName}`));
    expect(calls).toEqual(expect.arrayContaining(['main middle', 'middle hot']));
  });

  it('may be interpreted', () => {
    const r = tsemu(['--profile=interpreted.cpuprofile', '-emit', 'interp', compile('hello', HELLO)]);
    expect(r.stderr.toString()).toMatch(/interpreted guest code [\d.]+%/);
    expect(r.stderr.toString()).not.toMatch(/\[object |undefined|NaN/);
  });

  it('becomes a flame graph', () => {
    const r = tsemu(['--profile=%d.html', program]);
    const file = /^profile: written to (.*)$/m.exec(r.stderr.toString())![1]!;
    expect(file).toMatch(/\/\d+\.html$/);
    expect(readFileSync(file, 'utf8')).toContain('hot (');
  });

  it('has a name of its own unless told otherwise', () => {
    tsemu(['--profile', program]);
    expect(readdirSync(dir)).toContainEqual(expect.stringMatching(/^profiled\.\d+\.cpuprofile$/));
  });

  it('is of one process: children have their own', () => {
    const r = tsemu(['--profile=child.%d.cpuprofile', compile('cycles', HELLO), '3']);
    expect(r.stdout.toString()).toMatch(/^3 cycles, 0 failures/);
    const waits = readdirSync(dir)
      .filter((name) => name.startsWith('child.'))
      .map((name) => readFileSync(join(dir, name), 'utf8').includes('"[wait4]"'));
    expect(waits.sort()).toEqual([false, false, false, true]);
  });

  it('is written however the guest ends', () => {
    const status = tsemu(['--profile=a.cpuprofile', program, '3']);
    expect([status.status, functions(status)[0]]).toEqual([3, 'hot']);
    const abort = tsemu(['--profile=a.cpuprofile', program, 'abort']);
    expect([abort.signal, functions(abort)[0]]).toEqual(['SIGABRT', 'hot']);
    // A fault is found by its position in compiled code, which now has names
    const fault = tsemu(['--profile=a.cpuprofile', '-hot', '1', compile('die', HELLO), 'segv']);
    expect([fault.signal, fault.stdout.toString()]).toEqual(['SIGSEGV', 'segv\n']);
  });

  it('that cannot be written does not change how the guest ends', () => {
    const r = tsemu(['--profile=/nonexistent/a.html', program, '3']);
    expect(r.status).toBe(3);
    expect(r.stderr.toString()).toMatch(/^profile: ENOENT.*\/nonexistent\/a\.html/m);
  });

  it('knows functions of libraries by their exports, and other code by its place', () => {
    const profileOf = (name: string): string => {
      tsemu(['--profile=d.cpuprofile', '-L', '/usr/arm-linux-gnueabihf', compile(name, { ...HELLO, linkage: 'dynamic' }, ['-s'])]);
      return readFileSync(join(dir, 'd.cpuprofile'), 'utf8');
    };
    expect(profileOf('profiled')).toMatch(/"functionName":"profiled\+0x[0-9a-f]+"/);
    expect(profileOf('numbers')).toMatch(/"functionName":"[a-z_]*printf[a-z_]*","scriptId":"0","url":"[^"]*libc\.so/);
  });

  it('leaves arguments and environment alone where Node starts twice', () => {
    const program = compile('start-up', HELLO);
    const command = 'exec "$@" "$(printf "\\377\\303")" "" "a b"';
    const env = { PATH: '/bin', BYTES: 'x', TMPDIR: dir };
    const plain = run(['sh', '-c', command, 'sh', LAUNCHER, program], { cwd: dir, env });
    const twice = run(['sh', '-c', command, 'sh', LAUNCHER, '-perfmap', program], { cwd: dir, env });
    expect(plain.stdout.toString('latin1')).toContain('argv[1]=\u00ff\u00c3\n');
    expect(twice.stdout.toString('latin1')).toBe(plain.stdout.toString('latin1'));
    expect(readdirSync(dir).filter((f) => f.endsWith('.log'))).toEqual([]);
  });

  it('can be made by perf: -perfmap names compiled code', () => {
    const r = tsemu(['-perfmap', program, '3'], { env: { ...(process.env as Record<string, string>), TSEMU_HOT: '100' } });
    expect(r).toEqual(tsemu([program, '3']));
    const maps = readdirSync('/tmp').filter((f) => /^perf-\d+\.map$/.test(f));
    const ours = maps.filter((f) =>
      /^[0-9a-f]+ [0-9a-f]+ JS:hot@0x[0-9a-f]+-\d+-(liftoff|turbofan)$/m.test(readFileSync(join('/tmp', f), 'latin1')),
    );
    expect(ours.length).toBeGreaterThan(0);
    expect(readdirSync(dir).filter((f) => f.endsWith('.log'))).toEqual([]);
    for (const f of ours) rmSync(join('/tmp', f));
  });
});

const HELLO = { abi: 'armhf', instructionSet: 'arm', optimisation: 2, linkage: 'static' } as const;
