/** Encodings of the DSP Module, Releases 1 and 2 (MD00374, MIPS32 DSP Module, chapter 6). */
import { hex } from '../disassemble';
import { inst, type MipsFeature, type MipsRow } from '../instruction';
import { branchTarget, conditionalBranch } from '../lift/branch';
import * as accumulator from '../lift/dsp-accumulator';
import * as control from '../lift/dsp-control';
import * as lane from '../lift/dsp-lanes';
import * as multiply from '../lift/dsp-multiply';
import * as precision from '../lift/dsp-precision';
import * as integer from '../lift/integer';

type Release = 1 | 2;
type Lift = (cx: never, fields: never) => void | false;

const featureOf = (release: Release): MipsFeature => (release === 1 ? 'dsp' : 'dspr2');

/** Functions of SPECIAL3; bits 10 to 6 tell the instructions of one apart. */
const CLASS = {
  ADDU_QB: '010000',
  CMPU_EQ_QB: '010001',
  ABSQ_S_PH: '010010',
  SHLL_QB: '010011',
  ADDUH_QB: '011000',
  LX: '001010',
  DPA_W_PH: '110000',
  APPEND: '110001',
  EXTR_W: '111000',
} as const;
type Class = keyof typeof CLASS;

/** A row of SPECIAL3; `fields` are bits 25 to 11. `name` is the mnemonic in upper case, with `_` for dots. */
function special3(of: Class, name: string, release: Release, fields: string, op: string, operands: string, lift: Lift): MipsRow {
  const syntax = `${mnemonic(name)} ${operands}`;
  return { name, feature: featureOf(release), pattern: `011111${fields}${op}${CLASS[of]}`, syntax, lift: lift as MipsRow['lift'] };
}

/** ADDU_S_QB is addu_s.qb: what follows the last S, SA, R or RS are the types, before which dots stand. */
function mnemonic(name: string): string {
  const [, stem, types] = /^([A-Z]+(?:_(?:SRA|SA|RS|S|R))*)(.*)$/.exec(name)!;
  return (stem! + types!.replace(/_/g, '.')).toLowerCase();
}

const THREE = 'ssssstttttddddd';
const PAIR_WITH_AMOUNT = 'ssssstttttaaaaa';
const three = (of: Class, name: string, release: Release, op: string, lift: Lift): MipsRow =>
  special3(of, name, release, THREE, op, '{d}, {s}, {t}', lift);

/** [name, release, bits 10 to 6, lifter] */
type Three = readonly [string, Release, string, Lift];

const ADD_AND_MULTIPLY: readonly Three[] = [
  ['ADDU_QB', 1, '00000', lane.addOrSubtract('add', 8, false, false)],
  ['SUBU_QB', 1, '00001', lane.addOrSubtract('sub', 8, false, false)],
  ['ADDU_S_QB', 1, '00100', lane.addOrSubtract('add', 8, false, true)],
  ['SUBU_S_QB', 1, '00101', lane.addOrSubtract('sub', 8, false, true)],
  ['MULEU_S_PH_QBL', 1, '00110', multiply.bytesByHalves(true)],
  ['MULEU_S_PH_QBR', 1, '00111', multiply.bytesByHalves(false)],
  ['ADDU_PH', 2, '01000', lane.addOrSubtract('add', 16, false, false)],
  ['SUBU_PH', 2, '01001', lane.addOrSubtract('sub', 16, false, false)],
  ['ADDQ_PH', 1, '01010', lane.addOrSubtract('add', 16, true, false)],
  ['SUBQ_PH', 1, '01011', lane.addOrSubtract('sub', 16, true, false)],
  ['ADDU_S_PH', 2, '01100', lane.addOrSubtract('add', 16, false, true)],
  ['SUBU_S_PH', 2, '01101', lane.addOrSubtract('sub', 16, false, true)],
  ['ADDQ_S_PH', 1, '01110', lane.addOrSubtract('add', 16, true, true)],
  ['SUBQ_S_PH', 1, '01111', lane.addOrSubtract('sub', 16, true, true)],
  ['ADDSC', 1, '10000', lane.addSettingCarry],
  ['ADDWC', 1, '10001', lane.addWithCarry],
  ['MODSUB', 1, '10010', lane.subtractModulo],
  ['ADDQ_S_W', 1, '10110', lane.addOrSubtract('add', 32, true, true)],
  ['SUBQ_S_W', 1, '10111', lane.addOrSubtract('sub', 32, true, true)],
  ['MULEQ_S_W_PHL', 1, '11100', multiply.fractionsToWord(true)],
  ['MULEQ_S_W_PHR', 1, '11101', multiply.fractionsToWord(false)],
  ['MULQ_S_PH', 2, '11110', multiply.fractions],
  ['MULQ_RS_PH', 1, '11111', multiply.fractionsRounding],
];

