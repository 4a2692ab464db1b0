/** What a region's function is called in JavaScript; profiles and stack traces show it. */

/** The identifier for a region of the given name, which may be any text. */
export const functionName = (name: string): string => `region_${name.replace(/\W/g, '_')}`;
