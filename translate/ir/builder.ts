/**
 * Builds one block. Lifters call a method per op (`ir.add32(x, y)`), derived from the op table with
 * its operand and result types.
 *
 * With `simplify` on (the default) the builder folds constants, applies identities and forwards
 * state within the block, so that even unoptimised tiers see lean code; with it off, it records
 * exactly what the lifter said, which is what the differential tests compare against.
 */
import { copyOps, type Block, type Location, type Terminator } from './block';
import { Op } from './opcodes';
import type { OPS } from './ops';
import { ARG_COUNT, OP_NAMES, OP_ROWS, type ArgTypes, type OpName, type ResultType } from './ops';
import { simplify } from './simplify';
import type { StateLayout } from './state';
import { TRAP_KINDS, type I1, type I32, type I64, type F32, type F64, type IrType, type TrapKind, type V128, type Value } from './types';

type Values<A extends readonly IrType[]> = { [K in keyof A]: Value<Extract<A[K], IrType>> };
type ResultOf<R> = R extends IrType ? Value<R> : void;
type ImmsOf<K extends OpName> = (typeof OPS)[K] extends { imms: infer I extends readonly string[] } ? { [J in keyof I]: number } : [];
type Mutable<A extends readonly unknown[]> = [...A];
type OpMethods = { [K in OpName]: (...operands: [...Mutable<Values<ArgTypes<K>>>, ...Mutable<ImmsOf<K>>]) => ResultOf<ResultType<K>> };

/** Ops a caller may not emit directly because the builder keeps book about them. */
type Managed =
  | 'if'
  | 'endif'
  | 'trap'
  | 'insn'
  | 'const32'
  | 'const1'
  | `get${string}`
  | `set${string}`
  | `load${string}`
  | `store${string}`
  | `cas${string}`;

// The methods are put onto the prototype below; this gives them their types.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type
export interface Builder extends Omit<OpMethods, Managed> {}

