/** AltiVec encodings (AltiVec PEM chapter 6), by their extended opcodes. */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import { inst, type PpcRow } from '../instruction';
import * as float from '../lift/altivec-float';
import * as integer from '../lift/altivec-integer';
import * as permute from '../lift/altivec-permute';
import type { LiftContext } from '../lift-context';
import { noOperation } from '../lift/system';

type Lift = PpcRow['lift'];
const WIDTHS = { b: 8, h: 16, w: 32 } as const;
type Suffix = keyof typeof WIDTHS;

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

/** OP vD, vA, vB */
function vx(name: string, xo: number, lift: unknown, pattern = 'dddddaaaaabbbbb', syntax = '{vd},{va},{vb}'): PpcRow {
  return { name, feature: 'altivec', pattern: `000100${pattern}${bits(xo, 11)}`, syntax: `${name} ${syntax}`, lift: lift as Lift };
}

/** OP vD, vB */
const vx1 = (name: string, xo: number, lift: unknown): PpcRow => vx(name, xo, lift, 'ddddd00000bbbbb', '{vd},{vb}');
/** OP vD, vB, UIM */
const vxu = (name: string, xo: number, lift: unknown): PpcRow => vx(name, xo, lift, 'ddddduuuuubbbbb', '{vd},{vb},{#u}');

/** OP vD, vA, vB, vC */
function va(name: string, xo: number, lift: unknown, syntax = '{vd},{va},{vb},{vc}'): PpcRow {
  return { name, feature: 'altivec', pattern: `000100dddddaaaaabbbbbccccc${bits(xo, 6)}`, syntax: `${name} ${syntax}`, lift: lift as Lift };
}

/** Comparisons: OP vD, vA, vB, with a dot for Rc. */
function vxr(name: string, xo: number, lift: unknown): PpcRow {
  const pattern = `000100dddddaaaaabbbbbr${bits(xo, 10)}`;
  return { name, feature: 'altivec', pattern, syntax: `${name}{r?.} {vd},{va},{vb}`, lift: lift as Lift };
}

const each = (names: string, f: (suffix: Suffix, width: number) => PpcRow): PpcRow[] =>
  [...names].map((s) => f(s as Suffix, WIDTHS[s as Suffix]));
const STEP: Readonly<Record<Suffix, number>> = { b: 0, h: 64, w: 128 };

/** By prefix and first extended opcode, for bytes, halfwords and words. */
const LANEWISE: readonly (readonly [prefix: string, suffix: string, xo: number, compute: (width: number) => integer.Binary])[] = [
  ['vaddu', 'm', 0, (w) => (ir, a, b) => lanes.add(ir, w, a, b)],
  ['vsubu', 'm', 1024, (w) => (ir, a, b) => lanes.subtract(ir, w, a, b)],
  ['vmaxu', '', 2, (w) => (ir, a, b) => lanes.maximum(ir, w, false, a, b)],
  ['vmaxs', '', 258, (w) => (ir, a, b) => lanes.maximum(ir, w, true, a, b)],
  ['vminu', '', 514, (w) => (ir, a, b) => lanes.minimum(ir, w, false, a, b)],
  ['vmins', '', 770, (w) => (ir, a, b) => lanes.minimum(ir, w, true, a, b)],
  ['vavgu', '', 1026, (w) => (ir, a, b) => lanes.roundingHalvingAdd(ir, w, false, a, b)],
  ['vavgs', '', 1282, (w) => (ir, a, b) => lanes.roundingHalvingAdd(ir, w, true, a, b)],
  ['vrl', '', 4, (w) => integer.shift(w, 'rotate')],
  ['vsl', '', 260, (w) => integer.shift(w, 'left')],
  ['vsr', '', 516, (w) => integer.shift(w, 'right')],
  ['vsra', '', 772, (w) => integer.shift(w, 'arithmetic')],
  ['vmrgh', '', 12, (w) => permute.merge(w, false)],
  ['vmrgl', '', 268, (w) => permute.merge(w, true)],
];

const SATURATING = [
  ['vaddu', 512, lanes.saturatingAdd, false],
  ['vadds', 768, lanes.saturatingAdd, true],
  ['vsubu', 1536, lanes.saturatingSubtract, false],
  ['vsubs', 1792, lanes.saturatingSubtract, true],
] as const;

const COMPARISONS = [
  [
    'vcmpequ',
    6,
    (w: number): integer.Binary =>
      (ir, a, b) =>
        lanes.equal(ir, w, a, b),
  ],
  [
    'vcmpgtu',
    518,
    (w: number): integer.Binary =>
      (ir, a, b) =>
        lanes.greater(ir, w, false, a, b),
  ],
  [
    'vcmpgts',
    774,
    (w: number): integer.Binary =>
      (ir, a, b) =>
        lanes.greater(ir, w, true, a, b),
  ],
] as const;

