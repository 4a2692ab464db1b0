/** Advanced SIMD bitwise and integer arithmetic (Arm ARM DDI 0406C, sections A7.4.1, A7.4.4, A7.4.5 and A8.8). */
import type { Builder } from '../../../translate/ir/builder';
import type { I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import * as lanes from './neon-lanes';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** Fields of two registers; q = 1 for quadwords. */
export interface TwoVectors {
  readonly q: number;
  readonly d: number;
  readonly D: number;
  readonly m: number;
  readonly M: number;
}

export interface ThreeVectors extends TwoVectors {
  readonly n: number;
  readonly N: number;
}

/** Size of the lanes: 8 << s bits. */
export interface Sized {
  readonly s: number;
}

/** First doubleword of a vector register, or undefined for a quadword with an odd number. */
export function vectorRegister(cx: LiftContext, q: number, field: number, extra: number): number | undefined {
  const n = vfpRegister(1, field, extra);
  return (q === 1 && (n & 1) !== 0) || !haveDoubles(cx, n + q) ? undefined : n;
}

/** Runs `f` on corresponding doublewords of two sources and the destination's old value. */
export function threeVectors(cx: LiftContext, f: ThreeVectors, each: (ir: Builder, n: I64, m: I64, d: () => I64) => I64): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const n = vectorRegister(cx, f.q, f.n, f.N);
  const m = vectorRegister(cx, f.q, f.m, f.M);
  if (d === undefined || n === undefined || m === undefined) return false;
  for (let i = 0; i <= f.q; i++)
    cx.setDBits(
      d + i,
      each(cx.ir, cx.dBits(n + i), cx.dBits(m + i), () => cx.dBits(d + i)),
    );
}

export function twoVectors(cx: LiftContext, f: TwoVectors, each: (ir: Builder, m: I64, d: () => I64) => I64): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const m = vectorRegister(cx, f.q, f.m, f.M);
  if (d === undefined || m === undefined) return false;
  for (let i = 0; i <= f.q; i++)
    cx.setDBits(
      d + i,
      each(cx.ir, cx.dBits(m + i), () => cx.dBits(d + i)),
    );
}

type Bitwise = (ir: Builder, n: I64, m: I64, d: () => I64) => I64;

/** VAND, VBIC, VORR (VMOV), VORN, VEOR, VBSL, VBIT, VBIF {<Qd>,} <Qn>, <Qm> */
export const BITWISE: Readonly<Record<string, Bitwise>> = {
  vand: (ir, n, m) => ir.and64(n, m),
  vbic: (ir, n, m) => ir.and64(n, lanes.not(ir, m)),
  vorr: (ir, n, m) => ir.or64(n, m),
  vorn: (ir, n, m) => ir.or64(n, lanes.not(ir, m)),
  veor: (ir, n, m) => ir.xor64(n, m),
  vbsl: (ir, n, m, d) => lanes.bitSelect(ir, d(), n, m),
  vbit: (ir, n, m, d) => lanes.bitSelect(ir, m, n, d()),
  vbif: (ir, n, m, d) => lanes.bitSelect(ir, m, d(), n),
};

/** A lane-wise operation on lanes of `width` bits. */
type Lanewise = (ir: Builder, width: number, signed: boolean, n: I64, m: I64, d: () => I64) => I64;

const multiply: Lanewise = (ir, width, _signed, n, m) => lanes.eachLane(ir, width, false, [n, m], (x, y) => ir.mul32(x!, y!));

function maximum(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  return lanes.bitSelect(ir, lanes.atLeast(ir, width, signed, n, m), n, m);
}

function minimum(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  return lanes.bitSelect(ir, lanes.atLeast(ir, width, signed, n, m), m, n);
}

function absoluteDifference(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  return lanes.subtract(ir, width, maximum(ir, width, signed, n, m), minimum(ir, width, signed, n, m));
}

/** (n + m) / 2, rounded down. */
function halvingAdd(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  return lanes.add(ir, width, ir.and64(n, m), lanes.shiftRight(ir, width, signed, ir.xor64(n, m), 1));
}

