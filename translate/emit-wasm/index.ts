export type { CodePosition } from './emit-block';
export { emitJump } from './emit-jump';
export { emitEntry, emitRegion, type WasmFunction } from './emit-region';
export type { Callee } from './emit-transfers';
export { FIRST_REGION } from './imports';
export { instantiate, positionOf, trapPosition, type RegionFunction, type TrapPosition, type WasmEnvironment } from './instantiate';
export { clearJumpCache, linkEntry, JUMP_CACHE } from './jump-cache';
export { listing, type ListingOptions } from './listing';
export { buildModule, type WasmModule } from './module';
