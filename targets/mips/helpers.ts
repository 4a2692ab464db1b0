/** Computations that MIPS lifters call as helpers because spelling them out in IR would be too long. */
import type { Helper } from '../../translate/ir/helper-table';

export const MIPS_HELPERS: readonly Helper[] = [
  // RDHWR $2: nanoseconds, as a processor of 1 GHz counts
  { name: 'cycle_counter', run: () => ((performance.now() * 1e6) % 2 ** 32) | 0 },
];

/** Index of a helper for the `call` ops. Throws if there is none of that name. */
export function helperIndex(name: string): number {
  const i = MIPS_HELPERS.findIndex((h) => h.name === name);
  if (i < 0) throw new RangeError(`no MIPS helper ${name}`);
  return i;
}
