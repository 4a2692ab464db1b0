/** 16-bit Thumb encodings (Arm ARM DDI 0406C, section A6.2). */
import { conditionName, hex, registerList } from './disassemble';
import { inst, type ArmRow } from './instruction';
import { LR, PC, SP, type LiftContext, type ShiftedOperand, type ShiftType } from './lift-context';
import { branch, branchExchange, branchLinkExchangeRegister } from './lift/branch';
import { adr, dataProcessing, movHint, shiftedRegister, type DataProcessingOp } from './lift/data-processing';
import { bkpt, hint, svc, udf } from './lift/hints';
import { immediateAddress, load, offsetIndexing, registerAddress, store, type LoadKind, type StoreKind } from './lift/load-store';
import { loadMultiple, storeMultiple } from './lift/load-store-multiple';
import { mul } from './lift/multiply';
import { extend, rev, rev16, revsh } from './lift/packing';
import { cps, setend } from './lift/status';
import { compareAndBranch, conditionalBranch, ifThen } from './lift/thumb-branch';

/** UDF's immediate that stands for a breakpoint. */
const KERNEL_BREAKPOINT = 1;

/** Data processing on low registers: sets the flags except inside an IT block. */
function lowDataProcessing(cx: LiftContext, op: DataProcessingOp, d: number, n: number, operand: ShiftedOperand): void | false {
  return dataProcessing(cx, op, { d, n, s: !cx.inItBlock }, operand);
}

function registerOperand(cx: LiftContext, m: number): ShiftedOperand {
  return cx.shift(cx.reg(m), 'LSL', 0);
}

const SHIFT_BY_IMMEDIATE = [
  ['LSL', '00', 0],
  ['LSR', '01', 1],
  ['ASR', '10', 2],
] as const;

/** LSR and ASR by 0 mean 32. */
function immediateShiftRow([op, code, y]: (typeof SHIFT_BY_IMMEDIATE)[number]): ArmRow {
  return inst(
    `${op}_imm`,
    'v4t',
    `000${code}vvvvvmmmddd`,
    ({ v }) => `${op.toLowerCase()}{S}{c} {d}, {m}, #${v === 0 ? 32 : v}`,
    (cx, { d, m, v }) => lowDataProcessing(cx, 'MOV', d, 0, shiftedRegister(cx, { m, y, v })),
  );
}

/** Section A6.2.1: shift, add, subtract, move and compare. */
const ARITHMETIC: readonly ArmRow[] = [
  ...SHIFT_BY_IMMEDIATE.map(immediateShiftRow),
  inst('MOV_reg_low', 'v4t', '0000000000mmmddd', 'mov{S}{c} {d}, {m}', (cx, { d, m }) =>
    lowDataProcessing(cx, 'MOV', d, 0, registerOperand(cx, m)),
  ),
  inst('ADD_reg', 'v4t', '0001100mmmnnnddd', 'add{S}{c} {d}, {n}, {m}', (cx, { d, n, m }) =>
    lowDataProcessing(cx, 'ADD', d, n, registerOperand(cx, m)),
  ),
  inst('SUB_reg', 'v4t', '0001101mmmnnnddd', 'sub{S}{c} {d}, {n}, {m}', (cx, { d, n, m }) =>
    lowDataProcessing(cx, 'SUB', d, n, registerOperand(cx, m)),
  ),
  inst('ADD_imm3', 'v4t', '0001110iiinnnddd', 'add{S}{c} {d}, {n}, {#i}', (cx, { d, n, i }) =>
    lowDataProcessing(cx, 'ADD', d, n, cx.immediate(i)),
  ),
  inst('SUB_imm3', 'v4t', '0001111iiinnnddd', 'sub{S}{c} {d}, {n}, {#i}', (cx, { d, n, i }) =>
    lowDataProcessing(cx, 'SUB', d, n, cx.immediate(i)),
  ),
  inst('MOV_imm', 'v4t', '00100dddiiiiiiii', 'mov{S}{c} {d}, {#i}', (cx, { d, i }) => lowDataProcessing(cx, 'MOV', d, 0, cx.immediate(i))),
  inst('CMP_imm', 'v4t', '00101nnniiiiiiii', 'cmp{c} {n}, {#i}', (cx, { n, i }) =>
    dataProcessing(cx, 'CMP', { n, s: true }, cx.immediate(i)),
  ),
  inst('ADD_imm8', 'v4t', '00110dddiiiiiiii', 'add{S}{c} {d}, {#i}', (cx, { d, i }) => lowDataProcessing(cx, 'ADD', d, d, cx.immediate(i))),
  inst('SUB_imm8', 'v4t', '00111dddiiiiiiii', 'sub{S}{c} {d}, {#i}', (cx, { d, i }) => lowDataProcessing(cx, 'SUB', d, d, cx.immediate(i))),
];

