/** The 16-bit encodings of microMIPS up to Release 5 (MD00582). */
import { hex } from '../disassemble';
import type { MipsRow } from '../instruction';
import { branchTo, halfwordTarget, jumpTo, type Slot } from '../lift/branch-compressed';
import { COMPRESSED, COMPRESSED_SOURCE, loadWords, registerList, SP, storeWords } from '../lift/compressed';
import * as integer from '../lift/integer';
import { loadValue, storeValue, type LoadKind, type StoreKind } from '../lift/load-store';
import { breakpoint } from '../lift/system';
import { RA, type LiftContext } from '../lift-context';
import { REGISTER_NAMES } from '../state';

type Fields = Readonly<Record<string, number>>;

const GP = 28;
const name3 = (n: number | undefined): string => REGISTER_NAMES[COMPRESSED[n!]!]!;

export function row(name: string, pattern: string, syntax: MipsRow['syntax'], lift: (cx: LiftContext, f: Fields) => void | false): MipsRow {
  return { name, feature: 'micromips', pattern, syntax, lift };
}

const rx = (cx: LiftContext, f: Fields) => cx.reg(COMPRESSED[f['x']!]!);
const ry = (cx: LiftContext, f: Fields) => cx.reg(COMPRESSED[f['y']!]!);
const set = (cx: LiftContext, n: number | undefined, value: ReturnType<typeof rx>): void => cx.setReg(COMPRESSED[n!]!, value);

function load(name: string, opcode: string, kind: LoadKind, offset: (i: number) => number): MipsRow {
  return row(
    `${name.toUpperCase()}16`,
    `${opcode}xxxyyyiiii`,
    (f) => `${name} ${name3(f['x'])}, ${offset(f['i']!)}(${name3(f['y'])})`,
    (cx, f) => set(cx, f['x'], loadValue(cx, kind, ry(cx, f), offset(f['i']!))),
  );
}

function store(name: string, opcode: string, kind: StoreKind, shift: number): MipsRow {
  return row(
    `${name.toUpperCase()}16`,
    `${opcode}xxxyyyiiii`,
    (f) => `${name} ${REGISTER_NAMES[COMPRESSED_SOURCE[f['x']!]!]}, ${f['i']! << shift}(${name3(f['y'])})`,
    (cx, f) => storeValue(cx, kind, ry(cx, f), f['i']! << shift, cx.reg(COMPRESSED_SOURCE[f['x']!]!)),
  );
}

const MEMORY: readonly MipsRow[] = [
  load('lbu', '000010', 'unsignedByte', (i) => (i === 15 ? -1 : i)),
  load('lhu', '001010', 'unsignedHalf', (i) => i << 1),
  load('lw', '011010', 'word', (i) => i << 2),
  store('sb', '100010', 'byte', 0),
  store('sh', '101010', 'half', 1),
  store('sw', '111010', 'word', 2),
  row(
    'LWSP',
    '010010tttttiiiii',
    ({ i }) => `lw {t}, ${i! << 2}(sp)`,
    (cx, { t, i }) => cx.setReg(t!, loadValue(cx, 'word', cx.reg(SP), i! << 2)),
  ),
  row(
    'SWSP',
    '110010tttttiiiii',
    ({ i }) => `sw {t}, ${i! << 2}(sp)`,
    (cx, { t, i }) => storeValue(cx, 'word', cx.reg(SP), i! << 2, cx.reg(t!)),
  ),
  row(
    'LWGP',
    '011001xxxiiiiiii',
    (f) => `lw ${name3(f['x'])}, ${(f['i']! << 25) >> 23}(gp)`,
    (cx, f) => set(cx, f['x'], loadValue(cx, 'word', cx.reg(GP), (f['i']! << 25) >> 23)),
  ),
  multiple('LWM16', '0100010100nniiii', loadWords),
  multiple('SWM16', '0100010101nniiii', storeWords),
];

/** LWM, SWM of s0 and up to three more, and ra. */
function multiple(name: string, pattern: string, access: typeof loadWords): MipsRow {
  const list = (n: number): readonly number[] => registerList(0x11 + n)!;
  return row(
    name,
    pattern,
    ({ n, i }) =>
      `${name.slice(0, 3).toLowerCase()} ${list(n!)
        .map((r) => REGISTER_NAMES[r])
        .join(', ')}, ${i! << 2}(sp)`,
    (cx, { n, i }) => (cx.inDelaySlot ? false : access(cx, list(n!), cx.reg(SP), i! << 2)),
  );
}

