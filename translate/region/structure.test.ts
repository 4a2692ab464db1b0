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
        return [`${indent}${n.kind} ${n.block}`];
      case 'block':
      case 'loop':
        return [`${indent}${n.kind} ${n.label}`, ...outline(n.body, inner)];
      case 'if':
        return [`${indent}if`, ...outline(n.taken, inner), `${indent}else`, ...outline(n.otherwise, inner)];
      case 'switch':
        return n.cases.flatMap((body, i) => [`${indent}case ${i}`, ...outline(body, inner)]);
      case 'br':
        return [`${indent}${n.back ? 'continue' : 'break'} ${n.label}`];
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

/** Executes a tree: visits blocks, chooses by `choose`. */
class Walker {
  readonly trace: string[] = [];

  constructor(private readonly choose: (block: number, ways: number) => number | undefined) {}

  /** Undefined if the end is reached. */
  run(nodes: readonly Node[]): Way | undefined {
    for (const n of nodes) {
      const way = this.node(n);
      if (way !== undefined) return way;
    }
    return undefined;
  }

  private node(n: Node): Way | undefined {
    switch (n.kind) {
      case 'ops':
        this.trace.push(`${n.block}`);
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
      case 'br':
        return { to: n.label, back: n.back };
      case 'exit':
        this.trace.push(`exit ${n.edge.location} from ${n.from}`);
        return 'out';
      case 'leave':
        this.trace.push(`leave ${n.block}`);
        return 'out';
      case 'call':
        return undefined;
    }
  }

  private alternative(block: number, bodies: readonly (readonly Node[])[]): Way {
    const k = this.choose(block, bodies.length);
    if (k === undefined) return 'out';
    const way = this.run(bodies[k]!);
    if (way === undefined) throw new Error('fell out of an alternative');
    return way;
  }
}

/** The same for the region itself. */
function walk(region: Region, choose: (block: number, ways: number) => number | undefined): string[] {
  const trace: string[] = [];
  let i = 0;
  for (;;) {
    trace.push(`${i}`);
    const edges = region.edges[i]!;
    if (edges.length === 0) return [...trace, `leave ${i}`];
    const k = edges.length === 1 ? 0 : choose(i, edges.length);
    if (k === undefined) return trace;
    const e = edges[k]!;
    if (e.block < 0) return [...trace, `exit ${e.location} from ${i}`];
    i = e.block;
  }
}

describe(`structured code of random graphs (TSEMU_SEED=${seed})`, () => {
  it('visits the blocks that the graph says', () => {
    const random = new Random(seed);
    for (let k = 0; k < 400; k++) {
      const graph = randomGraph(random, 1 + random.below(12));
      // A block that jumps for ever would never make a choice.
      const blocks = emptyBlocks(
        graph.map((targets, i) => (targets.length === 1 && targets[0]! <= i ? [...targets, graph.length] : targets)),
      );
      const region = discover(at(0), (l) => blocks.find((b) => b.start === l), { followCalls: false })!;
      const tree = structure(region);
      for (let n = 0; n < 5; n++) {
        const start = random.word();
        const chooser = (): ((block: number, ways: number) => number | undefined) => {
          const choices = new Random(start);
          let left = 40;
          return (_, ways) => (--left < 0 ? undefined : choices.below(ways));
        };
        const walker = new Walker(chooser());
        walker.run(tree);
        expect(walker.trace).toEqual(walk(region, chooser()));
      }
    }
  });
});
