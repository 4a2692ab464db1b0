/** Makes the guest's threads: what a new one must know goes to a Worker, which thread-worker.ts runs. */
import path from 'node:path';
import type WorkerThreads from 'node:worker_threads';
import type { Image } from '../loader';
import { codePage } from '../runtime/host';
import type { ThreadGroup } from '../runtime/process/thread-group';
import type { SystemCalls, ThreadRequest } from '../syscalls';
import type { CpuModel } from '../targets/target';
import type { RunConfig } from './config';
import type { Machine } from './machine';

const EAGAIN = 11;

/** argv[2] of a Worker: what the command line's entry knows it by. */
export const THREAD_COMMAND = '*thread*';

/** What all threads of a process share. It is cloned into each Worker. */
export interface ThreadSeed {
  readonly config: RunConfig;
  readonly target: string;
  readonly elfFlags: number;
  readonly model: CpuModel;
  readonly image: Image;
  readonly memory: WebAssembly.Memory;
  readonly pages: Uint8Array;
  readonly mappings: SharedArrayBuffer;
  readonly group: SharedArrayBuffer;
  readonly fds: SharedArrayBuffer;
  readonly calls: SharedArrayBuffer;
  /** Host address of the code page. */
  readonly codePage: number;
  /** The process's before it was changed, see runtime/host/core-dumps.ts. */
  readonly coreFilter: string | undefined;
  /** Host address of blocks that threads and children exchange, or 0. */
  readonly family: number;
}

/** Bytes of the memory for blocks that threads and children exchange: for some 100,000. */
export const FAMILY_BYTES = 64 * 2 ** 20;

/** What a Worker gets. */
export interface WorkerSeed {
  readonly shared: ThreadSeed;
  readonly entry: number;
  /** Of the group, see ThreadGroup. */
  readonly generation: number;
}

/** What a thread begins with. */
export interface ThreadJob {
  readonly request: ThreadRequest;
  /** Words of its maker's CPU state. */
  readonly state: readonly number[];
  readonly maskLow: number;
  readonly maskHigh: number;
}

/**
 * clone(2) of a thread.
 * @returns the thread's id, or a negative errno
 */
export function startThread(
  group: ThreadGroup,
  seed: () => ThreadSeed,
  machine: Machine,
  calls: SystemCalls,
  request: ThreadRequest,
): number {
  const { signals } = calls;
  if (signals.enter() === undefined || codePage() === undefined) return -EAGAIN;
  const place = group.lock.run(() => group.take());
  if (place === undefined) return -EAGAIN;
  const { maskLow, maskHigh } = signals;
  const state = [...machine.state.i32.subarray(0, machine.state.layout.size / 4)];
  group.describe(place.entry, JSON.stringify({ request, state, maskLow, maskHigh } satisfies ThreadJob));
  if (!place.exists) {
    // The Worker's host thread inherits the mask: signals are not for it before the guest's thread runs
    signals.blockAll();
    makeWorker({ shared: seed(), entry: place.entry, generation: group.generation });
    signals.resume();
  }
  const tid = group.call(place.entry);
  return tid === 0 ? -EAGAIN : tid;
}

function makeWorker(workerData: WorkerSeed): void {
  // Loaded when it is needed: most programs have one thread
  const { Worker } = process.getBuiltinModule('node:worker_threads') as typeof WorkerThreads;
  const worker = new Worker(path.join(__dirname, 'tsemu.cjs'), {
    workerData,
    argv: [THREAD_COMMAND],
    execArgv: [],
    stdin: false,
    stdout: false,
    stderr: false,
    trackUnmanagedFds: false,
  });
  worker.unref();
}
