/** The JavaScript tier, and what it shares with the WebAssembly tier: region, passes, code. */
import type { ModuleStore, RegionCompiler } from '../runtime/engine';
import * as emitJs from '../translate/emit-js';
import type { WasmFunction } from '../translate/emit-wasm';
import { GuestAccess, GuestFault } from '../translate/guest-access';
import { Prot, type GuestMemory } from '../runtime/memory';
import type { CpuState } from '../translate/ir/cpu-state';
import { FieldSet } from '../translate/ir/field-set';
import type { HelperTable } from '../translate/ir/helper-table';
import type { StateLayout } from '../translate/ir/state';
import { fieldsLiveAtStart, type LiveAtExit } from '../translate/opt';
import type { Block, Location } from '../translate/ir/block';
import { analyseState, discover, structure, type LiftBlock, type ReadConstant, type Region } from '../translate/region';

export interface CompilerOptions {
  readonly state: CpuState;
  readonly memory: GuestMemory;
  readonly helpers: HelperTable;
  /** Store changed registers before every access that may fault. */
  readonly precise: boolean;
  /** Optimises a region; `liveAtExit` tells which fields code outside it may read. */
  readonly optimise: (region: Region, liveAtExit: LiveAtExit) => Region;
  /** Told of each region's final IR and of its code. */
  readonly onCompile?: (region: Region, code: string | WasmFunction) => void;
  /** What profiles call the code of the region that starts at a location; ASCII. */
  readonly nameOf?: ((head: Location) => string) | undefined;
  /** Whether the region that starts at a location may contain the block at another one; absent: always. */
  readonly within?: ((head: Location, at: Location) => boolean) | undefined;
  /** Modules of earlier runs. */
  readonly store?: ModuleStore | undefined;
  /** Gives the guest instructions of a region as comments for its JavaScript. */
  readonly annotate?: ((region: Region) => (pc: number, end: number) => readonly string[]) | undefined;
}

/** Guest pages that a region was made from. */
export function pagesOf({ blocks }: Region): Set<number> {
  return new Set(blocks.flatMap(pagesOfBlock));
}

function pagesOfBlock({ start, end }: Block): number[] {
  const first = (start >>> 0) >>> 12;
  return Array.from({ length: ((end - 1) >>> 12) - first + 1 }, (_, i) => first + i);
}

/** Reads pages that the guest cannot write: they change only by mapping calls, which drop translations. */
export function constantReader(memory: GuestMemory): ReadConstant {
  const { view, littleEndian } = memory;
  return (address, size) => {
    for (const at of [address, address + size - 1])
      if ((memory.pages[at >>> 12]! & (Prot.Read | Prot.Write)) !== Prot.Read) return undefined;
    if (size === 1) return view.getUint8(address);
    return size === 2 ? view.getUint16(address, littleEndian) : view.getInt32(address, littleEndian);
  };
}

/** Reads what is in guest memory now. */
export function presentReader(memory: GuestMemory): ReadConstant {
  const { view, littleEndian } = memory;
  return (address, size) => {
    if (!memory.accessible(address, size, 1)) return undefined;
    if (size === 1) return view.getUint8(address);
    return size === 2 ? view.getUint16(address, littleEndian) : view.getInt32(address, littleEndian);
  };
}

/** What the code behind an exit may read before it writes it, and the guest pages that this code is in. */
export interface Ahead {
  readonly live: FieldSet;
  readonly pages: readonly number[];
}

/**
 * Looks one block past the exits: most flags that look live there are overwritten before anything reads them.
 * @param pages gets the guest pages that were looked at: what is compiled depends on them
 * @param known what was found at other regions' exits; good until code changes
 */
export function lookAhead(lift: LiftBlock, layout: StateLayout, pages: Set<number>, known = new Map<Location, Ahead>()): LiveAtExit {
  return (at) => {
    let ahead = known.get(at);
    if (ahead === undefined) {
      const block = lift(at);
      ahead =
        block === undefined
          ? { live: FieldSet.all(layout.fields.length), pages: [] }
          : { live: fieldsLiveAtStart(block, layout), pages: pagesOfBlock(block) };
      known.set(at, ahead);
    }
    for (const p of ahead.pages) pages.add(p);
    return ahead.live;
  };
}

/** `liveAtExit` also for locations inside a region as it was before it was optimised. */
export function lookBack({ blocks }: Region, layout: StateLayout, liveAtExit: LiveAtExit): LiveAtExit {
  const inside = new Map(blocks.map((b) => [b.start, b]));
  const known = new Map<Location, FieldSet>();
  return (at) => {
    let live = known.get(at);
    if (live === undefined) {
      const block = inside.get(at);
      live = block === undefined || block.terminator.kind === 'dispatch' ? liveAtExit(at) : fieldsLiveAtStart(block, layout);
      known.set(at, live);
    }
    return live;
  };
}

/** Lifts only what may belong to the region that starts at `head`. */
export function bounded(head: Location, lift: LiftBlock, { within }: CompilerOptions): LiftBlock {
  return within === undefined ? lift : (at, max) => (within(head, at) ? lift(at, max) : undefined);
}

/** Field `pc` of the state, in words (ENGINE_FIELDS). */
const PC = 3;

export function javascriptCompiler(options: CompilerOptions): RegionCompiler {
  const { state, helpers } = options;
  const readConstant = constantReader(options.memory);
  const environment: emitJs.JsEnvironment = { state, helpers, memory: new GuestAccess(options.memory) };
  return {
    compile(hot, lift) {
      const found = discover(hot, bounded(hot, lift, options), { followCalls: false, readConstant })?.region;
      if (found === undefined) return undefined;
      const pages = pagesOf(found);
      const region = options.optimise(found, lookAhead(lift, state.layout, pages));
      const flow = analyseState(region, state.layout, { precise: options.precise, cleanedByAccesses: false });
      const texts = { name: options.nameOf?.(hot), annotate: options.annotate?.(region) };
      const source = emitJs.emitRegion(region, structure(region), flow, state.layout, { precise: options.precise, ...texts });
      options.onCompile?.(region, source);
      return { entries: [{ at: hot, code: emitJs.instantiate(source, environment) }], pages };
    },
    // The source of functions that are not called any more is collected with them.
    full: false,
    unlink: () => undefined,
    suspend: () => undefined,
    resume: () => undefined,
    // The slow path that throws has stored its pc first.
    faultOf: (e) => (e instanceof GuestFault ? { pc: state.i32[PC]!, fault: e } : undefined),
  };
}
