/**
 * VFP encodings (Arm ARM DDI 0406C, sections A7.5 to A7.9), with `cccc` where A32 has the condition;
 * the T32 encodings are the same words with 1110 there.
 */
import type { ArmRow } from './instruction';
import { VFP_DATA_PROCESSING_ROWS, VFP_UNCONDITIONAL_ROWS as OF_SINGLES_AND_DOUBLES } from './vfp-data-processing';
import { VFP_HALF_ROWS, VFP_HALF_UNCONDITIONAL_ROWS } from './vfp-half';
import { VFP_TRANSFER_ROWS } from './vfp-transfers';

export const VFP_ROWS: readonly ArmRow[] = [...VFP_DATA_PROCESSING_ROWS, ...VFP_TRANSFER_ROWS, ...VFP_HALF_ROWS];

/** In the unconditional space; T32 has the same words. */
export const VFP_UNCONDITIONAL_ROWS: readonly ArmRow[] = [...OF_SINGLES_AND_DOUBLES, ...VFP_HALF_UNCONDITIONAL_ROWS];
