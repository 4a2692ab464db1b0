/**
 * The one table of IR operations. Builder methods, interpreter, emitters, printer, parser, verifier
 * and docs/ir.md derive from it or are checked against it.
 *
 * An op occupies one row of a block: an opcode and four 32-bit slots. The first `args.length` slots
 * are value indices, the next `imms.length` slots are raw immediates.
 */
import { nan32 } from './nan';
import type { Op } from './opcodes';
import type { ImmKind, IrType } from './types';

export type OpName = keyof typeof Op;

/** What an op does besides computing its result; ops without one are pure. */
export type Effect = 'get' | 'set' | 'load' | 'store' | 'control' | 'marker';

export interface OpRow {
  readonly args: readonly IrType[];
  readonly imms?: readonly ImmKind[];
  readonly result: IrType | 'void';
  readonly effect?: Effect;
  /** Operand order does not matter. */
  readonly commutative?: true;
  /** Constant folding over 32-bit operands (i1 as 0 or 1); the result is taken modulo 2^32. */
  readonly fold?: (a: number, b: number, c: number) => number;
  readonly doc: string;
}

const b = (x: boolean): number => (x ? 1 : 0);

/** Bits set in a 32-bit word. */
export function popcount(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Byte-reversed 32-bit word. */
export function bswap32(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}

/** Upper 32 bits of the unsigned 64-bit product. */
export function mulhU(x: number, y: number): number {
  const xl = x & 0xffff,
    xh = x >>> 16,
    yl = y & 0xffff,
    yh = y >>> 16;
  const ll = Math.imul(xl, yl) >>> 0;
  const lh = Math.imul(xl, yh) >>> 0;
  const hl = Math.imul(xh, yl) >>> 0;
  const mid = (ll >>> 16) + (lh & 0xffff) + (hl & 0xffff);
  return (Math.imul(xh, yh) + (lh >>> 16) + (hl >>> 16) + (mid >>> 16)) | 0;
}

/** Upper 32 bits of the signed 64-bit product. */
export function mulhS(x: number, y: number): number {
  return (mulhU(x, y) - (x < 0 ? y : 0) - (y < 0 ? x : 0)) | 0;
}

/** Carry out of x + y + c. */
export function carryAdc(x: number, y: number, c: number): boolean {
  return (x >>> 0) + (y >>> 0) + c > 0xffffffff;
}

/** Signed overflow of x + y + c. */
export function overflowAdc(x: number, y: number, c: number): boolean {
  const r = (x + y + c) | 0;
  return ((x ^ r) & (y ^ r)) < 0;
}

export const OPS = {
  // Constants
  const1: { args: [], imms: ['imm32'], result: 'i1', doc: 'the constant 0 or 1' },
  const32: { args: [], imms: ['imm32'], result: 'i32', doc: '32-bit integer constant' },
  const64: { args: [], imms: ['imm32', 'hi32'], result: 'i64', doc: '64-bit integer constant' },
  constf32: { args: [], imms: ['f32bits'], result: 'f32', doc: 'single-precision constant by bit pattern' },
  constf64: { args: [], imms: ['imm32', 'hi32'], result: 'f64', doc: 'double-precision constant by bit pattern' },
  const128: { args: [], imms: ['imm32', 'hi32', 'hi32', 'hi32'], result: 'v128', doc: '128-bit constant' },

  // Guest state
  get1: { args: [], imms: ['field'], result: 'i1', effect: 'get', doc: 'read a flag' },
  get32: { args: [], imms: ['field'], result: 'i32', effect: 'get', doc: 'read a 32-bit field' },
  get64: { args: [], imms: ['field'], result: 'i64', effect: 'get', doc: 'read a 64-bit field' },
  getf32: { args: [], imms: ['field'], result: 'f32', effect: 'get', doc: 'read a field as single' },
  getf64: { args: [], imms: ['field'], result: 'f64', effect: 'get', doc: 'read a field as double' },
  get128: { args: [], imms: ['field'], result: 'v128', effect: 'get', doc: 'read a 128-bit field' },
  getdup64: { args: [], imms: ['field64'], result: 'v128', effect: 'get', doc: 'read a 64-bit field into both halves of a vector' },
  set1: { args: ['i1'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a flag' },
  set32: { args: ['i32'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a 32-bit field' },
  set64: { args: ['i64'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a 64-bit field' },
  setf32: { args: ['f32'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a field as single' },
  setf64: { args: ['f64'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a field as double' },
  set128: { args: ['v128'], imms: ['field'], result: 'void', effect: 'set', doc: 'write a 128-bit field' },
  setlow64: { args: ['v128'], imms: ['field64'], result: 'void', effect: 'set', doc: 'write the low half of a vector to a 64-bit field' },

  // 32-bit integers. Shift amounts count modulo 32, as in JavaScript and WebAssembly.
  add32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: (x, y) => x + y, doc: 'sum' },
  sub32: { args: ['i32', 'i32'], result: 'i32', fold: (x, y) => x - y, doc: 'difference' },
  mul32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: Math.imul, doc: 'low word of the product' },
  mulh_u32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: mulhU, doc: 'high word of the unsigned product' },
  mulh_s32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: mulhS, doc: 'high word of the signed product' },
  div_u32: {
    args: ['i32', 'i32'],
    result: 'i32',
    fold: (x, y) => (y === 0 ? 0 : (x >>> 0) / (y >>> 0)),
    doc: 'unsigned quotient; x / 0 = 0',
  },
  div_s32: {
    args: ['i32', 'i32'],
    result: 'i32',
    fold: (x, y) => (y === 0 ? 0 : x / y),
    doc: 'signed quotient towards zero; x / 0 = 0, MIN / -1 = MIN',
  },
  and32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: (x, y) => x & y, doc: 'bitwise and' },
  or32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: (x, y) => x | y, doc: 'bitwise or' },
  xor32: { args: ['i32', 'i32'], result: 'i32', commutative: true, fold: (x, y) => x ^ y, doc: 'bitwise exclusive or' },
  shl32: { args: ['i32', 'i32'], result: 'i32', fold: (x, y) => x << y, doc: 'shift left' },
  shr_u32: { args: ['i32', 'i32'], result: 'i32', fold: (x, y) => x >>> y, doc: 'logical shift right' },
  shr_s32: { args: ['i32', 'i32'], result: 'i32', fold: (x, y) => x >> y, doc: 'arithmetic shift right' },
  rotr32: { args: ['i32', 'i32'], result: 'i32', fold: (x, y) => (x >>> (y & 31)) | (x << (-y & 31)), doc: 'rotate right' },
  clz32: { args: ['i32'], result: 'i32', fold: (x) => Math.clz32(x), doc: 'leading zeros; 32 for 0' },
  ctz32: { args: ['i32'], result: 'i32', fold: (x) => (x === 0 ? 32 : 31 - Math.clz32(x & -x)), doc: 'trailing zeros; 32 for 0' },
  popcnt32: { args: ['i32'], result: 'i32', fold: popcount, doc: 'bits set' },
  bswap32: { args: ['i32'], result: 'i32', fold: bswap32, doc: 'bytes reversed' },
  ext8_s32: { args: ['i32'], result: 'i32', fold: (x) => (x << 24) >> 24, doc: 'sign-extended low byte' },
  ext16_s32: { args: ['i32'], result: 'i32', fold: (x) => (x << 16) >> 16, doc: 'sign-extended low halfword' },
  select32: {
    args: ['i1', 'i32', 'i32'],
    result: 'i32',
    fold: (c, x, y) => (c ? x : y),
    doc: 'second operand if the first is 1, else the third',
  },
  zext1_32: { args: ['i1'], result: 'i32', fold: (x) => x, doc: 'flag as 0 or 1' },

  // Comparisons and flags
  eq32: { args: ['i32', 'i32'], result: 'i1', commutative: true, fold: (x, y) => b(x === y), doc: 'equal' },
  ne32: { args: ['i32', 'i32'], result: 'i1', commutative: true, fold: (x, y) => b(x !== y), doc: 'not equal' },
  lt_s32: { args: ['i32', 'i32'], result: 'i1', fold: (x, y) => b(x < y), doc: 'signed less' },
  le_s32: { args: ['i32', 'i32'], result: 'i1', fold: (x, y) => b(x <= y), doc: 'signed less or equal' },
  lt_u32: { args: ['i32', 'i32'], result: 'i1', fold: (x, y) => b(x >>> 0 < y >>> 0), doc: 'unsigned less' },
  le_u32: { args: ['i32', 'i32'], result: 'i1', fold: (x, y) => b(x >>> 0 <= y >>> 0), doc: 'unsigned less or equal' },
  and1: { args: ['i1', 'i1'], result: 'i1', commutative: true, fold: (x, y) => x & y, doc: 'both' },
  or1: { args: ['i1', 'i1'], result: 'i1', commutative: true, fold: (x, y) => x | y, doc: 'either' },
  xor1: { args: ['i1', 'i1'], result: 'i1', commutative: true, fold: (x, y) => x ^ y, doc: 'exactly one' },
  not1: { args: ['i1'], result: 'i1', fold: (x) => x ^ 1, doc: 'negation' },
  select1: {
    args: ['i1', 'i1', 'i1'],
    result: 'i1',
    fold: (c, x, y) => (c ? x : y),
    doc: 'second operand if the first is 1, else the third',
  },
  overflow_add32: {
    args: ['i32', 'i32'],
    result: 'i1',
    commutative: true,
    fold: (x, y) => b(overflowAdc(x, y, 0)),
    doc: 'signed overflow of the sum',
  },
  overflow_sub32: {
    args: ['i32', 'i32'],
    result: 'i1',
    fold: (x, y) => b(((x ^ y) & (x ^ (x - y))) < 0),
    doc: 'signed overflow of the difference',
  },
  carry_adc32: {
    args: ['i32', 'i32', 'i1'],
    result: 'i1',
    fold: (x, y, c) => b(carryAdc(x, y, c)),
    doc: 'carry out of a three-operand sum',
  },
  overflow_adc32: {
    args: ['i32', 'i32', 'i1'],
    result: 'i1',
    fold: (x, y, c) => b(overflowAdc(x, y, c)),
    doc: 'signed overflow of a three-operand sum',
  },

  // 64-bit integers. Shift amounts are i32 and count modulo 64.
  add64: { args: ['i64', 'i64'], result: 'i64', commutative: true, doc: 'sum' },
  sub64: { args: ['i64', 'i64'], result: 'i64', doc: 'difference' },
  mul64: { args: ['i64', 'i64'], result: 'i64', commutative: true, doc: 'low 64 bits of the product' },
  div_u64: { args: ['i64', 'i64'], result: 'i64', doc: 'unsigned quotient; x / 0 = 0' },
  and64: { args: ['i64', 'i64'], result: 'i64', commutative: true, doc: 'bitwise and' },
  or64: { args: ['i64', 'i64'], result: 'i64', commutative: true, doc: 'bitwise or' },
  xor64: { args: ['i64', 'i64'], result: 'i64', commutative: true, doc: 'bitwise exclusive or' },
  shl64: { args: ['i64', 'i32'], result: 'i64', doc: 'shift left' },
  shr_u64: { args: ['i64', 'i32'], result: 'i64', doc: 'logical shift right' },
  shr_s64: { args: ['i64', 'i32'], result: 'i64', doc: 'arithmetic shift right' },
  mul_wide_u32: { args: ['i32', 'i32'], result: 'i64', commutative: true, doc: 'full unsigned product' },
  mul_wide_s32: { args: ['i32', 'i32'], result: 'i64', commutative: true, doc: 'full signed product' },
  extend_u32: { args: ['i32'], result: 'i64', doc: 'zero extension' },
  extend_s32: { args: ['i32'], result: 'i64', doc: 'sign extension' },
  low64: { args: ['i64'], result: 'i32', doc: 'low word' },
  high64: { args: ['i64'], result: 'i32', doc: 'high word' },
  pair64: { args: ['i32', 'i32'], result: 'i64', doc: 'low word, high word' },
  select64: { args: ['i1', 'i64', 'i64'], result: 'i64', doc: 'second operand if the first is 1, else the third' },
  eq64: { args: ['i64', 'i64'], result: 'i1', commutative: true, doc: 'equal' },
  lt_s64: { args: ['i64', 'i64'], result: 'i1', doc: 'signed less' },
  lt_u64: { args: ['i64', 'i64'], result: 'i1', doc: 'unsigned less' },

  // Floating point, round to nearest even, results as IEEE 754 (NaN patterns are the host's)
  addf32: { args: ['f32', 'f32'], result: 'f32', doc: 'sum' },
  subf32: { args: ['f32', 'f32'], result: 'f32', doc: 'difference' },
  mulf32: { args: ['f32', 'f32'], result: 'f32', doc: 'product' },
  divf32: { args: ['f32', 'f32'], result: 'f32', doc: 'quotient' },
  sqrtf32: { args: ['f32'], result: 'f32', doc: 'square root' },
  addf64: { args: ['f64', 'f64'], result: 'f64', doc: 'sum' },
  subf64: { args: ['f64', 'f64'], result: 'f64', doc: 'difference' },
  mulf64: { args: ['f64', 'f64'], result: 'f64', doc: 'product' },
  divf64: { args: ['f64', 'f64'], result: 'f64', doc: 'quotient' },
  sqrtf64: { args: ['f64'], result: 'f64', doc: 'square root' },
  fmaf32: { args: ['f32', 'f32', 'f32'], result: 'f32', doc: 'first * second + third, rounded once' },
  fmaf64: { args: ['f64', 'f64', 'f64'], result: 'f64', doc: 'first * second + third, rounded once' },
  nan32: {
    args: ['i32', 'i32', 'i32'],
    result: 'i32',
    fold: nan32,
    doc: 'bits of the NaN an operation on these single patterns returns (see nan.ts)',
  },
  nan64: { args: ['i64', 'i64', 'i64'], result: 'i64', doc: 'bits of the NaN an operation on these double patterns returns (see nan.ts)' },
  exact: {
    args: ['v128', 'i64', 'i32'],
    result: 'i64',
    doc: 'bits of the result of the operation that the control word says, on two doublewords and a third (see exact-float.ts)',
  },
  exact_flags: { args: ['v128', 'i64', 'i32'], result: 'i32', doc: 'the exceptions of the same' },
  eqf32: { args: ['f32', 'f32'], result: 'i1', commutative: true, doc: 'equal; false if unordered' },
  ltf32: { args: ['f32', 'f32'], result: 'i1', doc: 'less; false if unordered' },
  lef32: { args: ['f32', 'f32'], result: 'i1', doc: 'less or equal; false if unordered' },
  eqf64: { args: ['f64', 'f64'], result: 'i1', commutative: true, doc: 'equal; false if unordered' },
  ltf64: { args: ['f64', 'f64'], result: 'i1', doc: 'less; false if unordered' },
  lef64: { args: ['f64', 'f64'], result: 'i1', doc: 'less or equal; false if unordered' },
  promote: { args: ['f32'], result: 'f64', doc: 'single to double' },
  demote: { args: ['f64'], result: 'f32', doc: 'double to single' },
  cvt_s32_f32: { args: ['i32'], result: 'f32', doc: 'signed integer to single' },
  cvt_u32_f32: { args: ['i32'], result: 'f32', doc: 'unsigned integer to single' },
  cvt_s32_f64: { args: ['i32'], result: 'f64', doc: 'signed integer to double' },
  cvt_u32_f64: { args: ['i32'], result: 'f64', doc: 'unsigned integer to double' },
  trunc_f32_s32: { args: ['f32'], result: 'i32', doc: 'towards zero, saturating, NaN = 0' },
  trunc_f32_u32: { args: ['f32'], result: 'i32', doc: 'towards zero, saturating, NaN = 0' },
  trunc_f64_s32: { args: ['f64'], result: 'i32', doc: 'towards zero, saturating, NaN = 0' },
  trunc_f64_u32: { args: ['f64'], result: 'i32', doc: 'towards zero, saturating, NaN = 0' },
  nearestf64: { args: ['f64'], result: 'f64', doc: 'round to integral, ties to even' },
  floorf64: { args: ['f64'], result: 'f64', doc: 'round to integral, downwards' },
  ceilf64: { args: ['f64'], result: 'f64', doc: 'round to integral, upwards' },
  bits_of_f32: { args: ['f32'], result: 'i32', doc: 'bit pattern' },
  f32_of_bits: { args: ['i32'], result: 'f32', doc: 'from a bit pattern' },
  bits_of_f64: { args: ['f64'], result: 'i64', doc: 'bit pattern' },
  f64_of_bits: { args: ['i64'], result: 'f64', doc: 'from a bit pattern' },

  // Vectors of 128 bits. What is done to the lanes is an immediate (see vector-ops.ts).
  vector1: { args: ['v128'], imms: ['vop'], result: 'v128', doc: 'operation on the lanes of one vector' },
  vector2: { args: ['v128', 'v128'], imms: ['vop'], result: 'v128', doc: 'operation on the lanes of two vectors' },
  vector3: {
    args: ['v128', 'v128', 'v128'],
    imms: ['vop'],
    result: 'v128',
    doc: 'bitselect: bits of the first where the third has ones, else of the second; or relaxed_madd',
  },
  vector_shift: {
    args: ['v128', 'i32'],
    imms: ['vop'],
    result: 'v128',
    doc: 'all lanes shifted by the same amount, which counts modulo their width',
  },
  vector_test: { args: ['v128'], imms: ['vop'], result: 'i1', doc: 'whether any bit or all lanes are not 0' },
  vector_mask: { args: ['v128'], imms: ['vop'], result: 'i32', doc: 'the sign bits of the lanes' },
  shuffle: {
    args: ['v128', 'v128', 'v128'],
    result: 'v128',
    doc: 'byte i is byte k of the first vector followed by the second, where k < 32 is byte i of the third, a constant',
  },
  splat32: { args: ['i32'], imms: ['vop'], result: 'v128', doc: 'the value (or its low bits) in every lane' },
  splat64: { args: ['i64'], imms: ['vop'], result: 'v128', doc: 'the value (or its low bits) in every lane' },
  splatf32: { args: ['f32'], imms: ['vop'], result: 'v128', doc: 'the value (or its low bits) in every lane' },
  splatf64: { args: ['f64'], imms: ['vop'], result: 'v128', doc: 'the value (or its low bits) in every lane' },
  extract32: { args: ['v128'], imms: ['vop', 'lane'], result: 'i32', doc: 'a lane' },
  extract64: { args: ['v128'], imms: ['vop', 'lane'], result: 'i64', doc: 'a lane' },
  extractf32: { args: ['v128'], imms: ['vop', 'lane'], result: 'f32', doc: 'a lane' },
  extractf64: { args: ['v128'], imms: ['vop', 'lane'], result: 'f64', doc: 'a lane' },
  insert32: { args: ['v128', 'i32'], imms: ['vop', 'lane'], result: 'v128', doc: 'the vector with one lane replaced' },
  insert64: { args: ['v128', 'i64'], imms: ['vop', 'lane'], result: 'v128', doc: 'the vector with one lane replaced' },
  insertf32: { args: ['v128', 'f32'], imms: ['vop', 'lane'], result: 'v128', doc: 'the vector with one lane replaced' },
  insertf64: { args: ['v128', 'f64'], imms: ['vop', 'lane'], result: 'v128', doc: 'the vector with one lane replaced' },

  // Guest memory. The effective address is (address + offset) modulo 2^32.
  load8_u: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i32', effect: 'load', doc: 'byte, zero-extended' },
  load8_s: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i32', effect: 'load', doc: 'byte, sign-extended' },
  load16_u: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i32', effect: 'load', doc: 'halfword, zero-extended' },
  load16_s: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i32', effect: 'load', doc: 'halfword, sign-extended' },
  load32: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i32', effect: 'load', doc: 'word' },
  load64: { args: ['i32'], imms: ['offset', 'memflags'], result: 'i64', effect: 'load', doc: 'doubleword' },
  load128: {
    args: ['i32'],
    imms: ['offset', 'memflags'],
    result: 'v128',
    effect: 'load',
    doc: 'sixteen bytes, the lowest address least significant; all reversed if big-endian',
  },
  store8: { args: ['i32', 'i32'], imms: ['offset', 'memflags'], result: 'void', effect: 'store', doc: 'low byte (address, value)' },
  store16: { args: ['i32', 'i32'], imms: ['offset', 'memflags'], result: 'void', effect: 'store', doc: 'low halfword (address, value)' },
  store32: { args: ['i32', 'i32'], imms: ['offset', 'memflags'], result: 'void', effect: 'store', doc: 'word (address, value)' },
  store64: { args: ['i32', 'i64'], imms: ['offset', 'memflags'], result: 'void', effect: 'store', doc: 'doubleword (address, value)' },
  store128: { args: ['i32', 'v128'], imms: ['offset', 'memflags'], result: 'void', effect: 'store', doc: 'sixteen bytes (address, value)' },
  cas8: {
    args: ['i32', 'i32', 'i32'],
    imms: ['memflags'],
    result: 'i32',
    effect: 'store',
    doc: 'atomic compare-and-swap (address, expected, new) -> old byte',
  },
  cas16: {
    args: ['i32', 'i32', 'i32'],
    imms: ['memflags'],
    result: 'i32',
    effect: 'store',
    doc: 'atomic compare-and-swap (address, expected, new) -> old halfword',
  },
  cas32: {
    args: ['i32', 'i32', 'i32'],
    imms: ['memflags'],
    result: 'i32',
    effect: 'store',
    doc: 'atomic compare-and-swap (address, expected, new) -> old word',
  },
  cas64: {
    args: ['i32', 'i64', 'i64'],
    imms: ['memflags'],
    result: 'i64',
    effect: 'store',
    doc: 'atomic compare-and-swap (address, expected, new) -> old doubleword',
  },
  fence: { args: [], result: 'void', effect: 'store', doc: 'full memory barrier' },

  // Helpers: pure functions of up to three words, declared by a target (see HelperTable)
  call0: { args: [], imms: ['helper'], result: 'i32', effect: 'load', doc: 'helper that reads the world (a counter, a clock)' },
  call1: { args: ['i32'], imms: ['helper'], result: 'i32', doc: 'pure helper of one word' },
  call2: { args: ['i32', 'i32'], imms: ['helper'], result: 'i32', doc: 'pure helper of two words' },
  call3: { args: ['i32', 'i32', 'i32'], imms: ['helper'], result: 'i32', doc: 'pure helper of three words' },

  // Structure inside a block
  insn: { args: [], imms: ['pc'], result: 'void', effect: 'marker', doc: 'a guest instruction starts here' },
  if: {
    args: ['i1'],
    imms: ['imm32'],
    result: 'void',
    effect: 'control',
    doc: 'run the ops up to the matching endif only if the flag is 1 (immediate: index of that endif)',
  },
  endif: { args: [], result: 'void', effect: 'control', doc: 'end of an if; its values are not visible from here on' },
  trap: { args: [], imms: ['trap', 'pc'], result: 'void', effect: 'control', doc: 'raise an exception at this pc; nothing after it runs' },
} as const satisfies Record<OpName, OpRow>;

type Rows = typeof OPS;
export type ArgTypes<K extends OpName> = Rows[K]['args'];
export type ResultType<K extends OpName> = Rows[K]['result'];

export const OP_NAMES = Object.keys(OPS) as readonly OpName[];

/** Rows by opcode. */
export const OP_ROWS: readonly OpRow[] = Object.values(OPS);

/** Number of value operands by opcode: the first slots of the op. */
export const ARG_COUNT = Uint8Array.from(OP_ROWS, (r) => r.args.length);

/** Memory ops of less than a word. */
export const NARROW_ACCESSES: ReadonlySet<number> = new Set(
  OP_NAMES.flatMap((name, op) => (/^(load|store|cas)(8|16)(_[us])?$/.test(name) ? [op] : [])),
);
