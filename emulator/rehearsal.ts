/**
 * What the children of a process that makes many will do when they execute a program, done in advance by their parent, in memory
 * that is thrown away: V8 then has compiled those functions and knows what they work on. Otherwise each child would find
 * them as if they had never run.
 */
import { mapProgram, type ProcessOptions } from '../loader';
import type { Log } from '../runtime/debug';
import type { RegionCompiler } from '../runtime/engine';
import { PAGE_SIZE, Prot } from '../runtime/memory';
import type { ExecRequest } from '../syscalls';
import { ENGINE_WORD, HEADROOM } from '../translate/ir/state';
import type { RunConfig } from './config';
import { createMachine, type Machine } from './machine';
import { openForExec } from './program-change';
import { createTranslator, type Translator } from './translator';

/** So often a function runs until V8 has its feedback and its baseline code. */
const ROUNDS = 18;
/** Ways in which a program's code is found again. */
const KINDS = 3;
/** Executions of a block after which the program is not just starting. */
const LONG_LOOP = 2000;

export interface Rehearsal {
  readonly config: RunConfig;
  readonly log: Log;
  /** What the children may run on; its memory is not touched. */
  readonly machine: Machine;
  /** A program that is known to reach its first system call: the parent's own. */
  readonly request: ExecRequest;
  readonly options: ProcessOptions;
  /** Lets the engine find what others have translated. */
  readonly share: (machine: Machine, translator: Translator) => void;
}

/** Executes the program again and again, each time up to its first system call. Does nothing if that cannot be done. */
export function rehearseExec(rehearsal: Rehearsal): void {
  try {
    rehearse(rehearsal);
  } catch {
    // No room for a second address space, or the file has gone: children will see to it
  }
}

function rehearse({ config, log, machine: model, request, options, share }: Rehearsal): void {
  const machine = createMachine(model.abi, model.model);
  const { abi, space, state } = machine;
  const compiler = stopper(machine);
  const translator = createTranslator({
    machine,
    config: { ...config, hotThreshold: LONG_LOOP },
    log,
    observer: undefined,
    codeCache: undefined,
    precise: () => false,
    compiler,
  });
  share(machine, translator);
  for (let round = 0; round < ROUNDS; round++) {
    const program = openForExec(config, request);
    if (typeof program !== 'object') return;
    try {
      translator.engine.suspend();
      space.clear();
      abi.mapKernelPages(space);
      const image = mapProgram(program, space, options);
      state.reset();
      abi.enter(state, image.entry, image.stackPointer);
      abi.prepare?.(program)?.(state);
    } finally {
      program.close();
    }
    state.i32[ENGINE_WORD.headroom] = HEADROOM;
    const start = state.i32[ENGINE_WORD.pc]! >>> 0;
    translator.engine.run();
    // The next round: all code is as it was; all is found in the family; some has changed, so that each block is looked at
    if (round % KINDS === 1) translator.engine.discard();
    else if (round % KINDS === 2) space.protect(start - (start % PAGE_SIZE), PAGE_SIZE, Prot.Read | Prot.Write | Prot.Exec);
  }
}

/** In the place of a compiler: ends a run that goes on for long. */
function stopper({ state }: Machine): RegionCompiler {
  return {
    compile: () => {
      state.i32[ENGINE_WORD.headroom] = 0;
      return undefined;
    },
    full: false,
    unlink: () => undefined,
    suspend: () => undefined,
    resume: () => undefined,
    faultOf: () => undefined,
  };
}
