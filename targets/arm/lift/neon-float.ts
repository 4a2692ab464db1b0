/**
 * Advanced SIMD floating point (Arm ARM DDI 0406C, sections A2.7.7, A7.4 and A8.8): singles, rounded to nearest, with
 * denormal operands and results flushed to zero and the default NaN, whatever FPSCR says.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { integerFormat } from '../../../translate/ir/exact-float';
import { helperIndex } from '../helpers';
import type { ExceptionsOf, RoundingLetter } from '../neon-exceptions';
import type { LiftContext } from '../lift-context';
import { pairwiseOperation } from './neon-integer';
import { scalarOperand } from './neon-long';
import { broadcast, twoVectors, vectorRegister, type ThreeVectors, type TwoVectors } from './neon-registers';
import {
  flush,
  ofComparison,
  ofEstimate,
  ofFromInteger,
  ofFused,
  ofOperand,
  ofProduct,
  ofSum,
  ofToInteger,
  raiseLanes,
  type Doubt,
} from './neon-raise';
import { haveDoubles } from './vfp-registers';

const INFINITY = 0x7f800000;
const LEAST_NORMAL = 0x00800000;

const constant = (ir: Builder, bits: number): V128 => lanes.splat(ir, 32, bits);
const magnitude = (ir: Builder, x: V128): V128 => lanes.shiftRight(ir, 32, false, lanes.shiftLeft(ir, 32, x, 1), 1);

/** The lanes in a mask of ones and zeros without their sign bits. */
const withoutSign = (ir: Builder, mask: V128): V128 => lanes.shiftRight(ir, 32, false, mask, 1);

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
const FLOAT_OPERATIONS = {
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
} satisfies Record<string, Operation>;

/** Operands of an instruction, and what writes its destination. */
export interface Operands {
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

/** Native arithmetic behind the operations that round. */
const ROUNDED: Readonly<Partial<Record<keyof typeof FLOAT_OPERATIONS, 'add' | 'sub'>>> = { vadd: 'add', vsub: 'sub', vabd: 'sub' };

function doubtOf(ir: Builder, of: keyof typeof FLOAT_OPERATIONS, n: V128, m: V128): Doubt {
  const native = ROUNDED[of];
  if (native === undefined) return ofComparison(ir, n, m);
  return ofSum(ir, ir.vector2(flush(ir, n), flush(ir, m), vop(`f32x4.${native}`)), n, m);
}

/** A floating-point instruction on registers of one length, by its mnemonic. */
export function floatOperation(of: keyof typeof FLOAT_OPERATIONS) {
  const operation: Operation = FLOAT_OPERATIONS[of];
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const o = operands(cx, f);
    if (o === undefined) return false;
    const result = operation(cx.ir, o.n, o.m);
    raiseLanes(cx, 2 + 2 * f.q, of, [o.n, o.m], () => doubtOf(cx.ir, of, o.n, o.m));
    o.set(result);
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
const PRODUCTS = {
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
} satisfies Record<string, (ir: Builder, p: V128, d: V128, n: V128, m: V128) => V128>;
type Product = keyof typeof PRODUCTS;

/** All ones in lanes where one operand is (flushed to) zero and the other infinite. */
function zeroTimesInfinity(ir: Builder, n: V128, m: V128): V128 {
  const isZero = (x: V128): V128 => lanes.equal(ir, 32, magnitude(ir, flush(ir, x)), lanes.zero(ir));
  const isInfinite = (x: V128): V128 => lanes.equal(ir, 32, magnitude(ir, x), constant(ir, INFINITY));
  return lanes.or(ir, lanes.and(ir, isZero(n), isInfinite(m)), lanes.and(ir, isInfinite(n), isZero(m)));
}

export function floatProduct(mnemonic: Product) {
  return (cx: LiftContext, f: ThreeVectors): void | false => productOf(cx, f.q, mnemonic, operands(cx, f));
}

/** VMUL, VMLA, VMLS.F32 {<Qd>,} <Qn>, <Dm[x]> */
export function floatProductByScalar(mnemonic: Product) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const { register, index } = scalarOperand({ ...f, s: 2 });
    if (!haveDoubles(cx, register)) return false;
    return productOf(cx, f.q, mnemonic, operands(cx, f, broadcast(cx, register, 32, index)));
  };
}

function productOf(cx: LiftContext, q: number, mnemonic: Product, o: Operands | undefined): void | false {
  if (o === undefined) return false;
  raiseLanes(cx, 2 + 2 * q, mnemonic, [o.n, o.m, o.old], () => doubtOfProduct(cx.ir, mnemonic, o));
  withProduct(cx, o.n, o.m, (p) => o.set(PRODUCTS[mnemonic](cx.ir, p, o.old, o.n, o.m)));
}

