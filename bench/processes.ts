/** What processes, threads, signals and small system calls cost: processor time of one operation, start-up taken off. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ORACLE, SUBJECT } from '../tests/harness/emulators';
import { findTool } from '../tests/harness/tools';
import { CACHE, compile, GUEST_COMPILER, NATIVE_COMPILER } from './compile';
import { measureInterleaved, WrongResult, type Timing } from './measure';
import { cell, formatTable } from './table';
import { armhfSystem } from './translation';
import type { CommandLine } from './workload';

const SOURCE = join(__dirname, 'operations.c');
/** A share of the operations is made in runs of their own, whose time is that of the start-up and the first operations. */
const FEW = 0.1;

export const COST_RUNNERS = ['tsemu', 'qemu-arm', 'native'] as const;
export type CostRunner = (typeof COST_RUNNERS)[number];

/** Where a row's program is run: how the emulator is called, and how a program that it runs starts another one. */
interface Place {
  readonly emulator: CommandLine;
  /** In front of a program for this place; qemu-user does not start programs for other machines by itself. */
  readonly start: CommandLine;
  readonly operations: string;
  /** Root of a Debian system; undefined for the machine's own. */
  readonly system: string;
}

interface Row {
  readonly name: string;
  readonly count: number;
  readonly command: (count: number, place: Place) => CommandLine;
  /** A program that the row needs of the system. */
  readonly program?: string;
}

const operation =
  (name: string, ...args: readonly string[]): Row['command'] =>
  (count, { operations }) => [operations, name, String(count), ...args];

/** One that starts the smallest static glibc program that there is here: itself. */
const starting =
  (name: string): Row['command'] =>
  (count, { operations, start }) => [operations, name, String(count), ...start, operations, 'getppid', '1'];

const shell =
  (program: string, args: readonly string[], run: string): Row['command'] =>
  (count, { system, start }) => {
    const words = run.split(' ').map((word) => (word.startsWith('/') ? join(system, word) : word));
    const loop = `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); ${[...start, ...words].join(' ')}; done`;
    return [join(system, program), ...args, '-c', loop];
  };

const ROWS: readonly Row[] = [
  { name: 'fork, exit, wait', count: 500, command: operation('fork-exit') },
  { name: 'fork, exec, wait: static', count: 300, command: starting('fork-exec') },
  { name: 'posix_spawn, wait: static', count: 300, command: starting('spawn') },
  { name: 'busybox sh: busybox true', count: 300, program: 'bin/busybox', command: shell('bin/busybox', ['sh'], '/bin/busybox true') },
  { name: 'dash: true, dynamic', count: 200, program: 'bin/dash', command: shell('bin/dash', [], '/bin/true') },
  { name: 'bash: true, dynamic', count: 200, program: 'bin/bash', command: shell('bin/bash', [], '/bin/true') },
  { name: 'pthread_create, join', count: 1000, command: operation('thread') },
  { name: 'futex, there and back', count: 50_000, command: operation('futex') },
  { name: 'work of two, one after the other', count: 4000, command: operation('compute-one') },
  { name: 'work of two, two threads', count: 4000, command: operation('compute-two') },
  { name: 'signal to itself', count: 200_000, command: operation('signal') },
  { name: 'queued signal to itself', count: 100_000, command: operation('queued-signal') },
  { name: 'a byte through a pipe', count: 400_000, command: operation('pipe') },
  { name: 'getppid', count: 1_000_000, command: operation('getppid') },
];

/** Microseconds of one operation. */
export interface Cost {
  readonly userUs: number;
  readonly systemUs: number;
  readonly wallUs: number;
}

export interface CostResult {
  readonly name: string;
  readonly runners: Partial<Record<CostRunner, Cost>>;
  readonly failures: readonly string[];
}

