/** Dominators of a region's blocks. */
import type { Region } from './region';

/** Immediate dominator of each block; blocks are in reverse postorder (Cooper, Harvey, Kennedy 2001). */
export function immediateDominators(region: Region): Int32Array {
  const n = region.blocks.length;
  const predecessors: number[][] = Array.from({ length: n }, () => []);
  region.edges.forEach((list, from) => {
    for (const e of list) if (e.block >= 0) predecessors[e.block]!.push(from);
  });
  const idom = new Int32Array(n).fill(-1);
  idom[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 1; i < n; i++) {
      let meet = -1;
      for (const p of predecessors[i]!) {
        if (idom[p] === -1) continue;
        if (meet === -1) {
          meet = p;
          continue;
        }
        let x = p;
        while (x !== meet) {
          if (x > meet) x = idom[x]!;
          else meet = idom[meet]!;
        }
      }
      if (idom[i] !== meet) {
        idom[i] = meet;
        changed = true;
      }
    }
  }
  return idom;
}