/** The sums of VRECPS and VRSQRTS are neither tiny nor infinite if the product is not. */
function doubtOfProduct(ir: Builder, mnemonic: Product, { n, m, old }: Operands): Doubt {
  const product = ir.vector2(flush(ir, n), flush(ir, m), vop('f32x4.mul'));
  if (mnemonic !== 'vmla' && mnemonic !== 'vmls') return ofProduct(ir, product, n, m);
  const sum = ir.vector2(flush(ir, old), flush(ir, product), vop(mnemonic === 'vmla' ? 'f32x4.add' : 'f32x4.sub'));
  return ofProduct(ir, product, n, m, ofSum(ir, sum, old));
}

/** VFMA, VFMS.F32 */
export function fusedMultiplyAdd(negative: boolean) {
  return (cx: LiftContext, f: ThreeVectors): void | false => {
    const o = operands(cx, f);
    if (o === undefined || !cx.features.has('vfp4')) return false;
    fuse(cx, f.q, { ...o, n: negative ? lanes.xor(cx.ir, o.n, lanes.signBits(cx.ir, 32)) : o.n });
  };
}

/** Multiplies and adds, rounding once, with the destination's old value. */
export function fuse(cx: LiftContext, q: number, o: Operands): void {
  const { ir } = cx;
  const [x, y, z] = [flush(ir, o.n), flush(ir, o.m), flush(ir, o.old)];
  const r = ir.vector3(x, y, z, vop('f32x4.relaxed_madd'));
  raiseLanes(cx, 2 + 2 * q, 'vfma', [o.n, o.m, o.old], () => ofFused(ir, r, o.n, o.m, o.old));
  withFlushed(cx, settled(ir, r), () => tinySum(ir, x, y, z), o.set);
}

/** Adds, with exceptions. */
export function addVectors(cx: LiftContext, q: number, n: V128, m: V128): V128 {
  const result = add(cx.ir, n, m);
  raiseLanes(cx, 2 + 2 * q, 'vadd', [n, m], () => doubtOf(cx.ir, 'vadd', n, m));
  return result;
}

