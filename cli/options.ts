/**
 * The options of tsemu as one table: the parser, the help text, the error messages and README.md are derived from it.
 * Names and environment variables are qemu-user's; TSEMU_* variables take precedence over QEMU_* ones.
 */
import { EMITTERS, type Emitter } from '../emulator/config';
import { DEFAULT_STACK_SIZE } from '../loader';
import { LOG_ITEMS } from '../runtime/debug';
import { parseSelection } from '../translate/opt';

/** A string with one character per byte, so that arguments which are not UTF-8 pass through unchanged. */
export type ByteString = string;

/** What the options decided. */
export interface Settings {
  /** Something to print instead of running a program. */
  print: 'help' | 'version' | 'log-items' | 'cpu-models' | undefined;
  ldPrefix: ByteString | undefined;
  argv0: ByteString | undefined;
  stackSize: number;
  cpu: string | undefined;
  uname: string | undefined;
  seed: number | undefined;
  logItems: Set<string>;
  logFile: ByteString | undefined;
  strace: boolean;
  /** Write a profile: to a file, or with '' to one of the default name. */
  profile: ByteString | undefined;
  /** Let perf know the names of guest functions. */
  perfMap: boolean;
  emit: Emitter;
  hotThreshold: number | undefined;
  opt: string;
  /** Where to keep translations for later runs, '' for the default; undefined: nowhere. */
  codeCache: ByteString | undefined;
  codeCacheSize: number | undefined;
  /** Changes to the guest's environment in the order given: `NAME=value` sets, `NAME` unsets. */
  environment: ByteString[];
}

export const defaultSettings = (): Settings => ({
  print: undefined,
  ldPrefix: undefined,
  argv0: undefined,
  stackSize: DEFAULT_STACK_SIZE,
  cpu: undefined,
  uname: undefined,
  seed: undefined,
  logItems: new Set(),
  logFile: undefined,
  strace: false,
  profile: undefined,
  perfMap: false,
  emit: 'auto',
  hotThreshold: undefined,
  opt: 'all',
  codeCache: undefined,
  codeCacheSize: undefined,
  environment: [],
});

/** An argument that cannot be understood; the message is a phrase without a full stop. */
export class UsageError extends Error {}

export interface OptionSpec {
  /** Spellings without dashes, qemu-user's first; each is accepted after one dash or two. */
  readonly names: readonly [string, ...string[]];
  /** What the argument is called in the help text; absent: the option has none. */
  readonly argument?: string;
  /** The argument may be left out, and is only taken after '='. */
  readonly optional?: true;
  /** Name of the environment variable without TSEMU_ or QEMU_. */
  readonly variable?: string;
  /** qemu-user has no such option, so there is no QEMU_ variable either. */
  readonly own?: true;
  readonly help: string;
  /** Stores the option (or the variable's value). Throws UsageError. */
  readonly apply: (settings: Settings, value: ByteString) => void;
}

