/** Runs the guest's threads that are not its first: what a Worker does. */
import type WorkerThreads from 'node:worker_threads';
import { Log, writeAll } from '../runtime/debug';
import { FamilyTranslations } from '../runtime/engine';
import {
  adoptCodePage,
  adoptCoreFilter,
  allowTurboFan,
  dieBySignal,
  exitGroup,
  hostMemory,
  HOST,
  renewThread,
  sleepForEver,
  syscall,
} from '../runtime/host';
import { SharedMappings } from '../runtime/memory';
import { FdTable } from '../runtime/process/fd-table';
import { ThreadGroup } from '../runtime/process/thread-group';
import { ProcessExit, ProcessKilled, ProcessState, SystemCalls, ThreadExit, type ExecRequest, type ThreadRequest } from '../syscalls';
import { showsFile } from './code-cache';
import { forkGuest } from './fork';
import { guestProcess, polledWord, type GuestServices } from './guest-services';
import { threadMachine, type Machine } from './machine';
import type { Outcome } from './outcome';
import { runThread } from './process';
import { openForExec, startAnew } from './program-change';
import { SignalDelivery } from './signal-delivery';
import { abiOf } from './targets';
import { FAMILY_BYTES, startThread, type ThreadJob, type ThreadSeed, type WorkerSeed } from './threads';
import { createTranslator, type Translator } from './translator';

export { THREAD_COMMAND } from './threads';

const STDERR = 2;
/** sysexits.h: an internal error. */
const EX_SOFTWARE = 70;
const EMPTY = Buffer.alloc(0);

/** Runs one guest thread after the other; never returns. */
export function runWorker(): never {
  const { shared, entry, generation } = (process.getBuiltinModule('node:worker_threads') as typeof WorkerThreads).workerData as WorkerSeed;
  const group = new ThreadGroup(shared.group, generation);
  group.await(entry);
  let worker: ThreadWorker;
  try {
    worker = new ThreadWorker(shared, group, entry);
  } catch {
    group.giveUp(entry);
    return sleepForEver();
  }
  try {
    for (;;) {
      worker.run();
      group.rest(entry);
      group.await(entry);
      // As on any Linux no id comes back soon: who waits for a thread by its id does not meet the next one
      group.renew(renewThread);
    }
  } catch (e) {
    // Not the guest's doing. The others would wait for this thread for ever
    writeAll(STDERR, Buffer.from(`${e instanceof Error ? e.stack : String(e)}\n`));
    return exitGroup(EX_SOFTWARE);
  }
}

class ThreadWorker implements GuestServices {
  readonly isFirst = false;
  readonly profiled = false;
  readonly machine: Machine;
  readonly fds: FdTable;
  readonly log: Log;
  readonly outlivesSignals: boolean;
  private readonly translator: Translator;
  private readonly calls: SystemCalls;
  private readonly delivery: SignalDelivery;
  private precise: boolean;

  constructor(
    private readonly shared: ThreadSeed,
    private readonly group: ThreadGroup,
    private readonly entry: number,
  ) {
    const { config, target, elfFlags, model } = shared;
    adoptCodePage(shared.codePage);
    adoptCoreFilter(shared.coreFilter);
    const abi = abiOf({ target, native: false, elfFlags }, EMPTY);
    this.machine = threadMachine(abi, model, shared, new SharedMappings(shared.mappings));
    this.fds = FdTable.share(shared.fds);
    // Text that waits in memory would be lost if another thread ends the process
    this.log = new Log(config.log.items);
    this.outlivesSignals = config.strace;
    this.precise = group.precise;
    const { machine, log } = this;
    this.translator = createTranslator({ machine, config, log, observer: undefined, codeCache: undefined, precise: () => this.precise });
    this.joinFamily();
    machine.space.onSharedCodeChange(() => group.kickOthers(entry));
    this.calls = new SystemCalls(guestProcess(this), { strace: config.strace }, undefined, new ProcessState(shared.calls));
    this.delivery = new SignalDelivery(abi.signalFrames(model), machine.state, machine.memory, this.calls);
    allowTurboFan();
  }

