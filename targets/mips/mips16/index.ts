/** The decode tables of MIPS16e (MD00076): instructions of 16 bits, and those that EXTEND and the calls make of 32. */
import { hex } from '../disassemble';
import type { MipsRow } from '../instruction';
import { branchTo, callTo, halfwordTarget, jumpTo, pcBase } from '../lift/branch-compressed';
import { COMPRESSED, restoreFrame, saveFrame, SP, type Frame } from '../lift/compressed';
import * as integer from '../lift/integer';
import { loadValue, storeValue, type LoadKind, type StoreKind } from '../lift/load-store';
import { breakpoint } from '../lift/system';
import { RA, type LiftContext } from '../lift-context';
import { REGISTER_NAMES } from '../state';

type Fields = Readonly<Record<string, number>>;

/** What the comparisons set and BTEQZ tests. */
const T = 24;

const name3 = (n: number | undefined): string => REGISTER_NAMES[COMPRESSED[n!]!]!;

/** An instruction with an immediate, in both lengths. */
interface Immediate {
  readonly name: string;
  /** Opcode and the fields but for the immediate: x, y and constants. */
  readonly head: string;
  /** The immediate of the short form, from its field. */
  readonly short: (i: number) => number;
  /** The same of the extended form, from 16 bits; sign-extended unless given. */
  readonly long?: (i: number) => number;
  readonly syntax: (f: Fields, value: number, pc: number, size: number) => string;
  readonly lift: (cx: LiftContext, f: Fields, value: number) => void | false;
  readonly branches?: true;
}

const signed16 = (i: number): number => (i << 16) >> 16;
const signed8 = (i: number): number => (i << 24) >> 24;

function immediateRows({ name, head, short, long = signed16, syntax, lift, branches }: Immediate): MipsRow[] {
  const bits = 16 - head.length;
  const unused = '-'.repeat(11 - head.length);
  const value = ({ i, j, k }: Fields): number => long((j! << 11) | (i! << 5) | k!);
  const flags = branches === undefined ? {} : { branches };
  return [
    {
      name,
      feature: 'mips16',
      pattern: head + 'i'.repeat(bits),
      syntax: (f, pc) => syntax(f, short(f['i']!), pc, 2),
      lift: (cx, f: Fields) => lift(cx, f, short(f['i']!)),
      ...flags,
    },
    {
      name: `${name}_extended`,
      feature: 'mips16',
      pattern: `11110iiiiiijjjjj${head}${unused}kkkkk`,
      syntax: (f, pc) => syntax(f, value(f), pc, 4),
      lift: (cx, f: Fields) => lift(cx, f, value(f)),
      ...flags,
    },
  ];
}

const rx = (cx: LiftContext, f: Fields) => cx.reg(COMPRESSED[f['x']!]!);
const ry = (cx: LiftContext, f: Fields) => cx.reg(COMPRESSED[f['y']!]!);

function load(name: string, head: string, kind: LoadKind, shift: number): Immediate {
  return {
    name,
    head,
    short: (i) => i << shift,
    syntax: (f, v) => `${name.toLowerCase()} ${name3(f['y'])}, ${v}(${name3(f['x'])})`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['y']!]!, loadValue(cx, kind, rx(cx, f), v)),
  };
}

function store(name: string, head: string, kind: StoreKind, shift: number): Immediate {
  return {
    name,
    head,
    short: (i) => i << shift,
    syntax: (f, v) => `${name.toLowerCase()} ${name3(f['y'])}, ${v}(${name3(f['x'])})`,
    lift: (cx, f, v) => storeValue(cx, kind, rx(cx, f), v, ry(cx, f)),
  };
}

