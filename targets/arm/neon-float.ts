/** Encodings of the Advanced SIMD floating-point instructions (Arm ARM DDI 0406C, section A7.4). */
import { inst, type ArmRow } from './instruction';
import {
  compareZero,
  conversion,
  estimate,
  floatOperation,
  floatPairwise,
  floatProduct,
  floatProductByScalar,
  fusedMultiplyAdd,
  halvesToSingles,
  roundToInteger,
  roundToIntegral,
  signOperation,
  singlesToHalves,
} from './lift/neon-float';
import { scalarOperand } from './lift/neon-long';
import type { ThreeVectors, TwoVectors } from './lift/neon-registers';
import { computed } from './neon-row';
import { pairOfVectors, tripleOfVectors, vectorName } from './neon-syntax';

type ThreeLift = ReturnType<typeof floatOperation>;

function sinceV8(lift: ThreeLift): ThreeLift {
  return (cx, f) => (cx.features.has('v8') ? lift(cx, f) : false);
}

/** Mnemonic, U bit, bit 21, opcode, bit 4. */
const THREE_CODES: readonly (readonly [string, string, string, string, string, ThreeLift])[] = [
  ...(
    [
      ['vadd', '0', '0', '1101', '0'],
      ['vsub', '0', '1', '1101', '0'],
      ['vabd', '1', '1', '1101', '0'],
      ['vceq', '0', '0', '1110', '0'],
      ['vcge', '1', '0', '1110', '0'],
      ['vcgt', '1', '1', '1110', '0'],
      ['vacge', '1', '0', '1110', '1'],
      ['vacgt', '1', '1', '1110', '1'],
      ['vmax', '0', '0', '1111', '0'],
      ['vmin', '0', '1', '1111', '0'],
    ] as const
  ).map(([m, ...bits]) => [m, ...bits, floatOperation(m)] as const),
  ...(
    [
      ['vmla', '0', '0', '1101', '1'],
      ['vmls', '0', '1', '1101', '1'],
      ['vmul', '1', '0', '1101', '1'],
      ['vrecps', '0', '0', '1111', '1'],
      ['vrsqrts', '0', '1', '1111', '1'],
    ] as const
  ).map(([m, ...bits]) => [m, ...bits, floatProduct(m)] as const),
  ['vmaxnm', '1', '0', '1111', '1', sinceV8(floatOperation('vmaxnm'))],
  ['vminnm', '1', '1', '1111', '1', sinceV8(floatOperation('vminnm'))],
  ['vfma', '0', '0', '1100', '1', fusedMultiplyAdd(false)],
  ['vfms', '0', '1', '1100', '1', fusedMultiplyAdd(true)],
];

const THREE_ROWS = THREE_CODES.map(([mnemonic, u, bit21, opcode, bit4, lift]) =>
  computed<ThreeVectors>(
    `${mnemonic.toUpperCase()}_vector_f32`,
    `1111001${u}0D${bit21}0nnnndddd${opcode}NqM${bit4}mmmm`,
    (f) => `${mnemonic}{c}.f32 ${tripleOfVectors(f)}`,
    lift,
  ),
);

const PAIRWISE_ROWS = (
  [
    ['vpadd', 'vadd', '0', '1101'],
    ['vpmax', 'vmax', '0', '1111'],
    ['vpmin', 'vmin', '1', '1111'],
  ] as const
).map(([mnemonic, operation, bit21, opcode]) =>
  computed<Omit<ThreeVectors, 'q'>>(
    `${mnemonic.toUpperCase()}_f32`,
    `111100110D${bit21}0nnnndddd${opcode}N0M0mmmm`,
    (f) => `${mnemonic}{c}.f32 ${tripleOfVectors({ ...f, q: 0 })}`,
    floatPairwise(operation),
  ),
);

const SCALAR_ROWS = (
  [
    ['vmla', '0001'],
    ['vmls', '0101'],
    ['vmul', '1001'],
  ] as const
).map(([mnemonic, opcode]) =>
  computed<ThreeVectors>(
    `${mnemonic.toUpperCase()}_f32_scalar`,
    `1111001q1D10nnnndddd${opcode}N1M0mmmm`,
    (f) => {
      const { register, index } = scalarOperand({ ...f, s: 2 });
      return `${mnemonic}{c}.f32 ${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, d${register}[${index}]`;
    },
    floatProductByScalar(mnemonic),
  ),
);

