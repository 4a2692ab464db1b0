export { CodeCache, Translation, type CompiledCode } from './code-cache';
export { Engine, type CompiledEntry, type CompiledRegion, type EngineOptions, type RegionCompiler } from './engine';
export type { Exit } from './exit';
