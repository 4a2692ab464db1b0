export { Interpreter } from './interpreter';
export { GuestTrap } from './javascript-loop';
export { MAX_POOL, SHARED_POOL_WORDS } from './constant-pool';
export { type PackedBlock, type PackedCode } from './pack';
export { VectorUnit } from './vector-unit';
