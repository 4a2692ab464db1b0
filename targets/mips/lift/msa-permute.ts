/** MSA instructions that move lanes (MD00866). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { laneOp, vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { available, splat, type ThreeOperands, type TwoVectors } from './msa-registers';

const SWIZZLE = vop('i8x16.swizzle');

const lanesOf = (width: number, from: (i: number, count: number) => number): number[] =>
  Array.from({ length: 128 / width }, (_, i) => from(i, 128 / width));

/** A permutation of the lanes of wt, which count first, and ws. */
const permutation =
  (from: (i: number, count: number) => number): ThreeOperands =>
  (ir, width, s, t) =>
    lanes.shuffleLanes(ir, width, t, s, lanesOf(width, from));

/** PCKEV and the like wd, ws, wt */
export const PERMUTATIONS = {
  PCKEV: permutation((i) => 2 * i),
  PCKOD: permutation((i) => 2 * i + 1),
  ILVL: permutation((i, n) => (i & 1) * n + n / 2 + (i >> 1)),
  ILVR: permutation((i, n) => (i & 1) * n + (i >> 1)),
  ILVEV: permutation((i, n) => (i & 1) * n + (i & ~1)),
  ILVOD: permutation((i, n) => (i & 1) * n + (i | 1)),
} as const satisfies Record<string, ThreeOperands>;

/** Bytes 0 to size - 1 of each lane. */
const bytesOfLane = (ir: Builder, width: number): V128 => splat(ir, width, 0x0706050403020100n);
/** A byte in all bytes of its lane, which has nothing else. */
const replicated = (ir: Builder, width: number, x: V128): V128 => {
  let r = x;
  for (let n = 8; n < width; n *= 2) r = lanes.or(ir, r, lanes.shiftLeft(ir, width, r, n));
  return r;
};

// VSHF.df wd, ws, wt: wd has numbers of lanes, those of ws behind those of wt; 0 where bit 6 or 7 is set
export const shuffleByVector: ThreeOperands = (ir, width, s, t, d) => {
  const control = d();
  const count = 128 / width;
  const number = lanes.and(ir, control, splat(ir, width, BigInt(2 * count - 1)));
  const scaled = replicated(ir, width, lanes.shiftLeft(ir, width, number, Math.log2(width / 8)));
  const bytes = lanes.add(ir, 8, scaled, bytesOfLane(ir, width));
  // Numbers of 16 and more give 0
  const found = lanes.or(ir, ir.vector2(t, bytes, SWIZZLE), ir.vector2(s, lanes.subtract(ir, 8, bytes, splat(ir, 8, 16n)), SWIZZLE));
  return lanes.andNot(ir, found, lanes.nonZero(ir, width, lanes.and(ir, control, splat(ir, width, 0xc0n))));
};

/** SHF.df wd, ws, i8: lanes within each four of them; there is none for doublewords. */
export function shuffleFours(cx: LiftContext, { f, d, s, i }: TwoVectors & { readonly i: number }): void | false {
  if (f === 3 || !available(cx)) return false;
  const x = cx.vector(s);
  const from = lanesOf(8 << f, (k) => (k & ~3) | ((i >> (2 * (k & 3))) & 3));
  cx.setVector(d, lanes.shuffleLanes(cx.ir, 8 << f, x, x, from));
}

/** Width of the lanes and the number of one in a df/n field, or undefined if it is reserved. */
export function laneField(n: number): { readonly f: number; readonly n: number } | undefined {
  if ((n & 0x20) === 0) return (n & 0x10) === 0 ? { f: 0, n: n & 15 } : undefined;
  if ((n & 0x18) === 0) return { f: 1, n: n & 7 };
  if ((n & 0x1c) === 0x10) return { f: 2, n: n & 3 };
  return (n & 0x1e) === 0x18 ? { f: 3, n: n & 1 } : undefined;
}

interface Element {
  readonly d: number;
  readonly s: number;
  /** df/n */
  readonly n: number;
}

/** Bytes of each column that SLD moves: a vector of bytes has one column, one of doublewords eight. */
const columnBytes = (f: number): number => 16 >> f;

// SLDI.df wd, ws[n]
export function slideImmediate(cx: LiftContext, { d, s, n: field }: Element): void | false {
  const lane = laneField(field);
  if (lane === undefined || !available(cx)) return false;
  const size = columnBytes(lane.f);
  const bytes = lanesOf(8, (i) => {
    const at = (i % size) + lane.n;
    return i - (i % size) + (at < size ? at : 16 + at - size);
  });
  cx.setVector(d, lanes.shuffleBytes(cx.ir, cx.vector(s), cx.vector(d), bytes));
}

