/** Finds the blocks of a region by following direct jumps, branches and jump tables from a hot block. */
import { locationMode, location, successors, type Block, type Location } from '../ir/block';
import { Op } from '../ir/opcodes';
import { inlineCalls, MAX_INLINE_BLOCKS, type InlineBodies } from './inline';
import { guessJumpTable, recogniseJumpTable, type Present, type ReadConstant } from './jump-table';
import { LoopHeads } from './loop-heads';
import { inOrder, reduce, type Graph } from './reduce';
import type { Edge, Region, RegionEntry } from './region';

/**
 * Blocks per region. V8 refuses to optimise a function beyond about 60 KB of bytecode, which some
 * 400 blocks of emitted JavaScript reach; loops that matter are far smaller.
 */
export const MAX_REGION_BLOCKS = 96;

/** Lifts the block at a location, up to `maxInstructions`; undefined if the code is not there. */
export type LiftBlock = (at: Location, maxInstructions?: number) => Block | undefined;

/** What the interpreter has seen, so that regions follow what the program does. */
export interface History {
  /** Whether control has ever come to this location. */
  readonly reached: (at: Location) => boolean;
  /** A number that is lower the earlier the instruction at this location first ran; Infinity if it never did. */
  readonly firstRun: (at: Location) => number;
  /** Whether the block at this location has run often enough to be about to be hot: a part of a hot block's runs, 1/share if given. */
  readonly warm: (at: Location, share?: number) => boolean;
  /** Where the indirect call or jump that ends at a guest address has gone, most often first. */
  readonly targets: (end: number) => readonly Location[];
}

export interface DiscoverOptions {
  /** Go on behind calls, at the return location; else a call leaves the region. */
  readonly followCalls: boolean;
  /** For the recognition of jump tables; absent: indirect jumps leave the region. */
  readonly readConstant?: ReadConstant | undefined;
  /** What the program has now in memory and registers, for guesses that compiled code checks. */
  readonly present?: Present | undefined;
  /**
   * Absent: everything is followed, and the region is entered at the hot block alone. Else code that never ran is
   * left out, and a region that would start in the middle of a loop starts at the head of the outermost loop
   * instead and has the hot block as a second entry: the hottest block is that of the innermost loop, and a
   * region that started there would be one loop around its head, with the outer loops folded into it.
   */
  readonly history?: History | undefined;
  /** Most blocks of the region; MAX_REGION_BLOCKS unless given. */
  readonly maxBlocks?: number;
  /** Absent: no callee is inlined. Good until code changes. */
  readonly bodies?: InlineBodies | undefined;
  /** Absent: there are no other regions. */
  readonly earlier?: EarlierRegions | undefined;
}

/** Regions that were built before, one of which the new one may replace. */
export interface EarlierRegions {
  /** Root of the region that left out the code at this location because it had never run. */
  readonly leftOutBy: (at: Location) => Location | undefined;
  /** Whether there is compiled code that can be entered at the location. */
  readonly entered: (at: Location) => boolean;
  /** Where the latest region with this root can be entered, and how many there have been. */
  readonly at: (root: Location) => EarlierRegion | undefined;
}

export interface EarlierRegion {
  readonly entries: readonly Location[];
  readonly versions: number;
}

/**
 * Regions with the same root that are built one after another as more of their code gets hot. The last one has all
 * code that can be reached; what gets hot after that is a region of its own. Without a limit a function of many
 * paths is compiled once for each of them (bzip2's sorting loops were).
 */
export const MAX_VERSIONS = 4;

/** Blocks of a region that leads into another one. */
const MAX_APPROACH_BLOCKS = 64;

/**
 * Regions up to this many blocks have one entry. Each further one costs a dispatch block at the head of all loops around it, which the
 * loops pass at every round, and registers there.
 */
const MAX_SINGLE_ENTRY = 48;

/**
 * Functions that are too large for a region are left with the blocks that run at least this part as often as a hot one, the first
 * part with which they fit. Else each hot block of such a function would get a region of its own with all the blocks around it
 * (sqlite3VdbeExec was compiled twelve times over, for 10 of the 12 s of a run).
 */
const SHARES = [64, 16, 4] as const;

