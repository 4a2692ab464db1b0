/** Names of VFP and Advanced SIMD operands for the disassembler, in objdump's spelling. */
import { transferList, type VfpTransfer } from './lift/vfp-load-store';
import { vfpRegister } from './lift/vfp-registers';

/** `s3` or, with z = 1, `d3`. */
export function vfpName(z: number, field: number, extra: number): string {
  return `${z === 1 ? 'd' : 's'}${vfpRegister(z, field, extra)}`;
}

/** `f32` or `f64`. */
export function floatType(z: number): string {
  return z === 1 ? 'f64' : 'f32';
}

interface Operands {
  readonly z: number;
  readonly d: number;
  readonly D: number;
  readonly m: number;
  readonly M: number;
}

/** `vadd.f64 d0, d1, d2`. */
export function threeRegisterSyntax(mnemonic: string) {
  return (f: Operands & { readonly n: number; readonly N: number }): string =>
    `${mnemonic}{c}.${floatType(f.z)} ${vfpName(f.z, f.d, f.D)}, ${vfpName(f.z, f.n, f.N)}, ${vfpName(f.z, f.m, f.M)}`;
}

/** `vneg.f64 d0, d1`. */
export function twoRegisterSyntax(mnemonic: string) {
  return (f: Operands): string => `${mnemonic}{c}.${floatType(f.z)} ${vfpName(f.z, f.d, f.D)}, ${vfpName(f.z, f.m, f.M)}`;
}

/** `{d8-d9}` of a load or store multiple. */
export function registerRange(f: VfpTransfer): string {
  const list = transferList(f) ?? { first: vfpRegister(f.z, f.d, f.D), count: 1 };
  return rangeOf(f.z === 1 ? 'd' : 's', list.first, list.count);
}

/** `{d8}` or `{d8-d9}`. */
function rangeOf(letter: string, first: number, count: number): string {
  return count === 1 ? `{${letter}${first}}` : `{${letter}${first}-${letter}${first + count - 1}}`;
}
