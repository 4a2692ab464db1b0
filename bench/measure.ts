/** Runs commands and measures them: interleaved, so that the machine's moods hit all alike. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, compile, NATIVE_COMPILER } from './compile';
import { median } from './statistics';
import type { CommandLine } from './workload';

export interface Command {
  readonly name: string;
  readonly command: CommandLine;
}

/** One run of a command. */
export interface Run {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly maxRssKiB: number;
  /** What it printed, or the SHA-256 of that if it is long. */
  readonly output: string;
}

/** All runs of a command, in order. */
export interface Timing {
  readonly runs: readonly Run[];
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly maxRssKiB: number;
}

/** A command failed or did not print what it should. */
export class WrongResult extends Error {}

const MEASURE = join(CACHE, 'measure');
/** Longer outputs are compared by their hash. */
const LONGEST_TEXT = 200;

/** Programs must not find settings of this machine's user; those of the emulators hold. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(TSEMU|QEMU)_/.test(name))),
  PATH: process.env['PATH'] ?? '',
  HOME: '/nowhere',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Runs a command once. Throws WrongResult unless it ends with status 0. */
export function runOnce({ name, command }: Command): Run {
  buildMeasure();
  const output = anonymousFile();
  try {
    const r = spawnSync(MEASURE, command, { stdio: ['ignore', output, 'pipe', 'pipe'], env: ENVIRONMENT, maxBuffer: Infinity });
    const report = r.output?.[3]?.toString() ?? '';
    if (r.status !== 0) throw new Error(`${MEASURE}: status ${r.status} ${r.error?.message ?? ''}`);
    const [wall, user, system, maxRssKiB, status, signal] = report.split(' ').map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (status !== 0) {
      const ending = status === -1 ? `signal ${signal}` : `status ${status}`;
      throw new WrongResult(`${name}: ${command.join(' ')}: ${ending} ${r.stderr.toString().slice(-500).trimEnd()}`);
    }
    return { wallMs: wall / 1e6, userMs: user / 1e3, systemMs: system / 1e3, maxRssKiB, output: fingerprint(contents(output)) };
  } finally {
    closeSync(output);
  }
}

/** A file without a name, for output that would keep a pipe's reader busy on a core that the programs need. */
function anonymousFile(): number {
  const path = join(CACHE, `output.${process.pid}`);
  const fd = openSync(path, 'w+');
  unlinkSync(path);
  return fd;
}

function contents(fd: number): Buffer {
  const buffer = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, buffer, 0, buffer.length, 0);
  return buffer;
}

/**
 * Runs each command `count` times, taking turns. A command that fails or prints something else the next time gets the
 * error in place of its timing, and is not run again.
 */
export function measureInterleaved(commands: readonly Command[], count: number): (Timing | WrongResult)[] {
  const all: Run[][] = commands.map(() => []);
  const errors = new Map<number, WrongResult>();
  for (let turn = 0; turn < count; turn++) {
    for (const [i, command] of commands.entries()) {
      if (errors.has(i)) continue;
      try {
        const run = runOnce(command);
        expectOutput(command, run, all[i]![0]?.output ?? run.output);
        all[i]!.push(run);
      } catch (error) {
        if (!(error instanceof WrongResult)) throw error;
        errors.set(i, error);
      }
    }
  }
  return all.map((runs, i) => errors.get(i) ?? summary(runs));
}

/** As measureInterleaved, for commands that cannot fail. */
export function measureChecked(commands: readonly Command[], count: number): Timing[] {
  return measureInterleaved(commands, count).map((timing) => {
    if (timing instanceof WrongResult) throw timing;
    return timing;
  });
}

/** Throws WrongResult if a run printed something else. */
export function expectOutput({ name, command }: Command, run: Run, expected: string): void {
  if (run.output !== expected) throw new WrongResult(`${name}: ${command.join(' ')} printed '${run.output}', expected '${expected}'`);
}

function summary(runs: readonly Run[]): Timing {
  return {
    runs,
    wallMs: median(runs.map((r) => r.wallMs)),
    userMs: median(runs.map((r) => r.userMs)),
    systemMs: median(runs.map((r) => r.systemMs)),
    maxRssKiB: median(runs.map((r) => r.maxRssKiB)),
  };
}

function fingerprint(output: Buffer): string {
  return output.length <= LONGEST_TEXT ? output.toString('latin1').trimEnd() : createHash('sha256').update(output).digest('hex');
}

function buildMeasure(): void {
  const source = join(__dirname, 'measure.c');
  mkdirSync(CACHE, { recursive: true });
  if ((statSync(MEASURE, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= statSync(source).mtimeMs) compile(NATIVE_COMPILER, MEASURE, [source]);
}
