import { GuestMemory } from '../runtime/memory';
import { location, type Block, type Location } from '../translate/ir/block';
import { CpuState } from '../translate/ir/cpu-state';
import { parseRegion } from '../translate/ir/parse';
import { TEST_LAYOUT } from '../translate/ir/random-block';
import type { History } from '../translate/region';
import { WasmCompiler } from './wasm-compiler';

const A = location(0x1000);

describe('a compiled region', () => {
  const region = parseRegion(
    'block 0x1000 {\n%0 = const32 1\nset32 r1, %0\njump 0x5000\n}\nblock 0x5000 {\n%0 = const32 2\nset32 r1, %0\njump 0x5000\n}',
    TEST_LAYOUT,
  );
  const blocks = region.blocks.map((b): Block => ({ ...b, end: b.start + 4 }));
  const lift = (at: Location): Block | undefined => blocks.find((b) => b.start === at);
  // The second block has never run, so that it is left out.
  const history: History = { reached: (at) => at === A, firstRun: () => 0, warm: () => false, targets: () => [] };

  function compile(liftBlock: typeof lift): { pages: number[]; r1: number } {
    const state = new CpuState(TEST_LAYOUT);
    const memory = new GuestMemory('little');
    const tier = new WasmCompiler({ state, memory, helpers: [], precise: false, optimise: (r) => r });
    const { entries, pages } = tier.compile(A, liftBlock, history)!;
    state.set('headroom', 0);
    expect(entries[0]!.code(0)).toBe(0x5000);
    return { pages: [...pages], r1: state.get('r1') };
  }

  it('does not store what the code behind it overwrites, and depends on that code', () => {
    expect(compile(lift)).toEqual({ pages: [1, 5], r1: 0 });
  });

  it('stores everything where there is no code behind it', () => {
    expect(compile((at) => (at === A ? lift(at) : undefined))).toEqual({ pages: [1], r1: 1 });
  });
});
