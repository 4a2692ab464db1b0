/** T32 register-operand media and multiply encodings (Arm ARM DDI 0406C, sections A6.3.12 to A6.3.17). */
import { inst, type ArmRow } from '../instruction';
import { crc32, crc32c } from '../lift/crc32';
import { sdiv, udiv } from '../lift/divide';
import * as multiply from '../lift/multiply';
import { clz, extend, extendAdd, rbit, rev, rev16, revsh, type ExtendKind } from '../lift/packing';
import { parallel, sel, usad8, usada8, type ParallelOp, type ParallelPrefix } from '../lift/parallel';
import { qadd, qdadd, qdsub, qsub } from '../lift/saturating';

const EXTENSIONS = [
  ['SXTH', '000', 'SXTAH', '{q}'],
  ['UXTH', '001', 'UXTAH', '{q}'],
  ['SXTB16', '010', 'SXTAB16', ''],
  ['UXTB16', '011', 'UXTAB16', ''],
  ['SXTB', '100', 'SXTAB', '{q}'],
  ['UXTB', '101', 'UXTAB', '{q}'],
] as const satisfies readonly (readonly [ExtendKind, string, string, string])[];

function rotation({ r }: { readonly r: number }): string {
  return r === 0 ? '' : `, ror #${8 * r}`;
}

function extensionRows([kind, code, addName, q]: (typeof EXTENSIONS)[number]): ArmRow[] {
  return [
    inst(
      addName,
      'v6t2',
      `111110100${code}nnnn1111dddd1-rrmmmm`,
      (f) => `${addName.toLowerCase()}{c} {d}, {n}, {m}${rotation(f)}`,
      (cx, f) => extendAdd(cx, kind, f),
    ),
    inst(
      kind,
      'v6t2',
      `111110100${code}11111111dddd1-rrmmmm`,
      (f) => `${kind.toLowerCase()}{c}${q} {d}, {m}${rotation(f)}`,
      (cx, f) => extend(cx, kind, f),
    ),
  ];
}

const PARALLEL_OPS = [
  ['ADD16', '001'],
  ['ASX', '010'],
  ['SAX', '110'],
  ['SUB16', '101'],
  ['ADD8', '000'],
  ['SUB8', '100'],
] as const satisfies readonly (readonly [ParallelOp, string])[];

const PARALLEL_PREFIXES = [
  ['S', '000'],
  ['Q', '001'],
  ['SH', '010'],
  ['U', '100'],
  ['UQ', '101'],
  ['UH', '110'],
] as const satisfies readonly (readonly [ParallelPrefix, string])[];

const PARALLEL: readonly ArmRow[] = PARALLEL_OPS.flatMap(([op, opCode]) =>
  PARALLEL_PREFIXES.map(([prefix, prefixCode]) =>
    inst(
      `${prefix}${op}`,
      'v6t2',
      `111110101${opCode}nnnn1111dddd0${prefixCode}mmmm`,
      `${prefix.toLowerCase()}${op.toLowerCase()}{c} {d}, {n}, {m}`,
      (cx, f) => parallel(cx, prefix, op, f),
    ),
  ),
);

/** Section A6.3.15. REV and its like hold Rm twice; only the second is looked at. */
const MISCELLANEOUS: readonly ArmRow[] = [
  inst('QADD', 'v6t2', '111110101000nnnn1111dddd1000mmmm', 'qadd{c} {d}, {m}, {n}', qadd),
  inst('QDADD', 'v6t2', '111110101000nnnn1111dddd1001mmmm', 'qdadd{c} {d}, {m}, {n}', qdadd),
  inst('QSUB', 'v6t2', '111110101000nnnn1111dddd1010mmmm', 'qsub{c} {d}, {m}, {n}', qsub),
  inst('QDSUB', 'v6t2', '111110101000nnnn1111dddd1011mmmm', 'qdsub{c} {d}, {m}, {n}', qdsub),
  inst('REV', 'v6t2', '111110101001nnnn1111dddd1000mmmm', 'rev{c}{q} {d}, {m}', rev),
  inst('REV16', 'v6t2', '111110101001nnnn1111dddd1001mmmm', 'rev16{c}{q} {d}, {m}', rev16),
  inst('RBIT', 'v6t2', '111110101001nnnn1111dddd1010mmmm', 'rbit{c} {d}, {m}', rbit),
  inst('REVSH', 'v6t2', '111110101001nnnn1111dddd1011mmmm', 'revsh{c}{q} {d}, {m}', revsh),
  inst('SEL', 'v6t2', '111110101010nnnn1111dddd1000mmmm', 'sel{c} {d}, {n}, {m}', sel),
  inst('CLZ', 'v6t2', '111110101011nnnn1111dddd1000mmmm', 'clz{c} {d}, {m}', clz),
  inst('CRC32', 'crc32', '111110101100nnnn1111dddd10zzmmmm', ({ z }) => `crc32${'bhw-'[z]!} {d}, {n}, {m}`, crc32),
  inst('CRC32C', 'crc32', '111110101101nnnn1111dddd10zzmmmm', ({ z }) => `crc32c${'bhw-'[z]!} {d}, {n}, {m}`, crc32c),
];

/** `b` or `t` of a halfword selection bit. */
function halfName(bit: number): string {
  return bit === 1 ? 't' : 'b';
}

function exchangeName(x: number): string {
  return x === 1 ? 'x' : '';
}

function roundName(r: number): string {
  return r === 1 ? 'r' : '';
}

