/** A guest process: loads a program, runs it, and starts others in its place (execve). */
import { identify, LoadError, mapProgram, openProgram } from '../loader';
import type { Identity, Image, ProcessOptions, Program } from '../loader';
import { mark, type Log } from '../runtime/debug';
import { FamilyTranslations } from '../runtime/engine';
import {
  addressOf,
  codePage,
  familyMemory,
  HOST,
  hostMemory,
  inheritedFdLimit,
  originalCoreFilter,
  processId,
  setCommandLine,
  setProcessName,
  SIGNAL,
  sleepForEver,
  syscall,
} from '../runtime/host';
import { FdTable } from '../runtime/process/fd-table';
import { ThreadGroup } from '../runtime/process/thread-group';
import { mapsText, ProcessExit, ProcessKilled, SystemCalls, ThreadExit, type ExecRequest, type ThreadRequest } from '../syscalls';
import type { ProcessAbi } from './abi';
import { CodeCache, showsFile } from './code-cache';
import type { RunConfig } from './config';
import { forkGuest } from './fork';
import { guestProcess, polledWord, sayRefused, type GuestServices } from './guest-services';
import { createMachine, type Machine } from './machine';
import type { RunObserver } from './observer';
import type { CpuModel } from '../targets/target';
import type { CpuState } from '../translate/ir/cpu-state';
import type { Outcome } from './outcome';
import { runThread } from './process';
import { openForExec, ProgramChange, startAnew } from './program-change';
import { rehearseExec } from './rehearsal';
import { becomeOwner } from './set-id';
import { SignalDelivery } from './signal-delivery';
import { abiOf, dependsOnFlags, modelOf } from './targets';
import { FAMILY_BYTES, startThread, type ThreadSeed } from './threads';
import { createTranslator, logsTranslations, type Translator } from './translator';

const EAGAIN = 11;
/** Just before the heap is compacted (runtime/host/fork.ts), which takes away what the rehearsal leaves. */
const FORKS_BEFORE_REHEARSAL = 7;

/** One guest process, and its first thread. */
export class Process implements GuestServices {
  readonly isFirst = true;
  /** Absent until the guest makes another thread. */
  private group: ThreadGroup | undefined;
  private family = 0;
  /** e_flags of the program. */
  private elfFlags: number;
  machine: Machine;
  /** What the program's initial state has besides. */
  private prepareState: ((state: CpuState) => void) | undefined;
  private loaded: Image;
  private translator: Translator;
  private codeCache: CodeCache | undefined;
  private calls: SystemCalls;
  /** The engine exchanges blocks with children. */
  private shared = false;
  /** Children made so far. */
  private forks = 0;
  private delivery: SignalDelivery;
  /** Code has all registers in the state wherever it may fault. */
  private precise = false;
  readonly fds: FdTable;

  /** @throws LoadError */
  constructor(
    readonly config: RunConfig,
    readonly log: Log,
    private readonly observer?: RunObserver,
  ) {
    this.fds = FdTable.inherit(inheritedFdLimit(), config.descriptors);
    const abi = abiOf(identityOf(config), config.program);
    const program = openProgram(config.program, [config.argv0 ?? config.program, ...config.args], {
      sysroot: config.sysroot,
      targets: [abi.target.name],
    });
    this.elfFlags = program.main.flags;
    try {
      this.machine = createMachine(abi, modelOf(abi, config.cpu, program));
      mark('guest memory reserved');
      this.loaded = this.map(program, config.envp, undefined);
    } finally {
      program.close();
    }
    mark('program loaded');
    this.translator = this.translate(this.loaded.executable);
    this.calls = new SystemCalls(guestProcess(this), { strace: config.strace });
    if (config.signals !== undefined) this.calls.signals.inherit(config.signals);
    this.delivery = this.deliver();
    this.attach();
    mark('engine ready');
    this.enter(config.program);
  }

  /** Runs until the guest ends. */
  run(): Outcome {
    if (this.log.enabled('page')) this.log.write(`page layout:\n${mapsText(this.machine.space.vmas.all())}`);
    for (;;) {
      const end = this.runProgram();
      if (!(end instanceof ProgramChange)) {
        mark('guest ended');
        this.calls.leaveMemory();
        this.saveTranslations();
        return end;
      }
      try {
        this.replaceProgram(end);
      } catch (e) {
        if (e instanceof LoadError) return { kind: 'signal', signal: SIGNAL.SIGSEGV };
        throw e;
      }
    }
  }

  private runProgram(): Outcome | ProgramChange {
    const { machine, translator, calls, delivery } = this;
    try {
      return runThread({ ...machine, engine: translator.engine, calls, delivery, followOthers: () => this.followOthers() });
    } catch (e) {
      if (e instanceof ProcessExit) return { kind: 'exit', status: e.status };
      if (e instanceof ProcessKilled) return { kind: 'signal', signal: e.signal };
      if (e instanceof ProgramChange) return e;
      if (e instanceof ThreadExit) return this.leave(e.status);
      throw e;
    }
  }

