/** Blocks with the edges between them, as the printer, parser and verifier see a region. */
import type { Block, Location } from './block';

export interface GraphEdge {
  /** Index of the target block, or -1 if the edge leaves the region. */
  readonly block: number;
  /** Where the guest goes on. */
  readonly location: Location;
  /** Value that the region's label variable gets on the way, for the dispatch block that the edge leads to. */
  readonly label?: number;
}

export interface BlockGraph {
  readonly blocks: readonly Block[];
  /**
   * Edges of each block in the order of `successors(terminator)`; block -1 is outside. The edges of a
   * jump through a table are its targets. Calls and system calls may have one, to where they come
   * back; other code runs before it is taken.
   */
  readonly edges: readonly (readonly GraphEdge[])[];
}
