/** Mnemonics of WebAssembly instructions (spec, section 5.4) and the immediates that the prefixed ones take. */
import { VECTOR_OPERATIONS } from '../ir/vector-ops';
import { RELAXED, W } from './opcodes';

const COMPARE = ['eqz', 'eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'];
const FLOAT_COMPARE = ['eq', 'ne', 'lt', 'gt', 'le', 'ge'];
const INTEGER = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'.split(' ');
const FLOAT = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'.split(' ');

const each = (types: readonly string[], names: readonly string[]): string[] => types.flatMap((t) => names.map((n) => `${t}.${n}`));

/** Numeric instructions from FIRST_NUMERIC on, in order. */
const NUMERIC = [
  ...each(['i32', 'i64'], COMPARE),
  ...each(['f32', 'f64'], FLOAT_COMPARE),
  ...each(['i32', 'i64'], INTEGER),
  ...each(['f32', 'f64'], FLOAT),
  ...each(['i32'], ['wrap_i64', 'trunc_f32_s', 'trunc_f32_u', 'trunc_f64_s', 'trunc_f64_u']),
  ...each(['i64'], ['extend_i32_s', 'extend_i32_u', 'trunc_f32_s', 'trunc_f32_u', 'trunc_f64_s', 'trunc_f64_u']),
  ...each(['f32'], ['convert_i32_s', 'convert_i32_u', 'convert_i64_s', 'convert_i64_u', 'demote_f64']),
  ...each(['f64'], ['convert_i32_s', 'convert_i32_u', 'convert_i64_s', 'convert_i64_u', 'promote_f32']),
  ...['i32.reinterpret_f32', 'i64.reinterpret_f64', 'f32.reinterpret_i32', 'f64.reinterpret_i64'],
  ...['i32.extend8_s', 'i32.extend16_s', 'i64.extend8_s', 'i64.extend16_s', 'i64.extend32_s'],
];
const FIRST_NUMERIC = 0x45;

const SATURATING = ['trunc_sat_f32_s', 'trunc_sat_f32_u', 'trunc_sat_f64_s', 'trunc_sat_f64_u'];

/** Instructions without a prefix, by opcode. */
export const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(W).map(([name, code]): [number, string] => [code, name.replace(/^(local|[if]\d\d)_/, '$1.')]),
  ...NUMERIC.map((name, i): [number, string] => [FIRST_NUMERIC + i, name]),
]);

/** What follows the opcode of a prefixed instruction. */
export type Immediate = 'none' | 'memory' | 'lane' | 'memory lane' | 'bytes';

export interface Prefixed {
  readonly name: string;
  readonly immediate: Immediate;
}

const named = (prefix: string, names: string, immediate: Immediate = 'none'): readonly (Prefixed | undefined)[] =>
  names.split(' ').map((n) => (n === '-' ? undefined : { name: `${prefix}${n}`, immediate }));

/** After the prefix 0xfd, by opcode: the operations on lanes, which have a table of their own, and accesses to memory. */
const SIMD = VECTOR_OPERATIONS.map((o): Prefixed | undefined =>
  o === undefined ? undefined : { name: o.name, immediate: /^(extract|insert)/.test(o.op) ? 'lane' : 'none' },
);
SIMD.splice(
  0,
  14,
  ...named('v128.', 'load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u', 'memory'),
  ...named('v128.', 'load8_splat load16_splat load32_splat load64_splat store', 'memory'),
  ...named('', 'v128.const i8x16.shuffle', 'bytes'),
);
SIMD.splice(
  0x54,
  10,
  ...named('v128.', 'load8_lane load16_lane load32_lane load64_lane store8_lane store16_lane store32_lane store64_lane', 'memory lane'),
  ...named('v128.', 'load32_zero load64_zero', 'memory'),
);

SIMD[RELAXED.f64x2_madd] = { name: 'f64x2.relaxed_madd', immediate: 'none' };

/** The seven widths of an atomic access in order; `%` stands for the bits of a narrow one. */
const atomic = (whole: string, narrow: string): readonly (Prefixed | undefined)[] => {
  const widths = { i32: ['8', '16'], i64: ['8', '16', '32'] };
  const narrows = (['i32', 'i64'] as const).flatMap((t) => widths[t].map((bits) => `${t}.atomic.${narrow.replace('%', bits)}`));
  return named('', [`i32.atomic.${whole}`, `i64.atomic.${whole}`, ...narrows].join(' '), 'memory');
};

/** After the prefix 0xfe, by opcode from 0 on. */
const ATOMIC = [
  ...named('memory.atomic.', 'notify wait32 wait64', 'memory'),
  ...named('atomic.', 'fence', 'lane'),
  ...Array<undefined>(12),
  ...atomic('load', 'load%_u'),
  ...atomic('store', 'store%'),
  ...['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'].flatMap((op) => atomic(`rmw.${op}`, `rmw%.${op}_u`)),
];

/** Instructions behind a prefix, by prefix and opcode; undefined for those that we have no name for. */
export const PREFIXED: ReadonlyMap<number, readonly (Prefixed | undefined)[]> = new Map([
  [W.misc, named('', each(['i32', 'i64'], SATURATING).join(' '))],
  [W.simd, SIMD],
  [W.atomic, ATOMIC],
]);