/** VMULO and VMULE, by prefix. */
const PRODUCTS = [
  ['vmulou', 8, false, 'odd'],
  ['vmulos', 264, true, 'odd'],
  ['vmuleu', 520, false, 'even'],
  ['vmules', 776, true, 'even'],
] as const;

const BITWISE: readonly (readonly [name: keyof typeof integer.BITWISE, xo: number])[] = [
  ['vand', 1028],
  ['vandc', 1092],
  ['vor', 1156],
  ['vxor', 1220],
  ['vnor', 1284],
  ['vaddcuw', 384],
  ['vsubcuw', 1408],
];

const INTEGER_ROWS: readonly PpcRow[] = [
  ...LANEWISE.flatMap(([prefix, suffix, xo, compute]) =>
    each('bhw', (s, w) => vx(`${prefix}${s}${suffix}`, xo + STEP[s], integer.binary(compute(w)))),
  ),
  ...SATURATING.flatMap(([prefix, xo, compute, signed]) =>
    each('bhw', (s, w) =>
      vx(
        `${prefix}${s}s`,
        xo + STEP[s],
        integer.saturating((ir, a, b) => compute(ir, w, signed, a, b)),
      ),
    ),
  ),
  ...COMPARISONS.flatMap(([prefix, xo, test]) => each('bhw', (s, w) => vxr(`${prefix}${s}`, xo + STEP[s], integer.compare(test(w))))),
  ...PRODUCTS.flatMap(([prefix, xo, signed, which]) =>
    each('bh', (s, w) => vx(`${prefix}${s}`, xo + STEP[s], integer.binary(integer.product(w, signed, which)))),
  ),
  ...BITWISE.map(([name, xo]) => vx(name, xo, integer.binary(integer.BITWISE[name]))),
  vx('vsum4ubs', 1544, integer.saturating(integer.sumFour(8, false))),
  vx('vsum4shs', 1608, integer.saturating(integer.sumFour(16, true))),
  vx('vsum4sbs', 1800, integer.saturating(integer.sumFour(8, true))),
  vx('vsum2sws', 1672, integer.saturating(integer.sumTwo)),
  vx('vsumsws', 1928, integer.saturating(integer.sumAll)),
  va('vmhaddshs', 32, integer.saturating(integer.multiplyHighAdd(false))),
  va('vmhraddshs', 33, integer.saturating(integer.multiplyHighAdd(true))),
  va('vmladduhm', 34, integer.ternary(integer.multiplyLowAdd)),
  va('vmsumubm', 36, integer.ternary(integer.sumBytes(false))),
  va('vmsummbm', 37, integer.ternary(integer.sumBytes(true))),
  va('vmsumuhm', 38, integer.ternary(integer.sumUnsignedHalves)),
  va('vmsumuhs', 39, integer.saturating(integer.sumUnsignedHalvesSaturating)),
  va('vmsumshm', 40, integer.ternary(integer.sumSignedHalves)),
  va('vmsumshs', 41, integer.saturating(integer.sumSignedHalvesSaturating)),
];

const PERMUTE_ROWS: readonly PpcRow[] = [
  va('vsel', 42, integer.ternary(permute.select)),
  va('vperm', 43, integer.ternary(permute.permute)),
  inst('vsldoi', 'altivec', '000100dddddaaaaabbbbb0ssss101100', 'vsldoi {vd},{va},{vb},{#s}', permute.shiftDouble),
  vx('vsl', 452, integer.binary(permute.shiftBits(true))),
  vx('vsr', 708, integer.binary(permute.shiftBits(false))),
  vx('vslo', 1036, integer.binary(permute.shiftOctets(true))),
  vx('vsro', 1100, integer.binary(permute.shiftOctets(false))),
  ...each('bhw', (s, w) => vxu(`vsplt${s}`, 524 + STEP[s], permute.splatElement(w))),
  ...each('bhw', (s, w) => vx(`vspltis${s}`, 780 + STEP[s], permute.splatImmediate(w), 'dddddiiiii00000', '{vd},{5i}')),
  vx('vpkuhum', 14, integer.binary(permute.pack(8))),
  vx('vpkuwum', 78, integer.binary(permute.pack(16))),
  vx('vpkuhus', 142, permute.packSaturating(8, false, false)),
  vx('vpkuwus', 206, permute.packSaturating(16, false, false)),
  vx('vpkshus', 270, permute.packSaturating(8, true, false)),
  vx('vpkswus', 334, permute.packSaturating(16, true, false)),
  vx('vpkshss', 398, permute.packSaturating(8, true, true)),
  vx('vpkswss', 462, permute.packSaturating(16, true, true)),
  vx('vpkpx', 782, integer.binary(permute.packPixels)),
  vx1('vupkhsb', 526, permute.unpack(8, 'high')),
  vx1('vupkhsh', 590, permute.unpack(16, 'high')),
  vx1('vupklsb', 654, permute.unpack(8, 'low')),
  vx1('vupklsh', 718, permute.unpack(16, 'low')),
  vx1('vupkhpx', 846, permute.unpackPixels('high')),
  vx1('vupklpx', 974, permute.unpackPixels('low')),
  vx('mfvscr', 1540, permute.moveFromStatus, 'ddddd0000000000', '{vd}'),
  vx('mtvscr', 1604, permute.moveToStatus, '0000000000bbbbb', '{vb}'),
];

