/** The AArch32 guest. */
import type { Target } from '../target';
import { ARM_CPU_MODELS } from './cpu-models';
import { ARM_HELPERS } from './helpers';
import { ArmLifter } from './lift';
import { ARM_LAYOUT, type DataOrder } from './state';

export { cpuinfo } from './cpuinfo';
export { hwcap, hwcap2, platform } from './hwcap';
export { readCpsr, readFpscr, recordExceptions, writeCpsr, writeFpscr } from './program-status';

function armTarget(name: string, order: DataOrder): Target {
  return {
    name,
    layout: ARM_LAYOUT,
    helpers: ARM_HELPERS,
    models: ARM_CPU_MODELS,
    defaultModel: 'max',
    registers: [...Array.from({ length: 15 }, (_, i) => `r${i}`), 'pc', 'n', 'z', 'c', 'v', 'q', 'ge'],
    createLifter: (model) => new ArmLifter(model, order),
  };
}

export const ARM_TARGET = armTarget('arm', 'little');
/** Big-endian data and little-endian code. */
export const ARM_BE8_TARGET = armTarget('armeb', 'big');
/** Big-endian data and code. */
export const ARM_BE32_TARGET = armTarget('armeb', 'big-fixed');
