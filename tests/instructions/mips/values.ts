/** What registers of random MIPS cases start with, beside the general ones. */
import type { Random } from '../random';

/** Bits of singles and doubles (high word) where rounding, NaNs and ranges begin. */
const SINGLES = [0, 0x80000000, 1, 0x7fffff, 0x800000, 0x3f800000, 0xbf800000, 0x40490fdb, 0x4f000000, 0xcf000000, 0x4effffff, 0x7f7fffff];
const SPECIAL_SINGLES = [0x7f800000, 0xff800000, 0x7fbfffff, 0x7fc00000, 0x7f800001, 0xffc12345, 0x7fa00000];

/** A 64-bit pattern: a double, or a single in the low word; [low, high]. */
export function fpuValue(rng: Random): [number, number] {
  switch (rng.below(8)) {
    case 0:
      return [rng.pick(SINGLES) | 0, rng.word()];
    case 1:
      return [rng.pick(SPECIAL_SINGLES) | 0, rng.pick([0x7ff00000, 0xfff00000, 0x7ff7ffff, 0x7ff80000, 0x7ff00001]) | 0];
    case 2:
      return [0, rng.pick([0, 0x80000000, 0x3ff00000, 0xbff00000, 0x41e00000, 0xc1e00000, 0x41dfffff, 0x7ff00000, 0x7fefffff]) | 0];
    case 3: {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, rng.between(-1000, 1000) / rng.pick([1, 2, 3, 4]));
      return [view.getInt32(4), view.getInt32(0)];
    }
    case 4: {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat32(0, rng.between(-1000, 1000) / rng.pick([1, 2, 3, 4]));
      return [view.getInt32(0), rng.word()];
    }
    default:
      return [rng.word(), rng.word()];
  }
}

/** Any position and size, carry and condition codes; seldom an overflow that has happened. */
export function dspControl(rng: Random): number {
  return rng.below(64) | (rng.below(33) << 7) | (rng.below(4) << 13) | (rng.chance(20) ? rng.below(256) << 16 : 0) | (rng.below(16) << 24);
}

/** Half of a vector register; [low, high]. */
export function vectorValue(rng: Random): [number, number] {
  return rng.chance(50) ? fpuValue(rng) : [rng.registerValue(), rng.registerValue()];
}

/** FCSR: condition codes and, where they are to be exact, rounding, flags and FS. */
export function scalarStatus(rng: Random, exact: boolean): number {
  return rng.word() & (exact ? rng.pick([0xfe80007f, 0xfe80007c, 0xfe800000, 0xff80007f, 0xff80007c]) : 0xfe800000);
}

/** MSACSR: rounding, flags and FS; and, with NX so that they do not trap, enables. */
export function vectorStatus(rng: Random): number {
  const status = rng.word() & rng.pick([0x7f, 0x7c, 0x0100007f, 0x0100007c, 0x0100007f]);
  return rng.chance(30) ? status | 0x00040000 | (rng.word() & 0xf80) : status;
}
