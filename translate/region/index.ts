export {
  discover,
  MAX_REGION_BLOCKS,
  type DiscoverOptions,
  type EarlierRegion,
  type EarlierRegions,
  type FoundRegion,
  type History,
  type LiftBlock,
} from './discover';
export type { InlineBodies } from './inline';
export type { Present, ReadConstant } from './jump-table';
export { blocksThatStore, innermostLoopBlocks } from './loops';
export type { Edge, Region, RegionEntry } from './region';
export { analyseState, stateAccess, type Lane, type StateFlow } from './state-flow';
export { structure, type Node } from './structure';
