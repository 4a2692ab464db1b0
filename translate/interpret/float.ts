/** Conversions that JavaScript has no operator for, shared by the interpreter and emitted JavaScript. */

const scratch = new DataView(new ArrayBuffer(8));

export function bitsOfF32(x: number): number {
  scratch.setFloat32(0, x);
  return scratch.getInt32(0);
}

export function f32OfBits(x: number): number {
  scratch.setInt32(0, x);
  return scratch.getFloat32(0);
}

export function lowBitsOfF64(x: number): number {
  scratch.setFloat64(0, x);
  return scratch.getInt32(4);
}

export function highBitsOfF64(x: number): number {
  scratch.setFloat64(0, x);
  return scratch.getInt32(0);
}

export function f64OfBits(low: number, high: number): number {
  scratch.setInt32(0, high);
  scratch.setInt32(4, low);
  return scratch.getFloat64(0);
}

/** Towards zero, saturating to int32; NaN gives 0. */
export function truncToS32(x: number): number {
  return x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0;
}

/** Towards zero, saturating to uint32 (as a signed word); NaN gives 0. */
export function truncToU32(x: number): number {
  return x >= 4294967295 ? -1 : x > 0 ? Math.floor(x) | 0 : 0;
}

/** Round to integral, ties to even, keeping the sign of zero. */
export function nearest(x: number): number {
  if (!(Math.abs(x) < 4503599627370496)) return x;
  const magic = x < 0 || Object.is(x, -0) ? -4503599627370496 : 4503599627370496;
  const r = x + magic - magic;
  return r === 0 && magic < 0 ? -0 : r;
}

/** Low word of the 64-bit product of two 64-bit integers in halves; the high word. */
export function mul64High(al: number, ah: number, bl: number, bh: number, mulhU: (x: number, y: number) => number): number {
  return (mulhU(al, bl) + Math.imul(al, bh) + Math.imul(ah, bl)) | 0;
}