/** @param skipped gets what could not be measured, and why */
export function measureCosts(runs: number, percent: number, skipped: string[]): CostResult[] {
  const system = findSystem(skipped);
  const guest = { operations: build(GUEST_COMPILER, 'arm'), system: system ?? '' };
  const libraries = system === undefined ? [] : ['-L', system];
  const places: Readonly<Record<CostRunner, Place>> = {
    tsemu: { ...guest, emulator: [...SUBJECT, ...libraries], start: [] },
    'qemu-arm': { ...guest, emulator: [...ORACLE, ...libraries], start: [findTool('qemu-arm')!, ...libraries] },
    native: { operations: build(NATIVE_COMPILER, 'native'), system: '/', emulator: [], start: [] },
  };
  return ROWS.flatMap((row) => {
    const available = COST_RUNNERS.filter((r) => row.program === undefined || has(places[r].system, row.program));
    if (available.includes('tsemu')) return [measureRow(row, available, places, runs, percent)];
    skipped.push(`processes/${row.name}: no ${row.program}`);
    return [];
  });
}

function has(system: string, program: string): boolean {
  return system !== '' && existsSync(join(system, program));
}

function findSystem(skipped: string[]): string | undefined {
  try {
    return armhfSystem();
  } catch (error) {
    skipped.push(`processes: armhf packages cannot be fetched: ${error instanceof Error ? error.message.trim() : String(error)}`);
    return undefined;
  }
}

function build(compiler: string, suffix: string): string {
  const output = join(CACHE, `operations.${suffix}`);
  if ((statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= statSync(SOURCE).mtimeMs)
    compile(compiler, output, [SOURCE, '-pthread']);
  return output;
}

function measureRow(
  row: Row,
  available: readonly CostRunner[],
  places: Readonly<Record<CostRunner, Place>>,
  runs: number,
  percent: number,
): CostResult {
  const many = Math.max(20, Math.round((row.count * percent) / 100));
  const few = Math.max(2, Math.round(many * FEW));
  const commands = available.flatMap((runner) =>
    [few, many].map((count) => ({
      name: `${row.name} (${runner})`,
      command: [...places[runner].emulator, ...row.command(count, places[runner])],
    })),
  );
  const timings = measureInterleaved(commands, runs);
  const runners: CostResult['runners'] = {};
  const failures: string[] = [];
  available.forEach((runner, i) => {
    const pair = [timings[2 * i]!, timings[2 * i + 1]!];
    const failed = pair.find((t) => t instanceof WrongResult);
    if (failed !== undefined) failures.push(failed.message);
    else runners[runner] = costOf(pair[0] as Timing, pair[1] as Timing, many - few);
  });
  return { name: row.name, runners, failures };
}

function costOf(few: Timing, many: Timing, operations: number): Cost {
  const per = (of: 'userMs' | 'systemMs' | 'wallMs'): number => ((many[of] - few[of]) * 1000) / operations;
  return { userUs: per('userMs'), systemUs: per('systemMs'), wallUs: per('wallMs') };
}

const processor = (cost: Cost | undefined): number => (cost === undefined ? NaN : cost.userUs + cost.systemUs);

/** Microseconds per operation, and how many times as fast as qemu-arm tsemu is. */
export function costTable(results: readonly CostResult[]): string {
  const header = ['processes: µs of CPU', ...COST_RUNNERS, 'tsemu user', 'tsemu wall', 'qemu wall', 'qemu/tsemu CPU', 'qemu/tsemu wall'];
  const rows = results.map(({ name, runners: { tsemu, 'qemu-arm': qemu, native } }) => [
    `  ${name}`,
    ...[processor(tsemu), processor(qemu), processor(native), tsemu?.userUs, tsemu?.wallUs, qemu?.wallUs].map((us) => cell(us)),
    cell(processor(qemu) / processor(tsemu)),
    cell((qemu?.wallUs ?? NaN) / (tsemu?.wallUs ?? NaN)),
  ]);
  return formatTable([header, ...rows]);
}