/** Section A6.2.2: Rdn and Rm. */
const TWO_REGISTERS = [
  ['AND', '0000'],
  ['EOR', '0001'],
  ['ADC', '0101'],
  ['SBC', '0110'],
  ['ORR', '1100'],
  ['BIC', '1110'],
  ['MVN', '1111'],
] as const satisfies readonly (readonly [DataProcessingOp, string])[];

const SHIFT_BY_REGISTER = [
  ['LSL', '0010'],
  ['LSR', '0011'],
  ['ASR', '0100'],
  ['ROR', '0111'],
] as const satisfies readonly (readonly [ShiftType, string])[];

const COMPARISONS = [
  ['TST', '1000'],
  ['CMP', '1010'],
  ['CMN', '1011'],
] as const satisfies readonly (readonly [DataProcessingOp, string])[];

const REGISTER_DATA_PROCESSING: readonly ArmRow[] = [
  ...TWO_REGISTERS.map(([op, code]) =>
    inst(`${op}_reg`, 'v4t', `010000${code}mmmddd`, `${op.toLowerCase()}{S}{c} {d}, {m}`, (cx, { d, m }) =>
      lowDataProcessing(cx, op, d, d, registerOperand(cx, m)),
    ),
  ),
  ...SHIFT_BY_REGISTER.map(([type, code]) =>
    inst(`${type}_reg`, 'v4t', `010000${code}mmmddd`, `${type.toLowerCase()}{S}{c} {d}, {m}`, (cx, { d, m }) =>
      lowDataProcessing(cx, 'MOV', d, 0, cx.shiftByRegister(cx.reg(d), type, cx.reg(m))),
    ),
  ),
  ...COMPARISONS.map(([op, code]) =>
    inst(`${op}_reg`, 'v4t', `010000${code}mmmnnn`, `${op.toLowerCase()}{c} {n}, {m}`, (cx, { n, m }) =>
      dataProcessing(cx, op, { n, s: true }, registerOperand(cx, m)),
    ),
  ),
  inst('RSB_imm', 'v4t', '0100001001nnnddd', 'neg{S}{c} {d}, {n}', (cx, { d, n }) => lowDataProcessing(cx, 'RSB', d, n, cx.immediate(0))),
  inst('MUL', 'v4t', '0100001101nnnddd', 'mul{S}{c} {d}, {n}', (cx, { d, n }) => mul(cx, { d, n, m: d, s: !cx.inItBlock })),
];

