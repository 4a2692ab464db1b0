/**
 * Frames of V8's stack that say what tsemu is doing. V8's sampler sees nothing but the names of functions, so what it
 * is to tell apart runs inside functions that exist for their names.
 */

/** Calls `f` of `self` with up to three arguments. */
export type Marker = <T>(f: (...args: never[]) => T, self: unknown, a?: unknown, b?: unknown, c?: unknown) => T;

/** A function of the given name. V8 takes the name from the source text, so each one has a text of its own. */
export function createMarker(name: string): Marker {
  const literal = JSON.stringify(name);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a computed name would not reach the profile
  const factory = new Function(`return ({ ${literal}(f, self, a, b, c) { return f.call(self, a, b, c); } })[${literal}];`) as () => Marker;
  return factory();
}

/** Replaces a method of one object by one that runs the original inside a marker. */
export function mark<K extends string>(part: { [P in K]: (...args: never[]) => unknown }, method: K, name: string): void {
  const original = part[method];
  const marker = createMarker(name);
  const marked = (a?: unknown, b?: unknown, c?: unknown): unknown => marker(original, part, a, b, c);
  part[method] = marked as (typeof part)[K];
}
