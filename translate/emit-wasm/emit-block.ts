/** The ops of one block as WebAssembly instructions. */
import { locationPc, terminatorValue, type Block } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { testsForNan } from '../ir/nan-test';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_NAMES, OP_ROWS } from '../ir/ops';
import type { Lane } from '../region';
import { ArithmeticWriter } from './emit-arithmetic';
import { FUSED, fuses, writeFused } from './fused';
import { IMPORT, type ImportName } from './imports';
import { DIRECT, EMPTY_BLOCK, LANE_ACCESS, RELAXED, SIMD, W } from './opcodes';

/**
 * Where in a function body the code of guest instructions starts. Each block has a position, and so has each
 * instruction that may fault; the code of others belongs to the position before it.
 */
export interface CodePosition {
  /** Bytes. */
  readonly offset: number;
  /** Address of the first instruction, with the instruction-set bit, as a signed word. */
  readonly pc: number;
  /** Guest address after the last instruction (unsigned). */
  end: number;
}

export class BlockWriter extends ArithmeticWriter {
  readonly positions: CodePosition[] = [];
  /**
   * @param storedAtEnd what of the dirty fields is stored at the end
   * @param innermost the block is in an innermost loop
   */
  write(block: Block, dirtyAtStart: FieldSet, storedAtEnd?: FieldSet, innermost = false): void {
    this.alignment.begin(innermost);
    this.begin(block);
    this.positions.push({ offset: this.out.length, pc: locationPc(block.start) | 0, end: block.end });
    this.dirty = dirtyAtStart.copy();
    for (let i = 0; i < block.count; i++) this.op(i);
    this.settle();
    if (storedAtEnd !== undefined) this.storeFields(this.dirty.intersection(storedAtEnd));
  }

  /** Pushes the terminator's operand; ends the life of the block's values. */
  pushTerminatorOperand(block: Block): void {
    const v = terminatorValue(block.terminator);
    if (block !== this.block) throw new Error('terminator of another block');
    this.push(v);
  }

  private position(pc: number): void {
    const last = this.positions[this.positions.length - 1]!;
    const offset = this.out.length;
    if (last.pc === pc && last.offset === offset) return;
    last.end = (pc & ~1) >>> 0;
    this.positions.push({ offset, pc, end: this.block.end });
  }

  private op(i: number): void {
    const { block } = this;
    const op = block.op[i]! as Op;
    switch (OP_ROWS[op]!.effect) {
      case 'marker':
        this.settle();
        this.position(block.a[i]!);
        return;
      case 'get':
        this.get(i);
        return;
      case 'set':
        this.set(i);
        return;
      case 'control':
        this.control(i, op);
        return;
      case 'load':
      case 'store':
        if (op === Op.fence) {
          this.settle();
          this.out.raw([W.atomic, 3, 0]);
        } else if (op === Op.call0) {
          this.settle();
          this.callHelper(i, op);
          this.top = i;
        } else {
          this.memory(i, op);
        }
        return;
      default:
        if (this.left[i] === 0 || (op >= Op.const1 && op <= Op.const128)) {
          if (this.left[i] === 0) this.discard(i);
          return;
        }
        this.pure(i, op);
        this.top = i;
    }
  }

  /** An unused pure op: its operands lose a use. */
  private discard(i: number): void {
    const { block } = this;
    const n = ARG_COUNT[block.op[i]!]!;
    for (let k = 0; k < n; k++) {
      const v = k === 0 ? block.a[i]! : k === 1 ? block.b[i]! : block.c[i]!;
      if (--this.left[v]! !== 0) continue;
      if (this.top === v) {
        this.out.byte(W.drop);
        this.top = -1;
      } else if (this.place[v]! >= 0) this.release(this.typeOf(v), this.place[v]!);
    }
  }

