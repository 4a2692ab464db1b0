/** SPE encodings (SPE PEM chapter 5), by their extended opcodes of eleven bits. */
import type { PpcRow } from '../instruction';
import * as integer from '../lift/spe-integer';
import * as memory from '../lift/spe-memory';
import * as multiply from '../lift/spe-multiply';

type Lift = PpcRow['lift'];

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

/** OP rD, rA, rB */
function evx(name: string, xo: number, lift: unknown, fields = 'dddddaaaaabbbbb', syntax = '{d},{a},{b}'): PpcRow {
  return { name, feature: 'spe', pattern: `000100${fields}${bits(xo, 11)}`, syntax: `${name} ${syntax}`, lift: lift as Lift };
}

/** OP rD, rA */
const one = (name: string, xo: number, lift: unknown): PpcRow => evx(name, xo, lift, 'dddddaaaaa00000', '{d},{a}');
/** OP rD, rA, UIMM */
const immediate = (name: string, xo: number, lift: unknown): PpcRow => evx(name, xo, lift, 'dddddaaaaauuuuu', '{d},{a},{#u}');
/** OP rD, SIMM */
const splat = (name: string, xo: number, fraction: boolean): PpcRow =>
  evx(name, xo, integer.splat(fraction), 'dddddsssss00000', '{d},{5s}');
/** OP crfD, rA, rB */
const compare = (name: string, xo: number, test: integer.Test): PpcRow =>
  evx(name, xo, integer.compare(test), 'fff00aaaaabbbbb', '{crf},{a},{b}');

type Named<T> = readonly (readonly [name: keyof T & string, xo: number])[];

const UNARY: Named<typeof integer.UNARY> = [
  ['evabs', 0x208],
  ['evneg', 0x209],
  ['evextsb', 0x20a],
  ['evextsh', 0x20b],
  ['evrndw', 0x20c],
  ['evcntlzw', 0x20d],
  ['evcntlsw', 0x20e],
];

const BINARY: Named<typeof integer.BINARY> = [
  ['evaddw', 0x200],
  ['evsubfw', 0x204],
  ['evand', 0x211],
  ['evandc', 0x212],
  ['evxor', 0x216],
  ['evor', 0x217],
  ['evnor', 0x218],
  ['eveqv', 0x219],
  ['evorc', 0x21b],
  ['evnand', 0x21e],
  ['evsrwu', 0x220],
  ['evsrws', 0x221],
  ['evslw', 0x224],
  ['evrlw', 0x228],
];

const SIMPLE_ROWS: readonly PpcRow[] = [
  ...UNARY.map(([name, xo]) => one(name, xo, integer.unary(integer.UNARY[name]))),
  ...BINARY.map(([name, xo]) => evx(name, xo, integer.binary(integer.BINARY[name]))),
  evx('evaddiw', 0x202, integer.addImmediate, 'ddddduuuuubbbbb', '{d},{b},{#u}'),
  evx('evsubifw', 0x206, integer.subtractImmediate, 'ddddduuuuubbbbb', '{d},{#u},{b}'),
  immediate('evsrwiu', 0x222, integer.shiftByImmediate(integer.SHIFTS.unsigned)),
  immediate('evsrwis', 0x223, integer.shiftByImmediate(integer.SHIFTS.signed)),
  immediate('evslwi', 0x226, integer.shiftByImmediate(integer.SHIFTS.left)),
  immediate('evrlwi', 0x22a, integer.shiftByImmediate(integer.SHIFTS.rotate)),
  splat('evsplati', 0x229, false),
  splat('evsplatfi', 0x22b, true),
  evx('evmergehi', 0x22c, integer.merge('upper', 'upper')),
  evx('evmergelo', 0x22d, integer.merge('lower', 'lower')),
  evx('evmergehilo', 0x22e, integer.merge('upper', 'lower')),
  evx('evmergelohi', 0x22f, integer.merge('lower', 'upper')),
  compare('evcmpgtu', 0x230, (ir, x, y) => ir.lt_u32(y, x)),
  compare('evcmpgts', 0x231, (ir, x, y) => ir.lt_s32(y, x)),
  compare('evcmpltu', 0x232, (ir, x, y) => ir.lt_u32(x, y)),
  compare('evcmplts', 0x233, (ir, x, y) => ir.lt_s32(x, y)),
  compare('evcmpeq', 0x234, (ir, x, y) => ir.eq32(x, y)),
  {
    name: 'evsel',
    feature: 'spe',
    pattern: '000100dddddaaaaabbbbb01001111fff',
    syntax: 'evsel {d},{a},{b},{crf}',
    lift: integer.select as Lift,
  },
  evx('brinc', 0x20f, integer.incrementReversed),
];

