/** Recognises the test for a rare result that lifters of floating point make. */
import type { Block } from './block';
import { Op } from './opcodes';

/** True if a flag says that a number is not equal to itself: what is done then is done hardly ever. */
export function testsForNan({ op, a, b }: Block, flag: number): boolean {
  if (op[flag] !== Op.not1) return false;
  const equal = a[flag]!;
  return (op[equal] === Op.eqf32 || op[equal] === Op.eqf64) && a[equal] === b[equal];
}
