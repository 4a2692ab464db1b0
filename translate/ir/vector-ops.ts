/**
 * The operations on lanes of a vector: what the `vop` immediate of the IR's vector ops means. They are those of
 * WebAssembly SIMD under its names, and the immediate is the number that follows its prefix 0xfd (WebAssembly core
 * specification 2.0, section 5.4.8), so that the emitter needs no table of its own.
 *
 * Which IR op takes an operation follows from its operands. Lane 0 is the least significant; integer results wrap
 * unless the name says `sat`; shift amounts count modulo the width of a lane.
 */
import type { OpName } from './ops';

/** IR ops with a `vop` immediate. */
export type VectorOpName = Extract<
  OpName,
  | 'vector1'
  | 'vector2'
  | 'vector3'
  | 'vector_shift'
  | 'vector_test'
  | 'vector_mask'
  | `splat${string}`
  | `extract${string}`
  | `insert${string}`
>;

type Row = readonly [first: number, op: VectorOpName, shape: string, names: string];

const INTEGER_COMPARISONS = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const FLOAT_COMPARISONS = 'eq ne lt gt le ge';
const FLOAT_ARITHMETIC = 'add sub mul div min max pmin pmax';
const ADD_SUB_SAT = 'add add_sat_s add_sat_u sub sub_sat_s sub_sat_u';

