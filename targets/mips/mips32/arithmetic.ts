/** Integer encodings other than loads, stores and branches (MD00087, volume II-A, and its opcode tables). */
import { inst, type MipsFeature, type MipsRow } from '../instruction';
import * as integer from '../lift/integer';

/** SPECIAL OP rd, rs, rt */
function register3(name: string, feature: MipsFeature | undefined, func: string, op: integer.BinaryOp): MipsRow {
  const lift = integer.threeRegisters(op);
  return { name, feature, pattern: `000000ssssstttttddddd00000${func}`, syntax: `${name.toLowerCase()} {d}, {s}, {t}`, lift };
}

/** OP rt, rs, immediate */
function immediate(name: string, opcode: string, op: integer.BinaryOp, signed: boolean): MipsRow {
  const lift = integer.withImmediate(op, signed ? integer.signed16 : integer.unsigned16);
  const syntax = `${name.toLowerCase()} {t}, {s}, ${signed ? '{-i}' : '{0xi}'}`;
  return { name, feature: undefined, pattern: `${opcode}ssssstttttiiiiiiiiiiiiiiii`, syntax, lift };
}

const ALU: readonly MipsRow[] = [
  register3('ADD', undefined, '100000', integer.addTrapping),
  register3('ADDU', undefined, '100001', integer.add),
  register3('SUB', undefined, '100010', integer.subTrapping),
  register3('SUBU', undefined, '100011', integer.sub),
  register3('AND', undefined, '100100', integer.and),
  register3('OR', undefined, '100101', integer.or),
  register3('XOR', undefined, '100110', integer.xor),
  register3('NOR', undefined, '100111', integer.nor),
  register3('SLT', undefined, '101010', integer.slt),
  register3('SLTU', undefined, '101011', integer.sltu),
  inst(
    'ADDI',
    'pre6',
    '001000ssssstttttiiiiiiiiiiiiiiii',
    'addi {t}, {s}, {-i}',
    integer.withImmediate(integer.addTrapping, integer.signed16),
  ),
  immediate('ADDIU', '001001', integer.add, true),
  immediate('SLTI', '001010', integer.slt, true),
  immediate('SLTIU', '001011', integer.sltu, true),
  immediate('ANDI', '001100', integer.and, false),
  immediate('ORI', '001101', integer.or, false),
  immediate('XORI', '001110', integer.xor, false),
  inst('LUI', undefined, '00111100000tttttiiiiiiiiiiiiiiii', 'lui {t}, {0xi}', (cx, { t, i }) => cx.setReg(t, cx.const(i << 16))),
];

const SHIFTS: readonly MipsRow[] = [
  inst('SLL', undefined, '00000000000tttttdddddaaaaa000000', shiftLeftSyntax, integer.shiftImmediate(integer.shiftLeft)),
  inst('SRL', undefined, '00000000000tttttdddddaaaaa000010', 'srl {d}, {t}, {0xa}', integer.shiftImmediate(integer.shiftRight)),
  inst('ROTR', 'r2', '00000000001tttttdddddaaaaa000010', 'ror {d}, {t}, {0xa}', integer.shiftImmediate(integer.rotateRight)),
  inst('SRA', undefined, '00000000000tttttdddddaaaaa000011', 'sra {d}, {t}, {0xa}', integer.shiftImmediate(integer.shiftRightSigned)),
  inst('SLLV', undefined, '000000ssssstttttddddd00000000100', 'sllv {d}, {t}, {s}', integer.shiftVariable(integer.shiftLeft)),
  inst('SRLV', undefined, '000000ssssstttttddddd00000000110', 'srlv {d}, {t}, {s}', integer.shiftVariable(integer.shiftRight)),
  inst('ROTRV', 'r2', '000000ssssstttttddddd00001000110', 'rorv {d}, {t}, {s}', integer.shiftVariable(integer.rotateRight)),
  inst('SRAV', undefined, '000000ssssstttttddddd00000000111', 'srav {d}, {t}, {s}', integer.shiftVariable(integer.shiftRightSigned)),
];