const HALVING_AND_MULTIPLY: readonly Three[] = [
  ['ADDUH_QB', 2, '00000', lane.halving('add', 8, false, false)],
  ['SUBUH_QB', 2, '00001', lane.halving('sub', 8, false, false)],
  ['ADDUH_R_QB', 2, '00010', lane.halving('add', 8, false, true)],
  ['SUBUH_R_QB', 2, '00011', lane.halving('sub', 8, false, true)],
  ['ADDQH_PH', 2, '01000', lane.halving('add', 16, true, false)],
  ['SUBQH_PH', 2, '01001', lane.halving('sub', 16, true, false)],
  ['ADDQH_R_PH', 2, '01010', lane.halving('add', 16, true, true)],
  ['SUBQH_R_PH', 2, '01011', lane.halving('sub', 16, true, true)],
  ['MUL_PH', 2, '01100', multiply.multiplyHalves(false)],
  ['MUL_S_PH', 2, '01110', multiply.multiplyHalves(true)],
  ['ADDQH_W', 2, '10000', lane.halving('add', 32, true, false)],
  ['SUBQH_W', 2, '10001', lane.halving('sub', 32, true, false)],
  ['ADDQH_R_W', 2, '10010', lane.halving('add', 32, true, true)],
  ['SUBQH_R_W', 2, '10011', lane.halving('sub', 32, true, true)],
  ['MULQ_S_W', 2, '10110', multiply.longFractions(false)],
  ['MULQ_RS_W', 2, '10111', multiply.longFractions(true)],
];

const PICK_AND_NARROW: readonly Three[] = [
  ['PICK_QB', 1, '00011', lane.pick(8)],
  ['CMPGU_EQ_QB', 1, '00100', lane.compare('eq', 8, 'register')],
  ['CMPGU_LT_QB', 1, '00101', lane.compare('lt', 8, 'register')],
  ['CMPGU_LE_QB', 1, '00110', lane.compare('le', 8, 'register')],
  ['PICK_PH', 1, '01011', lane.pick(16)],
  ['PRECRQ_QB_PH', 1, '01100', precision.narrowToBytes(true)],
  ['PRECR_QB_PH', 2, '01101', precision.narrowToBytes(false)],
  ['PACKRL_PH', 1, '01110', precision.packInnerHalves],
  ['PRECRQU_S_QB_PH', 1, '01111', precision.narrowToBytesSaturating],
  ['PRECRQ_PH_W', 1, '10100', precision.upperHalves],
  ['PRECRQ_RS_PH_W', 1, '10101', precision.upperHalvesRounding],
  ['CMPGDU_EQ_QB', 2, '11000', lane.compare('eq', 8, 'both')],
  ['CMPGDU_LT_QB', 2, '11001', lane.compare('lt', 8, 'both')],
  ['CMPGDU_LE_QB', 2, '11010', lane.compare('le', 8, 'both')],
];

const compares = (name: string, op: string, how: lane.Comparison, width: 8 | 16): MipsRow =>
  special3('CMPU_EQ_QB', name, 1, 'sssssttttt00000', op, '{s}, {t}', lane.compare(how, width, 'conditions'));

const packs = (name: string, op: string, rounding: boolean): MipsRow =>
  special3('CMPU_EQ_QB', name, 2, PAIR_WITH_AMOUNT, op, '{t}, {s}, {0xa}', precision.shiftAndPackHalves(rounding));

const COMPARISONS: readonly MipsRow[] = [
  compares('CMPU_EQ_QB', '00000', 'eq', 8),
  compares('CMPU_LT_QB', '00001', 'lt', 8),
  compares('CMPU_LE_QB', '00010', 'le', 8),
  compares('CMP_EQ_PH', '01000', 'eq', 16),
  compares('CMP_LT_PH', '01001', 'lt', 16),
  compares('CMP_LE_PH', '01010', 'le', 16),
  packs('PRECR_SRA_PH_W', '11110', false),
  packs('PRECR_SRA_R_PH_W', '11111', true),
];

