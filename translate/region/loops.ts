/** The innermost loops of a reducible region whose blocks are in reverse postorder, and what is done for them. */
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

/** The blocks of each loop, by its head. */
function loops(region: Region): Map<number, Set<number>> {
  const predecessors: number[][] = region.blocks.map(() => []);
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
  return bodies;
}

/** 1 for each block that is in a loop without other loops inside, else 0. */
export function innermostLoopBlocks(region: Region): Uint8Array {
  const bodies = loops(region);
  const result = new Uint8Array(region.blocks.length);
  for (const [head, body] of bodies) if (![...body].some((b) => b !== head && bodies.has(b))) for (const b of body) result[b] = 1;
  return result;
}

/** Blocks of a loop, those of loops inside included, up to which it keeps in variables what it changes. */
const MAX_LOOP_BLOCKS = 64;

/**
 * 1 for each block that had better store what it has changed at its end. That costs a few stores for each block that runs; what is
 * kept in variables must be stored at every way out, of which there is one for each block, and V8 takes longer for all those
 * stores than most code runs. Loops keep it, unless they are so large that they are mostly ways out. So do loops around others: a
 * sieve, whose inner loop has few rounds, takes a quarter longer if only that keeps it, and large programs compile no faster.
 */
export function blocksThatStore(region: Region): Uint8Array {
  const result = new Uint8Array(region.blocks.length).fill(1);
  for (const body of loops(region).values()) if (body.size <= MAX_LOOP_BLOCKS) for (const b of body) result[b] = 0;
  return result;
}
