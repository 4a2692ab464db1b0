/** CRC32 instructions (Arm ARM DDI 0487, section F5.1; an extension of ARMv8 AArch32). */
import type { LiftContext } from '../lift-context';
import { helperIndex } from '../helpers';

/** `z`: log2 of the bytes of Rm that are taken in. */
export interface Crc32Operands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  readonly z: number;
}

function lift(cx: LiftContext, polynomial: 'crc32' | 'crc32c', { d, n, m, z }: Crc32Operands): void | false {
  if (z > 2) return false;
  cx.setRegOrBranch(d, cx.ir.call3(cx.reg(n), cx.reg(m), cx.ir.const32(1 << z), helperIndex(polynomial)));
}

// CRC32{B|H|W} <Rd>, <Rn>, <Rm>
export function crc32(cx: LiftContext, f: Crc32Operands): void | false {
  return lift(cx, 'crc32', f);
}

// CRC32C{B|H|W} <Rd>, <Rn>, <Rm>
export function crc32c(cx: LiftContext, f: Crc32Operands): void | false {
  return lift(cx, 'crc32c', f);
}
