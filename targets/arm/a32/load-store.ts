/** A32 load/store encodings (Arm ARM DDI 0406C, sections A5.2.8, A5.2.9, A5.3 and A5.5). */
import { inst, type ArmRow } from '../instruction';
import { shiftedRegister } from '../lift/data-processing';
import { immediateAddress, load, loadDual, registerAddress, store, storeDual, type LoadKind } from '../lift/load-store';
import { loadMultiple, storeMultiple, type MultipleOperands } from '../lift/load-store-multiple';
import { SP } from '../lift-context';

/** `t` for the unprivileged variants, which have P=0 and W=1. */
function unprivileged({ p, w }: { p: number; w: number }): string {
  return p === 0 && w === 1 ? 't' : '';
}

/** STR Rt, [SP, #-4]! and LDR Rt, [SP], #4 are PUSH and POP of one register. */
function wordSyntax(name: 'ldr' | 'str') {
  return (f: { n: number; i: number; p: number; u: number; w: number }): string => {
    if (f.n === SP && f.i === 4) {
      if (name === 'str' && f.p === 1 && f.w === 1 && f.u === 0) return 'push{c} {{t}}';
      if (name === 'ldr' && f.p === 0 && f.w === 0 && f.u === 1) return 'pop{c} {{t}}';
    }
    return `${name}${unprivileged(f)}{c} {t}, {addr}`;
  };
}

const WORD_AND_BYTE: readonly ArmRow[] = [
  inst('STR_imm', undefined, 'cccc010pu0w0nnnnttttiiiiiiiiiiii', wordSyntax('str'), (cx, f) =>
    store(cx, 'word', f.t, immediateAddress(cx, f, f.i)),
  ),
  inst('LDR_imm', undefined, 'cccc010pu0w1nnnnttttiiiiiiiiiiii', wordSyntax('ldr'), (cx, f) =>
    load(cx, 'word', f.t, immediateAddress(cx, f, f.i)),
  ),
  inst(
    'STRB_imm',
    undefined,
    'cccc010pu1w0nnnnttttiiiiiiiiiiii',
    (f) => `strb${unprivileged(f)}{c} {t}, {addr}`,
    (cx, f) => store(cx, 'byte', f.t, immediateAddress(cx, f, f.i)),
  ),
  inst(
    'LDRB_imm',
    undefined,
    'cccc010pu1w1nnnnttttiiiiiiiiiiii',
    (f) => `ldrb${unprivileged(f)}{c} {t}, {addr}`,
    (cx, f) => load(cx, 'byte', f.t, immediateAddress(cx, f, f.i)),
  ),
  inst(
    'STR_reg',
    undefined,
    'cccc011pu0w0nnnnttttvvvvvyy0mmmm',
    (f) => `str${unprivileged(f)}{c} {t}, {addrm}`,
    (cx, f) => store(cx, 'word', f.t, registerAddress(cx, f, shiftedRegister(cx, f).value)),
  ),
  inst(
    'LDR_reg',
    undefined,
    'cccc011pu0w1nnnnttttvvvvvyy0mmmm',
    (f) => `ldr${unprivileged(f)}{c} {t}, {addrm}`,
    (cx, f) => load(cx, 'word', f.t, registerAddress(cx, f, shiftedRegister(cx, f).value)),
  ),
  inst(
    'STRB_reg',
    undefined,
    'cccc011pu1w0nnnnttttvvvvvyy0mmmm',
    (f) => `strb${unprivileged(f)}{c} {t}, {addrm}`,
    (cx, f) => store(cx, 'byte', f.t, registerAddress(cx, f, shiftedRegister(cx, f).value)),
  ),
  inst(
    'LDRB_reg',
    undefined,
    'cccc011pu1w1nnnnttttvvvvvyy0mmmm',
    (f) => `ldrb${unprivileged(f)}{c} {t}, {addrm}`,
    (cx, f) => load(cx, 'byte', f.t, registerAddress(cx, f, shiftedRegister(cx, f).value)),
  ),
];

/** Extra loads by their L bit and op field (bits 20 and 6-5). */
const EXTRA_LOADS = [
  ['LDRH', '01', 'half'],
  ['LDRSB', '10', 'signedByte'],
  ['LDRSH', '11', 'signedHalf'],
] as const satisfies readonly (readonly [string, string, LoadKind])[];

function extraLoadRows([name, op, kind]: (typeof EXTRA_LOADS)[number]): ArmRow[] {
  const mnemonic = name.toLowerCase();
  return [
    inst(
      `${name}_imm`,
      undefined,
      `cccc000pu1w1nnnnttttiiii1${op}1iiii`,
      (f) => `${mnemonic}${unprivileged(f)}{c} {t}, {addr}`,
      (cx, f) => load(cx, kind, f.t, immediateAddress(cx, f, f.i)),
    ),
    inst(
      `${name}_reg`,
      undefined,
      `cccc000pu0w1nnnntttt00001${op}1mmmm`,
      (f) => `${mnemonic}${unprivileged(f)}{c} {t}, {addrm}`,
      (cx, f) => load(cx, kind, f.t, registerAddress(cx, f, cx.reg(f.m))),
    ),
  ];
}

