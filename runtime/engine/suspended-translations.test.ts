/** Code that outlives its address space (execve), and code that processes of a family exchange. */
import { javascriptCompiler } from '../../emulator/region-compiler';
import { WasmCompiler } from '../../emulator/wasm-compiler';
import { CpuState } from '../../translate/ir/cpu-state';
import { AddressSpace, GuestMemory, PAGE_SIZE, Prot } from '../memory';
import { Engine } from './engine';
import { FamilyTranslations } from './family-translations';
import { assemble, TOY_LAYOUT, toyTarget } from './toy-target-fixture';

const memory = new GuestMemory('little');
const space = new AddressSpace(memory, 0xfff0_0000);
const CODE = 0x10000;
const OTHER = CODE + PAGE_SIZE;
space.map({ address: CODE, length: 2 * PAGE_SIZE, prot: Prot.Read | Prot.Write | Prot.Exec, fixed: 'replace' });

/** What the two pages show, for the engine. */
let sources: Record<number, string | undefined>;
beforeEach(() => {
  memory.i32.fill(0, CODE >> 2, (CODE + 2 * PAGE_SIZE) >> 2);
  sources = { [CODE / PAGE_SIZE]: 'first', [OTHER / PAGE_SIZE]: 'second' };
});

const TIERS = ['interp', 'js', 'wasm'] as const;

class Machine {
  readonly state = new CpuState(TOY_LAYOUT);
  lifted = 0;
  compiled = 0;
  readonly engine: Engine;

  constructor(emit: (typeof TIERS)[number], hotThreshold = 5) {
    const { state } = this;
    const target = toyTarget(() => 0);
    const lifter = target.createLifter({ name: '', description: '', features: new Set() });
    const options = {
      state,
      memory,
      helpers: target.helpers,
      precise: false,
      optimise: <R>(r: R): R => r,
      onCompile: () => void this.compiled++,
    };
    this.engine = new Engine({
      target,
      lifter: { ...lifter, lift: (...args) => (this.lifted++, lifter.lift(...args)) },
      reader: {
        fetch16: () => undefined,
        fetch32: (at) => (memory.accessible(at, 4, Prot.Exec) ? memory.view.getInt32(at, true) : undefined),
        unimplemented: () => undefined,
      },
      memory,
      state,
      neededOps: undefined,
      simplify: true,
      compiler: emit === 'interp' ? undefined : emit === 'js' ? javascriptCompiler(options) : new WasmCompiler(options),
      hotThreshold,
      sourceOf: (page) => sources[page],
    });
  }

  /** Runs from CODE to `sys 2`; returns r1. */
  run(): number {
    for (const name of ['r0', 'r1', 'r2']) this.state.set(name, 0);
    this.state.set('pc', CODE);
    for (;;) {
      const exit = this.engine.run();
      if (exit.kind !== 'syscall') throw new Error(exit.kind);
      if (exit.info === 2) return this.state.get('r1');
    }
  }
}

function load(at: number, text: string, labels: Record<string, number> = {}): void {
  memory.i32.fill(0, at >> 2, (at + PAGE_SIZE) >> 2);
  memory.i32.set(assemble(at, text, labels), at >> 2);
}

const CALLER = `
  start: addi r0, r0, 50
  loop:  call callee
         addi r0, r0, -1
         bnez r0, loop
         sys 2`;
const loadBoth = (step: number): void => {
  const labels: Record<string, number> = {};
  load(OTHER, `callee: addi r1, r1, ${step}\n jr r7`, labels);
  load(CODE, CALLER, labels);
};

/** A machine that has run a loop of 50 rounds, each of which adds 3. */
function hasRun(emit: (typeof TIERS)[number]): Machine {
  const m = new Machine(emit);
  loadBoth(3);
  expect(m.run()).toBe(150);
  return m;
}

