/**
 * VFP encodings (Arm ARM DDI 0406C, sections A7.5 to A7.9), with `cccc` where A32 has the condition;
 * the T32 encodings are the same words with 1110 there.
 */
import type { ArmRow } from './instruction';
import { VFP_DATA_PROCESSING_ROWS } from './vfp-data-processing';
import { VFP_TRANSFER_ROWS } from './vfp-transfers';

export { VFP_UNCONDITIONAL_ROWS } from './vfp-data-processing';

export const VFP_ROWS: readonly ArmRow[] = [...VFP_DATA_PROCESSING_ROWS, ...VFP_TRANSFER_ROWS];
