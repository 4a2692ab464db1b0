/** Which build of tsemu this is: scripts/build.mjs replaces the text by a hash of the bundle. */
const BUILD_ID = '@tsemu build id not filled in@@';

/** Undefined if the sources run unbundled. */
export const buildId = BUILD_ID.startsWith('@') ? undefined : BUILD_ID;
