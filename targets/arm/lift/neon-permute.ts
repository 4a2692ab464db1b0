/** Advanced SIMD moves, immediates and permutations (Arm ARM DDI 0406C, sections A7.4.3, A7.4.6 and A8.8). */
import type { Builder } from '../../../translate/ir/builder';
import type { I64 } from '../../../translate/ir/types';
import { PC, type LiftContext } from '../lift-context';
import { threeVectors, twoVectors, vectorRegister, type Sized, type ThreeVectors, type TwoVectors } from './neon-integer';
import * as lanes from './neon-lanes';
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

function expandImmediate(ir: Builder, f: ModifiedImmediate, type: string): I64 {
  if (type === 'i64') return ir.const64(bytesOfBits(f.i & 15), bytesOfBits(f.i >> 4));
  return lanes.splat(ir, type === 'i8' ? 8 : type === 'i16' ? 16 : 32, immediateElement(f));
}

// VMOV<c>.<dt> <Qd>, #<imm>; VMVN, VORR, VBIC
export function vectorImmediate(cx: LiftContext, f: ModifiedImmediate & Pick<TwoVectors, 'q' | 'd' | 'D'>): void | false {
  const { ir } = cx;
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const what = immediateOperation(f);
  if (d === undefined || what === undefined) return false;
  for (let i = 0; i <= f.q; i++) {
    const value = expandImmediate(ir, f, what.type);
    if (what.operation === 'vmov') cx.setDBits(d + i, value);
    else if (what.operation === 'vmvn') cx.setDBits(d + i, lanes.not(ir, value));
    else if (what.operation === 'vorr') cx.setDBits(d + i, ir.or64(cx.dBits(d + i), value));
    else cx.setDBits(d + i, ir.and64(cx.dBits(d + i), lanes.not(ir, value)));
  }
}

// VDUP<c>.<size> <Qd>, <Rt>
export function duplicateCore(cx: LiftContext, f: { q: number; d: number; D: number; t: number; b: number; e: number }): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  if (d === undefined || f.t === PC || (f.b === 1 && f.e === 1)) return false;
  const value = fillWith(cx, f.b === 1 ? 8 : f.e === 1 ? 16 : 32, cx.reg(f.t));
  for (let i = 0; i <= f.q; i++) cx.setDBits(d + i, value);
}

/** A word's low `width` bits in every lane. */
export function fillWith({ ir }: LiftContext, width: number, word: ReturnType<Builder['low64']>): I64 {
  let x = word;
  if (width < 32) {
    x = ir.and32(x, ir.const32((1 << width) - 1));
    // Below 2^32 the product with 01010101 or 00010001 cannot carry from lane to lane.
    x = ir.mul32(x, ir.const32(width === 8 ? 0x01010101 : 0x00010001));
  }
  return ir.pair64(x, x);
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
  const value = fillWith(cx, scalar.width, lanes.lane(cx.ir, cx.dBits(m), scalar.width, scalar.index, false));
  for (let i = 0; i <= f.q; i++) cx.setDBits(d + i, value);
}

// VEXT<c>.8 {<Qd>,} <Qn>, <Qm>, #<imm>
export function extract(cx: LiftContext, f: ThreeVectors & { readonly i: number }): void | false {
  const { ir } = cx;
  const [d, n, m] = [vectorRegister(cx, f.q, f.d, f.D), vectorRegister(cx, f.q, f.n, f.N), vectorRegister(cx, f.q, f.m, f.M)];
  if (d === undefined || n === undefined || m === undefined || (f.q === 0 && f.i > 7)) return false;
  const source = f.q === 1 ? [n, n + 1, m, m + 1] : [n, m];
  const bits = source.map((r) => cx.dBits(r));
  const first = f.i >> 3;
  const shift = 8 * (f.i & 7);
  const doubleword = (k: number): I64 =>
    shift === 0 ? bits[k]! : ir.or64(ir.shr_u64(bits[k]!, ir.const32(shift)), ir.shl64(bits[k + 1]!, ir.const32(64 - shift)));
  const result = Array.from({ length: f.q + 1 }, (_, k) => doubleword(first + k));
  result.forEach((x, k) => cx.setDBits(d + k, x));
}

