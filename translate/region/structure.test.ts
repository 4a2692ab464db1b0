import { successors, type Block, type Location } from '../ir/block';
import { Random } from '../ir/random-block';
import { discover } from './discover';
import { at, emptyBlocks, randomGraph, regionOf } from './graph-fixture';
import type { Region } from './region';
import { structure, type Node } from './structure';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);

/** One line per node, nested by indentation. */
function outline(nodes: readonly Node[], indent = ''): string[] {
  const inner = `${indent}  `;
  return nodes.flatMap((n) => {
    switch (n.kind) {
      case 'ops':
      case 'leave':
      case 'call':
      case 'return':
        return [`${indent}${n.kind} ${n.block}`];
      case 'block':
      case 'loop':
        return [`${indent}${n.kind} ${n.label}`, ...outline(n.body, inner)];
      case 'if':
        return [`${indent}if`, ...outline(n.taken, inner), `${indent}else`, ...outline(n.otherwise, inner)];
      case 'switch':
      case 'dispatch':
        return n.cases.flatMap((body, i) => [`${indent}case ${i}`, ...outline(body, inner)]);
      case 'br':
        return [`${indent}${n.back ? 'continue' : 'break'} ${n.edge.block}`];
      case 'label':
        return [`${indent}label ${n.value}`];
      case 'exit':
        return [`${indent}exit to ${n.edge.location.toString(16)}`];
    }
  });
}

const shape = (graph: readonly (readonly number[])[]): string[] => outline(structure(regionOf(graph)));

describe('structure', () => {
  it('nests a block without merges in its predecessor', () => {
    expect(shape([[1], []])).toEqual(['ops 0', 'ops 1', 'leave 1']);
  });

  it('puts the join of a diamond behind a block', () => {
    expect(shape([[1, 2], [3], [3], []])).toEqual([
      ...['block 3', '  ops 0', '  if', '    ops 1', '    break 3', '  else', '    ops 2', '    break 3'],
      ...['ops 3', 'leave 3'],
    ]);
  });

  it('makes the target of a back edge a loop', () => {
    expect(shape([[1], [1, 2], []])).toEqual([
      'ops 0',
      'loop 1',
      '  ops 1',
      '  if',
      '    continue 1',
      '  else',
      '    ops 2',
      '    leave 2',
    ]);
  });

  it('nests loops', () => {
    expect(shape([[1], [2], [2, 3], [1, 4], []])).toEqual([
      ...['ops 0', 'loop 1', '  ops 1', '  loop 2', '    ops 2', '    if', '      continue 2', '    else', '      ops 3', '      if'],
      ...['        continue 1', '      else', '        ops 4', '        leave 4'],
    ]);
  });

  it('shares the targets of a switch', () => {
    expect(shape([[1, 2, 1, 2], [2], []])).toEqual([
      ...['block 2', '  block 1', '    ops 0', '    case 0', '      break 1', '    case 1', '      break 2', '    case 2', '      break 1'],
      ...['    case 3', '      break 2', '  ops 1', '  break 2', 'ops 2', 'leave 2'],
    ]);
  });

  it('leaves a loop by several exits', () => {
    expect(
      shape([
        [1, 9],
        [0, 8],
      ]),
    ).toEqual([
      'loop 0',
      '  ops 0',
      '  if',
      '    ops 1',
      '    if',
      '      continue 0',
      '    else',
      '      exit to 1080',
      '  else',
      '    exit to 1090',
    ]);
  });
});

/** Where a run leaves off: jumping to a label, or out of the region. */
type Way = { readonly to: number; readonly back: boolean } | 'out';

/** Executes a tree: visits blocks, chooses by `choose`. Blocks are named by their locations. */
class Walker {
  readonly trace: string[] = [];

  constructor(
    private readonly region: Region,
    private label: number,
    private readonly choose: (block: Location, ways: number) => number | undefined,
  ) {}

  /** Undefined if the end is reached. */
  run(nodes: readonly Node[]): Way | undefined {
    for (const n of nodes) {
      const way = this.node(n);
      if (way !== undefined) return way;
    }
    return undefined;
  }

  private at(block: number): Location {
    return this.region.blocks[block]!.start;
  }