/** Section A6.3.16. Without accumulation Ra is 1111. */
const MULTIPLY: readonly ArmRow[] = [
  inst('MLA', 'v6t2', '111110110000nnnnaaaadddd0000mmmm', 'mla{c} {d}, {n}, {m}, {a}', multiply.mla),
  inst('MUL', 'v6t2', '111110110000nnnn1111dddd0000mmmm', 'mul{c}{q} {d}, {n}, {m}', multiply.mul),
  inst('MLS', 'v6t2', '111110110000nnnnaaaadddd0001mmmm', 'mls{c} {d}, {n}, {m}, {a}', multiply.mls),
  inst(
    'SMLAxy',
    'v6t2',
    '111110110001nnnnaaaadddd00xymmmm',
    ({ x, y }) => `smla${halfName(x)}${halfName(y)}{c} {d}, {n}, {m}, {a}`,
    multiply.smlaxy,
  ),
  inst(
    'SMULxy',
    'v6t2',
    '111110110001nnnn1111dddd00xymmmm',
    ({ x, y }) => `smul${halfName(x)}${halfName(y)}{c} {d}, {n}, {m}`,
    multiply.smulxy,
  ),
  inst('SMLAD', 'v6t2', '111110110010nnnnaaaadddd000xmmmm', ({ x }) => `smlad${exchangeName(x)}{c} {d}, {n}, {m}, {a}`, multiply.smlad),
  inst('SMUAD', 'v6t2', '111110110010nnnn1111dddd000xmmmm', ({ x }) => `smuad${exchangeName(x)}{c} {d}, {n}, {m}`, multiply.smuad),
  inst('SMLAWy', 'v6t2', '111110110011nnnnaaaadddd000ymmmm', ({ y }) => `smlaw${halfName(y)}{c} {d}, {n}, {m}, {a}`, multiply.smlaw),
  inst('SMULWy', 'v6t2', '111110110011nnnn1111dddd000ymmmm', ({ y }) => `smulw${halfName(y)}{c} {d}, {n}, {m}`, multiply.smulw),
  inst('SMLSD', 'v6t2', '111110110100nnnnaaaadddd000xmmmm', ({ x }) => `smlsd${exchangeName(x)}{c} {d}, {n}, {m}, {a}`, multiply.smlsd),
  inst('SMUSD', 'v6t2', '111110110100nnnn1111dddd000xmmmm', ({ x }) => `smusd${exchangeName(x)}{c} {d}, {n}, {m}`, multiply.smusd),
  inst('SMMLA', 'v6t2', '111110110101nnnnaaaadddd000rmmmm', ({ r }) => `smmla${roundName(r)}{c} {d}, {n}, {m}, {a}`, multiply.smmla),
  inst('SMMUL', 'v6t2', '111110110101nnnn1111dddd000rmmmm', ({ r }) => `smmul${roundName(r)}{c} {d}, {n}, {m}`, multiply.smmul),
  inst('SMMLS', 'v6t2', '111110110110nnnnaaaadddd000rmmmm', ({ r }) => `smmls${roundName(r)}{c} {d}, {n}, {m}, {a}`, multiply.smmls),
  inst('USADA8', 'v6t2', '111110110111nnnnaaaadddd0000mmmm', 'usada8{c} {d}, {n}, {m}, {a}', usada8),
  inst('USAD8', 'v6t2', '111110110111nnnn1111dddd0000mmmm', 'usad8{c} {d}, {n}, {m}', usad8),
];

/** Section A6.3.17. */
const LONG_MULTIPLY: readonly ArmRow[] = [
  inst('SMULL', 'v6t2', '111110111000nnnnllllhhhh0000mmmm', 'smull{c} {l}, {h}, {n}, {m}', multiply.smull),
  inst('SDIV', 'div', '111110111001nnnn1111dddd1111mmmm', 'sdiv{c} {d}, {n}, {m}', sdiv),
  inst('UMULL', 'v6t2', '111110111010nnnnllllhhhh0000mmmm', 'umull{c} {l}, {h}, {n}, {m}', multiply.umull),
  inst('UDIV', 'div', '111110111011nnnn1111dddd1111mmmm', 'udiv{c} {d}, {n}, {m}', udiv),
  inst('SMLAL', 'v6t2', '111110111100nnnnllllhhhh0000mmmm', 'smlal{c} {l}, {h}, {n}, {m}', multiply.smlal),
  inst(
    'SMLALxy',
    'v6t2',
    '111110111100nnnnllllhhhh10xymmmm',
    ({ x, y }) => `smlal${halfName(x)}${halfName(y)}{c} {l}, {h}, {n}, {m}`,
    multiply.smlalxy,
  ),
  inst('SMLALD', 'v6t2', '111110111100nnnnllllhhhh110xmmmm', ({ x }) => `smlald${exchangeName(x)}{c} {l}, {h}, {n}, {m}`, multiply.smlald),
  inst('SMLSLD', 'v6t2', '111110111101nnnnllllhhhh110xmmmm', ({ x }) => `smlsld${exchangeName(x)}{c} {l}, {h}, {n}, {m}`, multiply.smlsld),
  inst('UMLAL', 'v6t2', '111110111110nnnnllllhhhh0000mmmm', 'umlal{c} {l}, {h}, {n}, {m}', multiply.umlal),
  inst('UMAAL', 'v6t2', '111110111110nnnnllllhhhh0110mmmm', 'umaal{c} {l}, {h}, {n}, {m}', multiply.umaal),
];

export const MEDIA_ROWS: readonly ArmRow[] = [
  ...EXTENSIONS.flatMap(extensionRows),
  ...PARALLEL,
  ...MISCELLANEOUS,
  ...MULTIPLY,
  ...LONG_MULTIPLY,
];
