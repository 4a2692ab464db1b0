/** A few rounds of what `npm run stress` does thousands of times; terminals, and killing whole trees of processes. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { haveSysroot, SYSROOT } from './acceptance/sysroot';
import { SUBJECT } from './harness/emulators';
import { run } from './harness/run';
import { describeIf } from './harness/tools';
import { compileNative } from './programs/compile';
import { killTree, SCENARIOS } from './stress/scenarios';

describeIf(['arm-linux-gnueabihf-gcc'], 'under pressure', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  process.stderr.write(`stress: seed ${seed}\n`);

  it.each(SCENARIOS.map((s) => [s.name, s] as const))('%s', (_, { run: runScenario, few }) => {
    expect(runScenario(seed, few)).toBeUndefined();
  });

  it('a killed tree of processes leaves nothing', async () => expect(await killTree()).toEqual([]));
});

/**
 * Jobs at a terminal (tests/programs/terminal.c). Each line that is typed waits for something that only the job itself
 * can have printed: when the shell has printed its prompt or a job's name it does not yet have, or no longer has, the terminal.
 */
const JOBS = String.raw`expect ready> 
send (echo begin""ning; exec sed -u 's/^/got_/')\n
expect beginning
send one\n
expect got_one
send \032
expect Stopped
expect ready> 
send echo in $(jobs | wc -l)\n
expect in 1
expect ready> 
send fg\n
expect exec sed
send two\n
expect got_two
send \032
expect Stopped
expect ready> 
send bg\n
expect ready> 
send until jobs | grep -q Stopped; do sleep 0.1; done; echo all st""opped\n
expect all stopped
expect ready> 
send fg %1\n
expect exec sed
send three\n
expect got_three
send \003
expect ready> 
send echo status $?\n
expect status 130
expect ready> 
send (echo beg""un; sed -u 's/^/got_/'; exit 4) | sed -u 's/$/_twice/'; echo status $PIPESTATUS\n
expect begun
send typed\n
expect got_typed_twice
send \004
expect status 4
expect ready> 
send sh -c 'echo slee""ping; exec sleep 1000' &\n
expect sleeping
send sh -c 'trap "echo got I""NT; exit 3" INT; echo wai""ting; while :; do sleep 0.1; done'\n
expect waiting
send \003
expect got INT
expect ready> 
send echo status $?\n
expect status 3
send kill %1; wait; exit 5\n
`;

const BASH = join(SYSROOT, 'usr/bin/bash');

describeIf(['gcc'], 'a terminal', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-terminal-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  const shells = haveSysroot() && existsSync(BASH) ? [{ name: 'bash', command: [...SUBJECT, '-L', SYSROOT, BASH] }] : [];
  it.each([{ name: 'the host', command: ['bash'] }, ...shells])('has jobs under $name', ({ command }) => {
    const script = join(dir, 'jobs');
    writeFileSync(script, JOBS);
    const env = { PATH: '/usr/bin:/bin', PS1: 'ready> ', LC_ALL: 'C', HOME: dir, TERM: 'dumb' };
    const r = run([compileNative('terminal'), script, ...command, '--norc'], { env });
    expect(r.stdout.toString()).toBe('exited 5\nterminal as before: yes\nleft behind: 0\n');
  });
});
