/** A guest process: loads a program, runs it, and starts others in its place (execve). */
import { availableParallelism } from 'node:os';
import { argumentsFit, identify, LoadError, mapProgram, NativeProgram, openProgram } from '../loader';
import type { Identity, Image, ProcessOptions, Program } from '../loader';
import { mark, type Log } from '../runtime/debug';
import { FamilyTranslations } from '../runtime/engine';
import {
  addressOf,
  familyMemory,
  forkProcess,
  inheritedFdLimit,
  isOpenForWriting,
  setCommandLine,
  setProcessName,
  SIGNAL,
  suspendOptimisation,
} from '../runtime/host';
import { FdTable } from '../runtime/process/fd-table';
import { mapsText, ProcessExit, ProcessKilled, SystemCalls, type ExecRequest, type GuestProcess } from '../syscalls';
import type { ProcessAbi } from './abi';
import { CodeCache, showsFile } from './code-cache';
import type { RunConfig } from './config';
import { createMachine, type Machine } from './machine';
import type { RunObserver } from './observer';
import type { CpuModel } from '../targets/target';
import { ENGINE_WORD } from '../translate/ir/state';
import type { Outcome } from './outcome';
import { runThread } from './process';
import { becomeOwner } from './set-id';
import { SignalDelivery } from './signal-delivery';
import { abiOf, modelOf, PROCESS_ABIS, TARGETS } from './targets';
import { createTranslator, logsTranslations, type Translator } from './translator';

/** For some 100,000 blocks. */
const FAMILY_BYTES = 64 * 2 ** 20;

const E2BIG = 7;
const ETXTBSY = 26;
const ENOSYS = 38;

/** Leaves the system call when the guest has started another program: nothing can fail any more. */
class ProgramChange extends Error {
  constructor(
    readonly program: Program,
    readonly request: ExecRequest,
  ) {
    super('guest exec');
  }
}

/** One guest process with its only thread. */
export class Process {
  private machine: Machine;
  private image: Image;
  private translator: Translator;
  private codeCache: CodeCache | undefined;
  private calls: SystemCalls;
  /** The engine exchanges blocks with children. */
  private shared = false;
  private delivery: SignalDelivery;
  /** Code has all registers in the state wherever it may fault. */
  private precise = false;
  private readonly fds: FdTable;

