/** The guests that `--target` chooses from: a line each. */
import { oracleOf } from '../tests/harness/emulators';
import type { Tool } from '../tests/harness/tools';

/** Compiler of the kernels by target. */
const COMPILERS = {
  arm: 'arm-linux-gnueabihf-gcc',
  mips: 'mips-linux-gnu-gcc',
  mipsel: 'mipsel-linux-gnu-gcc',
  ppc: 'powerpc-linux-gnu-gcc',
} as const satisfies Record<string, Tool>;

export type BenchTarget = keyof typeof COMPILERS;
export const BENCH_TARGETS = Object.keys(COMPILERS) as readonly BenchTarget[];

export function isBenchTarget(name: string): name is BenchTarget {
  return name in COMPILERS;
}

export function compilerOf(target: BenchTarget): Tool {
  return COMPILERS[target];
}

/** What a run needs to be installed. */
export function toolsOf(target: BenchTarget): readonly Tool[] {
  return [oracleOf(target)[0] as Tool, COMPILERS[target], 'gcc'];
}
