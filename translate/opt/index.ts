export { fieldsLiveAtStart, type LiveAtExit } from './liveness';
export { neededOps, optimiseBlock, optimiseRegion, type OptimiseOptions, type RegionOptions } from './optimise';
export { PASSES, PASS_NAMES, parseSelection, type PassName, type PassSelection } from './passes';
