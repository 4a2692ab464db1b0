/** Removal of what is dead in a region: liveness of state words across its blocks, backwards. */
import type { Location } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { FieldSet } from '../ir/field-set';
import type { Block } from '../ir/block';
import type { StateLayout } from '../ir/state';
import { Sweeper, type SweepOptions } from './sweep';

/** Fields that may be read by what runs at a location before they are written. */
export type LiveAtExit = (at: Location) => FieldSet;

/**
 * The region without the ops that `options` allows to remove.
 * @param liveAtExit look-ahead past the region; absent: everything is live wherever it is left
 */
export function removeDead(region: BlockGraph, layout: StateLayout, options: SweepOptions, liveAtExit?: LiveAtExit): BlockGraph {
  const flow = new Liveness(region, layout, options, liveAtExit);
  flow.solve();
  return { blocks: region.blocks.map((_, i) => flow.remove(i)), edges: region.edges };
}

/**
 * Fields that may be read from the start of a block on before they are written, if everything is live
 * at its end: the look-ahead for `liveAtExit`.
 */
export function fieldsLiveAtStart(block: Block, layout: StateLayout): FieldSet {
  // Not the common sweeper: `liveAtExit` calls this in the middle of a sweep.
  const sweeper = sweeperFor(layout, LOOK_AHEAD_SWEEPERS);
  sweeper.live.fill(1);
  sweeper.sweep(block, { values: true, flags: true, sets: true, markers: false, precise: false });
  const live = new FieldSet(layout.fields.length);
  for (let f = 0; f < layout.fields.length; f++) if (sweeper.hasField(sweeper.live, f)) live.add(f);
  return live;
}

const SWEEPERS = new WeakMap<StateLayout, Sweeper>();
const LOOK_AHEAD_SWEEPERS = new WeakMap<StateLayout, Sweeper>();

/** The sweeper of a layout: its scratch arrays serve one block after another. */
export function sweeperFor(layout: StateLayout, sweepers = SWEEPERS): Sweeper {
  let s = sweepers.get(layout);
  if (s === undefined) sweepers.set(layout, (s = new Sweeper(layout)));
  return s;
}

class Liveness {
  private readonly sweeper: Sweeper;
  private readonly liveIn: readonly Uint8Array[];
  /** What the last sweep of each block found needed: 1 for those ops, all blocks behind each other; and how many there are. */
  private readonly keep: Uint8Array;
  private readonly firstOp: Int32Array;
  private readonly kept: Int32Array;
  private readonly atExit = new Map<Location, Uint8Array>();

  constructor(
    private readonly region: BlockGraph,
    layout: StateLayout,
    private readonly options: SweepOptions,
    private readonly liveAtExit: LiveAtExit | undefined,
  ) {
    this.sweeper = sweeperFor(layout);
    const words = this.sweeper.live.length;
    const live = new Uint8Array(region.blocks.length * words);
    this.liveIn = region.blocks.map((_, i) => live.subarray(i * words, (i + 1) * words));
    let ops = 0;
    this.firstOp = Int32Array.from(region.blocks, ({ count }) => (ops += count) - count);
    this.kept = new Int32Array(region.blocks.length);
    this.keep = new Uint8Array(ops);
  }

  /** Least fixed point from "nothing is live": what only feeds itself around a loop stays dead. */
  solve(): void {
    const { blocks, edges } = this.region;
    const predecessors: number[][] = blocks.map(() => []);
    edges.forEach((list, from) => {
      for (const e of list) if (e.block >= 0) predecessors[e.block]!.push(from);
    });
    const stale = new Uint8Array(blocks.length).fill(1);
    for (let again = true; again;) {
      again = false;
      for (let i = blocks.length - 1; i >= 0; i--) {
        if (stale[i] === 0) continue;
        stale[i] = 0;
        this.liveOut(i);
        const kept = this.sweeper.sweep(blocks[i]!, this.options);
        this.kept[i] = kept;
        this.keep.set(this.sweeper.keep.subarray(0, blocks[i]!.count), this.firstOp[i]);
        if (!merge(this.liveIn[i]!, this.sweeper.live)) continue;
        for (const p of predecessors[i]!) {
          stale[p] = 1;
          again ||= p >= i;
        }
      }
    }
  }

  /** The last sweep of every block has seen what is live at its end in the solution. */
  remove(i: number): Block {
    const block = this.region.blocks[i]!;
    const from = this.firstOp[i]!;
    return this.sweeper.compact(block, this.kept[i]!, this.keep.subarray(from, from + block.count));
  }

  /** Puts the words live at the end of block i into the sweeper. */
  private liveOut(i: number): void {
    const { live } = this.sweeper;
    const t = this.region.blocks[i]!.terminator;
    switch (t.kind) {
      case 'jump':
      case 'branch':
      case 'switch':
      case 'dispatch':
        live.fill(0);
        for (const e of this.region.edges[i]!) {
          if (e.block < 0) this.leave(live, e.location);
          else {
            merge(live, this.liveIn[e.block]!);
            // The poll on a back edge may leave the region, in precise mode for someone who looks at all registers.
            if (this.options.precise && e.block <= i) this.sweeper.addVisible(live);
          }
        }
        return;
      case 'call':
        live.fill(0);
        this.leave(live, t.target);
        return;
      default:
        live.fill(1);
    }
  }

  private leave(live: Uint8Array, to: Location): void {
    if (this.liveAtExit === undefined) {
      live.fill(1);
      return;
    }
    if (this.options.precise) this.sweeper.addVisible(live);
    let words = this.atExit.get(to);
    if (words === undefined) {
      words = new Uint8Array(live.length);
      this.sweeper.addFields(words, this.liveAtExit(to));
      this.atExit.set(to, words);
    }
    merge(live, words);
  }
}

/** Adds `from` to `to`; returns whether `to` grew. */
function merge(to: Uint8Array, from: Uint8Array): boolean {
  let grew = false;
  for (let w = 0; w < to.length; w++) {
    if (from[w] !== 0 && to[w] === 0) {
      to[w] = 1;
      grew = true;
    }
  }
  return grew;
}
