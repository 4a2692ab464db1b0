/**
 * Translations of earlier runs, and of this one for later runs. What is found is checked against guest memory: a record
 * is used only where the bytes that it was made from lie there, executable.
 */
import type { GuestViews } from '../../translate/guest-access';
import type { Block, Location } from '../../translate/ir/block';
import type { LiftBlock, ReadConstant } from '../../translate/region';
import type { BlockStore } from './block-store';
import { LocationIndex } from './location-index';
import {
  blockKind,
  blockMatches,
  moduleKind,
  moduleMatches,
  moduleNumber,
  readBlock,
  readModule,
  RECORD_KINDS,
  RECORD_WORD,
  sourceStart,
  storable,
  WordWriter,
  wordsFor,
  writeBlock,
  writeChecksums,
  writeModule,
  type ModuleRecord,
  type RecordKind,
  type MadeBlock,
  type Source,
  type StoredBlock,
  type StoredModule,
} from './stored-format';
import { FIRST_RECORD, finishUnit, type StoredUnit, type UnitIndexes } from './stored-unit';

/** What the WebAssembly tier asks for modules. */
export interface ModuleStore {
  /** A module that can be entered at a location, if everything is there that it was made from. */
  findModule(at: Location): (StoredModule & { readonly pages: Iterable<number> }) | undefined;
  /** Keeps book of the code that a compilation sees; starts afresh. */
  watch(lift: LiftBlock): LiftBlock;
  /** The compilation uses what it found in a block that an earlier one has seen. */
  dependsOn(at: Location): void;
  /** Keeps book of the constants that a compilation sees. */
  watchConstants(read: ReadConstant): ReadConstant;
  /** A module that was just made from what has been watched. */
  addModule(module: StoredModule): void;
  /** The number that names the next module. */
  readonly nextModule: number;
}

const PAGE_SHIFT = 12;
const READ = 1;
const WRITE = 2;
const EXEC = 4;

/** Above this many words a unit keeps only what the run that writes it has used. */
const MAX_UNIT_WORDS = 2 ** 24;

/**
 * Milliseconds, for the decision whether to save: to lift a block, to compile a module, to start writing, to make a word of a record and
 * write it (20 ns in a long run, 75 in a short one, which V8 interprets); and words of a block.
 */
const COST = { lift: 0.03, compile: 3, start: 2, word: 4e-5, blockWords: 60 } as const;

/** Blocks that wait for their records at most. Records are made together because V8 runs that faster than between translations. */
const MAX_WAITING = 2 ** 16;

interface WaitingBlock {
  readonly block: MadeBlock;
  readonly precise: boolean;
  /** Word in `bytes`. */
  readonly bytes: number;
}

/** Where a record lies. */
interface Place {
  readonly words: Int32Array;
  readonly record: number;
}

export class StoredTranslations implements BlockStore, ModuleStore {
  /** For the log: blocks and modules taken from earlier runs and made in this one, and records whose code had changed. */
  readonly counts = { blocksUsed: 0, modulesUsed: 0, blocksMade: 0, modulesMade: 0, rejected: 0 };
  nextModule: number;
  /** Records of this run. */
  private readonly out = new WordWriter();
  private readonly own: UnitIndexes = {
    blocks: new LocationIndex(),
    modules: new LocationIndex(),
    preciseBlocks: new LocationIndex(),
    preciseModules: new LocationIndex(),
  };
  /** Blocks without records yet, and their guest bytes. */
  private readonly waiting: WaitingBlock[] = [];
  private readonly bytes = new WordWriter();
  private lastingPage = -1;
  /** What this run has made may be asked for. */
  private findsOwn = false;
  private readonly rejected = new Set<number>();
  private readonly used = new Set<number>();
  /** What the process had made when it was forked off. */
  private inherited = { blocks: 0, modules: 0 };
  private retired = false;
  private code: Source[] = [];
  private constants: Source[] = [];
  /** Of the blocks that compilations have seen. */
  private readonly ends = new Map<Location, number>();

  /**
   * @param unit what an earlier run has left
   * @param lasting whether the memory from an address up to another shows a file's bytes that the guest cannot write
   * @param precise which kind of translations is wanted and made at present
   */
  constructor(
    private readonly unit: StoredUnit | undefined,
    private readonly memory: GuestViews,
    private readonly lasting: (start: number, end: number) => boolean,
    private readonly precise: () => boolean,
  ) {
    this.nextModule = unit?.nextModule ?? 0;
    this.out.zeros(FIRST_RECORD);
  }