  private node(n: Node): Way | undefined {
    switch (n.kind) {
      case 'ops':
        if (this.region.blocks[n.block]!.terminator.kind !== 'dispatch') this.trace.push(`${this.at(n.block)}`);
        return undefined;
      case 'block': {
        const way = this.run(n.body);
        if (way === undefined) throw new Error('fell out of a block');
        return way !== 'out' && !way.back && way.to === n.label ? undefined : way;
      }
      case 'loop':
        for (;;) {
          const way = this.run(n.body);
          if (way === undefined) throw new Error('reached the end of a loop');
          if (way === 'out' || !way.back || way.to !== n.label) return way;
        }
      case 'if':
        return this.alternative(n.block, [n.taken, n.otherwise]);
      case 'switch':
        return this.alternative(n.block, n.cases);
      case 'dispatch':
        return this.dispatch(n);
      case 'label':
        this.label = n.value;
        return undefined;
      case 'br':
        return { to: n.edge.block, back: n.back };
      case 'exit':
        this.trace.push(`exit ${n.edge.location} from ${this.at(n.from)}`);
        return 'out';
      case 'leave':
        this.trace.push(`leave ${this.at(n.block)}`);
        return 'out';
      case 'call':
      case 'return':
        return undefined;
    }
  }

  private dispatch(n: Extract<Node, { kind: 'dispatch' }>): Way {
    const t = this.region.blocks[n.block]!.terminator;
    const k = t.kind === 'dispatch' ? t.labels.indexOf(this.label) : -1;
    if (k < 0) throw new Error(`no case for label ${this.label}`);
    return this.into(n.cases[k]!);
  }

  private alternative(block: number, bodies: readonly (readonly Node[])[]): Way {
    const k = this.choose(this.at(block), bodies.length);
    return k === undefined ? 'out' : this.into(bodies[k]!);
  }

  private into(body: readonly Node[]): Way {
    const way = this.run(body);
    if (way === undefined) throw new Error('fell out of an alternative');
    return way;
  }
}

/** The same for the blocks as they were before there was a region. */
function walk(blocks: readonly Block[], from: Location, choose: (block: Location, ways: number) => number | undefined): string[] {
  const trace: string[] = [];
  for (let at = from; ;) {
    trace.push(`${at}`);
    const next = successors(blocks.find((b) => b.start === at)!.terminator);
    if (next.length === 0) return [...trace, `leave ${at}`];
    const k = next.length === 1 ? 0 : choose(at, next.length);
    if (k === undefined) return trace;
    if (!blocks.some((b) => b.start === next[k])) return [...trace, `exit ${next[k]} from ${at}`];
    at = next[k]!;
  }
}

describe(`structured code of random graphs (TSEMU_SEED=${seed})`, () => {
  it('visits the blocks that the graph says, from each entry', () => {
    const random = new Random(seed);
    let dispatched = 0;
    for (let k = 0; k < 600; k++) {
      const graph = randomGraph(random, 1 + random.below(12));
      // A block that jumps for ever would never make a choice.
      const blocks = emptyBlocks(
        graph.map((targets, i) => (targets.length === 1 && targets[0]! <= i ? [...targets, graph.length] : targets)),
      );
      const others = Array.from({ length: random.below(4) }, () => at(random.below(graph.length)));
      const earlier = { entered: () => false, leftOutBy: () => undefined, at: () => ({ entries: others, versions: 1 }) };
      const { region, entries } = discover(at(0), (l) => blocks.find((b) => b.start === l), { followCalls: false, earlier })!;
      const tree = structure(region);
      dispatched += region.blocks.filter((b) => b.terminator.kind === 'dispatch').length;
      for (const { at: from, label } of entries) {
        const start = random.word();
        const chooser = (): ((block: Location, ways: number) => number | undefined) => {
          const choices = new Random(start);
          let left = 40;
          return (_, ways) => (--left < 0 ? undefined : choices.below(ways));
        };
        const walker = new Walker(region, label, chooser());
        walker.run(tree);
        expect(walker.trace).toEqual(walk(blocks, from, chooser()));
      }
    }
    expect(dispatched).toBeGreaterThan(0);
  });
});
