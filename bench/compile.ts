/** Compiles what the benchmarks run, all with the same options. */
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../tests/harness/emulators';
import { runChecked } from '../tests/harness/run';

/** Everything that is built, generated or downloaded. */
export const CACHE = join(PROJECT_ROOT, '.cache/bench');

export const GUEST_COMPILER = 'arm-linux-gnueabihf-gcc';
export const NATIVE_COMPILER = 'gcc';

// Without contraction a*b+c rounds twice on every machine, so that results agree
const OPTIONS = ['-O2', '-static', '-ffp-contract=off'];

/** Compiles and links; the output appears only when it is complete. Throws with the compiler's messages. */
export function compile(compiler: string, output: string, args: readonly string[], cwd = PROJECT_ROOT): void {
  mkdirSync(dirname(output), { recursive: true });
  const temporary = `${output}.${process.pid}`;
  runChecked([compiler, ...OPTIONS, '-o', temporary, ...args], { cwd });
  renameSync(temporary, output);
}
