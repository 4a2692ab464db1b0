/** The 32-bit MIPS guests, big-endian and little-endian. */
import type { Target } from '../target';
import { MIPS_CPU_MODELS } from './cpu-models';
import { MIPS_HELPERS } from './helpers';
import { MipsLifter } from './lift';
import { MIPS_LAYOUT, REGISTER_NAMES } from './state';

export { cpuinfo } from './cpuinfo';
export { hwcap } from './hwcap';
export { SYNCI_CALL, SYNCI_STEP } from './lift/system';
export { FCSR, MSACSR, REGISTER_NAMES } from './state';

function target(name: string, bigEndian: boolean): Target {
  return {
    name,
    layout: MIPS_LAYOUT,
    helpers: MIPS_HELPERS,
    models: MIPS_CPU_MODELS,
    defaultModel: '24Kf',
    registers: [...REGISTER_NAMES.slice(1), 'pc', 'hi0', 'lo0', 'fcsr'],
    createLifter: (model) => new MipsLifter(model, bigEndian),
  };
}

export const MIPS_TARGET = target('mips', true);
export const MIPSEL_TARGET = target('mipsel', false);
