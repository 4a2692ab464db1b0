/** VFP conversions and rounding to integral (Arm ARM DDI 0406C, sections A8.8.305 to A8.8.312; DDI 0487 for VRINT and VCVTA). */
import type { Builder } from '../../../translate/ir/builder';
import type { F64, I32, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import type { TwoRegisters } from './vfp-arithmetic';
import { unary } from './vfp-arithmetic';
import { DOUBLE, setArithmetic } from './vfp-format';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** Rounding: FPSCR.RMode's four, ties away from zero, or whatever FPSCR says. */
export type Rounding = 'nearest' | 'up' | 'down' | 'zero' | 'away' | 'fpscr';

const RMODE_SHIFT = 22;

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
function roundToIntegral(cx: LiftContext, x: F64, rounding: Rounding): F64 {
  const { ir } = cx;
  switch (rounding) {
    case 'nearest':
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
    case 'fpscr': {
      const mode = ir.and32(ir.shr_u32(cx.word('fpscr'), ir.const32(RMODE_SHIFT)), ir.const32(3));
      const is = (n: number): ReturnType<typeof ir.eq32> => ir.eq32(mode, ir.const32(n));
      const by = (r: Rounding): I64 => ir.bits_of_f64(roundToIntegral(cx, x, r));
      return ir.f64_of_bits(ir.select64(is(0), by('nearest'), ir.select64(is(1), by('up'), ir.select64(is(2), by('down'), by('zero')))));
    }
  }
}

// VRINT{A,N,P,M,R,X,Z}<c>.F<size> <Vd>, <Vm>
export function roundIntegral(rounding: Rounding) {
  return unary((cx, fp, d, m) => {
    const { ir } = cx;
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
  // The conversion op itself rounds towards zero.
  const rounded = rounding === 'zero' ? x : roundToIntegral(cx, x, rounding);
  cx.setSBits(vfpRegister(0, f.d, f.D), toInteger(cx.ir, rounded, signed));
}

/** VCVT<c>.F<size>.{S32,U32} <Vd>, <Sm> */
export function fromInteger32(cx: LiftContext, f: TwoRegisters, signed: boolean): void | false {
  const { ir } = cx;
  const d = vfpRegister(f.z, f.d, f.D);
  const x = cx.sBits(vfpRegister(0, f.m, f.M));
  if (f.z === 0) return cx.setS(d, signed ? ir.cvt_s32_f32(x) : ir.cvt_u32_f32(x));
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
  if (f.o === 1) toFixed(cx, f, d, bits);
  else fromFixed(cx, f, d, bits);
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

/** Fields of the half-precision conversions: t takes the upper half of the single register. */
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
  const single = ir.call2(half, cx.word('fpscr'), helperIndex('vfp_half_to_single'));
  if (f.z === 0) return cx.setSBits(d, single);
  if (!haveDoubles(cx, d)) return false;
  widenTo(cx, d, single, ir.promote(ir.f32_of_bits(single)));
}

// VCVTB<c>.F16.F<size> <Sd>, <Vm>; VCVTT
export function toHalf(cx: LiftContext, f: HalfPrecision): void | false {
  const { ir } = cx;
  if (f.z === 1 && !cx.features.has('v8')) return false;
  const m = vfpRegister(f.z, f.m, f.M);
  if (f.z === 1 && !haveDoubles(cx, m)) return false;
  const half = f.z === 1 ? doubleToHalf(cx, m) : ir.call2(cx.sBits(m), cx.word('fpscr'), helperIndex('vfp_single_to_half'));
  const d = vfpRegister(0, f.d, f.D);
  const old = cx.sBits(d);
  cx.setSBits(
    d,
    f.t === 1
      ? ir.or32(ir.and32(old, ir.const32(0xffff)), ir.shl32(half, ir.const32(16)))
      : ir.or32(ir.and32(old, ir.const32(0xffff0000 | 0)), half),
  );
}

function doubleToHalf(cx: LiftContext, m: number): I32 {
  const { ir } = cx;
  const bits = cx.dBits(m);
  return ir.call3(ir.low64(bits), ir.high64(bits), cx.word('fpscr'), helperIndex('vfp_double_to_half'));
}
