/** Branch encodings (PEM chapter 8, I-form, B-form and XL-form). */
import { hex } from '../disassemble';
import { inst, type PpcRow } from '../instruction';
import { branch, branchConditional, branchTarget, branchToCounter, branchToLink, conditionalTarget } from '../lift/branch';

export const BRANCH_ROWS: readonly PpcRow[] = [
  inst(
    'B',
    undefined,
    '010010iiiiiiiiiiiiiiiiiiiiiiiial',
    ({ i, a, l }, pc) => `b${l === 1 ? 'l' : ''}${a === 1 ? 'a' : ''} ${hex(branchTarget(pc, i, a))}`,
    branch,
  ),
  inst(
    'BC',
    undefined,
    '010000oooooiiiiiddddddddddddddal',
    ({ d, a, l }, pc) => `bc${l === 1 ? 'l' : ''}${a === 1 ? 'a' : ''} {#o},{#i},${hex(conditionalTarget(pc, d, a))}`,
    branchConditional,
  ),
  // BH, the hint in bits 19 and 20, says nothing here
  inst('BCLR', undefined, '010011oooooiiiii-----0000010000l', 'bclr{l?l} {#o},{#i}', branchToLink),
  inst('BCCTR', undefined, '010011oooooiiiii-----1000010000l', 'bcctr{l?l} {#o},{#i}', branchToCounter),
];