/** A branch on a register (x, or t8 without one) with an offset in halfwords. */
function branch(name: string, head: string, whenZero: boolean | undefined): Immediate {
  const bits = 16 - head.length;
  const onT = !head.includes('x');
  return {
    name,
    head,
    branches: true,
    short: (i) => (i << (32 - bits)) >> (32 - bits),
    syntax: (f, v, pc, size) => {
      const register = whenZero === undefined || onT ? '' : `${name3(f['x'])}, `;
      return `${name.toLowerCase()} ${register}${hex(halfwordTarget(pc, size, v, 16))}`;
    },
    lift: (cx, f, v) => {
      const { ir } = cx;
      const x = onT ? cx.reg(T) : rx(cx, f);
      const cond = whenZero === undefined ? ir.const1(true) : whenZero ? ir.eq32(x, ir.const32(0)) : ir.ne32(x, ir.const32(0));
      branchTo(cx, cond, halfwordTarget(cx.pc, cx.size, v, 16), 'none');
    },
  };
}

const IMMEDIATES: readonly Immediate[] = [
  {
    name: 'ADDIU_SP',
    head: '00000xxx',
    short: (i) => i << 2,
    syntax: (f, v) => `addiu ${name3(f['x'])}, sp, ${v}`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['x']!]!, cx.ir.add32(cx.reg(SP), cx.const(v))),
  },
  {
    name: 'ADDIU_PC',
    head: '00001xxx',
    short: (i) => i << 2,
    syntax: (f, v) => `la ${name3(f['x'])}, pc, ${v}`,
    lift: (cx, f, v) => {
      if (cx.size === 4 && cx.inDelaySlot) return false;
      cx.setReg(COMPRESSED[f['x']!]!, cx.const((pcBase(cx) + v) | 0));
    },
  },
  branch('B', '00010', undefined),
  branch('BEQZ', '00100xxx', true),
  branch('BNEZ', '00101xxx', false),
  {
    name: 'ADDIU8',
    head: '01001xxx',
    short: signed8,
    syntax: (f, v) => `addiu ${name3(f['x'])}, ${v}`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['x']!]!, cx.ir.add32(rx(cx, f), cx.const(v))),
  },
  {
    name: 'SLTI',
    head: '01010xxx',
    short: (i) => i,
    syntax: (f, v) => `slti ${name3(f['x'])}, ${v}`,
    lift: (cx, f, v) => cx.setReg(T, integer.slt(cx, rx(cx, f), cx.const(v))),
  },
  {
    name: 'SLTIU',
    head: '01011xxx',
    short: (i) => i,
    syntax: (f, v) => `sltiu ${name3(f['x'])}, ${v}`,
    lift: (cx, f, v) => cx.setReg(T, integer.sltu(cx, rx(cx, f), cx.const(v))),
  },
  branch('BTEQZ', '01100000', true),
  branch('BTNEZ', '01100001', false),
  {
    name: 'SWRASP',
    head: '01100010',
    short: (i) => i << 2,
    syntax: (_, v) => `sw ra, ${v}(sp)`,
    lift: (cx, _, v) => storeValue(cx, 'word', cx.reg(SP), v, cx.reg(RA)),
  },
  {
    name: 'ADJSP',
    head: '01100011',
    short: (i) => signed8(i) << 3,
    syntax: (_, v) => `addiu sp, ${v}`,
    lift: (cx, _, v) => cx.setReg(SP, cx.ir.add32(cx.reg(SP), cx.const(v))),
  },
  {
    name: 'LI',
    head: '01101xxx',
    short: (i) => i,
    long: (i) => i,
    syntax: (f, v) => `li ${name3(f['x'])}, ${v}`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['x']!]!, cx.const(v)),
  },
  {
    name: 'CMPI',
    head: '01110xxx',
    short: (i) => i,
    long: (i) => i,
    syntax: (f, v) => `cmpi ${name3(f['x'])}, ${v}`,
    lift: (cx, f, v) => cx.setReg(T, cx.ir.xor32(rx(cx, f), cx.const(v))),
  },
  load('LB', '10000xxxyyy', 'byte', 0),
  load('LH', '10001xxxyyy', 'half', 1),
  {
    name: 'LW_SP',
    head: '10010xxx',
    short: (i) => i << 2,
    syntax: (f, v) => `lw ${name3(f['x'])}, ${v}(sp)`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['x']!]!, loadValue(cx, 'word', cx.reg(SP), v)),
  },
  load('LW', '10011xxxyyy', 'word', 2),
  load('LBU', '10100xxxyyy', 'unsignedByte', 0),
  load('LHU', '10101xxxyyy', 'unsignedHalf', 1),
  {
    name: 'LW_PC',
    head: '10110xxx',
    short: (i) => i << 2,
    syntax: (f, v) => `lw ${name3(f['x'])}, ${v}(pc)`,
    lift: (cx, f, v) => cx.setReg(COMPRESSED[f['x']!]!, loadValue(cx, 'word', cx.const((pcBase(cx) + v) | 0), 0)),
  },
  store('SB', '11000xxxyyy', 'byte', 0),
  store('SH', '11001xxxyyy', 'half', 1),
  {
    name: 'SW_SP',
    head: '11010xxx',
    short: (i) => i << 2,
    syntax: (f, v) => `sw ${name3(f['x'])}, ${v}(sp)`,
    lift: (cx, f, v) => storeValue(cx, 'word', cx.reg(SP), v, rx(cx, f)),
  },
  store('SW', '11011xxxyyy', 'word', 2),
];

