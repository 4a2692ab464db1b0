/** The guests we run, by the name in `tsemu-NAME`. */
import { Errno, LoadError } from '../loader/load-error';
import type { Identity, Program } from '../loader';
import type { CpuModel } from '../targets/target';
import type { ProcessAbi } from './abi';

/** A target's ABI, or how its e_flags choose among several. */
type AbiChoice = ProcessAbi | ((elfFlags: number) => ProcessAbi);

/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports --
   Tables and lifters of a target are made when a program of it is run: those of all took 12 of the 95 ms of CPU time of a start
   (busy machine). The bundler knows `require`; `import()` would make every caller asynchronous. */
const LOADERS: Readonly<Record<string, () => AbiChoice>> = {
  arm: () => (require('./abi-arm') as typeof import('./abi-arm')).ARM_PROCESS,
  armeb: () => (require('./abi-arm') as typeof import('./abi-arm')).armebProcess,
  mips: () => (require('./abi-mips') as typeof import('./abi-mips')).MIPS_PROCESS,
  mipsel: () => (require('./abi-mips') as typeof import('./abi-mips')).MIPSEL_PROCESS,
  ppc: () => (require('./abi-ppc') as typeof import('./abi-ppc')).PPC_PROCESS,
};
/* eslint-enable */

/** Names of the guests we run, as the ELF loader names them. */
export const TARGETS: readonly string[] = Object.keys(LOADERS);

const loaded = new Map<string, AbiChoice>();

function choiceOf(target: string): AbiChoice | undefined {
  let choice = loaded.get(target);
  if (choice === undefined && Object.hasOwn(LOADERS, target)) loaded.set(target, (choice = LOADERS[target]!()));
  return choice;
}

/** Whether the ABI of a target depends on a program's e_flags. */
export const dependsOnFlags = (target: string): boolean => typeof choiceOf(target) === 'function';

/** CPU models of a target, or of all targets. */
export function cpuModels(target: string | undefined): readonly CpuModel[] {
  const abis = (target === undefined ? TARGETS : [target]).map(choiceOf);
  const models = abis.flatMap((abi) => (typeof abi === 'function' ? abi(0) : abi)?.target.models ?? []);
  return [...new Set(models)];
}

/**
 * The ABI of a target.
 * @param program for the message
 * @throws LoadError if we do not run such programs
 */
export function abiOf({ target, native, elfFlags }: Identity, program: Uint8Array): ProcessAbi {
  const abi = target === undefined ? undefined : choiceOf(target);
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
