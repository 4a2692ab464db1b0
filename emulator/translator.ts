/** Makes the engine that runs guest code, with all it needs. */
import type { Log } from '../runtime/debug';
import { Engine, type RegionCompiler } from '../runtime/engine';
import { allowTurboFan, resumeOptimisation } from '../runtime/host';
import { optimiseBlock, optimiseRegion, neededOps, parseSelection, type PassSelection } from '../translate/opt';
import type { CodeCache } from './code-cache';
import { GuestCode } from './code-reader';
import type { RunConfig } from './config';
import type { Machine } from './machine';
import type { ProcessParts, RunObserver } from './observer';
import { javascriptCompiler, type CompilerOptions } from './region-compiler';
import { TranslationLog, TRANSLATION_ITEMS } from './translation-log';
import { WasmCompiler } from './wasm-compiler';

export type Translator = Pick<ProcessParts, 'engine' | 'lifter' | 'compiler'>;

/**
 * Regions compiled after which a run counts as long: from then on optimising the translator and the interpreter pays
 * (cc1 -O1, 16 s of CPU time with TurboFan, 19 s without).
 */
const LONG_RUN_REGIONS = 200;

export interface TranslatorOptions {
  readonly machine: Machine;
  readonly config: RunConfig;
  readonly log: Log;
  readonly observer: RunObserver | undefined;
  readonly codeCache: CodeCache | undefined;
  /** True once code must have all registers in the state wherever it may fault; after a change all code is to be discarded. */
  readonly precise: () => boolean;
  /** Instead of the one that the configuration asks for. */
  readonly compiler?: RegionCompiler | undefined;
}

/** True if the log shows translations: one that is taken from elsewhere cannot be shown. */
export const logsTranslations = (log: Log): boolean => TRANSLATION_ITEMS.some((item) => log.enabled(item));

export function createTranslator(options: TranslatorOptions): Translator {
  const { machine, config, log, codeCache, precise } = options;
  const { abi, memory, space, state } = machine;
  const { target } = abi;
  const lifter = target.createLifter(machine.model);
  const unimplemented = (line: string): void => {
    if (log.enabled('unimp')) log.write(`${line}\n`);
  };
  const reader = new GuestCode(memory, (abi.codeOrder ?? abi.byteOrder) === 'little', unimplemented);
  const passes = parseSelection(config.opt);
  const precision = {
    passes,
    get precise() {
      return precise();
    },
  };
  const trace = logsTranslations(log) ? new TranslationLog(log, lifter, reader, target.layout, target.helpers) : undefined;
  const compiler = options.compiler ?? createCompiler(options, passes, trace);
  const engine = new Engine({
    target,
    lifter,
    reader,
    memory,
    state,
    simplify: config.opt !== 'none',
    neededOps: (block) => neededOps(block, target.layout, precision),
    compiler,
    hotThreshold: config.hotThreshold,
    onLift: trace === undefined ? undefined : (block) => trace.lifted(block, optimiseBlock(block, target.layout, precision)),
    store: codeCache?.translations,
    sourceOf: (page) => space.sourceOf(page),
  });
  if (codeCache !== undefined) engine.interpreter.adoptConstants(codeCache.constants);
  space.onCodeChange((start, end) => engine.invalidate(start, end));
  return { engine, lifter, compiler };
}

function createCompiler(
  translatorOptions: TranslatorOptions,
  passes: PassSelection,
  trace: TranslationLog | undefined,
): RegionCompiler | undefined {
  const { machine, config, log, observer, codeCache, precise } = translatorOptions;
  const { layout, helpers } = machine.abi.target;
  let regions = 0;
  const options: CompilerOptions = {
    state: machine.state,
    memory: machine.memory,
    helpers,
    get precise() {
      return precise();
    },
    optimise: (region, liveAtExit) => optimiseRegion(region, layout, { precise: precise(), passes, liveAtExit }),
    onCompile: (region, code) => {
      resumeOptimisation();
      if (++regions === LONG_RUN_REGIONS) allowTurboFan();
      trace?.compiled(region, code);
    },
    nameOf: observer && ((head) => observer.nameOf(head)),
    within: observer && ((head, at) => observer.within(head, at)),
    store: codeCache?.translations,
    annotate: log.enabled('out_js') ? (region) => trace!.annotator(region) : undefined,
  };
  switch (config.emit) {
    case 'interp':
      return undefined;
    case 'js':
      allowTurboFan();
      return javascriptCompiler(options);
    case 'wasm':
    case 'auto':
      return new WasmCompiler(options);
  }
}
