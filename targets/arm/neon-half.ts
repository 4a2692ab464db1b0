/** Encodings of Advanced SIMD on halves (Arm ARM DDI 0487, section F4.1): those on singles with another size. */
import type { ArmRow } from './instruction';
import { halfByScalar, halfConversion, halfPairwise, halfThree, halfUnary } from './lift/neon-half';
import { scalarOperand } from './lift/neon-long';
import type { ThreeVectors, TwoVectors } from './lift/neon-registers';
import { CONVERSION_ROUNDINGS, ROUNDINGS } from './neon-float';
import { computed } from './neon-row';
import { pairOfVectors, tripleOfVectors, vectorName } from './neon-syntax';

/** Mnemonic, U bit, bit 21, opcode, bit 4. */
const THREE_ROWS = (
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
    ['vmla', '0', '0', '1101', '1'],
    ['vmls', '0', '1', '1101', '1'],
    ['vmul', '1', '0', '1101', '1'],
    ['vrecps', '0', '0', '1111', '1'],
    ['vrsqrts', '0', '1', '1111', '1'],
    ['vmaxnm', '1', '0', '1111', '1'],
    ['vminnm', '1', '1', '1111', '1'],
    ['vfma', '0', '0', '1100', '1'],
    ['vfms', '0', '1', '1100', '1'],
  ] as const
).map(([mnemonic, u, bit21, opcode, bit4]) =>
  computed<ThreeVectors>(
    `${mnemonic.toUpperCase()}_vector_f16`,
    `1111001${u}0D${bit21}1nnnndddd${opcode}NqM${bit4}mmmm`,
    (f) => `${mnemonic}{c}.f16 ${tripleOfVectors(f)}`,
    halfThree(mnemonic),
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
    `${mnemonic.toUpperCase()}_f16`,
    `111100110D${bit21}1nnnndddd${opcode}N0M0mmmm`,
    (f) => `${mnemonic}{c}.f16 ${tripleOfVectors({ ...f, q: 0 })}`,
    halfPairwise(operation),
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
    `${mnemonic.toUpperCase()}_f16_scalar`,
    `1111001q1D01nnnndddd${opcode}N1M0mmmm`,
    (f) => {
      const { register, index } = scalarOperand({ ...f, s: 1 });
      return `${mnemonic}{c}.f16 ${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, d${register}[${index}]`;
    },
    halfByScalar(mnemonic),
  ),
);

/** Name of the row, mnemonic with types, bits 17 and 16, opcode in bits 11 to 7, what follows the operands, and the lifter. */
const UNARY: readonly (readonly [string, string, string, string, string, ReturnType<typeof halfUnary>])[] = [
  ...(
    [
      ['vcgt', '01000'],
      ['vcge', '01001'],
      ['vceq', '01010'],
      ['vcle', '01011'],
      ['vclt', '01100'],
    ] as const
  ).map(([m, opcode]) => [`${m.toUpperCase()}_vector_f16_zero`, `${m}{c}.f16`, '01', opcode, ', #0', halfUnary(m)] as const),
  ['VABS_vector_f16', 'vabs{c}.f16', '01', '01110', '', halfUnary('vabs')],
  ['VNEG_vector_f16', 'vneg{c}.f16', '01', '01111', '', halfUnary('vneg')],
  ['VRECPE_f16', 'vrecpe{c}.f16', '11', '01010', '', halfUnary('vrecpe')],
  ['VRSQRTE_f16', 'vrsqrte{c}.f16', '11', '01011', '', halfUnary('vrsqrte')],
  ['VCVT_vector_f16_s16', 'vcvt{c}.f16.s16', '11', '01100', '', halfConversion('vcvt from integer', true)],
  ['VCVT_vector_f16_u16', 'vcvt{c}.f16.u16', '11', '01101', '', halfConversion('vcvt from integer', false)],
  ['VCVT_vector_s16_f16', 'vcvt{c}.s16.f16', '11', '01110', '', halfConversion('vcvt to integer', true)],
  ['VCVT_vector_u16_f16', 'vcvt{c}.u16.f16', '11', '01111', '', halfConversion('vcvt to integer', false)],
  ...ROUNDINGS.map(
    ([letter, code]) =>
      [`VRINT${letter.toUpperCase()}_vector_f16`, `vrint${letter}.f16`, '10', `01${code}`, '', halfUnary(`vrint${letter}`)] as const,
  ),
  ...CONVERSION_ROUNDINGS.flatMap(([letter, code]) =>
    (['s16', 'u16'] as const).map(
      (type, op) =>
        [
          `VCVT${letter.toUpperCase()}_vector_${type}_f16`,
          `vcvt${letter}.${type}.f16`,
          '11',
          `00${code}${op}`,
          '',
          halfConversion(`vcvt${letter}`, type === 's16'),
        ] as const,
    ),
  ),
];

const UNARY_ROWS = UNARY.map(([name, mnemonic, kind, opcode, suffix, lift]) =>
  computed<TwoVectors>(name, `111100111D1101${kind}dddd${opcode}qM0mmmm`, (f) => `${mnemonic} ${pairOfVectors(f)}${suffix}`, lift),
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

export const NEON_HALF_ROWS: readonly ArmRow[] = [...THREE_ROWS, ...PAIRWISE_ROWS, ...SCALAR_ROWS, ...UNARY_ROWS, ...FIXED_ROWS].map(
  (row) => ({ ...row, feature: 'fp16' }),
);