export interface FoundRegion {
  readonly region: Region;
  /** Locations that it goes to and has no code for because they never ran. */
  readonly leftOut: readonly Location[];
  /** Where it can be entered, the root (label 0) first. */
  readonly entries: readonly RegionEntry[];
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
 * Builds the region around a hot block: blocks split where another one begins in their middle (else
 * their overlap would make loops irreducible), and made reducible.
 */
export function discover(hot: Location, liftAnew: LiftBlock, given: DiscoverOptions): FoundRegion | undefined {
  const history = given.history && askedOnce(given.history);
  const options = { ...given, history };
  const { earlier } = options;
  const lift = remembering(liftAnew);
  const owner = earlier?.leftOutBy(hot);
  let found = collectFitting(owner === undefined ? [hot] : [owner, hot], lift, options);
  if (!found.blocks.has(hot)) return undefined;
  splitAtLeaders(found.blocks, lift);
  // Which block of a loop was the first is not known unless all of it is there
  const root = owner ?? (found.truncated ? hot : (loopsIn(found, options)?.outermostAround(hot) ?? hot));
  const previous = earlier?.at(root);
  const version = (previous?.versions ?? 0) + 1;
  if (version > MAX_VERSIONS || (previous !== undefined && owner === undefined)) return approach(hot, found, lift, options);
  if (version === MAX_VERSIONS) {
    const heads = [root, hot, ...(previous?.entries ?? [])];
    found = collect(heads, lift, { ...options, history: undefined });
    if (found.truncated) found = collectFitting(heads, lift, options);
    splitAtLeaders(found.blocks, lift);
  }
  if (history !== undefined && found.blocks.size <= MAX_SINGLE_ENTRY) return arrange([root], found, lift, options);
  return arrange([root, hot, ...(previous?.entries ?? []), ...(loopsIn(found, options)?.heads() ?? [])], found, lift, options);
}

function loopsIn({ blocks }: Collected, options: DiscoverOptions): LoopHeads | undefined {
  return options.history && new LoopHeads(blocks, (block) => continuations(block, options), options.history.firstRun);
}

/**
 * The way from a hot block to where compiled code goes on, or to the head of the next loop around it, which gets its own region if it
 * is hot: folded into this one, it would spoil the loop here. What is left out here has been left out by others.
 */
function approach(hot: Location, around: Collected, lift: LiftBlock, options: DiscoverOptions): FoundRegion {
  const heads = new Set(loopsIn(around, options)?.heads(hot));
  const stopAt = (at: Location): boolean => heads.has(at) || options.earlier?.entered(at) === true;
  const found = collect([hot], lift, { ...options, maxBlocks: MAX_APPROACH_BLOCKS, stopAt });
  splitAtLeaders(found.blocks, lift);
  return { ...arrange([hot], found, lift, options), leftOut: [] };
}

interface CollectOptions extends DiscoverOptions {
  /** Leave out what has not run at least 1/share as often as a hot block; absent: what never ran. */
  readonly share?: number;
  /** Where the region ends. */
  readonly stopAt?: ((at: Location) => boolean) | undefined;
}

interface Collected {
  readonly blocks: Map<Location, Block>;
  /** Some were left out because there were too many. */
  readonly truncated: boolean;
  /** Some were left out because they never ran: these. */
  readonly leftOut: readonly Location[];
}

/** With the least frequent blocks left out if there are too many. */
function collectFitting(heads: readonly Location[], lift: LiftBlock, options: DiscoverOptions): Collected {
  let found = collect(heads, lift, options);
  if (options.history !== undefined) for (const share of SHARES) if (found.truncated) found = collect(heads, lift, { ...options, share });
  return found;
}

/** Lifts each block once. */
function remembering(lift: LiftBlock): LiftBlock {
  const known = new Map<Location, Block | undefined>();
  return (at, maxInstructions) => {
    if (maxInstructions !== undefined) return lift(at, maxInstructions);
    if (!known.has(at)) known.set(at, lift(at));
    return known.get(at);
  };
}

/** Looks for the first run of each location once: that may be in the middle of any block of its page. */
function askedOnce(history: History): History {
  const known = new Map<Location, number>();
  const firstRun = (at: Location): number => {
    let run = known.get(at);
    if (run === undefined) known.set(at, (run = history.firstRun(at)));
    return run;
  };
  return { ...history, firstRun };
}

function collect(heads: readonly Location[], lift: LiftBlock, options: CollectOptions): Collected {
  const blocks = new Map<Location, Block>();
  const queue: { readonly at: Location; readonly from: Block | undefined }[] = heads.map((at) => ({ at, from: undefined }));
  const leftOut: Location[] = [];
  let truncated = false;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (blocks.has(next.at)) continue;
    if (blocks.size >= (options.maxBlocks ?? MAX_REGION_BLOCKS)) {
      truncated = true;
      break;
    }
    if (next.from !== undefined && leavesOut(next.at, options)) {
      leftOut.push(next.at);
      continue;
    }
    if (next.from !== undefined && options.stopAt?.(next.at) === true) continue;
    const lifted = lift(next.at);
    if (lifted === undefined) continue;
    const block = withJumpTable(lifted, next.from, options);
    blocks.set(next.at, block);
    for (const at of continuations(block, options)) queue.push({ at, from: block });
  }
  return { blocks, truncated, leftOut };
}