const FLOAT_ROWS: readonly PpcRow[] = [
  vx('vaddfp', 10, float.binary('vaddfp')),
  vx('vsubfp', 74, float.binary('vsubfp')),
  vx('vmaxfp', 1034, float.binary('vmaxfp')),
  vx('vminfp', 1098, float.binary('vminfp')),
  va('vmaddfp', 46, float.multiplyAdd(false), '{vd},{va},{vc},{vb}'),
  va('vnmsubfp', 47, float.multiplyAdd(true), '{vd},{va},{vc},{vb}'),
  vx1('vrefp', 266, float.unary('vrefp')),
  vx1('vrsqrtefp', 330, float.unary('vrsqrtefp')),
  vx1('vexptefp', 394, float.unary('vexptefp')),
  vx1('vlogefp', 458, float.unary('vlogefp')),
  vx1('vrfin', 522, float.unary('vrfin')),
  vx1('vrfiz', 586, float.unary('vrfiz')),
  vx1('vrfip', 650, float.unary('vrfip')),
  vx1('vrfim', 714, float.unary('vrfim')),
  vxu('vcfux', 778, float.fromInteger(false)),
  vxu('vcfsx', 842, float.fromInteger(true)),
  vxu('vctuxs', 906, float.toInteger(false)),
  vxu('vctsxs', 970, float.toInteger(true)),
  vxr('vcmpeqfp', 198, float.compare('eq')),
  vxr('vcmpgefp', 454, float.compare('ge')),
  vxr('vcmpgtfp', 710, float.compare('gt')),
  vxr('vcmpbfp', 966, float.compareBounds),
];

/** OP vD, rA, rB */
function access(name: string, xo: number, lift: unknown): PpcRow {
  const pattern = `011111dddddaaaaabbbbb${bits(xo, 10)}-`;
  return { name, feature: 'altivec', pattern, syntax: `${name} {vd},{0a},{b}`, lift: lift as Lift };
}

/** dst, dstst: a hint; without rA invalid in qemu-ppc. */
const prefetch = (_: LiftContext, { a }: { a: number }): void | false => (a === 0 ? false : undefined);

const MEMORY_ROWS: readonly PpcRow[] = [
  access('lvx', 103, permute.load),
  access('lvxl', 359, permute.load),
  access('stvx', 231, permute.store),
  access('stvxl', 487, permute.store),
  access('lvebx', 7, permute.loadElement(1)),
  access('lvehx', 39, permute.loadElement(2)),
  access('lvewx', 71, permute.loadElement(4)),
  access('stvebx', 135, permute.storeElement(1)),
  access('stvehx', 167, permute.storeElement(2)),
  access('stvewx', 199, permute.storeElement(4)),
  access('lvsl', 6, permute.shiftPattern(false)),
  access('lvsr', 38, permute.shiftPattern(true)),
  inst('dst', 'altivec', '011111t00ssaaaaabbbbb0101010110-', ({ t }) => `dst${t === 1 ? 't' : ''} {a},{b},{#s}`, prefetch),
  inst('dstst', 'altivec', '011111t00ssaaaaabbbbb0101110110-', ({ t }) => `dstst${t === 1 ? 't' : ''} {a},{b},{#s}`, prefetch),
  inst('dss', 'altivec', '011111a00ss00000000001100110110-', ({ a }) => (a === 1 ? 'dssall' : 'dss {#s}'), noOperation),
];

export const ALTIVEC_ROWS: readonly PpcRow[] = [...INTEGER_ROWS, ...PERMUTE_ROWS, ...FLOAT_ROWS, ...MEMORY_ROWS];