  find(at: Location): StoredBlock | undefined {
    if (this.unit === undefined && !this.findsOwn) return undefined;
    const kind = blockKind(this.precise());
    const place = this.placeOf(kind, at);
    if (place === undefined) return undefined;
    const block = readBlock(place.words, place.record);
    if (block.key !== at || !this.executable(sourceStart(at), block.end)) return undefined;
    if (!blockMatches(place.words, place.record, this.memory.i32)) {
      this.drop(place);
      this.own[kind].delete(at);
      return undefined;
    }
    this.counts.blocksUsed++;
    return block;
  }

  private placeOf(kind: RecordKind, at: Location): Place | undefined {
    if (this.retired) return undefined;
    const own = this.findsOwn ? this.own[kind].get(at) : 0;
    if (own !== 0) return { words: this.out.words, record: own };
    const record = this.unit?.look(kind, at) ?? 0;
    return record === 0 || this.rejected.has(record) ? undefined : { words: this.unit!.words, record };
  }

  private drop({ words, record }: Place): void {
    this.counts.rejected++;
    if (words === this.unit?.words) this.rejected.add(record);
  }

  /** True if all pages of [start, end) may be executed. */
  private executable(start: number, end: number): boolean {
    return end > start && this.allPages(start, end, EXEC, EXEC);
  }

  private allPages(start: number, end: number, mask: number, wanted: number): boolean {
    const { pages } = this.memory;
    for (let p = start >>> PAGE_SHIFT; p <= (end - 1) >>> PAGE_SHIFT; p++) if ((pages[p]! & mask) !== wanted) return false;
    return true;
  }

  add(block: MadeBlock): void {
    const { key, end, terminator } = block;
    const start = sourceStart(key);
    if (this.retired || this.out.end > MAX_UNIT_WORDS || !storable(terminator) || end <= start || !this.lasts(start, end)) return;
    const { bytes } = this;
    this.waiting.push({ block, precise: this.precise(), bytes: bytes.end });
    bytes.append(this.memory.i32, start >>> 2, wordsFor(end - start));
    this.counts.blocksMade++;
    if (this.waiting.length >= MAX_WAITING) this.write();
  }

  /** `lasting`, which always says the same of a page of which there is a translation. */
  private lasts(start: number, end: number): boolean {
    const page = start >>> PAGE_SHIFT;
    if (page === this.lastingPage && (end - 1) >>> PAGE_SHIFT === page) return true;
    if (!this.lasting(start, end)) return false;
    this.lastingPage = page;
    return true;
  }

  dropped(): void {
    this.write();
    this.lastingPage = -1;
    this.findsOwn = true;
  }

  /** Makes records of the blocks that wait for it. */
  private write(): void {
    const { out, own, bytes } = this;
    for (const { block, precise, bytes: first } of this.waiting) {
      own[blockKind(precise)].set(block.key, out.end);
      writeBlock(out, block, precise, { words: bytes.words, first });
    }
    this.waiting.length = 0;
    bytes.end = 0;
  }

  retire(): void {
    this.retired = true;
  }

  hasRegion(at: Location): boolean {
    if (this.unit === undefined && !this.findsOwn) return false;
    return this.placeOf(moduleKind(this.precise()), at) !== undefined;
  }

  findModule(at: Location): (StoredModule & { readonly pages: Iterable<number> }) | undefined {
    const kind = moduleKind(this.precise());
    const place = this.placeOf(kind, at);
    if (place === undefined) return undefined;
    const module = readModule(place.words, place.record);
    if (!this.present(module, at) || !moduleMatches(place.words, module, this.memory)) {
      this.drop(place);
      this.own[kind].delete(at);
      return undefined;
    }
    if (place.words === this.unit?.words) this.used.add(place.record);
    this.counts.modulesUsed++;
    return { ...module, pages: pagesOf([...module.code, ...module.constants]) };
  }

  private present({ regions, code, constants }: ModuleRecord, at: Location): boolean {
    return (
      regions.some((r) => r.entries.includes(at)) &&
      code.every(({ start, length }) => this.executable(start, start + length)) &&
      constants.every(({ start, length }) => this.allPages(start, start + length, READ | WRITE, READ))
    );
  }

  watch(lift: LiftBlock): LiftBlock {
    this.code = [];
    this.constants = [];
    return (at, max) => {
      const block = lift(at, max);
      if (block !== undefined) this.saw(at, block);
      return block;
    };
  }