  private get(i: number): void {
    if (this.left[i] === 0) return;
    const field = this.block.a[i]!;
    const lane = this.flow.lanes.get(field);
    if (lane !== undefined) {
      this.settle();
      this.pushLane(lane, this.block.op[i]!);
      this.top = i;
      return;
    }
    if (this.flow.promoted.has(field)) {
      this.alias[i] = field;
      return;
    }
    this.settle();
    this.constant(0);
    if (this.block.op[i] === Op.getdup64) this.vectorStateAccess(SIMD.v128_load64_splat, 8, this.layout.fields[field]!.offset);
    else this.loadField(field, this.typeOf(i));
    this.top = i;
  }

  private set(i: number): void {
    const { block } = this;
    const v = block.a[i]!;
    const field = block.b[i]!;
    const lane = this.flow.lanes.get(field);
    if (lane !== undefined) {
      this.setLane(i, lane);
      return;
    }
    const target = this.fieldLocal.get(field);
    if (target === undefined) {
      this.settle();
      this.constant(0);
      this.push(v);
      if (block.op[i] === Op.setlow64) this.storeLow(field);
      else this.storeField(field, OP_ROWS[block.op[i]!]!.args[0]!);
      return;
    }
    this.pushAsKept(v);
    this.reinterpret(this.typeOf(v), this.flow.promoted.get(field)!);
    this.rescueAliases(field, i);
    this.local(W.local_set, target);
    this.dirty.add(field);
  }

  /** Replaces a lane of a promoted vector. */
  private setLane(i: number, lane: Lane): void {
    const { block, out } = this;
    const variable = this.fieldLocal.get(lane.vector)!;
    if (block.op[i] === Op.setlow64) {
      this.push(block.a[i]!);
      this.local(W.local_get, variable);
      this.simd(SIMD.i8x16_shuffle);
      // The low half of the value, the other half of the vector
      for (let k = 0; k < 16; k++) out.byte(k >> 3 === lane.offset >> 3 ? k & 7 : 16 + k);
    } else {
      const v = block.a[i]!;
      const isDouble = block.op[i] === Op.set64 && this.typeOf(v) === 'f64';
      const [opcode, size] = LANE_ACCESS[isDouble ? Op.setf64 : (block.op[i]! as Op)]!;
      this.settle();
      this.local(W.local_get, variable);
      if (isDouble) this.pushAsKept(v);
      else this.push(v);
      this.simd(opcode);
      out.byte(lane.offset / size);
    }
    this.rescueAliases(lane.vector, i);
    this.local(W.local_set, variable);
    this.dirty.add(lane.vector);
  }

  /** Stores the low half of a vector. */
  private storeLow(field: number): void {
    this.vectorStateAccess(SIMD.v128_store64_lane, 8, this.layout.fields[field]!.offset);
    this.out.byte(0);
  }

  private control(i: number, op: Op): void {
    const { block } = this;
    if (op === Op.if) {
      this.push(block.a[i]!);
      this.settle();
      // Values must not be rescued into locals on one path only.
      for (let k = i + 1; k < block.b[i]!; k++) if (OP_ROWS[block.op[k]!]!.effect === 'set') this.rescueBeforeIf(block.b[k]!, i);
      if (isUnlikely(block, i)) this.unlikely.push(this.out.length);
      this.out.byte(W.if);
      this.out.byte(EMPTY_BLOCK);
      this.alignment.beginIf();
      this.conditional = true;
    } else if (op === Op.endif) {
      this.settle();
      this.alignment.endIf();
      this.conditional = false;
      this.out.byte(W.end);
    } else {
      this.settle();
      this.storeFields(this.dirty);
      this.constant(block.a[i]!);
      this.constant(block.b[i]!);
      this.out.byte(W.call);
      this.out.u32(IMPORT.trap);
      this.out.byte(W.unreachable);
    }
  }

  private rescueBeforeIf(field: number, before: number): void {
    const variable = this.flow.lanes.get(field)?.vector ?? field;
    if (this.fieldLocal.has(variable)) this.rescueAliases(variable, before);
  }

