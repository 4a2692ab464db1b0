/** Parses a command line by the option table. No dependency: it is on the path of every start. */
import { defaultSettings, OPTION_BY_NAME, OPTIONS, UsageError, variablesOf, type ByteString, type Settings } from './options';

export interface CommandLine {
  readonly settings: Settings;
  /** Absent if there is none on the command line. */
  readonly program: ByteString | undefined;
  readonly args: readonly ByteString[];
}

/**
 * Options end at the first argument that does not start with a dash, or after `--`.
 * @param argv arguments without the command itself
 * @param variable value of an environment variable
 * @throws UsageError
 */
export function parseCommandLine(argv: readonly ByteString[], variable: (name: string) => ByteString | undefined): CommandLine {
  const settings = defaultSettings();
  applyVariables(settings, variable);
  let i = 0;
  for (; i < argv.length; i++) {
    const arg = argv[i]!;
    if (!arg.startsWith('-') || arg === '-') break;
    if (arg === '--') {
      i++;
      break;
    }
    i += applyArgument(settings, arg, argv[i + 1]);
  }
  return { settings, program: argv[i], args: argv.slice(i + 1) };
}

/** Applies one option; returns how many further arguments it took. */
function applyArgument(settings: Settings, arg: ByteString, next: ByteString | undefined): 0 | 1 {
  const spelling = arg.slice(arg.startsWith('--') ? 2 : 1);
  const equals = spelling.indexOf('=');
  const name = equals < 0 ? spelling : spelling.slice(0, equals);
  const option = OPTION_BY_NAME.get(name);
  if (option === undefined) throw new UsageError(`unknown option '${arg}'`);
  if (option.argument === undefined || (option.optional && equals < 0)) {
    if (equals >= 0) throw new UsageError(`option '${name}' takes no argument`);
    option.apply(settings, '');
    return 0;
  }
  const value = equals >= 0 ? spelling.slice(equals + 1) : next;
  if (value === undefined) throw new UsageError(`missing argument for option '${name}'`);
  apply(arg.slice(0, arg.length - spelling.length) + name, () => option.apply(settings, value));
  return equals >= 0 ? 0 : 1;
}

function applyVariables(settings: Settings, variable: (name: string) => ByteString | undefined): void {
  for (const option of OPTIONS) {
    for (const name of variablesOf(option)) {
      const value = variable(name);
      if (value === undefined) continue;
      apply(name, () => option.apply(settings, value));
      break;
    }
  }
}

function apply(where: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${where}: ${error.message}`) : error;
  }
}
