/** How long a program that does nothing takes, beside qemu-arm and an idle Node, and where the time goes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ORACLE, PROJECT_ROOT, SUBJECT } from '../tests/harness/emulators';
import { formatTable, median, timeInterleaved } from './measure';

/** Static, without a C library: the shortest program there is. */
const HELLO = join(PROJECT_ROOT, 'tests/binaries/arm/hello');
const PINNED_NODE = join(PROJECT_ROOT, `node_modules/node-linux-${process.arch}/bin/node`);

export interface StartupResult {
  /** Median milliseconds by command. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Median milliseconds of each phase, in order; Node counts them from the start of its process. */
  readonly phases: readonly { readonly name: string; readonly milliseconds: number }[];
}

export function measureStartup(runs: number): StartupResult {
  const commands = [
    { name: 'sh -c :', command: ['sh', '-c', ':'] },
    { name: 'qemu-arm hello', command: [...ORACLE, HELLO] },
    { name: 'node -e 0', command: [PINNED_NODE, '-e', '0'] },
    { name: 'tsemu-arm hello', command: [...SUBJECT, HELLO] },
  ];
  const timings = timeInterleaved(commands, runs);
  return { milliseconds: Object.fromEntries(commands.map((c, i) => [c.name, timings[i]!.median])), phases: measurePhases(runs) };
}

function measurePhases(runs: number): StartupResult['phases'] {
  const [program, ...args] = SUBJECT;
  const times = new Map<string, number[]>();
  for (let i = 0; i < runs; i++) {
    const r = spawnSync(program!, [...args, HELLO], { env: { ...process.env, TSEMU_TRACE_STARTUP: '1' } });
    for (const [, phase, name] of r.stderr.toString().matchAll(/^startup: +[\d.]+ ms +\+([\d.]+) {2}(.+)$/gm)) {
      const list = times.get(name!) ?? [];
      times.set(name!, list);
      list.push(Number(phase));
    }
  }
  return [...times].map(([name, list]) => ({ name, milliseconds: median(list) }));
}

export function startupTable({ milliseconds, phases }: StartupResult): string {
  const tsemu = milliseconds['tsemu-arm hello']!;
  const rows = Object.entries(milliseconds).map(([name, ms]) => [name, ms.toFixed(1), (tsemu / ms).toFixed(2), (tsemu - ms).toFixed(1)]);
  const breakdown = phases.map((p) => [p.name, p.milliseconds.toFixed(2)]);
  return `${formatTable([['start-up', 'ms', 'tsemu/this', 'tsemu - this ms'], ...rows])}\n${formatTable([['phase of tsemu-arm hello', 'ms'], ...breakdown])}`;
}
