/** How VFP instructions number their registers (Arm ARM DDI 0406C, section A7.3). */
import type { LiftContext } from '../lift-context';

/** The number that a 4-bit field and its extra bit give: extra:field for doubles (z = 1), field:extra for singles. */
export function vfpRegister(z: number, field: number, extra: number): number {
  return z === 1 ? (extra << 4) | field : (field << 1) | extra;
}

/** False if one of the doubles is d16 or above and the CPU has only sixteen. */
export function haveDoubles(cx: LiftContext, ...doubles: readonly number[]): boolean {
  return cx.features.has('d32') || doubles.every((n) => n < 16);
}
