/** Children under pressure: V8's garbage collector and compilers at work all the time, and programs of several targets. */
import { resolve } from 'node:path';
import { PROJECT_ROOT, SUBJECT } from './harness/emulators';
import { run, runChecked, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compile, compileNative, type Flavour } from './programs/compile';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STATIC: Flavour = { abi: 'armhf', instructionSet: 'thumb', optimisation: 2, linkage: 'static' };
const BUNDLE = resolve(PROJECT_ROOT, 'dist/tsemu.cjs');

const HELLO = resolve(PROJECT_ROOT, 'tests/binaries/arm/hello');

/** Cycles of fork, exec and wait; thousands for a longer test. */
const CYCLES = process.env['TSEMU_CYCLES'] ?? '40';

/** tsemu with flags for V8. */
function runWith(flags: readonly string[], guest: readonly string[], options: readonly string[] = []): RunResult {
  return run([process.execPath, ...flags, BUNDLE, 'tsemu', ...options, ...guest]);
}

/** What makes V8's threads busy while the process forks. */
const PRESSURE: readonly (readonly string[])[] = [
  [],
  ['--gc-interval=300'],
  ['--stress-compaction'],
  ['--stress-scavenge=50'],
  ['--always-sparkplug', '--always-turbofan'],
  ['--v8-pool-size=1'],
  ['--single-threaded'],
];

