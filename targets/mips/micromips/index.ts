/** The decode tables of microMIPS: instructions of 16 and of 32 bits. */
import type { MipsRow } from '../instruction';
import { MICROMIPS_FPU_ROWS } from './fpu';
import { MICROMIPS_INTEGER_ROWS } from './long';

export { MICROMIPS16_ROWS } from './short';
export const MICROMIPS32_ROWS: readonly MipsRow[] = [...MICROMIPS_INTEGER_ROWS, ...MICROMIPS_FPU_ROWS];