function row(name: string, pattern: string, syntax: MipsRow['syntax'], lift: (cx: LiftContext, f: Fields) => void | false): MipsRow {
  return { name, feature: 'mips16', pattern, syntax, lift };
}

/** RR: two registers; `target` says where the result goes. */
function two(name: string, func: string, target: 'x' | 'y' | 'T', op: integer.BinaryOp): MipsRow {
  return row(
    name,
    `11101xxxyyy${func}`,
    (f) => `${name.toLowerCase()} ${name3(f['x'])}, ${name3(f['y'])}`,
    (cx, f) => cx.setReg(target === 'T' ? T : COMPRESSED[f[target]!]!, op(cx, rx(cx, f), ry(cx, f))),
  );
}

/** The same with the accumulator. */
function accumulating(name: string, func: string, lift: (cx: LiftContext, f: { s: number; t: number }) => void): MipsRow {
  return row(
    name,
    `11101xxxyyy${func}`,
    (f) => `${name.toLowerCase()} ${name3(f['x'])}, ${name3(f['y'])}`,
    (cx, f) => lift(cx, { s: COMPRESSED[f['x']!]!, t: COMPRESSED[f['y']!]! }),
  );
}

const SHIFTS = [
  ['SLL', '00', integer.shiftLeft],
  ['SRL', '10', integer.shiftRight],
  ['SRA', '11', integer.shiftRightSigned],
] as const;

function shiftRows([name, func, op]: (typeof SHIFTS)[number]): MipsRow[] {
  const rows = (suffix: string, pattern: string, amount: (a: number) => number): MipsRow =>
    row(
      `${name}${suffix}`,
      pattern,
      (f) => `${name.toLowerCase()} ${name3(f['x'])}, ${name3(f['y'])}, ${amount(f['a']!)}`,
      (cx, f) => cx.setReg(COMPRESSED[f['x']!]!, op(cx, ry(cx, f), cx.const(amount(f['a']!)))),
    );
  return [
    rows('', `00110xxxyyyaaa${func}`, (a) => (a === 0 ? 8 : a)),
    rows('_extended', `11110aaaaa------00110xxxyyy---${func}`, (a) => a),
  ];
}

/** ADDIU ry, rx, immediate of 4 or 15 bits */
function addThree(pattern: string, value: (f: Fields) => number, suffix: string): MipsRow {
  return row(
    `ADDIU_RRI${suffix}`,
    pattern,
    (f) => `addiu ${name3(f['y'])}, ${name3(f['x'])}, ${value(f)}`,
    (cx, f) => cx.setReg(COMPRESSED[f['y']!]!, cx.ir.add32(rx(cx, f), cx.const(value(f)))),
  );
}

