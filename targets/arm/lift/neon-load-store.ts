/** Advanced SIMD element and structure loads and stores (Arm ARM DDI 0406C, sections A7.7 and A8.8). */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { laneOp, vop } from '../../../translate/ir/vector-ops';
import { PC, SP, type LiftContext } from '../lift-context';
import { haveDoubles, vfpRegister } from './vfp-registers';

const SPLAT64 = vop('i64x2.splat');
const EXTRACT64 = vop('i64x2.extract_lane');

/** Fields common to all: L bit, first register d:D, base n, index register m (15: none, 13: post-increment by the size). */
export interface ElementAccess {
  readonly l: number;
  readonly d: number;
  readonly D: number;
  readonly n: number;
  readonly m: number;
}

/** Registers per structure, distance between a structure's registers, and how many structures of whole registers follow each other. */
export interface Structure {
  readonly elements: number;
  readonly stride: number;
  readonly repeat: number;
}

/** By the type field of the multiple-structure forms; undefined if unallocated. */
const STRUCTURES: readonly (Structure | undefined)[] = [
  { elements: 4, stride: 1, repeat: 1 },
  { elements: 4, stride: 2, repeat: 1 },
  { elements: 1, stride: 1, repeat: 4 },
  { elements: 2, stride: 2, repeat: 2 },
  { elements: 3, stride: 1, repeat: 1 },
  { elements: 3, stride: 2, repeat: 1 },
  { elements: 1, stride: 1, repeat: 3 },
  { elements: 1, stride: 1, repeat: 1 },
  { elements: 2, stride: 1, repeat: 1 },
  { elements: 2, stride: 2, repeat: 1 },
  { elements: 1, stride: 1, repeat: 2 },
];

/** Fields of the multiple-structure forms: type x, size s, alignment a. */
export interface MultipleStructures extends ElementAccess {
  readonly x: number;
  readonly s: number;
  readonly a: number;
}

/** The structure of a multiple-structure form, or undefined where the fields are UNDEFINED together. */
export function structureOf(f: MultipleStructures): Structure | undefined {
  const s = STRUCTURES[f.x];
  if (s === undefined || (s.elements > 1 && f.s === 3)) return undefined;
  const twoAtMost = s.elements === 3 || (s.elements === 1 && (s.repeat === 1 || s.repeat === 3));
  if (twoAtMost && (f.a & 2) !== 0) return undefined;
  return f.a === 3 && ((s.repeat === 2 && s.elements === 1) || (s.elements === 2 && s.repeat === 1)) ? undefined : s;
}

/** Registers of a structure access in memory order, structure by structure. */
export function registersOf(f: ElementAccess, s: Structure): number[] {
  const first = vfpRegister(1, f.d, f.D);
  const out: number[] = [];
  for (let r = 0; r < s.repeat; r++) for (let e = 0; e < s.elements; e++) out.push(first + r + e * s.stride);
  return out;
}

function usable(cx: LiftContext, f: ElementAccess, registers: readonly number[]): boolean {
  return f.n !== PC && registers.every((r) => r < 32) && haveDoubles(cx, ...registers);
}

function writeBack(cx: LiftContext, f: ElementAccess, base: I32, bytes: number): void {
  if (f.m !== PC) cx.setReg(f.n, cx.ir.add32(base, f.m === SP ? cx.ir.const32(bytes) : cx.reg(f.m)));
}

/** Alignment in bits that a multiple-structure form asks for; 0 for none. */
export function multipleAlignment(f: MultipleStructures): number {
  return f.a === 0 ? 0 : 32 << f.a;
}

/**
 * Raises an alignment fault unless the base is a multiple of `bits` bits. Inside an `if` (a conditional
 * instruction in an IT block) there can be no other, and the check is left out.
 */
function checkAlignment(cx: LiftContext, base: I32, bits: number): void {
  const { ir } = cx;
  if (bits <= 8 || ir.insideIf) return;
  ir.beginIf(ir.ne32(ir.and32(base, ir.const32(bits / 8 - 1)), ir.const32(0)));
  ir.trap('alignment', cx.thumb ? cx.pc | 1 : cx.pc);
  ir.endIf();
}

/** V{LD,ST}{1,2,3,4}<c>.<size> <list>, [<Rn>{:<align>}]{!}: whole registers */
export function multipleStructures(cx: LiftContext, f: MultipleStructures): void | false {
  const structure = structureOf(f);
  if (structure === undefined) return false;
  const registers = registersOf(f, structure);
  if (!usable(cx, f, registers)) return false;
  const base = cx.reg(f.n);
  checkAlignment(cx, base, multipleAlignment(f));
  const order = memoryOrder(cx, f, structure);
  if (f.l === 0) storeRegisters(cx, registers, base, order);
  else loadRegisters(cx, registers, base, order);
  writeBack(cx, f, base, 8 * registers.length);
}

