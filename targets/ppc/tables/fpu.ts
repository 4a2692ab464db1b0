/** Floating-point encodings (PEM chapter 8; Power ISA, book I, chapter 4). */
import type { Precision } from '../lift/fp-operation';
import { recording } from '../lift/fp-operation';
import type { I32 } from '../../../translate/ir/types';
import { inst, type PpcFeature, type PpcRow } from '../instruction';
import * as arithmetic from '../lift/fp-arithmetic';
import * as convert from '../lift/fp-convert';
import * as fpscr from '../lift/fpscr-access';
import { indexed, offsetOf, type Access, type IndexedAccess } from '../lift/load-store';
import type { LiftContext } from '../lift-context';

type Row = (
  name: string,
  feature: PpcFeature,
  pattern: string,
  syntax: PpcRow['syntax'],
  lift: (cx: LiftContext, f: never) => void | false,
) => PpcRow;
/** A row whose pattern is put together, so that the compiler cannot check the lifter's fields. */
const row: Row = (name, feature, pattern, syntax, lift) => ({ name, feature, pattern, syntax, lift });

const PRIMARY: Readonly<Record<Precision, string>> = { double: '111111', single: '111011' };
const MULTIPLY_ADD = [
  ['fmadd', '11101', false, false],
  ['fmsub', '11100', true, false],
  ['fnmadd', '11111', false, true],
  ['fnmsub', '11110', true, true],
] as const;

function arithmeticRows(precision: Precision): PpcRow[] {
  const primary = PRIMARY[precision];
  const s = precision === 'single' ? 's' : '';
  return [
    ...(
      [
        ['fadd', 'add', '10101'],
        ['fsub', 'sub', '10100'],
        ['fdiv', 'div', '10010'],
      ] as const
    ).map(([name, operation, xo]) =>
      row(
        `${name}${s}`,
        'fpu',
        `${primary}dddddaaaaabbbbb00000${xo}c`,
        `${name}${s}{c?.} {fd},{fa},{fb}`,
        arithmetic.binary(operation, precision),
      ),
    ),
    row(`fmul${s}`, 'fpu', `${primary}dddddaaaaa00000mmmmm11001c`, `fmul${s}{c?.} {fd},{fa},{fm}`, arithmetic.multiply(precision)),
    row(`fsqrt${s}`, 'fsqrt', `${primary}ddddd00000bbbbb0000010110c`, `fsqrt${s}{c?.} {fd},{fb}`, arithmetic.squareRoot(precision)),
    ...MULTIPLY_ADD.map(([name, xo, negateAddend, negateResult]) =>
      row(
        `${name}${s}`,
        'fpu',
        `${primary}dddddaaaaabbbbbmmmmm${xo}c`,
        `${name}${s}{c?.} {fd},{fa},{fm},{fb}`,
        arithmetic.multiplyAdd(negateAddend, negateResult, precision),
      ),
    ),
  ];
}

/** OP frD, frB */
function unary(name: string, feature: PpcFeature, xo: string, lift: (cx: LiftContext, f: arithmetic.TwoFields) => void | false): PpcRow {
  return row(name, feature, `111111ddddd00000bbbbb${xo}c`, `${name}{c?.} {fd},{fb}`, lift);
}

const UNARY: readonly PpcRow[] = [
  unary('fmr', 'fpu', '0001001000', arithmetic.bitwise(arithmetic.MOVES.fmr)),
  unary('fneg', 'fpu', '0000101000', arithmetic.bitwise(arithmetic.MOVES.fneg)),
  unary('fabs', 'fpu', '0100001000', arithmetic.bitwise(arithmetic.MOVES.fabs)),
  unary('fnabs', 'fpu', '0010001000', arithmetic.bitwise(arithmetic.MOVES.fnabs)),
  unary('frsp', 'fpu', '0000001100', convert.roundToSingle),
  unary('fctiw', 'fpu', '0000001110', convert.toWord(false)),
  unary('fctiwz', 'fpu', '0000001111', convert.toWord(true)),
  unary('frin', 'fpu-isa205', '0110001000', convert.roundToIntegral('away')),
  unary('friz', 'fpu-isa205', '0110101000', convert.roundToIntegral('zero')),
  unary('frip', 'fpu-isa205', '0111001000', convert.roundToIntegral('up')),
  unary('frim', 'fpu-isa205', '0111101000', convert.roundToIntegral('down')),
  inst('frsqrte', 'frsqrte', '111111ddddd00000bbbbb0000011010c', 'frsqrte{c?.} {fd},{fb}', arithmetic.reciprocalRoot('double')),
  inst('frsqrtes', 'fpu-isa205', '111011ddddd00000bbbbb0000011010c', 'frsqrtes{c?.} {fd},{fb}', arithmetic.reciprocalRoot('single')),
  inst('fres', 'fres', '111011ddddd00000bbbbb0000011000c', 'fres{c?.} {fd},{fb}', arithmetic.reciprocal),
];