function logical(name: string, minor: string, op: integer.BinaryOp): MipsRow {
  return row(
    `${name.toUpperCase()}16`,
    `010001${minor}xxxyyy`,
    (f) => `${name} ${name3(f['x'])}, ${name3(f['y'])}`,
    (cx, f) => set(cx, f['x'], op(cx, rx(cx, f), ry(cx, f))),
  );
}

const ANDI_VALUES = [128, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 255, 32768, 65535] as const;
const ADDIUR2_VALUES = [1, 4, 8, 12, 16, 20, 24, -1] as const;

/** Words that ADDIUSP adds: 2 to 257 and their likes below 0. */
function stackWords(i: number): number {
  const signed = (i << 23) >> 23;
  return signed >= -2 && signed <= 1 ? signed ^ 256 : signed;
}

const ARITHMETIC: readonly MipsRow[] = [
  row(
    'ADDU16',
    '000001xxxyyyzzz0',
    (f) => `addu ${name3(f['x'])}, ${name3(f['z'])}, ${name3(f['y'])}`,
    (cx, f) => set(cx, f['x'], cx.ir.add32(cx.reg(COMPRESSED[f['z']!]!), ry(cx, f))),
  ),
  row(
    'SUBU16',
    '000001xxxyyyzzz1',
    (f) => `subu ${name3(f['x'])}, ${name3(f['z'])}, ${name3(f['y'])}`,
    (cx, f) => set(cx, f['x'], cx.ir.sub32(cx.reg(COMPRESSED[f['z']!]!), ry(cx, f))),
  ),
  shift('sll', '0', integer.shiftLeft),
  shift('srl', '1', integer.shiftRight),
  logical('not', '0000', (cx, _, y) => cx.not(y)),
  logical('xor', '0001', integer.xor),
  logical('and', '0010', integer.and),
  logical('or', '0011', integer.or),
  row('MFHI16', '01000110000ddddd', 'mfhi {d}', (cx, { d }) => cx.setReg(d!, cx.hi())),
  row('MFLO16', '01000110010ddddd', 'mflo {d}', (cx, { d }) => cx.setReg(d!, cx.lo())),
  row('MOVE16', '000011dddddsssss', 'move {d}, {s}', (cx, { d, s }) => cx.setReg(d!, cx.reg(s!))),
  row(
    'ANDI16',
    '001011xxxyyyiiii',
    (f) => `andi ${name3(f['x'])}, ${name3(f['y'])}, ${hex(ANDI_VALUES[f['i']!]!)}`,
    (cx, f) => set(cx, f['x'], cx.ir.and32(ry(cx, f), cx.const(ANDI_VALUES[f['i']!]!))),
  ),
  row(
    'ADDIUS5',
    '010011dddddiiii0',
    ({ i }) => `addiu {d}, {d}, ${(i! << 28) >> 28}`,
    (cx, { d, i }) => cx.setReg(d!, cx.ir.add32(cx.reg(d!), cx.const((i! << 28) >> 28))),
  ),
  row(
    'ADDIUSP',
    '010011iiiiiiiii1',
    ({ i }) => `addiu sp, sp, ${stackWords(i!) << 2}`,
    (cx, { i }) => cx.setReg(SP, cx.ir.add32(cx.reg(SP), cx.const(stackWords(i!) << 2))),
  ),
  row(
    'ADDIUR2',
    '011011xxxyyyiii0',
    (f) => `addiu ${name3(f['x'])}, ${name3(f['y'])}, ${ADDIUR2_VALUES[f['i']!]}`,
    (cx, f) => set(cx, f['x'], cx.ir.add32(ry(cx, f), cx.const(ADDIUR2_VALUES[f['i']!]!))),
  ),
  row(
    'ADDIUR1SP',
    '011011xxxiiiiii1',
    (f) => `addiu ${name3(f['x'])}, sp, ${f['i']! << 2}`,
    (cx, f) => set(cx, f['x'], cx.ir.add32(cx.reg(SP), cx.const(f['i']! << 2))),
  ),
  row(
    'LI16',
    '111011xxxiiiiiii',
    (f) => `li ${name3(f['x'])}, ${f['i'] === 127 ? -1 : f['i']}`,
    (cx, f) => set(cx, f['x'], cx.const(f['i'] === 127 ? -1 : f['i']!)),
  ),
  row('MOVEP', '100001pppyyyxxx0', movePairSyntax, movePair),
  row('BREAK16', '010001101000cccc', 'break {0xc}', (cx, { c }) => breakpoint(cx, { c: c! })),
  row('SDBBP16', '010001101100----', 'sdbbp', () => false),
];

