/** The WebAssembly tier: regions in batches, one module each, linked to what was compiled before. */
import { moduleName, type CompiledEntry, type CompiledRegion, type RegionCompiler, type StoredRegion } from '../runtime/engine';
import * as emitWasm from '../translate/emit-wasm';
import { GuestFault } from '../translate/guest-access';
import type { FieldSet } from '../translate/ir/field-set';
import { locationMode, locationPc, type Location } from '../translate/ir/block';
import {
  analyseState,
  blocksThatStore,
  discover,
  structure,
  type EarlierRegion,
  type EarlierRegions,
  type FoundRegion,
  type History,
  type InlineBodies,
  type LiftBlock,
  type Present,
  type Region,
} from '../translate/region';
import { bounded, constantReader, lookAhead, lookBack, pagesOf, presentReader, type Ahead, type CompilerOptions } from './region-compiler';

/** Slots of the function table at first; it doubles when they are used up. */
const FIRST_TABLE_SIZE = 1024;

/**
 * Blocks per region: the loops of big functions shall fit. V8's TurboFan takes some 70 us per block, on another
 * thread.
 */
const MAX_REGION_BLOCKS = 256;

/**
 * Bytes of modules after which all code is dropped; V8's machine code takes several times as much. The 40-function
 * run of cc1 in docs/translation.md makes 6 MB.
 */
const MAX_MODULE_BYTES = 24 * 2 ** 20;

/** Blocks after which a batch takes no further callees: what it waits for must be worth compiling now. */
const MAX_BATCH_BLOCKS = 192;

/** A region that other regions can call. */
interface Linked {
  readonly at: Location;
  readonly code: emitWasm.RegionFunction;
  readonly slot: number;
  readonly module: LiveModule;
  /** Pages that the region and whatever it calls directly were made from. */
  readonly pages: ReadonlySet<number>;
}

/** A module with code that may still run. */
interface LiveModule extends emitWasm.WasmModule {
  readonly name: string;
  /** Entries that have not been dropped. */
  entries: number;
}

/** Regions to be compiled together, and the compiled ones that they call. */
interface Batch {
  readonly found: readonly FoundRegion[];
  readonly imports: readonly Linked[];
  /** How to call a region from this batch's module. */
  readonly callees: ReadonlyMap<Location, emitWasm.Callee>;
}

