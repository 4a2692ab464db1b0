/** Wires loader, system calls, engine and host into a running guest process. */
import { availableParallelism } from 'node:os';
import { identify, load, type Image } from '../loader';
import { Log, mark, startupReport, writeAll } from '../runtime/debug';
import { Engine, type RegionCompiler } from '../runtime/engine';
import { allowTurboFan, dieBySignal, exitGroup, inheritedFdLimit } from '../runtime/host';
import { AddressSpace, GuestMemory } from '../runtime/memory';
import { FdTable } from '../runtime/process/fd-table';
import { mapsText, ProcessExit, ProcessKilled, SystemCalls, type GuestProcess } from '../syscalls';
import type { CpuModel } from '../targets/target';
import { CpuState } from '../translate/ir/cpu-state';
import { neededOps, optimiseBlock, optimiseRegion, parseSelection, type PassSelection } from '../translate/opt';
import type { ProcessAbi } from './abi';
import { CodeCache } from './code-cache';
import { GuestCode } from './code-reader';
import type { RunConfig } from './config';
import type { ProcessParts, RunObserver } from './observer';
import { runThread, type Outcome } from './process';
import { javascriptCompiler, type CompilerOptions } from './region-compiler';
import { WasmCompiler } from './wasm-compiler';
import { abiOf, modelOf } from './targets';
import { TranslationLog, TRANSLATION_ITEMS } from './translation-log';

export { ConfigurationError, cpuModels } from './targets';
export type { RunConfig } from './config';
export type { RunObserver } from './observer';
export type { Outcome } from './process';

const STDERR = 2;

/**
 * Regions compiled after which a run counts as long: from then on optimising the translator and the interpreter pays
 * (cc1 -O1, 16 s of CPU time with TurboFan, 19 s without).
 */
const LONG_RUN_REGIONS = 200;

/**
 * Loads and runs a program; ends the host process the way the guest ended.
 * @throws LoadError before the guest has started
 */
export function runProgram(config: RunConfig, observer?: RunObserver): never {
  const log = new Log(config.log.items, config.log.file);
  const outcome = new Process(config, log, observer).run();
  log.flush();
  const report = startupReport() + (observer?.ended() ?? '');
  if (report !== '') writeAll(STDERR, Buffer.from(report));
  return outcome.kind === 'exit' ? exitGroup(outcome.status) : dieBySignal(outcome.signal);
}

type Translator = Pick<ProcessParts, 'engine' | 'lifter' | 'compiler'>;

/** One guest process with its only thread. */
export class Process {
  private readonly abi: ProcessAbi;
  private readonly model: CpuModel;
  private readonly memory: GuestMemory;
  private readonly space: AddressSpace;
  private readonly state: CpuState;
  private readonly image: Image;
  private readonly parts: Translator;
  private readonly engine: Engine;
  private readonly calls: SystemCalls;
  private codeCache: CodeCache | undefined;

  /** @throws LoadError */
  constructor(
    private readonly config: RunConfig,
    private readonly log: Log,
    private readonly observer?: RunObserver,
  ) {
    const identity = config.target === undefined ? identify(config.program, config.sysroot) : { target: config.target, native: false };
    this.abi = abiOf(identity, config.program);
    this.model = modelOf(this.abi, config.cpu);
    this.memory = new GuestMemory(this.abi.byteOrder);
    this.space = new AddressSpace(this.memory, this.abi.userLimit);
    mark('guest memory reserved');
    this.image = this.load();
    mark('program loaded');
    this.state = new CpuState(this.abi.target.layout);
    this.abi.enter(this.state, this.image.entry, this.image.stackPointer);
    this.parts = this.createEngine();
    this.engine = this.parts.engine;
    this.calls = new SystemCalls(this.guestProcess(), { strace: config.strace });
    observer?.attach({ ...this.parts, calls: this.calls, vmas: this.space.vmas, callNumbers: this.abi.syscalls.numbers });
    mark('engine ready');
  }

  /** Runs until the guest ends. */
  run(): Outcome {
    if (this.log.enabled('page')) this.log.write(`page layout:\n${mapsText(this.space.vmas.all())}`);
    const outcome = this.outcome();
    this.codeCache?.save(this.engine.interpreter.constants, this.log);
    return outcome;
  }

