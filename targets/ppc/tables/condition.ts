/** Encodings of condition register logic and moves (PEM chapter 8). */
import { inst, type PpcRow } from '../instruction';
import * as condition from '../lift/condition';

function logical(name: string, opcode: number, op: Parameters<typeof condition.logical>[0]): PpcRow {
  const pattern = `010011dddddaaaaabbbbb${opcode.toString(2).padStart(10, '0')}-`;
  return {
    name,
    feature: undefined,
    pattern,
    syntax: `${name.toLowerCase()} {#d},{#a},{#b}`,
    lift: condition.logical(op) as PpcRow['lift'],
  };
}

export const CONDITION_ROWS: readonly PpcRow[] = [
  logical('CRAND', 257, condition.and),
  logical('CRANDC', 129, condition.andComplement),
  logical('CREQV', 289, condition.equivalent),
  logical('CRNAND', 225, condition.nand),
  logical('CRNOR', 33, condition.nor),
  logical('CROR', 449, condition.or),
  logical('CRORC', 417, condition.orComplement),
  logical('CRXOR', 193, condition.xor),
  inst('MCRF', undefined, '010011fff--ggg-------0000000000-', 'mcrf {crf},{crg}', condition.moveField),
  inst('MCRXR', undefined, '011111fff------------1000000000-', 'mcrxr {crf}', condition.moveFromXer),
  inst('MFCR', undefined, '011111ddddd0---------0000010011-', 'mfcr {d}', condition.moveFromCr),
  inst('MFOCRF', undefined, '011111ddddd1mmmmmmmm-0000010011-', 'mfocrf {d},{#m}', condition.moveFromOneField),
  inst('MTCRF', undefined, '011111sssss0mmmmmmmm-0010010000-', 'mtcrf {#m},{s}', condition.moveToCr),
  inst('MTOCRF', undefined, '011111sssss1mmmmmmmm-0010010000-', 'mtocrf {#m},{s}', condition.moveToOneField),
];
