/** Encodings of the Advanced SIMD instructions on registers of different lengths and with scalars (sections A7.4.2 and A7.4.3). */
import { inst, type ArmRow } from './instruction';
import { byScalar, long, multiplyPolynomialsLong, scalarOperand, type LongFields } from './lift/neon-long';
import type { Sized, ThreeVectors } from './lift/neon-registers';
import { computed, typeLetter, unsignedBits } from './neon-row';
import { vectorName } from './neon-syntax';

/** Mnemonic, U bit (`s`: both, 0 signed), opcode, letter of the data type, shape (quadwords of d, n, m) and smallest size. */
const LONG_CODES = [
  ['vaddl', 's', '0000', '', '100', 0],
  ['vaddw', 's', '0001', '', '110', 0],
  ['vsubl', 's', '0010', '', '100', 0],
  ['vsubw', 's', '0011', '', '110', 0],
  ['vaddhn', '0', '0100', 'i', '011', 0],
  ['vraddhn', '1', '0100', 'i', '011', 0],
  ['vabal', 's', '0101', '', '100', 0],
  ['vsubhn', '0', '0110', 'i', '011', 0],
  ['vrsubhn', '1', '0110', 'i', '011', 0],
  ['vabdl', 's', '0111', '', '100', 0],
  ['vmlal', 's', '1000', '', '100', 0],
  ['vqdmlal', '0', '1001', 's', '100', 1],
  ['vmlsl', 's', '1010', '', '100', 0],
  ['vqdmlsl', '0', '1011', 's', '100', 1],
  ['vmull', 's', '1100', '', '100', 0],
  ['vqdmull', '0', '1101', 's', '100', 1],
] as const;

/** Size 3 is other instructions, so each size is a row. */
const SIZES = ['00', '01', '10'] as const;

const LONG_ROWS = LONG_CODES.flatMap(([mnemonic, u, opcode, letter, shape, narrowest]) =>
  unsignedBits(u).flatMap((bit) =>
    SIZES.flatMap((size, s) => {
      if (s < narrowest) return [];
      const type = typeLetter(u, bit, letter);
      const [d, n, m] = [...shape].map(Number) as [number, number, number];
      const width = (8 << s) * (m === 1 ? 2 : 1);
      return computed<Omit<LongFields, 's'>>(
        `${mnemonic.toUpperCase()}_${type}${8 << s}`,
        `1111001${bit}1D${size}nnnndddd${opcode}N0M0mmmm`,
        (f) => `${mnemonic}{c}.${type}${width} ${vectorName(d, f.d, f.D)}, ${vectorName(n, f.n, f.N)}, ${vectorName(m, f.m, f.M)}`,
        (cx, f) => long(mnemonic, bit === '0', narrowest)(cx, { ...f, s }),
      );
    }),
  ),
);

/** Mnemonic, U bit (`s`: both, 0 signed; `q`: says whether registers are quadwords), opcode and letter of the data type. */
const SCALAR_CODES = [
  ['vmla', 'q', '0000', 'i'],
  ['vmlal', 's', '0010', ''],
  ['vqdmlal', '0', '0011', 's'],
  ['vmls', 'q', '0100', 'i'],
  ['vmlsl', 's', '0110', ''],
  ['vqdmlsl', '0', '0111', 's'],
  ['vmul', 'q', '1000', 'i'],
  ['vmull', 's', '1010', ''],
  ['vqdmull', '0', '1011', 's'],
  ['vqdmulh', 'q', '1100', 's'],
  ['vqrdmulh', 'q', '1101', 's'],
] as const;

const SCALAR_ROWS = SCALAR_CODES.flatMap(([mnemonic, u, opcode, letter]) =>
  unsignedBits(u).flatMap((bit) =>
    (['01', '10'] as const).map((size, i) => {
      const s = i + 1;
      const type = typeLetter(u, bit, letter);
      return computed<Omit<ThreeVectors & Sized, 's'>>(
        `${mnemonic.toUpperCase()}_${type}${8 << s}_scalar`,
        `1111001${bit}1D${size}nnnndddd${opcode}N1M0mmmm`,
        (f) => {
          const { register, index } = scalarOperand({ ...f, s });
          const qd = bit === 'q' ? f.q : 1;
          return `${mnemonic}{c}.${type}${8 << s} ${vectorName(qd, f.d, f.D)}, ${vectorName(bit === 'q' ? f.q : 0, f.n, f.N)}, d${register}[${index}]`;
        },
        (cx, f) => byScalar(mnemonic, bit === '0')(cx, { ...f, s }),
      );
    }),
  ),
);

export const NEON_LONG_ROWS: readonly ArmRow[] = [
  ...LONG_ROWS,
  inst(
    'VMULL_p8',
    'neon',
    '111100101D00nnnndddd1110N0M0mmmm',
    (f) => `vmull{c}.p8 ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.n, f.N)}, ${vectorName(0, f.m, f.M)}`,
    multiplyPolynomialsLong,
  ),
  ...SCALAR_ROWS,
];
