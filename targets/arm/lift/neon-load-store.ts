/** Advanced SIMD element and structure loads and stores (Arm ARM DDI 0406C, sections A7.7 and A8.8). */
import type { I32, I64 } from '../../../translate/ir/types';
import { PC, SP, type LiftContext } from '../lift-context';
import * as lanes from './neon-lanes';
import { fillWith } from './neon-permute';
import { haveDoubles, vfpRegister } from './vfp-registers';

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
  if (structure.elements === 1 && (f.s === 3 || !cx.bigEndianData)) wholeRegisters(cx, f, registers, base);
  else for (let r = 0; r < structure.repeat; r++) interleaved(cx, f, registers, structure, base, r);
  writeBack(cx, f, base, 8 * registers.length);
}

/** Doublewords one after the other: in little-endian order the element size makes no difference. */
function wholeRegisters(cx: LiftContext, f: MultipleStructures, registers: readonly number[], base: I32): void {
  const { ir } = cx;
  const flags = cx.memFlags();
  if (f.l === 0) registers.forEach((r, i) => ir.store64(base, cx.dBits(r), 8 * i, flags));
  else {
    const values = registers.map((_, i) => ir.load64(base, 8 * i, flags));
    registers.forEach((r, i) => cx.setDBits(r, values[i]!));
  }
}

function interleaved(cx: LiftContext, f: MultipleStructures, all: readonly number[], s: Structure, base: I32, repeat: number): void {
  const width = 8 << f.s;
  const registers = all.slice(repeat * s.elements, (repeat + 1) * s.elements);
  const count = 64 / width;
  const offset = (lane: number, k: number): number => 8 * s.elements * repeat + (width / 8) * (lane * s.elements + k);
  if (f.l === 0) {
    registers.forEach((r, k) => {
      const bits = cx.dBits(r);
      for (let i = 0; i < count; i++) storeElement(cx, width, base, offset(i, k), lanes.lane(cx.ir, bits, width, i, false));
    });
    return;
  }
  const values = registers.map((_, k): I64 => {
    const elements = Array.from({ length: count }, (__, i) => loadElement(cx, width, base, offset(i, k)));
    return lanes.fromLanes(cx.ir, width, elements);
  });
  registers.forEach((r, k) => cx.setDBits(r, values[k]!));
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
    registers.forEach((r, k) => storeElement(cx, width, base, (width / 8) * k, lanes.lane(ir, cx.dBits(r), width, access.index, false)));
  } else {
    const values = registers.map((_, k) => loadElement(cx, width, base, (width / 8) * k));
    registers.forEach((r, k) => cx.setDBits(r, insertLane(cx, cx.dBits(r), width, access.index, values[k]!)));
  }
  writeBack(cx, f, base, (width / 8) * registers.length);
}

function insertLane({ ir }: LiftContext, bits: I64, width: number, index: number, value: I32): I64 {
  const at = width * index;
  const mask = ir.shl64(ir.extend_u32(ir.const32(width === 32 ? -1 : (1 << width) - 1)), ir.const32(at));
  return lanes.bitSelect(ir, mask, ir.shl64(ir.extend_u32(value), ir.const32(at)), bits);
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
  const values = Array.from({ length: elements }, (_, k) => fillWith(cx, width, loadElement(cx, width, base, (width / 8) * k)));
  registers.forEach((r, k) => cx.setDBits(r, values[f.x === 0 ? 0 : k]!));
  writeBack(cx, { ...f, l: 1 }, base, (width / 8) * elements);
}
