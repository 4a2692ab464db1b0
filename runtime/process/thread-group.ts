/**
 * The threads of a guest process, in memory that all of them see. The first runs on Node's main thread, each other one
 * on a Worker. A Worker whose guest thread has ended waits for the next one: it takes 40 ms and 10 MB to make, and only
 * its parent's event loop, which never runs, could clean up after it.
 */
import { hostMemory, sleepForEver } from '../host';
import { StateLock } from '../memory';

/** More cannot be had (`threads-max` of a small machine is lower). */
const MAX_THREADS = 4096;
/** Bytes that a new thread can be told. */
const JOB_BYTES = 16384;

const LOCK = 0;
/** Threads that have not ended, and above them the generation. */
const ALIVE = 1;
const COUNT_BITS = 16;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const GENERATIONS = 1 << (31 - COUNT_BITS);
/** Exit status of the thread group leader. */
const STATUS = 2;
const PRECISE = 3;
const HEADER = 16;

const STATE = 0;
const TID = 1;
/** Host address of the word that makes compiled code return, as two words. */
const POLLED = 2;
const ENTRY_WORDS = 4;

const State = { Free: 0, Starting: 1, Idle: 2, Called: 3, Started: 4, Running: 5, Lost: 6 } as const;

const TABLE_BYTES = 4 * (HEADER + ENTRY_WORDS * MAX_THREADS);
const BYTES = TABLE_BYTES + JOB_BYTES * MAX_THREADS;

export class ThreadGroup {
  private readonly words: Int32Array;
  /** Guards what several threads decide together. */
  readonly lock: StateLock;

  /**
   * @param buffer of the group that another thread has made
   * @param own the generation that the calling thread belongs to. In a child of fork(2) the threads of its parent are
   *   still there, and what they were doing goes on; by this they notice that it is no longer their group.
   */
  constructor(
    readonly buffer = new SharedArrayBuffer(BYTES),
    private own = 0,
  ) {
    this.words = new Int32Array(buffer, 0, TABLE_BYTES / 4);
    this.lock = new StateLock(this.words, LOCK);
  }

  get generation(): number {
    return this.own;
  }

  private get abandoned(): boolean {
    return Atomics.load(this.words, ALIVE) >>> COUNT_BITS !== this.own;
  }

  /** Changes the number of threads, unless the caller is none of them: then it does not return. */
  private count(change: number): number {
    for (;;) {
      const now = Atomics.load(this.words, ALIVE);
      if (now >>> COUNT_BITS !== this.own) return sleepForEver();
      if (Atomics.compareExchange(this.words, ALIVE, now, now + change) === now) return (now + change) & COUNT_MASK;
    }
  }

  private at(entry: number, field: number): number {
    return HEADER + ENTRY_WORDS * entry + field;
  }

  /** The group gets its first thread, or in a child of fork(2) its only one. */
  begin(tid: number, polled: number): void {
    this.own = ((this.words[ALIVE]! >>> COUNT_BITS) + 1) % GENERATIONS;
    Atomics.store(this.words, ALIVE, (this.own << COUNT_BITS) | 1);
    this.words[LOCK] = 0;
    this.words.fill(0, ALIVE + 1);
    this.publish(0, tid, polled);
    this.words[this.at(0, STATE)] = State.Running;
  }

  private publish(entry: number, tid: number, polled: number): void {
    this.words[this.at(entry, POLLED)] = polled | 0;
    this.words[this.at(entry, POLLED + 1)] = Math.floor(polled / 2 ** 32);
    Atomics.store(this.words, this.at(entry, TID), tid);
  }

  /** Threads that have not ended. */
  get alive(): number {
    return Atomics.load(this.words, ALIVE) & COUNT_MASK;
  }

  /** Ids of threads that have not ended, the first thread's first. */
  get ids(): number[] {
    const ids: number[] = [];
    for (let entry = 0; entry < MAX_THREADS && Atomics.load(this.words, this.at(entry, STATE)) !== State.Free; entry++) {
      const tid = Atomics.load(this.words, this.at(entry, TID));
      if (tid !== 0) ids.push(tid);
    }
    return ids;
  }

  get precise(): boolean {
    return Atomics.load(this.words, PRECISE) !== 0;
  }

  /** All threads must translate so that registers are exact at every fault. */
  makePrecise(): void {
    Atomics.store(this.words, PRECISE, 1);
  }

