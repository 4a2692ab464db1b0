/** Advanced SIMD moves, immediates, permutations and table look-ups (Arm ARM DDI 0406C, sections A7.4.3, A7.4.6 and A8.8). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { PC, type LiftContext } from '../lift-context';
import { broadcast, threeVectors, twoVectors, vectorRegister, type Sized, type ThreeVectors, type TwoVectors } from './neon-registers';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** Fields of a modified immediate: cmode k, op o, abcdefgh in i. */
export interface ModifiedImmediate {
  readonly k: number;
  readonly o: number;
  readonly i: number;
}

export type ImmediateOperation = 'vmov' | 'vmvn' | 'vorr' | 'vbic';

/** What a cmode and op do, and the size of the element they name; undefined if unallocated. */
export function immediateOperation({ k, o }: ModifiedImmediate): { operation: ImmediateOperation; type: string } | undefined {
  if (k < 12) {
    const type = k < 8 ? 'i32' : 'i16';
    if ((k & 1) === 1) return { operation: o === 1 ? 'vbic' : 'vorr', type };
    return { operation: o === 1 ? 'vmvn' : 'vmov', type };
  }
  if (k < 14) return { operation: o === 1 ? 'vmvn' : 'vmov', type: 'i32' };
  if (k === 14) return { operation: 'vmov', type: o === 1 ? 'i64' : 'i8' };
  return o === 1 ? undefined : { operation: 'vmov', type: 'f32' };
}

/** One element of the immediate before VMVN or VBIC negates it (AdvSIMDExpandImm()); for i64 see expandImmediate. */
export function immediateElement({ k, i }: ModifiedImmediate): number {
  if (k < 8) return i << (8 * (k >> 1));
  if (k < 12) return i << (8 * ((k >> 1) & 1));
  if (k === 12) return (i << 8) | 0xff;
  if (k === 13) return (i << 16) | 0xffff;
  if (k === 14) return i;
  return ((i & 0x80) << 24) | ((i & 0x40) !== 0 ? 0x3e000000 : 0x40000000) | ((i & 0x3f) << 19);
}

/** Each bit of the low nibble as a byte of zeros or ones. */
export function bytesOfBits(nibble: number): number {
  let word = 0;
  for (let b = 0; b < 4; b++) if ((nibble >> b) & 1) word |= 0xff << (8 * b);
  return word;
}

function expandImmediate(ir: Builder, f: ModifiedImmediate, type: string, negated: boolean): V128 {
  const flip = negated ? -1 : 0;
  if (type === 'i64') {
    const [low, high] = [bytesOfBits(f.i & 15), bytesOfBits(f.i >> 4)];
    return ir.const128(low, high, low, high);
  }
  return lanes.splat(ir, type === 'i8' ? 8 : type === 'i16' ? 16 : 32, immediateElement(f) ^ flip);
}

// VMOV<c>.<dt> <Qd>, #<imm>; VMVN, VORR, VBIC
export function vectorImmediate(cx: LiftContext, f: ModifiedImmediate & Pick<TwoVectors, 'q' | 'd' | 'D'>): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const what = immediateOperation(f);
  if (d === undefined || what === undefined) return false;
  const value = expandImmediate(ir, f, what.type, what.operation === 'vmvn' || what.operation === 'vbic');
  if (what.operation === 'vorr') cx.setVector(f.q, d, lanes.or(ir, cx.vector(f.q, d), value));
  else if (what.operation === 'vbic') cx.setVector(f.q, d, lanes.and(ir, cx.vector(f.q, d), value));
  else cx.setVector(f.q, d, value);
}

// VDUP<c>.<size> <Qd>, <Rt>
export function duplicateCore(cx: LiftContext, f: { q: number; d: number; D: number; t: number; b: number; e: number }): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  if (d === undefined || f.t === PC || (f.b === 1 && f.e === 1)) return false;
  cx.setVector(f.q, d, lanes.fill(cx.ir, f.b === 1 ? 8 : f.e === 1 ? 16 : 32, cx.reg(f.t)));
}

/** Lane of VDUP's imm4: its lowest set bit gives the size. */
export function scalarOf(imm4: number): { readonly width: number; readonly index: number } | undefined {
  if ((imm4 & 1) !== 0) return { width: 8, index: imm4 >> 1 };
  if ((imm4 & 2) !== 0) return { width: 16, index: imm4 >> 2 };
  return (imm4 & 4) !== 0 ? { width: 32, index: imm4 >> 3 } : undefined;
}

// VDUP<c>.<size> <Qd>, <Dm[x]>
export function duplicateScalar(cx: LiftContext, f: TwoVectors & { readonly i: number }): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const m = vfpRegister(1, f.m, f.M);
  const scalar = scalarOf(f.i);
  if (d === undefined || scalar === undefined || !haveDoubles(cx, m)) return false;
  cx.setVector(f.q, d, broadcast(cx, m, scalar.width, scalar.index));
}

