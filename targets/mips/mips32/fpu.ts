/** Floating-point encodings up to Release 5 (MD00087, volume II-A, COP1, COP1X and the opcode tables). */
import { hex } from '../disassemble';
import { inst, type MipsFeature, type MipsRow } from '../instruction';
import * as arithmetic from '../lift/fp-arithmetic';
import { branchTarget } from '../lift/branch';
import { doubleToSingle, fromLong, singleToDouble, toLong, toWord, wordToDouble, wordToSingle, type Rounding } from '../lift/fp-convert';
import { readControl, writeControl } from '../lift/fp-control';
import { DOUBLE, SINGLE, type Format } from '../lift/fp-format';
import * as transfer from '../lift/fp-transfer';
import type { LiftContext } from '../lift-context';
import type { Access } from '../lift/load-store';

function row(name: string, feature: MipsFeature, pattern: string, syntax: string, lift: MipsRow['lift']): MipsRow {
  return { name, feature, pattern, syntax, lift };
}

const PREDICATES = 'f un eq ueq olt ult ole ule sf ngle seq ngl lt nge le ngt'.split(' ');

/** Rows of one format; `fmt` are the five bits of its field. */
function formatRows<F, B>(suffix: string, fmt: string, fp: Format<F, B>): MipsRow[] {
  const two = (name: string, func: string, lift: MipsRow['lift'], feature: MipsFeature = 'fpu'): MipsRow =>
    row(`${name}_${suffix}`, feature, `010001${fmt}00000sssssddddd${func}`, `${name.toLowerCase()}.${suffix} {fd}, {fs}`, lift);
  const three = (name: string, func: string, lift: MipsRow['lift']): MipsRow =>
    row(`${name}_${suffix}`, 'fpu', `010001${fmt}tttttsssssddddd${func}`, `${name.toLowerCase()}.${suffix} {fd}, {fs}, {ft}`, lift);
  const word = (name: string, func: string, how: Rounding): MipsRow =>
    row(
      `${name}_W_${suffix}`,
      'fpu',
      `010001${fmt}00000sssssddddd${func}`,
      `${name.toLowerCase()}.w.${suffix} {fd}, {fs}`,
      toWord(fp, how),
    );
  const long = (name: string, func: string, how: Rounding): MipsRow =>
    row(
      `${name}_L_${suffix}`,
      'fpu-r2',
      `010001${fmt}00000sssssddddd${func}`,
      `${name.toLowerCase()}.l.${suffix} {fd}, {fs}`,
      toLong(fp, how),
    );
  return [
    three('ADD', '000000', arithmetic.binary(fp, 'add')),
    three('SUB', '000001', arithmetic.binary(fp, 'sub')),
    three('MUL', '000010', arithmetic.binary(fp, 'mul')),
    three('DIV', '000011', arithmetic.binary(fp, 'div')),
    two('SQRT', '000100', arithmetic.squareRoot(fp)),
    two('ABS', '000101', arithmetic.bitwise(fp, 'clearSign')),
    two('MOV', '000110', arithmetic.bitwise(fp, undefined)),
    two('NEG', '000111', arithmetic.bitwise(fp, 'flipSign')),
    word('ROUND', '001100', 'nearest'),
    word('TRUNC', '001101', 'zero'),
    word('CEIL', '001110', 'up'),
    word('FLOOR', '001111', 'down'),
    word('CVT', '100100', 'fcsr'),
    long('ROUND', '001000', 'nearest'),
    long('TRUNC', '001001', 'zero'),
    long('CEIL', '001010', 'up'),
    long('FLOOR', '001011', 'down'),
    long('CVT', '100101', 'fcsr'),
    two('RECIP', '010101', arithmetic.reciprocal(fp, false)),
    two('RSQRT', '010110', arithmetic.reciprocal(fp, true)),
    {
      ...row(`MOVCF_${suffix}`, 'fpu-pre6', `010001${fmt}ccc0bsssssddddd010001`, '', arithmetic.moveOnCondition(fp)),
      syntax: ({ b }) => `mov${b === 1 ? 't' : 'f'}.${suffix} {fd}, {fs}, {ccc}`,
    },
    row(
      `MOVZ_${suffix}`,
      'fpu-pre6',
      `010001${fmt}tttttsssssddddd010010`,
      `movz.${suffix} {fd}, {fs}, {t}`,
      arithmetic.moveOnRegister(fp, true),
    ),
    row(
      `MOVN_${suffix}`,
      'fpu-pre6',
      `010001${fmt}tttttsssssddddd010011`,
      `movn.${suffix} {fd}, {fs}, {t}`,
      arithmetic.moveOnRegister(fp, false),
    ),
    {
      ...row(`C_${suffix}`, 'fpu-pre6', `010001${fmt}tttttsssssccc0011pppp`, '', arithmetic.compare(fp)),
      syntax: ({ p, c }) => `c.${PREDICATES[p!]}.${suffix} ${c === 0 ? '' : '{ccc}, '}{fs}, {ft}`,
    },
  ];
}

