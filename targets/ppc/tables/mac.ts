/** Encodings of the 405's and the 440's multiply-accumulate instructions and dlmzb (405 User's Manual, chapter 9). */
import { inst, type PpcRow } from '../instruction';
import { accumulate, firstZero, multiplyHalves, type Product } from '../lift/mac';

type Lift = PpcRow['lift'];

const bits = (n: number, width: number): string => n.toString(2).padStart(width, '0');

/** The bits of the extended opcode that tell which halfwords are multiplied. */
const HALVES = [
  ['ch', 'cross', 0b0100],
  ['hh', 'high', 0b0000],
  ['lh', 'low', 0b1100],
] as const;

/** Of the extended opcode: signed factors; a result that is limited. */
const SIGNED = 1;
const LIMITED = 2;

const ACCUMULATE = 0b01100;
const ACCUMULATE_NEGATIVE = 0b01110;
const MULTIPLY = 0b01000;

const suffix = (limited: boolean, signed: boolean): string => (limited ? 's' : '') + (signed ? '' : 'u');

/** MAC and, with signed factors only, NMAC. */
function accumulations(name: string, halves: Product['halves'], code: number): PpcRow[] {
  const rows: PpcRow[] = [];
  for (const negative of [false, true])
    for (const signed of negative ? [true] : [true, false])
      for (const limited of [false, true]) {
        const mnemonic = `${negative ? 'nmac' : 'mac'}${name}w${suffix(limited, signed)}`;
        const extended = code | (limited ? LIMITED : 0) | (signed ? SIGNED : 0);
        rows.push({
          name: mnemonic.toUpperCase(),
          feature: '405-mac',
          pattern: `000100dddddaaaaabbbbbo${bits(extended, 4)}${bits(negative ? ACCUMULATE_NEGATIVE : ACCUMULATE, 5)}c`,
          syntax: `${mnemonic}{o?o}{c?.} {d},{a},{b}`,
          lift: accumulate({ halves, signed, negative, limited }) as Lift,
        });
      }
  return rows;
}

function products(name: string, halves: Product['halves'], code: number): PpcRow[] {
  return [true, false].map((signed) => {
    const mnemonic = `mul${name}w${suffix(false, signed)}`;
    return {
      name: mnemonic.toUpperCase(),
      feature: '405-mac',
      pattern: `000100dddddaaaaabbbbb0${bits(code | (signed ? SIGNED : 0), 4)}${bits(MULTIPLY, 5)}c`,
      syntax: `${mnemonic}{c?.} {d},{a},{b}`,
      lift: multiplyHalves({ halves, signed }) as Lift,
    };
  });
}

export const MAC_ROWS: readonly PpcRow[] = [
  ...HALVES.flatMap(([name, halves, code]) => [...accumulations(name, halves, code), ...products(name, halves, code)]),
  inst('DLMZB', 'dlmzb', '011111sssssaaaaabbbbb0001001110c', 'dlmzb{c?.} {a},{s},{b}', firstZero),
];
