/** Integer encodings of Release 6 (MD00087, volume II-A, Revision 6). */
import { hex } from '../disassemble';
import { inst, privileged, type MipsRow } from '../instruction';
import {
  atMostZero,
  atLeastZero,
  branchTarget,
  conditionalBranch,
  equal,
  greaterThanZero,
  lessThanZero,
  notEqual,
  type Condition,
} from '../lift/branch';
import * as compact from '../lift/branch-compact';
import * as integer from '../lift/integer';
import { addPcImmediate, addUpperImmediate, alignedPcUpper, loadPcRelative, pcUpper } from '../lift/pc-relative';
import { loadLinked, storeConditional } from '../lift/load-store';
import { noOperation } from '../lift/system';
import type { LiftContext } from '../lift-context';

/** SPECIAL OP rd, rs, rt with a constant where there is a shift amount otherwise. */
function register3(name: string, constant: string, func: string, op: integer.BinaryOp): MipsRow {
  const lift = integer.threeRegisters(op);
  return {
    name: `${name}_R6`,
    feature: 'r6',
    pattern: `000000ssssstttttddddd${constant}${func}`,
    syntax: `${name.toLowerCase()} {d}, {s}, {t}`,
    lift,
  };
}

const ARITHMETIC: readonly MipsRow[] = [
  register3('MUL', '00010', '011000', integer.mul),
  register3('MUH', '00011', '011000', integer.muh),
  register3('MULU', '00010', '011001', integer.mul),
  register3('MUHU', '00011', '011001', integer.muhu),
  register3('DIV', '00010', '011010', integer.quotient),
  register3('MOD', '00011', '011010', integer.modulo),
  register3('DIVU', '00010', '011011', integer.quotientUnsigned),
  register3('MODU', '00011', '011011', integer.moduloUnsigned),
  inst('SELEQZ', 'r6', '000000ssssstttttddddd00000110101', 'seleqz {d}, {s}, {t}', integer.selectZero(true)),
  inst('SELNEZ', 'r6', '000000ssssstttttddddd00000110111', 'selnez {d}, {s}, {t}', integer.selectZero(false)),
  inst(
    'LSA',
    'r6',
    '000000ssssstttttddddd000aa000101',
    ({ a }) => `lsa {d}, {s}, {t}, 0x${(a + 1).toString(16)}`,
    integer.loadScaledAddress,
  ),
  inst('CLZ_R6', 'r6', '000000sssss00000ddddd00001010000', 'clz {d}, {s}', integer.countLeadingZeros),
  inst('CLO_R6', 'r6', '000000sssss00000ddddd00001010001', 'clo {d}, {s}', integer.countLeadingOnes),
  inst('ALIGN', 'r6', '011111ssssstttttddddd010bb100000', 'align {d}, {s}, {t}, {#b}', integer.alignBytes),
  inst('BITSWAP', 'r6', '01111100000sssssddddd00000100000', 'bitswap {d}, {s}', integer.reverseBitsInBytes),
  inst('AUI', 'r6', '001111ssssstttttiiiiiiiiiiiiiiii', 'aui {t}, {s}, {0xi}', addUpperImmediate),
];

const PC_RELATIVE: readonly MipsRow[] = [
  inst('ADDIUPC', 'r6', '111011ttttt00iiiiiiiiiiiiiiiiiii', ({ i }, pc) => `lapc {t}, ${hex(pc + ((i << 13) >> 11))}`, addPcImmediate),
  inst('LWPC', 'r6', '111011ttttt01iiiiiiiiiiiiiiiiiii', ({ i }, pc) => `lwpc {t}, ${hex(pc + ((i << 13) >> 11))}`, loadPcRelative),
  inst('AUIPC', 'r6', '111011ttttt11110iiiiiiiiiiiiiiii', 'auipc {t}, {0xi}', pcUpper),
  inst('ALUIPC', 'r6', '111011ttttt11111iiiiiiiiiiiiiiii', 'aluipc {t}, {0xi}', alignedPcUpper),
];

const offset9 = (i: number): number => (i << 23) >> 23;

// PREF hint, offset(base): the hints from 24 on are reserved
function prefetch(_: LiftContext, { h }: { h: number }): void | false {
  return h < RESERVED_HINTS ? noOperation() : false;
}
const RESERVED_HINTS = 24;

const MEMORY: readonly MipsRow[] = [
  inst(
    'LL_R6',
    'r6',
    '011111ssssstttttiiiiiiiii0110110',
    ({ i }) => `ll {t}, ${offset9(i)}({s})`,
    (cx, { t, s, i }) => loadLinked(cx, t, s, offset9(i)),
  ),
  inst(
    'SC_R6',
    'r6',
    '011111ssssstttttiiiiiiiii0100110',
    ({ i }) => `sc {t}, ${offset9(i)}({s})`,
    (cx, { t, s, i }) => storeConditional(cx, t, s, offset9(i)),
  ),
  inst('PREF_R6', 'r6', '011111ssssshhhhhiiiiiiiii0110101', ({ i }) => `pref {0xh}, ${offset9(i)}({s})`, prefetch),
  inst('CACHE_R6', 'r6', '011111sssss-----iiiiiiiii0100101', 'cache', privileged),
  inst('SDBBP_R6', 'r6', '000000--------------------001110', 'sdbbp', privileged),
  inst('SIGRIE', 'r6', '000001-----10111iiiiiiiiiiiiiiii', 'sigrie {0xi}', privileged),
];

/** A branch on rs and rt or on rt alone, with a 16-bit offset. */
function branch(name: string, registers: string, condition: Condition, link = false): MipsRow {
  const operands = [/s/.test(registers) ? '{s}, ' : '', /t/.test(registers) ? '{t}, ' : ''].join('');
  return {
    name,
    feature: 'r6',
    pattern: '',
    syntax: ({ i }, pc) => `${name.toLowerCase()} ${operands}${hex(compact.compactTarget(pc, i!, 16))}`,
    lift: compact.compactBranch(condition, link),
  };
}

