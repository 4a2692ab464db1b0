/** Translations by guest location, and which guest pages they were made from. */
import type { PackedBlock } from '../../translate/interpret';
import { locationMode, type Location, type Terminator } from '../../translate/ir/block';
import type { FrequentTargets } from './frequent-targets';
import { JUMP_CACHE_ENTRIES } from './tunables';

/**
 * Compiled code of a region: runs from its entry and returns the guest pc to go on at, as a signed
 * word; -1 if it has set the `exit` field instead.
 * @param depth stack that compiled code uses so far, in units of STACK_UNIT (translate/ir/state.ts)
 */
export type CompiledCode = (depth: number) => number;

const PAGE_SHIFT = 12;
const PAGE_SIZE = 1 << PAGE_SHIFT;
/** 64 bytes of guest code, some blocks, are searched together. */
const LINE_SHIFT = 6;

/** Larger than any block, in bytes. */
const BIRTH_UNIT = 2 ** 16;

/** A block with its place in the tiers. */
export class Translation {
  /** Translations made before this one: it first ran after theirs. */
  birth = 0;
  /** The region that starts here, once it is hot. */
  code: CompiledCode | undefined;
  /** An earlier run has compiled a region that starts here. */
  restorable = false;
  /** Makes `code` reachable from other compiled code without a look at this cache. */
  link: (() => void) | undefined;
  /** Translations of the first and second successor, once known. */
  next0: Translation | undefined;
  next1: Translation | undefined;
  /** Where its indirect terminator goes. */
  targets: FrequentTargets | undefined;
  /** Guest pages of the code it was made from. */
  readonly pages: number[] = [];

  /** @param end guest address after the block's last instruction */
  constructor(
    readonly key: Location,
    readonly end: number,
    readonly packed: PackedBlock,
    readonly terminator: Terminator,
  ) {}
}

/** What a guest page shows, if pages that show the same hold the same code for ever; undefined for other pages. */
export type PageSource = (page: number) => string | undefined;

/** What pages showed at some time. */
export type PageSources = ReadonlyMap<number, string | undefined>;

/** Translations of the address space before this one, and what its pages showed. */
interface Suspended {
  readonly byLocation: Map<Location, Translation>;
  readonly sources: PageSources;
}

export class CodeCache {
  private births = 0;
  private suspended: Suspended = { byLocation: new Map(), sources: new Map() };
  /** Answers of the present address space about pages, until mappings change. */
  private readonly shown = new Map<number, string | undefined>();
  private byLocation = new Map<Location, Translation>();
  /** Translations by guest page of their code. A translation is listed under every page it was made from. */
  private readonly byPage = new Map<number, Set<Translation>>();
  /** Translations by line of their block's instructions, of some pages. */
  private readonly lines = new Map<number, Translation[][]>();
  private readonly jumpCache: (Translation | undefined)[] = new Array<Translation | undefined>(JUMP_CACHE_ENTRIES).fill(undefined);

  get(key: Location): Translation | undefined {
    return this.byLocation.get(key);
  }

  /** The translation for a pc in mode 0 if the jump cache has it. */
  cached(pc: number): Translation | undefined {
    const t = this.jumpCache[(pc >>> 1) & (JUMP_CACHE_ENTRIES - 1)];
    return t !== undefined && t.key === pc >>> 0 ? t : undefined;
  }

  remember(t: Translation): void {
    if (locationMode(t.key) === 0) this.jumpCache[(t.key >>> 1) & (JUMP_CACHE_ENTRIES - 1)] = t;
  }

  /** Lower the earlier the instruction at a location first ran, in whichever translation; Infinity if in none. */
  firstRun(at: Location): number {
    const exact = this.byLocation.get(at);
    let first = exact === undefined ? Infinity : exact.birth * BIRTH_UNIT;
    const mode = locationMode(at);
    for (const t of this.linesOf((at >>> 0) >>> PAGE_SHIFT)[((at >>> 0) % PAGE_SIZE) >>> LINE_SHIFT]!) {
      const offset = at - t.key;
      if (offset > 0 && at >>> 0 < t.end && locationMode(t.key) === mode) first = Math.min(first, t.birth * BIRTH_UNIT + offset);
    }
    return first;
  }

  /** The translations of a page's blocks by line; made when it is first asked for, as most pages never get hot. */
  private linesOf(page: number): Translation[][] {
    let lines = this.lines.get(page);
    if (lines === undefined) {
      this.lines.set(page, (lines = Array.from({ length: PAGE_SIZE >>> LINE_SHIFT }, (): Translation[] => [])));
      for (const t of this.byPage.get(page) ?? []) listInLines(lines, page, t);
    }
    return lines;
  }

  add(t: Translation): void {
    this.use(t);
    this.dependsOn(t, t.key >>> 0, t.end);
  }

  private use(t: Translation): void {
    t.birth = this.births++;
    this.byLocation.set(t.key, t);
  }

