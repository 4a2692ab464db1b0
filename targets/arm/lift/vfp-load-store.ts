/** VFP loads and stores (Arm ARM DDI 0406C, sections A7.6 and A8.8). */
import { PC, type LiftContext } from '../lift-context';
import { MemFlag, type I32 } from '../../../translate/ir/types';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** Registers d:D of size z, base n and an offset or length i in words. */
export interface VfpTransfer {
  readonly z: number;
  readonly d: number;
  readonly D: number;
  readonly n: number;
  readonly i: number;
}

type Direction = 'load' | 'store';

/**
 * Moves one register between the register file and memory. Bit patterns, never values: NaNs stay as they are. All accesses
 * have to be aligned like words, doubles too (Arm ARM DDI 0406C, section A3.2.1).
 * @param checked false where an access before it has told already
 */
function transfer(cx: LiftContext, direction: Direction, z: number, register: number, base: I32, offset: number, checked = true): void {
  const { ir } = cx;
  const flags = cx.memFlags() | (checked ? MemFlag.WordAligned : 0);
  if (z === 1) {
    if (direction === 'load') cx.setDBits(register, ir.load64(base, offset, flags));
    else ir.store64(base, cx.dBits(register), offset, flags);
  } else if (direction === 'load') cx.setSBits(register, ir.load32(base, offset, flags));
  else ir.store32(base, cx.sBits(register), offset, flags);
}

function baseOf(cx: LiftContext, n: number): I32 {
  return n === PC ? cx.ir.const32(cx.alignedPc()) : cx.reg(n);
}

/** VLDR<c> <Vd>, [<Rn>{, #+/-<imm>}]; VSTR */
export function loadStoreRegister(direction: Direction) {
  return (cx: LiftContext, f: VfpTransfer & { readonly u: number }): void | false => {
    const d = vfpRegister(f.z, f.d, f.D);
    if (f.z === 1 && !haveDoubles(cx, d)) return false;
    transfer(cx, direction, f.z, d, baseOf(cx, f.n), f.u === 1 ? 4 * f.i : -4 * f.i);
  };
}

/** Registers that VLDM or VSTM moves; undefined where the list is UNPREDICTABLE. */
export function transferList(f: VfpTransfer): { readonly first: number; readonly count: number } | undefined {
  const first = vfpRegister(f.z, f.d, f.D);
  // An odd number of words with doubles is FLDMX/FSTMX: the last word is skipped.
  const count = f.z === 1 ? f.i >> 1 : f.i;
  return count === 0 || first + count > 32 || (f.z === 1 && count > 16) ? undefined : { first, count };
}

/**
 * VLDM{IA|DB}<c> <Rn>{!}, <list>; VSTM, VPUSH, VPOP
 * @param before DB: the base is decremented before the transfer
 */
export function loadStoreMultiple(direction: Direction, before: boolean) {
  return (cx: LiftContext, f: VfpTransfer & { readonly w?: number }): void | false => {
    const writeBack = before || f.w === 1;
    const list = transferList(f);
    if (list === undefined || (f.n === PC && (writeBack || cx.thumb))) return false;
    if (f.z === 1 && !haveDoubles(cx, list.first + list.count - 1)) return false;
    const { ir } = cx;
    const base = cx.reg(f.n);
    const size = f.z === 1 ? 8 : 4;
    const start = before ? -4 * f.i : 0;
    for (let k = 0; k < list.count; k++) transfer(cx, direction, f.z, list.first + k, base, start + k * size, k === 0);
    if (writeBack) cx.setReg(f.n, ir.add32(base, ir.const32(before ? -4 * f.i : 4 * f.i)));
  };
}
