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

const INFINITY = 0x7f800000;
const LEAST_NORMAL = 0x00800000;

const constant = (ir: Builder, bits: number): V128 => lanes.splat(ir, 32, bits);
// Masks are made by shifts: V8 builds a vector constant anew each time, of four instructions.

const magnitude = (ir: Builder, x: V128): V128 => lanes.shiftRight(ir, 32, false, lanes.shiftLeft(ir, 32, x, 1), 1);

/** The lanes in a mask of ones and zeros without their sign bits. */
const withoutSign = (ir: Builder, mask: V128): V128 => lanes.shiftRight(ir, 32, false, mask, 1);

/** Denormals replaced by zeros of their sign. */
export function flush(ir: Builder, x: V128): V128 {
  const exponent = lanes.shiftRight(ir, 32, false, lanes.shiftLeft(ir, 32, x, 1), 24);
  return lanes.andNot(ir, x, withoutSign(ir, lanes.equal(ir, 32, exponent, lanes.zero(ir))));
}

/** The default NaN, 0x7fc00000, in place of every NaN. */
function withDefaultNan(ir: Builder, r: V128): V128 {
  const nan = ir.vector2(r, r, vop('f32x4.ne'));
  const nine = lanes.shiftRight(ir, 32, false, nan, 23);
  return lanes.or(ir, lanes.andNot(ir, r, nan), lanes.shiftLeft(ir, 32, nine, 22));
}

/** A result with the default NaN for any NaN, denormals flushed. */
const settled = (ir: Builder, r: V128): V128 => withDefaultNan(ir, flush(ir, r));

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

/** The other operand where one is a quiet NaN, then an operation that prefers NaNs. */
const preferNumbers =
  (operation: Operation): Operation =>
  (ir, n, m) => {
    const isNan = (x: V128): V128 => ir.vector2(x, x, vop('f32x4.ne'));
    const isQuiet = (x: V128): V128 => lanes.negative(ir, 32, lanes.shiftLeft(ir, 32, x, 9));
    const replaced = (x: V128, y: V128): V128 => lanes.bitSelect(ir, lanes.andNot(ir, lanes.and(ir, isNan(x), isQuiet(x)), isNan(y)), y, x);
    return operation(ir, replaced(n, m), replaced(m, n));
  };

