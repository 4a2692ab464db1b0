/** VFP conversions and rounding to integral (Arm ARM DDI 0406C, sections A8.8.305 to A8.8.312; DDI 0487 for VRINT and VCVTA). */
import type { Builder } from '../../../translate/ir/builder';
import { FpKind, integerFormat } from '../../../translate/ir/exact-float';
import type { FixedRounding } from '../../../translate/ir/exact-operation';
import type { F64, I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { FPSCR } from '../state';
import { environmentIsSpecial, exact, exactIn, isFlushed, mayFlush, setGuarded } from './exact';
import type { TwoRegisters } from './vfp-arithmetic';
import { unary } from './vfp-arithmetic';
import { DOUBLE, setArithmetic, SINGLE } from './vfp-format';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** How an instruction rounds; `fpscr` is as FPSCR says, which for native arithmetic is to nearest. */
export type Rounding = FixedRounding | 'fpscr';

function signBit(ir: Builder, x: I64): I64 {
  return ir.and64(x, ir.const64(0, 0x80000000 | 0));
}

/** Magnitude rounded by `round`, with the sign of x: keeps -0 and is symmetrical about zero. */
function roundMagnitude(ir: Builder, x: F64, round: (magnitude: F64) => I64): F64 {
  const bits = ir.bits_of_f64(x);
  const magnitude = ir.f64_of_bits(DOUBLE.clearSign(ir, bits));
  return ir.f64_of_bits(ir.or64(round(magnitude), signBit(ir, bits)));
}

/** RoundToIntegral of a double. NaNs stay NaNs, with any payload. */
function roundToIntegral({ ir }: LiftContext, x: F64, rounding: Rounding): F64 {
  switch (rounding) {
    case 'nearest':
    case 'fpscr':
      return ir.nearestf64(x);
    case 'up':
      return ir.ceilf64(x);
    case 'down':
      return ir.floorf64(x);
    case 'zero':
      return roundMagnitude(ir, x, (m) => ir.bits_of_f64(ir.floorf64(m)));
    case 'away':
      return roundMagnitude(ir, x, (m) => {
        const whole = ir.floorf64(m);
        const half = ir.constf64(0, 0x3fe00000);
        const one = ir.constf64(0, 0x3ff00000);
        const up = ir.lef64(half, ir.subf64(m, whole));
        return ir.select64(up, ir.bits_of_f64(ir.addf64(whole, one)), ir.bits_of_f64(whole));
      });
  }
}

/**
 * VRINT{A,N,P,M,R,X,Z}<c>.F<size> <Vd>, <Vm>
 * @param inexact X: raises Inexact where the result differs
 */
export function roundIntegral(rounding: Rounding, inexact = false) {
  return unary((cx, fp, d, m) => {
    const { ir } = cx;
    if (cx.exact) {
      const kind = inexact ? FpKind.RoundToIntegralExact : FpKind.RoundToIntegral;
      fp.setBits(cx, d, exactIn(cx, fp, kind, [fp.bits(cx, m)], rounding === 'fpscr' ? undefined : rounding));
      return;
    }
    const result = fp.ofDouble(ir, roundToIntegral(cx, fp.toDouble(ir, fp.get(cx, m)), rounding));
    setArithmetic(cx, fp, d, result, [m], ([x]) => fp.nan(ir, x!, x!, x!));
  });
}

/** Operand of a conversion to or from an integer, as a double: every single is one. */
function readAsDouble(cx: LiftContext, z: number, n: number): F64 {
  return z === 1 ? cx.d(n) : cx.ir.promote(cx.s(n));
}

/** Saturating conversion of a rounded double. */
function toInteger(ir: Builder, x: F64, signed: boolean): I32 {
  return signed ? ir.trunc_f64_s32(x) : ir.trunc_f64_u32(x);
}

/** VCVT<c>.{S32,U32}.F<size> <Sd>, <Vm>; VCVTR, VCVTA, VCVTN, VCVTP, VCVTM. */
export function toInteger32(cx: LiftContext, f: TwoRegisters, signed: boolean, rounding: Rounding): void | false {
  const m = vfpRegister(f.z, f.m, f.M);
  if (f.z === 1 && !haveDoubles(cx, m)) return false;
  const x = readAsDouble(cx, f.z, m);
  if (cx.exact) {
    toIntegerExactly(cx, f, x, signed, rounding);
    return;
  }
  // The conversion op itself rounds towards zero.
  const rounded = rounding === 'zero' ? x : roundToIntegral(cx, x, rounding);
  cx.setSBits(vfpRegister(0, f.d, f.D), toInteger(cx.ir, rounded, signed));
}

const ABOVE = 0x41e00000; // high word of 2^31
const BELOW = 0xc1e00000 | 0;
const MINUS_ONE = 0xbff00000 | 0;

/** The same with exceptions: natively while nothing but Inexact can be raised, and has been. */
function toIntegerExactly(cx: LiftContext, f: TwoRegisters, x: F64, signed: boolean, rounding: Rounding): void {
  const { ir } = cx;
  const d = vfpRegister(0, f.d, f.D);
  const m = vfpRegister(f.z, f.m, f.M);
  const bits = f.z === 1 ? cx.dBits(m) : ir.extend_u32(cx.sBits(m));
  const operands = [bits, ir.const64(integerFormat(32, signed), 0)] as const;
  const exactly = (): I32 => ir.low64(exact(cx, FpKind.ToInteger, f.z === 1, operands, rounding === 'fpscr' ? undefined : rounding));
  if (ir.insideIf) {
    cx.setSBits(d, exactly());
    return;
  }
  const rounded = rounding === 'zero' ? x : roundToIntegral(cx, x, rounding);
  const inRange = ir.and1(ir.ltf64(ir.constf64(0, signed ? BELOW : MINUS_ONE), rounded), ir.ltf64(rounded, ir.constf64(0, ABOVE)));
  const modes = rounding === 'fpscr' ? FPSCR.flush | FPSCR.rounding : FPSCR.flush;
  const flushed = f.z === 1 ? isFlushed(cx, DOUBLE, [cx.dBits(m)]) : isFlushed(cx, SINGLE, [cx.sBits(m)]);
  const notEnough = ir.or1(ir.or1(environmentIsSpecial(cx, modes), flushed), ir.not1(inRange));
  cx.setSBits(d, toInteger(ir, rounded, signed));
  ir.beginIf(notEnough);
  cx.setSBits(d, exactly());
  ir.endIf();
}

/** VCVT<c>.F<size>.{S32,U32} <Vd>, <Sm> */
export function fromInteger32(cx: LiftContext, f: TwoRegisters, signed: boolean): void | false {
  const { ir } = cx;
  const d = vfpRegister(f.z, f.d, f.D);
  const x = cx.sBits(vfpRegister(0, f.m, f.M));
  if (f.z === 0) {
    const native = signed ? ir.cvt_s32_f32(x) : ir.cvt_u32_f32(x);
    if (!cx.exact) return cx.setS(d, native);
    const exactly = (): I32 => ir.low64(exact(cx, FpKind.FromInteger, false, [ir.extend_u32(x), ir.const64(integerFormat(32, signed), 0)]));
    return setGuarded(cx, SINGLE, d, native, () => environmentIsSpecial(cx, FPSCR.rounding), exactly);
  }
  if (!haveDoubles(cx, d)) return false;
  cx.setD(d, signed ? ir.cvt_s32_f64(x) : ir.cvt_u32_f64(x));
}

/** Fields of the fixed-point conversions: o to fixed-point, u unsigned, x 32 bits instead of 16, i the size less the fraction bits. */
export interface FixedPoint {
  readonly z: number;
  readonly o: number;
  readonly u: number;
  readonly x: number;
  readonly d: number;
  readonly D: number;
  readonly i: number;
}

/** Fraction bits of a fixed-point conversion; negative is UNPREDICTABLE and scales the other way, as in qemu-arm. */
export function fractionBits(f: { readonly x: number; readonly i: number }): number {
  // The encoding has the lowest bit of the 5-bit number apart, above the rest.
  const imm5 = ((f.i & 15) << 1) | (f.i >> 4);
  return (f.x === 1 ? 32 : 16) - imm5;
}

// VCVT<c>.<Td>.F<size> <Vd>, <Vd>, #<fbits>; VCVT<c>.F<size>.<Td> <Vd>, <Vd>, #<fbits>
export function fixedPoint(cx: LiftContext, f: FixedPoint): void | false {
  const d = vfpRegister(f.z, f.d, f.D);
  const bits = fractionBits(f);
  if (f.z === 1 && !haveDoubles(cx, d)) return false;
  if (cx.exact) exactFixed(cx, f, d, bits);
  else if (f.o === 1) toFixed(cx, f, d, bits);
  else fromFixed(cx, f, d, bits);
}

/** To fixed-point rounds towards zero, from it to nearest. */
function exactFixed(cx: LiftContext, f: FixedPoint, d: number, fraction: number): void {
  const { ir } = cx;
  const operand = f.z === 1 ? cx.dBits(d) : ir.extend_u32(cx.sBits(d));
  const format = ir.const64(integerFormat(f.x === 1 ? 32 : 16, f.u === 0, fraction), 0);
  const [kind, rounding] = f.o === 1 ? ([FpKind.ToInteger, 'zero'] as const) : ([FpKind.FromInteger, 'nearest'] as const);
  const result = exact(cx, kind, f.z === 1, [operand, format], rounding);
  if (f.z === 1) cx.setDBits(d, result);
  else cx.setSBits(d, ir.low64(result));
}

/** 2^n as a double constant. */
function powerOfTwo(ir: Builder, n: number): F64 {
  return ir.constf64(0, (1023 + n) << 20);
}

function toFixed(cx: LiftContext, f: FixedPoint, d: number, bits: number): void {
  const { ir } = cx;
  const scaled = ir.mulf64(readAsDouble(cx, f.z, d), powerOfTwo(ir, bits));
  const word = toInteger(ir, scaled, f.u === 0);
  const value = f.x === 1 ? word : saturate16(ir, word, f.u === 0);
  if (f.z === 0) cx.setSBits(d, value);
  else cx.setDBits(d, f.u === 0 ? ir.extend_s32(value) : ir.extend_u32(value));
}

function saturate16(ir: Builder, x: I32, signed: boolean): I32 {
  const [min, max] = signed ? [-0x8000, 0x7fff] : [0, 0xffff];
  const less = (a: I32, b: I32): ReturnType<typeof ir.lt_s32> => (signed ? ir.lt_s32(a, b) : ir.lt_u32(a, b));
  const low = ir.const32(min);
  const high = ir.const32(max);
  const capped = ir.select32(less(high, x), high, x);
  return signed ? ir.select32(less(capped, low), low, capped) : capped;
}

function fromFixed(cx: LiftContext, f: FixedPoint, d: number, bits: number): void {
  const { ir } = cx;
  const word = f.z === 1 ? ir.low64(cx.dBits(d)) : cx.sBits(d);
  const narrow = (): I32 => (f.u === 0 ? ir.ext16_s32(word) : ir.and32(word, ir.const32(0xffff)));
  const value = f.x === 1 ? word : narrow();
  const double = f.u === 0 ? ir.cvt_s32_f64(value) : ir.cvt_u32_f64(value);
  const result = ir.mulf64(double, powerOfTwo(ir, -bits)); // exact: only the demotion rounds
  if (f.z === 1) cx.setD(d, result);
  else cx.setS(d, ir.demote(result));
}

/** Bits of a single NaN as a double: sign and payload kept, made quiet (FPConvert). */
function widenNan(ir: Builder, x: I32): I64 {
  const sign = ir.and32(x, ir.const32(0x80000000 | 0));
  const payload = ir.shr_u32(ir.shl32(x, ir.const32(9)), ir.const32(12));
  return ir.pair64(ir.shl32(x, ir.const32(29)), ir.or32(ir.or32(sign, payload), ir.const32(0x7ff80000)));
}

/** Bits of a double NaN as a single. */
function narrowNan(ir: Builder, x: I64): I32 {
  const high = ir.high64(x);
  const sign = ir.and32(high, ir.const32(0x80000000 | 0));
  const payload = ir.and32(ir.low64(ir.shr_u64(x, ir.const32(29))), ir.const32(0x3fffff));
  return ir.or32(ir.or32(sign, payload), ir.const32(0x7fc00000));
}

/** Sets d to a single converted to double. */
function widenTo(cx: LiftContext, d: number, bits: I32, value: F64): void {
  const { ir } = cx;
  const ordered = ir.eqf64(value, value);
  if (ir.insideIf) {
    cx.setDBits(d, ir.select64(ordered, ir.bits_of_f64(value), widenNan(ir, bits)));
    return;
  }
  cx.setD(d, value);
  ir.beginIf(ir.not1(ordered));
  cx.setDBits(d, widenNan(ir, bits));
  ir.endIf();
}

// VCVT<c>.F64.F32 <Dd>, <Sm>
export function singleToDouble(cx: LiftContext, f: Omit<TwoRegisters, 'z'>): void | false {
  const d = vfpRegister(1, f.d, f.D);
  if (!haveDoubles(cx, d)) return false;
  const m = vfpRegister(0, f.m, f.M);
  const bits = cx.sBits(m);
  if (cx.exact) {
    const native = cx.ir.promote(cx.s(m));
    const notEnough = (): I1 => cx.ir.or1(cx.ir.not1(cx.ir.eqf64(native, native)), mayFlush(cx, SINGLE, [bits]));
    return setGuarded(cx, DOUBLE, d, native, notEnough, () => exact(cx, FpKind.Convert, false, [cx.ir.extend_u32(bits)]));
  }
  widenTo(cx, d, bits, cx.ir.promote(cx.s(m)));
}

// VCVT<c>.F32.F64 <Sd>, <Dm>
export function doubleToSingle(cx: LiftContext, f: Omit<TwoRegisters, 'z'>): void | false {
  const { ir } = cx;
  const m = vfpRegister(1, f.m, f.M);
  if (!haveDoubles(cx, m)) return false;
  const d = vfpRegister(0, f.d, f.D);
  const bits = cx.dBits(m);
  const value = ir.demote(cx.d(m));
  if (cx.exact) {
    const notEnough = (): I1 => ir.or1(environmentIsSpecial(cx), SINGLE.isExtreme(ir, ir.bits_of_f32(value)));
    return setGuarded(cx, SINGLE, d, value, notEnough, () => ir.low64(exact(cx, FpKind.Convert, true, [bits])));
  }
  const ordered = ir.eqf32(value, value);
  if (ir.insideIf) {
    cx.setSBits(d, ir.select32(ordered, ir.bits_of_f32(value), narrowNan(ir, bits)));
    return;
  }
  cx.setS(d, value);
  ir.beginIf(ir.not1(ordered));
  cx.setSBits(d, narrowNan(ir, bits));
  ir.endIf();
}

/** Fields of the half-precision conversions, which native arithmetic has not and so are always exact: t takes the upper half of the single register. */
export interface HalfPrecision extends TwoRegisters {
  readonly t: number;
}

// VCVTB<c>.F<size>.F16 <Vd>, <Sm>; VCVTT
export function fromHalf(cx: LiftContext, f: HalfPrecision): void | false {
  const { ir } = cx;
  if (f.z === 1 && !cx.features.has('v8')) return false;
  const d = vfpRegister(f.z, f.d, f.D);
  const source = cx.sBits(vfpRegister(0, f.m, f.M));
  const half = f.t === 1 ? ir.shr_u32(source, ir.const32(16)) : ir.and32(source, ir.const32(0xffff));
  if (f.z === 1 && !haveDoubles(cx, d)) return false;
  const result = exact(cx, FpKind.FromHalf, f.z === 1, [ir.extend_u32(half)]);
  if (f.z === 1) cx.setDBits(d, result);
  else cx.setSBits(d, ir.low64(result));
}

// VCVTB<c>.F16.F<size> <Sd>, <Vm>; VCVTT
export function toHalf(cx: LiftContext, f: HalfPrecision): void | false {
  const { ir } = cx;
  if (f.z === 1 && !cx.features.has('v8')) return false;
  const m = vfpRegister(f.z, f.m, f.M);
  if (f.z === 1 && !haveDoubles(cx, m)) return false;
  const half = ir.low64(exact(cx, FpKind.ToHalf, f.z === 1, [f.z === 1 ? cx.dBits(m) : ir.extend_u32(cx.sBits(m))]));
  const d = vfpRegister(0, f.d, f.D);
  const old = cx.sBits(d);
  cx.setSBits(
    d,
    f.t === 1
      ? ir.or32(ir.and32(old, ir.const32(0xffff)), ir.shl32(half, ir.const32(16)))
      : ir.or32(ir.and32(old, ir.const32(0xffff0000 | 0)), half),
  );
}
