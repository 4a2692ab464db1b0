/** NaNs of the e500's floating point, as Linux and qemu-ppc give them: the first operand that is one, quiet; else the default one. */
import type { Helper } from '../../translate/ir/helper-table';

const QUIET = 0x00400000;
const DEFAULT = 0x7fc00000;
const isNan = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;

function nanOf(x: number, y: number): number {
  return isNan(x) ? x | QUIET : isNan(y) ? y | QUIET : DEFAULT;
}

/** A NaN of double precision as one of single. */
function narrowed(low: number, high: number): number {
  return (high & (0x80000000 | 0)) | DEFAULT | ((high & 0xfffff) << 3) | (low >>> 29);
}

export const SPE_NAN_HELPERS: readonly Helper[] = [
  { name: 'spe_nan', run: nanOf },
  { name: 'spe_narrow_nan', run: narrowed },
];
