/** Integer encodings other than loads, stores and branches (PEM chapter 8). */
import { inst, type PpcFeature, type PpcRow } from '../instruction';
import * as arithmetic from '../lift/arithmetic';
import * as logic from '../lift/logic';

type Lift = PpcRow['lift'];

const bits = (n: number, width: number): string => n.toString(2).padStart(width, '0');

/** XO-form: OP[o][.] rD, rA, rB */
function xo(name: string, opcode: number, op: Parameters<typeof arithmetic.arithmetic>[0]): PpcRow {
  const pattern = `011111dddddaaaaabbbbbo${bits(opcode, 9)}c`;
  return {
    name,
    feature: undefined,
    pattern,
    syntax: `${name.toLowerCase()}{o?o}{c?.} {d},{a},{b}`,
    lift: arithmetic.arithmetic(op) as Lift,
  };
}

/** XO-form without rB: OP[o][.] rD, rA */
function xo2(name: string, opcode: number, op: Parameters<typeof arithmetic.arithmetic>[0]): PpcRow {
  const pattern = `011111dddddaaaaa00000o${bits(opcode, 9)}c`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()}{o?o}{c?.} {d},{a}`, lift: arithmetic.arithmetic(op) as Lift };
}

/** D-form: OP rD, rA, SIMM */
function dForm(name: string, opcode: string, lift: (cx: never, f: never) => void): PpcRow {
  const pattern = `${opcode}dddddaaaaaiiiiiiiiiiiiiiii`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()} {d},{a},{-i}`, lift: lift as Lift };
}

const ARITHMETIC: readonly PpcRow[] = [
  xo('ADD', 266, arithmetic.add),
  xo('ADDC', 10, arithmetic.addCarrying),
  xo('ADDE', 138, arithmetic.addExtended),
  xo2('ADDME', 234, arithmetic.addMinusOne),
  xo2('ADDZE', 202, arithmetic.addZero),
  xo('SUBF', 40, arithmetic.subtractFrom),
  xo('SUBFC', 8, arithmetic.subtractFromCarrying),
  xo('SUBFE', 136, arithmetic.subtractFromExtended),
  xo2('SUBFME', 232, arithmetic.subtractFromMinusOne),
  xo2('SUBFZE', 200, arithmetic.subtractFromZero),
  xo2('NEG', 104, arithmetic.negate),
  xo('MULLW', 235, arithmetic.multiplyLow),
  xo('DIVW', 491, arithmetic.divide),
  xo('DIVWU', 459, arithmetic.divideUnsigned),
  inst('MULHW', undefined, '011111dddddaaaaabbbbb0001001011c', 'mulhw{c?.} {d},{a},{b}', arithmetic.arithmetic(arithmetic.multiplyHigh)),
  inst(
    'MULHWU',
    undefined,
    '011111dddddaaaaabbbbb0000001011c',
    'mulhwu{c?.} {d},{a},{b}',
    arithmetic.arithmetic(arithmetic.multiplyHighUnsigned),
  ),
  inst('ADDI', undefined, '001110dddddaaaaaiiiiiiiiiiiiiiii', 'addi {d},{0a},{-i}', arithmetic.addImmediate(0)),
  inst('ADDIS', undefined, '001111dddddaaaaaiiiiiiiiiiiiiiii', 'addis {d},{0a},{-i}', arithmetic.addImmediate(16)),
  dForm('ADDIC', '001100', arithmetic.withImmediate(arithmetic.addCarrying, false)),
  dForm('ADDIC.', '001101', arithmetic.withImmediate(arithmetic.addCarrying, true)),
  dForm('SUBFIC', '001000', arithmetic.withImmediate(arithmetic.subtractFromCarrying, false)),
  dForm('MULLI', '000111', arithmetic.withImmediate(arithmetic.multiplyLow, false)),
  inst('CMPI', undefined, '001011fff--aaaaaiiiiiiiiiiiiiiii', 'cmpwi {crf},{a},{-i}', arithmetic.compareImmediate(true)),
  inst('CMPLI', undefined, '001010fff--aaaaaiiiiiiiiiiiiiiii', 'cmplwi {crf},{a},{#i}', arithmetic.compareImmediate(false)),
  inst('CMP', undefined, '011111fff--aaaaabbbbb0000000000-', 'cmpw {crf},{a},{b}', arithmetic.compareRegisters(true)),
  inst('CMPL', undefined, '011111fff--aaaaabbbbb0000100000-', 'cmplw {crf},{a},{b}', arithmetic.compareRegisters(false)),
  inst('ISEL', undefined, '011111dddddaaaaabbbbbnnnnn01111-', 'isel {d},{0a},{b},{#n}', arithmetic.select),
];

