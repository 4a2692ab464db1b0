/**
 * A lifted basic block: straight-line SSA ops over guest state, then one terminator.
 *
 * Values never cross blocks; state fields do. That keeps a block cacheable on its own and lets a
 * region treat fields as its variables.
 */
import type { TrapKind, Value, I1, I32 } from './types';

/**
 * Where guest code continues: pc (bit 0 = compressed instruction set) + 2^32 * mode, a non-negative
 * integer below 2^53. Mode is the target's own small number for what else decoding depends on
 * (ARM: IT state, data endianness, "condition already passed"); 0 is the common case.
 */
export type Location = number;

const MODE_UNIT = 0x1_0000_0000;

export function location(pc: number, mode = 0): Location {
  return (pc >>> 0) + mode * MODE_UNIT;
}

/** The guest address of a location, as an unsigned 32-bit number with the instruction-set bit. */
export function locationPc(l: Location): number {
  return l >>> 0;
}

export function locationMode(l: Location): number {
  return (l / MODE_UNIT) | 0;
}

export type IndirectKind = 'jump' | 'call' | 'return';

/**
 * What is known of an indirect jump's targets: for a 32-bit field's value k below the number of targets
 * it goes to `targets[k]`, for any other value to the computed target. Without a field these are the pcs, all
 * different and without a mode, that the computed target is to be compared with.
 */
export interface JumpTable {
  readonly field?: number;
  readonly targets: readonly Location[];
}

export type Terminator =
  | { readonly kind: 'jump'; readonly target: Location }
  | { readonly kind: 'branch'; readonly cond: I1; readonly taken: Location; readonly otherwise: Location }
  /** A direct call; the link register is already set and `returns` is where the callee comes back to. */
  | { readonly kind: 'call'; readonly target: Location; readonly returns: Location }
  /** Next pc is a value in interworking form; `mode` of the target as for a Location. */
  | {
      readonly kind: 'indirect';
      readonly target: I32;
      readonly hint: IndirectKind;
      readonly mode: number;
      readonly returns?: Location;
      readonly table?: JumpTable;
    }
  /** A jump table: `targets[index]`, with the index known to be in range. */
  | { readonly kind: 'switch'; readonly index: I32; readonly targets: readonly Location[] }
  /**
   * Only in regions: goes to `targets[i]` if the region's label variable is `labels[i]`. Such blocks, which hold
   * no ops, are where loops with several entries are entered, and regions with several entries.
   */
  | { readonly kind: 'dispatch'; readonly labels: readonly number[]; readonly targets: readonly Location[] }
  /** Only in regions: the return of an inlined callee. Goes on at `expected` if `target` is that, else leaves for `target`. */
  | { readonly kind: 'return'; readonly target: I32; readonly expected: Location }
  | { readonly kind: 'syscall'; readonly info: number; readonly next: Location }
  | { readonly kind: 'trap'; readonly trap: TrapKind; readonly info: number; readonly at: Location };

/** Ops as parallel arrays: op i has opcode op[i] and slots a[i]..d[i]; its value, if any, is i. */
export interface Block {
  readonly start: Location;
  /** Guest address after the last instruction (unsigned). */
  readonly end: number;
  /** Guest instructions lifted. */
  readonly instructions: number;
  readonly count: number;
  readonly op: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
  readonly terminator: Terminator;
}

type Ops = Pick<Block, 'op' | 'a' | 'b' | 'c' | 'd'>;

/** Bytes of buffers that the ops of several blocks share. */
const SHARED_BUFFER = 2 ** 16;

let shared = new ArrayBuffer(SHARED_BUFFER);
let used = 0;

/**
 * Room for so many ops. Blocks share buffers: with a buffer for each array, V8 took five times as long for the copy of a block, not
 * counting what its garbage collector had to do later.
 */
export function allocateOps(count: number): Ops {
  const size = (17 * count + 7) & ~7;
  if (used + size > shared.byteLength) {
    shared = new ArrayBuffer(Math.max(size, SHARED_BUFFER));
    used = 0;
  }
  const at = used;
  used += size;
  return {
    a: new Int32Array(shared, at, count),
    b: new Int32Array(shared, at + 4 * count, count),
    c: new Int32Array(shared, at + 8 * count, count),
    d: new Int32Array(shared, at + 12 * count, count),
    op: new Uint8Array(shared, at + 16 * count, count),
  };
}

/** A copy of the first `count` ops. */
export function copyOps(from: Ops, count: number): Ops {
  const { op, a, b, c, d } = from;
  const copy = allocateOps(count);
  for (let i = 0; i < count; i++) {
    copy.op[i] = op[i]!;
    copy.a[i] = a[i]!;
    copy.b[i] = b[i]!;
    copy.c[i] = c[i]!;
    copy.d[i] = d[i]!;
  }
  return copy;
}

/** Places a block can continue at without looking at run-time values, in terminator order. */
export function successors(t: Terminator): readonly Location[] {
  switch (t.kind) {
    case 'jump':
      return [t.target];
    case 'branch':
      return [t.taken, t.otherwise];
    case 'switch':
    case 'dispatch':
      return t.targets;
    case 'return':
      return [t.expected];
    case 'syscall':
      return [t.next];
    default:
      return [];
  }
}

/** The value a terminator consumes, or -1. */
export function terminatorValue(t: Terminator): Value | -1 {
  switch (t.kind) {
    case 'branch':
      return t.cond;
    case 'indirect':
    case 'return':
      return t.target;
    case 'switch':
      return t.index;
    default:
      return -1;
  }
}