const byteList = (ir: Builder, bytes: readonly number[]): V128 => {
  const word = (k: number): number => bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16) | (bytes[k + 3]! << 24);
  return ir.const128(word(0), word(4), word(8), word(12));
};

interface ByRegister extends TwoVectors {
  /** A general register. */
  readonly t: number;
}

/** The register modulo the number of lanes. */
const laneNumber = (cx: LiftContext, f: number, t: number): I32 => cx.ir.and32(cx.reg(t), cx.const((16 >> f) - 1));

// SLD.df wd, ws[rt]
export function slide(cx: LiftContext, { f, d, s, t }: ByRegister): void | false {
  if (!available(cx)) return false;
  const { ir } = cx;
  const size = columnBytes(f);
  const amount = lanes.fill(ir, 8, laneNumber(cx, f, t));
  const at = lanes.add(
    ir,
    8,
    amount,
    byteList(
      ir,
      lanesOf(8, (i) => i % size),
    ),
  );
  const from = lanes.add(
    ir,
    8,
    amount,
    byteList(
      ir,
      lanesOf(8, (i) => i),
    ),
  );
  const inFirst = lanes.greater(ir, 8, false, splat(ir, 8, BigInt(size)), at);
  const second = ir.vector2(cx.vector(d), lanes.subtract(ir, 8, from, splat(ir, 8, BigInt(size))), SWIZZLE);
  cx.setVector(d, lanes.bitSelect(ir, inFirst, ir.vector2(cx.vector(s), from, SWIZZLE), second));
}

// SPLAT.df wd, ws[rt]
export function splatLane(cx: LiftContext, { f, d, s, t }: ByRegister): void | false {
  if (!available(cx)) return false;
  const { ir } = cx;
  const first = lanes.fill(ir, 8, ir.shl32(laneNumber(cx, f, t), ir.const32(f)));
  cx.setVector(d, ir.vector2(cx.vector(s), lanes.add(ir, 8, first, bytesOfLane(ir, 8 << f)), SWIZZLE));
}

// SPLATI.df wd, ws[n]
export function splatImmediate(cx: LiftContext, { d, s, n: field }: Element): void | false {
  const lane = laneField(field);
  if (lane === undefined || !available(cx)) return false;
  const x = cx.vector(s);
  cx.setVector(d, lanes.shuffleLanes(cx.ir, 8 << lane.f, x, x, [lane.n]));
}

/** COPY_S, COPY_U.df rd, ws[n]. There is none for doublewords, and no unsigned one for words. */
export function copyLane(signed: boolean) {
  return (cx: LiftContext, { d, s, n: field }: Element): void | false => {
    const lane = laneField(field);
    if (lane === undefined || lane.f === 3 || (lane.f === 2 && !signed) || !available(cx)) return false;
    const extract = laneOp(8 << lane.f, lane.f === 2 ? 'extract_lane' : `extract_lane_${signed ? 's' : 'u'}`);
    cx.setReg(d, cx.ir.extract32(cx.vector(s), extract, lane.n));
  };
}

// INSERT.df wd[n], rs
export function insertLane(cx: LiftContext, { d, s, n: field }: Element): void | false {
  const lane = laneField(field);
  if (lane === undefined || lane.f === 3 || !available(cx)) return false;
  cx.setVector(d, cx.ir.insert32(cx.vector(d), cx.reg(s), laneOp(8 << lane.f, 'replace_lane'), lane.n));
}

// INSVE.df wd[n], ws[0]
export function insertFirstLane(cx: LiftContext, { d, s, n: field }: Element): void | false {
  const lane = laneField(field);
  if (lane === undefined || !available(cx)) return false;
  const width = 8 << lane.f;
  const from = lanesOf(width, (i, count) => (i === lane.n ? count : i));
  cx.setVector(d, lanes.shuffleLanes(cx.ir, width, cx.vector(d), cx.vector(s), from));
}

// FILL.df wd, rs
export function fill(cx: LiftContext, { f, d, s }: TwoVectors): void | false {
  if (f === 3 || !available(cx)) return false;
  cx.setVector(d, lanes.fill(cx.ir, 8 << f, cx.reg(s)));
}

// LDI.df wd, s10
export function loadImmediate(cx: LiftContext, { f, d, i }: { f: number; d: number; i: number }): void | false {
  if (!available(cx)) return false;
  cx.setVector(d, splat(cx.ir, 8 << f, BigInt((i << 22) >> 22)));
}

// MOVE.V wd, ws
export function move(cx: LiftContext, { d, s }: { d: number; s: number }): void | false {
  if (!available(cx)) return false;
  cx.setVector(d, cx.vector(s));
}
