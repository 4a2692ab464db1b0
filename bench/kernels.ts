/** The kernels: C programs of our own, built for the guest and for this machine from one source with the same options. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CACHE, compile, NATIVE_COMPILER } from './compile';
import { compilerOf, type BenchTarget } from './targets';
import type { Workload } from './workload';

const KERNELS = join(__dirname, 'kernels');

/** All kernels of a group, which is their folder, by name; each is built when its command line is first asked for. */
export function kernels(group: 'integer' | 'floating-point', target: BenchTarget): Workload[] {
  const folder = join(KERNELS, group);
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const source = join(folder, file);
      return {
        name: basename(file, '.c'),
        group,
        target,
        guest: (percent) => [buildKernel(compilerOf(target), source, target), String(percent)],
        native: (percent) => [buildKernel(NATIVE_COMPILER, source, 'native'), String(percent)],
      };
    });
}

function buildKernel(compiler: string, source: string, suffix: string): string {
  const output = join(CACHE, `${basename(source, '.c')}.${suffix}`);
  const newest = Math.max(statSync(source).mtimeMs, statSync(join(KERNELS, 'kernel.h')).mtimeMs);
  if ((statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= newest) compile(compiler, output, [source, '-lm']);
  return output;
}
