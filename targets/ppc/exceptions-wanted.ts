/**
 * Whether code that reads FPSCR looks at its exceptions. Most does not: printf, strtod, sin and the like only want to know how it
 * rounds, or write it back, and must not make a program slow.
 */
import type { Block } from '../../translate/ir/block';
import { Op } from '../../translate/ir/opcodes';
import { FPSCR } from './fpscr';
import { PPC_LAYOUT } from './state';

const R1 = PPC_LAYOUT.index('r1');
const [R3, R4] = [PPC_LAYOUT.index('r3'), PPC_LAYOUT.index('r4')];
const F1 = PPC_LAYOUT.index('f1');

/** Where a value was stored: the number of the address and an offset. */
const slotOf = (address: number, offset: number): string => `${address}+${offset}`;

/**
 * @param block a block from the read on, as a simplifying builder makes it
 * @param fpscr the doubleword that is read, made from the word
 */
export function wantsExceptions(block: Block, fpscr: number): boolean {
  const { op, a, b, c, count, terminator } = block;
  const returns = terminator.kind === 'indirect' && terminator.hint === 'return';
  const constant = (v: number): number | undefined => (op[v] === Op.const32 ? a[v]! : undefined);
  /** Values whose low word is FPSCR, or FPSCR with other modes. */
  const carriers = new Set([fpscr, a[fpscr]!]);
  const stored = new Set<string>();
  const inStack = (address: number): boolean => {
    const base = op[address] === Op.add32 ? a[address]! : address;
    return op[base] === Op.get32 && a[base] === R1;
  };
  const returned = new Set<number>();
  for (let i = fpscr + 1; i < count; i++) {
    const [x, y] = [a[i]!, b[i]!];
    switch (op[i]! as Op) {
      case Op.low64:
        if (carriers.has(x)) carriers.add(i);
        break;
      case Op.store64:
      case Op.store32:
        if (!carriers.has(y)) break;
        if (!inStack(x)) return true;
        stored.add(slotOf(x, c[i]! + (op[i] === Op.store64 ? 4 : 0)));
        break;
      case Op.load32:
        if (stored.has(slotOf(x, b[i]!))) carriers.add(i);
        break;
      case Op.and32:
      case Op.and64: {
        if (!carriers.has(x) && !carriers.has(y)) break;
        const mask = constant(carriers.has(x) ? y : x);
        if (mask === undefined) return true;
        const kept = mask & RECORDED;
        if (kept === RECORDED) carriers.add(i);
        else if (kept !== 0) return true;
        break;
      }
      case Op.or32:
        if (carriers.has(x) || carriers.has(y)) carriers.add(i);
        break;
      case Op.shl32:
        if (carriers.has(x) && (constant(y) ?? 0) < LOWEST_SHIFT) return true;
        break;
      case Op.shr_u32:
      case Op.rotr32:
        if (carriers.has(x)) return true;
        break;
      case Op.set32:
        if (y === R3 || y === R4) {
          if (carriers.has(x)) returned.add(y);
          else returned.delete(y);
        }
        break;
      case Op.set64:
      case Op.setf64:
        if (y === F1) {
          if (carriers.has(x)) returned.add(y);
          else returned.delete(y);
        }
        break;
      default:
    }
  }
  return returns && returned.size > 0;
}

/** What of FPSCR only exact code keeps. */
const RECORDED = FPSCR.exceptions & ~FPSCR.enables;

/** A shift to the left by so much leaves the modes alone. */
const LOWEST_SHIFT = 24;
