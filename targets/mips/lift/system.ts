/** System calls, breakpoints, traps, barriers and what User mode may read of the processor (MD00086, MD00090). */
import type { TrapKind } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import type { Condition } from './branch';
import { signed16 } from './integer';

/** Codes of BREAK and the conditional traps that Linux turns into SIGFPE (arch/mips/include/uapi/asm/break.h). */
const BRK_OVERFLOW = 6;
const BRK_DIVZERO = 7;

function kindOf(code: number): TrapKind {
  return code === BRK_OVERFLOW ? 'overflow' : code === BRK_DIVZERO ? 'divide' : 'breakpoint';
}

// SYSCALL code: the code has no meaning. In a delay slot Linux goes on behind the branch, untaken (handle_sys).
export function systemCall(cx: LiftContext): void {
  const next = cx.inDelaySlot ? cx.reportedPc + 4 : cx.pc + cx.size;
  cx.terminator = { kind: 'syscall', info: 0, next: cx.locationOf(next >>> 0) };
}

// BREAK code: assemblers put the code into the upper half of the field (arch/mips/kernel/traps.c, do_bp)
export function breakpoint(cx: LiftContext, { c }: { c: number }): void {
  cx.trap(kindOf(c >= 1 << 10 ? ((c & 0x3ff) << 10) | (c >> 10) : c), c);
}

/** TEQ and the like: rs, rt */
export function trapRegisters(condition: Condition) {
  return (cx: LiftContext, { s, t, c }: { s: number; t: number; c: number }): void =>
    cx.trapIf(condition(cx, cx.reg(s), cx.reg(t)), kindOf(c));
}

/** TEQI and the like: rs, immediate */
export function trapImmediate(condition: Condition) {
  return (cx: LiftContext, { s, i }: { s: number; i: number }): void =>
    cx.trapIf(condition(cx, cx.reg(s), cx.const(signed16(i))), 'breakpoint');
}

export function synchronise(cx: LiftContext): void {
  cx.ir.fence();
}

/** `info` of the system call that SYNCI lifts as: what translations there are of that line must go. */
export const SYNCI_CALL = 1;

// SYNCI offset(base)
export function synchroniseCode(cx: LiftContext, { s, i }: { s: number; i: number }): void {
  if (cx.inDelaySlot) return cx.trap('undefined');
  cx.setWord('synci_address', cx.ir.add32(cx.reg(s), cx.const(signed16(i))));
  cx.terminator = { kind: 'syscall', info: SYNCI_CALL, next: cx.locationOf((cx.pc + cx.size) >>> 0) };
}

/** Bytes that SYNCI covers: a cache line of qemu's 24Kf. */
export const SYNCI_STEP = 32;
/** Cycles per tick of the counter, as in qemu's models. */
const COUNTER_RESOLUTION = 2;
const USER_LOCAL = 29;

// RDHWR rt, rd
export function readHardwareRegister(cx: LiftContext, { t, d }: { t: number; d: number }): void | false {
  switch (d) {
    case 0: // CPUNum
      return cx.setReg(t, cx.const(0));
    case 1:
      return cx.setReg(t, cx.const(SYNCI_STEP));
    case 2:
      return cx.setReg(t, cx.ir.call0(helperIndex('cycle_counter')));
    case 3:
      return cx.setReg(t, cx.const(COUNTER_RESOLUTION));
    case USER_LOCAL:
      return cx.setReg(t, cx.word('user_local'));
    default:
      return false;
  }
}

export function noOperation(): void {
  // PREF, SSNOP, EHB, PAUSE: nothing that a program could observe here
}