const unary = (name: string, release: Release, op: string, lift: Lift): MipsRow =>
  special3('ABSQ_S_PH', name, release, '00000tttttddddd', op, '{d}, {t}', lift);

const UNARY: readonly MipsRow[] = [
  unary('ABSQ_S_QB', 2, '00001', lane.absolute(8)),
  unary('ABSQ_S_PH', 1, '01001', lane.absolute(16)),
  unary('ABSQ_S_W', 1, '10001', lane.absolute(32)),
  unary('REPLV_QB', 1, '00011', precision.replicateByteVariable),
  unary('REPLV_PH', 1, '01011', precision.replicateHalfVariable),
  unary('PRECEQ_W_PHL', 1, '01100', precision.halfToWord(true)),
  unary('PRECEQ_W_PHR', 1, '01101', precision.halfToWord(false)),
  ...(['QBL', 'QBR', 'QBLA', 'QBRA'] as const).flatMap((which, i) => [
    unary(`PRECEQU_PH_${which}`, 1, `001${i.toString(2).padStart(2, '0')}`, precision.bytesToHalves(which, true)),
    unary(`PRECEU_PH_${which}`, 1, `111${i.toString(2).padStart(2, '0')}`, precision.bytesToHalves(which, false)),
  ]),
  unary('BITREV', 1, '11011', precision.reverseBits),
  special3('ABSQ_S_PH', 'REPL_QB', 1, '00iiiiiiiiddddd', '00010', '{d}, {0xi}', precision.replicateByte),
  inst('REPL_PH', 'dsp', '011111iiiiiiiiiiddddd01010010010', ({ i }) => `repl.ph {d}, ${(i << 22) >> 22}`, precision.replicateHalf),
  special3('ADDU_QB', 'RADDU_W_QB', 1, 'sssss00000ddddd', '10100', '{d}, {s}', lane.sumOfBytes),
];

/** A shift by a constant, whose field has as many bits as the amount needs, and by a register. */
function shifts(stem: string, suffix: string, release: Release, op: number, how: keyof typeof lane.SHIFTS): MipsRow[] {
  const width = { QB: 8, PH: 16, W: 32 }[suffix] as lane.Width;
  const amount = { QB: '00sss', PH: '0ssss', W: 'sssss' }[suffix]!;
  const [root, rounding = ''] = stem.split('_');
  const variable = `${root}V${rounding === '' ? '' : `_${rounding}`}_${suffix}`;
  const bits = (n: number): string => n.toString(2).padStart(5, '0');
  const lift = lane.SHIFTS[how];
  return [
    special3('SHLL_QB', `${stem}_${suffix}`, release, `${amount}tttttddddd`, bits(op), '{d}, {t}, {0xs}', lane.shiftImmediate(lift, width)),
    special3('SHLL_QB', variable, release, THREE, bits(op + 2), '{d}, {t}, {s}', lane.shiftVariable(lift, width)),
  ];
}

const SHIFTS: readonly MipsRow[] = [
  ...shifts('SHLL', 'QB', 1, 0, 'LLU'),
  ...shifts('SHRL', 'QB', 1, 1, 'RL'),
  ...shifts('SHRA', 'QB', 2, 4, 'RA'),
  ...shifts('SHRA_R', 'QB', 2, 5, 'RA_R'),
  ...shifts('SHLL', 'PH', 1, 8, 'LL'),
  ...shifts('SHRA', 'PH', 1, 9, 'RA'),
  ...shifts('SHLL_S', 'PH', 1, 12, 'LL_S'),
  ...shifts('SHRA_R', 'PH', 1, 13, 'RA_R'),
  ...shifts('SHLL_S', 'W', 1, 20, 'LL_S'),
  ...shifts('SHRA_R', 'W', 1, 21, 'RA_R'),
  ...shifts('SHRL', 'PH', 2, 25, 'RL'),
];

const dot = (name: string, release: Release, op: string, lift: Lift): MipsRow =>
  special3('DPA_W_PH', name, release, 'sssssttttt000aa', op, '$ac{#a}, {s}, {t}', lift);

const { accumulate, halfProducts, fractionProducts, oneFractionProduct, byteProducts } = multiply;

