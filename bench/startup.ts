/** What a program that does nothing costs, beside qemu-arm and an idle Node, and where the time goes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ORACLE, PROJECT_ROOT, SUBJECT } from '../tests/harness/emulators';
import { measureChecked, type Timing } from './measure';
import { median } from './statistics';
import { formatTable } from './table';

/** Static, without a C library: the shortest program there is. */
const HELLO = join(PROJECT_ROOT, 'tests/binaries/arm/hello');
const PINNED_NODE = join(PROJECT_ROOT, `node_modules/node-linux-${process.arch}/bin/node`);

const COMMANDS = {
  'sh -c :': ['sh', '-c', ':'],
  'qemu-arm hello': [...ORACLE, HELLO],
  'node -e 0': [PINNED_NODE, '-e', '0'],
  'tsemu-arm hello': [...SUBJECT, HELLO],
  'tsemu-arm --emit=interp hello': [...SUBJECT, '--emit=interp', HELLO],
};

export interface StartupResult {
  readonly commands: Readonly<Record<keyof typeof COMMANDS, Timing>>;
  /** Median milliseconds of each phase, in order; Node counts them from the start of its process. */
  readonly phases: readonly { readonly name: string; readonly milliseconds: number }[];
}

export function measureStartup(runs: number): StartupResult {
  const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
  const timings = measureChecked(
    names.map((name) => ({ name, command: COMMANDS[name] })),
    runs,
  );
  const commands = Object.fromEntries(names.map((name, i) => [name, timings[i]!])) as StartupResult['commands'];
  return { commands, phases: measurePhases(runs) };
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

/** How much longer than qemu-arm tsemu takes to start. */
export function startupDifference({ commands }: StartupResult): number {
  return commands['tsemu-arm hello'].wallMs - commands['qemu-arm hello'].wallMs;
}

export function startupTable({ commands, phases }: StartupResult): string {
  const tsemu = commands['tsemu-arm hello'];
  const rows = Object.entries(commands).map(([name, { wallMs, userMs, maxRssKiB }]) => [
    name,
    wallMs.toFixed(1),
    userMs.toFixed(1),
    (maxRssKiB / 1024).toFixed(1),
    (tsemu.wallMs - wallMs).toFixed(1),
    ((tsemu.maxRssKiB - maxRssKiB) / 1024).toFixed(1),
  ]);
  const header = ['start-up', 'ms', 'user ms', 'resident MiB', 'tsemu - this ms', 'tsemu - this MiB'];
  const breakdown = phases.map((p) => [p.name, p.milliseconds.toFixed(2)]);
  return `${formatTable([header, ...rows])}\n${formatTable([['phase of tsemu-arm hello', 'ms'], ...breakdown])}`;
}