  private pure(i: number, op: Op): void {
    const { block, out } = this;
    if (op >= Op.vector1 && op <= Op.insertf64) {
      this.vector(i, op);
      return;
    }
    const a = block.a[i]!;
    if (op === Op.f64_of_bits && this.typeOf(a) === 'f64') {
      this.pushAsKept(a);
      return;
    }
    const direct = DIRECT[op];
    const b = block.b[i]!;
    const c = block.c[i]!;
    if (direct !== undefined) {
      const n = ARG_COUNT[op]!;
      this.push(a);
      if (n > 1) this.push(b);
      out.raw(direct);
      return;
    }
    switch (op) {
      case Op.select32:
      case Op.select1:
      case Op.select64:
        this.push(b);
        this.push(c);
        this.push(a);
        out.byte(W.select);
        return;
      case Op.mulh_u32:
      case Op.mulh_s32:
        this.wideProduct(a, b, op === Op.mulh_u32 ? W.i64_extend_i32_u : W.i64_extend_i32_s);
        out.raw([W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
        return;
      case Op.mul_wide_u32:
        this.wideProduct(a, b, W.i64_extend_i32_u);
        return;
      case Op.mul_wide_s32:
        this.wideProduct(a, b, W.i64_extend_i32_s);
        return;
      case Op.div_u32:
      case Op.div_s32:
        this.division(a, b, op);
        return;
      case Op.div_u64:
        this.wideDivision(a, b);
        return;
      case Op.bswap32:
        this.byteSwap32(a);
        return;
      case Op.overflow_add32:
        this.overflow(a, b, () => out.byte(W.i32_add));
        return;
      case Op.overflow_sub32:
        this.overflowSub(a, b);
        return;
      case Op.carry_adc32:
        this.push(a);
        out.byte(W.i64_extend_i32_u);
        this.push(b);
        out.raw([W.i64_extend_i32_u, W.i64_add]);
        this.push(c);
        out.raw([W.i64_extend_i32_u, W.i64_add, W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
        return;
      case Op.overflow_adc32:
        this.overflow(a, b, () => {
          out.byte(W.i32_add);
          this.push(c);
          out.byte(W.i32_add);
        });
        return;
      case Op.pair64:
        this.push(a);
        out.byte(W.i64_extend_i32_u);
        this.push(b);
        out.raw([W.i64_extend_i32_u, W.i64_const, 32, W.i64_shl, W.i64_or]);
        return;
      case Op.fmaf32:
      case Op.fmaf64:
        this.fused(a, b, c, op === Op.fmaf32 ? 'f32' : 'f64');
        return;
      case Op.nan32:
        this.callImport(a, b, c, 'nan32');
        return;
      case Op.nan64:
        this.callImport(a, b, c, 'nan64');
        return;
      case Op.exact:
        this.exact(a, b, c);
        return;
      case Op.exact_flags:
        this.callExact(a, b, c, 'exactFlags');
        return;
      case Op.call1:
      case Op.call2:
      case Op.call3:
        this.callHelper(i, op);
        return;
      default:
        throw new Error(`no WebAssembly for ${OP_NAMES[op]}`);
    }
  }

  /** The operation's number is the opcode; a lane follows it, and the bytes of a shuffle's pattern. */
  private vector(i: number, op: Op): void {
    const { block, out } = this;
    const slots = [block.a[i]!, block.b[i]!, block.c[i]!, block.d[i]!];
    if (op === Op.shuffle) {
      this.push(slots[0]!);
      this.push(slots[1]!);
      const pattern = slots[2]!;
      this.left[pattern]!--;
      this.simd(SIMD.i8x16_shuffle);
      for (const word of [block.a, block.b, block.c, block.d]) out.word(word[pattern]!);
      return;
    }
    const n = ARG_COUNT[op]!;
    if (slots[n] === RELAXED.f32x4_madd && op === Op.vector3 && !fuses()) {
      this.fusedLanes(slots[0]!, slots[1]!, slots[2]!);
      return;
    }
    for (let k = 0; k < n; k++) this.push(slots[k]!);
    this.simd(slots[n]!);
    if (OP_ROWS[op]!.imms![1] === 'lane') out.byte(slots[n + 1]!);
  }

  /** rotl(x & 0x00ff00ff, 24) | rotl(x & 0xff00ff00, 8). */
  private byteSwap32(a: number): void {
    this.push(a);
    this.swapTop32();
  }

  private fused(a: number, b: number, c: number, type: 'f32' | 'f64'): void {
    const operands = [a, b, c].map((v) => () => this.push(v));
    if (fuses()) writeFused(this.out, type, operands);
    else this.callImport(a, b, c, type === 'f32' ? 'fma32' : 'fma64');
  }

  /** Lane by lane, where the engine has no instruction that rounds once. */
  private fusedLanes(a: number, b: number, c: number): void {
    const { out } = this;
    const result = this.temporary('v128');
    this.vectorConstant(0, 0, 0, 0);
    this.local(W.local_set, result);
    for (let lane = 0; lane < 4; lane++) {
      this.local(W.local_get, result);
      for (const v of [a, b, c]) {
        if (lane < 3) this.pushAgain(v);
        else this.push(v);
        this.simd(FUSED.f32.extract);
        out.byte(lane);
      }
      out.byte(W.call);
      out.u32(IMPORT.fma32);
      this.simd(LANE_ACCESS[Op.setf32]![0]);
      out.byte(lane);
      this.local(W.local_set, result);
    }
    this.local(W.local_get, result);
    this.release('v128', result);
  }

  private callImport(a: number, b: number, c: number, name: ImportName): void {
    this.push(a);
    this.push(b);
    this.push(c);
    this.out.byte(W.call);
    this.out.u32(IMPORT[name]);
  }

  /** Only words pass between JavaScript and WebAssembly without conversion: the result comes in halves. */
  private exact(xy: number, z: number, control: number): void {
    for (const v of [xy, z, control]) this.left[v]!++;
    this.callExact(xy, z, control, 'exactLow');
    this.out.byte(W.i64_extend_i32_u);
    this.callExact(xy, z, control, 'exactHigh');
    this.out.raw([W.i64_extend_i32_u, W.i64_const, 32, W.i64_shl, W.i64_or]);
  }

  private callExact(xy: number, z: number, control: number, name: ImportName): void {
    const { out } = this;
    for (let lane = 0; lane < 4; lane++) {
      if (lane < 3) this.pushAgain(xy);
      else this.push(xy);
      this.simd(SIMD.i32x4_extract_lane);
      out.byte(lane);
    }
    this.pushAgain(z);
    out.byte(W.i32_wrap_i64);
    this.push(z);
    out.raw([W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
    this.push(control);
    out.byte(W.call);
    out.u32(IMPORT[name]);
  }

  private callHelper(i: number, op: Op): void {
    const { block, out } = this;
    const n = ARG_COUNT[op]!;
    if (n > 0) this.push(block.a[i]!);
    if (n > 1) this.push(block.b[i]!);
    if (n > 2) this.push(block.c[i]!);
    for (let k = n; k < 3; k++) this.constant(0);
    const helper = n === 0 ? block.a[i]! : n === 1 ? block.b[i]! : n === 2 ? block.c[i]! : block.d[i]!;
    this.constant(helper);
    out.byte(W.call);
    out.u32(IMPORT.helper);
  }
}

/** True if the body of an `if` op repairs the result of an operation that has gone a way which they hardly ever go. */
function isUnlikely(block: Block, i: number): boolean {
  if (testsForNan(block, block.a[i]!)) return true;
  for (let k = i + 1; k < block.b[i]!; k++) if (block.op[k]! >= Op.nan32 && block.op[k]! <= Op.exact_flags) return true;
  return false;
}
