/** CPU models by qemu-ppc's names. Of those that differ in their revision only, one is here. */
import type { CpuModel } from '../target';
import type { PpcFeature } from './instruction';

export interface PpcModel extends CpuModel {
  /** Processor version register. */
  readonly pvr: number;
  /** AT_PLATFORM. */
  readonly platform: string;
  /** Bytes of a line of the data cache, which dcbz clears. */
  readonly cacheLine: number;
}

/** What models of a family have in common. */
interface Family {
  readonly description: string;
  readonly platform: string;
  readonly features: readonly PpcFeature[];
  readonly cacheLine?: number;
}

const FPU: readonly PpcFeature[] = ['fpu', 'stfiwx', 'fres', 'frsqrte', 'fsel'];
const EXTENDED_FPU: readonly PpcFeature[] = [...FPU, 'fsqrt', 'fpu-isa205', 'fpu-isa206'];
const MAC: readonly PpcFeature[] = ['405-mac', 'dlmzb'];
const SPE: readonly PpcFeature[] = ['book-e', 'spe', 'efp-single'];

const DEFAULT_CACHE_LINE = 32;

// prettier-ignore
const FAMILIES = {
  mpc5xx: { description: 'MPC5xx', platform: 'ppc5xx', features: FPU },
  mpc8xx: { description: 'MPC8xx, without floating point', platform: 'ppc823', features: [], cacheLine: 16 },
  p601: { description: 'PowerPC 601, with what it has of POWER', platform: 'ppc601', features: ['fpu', 'power'] },
  p603: { description: 'PowerPC 603', platform: 'ppc603', features: FPU },
  p604: { description: 'PowerPC 604', platform: 'ppc604', features: FPU },
  g3: { description: 'PowerPC 740/750 (G3)', platform: 'ppc750', features: FPU },
  g4: { description: 'PowerPC 7400 (G4) with AltiVec', platform: 'ppc7400', features: [...FPU, 'altivec'] },
  g4plus: { description: 'PowerPC 7450 (G4) with AltiVec', platform: 'ppc7450', features: [...FPU, 'altivec'] },
  p405: { description: 'PowerPC 405, without floating point', platform: 'ppc405', features: MAC },
  p440: { description: 'PowerPC 440, without floating point', platform: 'ppc440', features: ['book-e', ...MAC] },
  p440fp: { description: 'PowerPC 440 with floating point', platform: 'ppc440', features: ['book-e', ...MAC, ...FPU] },
  e200: { description: 'e200 with SPE', platform: 'ppc5554', features: SPE },
  e500: { description: 'e500 with SPE', platform: 'ppc8540', features: SPE },
  e500v2: { description: 'e500v2 with SPE, double precision too', platform: 'ppc8548', features: [...SPE, 'efp-double'] },
  e500mc: { description: 'e500mc', platform: 'ppce500mc', features: ['book-e', ...FPU], cacheLine: 64 },
  max: {
    description: 'all that is implemented for one model',
    platform: 'ppc7450',
    features: [...EXTENDED_FPU, 'altivec', 'popcntw', 'isa205', 'isa206'],
  },
} as const satisfies Readonly<Record<string, Family>>;

/** Names of each processor version, by family. */
// prettier-ignore
const MODELS: readonly (readonly [names: string, pvr: number, family: keyof typeof FAMILIES])[] = [
  ['750 g3 typhoon 740 arthur', 0x00080301, 'g3'],
  ['601', 0x00010002, 'p601'],
  ['603 mpc8240 vanilla', 0x00030100, 'p603'],
  ['603e stretch', 0x00060401, 'p603'],
  ['603p', 0x00070000, 'p603'],
  ['603e7v vaillant', 0x00070100, 'p603'],
  ['603r goldeneye', 0x00071201, 'p603'],
  ['g2 mpc603', 0x00810011, 'p603'],
  ['g2le mpc5200 mpc52xx', 0x80822011, 'p603'],
  ['g2legp3 mpc82xx powerquicc-ii mpc8270 mpc8280', 0x80822013, 'p603'],
  ['e300c1 mpc8343 mpc8347 mpc8349', 0x00830010, 'p603'],
  ['e300c2', 0x00840010, 'p603'],
  ['e300 e300c3', 0x00850010, 'p603'],
  ['e300c4 mpc8377 mpc8378 mpc8379', 0x00860010, 'p603'],
  ['604 ppc ppc32', 0x00040103, 'p604'],
  ['604e sirocco', 0x00090204, 'p604'],
  ['604r mach5', 0x000a0101, 'p604'],
  ['745', 0x00083208, 'g3'],
  ['755 goldfinger', 0x00083208, 'g3'],
  ['750cx', 0x00082202, 'g3'],
  ['750cxe', 0x00083311, 'g3'],
  ['750cl', 0x00087210, 'g3'],
  ['750fx', 0x70000203, 'g3'],
  ['750gx', 0x70020102, 'g3'],
  ['750l lonestar', 0x00088302, 'g3'],
  ['7400 g4', 0x000c0209, 'g4'],
  ['7410 nitro', 0x800c1104, 'g4'],
  ['7450 vger 7441', 0x80000201, 'g4plus'],
  ['7451', 0x80000203, 'g4plus'],
  ['7445', 0x80010302, 'g4plus'],
  ['7455 apollo6', 0x80010302, 'g4plus'],
  ['7447', 0x80020101, 'g4plus'],
  ['7457 apollo7', 0x80020102, 'g4plus'],
  ['7447a 7457a', 0x80030102, 'g4plus'],
  ['7448', 0x80040201, 'g4plus'],
  ['e600 mpc8610 mpc8641 mpc8641d', 0x80040010, 'g4plus'],
  ['405', 0x41810000, 'p405'],
  ['405gp', 0x401100c4, 'p405'],
  ['405ep', 0x51210950, 'p405'],
  ['440 440gx', 0x51b21894, 'p440'],
  ['440ep', 0x422218d3, 'p440'],
  ['460ex', 0x130218a4, 'p440'],
  ['440-xilinx-w-dfpu', 0x7ff21910, 'p440fp'],
  ['mpc5xx mpc555 mpc565 rcpu', 0x00020020, 'mpc5xx'],
  ['mpc8xx mpc823 mpc850 mpc860 mpc885 powerquicc', 0x00500000, 'mpc8xx'],
  ['e200z5', 0x81000000, 'e200'],
  ['e200 e200z6', 0x81120000, 'e200'],
  ['e500v1 mpc8540 mpc8541 mpc8541e mpc8555 mpc8555e mpc8560', 0x80200020, 'e500'],
  ['mpc8543 mpc8543e mpc8545 mpc8545e mpc8547e mpc8548 mpc8548e', 0x80210021, 'e500v2'],
  ['e500 e500v2 mpc8533 mpc8533e mpc8544 mpc8544e mpc8567 mpc8567e mpc8568 mpc8568e', 0x80210022, 'e500v2'],
  ['mpc8572 mpc8572e', 0x80210030, 'e500v2'],
  ['e500mc', 0x80230020, 'e500mc'],
  ['max', 0x80040201, 'max'],
];

export const PPC_CPU_MODELS: readonly PpcModel[] = MODELS.flatMap(([names, pvr, family]) => {
  const { features, cacheLine = DEFAULT_CACHE_LINE, ...rest }: Family = FAMILIES[family];
  return names.split(' ').map((name) => ({ ...rest, name, features: new Set<string>(features), pvr, cacheLine }));
});

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