/** Section A6.2.3: special data instructions and branch and exchange; these reach the high registers. */
const HIGH_REGISTERS: readonly ArmRow[] = [
  inst('ADD_reg_high', 'v4t', '01000100dmmmmddd', 'add{c} {d}, {m}', (cx, { d, m }) =>
    dataProcessing(cx, 'ADD', { d, n: d, s: false }, registerOperand(cx, m)),
  ),
  inst('CMP_reg_high', 'v4t', '01000101nmmmmnnn', 'cmp{c} {n}, {m}', (cx, { n, m }) =>
    dataProcessing(cx, 'CMP', { n, s: true }, registerOperand(cx, m)),
  ),
  inst('MOV_reg_high', 'v4t', '01000110dmmmmddd', 'mov{c} {d}, {m}', (cx, { d, m }) =>
    dataProcessing(cx, 'MOV', { d, s: false, hint: movHint(m) }, registerOperand(cx, m)),
  ),
  inst('BX', 'v4t', '010001110mmmm000', 'bx{c} {m}', branchExchange),
  inst('BLX_reg', 'v5', '010001111mmmm000', 'blx{c} {m}', branchLinkExchangeRegister),
];

const REGISTER_LOADS = [
  ['LDRSB', '011', 'signedByte'],
  ['LDR', '100', 'word'],
  ['LDRH', '101', 'half'],
  ['LDRB', '110', 'byte'],
  ['LDRSH', '111', 'signedHalf'],
] as const satisfies readonly (readonly [string, string, LoadKind])[];

const REGISTER_STORES = [
  ['STR', '000', 'word'],
  ['STRH', '001', 'half'],
  ['STRB', '010', 'byte'],
] as const satisfies readonly (readonly [string, string, StoreKind])[];

/** Opcode and access size; the immediate counts in units of that size. */
const IMMEDIATE_LOADS = [
  ['LDR', '01101', 'word', 4],
  ['LDRB', '01111', 'byte', 1],
  ['LDRH', '10001', 'half', 2],
] as const satisfies readonly (readonly [string, string, LoadKind, number])[];

const IMMEDIATE_STORES = [
  ['STR', '01100', 'word', 4],
  ['STRB', '01110', 'byte', 1],
  ['STRH', '10000', 'half', 2],
] as const satisfies readonly (readonly [string, string, StoreKind, number])[];

