/** Encodings of the SIMD architecture (MD00866, MIPS32 SIMD Architecture, chapter 3). */
import { hex } from '../disassemble';
import { inst, type MipsRow } from '../instruction';
import { branchTarget } from '../lift/branch';
import type { LiftContext } from '../lift-context';
import * as convert from '../lift/msa-convert';
import { division } from '../lift/msa-divide';
import { exactLift } from '../lift/msa-exact-operations';
import * as float from '../lift/msa-float';
import { loadScaledAddress } from '../lift/integer';
import * as integer from '../lift/msa-integer';
import * as permute from '../lift/msa-permute';
import { threeVectors, twoVectors, wholeVectors, type ThreeOperands } from '../lift/msa-registers';
import * as transfer from '../lift/msa-transfer';

type Lift = (cx: never, fields: never) => void | false;
type Fields = Readonly<Record<string, number>>;

const FORMATS = ['b', 'h', 'w', 'd'] as const;
const bits = (n: number, width: number): string => n.toString(2).padStart(width, '0');

/** A row of the MSA opcode: `fields` are bits 25 to 6, `minor` bits 5 to 0. */
function row(name: string, fields: string, minor: number, syntax: MipsRow['syntax'], lift: Lift): MipsRow {
  return { name, feature: 'msa', pattern: `011110${fields}${bits(minor, 6)}`, syntax, lift: lift as MipsRow['lift'] };
}

/** `name.df operands`; f is the format. */
const sized =
  (name: string, operands: string, formats: readonly string[] = FORMATS) =>
  ({ f }: Fields): string =>
    `${name.toLowerCase()}.${formats[f!]!} ${operands}`;

/** 3R: [minor, names by bits 25 to 23; `-` for none]. */
const THREE_REGISTERS: readonly (readonly [minor: number, names: string])[] = [
  [0x0d, 'SLL SRA SRL BCLR BSET BNEG BINSL BINSR'],
  [0x0e, 'ADDV SUBV MAX_S MAX_U MIN_S MIN_U MAX_A MIN_A'],
  [0x0f, 'CEQ - CLT_S CLT_U CLE_S CLE_U'],
  [0x10, 'ADD_A ADDS_A ADDS_S ADDS_U AVE_S AVE_U AVER_S AVER_U'],
  [0x11, 'SUBS_S SUBS_U SUBSUS_U SUBSUU_S ASUB_S ASUB_U'],
  [0x12, 'MULV MADDV MSUBV - DIV_S DIV_U MOD_S MOD_U'],
  [0x13, 'DOTP_S DOTP_U DPADD_S DPADD_U DPSUB_S DPSUB_U'],
  [0x14, 'SLD SPLAT PCKEV PCKOD ILVL ILVR ILVEV ILVOD'],
  [0x15, 'VSHF SRAR SRLR - HADD_S HADD_U HSUB_S HSUB_U'],
];

/** What the table of lanewise operations lacks. */
const OTHER_OPERATIONS: Readonly<Record<string, ThreeOperands>> = {
  DIV_S: division(true, false),
  DIV_U: division(false, false),
  MOD_S: division(true, true),
  MOD_U: division(false, true),
  VSHF: permute.shuffleByVector,
  ...permute.PERMUTATIONS,
};

/** Instructions on lanes twice as wide as their operands; there is none for bytes. */
const WIDENING = /^(DOTP|DPADD|DPSUB|HADD|HSUB)_/;

function threeRegisterRow(name: string, op: number, minor: number): MipsRow {
  const fields = `${bits(op, 3)}fftttttsssssddddd`;
  if (name === 'SLD') return row(name, fields, minor, sized(name, '{wd}, {ws}[{t}]'), permute.slide);
  if (name === 'SPLAT') return row(name, fields, minor, sized(name, '{wd}, {ws}[{t}]'), permute.splatLane);
  const lift = threeVectors(OTHER_OPERATIONS[name] ?? integer.lanewise(name));
  const wide: typeof lift = (cx, f) => (f.f === 0 ? false : lift(cx, f));
  return row(name, fields, minor, sized(name, '{wd}, {ws}, {wt}'), WIDENING.test(name) ? wide : lift);
}