const extend = (name: string, op: (cx: LiftContext, x: ReturnType<typeof rx>) => ReturnType<typeof rx>, code: string): MipsRow =>
  row(
    name,
    `11101xxx${code}10001`,
    (f) => `${name.toLowerCase()} ${name3(f['x'])}`,
    (cx, f) => cx.setReg(COMPRESSED[f['x']!]!, op(cx, rx(cx, f))),
  );

const SINGLE_REGISTER: readonly MipsRow[] = [
  extend('ZEB', ({ ir }, x) => ir.and32(x, ir.const32(0xff)), '000'),
  extend('ZEH', ({ ir }, x) => ir.and32(x, ir.const32(0xffff)), '001'),
  extend('SEB', ({ ir }, x) => ir.ext8_s32(x), '100'),
  extend('SEH', ({ ir }, x) => ir.ext16_s32(x), '101'),
  row(
    'MFHI',
    '11101xxx---10000',
    (f) => `mfhi ${name3(f['x'])}`,
    (cx, f) => cx.setReg(COMPRESSED[f['x']!]!, cx.hi()),
  ),
  row(
    'MFLO',
    '11101xxx---10010',
    (f) => `mflo ${name3(f['x'])}`,
    (cx, f) => cx.setReg(COMPRESSED[f['x']!]!, cx.lo()),
  ),
  // The upper bits of the register's number come last
  row(
    'MOV32R',
    '01100101dddeezzz',
    (f) => `move ${REGISTER_NAMES[(f['e']! << 3) | f['d']!]!}, ${name3(f['z'])}`,
    (cx, f) => cx.setReg((f['e']! << 3) | f['d']!, cx.reg(COMPRESSED[f['z']!]!)),
  ),
  row(
    'MOVR32',
    '01100111yyysssss',
    (f) => `move ${name3(f['y'])}, {s}`,
    (cx, f) => cx.setReg(COMPRESSED[f['y']!]!, cx.reg(f['s']!)),
  ),
];

const THREE: readonly MipsRow[] = [
  row(
    'ADDU',
    '11100xxxyyyzzz01',
    (f) => `addu ${name3(f['z'])}, ${name3(f['x'])}, ${name3(f['y'])}`,
    (cx, f) => cx.setReg(COMPRESSED[f['z']!]!, cx.ir.add32(rx(cx, f), ry(cx, f))),
  ),
  row(
    'SUBU',
    '11100xxxyyyzzz11',
    (f) => `subu ${name3(f['z'])}, ${name3(f['x'])}, ${name3(f['y'])}`,
    (cx, f) => cx.setReg(COMPRESSED[f['z']!]!, cx.ir.sub32(rx(cx, f), ry(cx, f))),
  ),
];

/** JR, JRC, JALR, JALRC; `register` is the bits of rx where ra is not meant. */
function jumpRow(name: string, bits: string, slot: 2 | 'none', link: boolean, ra: boolean): MipsRow {
  return {
    ...row(
      name,
      `11101${ra ? '000' : 'xxx'}${bits}00000`,
      (f) => `${name.toLowerCase().replace('_ra', '')} ${ra ? 'ra' : name3(f['x'])}`,
      (cx, f) => jumpTo(cx, ra ? cx.reg(RA) : rx(cx, f), ra ? RA : COMPRESSED[f['x']!]!, slot, link ? RA : 0),
    ),
    branches: true,
  };
}

const callTarget = (pc: number, { i, j, k }: Fields): number => (((pc + 4) & 0xf0000000) | (((i! << 21) | (j! << 16) | k!) << 2)) >>> 0;

function callRow(name: string, exchange: boolean): MipsRow {
  return {
    ...row(
      name,
      `00011${exchange ? 1 : 0}jjjjjiiiiikkkkkkkkkkkkkkkk`,
      (f, pc) => `${name.toLowerCase()} ${hex(callTarget(pc, f))}`,
      (cx, f) => callTo(cx, callTarget(cx.pc, f), !exchange, 2),
    ),
    branches: true,
  };
}