/** For each byte in memory the byte of the registers (8 to each, in their order) that is there. */
function memoryOrder(cx: LiftContext, f: MultipleStructures, { elements, repeat }: Structure): number[] {
  const size = 1 << f.s;
  const order: number[] = [];
  for (let r = 0; r < repeat; r++)
    for (let lane = 0; lane < 8 / size; lane++)
      for (let e = 0; e < elements; e++)
        for (let b = 0; b < size; b++) order.push(8 * (r * elements + e) + size * lane + (cx.bigEndianData ? size - 1 - b : b));
  return order;
}

/** True if two doublewords in a row are a quadword. */
const isPair = (first: number, second: number | undefined): boolean => (first & 1) === 0 && second === first + 1;

const inOrder = (bytes: readonly number[]): boolean => bytes.every((b, i) => b === i);

function loadRegisters(cx: LiftContext, registers: readonly number[], base: I32, order: readonly number[]): void {
  const { ir } = cx;
  // At most 32 bytes, so that two vectors hold all of them.
  const chunks: V128[] = [];
  for (let at = 0; at < order.length; at += 16)
    chunks.push(at + 16 <= order.length ? ir.load128(base, at) : ir.splat64(ir.load64(base, at), SPLAT64));
  const source = new Array<number>(order.length);
  order.forEach((b, at) => (source[b] = at));
  const values: [register: number, pair: 0 | 1, value: V128][] = [];
  for (let k = 0; k < registers.length; k++) {
    const pair = isPair(registers[k]!, registers[k + 1]) ? 1 : 0;
    const bytes = source.slice(8 * k, 8 * k + 8 + 8 * pair);
    const chunk = bytes[0]! >> 4;
    const direct = inOrder(bytes.map((b) => b - 16 * chunk)) ? chunks[chunk]! : undefined;
    values.push([registers[k]!, pair, direct ?? lanes.shuffleLanes(ir, 8, chunks[0]!, chunks[1] ?? chunks[0]!, bytes)]);
    k += pair;
  }
  for (const [register, pair, value] of values) cx.setVector(pair, register, value);
}

function storeRegisters(cx: LiftContext, registers: readonly number[], base: I32, order: readonly number[]): void {
  const { ir } = cx;
  const chunks: V128[] = [];
  for (let k = 0; k < registers.length; k += 2) {
    const [first, second] = [registers[k]!, registers[k + 1]];
    if (second === undefined) chunks.push(cx.vector(0, first));
    else if (isPair(first, second)) chunks.push(cx.vector(1, first));
    else chunks.push(lanes.shuffleLanes(ir, 64, cx.vector(0, first), cx.vector(0, second), [0, 2]));
  }
  for (let at = 0; at < order.length; at += 16) {
    const bytes = order.slice(at, at + 16);
    const direct = inOrder(bytes.map((b) => b - at)) ? chunks[at >> 4] : undefined;
    const value = direct ?? lanes.shuffleLanes(ir, 8, chunks[0]!, chunks[1] ?? chunks[0]!, bytes);
    if (bytes.length === 16) ir.store128(base, value, at);
    else ir.store64(base, ir.extract64(value, EXTRACT64, 0), at);
  }
}

function loadElement(cx: LiftContext, width: number, base: I32, offset: number): I32 {
  const { ir } = cx;
  const flags = cx.memFlags();
  return width === 8 ? ir.load8_u(base, offset) : width === 16 ? ir.load16_u(base, offset, flags) : ir.load32(base, offset, flags);
}

function storeElement(cx: LiftContext, width: number, base: I32, offset: number, value: I32): void {
  const { ir } = cx;
  const flags = cx.memFlags();
  if (width === 8) ir.store8(base, value, offset);
  else if (width === 16) ir.store16(base, value, offset, flags);
  else ir.store32(base, value, offset, flags);
}

/** Fields of the one-lane forms: elements per structure less one x, size s, index_align a. */
export interface OneLane extends ElementAccess {
  readonly x: number;
  readonly s: number;
  readonly a: number;
}

/** Lane and register distance of a one-lane form, or undefined where index_align is UNDEFINED. */
export function laneAccess(f: OneLane): { readonly index: number; readonly stride: number } | undefined {
  const index = f.a >> (f.s + 1);
  const stride = f.s > 0 && ((f.a >> f.s) & 1) === 1 ? 2 : 1;
  const align = f.a & ((1 << f.s) - 1) & (f.s === 0 ? 1 : 3);
  const low = f.a & 3;
  switch (f.x) {
    case 0:
      if (f.s === 0) return (f.a & 1) === 0 ? { index, stride: 1 } : undefined;
      if (f.s === 1) return (f.a & 2) === 0 ? { index, stride: 1 } : undefined;
      return (f.a & 4) === 0 && (low === 0 || low === 3) ? { index, stride: 1 } : undefined;
    case 1:
      return f.s === 2 && (f.a & 2) !== 0 ? undefined : { index, stride };
    case 2:
      return (f.s === 2 ? low : f.a & 1) !== 0 ? undefined : { index, stride };
    default:
      return f.s === 2 && align === 3 ? undefined : { index, stride };
  }
}