  private saw(at: Location, { end }: Block): void {
    this.ends.set(at, Math.max(end, this.ends.get(at) ?? 0)); // it may have been lifted in part only
    this.dependsOn(at);
  }

  dependsOn(at: Location): void {
    const start = sourceStart(at);
    const end = this.ends.get(at) ?? 0;
    if (end > start) this.code.push({ start, length: end - start });
  }

  watchConstants(read: ReadConstant): ReadConstant {
    return (address, size) => {
      const value = read(address, size);
      if (value !== undefined) this.constants.push({ start: address, length: size });
      return value;
    };
  }

  addModule(module: StoredModule): void {
    const code = merged(this.code);
    const constants = merged(this.constants);
    if (
      this.retired ||
      this.out.end > MAX_UNIT_WORDS ||
      ![...code, ...constants].every(({ start, length }) => this.lasting(start, start + length))
    )
      return;
    const precise = this.precise();
    const own = this.own[moduleKind(precise)];
    for (const at of module.regions.flatMap((r) => r.entries)) own.set(at, this.out.end);
    writeModule(this.out, module, { code, constants }, precise, this.memory.u8);
    this.nextModule = 1 + moduleNumber(module.name);
    this.counts.modulesMade++;
  }

  /** Does before a fork what each child would do by itself. */
  forking(): void {
    this.write();
  }

  /** This process is a new child: what has been made so far its parent will save. */
  forked(): void {
    this.inherited = { blocks: this.counts.blocksMade, modules: this.counts.modulesMade };
  }

  /** True if later runs gain more by what this process has made than it costs to write it. */
  get worthSaving(): boolean {
    const { counts, inherited } = this;
    const gain = (counts.blocksMade - inherited.blocks) * COST.lift + (counts.modulesMade - inherited.modules) * COST.compile;
    return gain > COST.start + (this.out.end + this.waiting.length * COST.blockWords + (this.unit?.words.length ?? 0)) * COST.word;
  }

  /**
   * A unit of all that is known: of the earlier runs' records those whose code had not changed. Nothing may be added after that.
   * @param constants the interpreter's
   */
  save(key: Uint8Array, constants: Int32Array): Int32Array {
    this.write();
    const { out, nextModule } = this;
    const { end } = out;
    writeChecksums(out.words, FIRST_RECORD, end);
    if (this.unit !== undefined) this.copy(this.unit);
    const saved = finishUnit(out, { key, constants, nextModule }, this.own);
    out.end = end;
    return saved;
  }

  private copy(unit: StoredUnit): void {
    const { out, rejected, used } = this;
    const all = unit.words.length + out.end <= MAX_UNIT_WORDS;
    const copyOf = all && rejected.size === 0 ? appendAll(out, unit) : appendEach(out, unit);
    for (const kind of RECORD_KINDS) {
      for (const { pc, mode, record } of unit.entries(kind)) {
        if (!(all ? !rejected.has(record) : used.has(record))) continue;
        const to = copyOf(kind, record);
        if (to !== 0) this.own[kind].add(pc, mode, to);
      }
    }
  }
}

/** Where the copy of a unit's record is; 0 if it was damaged. */
type CopyOf = (kind: RecordKind, record: number) => number;

/** Damaged records stay damaged. */
function appendAll(out: WordWriter, { records }: StoredUnit): CopyOf {
  const shift = out.end - FIRST_RECORD;
  out.all(records.subarray(FIRST_RECORD));
  return (_, record) => record + shift;
}

function appendEach(out: WordWriter, unit: StoredUnit): CopyOf {
  const copied = new Map<number, number>();
  return (kind, record) => {
    let to = copied.get(record);
    if (to === undefined) {
      to = unit.whole(kind, record) ? out.end : 0;
      if (to !== 0) out.all(unit.words.subarray(record, record + unit.words[record + RECORD_WORD.length]!));
      copied.set(record, to);
    }
    return to;
  };
}

/** The same bytes without overlaps. */
function merged(sources: readonly Source[]): readonly Source[] {
  const result: { start: number; length: number }[] = [];
  for (const { start, length } of [...sources].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.start + last.length) last.length = Math.max(last.length, start + length - last.start);
    else result.push({ start, length });
  }
  return result;
}

function pagesOf(sources: readonly Source[]): Set<number> {
  const pages = new Set<number>();
  for (const { start, length } of sources) for (let p = start >>> PAGE_SHIFT; p <= (start + length - 1) >>> PAGE_SHIFT; p++) pages.add(p);
  return pages;
}
