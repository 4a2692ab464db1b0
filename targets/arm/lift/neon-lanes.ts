/**
 * Operations on the lanes of a doubleword as IR over 64-bit integers: SIMD within a register for what
 * is common, one lane at a time for the rest. Lane widths are 8, 16, 32 or 64 bits.
 */
import type { Builder } from '../../../translate/ir/builder';
import type { I32, I64 } from '../../../translate/ir/types';

/** The value (below 2^width) in every lane. */
export function splat(ir: Builder, width: number, value: number): I64 {
  if (width === 64) return ir.const64(value, 0);
  let word = value;
  for (let w = width; w < 32; w *= 2) word |= word << w;
  return ir.const64(word, word);
}

/** The sign bit of every lane. */
function signs(ir: Builder, width: number): I64 {
  return width === 64 ? ir.const64(0, 0x80000000 | 0) : splat(ir, width, (2 ** (width - 1)) | 0);
}

export function not(ir: Builder, x: I64): I64 {
  return ir.xor64(x, ir.const64(-1, -1));
}

/** Bits of x where the mask has ones, of y elsewhere. */
export function bitSelect(ir: Builder, mask: I64, x: I64, y: I64): I64 {
  return ir.xor64(y, ir.and64(ir.xor64(x, y), mask));
}

export function add(ir: Builder, width: number, x: I64, y: I64): I64 {
  if (width === 64) return ir.add64(x, y);
  // Without the sign bits no lane carries into the next; they are added by exclusive or.
  const sign = signs(ir, width);
  const rest = not(ir, sign);
  return ir.xor64(ir.add64(ir.and64(x, rest), ir.and64(y, rest)), ir.and64(ir.xor64(x, y), sign));
}

export function subtract(ir: Builder, width: number, x: I64, y: I64): I64 {
  if (width === 64) return ir.sub64(x, y);
  const sign = signs(ir, width);
  const difference = ir.sub64(ir.or64(x, sign), ir.and64(y, not(ir, sign)));
  return ir.xor64(difference, ir.and64(not(ir, ir.xor64(x, y)), sign));
}

/** All ones in lanes whose sign bit is set in `flags`, which has no other bits. */
function spread(ir: Builder, width: number, flags: I64): I64 {
  return ir.or64(ir.sub64(flags, ir.shr_u64(flags, ir.const32(width - 1))), flags);
}

/** All ones in lanes that are not 0. */
export function nonZero(ir: Builder, width: number, x: I64): I64 {
  const sign = signs(ir, width);
  const rest = not(ir, sign);
  return spread(ir, width, ir.and64(ir.or64(ir.add64(ir.and64(x, rest), rest), x), sign));
}

/** All ones in lanes where x >= y. */
export function atLeast(ir: Builder, width: number, signed: boolean, x: I64, y: I64): I64 {
  const sign = signs(ir, width);
  const [a, b] = signed ? [ir.xor64(x, sign), ir.xor64(y, sign)] : [x, y];
  const noBorrow = ir.sub64(ir.or64(a, sign), ir.and64(b, not(ir, sign)));
  const above = ir.or64(ir.and64(a, not(ir, b)), ir.and64(not(ir, ir.xor64(a, b)), noBorrow));
  return spread(ir, width, ir.and64(above, sign));
}

/** Lanes shifted left by 0 to width - 1. */
export function shiftLeft(ir: Builder, width: number, x: I64, n: number): I64 {
  const shifted = ir.shl64(x, ir.const32(n));
  return width === 64 ? shifted : ir.and64(shifted, splat(ir, width, laneMask(width) & ~(2 ** n - 1)));
}

/** Lanes shifted right by 0 to width. */
export function shiftRight(ir: Builder, width: number, signed: boolean, x: I64, n: number): I64 {
  if (n === 0) return x;
  if (width === 64) {
    if (signed) return ir.shr_s64(x, ir.const32(Math.min(n, 63)));
    return n === 64 ? ir.const64(0, 0) : ir.shr_u64(x, ir.const32(n));
  }
  const logical = (by: number): I64 =>
    by === width ? ir.const64(0, 0) : ir.and64(ir.shr_u64(x, ir.const32(by)), splat(ir, width, laneMask(width) >>> by));
  if (!signed) return logical(n);
  const by = Math.min(n, width - 1);
  const flags = ir.and64(x, signs(ir, width));
  // The sign bit and the `by` bits below it are copies of the sign.
  return ir.or64(logical(by), ir.or64(flags, ir.sub64(flags, ir.shr_u64(flags, ir.const32(by)))));
}

/** All bits of a lane of up to 32. */
function laneMask(width: number): number {
  return width === 32 ? -1 : (1 << width) - 1;
}

/** A lane of up to 32 bits, extended to a word. */
export function lane(ir: Builder, x: I64, width: number, index: number, signed: boolean): I32 {
  const at = width * index;
  const half = at < 32 ? ir.low64(x) : ir.high64(x);
  if (width === 32) return half;
  const low = ir.shr_u32(half, ir.const32(at & 31));
  if (!signed) return ir.and32(low, ir.const32(laneMask(width)));
  return width === 8 ? ir.ext8_s32(low) : ir.ext16_s32(low);
}

/** A doubleword from the low bits of words, lane 0 first; lanes of up to 32 bits. */
export function fromLanes(ir: Builder, width: number, lanes: readonly I32[]): I64 {
  const word = (from: number): I32 => {
    let out: I32 | undefined;
    for (let at = 0; at < 32; at += width) {
      const value = lanes[(from + at) / width]!;
      const kept = width === 32 ? value : ir.and32(value, ir.const32(laneMask(width)));
      const placed = ir.shl32(kept, ir.const32(at));
      out = out === undefined ? placed : ir.or32(out, placed);
    }
    return out!;
  };
  return ir.pair64(word(0), word(32));
}

/** Lane by lane over one or two doublewords; lanes of up to 32 bits. */
export function eachLane(ir: Builder, width: number, signed: boolean, operands: readonly I64[], f: (...lanes: I32[]) => I32): I64 {
  const out: I32[] = [];
  for (let i = 0; i < 64 / width; i++) out.push(f(...operands.map((x) => lane(ir, x, width, i, signed))));
  return fromLanes(ir, width, out);
}

/** Lanes of a word, twice as wide in a doubleword. */
export function widen(ir: Builder, width: number, signed: boolean, word: I32): I64 {
  if (width === 32) return signed ? ir.extend_s32(word) : ir.extend_u32(word);
  let x = ir.extend_u32(word);
  x = ir.and64(ir.or64(x, ir.shl64(x, ir.const32(16))), ir.const64(0xffff, 0xffff));
  if (width === 8) x = ir.and64(ir.or64(x, ir.shl64(x, ir.const32(8))), splat(ir, 16, 0xff));
  if (!signed) return x;
  const sign = splat(ir, 2 * width, 1 << (width - 1));
  return subtract(ir, 2 * width, ir.xor64(x, sign), sign);
}

/** The lower half of every lane, packed into a word. `width` is that of the result's lanes. */
export function narrow(ir: Builder, width: number, x: I64): I32 {
  if (width === 32) return ir.low64(x);
  let y = x;
  if (width === 8) {
    y = ir.and64(y, splat(ir, 16, 0xff));
    y = ir.or64(y, ir.shr_u64(y, ir.const32(8)));
  }
  y = ir.and64(y, ir.const64(0xffff, 0xffff));
  return ir.low64(ir.or64(y, ir.shr_u64(y, ir.const32(16))));
}
