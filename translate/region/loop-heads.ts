/** By which blocks the program came to the loops of a region that is being built. */
import { locationMode, type Block, type Location } from '../ir/block';
import { cyclicComponents } from './components';

/** Blocks by number, with those among them that control may go to next. */
export class LoopHeads {
  private readonly locations: readonly Location[];
  private readonly next: readonly (readonly number[])[];

  /**
   * @param continuations where the region may go on behind a block
   * @param firstRun a number that is lower the earlier a location first ran
   */
  constructor(
    blocks: ReadonlyMap<Location, Block>,
    continuations: (block: Block) => readonly Location[],
    private readonly firstRun: (at: Location) => number,
  ) {
    this.locations = [...blocks.keys()];
    const index = new Map(this.locations.map((at, i) => [at, i]));
    this.next = [...blocks.values()].map((block) => continuations(block).flatMap((at) => index.get(at) ?? []));
  }

  /** The block by which the outermost loop around `hot` was entered first; `hot` if it is in no loop. */
  outermostAround(hot: Location): Location {
    const at = this.locations.indexOf(hot);
    const loop = this.loopsAmong(this.locations.keys(), undefined).find((c) => c.has(at));
    if (loop === undefined) return hot;
    const first = this.first(loop);
    // A region can be reached by others at its root only in mode 0.
    return first !== undefined && this.firstRun(this.locations[first]!) < this.firstRun(hot) ? this.locations[first]! : hot;
  }

  /**
   * Of each loop, those inside others too, the block by which it was entered first. Compiled code leaves loops there after many rounds
   * (BACK_EDGES); if it could not be entered there again, the inner loops would be interpreted until they are hot.
   * @param around only of the loops around this block that do not begin with it
   */
  heads(around?: Location): Location[] {
    const within = around === undefined ? undefined : this.locations.indexOf(around);
    const heads: Location[] = [];
    const nest = (nodes: Iterable<number>, without: number | undefined): void => {
      for (const loop of this.loopsAmong(nodes, without)) {
        if (within !== undefined && !loop.has(within)) continue;
        const head = this.first(loop);
        if (head === undefined || head === within) continue;
        heads.push(this.locations[head]!);
        nest(loop, head);
      }
    };
    nest(this.locations.keys(), undefined);
    return heads;
  }

  /** The loops that remain among these blocks if none goes on at `without`. */
  private loopsAmong(nodes: Iterable<number>, without: number | undefined): Set<number>[] {
    const size = this.locations.length;
    const inside = new Uint8Array(size);
    const list = [...nodes];
    for (const n of list) inside[n] = 1;
    return cyclicComponents(size, list, (n) => this.next[n]!.filter((s) => s !== without && inside[s] === 1));
  }

  /** The block of a loop that ran first; undefined if none is in mode 0. */
  private first(loop: Iterable<number>): number | undefined {
    let head: number | undefined;
    let earliest = Infinity;
    for (const n of loop) {
      const at = this.locations[n]!;
      if (locationMode(at) !== 0) continue;
      const run = this.firstRun(at);
      if (head !== undefined && run >= earliest) continue;
      head = n;
      earliest = run;
    }
    return head;
  }
}
