/** Floating-point encodings of microMIPS up to Release 5 (MD00582): MIPS32's instructions with their fields elsewhere. */
import { hex } from '../disassemble';
import { inst, type MipsRow } from '../instruction';
import { branchTo, halfwordTarget } from '../lift/branch-compressed';
import { conditionIs } from '../lift/fp-arithmetic';
import { FPU_ROWS } from '../mips32/fpu';

const three = 'tttttsssssddddd';
const two = 'dddddsssss';

/** POOL32F of both formats: `f` is the bit that is 1 for doubles. */
const BOTH_FORMATS: readonly (readonly [name: string, pattern: string])[] = [
  ['ADD', `${three}00f00110000`],
  ['SUB', `${three}00f01110000`],
  ['MUL', `${three}00f10110000`],
  ['DIV', `${three}00f11110000`],
  ['SQRT', `${two}0f00101000111011`],
  ['RSQRT', `${two}0f00001000111011`],
  ['RECIP', `${two}0f01001000111011`],
  ['ABS', `${two}00f0001101111011`],
  ['MOV', `${two}00f0000001111011`],
  ['NEG', `${two}00f0101101111011`],
  ['ROUND_W', `${two}0f11101100111011`],
  ['TRUNC_W', `${two}0f10101100111011`],
  ['CEIL_W', `${two}0f01101100111011`],
  ['FLOOR_W', `${two}0f00101100111011`],
  ['CVT_W', `${two}0f00100100111011`],
  ['ROUND_L', `${two}0f11001100111011`],
  ['TRUNC_L', `${two}0f10001100111011`],
  ['CEIL_L', `${two}0f01001100111011`],
  ['FLOOR_L', `${two}0f00001100111011`],
  ['CVT_L', `${two}0f00000100111011`],
  ['MOVCF', `${two}ccc000f00b100000`],
  ['MOVZ', `${three}00f01111000`],
  ['MOVN', `${three}00f00111000`],
  ['C', 'tttttsssssccc00fpppp111100'],
  ['MADD', `${three}rrrrr00f001`],
  ['MSUB', `${three}rrrrr10f001`],
  ['NMADD', `${three}rrrrr00f010`],
  ['NMSUB', `${three}rrrrr10f010`],
];

/** The others, all 32 bits of them. */
const OTHERS: readonly (readonly [name: string, pattern: string])[] = [
  ['CVT_S_D', `010101${two}0001101101111011`],
  ['CVT_S_W', `010101${two}0011101101111011`],
  ['CVT_S_L', `010101${two}0101101101111011`],
  ['CVT_D_S', `010101${two}0001001101111011`],
  ['CVT_D_W', `010101${two}0011001101111011`],
  ['CVT_D_L', `010101${two}0101001101111011`],
  ['MOVCI', `010101${two}ccc0b00101111011`],
  ['MFC1', '010101tttttsssss0010000000111011'],
  ['MTC1', '010101tttttsssss0010100000111011'],
  ['MFHC1', '010101tttttsssss0011000000111011'],
  ['MTHC1', '010101tttttsssss0011100000111011'],
  ['CFC1', '010101tttttsssss0001000000111011'],
  ['CTC1', '010101tttttsssss0001100000111011'],
  ['LWC1', '100111tttttsssssiiiiiiiiiiiiiiii'],
  ['LDC1', '101111tttttsssssiiiiiiiiiiiiiiii'],
  ['SWC1', '100110tttttsssssiiiiiiiiiiiiiiii'],
  ['SDC1', '101110tttttsssssiiiiiiiiiiiiiiii'],
  ['LWXC1', `010101${three}00001001000`],
  ['LDXC1', `010101${three}00011001000`],
  ['LUXC1', `010101${three}00101001000`],
  ['SWXC1', `010101${three}00010001000`],
  ['SDXC1', `010101${three}00100001000`],
  ['SUXC1', `010101${three}00110001000`],
];

/** MIPS32's row with another pattern of the same fields. */
function moved(name: string, pattern: string): MipsRow {
  const row = FPU_ROWS.find((r) => r.name === name);
  if (row === undefined) throw new RangeError(`no floating-point instruction ${name}`);
  return { ...row, name: `${name}_32`, pattern };
}

// BC1F, BC1T cc, offset
const BRANCH = inst(
  'BC1_32',
  'fpu-pre6',
  '0100001110bccc00iiiiiiiiiiiiiiii',
  ({ c, b, i }, pc) => `bc1${b === 1 ? 't' : 'f'} ${c === 0 ? '' : '{ccc}, '}${hex(halfwordTarget(pc, 4, i, 16))}`,
  (cx, { c, b, i }) => branchTo(cx, conditionIs(cx, c, b), halfwordTarget(cx.pc, 4, i, 16), 'any'),
);

export const MICROMIPS_FPU_ROWS: readonly MipsRow[] = [
  ...BOTH_FORMATS.flatMap(([name, pattern]) => [
    moved(`${name}_s`, `010101${pattern.replace('f', '0')}`),
    moved(`${name}_d`, `010101${pattern.replace('f', '1')}`),
  ]),
  ...OTHERS.map(([name, pattern]) => moved(name, pattern)),
  { ...BRANCH, branches: true },
];
