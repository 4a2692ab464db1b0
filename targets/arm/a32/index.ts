/** The A32 decode tables: instructions with a condition field, and the unconditional space (cond = 1111). */
import type { ArmRow } from '../instruction';
import { BRANCH_ROWS, STATUS_ROWS, UNCONDITIONAL_SYSTEM_ROWS } from './branch-status';
import { DATA_PROCESSING_ROWS } from './data-processing';
import { LOAD_STORE_ROWS, PRELOAD_ROWS } from './load-store';
import { MULTIPLY_MEDIA_ROWS } from './multiply-media';
import { BARRIER_ROWS, SYSTEM_ROWS } from './system';

export const A32_ROWS: readonly ArmRow[] = [
  ...DATA_PROCESSING_ROWS,
  ...LOAD_STORE_ROWS,
  ...MULTIPLY_MEDIA_ROWS,
  ...BRANCH_ROWS,
  ...STATUS_ROWS,
  ...SYSTEM_ROWS,
];

export const A32_UNCONDITIONAL_ROWS: readonly ArmRow[] = [...UNCONDITIONAL_SYSTEM_ROWS, ...BARRIER_ROWS, ...PRELOAD_ROWS];
