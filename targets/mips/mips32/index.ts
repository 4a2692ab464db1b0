/** The decode table of 32-bit encodings. */
import type { MipsRow } from '../instruction';
import { ARITHMETIC_ROWS } from './arithmetic';
import { BRANCH_ROWS } from './branches';
import { DSP_ROWS } from './dsp';
import { FPU_ROWS } from './fpu';
import { FPU_RELEASE6_ROWS } from './fpu-release6';
import { LOAD_STORE_ROWS } from './load-store';
import { MSA_ROWS } from './msa';
import { RELEASE6_ROWS } from './release6';
import { SYSTEM_ROWS } from './system';

export const MIPS32_ROWS: readonly MipsRow[] = [
  ...ARITHMETIC_ROWS,
  ...LOAD_STORE_ROWS,
  ...BRANCH_ROWS,
  ...SYSTEM_ROWS,
  ...FPU_ROWS,
  ...RELEASE6_ROWS,
  ...FPU_RELEASE6_ROWS,
  ...DSP_ROWS,
  ...MSA_ROWS,
];
