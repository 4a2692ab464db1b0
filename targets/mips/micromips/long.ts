/** The 32-bit encodings of microMIPS up to Release 5 (MD00582): integer instructions. */
import { hex } from '../disassemble';
import type { MipsFeature, MipsRow } from '../instruction';
import { atLeastZero, atMostZero, equal, greaterThanZero, lessThanZero, notEqual, type Condition } from '../lift/branch';
import { branchTo, callTo, halfwordTarget, jumpTo, pcBase, type Slot } from '../lift/branch-compressed';
import { COMPRESSED, loadWords, registerList, storeWords } from '../lift/compressed';
import * as integer from '../lift/integer';
import { load, loadLeft, loadLinked, loadRight, loadValue, store, storeConditional, storePartial, type Access } from '../lift/load-store';
import {
  breakpoint,
  noOperation,
  readHardwareRegister,
  synchronise,
  synchroniseCode,
  systemCall,
  trapImmediate,
  trapRegisters,
} from '../lift/system';
import { RA, type LiftContext } from '../lift-context';
import { REGISTER_NAMES } from '../state';
import { row as anyRow } from './short';

type Fields = Readonly<Record<string, number>>;

/** A row whose lifter is one of MIPS32's. */
function row(name: string, pattern: string, syntax: MipsRow['syntax'], lift: (cx: LiftContext, f: never) => void | false): MipsRow {
  return { name: `${name}_32`, feature: 'micromips' satisfies MipsFeature, pattern, syntax, lift };
}

function immediate(name: string, opcode: string, op: integer.BinaryOp, signed: boolean): MipsRow {
  const lift = integer.withImmediate(op, signed ? integer.signed16 : integer.unsigned16);
  return row(name, `${opcode}tttttsssssiiiiiiiiiiiiiiii`, `${name.toLowerCase()} {t}, {s}, ${signed ? '{-i}' : '{0xi}'}`, lift);
}

function register3(
  name: string,
  minor: string,
  func: string,
  lift: (cx: LiftContext, f: { d: number; s: number; t: number }) => void,
): MipsRow {
  const syntax = func === '010000' && name.endsWith('V') ? '{d}, {t}, {s}' : '{d}, {s}, {t}';
  return row(name, `000000tttttsssssddddd0${minor}${func}`, `${name.toLowerCase()} ${syntax}`, lift);
}

function shift(name: string, minor: string, op: integer.BinaryOp): MipsRow {
  return row(name, `000000dddddtttttaaaaa0${minor}000000`, `${name.toLowerCase()} {d}, {t}, {0xa}`, integer.shiftImmediate(op));
}

const ARITHMETIC: readonly MipsRow[] = [
  immediate('ADDI', '000100', integer.addTrapping, true),
  immediate('ADDIU', '001100', integer.add, true),
  immediate('SLTI', '100100', integer.slt, true),
  immediate('SLTIU', '101100', integer.sltu, true),
  immediate('ANDI', '110100', integer.and, false),
  immediate('ORI', '010100', integer.or, false),
  immediate('XORI', '011100', integer.xor, false),
  row('LUI', '01000001101sssssiiiiiiiiiiiiiiii', 'lui {s}, {0xi}', (cx, { s, i }: { s: number; i: number }) =>
    cx.setReg(s, cx.const(i << 16)),
  ),
  register3('ADD', '0100', '010000', integer.threeRegisters(integer.addTrapping)),
  register3('ADDU', '0101', '010000', integer.threeRegisters(integer.add)),
  register3('SUB', '0110', '010000', integer.threeRegisters(integer.subTrapping)),
  register3('SUBU', '0111', '010000', integer.threeRegisters(integer.sub)),
  register3('MUL', '1000', '010000', integer.multiplyToRegister),
  register3('AND', '1001', '010000', integer.threeRegisters(integer.and)),
  register3('OR', '1010', '010000', integer.threeRegisters(integer.or)),
  register3('NOR', '1011', '010000', integer.threeRegisters(integer.nor)),
  register3('XOR', '1100', '010000', integer.threeRegisters(integer.xor)),
  register3('SLT', '1101', '010000', integer.threeRegisters(integer.slt)),
  register3('SLTU', '1110', '010000', integer.threeRegisters(integer.sltu)),
  register3('SLLV', '0000', '010000', integer.shiftVariable(integer.shiftLeft)),
  register3('SRLV', '0001', '010000', integer.shiftVariable(integer.shiftRight)),
  register3('SRAV', '0010', '010000', integer.shiftVariable(integer.shiftRightSigned)),
  register3('ROTRV', '0011', '010000', integer.shiftVariable(integer.rotateRight)),
  register3('MOVN', '0000', '011000', integer.moveConditionally(false)),
  register3('MOVZ', '0001', '011000', integer.moveConditionally(true)),
  shift('SLL', '0000', integer.shiftLeft),
  shift('SRL', '0001', integer.shiftRight),
  shift('SRA', '0010', integer.shiftRightSigned),
  shift('ROTR', '0011', integer.rotateRight),
  row('INS', '000000tttttsssssmmmmmppppp001100', 'ins {t}, {s}, {0xp}, {#m}', integer.insert),
  row('EXT', '000000tttttsssssmmmmmppppp101100', 'ext {t}, {s}, {0xp}, {#m}', integer.extract),
  anyRow(
    'ADDIUPC',
    '011110xxxiiiiiiiiiiiiiiiiiiiiiii',
    (f) => `addiupc ${REGISTER_NAMES[COMPRESSED[f['x']!]!]}, ${(f['i']! << 9) >> 7}`,
    (cx, f) => cx.setReg(COMPRESSED[f['x']!]!, cx.const((pcBase(cx) + ((f['i']! << 9) >> 7)) | 0)),
  ),
];

