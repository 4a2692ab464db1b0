/** Computations that ARM lifters call as helpers because spelling them out in IR would be too long. */
import type { Helper } from '../../translate/ir/helper-table';
import { BRAIN_FLOAT_HELPERS } from './brain-float';
import { HALF_LANE_HELPERS } from './half-lanes';
import { JAVASCRIPT_CONVERSION_HELPERS } from './javascript-conversion';
import { NEON_EXCEPTION_HELPERS } from './neon-exceptions';
import { NEON_HELPERS } from './neon-estimates';

/** Reflected CRC-32 polynomials: IEEE 802.3's, and Castagnoli's for CRC32C. */
const CRC32_POLYNOMIAL = 0xedb88320;
const CRC32C_POLYNOMIAL = 0x82f63b78;

/** Takes the low `bytes` bytes of `value` into a CRC, without the customary inversions. */
function crc(polynomial: number, accumulator: number, value: number, bytes: number): number {
  let r = accumulator ^ (bytes === 4 ? value : value & ((1 << (8 * bytes)) - 1));
  for (let i = 0; i < 8 * bytes; i++) r = (r >>> 1) ^ (polynomial & -(r & 1));
  return r | 0;
}

export const ARM_HELPERS: readonly Helper[] = [
  { name: 'crc32', run: (accumulator, value, bytes) => crc(CRC32_POLYNOMIAL, accumulator, value, bytes) },
  { name: 'crc32c', run: (accumulator, value, bytes) => crc(CRC32C_POLYNOMIAL, accumulator, value, bytes) },
  ...NEON_HELPERS,
  ...NEON_EXCEPTION_HELPERS,
  ...HALF_LANE_HELPERS,
  ...BRAIN_FLOAT_HELPERS,
  ...JAVASCRIPT_CONVERSION_HELPERS,
];

/** Index of a helper for the `call` ops. Throws if there is none of that name. */
export function helperIndex(name: string): number {
  const i = ARM_HELPERS.findIndex((h) => h.name === name);
  if (i < 0) throw new RangeError(`no ARM helper ${name}`);
  return i;
}