  /** Drops `t` when code in [start, end) changes. */
  dependsOn(t: Translation, start: number, end: number): void {
    // A block without instructions depends on the code it did not find.
    const last = Math.max(end - 1, start) >>> PAGE_SHIFT;
    for (let p = start >>> PAGE_SHIFT; p <= last; p++) this.dependsOnPage(t, p);
  }

  /** Drops `t` when code in a page changes. */
  dependsOnPage(t: Translation, page: number): void {
    if (this.listUnder(t, page)) t.pages.push(page);
  }

  private listUnder(t: Translation, page: number): boolean {
    const set = this.byPage.get(page);
    if (set?.has(t) === true) return false;
    if (set) set.add(t);
    else this.byPage.set(page, new Set([t]));
    const lines = this.lines.get(page);
    if (lines !== undefined) listInLines(lines, page, t);
    return true;
  }

  /** Drops every translation made from pages that overlap [start, end). Returns their locations. */
  invalidate(start: number, end: number): readonly Location[] {
    this.shown.clear();
    const first = start >>> PAGE_SHIFT;
    const last = (end - 1) >>> PAGE_SHIFT;
    const stale = new Set<Translation>();
    const collect = (p: number, set: Set<Translation>): void => {
      for (const t of set) stale.add(t);
      this.byPage.delete(p);
      this.lines.delete(p);
    };
    if (last - first > this.byPage.size) {
      for (const [p, set] of this.byPage) if (p >= first && p <= last) collect(p, set);
    } else {
      for (let p = first; p <= last; p++) {
        const set = this.byPage.get(p);
        if (set) collect(p, set);
      }
    }
    if (stale.size === 0) return [];
    for (const t of stale) {
      this.byLocation.delete(t.key);
      // Else the next change of that page would take a newer translation of the same location for stale.
      for (const p of t.pages) {
        this.byPage.get(p)?.delete(t);
        this.lines.delete(p);
      }
    }
    for (const t of this.byLocation.values()) {
      if (t.next0 !== undefined && stale.has(t.next0)) t.next0 = undefined;
      if (t.next1 !== undefined && stale.has(t.next1)) t.next1 = undefined;
    }
    this.jumpCache.fill(undefined);
    return [...stale].map((t) => t.key);
  }

  /** What all pages show that translations were made from. */
  sources(sourceOf: PageSource): PageSources {
    const sources = new Map<number, string | undefined>();
    for (const page of this.byPage.keys()) sources.set(page, sourceOf(page));
    return sources;
  }

  /**
   * Takes all translations out of use, because the address space has gone, and keeps those that `resume` may find good
   * again: made from pages with a source only. Touches none of them: a child that does this has no copy of its own yet.
   * @param sources of the pages before
   */
  suspend(sources: PageSources): void {
    this.suspended = { byLocation: this.byLocation, sources };
    this.byLocation = new Map();
    this.byPage.clear();
    this.lines.clear();
    this.shown.clear();
    this.jumpCache.fill(undefined);
  }

  /** Takes the suspended translation of a location into use again if its pages show what they did. */
  resume(key: Location, sourceOf: PageSource): Translation | undefined {
    const { byLocation, sources } = this.suspended;
    const t = byLocation.get(key);
    if (t === undefined) return undefined;
    byLocation.delete(key);
    for (const page of t.pages) if (!this.shows(page, sourceOf, sources.get(page))) return undefined;
    t.next0 = t.next1 = undefined;
    this.use(t);
    for (const p of t.pages) this.listUnder(t, p);
    return t;
  }

  private shows(page: number, sourceOf: PageSource, source: string | undefined): boolean {
    if (source === undefined) return false;
    if (!this.shown.has(page)) this.shown.set(page, sourceOf(page));
    return this.shown.get(page) === source;
  }

  /** Whether all pages have sources, and the same ones as before: then all translations are as good as they were. */
  unchanged(sources: PageSources, sourceOf: PageSource): boolean {
    this.shown.clear();
    for (const [page, source] of sources) if (!this.shows(page, sourceOf, source)) return false;
    return true;
  }

  /** Forgets suspended translations. Returns their locations. */
  dropSuspended(): readonly Location[] {
    const keys = [...this.suspended.byLocation.keys()];
    this.suspended.byLocation.clear();
    return keys;
  }

  /** All translations that are in use. */
  all(): Iterable<Translation> {
    return this.byLocation.values();
  }

  /** Number of blocks held. */
  get size(): number {
    return this.byLocation.size;
  }
}

/** Lists a translation under each line of a page that its block has instructions in, which may be none. */
function listInLines(lines: readonly Translation[][], page: number, t: Translation): void {
  const from = Math.max((t.key >>> 0) - page * PAGE_SIZE, 0);
  const to = Math.min(t.end - page * PAGE_SIZE, PAGE_SIZE);
  if (from < to) for (let line = from >>> LINE_SHIFT; line << LINE_SHIFT < to; line++) lines[line]!.push(t);
}
