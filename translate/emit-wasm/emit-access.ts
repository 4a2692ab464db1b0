/** Accesses to guest memory as WebAssembly instructions. */
import type { Block } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import type { StateLayout } from '../ir/state';
import { MemFlag } from '../ir/types';
import type { StateFlow } from '../region';
import type { Encoder } from './encoder';
import { IMPORT } from './imports';
import { KnownAlignment } from './known-alignment';
import { ACCESS, EMPTY_BLOCK, SIMD, W, type WasmAccess } from './opcodes';
import { ValueWriter } from './value-writer';

/** Largest address offset folded into an access: below the lowest mappable address, so that wrapping still faults. */
const MAX_FOLDED_OFFSET = 0xffff;

/**
 * Words that a block loads big-endian from which on they are swapped in vectors. That takes 3 micro-operations where masks and rotations
 * take 6, but 2 cycles more until the word is there. CPU seconds with masks and with vectors: AES 1.17 and 1.00, a matrix
 * product 0.83 and 0.67, SHA-256 1.49 and 1.41; but CRC-32, a chain of single loads, 1.69 and 2.12.
 */
const MIN_SHUFFLED_WORDS = 2;

export class AccessWriter extends ValueWriter {
  /** Promoted fields that may differ from memory at the op being written. */
  protected dirty!: FieldSet;
  /** Offsets of the `if` instructions that are hardly ever taken. */
  readonly unlikely: number[] = [];
  protected readonly alignment = new KnownAlignment();
  /** Whether the op being written is between `if` and `endif`. */
  protected conditional = false;
  /** Big-endian words of the block are swapped in vectors. */
  private shufflesWords = false;

  /** @param precise every access must find all fields in the state memory, as it may fault */
  constructor(
    out: Encoder,
    flow: StateFlow,
    layout: StateLayout,
    parameters: number,
    private readonly precise: boolean,
  ) {
    super(out, flow, layout, parameters);
  }

  protected override begin(block: Block): void {
    super.begin(block);
    let words = 0;
    for (let i = 0; i < block.count; i++) if (block.op[i] === Op.load32 && (block.c[i]! & MemFlag.BigEndian) !== 0) words++;
    this.shufflesWords = words >= MIN_SHUFFLED_WORDS;
  }

  /** A load, store or compare-and-swap. */
  protected memory(i: number, op: Op): void {
    const { block, out } = this;
    const shape = ACCESS[op]!;
    const atomic = shape.atomic !== undefined;
    const flags = atomic || shape.store ? block.d[i]! : block.c[i]!;
    const offset = atomic ? 0 : shape.store ? block.c[i]! : block.b[i]!;
    if (this.precise) {
      this.settle();
      this.storeFields(this.dirty);
      // StateFlow knows: stored is stored, unless only on one path
      if (!this.conditional) this.dirty.clear();
    }
    this.push(block.a[i]!);
    const folded = offset >= 0 && offset <= MAX_FOLDED_OFFSET;
    if (!folded) {
      this.constant(offset);
      out.byte(W.i32_add);
    }
    if (!atomic) this.checkAlignmentOnce(block.a[i]!, offset, this.alignment.wanted(flags, shape.size), folded ? offset : 0);
    if (atomic) this.compareAndSwap(i, shape, flags);
    else if (shape.store) this.store(i, shape, flags, folded ? offset : 0);
    else this.load(i, op, shape, flags, folded ? offset : 0);
  }

  private access(opcode: number, size: number, offset: number): void {
    // Alignment is only a hint; atomics demand the natural one.
    if (size === 16) this.simd(opcode);
    else this.out.byte(opcode);
    this.out.byte(opcode === W.atomic ? Math.log2(size) : 0);
    this.out.u32(offset);
  }

  private load(i: number, op: Op, shape: WasmAccess, flags: number, offset: number): void {
    const swap = (flags & MemFlag.BigEndian) !== 0 && shape.size > 1;
    this.top = i;
    if (swap && op === Op.load64) {
      this.laneAccess(SIMD.v128_load64_zero, offset);
      this.swapDoubleword();
      this.simd(this.typeOf(i) === 'f64' ? SIMD.f64x2_extract_lane : SIMD.i64x2_extract_lane);
      this.out.byte(0);
      return;
    }
    if (swap && op === Op.load32 && this.shufflesWords) {
      this.laneAccess(SIMD.v128_load32_zero, offset);
      this.swapWords();
      this.simd(SIMD.i32x4_extract_lane);
      this.out.byte(0);
      return;
    }
    this.access(swap && shape.signed !== undefined ? W.i32_load16_u : shape.opcode, shape.size, offset);
    if (swap && shape.size === 2) this.swapLoaded16(op === Op.load16_s);
    else if (swap) this.swapTop(shape.size);
  }

  /** A word or doubleword from or to the low lane of a vector. */
  private laneAccess(opcode: number, offset: number): void {
    this.simd(opcode);
    this.out.byte(0);
    this.out.u32(offset);
  }

  private store(i: number, shape: WasmAccess, flags: number, offset: number): void {
    const value = this.block.b[i]!;
    const swap = (flags & MemFlag.BigEndian) !== 0;
    if (swap && shape.size === 8) {
      this.pushAsKept(value);
      this.simd(this.typeOf(value) === 'f64' ? SIMD.f64x2_splat : SIMD.i64x2_splat);
      this.swapDoubleword();
      this.laneAccess(SIMD.v128_store64_lane, offset);
      this.out.byte(0);
      return;
    }
    this.push(value);
    if (swap) this.swapTop(shape.size);
    this.access(shape.opcode, shape.size, offset);
  }

  /**
   * @param base the value that the address is made from
   * @param offset of the access from it
   * @param folded part of the offset that is not in the pushed address
   */
  private checkAlignmentOnce(base: number, offset: number, mask: number, folded: number): void {
    const { block } = this;
    if (mask === 0 || (block.op[base] === Op.const32 && ((block.a[base]! + offset) & mask) === 0)) return;
    if (this.alignment.needsCheck(base, offset, mask)) this.checkAlignment(mask, folded);
  }

  private checkAlignment(mask: number, offset: number): void {
    const { out } = this;
    const t = this.temporary('i32');
    this.local(W.local_tee, t);
    if ((offset & mask) !== 0) {
      this.constant(offset);
      out.byte(W.i32_add);
    }
    this.constant(mask);
    out.byte(W.i32_and);
    this.unlikely.push(out.length);
    out.raw([W.if, EMPTY_BLOCK]);
    this.local(W.local_get, t);
    this.constant(offset);
    out.raw([W.i32_add, W.call]);
    out.u32(IMPORT.alignment);
    out.raw([W.unreachable, W.end]);
    this.local(W.local_get, t);
    this.release('i32', t);
  }

  private compareAndSwap(i: number, shape: WasmAccess, flags: number): void {
    const { block, out } = this;
    const swap = (flags & MemFlag.BigEndian) !== 0;
    if (shape.size > 1) this.checkAlignment(shape.size - 1, 0);
    this.push(block.b[i]!);
    if (swap) this.swapWhole(shape.size);
    this.push(block.c[i]!);
    if (swap) this.swapWhole(shape.size);
    out.byte(W.atomic);
    out.byte(shape.atomic!);
    out.byte(Math.log2(shape.size));
    out.u32(0);
    if (swap) this.swapWhole(shape.size);
    this.top = i;
  }

  /** The same with nothing above a halfword. */
  private swapWhole(size: number): void {
    this.swapTop(size);
    if (size !== 2) return;
    this.constant(0xffff);
    this.out.byte(W.i32_and);
  }
}