/** By mnemonic. */
export const FLOAT_OPERATIONS: Readonly<Record<string, Operation>> = {
  vadd: add,
  vsub: subtract,
  // The default NaN is positive, so that clearing the sign leaves it as it is.
  vabd: (ir, n, m) => magnitude(ir, subtract(ir, n, m)),
  vmax: arithmetic('max'),
  vmin: arithmetic('min'),
  vmaxnm: preferNumbers(arithmetic('max')),
  vminnm: preferNumbers(arithmetic('min')),
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

/** Two doubles at a time, for all four lanes of singles. */
function inDoubles(ir: Builder, operands: readonly V128[], f: (...operands: V128[]) => V128): V128 {
  const half = (which: 0 | 1): V128 =>
    f(...operands.map((v) => ir.vector1(lanes.shuffleLanes(ir, 64, v, v, [which]), vop('f64x2.promote_low_f32x4'))));
  return lanes.lowHalves(ir, 32, half(0), half(1));
}

/** The least normal single as a double: 2^-126. */
const leastNormal = (ir: Builder): V128 => ir.const128(0, 0x38100000, 0, 0x38100000);

/** All ones in lanes of n and m whose exact product is a denormal, however it rounds. */
function tinyProduct(ir: Builder, n: V128, m: V128): V128 {
  return inDoubles(ir, [n, m], (x, y) => {
    const exact = ir.vector1(ir.vector2(x, y, vop('f64x2.mul')), vop('f64x2.abs'));
    return ir.vector2(exact, leastNormal(ir), vop('f64x2.lt'));
  });
}

/** The same for n * m + a. Where the sum is not exact as a double, its error tells on which side of it the exact one is. */
function tinySum(ir: Builder, n: V128, m: V128, a: V128): V128 {
  return inDoubles(ir, [n, m, a], (x, y, z) => {
    const op = (name: string, u: V128, v: V128): V128 => ir.vector2(u, v, vop(`f64x2.${name}`));
    const product = op('mul', x, y);
    const sum = op('add', product, z);
    const part = op('sub', sum, product);
    const error = op('add', op('sub', product, op('sub', sum, part)), op('sub', z, part)); // Knuth's two-sum
    const size = ir.vector1(sum, vop('f64x2.abs'));
    const below = op('lt', op('mul', error, sum), lanes.zero(ir));
    return lanes.or(ir, op('lt', size, leastNormal(ir)), lanes.and(ir, op('eq', size, leastNormal(ir)), below));
  });
}

/**
 * Gives `write` the result. Flushing looks at the exact result, but one just below the least normal number has been
 * rounded to it: where that may be so, `write` is called again for the right one, under an `if`.
 * @param tiny lanes whose exact result is a denormal
 */
function withFlushed(cx: LiftContext, result: V128, tiny: () => V128, write: (r: V128) => void): void {
  const { ir } = cx;
  const corrected = (): V128 => lanes.andNot(ir, result, withoutSign(ir, tiny()));
  if (ir.insideIf) {
    write(corrected());
    return;
  }
  write(result);
  const suspicious = lanes.equal(ir, 32, magnitude(ir, result), constant(ir, LEAST_NORMAL));
  ir.beginIf(ir.vector_test(suspicious, vop('v128.any_true')));
  write(corrected());
  ir.endIf();
}

/** Gives `write` the product, flushed but with whatever NaNs. */
function withProduct(cx: LiftContext, n: V128, m: V128, write: (product: V128) => void): void {
  const { ir } = cx;
  const [x, y] = [flush(ir, n), flush(ir, m)];
  withFlushed(cx, flush(ir, ir.vector2(x, y, vop('f32x4.mul'))), () => tinyProduct(ir, x, y), write);
}

/** Sum and difference of operands that are flushed already. */
const addFlushed: Operation = (ir, x, y) => settled(ir, ir.vector2(x, y, vop('f32x4.add')));
const subtractFlushed: Operation = (ir, x, y) => settled(ir, ir.vector2(x, y, vop('f32x4.sub')));

/** What VMUL, VMLA, VMLS, VRECPS and VRSQRTS make of the flushed product p of n and m; d is the destination's old value. */
const PRODUCTS: Readonly<Record<string, (ir: Builder, p: V128, d: V128, n: V128, m: V128) => V128>> = {
  vmul: (ir, p) => withDefaultNan(ir, p),
  vmla: (ir, p, d) => addFlushed(ir, flush(ir, d), p),
  vmls: (ir, p, d) => subtractFlushed(ir, flush(ir, d), p),
  vrecps: (ir, p, _, n, m) =>
    lanes.bitSelect(ir, zeroTimesInfinity(ir, n, m), constant(ir, 0x40000000), subtractFlushed(ir, constant(ir, 0x40000000), p)),
  vrsqrts: (ir, p, _, n, m) => {
    // Halving is exact but for the least normal numbers, which it flushes.
    const half = settled(ir, ir.vector2(subtractFlushed(ir, constant(ir, 0x40400000), p), constant(ir, 0x3f000000), vop('f32x4.mul')));
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
    withFlushed(cx, settled(ir, r), () => tinySum(ir, x, y, z), o.set);
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

/** To an integral value, ties away from zero. */
const roundTiesAway: Unary = (ir, x) => {
  const whole = ir.vector1(x, vop('f32x4.trunc'));
  const rest = magnitude(ir, ir.vector2(x, whole, vop('f32x4.sub')));
  const one = lanes.or(ir, lanes.and(ir, x, lanes.signBits(ir, 32)), constant(ir, 0x3f800000));
  const up = ir.vector2(rest, constant(ir, 0x3f000000), vop('f32x4.ge'));
  return lanes.bitSelect(ir, up, ir.vector2(whole, one, vop('f32x4.add')), whole);
};

/** Rounding to an integral value by the letter that VRINT and VCVT end in. */
const ROUNDING: Readonly<Record<string, Unary>> = {
  a: roundTiesAway,
  n: convert('f32x4.nearest'),
  x: convert('f32x4.nearest'),
  p: convert('f32x4.ceil'),
  m: convert('f32x4.floor'),
  z: convert('f32x4.trunc'),
};

/** VRINT<r>.F32 */
export function roundToIntegral(letter: string) {
  return (cx: LiftContext, f: TwoVectors): void | false =>
    cx.features.has('v8') ? twoVectors(cx, f, (ir, m) => settled(ir, ROUNDING[letter]!(ir, flush(ir, m)))) : false;
}

/** VCVT<r>.<type>.F32 */
export function roundToInteger(letter: string, types: string) {
  return (cx: LiftContext, f: TwoVectors): void | false =>
    cx.features.has('v8') ? twoVectors(cx, f, (ir, m) => FLOAT_UNARY[types]!(ir, ROUNDING[letter]!(ir, flush(ir, m)))) : false;
}

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
