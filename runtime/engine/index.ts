export { CodeCache, Translation, type CompiledCode, type PageSource } from './code-cache';
export { Engine, type CompiledEntry, type CompiledRegion, type EngineOptions, type RegionCompiler } from './engine';
export { FamilyTranslations } from './family-translations';
export type { Exit } from './exit';
export { StoredTranslations, type ModuleStore } from './stored-translations';
export { StoredUnit } from './stored-unit';
export { moduleName, type StoredRegion } from './stored-format';
