/** Indices of what a region module imports; module.ts declares it in this order. */

/** Function types. */
export const TYPE = {
  region: 0,
  trap: 1,
  alignment: 2,
  helper: 3,
  fma32: 4,
  fma64: 5,
  nan32: 6,
  nan64: 7,
  exactLow: 8,
  exactHigh: 8,
  exactFlags: 8,
} as const;

/** Imported functions. */
export const IMPORT = {
  trap: 0,
  alignment: 1,
  helper: 2,
  fma32: 3,
  fma64: 4,
  nan32: 5,
  nan64: 6,
  exactLow: 7,
  exactHigh: 8,
  exactFlags: 9,
} as const;
export type ImportName = keyof typeof IMPORT;
export const IMPORTED_FUNCTIONS = Object.keys(IMPORT).length;

/** Module name under which regions of other modules are imported, as `0`, `1`, ... */
export const REGIONS = 'r';

/** Functions of other modules that a module calls come behind those, then its own. */
export const FIRST_REGION = IMPORTED_FUNCTIONS;
