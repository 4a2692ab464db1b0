/** Encodings of the e500's floating point (SPE PEM chapter 5), by their extended opcodes of eleven bits. */
import { FpKind } from '../../../translate/ir/fp-control';
import type { PpcFeature, PpcRow } from '../instruction';
import * as float from '../lift/spe-float';

type Lift = PpcRow['lift'];
type Row = (name: string, xo: number, lift: unknown) => PpcRow;

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

const row = (feature: PpcFeature, name: string, xo: number, lift: unknown, fields: string, syntax: string): PpcRow => ({
  name,
  feature,
  pattern: `000100${fields}${bits(xo, 11)}`,
  syntax: `${name} ${syntax}`,
  lift: lift as Lift,
});

/** The rows of a group by what their operands are. */
function forms(feature: PpcFeature): { three: Row; change: Row; convert: Row; compare: Row } {
  return {
    three: (name, xo, lift) => row(feature, name, xo, lift, 'dddddaaaaabbbbb', '{d},{a},{b}'),
    change: (name, xo, lift) => row(feature, name, xo, lift, 'dddddaaaaa00000', '{d},{a}'),
    convert: (name, xo, lift) => row(feature, name, xo, lift, 'ddddd00000bbbbb', '{d},{b}'),
    compare: (name, xo, lift) => row(feature, name, xo, lift, 'fff00aaaaabbbbb', '{crf},{a},{b}'),
  };
}

const OPERATIONS = { add: 0, sub: 1, mul: 8, div: 9 } as const satisfies Record<float.Operation, number>;
const SIGNS = { abs: 4, nabs: 5, neg: 6 } as const satisfies Record<keyof typeof float.SIGNS, number>;
const COMPARED = { gt: 0xc, lt: 0xd, eq: 0xe } as const satisfies Record<float.Relation, number>;
const TESTED = 0x10;

/** Integers and fractions, unsigned and signed: the lowest bits of conversions from them, and to them from 0x14 on. */
const FORMATS = {
  ui: [0x10, { signed: false, fraction: false }],
  si: [0x11, { signed: true, fraction: false }],
  uf: [0x12, { signed: false, fraction: true }],
  sf: [0x13, { signed: true, fraction: true }],
} as const;
const TO = 4;
/** Conversions to integers that round towards zero. */
const TOWARDS_ZERO = { ui: 0x18, si: 0x1a } as const;

const keys = <T extends object>(of: T): readonly (keyof T & string)[] => Object.keys(of) as (keyof T & string)[];

/** EFS and EVFS, from an opcode on. */
function singles(prefix: string, feature: PpcFeature, base: number, words: float.Words): readonly PpcRow[] {
  const { three, change, convert, compare } = forms(feature);
  return [
    ...keys(OPERATIONS).map((name) => three(`${prefix}${name}`, base + OPERATIONS[name], float.single(name, words))),
    ...keys(SIGNS).map((name) => change(`${prefix}${name}`, base + SIGNS[name], float.signOfSingle(float.SIGNS[name], words))),
    ...keys(COMPARED).flatMap((name) => [
      compare(`${prefix}cmp${name}`, base + COMPARED[name], float.compareSingles(name, true, words)),
      compare(`${prefix}tst${name}`, base + COMPARED[name] + TESTED, float.compareSingles(name, false, words)),
    ]),
    ...keys(FORMATS).flatMap((name) => {
      const [xo, format] = FORMATS[name];
      return [
        convert(`${prefix}cf${name}`, base + xo, float.singleFrom(format, words)),
        convert(`${prefix}ct${name}`, base + xo + TO, float.singleTo(format, false, words)),
      ];
    }),
    ...keys(TOWARDS_ZERO).map((name) =>
      convert(`${prefix}ct${name}z`, base + TOWARDS_ZERO[name], float.singleTo(FORMATS[name][1], true, words)),
    ),
  ];
}

const SCALAR = 0x2c0;
const VECTOR = 0x280;
const DOUBLE = 0x2e0;

const { three, change, convert, compare } = forms('efp-double');

const DOUBLE_ROWS: readonly PpcRow[] = [
  ...keys(OPERATIONS).map((name) => three(`efd${name}`, DOUBLE + OPERATIONS[name], float.double(name))),
  ...keys(SIGNS).map((name) => change(`efd${name}`, DOUBLE + SIGNS[name], float.signOfDouble(float.SIGNS[name]))),
  ...keys(COMPARED).flatMap((name) => [
    compare(`efdcmp${name}`, DOUBLE + COMPARED[name], float.compareDoubles(name, true)),
    compare(`efdtst${name}`, DOUBLE + COMPARED[name] + TESTED, float.compareDoubles(name, false)),
  ]),
  ...keys(FORMATS).flatMap((name) => {
    const [xo, format] = FORMATS[name];
    return [
      convert(`efdcf${name}`, DOUBLE + xo, float.doubleFrom(format)),
      convert(`efdct${name}`, DOUBLE + xo + TO, float.doubleTo(format, false)),
    ];
  }),
  ...keys(TOWARDS_ZERO).map((name) => convert(`efdct${name}z`, DOUBLE + TOWARDS_ZERO[name], float.doubleTo(FORMATS[name][1], true))),
  convert('efdcfuid', 0x2e2, float.doubleAndLong(FpKind.FromInteger, false)),
  convert('efdcfsid', 0x2e3, float.doubleAndLong(FpKind.FromInteger, true)),
  convert('efdctuidz', 0x2ea, float.doubleAndLong(FpKind.ToInteger, false)),
  convert('efdctsidz', 0x2eb, float.doubleAndLong(FpKind.ToInteger, true)),
  convert('efscfd', 0x2cf, float.singleFromDouble),
  convert('efdcfs', 0x2ef, float.doubleFromSingle),
];

export const SPE_FLOAT_ROWS: readonly PpcRow[] = [
  ...singles('efs', 'efp-single', SCALAR, float.SCALAR),
  ...singles('evfs', 'spe', VECTOR, float.VECTOR),
  ...DOUBLE_ROWS,
];
