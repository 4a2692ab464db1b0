export { emitRegion, type WasmFunction } from './emit-region';
export { instantiate, positionOf, trapPosition, type RegionFunction, type TrapPosition, type WasmEnvironment } from './instantiate';
export { clearJumpCache, linkEntry } from './jump-cache';
export { buildModule, type WasmModule } from './module';
