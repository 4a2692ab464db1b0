/** Finds the blocks of a region by following direct jumps, branches and jump tables from its head. */
import { locationMode, location, successors, type Block, type Location } from '../ir/block';
import { Op } from '../ir/opcodes';
import { recogniseJumpTable, type ReadConstant } from './jump-table';
import { reversePostorder } from './order';
import type { Edge, Region } from './region';

/**
 * Blocks per region. V8 refuses to optimise a function beyond about 60 KB of bytecode, which some
 * 400 blocks of emitted JavaScript reach; loops that matter are far smaller.
 */
export const MAX_REGION_BLOCKS = 96;

/** Lifts the block at a location, up to `maxInstructions`; undefined if the code is not there. */
export type LiftBlock = (at: Location, maxInstructions?: number) => Block | undefined;

export interface DiscoverOptions {
  /** Go on behind calls, at the return location; else a call leaves the region. */
  readonly followCalls: boolean;
  /** For the recognition of jump tables; absent: indirect jumps leave the region. */
  readonly readConstant?: ReadConstant | undefined;
}

/** Locations at which the region may go on after a block. */
function continuations(block: Block, { followCalls }: DiscoverOptions): readonly Location[] {
  const t = block.terminator;
  if (t.kind === 'syscall') return []; // the engine comes back through the dispatcher
  if (followCalls && (t.kind === 'call' || t.kind === 'indirect') && t.returns !== undefined) {
    // Compiled code recognises a return by its pc alone.
    return locationMode(t.returns) === 0 ? [t.returns] : [];
  }
  if (t.kind === 'indirect' && t.table !== undefined) return t.table.targets;
  return successors(t);
}

/**
 * Builds the region with the given head: blocks split where another one begins in their middle (else
 * their overlap would make loops irreducible), and edges that enter a loop other than by its head cut
 * into exits, so that what remains is reducible.
 */
export function discover(head: Location, lift: LiftBlock, options: DiscoverOptions): Region | undefined {
  const found = collect(head, lift, options);
  if (found === undefined) return undefined;
  splitAtLeaders(found, lift);
  return arrange(head, found, options);
}

function collect(head: Location, lift: LiftBlock, options: DiscoverOptions): Map<Location, Block> | undefined {
  const blocks = new Map<Location, Block>();
  const queue: { readonly at: Location; readonly from: Block | undefined }[] = [{ at: head, from: undefined }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (blocks.has(next.at) || blocks.size >= MAX_REGION_BLOCKS) continue;
    const lifted = lift(next.at);
    if (lifted === undefined) continue;
    const block = withJumpTable(lifted, next.from, options);
    blocks.set(next.at, block);
    for (const at of continuations(block, options)) queue.push({ at, from: block });
  }
  return blocks.has(head) ? blocks : undefined;
}

function withJumpTable(block: Block, from: Block | undefined, { readConstant }: DiscoverOptions): Block {
  const t = block.terminator;
  if (readConstant === undefined || from === undefined || t.kind !== 'indirect') return block;
  const table = recogniseJumpTable(block, from, readConstant);
  return table === undefined ? block : { ...block, terminator: { ...t, table } };
}

/** Ends each block before the first instruction that starts another block. */
function splitAtLeaders(blocks: Map<Location, Block>, lift: LiftBlock): void {
  for (const [at, block] of blocks) {
    const n = instructionsBeforeLeader(block, blocks);
    if (n === 0) continue;
    const shorter = lift(at, n);
    if (shorter !== undefined && shorter.terminator.kind === 'jump' && blocks.has(shorter.terminator.target)) blocks.set(at, shorter);
  }
}

/** Number of instructions before one that starts another block, or 0 if there is none. */
function instructionsBeforeLeader(block: Block, blocks: ReadonlyMap<Location, Block>): number {
  const mode = locationMode(block.start);
  let n = 0;
  for (let i = 0; i < block.count; i++) {
    if (block.op[i] !== Op.insn) continue;
    if (n > 0 && (blocks.has(location(block.a[i]!, mode)) || blocks.has(location(block.a[i]!)))) return n;
    n++;
  }
  return 0;
}

function arrange(head: Location, found: ReadonlyMap<Location, Block>, options: DiscoverOptions): Region {
  const locations = reversePostorder(head, (l) => continuations(found.get(l)!, options).filter((s) => found.has(s)));
  const index = new Map(locations.map((l, i) => [l, i]));
  const blocks = locations.map((l) => found.get(l)!);
  const edges = blocks.map((b) => continuations(b, options).map((l): Edge => ({ block: index.get(l) ?? -1, location: l })));
  return cutIrreducible({ blocks, edges });
}

/** Turns every retreating edge whose target does not dominate its source into an exit. */
function cutIrreducible(region: Region): Region {
  const idom = immediateDominators(region);
  const dominates = (a: number, b: number): boolean => {
    while (b > a) b = idom[b]!;
    return b === a;
  };
  let cut = false;
  const edges = region.edges.map((list, from) =>
    list.map((e) => {
      if (e.block < 0 || e.block > from || dominates(e.block, from)) return e;
      cut = true;
      return { block: -1, location: e.location };
    }),
  );
  if (!cut) return region;
  // Blocks may have become unreachable, and the order may change.
  const order = reversePostorder(0, (i) => edges[i]!.map((e) => e.block).filter((b) => b >= 0));
  const place = new Map(order.map((old, i) => [old, i]));
  const kept: Region = {
    blocks: order.map((i) => region.blocks[i]!),
    edges: order.map((i) => edges[i]!.map((e) => ({ block: e.block < 0 ? -1 : place.get(e.block)!, location: e.location }))),
  };
  return cutIrreducible(kept);
}

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