/** Alignment in bits that a one-lane form asks for; 0 for none. */
export function laneAlignment(f: OneLane): number {
  const size = 8 << f.s;
  switch (f.x) {
    case 0:
      return f.s > 0 && (f.a & 1) === 1 ? size : 0;
    case 1:
      return (f.a & 1) === 1 ? 2 * size : 0;
    case 2:
      return 0;
    default:
      if (f.s === 2) return (f.a & 3) === 0 ? 0 : 32 << (f.a & 3);
      return (f.a & 1) === 1 ? 4 * size : 0;
  }
}

/** V{LD,ST}{1,2,3,4}<c>.<size> {<Dd[x]>, ...}, [<Rn>{:<align>}]{!} */
export function oneLane(cx: LiftContext, f: OneLane): void | false {
  const { ir } = cx;
  const access = laneAccess(f);
  if (access === undefined) return false;
  const width = 8 << f.s;
  const registers = registersOf(f, { elements: f.x + 1, stride: access.stride, repeat: 1 });
  if (!usable(cx, f, registers)) return false;
  const base = cx.reg(f.n);
  checkAlignment(cx, base, laneAlignment(f));
  if (f.l === 0) {
    const extract = laneOp(width, width === 32 ? 'extract_lane' : 'extract_lane_u');
    registers.forEach((r, k) => storeElement(cx, width, base, (width / 8) * k, ir.extract32(cx.vector(0, r), extract, access.index)));
  } else {
    const values = registers.map((_, k) => loadElement(cx, width, base, (width / 8) * k));
    const replace = laneOp(width, 'replace_lane');
    registers.forEach((r, k) => cx.setVector(0, r, ir.insert32(cx.vector(0, r), values[k]!, replace, access.index)));
  }
  writeBack(cx, f, base, (width / 8) * registers.length);
}

/** Fields of the all-lanes forms: elements less one x, size s, register distance (VLD1: two registers) t, alignment a. */
export interface AllLanes extends Omit<ElementAccess, 'l'> {
  readonly x: number;
  readonly s: number;
  readonly t: number;
  readonly a: number;
}

/** Registers and element width of an all-lanes form, or undefined where the fields are UNDEFINED together. */
export function allLanesAccess(f: AllLanes): { readonly registers: readonly number[]; readonly width: number } | undefined {
  const first = vfpRegister(1, f.d, f.D);
  if (f.x === 0) {
    if (f.s === 3 || (f.s === 0 && f.a === 1)) return undefined;
    return { registers: f.t === 1 ? [first, first + 1] : [first], width: 8 << f.s };
  }
  if (f.s === 3 && !(f.x === 3 && f.a === 1)) return undefined;
  if (f.x === 2 && f.a === 1) return undefined;
  const registers = Array.from({ length: f.x + 1 }, (_, k) => first + k * (f.t + 1));
  return { registers, width: f.s === 3 ? 32 : 8 << f.s };
}

/** Alignment in bits that an all-lanes form asks for; 0 for none. */
export function allLanesAlignment(f: AllLanes): number {
  if (f.a === 0) return 0;
  if (f.x === 3 && f.s > 1) return f.s === 3 ? 128 : 64;
  return (8 << f.s) * (f.x + 1);
}

/** VLD{1,2,3,4}<c>.<size> {<Dd[]>, ...}, [<Rn>{:<align>}]{!} */
export function allLanes(cx: LiftContext, f: AllLanes): void | false {
  const access = allLanesAccess(f);
  if (access === undefined || !usable(cx, { ...f, l: 1 }, access.registers)) return false;
  const base = cx.reg(f.n);
  checkAlignment(cx, base, allLanesAlignment(f));
  const { registers, width } = access;
  const elements = f.x === 0 ? 1 : registers.length;
  const values = Array.from({ length: elements }, (_, k) => lanes.fill(cx.ir, width, loadElement(cx, width, base, (width / 8) * k)));
  if (f.x === 0 && isPair(registers[0]!, registers[1])) cx.setVector(1, registers[0]!, values[0]!);
  else registers.forEach((r, k) => cx.setVector(0, r, values[f.x === 0 ? 0 : k]!));
  writeBack(cx, { ...f, l: 1 }, base, (width / 8) * elements);
}
