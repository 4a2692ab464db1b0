/** What Linux tells of a floating-point exception on MIPS (arch/mips/kernel/traps.c, do_fpe, force_fcr31_sig and do_msa_fpe). */
import { FCSR, MIPS_TARGET, MSACSR } from '../targets/mips';
import type { CpuState } from '../translate/ir/cpu-state';

const FCSR_WORD = MIPS_TARGET.layout.offset('fcsr') >> 2;

/** Cause bits in the order in which the kernel looks at them, with the FPE_ code of each. */
const CODES: readonly (readonly [cause: number, code: number])[] = [
  [1 << 16, 7], // invalid: FPE_FLTINV
  [1 << 15, 3], // division by zero: FPE_FLTDIV
  [1 << 14, 4], // FPE_FLTOVF
  [1 << 13, 5], // FPE_FLTUND
  [1 << 12, 6], // inexact: FPE_FLTRES
];
const FPE_FLTUNK = 14;
/** Of a vector instruction the kernel does not say more. */
const SI_KERNEL = 0x80;
const MSACSR_WORD = MIPS_TARGET.layout.offset('msacsr') >> 2;
const UNIMPLEMENTED = 1 << 17;

/** si_code of the signal. Clears the causes that are enabled, so that writing FCSR back does not raise the exception again. */
export function mipsFloatSignalCode({ i32 }: CpuState): number {
  const fcsr = i32[FCSR_WORD]!;
  const raised = fcsr & ((fcsr & FCSR.enables) << FCSR.groupBits);
  i32[FCSR_WORD] = fcsr & ~raised;
  const msacsr = i32[MSACSR_WORD]!;
  if (raised === 0 && (msacsr & (((msacsr & FCSR.enables) << FCSR.groupBits) | UNIMPLEMENTED)) !== 0) {
    i32[MSACSR_WORD] = msacsr & ~MSACSR.causes;
    return SI_KERNEL;
  }
  return CODES.find(([cause]) => (raised & cause) !== 0)?.[1] ?? FPE_FLTUNK;
}
