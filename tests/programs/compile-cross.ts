/** Compiles test programs for MIPS and PowerPC. */
import { buildProgram } from './compile';

/** A way to build a program. */
export interface CrossFlavour {
  readonly target: 'mips' | 'mipsel' | 'ppc';
  readonly flags: readonly string[];
  readonly linkage: 'static' | 'dynamic';
}

/** The GNU name of the system that a target's programs are for, which its compiler and libraries have. */
export const TRIPLETS = { mips: 'mips-linux-gnu', mipsel: 'mipsel-linux-gnu', ppc: 'powerpc-linux-gnu' } as const;

const LIBRARIES = ['-lm', '-lrt', '-lpthread'];

export function crossFlavourName(f: CrossFlavour): string {
  return `${f.target} ${f.flags.join(' ')} ${f.linkage}`;
}

/** Path of the executable for `tests/programs/NAME.c`. */
export function compileCross(name: string, flavour: CrossFlavour, extraFlags: readonly string[] = []): string {
  const flags = [...flavour.flags, ...(flavour.linkage === 'static' ? ['-static'] : []), ...extraFlags];
  return buildProgram(name, `${TRIPLETS[flavour.target]}-gcc`, flags, LIBRARIES);
}
