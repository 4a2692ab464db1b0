/** Encodings of what ARMv8 added to Advanced SIMD: cryptography, dot products, matrix products (Arm ARM DDI 0487, section F4.1). */
import type { ArmFeature, ArmRow } from './instruction';
import { AES_STEPS, aes, multiplyPolynomials64 } from './lift/crypto-aes';
import { SHA_THREE, SHA_TWO, shaThree, shaTwo } from './lift/crypto-sha';
import { dot, dotByScalar, doublingAccumulate, doublingAccumulateByScalar, matrixProduct, type ByteSigns } from './lift/neon-dot-product';
import { scalarOperand } from './lift/neon-long';
import type { Sized, ThreeVectors, TwoVectors } from './lift/neon-registers';
import { computed } from './neon-row';
import { pairOfVectors, tripleOfVectors, vectorName } from './neon-syntax';
import { NEON_BRAIN_FLOAT_ROWS, NEON_V8_FLOAT_ROWS } from './neon-v8-float';
import { NEON_HALF_ROWS } from './neon-half';

const gated = (feature: ArmFeature, row: ArmRow): ArmRow => ({ ...row, feature });

type Pair = Omit<TwoVectors, 'q'>;
type Triple = Omit<ThreeVectors, 'q'>;

const quadPair = (f: Pair): string => pairOfVectors({ ...f, q: 1 });
const quadTriple = (f: Triple): string => tripleOfVectors({ ...f, q: 1 });

const AES_ROWS = (
  [
    ['aese', '00'],
    ['aesd', '01'],
    ['aesmc', '10'],
    ['aesimc', '11'],
  ] as const
).map(([mnemonic, op]) =>
  gated(
    'aes',
    computed<Pair>(
      mnemonic.toUpperCase(),
      `111100111D110000dddd0011${op}M0mmmm`,
      (f) => `${mnemonic}.8 ${quadPair(f)}`,
      aes(AES_STEPS[mnemonic]),
    ),
  ),
);

const SHA_TWO_ROWS = (
  [
    ['sha1h', 'sha1', '01', '001011'],
    ['sha1su1', 'sha1', '10', '001110'],
    ['sha256su0', 'sha2', '10', '001111'],
  ] as const
).map(([mnemonic, feature, a, op]) =>
  gated(
    feature,
    computed<Pair>(
      mnemonic.toUpperCase(),
      `111100111D1110${a}dddd${op}M0mmmm`,
      (f) => `${mnemonic}.32 ${quadPair(f)}`,
      shaTwo(SHA_TWO[mnemonic]),
    ),
  ),
);

const SHA_THREE_ROWS = (
  [
    ['sha1c', 'sha1', '0', '00'],
    ['sha1p', 'sha1', '0', '01'],
    ['sha1m', 'sha1', '0', '10'],
    ['sha1su0', 'sha1', '0', '11'],
    ['sha256h', 'sha2', '1', '00'],
    ['sha256h2', 'sha2', '1', '01'],
    ['sha256su1', 'sha2', '1', '10'],
  ] as const
).map(([mnemonic, feature, u, size]) =>
  gated(
    feature,
    computed<Triple>(
      mnemonic.toUpperCase(),
      `1111001${u}0D${size}nnnndddd1100N1M0mmmm`,
      (f) => `${mnemonic}.32 ${quadTriple(f)}`,
      shaThree(SHA_THREE[mnemonic]),
    ),
  ),
);

const POLYNOMIAL_ROW = gated(
  'pmull',
  computed<Triple>(
    'VMULL_p64',
    '111100101D10nnnndddd1110N0M0mmmm',
    (f) => `vmull.p64 ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.n, f.N)}, ${vectorName(0, f.m, f.M)}`,
    multiplyPolynomials64,
  ),
);

