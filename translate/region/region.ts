/** A region: guest basic blocks that are compiled together, with the edges between them. */
import type { Block, Location } from '../ir/block';

/** Where an edge of a block's terminator goes: to another block of the region, or out of it. */
export interface Edge {
  /** Index of the target block, or -1 if the edge leaves the region. */
  readonly block: number;
  readonly location: Location;
}

export interface Region {
  /** Block 0 is the entry. In reverse postorder: an edge to a lower or equal index is a back edge. */
  readonly blocks: readonly Block[];
  /** Edges of each block in the order of `successors(terminator)`; of a call that is followed, one edge to its return location. */
  readonly edges: readonly (readonly Edge[])[];
}
