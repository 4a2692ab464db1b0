/**
 * Advanced SIMD floating point (Arm ARM DDI 0406C, sections A2.7.7, A7.4 and A8.8): singles, rounded to nearest, with
 * denormal operands and results flushed to zero and the default NaN, whatever FPSCR says.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { pairwiseOperation } from './neon-integer';
import { scalarOperand } from './neon-long';
import { broadcast, twoVectors, vectorRegister, type ThreeVectors, type TwoVectors } from './neon-registers';
import { haveDoubles } from './vfp-registers';

const MAGNITUDE = 0x7fffffff;
const INFINITY = 0x7f800000;
const LEAST_NORMAL = 0x00800000;
const DEFAULT_NAN = 0x7fc00000;

const constant = (ir: Builder, bits: number): V128 => lanes.splat(ir, 32, bits);
const magnitude = (ir: Builder, x: V128): V128 => lanes.and(ir, x, constant(ir, MAGNITUDE));

/** Denormals replaced by zeros of their sign. */
export function flush(ir: Builder, x: V128): V128 {
  const tiny = lanes.equal(ir, 32, lanes.and(ir, x, constant(ir, INFINITY)), lanes.zero(ir));
  return lanes.andNot(ir, x, lanes.and(ir, tiny, constant(ir, MAGNITUDE)));
}

/** A result with the default NaN for any NaN, denormals flushed. */
function settled(ir: Builder, r: V128): V128 {
  const nan = ir.vector2(r, r, vop('f32x4.ne'));
  return lanes.bitSelect(ir, nan, constant(ir, DEFAULT_NAN), flush(ir, r));
}

type Operation = (ir: Builder, n: V128, m: V128) => V128;

/** An operation on flushed operands whose exact result is no denormal that rounds to a normal number. */
const arithmetic =
  (name: string): Operation =>
  (ir, n, m) =>
    settled(ir, ir.vector2(flush(ir, n), flush(ir, m), vop(`f32x4.${name}`)));

const add = arithmetic('add');
const subtract = arithmetic('sub');

const compare =
  (name: string, operand: (ir: Builder, x: V128) => V128 = flush): Operation =>
  (ir, n, m) =>
    ir.vector2(operand(ir, n), operand(ir, m), vop(`f32x4.${name}`));

const absolute = (ir: Builder, x: V128): V128 => magnitude(ir, flush(ir, x));

/** By mnemonic. */
export const FLOAT_OPERATIONS: Readonly<Record<string, Operation>> = {
  vadd: add,
  vsub: subtract,
  // The default NaN is positive, so that clearing the sign leaves it as it is.
  vabd: (ir, n, m) => magnitude(ir, subtract(ir, n, m)),
  vmax: arithmetic('max'),
  vmin: arithmetic('min'),
  vceq: compare('eq'),
  vcge: compare('ge'),
  vcgt: compare('gt'),
  vacge: compare('ge', absolute),
  vacgt: compare('gt', absolute),
};

/** Registers of an instruction, and its operands. */
interface Operands {
  readonly n: V128;
  readonly m: V128;
  /** Old value of the destination. */
  readonly old: V128;
  readonly set: (v: V128) => void;
}

function operands(cx: LiftContext, f: ThreeVectors, m?: V128): Operands | undefined {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const n = vectorRegister(cx, f.q, f.n, f.N);
  if (d === undefined || n === undefined) return undefined;
  if (m === undefined) {
    const second = vectorRegister(cx, f.q, f.m, f.M);
    if (second === undefined) return undefined;
    m = cx.vector(f.q, second);
  }
  return { n: cx.vector(f.q, n), m, old: cx.vector(f.q, d), set: (v) => cx.setVector(f.q, d, v) };
}

/** A floating-point instruction on registers of one length. */
export function floatOperation(operation: Operation) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const o = operands(cx, f);
    if (o === undefined) return false;
    o.set(operation(cx.ir, o.n, o.m));
  };
}

/** All ones in lanes of n and m whose exact product is a denormal, however it rounds. */
function tinyProduct(ir: Builder, n: V128, m: V128): V128 {
  const exact = (x: V128, y: V128): V128 => {
    const wide = (v: V128): V128 => ir.vector1(v, vop('f64x2.promote_low_f32x4'));
    const product = ir.vector1(ir.vector2(wide(x), wide(y), vop('f64x2.mul')), vop('f64x2.abs'));
    return ir.vector2(product, ir.const128(0, 0x38100000, 0, 0x38100000), vop('f64x2.lt')); // 2^-126
  };
  const upper = (v: V128): V128 => lanes.shuffleLanes(ir, 64, v, v, [1]);
  return lanes.lowHalves(ir, 32, exact(n, m), exact(upper(n), upper(m)));
}

