/**
 * How translations lie in a code cache: records of 32-bit words in the host's byte order, each with a checksum of its
 * own, so that a run checks only what it uses.
 *
 * A record holds the guest bytes that it was made from. It is used only where memory has the same bytes.
 */
import { location, locationMode, locationPc, type Location, type Terminator } from '../../translate/ir/block';
import type { GuestViews } from '../../translate/guest-access';
import type { Interpreter, PackedBlock } from '../../translate/interpret';
import type { I1, I32 } from '../../translate/ir/types';

/** First words of every record. */
export const RECORD_WORD = {
  checksum: 0,
  /** Words, these included. */
  length: 1,
  kind: 2,
} as const;

/** Precise ones keep all registers in the state wherever they may fault, for guests that handle faults; either kind serves its own mode only. */
export const RECORD_KIND = { blocks: 1, modules: 2, preciseBlocks: 3, preciseModules: 4 } as const;
export type RecordKind = keyof typeof RECORD_KIND;
export const RECORD_KINDS = Object.keys(RECORD_KIND) as readonly RecordKind[];

export const blockKind = (precise: boolean): RecordKind => (precise ? 'preciseBlocks' : 'blocks');
export const moduleKind = (precise: boolean): RecordKind => (precise ? 'preciseModules' : 'modules');

/** Guest bytes [start, start + length). */
export interface Source {
  readonly start: number;
  readonly length: number;
}

/** Interpreter code of one block. */
export interface StoredBlock {
  readonly key: Location;
  /** Guest address after the last instruction. */
  readonly end: number;
  /** Without its values, which have been evaluated where it is read. */
  readonly terminator: Terminator;
  readonly code: Int32Array;
  readonly result: number;
  readonly positions: ArrayLike<number>;
}

export interface StoredRegion {
  /** Where it can be entered, the root first. */
  readonly entries: readonly Location[];
  /** See FoundRegion. */
  readonly leftOut: readonly Location[];
}

/** A WebAssembly module of regions. */
export interface StoredModule {
  readonly regions: readonly StoredRegion[];
  /** Regions of other modules that it imports, in order. */
  readonly imports: readonly Location[];
  /** What stack traces call it. */
  readonly name: string;
  /** Pairs of an offset in the module and the guest pc of the code from there on. */
  readonly positions: ArrayLike<number>;
  readonly bytes: Uint8Array;
}

const BLOCK = { pc: 3, mode: 4, end: 5, result: 6, terminator: 7, code: 8, positions: 9, words: 10 } as const;
const MODULE = { regions: 3, imports: 4, number: 5, positions: 6, bytes: 7, codes: 8, constants: 9, words: 10 } as const;
/** No record has fewer. */
export const LEAST_WORDS = 10;

/** Modules are named by a number. */
const MODULE_PREFIX = 'region';
export const moduleName = (n: number): string => `${MODULE_PREFIX}${n}`;
export const moduleNumber = (name: string): number => Number(name.slice(MODULE_PREFIX.length));

const KINDS = ['jump', 'branch', 'call', 'indirect', 'switch', 'syscall'] as const;
const HINTS = ['jump', 'call', 'return'] as const;

const NO_VALUE = 0;

