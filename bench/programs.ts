/** Real programs: Debian source packages, fetched by name, built by us for the guest and for this machine. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { downloadSource, privateApt, type PrivateApt } from '../tests/harness/private-apt';
import { run, runChecked } from '../tests/harness/run';
import { CACHE, compile, NATIVE_COMPILER } from './compile';
import { cachedFile, mixedData } from './inputs';
import { compilerOf, type BenchTarget } from './targets';
import type { CommandLine, Workload } from './workload';

interface SourceProgram {
  readonly name: string;
  readonly package: string;
  /** Source files, relative to the package's folder, and options. */
  readonly arguments: (folder: string) => readonly string[];
  /** Makes generated sources; runs in the package's folder. */
  readonly generate?: readonly (readonly string[])[];
}

/** Warnings of other people's programs are not for us. */
const QUIET = '-w';

const cFiles = (folder: string, leaveOut: RegExp): string[] => readdirSync(folder).filter((f) => f.endsWith('.c') && !leaveOut.test(f));

const BZIP2: SourceProgram = {
  name: 'bzip2',
  package: 'bzip2',
  arguments: () => [
    '-D_FILE_OFFSET_BITS=64',
    ...['blocksort', 'huffman', 'crctable', 'randtable', 'compress', 'decompress', 'bzlib', 'bzip2'].map((f) => `${f}.c`),
  ],
};
const MINIGZIP: SourceProgram = {
  name: 'minigzip',
  package: 'zlib',
  arguments: (folder) => ['-DHAVE_UNISTD_H', '-D_LARGEFILE64_SOURCE', '-I.', 'test/minigzip.c', ...cFiles(folder, /^$/)],
};
const LUA: SourceProgram = {
  name: 'lua',
  package: 'lua5.4',
  arguments: (folder) => ['-DLUA_USE_POSIX', ...cFiles(join(folder, 'src'), /^luac\.c$/).map((f) => `src/${f}`), '-lm'],
};
const SQLITE: SourceProgram = {
  name: 'sqlite3',
  package: 'sqlite3',
  // Its amalgamation is made by Tcl programs, which later versions bring an interpreter for
  generate: [['./configure'], ['make', 'sqlite3.c', 'shell.c']],
  arguments: () => ['-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION', 'shell.c', 'sqlite3.c', '-lm'],
};

interface Built {
  readonly target: BenchTarget;
  readonly guest: string;
  readonly native: string;
}

/** The rows of a program, given where it is. */
const ROWS: readonly { readonly program: SourceProgram; readonly workloads: (built: Built) => readonly Workload[] }[] = [
  {
    program: BZIP2,
    workloads: (built) => [
      workload('bzip2 -9', built, (percent) => ['-9c', dataFile(6_000_000, percent)]),
      workload('bzip2 -d', built, (percent) => ['-dc', packed(built, ['-9c'], dataFile(12_000_000, percent), 'bz2')]),
    ],
  },
  {
    program: MINIGZIP,
    workloads: (built) => [
      workload('minigzip -6', built, (percent) => ['-6', '-c', dataFile(16_000_000, percent)]),
      workload('minigzip -d', built, (percent) => ['-d', '-c', packed(built, ['-6', '-c'], dataFile(50_000_000, percent), 'gz')]),
    ],
  },
  {
    program: LUA,
    workloads: (built) => ['calls', 'strings', 'tables', 'closures'].map((name) => luaWorkload(`lua-${name}`, built)),
  },
  {
    program: SQLITE,
    // -init: without it the shell looks for settings in the user's home directory
    workloads: (built) => [workload('sqlite', built, (percent) => ['-init', '/dev/null', ':memory:', `.read ${sqlFile(25_000, percent)}`])],
  },
];

/** The workloads of all programs that can be had; the others are named in `skipped` with the reason. */
export function programWorkloads(target: BenchTarget, skipped: string[]): Workload[] {
  return ROWS.flatMap(({ program, workloads }) => {
    try {
      return workloads(build(program, target));
    } catch (error) {
      skipped.push(`programs/${program.name}: ${error instanceof Error ? error.message.trim() : String(error)}`);
      return [];
    }
  });
}

function workload(name: string, built: Built, args: (percent: number) => readonly string[]): Workload {
  const commandLine =
    (program: string) =>
    (percent: number): CommandLine => [program, ...args(percent)];
  return { name, group: 'programs', target: built.target, guest: commandLine(built.guest), native: commandLine(built.native) };
}

function luaWorkload(name: string, built: Built): Workload {
  return workload(name, built, (percent) => [join(__dirname, 'scripts', `${name}.lua`), String(percent)]);
}

function dataFile(fullBytes: number, percent: number): string {
  const bytes = Math.max(1000, Math.round((fullBytes * percent) / 100));
  return cachedFile(`mixed-${bytes}`, () => mixedData(bytes));
}

/** A data file compressed by the native program. */
function packed({ native }: Built, args: readonly string[], file: string, suffix: string): string {
  return cachedFile(`${file.replace(/.*\//, '')}.${suffix}`, () => runChecked([native, ...args, file]));
}

function sqlFile(fullRows: number, percent: number): string {
  const rows = Math.max(10, Math.round((fullRows * percent) / 100));
  const script = readFileSync(join(__dirname, 'scripts/sqlite.sql'), 'latin1');
  return cachedFile(`sqlite-${rows}.sql`, () => script.replaceAll(':rows', String(rows)));
}

/** Builds a program unless it is there. Throws with the message of whatever failed. */
function build(program: SourceProgram, target: BenchTarget): Built {
  const built = { target, guest: join(CACHE, `${program.name}.${target}`), native: join(CACHE, `${program.name}.native`) };
  if (existsSync(built.guest) && existsSync(built.native)) return built;
  process.stderr.write(`building ${program.name} from Debian's source package ${program.package}\n`);
  const folder = unpackSource(program);
  const args = [QUIET, ...program.arguments(folder)];
  compile(compilerOf(target), built.guest, args, folder);
  compile(NATIVE_COMPILER, built.native, args, folder);
  return built;
}

/** The package's source with everything generated. */
function unpackSource(program: SourceProgram): string {
  const folder = join(CACHE, 'source', program.name);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    // A package may have further archives besides its main one
    const archive = downloadSource(sourceApt(), program.package).find((file) => /\.orig\.tar\./.test(file));
    if (archive === undefined) throw new Error(`no archive in source package ${program.package}`);
    runChecked(['tar', '-xf', archive, '--strip-components=1', '-C', temporary]);
    for (const command of program.generate ?? []) generateSource(command, temporary);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

function generateSource(command: readonly string[], cwd: string): void {
  const r = run(command, { cwd });
  // The last words of a configure script say which tool it lacks
  if (r.status !== 0) throw new Error(`${command.join(' ')} failed, apt-get install make tcl? ${r.stderr.toString().slice(-300)}`);
}

let apt: PrivateApt | Error | undefined;

/** Throws the same again if it could not be had once: every attempt waits for the network. */
function sourceApt(): PrivateApt {
  try {
    apt ??= privateApt(join(CACHE, 'apt-source'), { types: 'deb-src' });
  } catch (error) {
    apt = new Error(`source packages cannot be fetched: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (apt instanceof Error) throw apt;
  return apt;
}
