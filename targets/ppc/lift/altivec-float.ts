/**
 * AltiVec floating point (AltiVec PEM chapter 6): singles rounded to nearest. In non-Java mode (VSCR.NJ), in which Linux starts
 * programs, operands and results that are denormals count as zeros. Lanes are computed as the host does it; where one is a NaN or
 * a denormal, all are computed anew one by one.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I1, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { ElementOperation } from '../altivec-float';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { setCompared, settle, type CompareFields, type FourVectorFields, type VectorFields } from './altivec-integer';

/** Operations whose result may be rounded up to the least normal number: in non-Java mode that is a zero, as they are tiny before. */
const TININESS: Readonly<Partial<Record<ElementOperation, ElementOperation>>> = { vmaddfp: 'vmaddfp tiny', vnmsubfp: 'vnmsubfp tiny' };
/** Bits of the least normal number, shifted left by one. */
const LEAST_NORMAL = 0x01000000;

const ANY = vop('v128.any_true');
const EXTRACT = vop('i32x4.extract_lane');
const REPLACE = vop('i32x4.replace_lane');

const two = (ir: Builder, x: V128, y: V128, operation: string): V128 => ir.vector2(x, y, vop(`f32x4.${operation}`));

/** Bits of the largest denormal, shifted left by one. */
const DENORMALS = 0x00fffffe;

/** Lanes without their signs, twice, less one: below `DENORMALS` for denormals alone. */
const ranked = (ir: Builder, x: V128): V128 => lanes.add(ir, 32, lanes.shiftLeft(ir, 32, x, 1), lanes.splat(ir, 32, -1));

/** All ones where one of the vectors has a denormal. */
function denormals(ir: Builder, vectors: readonly V128[]): V128 {
  const least = vectors.map((x) => ranked(ir, x)).reduce((x, y) => lanes.minimum(ir, 32, false, x, y));
  return lanes.greater(ir, 32, false, lanes.splat(ir, 32, DENORMALS), least);
}

/** Denormals replaced by zeros of their sign, if NJ is set. */
function flushed(cx: LiftContext, x: V128): V128 {
  const { ir } = cx;
  const mask = lanes.and(ir, denormals(ir, [x]), modeMask(cx));
  return lanes.andNot(ir, x, lanes.shiftRight(ir, 32, false, mask, 1));
}

/** All ones if NJ is set. */
function modeMask(cx: LiftContext): V128 {
  const { ir } = cx;
  return lanes.fill(ir, 32, ir.shr_s32(ir.shl32(cx.word('vscr'), ir.const32(15)), ir.const32(31)));
}

/** Writes lanes, and where they are doubtful what each element's own operation gives. */
function setLanes(cx: LiftContext, d: number, operation: ElementOperation, native: V128 | undefined, sources: readonly V128[]): void {
  const { ir } = cx;
  if (native === undefined) {
    cx.setVector(d, oneByOne(cx, operation, sources));
    return;
  }
  const nan = two(ir, native, native, 'ne');
  let doubts = lanes.or(ir, nan, denormals(ir, [native, ...sources]));
  if (TININESS[operation] !== undefined)
    doubts = lanes.or(ir, doubts, lanes.equal(ir, 32, lanes.shiftLeft(ir, 32, native, 1), lanes.splat(ir, 32, LEAST_NORMAL)));
  const doubtful = ir.vector_test(doubts, ANY);
  cx.setVector(d, native);
  ir.beginIf(doubtful);
  cx.setVector(d, oneByOne(cx, operation, sources));
  ir.endIf();
}

function oneByOne(cx: LiftContext, operation: ElementOperation, sources: readonly V128[]): V128 {
  const { ir } = cx;
  const operands = sources.map((x) => flushed(cx, x));
  const helper = helperIndex(operation);
  const tininess = TININESS[operation];
  let result = lanes.zero(ir);
  let tiny = result;
  for (let lane = 0; lane < 4; lane++) {
    const [x, y, z] = operands.map((v) => ir.extract32(v, EXTRACT, lane));
    const value = z !== undefined ? ir.call3(x!, y!, z, helper) : y !== undefined ? ir.call2(x!, y, helper) : ir.call1(x!, helper);
    result = ir.insert32(result, value, REPLACE, lane);
    if (tininess !== undefined) tiny = ir.insert32(tiny, ir.call3(x!, y!, z!, helperIndex(tininess)), REPLACE, lane);
  }
  if (tininess === undefined) return flushed(cx, result);
  const magnitude = lanes.shiftRight(ir, 32, false, lanes.and(ir, tiny, modeMask(cx)), 1);
  return flushed(cx, lanes.andNot(ir, result, magnitude));
}

/** VADDFP, VSUBFP, VMAXFP, VMINFP vD, vA, vB */
export function binary(operation: 'vaddfp' | 'vsubfp' | 'vmaxfp' | 'vminfp') {
  const native = operation.slice(1, 4);
  return (cx: LiftContext, { d, a, b }: VectorFields): void => {
    const [x, y] = [cx.vector(a), cx.vector(b)];
    setLanes(cx, d, operation, two(cx.ir, x, y, native), [x, y]);
  };
}

