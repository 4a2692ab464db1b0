/** Computations that MIPS lifters call as helpers because spelling them out in IR would be too long. */
import type { Helper } from '../../translate/ir/helper-table';
import { FpFlag } from '../../translate/ir/rounding';
import { MSA_HELPERS } from './lift/msa-lane-arithmetic';

/** FCSR's flag bit and cause bit of each exception. */
const EXCEPTIONS: readonly (readonly [flag: number, bits: number])[] = [
  [FpFlag.Invalid, 0x10040],
  [FpFlag.DivideByZero, 0x8020],
  [FpFlag.Overflow, 0x4010],
  [FpFlag.Underflow, 0x2008],
  [FpFlag.Inexact, 0x1004],
];

export const MIPS_HELPERS: readonly Helper[] = [
  // RDHWR $2: nanoseconds, as a processor of 2 GHz counts, two cycles a tick
  { name: 'cycle_counter', run: () => ((performance.now() * 1e6) % 2 ** 32) | 0 },
  // FpFlag to FCSR's flags and causes
  { name: 'fcsr_exceptions', run: (flags) => EXCEPTIONS.reduce((word, [flag, bits]) => ((flags & flag) === 0 ? word : word | bits), 0) },
  ...MSA_HELPERS,
];

/** Index of a helper for the `call` ops. Throws if there is none of that name. */
export function helperIndex(name: string): number {
  const i = MIPS_HELPERS.findIndex((h) => h.name === name);
  if (i < 0) throw new RangeError(`no MIPS helper ${name}`);
  return i;
}
