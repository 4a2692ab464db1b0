/**
 * Blocks that a family of processes has made since its first fork, in memory that all of them see: what one child has
 * lifted the next one finds. Records are those of stored-format.ts, with the guest bytes that they were made from.
 *
 * Nothing is ever changed or removed, and there is no lock: a process may be killed at any point.
 */
import type { GuestViews } from '../../translate/guest-access';
import { SHARED_POOL_WORDS } from '../../translate/interpret';
import { locationMode, locationPc, type Location } from '../../translate/ir/block';
import {
  blockEnd,
  blockKind,
  blockMatches,
  readBlock,
  readLocation,
  RECORD_KIND,
  RECORD_WORD,
  sourceStart,
  storable,
  WordWriter,
  writeBlock,
  type MadeBlock,
  type StoredBlock,
} from './stored-format';
import type { BlockStore } from './block-store';

const PAGE_SHIFT = 12;
const EXEC = 4;

/** Word indices: the first free word, the constants of all blocks, heads of the chains of blocks, records. */
const END = 0;
const POOL = 2;
const HEADS = POOL + SHARED_POOL_WORDS;
const CHAINS = 1 << 15;
const FIRST_RECORD = HEADS + CHAINS;

/** In front of each record: the next one of its chain, or 0. */
const LINK_WORDS = 1;
/** Where a record has its location. */
const RECORD_PC = 3;

function chainOf(at: Location): number {
  const h = Math.imul(locationPc(at) ^ Math.imul(locationMode(at), 0x85ebca6b), 0x9e3779b1);
  return HEADS + ((h ^ (h >>> 15)) & (CHAINS - 1));
}

export class FamilyTranslations implements BlockStore {
  private readonly writer = new WordWriter();
  private retired = false;

  /**
   * @param words memory that children will share; as the kernel gives it, 0
   * @param lasting whether the memory from an address up to another shows a file's bytes that the guest cannot write
   * @param precise which kind of blocks is wanted and made at present
   */
  constructor(
    private readonly words: Int32Array,
    private readonly memory: GuestViews,
    private readonly lasting: (start: number, end: number) => boolean,
    private readonly precise: () => boolean,
  ) {
    // others may have begun
    if (words[END] === 0) words[END] = FIRST_RECORD;
  }

  /** For the interpreters of all processes. */
  get constants(): Int32Array {
    return this.words.subarray(POOL, POOL + SHARED_POOL_WORDS);
  }

  find(at: Location): StoredBlock | undefined {
    const { words } = this;
    if (this.retired) return undefined;
    const kind = RECORD_KIND[blockKind(this.precise())];
    for (let link = Atomics.load(words, chainOf(at)); link !== 0; link = words[link]!) {
      const record = link + LINK_WORDS;
      if (words[record + RECORD_WORD.kind] !== kind || readLocation(words, record + RECORD_PC) !== at) continue;
      if (!this.executable(sourceStart(at), blockEnd(words, record))) continue;
      if (blockMatches(words, record, this.memory.i32)) return readBlock(words, record);
    }
    return undefined;
  }

  private executable(start: number, end: number): boolean {
    for (let p = start >>> PAGE_SHIFT; p <= (end - 1) >>> PAGE_SHIFT; p++) if ((this.memory.pages[p]! & EXEC) === 0) return false;
    return true;
  }

  add(block: MadeBlock): void {
    const start = sourceStart(block.key);
    if (this.retired || !storable(block.terminator) || block.end <= start || !this.lasting(start, block.end)) return;
    const { words, writer } = this;
    writer.end = 0;
    writeBlock(writer, block, this.precise(), { words: this.memory.i32, first: start >>> 2 });
    const size = LINK_WORDS + writer.end;
    const link = Atomics.add(words, END, size);
    if (link + size > words.length) {
      // What is lost is that others make the block too
      Atomics.sub(words, END, size);
      return;
    }
    words.set(writer.words.subarray(0, writer.end), link + LINK_WORDS);
    const chain = chainOf(block.key);
    for (let head = Atomics.load(words, chain); ;) {
      words[link] = head;
      const found = Atomics.compareExchange(words, chain, head, link);
      if (found === head) return;
      head = found;
    }
  }

  /** For this process and the children that it makes from here on, which lift as it does. */
  retire(): void {
    this.retired = true;
  }

  /** Regions are not shared: a child that lives long enough to need them can make them. */
  hasRegion(): boolean {
    return false;
  }
}