function leavesOut(at: Location, { history, share }: CollectOptions): boolean {
  if (history === undefined) return false;
  return share === undefined ? !history.reached(at) : !history.warm(at, share);
}

function withJumpTable(block: Block, from: Block | undefined, { readConstant, present, history }: DiscoverOptions): Block {
  const t = block.terminator;
  if (readConstant === undefined || from === undefined || t.kind !== 'indirect') return block;
  const table =
    recogniseJumpTable(block, from, readConstant) ??
    (present && history && guessJumpTable(block, from, present, history.targets(block.end)));
  return table === undefined ? block : { ...block, terminator: { ...t, table } };
}

/** Ends each block before the first instruction that starts another block. */
function splitAtLeaders(blocks: Map<Location, Block>, lift: LiftBlock): void {
  const starts = Float64Array.from(blocks.keys(), (l) => l >>> 0).sort();
  for (const [at, block] of blocks) {
    if (!startsWithin(starts, block)) continue;
    const n = instructionsBeforeLeader(block, blocks);
    if (n === 0) continue;
    const shorter = lift(at, n);
    if (shorter !== undefined && shorter.terminator.kind === 'jump' && blocks.has(shorter.terminator.target)) blocks.set(at, shorter);
  }
}

/** Whether any of the sorted addresses lies behind a block's start and before its end. */
function startsWithin(starts: Float64Array, { start, end }: Block): boolean {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= start >>> 0) low = middle + 1;
    else high = middle;
  }
  return low < starts.length && starts[low]! < end;
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

function arrange(heads: readonly Location[], collected: Collected, lift: LiftBlock, options: DiscoverOptions): FoundRegion {
  const { blocks: found, leftOut } = collected;
  const wanted = [...new Set(heads)];
  const locations = [...found.keys()];
  const index = new Map(locations.map((l, i) => [l, i]));
  let graph = graphOf(found, options);
  if (options.followCalls && options.bodies !== undefined) graph = inlineCalls(graph, options.bodies, (at) => bodyAt(at, lift, options));
  const entries = wanted.map((l) => index.get(l)).filter((i) => i !== undefined);
  // Without a history, the blocks closest to the hot one are outside.
  const order = (i: number): number => {
    const at = locations[i];
    const firstRun = at === undefined ? Infinity : (options.history?.firstRun(at) ?? Infinity);
    return firstRun < Infinity ? firstRun - 2 ** 52 : i;
  };
  const { graph: reducible, root, entries: reached } = reduce(graph, entries, order);
  return { region: inOrder(reducible, root), entries: reached, leftOut };
}

function graphOf(found: ReadonlyMap<Location, Block>, options: DiscoverOptions): Graph {
  const index = new Map([...found.keys()].map((l, i) => [l, i]));
  const blocks = [...found.values()];
  return { blocks, edges: blocks.map((b) => continuations(b, options).map((l): Edge => ({ block: index.get(l) ?? -1, location: l }))) };
}

/** The function at a location, if it is small. */
function bodyAt(at: Location, lift: LiftBlock, options: DiscoverOptions): Graph | null | undefined {
  if (options.history?.reached(at) === false) return undefined;
  const { blocks, truncated } = collect([at], lift, { ...options, maxBlocks: MAX_INLINE_BLOCKS });
  if (!blocks.has(at)) return undefined;
  if (truncated) return null;
  splitAtLeaders(blocks, lift);
  return graphOf(blocks, options);
}
