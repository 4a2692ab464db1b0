/** Integer encodings other than loads, stores and branches (PEM chapter 8). */
import { inst, type PpcRow } from '../instruction';
import * as integer from '../lift/integer';

export const ARITHMETIC_ROWS: readonly PpcRow[] = [
  inst('ADDI', undefined, '001110dddddaaaaaiiiiiiiiiiiiiiii', 'addi {d},{0a},{-i}', integer.addImmediate),
  inst('ORI', undefined, '011000sssssaaaaaiiiiiiiiiiiiiiii', 'ori {a},{s},{#i}', integer.logicalImmediate(integer.or, 0)),
];
