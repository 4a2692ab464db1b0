/** The optimising tiers: region, passes, then JavaScript or WebAssembly. */
import type { CompiledEntry, RegionCompiler } from '../runtime/engine';
import * as emitJs from '../translate/emit-js';
import * as emitWasm from '../translate/emit-wasm';
import { GuestAccess, GuestFault } from '../translate/guest-access';
import { Prot, type GuestMemory } from '../runtime/memory';
import type { CpuState } from '../translate/ir/cpu-state';
import { FieldSet } from '../translate/ir/field-set';
import type { HelperTable } from '../translate/ir/helper-table';
import type { StateLayout } from '../translate/ir/state';
import { fieldsLiveAtStart, type LiveAtExit } from '../translate/opt';
import { locationMode, type Location } from '../translate/ir/block';
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
  readonly onCompile?: (region: Region, code: string | emitWasm.WasmFunction) => void;
  /** What profiles call the code of the region that starts at a location; ASCII. */
  readonly nameOf?: ((head: Location) => string) | undefined;
  /** Whether the region that starts at a location may contain the block at another one; absent: always. */
  readonly within?: ((head: Location, at: Location) => boolean) | undefined;
  /** Gives the guest instructions of a region as comments for its JavaScript. */
  readonly annotate?: ((region: Region) => (pc: number, end: number) => readonly string[]) | undefined;
}

const rangesOf = (region: Region): readonly { readonly start: number; readonly end: number }[] =>
  region.blocks.map((b) => ({ start: b.start >>> 0, end: b.end }));

/** Reads pages that the guest cannot write: they change only by mapping calls, which drop translations. */
function constantReader(memory: GuestMemory): ReadConstant {
  const { view, littleEndian } = memory;
  return (address, size) => {
    for (const at of [address, address + size - 1])
      if ((memory.pages[at >>> 12]! & (Prot.Read | Prot.Write)) !== Prot.Read) return undefined;
    if (size === 1) return view.getUint8(address);
    return size === 2 ? view.getUint16(address, littleEndian) : view.getInt32(address, littleEndian);
  };
}

/** Looks one block past the exits: most flags that look live there are overwritten before anything reads them. */
function lookAhead(lift: LiftBlock, layout: StateLayout): LiveAtExit {
  return (at) => {
    const block = lift(at);
    return block === undefined ? FieldSet.all(layout.fields.length) : fieldsLiveAtStart(block, layout);
  };
}

/** Lifts only what may belong to the region that starts at `head`. */
function bounded(head: Location, lift: LiftBlock, { within }: CompilerOptions): LiftBlock {
  return within === undefined ? lift : (at, max) => (within(head, at) ? lift(at, max) : undefined);
}

/** Field `pc` of the state, in words (ENGINE_FIELDS). */
const PC = 3;

export function javascriptCompiler(options: CompilerOptions): RegionCompiler {
  const { state, helpers, precise } = options;
  const readConstant = constantReader(options.memory);
  const environment: emitJs.JsEnvironment = { state, helpers, memory: new GuestAccess(options.memory) };
  return {
    compile(hot, lift) {
      const found = discover(hot, bounded(hot, lift, options), { followCalls: false, readConstant })?.region;
      if (found === undefined) return undefined;
      const region = options.optimise(found, lookAhead(lift, state.layout));
      const flow = analyseState(region, state.layout);
      const texts = { name: options.nameOf?.(hot), annotate: options.annotate?.(region) };
      const source = emitJs.emitRegion(region, structure(region), flow, state.layout, { precise, ...texts });
      options.onCompile?.(region, source);
      return { entries: [{ at: hot, code: emitJs.instantiate(source, environment) }], ranges: rangesOf(found) };
    },
    unlink: () => undefined,
    // The slow path that throws has stored its pc first.
    faultOf: (e) => (e instanceof GuestFault ? { pc: state.i32[PC]!, fault: e } : undefined),
  };
}

/** Slots of the function table at first; it doubles when they are used up. */
const FIRST_TABLE_SIZE = 1024;

export function wasmCompiler(options: CompilerOptions): RegionCompiler {
  const { state, helpers, precise } = options;
  const readConstant = constantReader(options.memory);
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_TABLE_SIZE });
  const environment: emitWasm.WasmEnvironment = { state, helpers, table, memory: options.memory.memory };
  emitWasm.clearJumpCache(state.i32);
  let slots = 0;
  /** By name: code that the engine enters may go on in any other module. */
  const modules = new Map<string, emitWasm.WasmModule>();
  /** Entries of the regions made so far, by root: a region that takes another's place serves all of them. */
  const entriesByRoot = new Map<Location, readonly Location[]>();

  const entry = (at: Location, code: emitWasm.RegionFunction): CompiledEntry => {
    const slot = slots++;
    if (slot >= table.length) table.grow(table.length);
    table.set(slot, code);
    if (locationMode(at) !== 0) return { at, code };
    const link = (): void => emitWasm.linkEntry(state.i32, at | 0, slot);
    link();
    return { at, code, link };
  };

  return {
    compile(hot, lift, history) {
      const found = discover(hot, bounded(hot, lift, options), {
        followCalls: true,
        readConstant,
        history,
        furtherEntries: (root) => entriesByRoot.get(root) ?? [],
      });
      if (found === undefined) return undefined;
      const region = options.optimise(found.region, lookAhead(lift, state.layout));
      const flow = analyseState(region, state.layout, true);
      const name = options.nameOf?.(found.entries[0]!.at);
      const fn = { ...emitWasm.emitRegion(region, structure(region), flow, state.layout, { precise }), name };
      const moduleName = `region${modules.size}`;
      const module = emitWasm.buildModule([fn, ...found.entries.slice(1).map(emitWasm.emitEntry)], moduleName);
      options.onCompile?.(region, fn);
      modules.set(moduleName, module);
      const functions = emitWasm.instantiate(module, environment);
      entriesByRoot.set(
        found.entries[0]!.at,
        found.entries.map((e) => e.at),
      );
      return { entries: found.entries.map((e, i) => entry(e.at, functions[i]!)), ranges: rangesOf(found.region) };
    },
    unlink: () => emitWasm.clearJumpCache(state.i32),
    faultOf(e) {
      const at = e instanceof Error ? emitWasm.trapPosition(e) : undefined;
      const module = at && modules.get(at.module);
      const pc = module && emitWasm.positionOf(module, at!.offset);
      if (pc === undefined) return undefined;
      if (e instanceof GuestFault) return { pc, fault: e };
      if (!(e instanceof WebAssembly.RuntimeError) || !/out of bounds/.test(e.message)) return undefined;
      // V8 does not say which address: the process loop finds it when a handler wants to know.
      return { pc, fault: new GuestFault(0, 'read', false) };
    },
  };
}