// VEXT<c>.8 {<Qd>,} <Qn>, <Qm>, #<imm>
export function extract(cx: LiftContext, f: ThreeVectors & { readonly i: number }): void | false {
  const size = f.q === 1 ? 16 : 8;
  if (f.i >= size) return false;
  return threeVectors(cx, f, (ir, n, m) =>
    lanes.shuffleLanes(
      ir,
      8,
      n,
      m,
      Array.from({ length: size }, (_, i) => (f.i + i < size ? f.i + i : 16 + f.i + i - size)),
    ),
  );
}

/** VREV16, VREV32, VREV64: reverses the elements of f.s in every region of `region` bits. */
export function reverse(region: number) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    const width = 8 << f.s;
    if (width >= region) return false;
    const last = region / width - 1;
    return twoVectors(cx, f, (ir, m) =>
      lanes.shuffleLanes(
        ir,
        width,
        m,
        m,
        Array.from({ length: 128 / width }, (_, i) => i ^ last),
      ),
    );
  };
}

/** Reads both vectors, computes their new values and writes both. */
function exchange(cx: LiftContext, f: TwoVectors, compute: (d: V128, m: V128) => readonly [d: V128, m: V128]): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const m = vectorRegister(cx, f.q, f.m, f.M);
  if (d === undefined || m === undefined || d === m) return false;
  const [newD, newM] = compute(cx.vector(f.q, d), cx.vector(f.q, m));
  cx.setVector(f.q, d, newD);
  cx.setVector(f.q, m, newM);
}

// VSWP<c> <Qd>, <Qm>
export function swap(cx: LiftContext, f: TwoVectors): void | false {
  return exchange(cx, f, (d, m) => [m, d]);
}

/**
 * A permutation of the lanes of both registers: `from` gives for lane i of the first result, those of the second after
 * them, the lane it comes from, lanes of m after those of d.
 */
function permute(from: (i: number, lanesPerRegister: number) => number, allowsPairs: boolean) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    if (f.s === 3 || (f.q === 0 && f.s === 2 && !allowsPairs)) return false;
    const width = 8 << f.s;
    const count = (f.q === 1 ? 128 : 64) / width;
    // A doubleword is the low half of its vector.
    const source = (i: number): number => {
      const k = from(i, count);
      return k < count ? k : 128 / width + k - count;
    };
    const list = (first: number): number[] => Array.from({ length: count }, (_, i) => source(first + i));
    return exchange(cx, f, (d, m) => [
      lanes.shuffleLanes(cx.ir, width, d, m, list(0)),
      lanes.shuffleLanes(cx.ir, width, d, m, list(count)),
    ]);
  };
}

/** VTRN<c>.<size> <Qd>, <Qm>: even lanes of both, then odd ones, as columns of 2 x 2 matrices. */
export const transpose = permute((i, n) => ((i & 1) === 0 ? i % n : n + (i % n) - 1) + (i < n ? 0 : 1), true);

/** VZIP<c>.<size> <Qd>, <Qm>: interleaves. */
export const zip = permute((i, n) => (i >> 1) + ((i & 1) === 0 ? 0 : n), false);

/** VUZP<c>.<size> <Qd>, <Qm>: even elements of both to d, odd ones to m. */
export const unzip = permute((i, n) => (i < n ? 2 * i : 2 * (i - n) + 1), false);

/** Fields of VTBL and VTBX: list of l + 1 registers, o = 1 to leave the destination where an index is too large. */
export type TableLookUp = Omit<ThreeVectors, 'q'> & { readonly l: number; readonly o: number };

// VTBL<c>.8 <Dd>, <list>, <Dm>; VTBX
export function tableLookUp(cx: LiftContext, f: TableLookUp): void | false {
  const { ir } = cx;
  const [d, n, m] = [vfpRegister(1, f.d, f.D), vfpRegister(1, f.n, f.N), vfpRegister(1, f.m, f.M)];
  if (n + f.l > 31 || !haveDoubles(cx, d, n + f.l, m)) return false;
  const indices = cx.vector(0, m);
  const swizzle = vop('i8x16.swizzle');
  let found: V128 | undefined;
  for (let r = 0; r <= f.l; r += 2) {
    // An index of 16 or more gives 0, as do negative ones after the subtraction.
    const upper = r < f.l ? cx.vector(0, n + r + 1) : lanes.zero(ir);
    const table = lanes.shuffleLanes(ir, 64, cx.vector(0, n + r), upper, [0, 2]);
    const part = ir.vector2(table, r === 0 ? indices : lanes.subtract(ir, 8, indices, lanes.splat(ir, 8, 8 * r)), swizzle);
    found = found === undefined ? part : lanes.or(ir, found, part);
  }
  if (f.o === 1) {
    const outside = lanes.atLeast(ir, 8, false, indices, lanes.splat(ir, 8, 8 * (f.l + 1)));
    found = lanes.bitSelect(ir, outside, cx.vector(0, d), found!);
  }
  cx.setVector(0, d, found!);
}
