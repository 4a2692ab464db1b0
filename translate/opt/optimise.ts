/** The two ways into the optimiser: a cold block before it is interpreted, a hot region before it is compiled. */
import type { Block } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import type { StateLayout } from '../ir/state';
import { foldBranches } from './branch-folding';
import { BYTE_SWAP_RULES, foldSwapsIntoAccesses } from './byte-swap';
import { COMPARE_FUSION_RULES } from './compare-fusion';
import { hasConvertibleIf, hasIf, isConvertible } from './if-conversion';
import { KNOWN_BITS_RULES } from './known-bits';
import { removeDead, sweeperFor, type LiveAtExit } from './liveness';
import { foldOffsets } from './offset-folding';
import type { PassName, PassSelection } from './passes';
import { Rewriter, type RuleTable } from './rewrite';
import { propagateStateConstants } from './state-constants';
import { STRENGTH_REDUCTION_RULES } from './strength-reduction';
import type { SweepOptions } from './sweep';

export interface OptimiseOptions {
  readonly passes: PassSelection;
  /** Every access that may fault finds the state exactly as the guest program left it. */
  readonly precise: boolean;
}

export interface RegionOptions extends OptimiseOptions {
  /** Fields live at a location outside the region; absent: all. */
  readonly liveAtExit?: LiveAtExit;
  /** Told of the region after each step that some selected pass took part in. */
  readonly onStep?: (passes: readonly PassName[], region: BlockGraph) => void;
}

/** The rules of the passes that work while a block is rebuilt, in the order they are tried. */
const RULES: Partial<Record<PassName, RuleTable>> = {
  'strength-reduction': STRENGTH_REDUCTION_RULES,
  'compare-fusion': COMPARE_FUSION_RULES,
  'known-bits': KNOWN_BITS_RULES,
  'byte-swap': BYTE_SWAP_RULES,
};
const REWRITING: readonly PassName[] = ['fold', 'strength-reduction', 'compare-fusion', 'known-bits', 'byte-swap', 'cse'];
const SWEEPING: readonly PassName[] = ['dead-sets', 'dead-flags', 'dead-code', 'dead-markers'];

function sweepOptions({ passes, precise }: OptimiseOptions): SweepOptions {
  return {
    values: passes.has('dead-code'),
    flags: passes.has('dead-flags'),
    sets: passes.has('dead-sets'),
    markers: passes.has('dead-markers'),
    precise,
  };
}

/**
 * Which ops of a block must run: 1 for those, 0 for what it computes or sets in vain. It is asked for
 * every block the guest ever executes, so it is one backward sweep. The array holds until the next call.
 */
export function neededOps(block: Block, layout: StateLayout, options: OptimiseOptions): Uint8Array {
  const sweeper = sweeperFor(layout);
  sweeper.live.fill(1);
  sweeper.sweep(block, sweepOptions(options));
  return sweeper.keep;
}

/** The block without the ops that are not needed. */
export function optimiseBlock(block: Block, layout: StateLayout, options: OptimiseOptions): Block {
  const sweeper = sweeperFor(layout);
  sweeper.live.fill(1);
  return sweeper.compact(block, sweeper.sweep(block, sweepOptions(options)));
}

/**
 * Optimises the blocks of a region together. Block 0 is the entry; blocks come in reverse postorder
 * and stay in order, though some may disappear.
 */
export function optimiseRegion(region: BlockGraph, layout: StateLayout, options: RegionOptions): BlockGraph {
  const { passes, liveAtExit } = options;
  let current = region;
  const step = (names: readonly PassName[], run: (r: BlockGraph) => BlockGraph): void => {
    const active = names.filter((n) => passes.has(n));
    if (active.length === 0) return;
    current = run(current);
    options.onStep?.(active, current);
  };
  const eachBlock =
    (run: (b: Block) => Block) =>
    (r: BlockGraph): BlockGraph => ({ blocks: r.blocks.map(run), edges: r.edges });
  const rewriter = new Rewriter(layout, {
    fold: passes.has('fold'),
    rules: REWRITING.flatMap((n) => (passes.has(n) ? [RULES[n] ?? []] : [])),
    shareValues: passes.has('cse'),
    knownBits: passes.has('known-bits'),
    explicitSwaps: passes.has('byte-swap'),
  });
  const sweep = (r: BlockGraph): BlockGraph => removeDead(r, layout, sweepOptions(options), liveAtExit);

  step(['state-constants'], (r) => propagateStateConstants(r, layout));
  step(
    REWRITING,
    eachBlock((b) => rewriter.rewrite(b)),
  );
  step(['branch-folding'], foldBranches);
  if (passes.has('if-conversion') && current.blocks.some(hasIf)) {
    // Bodies are shorter without their dead flags.
    step(SWEEPING, sweep);
    step(
      ['if-conversion'],
      eachBlock((b) => (hasConvertibleIf(b) ? rewriter.rewrite(b, isConvertible) : b)),
    );
  }
  step(['byte-swap'], eachBlock(foldSwapsIntoAccesses));
  step(['offset-folding'], eachBlock(foldOffsets));
  step(SWEEPING, sweep);
  return current;
}
