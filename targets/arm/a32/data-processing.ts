/** A32 data-processing encodings (Arm ARM DDI 0406C, sections A5.2.1 to A5.2.3). */
import { decodeImmShift } from '../lift-context';
import { inst, type ArmRow } from '../instruction';
import {
  armImmediate,
  dataProcessing,
  movHint,
  movt,
  movw,
  registerShiftedRegister,
  shiftedRegister,
  type DataProcessingOp,
} from '../lift/data-processing';

/** Ops with a destination and a first operand, by opcode (bits 24-21). */
const THREE_OPERANDS = [
  ['AND', '0000'],
  ['EOR', '0001'],
  ['SUB', '0010'],
  ['RSB', '0011'],
  ['ADD', '0100'],
  ['ADC', '0101'],
  ['SBC', '0110'],
  ['RSC', '0111'],
  ['ORR', '1100'],
  ['BIC', '1110'],
] as const satisfies readonly (readonly [DataProcessingOp, string])[];

/** Ops that only set the flags; Rd should be zero and qemu-arm raises SIGILL if it is not. */
const COMPARISONS = [
  ['TST', '1000'],
  ['TEQ', '1001'],
  ['CMP', '1010'],
  ['CMN', '1011'],
] as const satisfies readonly (readonly [DataProcessingOp, string])[];

function threeOperandRows([op, code]: (typeof THREE_OPERANDS)[number]): ArmRow[] {
  const name = op.toLowerCase();
  return [
    inst(`${op}_imm`, undefined, `cccc001${code}snnnnddddiiiiiiiiiiii`, `${name}{s}{c} {d}, {n}, {imm}`, (cx, { d, n, s, i }) =>
      dataProcessing(cx, op, { d, n, s: s === 1 }, armImmediate(cx, i)),
    ),
    inst(`${op}_reg`, undefined, `cccc000${code}snnnnddddvvvvvyy0mmmm`, `${name}{s}{c} {d}, {n}, {m}{shift}`, (cx, f) =>
      dataProcessing(cx, op, { d: f.d, n: f.n, s: f.s === 1 }, shiftedRegister(cx, f)),
    ),
    inst(`${op}_rsr`, undefined, `cccc000${code}snnnnddddrrrr0yy1mmmm`, `${name}{s}{c} {d}, {n}, {m}, {y} {r}`, (cx, f) =>
      dataProcessing(cx, op, { d: f.d, n: f.n, s: f.s === 1 }, registerShiftedRegister(cx, f)),
    ),
  ];
}

function comparisonRows([op, code]: (typeof COMPARISONS)[number]): ArmRow[] {
  const name = op.toLowerCase();
  return [
    inst(`${op}_imm`, undefined, `cccc001${code}1nnnn0000iiiiiiiiiiii`, `${name}{c} {n}, {imm}`, (cx, { n, i }) =>
      dataProcessing(cx, op, { n, s: true }, armImmediate(cx, i)),
    ),
    inst(`${op}_reg`, undefined, `cccc000${code}1nnnn0000vvvvvyy0mmmm`, `${name}{c} {n}, {m}{shift}`, (cx, f) =>
      dataProcessing(cx, op, { n: f.n, s: true }, shiftedRegister(cx, f)),
    ),
    inst(`${op}_rsr`, undefined, `cccc000${code}1nnnn0000rrrr0yy1mmmm`, `${name}{c} {n}, {m}, {y} {r}`, (cx, f) =>
      dataProcessing(cx, op, { n: f.n, s: true }, registerShiftedRegister(cx, f)),
    ),
  ];
}

/** UAL writes a MOV with a shift as the shift. */
function moveSyntax({ y, v }: { y: number; v: number }): string {
  const { type, amount } = decodeImmShift(y, v);
  if (amount === 0) return 'mov{s}{c} {d}, {m}';
  return `${type.toLowerCase()}{s}{c} {d}, {m}${type === 'RRX' ? '' : `, #${amount}`}`;
}

const MOVES: readonly ArmRow[] = [
  inst('MOV_imm', undefined, 'cccc0011101s0000ddddiiiiiiiiiiii', 'mov{s}{c} {d}, {imm}', (cx, { d, s, i }) =>
    dataProcessing(cx, 'MOV', { d, s: s === 1 }, armImmediate(cx, i)),
  ),
  inst('MOV_reg', undefined, 'cccc0001101s0000ddddvvvvvyy0mmmm', moveSyntax, (cx, f) =>
    dataProcessing(cx, 'MOV', { d: f.d, s: f.s === 1, hint: f.y === 0 && f.v === 0 ? movHint(f.m) : 'jump' }, shiftedRegister(cx, f)),
  ),
  inst('MOV_rsr', undefined, 'cccc0001101s0000ddddrrrr0yy1mmmm', '{y}{s}{c} {d}, {m}, {r}', (cx, f) =>
    dataProcessing(cx, 'MOV', { d: f.d, s: f.s === 1 }, registerShiftedRegister(cx, f)),
  ),
  inst('MVN_imm', undefined, 'cccc0011111s0000ddddiiiiiiiiiiii', 'mvn{s}{c} {d}, {imm}', (cx, { d, s, i }) =>
    dataProcessing(cx, 'MVN', { d, s: s === 1 }, armImmediate(cx, i)),
  ),
  inst('MVN_reg', undefined, 'cccc0001111s0000ddddvvvvvyy0mmmm', 'mvn{s}{c} {d}, {m}{shift}', (cx, f) =>
    dataProcessing(cx, 'MVN', { d: f.d, s: f.s === 1 }, shiftedRegister(cx, f)),
  ),
  inst('MVN_rsr', undefined, 'cccc0001111s0000ddddrrrr0yy1mmmm', 'mvn{s}{c} {d}, {m}, {y} {r}', (cx, f) =>
    dataProcessing(cx, 'MVN', { d: f.d, s: f.s === 1 }, registerShiftedRegister(cx, f)),
  ),
  inst('MOVW', 'v6t2', 'cccc00110000iiiiddddiiiiiiiiiiii', 'movw{c} {d}, {#i}', (cx, { d, i }) => movw(cx, { d }, i)),
  inst('MOVT', 'v6t2', 'cccc00110100iiiiddddiiiiiiiiiiii', 'movt{c} {d}, {#i}', (cx, { d, i }) => movt(cx, { d }, i)),
];

export const DATA_PROCESSING_ROWS: readonly ArmRow[] = [
  ...THREE_OPERANDS.flatMap(threeOperandRows),
  ...COMPARISONS.flatMap(comparisonRows),
  ...MOVES,
];