export const OPTIONS: readonly OptionSpec[] = [
  { names: ['h', 'help'], help: 'print this help', apply: (s) => (s.print = 'help') },
  { names: ['version'], help: 'print the version', apply: (s) => (s.print = 'version') },
  {
    names: ['L', 'ld-prefix'],
    argument: 'path',
    variable: 'LD_PREFIX',
    help: "look for the program's interpreter and libraries under this folder first",
    apply: (s, value) => (s.ldPrefix = value),
  },
  {
    names: ['E', 'set-env'],
    argument: 'var=value',
    variable: 'SET_ENV',
    help: "set variables of the guest's environment (separated by commas)",
    apply: (s, value) => s.environment.push(...assignments(value)),
  },
  {
    names: ['U', 'unset-env'],
    argument: 'var',
    variable: 'UNSET_ENV',
    help: "remove variables from the guest's environment (separated by commas)",
    apply: (s, value) => s.environment.push(...variableNames(value)),
  },
  {
    names: ['0', 'argv0'],
    argument: 'argv0',
    variable: 'ARGV0',
    help: 'what the guest sees as argv[0]',
    apply: (s, value) => (s.argv0 = value),
  },
  {
    names: ['s', 'stack-size'],
    argument: 'size',
    variable: 'STACK_SIZE',
    help: "size of the guest's stack in bytes, or with the suffix K, M or G",
    apply: (s, value) => (s.stackSize = bytesOf(value, 'stack')),
  },
  {
    names: ['cpu'],
    argument: 'model',
    variable: 'CPU',
    help: "CPU model; 'help' lists them",
    apply: (s, value) => (value === 'help' || value === '?' ? (s.print = 'cpu-models') : (s.cpu = value)),
  },
  {
    names: ['r', 'uname'],
    argument: 'release',
    variable: 'UNAME',
    help: 'kernel release that the guest sees',
    apply: (s, value) => (s.uname = value),
  },
  {
    names: ['d', 'log'],
    argument: 'item[,...]',
    variable: 'LOG',
    help: "log these items; 'help' lists them",
    apply: (s, value) => (value === 'help' || value === '?' ? (s.print = 'log-items') : addLogItems(s.logItems, value)),
  },
  {
    names: ['D', 'log-file'],
    argument: 'file',
    variable: 'LOG_FILENAME',
    help: 'write the log to this file (%d: process id) instead of standard error',
    apply: (s, value) => (s.logFile = value),
  },
  { names: ['strace'], variable: 'STRACE', help: 'log system calls', apply: (s) => (s.strace = true) },
  {
    names: ['profile'],
    argument: 'file',
    optional: true,
    variable: 'PROFILE',
    own: true,
    help:
      'print where time went by guest function, and write the profile to a file: a flame graph if its name ends in .html, ' +
      'else for Chrome DevTools or speedscope (%d: process id; PROGRAM.%d.cpuprofile unless given)',
    apply: (s, value) => (s.profile = value),
  },
  {
    names: ['perfmap', 'perf-map'],
    variable: 'PERFMAP',
    help: 'let perf know the names of guest functions, by /tmp/perf-PID.map',
    apply: (s) => (s.perfMap = true),
  },
  {
    names: ['seed'],
    argument: 'number',
    variable: 'RAND_SEED',
    help: 'make the random bytes a program starts with (AT_RANDOM) repeatable',
    apply: (s, value) => (s.seed = seed(value)),
  },
  {
    names: ['emit'],
    argument: 'tier',
    variable: 'EMIT',
    own: true,
    help: `how guest code runs: ${EMITTERS.join(', ')}`,
    apply: (s, value) => (s.emit = emitter(value)),
  },
  {
    names: ['hot'],
    argument: 'count',
    variable: 'HOT',
    own: true,
    help: 'compile code that has run this many times; 1 compiles everything at once',
    apply: (s, value) => (s.hotThreshold = hotThreshold(value)),
  },
  {
    names: ['opt'],
    argument: 'pass[,...]',
    variable: 'OPT',
    own: true,
    help: 'optimiser passes: all, none, a name, or a name after a minus sign to leave it out',
    apply: (s, value) => (s.opt = passes(value)),
  },
  {
    names: ['code-cache'],
    argument: 'folder',
    optional: true,
    variable: 'CODE_CACHE',
    own: true,
    help: 'keep translated code for later runs, in $XDG_CACHE_HOME/tsemu or ~/.cache/tsemu unless given',
    apply: (s, value) => (s.codeCache = value),
  },
  { names: ['no-code-cache'], help: 'keep no translated code', apply: (s) => (s.codeCache = undefined) },
  {
    names: ['code-cache-size'],
    argument: 'size',
    variable: 'CODE_CACHE_SIZE',
    own: true,
    help: 'bytes that the folder of -code-cache may take, or with the suffix K, M or G (512M unless given)',
    apply: (s, value) => (s.codeCacheSize = bytesOf(value, 'cache')),
  },
];

/** The environment variables of an option, the one that takes precedence first. */
export function variablesOf({ variable, own }: OptionSpec): readonly string[] {
  if (variable === undefined) return [];
  return own ? [`TSEMU_${variable}`] : [`TSEMU_${variable}`, `QEMU_${variable}`];
}

/** Option by spelling. */
export const OPTION_BY_NAME: ReadonlyMap<string, OptionSpec> = new Map(OPTIONS.flatMap((o) => o.names.map((name) => [name, o] as const)));

/** `A=1,B=2` as qemu-user separates it; a part without `=` belongs to the value before it. */
function assignments(value: ByteString): ByteString[] {
  const result: ByteString[] = [];
  for (const part of value.split(',')) {
    if (part.indexOf('=') > 0) result.push(part);
    else if (result.length > 0) result.push(`${result.pop()},${part}`);
    else throw new UsageError(`'${value}' is not of the form var=value`);
  }
  return result;
}

function variableNames(value: ByteString): ByteString[] {
  const names = value.split(',');
  const wrong = names.find((name) => name === '' || name.includes('='));
  if (wrong !== undefined) throw new UsageError(`'${wrong}' is not the name of a variable`);
  return names;
}

function bytesOf(value: string, what: 'stack' | 'cache'): number {
  const match = /^(0x[0-9a-f]+|\d+)([KMG]?)$/i.exec(value);
  if (match === null) throw new UsageError(`'${value}' is not a size in bytes`);
  const bytes = Number(match[1]) * 1024 ** ['', 'K', 'M', 'G'].indexOf(match[2]!.toUpperCase());
  // More cannot fit below the 3 GiB that a 32-bit guest has
  if (bytes === 0 || (what === 'stack' && bytes > 2 ** 31)) throw new UsageError(`'${value}' is not a possible ${what} size`);
  return bytes;
}

function seed(value: string): number {
  const n = /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(n)) throw new UsageError(`'${value}' is not a seed: a whole number below 2^53`);
  return n;
}

function hotThreshold(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageError(`'${value}' is not a count from 1 on`);
  return Number(value);
}

function emitter(value: string): Emitter {
  const found = EMITTERS.find((e) => e === value);
  if (found === undefined) throw new UsageError(`'${value}' is not one of ${EMITTERS.join(', ')}`);
  return found;
}

function passes(value: string): string {
  try {
    parseSelection(value);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return value;
}

function addLogItems(items: Set<string>, value: string): void {
  for (const item of value.split(',')) {
    if (!Object.hasOwn(LOG_ITEMS, item)) throw new UsageError(`'${item}' cannot be logged ('-d help' lists what can)`);
    items.add(item);
  }
}
