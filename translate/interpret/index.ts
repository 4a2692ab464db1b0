export { GuestTrap, Interpreter } from './interpreter';
export type { PackedBlock } from './pack';
export { VectorUnit } from './vector-unit';