const CONVERSIONS: readonly MipsRow[] = [
  inst('CVT_S_D', 'fpu', '0100011000100000sssssddddd100000', 'cvt.s.d {fd}, {fs}', doubleToSingle),
  inst('CVT_D_S', 'fpu', '0100011000000000sssssddddd100001', 'cvt.d.s {fd}, {fs}', singleToDouble),
  inst('CVT_S_W', 'fpu', '0100011010000000sssssddddd100000', 'cvt.s.w {fd}, {fs}', wordToSingle),
  inst('CVT_S_L', 'fpu-r2', '0100011010100000sssssddddd100000', 'cvt.s.l {fd}, {fs}', fromLong(SINGLE)),
  inst('CVT_D_L', 'fpu-r2', '0100011010100000sssssddddd100001', 'cvt.d.l {fd}, {fs}', fromLong(DOUBLE)),
  inst('CVT_D_W', 'fpu', '0100011010000000sssssddddd100001', 'cvt.d.w {fd}, {fs}', wordToDouble),
];

function access(name: string, opcode: string, lift: (cx: LiftContext, f: Access) => void): MipsRow {
  return row(name, 'fpu', `${opcode}ssssstttttiiiiiiiiiiiiiiii`, `${name.toLowerCase()} {ft}, {-i}({s})`, lift as MipsRow['lift']);
}

const TRANSFERS: readonly MipsRow[] = [
  access('LWC1', '110001', transfer.loadSingle),
  access('LDC1', '110101', transfer.loadDouble),
  access('SWC1', '111001', transfer.storeSingle),
  access('SDC1', '111101', transfer.storeDouble),
  inst('MFC1', 'fpu', '01000100000tttttsssss00000000000', 'mfc1 {t}, {fs}', transfer.moveFrom),
  inst('CFC1', 'fpu', '01000100010tttttsssss00000000000', 'cfc1 {t}, ${#s}', readControl),
  inst('MFHC1', 'fpu-r2', '01000100011tttttsssss00000000000', 'mfhc1 {t}, {fs}', transfer.moveFromHigh),
  inst('MTC1', 'fpu', '01000100100tttttsssss00000000000', 'mtc1 {t}, {fs}', transfer.moveTo),
  inst('CTC1', 'fpu', '01000100110tttttsssss00000000000', 'ctc1 {t}, ${#s}', writeControl),
  inst('MTHC1', 'fpu-r2', '01000100111tttttsssss00000000000', 'mthc1 {t}, {fs}', transfer.moveToHigh),
  inst(
    'BC1',
    'fpu-pre6',
    '01000101000ccclbiiiiiiiiiiiiiiii',
    ({ c, b, l, i }, pc) => `bc1${b === 1 ? 't' : 'f'}${l === 1 ? 'l' : ''} ${c === 0 ? '' : '{ccc}, '}${hex(branchTarget(pc, i))}`,
    transfer.branchOnCondition,
  ),
  inst(
    'MOVCI',
    'fpu-pre6',
    '000000sssssccc0bddddd00000000001',
    ({ b }) => `mov${b === 1 ? 't' : 'f'} {d}, {s}, {ccc}`,
    arithmetic.moveRegisterOnCondition,
  ),
];

/** COP1X: Release 2 took it from MIPS64 over into MIPS32. */
const INDEXED: readonly MipsRow[] = [
  inst('LWXC1', 'fpu-pre6', '010011sssssttttt00000ddddd000000', 'lwxc1 {fd}, {t}({s})', transfer.loadSingleIndexed),
  inst('LDXC1', 'fpu-pre6', '010011sssssttttt00000ddddd000001', 'ldxc1 {fd}, {t}({s})', transfer.loadDoubleIndexed),
  inst('LUXC1', 'fpu-pre6', '010011sssssttttt00000ddddd000101', 'luxc1 {fd}, {t}({s})', transfer.loadDoubleUnaligned),
  inst('SWXC1', 'fpu-pre6', '010011ssssstttttddddd00000001000', 'swxc1 {fd}, {t}({s})', transfer.storeSingleIndexed),
  inst('SDXC1', 'fpu-pre6', '010011ssssstttttddddd00000001001', 'sdxc1 {fd}, {t}({s})', transfer.storeDoubleIndexed),
  inst('SUXC1', 'fpu-pre6', '010011ssssstttttddddd00000001101', 'suxc1 {fd}, {t}({s})', transfer.storeDoubleUnaligned),
];

const MULTIPLY_ADD = [
  ['MADD', '100', 'add', false],
  ['MSUB', '101', 'sub', false],
  ['NMADD', '110', 'add', true],
  ['NMSUB', '111', 'sub', true],
] as const;

function multiplyAddRows<F, B>(suffix: string, fmt: string, fp: Format<F, B>): MipsRow[] {
  return MULTIPLY_ADD.map(([name, func, operation, negate]) =>
    row(
      `${name}_${suffix}`,
      'fpu-pre6',
      `010011rrrrrtttttsssssddddd${func}${fmt}`,
      `${name.toLowerCase()}.${suffix} {fd}, {fr}, {fs}, {ft}`,
      arithmetic.multiplyAdd(fp, operation, negate),
    ),
  );
}

export const FPU_ROWS: readonly MipsRow[] = [
  ...formatRows('s', '10000', SINGLE),
  ...formatRows('d', '10001', DOUBLE),
  ...CONVERSIONS,
  ...TRANSFERS,
  ...INDEXED,
  ...multiplyAddRows('s', '000', SINGLE),
  ...multiplyAddRows('d', '001', DOUBLE),
];