const negated = (ir: Builder, x: V128): V128 => ir.vector1(x, vop('f32x4.neg'));

/** VMADDFP, VNMSUBFP vD, vA, vC, vB: one rounding. */
export function multiplyAdd(negative: boolean) {
  return (cx: LiftContext, { d, a, b, c }: FourVectorFields): void => {
    const { ir } = cx;
    const [x, y, z] = [cx.vector(a), cx.vector(c), cx.vector(b)];
    const sum = ir.vector3(x, y, negative ? negated(ir, z) : z, vop('f32x4.relaxed_madd'));
    setLanes(cx, d, negative ? 'vnmsubfp' : 'vmaddfp', negative ? negated(ir, sum) : sum, [x, y, z]);
  };
}

interface UnaryFields {
  readonly d: number;
  readonly b: number;
}

const one = (ir: Builder): V128 => lanes.splat(ir, 32, 0x3f800000);

const NATIVE_UNARY: Readonly<Partial<Record<ElementOperation, (ir: Builder, x: V128) => V128>>> = {
  vrefp: (ir, x) => two(ir, one(ir), x, 'div'),
  vrsqrtefp: (ir, x) => two(ir, one(ir), ir.vector1(x, vop('f32x4.sqrt')), 'div'),
  vrfin: (ir, x) => ir.vector1(x, vop('f32x4.nearest')),
  vrfiz: (ir, x) => ir.vector1(x, vop('f32x4.trunc')),
  vrfip: (ir, x) => ir.vector1(x, vop('f32x4.ceil')),
  vrfim: (ir, x) => ir.vector1(x, vop('f32x4.floor')),
};

/** VREFP, VRSQRTEFP, VEXPTEFP, VLOGEFP, VRFI vD, vB */
export function unary(operation: ElementOperation) {
  return (cx: LiftContext, { d, b }: UnaryFields): void => {
    const x = cx.vector(b);
    setLanes(cx, d, operation, NATIVE_UNARY[operation]?.(cx.ir, x), [x]);
  };
}

// Comparisons

/** Operands with denormals as zeros if NJ is set: a mask that no arithmetic makes doubtful. */
const operand = (cx: LiftContext, n: number): V128 => flushed(cx, cx.vector(n));

/** VCMPEQFP, VCMPGEFP, VCMPGTFP */
export function compare(test: 'eq' | 'ge' | 'gt') {
  return (cx: LiftContext, f: CompareFields): void => setCompared(cx, f, two(cx.ir, operand(cx, f.a), operand(cx, f.b), test));
}

/** VCMPBFP: two bits in each element say that it is not within the bounds; with Rc, CR6 that all are. */
export function compareBounds(cx: LiftContext, { d, a, b, r }: CompareFields): void {
  const { ir } = cx;
  const [x, y] = [operand(cx, a), operand(cx, b)];
  const above = lanes.not(ir, two(ir, x, y, 'le'));
  const below = lanes.not(ir, two(ir, x, negated(ir, y), 'ge'));
  const bit = (mask: V128, n: number): V128 => lanes.shiftLeft(ir, 32, lanes.shiftRight(ir, 32, false, mask, 31), n);
  cx.setVector(d, lanes.or(ir, bit(above, 31), bit(below, 30)));
  if (r === 0) return;
  const no = ir.const1(false);
  const within: I1 = ir.not1(ir.vector_test(lanes.or(ir, above, below), ANY));
  cx.setCrField(6, no, no, within, no);
}

// Conversions

/** Bits of 2^n. */
const powerOfTwo = (n: number): number => (127 + n) << 23;

interface ScaledFields extends UnaryFields {
  readonly u: number;
}

/** VCFUX, VCFSX vD, vB, UIM: divided by 2^UIM. */
export function fromInteger(signed: boolean) {
  return (cx: LiftContext, { d, b, u }: ScaledFields): void => {
    const { ir } = cx;
    const x = ir.vector1(cx.vector(b), vop(`f32x4.convert_i32x4_${signed ? 's' : 'u'}`));
    cx.setVector(d, two(ir, x, lanes.splat(ir, 32, powerOfTwo(-u)), 'mul'));
  };
}

/** VCTUXS, VCTSXS vD, vB, UIM: multiplied by 2^UIM, towards zero; NaNs give 0. */
export function toInteger(signed: boolean) {
  return (cx: LiftContext, { d, b, u }: ScaledFields): void => {
    const { ir } = cx;
    const constant = (bits: number): V128 => lanes.splat(ir, 32, bits);
    const x = two(ir, cx.vector(b), constant(powerOfTwo(u)), 'mul');
    const above = two(ir, x, constant(powerOfTwo(signed ? 31 : 32)), 'ge');
    const sign = 0x80000000;
    const below = signed ? two(ir, x, constant(sign | powerOfTwo(31) | 0), 'lt') : two(ir, x, constant(sign | powerOfTwo(0) | 0), 'le');
    const value = ir.vector1(x, vop(`i32x4.trunc_sat_f32x4_${signed ? 's' : 'u'}`));
    settle(cx, d, { value, happened: lanes.or(ir, above, below) });
  };
}
