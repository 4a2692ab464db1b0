/** Branch folding: a branch that always goes one way is a jump; blocks that nothing leads to any more go. */
import type { Block, Terminator } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { Op } from '../ir/opcodes';

/** Index of the only edge a terminator ever takes, or -1. */
function onlyEdge({ terminator: t, op, a }: Block): number {
  switch (t.kind) {
    case 'branch':
      if (t.taken === t.otherwise) return 0;
      return op[t.cond] === Op.const1 ? 1 - a[t.cond]! : -1;
    case 'switch':
      return op[t.index] === Op.const32 && a[t.index]! >>> 0 < t.targets.length ? a[t.index]! : -1;
    case 'return':
      return op[t.target] === Op.const32 && a[t.target] === (t.expected | 0) ? 0 : -1;
    default:
      return -1;
  }
}

export function foldBranches(region: BlockGraph): BlockGraph {
  const only = region.blocks.map(onlyEdge);
  if (only.every((k) => k < 0)) return region;
  const blocks = region.blocks.map((b, i): Block => {
    if (only[i]! < 0) return b;
    const jump: Terminator = { kind: 'jump', target: region.edges[i]![only[i]!]!.location };
    return { ...b, terminator: jump };
  });
  const edges = region.edges.map((list, i) => (only[i]! < 0 ? list : [list[only[i]!]!]));
  return withoutUnreachable({ blocks, edges });
}

/** Keeps the order, so that a reverse postorder stays one. */
function withoutUnreachable(region: BlockGraph): BlockGraph {
  const reached = new Set([0]);
  for (const i of reached) for (const e of region.edges[i]!) if (e.block >= 0) reached.add(e.block);
  const kept = [...reached].sort((x, y) => x - y);
  const place = new Map(kept.map((old, i) => [old, i]));
  return {
    blocks: kept.map((i) => region.blocks[i]!),
    edges: kept.map((i) => region.edges[i]!.map((e) => ({ ...e, block: e.block < 0 ? -1 : place.get(e.block)! }))),
  };
}
