/**
 * Vector ops on values in the state memory, for the interpreter and for emitted JavaScript: operands and results are
 * indices of the first of four words.
 */
import type { GuestAccess } from '../guest-access';
import type { CpuState } from '../ir/cpu-state';
import { Op } from '../ir/opcodes';
import { Packed } from './packed-op';
import { VECTOR_OPERATIONS } from '../ir/vector-ops';
import { r, signMask, vectorFunction, vectorTest, x, y, z, type VectorRegister } from './vector-semantics';

const lanesOf = (op: number): number => VECTOR_OPERATIONS[op]!.lanes;

/** The lanes of `extract_lane_u` are zero-extended. */
const UNSIGNED = Uint8Array.from(VECTOR_OPERATIONS, (o) => (o?.name.endsWith('extract_lane_u') === true ? 1 : 0));

export class VectorUnit {
  private readonly words: Int32Array;
  private readonly singles: Float32Array;
  private readonly doubles: Float64Array;

  constructor(
    state: CpuState,
    private readonly memory: GuestAccess,
  ) {
    this.words = state.i32;
    this.singles = state.f32;
    this.doubles = state.f64;
  }

  private load(to: VectorRegister, from: number): void {
    const { words } = this;
    to.i32[0] = words[from]!;
    to.i32[1] = words[from + 1]!;
    to.i32[2] = words[from + 2]!;
    to.i32[3] = words[from + 3]!;
  }

  private store(to: number): void {
    const { words } = this;
    words[to] = r.i32[0]!;
    words[to + 1] = r.i32[1]!;
    words[to + 2] = r.i32[2]!;
    words[to + 3] = r.i32[3]!;
  }

  copy(to: number, from: number): void {
    this.words.copyWithin(to, from, from + 4);
  }

  /** The doubleword in both halves. */
  duplicate(to: number, from: number): void {
    const { words } = this;
    const low = words[from]!;
    const high = words[from + 1]!;
    words[to] = words[to + 2] = low;
    words[to + 1] = words[to + 3] = high;
  }

  constant(to: number, a: number, b: number, c: number, d: number): void {
    const { words } = this;
    words[to] = a;
    words[to + 1] = b;
    words[to + 2] = c;
    words[to + 3] = d;
  }

  unary(op: number, to: number, a: number): void {
    this.load(x, a);
    vectorFunction(op)();
    this.store(to);
  }

  binary(op: number, to: number, a: number, b: number): void {
    this.load(x, a);
    this.load(y, b);
    vectorFunction(op)();
    this.store(to);
  }

  ternary(op: number, to: number, a: number, b: number, c: number): void {
    this.load(z, c);
    this.binary(op, to, a, b);
  }

  shift(op: number, to: number, a: number, amount: number): void {
    this.load(x, a);
    y.i32[0] = amount;
    vectorFunction(op)();
    this.store(to);
  }

  test(op: number, a: number): boolean {
    this.load(x, a);
    return vectorTest(op)();
  }

  mask(op: number, a: number): number {
    this.load(x, a);
    return signMask(128 / lanesOf(op));
  }

  shuffle(to: number, a: number, b: number, pattern: number): void {
    this.load(x, a);
    this.load(y, b);
    this.load(z, pattern);
    for (let i = 0; i < 16; i++) {
      const k = z.u8[i]!;
      r.u8[i] = k < 16 ? x.u8[k]! : y.u8[k & 15]!;
    }
    this.store(to);
  }

  splat32(op: number, to: number, value: number): void {
    const lanes = lanesOf(op);
    if (lanes === 16) r.u8.fill(value);
    else if (lanes === 8) r.u16.fill(value);
    else r.i32.fill(value);
    this.store(to);
  }

  splat64(to: number, low: number, high: number): void {
    this.constant(to, low, high, low, high);
  }

  splatf32(to: number, value: number): void {
    r.f32.fill(value);
    this.store(to);
  }

  splatf64(to: number, value: number): void {
    r.f64.fill(value);
    this.store(to);
  }

  extract32(op: number, a: number, lane: number): number {
    const lanes = lanesOf(op);
    if (lanes === 4) return this.words[a + lane]!;
    this.load(x, a);
    if (lanes === 16) return UNSIGNED[op] === 1 ? x.u8[lane]! : x.i8[lane]!;
    return UNSIGNED[op] === 1 ? x.u16[lane]! : x.i16[lane]!;
  }

  extractf32(a: number, lane: number): number {
    this.load(x, a);
    return x.f32[lane]!;
  }

