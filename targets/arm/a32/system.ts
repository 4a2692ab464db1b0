/** A32 synchronization, CRC, hint, exception and coprocessor encodings (Arm ARM DDI 0406C, sections A5.2.10 to A5.2.12, A5.6 and A5.7). */
import { inst, type ArmFeature, type ArmRow } from '../instruction';
import { mcr, mrc } from '../lift/coprocessor';
import { crc32, crc32c } from '../lift/crc32';
import {
  clearExclusive,
  loadAcquire,
  loadAcquireExclusive,
  loadExclusive,
  storeExclusive,
  storeRelease,
  storeReleaseExclusive,
  swap,
  type ExclusiveSize,
} from '../lift/exclusive';
import { barrier, bkpt, hint, isb, svc } from '../lift/hints';

/** Sizes by bits 22-21; the ones other than the word came with ARMv6K. */
const SIZES = [
  ['word', '', '00', 'v6'],
  ['byte', 'B', '10', 'v6k'],
  ['half', 'H', '11', 'v6k'],
] as const satisfies readonly (readonly [ExclusiveSize, string, string, ArmFeature])[];

function exclusiveRows([size, letter, code, feature]: (typeof SIZES)[number]): ArmRow[] {
  const l = letter.toLowerCase();
  return [
    inst(`STREX${letter}`, feature, `cccc00011${code}0nnnndddd11111001tttt`, `strex${l}{c} {d}, {t}, [{n}]`, (cx, f) =>
      storeExclusive(cx, size, f),
    ),
    inst(`LDREX${letter}`, feature, `cccc00011${code}1nnnntttt111110011111`, `ldrex${l}{c} {t}, [{n}]`, (cx, f) =>
      loadExclusive(cx, size, f),
    ),
    inst(`STLEX${letter}`, 'v8', `cccc00011${code}0nnnndddd11101001tttt`, `stlex${l}{c} {d}, {t}, [{n}]`, (cx, f) =>
      storeReleaseExclusive(cx, size, f),
    ),
    inst(`LDAEX${letter}`, 'v8', `cccc00011${code}1nnnntttt111010011111`, `ldaex${l}{c} {t}, [{n}]`, (cx, f) =>
      loadAcquireExclusive(cx, size, f),
    ),
    inst(`STL${letter}`, 'v8', `cccc00011${code}0nnnn111111001001tttt`, `stl${l}{c} {t}, [{n}]`, (cx, f) => storeRelease(cx, size, f)),
    inst(`LDA${letter}`, 'v8', `cccc00011${code}1nnnntttt110010011111`, `lda${l}{c} {t}, [{n}]`, (cx, f) => loadAcquire(cx, size, f)),
  ];
}

// An odd Rt of the doubleword forms is UNPREDICTABLE (qemu-arm: SIGILL).
const EXCLUSIVE_DOUBLES: readonly ArmRow[] = [
  inst('STREXD', 'v6k', 'cccc00011010nnnndddd11111001tttt', 'strexd{c} {d}, {t}, {t+1}, [{n}]', (cx, f) =>
    f.t % 2 === 1 ? false : storeExclusive(cx, 'double', f),
  ),
  inst('LDREXD', 'v6k', 'cccc00011011nnnntttt111110011111', 'ldrexd{c} {t}, {t+1}, [{n}]', (cx, f) =>
    f.t % 2 === 1 ? false : loadExclusive(cx, 'double', f),
  ),
  inst('STLEXD', 'v8', 'cccc00011010nnnndddd11101001tttt', 'stlexd{c} {d}, {t}, {t+1}, [{n}]', (cx, f) =>
    f.t % 2 === 1 ? false : storeReleaseExclusive(cx, 'double', f),
  ),
  inst('LDAEXD', 'v8', 'cccc00011011nnnntttt111010011111', 'ldaexd{c} {t}, {t+1}, [{n}]', (cx, f) =>
    f.t % 2 === 1 ? false : loadAcquireExclusive(cx, 'double', f),
  ),
];

