/** AltiVec loads, stores, permutations and packing (AltiVec PEM chapter 6). */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import { MemFlag, type I32, type V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { settle, type Binary, type Ternary, type VectorFields } from './altivec-integer';
import { indexed } from './load-store';

const BE = MemFlag.BigEndian;
const SPLAT8 = vop('i8x16.splat');
const SWIZZLE = vop('i8x16.swizzle');

const range = (count: number, f: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => f(i));

/** A constant by its sixteen bytes, lane 0 first. */
function bytes(ir: Builder, list: readonly number[]): V128 {
  const word = (k: number): number => list[k]! | (list[k + 1]! << 8) | (list[k + 2]! << 16) | (list[k + 3]! << 24);
  return ir.const128(word(0), word(4), word(8), word(12));
}

const ascending = (ir: Builder): V128 =>
  bytes(
    ir,
    range(16, (i) => i),
  );
const descending = (ir: Builder): V128 =>
  bytes(
    ir,
    range(16, (i) => 15 - i),
  );

const splatByte = (ir: Builder, x: I32): V128 => ir.splat32(x, SPLAT8);

// Loads and stores: vD, rA, rB

const address = (cx: LiftContext, { a, b }: VectorFields, size: number): I32 => {
  const at = indexed(cx, a, b);
  return size === 1 ? at : cx.ir.and32(at, cx.ir.const32(-size));
};

// lvx, lvxl
export function load(cx: LiftContext, f: VectorFields): void {
  cx.setVector(f.d, cx.ir.load128(address(cx, f, 16), 0, BE));
}

// stvx, stvxl
export function store(cx: LiftContext, f: VectorFields): void {
  cx.ir.store128(address(cx, f, 16), cx.vector(f.d), 0, BE);
}

/** The byte of a register, counted from the least significant, where an element of memory begins. */
const laneOffset = ({ ir }: LiftContext, at: I32, size: number): I32 =>
  ir.sub32(ir.const32(16 - size), ir.and32(at, ir.const32(16 - size)));

/** lvebx, lvehx, lvewx: the other elements keep their values, as in qemu-ppc. */
export function loadElement(size: 1 | 2 | 4) {
  return (cx: LiftContext, f: VectorFields): void => {
    const { ir } = cx;
    const at = address(cx, f, size);
    const word = size === 1 ? ir.load8_u(at) : size === 2 ? ir.load16_u(at, 0, BE) : ir.load32(at, 0, BE);
    const value = ir.splat32(word, vop(`i${8 * size}x${16 / size}.splat`));
    const behind = lanes.subtract(ir, 8, ascending(ir), splatByte(ir, laneOffset(cx, at, size)));
    const mask = lanes.greater(ir, 8, false, lanes.splat(ir, 8, size), behind);
    cx.setVector(f.d, lanes.bitSelect(ir, mask, value, cx.vector(f.d)));
  };
}

/** stvebx, stvehx, stvewx */
export function storeElement(size: 1 | 2 | 4) {
  return (cx: LiftContext, f: VectorFields): void => {
    const { ir } = cx;
    const at = address(cx, f, size);
    const from = lanes.add(ir, 8, ascending(ir), splatByte(ir, laneOffset(cx, at, size)));
    const word = ir.extract32(ir.vector2(cx.vector(f.d), from, SWIZZLE), vop('i32x4.extract_lane'), 0);
    if (size === 1) ir.store8(at, word);
    else if (size === 2) ir.store16(at, word, 0, BE);
    else ir.store32(at, word, 0, BE);
  };
}

/** lvsl, lvsr: the pattern that vperm shifts an unaligned vector with. */
export function shiftPattern(right: boolean) {
  return (cx: LiftContext, f: VectorFields): void => {
    const { ir } = cx;
    const sh = splatByte(ir, ir.and32(indexed(cx, f.a, f.b), ir.const32(15)));
    const left = descending(ir);
    const pattern = right ? lanes.subtract(ir, 8, lanes.add(ir, 8, left, lanes.splat(ir, 8, 16)), sh) : lanes.add(ir, 8, left, sh);
    cx.setVector(f.d, pattern);
  };
}

// Permutations

/** VPERM vD, vA, vB, vC: byte k of vA and vB together, of which vB is the less significant, is lane 31 - k. */
export const permute: Ternary = (ir, a, b, c) => {
  const from = lanes.and(ir, lanes.not(ir, c), lanes.splat(ir, 8, 31));
  const ofB = ir.vector2(b, from, SWIZZLE);
  if (a === b) {
    const within = lanes.and(ir, lanes.not(ir, c), lanes.splat(ir, 8, 15));
    return ir.vector2(a, within, SWIZZLE);
  }
  return lanes.or(ir, ofB, ir.vector2(a, lanes.subtract(ir, 8, from, lanes.splat(ir, 8, 16)), SWIZZLE));
};

// VSEL vD, vA, vB, vC
export const select: Ternary = (ir, a, b, c) => lanes.bitSelect(ir, c, b, a);

// VSLDOI vD, vA, vB, SH
export function shiftDouble(cx: LiftContext, { d, a, b, s }: VectorFields & { readonly s: number }): void {
  const from = range(16, (lane) => (lane >= s ? lane - s : 32 + lane - s));
  cx.setVector(d, lanes.shuffleBytes(cx.ir, cx.vector(a), cx.vector(b), from));
}

/** Number of the lane that an element is in. */
const laneOf = (width: number, element: number): number => 128 / width - 1 - element;

/** VMRGH, VMRGL vD, vA, vB */
export function merge(width: number, low: boolean): Binary {
  const count = 128 / width;
  const from = range(count, (lane) => {
    const element = laneOf(width, lane);
    const source = laneOf(width, (element >> 1) + (low ? count / 2 : 0));
    return (element & 1) === 0 ? source : count + source;
  });
  return (ir, a, b) => lanes.shuffleLanes(ir, width, a, b, from);
}

/** VSPLT vD, vB, UIM */
export function splatElement(width: number) {
  return (cx: LiftContext, { d, b, u }: { readonly d: number; readonly b: number; readonly u: number }): void => {
    const element = u & (128 / width - 1);
    cx.setVector(d, lanes.shuffleLanes(cx.ir, width, cx.vector(b), cx.vector(b), [laneOf(width, element)]));
  };
}

/** VSPLTIS vD, SIM */
export function splatImmediate(width: number) {
  return (cx: LiftContext, { d, i }: { readonly d: number; readonly i: number }): void =>
    cx.setVector(d, lanes.splat(cx.ir, width, (i << 27) >> 27));
}

/** Least significant byte of a vector, in all of them. */
const lowByte = (ir: Builder, x: V128): V128 => lanes.shuffleLanes(ir, 8, x, x, [0]);

/** VSLO, VSRO vD, vA, vB: by the bytes that the upper bits of vB's last byte say. */
export function shiftOctets(left: boolean): Binary {
  return (ir, a, b) => {
    const n = lanes.and(ir, lanes.shiftRight(ir, 8, false, lowByte(ir, b), 3), lanes.splat(ir, 8, 15));
    const from = left ? lanes.subtract(ir, 8, ascending(ir), n) : lanes.add(ir, 8, ascending(ir), n);
    return ir.vector2(a, from, SWIZZLE);
  };
}

/** VSL, VSR vD, vA, vB: by the bits that the last three say. */
export function shiftBits(left: boolean): Binary {
  return (ir, a, b) => {
    const n = ir.and32(ir.extract32(b, vop('i8x16.extract_lane_u'), 0), ir.const32(7));
    const rest = ir.sub32(ir.const32(8), n);
    const [out, back] = left ? (['shl', 'shr_u'] as const) : (['shr_u', 'shl'] as const);
    // What leaves a doubleword enters the other; by 8 it is 0 for n = 0
    const own = ir.vector_shift(a, n, vop(`i64x2.${out}`));
    const neighbour = lanes.shuffleBytes(ir, a, lanes.zero(ir), left ? carriedLeft : carriedRight);
    return lanes.or(ir, own, ir.vector_shift(neighbour, rest, vop(`i64x2.${back}`)));
  };
}

/** The low doubleword's highest byte as the low byte of the upper one, and the upper one's lowest as the highest of the low one. */
const carriedLeft = range(16, (i) => (i === 8 ? 7 : 16));
const carriedRight = range(16, (i) => (i === 7 ? 8 : 16));

// Packing: vA gives the first elements, which are the upper lanes

/** VPKUHUM, VPKUWUM */
export function pack(width: number): Binary {
  return (ir, a, b) => lanes.lowHalves(ir, width, b, a);
}

/** VPK with saturation, to elements of `width` bits. */
export function packSaturating(width: number, fromSigned: boolean, toSigned: boolean) {
  return (cx: LiftContext, { d, a, b }: VectorFields): void => {
    const { ir } = cx;
    const [x, y] = [a, b].map((n) => lanes.saturatingLimit(ir, width, fromSigned, toSigned, cx.vector(n))) as [
      lanes.Saturated,
      lanes.Saturated,
    ];
    settle(cx, d, { value: lanes.lowHalves(ir, width, y.value, x.value), happened: lanes.or(ir, x.happened, y.happened) });
  };
}

// VPKPX: pixels of 32 bits to 1, 5, 5 and 5
export const packPixels: Binary = (ir, a, b) => {
  const field = (x: V128, n: number, mask: number): V128 => lanes.and(ir, lanes.shiftRight(ir, 32, false, x, n), lanes.splat(ir, 32, mask));
  const packed = (x: V128): V128 => lanes.or(ir, lanes.or(ir, field(x, 9, 0xfc00), field(x, 6, 0x3e0)), field(x, 3, 0x1f));
  return lanes.lowHalves(ir, 16, packed(b), packed(a));
};

/** VUPKHSB, VUPKLSB, VUPKHSH, VUPKLSH */
export function unpack(width: number, half: 'low' | 'high') {
  return (cx: LiftContext, { d, b }: { readonly d: number; readonly b: number }): void =>
    cx.setVector(d, lanes.widen(cx.ir, width, true, half, cx.vector(b)));
}

/** VUPKHPX, VUPKLPX */
export function unpackPixels(half: 'low' | 'high') {
  return (cx: LiftContext, { d, b }: { readonly d: number; readonly b: number }): void => {
    const { ir } = cx;
    const x = lanes.widen(ir, 16, true, half, cx.vector(b));
    const field = (left: number, mask: number): V128 => lanes.and(ir, lanes.shiftLeft(ir, 32, x, left), lanes.splat(ir, 32, mask));
    const alpha = lanes.and(ir, lanes.shiftRight(ir, 32, true, x, 7), lanes.splat(ir, 32, 0xff000000));
    const green = lanes.or(ir, field(6, 0x1f0000), field(3, 0x1f00));
    cx.setVector(d, lanes.or(ir, lanes.or(ir, alpha, green), field(0, 0x1f)));
  };
}

// VSCR

const SAT = 1;

// mfvscr vD
export function moveFromStatus(cx: LiftContext, { d }: { readonly d: number }): void {
  const { ir } = cx;
  const saturated = ir.zext1_32(ir.vector_test(cx.saturated(), vop('v128.any_true')));
  cx.setVector(d, ir.insert32(lanes.zero(ir), ir.or32(cx.word('vscr'), saturated), vop('i32x4.replace_lane'), 0));
}

// mtvscr vB; reserved bits stay, as in qemu-ppc
export function moveToStatus(cx: LiftContext, { b }: { readonly b: number }): void {
  const { ir } = cx;
  const value = ir.extract32(cx.vector(b), vop('i32x4.extract_lane'), 0);
  cx.setWord('vscr', ir.and32(value, ir.const32(~SAT)));
  cx.setSaturated(lanes.fill(ir, 32, ir.and32(value, ir.const32(SAT))));
}