const DOT_PRODUCTS: readonly MipsRow[] = [
  dot('DPA_W_PH', 2, '00000', accumulate('add64', halfProducts('add64', false))),
  dot('DPS_W_PH', 2, '00001', accumulate('sub64', halfProducts('add64', false))),
  dot('MULSA_W_PH', 2, '00010', accumulate('add64', halfProducts('sub64', false))),
  dot('DPAU_H_QBL', 1, '00011', accumulate('add64', byteProducts(true))),
  dot('DPAQ_S_W_PH', 1, '00100', accumulate('add64', fractionProducts('add64', false))),
  dot('DPSQ_S_W_PH', 1, '00101', accumulate('sub64', fractionProducts('add64', false))),
  dot('MULSAQ_S_W_PH', 1, '00110', accumulate('add64', fractionProducts('sub64', false))),
  dot('DPAU_H_QBR', 1, '00111', accumulate('add64', byteProducts(false))),
  dot('DPAX_W_PH', 2, '01000', accumulate('add64', halfProducts('add64', true))),
  dot('DPSX_W_PH', 2, '01001', accumulate('sub64', halfProducts('add64', true))),
  dot('DPSU_H_QBL', 1, '01011', accumulate('sub64', byteProducts(true))),
  dot('DPAQ_SA_L_W', 1, '01100', multiply.accumulateLongFraction('add64')),
  dot('DPSQ_SA_L_W', 1, '01101', multiply.accumulateLongFraction('sub64')),
  dot('DPSU_H_QBR', 1, '01111', accumulate('sub64', byteProducts(false))),
  dot('MAQ_SA_W_PHL', 1, '10000', multiply.accumulateWordLimited(oneFractionProduct(true))),
  dot('MAQ_SA_W_PHR', 1, '10010', multiply.accumulateWordLimited(oneFractionProduct(false))),
  dot('MAQ_S_W_PHL', 1, '10100', accumulate('add64', oneFractionProduct(true))),
  dot('MAQ_S_W_PHR', 1, '10110', accumulate('add64', oneFractionProduct(false))),
  dot('DPAQX_S_W_PH', 2, '11000', accumulate('add64', fractionProducts('add64', true))),
  dot('DPSQX_S_W_PH', 2, '11001', accumulate('sub64', fractionProducts('add64', true))),
  dot('DPAQX_SA_W_PH', 2, '11010', multiply.accumulateLimited('add64', fractionProducts('add64', true))),
  dot('DPSQX_SA_W_PH', 2, '11011', multiply.accumulateLimited('sub64', fractionProducts('add64', true))),
];

/** [name, bits 10 to 6 of the form with a constant, lifter of either form]; the form with a register has bit 6 set. */
const EXTRACTIONS: readonly (readonly [string, string, string, (amount: typeof accumulator.immediate) => Lift])[] = [
  ['EXTR_W', 'EXTRV_W', '0000', (amount) => accumulator.extractWord(amount, '')],
  ['EXTP', 'EXTPV', '0001', (amount) => accumulator.extractAtPosition(amount, false)],
  ['EXTR_R_W', 'EXTRV_R_W', '0010', (amount) => accumulator.extractWord(amount, 'R')],
  ['EXTR_RS_W', 'EXTRV_RS_W', '0011', (amount) => accumulator.extractWord(amount, 'RS')],
  ['EXTPDP', 'EXTPDPV', '0101', (amount) => accumulator.extractAtPosition(amount, true)],
  ['EXTR_S_H', 'EXTRV_S_H', '0111', (amount) => accumulator.extractHalf(amount)],
];

const EXTRACT_FIELDS = 'sssssttttt000aa';

const ACCUMULATORS: readonly MipsRow[] = [
  ...EXTRACTIONS.flatMap(([name, variable, op, lift]) => [
    special3('EXTR_W', name, 1, EXTRACT_FIELDS, `${op}0`, '{t}, $ac{#a}, {0xs}', lift(accumulator.immediate)),
    special3('EXTR_W', variable, 1, EXTRACT_FIELDS, `${op}1`, '{t}, $ac{#a}, {s}', lift(accumulator.register)),
  ]),
  special3('EXTR_W', 'RDDSP', 1, '----mmmmmmddddd', '10010', '{d}, {0xm}', control.readControl),
  special3('EXTR_W', 'WRDSP', 1, 'sssss----mmmmmm', '10011', '{s}, {0xm}', control.writeControl),
  inst('SHILO', 'dsp', '011111ssssss0000000aa11010111000', ({ s }) => `shilo $ac{#a}, ${(s << 26) >> 26}`, accumulator.shift),
  special3('EXTR_W', 'SHILOV', 1, 'sssss00000000aa', '11011', '$ac{#a}, {s}', accumulator.shiftVariable),
  special3('EXTR_W', 'MTHLIP', 1, 'sssss00000000aa', '11111', '{s}, $ac{#a}', accumulator.shiftInWord),
];

