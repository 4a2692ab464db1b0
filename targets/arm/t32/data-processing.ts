/** T32 data-processing encodings (Arm ARM DDI 0406C, sections A6.3.1, A6.3.3, A6.3.11 and the shifts of A6.3.12). */
import { inst, type ArmRow } from '../instruction';
import { decodeImmShift, SHIFT_NAMES, type ShiftType } from '../lift-context';
import { adr, dataProcessing, movt, movw, shiftedRegister, thumbImmediate, type DataProcessingOp } from '../lift/data-processing';
import { bfc, bfi, pkhbt, pkhtb, sbfx, ubfx } from '../lift/packing';
import { ssat, ssat16, usat, usat16 } from '../lift/saturating';

/** Ops with a destination and a first operand, by op field; `.w` marks those that also have a 16-bit form. */
const THREE_OPERANDS = [
  ['AND', '0000', '{q}'],
  ['BIC', '0001', '{q}'],
  ['ORR', '0010', '{q}'],
  ['ORN', '0011', ''],
  ['EOR', '0100', '{q}'],
  ['ADD', '1000', '{q}'],
  ['ADC', '1010', '{q}'],
  ['SBC', '1011', '{q}'],
  ['SUB', '1101', '{q}'],
  ['RSB', '1110', ''],
] as const satisfies readonly (readonly [DataProcessingOp, string, string])[];

function threeOperandRows([op, code, q]: (typeof THREE_OPERANDS)[number]): ArmRow[] {
  const name = op.toLowerCase();
  const hasNarrowImmediate = op === 'ADD' || op === 'SUB' || op === 'RSB';
  return [
    inst(
      `${op}_imm`,
      'v6t2',
      `11110i0${code}snnnn0iiiddddiiiiiiii`,
      `${name}{s}{c}${hasNarrowImmediate ? '{q}' : ''} {d}, {n}, {timm}`,
      (cx, { d, n, s, i }) => dataProcessing(cx, op, { d, n, s: s === 1 }, thumbImmediate(cx, i)),
    ),
    inst(`${op}_reg`, 'v6t2', `1110101${code}snnnn0vvvddddvvyymmmm`, `${name}{s}{c}${q} {d}, {n}, {m}{shift}`, (cx, f) =>
      dataProcessing(cx, op, { d: f.d, n: f.n, s: f.s === 1 }, shiftedRegister(cx, f)),
    ),
  ];
}

/** The forms with S = 1 and Rd = 1111 of AND, EOR, ADD and SUB. */
const COMPARISONS = [
  ['TST', '0000', '', '{q}'],
  ['TEQ', '0100', '', ''],
  ['CMN', '1000', '', '{q}'],
  ['CMP', '1101', '{q}', '{q}'],
] as const satisfies readonly (readonly [DataProcessingOp, string, string, string])[];

function comparisonRows([op, code, immediateWidth, registerWidth]: (typeof COMPARISONS)[number]): ArmRow[] {
  const name = op.toLowerCase();
  return [
    inst(`${op}_imm`, 'v6t2', `11110i0${code}1nnnn0iii1111iiiiiiii`, `${name}{c}${immediateWidth} {n}, {timm}`, (cx, { n, i }) =>
      dataProcessing(cx, op, { n, s: true }, thumbImmediate(cx, i)),
    ),
    inst(`${op}_reg`, 'v6t2', `1110101${code}1nnnn0vvv1111vvyymmmm`, `${name}{c}${registerWidth} {n}, {m}{shift}`, (cx, f) =>
      dataProcessing(cx, op, { n: f.n, s: true }, shiftedRegister(cx, f)),
    ),
  ];
}

/** The forms with Rn = 1111 of ORR and ORN. */
const MOVES: readonly ArmRow[] = [
  inst('MOV_imm', 'v6t2', '11110i00010s11110iiiddddiiiiiiii', 'mov{s}{c}{q} {d}, {timm}', (cx, { d, s, i }) =>
    dataProcessing(cx, 'MOV', { d, s: s === 1 }, thumbImmediate(cx, i)),
  ),
  inst('MOV_reg', 'v6t2', '11101010010s11110vvvddddvvyymmmm', 'mov{s}{c}{q} {d}, {m}{shift}', (cx, f) =>
    dataProcessing(cx, 'MOV', { d: f.d, s: f.s === 1 }, shiftedRegister(cx, f)),
  ),
  inst('MVN_imm', 'v6t2', '11110i00011s11110iiiddddiiiiiiii', 'mvn{s}{c} {d}, {timm}', (cx, { d, s, i }) =>
    dataProcessing(cx, 'MVN', { d, s: s === 1 }, thumbImmediate(cx, i)),
  ),
  inst('MVN_reg', 'v6t2', '11101010011s11110vvvddddvvyymmmm', 'mvn{s}{c}{q} {d}, {m}{shift}', (cx, f) =>
    dataProcessing(cx, 'MVN', { d: f.d, s: f.s === 1 }, shiftedRegister(cx, f)),
  ),
];

