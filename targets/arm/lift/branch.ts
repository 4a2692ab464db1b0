/** Branch instructions (Arm ARM DDI 0406C, section A4.3). */
import { LR, type LiftContext } from '../lift-context';
import { divideByLibrary } from './library-division';

// B<c> <label>: offset from the value the PC reads as
export function branch(cx: LiftContext, offset: number): void {
  cx.branchTo(cx.pcValue() + offset);
}

// BL<c> <label>
export function branchLink(cx: LiftContext, offset: number): void {
  if (cx.callsDivision()) divideByLibrary(cx);
  else cx.callTo(cx.pcValue() + offset, cx.thumb);
}

// BLX <label>: changes the instruction set; an A32 target counts from Align(PC, 4)
export function branchLinkExchange(cx: LiftContext, offset: number): void {
  cx.callTo((cx.thumb ? cx.alignedPc() : cx.pcValue()) + offset, !cx.thumb);
}

// BX<c> <Rm>
export function branchExchange(cx: LiftContext, { m }: { m: number }): void {
  cx.bxWritePC(cx.reg(m), m === LR ? 'return' : 'jump');
}

// BLX<c> <Rm>
export function branchLinkExchangeRegister(cx: LiftContext, { m }: { m: number }): void {
  cx.callRegister(cx.reg(m));
}

// BXJ<c> <Rm>: without Jazelle the same as BX
export const branchExchangeJazelle = branchExchange;
