/** What the interpreter in WebAssembly does for each opcode of packed code. */
import type { Encoder } from '../emit-wasm/encoder';
import { ACCESS, DIRECT, EMPTY_BLOCK, SIMD, VALUE_TYPE, W } from '../emit-wasm/opcodes';
import { fuses, writeFused } from '../emit-wasm/fused';
import { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';
import { MemFlag, type IrType } from '../ir/types';
import { RECORD, STORE } from './code-store';
import { bigEndian, flagged, needsCheck, Packed } from './packed-op';

/** Memory indices. */
export const MEMORY = { guest: 0, state: 1, code: 2 } as const;

/** Locals: the parameter, the byte address of the op, and scratch. */
export const LOCAL = { b: 0, p: 1, x: 2, y: 3, r: 4 } as const;
/** Types of the locals behind the parameter. */
export const LOCALS: readonly number[] = [VALUE_TYPE.i32, VALUE_TYPE.i32, VALUE_TYPE.i32, VALUE_TYPE.i32];

/** Alignment field bit that says a memory index follows (multi-memory). */
const HAS_MEMORY_INDEX = 0x40;

const LOAD: Readonly<Record<IrType, number>> = {
  i1: W.i32_load,
  i32: W.i32_load,
  i64: W.i64_load,
  f32: W.f32_load,
  f64: W.f64_load,
  v128: W.unreachable,
};
const STORE_OPCODE: Readonly<Record<IrType, number>> = {
  i1: W.i32_store,
  i32: W.i32_store,
  i64: W.i64_store,
  f32: W.f32_store,
  f64: W.f64_store,
  v128: W.unreachable,
};

/** Of so many computed jumps of a block one is left to the engine; a power of two. */
const SAMPLE_EVERY = 32;

/** Where the loop stopped, with the block's byte address in STORE.current. */
export enum Stop {
  /** Before the block: it is spent, or there is no headroom. */
  Before,
  /** Behind the block: where it goes on is for the engine to find out. */
  After,
  /** At the op whose byte address is in STORE.at, which is for JavaScript to run. */
  Unfinished,
}

export interface Case {
  readonly opcodes: readonly number[];
  /** Writes the code; it must not fall out of its end. */
  readonly write: () => void;
}

export class CaseWriter {
  /** Branch depth of the loop over ops from where code is written; those of the other two follow. */
  depth = 0;

  constructor(readonly out: Encoder) {}

  // Pieces

  constant(x: number): void {
    this.out.byte(W.i32_const);
    this.out.s32(x);
  }

  local(opcode: number, index: number): void {
    this.out.byte(opcode);
    this.out.u32(index);
  }

  /** A load or store of any memory. The alignment is only a hint. */
  access(opcode: number, memory: number, offset = 0): void {
    const { out } = this;
    out.byte(opcode);
    if (memory === MEMORY.guest) out.byte(0);
    else {
      out.byte(HAS_MEMORY_INDEX);
      out.byte(memory);
    }
    out.u32(offset);
  }

  storeHeader(word: number, value: () => void): void {
    this.constant(0);
    value();
    this.access(W.i32_store, MEMORY.code, 4 * word);
  }

  /** Pushes word k of the op. */
  word(k: number): void {
    this.local(W.local_get, LOCAL.p);
    this.access(W.i32_load, MEMORY.code, 4 * k);
  }

  /** Pushes the value that word k says where to find. */
  private value(k: number, type: IrType): void {
    this.word(k);
    this.access(LOAD[type], MEMORY.state);
  }

  /** Returns if the value on the stack is not 0. */
  stop(why: Stop): void {
    this.out.raw([W.if, EMPTY_BLOCK, W.i32_const, why, W.return, W.end]);
  }

  private toNextOp(words: number): void {
    this.local(W.local_get, LOCAL.p);
    this.constant(4 * words);
    this.out.byte(W.i32_add);
    this.local(W.local_set, LOCAL.p);
    this.br(0);
  }

  /** To the loop over ops (0), the loop over blocks (1), or out to where JavaScript takes over (2). */
  private br(loop: 0 | 1 | 2): void {
    this.out.byte(W.br);
    this.out.u32(this.depth + loop);
  }

  // Cases

  cases(): readonly Case[] {
    const list: Case[] = [];
    for (let op = 0; op < OP_ROWS.length; op++) {
      const shape = ACCESS[op as Op];
      if (DIRECT[op as Op] !== undefined) list.push(this.computing(op as Op, (args) => this.direct(op as Op, args)));
      else if (shape !== undefined && shape.atomic === undefined && shape.size < 16) {
        list.push({ opcodes: [op], write: () => this.memory(op as Op, false) });
        if (!needsCheck(op as Op, 1)) continue;
        list.push({ opcodes: [flagged(op as Op)], write: () => this.memory(op as Op, true) });
        list.push({ opcodes: [bigEndian(op as Op)], write: () => this.bigEndianMemory(op as Op) });
      }
    }
    return [...list, ...this.moves(), ...this.arithmetic(), ...this.control(), { opcodes: [], write: () => this.br(2) }];
  }

  /** A pure op, given how its result is pushed. */
  private computing(op: Op, push: (args: readonly (() => void)[]) => void, alike: readonly Op[] = []): Case {
    const { args, result } = OP_ROWS[op]!;
    const write = (): void => {
      this.word(1);
      push(args.map((type, k) => () => this.value(2 + k, type)));
      this.access(STORE_OPCODE[result as IrType], MEMORY.state);
      this.toNextOp(2 + args.length);
    };
    return { opcodes: [op, ...alike], write };
  }

  private direct(op: Op, args: readonly (() => void)[]): void {
    for (const a of args) a();
    this.out.raw(DIRECT[op]!);
  }

  private moves(): readonly Case[] {
    const move = (opcodes: readonly Op[], words: number, type: IrType, push: () => void): Case => ({
      opcodes,
      write: () => {
        this.word(1);
        push();
        this.access(STORE_OPCODE[type], MEMORY.state);
        this.toNextOp(words);
      },
    });
    const literal = (opcode: number): void => {
      this.local(W.local_get, LOCAL.p);
      this.access(opcode, MEMORY.code, 8);
    };
    return [
      move([Op.set32], 3, 'i32', () => this.value(2, 'i32')),
      move([Op.set64], 3, 'i64', () => this.value(2, 'i64')),
      move([Op.const1, Op.const32, Op.constf32], 3, 'i32', () => literal(W.i32_load)),
      move([Op.const64, Op.constf64], 4, 'i64', () => literal(W.i64_load)),
    ];
  }

  private arithmetic(): readonly Case[] {
    const { out } = this;
    const select = (args: readonly (() => void)[]): void => {
      args[1]!();
      args[2]!();
      args[0]!();
      out.byte(W.select);
    };
    const product = (extend: number, high: boolean) => (args: readonly (() => void)[]) => {
      args[0]!();
      out.byte(extend);
      args[1]!();
      out.raw([extend, W.i64_mul]);
      if (high) out.raw([W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
    };
    const fused = (type: 'f32' | 'f64') => (args: readonly (() => void)[]) => writeFused(out, type, args);
    return [
      ...(fuses() ? [this.computing(Op.fmaf32, fused('f32')), this.computing(Op.fmaf64, fused('f64'))] : []),
      this.computing(Op.select32, select, [Op.select1]),
      this.computing(Op.select64, select),
      this.computing(Op.mulh_u32, product(W.i64_extend_i32_u, true)),
      this.computing(Op.mulh_s32, product(W.i64_extend_i32_s, true)),
      this.computing(Op.mul_wide_u32, product(W.i64_extend_i32_u, false)),
      this.computing(Op.mul_wide_s32, product(W.i64_extend_i32_s, false)),
      this.computing(Op.div_u32, (args) => this.division(args, false)),
      this.computing(Op.div_s32, (args) => this.division(args, true)),
      this.computing(Op.div_u64, ([x, y]) => {
        y!();
        out.raw([W.i64_eqz, W.if, VALUE_TYPE.i64, W.i64_const, 0, W.else]);
        x!();
        y!();
        out.raw([W.i64_div_u, W.end]);
      }),
      this.computing(Op.bswap32, ([x]) => this.byteSwap(x!)),
      this.computing(Op.overflow_add32, (args) => this.overflow(args)),
      this.computing(Op.overflow_adc32, (args) => this.overflow(args)),
      this.computing(Op.overflow_sub32, (args) => this.overflowOfDifference(args)),
      this.computing(Op.carry_adc32, (args) => {
        for (const a of args) {
          a();
          out.byte(W.i64_extend_i32_u);
        }
        out.raw([W.i64_add, W.i64_add, W.i64_const, 32, W.i64_shr_u, W.i32_wrap_i64]);
      }),
      this.computing(Op.pair64, ([low, high]) => {
        low!();
        out.byte(W.i64_extend_i32_u);
        high!();
        out.raw([W.i64_extend_i32_u, W.i64_const, 32, W.i64_shl, W.i64_or]);
      }),
    ];
  }

  /** Moves two operands into x and y. */
  private operands([x, y]: readonly (() => void)[]): void {
    x!();
    this.local(W.local_set, LOCAL.x);
    y!();
    this.local(W.local_set, LOCAL.y);
  }

  /** x / 0 = 0 and MIN / -1 = MIN, where WebAssembly traps. */
  private division(args: readonly (() => void)[], signed: boolean): void {
    const { out } = this;
    this.operands(args);
    out.raw([W.local_get, LOCAL.y, W.i32_eqz, W.if, VALUE_TYPE.i32, W.i32_const, 0, W.else]);
    if (signed) {
      // x / -1 = -x
      out.raw([W.local_get, LOCAL.y, W.i32_const, 0x7f, W.i32_eq, W.if, VALUE_TYPE.i32]);
      out.raw([W.i32_const, 0, W.local_get, LOCAL.x, W.i32_sub, W.else]);
    }
    out.raw([W.local_get, LOCAL.x, W.local_get, LOCAL.y, signed ? W.i32_div_s : W.i32_div_u]);
    if (signed) out.byte(W.end);
    out.byte(W.end);
  }

  /** rotl(x & 0x00ff00ff, 24) | rotl(x & 0xff00ff00, 8). */
  private byteSwap(x: () => void): void {
    const { out } = this;
    x();
    this.local(W.local_tee, LOCAL.x);
    this.constant(0x00ff00ff);
    out.raw([W.i32_and, W.i32_const, 24, W.i32_rotl, W.local_get, LOCAL.x]);
    this.constant(0xff00ff00 | 0);
    out.raw([W.i32_and, W.i32_const, 8, W.i32_rotl, W.i32_or]);
  }

  /** ((x ^ r) & (y ^ r)) < 0 with r = x + y (+ c). */
  private overflow(args: readonly (() => void)[]): void {
    const { out } = this;
    this.operands(args);
    out.raw([W.local_get, LOCAL.x, W.local_get, LOCAL.y, W.i32_add]);
    if (args.length > 2) {
      args[2]!();
      out.byte(W.i32_add);
    }
    out.raw([W.local_tee, LOCAL.r, W.local_get, LOCAL.x, W.i32_xor, W.local_get, LOCAL.r, W.local_get, LOCAL.y, W.i32_xor]);
    out.raw([W.i32_and, W.i32_const, 31, W.i32_shr_u]);
  }

  /** ((x ^ y) & (x ^ (x - y))) < 0. */
  private overflowOfDifference(args: readonly (() => void)[]): void {
    const { out } = this;
    this.operands(args);
    out.raw([W.local_get, LOCAL.x, W.local_get, LOCAL.y, W.i32_xor]);
    out.raw([W.local_get, LOCAL.x, W.local_get, LOCAL.x, W.local_get, LOCAL.y, W.i32_sub, W.i32_xor]);
    out.raw([W.i32_and, W.i32_const, 31, W.i32_shr_u]);
  }

  /** A load or store, words: destination if it loads, address, value if it stores, offset, flags. */
  private memory(op: Op, checked: boolean): void {
    const { out } = this;
    const { opcode, size, store } = ACCESS[op]!;
    this.value(store === true ? 1 : 2, 'i32');
    this.word(3);
    out.byte(W.i32_add);
    this.local(W.local_set, LOCAL.x);
    if (checked) this.checkFlags(size);
    // In case the access faults
    this.storeHeader(STORE.at, () => this.local(W.local_get, LOCAL.p));
    if (store === true) {
      this.local(W.local_get, LOCAL.x);
      this.value(2, OP_ROWS[op]!.args[1]!);
      this.access(opcode, MEMORY.guest);
    } else {
      this.word(1);
      this.local(W.local_get, LOCAL.x);
      this.access(opcode, MEMORY.guest);
      this.access(STORE_OPCODE[OP_ROWS[op]!.result as IrType], MEMORY.state);
    }
    this.toNextOp(5);
  }

  /** The same of 2 to 8 bytes in the other byte order. */
  private bigEndianMemory(op: Op): void {
    const { opcode, size, store } = ACCESS[op]!;
    const isStore = store === true;
    this.storeHeader(STORE.at, () => this.local(W.local_get, LOCAL.p));
    if (!isStore) this.word(1);
    this.value(isStore ? 1 : 2, 'i32');
    this.word(3);
    this.out.byte(W.i32_add);
    if (isStore) this.word(2);
    if (size === 8) this.moveSwapped(isStore ? MEMORY.state : MEMORY.guest, isStore ? MEMORY.guest : MEMORY.state);
    else if (isStore) {
      this.access(W.i32_load, MEMORY.state);
      this.swapTop(size);
      this.access(opcode, MEMORY.guest);
    } else {
      this.access(size === 2 ? W.i32_load16_u : opcode, MEMORY.guest);
      this.swapTop(size);
      if (op === Op.load16_s) this.out.raw(DIRECT[Op.ext16_s32]!);
      this.access(W.i32_store, MEMORY.state);
    }
    this.toNextOp(5);
  }

  /** Reverses the bytes of the word, or the lower halfword, on the stack. */
  private swapTop(size: number): void {
    this.byteSwap(() => {});
    if (size === 2) this.out.raw([W.i32_const, 16, W.i32_shr_u]);
  }

  /** Moves a doubleword in reverse order: the addresses of the destination and the source are on the stack. */
  private moveSwapped(from: number, to: number): void {
    const { out } = this;
    const lane = (opcode: number, memory: number): void => {
      out.byte(W.simd);
      this.access(opcode, memory);
    };
    lane(SIMD.v128_load64_splat, from);
    out.raw([W.simd, SIMD.v128_const]);
    for (const word of [0x04050607, 0x00010203, 0, 0]) out.word(word);
    out.raw([W.simd, SIMD.i8x16_swizzle]);
    lane(SIMD.v128_store64_lane, to);
    out.byte(0);
  }

  /** Leaves accesses in the other byte order and those that must be aligned but are not to JavaScript. */
  private checkFlags(size: number): void {
    const { out } = this;
    this.word(4);
    this.constant(MemFlag.BigEndian);
    out.byte(W.i32_and);
    this.local(W.local_get, LOCAL.x);
    this.constant(size - 1);
    out.raw([W.i32_and, W.i32_or, W.if, EMPTY_BLOCK]);
    this.depth++;
    this.br(2);
    this.depth--;
    out.byte(W.end);
  }

  private control(): readonly Case[] {
    return [
      { opcodes: [Op.if], write: () => this.if() },
      { opcodes: [Packed.jump], write: () => this.follow(() => this.link(RECORD.link0)) },
      { opcodes: [Packed.branch], write: () => this.follow(() => this.branch()) },
      { opcodes: [Packed.indirect], write: () => this.indirect() },
      { opcodes: [Packed.leave], write: () => this.out.raw([W.i32_const, Stop.After, W.return]) },
    ];
  }

  private if(): void {
    const { out } = this;
    this.local(W.local_get, LOCAL.p);
    out.raw([W.i32_const, 12]);
    this.word(2);
    this.value(1, 'i1');
    out.raw([W.select, W.i32_add]);
    this.local(W.local_set, LOCAL.p);
    this.br(0);
  }

  private link(word: number): void {
    this.local(W.local_get, LOCAL.b);
    this.access(W.i32_load, MEMORY.code, 4 * word);
  }

  private branch(): void {
    this.link(RECORD.link0);
    this.link(RECORD.link1);
    this.value(1, 'i1');
    this.out.byte(W.select);
  }

  /** Goes on at the block whose address is pushed, unless that is 0. */
  private follow(push: () => void): void {
    const { out } = this;
    push();
    this.local(W.local_tee, LOCAL.x);
    out.byte(W.i32_eqz);
    this.stop(Stop.After);
    this.local(W.local_get, LOCAL.x);
    this.local(W.local_set, LOCAL.b);
    this.br(1);
  }

  private indirect(): void {
    const { out } = this;
    // Now and then the engine wants to see where it goes.
    this.local(W.local_get, LOCAL.b);
    this.access(W.i32_load, MEMORY.code, 4 * RECORD.left);
    this.constant(SAMPLE_EVERY - 1);
    out.byte(W.i32_and);
    this.constant(SAMPLE_EVERY / 2);
    out.byte(W.i32_eq);
    this.stop(Stop.After);
    this.value(1, 'i32');
    this.local(W.local_tee, LOCAL.x);
    // Entries are 8 bytes and chosen by the pc without bit 0
    out.raw([W.i32_const, 2, W.i32_shl]);
    this.constant((STORE.lookupEntries - 1) * 8);
    out.byte(W.i32_and);
    this.local(W.local_tee, LOCAL.y);
    this.access(W.i32_load, MEMORY.code, 4 * STORE.lookup);
    this.local(W.local_get, LOCAL.x);
    out.byte(W.i32_ne);
    this.stop(Stop.After);
    this.local(W.local_get, LOCAL.y);
    this.access(W.i32_load, MEMORY.code, 4 * STORE.lookup + 4);
    this.local(W.local_set, LOCAL.b);
    this.br(1);
  }
}