/** (n + m) / 2, rounded up. */
function roundingHalvingAdd(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  return lanes.subtract(ir, width, ir.or64(n, m), lanes.shiftRight(ir, width, signed, ir.xor64(n, m), 1));
}

/** (n - m) / 2, rounded down: n/2 - m/2 less the borrow of the bits shifted out. */
function halvingSubtract(ir: Builder, width: number, signed: boolean, n: I64, m: I64): I64 {
  const half = (x: I64): I64 => lanes.shiftRight(ir, width, signed, x, 1);
  const borrow = ir.and64(ir.and64(lanes.not(ir, n), m), lanes.splat(ir, width, 1));
  return lanes.subtract(ir, width, lanes.subtract(ir, width, half(n), half(m)), borrow);
}

/** By mnemonic, operands as in `{<Qd>,} <Qn>, <Qm>`. */
export const LANEWISE: Readonly<Record<string, Lanewise>> = {
  vadd: (ir, width, _, n, m) => lanes.add(ir, width, n, m),
  vsub: (ir, width, _, n, m) => lanes.subtract(ir, width, n, m),
  vtst: (ir, width, _, n, m) => lanes.nonZero(ir, width, ir.and64(n, m)),
  vceq: (ir, width, _, n, m) => lanes.not(ir, lanes.nonZero(ir, width, ir.xor64(n, m))),
  vcgt: (ir, width, signed, n, m) => lanes.not(ir, lanes.atLeast(ir, width, signed, m, n)),
  vcge: lanes.atLeast,
  vmax: maximum,
  vmin: minimum,
  vabd: absoluteDifference,
  vaba: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), absoluteDifference(ir, width, signed, n, m)),
  vhadd: halvingAdd,
  vrhadd: roundingHalvingAdd,
  vhsub: halvingSubtract,
  vmul: multiply,
  vmla: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), multiply(ir, width, signed, n, m, d)),
  vmls: (ir, width, signed, n, m, d) => lanes.subtract(ir, width, d(), multiply(ir, width, signed, n, m, d)),
};

/** @param widest largest size field the instruction has: 3 where it works on doublewords too */
export function lanewise(operation: Lanewise, signed: boolean, widest: number) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    if (f.s > widest) return false;
    return threeVectors(cx, f, (ir, n, m, d) => operation(ir, 8 << f.s, signed, n, m, d));
  };
}

/** VPADD.I<size> <Dd>, <Dn>, <Dm>; VPMAX, VPMIN: over neighbouring lanes of n, then of m. */
export function pairwise(operation: 'add' | 'max' | 'min', signed: boolean) {
  return (cx: LiftContext, f: ThreeVectors & Sized): void | false => {
    const { ir } = cx;
    if (f.s === 3) return false;
    const width = 8 << f.s;
    const combine = (x: I32, y: I32): I32 => {
      if (operation === 'add') return ir.add32(x, y);
      const less = signed ? ir.lt_s32(x, y) : ir.lt_u32(x, y);
      return operation === 'max' ? ir.select32(less, y, x) : ir.select32(less, x, y);
    };
    return threeVectors(cx, { ...f, q: 0 }, (_, n, m) => {
      const out: I32[] = [];
      for (const x of [n, m]) {
        for (let i = 0; i < 64 / width; i += 2) {
          out.push(combine(lanes.lane(ir, x, width, i, signed), lanes.lane(ir, x, width, i + 1, signed)));
        }
      }
      return lanes.fromLanes(ir, width, out);
    });
  };
}

/** V{CEQ,CGE,CGT,CLE,CLT}.<dt> <Qd>, <Qm>, #0 */
export const COMPARE_ZERO: Readonly<Record<string, (ir: Builder, width: number, m: I64) => I64>> = {
  vcgt: (ir, width, m) => lanes.not(ir, lanes.atLeast(ir, width, true, ir.const64(0, 0), m)),
  vcge: (ir, width, m) => lanes.atLeast(ir, width, true, m, ir.const64(0, 0)),
  vceq: (ir, width, m) => lanes.not(ir, lanes.nonZero(ir, width, m)),
  vcle: (ir, width, m) => lanes.atLeast(ir, width, true, ir.const64(0, 0), m),
  vclt: (ir, width, m) => lanes.shiftRight(ir, width, true, m, width),
};