describeIf(['gcc', 'arm-linux-gnueabihf-gcc'], 'children', () => {
  it.each(PRESSURE.map((flags) => [flags.join(' ') || 'no flags', flags] as const))('survive with %s', (_, flags) => {
    const r = runWith(flags, [compile('cycles', STATIC), CYCLES]);
    expect(r.stderr.toString()).toBe('');
    expect(r.stdout.toString()).toBe(`${CYCLES} cycles, 0 failures, 0 descriptors more, child left 0\n`);
    expect(r.status).toBe(0);
  });

  // After so many forks the heap is compacted, too; with stress, V8 asks for its threads again and again
  it.each([[[]], [['--gc-interval=500']]] as const)('get threads when they come to need them (%s)', (flags) => {
    const r = runWith(flags, [compile('late-threads', STATIC)]);
    expect(r.stderr.toString()).toBe('');
    expect(r.stdout.toString()).toBe(run([compileNative('late-threads')]).stdout.toString());
    expect(r.status).toBe(0);
  });

  it('do everything with the collector always at work', () => {
    const r = runWith(['--gc-interval=200', '--stress-compaction'], [compile('children', STATIC)]);
    expect(r.stdout.toString()).toBe(run([compileNative('children')]).stdout.toString());
    expect(r.status).toBe(0);
  });

  it('log to files of their own if the name asks for it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-children-'));
    try {
      const r = runWith([], [compile('cycles', STATIC), '2'], ['-strace', '-D', join(dir, 'log.%d')]);
      expect(r.status).toBe(0);
      const logs = run(['sh', '-c', 'grep -c "" log.* | wc -l; grep -l "exit_group(1)" log.* | wc -l'], { cwd: dir }).stdout.toString();
      expect(logs).toBe('3\n1\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describeIf(['arm-linux-gnueabihf-gcc'], 'descriptors', () => {
  it('of the parent reach the guest under their numbers, and no others do', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-descriptors-'));
    try {
      writeFileSync(
        join(dir, 'list.c'),
        `#include <fcntl.h>
         #include <stdio.h>
         #include <unistd.h>
         int main(void) {
           char text[16] = "";
           for (int fd = 0; fd < 200; fd++)
             if (fcntl(fd, F_GETFD) >= 0) printf("%d ", fd);
           read(3, text, 15);
           printf("%s\\n", text);
           return write(9, "written", 7) != 7;
         }`,
      );
      const guest = join(dir, 'list');
      runChecked(['arm-linux-gnueabihf-gcc', '-static', '-o', guest, join(dir, 'list.c')]);
      writeFileSync(join(dir, 'in'), 'read');
      const command = [...SUBJECT, guest].map((word) => `'${word}'`).join(' ');
      const r = run(['sh', '-c', `exec ${command} 3< in 9> out`], { cwd: dir });
      expect(r.stdout.toString()).toBe('0 1 2 3 9 read\n');
      expect(r.status).toBe(0);
      expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('written');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describeIf(['arm-linux-gnueabihf-gcc', 'gcc'], 'where executable memory is refused', () => {
  const refused = (what: string, guest: readonly string[]): RunResult => run([compileNative('refuse-code'), what, ...SUBJECT, ...guest]);
  const usable = process.arch === 'x64' && refused('data', [HELLO]).status !== 77;

  (usable ? it : it.skip)('to all programs, the launcher says so', () => {
    const r = refused('all', [HELLO]);
    expect(r.stderr.toString()).toBe('tsemu: not allowed to make executable memory (PR_SET_MDWE, seccomp or SELinux)\n');
    expect(r.status).toBe(126);
  });

  (usable ? it : it.skip)('to tsemu itself, programs run that do without children, threads and handlers', () => {
    const r = refused('data', [HELLO]);
    expect(r.stdout.toString()).toBe('Hello, world!\n');
    expect(r.stderr.toString()).toBe('');
    const children = refused('data', [compile('cycles', STATIC), '2']);
    expect(children.stdout.toString()).toMatch(/^2 cycles, 2 failures/m);
    expect(children.stderr.toString()).toBe('tsemu: the host refuses executable memory: no child processes\n');
    const threads = refused('data', [compile('races', STATIC, ['-pthread']), 'joining', '1', '1']);
    expect(threads.stdout.toString()).toMatch(/pthread_create/);
    expect(threads.stderr.toString()).toBe('tsemu: the host refuses executable memory: no threads\n');
    const handlers = refused('data', [compile('races', STATIC, ['-pthread']), 'queueing', '1', '1']);
    expect(handlers.stderr.toString()).toContain('tsemu: the host refuses executable memory: signal handlers do not run\n');
  });
});

describeIf(['arm-linux-gnueabihf-gcc'], 'signals', () => {
  const launchers = [SUBJECT, ['sh', resolve(PROJECT_ROOT, 'launcher/launcher.sh'), 'tsemu-arm']];
  it.each(launchers.map((l) => [l[0]!, l] as const))('stay ignored and blocked through Node (%s)', (_, launcher) => {
    const guest = compile('inherited', STATIC, ['-pthread']);
    const started = (with_: readonly string[]): string => run(['env', ...with_, ...launcher, guest, guest, guest]).stdout.toString();
    expect(started([])).toBe('\n\n\n');
    const line = '1 ignored 10 blocked 13 ignored 15 blocked 64 blocked ignored \n';
    expect(started(['--ignore-signal=HUP,PIPE,RTMAX', '--block-signal=TERM,USR1,RTMAX'])).toBe(line.repeat(3));
  });
});

describeIf(['arm-linux-gnueabihf-gcc', 'mips-linux-gnu-gcc', 'powerpc-linux-gnu-gcc'], 'programs of another target', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-targets-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('start each other', () => {
    const source = join(dir, 'relay.c');
    writeFileSync(
      source,
      `#include <stdio.h>
       #include <unistd.h>
       int main(int argc, char **argv) {
         int one = 1;
         printf("%s with %d, %s end first\\n", argv[0], argc, *(char *)&one ? "little" : "big");
         fflush(stdout);
         if (argc > 1) execv(argv[1], argv + 1);
         return 5;
       }`,
    );
    const [arm, mips, ppc] = ['arm-linux-gnueabihf', 'mips-linux-gnu', 'powerpc-linux-gnu'].map((triplet) => {
      const executable = join(dir, triplet.slice(0, 4));
      runChecked([`${triplet}-gcc`, '-static', '-o', executable, source]);
      return executable;
    }) as [string, string, string];
    const r = runWith([], [arm, mips, ppc, arm, ppc]);
    expect(r.stderr.toString()).toBe('');
    expect(r.stdout.toString().split('\n')).toEqual([
      `${arm} with 5, little end first`,
      `${mips} with 4, big end first`,
      `${ppc} with 3, big end first`,
      `${arm} with 2, little end first`,
      `${ppc} with 1, big end first`,
      '',
    ]);
    expect(r.status).toBe(5);
  });
});