/** POOL32Axf: two registers, with an extension of ten bits. */
function extended(name: string, registers: string, extension: string, lift: (cx: LiftContext, f: never) => void | false): MipsRow {
  const operands = [...new Set(registers.replace(/-/g, ''))].sort().map((r) => `{${r}}`);
  return row(
    name,
    `000000${registers}${extension}111100`,
    `${name.toLowerCase()} ${[...(name.startsWith('DIV') ? ['zero'] : []), ...operands].join(', ')}`,
    lift,
  );
}

const TWO = 'tttttsssss';
const UNARY = 'dddddsssss';
const NONE = '----------';

const ACCUMULATOR: readonly MipsRow[] = [
  extended('SEB', UNARY, '0010101100', integer.signExtendByte),
  extended('SEH', UNARY, '0011101100', integer.signExtendHalf),
  extended('CLO', UNARY, '0100101100', integer.countLeadingOnes),
  extended('CLZ', UNARY, '0101101100', integer.countLeadingZeros),
  extended('WSBH', UNARY, '0111101100', integer.swapBytesInHalves),
  extended('MULT', TWO, '1000101100', integer.multiply(true)),
  extended('MULTU', TWO, '1001101100', integer.multiply(false)),
  extended('DIV', TWO, '1010101100', integer.divide(integer.quotient)),
  extended('DIVU', TWO, '1011101100', integer.divide(integer.quotientUnsigned)),
  extended('MADD', TWO, '1100101100', integer.multiplyAccumulate(true, 'add64')),
  extended('MADDU', TWO, '1101101100', integer.multiplyAccumulate(false, 'add64')),
  extended('MSUB', TWO, '1110101100', integer.multiplyAccumulate(true, 'sub64')),
  extended('MSUBU', TWO, '1111101100', integer.multiplyAccumulate(false, 'sub64')),
  extended('MFHI', '-----sssss', '0000110101', (cx, { s }: { s: number }) => cx.setReg(s, cx.hi())),
  extended('MFLO', '-----sssss', '0001110101', (cx, { s }: { s: number }) => cx.setReg(s, cx.lo())),
  extended('MTHI', '-----sssss', '0010110101', (cx, { s }: { s: number }) => cx.setHi(cx.reg(s))),
  extended('MTLO', '-----sssss', '0011110101', (cx, { s }: { s: number }) => cx.setLo(cx.reg(s))),
];

const atLeast: Condition = ({ ir }, x, y) => ir.le_s32(y, x);
const atLeastUnsigned: Condition = ({ ir }, x, y) => ir.le_u32(y, x);
const less: Condition = ({ ir }, x, y) => ir.lt_s32(x, y);
const lessUnsigned: Condition = ({ ir }, x, y) => ir.lt_u32(x, y);

const trap = (name: string, extension: string, condition: Condition): MipsRow =>
  row(name, `000000tttttssssscccc${extension}111100`, `${name.toLowerCase()} {s}, {t}`, trapRegisters(condition));
