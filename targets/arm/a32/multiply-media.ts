/** A32 multiplies and media instructions (Arm ARM DDI 0406C, sections A5.2.5 to A5.2.7 and A5.4). */
import { inst, type ArmRow } from '../instruction';
import { decodeImmShift } from '../lift-context';
import { sdiv, udiv } from '../lift/divide';
import { udf } from '../lift/hints';
import * as multiply from '../lift/multiply';
import * as packing from '../lift/packing';
import { parallel, sel, usad8, usada8, type ParallelOp, type ParallelPrefix } from '../lift/parallel';
import * as saturating from '../lift/saturating';

/** UDF's immediate that stands for a breakpoint. */
const KERNEL_BREAKPOINT = 0x10;

const half = (top: number): string => (top === 1 ? 't' : 'b');

const MULTIPLIES: readonly ArmRow[] = [
  inst('MUL', undefined, 'cccc0000000sdddd0000mmmm1001nnnn', 'mul{s}{c} {d}, {n}, {m}', multiply.mul),
  inst('MLA', undefined, 'cccc0000001sddddaaaammmm1001nnnn', 'mla{s}{c} {d}, {n}, {m}, {a}', multiply.mla),
  inst('UMAAL', 'v6', 'cccc00000100hhhhllllmmmm1001nnnn', 'umaal{c} {l}, {h}, {n}, {m}', multiply.umaal),
  inst('MLS', 'v6t2', 'cccc00000110ddddaaaammmm1001nnnn', 'mls{c} {d}, {n}, {m}, {a}', multiply.mls),
  inst('UMULL', undefined, 'cccc0000100shhhhllllmmmm1001nnnn', 'umull{s}{c} {l}, {h}, {n}, {m}', multiply.umull),
  inst('UMLAL', undefined, 'cccc0000101shhhhllllmmmm1001nnnn', 'umlal{s}{c} {l}, {h}, {n}, {m}', multiply.umlal),
  inst('SMULL', undefined, 'cccc0000110shhhhllllmmmm1001nnnn', 'smull{s}{c} {l}, {h}, {n}, {m}', multiply.smull),
  inst('SMLAL', undefined, 'cccc0000111shhhhllllmmmm1001nnnn', 'smlal{s}{c} {l}, {h}, {n}, {m}', multiply.smlal),
  inst(
    'SMLAxy',
    'v5te',
    'cccc00010000ddddaaaammmm1yx0nnnn',
    ({ x, y }) => `smla${half(x)}${half(y)}{c} {d}, {n}, {m}, {a}`,
    multiply.smlaxy,
  ),
  inst('SMLAWy', 'v5te', 'cccc00010010ddddaaaammmm1y00nnnn', ({ y }) => `smlaw${half(y)}{c} {d}, {n}, {m}, {a}`, multiply.smlaw),
  inst('SMULWy', 'v5te', 'cccc00010010dddd0000mmmm1y10nnnn', ({ y }) => `smulw${half(y)}{c} {d}, {n}, {m}`, multiply.smulw),
  inst(
    'SMLALxy',
    'v5te',
    'cccc00010100hhhhllllmmmm1yx0nnnn',
    ({ x, y }) => `smlal${half(x)}${half(y)}{c} {l}, {h}, {n}, {m}`,
    multiply.smlalxy,
  ),
  inst('SMULxy', 'v5te', 'cccc00010110dddd0000mmmm1yx0nnnn', ({ x, y }) => `smul${half(x)}${half(y)}{c} {d}, {n}, {m}`, multiply.smulxy),
];

const exchange = ({ x }: { x: number }): string => (x === 1 ? 'x' : '');
const rounding = ({ r }: { r: number }): string => (r === 1 ? 'r' : '');