/** VPADD, VPMAX, VPMIN.F32 <Dd>, <Dn>, <Dm> */
export function floatPairwise(of: 'vadd' | 'vmax' | 'vmin') {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false =>
    pairwiseOperation(cx, f, 32, (ir, n, m) => {
      const result = FLOAT_OPERATIONS[of](ir, n, m);
      raiseLanes(cx, 2, of, [n, m], () => doubtOf(ir, of, n, m));
      return result;
    });
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

/** By mnemonic, or data types. */
const FLOAT_UNARY = {
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
} satisfies Record<string, Unary>;

type Comparison = 'vcgt' | 'vcge' | 'vceq' | 'vcle' | 'vclt';
export type VectorConversion = 'f32.s32' | 'f32.u32' | 's32.f32' | 'u32.f32';

/** As the exceptions of conversions take it. */
const formatOf = (types: VectorConversion, fraction = 0): number => integerFormat(32, types.includes('s32'), fraction);

/** The lanes through `operation`, with exceptions of one kind. */
function unary(
  cx: LiftContext,
  f: TwoVectors,
  of: ExceptionsOf,
  operation: Unary,
  doubt: (ir: Builder, m: V128) => Doubt,
  parameter?: I32,
): void | false {
  return twoVectors(cx, f, (ir, m) => {
    const result = operation(ir, m);
    raiseLanes(cx, 2 + 2 * f.q, of, [m], () => doubt(ir, m), parameter);
    return result;
  });
}

/** To an integral value, ties away from zero. */
const roundTiesAway: Unary = (ir, x) => {
  const whole = ir.vector1(x, vop('f32x4.trunc'));
  const rest = magnitude(ir, ir.vector2(x, whole, vop('f32x4.sub')));
  const one = lanes.or(ir, lanes.and(ir, x, lanes.signBits(ir, 32)), constant(ir, 0x3f800000));
  const up = ir.vector2(rest, constant(ir, 0x3f000000), vop('f32x4.ge'));
  return lanes.bitSelect(ir, up, ir.vector2(whole, one, vop('f32x4.add')), whole);
};

/** Rounding to an integral value by the letter that VRINT and VCVT end in. */
const ROUNDING: Readonly<Record<RoundingLetter, Unary>> = {
  a: roundTiesAway,
  n: convert('f32x4.nearest'),
  x: convert('f32x4.nearest'),
  p: convert('f32x4.ceil'),
  m: convert('f32x4.floor'),
  z: convert('f32x4.trunc'),
};

/** VRINT<r>.F32 */
export function roundToIntegral(letter: RoundingLetter) {
  return (cx: LiftContext, f: TwoVectors): void | false =>
    cx.features.has('v8')
      ? unary(
          cx,
          f,
          `vrint${letter}`,
          (ir, m) => settled(ir, ROUNDING[letter](ir, flush(ir, m))),
          (ir, m) => ofOperand(ir, m, letter === 'x'),
        )
      : false;
}

/** VCVT<r>.<type>.F32 */
export function roundToInteger(letter: RoundingLetter, types: 's32.f32' | 'u32.f32') {
  return (cx: LiftContext, f: TwoVectors): void | false => {
    if (!cx.features.has('v8')) return false;
    const operation: Unary = (ir, m) => FLOAT_UNARY[types](ir, ROUNDING[letter](ir, flush(ir, m)));
    const doubt = (ir: Builder, m: V128): Doubt => ofToInteger(ir, m, m, types === 's32.f32');
    return unary(cx, f, `vcvt${letter}`, operation, doubt, cx.ir.const32(formatOf(types)));
  };
}

/** VABS, VNEG.F32: moves of bits. */
export function signOperation(mnemonic: 'vabs' | 'vneg') {
  return (cx: LiftContext, f: TwoVectors): void | false => twoVectors(cx, f, FLOAT_UNARY[mnemonic]);
}

/** VCEQ, VCGE, VCGT, VCLE, VCLT.F32 <Qd>, <Qm>, #0 */
export function compareZero(mnemonic: Comparison) {
  const of = mnemonic === 'vceq' ? 'vceq zero' : 'vcompare zero';
  return (cx: LiftContext, f: TwoVectors): void | false => unary(cx, f, of, FLOAT_UNARY[mnemonic], ofOperand);
}

/** VCVT between singles and numbers with `fraction` bits below the point; scaling by powers of two is exact here. */
export function conversion(types: VectorConversion, fraction = 0) {
  const toFloat = types.startsWith('f32');
  const scale = (127 + (toFloat ? -fraction : fraction)) << 23;
  const multiply: Unary = (ir, x) => (fraction === 0 ? x : ir.vector2(x, constant(ir, scale), vop('f32x4.mul')));
  const operation: Unary = (ir, m) =>
    toFloat ? multiply(ir, FLOAT_UNARY[types](ir, m)) : FLOAT_UNARY[types](ir, multiply(ir, flush(ir, m)));
  const doubt = (ir: Builder, m: V128): Doubt => (toFloat ? ofFromInteger : ofToInteger(ir, multiply(ir, m), m, types === 's32.f32'));
  return (cx: LiftContext, f: TwoVectors): void | false =>
    unary(cx, f, toFloat ? 'vcvt from integer' : 'vcvt to integer', operation, doubt, cx.ir.const32(formatOf(types, fraction)));
}

/** Every lane of up to 32 bits through a function of words. */
function eachWord(ir: Builder, count: number, m: V128, f: (x: I32) => I32): V128 {
  let r = lanes.zero(ir);
  for (let i = 0; i < count; i++) r = ir.insert32(r, f(ir.extract32(m, vop('i32x4.extract_lane'), i)), vop('i32x4.replace_lane'), i);
  return r;
}

/** VRECPE, VRSQRTE: estimates by a helper. */
export function estimate(mnemonic: 'vrecpe' | 'vrsqrte', type: 'u32' | 'f32') {
  const helper = helperIndex(`${mnemonic}_${type}`);
  const estimates = (ir: Builder, q: number, m: V128): V128 => eachWord(ir, 2 + 2 * q, m, (x) => ir.call1(x, helper));
  return (cx: LiftContext, f: TwoVectors): void | false =>
    type === 'u32'
      ? twoVectors(cx, f, (ir, m) => estimates(ir, f.q, m))
      : unary(
          cx,
          f,
          mnemonic,
          (ir, m) => estimates(ir, f.q, m),
          (ir, m) => ofEstimate(ir, m, mnemonic),
        );
}

// VCVT.F32.F16 <Qd>, <Dm>
export function halvesToSingles(cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false {
  const convertOne = helperIndex('neon_half_to_single');
  return twoVectors(
    cx,
    { ...f, q: 0 },
    (ir, m) => {
      const words = lanes.widen(ir, 16, false, 'low', m);
      raiseLanes(cx, 4, 'vcvt from half', [words], undefined, cx.word('fpscr'));
      return eachWord(ir, 4, words, (x) => ir.call2(x, cx.word('fpscr'), convertOne));
    },
    1,
  );
}

// VCVT.F16.F32 <Dd>, <Qm>
export function singlesToHalves(cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false {
  const convertOne = helperIndex('neon_single_to_half');
  return twoVectors(
    cx,
    { ...f, q: 1 },
    (ir, m) => {
      const words = eachWord(ir, 4, m, (x) => ir.call2(x, cx.word('fpscr'), convertOne));
      raiseLanes(cx, 4, 'vcvt to half', [m], undefined, cx.word('fpscr'));
      return lanes.lowHalves(ir, 16, words, words);
    },
    0,
  );
}
