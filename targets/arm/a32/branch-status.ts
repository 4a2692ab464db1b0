/** A32 branches, status register access and system instructions (Arm ARM DDI 0406C, sections A5.2.11, A5.2.12, A5.5 and A5.7). */
import { hex } from '../disassemble';
import { inst, type ArmRow } from '../instruction';
import { branch, branchExchange, branchExchangeJazelle, branchLink, branchLinkExchange, branchLinkExchangeRegister } from '../lift/branch';
import { armExpandImm } from '../lift/data-processing';
import { cps, mrs, msr, setend } from '../lift/status';

/** Signed byte offset of a 24-bit word offset. */
function offsetOf(imm24: number): number {
  return (imm24 << 8) >> 6;
}

/** The PC reads as the address of the instruction plus 8. */
function target(address: number, offset: number): string {
  return hex(address + 8 + offset);
}

/** `CPSR_fsxc` with the letters of the mask. */
function cpsrFields(mask: number): string {
  return `CPSR_${['f', 's', 'x', 'c'].filter((_, i) => (mask >> (3 - i)) & 1).join('')}`;
}

/** imod (`i`): 2 enables, 3 disables the interrupts of mask `x`; `f`: the mode changes to `m`. */
function cpsSyntax({ i, f, x, m }: { i: number; f: number; x: number; m: number }): string {
  if (i < 2) return `cps #${m}`;
  const mask = ['a', 'i', 'f'].filter((_, k) => (x >> (2 - k)) & 1).join('');
  return `cps${i === 2 ? 'ie' : 'id'} ${mask}${f === 1 ? `,#${m}` : ''}`;
}

/** Lifter of what is undefined or unpredictable in User mode; qemu-arm raises SIGILL for it. */
const privileged = (): false => false;

export const BRANCH_ROWS: readonly ArmRow[] = [
  inst(
    'B',
    undefined,
    'cccc1010iiiiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `b{c} ${target(pc, offsetOf(i))}`,
    (cx, { i }) => branch(cx, offsetOf(i)),
  ),
  inst(
    'BL',
    undefined,
    'cccc1011iiiiiiiiiiiiiiiiiiiiiiii',
    ({ i }, pc) => `bl{c} ${target(pc, offsetOf(i))}`,
    (cx, { i }) => branchLink(cx, offsetOf(i)),
  ),
  inst('BX', 'v4t', 'cccc000100101111111111110001mmmm', 'bx{c} {m}', branchExchange),
  inst('BXJ', 'v5te', 'cccc000100101111111111110010mmmm', 'bxj{c} {m}', branchExchangeJazelle),
  inst('BLX_reg', 'v5', 'cccc000100101111111111110011mmmm', 'blx{c} {m}', branchLinkExchangeRegister),
];

export const STATUS_ROWS: readonly ArmRow[] = [
  inst('MRS', undefined, 'cccc000100001111dddd000000000000', 'mrs{c} {d}, CPSR', mrs),
  inst('MRS_spsr', undefined, 'cccc000101001111dddd000000000000', 'mrs{c} {d}, SPSR', privileged),
  inst(
    'MSR_reg',
    undefined,
    'cccc00010010kkkk111100000000mmmm',
    ({ k }) => `msr{c} ${cpsrFields(k)}, {m}`,
    (cx, { k, m }) => msr(cx, k, cx.reg(m)),
  ),
  inst('MSR_reg_spsr', undefined, 'cccc00010110kkkk111100000000mmmm', 'msr{c} SPSR, {m}', privileged),
  inst(
    'MSR_imm',
    undefined,
    'cccc00110010kkkk1111iiiiiiiiiiii',
    ({ k }) => `msr{c} ${cpsrFields(k)}, {imm}`,
    (cx, { k, i }) => msr(cx, k, cx.ir.const32(armExpandImm(i))),
  ),
  inst('MSR_imm_spsr', undefined, 'cccc00110110kkkk1111iiiiiiiiiiii', 'msr{c} SPSR, {imm}', privileged),
  inst('SMC', 'v6k', 'cccc000101100000000000000111iiii', 'smc{c} {#i}', privileged),
  inst('HVC', 'v7', 'cccc00010100iiiiiiiiiiii0111iiii', 'hvc{c} {#i}', privileged),
  inst('ERET', 'v7', 'cccc0001011000000000000001101110', 'eret{c}', privileged),
];

/** The unconditional space, bits 31-28 = 1111. */
export const UNCONDITIONAL_SYSTEM_ROWS: readonly ArmRow[] = [
  inst(
    'BLX_imm',
    'v5',
    '1111101hiiiiiiiiiiiiiiiiiiiiiiii',
    ({ h, i }, pc) => `blx ${target(pc, offsetOf(i) + 2 * h)}`,
    (cx, { h, i }) => branchLinkExchange(cx, offsetOf(i) + 2 * h),
  ),
  inst(
    'SETEND',
    'v6',
    '1111000100000001000000e000000000',
    ({ e }) => `setend ${e === 1 ? 'be' : 'le'}`,
    (cx, { e }) => setend(cx, e === 1),
  ),
  inst('CPS', 'v6', '111100010000iif00000000xxx0mmmmm', cpsSyntax, cps),
  inst('SRS', 'v6', '1111100pu1w0110100000101000mmmmm', 'srs', privileged),
  inst('RFE', 'v6', '1111100pu0w1nnnn0000101000000000', 'rfe {n}', privileged),
];
