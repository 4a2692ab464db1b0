/** The optimiser's passes by name, in the order they run, for `--opt` and for the tests. */
export const PASSES = {
  'state-constants': 'replace reads of state that holds a constant on every way into a block',
  fold: 'fold constants, apply algebraic identities and forward state while a block is rebuilt',
  'strength-reduction': 'combine chains of masks and shifts; multiply and divide by powers of two with shifts',
  'compare-fusion': 'turn conditions over the flags of a comparison into one comparison',
  'known-bits': 'drop masks, extensions and comparisons that known bits decide',
  'byte-swap': 'cancel byte swaps against each other, big-endian accesses, masks and comparisons',
  cse: 'compute equal pure expressions of a block once',
  'branch-folding': 'turn branches that always go one way into jumps',
  'dead-sets': 'remove writes of state that no block of the region and nothing behind its exits reads',
  'dead-flags': 'the same for flags',
  'dead-code': 'remove pure ops whose value is unused',
  'if-conversion': 'turn short conditional bodies into selects',
  'offset-folding': 'move constant addends of addresses into the access',
  'dead-markers': 'remove instruction markers that no fault can refer to',
} as const satisfies Record<string, string>;

export type PassName = keyof typeof PASSES;
export type PassSelection = ReadonlySet<PassName>;

export const PASS_NAMES = Object.keys(PASSES) as readonly PassName[];

const isPass = (name: string): name is PassName => name in PASSES;

/**
 * Reads a list such as `all`, `none`, `-dead-flags,-cse` (all but these) or `fold,dead-code` (only
 * these). Throws a RangeError that names what is unknown.
 */
export function parseSelection(text: string): PassSelection {
  const items = text.split(',').flatMap((s) => s.trim() || []);
  const selection = new Set<PassName>(items.length === 0 || items[0]!.startsWith('-') ? PASS_NAMES : []);
  for (const item of items) {
    const name = item.replace(/^[-+]/, '');
    if (item === 'all') for (const p of PASS_NAMES) selection.add(p);
    else if (item === 'none') selection.clear();
    else if (!isPass(name)) throw new RangeError(`no optimiser pass '${name}'; there are ${PASS_NAMES.join(', ')}`);
    else if (item.startsWith('-')) selection.delete(name);
    else selection.add(name);
  }
  return selection;
}