const onT =
  (condition: Condition): Condition =>
  (cx, _, y) =>
    condition(cx, y, y);

const onZero =
  (condition: Condition): Condition =>
  (cx, _, y) =>
    condition(cx, y, cx.const(0));

type Registers = Readonly<Record<string, number>>;

const TWO = 'sssssttttt';
const SECOND = '00000ttttt';

/** Branches that share an opcode: what the registers are, 0, equal or in order, tells them apart. */
function shared(opcode: string, choose: (s: number, t: number) => MipsRow | undefined, name: string): MipsRow {
  const chosen = (f: Registers): MipsRow | undefined => choose(f['s']!, f['t']!);
  return {
    name,
    feature: 'r6',
    pattern: `${opcode}${TWO}iiiiiiiiiiiiiiii`,
    syntax: (f, pc) => {
      const syntax = chosen(f)?.syntax ?? 'reserved';
      return typeof syntax === 'string' ? syntax : syntax(f, pc);
    },
    lift: (cx, f) => chosen(f)?.lift(cx, f) ?? (chosen(f) === undefined ? false : undefined),
  };
}

/** With rs 0, with rt the same, and of two registers; rt 0 is reserved or another row. */
function byEquality(opcode: string, zero: MipsRow, same: MipsRow, both: MipsRow): MipsRow {
  return shared(opcode, (s, t) => (t === 0 ? undefined : s === 0 ? zero : s === t ? same : both), `${both.name}_${zero.name}`);
}

/** With rs not below rt, with rs 0, and others. */
function byOrder(opcode: string, ordered: MipsRow, zero: MipsRow, both: MipsRow): MipsRow {
  return shared(opcode, (s, t) => (s >= t ? ordered : s === 0 ? zero : both), `${both.name}_${ordered.name}`);
}

const COMPACT: readonly MipsRow[] = [
  byEquality(
    '000110',
    branch('BLEZALC', SECOND, onT(atMostZero), true),
    branch('BGEZALC', SECOND, onT(atLeastZero), true),
    branch('BGEUC', TWO, compact.atLeastUnsigned),
  ),
  byEquality(
    '000111',
    branch('BGTZALC', SECOND, onT(greaterThanZero), true),
    branch('BLTZALC', SECOND, onT(lessThanZero), true),
    branch('BLTUC', TWO, compact.lessUnsigned),
  ),
  byOrder('001000', branch('BOVC', TWO, compact.overflows), branch('BEQZALC', SECOND, onZero(equal), true), branch('BEQC', TWO, equal)),
  byOrder(
    '011000',
    branch('BNVC', TWO, compact.doesNotOverflow),
    branch('BNEZALC', SECOND, onZero(notEqual), true),
    branch('BNEC', TWO, notEqual),
  ),
  byEquality(
    '010110',
    branch('BLEZC', SECOND, onT(atMostZero)),
    branch('BGEZC', SECOND, onT(atLeastZero)),
    branch('BGEC', TWO, compact.atLeast),
  ),
  byEquality(
    '010111',
    branch('BGTZC', SECOND, onT(greaterThanZero)),
    branch('BLTZC', SECOND, onT(lessThanZero)),
    branch('BLTC', TWO, compact.less),
  ),
  inst(
    'BEQZC',
    'r6',
    '110110sssssiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `beqzc {s}, ${hex(compact.compactTarget(pc, i, 21))}`,
    compact.compactBranchZero(equal),
  ),
  inst(
    'BNEZC',
    'r6',
    '111110sssssiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `bnezc {s}, ${hex(compact.compactTarget(pc, i, 21))}`,
    compact.compactBranchZero(notEqual),
  ),
  inst('JIC', 'r6', '11011000000tttttiiiiiiiiiiiiiiii', ({ i }) => (i === 0 ? 'jrc {t}' : 'jic {t}, {-i}'), compact.jumpIndexed),
  inst('JIALC', 'r6', '11111000000tttttiiiiiiiiiiiiiiii', ({ i }) => (i === 0 ? 'jalrc {t}' : 'jialc {t}, {-i}'), compact.callIndexed),
  inst('BC', 'r6', '110010iiiiiiiiiiiiiiiiiiiiiiiiii', ({ i }, pc) => `bc ${hex(compact.compactTarget(pc, i, 26))}`, compact.compactJump),
  inst(
    'BALC',
    'r6',
    '111010iiiiiiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `balc ${hex(compact.compactTarget(pc, i, 26))}`,
    compact.compactCall,
  ),
];

/** What is left of the branches with a link and a delay slot. */
const LINKING: readonly MipsRow[] = [
  inst(
    'NAL',
    'r6',
    '0000010000010000iiiiiiiiiiiiiiii',
    ({ i }, pc) => `nal ${hex(branchTarget(pc, i))}`,
    (cx) => {
      cx.link();
      cx.branch(cx.ir.const1(false), cx.afterDelaySlot);
    },
  ),
  inst(
    'BAL',
    'r6',
    '0000010000010001iiiiiiiiiiiiiiii',
    ({ i }, pc) => `bal ${hex(branchTarget(pc, i))}`,
    (cx, { i }) => conditionalBranch(atLeastZero, { link: true })(cx, { s: 0, i }),
  ),
];

export const RELEASE6_ROWS: readonly MipsRow[] = [
  ...ARITHMETIC,
  ...PC_RELATIVE,
  ...MEMORY,
  ...[...COMPACT, ...LINKING].map((row): MipsRow => ({ ...row, branches: true })),
];