/** Detects every change of one word, and others but for one in 2^32. */
export function checksum(words: Int32Array, from: number, to: number): number {
  let h = to - from;
  for (let k = from; k < to; k++) {
    h = Math.imul(h ^ words[k]!, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h | 0;
}

const FIRST_WORDS = 1 << 16;

/** At least as many as the head of a record and a terminator that is not a switch. */
const RESERVED_WORDS = 16;

/** Fills in the checksums of the records one behind another from one word up to another: when a run has ended, as V8 runs one long loop faster. */
export function writeChecksums(words: Int32Array, from: number, to: number): void {
  for (let record = from; record < to;) {
    const next = record + words[record + RECORD_WORD.length]!;
    words[record + RECORD_WORD.checksum] = checksum(words, record + 1, next);
    record = next;
  }
}

export const wordsFor = (bytes: number): number => (bytes + 3) >>> 2;

/** Where the code of a block starts at the latest: bit 0 selects the instruction set, bit 1 may be ignored. */
export const sourceStart = (key: Location): number => (locationPc(key) & ~3) >>> 0;

/** Appends words and bytes; grows. */
export class WordWriter {
  words = new Int32Array(FIRST_WORDS);
  end = 0;

  /** Makes room for so many words. */
  reserve(count: number): void {
    if (this.end + count <= this.words.length) return;
    const larger = new Int32Array(Math.max(4 * this.words.length, this.end + count));
    larger.set(this.words.subarray(0, this.end));
    this.words = larger;
  }

  put(word: number): void {
    if (this.end === this.words.length) this.reserve(1);
    this.words[this.end++] = word;
  }

  location(at: Location): void {
    this.put(locationPc(at));
    this.put(locationMode(at));
  }

  all(words: ArrayLike<number>): void {
    this.reserve(words.length);
    this.words.set(words, this.end);
    this.end += words.length;
  }

  /** Copies words, few of them. */
  append(from: Int32Array, first: number, count: number): void {
    this.reserve(count);
    const { words } = this;
    let { end } = this;
    for (let k = 0; k < count; k++) words[end++] = from[first + k]!;
    this.end = end;
  }

  zeros(count: number): void {
    this.reserve(count);
    this.words.fill(0, this.end, this.end + count);
    this.end += count;
  }

  bytes(bytes: Uint8Array): void {
    const count = wordsFor(bytes.length);
    this.reserve(count);
    this.words[this.end + count - 1] = 0;
    new Uint8Array(this.words.buffer).set(bytes, this.end * 4);
    this.end += count;
  }

  /** Fills in the length of the record that starts at a word and ends here. */
  finish(record: number): void {
    this.words[record + RECORD_WORD.length] = this.end - record;
  }
}

/** False for terminators that say what was not there (`trap`), or that only regions have. */
export function storable(t: Terminator): boolean {
  return t.kind !== 'trap' && t.kind !== 'dispatch' && t.kind !== 'return';
}

/** A block that was just made. */
export interface MadeBlock {
  readonly key: Location;
  readonly end: number;
  readonly terminator: Terminator;
  readonly packed: PackedBlock;
  /** That has its code until it is cleared. */
  readonly interpreter: Pick<Interpreter, 'codeOf'>;
}

/** A word of which bytes behind the first ones are 0; hosts are little-endian. */
const firstBytes = (word: number, count: number): number => word & ((1 << (8 * count)) - 1);

/** The guest bytes of a block: from a word on, as many as needed. */
export interface BlockBytes {
  readonly words: Int32Array;
  readonly first: number;
}

/** Word by word where there are few: views and TypedArray.set took 2.5 us a block, 5 % of `python3 -c pass`. */
export function writeBlock(out: WordWriter, block: MadeBlock, precise: boolean, { words: guest, first }: BlockBytes): void {
  const record = out.end;
  const { key, end, terminator, packed, interpreter } = block;
  const { positions } = packed;
  const { store, code, codeEnd } = interpreter.codeOf(packed);
  out.end = record + BLOCK.words;
  out.reserve(RESERVED_WORDS);
  writeTerminator(out, terminator);
  const length = end - sourceStart(key);
  const terminatorWords = out.end - record - BLOCK.words;
  out.reserve(codeEnd - code + positions.length + wordsFor(length));
  const { words } = out;
  words[record + RECORD_WORD.kind] = RECORD_KIND[blockKind(precise)];
  words[record + BLOCK.pc] = locationPc(key);
  words[record + BLOCK.mode] = locationMode(key);
  words[record + BLOCK.end] = end;
  words[record + BLOCK.result] = packed.result;
  words[record + BLOCK.terminator] = terminatorWords;
  words[record + BLOCK.code] = codeEnd - code;
  words[record + BLOCK.positions] = positions.length;
  let to = out.end;
  words.set(store.subarray(code, codeEnd), to);
  to += codeEnd - code;
  for (let k = 0; k < positions.length; k++) words[to++] = positions[k]!;
  const whole = length >>> 2;
  for (let k = 0; k < whole; k++) words[to++] = guest[first + k]!;
  const rest = length & 3;
  if (rest !== 0) words[to++] = firstBytes(guest[first + whole]!, rest);
  out.end = to;
  out.finish(record);
}

function writeTerminator(out: WordWriter, t: Terminator): void {
  out.put(KINDS.indexOf(t.kind as (typeof KINDS)[number]));
  switch (t.kind) {
    case 'jump':
      return out.location(t.target);
    case 'branch':
      out.location(t.taken);
      return out.location(t.otherwise);
    case 'call':
      out.location(t.target);
      return out.location(t.returns);
    case 'indirect':
      out.put(HINTS.indexOf(t.hint));
      return out.put(t.mode);
    case 'switch':
      out.put(t.targets.length);
      return t.targets.forEach((at) => out.location(at));
    case 'syscall':
      out.put(t.info);
      return out.location(t.next);
    case 'trap':
    case 'dispatch':
    case 'return':
      throw new RangeError(`a block that ends in a ${t.kind} cannot be stored`);
  }
}

/** The block in a record whose checksum is right. */
export function readBlock(words: Int32Array, record: number): StoredBlock {
  const terminator = record + BLOCK.words;
  const code = terminator + words[record + BLOCK.terminator]!;
  const positions = code + words[record + BLOCK.code]!;
  return {
    key: readLocation(words, record + BLOCK.pc),
    end: words[record + BLOCK.end]! >>> 0,
    terminator: readTerminator(words, terminator),
    code: words.subarray(code, positions),
    result: words[record + BLOCK.result]!,
    positions: words.subarray(positions, positions + words[record + BLOCK.positions]!),
  };
}

export function readLocation(words: Int32Array, at: number): Location {
  return location(words[at]!, words[at + 1]);
}

function readTerminator(words: Int32Array, at: number): Terminator {
  const kind = KINDS[words[at]!]!;
  const word = (k: number): number => words[at + k]!;
  const place = (k: number): Location => readLocation(words, at + k);
  switch (kind) {
    case 'jump':
      return { kind, target: place(1) };
    case 'branch':
      return { kind, cond: NO_VALUE as I1, taken: place(1), otherwise: place(3) };
    case 'call':
      return { kind, target: place(1), returns: place(3) };
    case 'indirect':
      return { kind, target: NO_VALUE as I32, hint: HINTS[word(1)]!, mode: word(2) };
    case 'switch':
      return { kind, index: NO_VALUE as I32, targets: Array.from({ length: word(1) }, (_, k) => place(2 + 2 * k)) };
    case 'syscall':
      return { kind, info: word(1), next: place(2) };
  }
}

/** Guest address after the last instruction of the block in a record. */
export const blockEnd = (words: Int32Array, record: number): number => words[record + BLOCK.end]! >>> 0;

/** True if the guest bytes of the block in a record are those that it has kept. */
export function blockMatches(words: Int32Array, record: number, memory: Int32Array): boolean {
  const at = record + BLOCK.words + words[record + BLOCK.terminator]! + words[record + BLOCK.code]! + words[record + BLOCK.positions]!;
  const start = sourceStart(words[record + BLOCK.pc]!);
  return sameWords(words, at, memory, start, (words[record + BLOCK.end]! >>> 0) - start);
}

/** Compares guest bytes from a word-aligned address on with those in `words`. */
function sameWords(words: Int32Array, at: number, memory: Int32Array, start: number, length: number): boolean {
  const guest = start >>> 2;
  const whole = length >>> 2;
  for (let k = 0; k < whole; k++) if (words[at + k] !== memory[guest + k]) return false;
  const rest = length & 3;
  return rest === 0 || words[at + whole] === firstBytes(memory[guest + whole]!, rest);
}

/** Compares guest bytes from any address on with those in `words`. */
function sameBytes(words: Int32Array, at: number, memory: Uint8Array, start: number, length: number): boolean {
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * at, length);
  return bytes.every((byte, k) => byte === memory[start + k]);
}

/** What a module was made from. */
export interface ModuleSources {
  /** Guest code, from word-aligned addresses on. */
  readonly code: readonly Source[];
  /** Data that the guest cannot write. */
  readonly constants: readonly Source[];
}

/** @param memory the guest's */
export function writeModule(out: WordWriter, module: StoredModule, sources: ModuleSources, precise: boolean, memory: Uint8Array): void {
  const record = out.end;
  const { regions, imports, name, positions, bytes } = module;
  const { code, constants } = sources;
  const counts = [regions.length, imports.length, moduleNumber(name), positions.length, bytes.length, code.length, constants.length];
  for (const word of [0, 0, RECORD_KIND[moduleKind(precise)], ...counts]) out.put(word);
  for (const list of regions.flatMap(({ entries, leftOut }) => [entries, leftOut])) {
    out.put(list.length);
    for (const at of list) out.location(at);
  }
  for (const at of imports) out.location(at);
  for (const { start, length } of [...code, ...constants]) {
    out.put(start);
    out.put(length);
    out.bytes(memory.subarray(start, start + length));
  }
  out.all(positions);
  out.bytes(bytes);
  out.finish(record);
}

/** A module in a record whose checksum is right, with what it was made from. */
export interface ModuleRecord extends StoredModule {
  readonly code: readonly Source[];
  readonly constants: readonly Source[];
  /** The guest bytes of `code`, then of `constants`: word indices. */
  readonly sourceWords: readonly number[];
}

export function readModule(words: Int32Array, record: number): ModuleRecord {
  let at = record + MODULE.words;
  const word = (): number => words[at++]!;
  const place = (): Location => {
    at += 2;
    return readLocation(words, at - 2);
  };
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);
  const regions = times(words[record + MODULE.regions]!, () => ({ entries: times(word(), place), leftOut: times(word(), place) }));
  const imports = times(words[record + MODULE.imports]!, place);
  const sourceWords: number[] = [];
  const source = (): Source => {
    const start = word() >>> 0;
    const length = word();
    sourceWords.push(at);
    at += wordsFor(length);
    return { start, length };
  };
  const code = times(words[record + MODULE.codes]!, source);
  const constants = times(words[record + MODULE.constants]!, source);
  const positions = words.subarray(at, at + words[record + MODULE.positions]!);
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * (at + positions.length), words[record + MODULE.bytes]);
  return { regions, imports, name: moduleName(words[record + MODULE.number]!), positions, bytes, code, constants, sourceWords };
}

/** True if all guest bytes are those that the record has kept. */
export function moduleMatches(words: Int32Array, { code, constants, sourceWords }: ModuleRecord, { u8, i32 }: GuestViews): boolean {
  return (
    code.every(({ start, length }, k) => sameWords(words, sourceWords[k]!, i32, start, length)) &&
    constants.every(({ start, length }, k) => sameBytes(words, sourceWords[code.length + k]!, u8, start, length))
  );
}
