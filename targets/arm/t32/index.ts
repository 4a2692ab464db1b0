/** The 32-bit Thumb decode table (Arm ARM DDI 0406C, section A6.3), without VFP, whose encodings T32 shares with A32. */
import type { ArmRow } from '../instruction';
import { BRANCH_SYSTEM_ROWS } from './branch-system';
import { DATA_PROCESSING_ROWS } from './data-processing';
import { DUAL_EXCLUSIVE_ROWS } from './dual-exclusive';
import { LOAD_STORE_ROWS } from './load-store';
import { MEDIA_ROWS } from './media';

export const T32_ROWS: readonly ArmRow[] = [
  ...DATA_PROCESSING_ROWS,
  ...MEDIA_ROWS,
  ...LOAD_STORE_ROWS,
  ...DUAL_EXCLUSIVE_ROWS,
  ...BRANCH_SYSTEM_ROWS,
];
