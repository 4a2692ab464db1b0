/** Encodings that Advanced SIMD has for singles and, with another size, for halves (Arm ARM DDI 0487, section F4.1). */
import type { ArmRow } from './instruction';
import { scalarOperand } from './lift/neon-long';
import type { ThreeVectors, TwoVectors } from './lift/neon-registers';
import { computed } from './neon-row';
import { pairOfVectors, tripleOfVectors, vectorName } from './neon-syntax';

type Lift<F> = Parameters<typeof computed<F>>[3];

/** The type in mnemonics, and the codes of size: in one bit, and in two as other instructions have it. */
export interface FloatFormat {
  readonly type: 'f32' | 'f16';
  readonly bit: '0' | '1';
  readonly size: 1 | 2;
}

const sizeBits = ({ size }: FloatFormat): string => (size === 2 ? '10' : '01');

/** Mnemonic, U bit, bit 21, opcode, bit 4. */
const THREE = [
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
] as const;

export type ThreeOperation = (typeof THREE)[number][0];

/** Instructions on three vectors. */
export function threeRows({ type, bit }: FloatFormat, lift: (mnemonic: ThreeOperation) => Lift<ThreeVectors>): ArmRow[] {
  return THREE.map(([mnemonic, u, bit21, opcode, bit4]) =>
    computed<ThreeVectors>(
      `${mnemonic.toUpperCase()}_vector_${type}`,
      `1111001${u}0D${bit21}${bit}nnnndddd${opcode}NqM${bit4}mmmm`,
      (f) => `${mnemonic}{c}.${type} ${tripleOfVectors(f)}`,
      lift(mnemonic),
    ),
  );
}

const PAIRWISE = [
  ['vpadd', 'vadd', '0', '1101'],
  ['vpmax', 'vmax', '0', '1111'],
  ['vpmin', 'vmin', '1', '1111'],
] as const;

type PairwiseOperation = (typeof PAIRWISE)[number][1];

/** Instructions on pairs of neighbours. */
export function pairwiseRows({ type, bit }: FloatFormat, lift: (operation: PairwiseOperation) => Lift<Omit<ThreeVectors, 'q'>>): ArmRow[] {
  return PAIRWISE.map(([mnemonic, operation, bit21, opcode]) =>
    computed<Omit<ThreeVectors, 'q'>>(
      `${mnemonic.toUpperCase()}_${type}`,
      `111100110D${bit21}${bit}nnnndddd${opcode}N0M0mmmm`,
      (f) => `${mnemonic}{c}.${type} ${tripleOfVectors({ ...f, q: 0 })}`,
      lift(operation),
    ),
  );
}

const SCALAR = [
  ['vmla', '0001'],
  ['vmls', '0101'],
  ['vmul', '1001'],
] as const;

type ScalarOperation = (typeof SCALAR)[number][0];

/** Products with one lane of a register. */
export function scalarRows(format: FloatFormat, lift: (mnemonic: ScalarOperation) => Lift<ThreeVectors>): ArmRow[] {
  const { type, size } = format;
  return SCALAR.map(([mnemonic, opcode]) =>
    computed<ThreeVectors>(
      `${mnemonic.toUpperCase()}_${type}_scalar`,
      `1111001q1D${sizeBits(format)}nnnndddd${opcode}N1M0mmmm`,
      (f) => {
        const { register, index } = scalarOperand({ ...f, s: size });
        return `${mnemonic}{c}.${type} ${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, d${register}[${index}]`;
      },
      lift(mnemonic),
    ),
  );
}

/** Mnemonic, opcode in bits 11 to 7 and what follows the operands, of the instructions with bits 17 and 16 = 01. */
const UNARY = [
  ['vcgt', '01000', ', #0'],
  ['vcge', '01001', ', #0'],
  ['vceq', '01010', ', #0'],
  ['vcle', '01011', ', #0'],
  ['vclt', '01100', ', #0'],
  ['vabs', '01110', ''],
  ['vneg', '01111', ''],
] as const;

type UnaryOperation = (typeof UNARY)[number][0];

/** Comparisons with zero, and changes of the sign. */
export function unaryRows(format: FloatFormat, lift: (mnemonic: UnaryOperation) => Lift<TwoVectors>): ArmRow[] {
  const { type } = format;
  return UNARY.map(([mnemonic, opcode, suffix]) =>
    computed<TwoVectors>(
      `${mnemonic.toUpperCase()}_vector_${type}${suffix === '' ? '' : '_zero'}`,
      `111100111D11${sizeBits(format)}01dddd${opcode}qM0mmmm`,
      (f) => `${mnemonic}{c}.${type} ${pairOfVectors(f)}${suffix}`,
      lift(mnemonic),
    ),
  );
}
