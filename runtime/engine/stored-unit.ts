/**
 * A code cache in memory: a header, records of blocks and modules, the key of the runs that it serves, the interpreter's
 * constants, and an index of each kind of records by location. Header, key and constants have a checksum; an index needs
 * none, because a record names its location and has its own. The records come first so that a run can write its own to
 * where they stay.
 */
import { MAX_POOL } from '../../translate/interpret';
import type { Location } from '../../translate/ir/block';
import { lookUp, SLOT_WORDS, type LocationIndex } from './location-index';
import { checksum, LEAST_WORDS, RECORD_KIND, RECORD_KINDS, RECORD_WORD, type RecordKind, type WordWriter } from './stored-format';

/** `tsC` and the number of this format. */
const MAGIC = 0x03437374;

const HEADER = {
  magic: 0,
  checksum: 1,
  length: 2,
  keyBytes: 3,
  constants: 4,
  /** From this number on new modules are named. */
  nextModule: 5,
  /** Where the records end and the key begins. */
  key: 6,
  /** For each kind of records its index and that one's slots. */
  indexes: 7,
  words: 7 + 2 * RECORD_KINDS.length,
} as const;

/** Where the records begin. */
export const FIRST_RECORD = HEADER.words;

/** Where the header says where an index is, and behind that how many slots it has. */
const indexWord = (kind: RecordKind): number => HEADER.indexes + 2 * (RECORD_KIND[kind] - 1);

export class StoredUnit {
  private constructor(
    readonly words: Int32Array,
    readonly constants: Int32Array,
  ) {}

  /** Undefined if the words are not a code cache with that key, or have been damaged. */
  static open(words: Int32Array, key: Uint8Array): StoredUnit | undefined {
    if (words.length < HEADER.words || words[HEADER.magic] !== MAGIC || words[HEADER.length] !== words.length) return undefined;
    const keyAt = words[HEADER.key]!;
    const first = keyAt + ((key.length + 3) >>> 2);
    const count = words[HEADER.constants]!;
    if (words[HEADER.keyBytes] !== key.length || keyAt < FIRST_RECORD || count < 0 || count > MAX_POOL) return undefined;
    if (first + count > words.length || words[HEADER.checksum] !== headChecksum(words, keyAt, first + count)) return undefined;
    const stored = new Uint8Array(words.buffer, words.byteOffset + 4 * keyAt, key.length);
    if (stored.some((byte, k) => byte !== key[k])) return undefined;
    for (const index of RECORD_KINDS.map(indexWord)) {
      const at = words[index]!;
      const slots = words[index + 1]!;
      if (at < first + count || slots < 1 || (slots & (slots - 1)) !== 0 || at + slots * SLOT_WORDS > words.length) return undefined;
    }
    return new StoredUnit(words, words.subarray(first, first + count));
  }

  /** All records, one behind another: those up to `FIRST_RECORD` are none. */
  get records(): Int32Array {
    return this.words.subarray(0, this.words[HEADER.key]);
  }

  get nextModule(): number {
    return this.words[HEADER.nextModule]!;
  }

  /** The record of the block at a location or of the module that can be entered there, or 0. */
  look(kind: RecordKind, at: Location): number {
    const { words } = this;
    const record = lookUp(words, words[indexWord(kind)]!, words[indexWord(kind) + 1]!, at);
    return this.whole(kind, record) ? record : 0;
  }

  /** True if there is an undamaged record of a kind at a word. */
  whole(kind: RecordKind, record: number): boolean {
    const { words } = this;
    if (record < FIRST_RECORD || record > words.length - LEAST_WORDS) return false;
    const length = words[record + RECORD_WORD.length]!;
    if (words[record + RECORD_WORD.kind] !== RECORD_KIND[kind]) return false;
    if (length < LEAST_WORDS || length > words.length - record) return false;
    return words[record + RECORD_WORD.checksum] === checksum(words, record + 1, record + length);
  }

  /** What an index lists: all blocks, or all modules (a module once for each entry). The records may be damaged. */
  *entries(kind: RecordKind): Generator<{ readonly pc: number; readonly mode: number; readonly record: number }> {
    const { words } = this;
    const first = words[indexWord(kind)]!;
    const slots = words[indexWord(kind) + 1]!;
    for (let slot = first; slot < first + slots * SLOT_WORDS; slot += SLOT_WORDS) {
      const record = words[slot + 2]!;
      if (record >= FIRST_RECORD && record < words[HEADER.key]!) yield { pc: words[slot]!, mode: words[slot + 1]!, record };
    }
  }
}

function headChecksum(words: Int32Array, key: number, end: number): number {
  return checksum(words, HEADER.checksum + 1, HEADER.words) ^ Math.imul(checksum(words, key, end), 31);
}

export type UnitIndexes = Record<RecordKind, LocationIndex>;

export interface UnitHead {
  readonly key: Uint8Array;
  /** The interpreter's. */
  readonly constants: Int32Array;
  /** See StoredUnit. */
  readonly nextModule: number;
}

/**
 * Makes a unit of records that have been written from FIRST_RECORD on.
 * @returns a view of what has been written
 */
export function finishUnit(out: WordWriter, { key, constants, nextModule }: UnitHead, indexes: UnitIndexes): Int32Array {
  const header = new Int32Array(HEADER.words);
  header[HEADER.magic] = MAGIC;
  header[HEADER.keyBytes] = key.length;
  header[HEADER.constants] = constants.length;
  header[HEADER.nextModule] = nextModule;
  header[HEADER.key] = out.end;
  out.bytes(key);
  out.all(constants);
  const { end } = out;
  for (const kind of RECORD_KINDS) {
    header[indexWord(kind)] = out.end;
    header[indexWord(kind) + 1] = indexes[kind].slots;
    out.all(indexes[kind].words);
  }
  header[HEADER.length] = out.end;
  out.words.set(header);
  out.words[HEADER.checksum] = headChecksum(out.words, header[HEADER.key]!, end);
  return out.words.subarray(0, out.end);
}