/** X-form: OP[.] rA, rS, rB */
function xLogical(name: string, opcode: number, op: logic.BinaryOp): PpcRow {
  const pattern = `011111sssssaaaaabbbbb${bits(opcode, 10)}c`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()}{c?.} {a},{s},{b}`, lift: logic.logical(op) as Lift };
}

/** X-form: OP[.] rA, rS */
function xUnary(
  name: string,
  feature: PpcFeature | undefined,
  opcode: number,
  hasRecord: boolean,
  lift: ReturnType<typeof logic.unary>,
): PpcRow {
  const pattern = `011111sssssaaaaa00000${bits(opcode, 10)}${hasRecord ? 'c' : '0'}`;
  return { name, feature, pattern, syntax: `${name.toLowerCase()}${hasRecord ? '{c?.}' : ''} {a},{s}`, lift: lift as Lift };
}

/** D-form: OP rA, rS, UIMM */
function dLogical(name: string, opcode: string, op: logic.BinaryOp, shift: 0 | 16, record: 0 | 1 = 0): PpcRow {
  const pattern = `${opcode}sssssaaaaaiiiiiiiiiiiiiiii`;
  return {
    name,
    feature: undefined,
    pattern,
    syntax: `${name.toLowerCase()} {a},{s},{#i}`,
    lift: logic.logicalImmediate(op, shift, record) as Lift,
  };
}

const LOGIC: readonly PpcRow[] = [
  xLogical('AND', 28, logic.and),
  xLogical('ANDC', 60, logic.andComplement),
  xLogical('OR', 444, logic.or),
  xLogical('ORC', 412, logic.orComplement),
  xLogical('XOR', 316, logic.xor),
  xLogical('NAND', 476, logic.nand),
  xLogical('NOR', 124, logic.nor),
  xLogical('EQV', 284, logic.equivalent),
  xLogical('SLW', 24, logic.shiftLeft),
  xLogical('SRW', 536, logic.shiftRight),
  dLogical('ORI', '011000', logic.or, 0),
  dLogical('ORIS', '011001', logic.or, 16),
  dLogical('XORI', '011010', logic.xor, 0),
  dLogical('XORIS', '011011', logic.xor, 16),
  dLogical('ANDI.', '011100', logic.and, 0, 1),
  dLogical('ANDIS.', '011101', logic.and, 16, 1),
  xUnary('EXTSB', undefined, 954, true, logic.signExtendByte),
  xUnary('EXTSH', undefined, 922, true, logic.signExtendHalf),
  xUnary('CNTLZW', undefined, 26, true, logic.countLeadingZeros),
  xUnary('POPCNTB', undefined, 122, false, logic.populationCountBytes),
  xUnary('POPCNTW', 'popcntw', 378, false, logic.populationCount),
  xUnary('PRTYW', 'isa205', 154, false, logic.parity),
  inst('CMPB', 'isa205', '011111sssssaaaaabbbbb01111111000', 'cmpb {a},{s},{b}', logic.logical(logic.compareBytes)),
  inst('SRAW', undefined, '011111sssssaaaaabbbbb1100011000c', 'sraw{c?.} {a},{s},{b}', logic.shiftRightAlgebraic),
  inst('SRAWI', undefined, '011111sssssaaaaahhhhh1100111000c', 'srawi{c?.} {a},{s},{#h}', logic.shiftRightAlgebraicImmediate),
  inst('RLWINM', undefined, '010101sssssaaaaahhhhhmmmmmeeeeec', 'rlwinm{c?.} {a},{s},{#h},{#m},{#e}', logic.rotateAndMask),
  inst('RLWNM', undefined, '010111sssssaaaaabbbbbmmmmmeeeeec', 'rlwnm{c?.} {a},{s},{b},{#m},{#e}', logic.rotateVariable),
  inst('RLWIMI', undefined, '010100sssssaaaaahhhhhmmmmmeeeeec', 'rlwimi{c?.} {a},{s},{#h},{#m},{#e}', logic.rotateAndInsert),
];

export const ARITHMETIC_ROWS: readonly PpcRow[] = [...ARITHMETIC, ...LOGIC];
