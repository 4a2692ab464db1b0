/**
 * The optimiser changes what code costs, never what it does: random blocks and regions end in the same
 * state and memory with and without each pass, faults and traps included.
 */
import type { Block } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { FieldSet } from '../ir/field-set';
import { printBlock, printRegion } from '../ir/print';
import { Random, randomBlock, randomRegion, TEST_LAYOUT, type RandomBlockOptions } from '../ir/random-block';
import { verifyBlock, verifyRegion } from '../ir/verify';
import { fieldsLiveAtStart } from './liveness';
import { HELPERS, Machine, MEMORY, type Outcome, type Poll } from './machine-fixture';
import { neededOps, optimiseBlock, optimiseRegion, type RegionOptions } from './optimise';
import { parseSelection, PASS_NAMES, type PassSelection } from './passes';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const CASES = Number(process.env['TSEMU_CASES'] ?? 60);

const machine = new Machine();

/** NaN patterns are the host's, so floating-point results are compared only where no NaN can arise: not at all here. */
const INTEGER: RandomBlockOptions = { ops: 40, types: ['i1', 'i32', 'i64', 'v128'], memory: MEMORY, helpers: 2 };

function asRegion(block: Block): BlockGraph {
  return { blocks: [block], edges: [[{ block: -1, location: 0x20000 }]] };
}

/** Words of the state that are flags. */
const FLAGS = new Set(TEST_LAYOUT.fields.filter((f) => f.type === 'i1').map((f) => f.offset >> 2));

/** State after a fault is only promised in precise mode, and not flags that nothing reads. */
function comparable(outcome: Outcome | undefined, precise: boolean): unknown {
  if (outcome === undefined) return 'runs on';
  const { end, memory, state } = outcome;
  if (!end.includes('fault')) return outcome;
  return precise ? { end, memory, state: state.split(' ').filter((_, w) => !FLAGS.has(w)) } : { end, memory };
}

function expectSame(before: BlockGraph, after: BlockGraph, start: number, precise: boolean, poll?: Poll): void {
  expect(verifyRegion(after, TEST_LAYOUT, HELPERS)).toEqual([]);
  try {
    expect(comparable(machine.run(after, start, poll), precise)).toEqual(comparable(machine.run(before, start), precise));
  } catch (e) {
    throw new Error(`before:\n${printRegion(before, TEST_LAYOUT)}\nafter:\n${printRegion(after, TEST_LAYOUT)}\n${(e as Error).message}`, {
      cause: e,
    });
  }
}

const selections: readonly (readonly [string, PassSelection])[] = [
  ['all', parseSelection('all')],
  ...PASS_NAMES.map((p) => [p, parseSelection(p)] as const),
  ...PASS_NAMES.map((p) => [`all but ${p}`, parseSelection(`-${p}`)] as const),
];

