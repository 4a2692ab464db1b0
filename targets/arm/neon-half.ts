/** Encodings of Advanced SIMD on halves (Arm ARM DDI 0487, section F4.1): those on singles with another size. */
import type { ArmRow } from './instruction';
import { halfByScalar, halfConversion, halfPairwise, halfThree, halfUnary } from './lift/neon-half';
import type { TwoVectors } from './lift/neon-registers';
import { CONVERSION_ROUNDINGS, ROUNDINGS } from './neon-float';
import { pairwiseRows, scalarRows, threeRows, unaryRows, type FloatFormat } from './neon-float-formats';
import { computed } from './neon-row';
import { pairOfVectors } from './neon-syntax';

const HALVES: FloatFormat = { type: 'f16', bit: '1', size: 1 };

/** Name of the row, mnemonic with types, bits 17 and 16, opcode in bits 11 to 7, and the lifter. */
const UNARY: readonly (readonly [string, string, string, string, ReturnType<typeof halfUnary>])[] = [
  ['VRECPE_f16', 'vrecpe{c}.f16', '11', '01010', halfUnary('vrecpe')],
  ['VRSQRTE_f16', 'vrsqrte{c}.f16', '11', '01011', halfUnary('vrsqrte')],
  ['VCVT_vector_f16_s16', 'vcvt{c}.f16.s16', '11', '01100', halfConversion('vcvt from integer', true)],
  ['VCVT_vector_f16_u16', 'vcvt{c}.f16.u16', '11', '01101', halfConversion('vcvt from integer', false)],
  ['VCVT_vector_s16_f16', 'vcvt{c}.s16.f16', '11', '01110', halfConversion('vcvt to integer', true)],
  ['VCVT_vector_u16_f16', 'vcvt{c}.u16.f16', '11', '01111', halfConversion('vcvt to integer', false)],
  ...ROUNDINGS.map(
    ([letter, code]) =>
      [`VRINT${letter.toUpperCase()}_vector_f16`, `vrint${letter}.f16`, '10', `01${code}`, halfUnary(`vrint${letter}`)] as const,
  ),
  ...CONVERSION_ROUNDINGS.flatMap(([letter, code]) =>
    (['s16', 'u16'] as const).map(
      (type, op) =>
        [
          `VCVT${letter.toUpperCase()}_vector_${type}_f16`,
          `vcvt${letter}.${type}.f16`,
          '11',
          `00${code}${op}`,
          halfConversion(`vcvt${letter}`, type === 's16'),
        ] as const,
    ),
  ),
];

const UNARY_ROWS = UNARY.map(([name, mnemonic, kind, opcode, lift]) =>
  computed<TwoVectors>(name, `111100111D1101${kind}dddd${opcode}qM0mmmm`, (f) => `${mnemonic} ${pairOfVectors(f)}`, lift),
);

/** Data types with their U bit and bit 8. */
const FIXED_ROWS = (
  [
    ['f16.s16', '0', '0'],
    ['f16.u16', '1', '0'],
    ['s16.f16', '0', '1'],
    ['u16.f16', '1', '1'],
  ] as const
).map(([types, u, bit8]) =>
  computed<TwoVectors & { readonly i: number }>(
    `VCVT_vector_fixed_${types}`,
    `1111001${u}1D11iiiidddd110${bit8}0qM1mmmm`,
    (f) => `vcvt{c}.${types} ${pairOfVectors(f)}, #${16 - f.i}`,
    (cx, f) => halfConversion(bit8 === '1' ? 'vcvt to integer' : 'vcvt from integer', u === '0', 16 - f.i)(cx, f),
  ),
);

export const NEON_HALF_ROWS: readonly ArmRow[] = [
  ...threeRows(HALVES, halfThree),
  ...pairwiseRows(HALVES, halfPairwise),
  ...scalarRows(HALVES, halfByScalar),
  ...unaryRows(HALVES, halfUnary),
  ...UNARY_ROWS,
  ...FIXED_ROWS,
].map((row) => ({ ...row, feature: 'fp16' }));