/** An odd Rt is UNDEFINED; P=0 W=1, the unprivileged form elsewhere, is UNPREDICTABLE (qemu-arm: SIGILL). */
function isUndefinedDual({ t, p, w }: { t: number; p: number; w: number }): boolean {
  return t % 2 === 1 || (p === 0 && w === 1);
}

const EXTRA: readonly ArmRow[] = [
  ...EXTRA_LOADS.flatMap(extraLoadRows),
  inst(
    'STRH_imm',
    undefined,
    'cccc000pu1w0nnnnttttiiii1011iiii',
    (f) => `strh${unprivileged(f)}{c} {t}, {addr}`,
    (cx, f) => store(cx, 'half', f.t, immediateAddress(cx, f, f.i)),
  ),
  inst(
    'STRH_reg',
    undefined,
    'cccc000pu0w0nnnntttt00001011mmmm',
    (f) => `strh${unprivileged(f)}{c} {t}, {addrm}`,
    (cx, f) => store(cx, 'half', f.t, registerAddress(cx, f, cx.reg(f.m))),
  ),
  inst('LDRD_imm', 'v5te', 'cccc000pu1w0nnnnttttiiii1101iiii', 'ldrd{c} {t}, {t+1}, {addr}', (cx, f) =>
    isUndefinedDual(f) ? false : loadDual(cx, f.t, f.t + 1, immediateAddress(cx, f, f.i)),
  ),
  inst('LDRD_reg', 'v5te', 'cccc000pu0w0nnnntttt00001101mmmm', 'ldrd{c} {t}, {t+1}, {addrm}', (cx, f) =>
    isUndefinedDual(f) ? false : loadDual(cx, f.t, f.t + 1, registerAddress(cx, f, cx.reg(f.m))),
  ),
  inst('STRD_imm', 'v5te', 'cccc000pu1w0nnnnttttiiii1111iiii', 'strd{c} {t}, {t+1}, {addr}', (cx, f) =>
    isUndefinedDual(f) ? false : storeDual(cx, f.t, f.t + 1, immediateAddress(cx, f, f.i)),
  ),
  inst('STRD_reg', 'v5te', 'cccc000pu0w0nnnntttt00001111mmmm', 'strd{c} {t}, {t+1}, {addrm}', (cx, f) =>
    isUndefinedDual(f) ? false : storeDual(cx, f.t, f.t + 1, registerAddress(cx, f, cx.reg(f.m))),
  ),
];

/** Mode suffix as objdump spells it: IA is the default. */
function multipleSyntax(name: 'ldm' | 'stm') {
  return (f: MultipleOperands): string => {
    const several = (f.l & (f.l - 1)) !== 0;
    const mode = f.p * 2 + f.u;
    if (f.n === SP && f.w === 1 && several && mode === (name === 'ldm' ? 1 : 2)) return `${name === 'ldm' ? 'pop' : 'push'}{c} {list}`;
    const suffix = ['da', f.w === 1 ? 'ia' : '', 'db', 'ib'][mode]!;
    return `${name}${suffix}{c} {n}{w}, {list}`;
  };
}

const MULTIPLE: readonly ArmRow[] = [
  inst('STM', undefined, 'cccc100pu0w0nnnnllllllllllllllll', multipleSyntax('stm'), storeMultiple),
  inst('LDM', undefined, 'cccc100pu0w1nnnnllllllllllllllll', multipleSyntax('ldm'), loadMultiple),
  // UNPREDICTABLE in User mode (qemu-arm: SIGILL)
  inst(
    'STM_user',
    undefined,
    'cccc100pu1w0nnnnllllllllllllllll',
    (f) => `${multipleSyntax('stm')(f)}^`,
    () => false,
  ),
  inst(
    'LDM_user',
    undefined,
    'cccc100pu1w1nnnnllllllllllllllll',
    (f) => `${multipleSyntax('ldm')(f)}^`,
    () => false,
  ),
];

export const LOAD_STORE_ROWS: readonly ArmRow[] = [...WORD_AND_BYTE, ...EXTRA, ...MULTIPLE];

/** Preload hints of the unconditional space; no effect. */
const preload = (): void => {};

export const PRELOAD_ROWS: readonly ArmRow[] = [
  inst('PLD_imm', 'v5te', '11110101u101nnnn1111iiiiiiiiiiii', 'pld {addr}', preload),
  inst('PLD_reg', 'v5te', '11110111u101nnnn1111vvvvvyy0mmmm', 'pld {addrm}', preload),
  inst('PLDW_imm', 'mp', '11110101u001nnnn1111iiiiiiiiiiii', 'pldw {addr}', preload),
  inst('PLDW_reg', 'mp', '11110111u001nnnn1111vvvvvyy0mmmm', 'pldw {addrm}', preload),
  inst('PLI_imm', 'v7', '11110100u101nnnn1111iiiiiiiiiiii', 'pli {addr}', preload),
  inst('PLI_reg', 'v7', '11110110u101nnnn1111vvvvvyy0mmmm', 'pli {addrm}', preload),
  // Unallocated memory hints execute as no operation (section A5.7.1)
  inst('hint_imm', 'mp', '11110100-001--------------------', '<memory hint>', preload),
  inst('hint_reg', 'mp', '11110110-001---------------0----', '<memory hint>', preload),
];