/** `[rn, #12]`; a zero offset is left out, as in objdump's listing. */
function offsetSyntax(name: string, scale: number): (f: { readonly i: number }) => string {
  return ({ i }) => `${name.toLowerCase()}{c} {t}, ${i === 0 ? '[{n}]' : `[{n}, #${i * scale}]`}`;
}

/** Section A6.2.4 and the loads of A6.2. */
const LOAD_STORE: readonly ArmRow[] = [
  inst('LDR_literal', 'v4t', '01001tttiiiiiiii', 'ldr{c} {t}, [pc, {#i*4}]', (cx, { t, i }) =>
    load(cx, 'word', t, immediateAddress(cx, offsetIndexing(PC), 4 * i)),
  ),
  ...REGISTER_LOADS.map(([name, code, kind]) =>
    inst(`${name}_reg`, 'v4t', `0101${code}mmmnnnttt`, `${name.toLowerCase()}{c} {t}, {addrm}`, (cx, { t, n, m }) =>
      load(cx, kind, t, registerAddress(cx, offsetIndexing(n), cx.reg(m))),
    ),
  ),
  ...REGISTER_STORES.map(([name, code, kind]) =>
    inst(`${name}_reg`, 'v4t', `0101${code}mmmnnnttt`, `${name.toLowerCase()}{c} {t}, {addrm}`, (cx, { t, n, m }) =>
      store(cx, kind, t, registerAddress(cx, offsetIndexing(n), cx.reg(m))),
    ),
  ),
  ...IMMEDIATE_LOADS.map(([name, code, kind, scale]) =>
    inst(`${name}_imm`, 'v4t', `${code}iiiiinnnttt`, offsetSyntax(name, scale), (cx, { t, n, i }) =>
      load(cx, kind, t, immediateAddress(cx, offsetIndexing(n), scale * i)),
    ),
  ),
  ...IMMEDIATE_STORES.map(([name, code, kind, scale]) =>
    inst(`${name}_imm`, 'v4t', `${code}iiiiinnnttt`, offsetSyntax(name, scale), (cx, { t, n, i }) =>
      store(cx, kind, t, immediateAddress(cx, offsetIndexing(n), scale * i)),
    ),
  ),
  inst('STR_sp', 'v4t', '10010tttiiiiiiii', 'str{c} {t}, [sp, {#i*4}]', (cx, { t, i }) =>
    store(cx, 'word', t, immediateAddress(cx, offsetIndexing(SP), 4 * i)),
  ),
  inst('LDR_sp', 'v4t', '10011tttiiiiiiii', 'ldr{c} {t}, [sp, {#i*4}]', (cx, { t, i }) =>
    load(cx, 'word', t, immediateAddress(cx, offsetIndexing(SP), 4 * i)),
  ),
];

const STACK = { n: SP, w: 1 } as const;
const DESCENDING = { p: 1, u: 0 } as const;
const ASCENDING = { p: 0, u: 1 } as const;

const MULTIPLE: readonly ArmRow[] = [
  inst('STM', 'v4t', '11000nnnllllllll', 'stmia{c} {n}!, {list}', (cx, { n, l }) => storeMultiple(cx, { n, l, ...ASCENDING, w: 1 })),
  // The base is written back unless it is loaded.
  inst(
    'LDM',
    'v4t',
    '11001nnnllllllll',
    ({ n, l }) => `ldmia{c} {n}${(l >> n) & 1 ? '' : '!'}, {list}`,
    (cx, { n, l }) => loadMultiple(cx, { n, l, ...ASCENDING, w: ((l >> n) & 1) ^ 1 }),
  ),
  inst(
    'PUSH',
    'v4t',
    '1011010kllllllll',
    ({ k, l }) => `push{c} ${registerList((k << LR) | l)}`,
    (cx, { k, l }) => storeMultiple(cx, { ...STACK, ...DESCENDING, l: (k << LR) | l }),
  ),
  inst(
    'POP',
    'v4t',
    '1011110kllllllll',
    ({ k, l }) => `pop{c} ${registerList((k << PC) | l)}`,
    (cx, { k, l }) => loadMultiple(cx, { ...STACK, ...ASCENDING, l: (k << PC) | l }),
  ),
];

const EXTENSIONS = [
  ['SXTH', '00'],
  ['SXTB', '01'],
  ['UXTH', '10'],
  ['UXTB', '11'],
] as const;

/** PC-relative and SP-relative addresses, and section A6.2.5: miscellaneous. */
const MISCELLANEOUS: readonly ArmRow[] = [
  inst('ADR', 'v4t', '10100dddiiiiiiii', 'add{c} {d}, pc, {#i*4}', (cx, f) => adr(cx, f, 4 * f.i)),
  inst('ADD_sp_imm', 'v4t', '10101dddiiiiiiii', 'add{c} {d}, sp, {#i*4}', (cx, { d, i }) =>
    dataProcessing(cx, 'ADD', { d, n: SP, s: false }, cx.immediate(4 * i)),
  ),
  inst('ADD_sp', 'v4t', '101100000iiiiiii', 'add{c} sp, {#i*4}', (cx, { i }) =>
    dataProcessing(cx, 'ADD', { d: SP, n: SP, s: false }, cx.immediate(4 * i)),
  ),
  inst('SUB_sp', 'v4t', '101100001iiiiiii', 'sub{c} sp, {#i*4}', (cx, { i }) =>
    dataProcessing(cx, 'SUB', { d: SP, n: SP, s: false }, cx.immediate(4 * i)),
  ),
  ...EXTENSIONS.map(([kind, code]) =>
    inst(kind, 'v6', `10110010${code}mmmddd`, `${kind.toLowerCase()}{c} {d}, {m}`, (cx, { d, m }) => extend(cx, kind, { d, m, r: 0 })),
  ),
  inst('REV', 'v6', '1011101000mmmddd', 'rev{c} {d}, {m}', rev),
  inst('REV16', 'v6', '1011101001mmmddd', 'rev16{c} {d}, {m}', rev16),
  inst('REVSH', 'v6', '1011101011mmmddd', 'revsh{c} {d}, {m}', revsh),
  inst(
    'SETEND',
    'v6',
    '101101100101e000',
    ({ e }) => `setend ${e === 1 ? 'be' : 'le'}`,
    (cx, { e }) => setend(cx, e === 1),
  ),
  inst(
    'CPS',
    'v6',
    '10110110011e0iii',
    ({ e, i }) => `cps${e === 1 ? 'id' : 'ie'} ${'aif'.replace(/./g, (x, k: number) => ((i >> (2 - k)) & 1 ? x : ''))}`,
    cps,
  ),
  inst(
    'BKPT',
    'v5',
    '10111110iiiiiiii',
    ({ i }) => `bkpt 0x${i.toString(16).padStart(4, '0')}`,
    (cx, { i }) => bkpt(cx, i),
  ),
];

/** IT's suffixes: `t` for each further instruction with firstcond, `e` for its inverse. */
function itSyntax({ f, k }: { readonly f: number; readonly k: number }): string {
  let suffix = '';
  for (let bit = 3; (k & ((1 << bit) - 1)) !== 0; bit--) suffix += ((k >> bit) & 1) === (f & 1) ? 't' : 'e';
  return `it${suffix} ${f === 14 ? 'al' : conditionName(f)}`;
}

const HINTS = ['nop', 'yield', 'wfe', 'wfi', 'sev', 'sevl'] as const;

const IF_THEN: readonly ArmRow[] = [
  inst('IT', 'v6t2', '10111111ffffkkkk', itSyntax, ifThen),
  inst('HINT', 'v6t2', '10111111hhhh0000', ({ h }) => (h < HINTS.length ? `${HINTS[h]!}{c}` : `nop{c} {${h}}`), hint),
];

/** Signed byte offset of a branch's halfword offset of `bits` bits. */
function branchOffset(halfwords: number, bits: number): number {
  return (halfwords << (32 - bits)) >> (31 - bits);
}

function target(address: number, offset: number): string {
  return hex(address + 4 + offset);
}

/** Distance of CBZ's target from the PC: always forward. */
const forward = ({ i }: { readonly i: number }): number => 2 * i;

const BRANCHES: readonly ArmRow[] = [
  inst(
    'CBZ',
    'v6t2',
    '1011z0i1iiiiinnn',
    (f, pc) => `cb${f.z === 1 ? 'n' : ''}z {n}, ${target(pc, forward(f))}`,
    (cx, f) => compareAndBranch(cx, f.n, f.z === 1, forward(f)),
  ),
  inst(
    'B_cond',
    'v4t',
    '1101cccciiiiiiii',
    ({ c, i }, pc) => `b${conditionName(c)} ${target(pc, branchOffset(i, 8))}`,
    (cx, { c, i }) => conditionalBranch(cx, c, branchOffset(i, 8)),
  ),
  inst('UDF', 'v4t', '11011110iiiiiiii', 'udf{c} {#i}', udf(KERNEL_BREAKPOINT)),
  inst(
    'SVC',
    'v4t',
    '11011111iiiiiiii',
    ({ i }) => `svc{c} ${i}`,
    // Linux takes the number from r7 whatever the immediate (vector_swi in arch/arm/kernel/entry-common.S).
    (cx) => svc(cx, 0),
  ),
  inst(
    'B',
    'v4t',
    '11100iiiiiiiiiii',
    ({ i }, pc) => `b{c} ${target(pc, branchOffset(i, 11))}`,
    (cx, { i }) => branch(cx, branchOffset(i, 11)),
  ),
];

export const T16_ROWS: readonly ArmRow[] = [
  ...ARITHMETIC,
  ...REGISTER_DATA_PROCESSING,
  ...HIGH_REGISTERS,
  ...LOAD_STORE,
  ...MULTIPLE,
  ...MISCELLANEOUS,
  ...IF_THEN,
  ...BRANCHES,
];