describe.each(TIERS)('suspended code, %s', (emit) => {
  it('is used again where its pages show the same', () => {
    const m = hasRun(emit);
    const { lifted, compiled } = m;
    m.engine.suspend();
    expect(m.run()).toBe(150);
    expect(m.run()).toBe(150);
    expect({ lifted: m.lifted, compiled: m.compiled }).toEqual({ lifted, compiled });
  });

  it('can be changed when it is in use again', () => {
    const m = hasRun(emit);
    m.engine.suspend();
    expect(m.run()).toBe(150);
    loadBoth(5);
    m.engine.invalidate(OTHER, OTHER + PAGE_SIZE);
    expect(m.run()).toBe(250);
  });

  it('need not be told of changes on the way', () => {
    const m = hasRun(emit);
    m.engine.suspend();
    loadBoth(5);
    sources[OTHER / PAGE_SIZE] = 'second, changed';
    m.engine.invalidate(CODE, OTHER + PAGE_SIZE);
    expect(m.run()).toBe(250);
  });

  it('goes with everything that is discarded', () => {
    const m = hasRun(emit);
    m.engine.suspend();
    m.engine.discard();
    loadBoth(5);
    expect(m.run()).toBe(250);
  });

  it('is made anew where they do not, and what calls it directly with it', () => {
    const m = hasRun(emit);
    m.engine.suspend();
    loadBoth(5);
    sources[OTHER / PAGE_SIZE] = 'second, changed';
    expect(m.run()).toBe(250);
    m.engine.suspend();
    loadBoth(7);
    sources = {};
    expect(m.run()).toBe(350);
    m.engine.suspend();
    loadBoth(9);
    expect(m.run()).toBe(450);
  });

  it('is forgotten with the address space after the next', () => {
    const m = hasRun(emit);
    const before = sources;
    m.engine.suspend();
    sources = {};
    expect(m.run()).toBe(150);
    m.engine.suspend();
    sources = before;
    const { lifted } = m;
    expect(m.run()).toBe(150);
    expect(m.lifted).toBeGreaterThan(lifted);
  });

  it('changes like other code once it is used again', () => {
    const m = new Machine(emit);
    loadBoth(3);
    m.run();
    m.engine.suspend();
    expect(m.run()).toBe(150);
    loadBoth(4);
    m.engine.invalidate(OTHER, OTHER + PAGE_SIZE);
    expect(m.run()).toBe(200);
  });
});

describe('a family of processes', () => {
  const area = (): Int32Array => new Int32Array(1 << 20);
  const family = (words: Int32Array, { lasting = true, precise = false } = {}): FamilyTranslations =>
    new FamilyTranslations(
      words,
      memory,
      () => lasting,
      () => precise,
    );

  it('lifts a block once', () => {
    const words = area();
    const [first, second] = [new Machine('interp'), new Machine('wasm', 1000)];
    for (const m of [first, second]) m.engine.shareBlocks(family(words));
    loadBoth(12_345);
    expect(first.run()).toBe(50 * 12_345);
    expect(second.run()).toBe(50 * 12_345);
    expect(second.lifted).toBe(0);
  });

  it('tells blocks that keep registers for faults from others', () => {
    const words = area();
    const machines = [false, true, true].map((precise) => {
      const m = new Machine('interp');
      m.engine.shareBlocks(family(words, { precise }));
      return m;
    });
    loadBoth(3);
    for (const m of machines) expect(m.run()).toBe(150);
    const [usual, precise, again] = machines.map((m) => m.lifted);
    expect([precise, again]).toEqual([usual, 0]);
  });

  it('checks the bytes, and remembers several blocks of a place', () => {
    const words = area();
    const [first, second] = [new Machine('interp'), new Machine('interp')];
    for (const m of [first, second]) m.engine.shareBlocks(family(words));
    for (const step of [3, 5, 3]) {
      loadBoth(step);
      for (const m of [first, second]) {
        m.engine.suspend();
        sources = {};
        expect(m.run()).toBe(50 * step);
      }
    }
    expect(second.lifted).toBe(0);
  });

  it('agrees on constants that processes find at the same time', () => {
    const words = area();
    const machines = Array.from({ length: 3 }, () => new Machine('interp'));
    for (const m of machines) m.engine.shareBlocks(family(words));
    for (let step = 1000; step < 1100; step++) {
      loadBoth(step);
      const order = step % 2 === 0 ? machines : [...machines].reverse();
      for (const m of order) {
        m.engine.invalidate(CODE, CODE + 2 * PAGE_SIZE);
        expect(m.run()).toBe(50 * step);
      }
    }
  });

  it('goes on without sharing when the memory is full', () => {
    const words = new Int32Array(family(area()).constants.length + (1 << 15) + 40);
    const m = new Machine('interp');
    m.engine.shareBlocks(family(words));
    for (const step of [3, 5, 7]) {
      loadBoth(step);
      m.engine.invalidate(CODE, CODE + 2 * PAGE_SIZE);
      expect(m.run()).toBe(50 * step);
    }
  });

  it('does not share what does not last', () => {
    const words = area();
    const [first, second] = [new Machine('interp'), new Machine('interp')];
    for (const m of [first, second]) m.engine.shareBlocks(family(words, { lasting: false }));
    loadBoth(3);
    first.run();
    second.run();
    expect(second.lifted).toBe(first.lifted);
  });
});
