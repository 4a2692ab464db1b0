/**
 * Encodings of the Advanced SIMD instructions (Arm ARM DDI 0406C, sections A7.4 and A7.7) as A32 has them;
 * `thumbNeonPattern` gives the T32 form.
 */
import { inst, type ArmRow } from './instruction';
import {
  BITWISE,
  bitwise,
  COMPARE_ZERO,
  LANEWISE,
  lanewise,
  multiplyPolynomials,
  pairwise,
  pairwiseLong,
  SATURATING,
  saturating,
  saturatingUnary,
  UNARY,
  unaryLanes,
} from './lift/neon-integer';
import { doublingHigh } from './lift/neon-long';
import { allLanes, multipleStructures, oneLane, type OneLane } from './lift/neon-load-store';
import {
  duplicateCore,
  duplicateScalar,
  extract,
  reverse,
  swap,
  tableLookUp,
  transpose,
  unzip,
  vectorImmediate,
  zip,
} from './lift/neon-permute';
import type { Sized, ThreeVectors, TwoVectors } from './lift/neon-registers';
import { NEON_EXTENSION_ROWS } from './neon-extensions';
import { NEON_FLOAT_ROWS } from './neon-float';
import { NEON_LONG_ROWS } from './neon-long';
import { computed, typeLetter, unsignedBits } from './neon-row';
import { NEON_SHIFT_ROWS } from './neon-shifts';
import {
  allLanesSyntax,
  duplicateScalarSyntax,
  immediateSyntax,
  multipleSyntax,
  oneLaneSyntax,
  pairOfVectors,
  tableSyntax,
  tripleOfVectors,
  vectorName,
} from './neon-syntax';

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
  unsignedBits(u).map((bit) => {
    const type = typeLetter(u, bit, letter);
    return computed<ThreeVectors & Sized>(
      `${mnemonic.toUpperCase()}_${type || 'bits'}`,
      `1111001${bit}0Dssnnnndddd${opcode}NqM${bit4}mmmm`,
      (f) => `${mnemonic}{c}.${type}${8 << f.s} ${tripleOfVectors(f)}`,
      lanewise(LANEWISE[mnemonic]!, bit === '0', widest),
    );
  }),
);

/** Shifts by register name the value before the amount. */
const SHIFT_BY_REGISTER_CODES = [
  ['vshl', '0100', '0'],
  ['vqshl', '0100', '1'],
  ['vrshl', '0101', '0'],
  ['vqrshl', '0101', '1'],
] as const;

const SHIFT_BY_REGISTER_ROWS = SHIFT_BY_REGISTER_CODES.flatMap(([mnemonic, opcode, bit4]) =>
  (['s', 'u'] as const).map((type) => {
    const signed = type === 's';
    return computed<ThreeVectors & Sized>(
      `${mnemonic.toUpperCase()}_${type}_reg`,
      `1111001${signed ? 0 : 1}0Dssnnnndddd${opcode}NqM${bit4}mmmm`,
      (f) => `${mnemonic}{c}.${type}${8 << f.s} ${tripleOfVectors({ ...f, n: f.m, N: f.M, m: f.n, M: f.N })}`,
      mnemonic in SATURATING ? saturating(SATURATING[mnemonic]!, signed) : lanewise(LANEWISE[mnemonic]!, signed, 3),
    );
  }),
);

const SATURATING_ROWS = (
  [
    ['vqadd', '0000'],
    ['vqsub', '0010'],
  ] as const
).flatMap(([mnemonic, opcode]) =>
  (['s', 'u'] as const).map((type) =>
    computed<ThreeVectors & Sized>(
      `${mnemonic.toUpperCase()}_${type}`,
      `1111001${type === 's' ? 0 : 1}0Dssnnnndddd${opcode}NqM1mmmm`,
      (f) => `${mnemonic}{c}.${type}${8 << f.s} ${tripleOfVectors(f)}`,
      saturating(SATURATING[mnemonic]!, type === 's'),
    ),
  ),
);

