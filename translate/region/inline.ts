/**
 * Puts the code of small callees in the place of calls, so that registers stay in variables across them.
 *
 * Nothing depends on the callee being well-behaved: the link register is set as the guest's code says, the return
 * compares the computed target with the return address, and other targets leave the region as any return does. For
 * a leaf that keeps the link register the comparison folds away.
 */
import { locationMode, type Block, type Location, type Terminator } from '../ir/block';
import type { Edge } from './region';
import type { Graph } from './reduce';

/** Blocks and guest instructions of a callee up to which a copy costs less than calls do. */
export const MAX_INLINE_BLOCKS = 6;
const MAX_INLINE_INSTRUCTIONS = 24;

/** Blocks that inlining may add to a region. */
const MAX_ADDED_BLOCKS = 128;

/** Finds the blocks of the function at a location, the first one first; null if it is too big, undefined if not yet known. */
export type FindBody = (callee: Location) => Graph | null | undefined;

/** What was found out about callees: null for those that cannot be inlined. */
export type InlineBodies = Map<Location, Graph | null>;

/** The graph with copies of small callees behind their calls. */
export function inlineCalls(graph: Graph, bodies: InlineBodies, find: FindBody): Graph {
  const blocks = [...graph.blocks];
  const edges: (readonly Edge[])[] = [...graph.edges];
  const limit = blocks.length + MAX_ADDED_BLOCKS;
  for (let i = 0; i < graph.blocks.length; i++) {
    const t = blocks[i]!.terminator;
    const back = edges[i]![0];
    if (t.kind !== 'call' || back === undefined || back.block < 0 || locationMode(t.target) !== 0) continue;
    const body = bodyOf(t.target, bodies, find);
    if (body === undefined || blocks.length + body.blocks.length > limit) continue;
    const first = blocks.length;
    blocks[i] = { ...blocks[i]!, terminator: { kind: 'jump', target: t.target } };
    edges[i] = [{ block: first, location: t.target }];
    body.blocks.forEach((b, k) => {
      const terminator = comingBack(b.terminator, t.returns);
      blocks.push(terminator === b.terminator ? b : { ...b, terminator });
      const inside = body.edges[k]!.map((e) => (e.block < 0 ? e : { ...e, block: first + e.block }));
      edges.push(terminator === b.terminator ? inside : [back]);
    });
  }
  return { blocks, edges };
}

function bodyOf(callee: Location, bodies: InlineBodies, find: FindBody): Graph | undefined {
  let body = bodies.get(callee);
  if (body === undefined) {
    const found = find(callee);
    if (found === undefined) return undefined;
    body = found !== null && isInlinable(found.blocks) ? found : null;
    bodies.set(callee, body);
  }
  return body ?? undefined;
}

function isInlinable(blocks: readonly Block[]): boolean {
  let instructions = 0;
  for (const { terminator: t, instructions: n } of blocks) {
    instructions += n;
    const inside = t.kind === 'jump' || t.kind === 'branch' || (t.kind === 'indirect' && t.table !== undefined);
    if (!inside && comingBack(t, 0) === t) return false;
  }
  return instructions <= MAX_INLINE_INSTRUCTIONS;
}

/**
 * A return as one that is expected to go to `returns`, and a jump to elsewhere (of a procedure linkage table) as a
 * call that is; other terminators as they are.
 */
function comingBack(t: Terminator, returns: Location): Terminator {
  if (t.kind !== 'indirect' || t.mode !== 0 || t.table !== undefined || t.returns !== undefined) return t;
  if (t.hint === 'return') return { kind: 'return', target: t.target, expected: returns };
  return { ...t, hint: 'call', returns };
}
