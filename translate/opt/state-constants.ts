/**
 * Constants in state across blocks: a field that holds the same constant at the end of all
 * predecessors holds it at the start of a block, where reading it gives the constant.
 */
import type { Block, Terminator } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import { mutableCopy } from './uses';

/** Fields with a known constant, as words (flags as 0 or 1). */
type Constants = Map<number, number>;

export function propagateStateConstants(region: BlockGraph, layout: StateLayout): BlockGraph {
  const flow = new StateConstants(region, layout);
  flow.solve();
  return { blocks: region.blocks.map((b, i) => flow.apply(b, i)), edges: region.edges };
}

class StateConstants {
  /** What is known at the start of each block; undefined as long as no way to it has been seen. */
  private readonly atStart: (Constants | undefined)[];

  constructor(
    private readonly region: BlockGraph,
    private readonly layout: StateLayout,
  ) {
    // Nothing is assumed at a loop's head. Its back edges may leave the region (to look for signals), and the
    // guest's own code there reads what would otherwise have become a constant here and a dead set before.
    const heads = new Set([0]);
    region.edges.forEach((list, from) => list.forEach((e) => e.block >= 0 && e.block <= from && heads.add(e.block)));
    this.atStart = region.blocks.map((_, i) => (heads.has(i) ? new Map<number, number>() : undefined));
  }

  solve(): void {
    const { blocks, edges } = this.region;
    for (let changed = true; changed;) {
      changed = false;
      blocks.forEach((block, i) => {
        const start = this.atStart[i];
        if (start === undefined) return;
        const end = comesBack(block.terminator) ? new Map<number, number>() : this.walk(block, new Map(start));
        for (const e of edges[i]!) if (e.block >= 0 && this.meet(e.block, end)) changed = true;
      });
    }
  }

  private meet(i: number, incoming: Constants): boolean {
    const known = this.atStart[i];
    if (known === undefined) {
      this.atStart[i] = new Map(incoming);
      return true;
    }
    let shrank = false;
    for (const [f, x] of known) {
      if (incoming.get(f) === x) continue;
      known.delete(f);
      shrank = true;
    }
    return shrank;
  }

  /** The block with the reads replaced that the constants at its start decide. */
  apply(block: Block, i: number): Block {
    const start = this.atStart[i];
    if (start === undefined || start.size === 0) return block;
    let result: Block | undefined;
    this.walk(block, new Map(start), (at, x) => {
      result ??= mutableCopy(block);
      result.op[at] = block.op[at] === Op.get1 ? Op.const1 : Op.const32;
      result.a[at] = x;
    });
    return result ?? block;
  }

  /** Changes `known` from what holds before the block to what holds after it. */
  private walk(block: Block, known: Constants, onConstantGet?: (i: number, x: number) => void): Constants {
    const { op, a, b } = block;
    let end = -1; // of the if that the walk is inside
    for (let i = 0; i < block.count; i++) {
      const o = op[i]! as Op;
      if (o === Op.if) end = b[i]!;
      const effect = OP_ROWS[o]!.effect;
      if (effect === 'get') {
        const x = known.get(a[i]!);
        if (x !== undefined && (o === Op.get1 || o === Op.get32)) onConstantGet?.(i, x);
      } else if (effect === 'set') {
        const field = b[i]!;
        const x = (o === Op.set1 || o === Op.set32) && isConstant(op[a[i]!]!) ? a[a[i]!]! : undefined;
        // In an if the write may not happen, so that the field is known only if that makes no difference.
        if (x === undefined || (i < end && known.get(field) !== x)) known.delete(field);
        else known.set(field, x);
        for (const other of this.layout.overlaps[field]!) known.delete(other);
      }
    }
    return known;
  }
}

/** Whether other code, which may change any state, runs before the edge of this terminator is taken. */
function comesBack(t: Terminator): boolean {
  return t.kind === 'call' || t.kind === 'syscall' || (t.kind === 'indirect' && t.table === undefined);
}

function isConstant(op: Op): boolean {
  return op === Op.const32 || op === Op.const1;
}