  /** The first thread has ended. The process goes on with the others, or ends with them. */
  private leave(status: number): Outcome {
    const { calls, group } = this;
    calls.signals.blockAll();
    calls.endThread();
    return group!.ended(0, status) === 0 ? { kind: 'exit', status } : sleepForEver();
  }

  private map(program: Program, envp: readonly Uint8Array[], stackSize: number | undefined): Image {
    const { abi, space } = this.machine;
    abi.mapKernelPages(space);
    this.prepareState = abi.prepare?.(program);
    return mapProgram(program, space, this.processOptions(envp, stackSize));
  }

  private processOptions(envp: readonly Uint8Array[], stackSize: number | undefined): ProcessOptions {
    const { abi, model } = this.machine;
    return {
      envp,
      hwcap: abi.hwcap(model),
      hwcap2: abi.hwcap2(model),
      platform: abi.platform(model),
      aux: abi.aux?.(model),
      stackSize: stackSize ?? this.config.stackSize,
      seed: this.config.seed,
    };
  }

  /** Prepares the registers for a program that has been loaded. */
  private enter(path: Uint8Array): void {
    const { abi, state } = this.machine;
    state.reset();
    abi.enter(state, this.loaded.entry, this.loaded.stackPointer);
    this.prepareState?.(state);
    setProcessName(path.subarray(path.lastIndexOf(SLASH) + 1));
    const { argStart, argEnd, envStart, envEnd } = this.loaded;
    const { base } = this.machine.space;
    setCommandLine({ start: base + argStart, end: base + argEnd }, { start: base + envStart, end: base + envEnd });
  }

  fork(flags: number, pidfd: number): number {
    this.shareTranslations();
    this.codeCache?.forking();
    if (++this.forks === FORKS_BEFORE_REHEARSAL) this.rehearse();
    const pid = forkGuest(this, this.translator.engine, this.group, flags, pidfd);
    if (pid === 0) {
      this.forks = 0;
      this.observer?.forked();
      this.codeCache?.forked();
    }
    return pid;
  }

  /** Lets the children that this process makes find what others of them have translated. */
  private shareTranslations(): void {
    if (this.shared || this.observer !== undefined || logsTranslations(this.log)) return;
    this.shared = true;
    const buffer = familyMemory(FAMILY_BYTES);
    if (buffer === undefined) return;
    this.family = addressOf(new Uint8Array(buffer));
    shareBlocks(this.machine, this.translator, buffer, () => this.precise);
  }

  /** This process makes many children, which will execute programs. */
  private rehearse(): void {
    const { config, log, machine, family, loaded } = this;
    // With a code cache each program gets a machine of its own
    if (family === 0 || this.group !== undefined || this.codeCache !== undefined) return;
    const path = Buffer.from(loaded.executable);
    this.calls.rehearse();
    rehearseExec({
      config,
      log,
      machine,
      request: { path, hostPath: path, argv: loaded.argv, envp: config.envp, stackSize: undefined },
      options: this.processOptions(config.envp, undefined),
      share: (scratch, translator) => shareBlocks(scratch, translator, hostMemory(family, FAMILY_BYTES), () => false),
    });
  }

  /** execve(2) up to where it can fail. */
  exec(request: ExecRequest): number | 'native' | ExecRequest {
    const program = openForExec(this.config, request);
    if (typeof program !== 'object') return program;
    if (this.threads() === 1) throw ProgramChange.to(program, request);
    program.close();
    const cpu = program.target === this.machine.abi.target.name ? this.config.cpu : undefined;
    return startAnew(this.config, request, this.calls.signals.inherited, cpu);
  }

  /** execve(2) from there on. Throws LoadError if the program has no room, which ends the process. */
  private replaceProgram({ program, request }: ProgramChange): void {
    try {
      this.saveTranslations();
      this.calls.leaveMemory();
      this.translator.engine.suspend();
      this.machine.space.clear();
      this.group = undefined;
      this.calls.exec();
      if (this.precise) {
        // handlers are gone, and with them who looks at registers
        this.precise = false;
        this.translator.engine.discard();
      }
      becomeOwner(program.main.file.fd);
      this.elfFlags = program.main.flags;
      const abi = abiOf({ target: program.target, native: false, elfFlags: this.elfFlags }, request.path);
      // `-cpu` was given for the first program's target
      const model = modelOf(abi, abi === this.machine.abi ? this.config.cpu : undefined, program);
      // The code cache is of one program
      if (abi !== this.machine.abi || !sameFeatures(model, this.machine.model) || this.codeCache !== undefined)
        this.changeMachine(abi, model, program.main.file.realPath);
      this.loaded = this.map(program, request.envp, request.stackSize);
    } finally {
      program.close();
    }
    this.enter(request.path);
  }

