/**
 * Whether code that reads a floating-point status register looks at its exceptions. Most does not: printf, strtod, sin and
 * the like only want to know how it rounds, and must not make a program slow.
 */
import type { Block } from '../translate/ir/block';
import { Op } from '../translate/ir/opcodes';

export interface StatusRegister {
  /** Its exception bits. */
  readonly exceptions: number;
  /** State field that functions return results in. */
  readonly result: number;
}

/** True for a mask that leaves most of a word and all exceptions, as where another field is about to be replaced. */
function keepsMost(mask: number, exceptions: number): boolean {
  if ((mask & exceptions) !== exceptions) return false;
  let cleared = 0;
  for (let rest = ~mask; rest !== 0; rest &= rest - 1) cleared++;
  return cleared < 8;
}

/**
 * @param block a block from the read on, as a simplifying builder makes it
 * @param status the value that is read
 */
export function wantsExceptions(block: Block, status: number, { exceptions, result }: StatusRegister): boolean {
  const { op, a, b, count, terminator } = block;
  const highest = 31 - Math.clz32(exceptions);
  const returns = terminator.kind === 'indirect' && terminator.hint === 'return';
  const constant = (v: number): number | undefined => (op[v] === Op.const32 ? a[v]! : undefined);
  let inResult = false;
  for (let i = status + 1; i < count; i++) {
    const first = a[i] === status;
    switch (op[i]! as Op) {
      case Op.and32: {
        if (!first && b[i] !== status) break;
        const mask = constant(first ? b[i]! : a[i]!);
        if (mask === undefined || ((mask & exceptions) !== 0 && !keepsMost(mask, exceptions))) return true;
        break;
      }
      case Op.shl32:
        if (first && (constant(b[i]!) ?? 0) >= 31 - highest) return true;
        break;
      case Op.shr_u32:
        if (first && (constant(b[i]!) ?? 0) <= highest) return true;
        break;
      case Op.store32:
        if (b[i] === status && returns) return true;
        break;
      case Op.set32:
        if (b[i] === result) inResult = first;
        break;
      default:
    }
  }
  return inResult && returns;
}
