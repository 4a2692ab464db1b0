/** The guests we run, by the name in `tsemu-NAME`. */
import { Errno, LoadError } from '../loader/load-error';
import type { Identity, Program } from '../loader';
import type { CpuModel } from '../targets/target';
import type { ProcessAbi } from './abi';
import { ARM_PROCESS, armebProcess } from './abi-arm';
import { MIPS_PROCESS, MIPSEL_PROCESS } from './abi-mips';
import { PPC_PROCESS } from './abi-ppc';

/** A target's ABI, or how its e_flags choose among several. */
export const PROCESS_ABIS: Readonly<Record<string, ProcessAbi | ((elfFlags: number) => ProcessAbi)>> = {
  arm: ARM_PROCESS,
  armeb: armebProcess,
  mips: MIPS_PROCESS,
  mipsel: MIPSEL_PROCESS,
  ppc: PPC_PROCESS,
};

/** Names of the guests we run, as the ELF loader names them. */
export const TARGETS: readonly string[] = Object.keys(PROCESS_ABIS);

/** CPU models of a target, or of all targets. */
export function cpuModels(target: string | undefined): readonly CpuModel[] {
  const abis = target === undefined ? Object.values(PROCESS_ABIS) : [PROCESS_ABIS[target]];
  const models = abis.flatMap((abi) => (typeof abi === 'function' ? abi(0) : abi)?.target.models ?? []);
  return [...new Set(models)];
}

/**
 * The ABI of a target.
 * @param program for the message
 * @throws LoadError if we do not run such programs
 */
export function abiOf({ target, native, elfFlags }: Identity, program: Uint8Array): ProcessAbi {
  const abi = target === undefined ? undefined : PROCESS_ABIS[target];
  if (abi === undefined) {
    const what =
      target === undefined
        ? 'is a program for a machine that tsemu does not know'
        : native
          ? `is a program for this machine (${target}); run it without tsemu`
          : `is a program for ${target}, which tsemu does not run`;
    throw new LoadError(Buffer.from(program).toString(), what, Errno.ENOEXEC);
  }
  return typeof abi === 'function' ? abi(elfFlags) : abi;
}

/** A run that was asked for something tsemu does not have: one line, exit status 1. */
export class ConfigurationError extends Error {}

/** The CPU model of a name, or the default, to run a program. Throws ConfigurationError if there is none of that name. */
export function modelOf(abi: ProcessAbi, name: string | undefined, program: Program): CpuModel {
  const wanted = name ?? abi.defaultModel?.(program) ?? abi.target.defaultModel;
  const model = abi.target.models.find((m) => m.name === wanted);
  if (model === undefined) throw new ConfigurationError(`unknown CPU model '${wanted}' ('-cpu help' lists them)`);
  return abi.modelFor?.(model, program) ?? model;
}