/**
 * Gives `write` the product. Flushing looks at the exact product, but one just below the least normal number has been
 * rounded to it: where that may be so, `write` is called again for the right one, under an `if`.
 */
function withProduct(cx: LiftContext, n: V128, m: V128, write: (product: V128) => void): void {
  const { ir } = cx;
  const [x, y] = [flush(ir, n), flush(ir, m)];
  const product = settled(ir, ir.vector2(x, y, vop('f32x4.mul')));
  const corrected = (): V128 => lanes.andNot(ir, product, lanes.and(ir, tinyProduct(ir, x, y), constant(ir, MAGNITUDE)));
  if (ir.insideIf) {
    write(corrected());
    return;
  }
  write(product);
  const suspicious = lanes.equal(ir, 32, magnitude(ir, product), constant(ir, LEAST_NORMAL));
  ir.beginIf(ir.vector_test(suspicious, vop('v128.any_true')));
  write(corrected());
  ir.endIf();
}

/** What VMUL, VMLA, VMLS, VRECPS and VRSQRTS make of the product p of n and m; d is the destination's old value. */
const PRODUCTS: Readonly<Record<string, (ir: Builder, p: V128, d: V128, n: V128, m: V128) => V128>> = {
  vmul: (_, p) => p,
  vmla: (ir, p, d) => add(ir, d, p),
  vmls: (ir, p, d) => subtract(ir, d, p),
  vrecps: (ir, p, _, n, m) =>
    lanes.bitSelect(ir, zeroTimesInfinity(ir, n, m), constant(ir, 0x40000000), subtract(ir, constant(ir, 0x40000000), p)),
  vrsqrts: (ir, p, _, n, m) => {
    // Halving is exact but for the least normal numbers, which it flushes.
    const half = settled(ir, ir.vector2(subtract(ir, constant(ir, 0x40400000), p), constant(ir, 0x3f000000), vop('f32x4.mul')));
    return lanes.bitSelect(ir, zeroTimesInfinity(ir, n, m), constant(ir, 0x3fc00000), half);
  },
};

/** All ones in lanes where one operand is (flushed to) zero and the other infinite. */
function zeroTimesInfinity(ir: Builder, n: V128, m: V128): V128 {
  const isZero = (x: V128): V128 => lanes.equal(ir, 32, magnitude(ir, flush(ir, x)), lanes.zero(ir));
  const isInfinite = (x: V128): V128 => lanes.equal(ir, 32, magnitude(ir, x), constant(ir, INFINITY));
  return lanes.or(ir, lanes.and(ir, isZero(n), isInfinite(m)), lanes.and(ir, isInfinite(n), isZero(m)));
}

export function floatProduct(mnemonic: string) {
  return (cx: LiftContext, f: ThreeVectors): void | false => productOf(cx, mnemonic, operands(cx, f));
}

/** VMUL, VMLA, VMLS.F32 {<Qd>,} <Qn>, <Dm[x]> */
export function floatProductByScalar(mnemonic: string) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const { register, index } = scalarOperand({ ...f, s: 2 });
    if (!haveDoubles(cx, register)) return false;
    return productOf(cx, mnemonic, operands(cx, f, broadcast(cx, register, 32, index)));
  };
}

function productOf(cx: LiftContext, mnemonic: string, o: Operands | undefined): void | false {
  if (o === undefined) return false;
  withProduct(cx, o.n, o.m, (p) => o.set(PRODUCTS[mnemonic]!(cx.ir, p, o.old, o.n, o.m)));
}

/** VFMA, VFMS.F32: lane by lane, as the sum must not be rounded twice. */
export function fusedMultiplyAdd(negative: boolean) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const o = operands(cx, f);
    if (o === undefined || !cx.features.has('vfp4')) return false;
    const { ir } = cx;
    const x = flush(ir, negative ? lanes.xor(ir, o.n, lanes.signBits(ir, 32)) : o.n);
    const [y, z] = [flush(ir, o.m), flush(ir, o.old)];
    const lane = (v: V128, i: number): ReturnType<Builder['extractf32']> => ir.extractf32(v, vop('f32x4.extract_lane'), i);
    let r = lanes.zero(ir);
    for (let i = 0; i < 2 + 2 * f.q; i++) r = ir.insertf32(r, ir.fmaf32(lane(x, i), lane(y, i), lane(z, i)), vop('f32x4.replace_lane'), i);
    o.set(settled(ir, r));
  };
}

