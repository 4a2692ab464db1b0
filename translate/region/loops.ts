/** The innermost loops of a reducible region whose blocks are in reverse postorder. */
import type { Region } from './region';

/** The blocks from which the head is reached without leaving the loop that a back edge closes. */
function loopBody(predecessors: readonly (readonly number[])[], head: number, from: number): Set<number> {
  const body = new Set([head]);
  const work = [from];
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    if (body.has(b)) continue;
    body.add(b);
    work.push(...predecessors[b]!);
  }
  return body;
}

/** 1 for each block that is in a loop without other loops inside, else 0. */
export function innermostLoopBlocks(region: Region): Uint8Array {
  const n = region.blocks.length;
  const predecessors: number[][] = Array.from({ length: n }, () => []);
  const bodies = new Map<number, Set<number>>();
  region.edges.forEach((list, from) => {
    for (const e of list) if (e.block >= 0) predecessors[e.block]!.push(from);
  });
  region.edges.forEach((list, from) => {
    for (const { block: head } of list) {
      if (head < 0 || head > from) continue;
      const body = loopBody(predecessors, head, from);
      for (const b of bodies.get(head) ?? []) body.add(b);
      bodies.set(head, body);
    }
  });
  const result = new Uint8Array(n);
  for (const [head, body] of bodies) {
    if ([...body].some((b) => b !== head && bodies.has(b))) continue;
    for (const b of body) result[b] = 1;
  }
  return result;
}
