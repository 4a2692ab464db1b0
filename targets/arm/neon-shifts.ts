/** Encodings of the Advanced SIMD shifts by a constant and of what changes the width of lanes (sections A7.4.4 and A7.4.5). */
import { inst, type ArmRow } from './instruction';
import { twoVectors, type Sized, type TwoVectors } from './lift/neon-registers';
import { narrow, saturatingShift, shiftLeftLong, SHIFTS, type Narrowing } from './lift/neon-shifts';
import { computed, typeLetter, unsignedBits } from './neon-row';
import { pairOfVectors, vectorName } from './neon-syntax';

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
  unsignedBits(u).flatMap((bit) =>
    SHIFT_SIZES.map(([width, immediate, l]) => {
      const signed = bit === '0';
      const type = typeLetter(u, bit, letter);
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

/** VQSHL and VQSHLU by a constant: mnemonic, U bit, opcode, letter of the data type. */
const SATURATING_SHIFT_ROWS = (
  [
    ['vqshlu', '1', '0110', 's'],
    ['vqshl', '0', '0111', 's'],
    ['vqshl', '1', '0111', 'u'],
  ] as const
).flatMap(([mnemonic, u, opcode, type]) =>
  SHIFT_SIZES.map(([width, immediate, l]) =>
    computed<TwoVectors & { readonly i: number }>(
      `${mnemonic.toUpperCase()}_${type}${width}_imm`,
      `1111001${u}1D${immediate}dddd${opcode}${l}qM1mmmm`,
      (f) => `${mnemonic}{c}.${type}${width} ${pairOfVectors(f)}, #${f.i}`,
      (cx, f) => saturatingShift(cx, f, width, type === 's', mnemonic === 'vqshlu', f.i),
    ),
  ),
);

/** Fields of a shift that changes the width of lanes. */
type Resized = Omit<TwoVectors, 'q'> & { readonly i: number };

const SHIFT_LONG_ROWS = SHIFT_SIZES.slice(0, 3).flatMap(([width, immediate]) =>
  ['s', 'u'].map((type) =>
    computed<Resized>(
      `VSHLL_${type}${width}`,
      `1111001${type === 's' ? 0 : 1}1D${immediate}dddd101000M1mmmm`,
      (f) =>
        `${f.i === 0 ? 'vmovl' : 'vshll'}{c}.${type}${width} ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.m, f.M)}${f.i === 0 ? '' : `, #${f.i}`}`,
      (cx, f) => shiftLeftLong(cx, f, width, type === 's', f.i),
    ),
  ),
);

/** Mnemonic, U bit, opcode with bits 7 and 6, letter of the data type, and how it saturates: signedness of source and result. */
const SHIFT_NARROW_CODES: readonly (readonly [string, string, string, string, Narrowing['saturating']])[] = [
  ['vshrn', '0', '100000', 'i', undefined],
  ['vrshrn', '0', '100001', 'i', undefined],
  ['vqshrun', '1', '100000', 's', [true, false]],
  ['vqrshrun', '1', '100001', 's', [true, false]],
  ['vqshrn', '0', '100100', 's', [true, true]],
  ['vqrshrn', '0', '100101', 's', [true, true]],
  ['vqshrn', '1', '100100', 'u', [false, false]],
  ['vqrshrn', '1', '100101', 'u', [false, false]],
];

const SHIFT_NARROW_ROWS = SHIFT_NARROW_CODES.flatMap(([mnemonic, u, opcode, type, saturating]) =>
  SHIFT_SIZES.slice(0, 3).map(([width, immediate]) =>
    computed<Resized>(
      `${mnemonic.toUpperCase()}_${type}${2 * width}`,
      `1111001${u}1D${immediate}dddd${opcode}M1mmmm`,
      (f) => `${mnemonic}{c}.${type}${2 * width} ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}, #${width - f.i}`,
      (cx, f) => narrow(cx, f, { width, shift: width - f.i, rounding: opcode.endsWith('1'), saturating }),
    ),
  ),
);

/** VMOVN and the saturating moves: mnemonic, opcode with bits 7 and 6, letter of the data type, saturation. */
const NARROW_CODES: readonly (readonly [string, string, string, Narrowing['saturating']])[] = [
  ['vmovn', '001000', 'i', undefined],
  ['vqmovun', '001001', 's', [true, false]],
  ['vqmovn', '001010', 's', [true, true]],
  ['vqmovn', '001011', 'u', [false, false]],
];

const NARROW_ROWS = NARROW_CODES.map(([mnemonic, opcode, type, saturating]) =>
  computed<Omit<TwoVectors, 'q'> & Sized>(
    `${mnemonic.toUpperCase()}_${type}`,
    `111100111D11ss10dddd${opcode}M0mmmm`,
    (f) => `${mnemonic}{c}.${type}${16 << f.s} ${vectorName(0, f.d, f.D)}, ${vectorName(1, f.m, f.M)}`,
    (cx, f) => (f.s === 3 ? false : narrow(cx, f, { width: 8 << f.s, shift: 0, rounding: false, saturating })),
  ),
);

export const NEON_SHIFT_ROWS: readonly ArmRow[] = [
  ...SHIFT_ROWS,
  ...SATURATING_SHIFT_ROWS,
  ...SHIFT_LONG_ROWS,
  ...SHIFT_NARROW_ROWS,
  ...NARROW_ROWS,
  inst(
    'VSHLL_max',
    'neon',
    '111100111D11ss10dddd001100M0mmmm',
    (f) => `vshll{c}.i${8 << f.s} ${vectorName(1, f.d, f.D)}, ${vectorName(0, f.m, f.M)}, #${8 << f.s}`,
    (cx, f) => (f.s === 3 ? false : shiftLeftLong(cx, f, 8 << f.s, false, 8 << f.s)),
  ),
];
