/** Encodings of complex arithmetic, of products of halves and of brain floats (Arm ARM DDI 0487, section F4.1; Armv8.2 to 8.6). */
import type { ArmFeature, ArmRow } from './instruction';
import { complexAdd, complexMultiplyAdd, complexMultiplyAddByScalar, complexScalar } from './lift/neon-complex';
import {
  dotBrainFloat,
  dotBrainFloatByScalar,
  longScalar,
  matrixProductBrainFloat,
  multiplyAddBrainFloat,
  multiplyAddBrainFloatByScalar,
  multiplyAddLong,
  multiplyAddLongByScalar,
  singlesToBrainFloats,
} from './lift/neon-mixed-float';
import type { ThreeVectors, TwoVectors } from './lift/neon-registers';
import { computed } from './neon-row';
import { tripleOfVectors, vectorName } from './neon-syntax';
import { vfpName } from './vfp-syntax';

const gated = (feature: ArmFeature, rows: readonly ArmRow[]): readonly ArmRow[] => rows.map((row) => ({ ...row, feature }));

type Rotated = ThreeVectors & { readonly s: number; readonly r: number };

const typeOf = (s: number): string => (s === 1 ? 'f32' : 'f16');
const ofTwo = (f: Omit<ThreeVectors, 'm' | 'M'>, qn = f.q): string => `${vectorName(f.q, f.d, f.D)}, ${vectorName(qn, f.n, f.N)}`;

const COMPLEX_ROWS = gated('fcma', [
  computed<Rotated>(
    'VCADD',
    '1111110r1D0snnnndddd1000NqM0mmmm',
    (f) => `vcadd.${typeOf(f.s)} ${tripleOfVectors(f)}, #${f.r === 1 ? 270 : 90}`,
    complexAdd,
  ),
  computed<Rotated>(
    'VCMLA',
    '1111110rrD1snnnndddd1000NqM0mmmm',
    (f) => `vcmla.${typeOf(f.s)} ${tripleOfVectors(f)}, #${f.r * 90}`,
    complexMultiplyAdd,
  ),
  computed<Rotated>(
    'VCMLA_scalar',
    '11111110sDrrnnnndddd1000NqM0mmmm',
    (f) => {
      const { register, index } = complexScalar(f);
      return `vcmla.${typeOf(f.s)} ${ofTwo(f)}, d${register}[${index}], #${f.r * 90}`;
    },
    complexMultiplyAddByScalar,
  ),
]);

const LONG_ROWS = gated(
  'fhm',
  (
    [
      ['vfmal', '0', false],
      ['vfmsl', '1', true],
    ] as const
  ).flatMap(([mnemonic, bit, subtract]) => [
    computed<ThreeVectors>(
      mnemonic.toUpperCase(),
      `11111100${bit}D10nnnndddd1000NqM1mmmm`,
      (f) => `${mnemonic}.f16 ${vectorName(f.q, f.d, f.D)}, ${vfpName(f.q, f.n, f.N)}, ${vfpName(f.q, f.m, f.M)}`,
      multiplyAddLong(subtract),
    ),
    computed<ThreeVectors>(
      `${mnemonic.toUpperCase()}_scalar`,
      `111111100D0${bit}nnnndddd1000NqM1mmmm`,
      (f) => {
        const { register, index } = longScalar(f);
        const letter = f.q === 1 ? 'd' : 's';
        return `${mnemonic}.f16 ${vectorName(f.q, f.d, f.D)}, ${vfpName(f.q, f.n, f.N)}, ${letter}${register}[${index}]`;
      },
      multiplyAddLongByScalar(subtract),
    ),
  ]),
);

const half = (f: ThreeVectors): string => `vfma${f.q === 1 ? 't' : 'b'}.bf16`;

const BRAIN_FLOAT_ROWS = gated('bf16', [
  computed<ThreeVectors>('VDOT_bf16', '111111000D00nnnndddd1101NqM0mmmm', (f) => `vdot.bf16 ${tripleOfVectors(f)}`, dotBrainFloat),
  computed<ThreeVectors>(
    'VDOT_bf16_scalar',
    '111111100D00nnnndddd1101NqM0mmmm',
    (f) => `vdot.bf16 ${ofTwo(f)}, d${f.m}[${f.M}]`,
    dotBrainFloatByScalar,
  ),
  computed<Omit<ThreeVectors, 'q'>>(
    'VMMLA_bf16',
    '111111000D00nnnndddd1100N1M0mmmm',
    (f) => `vmmla.bf16 ${tripleOfVectors({ ...f, q: 1 })}`,
    matrixProductBrainFloat,
  ),
  computed<ThreeVectors>(
    'VFMA_bf16',
    '111111000D11nnnndddd1000NqM1mmmm',
    (f) => `${half(f)} ${tripleOfVectors({ ...f, q: 1 })}`,
    multiplyAddBrainFloat,
  ),
  computed<ThreeVectors>(
    'VFMA_bf16_scalar',
    '111111100D11nnnndddd1000NqM1mmmm',
    (f) => {
      const { register, index } = longScalar({ ...f, q: 1 });
      return `${half(f)} ${ofTwo({ ...f, q: 1 })}, d${register}[${index}]`;
    },
    multiplyAddBrainFloatByScalar,
  ),
]);

/** Rows of the coprocessor space, where A32 and T32 have the same words. */
export const NEON_V8_FLOAT_ROWS: readonly ArmRow[] = [...COMPLEX_ROWS, ...LONG_ROWS, ...BRAIN_FLOAT_ROWS];

/** Rows of the space that A32 and T32 share but for its first byte. */
export const NEON_BRAIN_FLOAT_ROWS: readonly ArmRow[] = gated('bf16', [
  computed<Omit<TwoVectors, 'q'>>(
    'VCVT_vector_to_bf16',
    '111100111D110110dddd011001M0mmmm',
    (f) => `vcvt{c}.bf16.f32 ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}`,
    singlesToBrainFloats,
  ),
]);
