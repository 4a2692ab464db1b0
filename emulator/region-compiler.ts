/** The optimising tiers: region, passes, then JavaScript or WebAssembly. */
import type { RegionCompiler } from '../runtime/engine';
import * as emitJs from '../translate/emit-js';
import * as emitWasm from '../translate/emit-wasm';
import { GuestAccess, GuestFault } from '../translate/guest-access';
import type { GuestMemory } from '../runtime/memory';
import type { CpuState } from '../translate/ir/cpu-state';
import type { HelperTable } from '../translate/ir/helper-table';
import { locationMode } from '../translate/ir/block';
import { analyseState, discover, structure, type Region } from '../translate/region';

export interface CompilerOptions {
  readonly state: CpuState;
  readonly memory: GuestMemory;
  readonly helpers: HelperTable;
  /** Store changed registers before every access that may fault. */
  readonly precise: boolean;
  readonly optimise: (region: Region) => Region;
  /** Told of each region's final IR and of its code as text or bytes. */
  readonly onCompile: ((region: Region, code: string | Uint8Array) => void) | undefined;
}

const rangesOf = (region: Region): readonly { readonly start: number; readonly end: number }[] =>
  region.blocks.map((b) => ({ start: b.start >>> 0, end: b.end }));

/** Field `pc` of the state, in words (ENGINE_FIELDS). */
const PC = 3;

export function javascriptCompiler(options: CompilerOptions): RegionCompiler {
  const { state, helpers, precise } = options;
  const environment: emitJs.JsEnvironment = { state, helpers, memory: new GuestAccess(options.memory) };
  return {
    compile(head, lift) {
      const found = discover(head, lift, { followCalls: false });
      if (found === undefined) return undefined;
      const region = options.optimise(found);
      const source = emitJs.emitRegion(region, structure(region), analyseState(region, state.layout), state.layout, { precise });
      options.onCompile?.(region, source);
      return { code: emitJs.instantiate(source, environment), ranges: rangesOf(found) };
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
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_TABLE_SIZE });
  const environment: emitWasm.WasmEnvironment = { state, helpers, table, memory: options.memory.memory };
  emitWasm.clearJumpCache(state.i32);
  let slots = 0;
  /** By name: code that the engine enters may go on in any other module. */
  const modules = new Map<string, emitWasm.WasmModule>();
  return {
    compile(head, lift) {
      const found = discover(head, lift, { followCalls: true });
      if (found === undefined) return undefined;
      const region = options.optimise(found);
      const fn = emitWasm.emitRegion(region, structure(region), analyseState(region, state.layout), state.layout, { precise });
      const slot = slots++;
      const name = `region${slot}`;
      const module = emitWasm.buildModule([fn], name);
      options.onCompile?.(region, module.bytes);
      const code = emitWasm.instantiate(module, environment)[0]!;
      modules.set(name, module);
      if (slot >= table.length) table.grow(table.length);
      table.set(slot, code);
      const link = locationMode(head) === 0 ? (): void => emitWasm.linkEntry(state.i32, head | 0, slot) : undefined;
      link?.();
      return { code, link, ranges: rangesOf(found) };
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
