/**
 * Encodings of the Advanced SIMD integer, permutation and load/store instructions (Arm ARM DDI 0406C,
 * sections A7.4 and A7.7) as A32 has them; `thumbNeonPattern` gives the T32 form. Floating-point,
 * saturating, polynomial and table look-up instructions are not here: they are undefined.
 */
import { inst, type ArmRow } from './instruction';
import type { LiftContext } from './lift-context';
import {
  BITWISE,
  COMPARE_ZERO,
  LANEWISE,
  lanewise,
  pairwise,
  SHIFTS,
  shiftLeftLong,
  shiftRightNarrow,
  twoVectors,
  UNARY,
  unaryLanes,
  type Sized,
  type ThreeVectors,
  type TwoVectors,
} from './lift/neon-integer';
import { allLanes, multipleStructures, oneLane, type OneLane } from './lift/neon-load-store';
import {
  bitwise,
  duplicateCore,
  duplicateScalar,
  extract,
  reverse,
  swap,
  transpose,
  unzip,
  vectorImmediate,
  zip,
} from './lift/neon-permute';
import {
  allLanesSyntax,
  duplicateScalarSyntax,
  immediateSyntax,
  multipleSyntax,
  oneLaneSyntax,
  pairOfVectors,
  tripleOfVectors,
  vectorName,
} from './neon-syntax';

/** A row whose pattern is computed, so that the compiler cannot check the fields the lifter asks for against it. */
function computed<F>(
  name: string,
  pattern: string,
  syntax: (fields: F) => string,
  lift: (cx: LiftContext, fields: F) => void | false,
): ArmRow {
  return { name, feature: 'neon', pattern, syntax: syntax as unknown as ArmRow['syntax'], lift: lift as ArmRow['lift'] };
}

/** U bit and size of the bitwise instructions. */
const BITWISE_CODES = [
  ['vand', '0', '00'],
  ['vbic', '0', '01'],
  ['vorr', '0', '10'],
  ['vorn', '0', '11'],
  ['veor', '1', '00'],
  ['vbsl', '1', '01'],
  ['vbit', '1', '10'],
  ['vbif', '1', '11'],
] as const;

const BITWISE_ROWS = BITWISE_CODES.map(([mnemonic, u, size]) =>
  computed<ThreeVectors>(
    mnemonic.toUpperCase() + '_vector',
    `1111001${u}0D${size}nnnndddd0001NqM1mmmm`,
    (f) => `${mnemonic}{c} ${tripleOfVectors(f)}`,
    bitwise(BITWISE[mnemonic]!),
  ),
);

/** U bit (`s`: both, 0 signed), opcode and bit 4 of lane-wise instructions, the letter of their data types and their largest size field. */
const LANEWISE_CODES = [
  ['vhadd', 's', '0000', '0', '', 2],
  ['vrhadd', 's', '0001', '0', '', 2],
  ['vhsub', 's', '0010', '0', '', 2],
  ['vcgt', 's', '0011', '0', '', 2],
  ['vcge', 's', '0011', '1', '', 2],
  ['vmax', 's', '0110', '0', '', 2],
  ['vmin', 's', '0110', '1', '', 2],
  ['vabd', 's', '0111', '0', '', 2],
  ['vaba', 's', '0111', '1', '', 2],
  ['vadd', '0', '1000', '0', 'i', 3],
  ['vsub', '1', '1000', '0', 'i', 3],
  ['vtst', '0', '1000', '1', '', 2],
  ['vceq', '1', '1000', '1', 'i', 2],
  ['vmla', '0', '1001', '0', 'i', 2],
  ['vmls', '1', '1001', '0', 'i', 2],
  ['vmul', '0', '1001', '1', 'i', 2],
] as const;

const LANEWISE_ROWS = LANEWISE_CODES.flatMap(([mnemonic, u, opcode, bit4, letter, widest]) =>
  (u === 's' ? ['0', '1'] : [u]).map((bit) => {
    const type = u !== 's' ? letter : bit === '0' ? 's' : 'u';
    return computed<ThreeVectors & Sized>(
      `${mnemonic.toUpperCase()}_${type || 'bits'}`,
      `1111001${bit}0Dssnnnndddd${opcode}NqM${bit4}mmmm`,
      (f) => `${mnemonic}{c}.${type}${8 << f.s} ${tripleOfVectors(f)}`,
      lanewise(LANEWISE[mnemonic]!, bit === '0', widest),
    );
  }),
);

const PAIRWISE_CODES = [
  ['VPADD', 'add', '0', 'i', '1011', '1'],
  ['VPMAX_s', 'max', '0', 's', '1010', '0'],
  ['VPMAX_u', 'max', '1', 'u', '1010', '0'],
  ['VPMIN_s', 'min', '0', 's', '1010', '1'],
  ['VPMIN_u', 'min', '1', 'u', '1010', '1'],
] as const;

