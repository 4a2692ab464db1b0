/** Moves between VFP and core registers, immediates and FPSCR (Arm ARM DDI 0406C, sections A7.8, A7.9 and A8.8). */
import type { I32, I64 } from '../../../translate/ir/types';
import { PC, type FlagName, type LiftContext } from '../lift-context';
import { FPSCR } from '../state';
import { DOUBLE, SINGLE } from './vfp-format';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** VFPExpandImm() as the high word of a double (z = 1) or as a single. */
function vfpExpandImm(imm8: number, z: number): number {
  const sign = (imm8 & 0x80) << 24;
  const small = (imm8 & 0x40) !== 0; // replicated over the upper exponent bits, inverted in the topmost
  const rest = imm8 & 0x3f;
  if (z === 1) return sign | (small ? 0x3fc00000 : 0x40000000) | (rest << 16);
  return sign | (small ? 0x3e000000 : 0x40000000) | (rest << 19);
}

// VMOV<c>.F<size> <Vd>, #<imm>
export function vmovImmediate(
  cx: LiftContext,
  f: { readonly z: number; readonly d: number; readonly D: number; readonly i: number },
): void | false {
  const { ir } = cx;
  const d = vfpRegister(f.z, f.d, f.D);
  const word = vfpExpandImm(f.i, f.z);
  if (f.z === 0) return SINGLE.setBits(cx, d, ir.const32(word));
  if (!haveDoubles(cx, d)) return false;
  DOUBLE.setBits(cx, d, ir.const64(0, word));
}

/** Fields of the moves between a core register t and a single n:N; o = 1 moves to the core register. */
export interface CoreMove {
  readonly o: number;
  readonly n: number;
  readonly N: number;
  readonly t: number;
}

// VMOV<c> <Sn>, <Rt>; VMOV<c> <Rt>, <Sn>
export function vmovCore(cx: LiftContext, f: CoreMove): void | false {
  if (f.t === PC) return false;
  const s = vfpRegister(0, f.n, f.N);
  if (f.o === 1) cx.setReg(f.t, cx.sBits(s));
  else cx.setSBits(s, cx.reg(f.t));
}

/** Fields of the moves between core registers t, u and m:M; o = 1 moves to the core registers. */
export interface CorePairMove {
  readonly o: number;
  readonly t: number;
  readonly u: number;
  readonly m: number;
  readonly M: number;
}

// VMOV<c> <Sm>, <Sm1>, <Rt>, <Rt2>; VMOV<c> <Rt>, <Rt2>, <Sm>, <Sm1>
export function vmovSinglePair(cx: LiftContext, f: CorePairMove): void | false {
  const s = vfpRegister(0, f.m, f.M);
  if (f.t === PC || f.u === PC || s === 31) return false;
  if (f.o === 1) {
    cx.setReg(f.t, cx.sBits(s));
    cx.setReg(f.u, cx.sBits(s + 1));
  } else {
    cx.setSBits(s, cx.reg(f.t));
    cx.setSBits(s + 1, cx.reg(f.u));
  }
}

// VMOV<c> <Dm>, <Rt>, <Rt2>; VMOV<c> <Rt>, <Rt2>, <Dm>
export function vmovDouble(cx: LiftContext, f: CorePairMove): void | false {
  const { ir } = cx;
  const d = vfpRegister(1, f.m, f.M);
  if (!haveDoubles(cx, d) || f.t === PC || f.u === PC) return false;
  if (f.o === 1) {
    const bits = cx.dBits(d);
    cx.setReg(f.t, ir.low64(bits));
    cx.setReg(f.u, ir.high64(bits));
  } else cx.setDBits(d, ir.pair64(cx.reg(f.t), cx.reg(f.u)));
}

/** A lane of a doubleword register. */
export interface Lane {
  /** Bits: 8, 16 or 32. */
  readonly size: number;
  readonly index: number;
}

/** The lane that the four bits opc1:opc2 of a scalar move select; undefined for the UNDEFINED ones. */
export function laneOf(opc: number): Lane | undefined {
  if ((opc & 8) !== 0) return { size: 8, index: opc & 7 };
  if ((opc & 1) !== 0) return { size: 16, index: (opc >> 1) & 3 };
  return (opc & 2) === 0 ? { size: 32, index: opc >> 2 } : undefined;
}

/** Fields of the scalar moves: register n:N, opc1:opc2 in x, core register t. */
export interface ScalarMove {
  readonly x: number;
  readonly n: number;
  readonly N: number;
  readonly t: number;
}

/** Lane of a scalar move that the CPU has: bytes and halfwords are Advanced SIMD. */
function scalarLane(cx: LiftContext, f: ScalarMove): Lane | undefined {
  const lane = laneOf(f.x);
  const usable = f.t !== PC && haveDoubles(cx, vfpRegister(1, f.n, f.N));
  return lane !== undefined && usable && (lane.size === 32 || cx.features.has('neon')) ? lane : undefined;
}