const DOUBLING_ROWS = (
  [
    ['vqdmulh', '0'],
    ['vqrdmulh', '1'],
  ] as const
).map(([mnemonic, u]) =>
  computed<ThreeVectors & Sized>(
    mnemonic.toUpperCase(),
    `1111001${u}0Dssnnnndddd1011NqM0mmmm`,
    (f) => `${mnemonic}{c}.s${8 << f.s} ${tripleOfVectors(f)}`,
    doublingHigh(mnemonic),
  ),
);

const PAIRWISE_CODES = [
  ['VPADD', 'add', '0', 'i', '1011', '1'],
  ['VPMAX_s', 'max', '0', 's', '1010', '0'],
  ['VPMAX_u', 'max', '1', 'u', '1010', '0'],
  ['VPMIN_s', 'min', '0', 's', '1010', '1'],
  ['VPMIN_u', 'min', '1', 'u', '1010', '1'],
] as const;

const PAIRWISE_ROWS = PAIRWISE_CODES.map(([name, operation, u, type, opcode, bit4]) =>
  computed<Omit<ThreeVectors, 'q'> & Sized>(
    name,
    `1111001${u}0Dssnnnndddd${opcode}N0M${bit4}mmmm`,
    (f) => `${name.slice(0, 5).toLowerCase()}{c}.${type}${8 << f.s} ${tripleOfVectors({ ...f, q: 0 })}`,
    pairwise(operation, type !== 'u'),
  ),
);

/** Name, bits 17-16, opcode, letter of the data type and largest size of the two-register miscellaneous instructions. */
const MISCELLANEOUS_CODES = [
  ['vcls', '00', '01000', 's', 2],
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

const SATURATING_UNARY_ROWS = (
  [
    ['vqabs', '01110'],
    ['vqneg', '01111'],
  ] as const
).map(([mnemonic, opcode]) =>
  computed<TwoVectors & Sized>(
    mnemonic.toUpperCase(),
    `111100111D11ss00dddd${opcode}qM0mmmm`,
    (f) => `${mnemonic}{c}.s${8 << f.s} ${pairOfVectors(f)}`,
    saturatingUnary(mnemonic),
  ),
);

const PAIRWISE_LONG_ROWS = (
  [
    ['vpaddl', '0010', false],
    ['vpadal', '0110', true],
  ] as const
).flatMap(([mnemonic, opcode, accumulate]) =>
  (['s', 'u'] as const).map((type) =>
    computed<TwoVectors & Sized>(
      `${mnemonic.toUpperCase()}_${type}`,
      `111100111D11ss00dddd${opcode}${type === 's' ? 0 : 1}qM0mmmm`,
      (f) => `${mnemonic}{c}.${type}${8 << f.s} ${pairOfVectors(f)}`,
      pairwiseLong(type === 's', accumulate),
    ),
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
  inst('VTBL', 'neon', '111100111D11nnnndddd10llNoM0mmmm', tableSyntax, tableLookUp),
  inst('VMUL_p8', 'neon', '111100110D00nnnndddd1001NqM1mmmm', (f) => `vmul{c}.p8 ${tripleOfVectors(f)}`, multiplyPolynomials),
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
  ...SHIFT_BY_REGISTER_ROWS,
  ...SATURATING_ROWS,
  ...DOUBLING_ROWS,
  ...SATURATING_UNARY_ROWS,
  ...PAIRWISE_LONG_ROWS,
  ...NEON_SHIFT_ROWS,
  ...NEON_LONG_ROWS,
  ...NEON_FLOAT_ROWS,
  ...PERMUTATION_ROWS,
  ...LOAD_STORE_ROWS,
  ...NEON_EXTENSION_ROWS,
];

export { NEON_COPROCESSOR_ROWS } from './neon-extensions';

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
