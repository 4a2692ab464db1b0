/** Half-precision conversions (FPHalfToSingle(), FPSingleToHalf() and FPRoundBase() of the Arm ARM) as helpers over bit patterns. */
import type { Helper } from '../../translate/ir/helper-table';

/** FPSCR bits. */
const AHP = 1 << 26; // alternative half-precision: no infinities and NaNs, one more binade
const DN = 1 << 25; // default NaN
const RMODE_SHIFT = 22;

const view = new DataView(new ArrayBuffer(8));

/** Single-precision pattern of the half in the low 16 bits. */
export function halfToSingle(half: number, fpscr: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31 && (fpscr & AHP) === 0) {
    if (fraction === 0) return sign | 0x7f800000;
    return (fpscr & DN) !== 0 ? 0x7fc00000 : sign | 0x7fc00000 | (fraction << 13);
  }
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  view.setFloat32(0, magnitude);
  return sign | view.getInt32(0);
}

export function singleToHalf(bits: number, fpscr: number): number {
  view.setInt32(0, bits);
  const value = view.getFloat32(0);
  return toHalf(bits < 0, Math.abs(value), (bits >> 13) & 0x1ff, fpscr);
}

export function doubleToHalf(low: number, high: number, fpscr: number): number {
  view.setInt32(0, high);
  view.setInt32(4, low);
  return toHalf(high < 0, Math.abs(view.getFloat64(0)), (high >> 10) & 0x1ff, fpscr);
}

/** @param payload bits of a NaN that survive in the half, below the quiet bit */
function toHalf(negative: boolean, magnitude: number, payload: number, fpscr: number): number {
  const sign = negative ? 0x8000 : 0;
  const alternative = (fpscr & AHP) !== 0;
  if (Number.isNaN(magnitude)) return alternative ? sign : (fpscr & DN) !== 0 ? 0x7e00 : sign | 0x7e00 | payload;
  if (magnitude === Infinity) return sign | (alternative ? 0x7fff : 0x7c00);
  const mode = (fpscr >> RMODE_SHIFT) & 3;
  const rounded = roundToHalf(magnitude, mode, negative);
  if (alternative) return sign | Math.min(rounded, 0x7fff);
  if (rounded < 0x7c00) return sign | rounded;
  const toInfinity = mode === 0 || (mode === 1 && !negative) || (mode === 2 && negative);
  return sign | (toInfinity ? 0x7c00 : 0x7bff);
}

/** Pattern of a finite magnitude, its exponent unbounded above. */
function roundToHalf(magnitude: number, mode: number, negative: boolean): number {
  view.setFloat64(0, magnitude);
  const exponent = Math.max((view.getInt32(0) >>> 20) - 1023, -14);
  const scaled = magnitude * 2 ** (10 - exponent);
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  const nearestUp = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
  const up = mode === 0 ? nearestUp : rest > 0 && mode === (negative ? 2 : 1);
  return (exponent + 14) * 1024 + whole + (up ? 1 : 0);
}

export const VFP_HELPERS: readonly Helper[] = [
  { name: 'vfp_half_to_single', run: (half, fpscr) => halfToSingle(half, fpscr) },
  { name: 'vfp_single_to_half', run: (bits, fpscr) => singleToHalf(bits, fpscr) },
  { name: 'vfp_double_to_half', run: (low, high, fpscr) => doubleToHalf(low, high, fpscr) },
];
