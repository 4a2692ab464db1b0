/** What MIPS16e and microMIPS have and MIPS32 has not: several registers at once, and the registers of 3-bit fields. */
import type { I32 } from '../../../translate/ir/types';
import { RA, type LiftContext } from '../lift-context';
import { loadValue, storeValue } from './load-store';

/** General registers of 3-bit fields. */
export const COMPRESSED = [16, 17, 2, 3, 4, 5, 6, 7] as const;
/** The same for what microMIPS stores. */
export const COMPRESSED_SOURCE = [0, 17, 2, 3, 4, 5, 6, 7] as const;

export const SP = 29;

/** Loads words in ascending order; the registers change once all are read. */
export function loadWords(cx: LiftContext, registers: readonly number[], base: I32, offset: number): void {
  const values = registers.map((_, k) => loadValue(cx, 'word', base, offset + 4 * k));
  registers.forEach((r, k) => cx.setReg(r, values[k]!));
}

export function storeWords(cx: LiftContext, registers: readonly number[], base: I32, offset: number): void {
  registers.forEach((r, k) => storeValue(cx, 'word', base, offset + 4 * k, cx.reg(r)));
}

const SAVED = [16, 17, 18, 19, 20, 21, 22, 23, 30];

/** Registers of a list of LWM and SWM: how many of s0 to s8, and ra; undefined if there are not so many. */
export function registerList(list: number): readonly number[] | undefined {
  const count = list & 15;
  if (count > SAVED.length || list === 0) return undefined;
  return [...SAVED.slice(0, count), ...((list & 16) === 0 ? [] : [RA])];
}

/** Fields of SAVE and RESTORE: which of ra, s0 and s1, how many of s2 to s8, and the code of the argument registers. */
export interface Frame {
  readonly ra: boolean;
  readonly s0: boolean;
  readonly s1: boolean;
  readonly extra: number;
  readonly arguments: number;
  /** Bytes. */
  readonly size: number;
}

/** [arguments that are stored to the caller's frame, those that are saved as static ones] of each code; 15 is reserved. */
const ARGUMENTS: readonly (readonly [number, number])[] = [
  [0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [2, 1], [2, 2], [0, 4], [3, 0], [3, 1], [4, 0],
]; // prettier-ignore

const A0 = 4;
const A3 = 7;

/** Registers below the frame's top, the highest first. */
function savedRegisters(f: Frame, statics: number): number[] {
  const extra = [18, 19, 20, 21, 22, 23, 30].slice(0, f.extra).reverse();
  const arguments_ = Array.from({ length: statics }, (_, k) => A3 - k);
  return [...(f.ra ? [RA] : []), ...extra, ...(f.s1 ? [17] : []), ...(f.s0 ? [16] : []), ...arguments_];
}

// SAVE
export function saveFrame(cx: LiftContext, f: Frame): void | false {
  const codes = ARGUMENTS[f.arguments];
  if (codes === undefined) return false;
  const [args, statics] = codes;
  const sp = cx.reg(SP);
  for (let k = args - 1; k >= 0; k--) storeValue(cx, 'word', sp, 4 * k, cx.reg(A0 + k));
  savedRegisters(f, statics).forEach((r, k) => storeValue(cx, 'word', sp, -4 * (k + 1), cx.reg(r)));
  cx.setReg(SP, cx.ir.sub32(sp, cx.const(f.size)));
}

// RESTORE
export function restoreFrame(cx: LiftContext, f: Frame): void | false {
  const codes = ARGUMENTS[f.arguments];
  if (codes === undefined) return false;
  const registers = savedRegisters(f, codes[1]);
  const top = cx.ir.add32(cx.reg(SP), cx.const(f.size));
  const values = registers.map((_, k) => loadValue(cx, 'word', top, -4 * (k + 1)));
  registers.forEach((r, k) => cx.setReg(r, values[k]!));
  cx.setReg(SP, top);
}
