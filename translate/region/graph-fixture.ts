/** Control-flow graphs without code, for tests of what only looks at edges. */
import { location, successors, type Block, type Location, type Terminator } from '../ir/block';
import type { Random } from '../ir/random-block';
import type { I1, I32 } from '../ir/types';
import type { Region } from './region';

const none = new Int32Array(0);

export const at = (i: number): Location => location(0x1000 + 16 * i);

function terminatorTo(targets: readonly Location[], start: Location): Terminator {
  const [first, second] = targets;
  if (first === undefined) return { kind: 'trap', trap: 'undefined', info: 0, at: start };
  if (second === undefined) return { kind: 'jump', target: first };
  if (targets.length === 2) return { kind: 'branch', cond: 0 as I1, taken: first, otherwise: second };
  return { kind: 'switch', index: 0 as I32, targets };
}

/** Empty blocks at `at(0)`, `at(1)`, ... that go where the lists of indices say. */
export function emptyBlocks(graph: readonly (readonly number[])[]): Block[] {
  return graph.map((targets, i): Block => {
    const start = at(i);
    const terminator = terminatorTo(targets.map(at), start);
    return { start, end: start + 4, instructions: 0, count: 0, op: new Uint8Array(0), a: none, b: none, c: none, d: none, terminator };
  });
}

/** A region of the blocks of a graph, whose indices must be in reverse postorder; indices beyond it are outside. */
export function regionOf(graph: readonly (readonly number[])[]): Region {
  const blocks = emptyBlocks(graph);
  const index = new Map(blocks.map((b, i) => [b.start, i]));
  return { blocks, edges: blocks.map((b) => successors(b.terminator).map((l) => ({ block: index.get(l) ?? -1, location: l }))) };
}

/** Each node goes to up to four nodes, which may be outside. */
export function randomGraph(random: Random, nodes: number): number[][] {
  return Array.from({ length: nodes }, () => Array.from({ length: random.pick([0, 1, 1, 2, 2, 2, 3, 4]) }, () => random.below(nodes + 1)));
}
