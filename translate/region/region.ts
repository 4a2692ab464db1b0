/** A region: guest basic blocks that are compiled together, with the edges between them. */
import type { BlockGraph, GraphEdge } from '../ir/block-graph';
import type { Location } from '../ir/block';

/** Where an edge of a block's terminator goes: to another block of the region, or out of it. */
export type Edge = GraphEdge;

/**
 * Block 0 is the entry. Blocks are in reverse postorder: an edge to a lower or equal index is a back edge.
 * A call that is followed has one edge, to its return location.
 */
export type Region = BlockGraph;

/** A location at which a region can be entered: it runs from there if its label variable starts with this value. */
export interface RegionEntry {
  readonly at: Location;
  readonly label: number;
}