const NO_VALUE = -1;

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Builder {
  /** Number of ops so far. */
  count = 0;
  op = new Uint8Array(256);
  a = new Int32Array(256);
  b = new Int32Array(256);
  c = new Int32Array(256);
  d = new Int32Array(256);

  /** Value known to be in each field, or NO_VALUE. */
  private readonly known: Int32Array;
  /** Fields whose `known` entry is not NO_VALUE, so that a reset touches few. */
  private touched: number[] = [];
  /** Index of the open `if`, or -1. Ifs do not nest. */
  private openIf = -1;
  /** First op whose value is private to the open `if`. */
  private readonly constants = new Map<number, number>();

  constructor(
    readonly layout: StateLayout,
    readonly simplifies = true,
  ) {
    this.known = new Int32Array(layout.fields.length).fill(NO_VALUE);
  }

  /** Starts a new block in the same buffers. */
  reset(): void {
    this.count = 0;
    this.openIf = -1;
    this.forgetState();
    this.constants.clear();
  }

  /**
   * False: `finish` lends its buffers instead of copying them, for a block that is used up before the
   * next `reset` (cold blocks, which are packed at once).
   */
  copies = true;

  /** What was built, as a block. */
  finish(start: Location, end: number, instructions: number, terminator: Terminator): Block {
    if (this.openIf >= 0) this.endIf();
    const n = this.count;
    const { op, a, b, c, d } = this.copies ? copyOps(this, n) : this;
    return { start, end: end >>> 0, instructions, count: n, op, a, b, c, d, terminator };
  }

  /** Appends an op; its value is the returned index. */
  append(op: Op, a = 0, b = 0, c = 0, d = 0): number {
    const i = this.count++;
    if (i === this.op.length) this.grow();
    this.op[i] = op;
    this.a[i] = a;
    this.b[i] = b;
    this.c[i] = c;
    this.d[i] = d;
    return i;
  }

  /** Appends a pure op or an equivalent simpler one. */
  emit(op: Op, a = 0, b = 0, c = 0, d = 0): number {
    return this.simplifies ? simplify(this, op, a, b, c, d) : this.append(op, a, b, c, d);
  }

  /** The constant a value is known to be (an i1 or i32), or undefined. */
  constantOf(v: number): number | undefined {
    const op = this.op[v];
    return op === Op.const32 || op === Op.const1 ? this.a[v]! : undefined;
  }

  const32(x: number): I32 {
    return this.constant(Op.const32, x | 0) as I32;
  }

  const1(x: boolean): I1 {
    return this.constant(Op.const1, x ? 1 : 0) as I1;
  }

  private constant(op: Op, x: number): number {
    if (!this.simplifies || this.openIf >= 0) return this.append(op, x);
    const key = x * 256 + op;
    let v = this.constants.get(key);
    if (v === undefined) this.constants.set(key, (v = this.append(op, x)));
    return v;
  }

  /** Marks the start of the guest instruction at this address: what faults after it report this pc. */
  insn(pc: number): void {
    this.append(Op.insn, pc | 0);
  }

  get1(field: number): I1 {
    return this.get(Op.get1, field) as I1;
  }
  get32(field: number): I32 {
    return this.get(Op.get32, field) as I32;
  }
  get64(field: number): I64 {
    return this.get(Op.get64, field) as I64;
  }
  getf32(field: number): F32 {
    return this.get(Op.getf32, field) as F32;
  }
  getf64(field: number): F64 {
    return this.get(Op.getf64, field) as F64;
  }
  get128(field: number): V128 {
    return this.get(Op.get128, field) as V128;
  }
  set1(field: number, v: I1): void {
    this.set(Op.set1, field, v);
  }
  set32(field: number, v: I32): void {
    this.set(Op.set32, field, v);
  }
  set64(field: number, v: I64): void {
    this.set(Op.set64, field, v);
  }
  setf32(field: number, v: F32): void {
    this.set(Op.setf32, field, v);
  }
  setf64(field: number, v: F64): void {
    this.set(Op.setf64, field, v);
  }

  set128(field: number, v: V128): void {
    this.set(Op.set128, field, v);
  }
  /** Reads a 64-bit field into both halves of a vector. */
  getdup64(field: number): V128 {
    if (this.simplifies) {
      const v = this.known[field]!;
      if (v !== NO_VALUE && this.op[v] === Op.getdup64) return v as V128;
    }
    const v = this.append(Op.getdup64, field);
    this.know(field, v);
    return v as V128;
  }
  /** Writes the low half of a vector to a 64-bit field. */
  setlow64(field: number, v: V128): void {
    if (this.simplifies && this.known[field] === v) return;
    this.append(Op.setlow64, v, field);
    for (const o of this.layout.overlaps[field]!) this.known[o] = NO_VALUE;
    this.known[field] = NO_VALUE;
  }

  private get(op: Op, field: number): number {
    if (this.simplifies) {
      const v = this.known[field]!;
      if (v !== NO_VALUE && OP_ROWS[this.op[v]!]!.result === OP_ROWS[op]!.result) return v;
    }
    const v = this.append(op, field);
    this.know(field, v);
    return v;
  }

  private set(op: Op, field: number, v: number): void {
    if (this.simplifies && this.known[field] === v) return;
    this.append(op, v, field);
    const overlaps = this.layout.overlaps[field]!;
    for (let k = 0; k < overlaps.length; k++) this.known[overlaps[k]!] = NO_VALUE;
    this.know(field, v);
  }

  private know(field: number, v: number): void {
    if (this.known[field] === NO_VALUE) this.touched.push(field);
    this.known[field] = v;
  }

  private forgetState(): void {
    const { touched, known } = this;
    for (let k = 0; k < touched.length; k++) known[touched[k]!] = NO_VALUE;
    touched.length = 0;
  }

  /** Memory ops: `flags` are MemFlag bits, `offset` is added to the address modulo 2^32. */
  load8_u(address: I32, offset = 0, flags = 0): I32 {
    return this.append(Op.load8_u, address, offset, flags) as I32;
  }
  load8_s(address: I32, offset = 0, flags = 0): I32 {
    return this.append(Op.load8_s, address, offset, flags) as I32;
  }
  load16_u(address: I32, offset = 0, flags = 0): I32 {
    return this.append(Op.load16_u, address, offset, flags) as I32;
  }
  load16_s(address: I32, offset = 0, flags = 0): I32 {
    return this.append(Op.load16_s, address, offset, flags) as I32;
  }
  load32(address: I32, offset = 0, flags = 0): I32 {
    return this.append(Op.load32, address, offset, flags) as I32;
  }
  load64(address: I32, offset = 0, flags = 0): I64 {
    return this.append(Op.load64, address, offset, flags) as I64;
  }
  load128(address: I32, offset = 0, flags = 0): V128 {
    return this.append(Op.load128, address, offset, flags) as V128;
  }
  store8(address: I32, value: I32, offset = 0, flags = 0): void {
    this.append(Op.store8, address, value, offset, flags);
  }
  store16(address: I32, value: I32, offset = 0, flags = 0): void {
    this.append(Op.store16, address, value, offset, flags);
  }
  store32(address: I32, value: I32, offset = 0, flags = 0): void {
    this.append(Op.store32, address, value, offset, flags);
  }
  store64(address: I32, value: I64, offset = 0, flags = 0): void {
    this.append(Op.store64, address, value, offset, flags);
  }
  store128(address: I32, value: V128, offset = 0, flags = 0): void {
    this.append(Op.store128, address, value, offset, flags);
  }
  cas8(address: I32, expected: I32, value: I32, flags = 0): I32 {
    return this.append(Op.cas8, address, expected, value, flags) as I32;
  }
  cas16(address: I32, expected: I32, value: I32, flags = 0): I32 {
    return this.append(Op.cas16, address, expected, value, flags) as I32;
  }
  cas32(address: I32, expected: I32, value: I32, flags = 0): I32 {
    return this.append(Op.cas32, address, expected, value, flags) as I32;
  }
  cas64(address: I32, expected: I64, value: I64, flags = 0): I64 {
    return this.append(Op.cas64, address, expected, value, flags) as I64;
  }

  /**
   * Runs the ops up to the matching `endIf` only if the flag is 1. Values defined inside are not
   * visible after it; results leave through state fields.
   */
  beginIf(cond: I1): void {
    if (this.openIf >= 0) throw new Error('ifs do not nest');
    this.openIf = this.append(Op.if, cond, 0);
    this.fieldsSetBefore = this.touched.map((f) => [f, this.known[f]!]);
  }
  private fieldsSetBefore: [field: number, value: number][] = [];

  endIf(): void {
    const start = this.openIf;
    const end = this.append(Op.endif); // may replace the buffers, so not within the assignment
    this.b[start] = end;
    this.openIf = -1;
    // A field keeps its known value only if the body left it alone.
    const kept = this.fieldsSetBefore.filter(([f, v]) => this.known[f] === v);
    this.forgetState();
    for (const [f, v] of kept) this.know(f, v);
  }

  /** Discards the open `if` and everything in it, as if `beginIf` had not been called. */
  abandonIf(): void {
    this.count = this.openIf;
    this.openIf = -1;
    this.forgetState();
    for (const [f, v] of this.fieldsSetBefore) this.know(f, v);
  }

  /** True between beginIf and endIf. */
  get insideIf(): boolean {
    return this.openIf >= 0;
  }

  /** Raises an exception at `pc` from inside an `if`; at the end of a block use the terminator. */
  trap(kind: TrapKind, pc: number): void {
    this.append(Op.trap, TRAP_KINDS.indexOf(kind), pc | 0);
  }

  private grow(): void {
    const n = this.op.length * 2;
    const wider = (x: Int32Array): Int32Array<ArrayBuffer> => {
      const y = new Int32Array(n);
      y.set(x);
      return y;
    };
    const op = new Uint8Array(n);
    op.set(this.op);
    this.op = op;
    this.a = wider(this.a);
    this.b = wider(this.b);
    this.c = wider(this.c);
    this.d = wider(this.d);
  }
}

// One method per remaining row of the table; the interface above gives them their types. Collected first, because V8
// reorganises a prototype each time it is read between two changes (measured: 4 ms of start-up).
const written: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Builder.prototype));
const derived: PropertyDescriptorMap = {};
for (const name of OP_NAMES) {
  if (written.has(name)) continue;
  const op = Op[name];
  const effect = OP_ROWS[op]!.effect;
  const pure = effect === undefined;
  const method = pure
    ? function (this: Builder, a?: number, b?: number, c?: number, d?: number): number {
        return this.emit(op, a, b, c, d);
      }
    : function (this: Builder, a?: number, b?: number, c?: number, d?: number): number {
        return this.append(op, a, b, c, d);
      };
  derived[name] = { value: method };
}
Object.defineProperties(Builder.prototype, derived);

/** Value operands of op i, in order. */
export function operands(b: Block | Builder, i: number): readonly number[] {
  const n = ARG_COUNT[b.op[i]!]!;
  return n === 0 ? [] : n === 1 ? [b.a[i]!] : n === 2 ? [b.a[i]!, b.b[i]!] : [b.a[i]!, b.b[i]!, b.c[i]!];
}
