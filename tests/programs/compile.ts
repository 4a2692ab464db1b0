/** Compiles test programs with the cross compilers; results are kept in the temporary directory, keyed by source and flags. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked } from '../harness/run';
import type { Tool } from '../harness/tools';

/** A way to build a program. */
export interface Flavour {
  readonly abi: 'armhf' | 'armel';
  readonly instructionSet: 'arm' | 'thumb';
  readonly optimisation: 0 | 1 | 2 | 3;
  readonly linkage: 'static' | 'dynamic';
}

/** Cross compiler and the directory that `-L` takes for dynamically linked programs. */
export const TOOLCHAINS: Readonly<Record<Flavour['abi'], { readonly compiler: Tool; readonly sysroot: string }>> = {
  armhf: { compiler: 'arm-linux-gnueabihf-gcc', sysroot: '/usr/arm-linux-gnueabihf' },
  armel: { compiler: 'arm-linux-gnueabi-gcc', sysroot: '/usr/arm-linux-gnueabi' },
};

const LIBRARIES = ['-lm', '-lrt', '-lpthread', '-latomic'];

export function flavourName(f: Flavour): string {
  return `${f.abi} -m${f.instructionSet} -O${f.optimisation} ${f.linkage}`;
}

/** Path of the executable for `tests/programs/NAME.c`. */
export function compile(name: string, flavour: Flavour, extraFlags: readonly string[] = []): string {
  const flags = [
    `-m${flavour.instructionSet}`,
    `-O${flavour.optimisation}`,
    ...(flavour.linkage === 'static' ? ['-static'] : []),
    ...extraFlags,
  ];
  return buildProgram(name, TOOLCHAINS[flavour.abi].compiler, flags, LIBRARIES);
}

/** Path of the executable for `tests/programs/NAME.c` on this machine. */
export function compileNative(name: string, extraFlags: readonly string[] = []): string {
  return buildProgram(name, 'gcc', ['-O1', ...extraFlags], LIBRARIES);
}

/** Compiles `tests/programs/NAME.c` unless there is an executable of the same source and flags; returns its path. */
export function buildProgram(name: string, compiler: string, wanted: readonly string[], libraries: readonly string[]): string {
  const source = join(__dirname, `${name}.c`);
  const flags = [...wanted, '-std=gnu11', '-w', '-fwrapv'];
  const key = createHash('sha256')
    .update([compiler, ...flags].join('\0'))
    .update(readFileSync(source))
    .digest('hex')
    .slice(0, 20);
  const dir = join(tmpdir(), 'tsemu-test-programs', key);
  const executable = join(dir, name);
  if (!existsSync(executable)) {
    mkdirSync(dir, { recursive: true });
    const partial = `${executable}.${process.pid}`;
    runChecked([compiler, ...flags, '-o', partial, source, ...libraries]);
    renameSync(partial, executable);
  }
  return executable;
}
