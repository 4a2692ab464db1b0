/**
 * Where a block's values are while its code is written. A value gets a local unless it is a constant, a
 * state variable that is not overwritten before its last use, or is left on the operand stack for the
 * very next instruction.
 */
import { terminatorValue, type Block } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import { MemFlag, type IrType } from '../ir/types';
import type { Lane, StateFlow } from '../region';
import type { Encoder } from './encoder';
import { FunctionWriter } from './function-writer';
import { LANE_ACCESS, SIMD, W } from './opcodes';

/** Bit casts (spec, section 5.4.7). Flags and words are the same to WebAssembly. */
const REINTERPRET: Readonly<Record<string, number>> = { 'f32 i32': 0xbc, 'f64 i64': 0xbd, 'i32 f32': 0xbe, 'i64 f64': 0xbf };

export class ValueWriter extends FunctionWriter {
  /** Local of each promoted field. */
  readonly fieldLocal = new Map<number, number>();
  protected block!: Block;
  /** Local that holds a value, -1 if none yet. */
  protected place = new Int32Array(0);
  /** Uses of a value still to be written. */
  protected left = new Int32Array(0);
  /** Field whose variable still equals a `get` value, or -1. */
  protected alias = new Int32Array(0);
  /** Value on top of the operand stack that has no local, or -1. */
  protected top = -1;
  /** 1 for each doubleword that is kept as an f64, on its way between memory and floating-point variables. */
  private asDouble = new Uint8Array(0);

  constructor(
    out: Encoder,
    protected readonly flow: StateFlow,
    protected readonly layout: StateLayout,
    parameters: number,
  ) {
    super(out, parameters);
    for (const [f, type] of flow.promoted) this.fieldLocal.set(f, this.newLocal(type));
  }

  loadFields(fields: FieldSet): void {
    for (const f of fields) {
      this.constant(0);
      this.loadField(f, this.flow.promoted.get(f)!);
      this.local(W.local_set, this.fieldLocal.get(f)!);
    }
  }

  storeFields(fields: FieldSet): void {
    for (const f of fields) {
      this.constant(0);
      this.local(W.local_get, this.fieldLocal.get(f)!);
      this.storeField(f, this.flow.promoted.get(f)!);
    }
  }

  /** Pushes the current value of a 32-bit field. */
  pushField(f: number): void {
    const lane = this.flow.lanes.get(f);
    if (lane !== undefined) this.pushLane(lane, Op.get32);
    else if (this.fieldLocal.has(f)) this.pushVariable(f, 'i32');
    else {
      this.constant(0);
      this.loadField(f, 'i32');
    }
  }

  /** Pushes what a `get` op reads from a lane of a promoted vector. */
  protected pushLane(lane: Lane, op: Op): void {
    const variable = this.fieldLocal.get(lane.vector)!;
    this.local(W.local_get, variable);
    if (op === Op.getdup64) {
      this.local(W.local_get, variable);
      this.simd(SIMD.i8x16_shuffle);
      for (let k = 0; k < 16; k++) this.out.byte(lane.offset + (k & 7));
      return;
    }
    const [opcode, size] = LANE_ACCESS[op]!;
    this.simd(opcode);
    this.out.byte(lane.offset / size);
  }

  /** Pushes a promoted field's variable as a value of the given type. */
  private pushVariable(f: number, type: IrType): void {
    this.local(W.local_get, this.fieldLocal.get(f)!);
    this.reinterpret(this.flow.promoted.get(f)!, type);
  }

  /** Makes the value on top of the stack, of type `from`, one of type `to` with the same bits. */
  protected reinterpret(from: IrType, to: IrType): void {
    const opcode = from === to ? undefined : REINTERPRET[`${from} ${to}`];
    if (opcode !== undefined) this.out.byte(opcode);
  }

  protected loadField(f: number, type: IrType): void {
    const { offset } = this.layout.fields[f]!;
    if (type === 'v128') this.vectorStateAccess(SIMD.v128_load, 16, offset);
    else if (type === 'i64') this.stateAccess(W.i64_load, 8, offset);
    else if (type === 'f64') this.stateAccess(W.f64_load, 8, offset);
    else this.stateAccess(type === 'f32' ? W.f32_load : W.i32_load, 4, offset);
  }

  protected storeField(f: number, type: IrType): void {
    const { offset } = this.layout.fields[f]!;
    if (type === 'v128') this.vectorStateAccess(SIMD.v128_store, 16, offset);
    else if (type === 'i64') this.stateAccess(W.i64_store, 8, offset);
    else if (type === 'f64') this.stateAccess(W.f64_store, 8, offset);
    else this.stateAccess(type === 'f32' ? W.f32_store : W.i32_store, 4, offset);
  }