  /** Takes a thread that waits for work, or a place for a new one. Undefined if there is no room. */
  take(): { readonly entry: number; readonly exists: boolean } | undefined {
    for (const [from, exists] of [
      [State.Idle, true],
      [State.Free, false],
    ] as const)
      // prettier-ignore
      for (let entry = 1; entry < MAX_THREADS; entry++) {
        const at = this.at(entry, STATE);
        if (Atomics.compareExchange(this.words, at, from, State.Starting) === from) return { entry, exists };
        if (this.words[at] === State.Free) break;
      }
    return undefined;
  }

  /** Writes what a thread that `take` gave is to know: at most JOB_BYTES - 4 bytes of ASCII. */
  describe(entry: number, job: string): void {
    if (job.length > JOB_BYTES - 4) throw new RangeError(`${job.length} bytes for a thread`);
    const at = TABLE_BYTES + JOB_BYTES * entry;
    new Int32Array(this.buffer, at, 1)[0] = job.length;
    new Uint8Array(this.buffer, at + 4, job.length).set(Buffer.from(job, 'latin1'));
  }

  /** In the thread: what `describe` has written. */
  job(entry: number): string {
    const at = TABLE_BYTES + JOB_BYTES * entry;
    const length = new Int32Array(this.buffer, at, 1)[0]!;
    return Buffer.from(new Uint8Array(this.buffer, at + 4, length).slice()).toString('latin1');
  }

  /** Lets a thread that `take` gave start its job; returns its id once it has. */
  call(entry: number): number {
    this.count(1);
    const state = this.at(entry, STATE);
    Atomics.store(this.words, state, State.Called);
    Atomics.notify(this.words, state);
    while (Atomics.load(this.words, state) === State.Called) Atomics.wait(this.words, state, State.Called);
    const tid = Atomics.load(this.words, this.at(entry, TID));
    // Only now may it run, and end
    if (Atomics.compareExchange(this.words, state, State.Started, State.Running) === State.Started) Atomics.notify(this.words, state);
    return tid;
  }

  /** In the thread: it cannot run. */
  giveUp(entry: number): void {
    this.count(-1);
    Atomics.store(this.words, this.at(entry, TID), 0);
    Atomics.store(this.words, this.at(entry, STATE), State.Lost);
    Atomics.notify(this.words, this.at(entry, STATE));
  }

  /** In the thread: waits until there is a job. */
  await(entry: number): void {
    const state = this.at(entry, STATE);
    for (;;) {
      const now = Atomics.load(this.words, state);
      if (this.abandoned) sleepForEver();
      if (now === State.Called) return;
      Atomics.wait(this.words, state, now);
    }
  }

  /** In the thread, which has run before: changes into a new one while no other thread forks. */
  renew(change: () => void): void {
    this.lock.run(change);
    if (this.abandoned) sleepForEver();
  }

  /** In the thread: the job has been read. Returns when its maker knows. */
  started(entry: number, tid: number, polled: number): void {
    if (this.abandoned) sleepForEver();
    this.publish(entry, tid, polled);
    const state = this.at(entry, STATE);
    Atomics.store(this.words, state, State.Started);
    Atomics.notify(this.words, state);
    while (Atomics.load(this.words, state) === State.Started) Atomics.wait(this.words, state, State.Started);
  }

  /** In the thread: its guest has ended. Returns how many others live. */
  ended(entry: number, status: number): number {
    const tid = Atomics.load(this.words, this.at(entry, TID));
    if (entry === 0) Atomics.store(this.words, STATUS, status);
    const alive = this.count(-1);
    Atomics.compareExchange(this.words, this.at(entry, TID), tid, 0);
    return alive;
  }

  /** In the thread: it can be called again. */
  rest(entry: number): void {
    if (this.abandoned) sleepForEver();
    Atomics.compareExchange(this.words, this.at(entry, STATE), State.Running, State.Idle);
  }

  /** Exit status of the leader, which is that of the process if all threads have ended one by one. */
  get status(): number {
    return Atomics.load(this.words, STATUS);
  }

  /** Makes all threads but one leave compiled code at the next opportunity. */
  kickOthers(own: number): void {
    for (let entry = 0; entry < MAX_THREADS; entry++) {
      const state = Atomics.load(this.words, this.at(entry, STATE));
      if (state === State.Free) return;
      if (entry === own || state !== State.Running) continue;
      const low = this.words[this.at(entry, POLLED)]! >>> 0;
      const polled = this.words[this.at(entry, POLLED + 1)]! * 2 ** 32 + low;
      new Int32Array(hostMemory(polled, 4))[0] = 0;
    }
  }
}
