/** CPU models by qemu-ppc's names. */
import type { CpuModel } from '../target';
import type { PpcFeature } from './instruction';

export interface PpcModel extends CpuModel {
  readonly pvr: number;
  readonly platform: string;
  /** Bytes of a line of the data cache, which dcbz clears. */
  readonly cacheLine: number;
}

const FPU: readonly PpcFeature[] = ['fpu', 'stfiwx', 'fres', 'frsqrte', 'fsel'];
const CLASSIC: readonly PpcFeature[] = [...FPU, 'string', 'mftb', 'mcrxr', 'mfocrf'];

const MODELS: readonly (readonly [name: string, pvr: number, description: string, features: readonly PpcFeature[]])[] = [
  ['750', 0x00080301, 'PowerPC 750 (G3)', CLASSIC],
  ['7400', 0x000c0209, 'PowerPC 7400 (G4)', [...CLASSIC, 'altivec', 'dcba']],
];

export const PPC_CPU_MODELS: readonly PpcModel[] = MODELS.map(([name, pvr, description, features]) => ({
  name,
  description,
  features: new Set<string>(features),
  pvr,
  cacheLine: 32,
  platform: `ppc${name}`,
}));

/** The PowerPC side of a model. Throws if it is another target's. */
export function ppcModel(model: CpuModel): PpcModel {
  const found = PPC_CPU_MODELS.find((m) => m.name === model.name);
  if (found === undefined) throw new RangeError(`no PowerPC model ${model.name}`);
  return found;
}

export function cacheLineOf(model: CpuModel): number {
  return ppcModel(model).cacheLine;
}

/** AT_PLATFORM: the name of the model's family, as the kernel has it (arch/powerpc/kernel/cputable.c). */
export function platformOf(model: CpuModel): string {
  return ppcModel(model).platform;
}
