/** T32 load/store encodings of one register or several (Arm ARM DDI 0406C, sections A6.3.5 and A6.3.7 to A6.3.10). */
import { inst, type ArmRow } from '../instruction';
import { PC, type LiftContext } from '../lift-context';
import { shiftedRegister } from '../lift/data-processing';
import {
  immediateAddress,
  load,
  offsetIndexing,
  registerAddress,
  store,
  type Address,
  type Indexing,
  type LoadKind,
  type StoreKind,
} from '../lift/load-store';
import { loadMultiple, storeMultiple, type MultipleOperands } from '../lift/load-store-multiple';

/** Sign bit (24), size field (bits 22-21) and the memory hint that the encodings mean when Rt is 1111; LDRSH's is unallocated. */
const LOADS = [
  ['LDRB', '0', '00', 'byte', 'pld{c}'],
  ['LDRH', '0', '01', 'half', 'pldw{c}'],
  ['LDR', '0', '10', 'word', undefined],
  ['LDRSB', '1', '00', 'signedByte', 'pli{c}'],
  ['LDRSH', '1', '01', 'signedHalf', 'ldrsh{c}{q} pc,'],
] as const satisfies readonly (readonly [string, string, string, LoadKind, string | undefined])[];

const STORES = [
  ['STRB', '00', 'byte'],
  ['STRH', '01', 'half'],
  ['STR', '10', 'word'],
] as const satisfies readonly (readonly [string, string, StoreKind])[];

/** P=1 U=1 W=0 with an 8-bit offset: LDRT and its like, which User mode cannot tell from the plain ones. */
function isUnprivileged({ p, u, w }: Indexing): boolean {
  return p === 1 && u === 1 && w === 0;
}

/** The negative literal offset and the base PC. */
function literalIndexing(): Indexing {
  return { n: PC, p: 1, u: 0, w: 0 };
}

/**
 * A load; a narrow one to Rt = 1111 is a preload hint. Rn = 1111 makes every addressing mode the literal
 * one with a 12-bit offset, so the rows without the U bit split that offset between them.
 */
function loadRows([name, sign, size, kind, hintName]: (typeof LOADS)[number]): ArmRow[] {
  const mnemonic = name.toLowerCase();
  const loadOrHint = (cx: LiftContext, t: number, address: () => Address): void => {
    if (t !== PC || hintName === undefined) load(cx, kind, t, address());
  };
  const syntax = (t: number, operands: string, ending = '{c}'): string =>
    t === PC && hintName !== undefined ? `${hintName} ${operands}` : `${mnemonic}${ending} {t}, ${operands}`;
  return [
    inst(
      `${name}_imm12`,
      'v6t2',
      `1111100${sign}1${size}1nnnnttttiiiiiiiiiiii`,
      ({ t }) => syntax(t, '{addr}', '{c}{q}'),
      (cx, { t, n, i }) => loadOrHint(cx, t, () => immediateAddress(cx, offsetIndexing(n), i)),
    ),
    inst(
      `${name}_imm8`,
      'v6t2',
      `1111100${sign}0${size}1nnnntttt1puwiiiiiiii`,
      (f) => (isUnprivileged(f) ? `${mnemonic}t{c} {t}, {addr}` : syntax(f.t, '{addr}')),
      (cx, f) => {
        if (f.p === 0 && f.w === 0) return false;
        const address = (): Address => immediateAddress(cx, f, f.i);
        // With write-back or unprivileged, Rt = 1111 is UNPREDICTABLE; qemu-arm then loads the PC.
        if (f.u === 0 && f.p === 1 && f.w === 0) loadOrHint(cx, f.t, address);
        else load(cx, kind, f.t, address());
      },
    ),
    inst(
      `${name}_reg`,
      'v6t2',
      `1111100${sign}0${size}1nnnntttt0zzzzzvvmmmm`,
      ({ t }) => syntax(t, '{addrm}', '{c}{q}'),
      (cx, { t, n, m, v, z }) => {
        if (z !== 0) return false;
        return loadOrHint(cx, t, () => registerAddress(cx, offsetIndexing(n), shiftedRegister(cx, { m, y: 0, v }).value));
      },
    ),
    inst(
      `${name}_literal_high`,
      'v6t2',
      `1111100${sign}0${size}11111tttt1iiiiiiiiiii`,
      ({ t, i }) => syntax(t, `[pc, #-${0x800 + i}]`, '{c}{q}'),
      (cx, { t, i }) => loadOrHint(cx, t, () => immediateAddress(cx, literalIndexing(), 0x800 + i)),
    ),
    inst(
      `${name}_literal_low`,
      'v6t2',
      `1111100${sign}0${size}11111tttt0iiiiiiiiiii`,
      ({ t, i }) => syntax(t, `[pc, #-${i}]`, '{c}{q}'),
      (cx, { t, i }) => loadOrHint(cx, t, () => immediateAddress(cx, literalIndexing(), i)),
    ),
  ];
}