describe(`random programs behave the same (TSEMU_SEED=${seed})`, () => {
  it.each(selections)('with %s', (_name, passes) => {
    const random = new Random(seed);
    for (let k = 0; k < CASES; k++) {
      const precise = random.chance(0.5);
      const region = randomRegion(random, 1 + random.below(5), { ...INTEGER, ops: 5 + random.below(40), simplify: random.chance(0.5) });
      const after = optimiseRegion(region, TEST_LAYOUT, { passes, precise });
      const start = random.word();
      for (let n = 0; n < 3; n++) expectSame(region, after, start + n, precise);
      expectSame(region, after, start, precise, { after: random.below(3), original: region });
    }
  });

  it('as single blocks', () => {
    const random = new Random(seed);
    for (let k = 0; k < 4 * CASES; k++) {
      const precise = random.chance(0.5);
      const block = randomBlock(random, { ...INTEGER, ops: 5 + random.below(60), simplify: random.chance(0.5) });
      const after = optimiseBlock(block, TEST_LAYOUT, { passes: parseSelection('all'), precise });
      expect(after.count).toBeLessThanOrEqual(block.count);
      const start = random.word();
      expectSame(asRegion(block), asRegion(after), start, precise);
      // As the engine does it: packed without the ops that are not needed
      const outcome = machine.runNeeded(asRegion(block), start, (b) =>
        neededOps(b, TEST_LAYOUT, { passes: parseSelection('all'), precise }),
      );
      expect(comparable(outcome, precise)).toEqual(comparable(machine.run(asRegion(block), start), precise));
    }
  });

  it('with floating point, as far as it is verifiable', () => {
    const random = new Random(seed);
    for (let k = 0; k < CASES; k++) {
      const region = randomRegion(random, 1 + random.below(4), { ops: 40, memory: MEMORY, helpers: 2 });
      for (const [, passes] of selections) {
        const after = optimiseRegion(region, TEST_LAYOUT, { passes, precise: false });
        expect(verifyRegion(after, TEST_LAYOUT, HELPERS)).toEqual([]);
      }
    }
  });

  it('where look-ahead tells what is live at the exits', () => {
    const random = new Random(seed);
    for (let k = 0; k < CASES; k++) {
      const region = randomRegion(random, 1 + random.below(4), { ...INTEGER, ops: 30 });
      const behind = randomBlock(random, { ...INTEGER, ops: 40 });
      const live = fieldsLiveAtStart(behind, TEST_LAYOUT);
      const after = optimiseRegion(region, TEST_LAYOUT, { passes: parseSelection('all'), precise: false, liveAtExit: () => live });
      const extended = (r: BlockGraph): BlockGraph => ({
        blocks: [...r.blocks, behind],
        edges: [
          ...r.edges.map((list) => list.map((e) => (e.block < 0 ? { block: r.blocks.length, location: behind.start } : e))),
          [{ block: -1, location: 0x20000 }],
        ],
      });
      const start = random.word();
      expect(comparable(machine.run(extended(after), start), false)).toEqual(comparable(machine.run(extended(region), start), false));
    }
  });
});

describe('optimiseRegion', () => {
  const options: RegionOptions = { passes: parseSelection('all'), precise: false };

  it('leaves its input alone and is deterministic', () => {
    const make = (): BlockGraph => randomRegion(new Random(7), 4, INTEGER);
    const region = make();
    const text = printRegion(optimiseRegion(region, TEST_LAYOUT, options), TEST_LAYOUT);
    expect(region).toEqual(make());
    expect(printRegion(optimiseRegion(make(), TEST_LAYOUT, options), TEST_LAYOUT)).toBe(text);
  });

  it('gives back the same blocks when nothing is selected', () => {
    const region = randomRegion(new Random(7), 4, INTEGER);
    expect(optimiseRegion(region, TEST_LAYOUT, { ...options, passes: parseSelection('none') })).toBe(region);
    expect(optimiseBlock(region.blocks[0]!, TEST_LAYOUT, { ...options, passes: parseSelection('none') })).toBe(region.blocks[0]);
  });

  it('tells of each step', () => {
    const steps: string[] = [];
    const region = randomRegion(new Random(7), 2, INTEGER);
    optimiseRegion(region, TEST_LAYOUT, {
      ...options,
      passes: parseSelection('fold,dead-sets'),
      onStep: (passes) => steps.push(passes.join('+')),
    });
    expect(steps).toEqual(['fold', 'dead-sets']);
  });

  it('removes something from unsimplified code', () => {
    const block = randomBlock(new Random(7), { ...INTEGER, ops: 80 });
    const [after] = optimiseRegion(asRegion(block), TEST_LAYOUT, options).blocks;
    expect(after!.count).toBeLessThan(block.count * 0.8);
    expect(verifyBlock(after!, TEST_LAYOUT)).toEqual([]);
    expect(printBlock(after!, TEST_LAYOUT)).not.toBe(printBlock(block, TEST_LAYOUT));
  });
});

describe('fieldsLiveAtStart', () => {
  it('is everything for a block that touches nothing', () => {
    const block = randomBlock(new Random(1), { ops: 0 });
    expect([...fieldsLiveAtStart(block, TEST_LAYOUT)]).toEqual([...FieldSet.all(TEST_LAYOUT.fields.length)]);
  });
});
