/**
 * Blocks that compilations have lifted, for those after them: regions overlap, are built anew when more of them gets hot, and look
 * at the code behind their exits.
 */
import type { Block, Location } from '../../translate/ir/block';

/** Blocks that are kept: about 4 MB. */
const MOST = 2048;

const PAGE_SHIFT = 12;
/** See GuestViews.pages. */
const WRITE = 2;

export class LiftedBlocks {
  private readonly blocks = new Map<Location, Block>();
  /** Guest pages that blocks were made from. */
  private readonly pages = new Set<number>();

  /** @param protection of each guest page: code that the guest can write may change without a word */
  constructor(private readonly protection: Uint8Array) {}

  /** The block at a location, from `lift` unless it is known. */
  get(at: Location, lift: () => Block): Block {
    const known = this.blocks.get(at);
    if (known !== undefined) return known;
    const block = lift();
    const first = (block.start >>> 0) >>> PAGE_SHIFT;
    const last = (block.end - 1) >>> PAGE_SHIFT;
    if (((this.protection[first]! | this.protection[last]!) & WRITE) !== 0) return block;
    if (this.blocks.size >= MOST) this.forgetOldest();
    this.blocks.set(at, block);
    this.pages.add(first).add(last);
    return block;
  }

  private forgetOldest(): void {
    for (const at of this.blocks.keys()) {
      this.blocks.delete(at);
      return;
    }
  }

  /** Code in [start, end) changes. */
  invalidate(start: number, end: number): void {
    const first = start >>> PAGE_SHIFT;
    const last = (end - 1) >>> PAGE_SHIFT;
    for (const p of this.pages) if (p >= first && p <= last) return this.clear();
  }

  clear(): void {
    this.blocks.clear();
    this.pages.clear();
  }
}