const rowsOf = (table: readonly (readonly [number, string])[], make: (name: string, op: number, minor: number) => MipsRow): MipsRow[] =>
  table.flatMap(([minor, names]) => names.split(' ').flatMap((name, op) => (name === '-' ? [] : [make(name, op, minor)])));

/** I5: the operation on a constant, and whether that is signed. */
const IMMEDIATE: readonly (readonly [name: string, minor: number, op: number, operation: string, signed: boolean])[] = [
  ['ADDVI', 0x06, 0, 'ADDV', false],
  ['SUBVI', 0x06, 1, 'SUBV', false],
  ['MAXI_S', 0x06, 2, 'MAX_S', true],
  ['MAXI_U', 0x06, 3, 'MAX_U', false],
  ['MINI_S', 0x06, 4, 'MIN_S', true],
  ['MINI_U', 0x06, 5, 'MIN_U', false],
  ['CEQI', 0x07, 0, 'CEQ', true],
  ['CLTI_S', 0x07, 2, 'CLT_S', true],
  ['CLTI_U', 0x07, 3, 'CLT_U', false],
  ['CLEI_S', 0x07, 4, 'CLE_S', true],
  ['CLEI_U', 0x07, 5, 'CLE_U', false],
];

const IMMEDIATE_ROWS: readonly MipsRow[] = [
  ...IMMEDIATE.map(([name, minor, op, operation, signed]) => {
    const syntax = (f: Fields): string => sized(name, `{wd}, {ws}, ${signed ? (f['i']! << 27) >> 27 : f['i']!}`)(f);
    return row(name, `${bits(op, 3)}ffiiiiisssssddddd`, minor, syntax, integer.withImmediate(integer.lanewise(operation), signed));
  }),
  row('LDI', '110ffiiiiiiiiiiddddd', 0x07, (f) => sized('ldi', `{wd}, ${(f['i']! << 22) >> 22}`)(f), permute.loadImmediate),
  ...(
    [
      ['ANDI', 0x00, 0, 'AND'],
      ['ORI', 0x00, 1, 'OR'],
      ['NORI', 0x00, 2, 'NOR'],
      ['XORI', 0x00, 3, 'XOR'],
      ['BMNZI', 0x01, 0, 'BMNZ'],
      ['BMZI', 0x01, 1, 'BMZ'],
      ['BSELI', 0x01, 2, 'BSEL'],
    ] as const
  ).map(([name, minor, op, operation]) =>
    row(
      `${name}_B`,
      `${bits(op, 2)}iiiiiiiisssssddddd`,
      minor,
      `${name.toLowerCase()}.b {wd}, {ws}, {0xi}`,
      integer.bitwiseImmediate(integer.BITWISE[operation]),
    ),
  ),
  row('SHF', 'ffiiiiiiiisssssddddd', 0x02, sized('shf', '{wd}, {ws}, {0xi}'), permute.shuffleFours),
];

/** BIT: operations with the number of a bit; df/m gives the lanes. */
const BIT_NAMES: readonly (readonly [number, string])[] = [
  [0x09, 'SLLI SRAI SRLI BCLRI BSETI BNEGI BINSLI BINSRI'],
  [0x0a, 'SAT_S SAT_U SRARI SRLRI'],
];

function bitRow(name: string, op: number, minor: number): MipsRow {
  const syntax = ({ m }: Fields): string => {
    const { width, n } = integer.bitField(m!)!;
    return `${name.toLowerCase()}.${FORMATS[Math.log2(width / 8)]!} {wd}, {ws}, 0x${n.toString(16)}`;
  };
  const lift = integer.bitImmediate(integer.BIT_IMMEDIATE[name as keyof typeof integer.BIT_IMMEDIATE]);
  return row(name, `${bits(op, 3)}mmmmmmmsssssddddd`, minor, syntax, lift);
}

/** ELM: df/n gives the lanes and the number of one. */
function elementRow(name: string, op: number, operands: (lane: number) => string, lift: Lift): MipsRow {
  const syntax = ({ n }: Fields): string => {
    const lane = permute.laneField(n!)!;
    return `${name.toLowerCase()}.${FORMATS[lane.f]!} ${operands(lane.n)}`;
  };
  return row(name, `${bits(op, 4)}nnnnnnsssssddddd`, 0x19, syntax, lift);
}

