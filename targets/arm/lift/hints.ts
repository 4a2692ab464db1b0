/** Hints, barriers and exception-generating instructions (Arm ARM DDI 0406C, sections A4.9 and A8.8). */
import type { LiftContext } from '../lift-context';
import { instructionBarrier } from './coprocessor';

// NOP, YIELD, WFE, WFI, SEV, DBG, PLD, PLDW, PLI: a process cannot tell them from no operation
export function hint(): void {}

// DMB{<c>} <option>; DSB{<c>} <option>: all options are treated as full system barriers
export function barrier(cx: LiftContext): void {
  cx.ir.fence();
}

// ISB{<c>} <option>
export const isb = instructionBarrier;

/** UDF<c> #<imm>; with one immediate Linux takes it for a breakpoint (arch/arm/kernel/ptrace.c). */
export function udf(breakpoint: number) {
  return (cx: LiftContext, { i }: { readonly i: number }): void => cx.trap(i === breakpoint ? 'breakpoint' : 'undefined');
}

// BKPT #<imm>
export function bkpt(cx: LiftContext, immediate: number): void {
  cx.trap('breakpoint', immediate);
}

// SVC<c> #<imm>
export function svc(cx: LiftContext, immediate: number): void {
  cx.supervisorCall(immediate);
}