const pairWithAmount = (name: string, op: string, operand: string, lift: Lift): MipsRow =>
  special3('APPEND', name, 2, PAIR_WITH_AMOUNT, op, `{t}, {s}, ${operand}`, lift);

const OTHERS: readonly MipsRow[] = [
  pairWithAmount('APPEND', '00000', '{0xa}', precision.append),
  pairWithAmount('PREPEND', '00001', '{0xa}', precision.prepend),
  special3('APPEND', 'BALIGN', 2, 'sssssttttt000aa', '10000', '{t}, {s}, {0xa}', precision.alignBytes),
  inst('INSV', 'dsp', '011111sssssttttt0000000000001100', 'insv {t}, {s}', precision.insertVariable),
  special3('LX', 'LWX', 1, THREE, '00000', '{d}, {t}({s})', accumulator.loadIndexed('word')),
  special3('LX', 'LHX', 1, THREE, '00100', '{d}, {t}({s})', accumulator.loadIndexed('half')),
  special3('LX', 'LBUX', 1, THREE, '00110', '{d}, {t}({s})', accumulator.loadIndexed('unsignedByte')),
  inst(
    'BPOSGE32',
    'dsp',
    '0000010000011100iiiiiiiiiiiiiiii',
    ({ i }, pc) => `bposge32 ${hex(branchTarget(pc, i))}`,
    (cx, { i }) => conditionalBranch(control.positionAtLeast32)(cx, { s: 0, i }),
  ),
];

/** What works on HI and LO, on the other three accumulators too. Rows with ac 0 are those of every model. */
const FOUR_ACCUMULATORS: readonly MipsRow[] = [
  inst('MULT_ac', 'dsp', '000000sssssttttt000aa00000011000', 'mult $ac{#a}, {s}, {t}', integer.multiply(true)),
  inst('MULTU_ac', 'dsp', '000000sssssttttt000aa00000011001', 'multu $ac{#a}, {s}, {t}', integer.multiply(false)),
  inst('MADD_ac', 'dsp', '011100sssssttttt000aa00000000000', 'madd $ac{#a}, {s}, {t}', integer.multiplyAccumulate(true, 'add64')),
  inst('MADDU_ac', 'dsp', '011100sssssttttt000aa00000000001', 'maddu $ac{#a}, {s}, {t}', integer.multiplyAccumulate(false, 'add64')),
  inst('MSUB_ac', 'dsp', '011100sssssttttt000aa00000000100', 'msub $ac{#a}, {s}, {t}', integer.multiplyAccumulate(true, 'sub64')),
  inst('MSUBU_ac', 'dsp', '011100sssssttttt000aa00000000101', 'msubu $ac{#a}, {s}, {t}', integer.multiplyAccumulate(false, 'sub64')),
  inst('MFHI_ac', 'dsp', '000000000aa00000ddddd00000010000', 'mfhi {d}, $ac{#a}', (cx, { d, a }) => cx.setReg(d, cx.hi(a))),
  inst('MTHI_ac', 'dsp', '000000sssss00000000aa00000010001', 'mthi {s}, $ac{#a}', (cx, { s, a }) => cx.setHi(cx.reg(s), a)),
  inst('MFLO_ac', 'dsp', '000000000aa00000ddddd00000010010', 'mflo {d}, $ac{#a}', (cx, { d, a }) => cx.setReg(d, cx.lo(a))),
  inst('MTLO_ac', 'dsp', '000000sssss00000000aa00000010011', 'mtlo {s}, $ac{#a}', (cx, { s, a }) => cx.setLo(cx.reg(s), a)),
];

const rows = (of: Class, table: readonly Three[]): MipsRow[] =>
  table.map(([name, release, op, lift]) => three(of, name, release, op, lift));

export const DSP_ROWS: readonly MipsRow[] = [
  ...rows('ADDU_QB', ADD_AND_MULTIPLY),
  ...rows('ADDUH_QB', HALVING_AND_MULTIPLY),
  ...rows('CMPU_EQ_QB', PICK_AND_NARROW),
  ...COMPARISONS,
  ...UNARY,
  ...SHIFTS,
  ...DOT_PRODUCTS,
  ...ACCUMULATORS,
  ...OTHERS,
  ...FOUR_ACCUMULATORS,
];