const SIGNED_MULTIPLIES: readonly ArmRow[] = [
  inst('SMUAD', 'v6', 'cccc01110000dddd1111mmmm00x1nnnn', (f) => `smuad${exchange(f)}{c} {d}, {n}, {m}`, multiply.smuad),
  inst('SMLAD', 'v6', 'cccc01110000ddddaaaammmm00x1nnnn', (f) => `smlad${exchange(f)}{c} {d}, {n}, {m}, {a}`, multiply.smlad),
  inst('SMUSD', 'v6', 'cccc01110000dddd1111mmmm01x1nnnn', (f) => `smusd${exchange(f)}{c} {d}, {n}, {m}`, multiply.smusd),
  inst('SMLSD', 'v6', 'cccc01110000ddddaaaammmm01x1nnnn', (f) => `smlsd${exchange(f)}{c} {d}, {n}, {m}, {a}`, multiply.smlsd),
  inst('SMLALD', 'v6', 'cccc01110100hhhhllllmmmm00x1nnnn', (f) => `smlald${exchange(f)}{c} {l}, {h}, {n}, {m}`, multiply.smlald),
  inst('SMLSLD', 'v6', 'cccc01110100hhhhllllmmmm01x1nnnn', (f) => `smlsld${exchange(f)}{c} {l}, {h}, {n}, {m}`, multiply.smlsld),
  inst('SMMUL', 'v6', 'cccc01110101dddd1111mmmm00r1nnnn', (f) => `smmul${rounding(f)}{c} {d}, {n}, {m}`, multiply.smmul),
  inst('SMMLA', 'v6', 'cccc01110101ddddaaaammmm00r1nnnn', (f) => `smmla${rounding(f)}{c} {d}, {n}, {m}, {a}`, multiply.smmla),
  inst('SMMLS', 'v6', 'cccc01110101ddddaaaammmm11r1nnnn', (f) => `smmls${rounding(f)}{c} {d}, {n}, {m}, {a}`, multiply.smmls),
  inst('SDIV', 'div', 'cccc01110001dddd1111mmmm0001nnnn', 'sdiv{c} {d}, {n}, {m}', sdiv),
  inst('UDIV', 'div', 'cccc01110011dddd1111mmmm0001nnnn', 'udiv{c} {d}, {n}, {m}', udiv),
  inst('USAD8', 'v6', 'cccc01111000dddd1111mmmm0001nnnn', 'usad8{c} {d}, {n}, {m}', usad8),
  inst('USADA8', 'v6', 'cccc01111000ddddaaaammmm0001nnnn', 'usada8{c} {d}, {n}, {m}, {a}', usada8),
];

const PARALLEL_PREFIXES = [
  ['S', '001'],
  ['Q', '010'],
  ['SH', '011'],
  ['U', '101'],
  ['UQ', '110'],
  ['UH', '111'],
] as const satisfies readonly (readonly [ParallelPrefix, string])[];

const PARALLEL_OPS = [
  ['ADD16', '000'],
  ['ASX', '001'],
  ['SAX', '010'],
  ['SUB16', '011'],
  ['ADD8', '100'],
  ['SUB8', '111'],
] as const satisfies readonly (readonly [ParallelOp, string])[];

const PARALLEL: readonly ArmRow[] = PARALLEL_PREFIXES.flatMap(([prefix, prefixCode]) =>
  PARALLEL_OPS.map(([op, opCode]) =>
    inst(
      `${prefix}${op}`,
      'v6',
      `cccc01100${prefixCode}nnnndddd1111${opCode}1mmmm`,
      `${prefix.toLowerCase()}${op.toLowerCase()}{c} {d}, {n}, {m}`,
      (cx, f) => parallel(cx, prefix, op, f),
    ),
  ),
);

/** `, lsl #3` or `, asr #32` of a saturation's or a packing's shift; `asr` is 1 for ASR. */
function saturationShift(asr: number, v: number): string {
  const { type, amount } = decodeImmShift(asr << 1, v);
  return amount === 0 ? '' : `, ${type.toLowerCase()} #${amount}`;
}

const SATURATION: readonly ArmRow[] = [
  inst('QADD', 'v5te', 'cccc00010000nnnndddd00000101mmmm', 'qadd{c} {d}, {m}, {n}', saturating.qadd),
  inst('QSUB', 'v5te', 'cccc00010010nnnndddd00000101mmmm', 'qsub{c} {d}, {m}, {n}', saturating.qsub),
  inst('QDADD', 'v5te', 'cccc00010100nnnndddd00000101mmmm', 'qdadd{c} {d}, {m}, {n}', saturating.qdadd),
  inst('QDSUB', 'v5te', 'cccc00010110nnnndddd00000101mmmm', 'qdsub{c} {d}, {m}, {n}', saturating.qdsub),
  inst('SSAT', 'v6', 'cccc0110101iiiiiddddvvvvvh01nnnn', ({ h, v }) => `ssat{c} {d}, {#i+1}, {n}${saturationShift(h, v)}`, saturating.ssat),
  inst('USAT', 'v6', 'cccc0110111iiiiiddddvvvvvh01nnnn', ({ h, v }) => `usat{c} {d}, {#i}, {n}${saturationShift(h, v)}`, saturating.usat),
  inst('SSAT16', 'v6', 'cccc01101010iiiidddd11110011nnnn', 'ssat16{c} {d}, {#i+1}, {n}', saturating.ssat16),
  inst('USAT16', 'v6', 'cccc01101110iiiidddd11110011nnnn', 'usat16{c} {d}, {#i}, {n}', saturating.usat16),
];

