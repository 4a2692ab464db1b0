/**
 * Structured control flow for a reducible region: one recursive walk of the dominator tree
 * (Ramsey, "Beyond Relooper: recursive translation of unstructured control flow to structured
 * control flow", ICFP 2022). Both emitters print the result: JavaScript as labelled blocks and loops,
 * WebAssembly as block, loop and br.
 */
import { immediateDominators } from './dominators';
import type { Edge, Region } from './region';

export type Node =
  /** The ops of a block (not its terminator). */
  | { readonly kind: 'ops'; readonly block: number }
  /** A `br` to the label leaves this block: goes on after it. */
  | { readonly kind: 'block'; readonly label: number; readonly body: readonly Node[] }
  /** A `br` to the label goes on at the start of the loop; the end of the body is never reached. */
  | { readonly kind: 'loop'; readonly label: number; readonly body: readonly Node[] }
  /** Chooses by the condition of a block's `branch` terminator. */
  | { readonly kind: 'if'; readonly block: number; readonly taken: readonly Node[]; readonly otherwise: readonly Node[] }
  /** Chooses by the index of a block's `switch` terminator or jump table; a table's other values leave the region. */
  | { readonly kind: 'switch'; readonly block: number; readonly cases: readonly (readonly Node[])[] }
  /** Chooses by the region's label variable: case k for the k-th label of a block's `dispatch` terminator. */
  | { readonly kind: 'dispatch'; readonly block: number; readonly cases: readonly (readonly Node[])[] }
  /** Sets the label variable. */
  | { readonly kind: 'label'; readonly value: number }
  /** Jump to the block that an edge leads to, whose label encloses this; `back` if it is a loop's. `from` is the block whose edge this is. */
  | { readonly kind: 'br'; readonly edge: Edge; readonly back: boolean; readonly from: number }
  /** Leave the region along an edge to a known location. */
  | { readonly kind: 'exit'; readonly from: number; readonly edge: Edge }
  /** Call as the terminator of this block says; what follows runs once the callee has returned. */
  | { readonly kind: 'call'; readonly block: number }
  /** What follows runs if a block's `return` comes to where it is expected; else it leaves the region. */
  | { readonly kind: 'return'; readonly block: number }
  /** Leave the region as the terminator of this block says (call, indirect, syscall, trap). */
  | { readonly kind: 'leave'; readonly block: number };

export function structure(region: Region): readonly Node[] {
  const n = region.blocks.length;
  const idom = immediateDominators(region);
  const isLoop = new Uint8Array(n);
  const forwardIn = new Int32Array(n);
  region.edges.forEach((list, from) => {
    for (const e of list) {
      if (e.block < 0) continue;
      if (e.block <= from) isLoop[e.block] = 1;
      else forwardIn[e.block]!++;
    }
  });
  const isMerge = (i: number): boolean => forwardIn[i]! >= 2;
  const children: number[][] = Array.from({ length: n }, () => []);
  for (let i = 1; i < n; i++) children[idom[i]!]!.push(i);

  const tree = (i: number): Node[] => {
    const merges = children[i]!.filter(isMerge); // in reverse postorder
    const body = within(i, merges);
    return isLoop[i] === 1 ? [{ kind: 'loop', label: i, body }] : body;
  };

  // The merge node that comes last in reverse postorder has the outermost block.
  const within = (i: number, merges: readonly number[]): Node[] => {
    const last = merges[merges.length - 1];
    if (last === undefined) return [{ kind: 'ops', block: i }, ...terminator(i)];
    return [{ kind: 'block', label: last, body: within(i, merges.slice(0, -1)) }, ...tree(last)];
  };

  const follow = (from: number, edge: Edge): Node[] => {
    const to = edge.block;
    if (to < 0) return [{ kind: 'exit', from, edge }];
    const label: Node[] = edge.label === undefined ? [] : [{ kind: 'label', value: edge.label }];
    const back = to <= from;
    return [...label, ...(back || isMerge(to) ? [{ kind: 'br', edge, back, from } as const] : tree(to))];
  };

  const terminator = (i: number): Node[] => {
    const edges = region.edges[i]!;
    const t = region.blocks[i]!.terminator;
    if (t.kind === 'indirect' && t.table !== undefined) return [{ kind: 'switch', block: i, cases: edges.map((e) => follow(i, e)) }];
    switch (t.kind) {
      case 'jump':
        return follow(i, edges[0]!);
      case 'branch':
        return [{ kind: 'if', block: i, taken: follow(i, edges[0]!), otherwise: follow(i, edges[1]!) }];
      case 'switch':
        return [{ kind: 'switch', block: i, cases: edges.map((e) => follow(i, e)) }];
      case 'dispatch':
        return [{ kind: 'dispatch', block: i, cases: edges.map((e) => follow(i, e)) }];
      case 'return':
        return [{ kind: 'return', block: i }, ...follow(i, edges[0]!)];
      case 'syscall':
      case 'trap':
        return [{ kind: 'leave', block: i }];
      default:
        // A call that the region goes on after has an edge to its return location.
        return edges.length === 0 ? [{ kind: 'leave', block: i }] : [{ kind: 'call', block: i }, ...follow(i, edges[0]!)];
    }
  };

  return tree(0);
}
