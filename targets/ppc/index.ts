/** The 32-bit big-endian PowerPC guest. */
import type { Target } from '../target';
import { PPC_CPU_MODELS } from './cpu-models';
import { PPC_HELPERS } from './helpers';
import { PpcLifter } from './lift';
import { PPC_LAYOUT } from './state';

export { cacheLineOf, platformOf } from './cpu-models';
export { cpuinfo } from './cpuinfo';
export { hwcap } from './hwcap';
export { ICBI_CALL } from './lift/system';
export {
  floatExceptionMode,
  floatSignalCode,
  readCr,
  readFpscr,
  readVscr,
  readXer,
  writeCr,
  writeCr0Summary,
  writeFpscr,
  writeVscr,
  writeXer,
} from './status';

export const PPC_TARGET: Target = {
  name: 'ppc',
  layout: PPC_LAYOUT,
  helpers: PPC_HELPERS,
  models: PPC_CPU_MODELS,
  defaultModel: '750',
  registers: [...Array.from({ length: 32 }, (_, i) => `r${i}`), 'pc', 'lr', 'ctr', 'so', 'ov', 'ca', 'xer', 'fpscr'],
  createLifter: (model) => new PpcLifter(model),
};