/** Consecutive opcodes; `-` for one that is not of this kind. */
const RUNS: readonly Row[] = [
  [0x0e, 'vector2', 'i8x16', 'swizzle'],
  [0x0f, 'splat32', 'i8x16', 'splat'],
  [0x10, 'splat32', 'i16x8', 'splat'],
  [0x11, 'splat32', 'i32x4', 'splat'],
  [0x12, 'splat64', 'i64x2', 'splat'],
  [0x13, 'splatf32', 'f32x4', 'splat'],
  [0x14, 'splatf64', 'f64x2', 'splat'],
  [0x15, 'extract32', 'i8x16', 'extract_lane_s extract_lane_u'],
  [0x17, 'insert32', 'i8x16', 'replace_lane'],
  [0x18, 'extract32', 'i16x8', 'extract_lane_s extract_lane_u'],
  [0x1a, 'insert32', 'i16x8', 'replace_lane'],
  [0x1b, 'extract32', 'i32x4', 'extract_lane'],
  [0x1c, 'insert32', 'i32x4', 'replace_lane'],
  [0x1d, 'extract64', 'i64x2', 'extract_lane'],
  [0x1e, 'insert64', 'i64x2', 'replace_lane'],
  [0x1f, 'extractf32', 'f32x4', 'extract_lane'],
  [0x20, 'insertf32', 'f32x4', 'replace_lane'],
  [0x21, 'extractf64', 'f64x2', 'extract_lane'],
  [0x22, 'insertf64', 'f64x2', 'replace_lane'],
  [0x23, 'vector2', 'i8x16', INTEGER_COMPARISONS],
  [0x2d, 'vector2', 'i16x8', INTEGER_COMPARISONS],
  [0x37, 'vector2', 'i32x4', INTEGER_COMPARISONS],
  [0x41, 'vector2', 'f32x4', FLOAT_COMPARISONS],
  [0x47, 'vector2', 'f64x2', FLOAT_COMPARISONS],
  [0x4d, 'vector1', 'v128', 'not'],
  [0x4e, 'vector2', 'v128', 'and andnot or xor'],
  [0x52, 'vector3', 'v128', 'bitselect'],
  [0x53, 'vector_test', 'v128', 'any_true'],
  [0x5e, 'vector1', 'f32x4', 'demote_f64x2_zero'],
  [0x5f, 'vector1', 'f64x2', 'promote_low_f32x4'],
  [0x60, 'vector1', 'i8x16', 'abs neg popcnt'],
  [0x63, 'vector_test', 'i8x16', 'all_true'],
  [0x64, 'vector_mask', 'i8x16', 'bitmask'],
  [0x65, 'vector2', 'i8x16', 'narrow_i16x8_s narrow_i16x8_u'],
  [0x67, 'vector1', 'f32x4', 'ceil floor trunc nearest'],
  [0x6b, 'vector_shift', 'i8x16', 'shl shr_s shr_u'],
  [0x6e, 'vector2', 'i8x16', ADD_SUB_SAT],
  [0x74, 'vector1', 'f64x2', 'ceil floor'],
  [0x76, 'vector2', 'i8x16', 'min_s min_u max_s max_u'],
  [0x7a, 'vector1', 'f64x2', 'trunc'],
  [0x7b, 'vector2', 'i8x16', 'avgr_u'],
  [0x7c, 'vector1', 'i16x8', 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u'],
  [0x7e, 'vector1', 'i32x4', 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u'],
  [0x80, 'vector1', 'i16x8', 'abs neg'],
  [0x82, 'vector2', 'i16x8', 'q15mulr_sat_s'],
  [0x83, 'vector_test', 'i16x8', 'all_true'],
  [0x84, 'vector_mask', 'i16x8', 'bitmask'],
  [0x85, 'vector2', 'i16x8', 'narrow_i32x4_s narrow_i32x4_u'],
  [0x87, 'vector1', 'i16x8', 'extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u'],
  [0x8b, 'vector_shift', 'i16x8', 'shl shr_s shr_u'],
  [0x8e, 'vector2', 'i16x8', ADD_SUB_SAT],
  [0x94, 'vector1', 'f64x2', 'nearest'],
  [0x95, 'vector2', 'i16x8', 'mul min_s min_u max_s max_u - avgr_u'],
  [0x9c, 'vector2', 'i16x8', 'extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u'],
  [0xa0, 'vector1', 'i32x4', 'abs neg'],
  [0xa3, 'vector_test', 'i32x4', 'all_true'],
  [0xa4, 'vector_mask', 'i32x4', 'bitmask'],
  [0xa7, 'vector1', 'i32x4', 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u'],
  [0xab, 'vector_shift', 'i32x4', 'shl shr_s shr_u'],
  [0xae, 'vector2', 'i32x4', 'add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s'],
  [0xbc, 'vector2', 'i32x4', 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u'],
  [0xc0, 'vector1', 'i64x2', 'abs neg'],
  [0xc3, 'vector_test', 'i64x2', 'all_true'],
  [0xc4, 'vector_mask', 'i64x2', 'bitmask'],
  [0xc7, 'vector1', 'i64x2', 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u'],
  [0xcb, 'vector_shift', 'i64x2', 'shl shr_s shr_u'],
  [0xce, 'vector2', 'i64x2', 'add - - sub - - - mul eq ne lt_s gt_s le_s ge_s'],
  [0xdc, 'vector2', 'i64x2', 'extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u'],
  [0xe0, 'vector1', 'f32x4', 'abs neg - sqrt'],
  [0xe4, 'vector2', 'f32x4', FLOAT_ARITHMETIC],
  [0xec, 'vector1', 'f64x2', 'abs neg - sqrt'],
  [0xf0, 'vector2', 'f64x2', FLOAT_ARITHMETIC],
  [0xf8, 'vector1', 'i32x4', 'trunc_sat_f32x4_s trunc_sat_f32x4_u'],
  [0xfa, 'vector1', 'f32x4', 'convert_i32x4_s convert_i32x4_u'],
  [0xfc, 'vector1', 'i32x4', 'trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero'],
  [0xfe, 'vector1', 'f64x2', 'convert_low_i32x4_s convert_low_i32x4_u'],
  // Always fused: first * second + third, rounded once
  [0x105, 'vector3', 'f32x4', 'relaxed_madd'],
];

export interface VectorOperation {
  /** Shape and operation: `i8x16.add_sat_u`. */
  readonly name: string;
  /** The IR op that takes it. */
  readonly op: VectorOpName;
  /** Lanes of the operand of `extract` and `insert`, and of the result of the others. */
  readonly lanes: number;
}

/** By number; undefined where there is none. */
export const VECTOR_OPERATIONS: readonly (VectorOperation | undefined)[] = table();

function table(): (VectorOperation | undefined)[] {
  const out: (VectorOperation | undefined)[] = Array.from({ length: 0x106 }, () => undefined);
  for (const [first, op, shape, names] of RUNS)
    names.split(' ').forEach((name, i) => {
      if (name !== '-') out[first + i] = { name: `${shape}.${name}`, op, lanes: shape === 'v128' ? 1 : Number(shape.split('x')[1]) };
    });
  return out;
}

const NUMBERS = new Map(VECTOR_OPERATIONS.flatMap((o, i) => (o === undefined ? [] : [[o.name, i] as const])));

/** Number of an operation, or undefined if there is none of that name. */
export function findVectorOperation(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** Number of an operation. Throws if there is none of that name. */
export function vop(name: string): number {
  const n = NUMBERS.get(name);
  if (n === undefined) throw new RangeError(`no vector operation ${name}`);
  return n;
}

/** Name of the shape whose integer lanes are `width` bits wide. */
function integerShape(width: number): string {
  return `i${width}x${128 / width}`;
}

/** Number of an operation on integer lanes of `width` bits: `laneOp(16, 'add')` is `i16x8.add`. */
export function laneOp(width: number, operation: string): number {
  return vop(`${integerShape(width)}.${operation}`);
}
