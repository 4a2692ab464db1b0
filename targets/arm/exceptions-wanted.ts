/**
 * Whether code that reads FPSCR looks at its exceptions. Most does not: printf, strtod, sin and the like only want to
 * know how it rounds, and must not make a program slow.
 */
import type { Block } from '../../translate/ir/block';
import { Op } from '../../translate/ir/opcodes';
import { ARM_LAYOUT } from './state';

/** FPSCR.{IDC,IXC,UFC,OFC,DZC,IOC} */
const EXCEPTIONS = 0x9f;
const HIGHEST = 7;

const R0 = ARM_LAYOUT.index('r0');

/**
 * @param block a block from the read on, as a simplifying builder makes it
 * @param fpscr the value that is read
 */
export function wantsExceptions(block: Block, fpscr: number): boolean {
  const { op, a, b, count, terminator } = block;
  const returns = terminator.kind === 'indirect' && terminator.hint === 'return';
  const constant = (v: number): number | undefined => (op[v] === Op.const32 ? a[v]! : undefined);
  let inR0 = false;
  for (let i = fpscr + 1; i < count; i++) {
    const first = a[i] === fpscr;
    switch (op[i]! as Op) {
      case Op.and32:
        if ((first || b[i] === fpscr) && ((constant(first ? b[i]! : a[i]!) ?? EXCEPTIONS) & EXCEPTIONS) !== 0) return true;
        break;
      case Op.shl32:
        if (first && (constant(b[i]!) ?? 0) >= 31 - HIGHEST) return true;
        break;
      case Op.shr_u32:
        if (first && (constant(b[i]!) ?? 0) <= HIGHEST) return true;
        break;
      case Op.store32:
        if (b[i] === fpscr && returns) return true;
        break;
      case Op.set32:
        if (b[i] === R0) inR0 = first;
        break;
      default:
    }
  }
  return inR0 && returns;
}