const trapOnImmediate = (name: string, minor: string, condition: Condition): MipsRow =>
  row(name, `010000${minor}sssssiiiiiiiiiiiiiiii`, `${name.toLowerCase()} {s}, {-i}`, trapImmediate(condition));

const SYSTEM: readonly MipsRow[] = [
  trap('TEQ', '000000', equal),
  trap('TGE', '001000', atLeast),
  trap('TGEU', '010000', atLeastUnsigned),
  trap('TLT', '100000', less),
  trap('TLTU', '101000', lessUnsigned),
  trap('TNE', '110000', notEqual),
  trapOnImmediate('TLTI', '01000', less),
  trapOnImmediate('TGEI', '01001', atLeast),
  trapOnImmediate('TLTIU', '01010', lessUnsigned),
  trapOnImmediate('TGEIU', '01011', atLeastUnsigned),
  trapOnImmediate('TNEI', '01100', notEqual),
  trapOnImmediate('TEQI', '01110', equal),
  row('BREAK', '000000cccccccccccccccccccc000111', 'break {0xc}', breakpoint),
  extended('SYSCALL', NONE, '1000101101', systemCall),
  extended('SYNC', NONE, '0110101101', synchronise),
  extended('SDBBP', NONE, '1101101101', () => false),
  row('RDHWR', '000000tttttddddd0110101100111100', 'rdhwr {t}, ${#d}', readHardwareRegister),
  row('SYNCI', '01000010000sssssiiiiiiiiiiiiiiii', 'synci {-i}({s})', synchroniseCode),
];

function access(name: string, opcode: string, lift: (cx: LiftContext, f: Access) => void): MipsRow {
  return row(name, `${opcode}tttttsssssiiiiiiiiiiiiiiii`, `${name.toLowerCase()} {t}, {-i}({s})`, lift);
}

const offset12 = (i: number): number => (i << 20) >> 20;

/** POOL32C: an offset of 12 bits, which the lifters of MIPS32 get as one of 16. */
function shortAccess(name: string, minor: string, lift: (cx: LiftContext, f: Access) => void): MipsRow {
  return row(
    name,
    `011000tttttsssss${minor}iiiiiiiiiiii`,
    ({ i }) => `${name.toLowerCase()} {t}, ${offset12(i!)}({s})`,
    (cx, { t, s, i }: Access) => lift(cx, { t, s, i: offset12(i) & 0xffff }),
  );
}

/** LWM, SWM rt (the list), offset(base) */
function multiple(name: string, minor: string, lift: typeof loadWords): MipsRow {
  return row(
    name,
    `001000tttttsssss${minor}iiiiiiiiiiii`,
    ({ t, i }) => `${name.toLowerCase()} ${(registerList(t!) ?? []).map((r) => REGISTER_NAMES[r]).join(', ')}, ${offset12(i!)}({s})`,
    (cx, { t, s, i }: Access) => {
      const registers = registerList(t);
      if (registers === undefined || cx.inDelaySlot) return false;
      return lift(cx, registers, cx.reg(s), offset12(i));
    },
  );
}

/** LWP, SWP rt and the next register, offset(base) */
function pair(name: string, minor: string, lift: typeof loadWords, isLoad: boolean): MipsRow {
  return row(
    name,
    `001000tttttsssss${minor}iiiiiiiiiiii`,
    ({ t, i }) => `${name.toLowerCase()} {t}, ${REGISTER_NAMES[t! + 1] ?? ''}, ${offset12(i!)}({s})`,
    (cx, { t, s, i }: Access) => {
      if (t === RA || cx.inDelaySlot || (isLoad && t === s)) return false;
      return lift(cx, [t, t + 1], cx.reg(s), offset12(i));
    },
  );
}

const MEMORY: readonly MipsRow[] = [
  access('LB', '000111', load('byte')),
  access('LBU', '000101', load('unsignedByte')),
  access('LH', '001111', load('half')),
  access('LHU', '001101', load('unsignedHalf')),
  access('LW', '111111', load('word')),
  access('SB', '000110', store('byte')),
  access('SH', '001110', store('half')),
  access('SW', '111110', store('word')),
  shortAccess('LWL', '0000', loadLeft),
  shortAccess('LWR', '0001', loadRight),
  shortAccess('SWL', '1000', storePartial(true)),
  shortAccess('SWR', '1001', storePartial(false)),
  shortAccess('PREF', '0010', noOperation),
  shortAccess('LL', '0011', (cx, { t, s, i }) => loadLinked(cx, t, s, integer.signed16(i))),
  shortAccess('SC', '1011', (cx, { t, s, i }) => storeConditional(cx, t, s, integer.signed16(i))),
  multiple('LWM', '0101', loadWords),
  multiple('SWM', '1101', storeWords),
  pair('LWP', '0001', loadWords, true),
  pair('SWP', '1001', storeWords, false),
  row('LWXS', '000000tttttsssssddddd00100011000', 'lwxs {d}, {t}({s})', (cx, { d, s, t }: { d: number; s: number; t: number }) =>
    cx.setReg(d, loadValue(cx, 'word', cx.ir.add32(cx.reg(s), cx.ir.shl32(cx.reg(t), cx.const(2))), 0)),
  ),
];