  /** Starts a block: none of its values is anywhere yet. */
  protected begin(block: Block): void {
    this.block = block;
    if (block.count > this.place.length) this.reserve(2 * block.count);
    this.place.fill(-1, 0, block.count);
    this.alias.fill(-1, 0, block.count);
    this.countUses();
    this.findDoubles();
  }

  private reserve(count: number): void {
    this.place = new Int32Array(count);
    this.left = new Int32Array(count);
    this.alias = new Int32Array(count);
    this.asDouble = new Uint8Array(count);
  }

  /** Reads of f64 variables, and byte-swapped loads that some use can take as a double. */
  private findDoubles(): void {
    const { block, flow } = this;
    const { op, a, b, c, d, count } = block;
    const double = this.asDouble.fill(0, 0, count);
    for (let i = 0; i < count; i++) {
      let v = -1;
      if (op[i] === Op.get64 && flow.promoted.get(a[i]!) === 'f64') double[i] = 1;
      else if (op[i] === Op.f64_of_bits || (op[i] === Op.set64 && (flow.promoted.get(b[i]!) === 'f64' || flow.lanes.has(b[i]!)))) v = a[i]!;
      else if (op[i] === Op.store64 && (d[i]! & MemFlag.BigEndian) !== 0) v = b[i]!;
      if (v >= 0 && op[v] === Op.load64 && (c[v]! & MemFlag.BigEndian) !== 0) double[v] = 1;
    }
  }

  private countUses(): void {
    const { block } = this;
    const left = this.left.fill(0, 0, block.count);
    for (let i = 0; i < block.count; i++) {
      const n = ARG_COUNT[block.op[i]!]!;
      if (n > 0) left[block.a[i]!]!++;
      if (n > 1) left[block.b[i]!]!++;
      if (n > 2) left[block.c[i]!]!++;
    }
    const v = terminatorValue(block.terminator);
    if (v >= 0) left[v]!++;
  }

  /** The type that a value is kept as. */
  protected typeOf(v: number): IrType {
    if (this.asDouble[v] === 1) return 'f64';
    return OP_ROWS[this.block.op[v]!]!.result as IrType;
  }

  /** Moves the value on top of the stack into a local. */
  protected settle(): void {
    const v = this.top;
    if (v < 0) return;
    this.top = -1;
    const l = this.temporary(this.typeOf(v));
    this.place[v] = l;
    this.local(W.local_set, l);
  }

  /** Pushes a value and counts the use. */
  protected push(v: number): void {
    this.pushAsKept(v);
    this.reinterpret(this.typeOf(v), OP_ROWS[this.block.op[v]!]!.result as IrType);
  }

  /** The same, but a doubleword may come as an f64: `typeOf` tells. */
  protected pushAsKept(v: number): void {
    const { block } = this;
    if (this.top === v && this.left[v] === 1) {
      this.top = -1;
      this.left[v] = 0;
      return;
    }
    this.settle();
    switch (block.op[v]!) {
      case Op.const1:
      case Op.const32:
        this.constant(block.a[v]!);
        break;
      case Op.const64:
        this.out.byte(W.i64_const);
        this.out.s64(block.a[v]!, block.b[v]!);
        break;
      case Op.constf32:
        this.out.byte(W.f32_const);
        this.out.word(block.a[v]!);
        break;
      case Op.constf64:
        this.out.byte(W.f64_const);
        this.out.word(block.a[v]!);
        this.out.word(block.b[v]!);
        break;
      case Op.const128:
        this.vectorConstant(block.a[v]!, block.b[v]!, block.c[v]!, block.d[v]!);
        break;
      default:
        if (this.alias[v]! >= 0) this.pushVariable(this.alias[v]!, this.typeOf(v));
        else this.local(W.local_get, this.place[v]!);
    }
    if (--this.left[v]! === 0 && this.place[v]! >= 0) this.release(this.typeOf(v), this.place[v]!);
  }

  /** Pushes a value that will be pushed again, so that it must have a home. */
  protected pushAgain(v: number): void {
    this.left[v]!++;
    if (this.top === v) this.settle();
    this.push(v);
  }

  /** Copies the values that are still to be read from a variable about to change. The operand stack is left alone. */
  protected rescueAliases(field: number, before: number): void {
    for (let v = 0; v < before; v++) {
      if (this.alias[v] !== field) continue;
      this.alias[v] = -1;
      if (this.left[v] === 0) continue;
      const l = this.temporary(this.typeOf(v));
      this.pushVariable(field, this.typeOf(v));
      this.local(W.local_set, l);
      this.place[v] = l;
    }
  }
}