/** VPADD, VPMAX, VPMIN.F32 <Dd>, <Dn>, <Dm> */
export function floatPairwise(operation: Operation) {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false => pairwiseOperation(cx, f, 32, operation);
}

type Unary = (ir: Builder, m: V128) => V128;

const zeroComparison =
  (name: string): Unary =>
  (ir, m) =>
    compare(name)(ir, m, lanes.zero(ir));

const convert =
  (name: string): Unary =>
  (ir, m) =>
    ir.vector1(m, vop(name));

/** By mnemonic, or mnemonic and data types. */
export const FLOAT_UNARY: Readonly<Record<string, Unary>> = {
  vabs: magnitude,
  vneg: (ir, m) => lanes.xor(ir, m, lanes.signBits(ir, 32)),
  vcgt: zeroComparison('gt'),
  vcge: zeroComparison('ge'),
  vceq: zeroComparison('eq'),
  vcle: zeroComparison('le'),
  vclt: zeroComparison('lt'),
  'f32.s32': convert('f32x4.convert_i32x4_s'),
  'f32.u32': convert('f32x4.convert_i32x4_u'),
  's32.f32': convert('i32x4.trunc_sat_f32x4_s'),
  'u32.f32': convert('i32x4.trunc_sat_f32x4_u'),
};

export function floatUnary(operation: Unary) {
  return (cx: LiftContext, f: TwoVectors): void | false => twoVectors(cx, f, operation);
}

/** VCVT between singles and numbers with `fraction` bits below the point; scaling by powers of two is exact here. */
export function fixedPoint(types: string, fraction: number) {
  return (cx: LiftContext, f: TwoVectors): void | false => {
    const toFloat = types.startsWith('f32');
    const scale = (127 + (toFloat ? -fraction : fraction)) << 23;
    const multiply: Unary = (ir, x) => ir.vector2(x, constant(ir, scale), vop('f32x4.mul'));
    return twoVectors(cx, f, (ir, m) =>
      toFloat ? multiply(ir, FLOAT_UNARY[types]!(ir, m)) : FLOAT_UNARY[types]!(ir, multiply(ir, flush(ir, m))),
    );
  };
}

/** Every lane of up to 32 bits through a function of words. */
function eachWord(ir: Builder, count: number, m: V128, f: (x: I32) => I32): V128 {
  let r = lanes.zero(ir);
  for (let i = 0; i < count; i++) r = ir.insert32(r, f(ir.extract32(m, vop('i32x4.extract_lane'), i)), vop('i32x4.replace_lane'), i);
  return r;
}

/** VRECPE, VRSQRTE: estimates by a helper. */
export function estimate(helper: string) {
  return (cx: LiftContext, f: TwoVectors): void | false =>
    twoVectors(cx, f, (ir, m) => eachWord(ir, 2 + 2 * f.q, m, (x) => ir.call1(x, helperIndex(helper))));
}

const ALTERNATIVE_HALF = 1 << 26;
const DEFAULT_NAN_MODE = 1 << 25;

/** Of FPSCR only the format of halves counts; NaNs are the default one. */
function standardFpscr(cx: LiftContext): I32 {
  const { ir } = cx;
  return ir.or32(ir.and32(cx.word('fpscr'), ir.const32(ALTERNATIVE_HALF)), ir.const32(DEFAULT_NAN_MODE));
}

// VCVT.F32.F16 <Qd>, <Dm>
export function halvesToSingles(cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false {
  const convertOne = helperIndex('vfp_half_to_single');
  return twoVectors(
    cx,
    { ...f, q: 0 },
    (ir, m) => eachWord(ir, 4, lanes.widen(ir, 16, false, 'low', m), (x) => ir.call2(x, standardFpscr(cx), convertOne)),
    1,
  );
}

// VCVT.F16.F32 <Dd>, <Qm>
export function singlesToHalves(cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false {
  const convertOne = helperIndex('vfp_single_to_half');
  return twoVectors(
    cx,
    { ...f, q: 1 },
    (ir, m) => {
      const words = eachWord(ir, 4, m, (x) => ir.call2(x, standardFpscr(cx), convertOne));
      return lanes.lowHalves(ir, 16, words, words);
    },
    0,
  );
}