/** Size 3 and 0 are not allocated, or other instructions. */
const ACCUMULATE_ROWS = (
  [
    ['vqrdmlah', '1011', '1110', false],
    ['vqrdmlsh', '1100', '1111', true],
  ] as const
).flatMap(([mnemonic, opcode, scalarOpcode, subtract]) =>
  (['01', '10'] as const).flatMap((size, i) => {
    const s = i + 1;
    const width = 8 << s;
    return [
      computed<ThreeVectors>(
        `${mnemonic.toUpperCase()}_s${width}`,
        `111100110D${size}nnnndddd${opcode}NqM1mmmm`,
        (f) => `${mnemonic}.s${width} ${tripleOfVectors(f)}`,
        (cx, f) => doublingAccumulate(subtract)(cx, { ...f, s }),
      ),
      computed<Omit<ThreeVectors & Sized, 's'>>(
        `${mnemonic.toUpperCase()}_s${width}_scalar`,
        `1111001q1D${size}nnnndddd${scalarOpcode}N1M0mmmm`,
        (f) => {
          const { register, index } = scalarOperand({ ...f, s });
          return `${mnemonic}.s${width} ${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, d${register}[${index}]`;
        },
        (cx, f) => doublingAccumulateByScalar(subtract)(cx, { ...f, s }),
      ),
    ].map((row) => gated('rdm', row));
  }),
);

/** Rows of the space that A32 and T32 share but for its first byte. */
export const NEON_EXTENSION_ROWS: readonly ArmRow[] = [
  ...AES_ROWS,
  ...SHA_TWO_ROWS,
  ...SHA_THREE_ROWS,
  POLYNOMIAL_ROW,
  ...ACCUMULATE_ROWS,
  ...NEON_HALF_ROWS,
  ...NEON_BRAIN_FLOAT_ROWS,
];

const SIGNED: ByteSigns = [true, true];
const UNSIGNED: ByteSigns = [false, false];
const MIXED: ByteSigns = [false, true];
const SCALAR_SIGNED: ByteSigns = [true, false];

/** Mnemonic, data type, feature, bits 23 and 4, signs. */
const DOT_ROWS = (
  [
    ['vsdot', 's8', 'dotprod', '0', '0', SIGNED],
    ['vudot', 'u8', 'dotprod', '0', '1', UNSIGNED],
    ['vusdot', 's8', 'i8mm', '1', '0', MIXED],
  ] as const
).map(([mnemonic, type, feature, bit23, u, signs]) =>
  gated(
    feature,
    computed<ThreeVectors>(
      mnemonic.toUpperCase(),
      `11111100${bit23}D10nnnndddd1101NqM${u}mmmm`,
      (f) => `${mnemonic}.${type} ${tripleOfVectors(f)}`,
      dot(signs),
    ),
  ),
);

/** Mnemonic, data type, feature, bits 23-20 without D, bit 4, signs. */
const DOT_SCALAR_ROWS = (
  [
    ['vsdot', 's8', 'dotprod', '0D10', '0', SIGNED],
    ['vudot', 'u8', 'dotprod', '0D10', '1', UNSIGNED],
    ['vusdot', 's8', 'i8mm', '1D00', '0', MIXED],
    ['vsudot', 'u8', 'i8mm', '1D00', '1', SCALAR_SIGNED],
  ] as const
).map(([mnemonic, type, feature, bits, u, signs]) =>
  gated(
    feature,
    computed<ThreeVectors>(
      `${mnemonic.toUpperCase()}_scalar`,
      `11111110${bits}nnnndddd1101NqM${u}mmmm`,
      (f) => `${mnemonic}.${type} ${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, d${f.m}[${f.M}]`,
      dotByScalar(signs),
    ),
  ),
);

const MATRIX_ROWS = (
  [
    ['vsmmla', 's8', '0', '0', SIGNED],
    ['vummla', 'u8', '0', '1', UNSIGNED],
    ['vusmmla', 's8', '1', '0', MIXED],
  ] as const
).map(([mnemonic, type, bit23, u, signs]) =>
  gated(
    'i8mm',
    computed<Triple>(
      mnemonic.toUpperCase(),
      `11111100${bit23}D10nnnndddd1100N1M${u}mmmm`,
      (f) => `${mnemonic}.${type} ${quadTriple(f)}`,
      matrixProduct(signs),
    ),
  ),
);

/** Rows of the coprocessor space, where A32 and T32 have the same words. */
export const NEON_COPROCESSOR_ROWS: readonly ArmRow[] = [...DOT_ROWS, ...DOT_SCALAR_ROWS, ...MATRIX_ROWS, ...NEON_V8_FLOAT_ROWS];
