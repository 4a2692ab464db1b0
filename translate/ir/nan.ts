/**
 * Which NaN an operation returns when its result is one: the first signalling operand, else the first
 * quiet one, made quiet; if no operand is a NaN, the positive default NaN. This is FPProcessNaNs() of
 * the Arm ARM and what IEEE 754-2008 section 6.2.3 recommends; hosts choose differently.
 * Unary and binary operations repeat an operand.
 */
export const DEFAULT_NAN32 = 0x7fc00000;
export const DEFAULT_NAN64_HIGH = 0x7ff80000;

/** Default NaNs where the top bit of the fraction means "signalling" (MIPS before IEEE 754-2008); the low half is all ones. */
export const LEGACY_NAN32 = 0x7fbfffff;
export const LEGACY_NAN64_HIGH = 0x7ff7ffff;

const QUIET32 = 1 << 22;
const QUIET64_HIGH = 1 << 19;

const isNan32 = (x: number): boolean => (x & 0x7fffffff) > 0x7f800000;
const isSignalling32 = (x: number): boolean => isNan32(x) && (x & QUIET32) === 0;

/** Over bit patterns of singles. */
export function nan32(x: number, y: number, z: number): number {
  for (const v of [x, y, z]) if (isSignalling32(v)) return v | QUIET32;
  for (const v of [x, y, z]) if (isNan32(v)) return v;
  return DEFAULT_NAN32;
}

/** True if the double with these halves is a NaN. */
function isNan64(low: number, high: number): boolean {
  const exponent = high & 0x7fffffff;
  return exponent > 0x7ff00000 || (exponent === 0x7ff00000 && low !== 0);
}

/** Which of three doubles is the one: 0, 1, 2, or 3 if none is a NaN. */
function chooseNan64(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number): number {
  const x = isNan64(xl, xh);
  const y = isNan64(yl, yh);
  const z = isNan64(zl, zh);
  if (x && (xh & QUIET64_HIGH) === 0) return 0;
  if (y && (yh & QUIET64_HIGH) === 0) return 1;
  if (z && (zh & QUIET64_HIGH) === 0) return 2;
  return x ? 0 : y ? 1 : z ? 2 : 3;
}

/** Low word of the result over bit patterns of doubles, given as halves. */
export function nan64Low(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number): number {
  const k = chooseNan64(xl, xh, yl, yh, zl, zh);
  return k === 0 ? xl : k === 1 ? yl : k === 2 ? zl : 0;
}

/** High word of the same. */
export function nan64High(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number): number {
  const k = chooseNan64(xl, xh, yl, yh, zl, zh);
  return (k === 0 ? xh : k === 1 ? yh : k === 2 ? zh : DEFAULT_NAN64_HIGH) | QUIET64_HIGH;
}