/** The half of a doubleword register that holds a lane, and the lane's shift in it. */
function word(bits: I64, cx: LiftContext, { size, index }: Lane): { half: I32; shift: number; upper: boolean } {
  const at = size * index;
  const upper = at >= 32;
  return { half: upper ? cx.ir.high64(bits) : cx.ir.low64(bits), shift: at & 31, upper };
}

// VMOV<c>.<size> <Dd[x]>, <Rt>
export function vmovToScalar(cx: LiftContext, f: ScalarMove): void | false {
  const { ir } = cx;
  const lane = scalarLane(cx, f);
  if (lane === undefined) return false;
  const d = vfpRegister(1, f.n, f.N);
  const bits = cx.dBits(d);
  const { half, shift, upper } = word(bits, cx, lane);
  const value = cx.reg(f.t);
  const mask = lane.size === 32 ? -1 : ((1 << lane.size) - 1) << shift;
  const inserted = ir.or32(ir.and32(half, ir.const32(~mask)), ir.and32(ir.shl32(value, ir.const32(shift)), ir.const32(mask)));
  cx.setDBits(d, upper ? ir.pair64(ir.low64(bits), inserted) : ir.pair64(inserted, ir.high64(bits)));
}

// VMOV<c>.<dt> <Rt>, <Dn[x]>
export function vmovFromScalar(cx: LiftContext, f: ScalarMove & { readonly u: number }): void | false {
  const { ir } = cx;
  const lane = scalarLane(cx, f);
  if (lane === undefined || (f.u === 1 && lane.size === 32)) return false;
  const { half, shift } = word(cx.dBits(vfpRegister(1, f.n, f.N)), cx, lane);
  const low = ir.shr_u32(half, ir.const32(shift));
  if (lane.size === 32) cx.setReg(f.t, half);
  else if (f.u === 1) cx.setReg(f.t, ir.and32(low, ir.const32((1 << lane.size) - 1)));
  else cx.setReg(f.t, lane.size === 8 ? ir.ext8_s32(low) : ir.ext16_s32(low));
}

const FLAG_BITS: readonly (readonly [flag: FlagName, bit: number, core: FlagName])[] = [
  ['fn', 31, 'n'],
  ['fz', 30, 'z'],
  ['fc', 29, 'c'],
  ['fv', 28, 'v'],
];

/** Bits of FPSCR besides NZCV and QC that keep what is written: trap enables are not implemented, as in qemu-arm -cpu max. */
const FPSCR_WRITABLE = 0x07ff009f;
/** FPSCR.FZ16 */
const FLUSH_HALVES = 1 << 19;
const QC_BIT = 27;

/** Number of FPSCR among the registers that VMRS and VMSR access. */
const FPSCR_NUMBER = 1;

// VMRS<c> <Rt>, FPSCR; VMRS<c> APSR_nzcv, FPSCR. The other registers are not for user mode.
export function vmrs(cx: LiftContext, f: { readonly r: number; readonly t: number }): void | false {
  const { ir } = cx;
  if (f.r !== FPSCR_NUMBER) return false;
  if (f.t === PC) {
    for (const [flag, , core] of FLAG_BITS) cx.setFlag(core, cx.flag(flag));
    return;
  }
  if (cx.fpscrRead !== undefined) {
    cx.setReg(f.t, cx.fpscrRead());
    return;
  }
  let value = ir.or32(ir.and32(cx.word('fpscr'), ir.const32(~FPSCR.tracked)), ir.shl32(ir.zext1_32(cx.saturation()), ir.const32(QC_BIT)));
  for (const [flag, bit] of FLAG_BITS) value = ir.or32(value, ir.shl32(ir.zext1_32(cx.flag(flag)), ir.const32(bit)));
  cx.setReg(f.t, value);
  if (cx.exact || !cx.exceptionsWanted()) return;
  cx.setWord('fpscr', ir.or32(cx.word('fpscr'), ir.const32(FPSCR.tracked)));
  cx.fpscrAccessed();
}

// VMSR<c> FPSCR, <Rt>
export function vmsr(cx: LiftContext, f: { readonly r: number; readonly t: number }): void | false {
  const { ir } = cx;
  if (f.r !== FPSCR_NUMBER || f.t === PC) return false;
  const value = cx.reg(f.t);
  const writable = cx.features.has('fp16') ? FPSCR_WRITABLE : FPSCR_WRITABLE & ~FLUSH_HALVES;
  cx.setWord('fpscr', ir.or32(ir.and32(value, ir.const32(writable)), ir.const32(FPSCR.tracked)));
  cx.setSaturation(cx.bit(value, QC_BIT));
  for (const [flag, bit] of FLAG_BITS) cx.setFlag(flag, cx.bit(value, bit));
  cx.fpscrAccessed();
}