  /** @throws LoadError */
  constructor(
    private readonly config: RunConfig,
    private readonly log: Log,
    private readonly observer?: RunObserver,
  ) {
    this.fds = FdTable.inherit(inheritedFdLimit(), config.descriptors);
    const abi = abiOf(identityOf(config), config.program);
    const program = openProgram(config.program, [config.argv0 ?? config.program, ...config.args], {
      sysroot: config.sysroot,
      targets: [abi.target.name],
    });
    try {
      this.machine = createMachine(abi, modelOf(abi, config.cpu, program));
      mark('guest memory reserved');
      this.image = this.map(program, config.envp, undefined);
    } finally {
      program.close();
    }
    mark('program loaded');
    this.translator = this.translate(this.image.executable);
    this.calls = new SystemCalls(this.guestProcess(), { strace: config.strace });
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
      return runThread({ ...machine, engine: translator.engine, calls, delivery });
    } catch (e) {
      if (e instanceof ProcessExit) return { kind: 'exit', status: e.status };
      if (e instanceof ProcessKilled) return { kind: 'signal', signal: e.signal };
      if (e instanceof ProgramChange) return e;
      throw e;
    }
  }

  private map(program: Program, envp: readonly Uint8Array[], stackSize: number | undefined): Image {
    const { abi, space } = this.machine;
    abi.mapKernelPages(space);
    return mapProgram(program, space, this.processOptions(envp, stackSize));
  }

  private processOptions(envp: readonly Uint8Array[], stackSize: number | undefined): ProcessOptions {
    const { abi, model } = this.machine;
    return {
      envp,
      hwcap: abi.hwcap(model),
      hwcap2: abi.hwcap2(model),
      platform: abi.platform(model),
      stackSize: stackSize ?? this.config.stackSize,
      seed: this.config.seed,
    };
  }

  /** Prepares the registers for a program that has been loaded. */
  private enter(path: Uint8Array): void {
    const { abi, state } = this.machine;
    state.reset();
    abi.enter(state, this.image.entry, this.image.stackPointer);
    setProcessName(path.subarray(path.lastIndexOf(SLASH) + 1));
    const { argStart, argEnd, envStart, envEnd } = this.image;
    const { base } = this.machine.space;
    setCommandLine({ start: base + argStart, end: base + argEnd }, { start: base + envStart, end: base + envEnd });
  }

  private fork(flags: number, pidfd: number): number {
    const { base } = this.machine.space;
    this.log.flush();
    this.shareTranslations();
    const pid = forkProcess(flags, pidfd, { start: base, end: base + 2 ** 32 });
    if (pid === 0) {
      suspendOptimisation();
      this.log.forked();
    }
    if (pid === -ENOSYS) this.unimplemented('fork: the host refuses memory that can be made executable');
    return pid;
  }

  private unimplemented(line: string): void {
    if (this.log.enabled('unimp')) this.log.write(`${line}\n`);
  }

  /** Lets the children that this process makes find what others of them have translated. */
  private shareTranslations(): void {
    const { memory, space } = this.machine;
    if (this.shared || this.codeCache !== undefined || this.observer !== undefined || logsTranslations(this.log)) return;
    this.shared = true;
    const buffer = familyMemory(FAMILY_BYTES);
    if (buffer === undefined) return;
    const lasting = (start: number, end: number): boolean => showsFile(space.vmas, start, end);
    this.translator.engine.shareBlocks(new FamilyTranslations(new Int32Array(buffer), memory, lasting));
  }

  /** execve(2) up to where it can fail. */
  private exec(request: ExecRequest): number | 'native' {
    const { path, argv, envp, hostPath } = request;
    let program: Program;
    try {
      program = openProgram(path, argv, { sysroot: this.config.sysroot, targets: TARGETS, hostPath });
    } catch (e) {
      if (e instanceof NativeProgram) return 'native';
      if (e instanceof LoadError) return -e.errno;
      throw e;
    }
    const wordSize = program.main.class === 32 ? 4 : 8;
    const fits = argumentsFit({ size: request.stackSize ?? this.config.stackSize, wordSize, argv: program.argv, envp, path });
    const errno = !fits ? E2BIG : isOpenForWriting(program.main.file.fd) ? ETXTBSY : 0;
    if (errno === 0) throw new ProgramChange(program, request);
    program.close();
    return -errno;
  }

  /** execve(2) from there on. Throws LoadError if the program has no room, which ends the process. */
  private replaceProgram({ program, request }: ProgramChange): void {
    try {
      this.saveTranslations();
      this.calls.leaveMemory();
      this.translator.engine.suspend();
      this.machine.space.clear();
      this.calls.exec();
      if (this.precise) {
        // handlers are gone, and with them who looks at registers
        this.precise = false;
        this.translator.engine.discard();
      }
      becomeOwner(program.main.file.fd);
      const abi = abiOf({ target: program.target, native: false, elfFlags: program.main.flags }, request.path);
      // `-cpu` was given for the first program's target
      const model = modelOf(abi, abi === this.machine.abi ? this.config.cpu : undefined, program);
      // The code cache is of one program
      if (abi !== this.machine.abi || !sameFeatures(model, this.machine.model) || this.codeCache !== undefined)
        this.changeMachine(abi, model, program.main.file.realPath);
      this.image = this.map(program, request.envp, request.stackSize);
    } finally {
      program.close();
    }
    this.enter(request.path);
  }

  private changeMachine(abi: ProcessAbi, model: CpuModel, executable: string): void {
    this.machine = createMachine(abi, model, this.machine);
    this.shared = false;
    this.translator = this.translate(executable);
    this.calls = new SystemCalls(this.guestProcess(), { strace: this.config.strace }, this.calls);
    this.delivery = this.deliver();
    this.attach();
  }

  private translate(executable: string): Translator {
    const { config, machine, log, observer } = this;
    this.codeCache =
      observer === undefined && config.codeCache !== undefined && !logsTranslations(log)
        ? CodeCache.open(config, machine.abi.syscalls.name, config.codeCache, executable, machine.memory, machine.space.vmas)
        : undefined;
    return createTranslator({ machine, config, log, observer, codeCache: this.codeCache, precise: () => this.precise });
  }

  private deliver(): SignalDelivery {
    const { abi, model, state, memory } = this.machine;
    return new SignalDelivery(abi.signalFrames(model), state, memory, this.calls);
  }

  /** The guest handles faults from now on. */
  private makePrecise(): void {
    if (this.precise) return;
    this.precise = true;
    this.translator.engine.discard();
  }

  private returnFromSignal(withInfo: boolean): void {
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

  private guestProcess(): GuestProcess {
    const { config, machine, fds, log } = this;
    const { abi, model, memory, space, state } = machine;
    const image = (): Image => this.image;
    return {
      memory,
      space,
      fds,
      abi: abi.syscalls,
      get executable() {
        return image().executable;
      },
      get layout() {
        return image();
      },
      get auxv() {
        return image().auxv;
      },
      sysroot: config.sysroot,
      release: config.uname,
      cpuinfo: () => abi.cpuinfo(model, availableParallelism()),
      exec: (request) => this.exec(request),
      fork: (flags, pidfd) => this.fork(flags, pidfd),
      polledWord: () => addressOf(state.i32) + 4 * ENGINE_WORD.headroom,
      handlesFaults: () => this.makePrecise(),
      profiled: this.observer !== undefined,
      outlivesSignals: this.observer !== undefined || this.codeCache !== undefined || log.buffers || config.strace,
      stackPointer: () => abi.signalFrames(model).stackPointer(state),
      returnFromSignal: (withInfo) => this.returnFromSignal(withInfo),
      setStackPointer: (value) => abi.setStackPointer(state, value),
      setThreadPointer: (value) => abi.setThreadPointer(state, value),
      setSecondResult: (value) => abi.setSecondResult?.(state, value),
      invalidateCode: (start, end) => this.translator.engine.invalidate(start, end),
      log: {
        strace: (line) => log.write(`${line}\n`),
        unimplemented: (line) => this.unimplemented(line),
      },
    };
  }
}

/** What the program is for, as far as the command's name leaves that open: `tsemu-TARGET` accepts programs of that target only. */
function identityOf({ target, program, sysroot }: RunConfig): Identity {
  if (target !== undefined && typeof PROCESS_ABIS[target] !== 'function') return { target, native: false, elfFlags: 0 };
  const identity = identify(program, sysroot);
  return { ...identity, target: target ?? identity.target };
}

/** Whether code translated for one model serves the other. */
function sameFeatures(a: CpuModel, b: CpuModel): boolean {
  return a.features.size === b.features.size && [...a.features].every((f) => b.features.has(f));
}

const SLASH = 0x2f;