/** Indexed and with an offset, of which the extended opcode is the next one. */
function access(name: string, xo: number, size: number, how: memory.Access): readonly PpcRow[] {
  const offset: PpcRow = {
    ...evx(name, xo + 1, memory.withOffset(how, size), 'dddddaaaaauuuuu'),
    syntax: ({ u }) => `${name} {d},${u! * size}({0a})`,
  };
  return [evx(`${name}x`, xo, memory.withIndex(how), 'dddddaaaaabbbbb', '{d},{0a},{b}'), offset];
}

const { loadDoubleword, storeDoubleword, LOADS, STORES } = memory;

const MEMORY_ROWS: readonly PpcRow[] = [
  ...access('evldd', 0x300, 8, loadDoubleword),
  ...access('evldw', 0x302, 8, loadDoubleword),
  ...access('evldh', 0x304, 8, loadDoubleword),
  ...access('evlhhesplat', 0x308, 2, LOADS.evlhhesplat),
  ...access('evlhhousplat', 0x30c, 2, LOADS.evlhhousplat),
  ...access('evlhhossplat', 0x30e, 2, LOADS.evlhhossplat),
  ...access('evlwhe', 0x310, 4, LOADS.evlwhe),
  ...access('evlwhou', 0x314, 4, LOADS.evlwhou),
  ...access('evlwhos', 0x316, 4, LOADS.evlwhos),
  ...access('evlwwsplat', 0x318, 4, LOADS.evlwwsplat),
  ...access('evlwhsplat', 0x31c, 4, LOADS.evlwhsplat),
  ...access('evstdd', 0x320, 8, storeDoubleword),
  ...access('evstdw', 0x322, 8, storeDoubleword),
  ...access('evstdh', 0x324, 8, storeDoubleword),
  ...access('evstwhe', 0x330, 4, STORES.evstwhe),
  ...access('evstwho', 0x334, 4, STORES.evstwho),
  ...access('evstwwe', 0x338, 4, STORES.evstwwe),
  ...access('evstwwo', 0x33c, 4, STORES.evstwwo),
];

/** How products are named and their lowest four bits: unsigned or signed, saturating or modulo, integer or fraction. */
const KINDS = {
  usi: [0, { signed: false, saturating: true, fraction: false }],
  ssi: [1, { signed: true, saturating: true, fraction: false }],
  ssf: [3, { signed: true, saturating: true, fraction: true }],
  umi: [8, { signed: false, saturating: false, fraction: false }],
  smi: [9, { signed: true, saturating: false, fraction: false }],
  smf: [11, { signed: true, saturating: false, fraction: true }],
} as const;
type Kind = keyof typeof KINDS;

/** What the name ends in where the result is one of 64 bits, or two words; and where the opcodes begin. */
const DESTINATIONS = {
  register: { wide: '', words: '', base: 0x400 },
  accumulator: { wide: 'a', words: 'a', base: 0x420 },
  add: { wide: 'aa', words: 'aaw', base: 0x500 },
  subtract: { wide: 'an', words: 'anw', base: 0x580 },
} as const satisfies Record<multiply.Destination, unknown>;

const ALONE = ['register', 'accumulator'] as const;
const ADDED = ['add', 'subtract'] as const;

