/** What the stress tests run: programs that print the same whatever the seed, with a few rounds in a test and many on demand. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { SUBJECT } from '../harness/emulators';
import { run } from '../harness/run';
import { compile, type Flavour } from '../programs/compile';

const STATIC: Flavour = { abi: 'armhf', instructionSet: 'thumb', optimisation: 2, linkage: 'static' };

export interface Scenario {
  readonly name: string;
  /** Rounds in a test, and in `npm run stress`. */
  readonly few: number;
  readonly many: number;
  /** Runs it; a message if something went wrong. */
  readonly run: (seed: number, rounds: number) => string | undefined;
}

function guest(program: string, args: readonly string[], expected: string): string | undefined {
  const r = run([...SUBJECT, compile(program, STATIC, ['-pthread']), ...args]);
  const said = r.stdout.toString() + r.stderr.toString();
  return r.status === 0 && said === expected ? undefined : `status ${r.status}, signal ${r.signal}: ${said}`;
}

const race = (name: string, few: number, many: number): Scenario => ({
  name,
  few,
  many,
  run: (seed, rounds) => guest('races', [name, String(seed), String(rounds)], `${name}: ${rounds} rounds\n`),
});

export const SCENARIOS: readonly Scenario[] = [
  // signals against calls that wait, calls that go on after signals, fork, futexes
  race('blocking', 100, 20_000),
  race('restarting', 200, 50_000),
  race('forking', 30, 1000),
  race('waking', 500, 100_000),
  race('queueing', 1000, 200_000),
  race('joining', 30, 1000),
  race('leaving', 20, 1000),
  {
    name: 'cycles',
    few: 4,
    many: 10_000,
    run: (_seed, rounds) => guest('cycles', [String(rounds)], `${rounds} cycles, 0 failures, 0 descriptors more, child left 0\n`),
  },
];

/** Starts a tree of processes, kills the whole group and returns those that are left of it: lines of /proc/PID/stat. */
export async function killTree(): Promise<string[]> {
  const [program, ...args] = [...SUBJECT, compile('tree', STATIC, ['-pthread'])];
  const child = spawn(program!, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const session = child.pid!;
  const closed = new Promise((resolve) => child.stdout.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  process.kill(-session, 'SIGKILL');
  // closed by the last of them
  await closed;
  let left = members(session);
  // the kernel takes a moment to take a process away
  for (let i = 0; left.length > 0 && i < 1000; i++) {
    await setTimeout(10);
    left = members(session);
  }
  return left;
}

/** Processes of a session that have not ended. */
function members(session: number): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, , , its] = line.slice(line.lastIndexOf(')') + 2).split(' ');
      return Number(its) === session && state !== 'Z' ? [line] : [];
    } catch {
      return [];
    }
  });
}
