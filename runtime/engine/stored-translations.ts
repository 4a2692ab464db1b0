/**
 * Translations of earlier runs, and of this one for later runs. What is found is checked against guest memory: a record
 * is used only where the bytes that it was made from lie there, executable.
 */
import type { GuestViews } from '../../translate/guest-access';
import { locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import type { LiftBlock, ReadConstant } from '../../translate/region';
import {
  blockKind,
  blockMatches,
  moduleKind,
  moduleMatches,
  moduleNumber,
  readBlock,
  readModule,
  RECORD_KINDS,
  sourceStart,
  storable,
  WordWriter,
  writeBlock,
  writeModule,
  type ModuleRecord,
  type RecordKind,
  type Source,
  type StoredBlock,
  type StoredModule,
} from './stored-format';
import { UnitWriter, type StoredUnit } from './stored-unit';

/** What the engine asks for blocks. */
export interface BlockStore {
  /** The block at a location, if the code there is what it was made from. */
  find(at: Location): StoredBlock | undefined;
  /** A block that was just made. */
  add(block: StoredBlock): void;
  /** True if `findRegion` may have something. */
  hasRegion(at: Location): boolean;
  /** From now on there is nothing, and nothing is kept: code is lifted otherwise than at the start of a run. */
  retire(): void;
}

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

/** Milliseconds, for the decision whether to save: to lift a block, to compile a module, to start writing, to write a word. */
const COST = { lift: 0.03, compile: 3, start: 2, word: 1 / 250_000 } as const;

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
  private readonly own = new Map(RECORD_KINDS.map((kind) => [kind, new Map<Location, number>()]));
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
    this.out.put(0); // 0 is no record
  }

  find(at: Location): StoredBlock | undefined {
    const kind = blockKind(this.precise());
    const place = this.placeOf(kind, at);
    if (place === undefined) return undefined;
    const block = readBlock(place.words, place.record);
    if (block.key !== at || !this.executable(sourceStart(at), block.end)) return undefined;
    if (!blockMatches(place.words, place.record, this.memory.u8)) {
      this.drop(place);
      this.own.get(kind)!.delete(at);
      return undefined;
    }
    this.counts.blocksUsed++;
    return block;
  }

  private placeOf(kind: RecordKind, at: Location): Place | undefined {
    if (this.retired) return undefined;
    const own = this.own.get(kind)!.get(at);
    if (own !== undefined) return { words: this.out.words, record: own };
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

  add(block: StoredBlock): void {
    const start = sourceStart(block.key);
    if (this.retired || !storable(block.terminator) || block.end <= start || !this.lasting(start, block.end)) return;
    const precise = this.precise();
    this.own.get(blockKind(precise))!.set(block.key, this.out.end);
    writeBlock(this.out, block, precise, this.memory.u8);
    this.counts.blocksMade++;
  }

  retire(): void {
    this.retired = true;
  }

  hasRegion(at: Location): boolean {
    return this.placeOf(moduleKind(this.precise()), at) !== undefined;
  }

  findModule(at: Location): (StoredModule & { readonly pages: Iterable<number> }) | undefined {
    const kind = moduleKind(this.precise());
    const place = this.placeOf(kind, at);
    if (place === undefined) return undefined;
    const module = readModule(place.words, place.record);
    if (!this.present(module, at) || !moduleMatches(place.words, module, this.memory.u8)) {
      this.drop(place);
      this.own.get(kind)!.delete(at);
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
    if (this.retired || ![...code, ...constants].every(({ start, length }) => this.lasting(start, start + length))) return;
    const precise = this.precise();
    const own = this.own.get(moduleKind(precise))!;
    for (const at of module.regions.flatMap((r) => r.entries)) own.set(at, this.out.end);
    writeModule(this.out, module, { code, constants }, precise, this.memory.u8);
    this.nextModule = 1 + moduleNumber(module.name);
    this.counts.modulesMade++;
  }

  /** This process is a new child: what has been made so far its parent will save. */
  forked(): void {
    this.inherited = { blocks: this.counts.blocksMade, modules: this.counts.modulesMade };
  }

  /** True if later runs gain more by what this process has made than it costs to write it. */
  get worthSaving(): boolean {
    const { counts, inherited } = this;
    const gain = (counts.blocksMade - inherited.blocks) * COST.lift + (counts.modulesMade - inherited.modules) * COST.compile;
    return gain > COST.start + (this.out.end + (this.unit?.words.length ?? 0)) * COST.word;
  }

  /**
   * A unit of all that is known: of the earlier runs' records those whose code had not changed.
   * @param constants the interpreter's
   */
  save(key: Uint8Array, constants: Int32Array): Int32Array {
    const writer = new UnitWriter(key, constants);
    const { unit, rejected, used } = this;
    const all = unit !== undefined && unit.words.length + this.out.end <= MAX_UNIT_WORDS;
    for (const [kind, own] of this.own) {
      if (unit !== undefined) copy(writer, unit, kind, (record) => (all ? !rejected.has(record) : used.has(record)));
      const copied = new Map<number, number>();
      for (const [at, record] of own) {
        let to = copied.get(record);
        if (to === undefined) copied.set(record, (to = writer.append(this.out.words, record)));
        writer.enter(kind, locationPc(at) | 0, locationMode(at), to);
      }
    }
    return writer.finish(this.nextModule);
  }
}

function copy(writer: UnitWriter, unit: StoredUnit, kind: RecordKind, wanted: (record: number) => boolean): void {
  const copied = new Map<number, number>();
  for (const { pc, mode, record } of unit.records(kind)) {
    if (!wanted(record)) continue;
    let to = copied.get(record);
    if (to === undefined) copied.set(record, (to = writer.append(unit.words, record)));
    writer.enter(kind, pc, mode, to);
  }
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