/** Mnemonic, opcode in bits 11 to 7 and what follows the operands, of the instructions with bits 17 and 16 = 01. */
const UNARY_ROWS = (
  [
    ['vcgt', '01000', ', #0'],
    ['vcge', '01001', ', #0'],
    ['vceq', '01010', ', #0'],
    ['vcle', '01011', ', #0'],
    ['vclt', '01100', ', #0'],
    ['vabs', '01110', ''],
    ['vneg', '01111', ''],
  ] as const
).map(([mnemonic, opcode, suffix]) =>
  computed<TwoVectors>(
    `${mnemonic.toUpperCase()}_vector_f32${suffix === '' ? '' : '_zero'}`,
    `111100111D111001dddd${opcode}qM0mmmm`,
    (f) => `${mnemonic}{c}.f32 ${pairOfVectors(f)}${suffix}`,
    mnemonic === 'vabs' || mnemonic === 'vneg' ? signOperation(mnemonic) : compareZero(mnemonic),
  ),
);

/** Data types of VCVT with the codes of op in the forms for integers and for fixed-point numbers (U, bit 8). */
const CONVERSIONS = [
  ['f32.s32', '00', '0', '0'],
  ['f32.u32', '01', '1', '0'],
  ['s32.f32', '10', '0', '1'],
  ['u32.f32', '11', '1', '1'],
] as const;

const CONVERSION_ROWS = CONVERSIONS.flatMap(([types, op, u, bit8]) => [
  computed<TwoVectors>(
    `VCVT_vector_${types}`,
    `111100111D111011dddd011${op}qM0mmmm`,
    (f) => `vcvt{c}.${types} ${pairOfVectors(f)}`,
    conversion(types),
  ),
  computed<TwoVectors & { readonly i: number }>(
    `VCVT_vector_fixed_${types}`,
    `1111001${u}1D1iiiiidddd111${bit8}0qM1mmmm`,
    (f) => `vcvt{c}.${types} ${pairOfVectors(f)}, #${32 - f.i}`,
    (cx, f) => conversion(types, 32 - f.i)(cx, f),
  ),
]);

/** Letter of the rounding and its code in VRINT. */
export const ROUNDINGS = [
  ['n', '000'],
  ['x', '001'],
  ['a', '010'],
  ['z', '011'],
  ['m', '101'],
  ['p', '111'],
] as const;

/** Rounding in VCVT. */
export const CONVERSION_ROUNDINGS = [
  ['a', '00'],
  ['n', '01'],
  ['p', '10'],
  ['m', '11'],
] as const;

const ROUNDING_ROWS = [
  ...ROUNDINGS.map(([letter, code]) =>
    computed<TwoVectors>(
      `VRINT${letter.toUpperCase()}_vector`,
      `111100111D111010dddd01${code}qM0mmmm`,
      (f) => `vrint${letter}.f32 ${pairOfVectors(f)}`,
      roundToIntegral(letter),
    ),
  ),
  ...CONVERSION_ROUNDINGS.flatMap(([letter, code]) =>
    (['s32.f32', 'u32.f32'] as const).map((types, op) =>
      computed<TwoVectors>(
        `VCVT${letter.toUpperCase()}_vector_${types}`,
        `111100111D111011dddd00${code}${op}qM0mmmm`,
        (f) => `vcvt${letter}.${types} ${pairOfVectors(f)}`,
        roundToInteger(letter, types),
      ),
    ),
  ),
];

const ESTIMATE_ROWS = (
  [
    ['vrecpe', 'u32', '01000'],
    ['vrsqrte', 'u32', '01001'],
    ['vrecpe', 'f32', '01010'],
    ['vrsqrte', 'f32', '01011'],
  ] as const
).map(([mnemonic, type, opcode]) =>
  computed<TwoVectors>(
    `${mnemonic.toUpperCase()}_${type}`,
    `111100111D111011dddd${opcode}qM0mmmm`,
    (f) => `${mnemonic}{c}.${type} ${pairOfVectors(f)}`,
    estimate(mnemonic, type),
  ),
);

export const NEON_FLOAT_ROWS: readonly ArmRow[] = [
  ...THREE_ROWS,
  ...PAIRWISE_ROWS,
  ...SCALAR_ROWS,
  ...UNARY_ROWS,
  ...CONVERSION_ROWS,
  ...ROUNDING_ROWS,
  ...ESTIMATE_ROWS,
  inst(
    'VCVT_vector_to_half',
    'neon',
    '111100111D110110dddd011000M0mmmm',
    (f) => `vcvt{c}.f16.f32 ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}`,
    singlesToHalves,
  ),
  inst(
    'VCVT_vector_from_half',
    'neon',
    '111100111D110110dddd011100M0mmmm',
    (f) => `vcvt{c}.f32.f16 ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.m, f.M)}`,
    halvesToSingles,
  ),
];
