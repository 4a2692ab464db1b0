/** Compiles test programs for MIPS and PowerPC; results are kept in the temporary directory, keyed by source and flags. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked } from '../harness/run';

/** A way to build a program. */
export interface CrossFlavour {
  readonly target: 'mips' | 'mipsel' | 'ppc';
  readonly flags: readonly string[];
  readonly linkage: 'static' | 'dynamic';
}

/** The GNU name of the system that a target's programs are for, which its compiler and libraries have. */
export const TRIPLETS = { mips: 'mips-linux-gnu', mipsel: 'mipsel-linux-gnu', ppc: 'powerpc-linux-gnu' } as const;

export function crossFlavourName(f: CrossFlavour): string {
  return `${f.target} ${f.flags.join(' ')} ${f.linkage}`;
}

/** Path of the executable for `tests/programs/NAME.c`. */
export function compileCross(name: string, flavour: CrossFlavour, extraFlags: readonly string[] = []): string {
  const source = join(__dirname, `${name}.c`);
  const compiler = `${TRIPLETS[flavour.target]}-gcc`;
  const flags = [...flavour.flags, ...(flavour.linkage === 'static' ? ['-static'] : []), '-std=gnu11', '-w', '-fwrapv', ...extraFlags];
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
    runChecked([compiler, ...flags, '-o', partial, source, '-lm', '-lrt', '-lpthread']);
    renameSync(partial, executable);
  }
  return executable;
}