  extractf64(a: number, lane: number): number {
    this.load(x, a);
    return x.f64[lane]!;
  }

  insert32(op: number, to: number, a: number, lane: number, value: number): void {
    const lanes = lanesOf(op);
    this.load(r, a);
    if (lanes === 16) r.u8[lane] = value;
    else if (lanes === 8) r.u16[lane] = value;
    else r.i32[lane] = value;
    this.store(to);
  }

  insert64(to: number, a: number, lane: number, low: number, high: number): void {
    this.load(r, a);
    r.i32[2 * lane] = low;
    r.i32[2 * lane + 1] = high;
    this.store(to);
  }

  insertf32(to: number, a: number, lane: number, value: number): void {
    this.load(r, a);
    r.f32[lane] = value;
    this.store(to);
  }

  insertf64(to: number, a: number, lane: number, value: number): void {
    this.load(r, a);
    r.f64[lane] = value;
    this.store(to);
  }

  /** Throws GuestFault. */
  loadMemory(to: number, address: number, flags: number): void {
    this.memory.load128(address, flags, this.words, to);
  }

  /** Throws GuestFault. */
  storeMemory(address: number, from: number, flags: number): void {
    this.memory.store128(address, flags, this.words, from);
  }

  /** Runs the op at index p of the interpreter's code; returns the index of the next op. Throws GuestFault. */
  execute(code: Int32Array, p: number): number {
    const { words: S, singles: SF, doubles: SD } = this;
    // Operands may be immediates instead, as the names say
    const to = code[p + 1]! >> 2;
    const a = code[p + 2]! >> 2;
    const b = code[p + 3]! >> 2;
    const c = code[p + 4]! >> 2;
    const immB = code[p + 3]!;
    const immC = code[p + 4]!;
    switch (code[p]) {
      case Op.const128:
        this.constant(to, code[p + 2]!, immB, immC, code[p + 5]!);
        return p + 6;
      case Op.set128:
        this.copy(to, a);
        return p + 3;
      case Op.getdup64:
        this.duplicate(to, a);
        return p + 3;
      case Op.vector1:
        this.unary(immB, to, a);
        return p + 4;
      case Op.vector2:
        this.binary(immC, to, a, b);
        return p + 5;
      case Op.vector3:
        this.ternary(code[p + 5]!, to, a, b, c);
        return p + 6;
      case Op.vector_shift:
        this.shift(immC, to, a, S[b]!);
        return p + 5;
      case Op.vector_test:
        S[to] = this.test(immB, a) ? 1 : 0;
        return p + 4;
      case Op.vector_mask:
        S[to] = this.mask(immB, a);
        return p + 4;
      case Op.shuffle:
        this.shuffle(to, a, b, c);
        return p + 5;
      case Op.splat32:
        this.splat32(immB, to, S[a]!);
        return p + 4;
      case Op.splat64:
        this.duplicate(to, a);
        return p + 4;
      case Op.splatf32:
        this.splatf32(to, SF[a]!);
        return p + 4;
      case Op.splatf64:
        this.splatf64(to, SD[a >> 1]!);
        return p + 4;
      case Op.extract32:
        S[to] = this.extract32(immB, a, immC);
        return p + 5;
      case Op.extract64: {
        const low = S[a + 2 * immC]!;
        S[to + 1] = S[a + 2 * immC + 1]!;
        S[to] = low;
        return p + 5;
      }
      case Op.extractf32:
        SF[to] = this.extractf32(a, immC);
        return p + 5;
      case Op.extractf64:
        SD[to >> 1] = this.extractf64(a, immC);
        return p + 5;
      case Op.insert32:
        this.insert32(immC, to, a, code[p + 5]!, S[b]!);
        return p + 6;
      case Op.insert64:
        this.insert64(to, a, code[p + 5]!, S[b]!, S[b + 1]!);
        return p + 6;
      case Op.insertf32:
        this.insertf32(to, a, code[p + 5]!, SF[b]!);
        return p + 6;
      case Op.insertf64:
        this.insertf64(to, a, code[p + 5]!, SD[b >> 1]!);
        return p + 6;
      case Op.load128:
      case Packed.load128:
        this.loadMemory(to, S[a]! + immB, immC);
        return p + 5;
      case Op.store128:
      case Packed.store128:
        this.storeMemory(S[to]! + immB, a, immC);
        return p + 5;
      default:
        throw new Error(`interpreter: no op ${code[p]}`);
    }
  }
}