/** VABS, VNEG, VCLZ, VCNT, VMVN <Qd>, <Qm> */
export const UNARY: Readonly<Record<string, (ir: Builder, width: number, m: I64) => I64>> = {
  vabs: (ir, width, m) => {
    const negative = lanes.shiftRight(ir, width, true, m, width);
    return lanes.subtract(ir, width, ir.xor64(m, negative), negative);
  },
  vneg: (ir, width, m) => lanes.subtract(ir, width, ir.const64(0, 0), m),
  vclz: (ir, width, m) => lanes.eachLane(ir, width, false, [m], (x) => ir.sub32(ir.clz32(x!), ir.const32(32 - width))),
  vcnt: (ir, width, m) => lanes.eachLane(ir, width, false, [m], (x) => ir.popcnt32(x!)),
  vmvn: (ir, _, m) => lanes.not(ir, m),
};

/** A two-register instruction on lanes; sizes above `widest` are undefined. */
export function unaryLanes(operation: (ir: Builder, width: number, m: I64) => I64, widest: number) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    if (f.s > widest) return false;
    return twoVectors(cx, f, (ir, m) => operation(ir, 8 << f.s, m));
  };
}

/** V<op>.<dt> {<Qd>,} <Qm>, #n by mnemonic: shifts of lanes by a constant. */
export const SHIFTS: Readonly<Record<string, (ir: Builder, width: number, signed: boolean, n: number, m: I64, d: () => I64) => I64>> = {
  vshr: (ir, width, signed, n, m) => lanes.shiftRight(ir, width, signed, m, n),
  vsra: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), lanes.shiftRight(ir, width, signed, m, n)),
  vrshr: (ir, width, signed, n, m) => roundingShift(ir, width, signed, n, m),
  vrsra: (ir, width, signed, n, m, d) => lanes.add(ir, width, d(), roundingShift(ir, width, signed, n, m)),
  vsri: (ir, width, _, n, m, d) => {
    const kept = lanes.shiftRight(ir, width, false, ir.const64(-1, -1), n);
    return lanes.bitSelect(ir, kept, lanes.shiftRight(ir, width, false, m, n), d());
  },
  vshl: (ir, width, _, n, m) => lanes.shiftLeft(ir, width, m, n),
  vsli: (ir, width, _, n, m, d) => {
    const kept = lanes.shiftLeft(ir, width, ir.const64(-1, -1), n);
    return lanes.bitSelect(ir, kept, lanes.shiftLeft(ir, width, m, n), d());
  },
};

/** Shifted right with the highest bit that falls off added. */
function roundingShift(ir: Builder, width: number, signed: boolean, n: number, m: I64): I64 {
  const last = ir.and64(lanes.shiftRight(ir, width, false, m, n - 1), lanes.splat(ir, width, 1));
  return lanes.add(ir, width, lanes.shiftRight(ir, width, signed, m, n), last);
}

// VSHLL.<dt> <Qd>, <Dm>, #n; VMOVL for n = 0
export function shiftLeftLong(cx: LiftContext, f: Omit<TwoVectors, 'q'>, width: number, signed: boolean, n: number): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, 1, f.d, f.D);
  const m = vectorRegister(cx, 0, f.m, f.M);
  if (d === undefined || m === undefined) return false;
  const source = cx.dBits(m);
  const halves = [ir.low64(source), ir.high64(source)];
  halves.forEach((half, i) => cx.setDBits(d + i, lanes.shiftLeft(ir, 2 * width, lanes.widen(ir, width, signed, half), n)));
}

// VSHRN.I<size> <Dd>, <Qm>, #n; VMOVN for n = 0. `width` is that of the result's lanes.
export function shiftRightNarrow(cx: LiftContext, f: Omit<TwoVectors, 'q'>, width: number, n: number): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, 0, f.d, f.D);
  const m = vectorRegister(cx, 1, f.m, f.M);
  if (d === undefined || m === undefined) return false;
  const word = (i: number): I32 => lanes.narrow(ir, width, lanes.shiftRight(ir, 2 * width, false, cx.dBits(m + i), n));
  cx.setDBits(d, ir.pair64(word(0), word(1)));
}