  get config(): ThreadSeed['config'] {
    return this.shared.config;
  }

  /** Runs the guest thread that another one has asked for, until it ends. */
  run(): void {
    const { request, state, maskLow, maskHigh } = JSON.parse(this.group.job(this.entry)) as ThreadJob;
    const { machine, calls } = this;
    const { abi } = machine;
    machine.state.i32.set(state);
    abi.setSyscallResult(machine.state, 0, 0);
    if (request.stack !== 0) abi.setStackPointer(machine.state, request.stack);
    if (request.tls !== undefined) abi.setThreadPointer(machine.state, request.tls);
    const tid = syscall(HOST.gettid);
    const { view, littleEndian } = machine.memory;
    for (const at of [request.setTid, request.parentTid]) if (machine.memory.accessible(at, 4, 2)) view.setInt32(at, tid, littleEndian);
    calls.beginThread(request.clearTid, request.tls ?? 0);
    calls.signals.enter();
    this.group.started(this.entry, tid, polledWord(machine));
    calls.signals.begin(maskLow, maskHigh);
    this.runGuest();
  }

  private runGuest(): void {
    const { machine, calls, delivery, translator } = this;
    try {
      end(runThread({ ...machine, engine: translator.engine, calls, delivery, followOthers: () => this.followOthers() }));
    } catch (e) {
      if (calls.signals.thread?.abandoned === true) sleepForEver();
      if (e instanceof ProcessExit) end({ kind: 'exit', status: e.status });
      if (e instanceof ProcessKilled) end({ kind: 'signal', signal: e.signal });
      if (!(e instanceof ThreadExit)) throw e;
    }
    calls.signals.blockAll();
    calls.endThread();
    if (this.group.ended(this.entry, 0) === 0) exitGroup(this.group.status);
  }

  private followOthers(): void {
    this.machine.space.followCodeChanges();
    if (this.group.precise && !this.precise) this.makePrecise();
  }

  private joinFamily(): void {
    const { machine, shared, translator } = this;
    if (shared.family === 0) return;
    const words = new Int32Array(hostMemory(shared.family, FAMILY_BYTES));
    const lasting = (start: number, to: number): boolean => showsFile(machine.space.vmas, start, to);
    translator.engine.shareBlocks(new FamilyTranslations(words, machine.memory, lasting, () => this.precise));
  }

  image(): ThreadSeed['image'] {
    return this.shared.image;
  }

  exec(request: ExecRequest): number | 'native' | ExecRequest {
    const program = openForExec(this.config, request);
    if (typeof program !== 'object') return program;
    program.close();
    const cpu = program.target === this.shared.target ? this.config.cpu : undefined;
    return startAnew(this.config, request, this.calls.signals.inherited, cpu);
  }

  fork(flags: number, pidfd: number): number {
    return forkGuest(this, this.translator.engine, this.group, flags, pidfd);
  }

  startThread(request: ThreadRequest): number {
    return startThread(this.group, () => this.shared, this.machine, this.calls, request);
  }

  threads(): number {
    return this.group.alive;
  }

  threadIds(): readonly number[] {
    return this.group.ids;
  }

  makePrecise(): void {
    this.precise = true;
    this.translator.engine.discard();
    if (this.group.precise) return;
    this.group.makePrecise();
    this.group.kickOthers(this.entry);
  }

  returnFromSignal(withInfo: boolean): void {
    const outcome = this.delivery.leaveHandler(withInfo);
    if (outcome?.kind === 'signal') throw new ProcessKilled(outcome.signal);
  }
}

function end(outcome: Outcome): never {
  return outcome.kind === 'exit' ? exitGroup(outcome.status) : dieBySignal(outcome.signal);
}