const ELEMENTS: readonly MipsRow[] = [
  elementRow('SLDI', 0, (n) => `{wd}, {ws}[${n}]`, permute.slideImmediate),
  elementRow('SPLATI', 1, (n) => `{wd}, {ws}[${n}]`, permute.splatImmediate),
  elementRow('COPY_S', 2, (n) => `{d}, {ws}[${n}]`, permute.copyLane(true)),
  elementRow('COPY_U', 3, (n) => `{d}, {ws}[${n}]`, permute.copyLane(false)),
  elementRow('INSERT', 4, (n) => `{wd}[${n}], {s}`, permute.insertLane),
  elementRow('INSVE', 5, (n) => `{wd}[${n}], {ws}[0]`, permute.insertFirstLane),
  row('CTCMSA', '0000111110sssssddddd', 0x19, ({ d }) => `ctcmsa ${controlName(d!)}, {s}`, transfer.writeControl),
  row('CFCMSA', '0001111110sssssddddd', 0x19, ({ s }) => `cfcmsa {d}, ${controlName(s!)}`, transfer.readControl),
  row('MOVE_V', '0010111110sssssddddd', 0x19, 'move.v {wd}, {ws}', permute.move),
];

function controlName(n: number): string {
  return ['msa_ir', 'msa_csr', 'msa_access', 'msa_save', 'msa_modify', 'msa_request', 'msa_map', 'msa_unmap'][n] ?? `$${n}`;
}

const FLOAT_FORMATS = ['w', 'd'];

/** 3RF: [minor, names by bits 25 to 22]. */
const FLOAT_NAMES: readonly (readonly [number, string])[] = [
  [0x1a, 'FCAF FCUN FCEQ FCUEQ FCLT FCULT FCLE FCULE FSAF FSUN FSEQ FSUEQ FSLT FSULT FSLE FSULE'],
  [0x1b, 'FADD FSUB FMUL FDIV FMADD FMSUB - FEXP2 FEXDO - FTQ - FMIN FMIN_A FMAX FMAX_A'],
  [0x1c, '- FCOR FCUNE FCNE MUL_Q MADD_Q MSUB_Q - - FSOR FSUNE FSNE MULR_Q MADDR_Q MSUBR_Q'],
];

const OTHER_FLOAT: Readonly<Record<string, Lift>> = {
  FMADD: float.multiplyAdd(false),
  FMSUB: float.multiplyAdd(true),
  FEXP2: convert.convertTwo(convert.scale),
  FEXDO: convert.convertTwo(convert.narrowFloats),
  FTQ: convert.convertTwo(convert.toFraction),
};

/** The instruction as MSACSR asks for, where a program has accessed that. */
function orExactly(name: string, lift: Lift): Lift {
  const exactly = exactLift(name);
  if (exactly === undefined) return lift;
  return (cx: LiftContext, fields: never) => (cx.exactVectors ? exactly(cx, fields) : (lift as MipsRow['lift'])(cx, fields));
}

/** MUL_Q and the like: on halfwords or words. */
function fractionLift(name: string): Lift {
  const operation = name.startsWith('MADD') ? 'add' : name.startsWith('MSUB') ? 'subtract' : undefined;
  const lift = threeVectors(integer.fractionProduct(operation, name.includes('R_')));
  return ((cx, f) => lift(cx, { ...f, f: f.f + 1 })) as typeof lift;
}

function floatRow(name: string, op: number, minor: number): MipsRow {
  const fields = `${bits(op, 4)}ftttttsssssddddd`;
  const operands = '{wd}, {ws}, {wt}';
  if (name.endsWith('_Q')) return row(name, fields, minor, sized(name, operands, ['h', 'w']), fractionLift(name));
  const formats = name === 'FEXDO' || name === 'FTQ' ? ['h', 'w'] : FLOAT_FORMATS;
  const predicate = float.COMPARISONS[name.slice(2) as keyof typeof float.COMPARISONS];
  const operation = float.ARITHMETIC[name as keyof typeof float.ARITHMETIC];
  const lift = OTHER_FLOAT[name] ?? (minor === 0x1b ? float.arithmetic(operation) : float.compare(predicate));
  return row(name, fields, minor, sized(name, operands, formats), orExactly(name, lift));
}

