/** T32 branches, status register access, hints, barriers and coprocessor transfers (Arm ARM DDI 0406C, sections A6.3.4 and A6.3.18). */
import { conditionName, hex } from '../disassemble';
import { inst, type ArmRow } from '../instruction';
import { branch, branchExchangeJazelle, branchLink, branchLinkExchange } from '../lift/branch';
import { mcr, mrc, type CoprocessorOperands } from '../lift/coprocessor';
import { clearExclusive } from '../lift/exclusive';
import { barrier, hint, isb, udf } from '../lift/hints';
import { cps, mrs, msr } from '../lift/status';
import { conditionalBranch } from '../lift/thumb-branch';

/** UDF's immediate that stands for a breakpoint. */
const KERNEL_BREAKPOINT = 0;

/** The pieces of a branch offset: g = S, j = J1, k = J2, i and l the upper and lower immediate. */
interface OffsetFields {
  readonly g: number;
  readonly i: number;
  readonly j: number;
  readonly k: number;
  readonly l: number;
}

/** SignExtend(S:J2:J1:imm6:imm11:'0'). */
function conditionalOffset({ g, i, j, k, l }: OffsetFields): number {
  return (-g << 20) | (k << 19) | (j << 18) | (i << 12) | (l << 1);
}

/** SignExtend(S:I1:I2:imm10:lower) where I1 = NOT(J1 EOR S) and I2 = NOT(J2 EOR S). */
function longOffset({ g, i, j, k }: OffsetFields, lower: number): number {
  return (-g << 24) | ((j ^ g ^ 1) << 23) | ((k ^ g ^ 1) << 22) | (i << 12) | lower;
}

const branchOffset = (f: OffsetFields): number => longOffset(f, f.l << 1);
const exchangeOffset = (f: OffsetFields): number => longOffset(f, f.l << 2);

function target(address: number, offset: number): string {
  return hex(address + 4 + offset);
}

const BRANCHES: readonly ArmRow[] = [
  inst(
    'B_cond',
    'v6t2',
    '11110gcccciiiiii10j0klllllllllll',
    (f, pc) => `b${conditionName(f.c)}{q} ${target(pc, conditionalOffset(f))}`,
    (cx, f) => conditionalBranch(cx, f.c, conditionalOffset(f)),
  ),
  inst(
    'B',
    'v6t2',
    '11110giiiiiiiiii10j1klllllllllll',
    (f, pc) => `b{c}{q} ${target(pc, branchOffset(f))}`,
    (cx, f) => branch(cx, branchOffset(f)),
  ),
  // Before Thumb-2 BL was a pair of 16-bit instructions with J1 = J2 = 1; executed together they are this one.
  inst(
    'BL',
    'v4t',
    '11110giiiiiiiiii11j1klllllllllll',
    (f, pc) => `bl{c} ${target(pc, branchOffset(f))}`,
    (cx, f) => branchLink(cx, branchOffset(f)),
  ),
  inst(
    'BLX_imm',
    'v5',
    '11110giiiiiiiiii11j0kllllllllll0',
    (f, pc) => `blx{c} ${target(pc & ~3, exchangeOffset(f))}`,
    (cx, f) => branchLinkExchange(cx, exchangeOffset(f)),
  ),
  inst('BXJ', 'v6t2', '111100111100mmmm1000111100000000', 'bxj{c} {m}', branchExchangeJazelle),
  inst('UDF', 'v6t2', '111101111111iiii1010iiiiiiiiiiii', 'udf{c}{q} {#i}', udf(KERNEL_BREAKPOINT)),
];

const HINTS = ['nop', 'yield', 'wfe', 'wfi', 'sev', 'sevl'] as const;

/** objdump's spelling of a hint; those without a name are NOPs. */
function hintSyntax({ h }: { readonly h: number }): string {
  if (h >= 0xf0) return `dbg{c} #${h & 15}`;
  return h < HINTS.length ? `${HINTS[h]!}{c}{q}` : `nop{c}{q} {${h}}`;
}

