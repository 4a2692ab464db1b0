/**
 * A code cache in memory: a header with the key of the runs that it serves and the interpreter's constants, records of
 * blocks and modules, and an index of each by location. The header has a checksum; an index needs none, because a
 * record names its location and has its own.
 */
import { MAX_POOL } from '../../translate/interpret';
import { locationMode, locationPc, type Location } from '../../translate/ir/block';
import { checksum, LEAST_WORDS, RECORD_KIND, RECORD_KINDS, RECORD_WORD, WordWriter, type RecordKind } from './stored-format';

/** `tsC` and the number of this format. */
const MAGIC = 0x02437374;

const HEADER = {
  magic: 0,
  checksum: 1,
  length: 2,
  keyBytes: 3,
  constants: 4,
  /** From this number on new modules are named. */
  nextModule: 5,
  /** For each kind of records its index and that one's slots. */
  indexes: 6,
  words: 6 + 2 * RECORD_KINDS.length,
} as const;

/** Where the header says where an index is, and behind that how many slots it has. */
const indexWord = (kind: RecordKind): number => HEADER.indexes + 2 * (RECORD_KIND[kind] - 1);

/** An index slot: pc, mode and the record's word, 0 if free. */
const SLOT_WORDS = 3;

function hash(pc: number, mode: number): number {
  const h = Math.imul(pc ^ Math.imul(mode, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
}

export class StoredUnit {
  private constructor(
    readonly words: Int32Array,
    readonly constants: Int32Array,
  ) {}

  /** Undefined if the words are not a code cache with that key, or have been damaged. */
  static open(words: Int32Array, key: Uint8Array): StoredUnit | undefined {
    if (words.length < HEADER.words || words[HEADER.magic] !== MAGIC || words[HEADER.length] !== words.length) return undefined;
    const first = HEADER.words + ((key.length + 3) >>> 2);
    const count = words[HEADER.constants]!;
    if (words[HEADER.keyBytes] !== key.length || count < 0 || count > MAX_POOL || first + count > words.length) return undefined;
    if (words[HEADER.checksum] !== checksum(words, HEADER.checksum + 1, first + count)) return undefined;
    const stored = new Uint8Array(words.buffer, words.byteOffset + 4 * HEADER.words, key.length);
    if (stored.some((byte, k) => byte !== key[k])) return undefined;
    for (const index of RECORD_KINDS.map(indexWord)) {
      const at = words[index]!;
      const slots = words[index + 1]!;
      if (at < first + count || slots < 1 || (slots & (slots - 1)) !== 0 || at + slots * SLOT_WORDS > words.length) return undefined;
    }
    return new StoredUnit(words, words.subarray(first, first + count));
  }

  get nextModule(): number {
    return this.words[HEADER.nextModule]!;
  }

  /** The record of the block at a location or of the module that can be entered there, or 0. */
  look(kind: RecordKind, at: Location): number {
    const { words } = this;
    const pc = locationPc(at) | 0;
    const mode = locationMode(at);
    const first = words[indexWord(kind)]!;
    const mask = words[indexWord(kind) + 1]! - 1;
    for (let h = hash(pc, mode), n = 0; n <= mask; h++, n++) {
      const slot = first + (h & mask) * SLOT_WORDS;
      const record = words[slot + 2]!;
      if (record === 0) return 0;
      if (words[slot] === pc && words[slot + 1] === mode) return this.whole(kind, record) ? record : 0;
    }
    return 0;
  }

  /** True if there is an undamaged record of a kind at a word. */
  private whole(kind: RecordKind, record: number): boolean {
    const { words } = this;
    if (record < HEADER.words || record > words.length - LEAST_WORDS) return false;
    const length = words[record + RECORD_WORD.length]!;
    if (words[record + RECORD_WORD.kind] !== RECORD_KIND[kind]) return false;
    if (length < LEAST_WORDS || length > words.length - record) return false;
    return words[record + RECORD_WORD.checksum] === checksum(words, record + 1, record + length);
  }

  /** Undamaged records with a location that leads there: all blocks, or all modules (a module once for each entry). */
  *records(kind: RecordKind): Generator<{ readonly pc: number; readonly mode: number; readonly record: number }> {
    const { words } = this;
    const first = words[indexWord(kind)]!;
    const slots = words[indexWord(kind) + 1]!;
    for (let slot = first; slot < first + slots * SLOT_WORDS; slot += SLOT_WORDS) {
      const record = words[slot + 2]!;
      if (record !== 0 && this.whole(kind, record)) yield { pc: words[slot]!, mode: words[slot + 1]!, record };
    }
  }
}

/** Puts a unit together; what is added under a location that is there already takes its place. */
export class UnitWriter {
  private readonly out = new WordWriter();
  private readonly entries: Record<RecordKind, number[]> = { blocks: [], modules: [], preciseBlocks: [], preciseModules: [] };

  constructor(
    private readonly key: Uint8Array,
    private readonly constants: Int32Array,
  ) {
    for (let k = 0; k < HEADER.words; k++) this.out.put(0);
    this.out.bytes(key);
    this.out.all(constants);
  }

  /** Words so far. */
  get length(): number {
    return this.out.end;
  }

  /** Appends a record; returns where it is. */
  append(words: Int32Array, record: number): number {
    const at = this.out.end;
    this.out.all(words.subarray(record, record + words[record + RECORD_WORD.length]!));
    return at;
  }

  /** Makes a record known under a location. */
  enter(kind: RecordKind, pc: number, mode: number, record: number): void {
    this.entries[kind].push(pc, mode, record);
  }

  /** @param nextModule see StoredUnit */
  finish(nextModule: number): Int32Array {
    const { out, key, constants } = this;
    const header = new Int32Array(HEADER.words);
    header[HEADER.magic] = MAGIC;
    header[HEADER.keyBytes] = key.length;
    header[HEADER.constants] = constants.length;
    header[HEADER.nextModule] = nextModule;
    for (const kind of RECORD_KINDS) {
      header[indexWord(kind)] = out.end;
      header[indexWord(kind) + 1] = this.index(this.entries[kind]);
    }
    header[HEADER.length] = out.end;
    out.words.set(header);
    const end = HEADER.words + ((key.length + 3) >>> 2) + constants.length;
    out.words[HEADER.checksum] = checksum(out.words, HEADER.checksum + 1, end);
    return out.words.subarray(0, out.end);
  }

  /** Appends an index, at most two thirds full; returns its number of slots. */
  private index(entries: readonly number[]): number {
    const { out } = this;
    let slots = 2;
    while (slots < entries.length / 2) slots *= 2;
    const first = out.end;
    out.all(new Int32Array(slots * SLOT_WORDS));
    for (let k = 0; k < entries.length; k += SLOT_WORDS) {
      const pc = entries[k]!;
      const mode = entries[k + 1]!;
      let slot: number;
      for (let h = hash(pc, mode); ; h++) {
        slot = first + (h & (slots - 1)) * SLOT_WORDS;
        if (out.words[slot + 2] === 0 || (out.words[slot] === pc && out.words[slot + 1] === mode)) break;
      }
      out.words[slot] = pc;
      out.words[slot + 1] = mode;
      out.words[slot + 2] = entries[k + 2]!;
    }
    return slots;
  }
}
