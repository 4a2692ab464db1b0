/** CPU models by qemu-mips's names. */
import type { CpuModel } from '../target';
import type { MipsFeature } from './instruction';

const R1: readonly MipsFeature[] = ['pre6'];
const R2: readonly MipsFeature[] = [...R1, 'r2'];
const FPU: readonly MipsFeature[] = ['fpu', 'fpu-pre6', 'fpu-r2'];

const MODELS: readonly (readonly [name: string, description: string, features: readonly MipsFeature[]])[] = [
  ['24Kf', 'MIPS 24Kf, MIPS32 Release 2 with MIPS16e', [...R2, 'mips16', ...FPU]],
  ['4Kc', 'MIPS 4Kc, MIPS32 Release 1', R1],
  ['4Km', 'MIPS 4Km, MIPS32 Release 1 with MIPS16e', [...R1, 'mips16']],
  ['4KEcR1', 'MIPS 4KEc, MIPS32 Release 1', R1],
  ['4KEmR1', 'MIPS 4KEm, MIPS32 Release 1 with MIPS16e', [...R1, 'mips16']],
  ['4KEc', 'MIPS 4KEc, MIPS32 Release 2', R2],
  ['4KEm', 'MIPS 4KEm, MIPS32 Release 2 with MIPS16e', [...R2, 'mips16']],
  ['24Kc', 'MIPS 24Kc, MIPS32 Release 2 with MIPS16e', [...R2, 'mips16']],
  ['24KEc', 'MIPS 24KEc, MIPS32 Release 2 with MIPS16e and DSP', [...R2, 'mips16', 'dsp']],
  ['34Kf', 'MIPS 34Kf, MIPS32 Release 2 with MIPS16e and DSP', [...R2, 'mips16', ...FPU, 'dsp']],
  ['74Kf', 'MIPS 74Kf, MIPS32 Release 2 with MIPS16e and DSP Release 2', [...R2, 'mips16', ...FPU, 'dsp', 'dspr2']],
  ['M14K', 'MIPS M14K, MIPS32 Release 2 with microMIPS', [...R2, 'micromips']],
  ['M14Kc', 'MIPS M14Kc, MIPS32 Release 2 with microMIPS', [...R2, 'micromips']],
  ['P5600', 'MIPS P5600, MIPS32 Release 5 with MSA', [...R2, 'r5', ...FPU, 'msa']],
  ['mips32r6-generic', 'generic MIPS32 Release 6', ['r2', 'r5', 'r6', 'fpu', 'fpu-r2', 'fr1', 'nan2008']],
];

export const MIPS_CPU_MODELS: readonly CpuModel[] = MODELS.map(([name, description, features]) => ({
  name,
  description,
  features: new Set<string>(features),
}));

/** FIR of the models (what qemu-mips reports); others have no floating point. */
const IMPLEMENTATIONS: Readonly<Record<string, number>> = {
  '24Kf': 0x00739300,
  '34Kf': 0x00739500,
  '74Kf': 0x00739300,
  P5600: 0x30f30300,
  'mips32r6-generic': 0x20f30000,
};

export function implementationOf(model: string): number {
  return IMPLEMENTATIONS[model] ?? 0;
}
