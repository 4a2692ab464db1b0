/** The parts of a WebAssembly function that do not depend on what it computes: locals, constants, state cells, byte swaps. */
import type { IrType } from '../ir/types';
import type { Encoder } from './encoder';
import { SIMD, W } from './opcodes';

/** Alignment field bit that says a memory index follows (multi-memory). */
const HAS_MEMORY_INDEX = 0x40;
const STATE_MEMORY = 1;

export class FunctionWriter {
  /** Local types after the parameters, in index order. */
  readonly locals: IrType[] = [];
  private readonly free: Record<IrType, number[]> = { i1: [], i32: [], i64: [], f32: [], f64: [], v128: [] };

  constructor(
    protected readonly out: Encoder,
    private readonly parameters: number,
  ) {}

  /** A local of its own for good. */
  newLocal(type: IrType): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  protected temporary(type: IrType): number {
    return this.free[type].pop() ?? this.newLocal(type);
  }

  protected release(type: IrType, local: number): void {
    this.free[type].push(local);
  }

  /** Loads or stores a cell of the state memory; the base address is on the stack. */
  stateAccess(opcode: number, size: number, offset: number): void {
    this.out.byte(opcode);
    this.stateCell(size, offset);
  }

  /** The same for an instruction with the SIMD prefix; `size` is that of the access. */
  vectorStateAccess(opcode: number, size: number, offset: number): void {
    this.simd(opcode);
    this.stateCell(size, offset);
  }

  private stateCell(size: number, offset: number): void {
    const { out } = this;
    out.byte(Math.log2(size) | HAS_MEMORY_INDEX);
    out.byte(STATE_MEMORY);
    out.u32(offset);
  }

  /** Pushes a 32-bit engine field. */
  loadWord(offset: number): void {
    this.constant(0);
    this.stateAccess(W.i32_load, 4, offset);
  }

  /** Stores a constant into a 32-bit engine field. */
  storeWord(offset: number, value: number): void {
    this.constant(0);
    this.constant(value);
    this.stateAccess(W.i32_store, 4, offset);
  }

  constant(x: number): void {
    this.out.byte(W.i32_const);
    this.out.s32(x);
  }

  /** `local.get`, `local.set` or `local.tee`. */
  local(opcode: number, index: number): void {
    this.out.byte(opcode);
    this.out.u32(index);
  }

  // Byte swaps of the value on top of the stack

  protected swapTop32(): void {
    const { out } = this;
    const t = this.temporary('i32');
    this.local(W.local_tee, t);
    this.constant(0x00ff00ff);
    out.raw([W.i32_and, W.i32_const, 24, W.i32_rotl]);
    this.local(W.local_get, t);
    this.constant(0xff00ff00 | 0);
    out.raw([W.i32_and, W.i32_const, 8, W.i32_rotl, W.i32_or]);
    this.release('i32', t);
  }

  /** The low halfword with its bytes swapped; what is above it is undefined. */
  protected swapTop16(): void {
    const { out } = this;
    const t = this.temporary('i32');
    this.local(W.local_tee, t);
    out.raw([W.i32_const, 8, W.i32_shl]);
    this.local(W.local_get, t);
    out.raw([W.i32_const, 8, W.i32_shr_u]);
    this.constant(0xff);
    out.raw([W.i32_and, W.i32_or]);
    this.release('i32', t);
  }

  /** A halfword, zero-extended, with its bytes swapped and extended. */
  protected swapLoaded16(signed: boolean): void {
    const { out } = this;
    const t = this.temporary('i32');
    this.local(W.local_tee, t);
    out.raw([W.i32_const, 24, W.i32_shl, W.i32_const, 16, signed ? W.i32_shr_s : W.i32_shr_u]);
    this.local(W.local_get, t);
    out.raw([W.i32_const, 8, W.i32_shr_u, W.i32_or]);
    this.release('i32', t);
  }

  protected swapTop64(): void {
    const { out } = this;
    const t = this.temporary('i64');
    this.local(W.local_set, t);
    this.local(W.local_get, t);
    out.byte(W.i32_wrap_i64);
    this.swapTop32();
    out.raw([W.i64_extend_i32_u, W.i64_const, 32, W.i64_shl]);
    this.local(W.local_get, t);
    out.raw([W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
    this.swapTop32();
    out.raw([W.i64_extend_i32_u, W.i64_or]);
    this.release('i64', t);
  }

  /** Reverses the bytes of a vector. */
  protected swapTop128(): void {
    this.vectorConstant(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
    this.simd(SIMD.i8x16_swizzle);
  }

  /** Reverses the bytes of each word of a vector. */
  protected swapWords(): void {
    this.vectorConstant(0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f);
    this.simd(SIMD.i8x16_swizzle);
  }

  /** Reverses the bytes of the low doubleword of a vector: a single instruction of the host, where integers take fourteen. */
  protected swapDoubleword(): void {
    this.vectorConstant(0x04050607, 0x00010203, 0x0c0d0e0f, 0x08090a0b);
    this.simd(SIMD.i8x16_swizzle);
  }

  protected vectorConstant(...words: readonly number[]): void {
    this.simd(SIMD.v128_const);
    for (const w of words) this.out.word(w);
  }

  /** An instruction with the SIMD prefix. */
  protected simd(opcode: number): void {
    this.out.byte(W.simd);
    this.out.u32(opcode);
  }

  protected swapTop(size: number): void {
    if (size === 2) this.swapTop16();
    else if (size === 4) this.swapTop32();
    else if (size === 8) this.swapTop64();
    else if (size === 16) this.swapTop128();
  }
}