/** Extensions by their opcode, bits 22-20. */
const EXTENSIONS = [
  ['SXTB16', 'sxtab16', '000'],
  ['SXTB', 'sxtab', '010'],
  ['SXTH', 'sxtah', '011'],
  ['UXTB16', 'uxtab16', '100'],
  ['UXTB', 'uxtab', '110'],
  ['UXTH', 'uxtah', '111'],
] as const satisfies readonly (readonly [packing.ExtendKind, string, string])[];

const rotation = ({ r }: { r: number }): string => (r === 0 ? '' : `, ror #${8 * r}`);

const EXTENSION_ROWS: readonly ArmRow[] = EXTENSIONS.flatMap(([kind, adding, code]) => [
  inst(
    kind,
    'v6',
    `cccc01101${code}1111ddddrr000111mmmm`,
    (f) => `${kind.toLowerCase()}{c} {d}, {m}${rotation(f)}`,
    (cx, f) => packing.extend(cx, kind, f),
  ),
  inst(
    adding.toUpperCase(),
    'v6',
    `cccc01101${code}nnnnddddrr000111mmmm`,
    (f) => `${adding}{c} {d}, {n}, {m}${rotation(f)}`,
    (cx, f) => packing.extendAdd(cx, kind, f),
  ),
]);

const PACKING: readonly ArmRow[] = [
  inst('PKHBT', 'v6', 'cccc01101000nnnnddddvvvvv001mmmm', ({ v }) => `pkhbt{c} {d}, {n}, {m}${saturationShift(0, v)}`, packing.pkhbt),
  inst('PKHTB', 'v6', 'cccc01101000nnnnddddvvvvv101mmmm', ({ v }) => `pkhtb{c} {d}, {n}, {m}${saturationShift(1, v)}`, packing.pkhtb),
  inst('SEL', 'v6', 'cccc01101000nnnndddd11111011mmmm', 'sel{c} {d}, {n}, {m}', sel),
  inst('REV', 'v6', 'cccc011010111111dddd11110011mmmm', 'rev{c} {d}, {m}', packing.rev),
  inst('REV16', 'v6', 'cccc011010111111dddd11111011mmmm', 'rev16{c} {d}, {m}', packing.rev16),
  inst('REVSH', 'v6', 'cccc011011111111dddd11111011mmmm', 'revsh{c} {d}, {m}', packing.revsh),
  inst('RBIT', 'v6t2', 'cccc011011111111dddd11110011mmmm', 'rbit{c} {d}, {m}', packing.rbit),
  inst('CLZ', 'v5', 'cccc000101101111dddd11110001mmmm', 'clz{c} {d}, {m}', packing.clz),
  inst('SBFX', 'v6t2', 'cccc0111101wwwwwddddlllll101nnnn', ({ l, w }) => `sbfx{c} {d}, {n}, #${l}, #${w + 1}`, packing.sbfx),
  inst('UBFX', 'v6t2', 'cccc0111111wwwwwddddlllll101nnnn', ({ l, w }) => `ubfx{c} {d}, {n}, #${l}, #${w + 1}`, packing.ubfx),
  inst('BFC', 'v6t2', 'cccc0111110hhhhhddddlllll0011111', ({ l, h }) => `bfc{c} {d}, #${l}, #${h - l + 1}`, packing.bfc),
  inst('BFI', 'v6t2', 'cccc0111110hhhhhddddlllll001nnnn', ({ l, h }) => `bfi{c} {d}, {n}, #${l}, #${h - l + 1}`, packing.bfi),
  inst('UDF', undefined, 'cccc01111111iiiiiiiiiiii1111iiii', ({ i }) => `udf{c} #${i}`, udf(KERNEL_BREAKPOINT)),
];

export const MULTIPLY_MEDIA_ROWS: readonly ArmRow[] = [
  ...MULTIPLIES,
  ...SIGNED_MULTIPLIES,
  ...PARALLEL,
  ...SATURATION,
  ...EXTENSION_ROWS,
  ...PACKING,
];