/** SLL zero, zero, n is how no-operations are spelt. */
function shiftLeftSyntax({ d, t, a }: { d: number; t: number; a: number }): string {
  if (d !== 0 || t !== 0) return 'sll {d}, {t}, {0xa}';
  return { 0: 'nop', 1: 'ssnop', 3: 'ehb', 5: 'pause' }[a] ?? 'sll {d}, {t}, {0xa}';
}

const MULTIPLY_DIVIDE: readonly MipsRow[] = [
  inst('MULT', 'pre6', '000000sssssttttt0000000000011000', 'mult {s}, {t}', integer.multiply(true)),
  inst('MULTU', 'pre6', '000000sssssttttt0000000000011001', 'multu {s}, {t}', integer.multiply(false)),
  inst('DIV', 'pre6', '000000sssssttttt0000000000011010', 'div zero, {s}, {t}', integer.divide(integer.quotient)),
  inst('DIVU', 'pre6', '000000sssssttttt0000000000011011', 'divu zero, {s}, {t}', integer.divide(integer.quotientUnsigned)),
  inst('MFHI', 'pre6', '0000000000000000ddddd00000010000', 'mfhi {d}', (cx, { d }) => cx.setReg(d, cx.hi())),
  inst('MTHI', 'pre6', '000000sssss000000000000000010001', 'mthi {s}', (cx, { s }) => cx.setHi(cx.reg(s))),
  inst('MFLO', 'pre6', '0000000000000000ddddd00000010010', 'mflo {d}', (cx, { d }) => cx.setReg(d, cx.lo())),
  inst('MTLO', 'pre6', '000000sssss000000000000000010011', 'mtlo {s}', (cx, { s }) => cx.setLo(cx.reg(s))),
  inst('MADD', 'pre6', '011100sssssttttt0000000000000000', 'madd {s}, {t}', integer.multiplyAccumulate(true, 'add64')),
  inst('MADDU', 'pre6', '011100sssssttttt0000000000000001', 'maddu {s}, {t}', integer.multiplyAccumulate(false, 'add64')),
  inst('MSUB', 'pre6', '011100sssssttttt0000000000000100', 'msub {s}, {t}', integer.multiplyAccumulate(true, 'sub64')),
  inst('MSUBU', 'pre6', '011100sssssttttt0000000000000101', 'msubu {s}, {t}', integer.multiplyAccumulate(false, 'sub64')),
  inst('MUL', 'pre6', '011100ssssstttttddddd00000000010', 'mul {d}, {s}, {t}', integer.multiplyToRegister),
];

const BIT_FIELDS: readonly MipsRow[] = [
  inst('CLZ', 'pre6', '011100sssss-----ddddd00000100000', 'clz {d}, {s}', integer.countLeadingZeros),
  inst('CLO', 'pre6', '011100sssss-----ddddd00000100001', 'clo {d}, {s}', integer.countLeadingOnes),
  inst('EXT', 'r2', '011111ssssstttttmmmmmppppp000000', ({ m }) => `ext {t}, {s}, {0xp}, 0x${(m + 1).toString(16)}`, integer.extract),
  inst('INS', 'r2', '011111ssssstttttmmmmmppppp000100', ({ m, p }) => `ins {t}, {s}, {0xp}, 0x${(m - p + 1).toString(16)}`, integer.insert),
  inst('WSBH', 'r2', '01111100000sssssddddd00010100000', 'wsbh {d}, {s}', integer.swapBytesInHalves),
  inst('SEB', 'r2', '01111100000sssssddddd10000100000', 'seb {d}, {s}', integer.signExtendByte),
  inst('SEH', 'r2', '01111100000sssssddddd11000100000', 'seh {d}, {s}', integer.signExtendHalf),
  inst('MOVZ', 'pre6', '000000ssssstttttddddd00000001010', 'movz {d}, {s}, {t}', integer.moveConditionally(true)),
  inst('MOVN', 'pre6', '000000ssssstttttddddd00000001011', 'movn {d}, {s}, {t}', integer.moveConditionally(false)),
];

export const ARITHMETIC_ROWS: readonly MipsRow[] = [...ALU, ...SHIFTS, ...MULTIPLY_DIVIDE, ...BIT_FIELDS];
