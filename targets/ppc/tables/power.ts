/** Encodings of POWER that the 601 still has (PowerPC 601 User's Manual, chapter 10). */
import { inst, type PpcRow } from '../instruction';
import * as power from '../lift/power';
import { loadStringCompare } from '../lift/string';

type Lift = PpcRow['lift'];

const bits = (n: number, width: number): string => n.toString(2).padStart(width, '0');

/** OP[o][.] rD, rA and, if it has one, rB */
function arithmetic(name: string, opcode: number, hasB: boolean, lift: unknown): PpcRow {
  const pattern = `011111dddddaaaaa${hasB ? 'bbbbb' : '00000'}o${bits(opcode, 9)}c`;
  return { name, feature: 'power', pattern, syntax: `${name.toLowerCase()}{o?o}{c?.} {d},{a}${hasB ? ',{b}' : ''}`, lift: lift as Lift };
}

/** OP[.] rA, rS, rB */
function shift(name: string, opcode: number, lift: unknown): PpcRow {
  const pattern = `011111sssssaaaaabbbbb${bits(opcode, 10)}c`;
  return { name, feature: 'power', pattern, syntax: `${name.toLowerCase()}{c?.} {a},{s},{b}`, lift: lift as Lift };
}

/** OP[.] rA, rS, SH */
function shiftImmediate(name: string, opcode: number, lift: unknown): PpcRow {
  const pattern = `011111sssssaaaaahhhhh${bits(opcode, 10)}c`;
  return { name, feature: 'power', pattern, syntax: `${name.toLowerCase()}{c?.} {a},{s},{#h}`, lift: lift as Lift };
}

const { byImmediate, byRegister } = power;

export const POWER_ROWS: readonly PpcRow[] = [
  arithmetic('ABS', 360, false, power.absolute),
  arithmetic('NABS', 488, false, power.negativeAbsolute),
  arithmetic('DOZ', 264, true, power.differenceOrZero),
  arithmetic('MUL', 107, true, power.multiply),
  arithmetic('DIVS', 363, true, power.divideShort),
  arithmetic('DIV', 331, true, power.divideLong),
  inst('LSCBX', 'power', '011111dddddaaaaabbbbb0100010101c', 'lscbx{c?.} {d},{0a},{b}', loadStringCompare),
  inst('DOZI', 'power', '001001dddddaaaaaiiiiiiiiiiiiiiii', 'dozi {d},{a},{-i}', power.differenceOrZeroImmediate),
  inst('RLMI', 'power', '010110sssssaaaaabbbbbmmmmmeeeeec', 'rlmi{c?.} {a},{s},{b},{#m},{#e}', power.rotateLeftInsert),
  inst('CLCS', 'power', '011111dddddaaaaa0000010000100110', 'clcs {d},{a}', power.cacheLineSize),
  shift('MASKG', 29, power.generateMask),
  shift('MASKIR', 541, power.insertUnderMask),
  shift('RRIB', 537, power.rotateRightInsertBit),
  shift('SLE', 153, power.shiftToMq(true, byRegister, false)),
  shift('SRE', 665, power.shiftToMq(false, byRegister, false)),
  shift('SLQ', 152, power.shiftToMq(true, byRegister, true)),
  shift('SRQ', 664, power.shiftToMq(false, byRegister, true)),
  shiftImmediate('SLIQ', 184, power.shiftToMq(true, byImmediate, false)),
  shiftImmediate('SRIQ', 696, power.shiftToMq(false, byImmediate, false)),
  shift('SLEQ', 217, power.shiftExtended(true)),
  shift('SREQ', 729, power.shiftExtended(false)),
  shift('SLLQ', 216, power.shiftLong(true, byRegister)),
  shift('SRLQ', 728, power.shiftLong(false, byRegister)),
  shiftImmediate('SLLIQ', 248, power.shiftLong(true, byImmediate)),
  shiftImmediate('SRLIQ', 760, power.shiftLong(false, byImmediate)),
  shift('SREA', 921, power.shiftAlgebraic(byRegister, false)),
  shift('SRAQ', 920, power.shiftAlgebraic(byRegister, true)),
  shiftImmediate('SRAIQ', 952, power.shiftAlgebraic(byImmediate, false)),
];
