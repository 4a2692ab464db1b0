/** Modules of earlier runs in the WebAssembly tier. */
import type { ModuleStore } from '../runtime/engine';
import { GuestMemory } from '../runtime/memory';
import * as emitWasm from '../translate/emit-wasm';
import { CpuState } from '../translate/ir/cpu-state';
import { StateLayout } from '../translate/ir/state';
import type { Location } from '../translate/ir/block';
import { WasmCompiler } from './wasm-compiler';

const [A, B, C] = [0x1000, 0x2000, 0x3000];

/** A module of one region, which goes on in the region that it imports. */
function module(name: string, at: Location, imported: Location): ReturnType<ModuleStore['findModule']> {
  const { bytes } = emitWasm.buildModule([emitWasm.emitEntry({ function: emitWasm.FIRST_REGION, label: 0 })], name, 1);
  return { name, bytes, positions: [0, at], regions: [{ entries: [at], leftOut: [] }], imports: [imported], pages: [at >>> 12] };
}

function compiler(modules: ReadonlyMap<Location, ReturnType<ModuleStore['findModule']>>): { tier: WasmCompiler; state: CpuState } {
  const state = new CpuState(new StateLayout([['r0', 'i32']]));
  const store: ModuleStore = {
    findModule: (at) => modules.get(at),
    watch: (lift) => lift,
    watchConstants: (read) => read,
    dependsOn: () => undefined,
    addModule: () => undefined,
    nextModule: 2,
  };
  const tier = new WasmCompiler({
    state,
    memory: new GuestMemory('little'),
    helpers: [],
    precise: false,
    store,
    optimise: (region) => region,
  });
  return { tier, state };
}

describe('restored modules', () => {
  it('may import each other', () => {
    const { tier, state } = compiler(
      new Map([
        [A, module('region0', A, B)],
        [B, module('region1', B, A)],
      ]),
    );
    const restored = tier.restore(A);
    expect(restored.map(({ entries, pages }) => [entries.map((e) => e.at), new Set(pages)])).toEqual([
      [[B], new Set([2])],
      [[A], new Set([1, 2])],
    ]);
    state.set('headroom', 0);
    for (const { entries } of restored) expect(entries[0]!.code(0)).toBe(A);
  });

  it('do without a module that is not there', () => {
    const { tier } = compiler(new Map([[A, module('region0', A, C)]]));
    const [restored, ...more] = tier.restore(A);
    expect(more).toEqual([]);
    expect(restored!.entries[0]!.code(0)).toBe(C);
    expect(tier.restore(B)).toEqual([]);
  });
});