export class WasmCompiler implements RegionCompiler {
  private readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_TABLE_SIZE });
  private readonly environment: emitWasm.WasmEnvironment;
  private readonly readConstant;
  private readonly present: Present;
  private slots = 0;
  private readonly freeSlots: number[] = [];
  private built: number;
  /** Bytes of the modules in `modules`. */
  private bytes = 0;
  /** By name: code that the engine enters may go on in any other module. */
  private readonly modules = new Map<string, LiveModule>();
  private linked = new Map<Location, Linked>();
  /** Of an address space that is gone. */
  private suspended = new Map<Location, Linked>();
  private readonly standIns = new Map<Location, emitWasm.RegionFunction>();
  /** By root. */
  private readonly regions = new Map<Location, EarlierRegion>();
  /** Roots of the regions that left out code because it had never run. */
  private readonly leftOutBy = new Map<Location, Location>();
  private readonly earlier: EarlierRegions = {
    leftOutBy: (at) => this.leftOutBy.get(at),
    entered: (at) => this.linked.has(at),
    at: (root) => this.regions.get(root),
  };

  /** Small callees. */
  private readonly bodies: InlineBodies = new Map();
  /** What is behind the exits of regions. */
  private readonly ahead = new Map<Location, Ahead>();

  /** @param maxBytes see `full` */
  constructor(
    private readonly options: CompilerOptions,
    private readonly maxBytes = MAX_MODULE_BYTES,
  ) {
    const { state, helpers, memory } = options;
    const read = constantReader(memory);
    this.readConstant = options.store?.watchConstants(read) ?? read;
    this.present = { read: presentReader(memory), field: (i) => state.i32[state.layout.fields[i]!.offset >> 2]! };
    this.built = options.store?.nextModule ?? 0;
    this.environment = { state, helpers, table: this.table, memory: memory.memory };
    emitWasm.clearJumpCache(state.i32);
  }

  compile(hot: Location, unwatched: LiftBlock, history: History | undefined): CompiledRegion | undefined {
    const lift = this.options.store?.watch(unwatched) ?? unwatched;
    const found = this.gather(hot, lift, history);
    if (found.length === 0) return undefined;
    const earlier = this.restoreAround(hot, found[0]!);
    if (earlier !== undefined) return earlier;
    const batch = this.link(found, history);
    const pages = new Set(found.flatMap((f) => [...pagesOf(f.region)]));
    const module = this.build(batch, lift, history, pages);
    const functions = emitWasm.instantiate(
      module,
      this.environment,
      batch.imports.map((l) => l.code),
    );
    const regions = found.map(({ entries, leftOut }) => ({ entries: entries.map(({ at }) => at), leftOut }));
    this.store(module, regions, batch);
    return this.install(module, functions, regions, batch.imports, pages);
  }

  private install(
    module: LiveModule,
    functions: readonly emitWasm.RegionFunction[],
    regions: readonly StoredRegion[],
    imports: readonly Linked[],
    pages: Set<number>,
  ): CompiledRegion {
    for (const l of imports) for (const p of l.pages) pages.add(p);
    for (const r of regions) this.register(r);
    // Roots first, then the other entries, as `build` has them
    const entries = [...regions.map((r) => r.entries[0]!), ...regions.flatMap((r) => r.entries.slice(1))];
    return { entries: entries.map((at, i) => this.enter(at, functions[i]!, module, pages)), pages };
  }

  private store(module: LiveModule, regions: readonly StoredRegion[], { imports }: Batch): void {
    const positions = module.positions.flatMap(({ offset, pc }) => [offset, pc]);
    this.options.store?.addModule({ ...module, positions, regions, imports: imports.map((l) => l.at) });
  }

  /** What an earlier run has compiled for a region that a hot block is in the middle of. */
  private restoreAround(hot: Location, { entries }: FoundRegion): CompiledRegion | undefined {
    const root = entries[0]!.at;
    if (root === hot || this.linked.has(root)) return undefined;
    const restored = this.restore(root);
    if (restored.length === 0) return undefined;
    return { entries: restored.flatMap((r) => r.entries), pages: new Set(restored.flatMap((r) => [...r.pages])) };
  }

  restore(at: Location): readonly CompiledRegion[] {
    const restored: CompiledRegion[] = [];
    this.restoreInto(restored, at, new Set());
    return restored;
  }

  /**
   * Appends the module of an earlier run that can be entered at a location, behind those that it imports.
   * @param under those that are waiting for what they import: modules of different runs may import each other
   */
  private restoreInto(restored: CompiledRegion[], at: Location, under: Set<string>): void {
    const stored = this.options.store?.findModule(at);
    if (stored === undefined || under.has(stored.name)) return;
    under.add(stored.name);
    for (const callee of stored.imports) if (!this.linked.has(callee)) this.restoreInto(restored, callee, under);
    const imports = stored.imports.flatMap((callee) => this.linked.get(callee) ?? []);
    const positions = Array.from({ length: stored.positions.length / 2 }, (_, i) => ({
      offset: stored.positions[2 * i]!,
      pc: stored.positions[2 * i + 1]!,
    }));
    const module: LiveModule = { name: stored.name, bytes: stored.bytes, positions, entries: 0 };
    this.modules.set(module.name, module);
    this.bytes += module.bytes.length;
    const callees = stored.imports.map((callee) => this.linked.get(callee)?.code ?? this.standIn(callee));
    const functions = emitWasm.instantiate(module, this.environment, callees);
    restored.push(this.install(module, functions, stored.regions, imports, new Set(stored.pages)));
  }

  /** Called like the region at a location; reaches it if it has been linked by then. */
  private standIn(at: Location): emitWasm.RegionFunction {
    let code = this.standIns.get(at);
    if (code === undefined) {
      code = emitWasm.instantiate(emitWasm.buildModule([emitWasm.emitJump(locationPc(at))]), this.environment)[0]!;
      this.standIns.set(at, code);
    }
    return code;
  }

  private register({ entries, leftOut }: StoredRegion): void {
    const root = entries[0]!;
    const versions = (this.regions.get(root)?.versions ?? 0) + 1;
    this.regions.set(root, { entries, versions });
    if (versions > 1) for (const [at, by] of this.leftOutBy) if (by === root) this.leftOutBy.delete(at);
    for (const at of leftOut) this.leftOutBy.set(at, root);
  }

  /** The region around a hot block, and those of the functions it calls that are about to be hot themselves. */
  private gather(hot: Location, lift: LiftBlock, history: History | undefined): FoundRegion[] {
    const found: FoundRegion[] = [];
    const taken = new Set<Location>();
    const wanted = [hot];
    // A module that is stored must tell all that it was made from. Profiles tell functions apart.
    if (this.options.store !== undefined) this.bodies.clear();
    const bodies = this.options.within === undefined ? this.bodies : undefined;
    let blocks = 0;
    for (const at of wanted) {
      if (taken.has(at) || blocks >= MAX_BATCH_BLOCKS) continue;
      const next = discover(at, bounded(at, lift, this.options), {
        followCalls: true,
        readConstant: this.readConstant,
        present: this.present,
        history,
        maxBlocks: MAX_REGION_BLOCKS,
        earlier: this.earlier,
        bodies,
      });
      if (next === undefined || next.entries.some((e) => taken.has(e.at))) continue;
      next.entries.forEach((e) => taken.add(e.at));
      found.push(next);
      blocks += next.region.blocks.length;
      if (history === undefined) break;
      for (const callee of calledBy(next.region, history)) if (!this.linked.has(callee) && history.warm(callee)) wanted.push(callee);
    }
    return found;
  }

  private link(found: readonly FoundRegion[], history: History | undefined): Batch {
    const own = new Set(found.flatMap((f) => f.entries.map((e) => e.at)));
    const wanted = new Set(found.flatMap((f) => calledBy(f.region, history)));
    const outside = [...wanted].filter((at) => !own.has(at) && this.linked.has(at));
    const first = emitWasm.FIRST_REGION;
    const callees = new Map<Location, emitWasm.Callee>();
    outside.forEach((at, i) => callees.set(at, { function: first + i, label: 0 }));
    found.forEach((f, i) => {
      for (const { at, label } of f.entries) callees.set(at, { function: first + outside.length + i, label });
    });
    return { found, imports: outside.map((at) => this.linked.get(at)!), callees };
  }

  /** @param pages gets those that the code depends on besides its own */
  private build({ found, imports, callees }: Batch, lift: LiftBlock, history: History | undefined, pages: Set<number>): LiveModule {
    const { state, precise, optimise, onCompile, nameOf } = this.options;
    const emitOptions = {
      precise,
      callee: (at: Location) => callees.get(at),
      targets: (end: number) => history?.targets(end) ?? [],
    };
    const ahead = lookAhead(lift, state.layout, pages, this.ahead);
    const liveAtExit = (at: Location): FieldSet => {
      const live = ahead(at);
      this.options.store?.dependsOn(at);
      return live;
    };
    const functions = found.map((f) => {
      const region = optimise(f.region, liveAtExit);
      const liveAt = lookBack(f.region, state.layout, liveAtExit);
      const storesAtEnd = blocksThatStore(region);
      const flow = analyseState(region, state.layout, { reinterprets: true, precise, liveAt, storesAtEnd });
      const name = nameOf?.(f.entries[0]!.at);
      const fn = { ...emitWasm.emitRegion(region, structure(region), flow, state.layout, emitOptions), name };
      onCompile?.(region, fn);
      return fn;
    });
    const others = found.flatMap((f) => f.entries.slice(1)).map((e) => emitWasm.emitEntry(callees.get(e.at)!));
    const name = moduleName(this.built++);
    const module: LiveModule = { ...emitWasm.buildModule([...functions, ...others], name, imports.length), name, entries: 0 };
    this.modules.set(name, module);
    this.bytes += module.bytes.length;
    return module;
  }

  private enter(at: Location, code: emitWasm.RegionFunction, module: LiveModule, pages: ReadonlySet<number>): CompiledEntry {
    const { state } = this.options;
    this.release(this.suspended, at);
    const replaced = this.linked.get(at);
    const slot = replaced?.slot ?? this.freeSlots.pop() ?? this.slots++;
    if (slot >= this.table.length) this.table.grow(this.table.length);
    this.table.set(slot, code);
    module.entries++;
    this.linked.set(at, { at, code, slot, module, pages });
    if (locationMode(at) !== 0) return { at, code };
    const link = (): void => emitWasm.linkEntry(state.i32, at | 0, slot);
    link();
    return { at, code, link };
  }

  get full(): boolean {
    return this.bytes > this.maxBytes;
  }

  unlink(dropped: Iterable<Location>): void {
    this.forgetContext();
    for (const at of dropped) {
      this.regions.delete(at);
      this.release(this.linked, at);
      this.release(this.suspended, at);
    }
    // Modules whose entries were taken over by newer ones may still be called by others.
    if (this.linked.size + this.suspended.size > 0) return;
    this.modules.clear();
    this.bytes = 0;
  }

  /** Forgets what depends on which code there is. */
  private forgetContext(): void {
    emitWasm.clearJumpCache(this.options.state.i32);
    this.ahead.clear();
    this.bodies.clear();
    this.leftOutBy.clear();
  }

  private release(from: Map<Location, Linked>, at: Location): void {
    const l = from.get(at);
    if (l === undefined) return;
    from.delete(at);
    this.table.set(l.slot, null);
    this.freeSlots.push(l.slot);
    if (--l.module.entries === 0 && this.modules.delete(l.module.name)) this.bytes -= l.module.bytes.length;
  }

  suspend(): void {
    this.forgetContext();
    this.regions.clear();
    for (const at of this.suspended.keys()) this.release(this.suspended, at);
    [this.linked, this.suspended] = [this.suspended, this.linked];
  }

  resume(at: Location, good: boolean): void {
    const l = this.suspended.get(at);
    if (l === undefined) return;
    if (!good) this.release(this.suspended, at);
    else {
      this.suspended.delete(at);
      this.linked.set(at, l);
    }
  }

  faultOf(e: unknown): { readonly pc: number; readonly fault: GuestFault } | undefined {
    const at = e instanceof Error ? emitWasm.trapPosition(e) : undefined;
    const module = at && this.modules.get(at.module);
    const pc = module && emitWasm.positionOf(module, at!.offset);
    if (pc === undefined) return undefined;
    if (e instanceof GuestFault) return { pc, fault: e };
    if (!(e instanceof WebAssembly.RuntimeError) || !/out of bounds/.test(e.message)) return undefined;
    // V8 says neither which address it was nor what was tried: the kernel has told the code page.
    return { pc, fault: new GuestFault(undefined, 'read', false) };
  }
}

/** Where the calls and indirect jumps of a region go, as far as that is known and can be reached by pc alone. */
function calledBy(region: Region, history: History | undefined): Location[] {
  return region.blocks.flatMap(({ terminator: t, end }) => {
    if (t.kind === 'call') return locationMode(t.target) === 0 ? [t.target] : [];
    if (t.kind !== 'indirect' || t.mode !== 0 || t.hint === 'return') return [];
    return history?.targets(end) ?? [];
  });
}