const PAIRWISE_ROWS = PAIRWISE_CODES.map(([name, operation, u, type, opcode, bit4]) =>
  computed<ThreeVectors & Sized>(
    name,
    `1111001${u}0Dssnnnndddd${opcode}N0M${bit4}mmmm`,
    (f) => `${name.slice(0, 5).toLowerCase()}{c}.${type}${8 << f.s} ${tripleOfVectors({ ...f, q: 0 })}`,
    pairwise(operation, type !== 'u'),
  ),
);

/** Name, bits 17-16, opcode, letter of the data type and largest size of the two-register miscellaneous instructions. */
const MISCELLANEOUS_CODES = [
  ['vclz', '00', '01001', 'i', 2],
  ['vcnt', '00', '01010', '', 0],
  ['vabs', '01', '00110', 's', 2],
  ['vneg', '01', '00111', 's', 2],
] as const;

const MISCELLANEOUS_ROWS = MISCELLANEOUS_CODES.map(([mnemonic, a, opcode, letter, widest]) =>
  computed<TwoVectors & Sized>(
    `${mnemonic.toUpperCase()}_vector`,
    `111100111D11ss${a}dddd${opcode}qM0mmmm`,
    (f) => `${mnemonic}{c}.${letter}${8 << f.s} ${pairOfVectors(f)}`,
    unaryLanes(UNARY[mnemonic]!, widest),
  ),
);

const COMPARE_ZERO_CODES = [
  ['vcgt', '00000', 's'],
  ['vcge', '00001', 's'],
  ['vceq', '00010', 'i'],
  ['vcle', '00011', 's'],
  ['vclt', '00100', 's'],
] as const;

const COMPARE_ZERO_ROWS = COMPARE_ZERO_CODES.map(([mnemonic, opcode, letter]) =>
  computed<TwoVectors & Sized>(
    `${mnemonic.toUpperCase()}_zero`,
    `111100111D11ss01dddd${opcode}qM0mmmm`,
    (f) => `${mnemonic}{c}.${letter}${8 << f.s} ${pairOfVectors(f)}, #0`,
    unaryLanes(COMPARE_ZERO[mnemonic]!, 2),
  ),
);

/** Mnemonic, U bit (`s`: both), opcode, letter of the data type, and whether the amount counts from the left. */
const SHIFT_CODES = [
  ['vshr', 's', '0000', '', false],
  ['vsra', 's', '0001', '', false],
  ['vrshr', 's', '0010', '', false],
  ['vrsra', 's', '0011', '', false],
  ['vsri', '1', '0100', '', false],
  ['vshl', '0', '0101', 's', true],
  ['vsli', '1', '0101', '', true],
] as const;

/** Lane widths with the bits L and imm6 that select them; what is left of imm6 is field i. */
const SHIFT_SIZES = [
  [8, '001iii', '0'],
  [16, '01iiii', '0'],
  [32, '1iiiii', '0'],
  [64, 'iiiiii', '1'],
] as const;

const SHIFT_ROWS = SHIFT_CODES.flatMap(([mnemonic, u, opcode, letter, left]) =>
  (u === 's' ? ['0', '1'] : [u]).flatMap((bit) =>
    SHIFT_SIZES.map(([width, immediate, l]) => {
      const signed = bit === '0';
      const type = u === 's' ? (signed ? 's' : 'u') : letter;
      const amount = (f: { readonly i: number }): number => (left ? f.i : width - f.i);
      const operation = SHIFTS[mnemonic]!;
      return computed<TwoVectors & { readonly i: number }>(
        `${mnemonic.toUpperCase()}_${type}${width}_imm`,
        `1111001${bit}1D${immediate}dddd${opcode}${l}qM1mmmm`,
        (f) => `${mnemonic}{c}.${type}${width} ${pairOfVectors(f)}, #${amount(f)}`,
        (cx, f) => twoVectors(cx, f, (ir, m, d) => operation(ir, width, signed, amount(f), m, d)),
      );
    }),
  ),
);

type Narrowing = Omit<TwoVectors, 'q'> & { readonly i: number };

const LENGTH_ROWS = SHIFT_SIZES.slice(0, 3).flatMap(([width, immediate]) => [
  ...['s', 'u'].map((type) =>
    computed<Narrowing>(
      `VSHLL_${type}${width}`,
      `1111001${type === 's' ? 0 : 1}1D${immediate}dddd101000M1mmmm`,
      (f) =>
        `${f.i === 0 ? 'vmovl' : 'vshll'}{c}.${type}${width} ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.m, f.M)}${f.i === 0 ? '' : `, #${f.i}`}`,
      (cx, f) => shiftLeftLong(cx, f, width, type === 's', f.i),
    ),
  ),
  computed<Narrowing>(
    `VSHRN_${width}`,
    `111100101D${immediate}dddd100000M1mmmm`,
    (f) => `vshrn{c}.i${2 * width} ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}, #${width - f.i}`,
    (cx, f) => shiftRightNarrow(cx, f, width, width - f.i),
  ),
]);