/** `d` is the lower bit of imod, `k` is M, `a` the A, I and F bits and `i` the mode. */
interface ChangeStateFields {
  readonly d: number;
  readonly k: number;
  readonly a: number;
  readonly i: number;
}

function cpsSyntax({ d, k, a, i }: ChangeStateFields): string {
  // UNPREDICTABLE: no operation here and in qemu-arm
  if (k === 0 && i !== 0) return 'undefined (bcc, cond=0xE)';
  const flags = ['a', 'i', 'f'].filter((_, bit) => (a >> (2 - bit)) & 1).join('');
  return `cpsi${d === 1 ? 'd' : 'e'} ${flags}${k === 1 ? `, #${i}` : ''}`;
}

/** `CPSR_fsxc` with the letters of the mask. */
function cpsrFields(mask: number): string {
  return `CPSR_${['f', 's', 'x', 'c'].filter((_, i) => (mask >> (3 - i)) & 1).join('')}`;
}

const OPTIONS: Readonly<Record<number, string>> = {
  1: 'oshld',
  2: 'oshst',
  3: 'osh',
  5: 'nshld',
  6: 'unst',
  7: 'un',
  9: 'ishld',
  10: 'ishst',
  11: 'ish',
  13: 'ld',
  14: 'st',
  15: 'sy',
};

function barrierOption({ o }: { readonly o: number }): string {
  return OPTIONS[o] ?? `#${o}`;
}

const SYSTEM: readonly ArmRow[] = [
  inst(
    'MSR_reg',
    'v6t2',
    '111100111000nnnn1000kkkk00000000',
    ({ k }) => `msr{c} ${cpsrFields(k)}, {n}`,
    (cx, { n, k }) => msr(cx, k, cx.reg(n)),
  ),
  inst('MRS', 'v6t2', '11110011111011111000dddd00000000', 'mrs{c} {d}, CPSR', mrs),
  inst('CPS', 'v6t2', '1111001110101111100001dkaaaiiiii', cpsSyntax, cps),
  inst('CPS_mode', 'v6t2', '111100111010111110000001000iiiii', 'cps {#i}', cps),
  inst('HINT', 'v6t2', '111100111010111110000000hhhhhhhh', hintSyntax, hint),
  inst('CLREX', 'v7', '11110011101111111000111100101111', 'clrex{c}', clearExclusive),
  inst('DSB', 'v7', '1111001110111111100011110100oooo', (f) => `dsb{c} ${barrierOption(f)}`, barrier),
  inst('DMB', 'v7', '1111001110111111100011110101oooo', (f) => `dmb{c} ${barrierOption(f)}`, barrier),
  inst('SB', 'sb', '11110011101111111000111101110000', 'sb', hint),
  inst('ISB', 'v7', '1111001110111111100011110110oooo', (f) => `isb{c} ${f.o === 15 ? 'sy' : '{#o}'}`, isb),
];

/** `x`: L, from the coprocessor. */
function transferSyntax({ o, n, m, p, q, t, x }: CoprocessorOperands & { readonly x: number }): string {
  return `${x === 1 ? 'mrc' : 'mcr'}{c} ${p}, ${o}, ${x === 1 && t === 15 ? 'APSR_nzcv' : '{t}'}, cr${n}, cr${m}, {${q}}`;
}

/** Both directions in one row, since the VFP transfers, which are special cases of it, have rows of both directions. */
const COPROCESSOR: readonly ArmRow[] = [
  inst('MCR_MRC', 'v6t2', '11101110oooxnnnnttttppppqqq1mmmm', transferSyntax, (cx, f) => (f.x === 1 ? mrc(cx, f) : mcr(cx, f))),
];

export const BRANCH_SYSTEM_ROWS: readonly ArmRow[] = [...BRANCHES, ...SYSTEM, ...COPROCESSOR];
