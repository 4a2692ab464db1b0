/**
 * Makes a region reducible: every loop gets one block by which it is entered.
 *
 * A loop that can be entered at several blocks gets a dispatch block in front of one of them, its head. Who
 * wants to get to another entry from outside, or to the head from anywhere, sets the label variable and goes
 * there. Edges to the other entries from inside the loop stay, so that inner loops remain loops of their own
 * and the detour is taken once per round of the outer one.
 */
import type { Block, Location } from '../ir/block';
import { cyclicComponents } from './components';
import { reversePostorder } from './order';
import type { Edge, Region, RegionEntry } from './region';

const NO_OPS = { count: 0, op: new Uint8Array(0), a: new Int32Array(0), b: new Int32Array(0), c: new Int32Array(0), d: new Int32Array(0) };

/** Blocks in any order and their edges, before there is an entry. */
export interface Graph {
  readonly blocks: readonly Block[];
  readonly edges: readonly (readonly Edge[])[];
}

export interface Reduced {
  readonly graph: Graph;
  /** Index of the block by which the graph is entered. */
  readonly root: number;
  /** One for each entry, in order; the first has label 0. */
  readonly entries: readonly RegionEntry[];
}

/**
 * @param entries indices of the blocks by which the region shall be entered
 * @param order tells which of a loop's entries is its head: the one with the lowest number
 */
export function reduce(graph: Graph, entries: readonly number[], order: (block: number) => number): Reduced {
  return new Reducer(graph, order).run(entries);
}

class Reducer {
  private readonly blocks: Block[];
  private readonly edges: Edge[][];
  /** Label of each block that a dispatch block leads to. */
  private readonly labels = new Map<number, number>();

  constructor(
    graph: Graph,
    private readonly order: (block: number) => number,
  ) {
    this.blocks = [...graph.blocks];
    this.edges = graph.edges.map((list) => [...list]);
  }

  run(entries: readonly number[]): Reduced {
    entries.forEach((e) => this.label(e));
    const found = entries.map((e): RegionEntry => ({ at: this.blocks[e]!.start, label: this.label(e) }));
    const all = this.blocks.map((_, i) => i);
    let root = entries[0]!;
    if (entries.length > 1) all.push((root = this.addDispatch(entries)));
    this.nest(all, root);
    const targets = new Set(this.edges[root]!.map((e) => e.block));
    const [only] = targets;
    // All entries are in one loop: its dispatch block does.
    if (entries.length > 1 && targets.size === 1) root = only!;
    return { graph: { blocks: this.blocks, edges: this.edges }, root, entries: found };
  }

  /** Gives each loop among the nodes a single entry, then those inside it. Only `head` is entered from elsewhere. */
  private nest(nodes: readonly number[], head: number): void {
    const inside = new Uint8Array(this.blocks.length);
    for (const n of nodes) inside[n] = 1;
    const next = new Map(
      nodes.map((n) => [n, this.edges[n]!.flatMap(({ block: s }) => (s >= 0 && s !== head && inside[s] === 1 ? [s] : []))]),
    );
    const loops = cyclicComponents(this.blocks.length, nodes, (n) => next.get(n)!);
    const loopOf = new Map(loops.flatMap((loop) => [...loop].map((n) => [n, loop] as const)));
    const entriesOf = new Map(loops.map((loop) => [loop, new Set<number>()]));
    for (const [n, successors] of next)
      for (const s of successors) {
        const loop = loopOf.get(s);
        if (loop !== undefined && !loop.has(n)) entriesOf.get(loop)!.add(s);
      }
    for (const [loop, entries] of entriesOf) {
      if (entries.size === 0) continue; // cannot be reached
      const sorted = [...entries].sort((x, y) => this.order(x) - this.order(y));
      const first = sorted.length === 1 ? sorted[0]! : this.enterBy(sorted, loop, nodes);
      this.nest([...new Set([...loop, first])], first);
    }
  }

  /** Puts a dispatch block in front of a loop's entries, of which the first is to be its head. */
  private enterBy(entries: readonly number[], loop: Set<number>, nodes: readonly number[]): number {
    const dispatch = this.addDispatch(entries);
    const others = new Set(entries.slice(1));
    for (const n of nodes)
      this.edges[n] = this.edges[n]!.map((e) =>
        e.block === entries[0] || (others.has(e.block) && !loop.has(n)) ? this.by(dispatch, e, n) : e,
      );
    return dispatch;
  }

  /** The edge of block `from` with the detour over a dispatch block. Another dispatch block has seen to the label. */
  private by(dispatch: number, { block, location }: Edge, from: number): Edge {
    if (this.blocks[from]!.terminator.kind === 'dispatch') return { block: dispatch, location };
    return { block: dispatch, location, label: this.label(block) };
  }

  private label(block: number): number {
    const known = this.labels.get(block);
    if (known !== undefined) return known;
    this.labels.set(block, this.labels.size);
    return this.labels.size - 1;
  }

  private addDispatch(entries: readonly number[]): number {
    const targets = entries.map((e): Location => this.blocks[e]!.start);
    const start = targets[0]!;
    const terminator = { kind: 'dispatch', targets, labels: entries.map((e) => this.label(e)) } as const;
    this.blocks.push({ ...NO_OPS, start, end: start >>> 0, instructions: 0, terminator });
    this.edges.push(entries.map((block, i) => ({ block, location: targets[i]! })));
    return this.blocks.length - 1;
  }
}

/** The blocks reachable from the root, in reverse postorder. */
export function inOrder(graph: Graph, root: number): Region {
  const order = reversePostorder(root, (i) => graph.edges[i]!.map((e) => e.block).filter((b) => b >= 0));
  const place = new Map(order.map((old, i) => [old, i]));
  return {
    blocks: order.map((i) => graph.blocks[i]!),
    edges: order.map((i) => graph.edges[i]!.map((e) => (e.block < 0 ? e : { ...e, block: place.get(e.block)! }))),
  };
}
