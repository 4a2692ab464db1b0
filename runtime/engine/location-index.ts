/**
 * Finds records by location: a hash table of triples of pc, mode and record, 0 in free slots, as it lies in a code cache.
 * Words, not a Map: a Map of locations above 2 GiB has to look at boxed numbers.
 */
import { locationMode, locationPc, type Location } from '../../translate/ir/block';

export const SLOT_WORDS = 3;
/** The record of a location that has been removed: where others may have been put behind it the slot must not be free. */
const REMOVED = -1;
const FIRST_SLOTS = 1024;

function hash(pc: number, mode: number): number {
  const h = Math.imul(pc ^ Math.imul(mode, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
}

/** The record of a location in the table of so many slots (a power of 2) at a word; 0 if it has none. */
export function lookUp(words: Int32Array, first: number, slots: number, at: Location): number {
  const pc = locationPc(at) | 0;
  const mode = locationMode(at);
  for (let h = hash(pc, mode), n = 0; n < slots; h++, n++) {
    const slot = first + (h & (slots - 1)) * SLOT_WORDS;
    const record = words[slot + 2]!;
    if (record === 0) return 0;
    if (words[slot] === pc && words[slot + 1] === mode) return record;
  }
  return 0;
}

export class LocationIndex {
  /** At most two thirds full. */
  words = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  private used = 0;

  get slots(): number {
    return this.words.length / SLOT_WORDS;
  }

  /** The record of a location, or 0. */
  get(at: Location): number {
    return Math.max(lookUp(this.words, 0, this.slots, at), 0);
  }

  set(at: Location, record: number): void {
    this.put(locationPc(at) | 0, locationMode(at), record);
  }

  delete(at: Location): void {
    if (this.get(at) !== 0) this.set(at, REMOVED);
  }

  /** Takes over what it has no record of from a table in other words. */
  add(pc: number, mode: number, record: number): void {
    const slot = this.slotOf(pc, mode);
    if (this.words[slot + 2]! <= 0) this.put(pc, mode, record);
  }

  private put(pc: number, mode: number, record: number): void {
    const slot = this.slotOf(pc, mode);
    const { words } = this;
    const fresh = words[slot + 2] === 0;
    words[slot] = pc;
    words[slot + 1] = mode;
    words[slot + 2] = record;
    if (fresh && 3 * ++this.used > 2 * this.slots) this.grow();
  }

  /** Where a location is or would be. */
  private slotOf(pc: number, mode: number): number {
    const { words } = this;
    const mask = this.slots - 1;
    for (let h = hash(pc, mode); ; h++) {
      const slot = (h & mask) * SLOT_WORDS;
      if (words[slot + 2] === 0 || (words[slot] === pc && words[slot + 1] === mode)) return slot;
    }
  }

  private grow(): void {
    const old = this.words;
    this.words = new Int32Array(4 * old.length);
    this.used = 0;
    for (let slot = 0; slot < old.length; slot += SLOT_WORDS) if (old[slot + 2]! > 0) this.put(old[slot]!, old[slot + 1]!, old[slot + 2]!);
  }
}