  private outcome(): Outcome {
    try {
      return runThread(this.engine, this.state, this.abi, this.calls);
    } catch (e) {
      if (e instanceof ProcessExit) return { kind: 'exit', status: e.status };
      if (e instanceof ProcessKilled) return { kind: 'signal', signal: e.signal };
      throw e;
    } finally {
      mark('guest ended');
    }
  }

  private load(): Image {
    const { config, abi, model } = this;
    abi.mapKernelPages(this.space);
    return load(config.program, this.space, {
      argv: [config.argv0 ?? config.program, ...config.args],
      envp: config.envp,
      sysroot: config.sysroot,
      targets: [abi.target.name],
      hwcap: abi.hwcap(model),
      hwcap2: abi.hwcap2(model),
      platform: abi.platform(model),
      stackSize: config.stackSize,
      seed: config.seed,
    });
  }

  private createEngine(): Translator {
    const { abi, log, memory, state } = this;
    const { target } = abi;
    const lifter = target.createLifter(this.model);
    const reader = new GuestCode(memory, abi.byteOrder === 'little', (line) => this.unimplemented(line));
    const passes = parseSelection(this.config.opt);
    const options = { precise: false, passes };
    const trace = TRANSLATION_ITEMS.some((item) => log.enabled(item))
      ? new TranslationLog(log, lifter, reader, target.layout, target.helpers)
      : undefined;
    // What was not translated in this run cannot be shown
    if (trace === undefined && this.observer === undefined && this.config.codeCache !== undefined)
      this.codeCache = CodeCache.open(this.config, this.config.codeCache, this.image.executable, memory, this.space.vmas);
    const store = this.codeCache?.translations;
    const compiler = this.compiler(passes, trace);
    const engine = new Engine({
      target,
      lifter,
      reader,
      memory,
      state,
      simplify: this.config.opt !== 'none',
      neededOps: (block) => neededOps(block, target.layout, options),
      compiler,
      hotThreshold: this.config.hotThreshold,
      onLift: trace === undefined ? undefined : (block) => trace.lifted(block, optimiseBlock(block, target.layout, options)),
      store,
    });
    if (this.codeCache !== undefined) engine.interpreter.adoptConstants(this.codeCache.constants);
    this.space.onCodeChange((start, end) => engine.invalidate(start, end));
    return { engine, lifter, compiler };
  }

  private compiler(passes: PassSelection, trace: TranslationLog | undefined): RegionCompiler | undefined {
    const { log, observer } = this;
    const { layout, helpers } = this.abi.target;
    let regions = 0;
    const options: CompilerOptions = {
      state: this.state,
      memory: this.memory,
      helpers,
      precise: false,
      optimise: (region, liveAtExit) => optimiseRegion(region, layout, { precise: false, passes, liveAtExit }),
      onCompile: (region, code) => {
        if (++regions === LONG_RUN_REGIONS) allowTurboFan();
        trace?.compiled(region, code);
      },
      nameOf: observer && ((head) => observer.nameOf(head)),
      within: observer && ((head, at) => observer.within(head, at)),
      store: this.codeCache?.translations,
      annotate: log.enabled('out_js') ? (region) => trace!.annotator(region) : undefined,
    };
    switch (this.config.emit) {
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

  private guestProcess(): GuestProcess {
    const { abi, config, image } = this;
    return {
      memory: this.memory,
      space: this.space,
      fds: FdTable.inherit(inheritedFdLimit()),
      abi: abi.syscalls,
      executable: image.executable,
      commandLine: image.argv,
      auxv: image.auxv,
      sysroot: config.sysroot,
      release: config.uname,
      cpuinfo: () => abi.cpuinfo(this.model, availableParallelism()),
      setThreadPointer: (value) => abi.setThreadPointer(this.state, value),
      invalidateCode: (start, end) => this.engine.invalidate(start, end),
      log: { strace: (line) => this.log.write(`${line}\n`), unimplemented: (line) => this.unimplemented(line) },
    };
  }

  private unimplemented(line: string): void {
    if (this.log.enabled('unimp')) this.log.write(`${line}\n`);
  }
}