function shiftByRegisterRow(type: ShiftType, code: '00' | '01' | '10' | '11'): ArmRow {
  return inst(
    `${type}_reg`,
    'v6t2',
    `111110100${code}snnnn1111dddd0000mmmm`,
    `${type.toLowerCase()}{s}{c}{q} {d}, {n}, {m}`,
    (cx, { d, n, m, s }) => dataProcessing(cx, 'MOV', { d, s: s === 1 }, cx.shiftByRegister(cx.reg(n), type, cx.reg(m))),
  );
}

const SHIFTS_BY_REGISTER: readonly ArmRow[] = (['00', '01', '10', '11'] as const).map((code, y) =>
  shiftByRegisterRow(SHIFT_NAMES[y]!, code),
);

/** `, lsl #3` of a saturation's sh bit and shift amount. */
function saturationShift({ h, v }: { readonly h: number; readonly v: number }): string {
  const { type, amount } = decodeImmShift(h << 1, v);
  return amount === 0 ? '' : `, ${type.toLowerCase()} #${amount}`;
}

/** Section A6.3.3: the immediate is taken as it is. */
const PLAIN_IMMEDIATE: readonly ArmRow[] = [
  inst('ADDW', 'v6t2', '11110i100000nnnn0iiiddddiiiiiiii', 'addw{c} {d}, {n}, {#i}', (cx, { d, n, i }) =>
    dataProcessing(cx, 'ADD', { d, n, s: false }, cx.immediate(i)),
  ),
  inst('SUBW', 'v6t2', '11110i101010nnnn0iiiddddiiiiiiii', 'subw{c} {d}, {n}, {#i}', (cx, { d, n, i }) =>
    dataProcessing(cx, 'SUB', { d, n, s: false }, cx.immediate(i)),
  ),
  inst('ADR_add', 'v6t2', '11110i10000011110iiiddddiiiiiiii', 'addw{c} {d}, pc, {#i}', (cx, f) => adr(cx, f, f.i)),
  inst('ADR_sub', 'v6t2', '11110i10101011110iiiddddiiiiiiii', 'subw{c} {d}, pc, {#i}', (cx, f) => adr(cx, f, -f.i)),
  inst(
    'MOVW',
    'v6t2',
    '11110i100100jjjj0iiiddddiiiiiiii',
    ({ i, j }) => `movw{c} {d}, #${(j << 12) | i}`,
    (cx, f) => movw(cx, f, (f.j << 12) | f.i),
  ),
  inst(
    'MOVT',
    'v6t2',
    '11110i101100jjjj0iiiddddiiiiiiii',
    ({ i, j }) => `movt{c} {d}, #${(j << 12) | i}`,
    (cx, f) => movt(cx, f, (f.j << 12) | f.i),
  ),
  inst('SSAT', 'v6t2', '1111001100h0nnnn0vvvddddvv-iiiii', (f) => `ssat{c} {d}, {#i+1}, {n}${saturationShift(f)}`, ssat),
  inst('SSAT16', 'v6t2', '111100110010nnnn0000dddd00--iiii', 'ssat16{c} {d}, {#i+1}, {n}', ssat16),
  inst('USAT', 'v6t2', '1111001110h0nnnn0vvvddddvv-iiiii', (f) => `usat{c} {d}, {#i}, {n}${saturationShift(f)}`, usat),
  inst('USAT16', 'v6t2', '111100111010nnnn0000dddd00--iiii', 'usat16{c} {d}, {#i}, {n}', usat16),
  inst('SBFX', 'v6t2', '111100110100nnnn0lllddddll-wwwww', 'sbfx{c} {d}, {n}, {#l}, {#w+1}', sbfx),
  inst('UBFX', 'v6t2', '111100111100nnnn0lllddddll-wwwww', 'ubfx{c} {d}, {n}, {#l}, {#w+1}', ubfx),
  inst('BFI', 'v6t2', '111100110110nnnn0lllddddll-hhhhh', ({ l, h }) => `bfi{c} {d}, {n}, {#l}, #${h - l + 1}`, bfi),
  inst('BFC', 'v6t2', '11110011011011110lllddddll-hhhhh', ({ l, h }) => `bfc{c} {d}, {#l}, #${h - l + 1}`, bfc),
];

const PACKING: readonly ArmRow[] = [
  inst('PKHBT', 'v6t2', '111010101100nnnn0vvvddddvv00mmmm', ({ v }) => `pkhbt{c} {d}, {n}, {m}${v === 0 ? '' : `, lsl #${v}`}`, pkhbt),
  inst('PKHTB', 'v6t2', '111010101100nnnn0vvvddddvv10mmmm', ({ v }) => `pkhtb{c} {d}, {n}, {m}, asr #${v === 0 ? 32 : v}`, pkhtb),
];

export const DATA_PROCESSING_ROWS: readonly ArmRow[] = [
  ...THREE_OPERANDS.flatMap(threeOperandRows),
  ...COMPARISONS.flatMap(comparisonRows),
  ...MOVES,
  ...SHIFTS_BY_REGISTER,
  ...PLAIN_IMMEDIATE,
  ...PACKING,
];
