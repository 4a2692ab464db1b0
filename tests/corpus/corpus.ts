/** A body of C, built as compilers and distributions build programs for ARM, under the reference and under the emulator. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ORACLE, PROJECT_ROOT } from '../harness/emulators';
import { ending, run, runChecked, type RunResult } from '../harness/run';
import type { Tool } from '../harness/tools';
import { Random } from '../instructions/random';
import { randomProgram } from './random-program';

export interface FlagSet {
  readonly name: string;
  readonly compiler: Tool;
  readonly flags: readonly string[];
}

const HARD = 'arm-linux-gnueabihf-gcc';
const NEON = ['-march=armv7-a', '-mfpu=neon', '-ftree-vectorize'];

export const FLAG_SETS: readonly FlagSet[] = [
  { name: 'neon-O2', compiler: HARD, flags: ['-O2', ...NEON] },
  // Only so does gcc use vectors of singles, which are not IEEE's
  { name: 'neon-O3', compiler: HARD, flags: ['-O3', ...NEON, '-funsafe-math-optimizations'] },
  { name: 'thumb', compiler: HARD, flags: ['-O2', '-mthumb'] },
  { name: 'soft-float', compiler: 'arm-linux-gnueabi-gcc', flags: ['-O2', '-march=armv5te', '-msoft-float'] },
  { name: 'crypto', compiler: HARD, flags: ['-O3', '-march=armv8-a+crypto', '-mfpu=crypto-neon-fp-armv8'] },
];

/** A program of the corpus. */
export interface Source {
  readonly name: string;
  /** Writes it to the folder if it is not a file yet; returns the path. */
  readonly file: (folder: string) => string;
  readonly args: readonly string[];
}

/** Programs of the tests whose output depends on nothing but their code. */
const PROGRAMS = ['hello', 'printf-formats', 'numbers', 'integers', 'calls', 'wide-frames', 'jumps', 'atomics'];
/** How long the kernels of the benchmark run: one percent is their shortest. */
const KERNEL_ARGUMENTS = ['1'];

function files(folder: string, args: readonly string[], wanted = (_: string): boolean => true): Source[] {
  const names = readdirSync(join(PROJECT_ROOT, folder)).sort();
  return names
    .filter((n) => n.endsWith('.c') && wanted(basename(n, '.c')))
    .map((n) => ({ name: basename(n, '.c'), file: () => join(PROJECT_ROOT, folder, n), args }));
}

export function randomSource(seed: number): Source {
  const file = (folder: string): string => {
    const path = join(folder, `random-${seed}.c`);
    writeFileSync(path, randomProgram(new Random(seed)));
    return path;
  };
  return { name: `random-${seed}`, file, args: [] };
}

/** All programs that are files. */
export const fixedSources = (): Source[] => [
  ...files('tests/programs', [], (name) => PROGRAMS.includes(name)),
  ...files('bench/kernels/integer', KERNEL_ARGUMENTS),
  ...files('bench/kernels/floating-point', KERNEL_ARGUMENTS),
];

/** Calls back with a folder that is gone afterwards. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tsemu-corpus-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SHOWN = 300;
const shown = (r: RunResult): string => `${ending(r)}\n${r.stdout.toString('latin1')}${r.stderr.toString('latin1').slice(0, SHOWN)}`;

/** The first line in which two results differ. */
function difference(expected: string, actual: string): string {
  const [e, a] = [expected.split('\n'), actual.split('\n')];
  const at = e.findIndex((line, i) => line !== a[i]);
  return `line ${at}: expected ${JSON.stringify(e[at])}, got ${JSON.stringify(a[at])}`;
}

/**
 * Builds a program and compares its output and status under the subjects with qemu-arm's. Throws if it does not compile.
 * @returns what differs, for each subject that does
 */
export function compare(source: Source, set: FlagSet, folder: string, subjects: readonly (readonly string[])[]): string[] {
  const work = join(folder, `${source.name}-${set.name}`);
  mkdirSync(work);
  const executable = join(work, source.name);
  runChecked([
    set.compiler,
    ...set.flags,
    '-static',
    '-std=gnu11',
    '-w',
    '-fwrapv',
    '-o',
    executable,
    source.file(work),
    '-lm',
    '-lpthread',
    '-latomic',
  ]);
  const outcome = (emulator: readonly string[]): string => shown(run([...emulator, executable, ...source.args], { cwd: work }));
  const expected = outcome(ORACLE);
  return subjects.flatMap((subject) => {
    const actual = outcome(subject);
    return actual === expected ? [] : [`${source.name}, ${set.name}, ${subject.slice(1).join(' ')}: ${difference(expected, actual)}`];
  });
}
