import { location, type Block, type Location } from '../ir/block';
import { parseBlock } from '../ir/parse';
import { Random, TEST_LAYOUT } from '../ir/random-block';
import { discover as find, MAX_REGION_BLOCKS, MAX_VERSIONS, type DiscoverOptions, type EarlierRegions, type LiftBlock } from './discover';
import { immediateDominators } from './dominators';
import { at, emptyBlocks, randomGraph, regionOf } from './graph-fixture';
import { reversePostorder } from './order';
import type { Region } from './region';
import { verifyRegion } from '../ir/verify';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const CASES = 300;

const discover = (head: Location, lift: LiftBlock, options: DiscoverOptions): Region | undefined => find(head, lift, options)?.region;

const LEAVE_AT_CALLS = { followCalls: false };

/** Blocks that can be reached from block 0 without passing `without`. */
function reachable(region: Region, without = -1): Set<number> {
  const seen = new Set<number>(without === 0 ? [] : [0]);
  for (const i of seen) for (const e of region.edges[i]!) if (e.block >= 0 && e.block !== without) seen.add(e.block);
  return seen;
}

const dominates = (region: Region, a: number, b: number): boolean => a === b || !reachable(region, a).has(b);

const lifterOf = (blocks: readonly Block[]): LiftBlock => {
  const byLocation = new Map(blocks.map((b) => [b.start, b]));
  return (l) => byLocation.get(l);
};

describe('reversePostorder', () => {
  it('puts nodes before their successors, the first successor first', () => {
    const graph = [[1, 2], [3], [3], [4], []];
    expect(reversePostorder(0, (n) => graph[n]!)).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps a loop together in front of its exit', () => {
    const graph = [[1], [3, 2], [1], []];
    expect(reversePostorder(0, (n) => graph[n]!).indexOf(1)).toBe(1);
  });

  it('leaves out what cannot be reached', () => {
    expect(reversePostorder('a', (n) => (n === 'a' ? ['b'] : []))).toEqual(['a', 'b']);
  });
});

