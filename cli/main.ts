/** The command line: options, what to print, and the exit status of everything that is not the guest's. */
import { ConfigurationError, cpuModels, runProgram, type RunObserver } from '../emulator';
import type { RunConfig } from '../emulator/config';
import { LoadError } from '../loader';
import { LOG_ITEMS, mark, writeAll } from '../runtime/debug';
import { exitGroup, inheritedDescriptors, type InheritedSignals } from '../runtime/host';
import { version } from '../package.json';
import { guestEnvironment, variableReader } from './environment';
import { enablePerfMap } from './perf-map';
import { UsageError, type ByteString, type Settings } from './options';
import { parseCommandLine, type CommandLine } from './parse';

const STDOUT = 1;
const STDERR = 2;

/** qemu-user's status for a command line it does not understand. */
const USAGE_ERROR = 1;

/**
 * Runs a command line; ends the process.
 * @param argv arguments after the command's name
 * @param environ the environment, `NAME=value`
 * @param invokedAs the command's name: `tsemu`, or `tsemu-TARGET`, which accepts programs of that target only
 * @param signals that were ignored or blocked when Node was started
 */
export async function main(
  argv: readonly ByteString[],
  environ: readonly ByteString[],
  invokedAs: string,
  signals?: InheritedSignals,
): Promise<never> {
  const target = /^tsemu-(.+)$/.exec(invokedAs)?.[1];
  const descriptors = inheritedDescriptors();
  try {
    const line = parseCommandLine(argv, variableReader(environ));
    mark('command line parsed');
    const { print } = line.settings;
    if (print !== undefined) finish(STDOUT, await information(print, invokedAs, target), 0);
    if (line.program === undefined) throw new UsageError('no program given');
    if (line.settings.perfMap) enablePerfMap([invokedAs, ...argv], environ);
    const observer = await observerOf(line.settings, line.program);
    return runProgram({ ...runConfig(line, line.program, environ, target), descriptors, signals }, observer);
  } catch (error) {
    return fail(invokedAs, error);
  }
}

/** One line on standard error, and the status. */
function fail(invokedAs: string, error: unknown): never {
  if (error instanceof UsageError)
    finish(STDERR, bytes(`${invokedAs}: ${error.message} ('${invokedAs} -h' shows the usage)\n`), USAGE_ERROR);
  if (error instanceof ConfigurationError) finish(STDERR, Buffer.from(`${invokedAs}: ${error.message}\n`), USAGE_ERROR);
  if (error instanceof LoadError) finish(STDERR, Buffer.from(`${invokedAs}: ${error.message}\n`), error.exitStatus);
  if (isSystemError(error)) finish(STDERR, Buffer.from(`${invokedAs}: ${error.path ?? error.syscall}: ${error.code}\n`), USAGE_ERROR);
  throw error;
}

function finish(fd: number, text: Uint8Array, status: number): never {
  writeAll(fd, text);
  return exitGroup(status);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

async function information(what: NonNullable<Settings['print']>, invokedAs: string, target: string | undefined): Promise<Buffer> {
  switch (what) {
    case 'help':
      return Buffer.from(await (await import('./help')).helpText(invokedAs));
    case 'version':
      return Buffer.from(`${invokedAs} ${version}\n`);
    case 'log-items':
      return Buffer.from(`Log items (separated by commas):\n${table(Object.entries(LOG_ITEMS))}`);
    case 'cpu-models':
      return Buffer.from(`CPU models:\n${table(cpuModels(target).map((m) => [m.name, m.description]))}`);
  }
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('');
}

/** The profiler has its own bundle: most runs do without. */
async function observerOf({ profile, perfMap }: Settings, program: ByteString): Promise<RunObserver | undefined> {
  if (profile === undefined && !perfMap) return undefined;
  const title = bytes(program).toString();
  const file = profile === '' ? `${title.slice(title.lastIndexOf('/') + 1)}.%d.cpuprofile` : profile;
  return (await import('../emulator/profile')).observeRun({ file: file && bytes(file).toString(), title });
}

function runConfig(
  { settings, args }: CommandLine,
  program: ByteString,
  environ: readonly ByteString[],
  target: string | undefined,
): RunConfig {
  const { ldPrefix, argv0, logFile, logItems, environment, cpu, uname, seed, stackSize, strace, emit, hotThreshold, opt } = settings;
  const { codeCache, codeCacheSize } = settings;
  return {
    target,
    program: bytes(program),
    args: args.map(bytes),
    argv0: argv0 === undefined ? undefined : bytes(argv0),
    envp: guestEnvironment(environ, environment).map(bytes),
    sysroot: ldPrefix === undefined ? undefined : bytes(ldPrefix).toString(),
    cpu,
    uname,
    seed,
    stackSize,
    log: { items: logItems, file: logFile === undefined ? undefined : bytes(logFile).toString() },
    strace: strace || logItems.has('strace'),
    emit,
    hotThreshold,
    opt,
    codeCache: codeCache === undefined ? undefined : { directory: bytes(codeCache).toString() || undefined, size: codeCacheSize },
  };
}

const bytes = (text: ByteString): Buffer => Buffer.from(text, 'latin1');