const HINTS = ['nop', 'yield', 'wfe', 'wfi', 'sev', 'sevl'] as const;

function hintSyntax({ h }: { h: number }): string {
  const name = HINTS[h];
  if (name !== undefined) return `${name}{c}`;
  return h >= 0xf0 ? `dbg{c} #${h & 15}` : `nop{c} {${h}}`;
}

/** Option names of DMB and DSB. */
const BARRIER_OPTIONS: Readonly<Record<number, string>> = {
  15: 'sy',
  14: 'st',
  13: 'ld',
  11: 'ish',
  10: 'ishst',
  9: 'ishld',
  7: 'nsh',
  6: 'nshst',
  5: 'nshld',
  3: 'osh',
  2: 'oshst',
  1: 'oshld',
};

/** A barrier option by name, or as a number if it is reserved. */
export function barrierOption(o: number): string {
  return BARRIER_OPTIONS[o] ?? `#${o}`;
}

function crcSyntax(name: string) {
  return ({ z }: { z: number }): string => `${name}${['b', 'h', 'w', '?'][z]} {d}, {n}, {m}`;
}

function coprocessorSyntax(name: string) {
  return ({ p, o, n, m, q, t }: { p: number; o: number; n: number; m: number; q: number; t: number }): string =>
    `${name}{c} ${p}, ${o}, ${name === 'mrc' && t === 15 ? 'APSR_nzcv' : '{t}'}, cr${n}, cr${m}, {${q}}`;
}

export const SYSTEM_ROWS: readonly ArmRow[] = [
  ...SIZES.flatMap(exclusiveRows),
  ...EXCLUSIVE_DOUBLES,
  inst('SWP', undefined, 'cccc00010000nnnntttt00001001mmmm', 'swp{c} {t}, {m}, [{n}]', (cx, f) => swap(cx, 'word', f)),
  inst('SWPB', undefined, 'cccc00010100nnnntttt00001001mmmm', 'swpb{c} {t}, {m}, [{n}]', (cx, f) => swap(cx, 'byte', f)),
  inst('CRC32', 'crc32', 'cccc00010zz0nnnndddd00000100mmmm', crcSyntax('crc32'), crc32),
  inst('CRC32C', 'crc32', 'cccc00010zz0nnnndddd00100100mmmm', crcSyntax('crc32c'), crc32c),
  inst('HINT', undefined, 'cccc00110010000011110000hhhhhhhh', hintSyntax, hint),
  inst(
    'BKPT',
    'v5',
    'cccc00010010iiiiiiiiiiii0111iiii',
    ({ i }) => `bkpt 0x${i.toString(16).padStart(4, '0')}`,
    (cx, { i }) => bkpt(cx, i),
  ),
  inst(
    'SVC',
    undefined,
    'cccc1111iiiiiiiiiiiiiiiiiiiiiiii',
    ({ i }) => `svc{c} 0x${i.toString(16).padStart(8, '0')}`,
    (cx, { i }) => svc(cx, i),
  ),
  inst('MCR', undefined, 'cccc1110ooo0nnnnttttppppqqq1mmmm', coprocessorSyntax('mcr'), mcr),
  inst('MRC', undefined, 'cccc1110ooo1nnnnttttppppqqq1mmmm', coprocessorSyntax('mrc'), mrc),
];

/** The unconditional space. */
export const BARRIER_ROWS: readonly ArmRow[] = [
  inst('CLREX', 'v6k', '11110101011111111111000000011111', 'clrex', clearExclusive),
  inst('DSB', 'v7', '1111010101111111111100000100oooo', ({ o }) => `dsb ${barrierOption(o)}`, barrier),
  inst('DMB', 'v7', '1111010101111111111100000101oooo', ({ o }) => `dmb ${barrierOption(o)}`, barrier),
  inst('SB', 'sb', '11110101011111111111000001110000', 'sb', hint),
  inst('ISB', 'v7', '1111010101111111111100000110oooo', ({ o }) => `isb ${o === 15 ? 'sy' : `#${o}`}`, isb),
];