describe('immediateDominators', () => {
  it('of a diamond and the loop around it', () => {
    expect([...immediateDominators(regionOf([[1], [2, 3], [4], [4], [1, 5], []]))]).toEqual([0, 0, 1, 1, 1, 4]);
  });

  it(`agree with what removing a block cuts off (TSEMU_SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let k = 0; k < CASES; k++) {
      const graph = randomGraph(random, 1 + random.below(10));
      const order = reversePostorder(0, (i) => graph[i]!.filter((s) => s < graph.length));
      const place = new Map(order.map((old, i) => [old, i]));
      const region = regionOf(order.map((i) => graph[i]!.map((s) => place.get(s) ?? graph.length)));
      const idom = immediateDominators(region);
      for (let b = 1; b < order.length; b++) {
        const strict = order.map((_, a) => a).filter((a) => a !== b && dominates(region, a, b));
        // The closest strict dominator is the one that all others dominate.
        expect(idom[b]).toBe(strict.find((a) => strict.every((other) => dominates(region, other, a))));
      }
    }
  });
});

describe('discover', () => {
  it(`makes any graph reducible and loses no edge (TSEMU_SEED=${seed})`, () => {
    const random = new Random(seed);
    let dispatched = 0;
    for (let k = 0; k < CASES; k++) {
      const graph = randomGraph(random, 1 + random.below(12));
      const blocks = emptyBlocks(graph);
      const region = discover(at(0), lifterOf(blocks), LEAVE_AT_CALLS)!;
      expect(region.blocks[0]!.start).toBe(at(0));
      expect(reachable(region).size).toBe(region.blocks.length);
      // The blocks have no ops, which their terminators miss.
      expect(verifyRegion(region, TEST_LAYOUT).filter((m) => m.includes('edge'))).toEqual([]);
      region.edges.forEach((edges, from) => {
        for (const e of edges) {
          if (e.block >= 0) {
            if (region.blocks[e.block]!.terminator.kind === 'dispatch') dispatched++;
            if (e.block <= from) expect(dominates(region, e.block, from)).toBe(true);
          } else expect(blocks.some((b) => b.start === e.location)).toBe(false);
        }
      });
    }
    expect(dispatched).toBeGreaterThan(0);
  });

  it('leaves reducible loops whole', () => {
    const nested = [[1], [2, 5], [3], [2, 4], [1], []];
    const region = discover(at(0), lifterOf(emptyBlocks(nested)), LEAVE_AT_CALLS)!;
    expect(region.edges.flat().every((e) => e.block >= 0)).toBe(true);
    expect(region.blocks).toHaveLength(6);
  });

  it('puts a dispatch block in front of a loop with two entries', () => {
    const region = discover(at(0), lifterOf(emptyBlocks([[1, 2], [2], [1, 3], []])), LEAVE_AT_CALLS)!;
    expect(region.edges.flat().every((e) => e.block >= 0)).toBe(true);
    const dispatch = region.blocks.findIndex((b) => b.terminator.kind === 'dispatch');
    expect(region.edges[0]!.map((e) => [e.block, e.location])).toEqual([
      [dispatch, at(1)],
      [dispatch, at(2)],
    ]);
  });

  describe('with a history', () => {
    // 0 -> 1 -> 2 -> 3 with loops 3 -> 3, 3 -> 2, 4 -> 1; 5 is never reached
    const graph = [[1], [2], [3, 5], [3, 4], [2, 6], [6], [1, 7], []];
    const lift = lifterOf(emptyBlocks(graph));
    const history = {
      reached: (l: Location) => l !== at(5),
      firstRun: (l: Location) => l,
      warm: () => true,
      targets: () => [],
    };

    const earlierOf = (root: Location, region: ReturnType<EarlierRegions['at']>, leftOut?: Location): EarlierRegions => ({
      entered: () => false,
      leftOutBy: (l) => (l === leftOut ? root : undefined),
      at: (l) => (l === root ? region : undefined),
    });

    // The same in front of many blocks
    const long = [...graph.slice(0, 7), ...Array.from({ length: 60 }, (_, i) => [8 + i]), []];
    const longLift = lifterOf(emptyBlocks(long));

    it('starts at the head of the outermost loop and has no other entry', () => {
      const { region, entries } = find(at(3), lift, { followCalls: false, history })!;
      expect(entries).toEqual([{ at: at(1), label: 0 }]);
      expect(region.blocks.map((b) => b.terminator.kind)).not.toContain('dispatch');
    });

    it('can be entered at the hot block and the heads of loops if it is large', () => {
      const { region, entries } = find(at(3), longLift, { followCalls: false, history })!;
      expect(entries).toEqual([
        { at: at(1), label: 0 },
        { at: at(3), label: 1 },
        { at: at(2), label: 2 },
      ]);
      expect(region.blocks[0]!.terminator.kind).toBe('dispatch');
      // The innermost loop goes round without a detour.
      const inner = region.blocks.findIndex((b) => b.start === at(3));
      expect(region.edges[inner]![0]).toEqual({ block: inner, location: at(3) });
    });

    it('leads from a hot block to the next loop around it or to compiled code once there is a region for what is around', () => {
      const region = { entries: [at(1)], versions: 1 };
      const found = find(at(3), lift, { followCalls: false, history, earlier: earlierOf(at(1), region) })!;
      expect(found.entries).toEqual([{ at: at(3), label: 0 }]);
      expect(found.region.blocks.map((b) => b.start)).toEqual([at(3), at(4), at(6), at(7)]);
      const earlier = { ...earlierOf(at(1), region), entered: (l: Location) => l === at(6) };
      expect(find(at(3), lift, { followCalls: false, history, earlier })!.region.blocks.map((b) => b.start)).toEqual([at(3), at(4)]);
      // Others have left that out.
      expect(find(at(2), lift, { followCalls: false, history, earlier })!.leftOut).toEqual([]);
    });

    it('leaves out what never ran', () => {
      const { region } = find(at(3), lift, { followCalls: false, history })!;
      expect(region.blocks.some((b) => b.start === at(5))).toBe(false);
    });

    it('starts at the hot block if that is in no loop', () => {
      const { entries } = find(at(0), lift, { followCalls: false, history })!;
      expect(entries.map((e) => e.at)).toEqual([at(0)]);
    });

    it('keeps the entries of the region that it replaces', () => {
      const earlier = earlierOf(at(1), { entries: [at(1), at(4), at(5)], versions: 1 }, at(3));
      const { entries } = find(at(3), longLift, { followCalls: false, history, earlier })!;
      expect(entries.map((e) => e.at)).toEqual([at(1), at(3), at(4), at(2)]);
    });

    it('builds a region anew with what it had left out', () => {
      const { leftOut } = find(at(0), lift, { followCalls: false, history })!;
      expect(leftOut).toEqual([at(5)]);
      const all = { ...history, reached: () => true };
      const earlier = earlierOf(at(0), { entries: [at(0)], versions: 1 }, at(5));
      const { region, entries } = find(at(5), lift, { followCalls: false, history: all, earlier })!;
      expect(entries.map((e) => e.at)).toEqual([at(0)]);
      expect(region.blocks).toHaveLength(graph.length);
    });

    it('has everything in the last version, and then a region for itself', () => {
      const version = (n: number): Location[] => {
        const earlier = earlierOf(at(1), { entries: [at(1)], versions: n - 1 }, at(7));
        return find(at(7), lift, { followCalls: false, history, earlier })!.region.blocks.map((b) => b.start);
      };
      expect(version(MAX_VERSIONS - 1)).not.toContain(at(5));
      expect(version(MAX_VERSIONS)).toContain(at(5));
      expect(version(MAX_VERSIONS)[0]).toBe(at(1));
      expect(version(MAX_VERSIONS + 1)[0]).toBe(at(7));
    });

    it('ends after the last version where compiled code goes on', () => {
      const earlier: EarlierRegions = { ...earlierOf(at(1), { entries: [at(1)], versions: MAX_VERSIONS }), entered: (l) => l === at(2) };
      const { region, entries } = find(at(3), lift, { followCalls: false, history, earlier })!;
      expect(entries.map((e) => e.at)).toEqual([at(3)]);
      expect(region.blocks.map((b) => b.start)).not.toContain(at(2));
    });

    it('leaves out what hardly ran if there is too much', () => {
      // A loop around a switch of 40 cases, the first 8 of which run often
      const cases = Array.from({ length: 40 }, (_, i) => i + 1);
      const loop = lifterOf(emptyBlocks([cases, ...cases.map(() => [0])]));
      const often = { ...history, reached: () => true, warm: (l: Location) => l <= at(8) };
      const { region, leftOut } = find(at(0), loop, { followCalls: false, history: often, maxBlocks: 20 })!;
      expect(region.blocks).toHaveLength(9);
      expect(leftOut).toHaveLength(32);
      expect(find(at(0), loop, { followCalls: false, history: often, maxBlocks: 50 })!.leftOut).toEqual([]);
    });
  });

  it('has no region without a block at its head', () => {
    expect(discover(at(0), () => undefined, LEAVE_AT_CALLS)).toBeUndefined();
  });

  it('exits to blocks that cannot be lifted', () => {
    const region = discover(at(0), lifterOf(emptyBlocks([[1, 2], []])), LEAVE_AT_CALLS)!;
    expect(region.edges[0]!.map((e) => e.block)).toEqual([1, -1]);
  });

  it('stops at its limit', () => {
    const chain = Array.from({ length: MAX_REGION_BLOCKS + 20 }, (_, i) => [i + 1]);
    const region = discover(at(0), lifterOf(emptyBlocks(chain)), LEAVE_AT_CALLS)!;
    expect(region.blocks).toHaveLength(MAX_REGION_BLOCKS);
    expect(region.edges[MAX_REGION_BLOCKS - 1]).toEqual([{ block: -1, location: at(MAX_REGION_BLOCKS) }]);
  });
});

describe('calls and system calls in discover', () => {
  const parse = (text: string): Block => parseBlock(text, TEST_LAYOUT);
  const blocks = [
    parse('block 0x1000..0x1004 {\n call 0x9000, returns 0x1004\n}'),
    parse('block 0x1004..0x1008 {\n %0 = get32 r0\n indirect %0, call, returns 0x1008\n}'),
    parse('block 0x1008..0x100c {\n syscall 0, next 0x100c\n}'),
    parse('block 0x100c..0x1010 {\n jump 0x1000\n}'),
    parse('block 0x9000..0x9004 {\n jump 0x1000\n}'),
  ];

  it('goes on behind calls if asked to, never into them, and ends at system calls', () => {
    const region = discover(location(0x1000), lifterOf(blocks), { followCalls: true })!;
    expect(region.blocks.map((b) => b.start)).toEqual([0x1000, 0x1004, 0x1008]);
    expect(region.edges.map((list) => list.map((e) => e.block))).toEqual([[1], [2], []]);
  });

  it('ends at calls otherwise', () => {
    const region = discover(location(0x1000), lifterOf(blocks), LEAVE_AT_CALLS)!;
    expect(region.blocks.map((b) => b.start)).toEqual([0x1000]);
    expect(region.edges).toEqual([[]]);
  });
});

describe('blocks that overlap', () => {
  /** Straight-line code from any address to the branch at 0x1010, which goes back to 0x1008; 4-byte instructions. */
  const lift = (from: Location, max = 100): Block => {
    const lines = [];
    let pc = from;
    for (; pc <= 0x1010 && lines.length < max; pc += 4) lines.push(`insn ${pc}`);
    const end = pc > 0x1010 ? '%0 = get1 z\n branch %0, 0x1008, 0x1014' : `jump ${pc}`;
    return parseBlock(`block ${from}..${pc} {\n${lines.join('\n')}\n${end}\n}`, TEST_LAYOUT);
  };

  it('are split where another one begins', () => {
    const region = discover(0x1000, (l, max) => (l === 0x1014 ? undefined : lift(l, max)), LEAVE_AT_CALLS)!;
    expect(region.blocks.map((b) => [b.start, b.end, b.instructions])).toEqual([
      [0x1000, 0x1008, 2],
      [0x1008, 0x1014, 3],
    ]);
    expect(region.edges).toEqual([
      [{ block: 1, location: 0x1008 }],
      [
        { block: 1, location: 0x1008 },
        { block: -1, location: 0x1014 },
      ],
    ]);
  });

  it('stay whole if the lifter cannot end them there', () => {
    const region = discover(0x1000, (l) => (l === 0x1014 ? undefined : lift(l)), LEAVE_AT_CALLS)!;
    expect(region.blocks.map((b) => [b.start, b.end])).toEqual([
      [0x1000, 0x1014],
      [0x1008, 0x1014],
    ]);
  });
});