  private changeMachine(abi: ProcessAbi, model: CpuModel, executable: string): void {
    this.machine = createMachine(abi, model, this.machine);
    this.shared = false;
    this.translator = this.translate(executable);
    this.calls = new SystemCalls(guestProcess(this), { strace: this.config.strace }, this.calls);
    this.delivery = this.deliver();
    this.attach();
  }

  private translate(executable: string): Translator {
    const { config, machine, log, observer } = this;
    const precise = (): boolean => this.precise;
    const guest = { memory: machine.memory, vmas: machine.space.vmas, precise };
    this.codeCache =
      observer === undefined && config.codeCache !== undefined && !logsTranslations(log)
        ? CodeCache.open(config, machine.abi.syscalls.name, config.codeCache, executable, guest)
        : undefined;
    return createTranslator({ machine, config, log, observer, codeCache: this.codeCache, precise });
  }

  private deliver(): SignalDelivery {
    const { abi, model, state, memory } = this.machine;
    return new SignalDelivery(abi.signalFrames(model), state, memory, this.calls);
  }

  /** The guest handles faults from now on. */
  makePrecise(): void {
    if (this.precise) return;
    this.precise = true;
    this.translator.engine.discard();
    if (this.group === undefined || this.group.precise) return;
    this.group.makePrecise();
    this.group.kickOthers(0);
  }

  returnFromSignal(withInfo: boolean): void {
    const outcome = this.delivery.leaveHandler(withInfo);
    if (outcome?.kind === 'signal') throw new ProcessKilled(outcome.signal);
  }

  private saveTranslations(): void {
    this.codeCache?.save(this.translator.engine.interpreter.constants, this.log);
  }

  private attach(): void {
    const { machine, translator, calls } = this;
    this.observer?.attach({ ...translator, calls, vmas: machine.space.vmas, callNumbers: machine.abi.syscalls.numbers });
  }

  image(): Image {
    return this.loaded;
  }

  get outlivesSignals(): boolean {
    return this.observer !== undefined || this.codeCache !== undefined || this.log.buffers || this.config.strace;
  }

  get profiled(): boolean {
    return this.observer !== undefined;
  }

  threads(): number {
    return this.group?.alive ?? 1;
  }

  threadIds(): readonly number[] {
    return this.group?.ids ?? [processId()];
  }

  startThread(request: ThreadRequest): number {
    if (this.calls.signals.enter() === undefined) {
      sayRefused(this.log, 'no threads');
      return -EAGAIN;
    }
    const group = (this.group ??= this.createGroup());
    return startThread(group, () => this.threadSeed(group), this.machine, this.calls, request);
  }

  private createGroup(): ThreadGroup {
    const group = new ThreadGroup();
    group.begin(syscall(HOST.gettid), polledWord(this.machine));
    if (this.precise) group.makePrecise();
    this.machine.space.share();
    this.machine.space.onSharedCodeChange(() => group.kickOthers(0));
    this.shareTranslations();
    return group;
  }

  private threadSeed(group: ThreadGroup): ThreadSeed {
    const { abi, model, memory, space } = this.machine;
    return {
      config: this.config,
      target: abi.target.name,
      elfFlags: this.elfFlags,
      model,
      image: this.loaded,
      memory: memory.memory,
      pages: memory.pages,
      mappings: space.share().buffer,
      group: group.buffer,
      fds: this.fds.buffer,
      calls: this.calls.shared.buffer,
      codePage: codePage()!.address,
      coreFilter: originalCoreFilter(),
      family: this.family,
    };
  }

  private followOthers(): void {
    this.machine.space.followCodeChanges();
    if (this.group?.precise === true) this.makePrecise();
  }
}

/** What the program is for, as far as the command's name leaves that open: `tsemu-TARGET` accepts programs of that target only. */
function identityOf({ target, program, sysroot }: RunConfig): Identity {
  if (target !== undefined && !dependsOnFlags(target)) return { target, native: false, elfFlags: 0 };
  const identity = identify(program, sysroot);
  return { ...identity, target: target ?? identity.target };
}

/** Whether code translated for one model serves the other. */
function sameFeatures(a: CpuModel, b: CpuModel): boolean {
  return a.features.size === b.features.size && [...a.features].every((f) => b.features.has(f));
}

/** Lets an engine exchange blocks with all that have the same memory for it. */
function shareBlocks({ memory, space }: Machine, { engine }: Translator, family: ArrayBuffer, precise: () => boolean): void {
  const lasting = (start: number, end: number): boolean => showsFile(space.vmas, start, end);
  engine.shareBlocks(new FamilyTranslations(new Int32Array(family), memory, lasting, precise));
}

const SLASH = 0x2f;
