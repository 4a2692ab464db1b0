/** The AArch32 guest. */
import type { Target } from '../target';
import { ARM_CPU_MODELS } from './cpu-models';
import { ARM_HELPERS } from './helpers';
import { ArmLifter } from './lift';
import { ARM_LAYOUT } from './state';

export { cpuinfo } from './cpuinfo';
export { hwcap, hwcap2, platform } from './hwcap';

export const ARM_TARGET: Target = {
  name: 'arm',
  layout: ARM_LAYOUT,
  helpers: ARM_HELPERS,
  models: ARM_CPU_MODELS,
  defaultModel: 'max',
  registers: [...Array.from({ length: 15 }, (_, i) => `r${i}`), 'pc', 'n', 'z', 'c', 'v', 'q', 'ge'],
  createLifter: (model) => new ArmLifter(model),
};
