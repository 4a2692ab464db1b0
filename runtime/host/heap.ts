/** V8's heap, as far as it can be told what to do. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

/** Frees all garbage and empty pages of the heap. Takes some 30 ms. */
export function compactHeap(): void {
  // What has been compiled is to stay
  for (const flag of ['--no-flush-bytecode', '--compact-on-every-full-gc', '--expose-gc']) setFlagsFromString(flag);
  // The function exists in contexts that are made with the flag
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  for (const flag of ['--no-compact-on-every-full-gc', '--no-expose-gc']) setFlagsFromString(flag);
}
