/** Runs a command to its end and captures everything that a test can compare. */
import { spawnSync } from 'node:child_process';

export interface RunResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Exit status, or null if a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** The whole environment; inherited if absent. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs `command` (program and arguments) and waits. Throws if it cannot be started. */
export function run(command: readonly string[], options: RunOptions = {}): RunResult {
  const [program, ...args] = command;
  if (program === undefined) throw new RangeError('empty command');
  const r = spawnSync(program, args, {
    input: options.input ?? '',
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    maxBuffer: Infinity,
  });
  // A guest that ends without reading its input makes the write to it fail, as in a shell pipeline
  const error = r.error as NodeJS.ErrnoException | undefined;
  if (error !== undefined && error.code !== 'EPIPE') throw error;
  return { stdout: r.stdout, stderr: r.stderr, status: r.status, signal: r.signal };
}

/** Runs a command that must succeed; throws with its error output otherwise. */
export function runChecked(command: readonly string[], options: RunOptions = {}): Buffer {
  const r = run(command, options);
  if (r.status !== 0) throw new Error(`${command.join(' ')}: ${ending(r)}\n${r.stderr.toString()}`);
  return r.stdout;
}

/** How a process ended, for messages: `status 1` or `SIGILL`. */
export function ending(r: RunResult): string {
  return r.signal ?? `status ${r.status}`;
}