const ODD = 4;
const WORD = 0x40;
const HIGH = 4;
const WHOLE = 0x10;
const GUARDED = 0x20;

/** Products by the parts of registers that they take: kinds for results by themselves, and for those that are accumulated. */
function words(prefix: string, part: multiply.Part, xo: number, alone: readonly Kind[], added: readonly Kind[]): readonly PpcRow[] {
  const rows = (destinations: readonly multiply.Destination[], kinds: readonly Kind[]): PpcRow[] =>
    destinations.flatMap((to) =>
      kinds.map((kind) => {
        const [low, product] = KINDS[kind];
        const { words: suffix, base } = DESTINATIONS[to];
        return evx(`${prefix}${kind}${suffix}`, base + xo + low, multiply.multiply(part, product, to));
      }),
    );
  return [...rows(ALONE, alone), ...rows(ADDED, added)];
}

function wide(
  prefix: string,
  part: 'even' | 'odd' | undefined,
  xo: number,
  destinations: readonly multiply.Destination[],
  kinds: readonly Kind[],
): readonly PpcRow[] {
  return destinations.flatMap((to) =>
    kinds.map((kind) => {
      const [low, product] = KINDS[kind];
      const { wide: suffix, base } = DESTINATIONS[to];
      return evx(`${prefix}${kind}${suffix}`, base + xo + low, multiply.multiplyWide(part, product, to));
    }),
  );
}

const FRACTIONS: readonly Kind[] = ['ssf', 'umi', 'smi', 'smf'];
const ALL: readonly Kind[] = ['usi', 'ssi', ...FRACTIONS];
const MODULO: readonly Kind[] = ['umi', 'smi', 'smf'];
const INTEGERS: readonly Kind[] = ['usi', 'ssi', 'umi', 'smi'];

const MULTIPLY_ROWS: readonly PpcRow[] = [
  ...words('evmhe', 'even', 0, FRACTIONS, ALL),
  ...words('evmho', 'odd', ODD, FRACTIONS, ALL),
  ...words('evmwl', 'low', WORD, ['umi'], INTEGERS),
  ...words('evmwh', 'high', WORD + HIGH, FRACTIONS, []),
  ...wide('evmw', undefined, WORD + WHOLE, [...ALONE, ...ADDED], FRACTIONS),
  ...wide('evmheg', 'even', GUARDED, ADDED, MODULO),
  ...wide('evmhog', 'odd', GUARDED + ODD, ADDED, MODULO),
];

/** EVADD, EVSUBF rD, rA with the accumulator. */
const accumulation = (name: string, xo: number, signed: boolean, saturating: boolean, to: 'add' | 'subtract'): PpcRow =>
  one(name, xo, multiply.accumulate({ signed, saturating }, to));

const ACCUMULATOR_ROWS: readonly PpcRow[] = [
  accumulation('evaddusiaaw', 0x4c0, false, true, 'add'),
  accumulation('evaddssiaaw', 0x4c1, true, true, 'add'),
  accumulation('evsubfusiaaw', 0x4c2, false, true, 'subtract'),
  accumulation('evsubfssiaaw', 0x4c3, true, true, 'subtract'),
  accumulation('evaddumiaaw', 0x4c8, false, false, 'add'),
  accumulation('evaddsmiaaw', 0x4c9, true, false, 'add'),
  accumulation('evsubfumiaaw', 0x4ca, false, false, 'subtract'),
  accumulation('evsubfsmiaaw', 0x4cb, true, false, 'subtract'),
  one('evmra', 0x4c4, multiply.setAccumulator),
  evx('evdivws', 0x4c6, multiply.divide(true)),
  evx('evdivwu', 0x4c7, multiply.divide(false)),
];

export const SPE_ROWS: readonly PpcRow[] = [...SIMPLE_ROWS, ...MEMORY_ROWS, ...MULTIPLY_ROWS, ...ACCUMULATOR_ROWS];
