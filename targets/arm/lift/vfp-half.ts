/**
 * VFP arithmetic on halves (FEAT_FP16, Arm ARM DDI 0487, section F6.1). A half is the lower 16 bits of a single register, of which
 * the upper ones are cleared. Hosts have no such arithmetic, so all of it goes the exact way (docs/floating-point.md).
 */
import { FpKind, integerFormat } from '../../../translate/ir/exact-float';
import { MemFlag, type I32 } from '../../../translate/ir/types';
import { PC, type LiftContext } from '../lift-context';
import { exact, exactHalf } from './exact';
import type { ThreeRegisters, TwoRegisters } from './vfp-arithmetic';
import { fractionBits, type FixedPoint, type Rounding } from './vfp-convert';
import { vfpRegister } from './vfp-registers';

type Three = Omit<ThreeRegisters, 'z'>;
type Two = Omit<TwoRegisters, 'z'>;

const SIGN = 0x8000;

const lower = (cx: LiftContext, s: number): I32 => cx.ir.and32(cx.sBits(s), cx.ir.const32(0xffff));
const upper = (cx: LiftContext, s: number): I32 => cx.ir.shr_u32(cx.sBits(s), cx.ir.const32(16));
const flipSign = (cx: LiftContext, x: I32): I32 => cx.ir.xor32(x, cx.ir.const32(SIGN));

/** A half computed from three: n, m and the old d. */
function three(compute: (cx: LiftContext, n: I32, m: I32, d: () => I32) => I32) {
  return (cx: LiftContext, f: Three): void => {
    const d = vfpRegister(0, f.d, f.D);
    cx.setSBits(
      d,
      compute(cx, lower(cx, vfpRegister(0, f.n, f.N)), lower(cx, vfpRegister(0, f.m, f.M)), () => lower(cx, d)),
    );
  };
}

function two(compute: (cx: LiftContext, m: I32) => I32) {
  return (cx: LiftContext, f: Two): void => cx.setSBits(vfpRegister(0, f.d, f.D), compute(cx, lower(cx, vfpRegister(0, f.m, f.M))));
}

// VADD<c>.F16 <Sd>, <Sn>, <Sm>; VSUB, VMUL, VDIV, VMAXNM, VMINNM
export const arithmeticHalf = (kind: FpKind): ReturnType<typeof three> => three((cx, n, m) => exactHalf(cx, kind, [n, m]));

// VNMUL<c>.F16 <Sd>, <Sn>, <Sm>
export const negatedProductHalf = three((cx, n, m) => flipSign(cx, exactHalf(cx, FpKind.Multiply, [n, m])));

/** VMLA<c>.F16 <Sd>, <Sn>, <Sm>; VMLS, VNMLA, VNMLS: two roundings. */
export function multiplyAccumulateHalf(negateAddend: boolean, negateProduct: boolean) {
  return three((cx, n, m, d) => {
    const product = exactHalf(cx, FpKind.Multiply, [n, m]);
    return exactHalf(cx, FpKind.Add, [negateAddend ? flipSign(cx, d()) : d(), negateProduct ? flipSign(cx, product) : product]);
  });
}

/** VFMA<c>.F16 <Sd>, <Sn>, <Sm>; VFMS, VFNMA, VFNMS: one rounding. */
export function fusedHalf(negateAddend: boolean, negateFactor: boolean) {
  return three((cx, n, m, d) =>
    exactHalf(cx, FpKind.MultiplyAdd, [negateFactor ? flipSign(cx, n) : n, m, negateAddend ? flipSign(cx, d()) : d()]),
  );
}

// VSEL<cond>.F16 <Sd>, <Sn>, <Sm>
export const selectHalf = (condition: number): ReturnType<typeof three> =>
  three((cx, n, m) => cx.ir.select32(cx.condition(condition), n, m));

// VABS<c>.F16 <Sd>, <Sm>; VNEG, VSQRT
export const absoluteHalf = two((cx, m) => cx.ir.and32(m, cx.ir.const32(0x7fff)));
export const negateHalf = two(flipSign);
export const squareRootHalf = two((cx, m) => exactHalf(cx, FpKind.SquareRoot, [m]));

const directed = (rounding: Rounding): Exclude<Rounding, 'fpscr'> | undefined => (rounding === 'fpscr' ? undefined : rounding);

/** VRINT{A,N,P,M,R,X,Z}<c>.F16 <Sd>, <Sm> */
export const roundHalf = (rounding: Rounding, inexact = false): ReturnType<typeof two> =>
  two((cx, m) => exactHalf(cx, inexact ? FpKind.RoundToIntegralExact : FpKind.RoundToIntegral, [m], directed(rounding)));

/** VCVT<c>.{S32,U32}.F16 <Sd>, <Sm>; VCVTR, VCVTA, VCVTN, VCVTP, VCVTM */
export function halfToInteger(cx: LiftContext, f: Two, signed: boolean, rounding: Rounding): void {
  two((_, m) => exactHalf(cx, FpKind.ToInteger, [m, cx.ir.const32(integerFormat(32, signed))], directed(rounding)))(cx, f);
}

