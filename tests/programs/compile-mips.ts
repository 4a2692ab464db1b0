/** Compiles test programs for MIPS; results are kept in the temporary directory, keyed by source and flags. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked } from '../harness/run';

/** A way to build a program. */
export interface MipsFlavour {
  readonly target: 'mips' | 'mipsel';
  readonly flags: readonly string[];
  readonly linkage: 'static' | 'dynamic';
}

export function mipsFlavourName(f: MipsFlavour): string {
  return `${f.target} ${f.flags.join(' ')} ${f.linkage}`;
}

/** Path of the executable for `tests/programs/NAME.c`. */
export function compileForMips(name: string, flavour: MipsFlavour, extraFlags: readonly string[] = []): string {
  const source = join(__dirname, `${name}.c`);
  const compiler = `${flavour.target}-linux-gnu-gcc`;
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
