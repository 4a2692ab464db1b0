/** The environment as the kernel gave it: what it says to tsemu, and what the guest gets of it. */
import type { ByteString } from './options';

/** Values of environment variables, found in one pass over the few whose names can matter. */
export function variableReader(environ: readonly ByteString[]): (name: string) => ByteString | undefined {
  const ours = new Map<string, ByteString>();
  for (const entry of environ) {
    if (!entry.startsWith('TSEMU_') && !entry.startsWith('QEMU_')) continue;
    const equals = entry.indexOf('=');
    if (equals > 0) ours.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  return (name) => ours.get(name);
}

/** The host's environment with the changes of -E and -U, which keep its order. */
export function guestEnvironment(environ: readonly ByteString[], changes: readonly ByteString[]): readonly ByteString[] {
  if (changes.length === 0) return environ;
  const result = [...environ];
  for (const change of changes) {
    const equals = change.indexOf('=');
    const prefix = equals < 0 ? `${change}=` : change.slice(0, equals + 1);
    const at = result.findIndex((entry) => entry.startsWith(prefix));
    if (equals < 0) {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = change;
    else result.push(change);
  }
  return result;
}