const OTHERS: readonly PpcRow[] = [
  inst('fsel', 'fsel', '111111dddddaaaaabbbbbmmmmm10111c', 'fsel{c?.} {fd},{fa},{fm},{fb}', arithmetic.select),
  inst('fcpsgn', 'fpu-isa205', '111111dddddaaaaabbbbb0000001000c', 'fcpsgn{c?.} {fd},{fa},{fb}', arithmetic.copySign),
  inst('fcmpu', 'fpu', '111111fff00aaaaabbbbb0000000000-', 'fcmpu {crf},{fa},{fb}', arithmetic.compare(false)),
  inst('fcmpo', 'fpu', '111111fff00aaaaabbbbb0000100000-', 'fcmpo {crf},{fa},{fb}', arithmetic.compare(true)),
];

/** L, as in qemu-ppc, stands for all fields; W is for what only later processors have. */
const writeFields = (cx: LiftContext, { m, b, l, w }: { m: number; b: number; l: number; w: number }): void | false =>
  w !== 0 ? false : fpscr.writeFields(cx, { m: l !== 0 ? 0xff : m, b });

const STATUS: readonly PpcRow[] = [
  // The variants of ISA 3.0 read FPSCR on processors that do not know them, which glibc relies on
  inst('mffs', 'fpu', '111111ddddd----------1001000111c', 'mffs{c?.} {fd}', recording(fpscr.moveFrom)),
  inst('mtfsf', 'fpu', '111111lmmmmmmmmwbbbbb1011000111c', 'mtfsf{c?.} {#m},{fb}', recording(writeFields)),
  inst('mtfsfi', 'fpu', '111111fff000000wiiii00010000110c', 'mtfsfi{c?.} {#f},{#i}', (cx, f) =>
    f.w !== 0 ? false : recording(fpscr.setField)(cx, f),
  ),
  inst('mtfsb0', 'fpu', '111111ddddd00000000000001000110c', 'mtfsb0{c?.} {#d}', recording(fpscr.setBit(0))),
  inst('mtfsb1', 'fpu', '111111ddddd00000000000000100110c', 'mtfsb1{c?.} {#d}', recording(fpscr.setBit(1))),
  inst('mcrfs', 'fpu', '111111fff00sss00000000001000000-', 'mcrfs {crf},{#s}', fpscr.moveFieldToCondition),
];

type Transfer = (cx: LiftContext, register: number, base: I32, offset: number) => void;

const plain = (transfer: Transfer) => (cx: LiftContext, f: Access) => transfer(cx, f.d, cx.base(f.a), offsetOf(f.i));
const updating =
  (transfer: Transfer) =>
  (cx: LiftContext, f: Access): void | false => {
    if (f.a === 0) return false;
    const base = cx.reg(f.a);
    transfer(cx, f.d, base, offsetOf(f.i));
    cx.setReg(f.a, cx.ir.add32(base, cx.const(offsetOf(f.i))));
  };
const plainIndexed = (transfer: Transfer) => (cx: LiftContext, f: IndexedAccess) => transfer(cx, f.d, indexed(cx, f.a, f.b), 0);
const updatingIndexed =
  (transfer: Transfer) =>
  (cx: LiftContext, f: IndexedAccess): void | false => {
    if (f.a === 0) return false;
    const at = indexed(cx, f.a, f.b);
    transfer(cx, f.d, at, 0);
    cx.setReg(f.a, at);
  };

/** The four forms of a load or store. */
function transfers(name: string, opcode: string, update: string, xo: string, xoUpdate: string, transfer: Transfer): PpcRow[] {
  return [
    row(name, 'fpu', `${opcode}dddddaaaaaiiiiiiiiiiiiiiii`, `${name} {fd},{-i}({0a})`, plain(transfer)),
    row(`${name}u`, 'fpu', `${update}dddddaaaaaiiiiiiiiiiiiiiii`, `${name}u {fd},{-i}({0a})`, updating(transfer)),
    row(`${name}x`, 'fpu', `011111dddddaaaaabbbbb${xo}-`, `${name}x {fd},{0a},{b}`, plainIndexed(transfer)),
    row(`${name}ux`, 'fpu', `011111dddddaaaaabbbbb${xoUpdate}-`, `${name}ux {fd},{0a},{b}`, updatingIndexed(transfer)),
  ];
}

const TRANSFERS: readonly PpcRow[] = [
  ...transfers('lfs', '110000', '110001', '1000010111', '1000110111', convert.loadSingle),
  ...transfers('lfd', '110010', '110011', '1001010111', '1001110111', convert.loadDouble),
  ...transfers('stfs', '110100', '110101', '1010010111', '1010110111', convert.storeSingle),
  ...transfers('stfd', '110110', '110111', '1011010111', '1011110111', convert.storeDouble),
  inst('stfiwx', 'stfiwx', '011111dddddaaaaabbbbb1111010111-', 'stfiwx {fd},{0a},{b}', (cx, { d, a, b }) =>
    convert.storeWordOf(cx, d, indexed(cx, a, b), 0),
  ),
];

export const FPU_ROWS: readonly PpcRow[] = [
  ...arithmeticRows('double'),
  ...arithmeticRows('single'),
  ...UNARY,
  ...OTHERS,
  ...STATUS,
  ...TRANSFERS,
];