const JUMPS: readonly MipsRow[] = [
  jumpRow('JR', '000', 2, false, false),
  jumpRow('JR_RA', '001', 2, false, true),
  jumpRow('JALR', '010', 2, true, false),
  jumpRow('JRC', '100', 'none', false, false),
  jumpRow('JRC_RA', '101', 'none', false, true),
  jumpRow('JALRC', '110', 'none', true, false),
  callRow('JAL', false),
  callRow('JALX', true),
];

/** SAVE and RESTORE: bit m is 1 for the first. */
function frameRow(suffix: string, pattern: string, frame: (f: Fields) => Frame): MipsRow {
  const named = (f: Fields): string => {
    const { ra, s0, s1, extra, size } = frame(f);
    const registers = [ra ? 'ra' : '', s0 ? 's0' : '', s1 ? 's1' : '', extra === 0 ? '' : `s2-s${extra === 7 ? 8 : extra + 1}`];
    return `${f['m'] === 1 ? 'save' : 'restore'} ${[size, ...registers.filter((x) => x !== '')].join(', ')}`;
  };
  return row(`SVRS${suffix}`, pattern, named, (cx, f) => (f['m'] === 1 ? saveFrame : restoreFrame)(cx, frame(f)));
}

const FRAMES: readonly MipsRow[] = [
  frameRow('', '01100100mrstffff', (f) => ({
    ra: f['r'] === 1,
    s0: f['s'] === 1,
    s1: f['t'] === 1,
    extra: 0,
    arguments: 0,
    size: (f['f'] === 0 ? 16 : f['f']!) << 3,
  })),
  frameRow('_extended', '11110eeeggggaaaa01100100mrstffff', (f) => ({
    ra: f['r'] === 1,
    s0: f['s'] === 1,
    s1: f['t'] === 1,
    extra: f['e']!,
    arguments: f['a']!,
    size: ((f['g']! << 4) | f['f']!) << 3,
  })),
];

const REGISTERS: readonly MipsRow[] = [
  two('SLT', '00010', 'T', integer.slt),
  two('SLTU', '00011', 'T', integer.sltu),
  two('SLLV', '00100', 'y', (cx, x, y) => integer.shiftLeft(cx, y, x)),
  two('SRLV', '00110', 'y', (cx, x, y) => integer.shiftRight(cx, y, x)),
  two('SRAV', '00111', 'y', (cx, x, y) => integer.shiftRightSigned(cx, y, x)),
  two('CMP', '01010', 'T', integer.xor),
  two('NEG', '01011', 'x', ({ ir }, _, y) => ir.sub32(ir.const32(0), y)),
  two('AND', '01100', 'x', integer.and),
  two('OR', '01101', 'x', integer.or),
  two('XOR', '01110', 'x', integer.xor),
  two('NOT', '01111', 'x', (cx, _, y) => cx.not(y)),
  accumulating('MULT', '11000', integer.multiply(true)),
  accumulating('MULTU', '11001', integer.multiply(false)),
  accumulating('DIV', '11010', integer.divide(integer.quotient)),
  accumulating('DIVU', '11011', integer.divide(integer.quotientUnsigned)),
  row('BREAK', '11101cccccc00101', 'break {#c}', (cx, f) => breakpoint(cx, { c: f['c']! })),
  row('SDBBP', '11101------00001', 'sdbbp', () => false),
];

const ALL: readonly MipsRow[] = [
  ...IMMEDIATES.flatMap(immediateRows),
  addThree('01000xxxyyy0iiii', ({ i }) => (i! << 28) >> 28, ''),
  addThree('11110iiiiiiijjjj01000xxxyyy0kkkk', ({ i, j, k }) => (((j! << 11) | (i! << 4) | k!) << 17) >> 17, '_extended'),
  ...SHIFTS.flatMap(shiftRows),
  ...REGISTERS,
  ...SINGLE_REGISTER,
  ...THREE,
  ...JUMPS,
  ...FRAMES,
];

export const MIPS16_ROWS = ALL.filter((r) => r.pattern.length === 16);
export const MIPS16_EXTENDED_ROWS = ALL.filter((r) => r.pattern.length === 32);
