/** Limits of this process as they were before Node changed them. */
import { readFileSync } from 'node:fs';

/** What a login usually has, if the parent's limit cannot be read. */
const USUAL_FD_LIMIT = 1024;

/**
 * The soft RLIMIT_NOFILE we were started with. Node raises its own to the hard limit (PlatformInit in
 * src/node.cc), so it is read from the parent, which we inherited it from.
 */
export function inheritedFdLimit(): number {
  try {
    const limits = readFileSync(`/proc/${process.ppid}/limits`, 'latin1');
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? USUAL_FD_LIMIT : Number(soft);
  } catch {
    return USUAL_FD_LIMIT;
  }
}
