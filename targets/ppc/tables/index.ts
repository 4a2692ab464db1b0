/** The decode table. */
import type { PpcRow } from '../instruction';
import { ALTIVEC_ROWS } from './altivec';
import { ARITHMETIC_ROWS } from './arithmetic';
import { BRANCH_ROWS } from './branches';
import { CONDITION_ROWS } from './condition';
import { FPU_ROWS } from './fpu';
import { LOAD_STORE_ROWS } from './load-store';
import { MAC_ROWS } from './mac';
import { POWER_ROWS } from './power';
import { SPE_ROWS } from './spe';
import { SPE_FLOAT_ROWS } from './spe-float';
import { SYSTEM_ROWS } from './system';

export const PPC_ROWS: readonly PpcRow[] = [
  ...ARITHMETIC_ROWS,
  ...CONDITION_ROWS,
  ...LOAD_STORE_ROWS,
  ...BRANCH_ROWS,
  ...POWER_ROWS,
  ...MAC_ROWS,
  ...SYSTEM_ROWS,
  ...FPU_ROWS,
  ...ALTIVEC_ROWS,
  ...SPE_ROWS,
  ...SPE_FLOAT_ROWS,
];
