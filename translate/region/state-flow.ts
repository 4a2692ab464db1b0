/**
 * Which state fields a region keeps in variables, and where they must be loaded and stored.
 *
 * A field is promoted if nothing that overlaps it is touched in the region and it is always used as
 * one type, or, where the back end can reinterpret bits for nothing, as one size: floating point
 * registers are loaded and stored as integers. Promoted fields that may be live are loaded at entry; those that may have changed are
 * stored at every way out.
 */
import type { Block } from '../ir/block';
import { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import type { IrType } from '../ir/types';
import type { Region } from './region';

export interface StateFlow {
  /** Type each promoted field is kept as, by field index. */
  readonly promoted: ReadonlyMap<number, IrType>;
  /** Promoted fields that may differ from memory at the end of each block, before a call if it ends in one. */
  readonly dirtyAtEnd: readonly FieldSet[];
  /** The same along the block's edges: none behind a call, which has stored them. */
  readonly dirtyOut: readonly FieldSet[];
  /** Promoted fields whose variables are needed from the start of each block on; a call reloads them. */
  readonly liveAtStart: readonly FieldSet[];
  /** The same at the start of each block. */
  readonly dirtyAtStart: readonly FieldSet[];
}

/** Field and type of a get or set op; undefined for other ops. */
export function stateAccess(block: Block, i: number): { field: number; type: IrType; write: boolean } | undefined {
  const op = block.op[i]!;
  if (op < Op.get1 || op > Op.setf64) return undefined;
  const row = OP_ROWS[op]!;
  return row.effect === 'get'
    ? { field: block.a[i]!, type: row.result as IrType, write: false }
    : { field: block.b[i]!, type: row.args[0]!, write: true };
}

/**
 * @param reinterprets a field used both as an integer and as floating point is kept as floating point, and the
 *   emitter reinterprets; else it stays in memory
 */
export function analyseState(region: Region, layout: StateLayout, reinterprets = false): StateFlow {
  const promoted = promotable(region, layout, reinterprets);
  const n = layout.fields.length;
  const use: FieldSet[] = [];
  const define: FieldSet[] = []; // always written
  const touch: FieldSet[] = []; // may be written
  for (const b of region.blocks) {
    const u = new FieldSet(n);
    const d = new FieldSet(n);
    const t = new FieldSet(n);
    let inIf = false;
    for (let i = 0; i < b.count; i++) {
      if (b.op[i] === Op.if) inIf = true;
      else if (b.op[i] === Op.endif) inIf = false;
      const s = stateAccess(b, i);
      if (s === undefined || !promoted.has(s.field)) continue;
      if (s.write) {
        t.add(s.field);
        if (!inIf) d.add(s.field);
      } else if (!d.has(s.field)) u.add(s.field);
    }
    const end = b.terminator;
    if (end.kind === 'indirect' && end.table !== undefined && promoted.has(end.table.field) && !d.has(end.table.field))
      u.add(end.table.field);
    use.push(u);
    define.push(d);
    touch.push(t);
  }
  const calls = region.blocks.map(
    ({ terminator: t }, i) => region.edges[i]!.length > 0 && (t.kind === 'call' || (t.kind === 'indirect' && t.table === undefined)),
  );
  const dirty = dirtyFlow(region, touch, calls, n);
  return { promoted, ...dirty, liveAtStart: liveness(region, use, define, dirty, calls) };
}

/** The type that keeps a field which is used as both, if bits can be reinterpreted. */
const COMMON_TYPE: Readonly<Record<string, IrType>> = { 'i32 f32': 'f32', 'f32 i32': 'f32', 'i64 f64': 'f64', 'f64 i64': 'f64' };

function promotable(region: Region, layout: StateLayout, reinterprets: boolean): Map<number, IrType> {
  const types = new Map<number, IrType>();
  const mixed = new Set<number>();
  for (const b of region.blocks)
    for (let i = 0; i < b.count; i++) {
      const s = stateAccess(b, i);
      if (s === undefined) continue;
      const before = types.get(s.field);
      if (before === undefined || before === s.type) {
        types.set(s.field, s.type);
        continue;
      }
      const common = reinterprets ? COMMON_TYPE[`${before} ${s.type}`] : undefined;
      if (common === undefined) mixed.add(s.field);
      else types.set(s.field, common);
    }
  return new Map([...types].filter(([f]) => !mixed.has(f) && !layout.overlaps[f]!.some((o) => types.has(o))));
}

type DirtyFlow = Pick<StateFlow, 'dirtyAtStart' | 'dirtyAtEnd' | 'dirtyOut'>;

/** Forward: fields that some path has written since entry or the last call. */
function dirtyFlow(region: Region, touch: readonly FieldSet[], calls: readonly boolean[], n: number): DirtyFlow {
  const dirtyAtStart = region.blocks.map(() => new FieldSet(n));
  const dirtyAtEnd = touch.map((t) => t.copy());
  const none = new FieldSet(n);
  const dirtyOut = dirtyAtEnd.map((d, i) => (calls[i]! ? none : d));
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < region.blocks.length; i++) {
      if (dirtyAtEnd[i]!.addAll(dirtyAtStart[i]!)) changed = true;
      for (const e of region.edges[i]!) if (e.block >= 0 && dirtyAtStart[e.block]!.addAll(dirtyOut[i]!)) changed = true;
    }
  }
  return { dirtyAtStart, dirtyAtEnd, dirtyOut };
}

/** Backward: fields read before they are written, where a way out of the region reads what it stores. */
function liveness(
  region: Region,
  use: readonly FieldSet[],
  define: readonly FieldSet[],
  { dirtyAtStart, dirtyAtEnd }: DirtyFlow,
  calls: readonly boolean[],
): FieldSet[] {
  const live = use.map((u) => u.copy());
  for (let changed = true; changed;) {
    changed = false;
    for (let i = region.blocks.length - 1; i >= 0; i--) {
      // Every block may be left at its end (an exit, a poll, a fault), so what is dirty is live.
      const out = dirtyAtEnd[i]!.copy();
      if (!calls[i]!) for (const e of region.edges[i]!) if (e.block >= 0) out.addAll(live[e.block]!);
      out.deleteAll(define[i]!);
      out.addAll(dirtyAtStart[i]!); // a fault in the middle of the block stores them too
      if (live[i]!.addAll(out)) changed = true;
    }
  }
  return live;
}
