/** What the system calls of a guest thread may ask of the emulator. */
import { availableParallelism } from 'node:os';
import type { Image } from '../loader';
import type { Log } from '../runtime/debug';
import { addressOf } from '../runtime/host';
import type { FdTable } from '../runtime/process/fd-table';
import type { ExecRequest, GuestProcess, ThreadRequest } from '../syscalls';
import { ENGINE_WORD } from '../translate/ir/state';
import type { RunConfig } from './config';
import type { Machine } from './machine';

/** The parts that are different in the first thread and in others, or that change when a program is executed. */
export interface GuestServices {
  readonly config: Pick<RunConfig, 'sysroot' | 'uname'>;
  readonly log: Log;
  readonly machine: Machine;
  readonly fds: FdTable;
  image(): Image;
  readonly isFirst: boolean;
  readonly outlivesSignals: boolean;
  readonly profiled: boolean;
  exec(request: ExecRequest): number | 'native' | ExecRequest;
  fork(flags: number, pidfd: number): number;
  startThread(request: ThreadRequest): number;
  threads(): number;
  threadIds(): readonly number[];
  makePrecise(): void;
  returnFromSignal(withInfo: boolean): void;
}

/** Host address of the word that makes compiled code return. */
export const polledWord = ({ state }: Machine): number => addressOf(state.i32) + 4 * ENGINE_WORD.headroom;

const said = new Set<string>();

/** Says once what does not work because the host refuses executable memory. */
export function sayRefused(log: Log, what: string): void {
  if (said.has(what)) return;
  said.add(what);
  log.write(`tsemu: the host refuses executable memory: ${what}\n`);
}

export function guestProcess(services: GuestServices): GuestProcess {
  const { config, machine, fds, log } = services;
  const { abi, model, memory, space, state } = machine;
  return {
    memory,
    space,
    fds,
    abi: abi.syscalls,
    get executable() {
      return services.image().executable;
    },
    get layout() {
      return services.image();
    },
    get auxv() {
      return services.image().auxv;
    },
    sysroot: config.sysroot,
    release: config.uname,
    isFirst: services.isFirst,
    outlivesSignals: services.outlivesSignals,
    profiled: services.profiled,
    cpuinfo: () => abi.cpuinfo(model, availableParallelism()),
    exec: (request) => services.exec(request),
    fork: (flags, pidfd) => services.fork(flags, pidfd),
    startThread: (request) => services.startThread(request),
    threads: () => services.threads(),
    threadIds: () => services.threadIds(),
    polledWord: () => polledWord(machine),
    handlesFaults: () => services.makePrecise(),
    refused: (what) => sayRefused(log, what),
    stackPointer: () => abi.signalFrames(model).stackPointer(state),
    returnFromSignal: (withInfo) => services.returnFromSignal(withInfo),
    swapContext: (save, load) => abi.swapContext?.(machine, save, load) ?? false,
    setStackPointer: (value) => abi.setStackPointer(state, value),
    setThreadPointer: (value) => abi.setThreadPointer(state, value),
    floatMode: abi.floatMode?.(model),
    floatExceptionMode: abi.floatExceptionMode && ((mode) => abi.floatExceptionMode!(state, mode)),
    setSecondResult: (value) => abi.setSecondResult?.(state, value),
    invalidateCode: (start, end) => space.codeWritten(start, end),
    log: {
      strace: (line) => log.write(`${line}\n`),
      unimplemented: (line) => {
        if (log.enabled('unimp')) log.write(`${line}\n`);
      },
    },
  };
}
