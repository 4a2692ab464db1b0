/** Reciprocal estimates (RecipEstimate(), RecipSqrtEstimate() and their users in the Arm ARM) as helpers over bit patterns. */
import type { Helper } from '../../translate/ir/helper-table';

const DEFAULT_NAN = 0x7fc00000;
const INFINITY = 0x7f800000;
const SIGN = 0x80000000 | 0;

/** Of 256 to 511, standing for 0.5 up to 1, gives 256 to 511, standing for 1 up to 2. */
export function reciprocal(a: number): number {
  return (Math.floor((1 << 19) / (2 * a + 1)) + 1) >> 1;
}

/** Of 128 to 511, standing for 0.25 up to 1, gives 256 to 511, standing for 1 up to 2. */
export function reciprocalRoot(a: number): number {
  const middle = a < 256 ? 2 * a + 1 : ((a & ~1) + 1) * 2;
  let b = 512;
  while (middle * (b + 1) * (b + 1) < 2 ** 28) b++;
  return (b + 1) >> 1;
}

/** VRECPE.F32; denormals count as zeros. */
function reciprocalSingle(x: number): number {
  const sign = x & SIGN;
  const exponent = (x >>> 23) & 0xff;
  if (exponent === 0) return sign | INFINITY;
  if (exponent === 255) return (x & 0x7fffff) !== 0 ? DEFAULT_NAN : sign;
  if (exponent >= 253) return sign;
  const estimate = reciprocal(256 | ((x >>> 15) & 0xff));
  return sign | ((253 - exponent) << 23) | ((estimate & 0xff) << 15);
}

/** VRSQRTE.F32; denormals count as zeros. */
function reciprocalRootSingle(x: number): number {
  const exponent = (x >>> 23) & 0xff;
  if (exponent === 0) return (x & SIGN) | INFINITY;
  if (exponent === 255 && (x & 0x7fffff) !== 0) return DEFAULT_NAN;
  if (x < 0) return DEFAULT_NAN;
  if (exponent === 255) return 0;
  const estimate = reciprocalRoot((exponent & 1) === 0 ? 256 | ((x >>> 15) & 0xff) : 128 | ((x >>> 16) & 0x7f));
  return (((380 - exponent) >> 1) << 23) | ((estimate & 0xff) << 15);
}

/** VRECPE.U32, of fractions below 1. */
const reciprocalWord = (x: number): number => (x >= 0 ? -1 : (reciprocal(x >>> 23) << 23) | 0);

/** VRSQRTE.U32, of fractions below 1. */
const reciprocalRootWord = (x: number): number => (x >>> 30 === 0 ? -1 : (reciprocalRoot(x >>> 23) << 23) | 0);

export const NEON_HELPERS: readonly Helper[] = [
  { name: 'vrecpe_f32', run: reciprocalSingle },
  { name: 'vrsqrte_f32', run: reciprocalRootSingle },
  { name: 'vrecpe_u32', run: reciprocalWord },
  { name: 'vrsqrte_u32', run: reciprocalRootWord },
];