const vector = (name: keyof typeof integer.BITWISE, op: number): MipsRow =>
  row(`${name}_V`, `${bits(op, 5)}tttttsssssddddd`, 0x1e, `${name.toLowerCase()}.v {wd}, {ws}, {wt}`, wholeVectors(integer.BITWISE[name]));

const counts = (name: string, op: number, lift: Lift): MipsRow =>
  row(name, `${bits(op, 8)}ffsssssddddd`, 0x1e, sized(name, '{wd}, {ws}'), lift);

/** 2RF, by bits 20 to 17. */
const FLOAT_UNARY: readonly (readonly [name: string, lift: Lift])[] = [
  ['FCLASS', float.classify],
  ['FTRUNC_S', convert.convert(convert.toInteger(true, true))],
  ['FTRUNC_U', convert.convert(convert.toInteger(false, true))],
  ['FSQRT', float.unaryArithmetic('FSQRT')],
  ['FRSQRT', float.unaryArithmetic('FRSQRT')],
  ['FRCP', float.unaryArithmetic('FRCP')],
  ['FRINT', float.unaryArithmetic('FRINT')],
  ['FLOG2', convert.convert(convert.logarithm)],
  ['FEXUPL', convert.convert(convert.widenFloats(true))],
  ['FEXUPR', convert.convert(convert.widenFloats(false))],
  ['FFQL', convert.convert(convert.fromFraction(true))],
  ['FFQR', convert.convert(convert.fromFraction(false))],
  ['FTINT_S', convert.convert(convert.toInteger(true, false))],
  ['FTINT_U', convert.convert(convert.toInteger(false, false))],
  ['FFINT_S', convert.convert(convert.fromInteger(true))],
  ['FFINT_U', convert.convert(convert.fromInteger(false))],
];

const UNARY: readonly MipsRow[] = [
  ...(['AND', 'OR', 'NOR', 'XOR', 'BMNZ', 'BMZ', 'BSEL'] as const).map(vector),
  row('FILL', '11000000ffsssssddddd', 0x1e, sized('fill', '{wd}, {s}'), permute.fill),
  counts('PCNT', 0xc1, twoVectors(integer.populationCount)),
  counts('NLOC', 0xc2, twoVectors(integer.leadingOnes)),
  counts('NLZC', 0xc3, twoVectors(integer.leadingZeros)),
  ...FLOAT_UNARY.map(([name, lift], i) =>
    row(name, `11001${bits(i, 4)}fsssssddddd`, 0x1e, sized(name, '{wd}, {ws}', FLOAT_FORMATS), orExactly(name, lift)),
  ),
];

const access = (name: string, kind: number, lift: Lift): MipsRow => ({
  name,
  feature: 'msa',
  pattern: `011110iiiiiiiiiisssssddddd${bits(kind, 4)}ff`,
  syntax: ({ f, i }) => `${name.toLowerCase()}.${FORMATS[f!]!} {wd}, ${transfer.offsetOf(f!, i!)}({s})`,
  lift: lift as MipsRow['lift'],
});

const branch = (name: string, op: string, whenZero: boolean): MipsRow => ({
  name,
  feature: 'msa',
  pattern: `010001${op}tttttiiiiiiiiiiiiiiii`,
  syntax: ({ f, i }, pc) =>
    `${name.toLowerCase().replace('_v', '')}.${f === undefined ? 'v' : FORMATS[f]!} {wt}, ${hex(branchTarget(pc, i!))}`,
  lift: transfer.branch(whenZero) as MipsRow['lift'],
});

export const MSA_ROWS: readonly MipsRow[] = [
  ...rowsOf(THREE_REGISTERS, threeRegisterRow),
  ...IMMEDIATE_ROWS,
  ...rowsOf(BIT_NAMES, bitRow),
  ...ELEMENTS,
  ...rowsOf(FLOAT_NAMES, floatRow),
  ...UNARY,
  access('LD', 0b1000, transfer.load),
  access('ST', 0b1001, transfer.store),
  branch('BZ_V', '01011', true),
  branch('BNZ_V', '01111', false),
  branch('BZ', '110ff', true),
  branch('BNZ', '111ff', false),
  inst('LSA_msa', 'msa', '000000ssssstttttddddd000aa000101', ({ a }) => `lsa {d}, {s}, {t}, 0x${(a + 1).toString(16)}`, loadScaledAddress),
];