const PERMUTATION_ROWS: readonly ArmRow[] = [
  inst('VEXT', 'neon', '111100101D11nnnnddddiiiiNqM0mmmm', (f) => `vext{c}.8 ${tripleOfVectors(f)}, #${f.i}`, extract),
  inst('VREV64', 'neon', '111100111D11ss00dddd00000qM0mmmm', (f) => `vrev64{c}.${8 << f.s} ${pairOfVectors(f)}`, reverse(64)),
  inst('VREV32', 'neon', '111100111D11ss00dddd00001qM0mmmm', (f) => `vrev32{c}.${8 << f.s} ${pairOfVectors(f)}`, reverse(32)),
  inst('VREV16', 'neon', '111100111D11ss00dddd00010qM0mmmm', (f) => `vrev16{c}.${8 << f.s} ${pairOfVectors(f)}`, reverse(16)),
  inst(
    'VMVN_vector',
    'neon',
    '111100111D110000dddd01011qM0mmmm',
    (f) => `vmvn{c} ${pairOfVectors(f)}`,
    (cx, f) => unaryLanes(UNARY['vmvn']!, 0)(cx, { ...f, s: 0 }),
  ),
  inst('VSWP', 'neon', '111100111D110010dddd00000qM0mmmm', (f) => `vswp{c} ${pairOfVectors(f)}`, swap),
  inst('VTRN', 'neon', '111100111D11ss10dddd00001qM0mmmm', (f) => `vtrn{c}.${8 << f.s} ${pairOfVectors(f)}`, transpose),
  inst('VUZP', 'neon', '111100111D11ss10dddd00010qM0mmmm', (f) => `vuzp{c}.${8 << f.s} ${pairOfVectors(f)}`, unzip),
  inst('VZIP', 'neon', '111100111D11ss10dddd00011qM0mmmm', (f) => `vzip{c}.${8 << f.s} ${pairOfVectors(f)}`, zip),
  inst(
    'VMOVN',
    'neon',
    '111100111D11ss10dddd001000M0mmmm',
    (f) => `vmovn{c}.i${16 << f.s} ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}`,
    (cx, f) => (f.s === 3 ? false : shiftRightNarrow(cx, f, 8 << f.s, 0)),
  ),
  inst('VDUP_scalar', 'neon', '111100111D11iiiidddd11000qM0mmmm', duplicateScalarSyntax, duplicateScalar),
  inst('VMOV_vector_imm', 'neon', '1111001i1D000iiiddddkkkk0qo1iiii', immediateSyntax, vectorImmediate),
];

const LOAD_STORE_ROWS: readonly ArmRow[] = [
  inst('VLDST_multiple', 'neon', '111101000Dl0nnnnddddxxxxssaammmm', multipleSyntax, multipleStructures),
  ...(['00', '01', '10'] as const).map((size, s) =>
    computed<Omit<OneLane, 's'>>(
      `VLDST_lane_${8 << s}`,
      `111101001Dl0nnnndddd${size}xxaaaammmm`,
      (f) => oneLaneSyntax({ ...f, s }),
      (cx, f) => oneLane(cx, { ...f, s }),
    ),
  ),
  inst('VLD_all_lanes', 'neon', '111101001D10nnnndddd11xxsstammmm', allLanesSyntax, allLanes),
];

export const NEON_ROWS: readonly ArmRow[] = [
  ...BITWISE_ROWS,
  ...LANEWISE_ROWS,
  ...PAIRWISE_ROWS,
  ...MISCELLANEOUS_ROWS,
  ...COMPARE_ZERO_ROWS,
  ...SHIFT_ROWS,
  ...LENGTH_ROWS,
  ...PERMUTATION_ROWS,
  ...LOAD_STORE_ROWS,
];

/** Advanced SIMD in the coprocessor space, conditional as VFP is. */
export const NEON_TRANSFER_ROWS: readonly ArmRow[] = [
  inst(
    'VDUP_core',
    'neon',
    'cccc11101bq0ddddtttt1011D0e1----',
    (f) => `vdup{c}.${f.b === 1 ? 8 : f.e === 1 ? 16 : 32} ${vectorName(f.q, f.d, f.D)}, {t}`,
    duplicateCore,
  ),
];

/** The T32 form of an A32 pattern of NEON_ROWS (section A7.4 and A7.7: the first byte differs). */
export function thumbNeonPattern(pattern: string): string {
  if (pattern.startsWith('11110100')) return `11111001${pattern.slice(8)}`;
  return `111${pattern[7]}1111${pattern.slice(8)}`;
}
