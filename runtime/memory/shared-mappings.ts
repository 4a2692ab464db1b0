/**
 * The mappings of a process whose guest has several threads. Each thread has a list of its own in JavaScript; this is
 * the one that counts. A thread takes the lock, reads the list if another one has changed it, changes it, and writes it
 * back. A process with one thread has none of this.
 */
import { StateLock } from './state-lock';
import type { Vma } from './vma-list';

export interface Mappings {
  readonly vmas: readonly Vma[];
  readonly brkStart: number;
  readonly brkEnd: number;
  readonly readImpliesExec: boolean;
  readonly keptFromChildren: readonly { readonly start: number; readonly end: number }[];
}

const LOCK = 0;
const VERSION = 1;
const LENGTH = 2;
/** How many code changes there have been, and the last of them: start and end. */
const CHANGES = 3;
const RING = 16;
const RING_ENTRIES = 512;
const TEXT = 4 * (RING + 2 * RING_ENTRIES);
/** Some 100,000 mappings; the kernel allows 65530. */
const BYTES = 16 * 2 ** 20;

export class SharedMappings {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  readonly lock: StateLock;

  constructor(readonly buffer = new SharedArrayBuffer(BYTES)) {
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.lock = new StateLock(this.words, LOCK);
  }

  /** Changes with every `write`. */
  get version(): number {
    return Atomics.load(this.words, VERSION);
  }

  /** With the lock held. */
  read(): Mappings {
    const text = Buffer.from(this.bytes.slice(TEXT, TEXT + this.words[LENGTH]!));
    return JSON.parse(text.toString()) as Mappings;
  }

  /** With the lock held. */
  write(mappings: Mappings): void {
    const text = Buffer.from(JSON.stringify(mappings));
    this.bytes.set(text, TEXT);
    this.words[LENGTH] = text.length;
    Atomics.add(this.words, VERSION, 1);
  }

  /** Where a thread starts to read code changes. */
  get changes(): number {
    return Atomics.load(this.words, CHANGES);
  }

  /** Tells the other threads that code in [start, end) is not what it was. With the lock held. */
  postChange(start: number, end: number): void {
    const at = RING + 2 * (this.words[CHANGES]! % RING_ENTRIES);
    this.words[at] = start;
    this.words[at + 1] = end;
    Atomics.add(this.words, CHANGES, 1);
  }

  /** Code changes since `from`; all of the address space if there have been too many. */
  changesSince(from: number): readonly (readonly [start: number, end: number])[] {
    const count = this.changes - from;
    if (count > RING_ENTRIES / 2) return [[0, 2 ** 32]];
    return Array.from({ length: count }, (_, i) => {
      const at = RING + 2 * ((from + i) % RING_ENTRIES);
      // an end of 2^32 is stored as 0
      return [this.words[at]! >>> 0, this.words[at + 1]! >>> 0 || 2 ** 32] as const;
    });
  }
}
