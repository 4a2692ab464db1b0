/** What a MIPS program asks of the processor: Linux and qemu-mips choose the model and the floating-point mode by it. */
import { mipsFpAbi, type Program } from '../loader';
import type { CpuModel } from '../targets/target';

/** Bits of e_flags. */
const EF_MIPS_NAN2008 = 0x400;
/** The file has microMIPS code. */
const EF_MIPS_MICROMIPS = 0x0200_0000;
const EF_MIPS_ARCH = 0xf000_0000;
const EF_MIPS_ARCH_32R6 = 0x9000_0000;

/** Floating-point ABIs (Val_GNU_MIPS_ABI_FP_*) that need 32 registers of 32 bits: double. */
const NEEDS_FR0: ReadonlySet<number> = new Set([1]);
/** Those that need 64 bits: old 64, 64, 64A. */
const NEEDS_FR1: ReadonlySet<number> = new Set([4, 6, 7]);

/** The model that qemu-mips takes by default. */
export function defaultMipsModel({ main }: Program): string | undefined {
  if ((main.flags & EF_MIPS_ARCH) >>> 0 === EF_MIPS_ARCH_32R6) return 'mips32r6-generic';
  return (main.flags & EF_MIPS_NAN2008) !== 0 ? 'P5600' : undefined;
}

/**
 * The model with the features `fr1` and `nan2008`, and microMIPS in place of MIPS16e, as the program and its interpreter want them. As in Linux
 * (arch/mips/kernel/elf.c), FR=1 where everything works with it and the processor has Release 2's 64-bit registers.
 * Files without the section are from before FR=1.
 */
export function mipsModelFor(model: CpuModel, { main, interpreter }: Program): CpuModel {
  const abis = [main, ...(interpreter === undefined ? [] : [interpreter])].map((elf) => mipsFpAbi(elf) ?? 1);
  const wide = model.features.has('fpu-r2') && !abis.some((a) => NEEDS_FR0.has(a));
  const features = new Set(model.features);
  if (wide || abis.some((a) => NEEDS_FR1.has(a)) || features.has('r6')) features.add('fr1');
  if ((main.flags & EF_MIPS_NAN2008) !== 0 || features.has('r6')) features.add('nan2008');
  if ((main.flags & EF_MIPS_MICROMIPS) !== 0) features.add('micromips');
  return { ...model, features };
}
