export { discover, immediateDominators, MAX_REGION_BLOCKS, type DiscoverOptions, type LiftBlock } from './discover';
export type { ReadConstant } from './jump-table';
export type { Edge, Region } from './region';
export { analyseState, stateAccess, type StateFlow } from './state-flow';
export { structure, type Node } from './structure';
