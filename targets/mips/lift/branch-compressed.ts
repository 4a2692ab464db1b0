/** Jumps and branches of MIPS16e and microMIPS (MD00076, MD00582): offsets count halfwords, delay slots have sizes. */
import type { I1, I32 } from '../../../translate/ir/types';
import { RA, type LiftContext } from '../lift-context';

/** Target of a branch with an offset in halfwords of so many bits, from the next instruction. */
export function halfwordTarget(pc: number, size: number, offset: number, bits: number): number {
  return (pc + size + ((offset << (32 - bits)) >> (31 - bits))) >>> 0;
}

/** Bytes of a delay slot: none, those that the branch prescribes, or what lies there. */
export type Slot = 'none' | 2 | 4 | 'any';

/** A branch of one of these kinds; `link` sets ra to behind the slot in any case. */
export function branchTo(cx: LiftContext, cond: I1, target: number, slot: Slot, link = false): void {
  if (slot === 'none') {
    if (cx.inDelaySlot) cx.trap('undefined');
    else
      cx.terminator =
        cx.ir.constantOf(cond) === 1
          ? { kind: 'jump', target: cx.locationOf(target) }
          : { kind: 'branch', cond, taken: cx.locationOf(target), otherwise: cx.locationOf((cx.pc + cx.size) >>> 0) };
    return;
  }
  cx.delaySlotSize = slot === 'any' ? 0 : slot;
  const always = cx.ir.constantOf(cond) === 1;
  if (link && always) cx.call(cx.locationOf(target));
  else {
    if (link) cx.link();
    if (always) cx.jump(cx.locationOf(target));
    else cx.branch(cond, target);
  }
}

/** JAL, JALS, JALX: to an address in either instruction set. */
export function callTo(cx: LiftContext, target: number, compressed: boolean, slot: 2 | 4): void {
  cx.delaySlotSize = slot;
  cx.call(compressed ? (target | 1) >>> 0 : target);
}

/** JR and JALR; without a slot the link is to the next instruction. */
export function jumpTo(cx: LiftContext, target: I32, from: number, slot: Slot, link = 0): void {
  const returns = from === RA && link === 0;
  if (slot !== 'none') {
    cx.delaySlotSize = slot === 'any' ? 0 : slot;
    if (link === 0) cx.jumpRegister(target, returns ? 'return' : 'jump');
    else cx.callRegister(target, link);
    return;
  }
  if (cx.inDelaySlot) return cx.trap('undefined');
  if (link === 0) cx.terminator = { kind: 'indirect', target, hint: returns ? 'return' : 'jump', mode: 0 };
  else {
    cx.setReg(link, cx.const(cx.afterInstruction));
    cx.terminator = { kind: 'indirect', target, hint: 'call', mode: 0, returns: cx.locationOf((cx.pc + cx.size) >>> 0) };
  }
}

/** What loads and additions relative to the pc start from: the jump's address for what is in its delay slot. */
export function pcBase(cx: LiftContext): number {
  const before = cx.delaySlotSize === 2 ? 2 : 4;
  return ((cx.inDelaySlot ? cx.pc - before : cx.pc) & ~3) >>> 0;
}
