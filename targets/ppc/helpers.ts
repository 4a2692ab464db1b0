/** Computations that PowerPC lifters call as helpers because spelling them out in IR would be too long. */
import type { Helper } from '../../translate/ir/helper-table';
import { ALTIVEC_HELPERS } from './altivec-float';
import { incrementReversed } from './brinc';
import { FPSCR_HELPERS } from './fpscr';
import { SPE_NAN_HELPERS } from './spe-nan';
import { firstZeroByte } from './zero-byte';
import { POWER_DIVIDE_HELPERS } from './power-divide';

/** Ticks of the time base: nanoseconds. */
const timeBase = (): number => performance.now() * 1e6;

export const PPC_HELPERS: readonly Helper[] = [
  { name: 'time_base_low', run: () => (timeBase() % 2 ** 32) | 0 },
  { name: 'time_base_high', run: () => Math.floor(timeBase() / 2 ** 32) | 0 },
  ...FPSCR_HELPERS,
  ...ALTIVEC_HELPERS,
  ...POWER_DIVIDE_HELPERS,
  ...SPE_NAN_HELPERS,
  { name: 'first_zero_byte', run: firstZeroByte },
  { name: 'brinc', run: incrementReversed },
];

/** Index of a helper for the `call` ops. Throws if there is none of that name. */
export function helperIndex(name: string): number {
  const i = PPC_HELPERS.findIndex((h) => h.name === name);
  if (i < 0) throw new RangeError(`no PowerPC helper ${name}`);
  return i;
}
