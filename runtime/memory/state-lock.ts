/** A lock in shared memory, for state of the emulator. Never held while guest code runs or a system call waits. */

const FREE = 0;
const TAKEN = 1;
const CONTENDED = 2;

export class StateLock {
  constructor(
    private readonly words: Int32Array,
    private readonly at: number,
  ) {}

  acquire(): void {
    if (Atomics.compareExchange(this.words, this.at, FREE, TAKEN) === FREE) return;
    while (Atomics.exchange(this.words, this.at, CONTENDED) !== FREE) Atomics.wait(this.words, this.at, CONTENDED);
  }

  release(): void {
    if (Atomics.exchange(this.words, this.at, FREE) === CONTENDED) Atomics.notify(this.words, this.at, 1);
  }

  /** In a child process, which has only the thread that forked: whoever held it is gone. */
  reset(): void {
    Atomics.store(this.words, this.at, FREE);
  }

  run<T>(body: () => T): T {
    this.acquire();
    try {
      return body();
    } finally {
      this.release();
    }
  }
}