/** Base 1111 is undefined. */
function storeRows([name, size, kind]: (typeof STORES)[number]): ArmRow[] {
  const mnemonic = name.toLowerCase();
  return [
    inst(`${name}_imm12`, 'v6t2', `111110001${size}0nnnnttttiiiiiiiiiiii`, `${mnemonic}{c}{q} {t}, {addr}`, (cx, { t, n, i }) =>
      n === PC ? false : store(cx, kind, t, immediateAddress(cx, offsetIndexing(n), i)),
    ),
    inst(
      `${name}_imm8`,
      'v6t2',
      `111110000${size}0nnnntttt1puwiiiiiiii`,
      (f) => `${mnemonic}${isUnprivileged(f) ? 't' : ''}{c} {t}, {addr}`,
      (cx, f) => (f.n === PC || (f.p === 0 && f.w === 0) ? false : store(cx, kind, f.t, immediateAddress(cx, f, f.i))),
    ),
    inst(`${name}_reg`, 'v6t2', `111110000${size}0nnnntttt000000vvmmmm`, `${mnemonic}{c}{q} {t}, {addrm}`, (cx, { t, n, m, v }) =>
      n === PC ? false : store(cx, kind, t, registerAddress(cx, offsetIndexing(n), shiftedRegister(cx, { m, y: 0, v }).value)),
    ),
  ];
}

/** Fewer than two registers, and write-back of a base in the list, are UNPREDICTABLE, and undefined in qemu-arm. */
function isUndefinedMultiple({ n, l, w }: Pick<MultipleOperands, 'n' | 'l' | 'w'>): boolean {
  return (l & (l - 1)) === 0 || (w === 1 && ((l >> n) & 1) === 1);
}

const INCREMENT_AFTER = { p: 0, u: 1 } as const;
const DECREMENT_BEFORE = { p: 1, u: 0 } as const;

const MULTIPLE: readonly ArmRow[] = [
  inst('STM', 'v6t2', '1110100010w0nnnnllllllllllllllll', 'stmia{c}{q} {n}{w}, {list}', (cx, f) =>
    isUndefinedMultiple(f) ? false : storeMultiple(cx, { ...f, ...INCREMENT_AFTER }),
  ),
  inst('LDM', 'v6t2', '1110100010w1nnnnllllllllllllllll', 'ldmia{c}{q} {n}{w}, {list}', (cx, f) =>
    isUndefinedMultiple(f) ? false : loadMultiple(cx, { ...f, ...INCREMENT_AFTER }),
  ),
  inst('STMDB', 'v6t2', '1110100100w0nnnnllllllllllllllll', 'stmdb{c} {n}{w}, {list}', (cx, f) =>
    isUndefinedMultiple(f) ? false : storeMultiple(cx, { ...f, ...DECREMENT_BEFORE }),
  ),
  inst('LDMDB', 'v6t2', '1110100100w1nnnnllllllllllllllll', 'ldmdb{c} {n}{w}, {list}', (cx, f) =>
    isUndefinedMultiple(f) ? false : loadMultiple(cx, { ...f, ...DECREMENT_BEFORE }),
  ),
];

export const LOAD_STORE_ROWS: readonly ArmRow[] = [...LOADS.flatMap(loadRows), ...STORES.flatMap(storeRows), ...MULTIPLE];
