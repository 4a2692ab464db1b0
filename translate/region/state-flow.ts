/**
 * Which state fields a region keeps in variables, and where they must be loaded and stored.
 *
 * A field is promoted if nothing that overlaps it is touched in the region and it is always used as
 * one type, or, where the back end can reinterpret bits for nothing, as one size: floating point
 * registers are loaded and stored as integers. Promoted fields that may be live are loaded at entry; those that may have changed are
 * stored at every way out, but where it is known that they are
 * overwritten behind it before anything reads them.
 *
 * A vector field is promoted although parts of it are accessed under other names (d0 and s1 of q0) if the region
 * treats any of it as a vector, or its lowest lane both as a single and as a double: the parts are then lanes of its
 * variable. Where it is all scalars, they stay fields of their own.
 */
import type { Block, Location } from '../ir/block';
import { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import type { IrType } from '../ir/types';
import type { Region } from './region';

export interface StateFlow {
  /** Type each promoted field is kept as, by field index. */
  readonly promoted: ReadonlyMap<number, IrType>;
  /** Fields that are lanes of a promoted vector, by field index. */
  readonly lanes: ReadonlyMap<number, Lane>;
  /** Promoted fields that may differ from memory at the end of each block, before a call if it ends in one. */
  readonly dirtyAtEnd: readonly FieldSet[];
  /** The same along the block's edges: none behind a call, which has stored them. */
  readonly dirtyOut: readonly FieldSet[];
  /** Promoted fields whose variables are needed from the start of each block on; a call reloads them. */
  readonly liveAtStart: readonly FieldSet[];
  /** The same at the start of each block. */
  readonly dirtyAtStart: readonly FieldSet[];
  /** Which of the dirty fields must be stored when the region is left for a location. */
  readonly neededAt: (dirty: FieldSet, to: Location) => FieldSet;
  /** Which of the dirty fields are to be stored behind the ops of each block; undefined if none are. */
  readonly storedAtEnd: readonly (FieldSet | undefined)[];
}

/** How a region is compiled, as far as it says what has to be in memory when. */
export interface StateFlowOptions {
  /**
   * A field used both as an integer and as floating point is kept as floating point, and the emitter reinterprets; else it stays in
   * memory.
   */
  readonly reinterprets?: boolean;
  /** Memory accesses store what is dirty if they fault. */
  readonly precise?: boolean;
  /** They store it in any case, so that it is clean behind them, but for those inside an `if`. As `precise` unless given. */
  readonly cleanedByAccesses?: boolean;
  /** Fields that the guest's code at a location may read before it writes them; absent: all. Not asked in precise mode. */
  readonly liveAt?: ((at: Location) => FieldSet) | undefined;
  /** 1 for each block behind whose ops is stored what is dirty there; none unless given. */
  readonly storesAtEnd?: Uint8Array;
}

/** Where a field is in the variable of a vector field. */
export interface Lane {
  /** The vector field. */
  readonly vector: number;
  /** Bytes from its least significant one. */
  readonly offset: number;
}

/** Field and type of a get or set op; undefined for other ops. */
export function stateAccess(block: Block, i: number): { field: number; type: IrType; write: boolean } | undefined {
  const op = block.op[i]!;
  if (op < Op.get1 || op > Op.setlow64) return undefined;
  const row = OP_ROWS[op]!;
  return row.effect === 'get'
    ? { field: block.a[i]!, type: row.result as IrType, write: false }
    : { field: block.b[i]!, type: row.args[0]!, write: true };
}

export function analyseState(region: Region, layout: StateLayout, options: StateFlowOptions = {}): StateFlow {
  const { reinterprets = false, precise = false, cleanedByAccesses = precise } = options;
  const { storesAtEnd = new Uint8Array(region.blocks.length) } = options;
  const lanes = reinterprets ? vectorLanes(region, layout) : new Map<number, Lane>();
  const promoted = promotable(region, layout, reinterprets, lanes);
  const n = layout.fields.length;
  const use: FieldSet[] = [];
  const define: FieldSet[] = []; // always written
  const touch: FieldSet[] = []; // may be written, and is not stored behind that
  const cleans: boolean[] = []; // stores what is dirty at its start, and so leaves it clean
  const stores: boolean[] = []; // may store what is dirty at its start
  const written: FieldSet[] = []; // of `touch`, before the end stores it
  for (const [index, b] of region.blocks.entries()) {
    const u = new FieldSet(n);
    const d = new FieldSet(n);
    const t = new FieldSet(n);
    let inIf = false;
    let clean = false;
    let faults = false;
    for (let i = 0; i < b.count; i++) {
      if (b.op[i] === Op.if) inIf = true;
      else if (b.op[i] === Op.endif) inIf = false;
      else if (b.op[i] === Op.trap || (precise && accessesMemory(b.op[i]!))) {
        // Stores what is dirty, which may not have been written on the way here
        for (const f of t) if (!d.has(f)) u.add(f);
        faults = true;
        if (inIf || !cleanedByAccesses || b.op[i] === Op.trap) continue;
        t.clear();
        clean = true;
      }
      const s = stateAccess(b, i);
      if (s === undefined) continue;
      const lane = lanes.get(s.field);
      const field = lane?.vector ?? s.field;
      if (!promoted.has(field)) continue;
      if (s.write) t.add(field);
      if (s.write && lane === undefined) {
        if (!inIf) d.add(field);
      } else if (!d.has(field)) u.add(field); // writing a lane needs the others
    }
    const end = b.terminator;
    const position = end.kind === 'indirect' ? end.table?.field : undefined;
    if (position !== undefined && promoted.has(position) && !d.has(position)) u.add(position);
    written.push(t.copy());
    if (storesAtEnd[index] === 1) {
      t.clear();
      clean = true;
    }
    use.push(u);
    define.push(d);
    touch.push(t);
    cleans.push(clean);
    stores.push(faults);
  }
  const calls = region.blocks.map((_, i) => isCall(region, i));
  const dirty = dirtyFlow(region, touch, cleans, calls, n);
  const liveAt = precise ? undefined : options.liveAt;
  const neededAt = (d: FieldSet, to: Location): FieldSet => (liveAt === undefined ? d : d.intersection(liveAt(to)));
  const stored = dirty.dirtyAtStart.map((d, i) => (stores[i]! ? d : new FieldSet(n)));
  const neededLater = storesAtEnd.includes(1) ? neededInMemory(region, define, stores, neededAt, n) : [];
  const storedAtEnd = neededLater.map((needed, i) => (storesAtEnd[i] === 1 ? needed : undefined));
  const neededAtEnd = region.blocks.map((_, i) => {
    const needed = neededBehind(region, i, dirty.dirtyAtEnd[i]!, neededAt);
    const end = storedAtEnd[i];
    if (end === undefined) return needed;
    written[i]!.addAll(dirty.dirtyAtStart[i]!);
    return written[i]!.intersection(end);
  });
  return { promoted, lanes, ...dirty, neededAt, storedAtEnd, liveAtStart: liveness(region, use, define, stored, neededAtEnd, calls) };
}

/** Backward: fields that must be in memory at the end of each block, because that may be read before they are written and stored again. */
function neededInMemory(
  region: Region,
  define: readonly FieldSet[],
  stores: readonly boolean[],
  neededAt: StateFlow['neededAt'],
  n: number,
): FieldSet[] {
  const all = FieldSet.all(n);
  const atStart = region.blocks.map(() => new FieldSet(n));
  const atEnd = region.blocks.map((_, i) => neededBehind(region, i, all, neededAt).copy());
  for (let changed = true; changed;) {
    changed = false;
    for (let i = region.blocks.length - 1; i >= 0; i--) {
      if (!isCall(region, i)) for (const e of region.edges[i]!) if (e.block >= 0) atEnd[i]!.addAll(atStart[e.block]!);
      const start = stores[i]! ? all : atEnd[i]!.copy();
      if (!stores[i]!) start.deleteAll(define[i]!);
      if (atStart[i]!.addAll(start)) changed = true;
    }
  }
  return atEnd;
}

/** Which of the fields that are dirty at the end of block i are stored if the region is left there: by an exit, a poll or a call. */
function neededBehind(region: Region, i: number, dirty: FieldSet, neededAt: StateFlow['neededAt']): FieldSet {
  const t = region.blocks[i]!.terminator;
  switch (t.kind) {
    case 'call':
      return neededAt(dirty, t.target);
    case 'jump':
    case 'branch':
    case 'switch':
    case 'dispatch': {
      const needed = new FieldSet(dirty.size);
      for (const e of region.edges[i]!) if (e.block <= i) needed.addAll(neededAt(dirty, e.location));
      return needed;
    }
    default:
      return dirty;
  }
}

/** Whether block i ends in a call that the region goes on behind: other code runs in between. */
function isCall(region: Region, i: number): boolean {
  const t = region.blocks[i]!.terminator;
  return region.edges[i]!.length > 0 && (t.kind === 'call' || (t.kind === 'indirect' && t.table === undefined));
}

const accessesMemory = (op: Op): boolean => {
  const { effect } = OP_ROWS[op]!;
  return (effect === 'load' || effect === 'store') && op !== Op.call0 && op !== Op.fence;
};

/** The type that keeps a field which is used as both, if bits can be reinterpreted. */
const COMMON_TYPE: Readonly<Record<string, IrType>> = { 'i32 f32': 'f32', 'f32 i32': 'f32', 'i64 f64': 'f64', 'f64 i64': 'f64' };

/** Fields accessed in the region that lie in a vector field any of which is accessed as a vector. */
function vectorLanes(region: Region, layout: StateLayout): Map<number, Lane> {
  const touched = new Set<number>();
  const asVector = new Set<number>();
  for (const b of region.blocks)
    for (let i = 0; i < b.count; i++) {
      const s = stateAccess(b, i);
      if (s === undefined) continue;
      touched.add(s.field);
      if (s.type === 'v128') asVector.add(s.field);
    }
  const lanes = new Map<number, Lane>();
  layout.fields.forEach(({ type, offset }, vector) => {
    if (type !== 'v128') return;
    const parts = layout.overlaps[vector]!;
    if (!asVector.has(vector) && !parts.some((f) => asVector.has(f)) && !isScalarOfTwoSizes(layout, offset, parts, touched)) return;
    for (const f of parts) if (touched.has(f)) lanes.set(f, { vector, offset: layout.fields[f]!.offset - offset });
  });
  return lanes;
}

/** The lowest lane is used as a single and as a double, and no other lane is: both are then in one host register, where neither is moved. */
function isScalarOfTwoSizes(layout: StateLayout, offset: number, parts: readonly number[], touched: ReadonlySet<number>): boolean {
  const used = parts.filter((f) => touched.has(f));
  return used.length > 1 && used.every((f) => layout.fields[f]!.offset === offset);
}

function promotable(region: Region, layout: StateLayout, reinterprets: boolean, lanes: ReadonlyMap<number, Lane>): Map<number, IrType> {
  const types = new Map<number, IrType>();
  const mixed = new Set<number>();
  for (const b of region.blocks)
    for (let i = 0; i < b.count; i++) {
      const s = stateAccess(b, i);
      if (s === undefined) continue;
      const lane = lanes.get(s.field);
      if (lane !== undefined) {
        types.set(lane.vector, 'v128');
        continue;
      }
      const before = types.get(s.field);
      if (before === undefined || before === s.type) {
        types.set(s.field, s.type);
        continue;
      }
      const common = reinterprets ? COMMON_TYPE[`${before} ${s.type}`] : undefined;
      if (common === undefined) mixed.add(s.field);
      else types.set(s.field, common);
    }
  // Without cheap reinterpretation (JavaScript) there are no vectors in variables either; nor is a doubleword that is
  // read or written as half a vector, but not part of one.
  for (const [f, type] of types) if (type === 'v128' && !(reinterprets && layout.fields[f]!.type === 'v128')) mixed.add(f);
  return new Map([...types].filter(([f]) => !mixed.has(f) && !layout.overlaps[f]!.some((o) => types.has(o))));
}

type DirtyFlow = Pick<StateFlow, 'dirtyAtStart' | 'dirtyAtEnd' | 'dirtyOut'>;

/** Forward: fields that some path has written since entry, the last call or the last access that stores them. */
function dirtyFlow(
  region: Region,
  touch: readonly FieldSet[],
  cleans: readonly boolean[],
  calls: readonly boolean[],
  n: number,
): DirtyFlow {
  const dirtyAtStart = region.blocks.map(() => new FieldSet(n));
  const dirtyAtEnd = touch.map((t) => t.copy());
  const none = new FieldSet(n);
  const dirtyOut = dirtyAtEnd.map((d, i) => (calls[i]! ? none : d));
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < region.blocks.length; i++) {
      if (!cleans[i]! && dirtyAtEnd[i]!.addAll(dirtyAtStart[i]!)) changed = true;
      for (const e of region.edges[i]!) if (e.block >= 0 && dirtyAtStart[e.block]!.addAll(dirtyOut[i]!)) changed = true;
    }
  }
  return { dirtyAtStart, dirtyAtEnd, dirtyOut };
}

/**
 * Backward: fields read before they are written, where a way out of the region reads what it stores.
 * @param stored of what is dirty at the start of each block, what may be stored within it
 * @param neededAtEnd of what is dirty at the end of each block, what may be stored there
 */
function liveness(
  region: Region,
  use: readonly FieldSet[],
  define: readonly FieldSet[],
  stored: readonly FieldSet[],
  neededAtEnd: readonly FieldSet[],
  calls: readonly boolean[],
): FieldSet[] {
  const live = use.map((u) => u.copy());
  for (let changed = true; changed;) {
    changed = false;
    for (let i = region.blocks.length - 1; i >= 0; i--) {
      const out = neededAtEnd[i]!.copy();
      if (!calls[i]!) for (const e of region.edges[i]!) if (e.block >= 0) out.addAll(live[e.block]!);
      out.deleteAll(define[i]!);
      out.addAll(stored[i]!);
      if (live[i]!.addAll(out)) changed = true;
    }
  }
  return live;
}
