/** Telling apart what a file contained at different times, without reading it. */

/**
 * Milliseconds for which a file must have been left alone. A clock tick of the kernel, or a file server's clock that
 * goes otherwise, must not let a change go unseen.
 */
const SETTLED_AFTER = 1000;

/**
 * A name for what a file contains now; undefined if it has changed so lately that it could change again unseen.
 * @param seconds st_ctime, which nobody can set
 * @param nanoseconds its fraction
 */
export function fileVersion(seconds: number, nanoseconds: number, size: number, now = Date.now()): string | undefined {
  return now - (seconds * 1000 + nanoseconds / 1e6) < SETTLED_AFTER ? undefined : `${seconds}.${nanoseconds}.${size}`;
}
