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
import type { TwoVectors } from './lift/neon-registers';
import { pairwiseRows, scalarRows, threeRows, unaryRows, type FloatFormat, type ThreeOperation } from './neon-float-formats';
import { computed } from './neon-row';
import { pairOfVectors, vectorName } from './neon-syntax';

type ThreeLift = ReturnType<typeof floatOperation>;

function sinceV8(lift: ThreeLift): ThreeLift {
  return (cx, f) => (cx.features.has('v8') ? lift(cx, f) : false);
}

const SINGLES: FloatFormat = { type: 'f32', bit: '0', size: 2 };

function threeLift(mnemonic: ThreeOperation): ThreeLift {
  switch (mnemonic) {
    case 'vmla':
    case 'vmls':
    case 'vmul':
    case 'vrecps':
    case 'vrsqrts':
      return floatProduct(mnemonic);
    case 'vmaxnm':
    case 'vminnm':
      return sinceV8(floatOperation(mnemonic));
    case 'vfma':
    case 'vfms':
      return fusedMultiplyAdd(mnemonic === 'vfms');
    default:
      return floatOperation(mnemonic);
  }
}

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
  ...threeRows(SINGLES, threeLift),
  ...pairwiseRows(SINGLES, floatPairwise),
  ...scalarRows(SINGLES, floatProductByScalar),
  ...unaryRows(SINGLES, (mnemonic) => (mnemonic === 'vabs' || mnemonic === 'vneg' ? signOperation(mnemonic) : compareZero(mnemonic))),
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
