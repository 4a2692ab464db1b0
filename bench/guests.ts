/** Builds the kernels of bench/kernels for the guest and for this machine, from one source and with the same options. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runChecked } from '../tests/harness/run';

const KERNELS = join(__dirname, 'kernels');
const CACHE = join(__dirname, '../.cache/bench');
const OPTIONS = ['-O2', '-static', '-Wall', '-Wextra', '-Wno-unused-parameter'];

export interface Kernel {
  readonly name: string;
  readonly guest: string;
  readonly native: string;
}

/** Names of the kernels: the C files of bench/kernels. */
export function kernelNames(): string[] {
  return readdirSync(KERNELS)
    .filter((file) => file.endsWith('.c'))
    .map((file) => file.slice(0, -2))
    .sort();
}

/** Compiles a kernel unless it is built already. */
export function buildKernel(name: string): Kernel {
  mkdirSync(CACHE, { recursive: true });
  const guest = join(CACHE, `${name}.arm`);
  const native = join(CACHE, `${name}.native`);
  compile('arm-linux-gnueabihf-gcc', name, guest);
  compile('gcc', name, native);
  return { name, guest, native };
}

function compile(compiler: string, name: string, output: string): void {
  const source = join(KERNELS, `${name}.c`);
  const newest = Math.max(statSync(source).mtimeMs, statSync(join(KERNELS, 'kernel.h')).mtimeMs);
  if ((statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest) return;
  runChecked([compiler, ...OPTIONS, '-o', output, source]);
}