/** VCVT<c>.F16.{S32,U32} <Sd>, <Sm> */
export function halfFromInteger(cx: LiftContext, f: Two, signed: boolean): void {
  const word = cx.sBits(vfpRegister(0, f.m, f.M));
  cx.setSBits(vfpRegister(0, f.d, f.D), exactHalf(cx, FpKind.FromInteger, [word, cx.ir.const32(integerFormat(32, signed))]));
}

// VCVT<c>.<Td>.F16 <Sd>, <Sd>, #<fbits>; VCVT<c>.F16.<Td> <Sd>, <Sd>, #<fbits>
export function fixedPointHalf(cx: LiftContext, f: Omit<FixedPoint, 'z'>): void {
  const { ir } = cx;
  const d = vfpRegister(0, f.d, f.D);
  const format = ir.const32(integerFormat(f.x === 1 ? 32 : 16, f.u === 0, fractionBits(f)));
  cx.setSBits(
    d,
    f.o === 1
      ? exactHalf(cx, FpKind.ToInteger, [lower(cx, d), format], 'zero')
      : exactHalf(cx, FpKind.FromInteger, [cx.sBits(d), format], 'nearest'),
  );
}

/** VCMP{E}<c>.F16 <Sd>, <Sm> or #0.0 */
export function compareHalf(signalling: boolean, withZero: boolean) {
  return (cx: LiftContext, f: Pick<Two, 'd' | 'D'> & Partial<Two>): void => {
    const x = lower(cx, vfpRegister(0, f.d, f.D));
    const y = withZero ? cx.ir.const32(0) : lower(cx, vfpRegister(0, f.m!, f.M!));
    const flags = exactHalf(cx, signalling ? FpKind.CompareSignalling : FpKind.CompareQuiet, [x, y]);
    for (const [flag, bit] of [['fn', 3] as const, ['fz', 2] as const, ['fc', 1] as const, ['fv', 0] as const])
      cx.setFlag(flag, cx.bit(flags, bit));
  };
}

/** VFPExpandImm() for 16 bits. */
function halfExpandImm(imm8: number): number {
  return ((imm8 & 0x80) << 8) | ((imm8 & 0x40) !== 0 ? 0x3000 : 0x4000) | ((imm8 & 0x3f) << 6);
}

// VMOV<c>.F16 <Sd>, #<imm>
export function moveImmediateHalf(cx: LiftContext, f: { readonly d: number; readonly D: number; readonly i: number }): void {
  cx.setSBits(vfpRegister(0, f.d, f.D), cx.ir.const32(halfExpandImm(f.i)));
}

/** VMOV<c>.F16 <Sn>, <Rt>; VMOV<c>.F16 <Rt>, <Sn> */
export function moveCoreHalf(toCore: boolean) {
  return (cx: LiftContext, f: { readonly n: number; readonly N: number; readonly t: number }): void | false => {
    if (f.t === PC) return false;
    const s = vfpRegister(0, f.n, f.N);
    if (toCore) cx.setReg(f.t, lower(cx, s));
    else cx.setSBits(s, cx.ir.and32(cx.reg(f.t), cx.ir.const32(0xffff)));
  };
}

// VINS.F16 <Sd>, <Sm>: into the upper half
export function insertHalf(cx: LiftContext, f: Two): void {
  const { ir } = cx;
  const d = vfpRegister(0, f.d, f.D);
  cx.setSBits(d, ir.or32(lower(cx, d), ir.shl32(cx.sBits(vfpRegister(0, f.m, f.M)), ir.const32(16))));
}

// VMOVX.F16 <Sd>, <Sm>: from the upper half
export function extractHalf(cx: LiftContext, f: Two): void {
  cx.setSBits(vfpRegister(0, f.d, f.D), upper(cx, vfpRegister(0, f.m, f.M)));
}

/** VLDR<c>.16 <Sd>, [<Rn>{, #+/-<imm>}]; VSTR. The offset counts halfwords. */
export function transferHalf(direction: 'load' | 'store') {
  return (cx: LiftContext, f: Pick<Two, 'd' | 'D'> & { readonly n: number; readonly i: number; readonly u: number }): void => {
    const { ir } = cx;
    const base = f.n === PC ? ir.const32(cx.alignedPc()) : cx.reg(f.n);
    const offset = f.u === 1 ? 2 * f.i : -2 * f.i;
    const flags = cx.memFlags() | MemFlag.Aligned;
    const s = vfpRegister(0, f.d, f.D);
    if (direction === 'load') cx.setSBits(s, ir.load16_u(base, offset, flags));
    else ir.store16(base, cx.sBits(s), offset, flags);
  };
}

// VCVTB<c>.BF16.F32 <Sd>, <Sm>; VCVTT: t takes the upper half of the destination
export function toBrainFloat(cx: LiftContext, f: Two & { readonly t: number }): void {
  const { ir } = cx;
  const d = vfpRegister(0, f.d, f.D);
  const result = ir.low64(exact(cx, FpKind.ToBrainFloat, false, [ir.extend_u32(cx.sBits(vfpRegister(0, f.m, f.M)))]));
  cx.setSBits(
    d,
    f.t === 1
      ? ir.or32(lower(cx, d), ir.shl32(result, ir.const32(16)))
      : ir.or32(ir.and32(cx.sBits(d), ir.const32(0xffff0000 | 0)), result),
  );
}
