/** Where the engine gets blocks from that others have made. */
import type { Location } from '../../translate/ir/block';
import type { MadeBlock, StoredBlock } from './stored-format';

/** What the engine asks for blocks. */
export interface BlockStore {
  /** The block at a location, if the code there is what it was made from. */
  find(at: Location): StoredBlock | undefined;
  /** A block that was just made. */
  add(block: MadeBlock): void;
  /** Blocks are going out of use that may be asked for again; their interpreter still has them. */
  dropped?(): void;
  /** True if `findRegion` may have something. */
  hasRegion(at: Location): boolean;
  /** From now on there is nothing, and nothing is kept: code is lifted otherwise than at the start of a run. */
  retire(): void;
}

/** Blocks of both, those of the first one rather; both get what is made. */
export function eitherStore(first: BlockStore, second: BlockStore): BlockStore {
  return {
    find: (at) => first.find(at) ?? second.find(at),
    add: (block) => {
      first.add(block);
      second.add(block);
    },
    dropped: () => {
      first.dropped?.();
      second.dropped?.();
    },
    hasRegion: (at) => first.hasRegion(at) || second.hasRegion(at),
    retire: () => {
      first.retire();
      second.retire();
    },
  };
}
