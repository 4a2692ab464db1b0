export { GuestTrap, Interpreter } from './interpreter';
export { MAX_POOL, type PackedBlock, type PackedCode } from './pack';
export { VectorUnit } from './vector-unit';