function shift(name: string, func: string, op: integer.BinaryOp): MipsRow {
  const amount = (a: number): number => (a === 0 ? 8 : a);
  return row(
    `${name.toUpperCase()}16`,
    `001001xxxyyyaaa${func}`,
    (f) => `${name} ${name3(f['x'])}, ${name3(f['y'])}, ${amount(f['a']!)}`,
    (cx, f) => set(cx, f['x'], op(cx, ry(cx, f), cx.const(amount(f['a']!)))),
  );
}

/** Destinations and sources of MOVEP. */
const PAIRS = [[5, 6], [5, 7], [6, 7], [4, 21], [4, 22], [4, 5], [4, 6], [4, 7]] as const; // prettier-ignore
const PAIR_SOURCES = [0, 17, 2, 3, 16, 18, 19, 20] as const;

function movePairSyntax({ p, x, y }: Fields): string {
  return `movep ${[...PAIRS[p!]!, PAIR_SOURCES[x!]!, PAIR_SOURCES[y!]!].map((r) => REGISTER_NAMES[r]).join(', ')}`;
}

function movePair(cx: LiftContext, { p, x, y }: Fields): void {
  const [first, second] = [cx.reg(PAIR_SOURCES[x!]!), cx.reg(PAIR_SOURCES[y!]!)];
  const [rd, re] = PAIRS[p!]!;
  cx.setReg(rd, first);
  cx.setReg(re, second);
}

function jump(name: string, minor: string, slot: Slot, link: boolean): MipsRow {
  return row(name, `010001${minor}sssss`, `${name.toLowerCase().replace(/16/, '')} {s}`, (cx, { s }) =>
    jumpTo(cx, cx.reg(s!), s!, slot, link ? RA : 0),
  );
}

function branch(name: string, pattern: string, whenZero: boolean | undefined, bits: number): MipsRow {
  const target = (f: Fields, pc: number): number => halfwordTarget(pc, 2, f['i']!, bits);
  return row(
    name,
    pattern,
    (f, pc) => `${name.toLowerCase().replace('16', '')} ${whenZero === undefined ? '' : `${name3(f['x'])}, `}${hex(target(f, pc))}`,
    (cx, f) => {
      const { ir } = cx;
      const zero = whenZero === undefined ? ir.const1(true) : ir.eq32(rx(cx, f), ir.const32(0));
      branchTo(cx, whenZero === false ? ir.not1(zero) : zero, target(f, cx.pc), 'any');
    },
  );
}

const BRANCHES: readonly MipsRow[] = [
  branch('B16', '110011iiiiiiiiii', undefined, 10),
  branch('BEQZ16', '100011xxxiiiiiii', true, 7),
  branch('BNEZ16', '101011xxxiiiiiii', false, 7),
  jump('JR16', '01100', 'any', false),
  jump('JRC16', '01101', 'none', false),
  jump('JALR16', '01110', 4, true),
  jump('JALRS16', '01111', 2, true),
  row(
    'JRADDIUSP',
    '01000111000iiiii',
    ({ i }) => `jraddiusp ${i! << 2}`,
    (cx, { i }) => {
      jumpTo(cx, cx.reg(RA), RA, 'none');
      cx.setReg(SP, cx.ir.add32(cx.reg(SP), cx.const(i! << 2)));
    },
  ),
];

export const MICROMIPS16_ROWS: readonly MipsRow[] = [...MEMORY, ...ARITHMETIC, ...BRANCHES.map((r): MipsRow => ({ ...r, branches: true }))];