function branch(name: string, head: string, condition: Condition, slot: Slot = 'any', link = false): MipsRow {
  const operands = [/s/.test(head) ? '{s}, ' : '', /t/.test(head) ? '{t}, ' : ''].join('');
  return anyRow(
    `${name}_32`,
    `${head}iiiiiiiiiiiiiiii`,
    ({ i }, pc) => `${name.toLowerCase()} ${operands}${hex(halfwordTarget(pc, 4, i!, 16))}`,
    (cx, { s = 0, t = 0, i }: Fields) => branchTo(cx, condition(cx, cx.reg(s), cx.reg(t)), halfwordTarget(cx.pc, 4, i!, 16), slot, link),
  );
}

/** In the 128 MiB of the delay slot. */
const jumpTarget = (pc: number, i: number): number => (((pc + 4) & 0xf8000000) | (i << 1)) >>> 0;
const exchangeTarget = (pc: number, i: number): number => (((pc + 4) & 0xf0000000) | (i << 2)) >>> 0;

function call(name: string, opcode: string, slot: 2 | 4, exchange = false): MipsRow {
  const target = exchange ? exchangeTarget : jumpTarget;
  return anyRow(
    name,
    `${opcode}iiiiiiiiiiiiiiiiiiiiiiiiii`,
    ({ i }, pc) => `${name.toLowerCase()} ${hex(target(pc, i!))}`,
    (cx, { i }) => callTo(cx, target(cx.pc, i!), !exchange, slot),
  );
}

/** JALR rt, rs; rt 0 is JR */
function jumpRegister(name: string, minor: string, slot: 2 | 4): MipsRow {
  return anyRow(name, `000000tttttsssss${minor}111100111100`, `${name.toLowerCase()} {t}, {s}`, (cx, { t, s }) =>
    jumpTo(cx, cx.reg(s!), s!, slot, t!),
  );
}

const BRANCHES: readonly MipsRow[] = [
  branch('BEQ', '100101tttttsssss', equal),
  branch('BNE', '101101tttttsssss', notEqual),
  branch('BLTZ', '01000000000sssss', lessThanZero),
  branch('BLTZAL', '01000000001sssss', lessThanZero, 4, true),
  branch('BGEZ', '01000000010sssss', atLeastZero),
  branch('BGEZAL', '01000000011sssss', atLeastZero, 4, true),
  branch('BLEZ', '01000000100sssss', atMostZero),
  branch('BNEZC', '01000000101sssss', notEqual, 'none'),
  branch('BGTZ', '01000000110sssss', greaterThanZero),
  branch('BEQZC', '01000000111sssss', equal, 'none'),
  branch('BLTZALS', '01000010001sssss', lessThanZero, 2, true),
  branch('BGEZALS', '01000010011sssss', atLeastZero, 2, true),
  anyRow(
    'J_32',
    '110101iiiiiiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `j ${hex(jumpTarget(pc, i!))}`,
    (cx, { i }) => cx.jump(cx.locationOf(jumpTarget(cx.pc, i!))),
  ),
  call('JAL', '111101', 4),
  call('JALS', '011101', 2),
  call('JALX', '111100', 4, true),
  jumpRegister('JALR', '0000', 4),
  jumpRegister('JALR_HB', '0001', 4),
  jumpRegister('JALRS', '0100', 2),
  jumpRegister('JALRS_HB', '0101', 2),
];

export const MICROMIPS_INTEGER_ROWS: readonly MipsRow[] = [
  ...ARITHMETIC,
  ...ACCUMULATOR,
  ...SYSTEM,
  ...MEMORY,
  ...BRANCHES.map((r): MipsRow => ({ ...r, branches: true })),
];
