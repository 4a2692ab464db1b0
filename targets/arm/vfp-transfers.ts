/** Encodings of VFP loads, stores and register transfers (Arm ARM DDI 0406C, sections A7.6, A7.8 and A7.9). */
import { inst, type ArmRow } from './instruction';
import { loadStoreMultiple, loadStoreRegister, type VfpTransfer } from './lift/vfp-load-store';
import {
  laneOf,
  vmovCore,
  vmovDouble,
  vmovFromScalar,
  vmovSinglePair,
  vmovToScalar,
  vmrs,
  vmsr,
  type CorePairMove,
  type ScalarMove,
} from './lift/vfp-transfer';
import { PC, SP } from './lift-context';
import { registerRange, vfpName } from './vfp-syntax';

function addressSyntax(mnemonic: string) {
  return (f: VfpTransfer & { readonly u: number }): string => {
    const offset = f.i === 0 && f.u === 1 ? '' : `, #${f.u === 1 ? '' : '-'}${f.i * 4}`;
    return `${mnemonic}{c} ${vfpName(f.z, f.d, f.D)}, [{n}${offset}]`;
  };
}

/** Load or store multiple; on the stack with write-back it is VPOP or VPUSH. */
function multipleSyntax(mnemonic: string, mode: 'ia' | 'db', stackName: string) {
  return (f: VfpTransfer & { readonly w?: number }): string => {
    const writeBack = f.w !== 0;
    if (f.z === 1 && (f.i & 1) === 1) {
      const old = mnemonic === 'vldm' ? 'fldm' : 'fstm';
      return `${old}${mode}x{c} {n}${writeBack ? '!' : ''}, ${registerRange(f)}`;
    }
    if (f.n === SP && writeBack && (mode === 'ia') === (mnemonic === 'vldm')) return `${stackName}{c} ${registerRange(f)}`;
    return `${mnemonic}${mode}{c} {n}${writeBack ? '!' : ''}, ${registerRange(f)}`;
  };
}

const LOAD_STORE: readonly ArmRow[] = [
  inst('VSTR', 'vfp2', 'cccc1101uD00nnnndddd101ziiiiiiii', addressSyntax('vstr'), loadStoreRegister('store')),
  inst('VLDR', 'vfp2', 'cccc1101uD01nnnndddd101ziiiiiiii', addressSyntax('vldr'), loadStoreRegister('load')),
  inst('VSTM_ia', 'vfp2', 'cccc11001Dw0nnnndddd101ziiiiiiii', multipleSyntax('vstm', 'ia', 'vpush'), loadStoreMultiple('store', false)),
  inst('VLDM_ia', 'vfp2', 'cccc11001Dw1nnnndddd101ziiiiiiii', multipleSyntax('vldm', 'ia', 'vpop'), loadStoreMultiple('load', false)),
  inst('VSTM_db', 'vfp2', 'cccc11010D10nnnndddd101ziiiiiiii', multipleSyntax('vstm', 'db', 'vpush'), loadStoreMultiple('store', true)),
  inst('VLDM_db', 'vfp2', 'cccc11010D11nnnndddd101ziiiiiiii', multipleSyntax('vldm', 'db', 'vpop'), loadStoreMultiple('load', true)),
];

function pairSyntax(z: number, f: CorePairMove): string {
  const first = vfpName(z, f.m, f.M);
  const floats = z === 1 ? first : `${first}, s${((f.m << 1) | f.M) + 1}`;
  return f.o === 1 ? `vmov{c} {t}, {u}, ${floats}` : `vmov{c} ${floats}, {t}, {u}`;
}

function laneName(f: ScalarMove): string {
  return `${vfpName(1, f.n, f.N)}[${laneOf(f.x)?.index ?? 0}]`;
}

const TRANSFERS: readonly ArmRow[] = [
  // One row per direction, so that each is a special case of MCR or MRC
  inst(
    'VMOV_core_to_single',
    'vfp2',
    'cccc11100000nnnntttt1010N0010000',
    (f) => `vmov{c} ${vfpName(0, f.n, f.N)}, {t}`,
    (cx, f) => vmovCore(cx, { ...f, o: 0 }),
  ),
  inst(
    'VMOV_single_to_core',
    'vfp2',
    'cccc11100001nnnntttt1010N0010000',
    (f) => `vmov{c} {t}, ${vfpName(0, f.n, f.N)}`,
    (cx, f) => vmovCore(cx, { ...f, o: 1 }),
  ),
  inst('VMOV_core_pair_singles', 'vfp2', 'cccc1100010ouuuutttt101000M1mmmm', (f) => pairSyntax(0, f), vmovSinglePair),
  inst('VMOV_core_pair_double', 'vfp2', 'cccc1100010ouuuutttt101100M1mmmm', (f) => pairSyntax(1, f), vmovDouble),
  inst(
    'VMOV_to_scalar',
    'vfp2',
    'cccc11100xx0nnnntttt1011Nxx10000',
    (f) => `vmov{c}.${laneOf(f.x)?.size ?? 32} ${laneName(f)}, {t}`,
    vmovToScalar,
  ),
  inst(
    'VMOV_from_scalar',
    'vfp2',
    'cccc1110uxx1nnnntttt1011Nxx10000',
    (f) => {
      const size = laneOf(f.x)?.size ?? 32;
      return `vmov{c}.${size === 32 ? '' : f.u === 1 ? 'u' : 's'}${size} {t}, ${laneName(f)}`;
    },
    vmovFromScalar,
  ),
  inst('VMRS', 'vfp2', 'cccc11101111rrrrtttt101000010000', (f) => `vmrs{c} ${f.t === PC ? 'APSR_nzcv' : '{t}'}, fpscr`, vmrs),
  inst('VMSR', 'vfp2', 'cccc11101110rrrrtttt101000010000', 'vmsr{c} fpscr, {t}', vmsr),
];

export const VFP_TRANSFER_ROWS: readonly ArmRow[] = [...LOAD_STORE, ...TRANSFERS];