/** VREV16, VREV32, VREV64: reverses the elements of f.s in every region of `region` bits. */
export function reverse(region: number) {
  return (cx: LiftContext, f: TwoVectors & Sized): void | false => {
    const width = 8 << f.s;
    if (width >= region) return false;
    return twoVectors(cx, f, (ir, m) => {
      let x = m;
      // Swap neighbours of twice the size each time.
      for (let w = width; w < region; w *= 2) x = swapNeighbours(ir, w, x);
      return x;
    });
  };
}

function swapNeighbours(ir: Builder, width: number, x: I64): I64 {
  if (width === 32) return ir.pair64(ir.high64(x), ir.low64(x));
  const low = lanes.splat(ir, 2 * width, (1 << width) - 1);
  const n = ir.const32(width);
  return ir.or64(ir.and64(ir.shr_u64(x, n), low), ir.shl64(ir.and64(x, low), n));
}

// VSWP<c> <Qd>, <Qm>
export function swap(cx: LiftContext, f: TwoVectors): void | false {
  return exchange(cx, f, (ds, ms) => [ms, ds]);
}

/** Reads both vectors, computes their new values and writes both. */
function exchange(
  cx: LiftContext,
  f: TwoVectors,
  compute: (d: readonly I64[], m: readonly I64[]) => readonly [d: readonly I64[], m: readonly I64[]],
): void | false {
  const d = vectorRegister(cx, f.q, f.d, f.D);
  const m = vectorRegister(cx, f.q, f.m, f.M);
  if (d === undefined || m === undefined || d === m) return false;
  const read = (r: number): I64[] => Array.from({ length: f.q + 1 }, (_, i) => cx.dBits(r + i));
  const [newD, newM] = compute(read(d), read(m));
  newD.forEach((x, i) => cx.setDBits(d + i, x));
  newM.forEach((x, i) => cx.setDBits(m + i, x));
}

// VTRN<c>.<size> <Qd>, <Qm>
export function transpose(cx: LiftContext, f: TwoVectors & Sized): void | false {
  const { ir } = cx;
  if (f.s === 3) return false;
  const width = 8 << f.s;
  const n = ir.const32(width);
  const even = width === 32 ? ir.const64(-1, 0) : lanes.splat(ir, 2 * width, (1 << width) - 1);
  const odd = lanes.not(ir, even);
  return exchange(cx, f, (ds, ms) => [
    ds.map((x, i) => ir.or64(ir.and64(x, even), ir.shl64(ir.and64(ms[i]!, even), n))),
    ds.map((x, i) => ir.or64(ir.shr_u64(ir.and64(x, odd), n), ir.and64(ms[i]!, odd))),
  ]);
}

// VZIP<c>.<size> <Qd>, <Qm>: interleaves
export function zip(cx: LiftContext, f: TwoVectors & Sized): void | false {
  const { ir } = cx;
  if (f.s === 3 || (f.q === 0 && f.s === 2)) return false;
  const width = 8 << f.s;
  return exchange(cx, f, (ds, ms) => {
    const out = ds.flatMap((x, i) => {
      const y = ms[i]!;
      const interleaved = (a: ReturnType<typeof ir.low64>, b: typeof a): I64 =>
        ir.or64(lanes.widen(ir, width, false, a), ir.shl64(lanes.widen(ir, width, false, b), ir.const32(width)));
      return [interleaved(ir.low64(x), ir.low64(y)), interleaved(ir.high64(x), ir.high64(y))];
    });
    return [out.slice(0, ds.length), out.slice(ds.length)];
  });
}

// VUZP<c>.<size> <Qd>, <Qm>: even elements of both to d, odd ones to m
export function unzip(cx: LiftContext, f: TwoVectors & Sized): void | false {
  const { ir } = cx;
  if (f.s === 3 || (f.q === 0 && f.s === 2)) return false;
  const width = 8 << f.s;
  return exchange(cx, f, (ds, ms) => {
    const all = [...ds, ...ms];
    const gather = (shift: number): I64[] => {
      const words = all.map((x) => lanes.narrow(ir, width, shift === 0 ? x : ir.shr_u64(x, ir.const32(shift))));
      return ds.map((_, i) => ir.pair64(words[2 * i]!, words[2 * i + 1]!));
    };
    return [gather(0), gather(width)];
  });
}

/** Bitwise instructions on whole registers. */
export function bitwise(operation: (ir: Builder, n: I64, m: I64, d: () => I64) => I64) {
  return (cx: LiftContext, f: ThreeVectors): void | false => threeVectors(cx, f, operation);
}
