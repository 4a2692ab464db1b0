/**
 * Tier 0: executes a block at once, so that code which runs once never waits for a compiler. It is also
 * the reference that the emitters are compared with.
 */
import type { Block } from '../ir/block';
import type { CpuState } from '../ir/cpu-state';
import type { HelperTable } from '../ir/helper-table';
import { Op } from '../ir/opcodes';
import { bswap32, carryAdc, mulhS, mulhU, overflowAdc, popcount } from '../ir/ops';
import { ENGINE_WORD } from '../ir/state';
import { TRAP_KINDS, type TrapKind } from '../ir/types';
import type { GuestAccess } from '../guest-access';
import { CodeStore, RECORD, STORE } from './code-store';
import { Packer, type PackedBlock, type PackedCode } from './pack';
import { executeFloat } from './float-ops';
import { Packed } from './packed-op';
import { VectorUnit } from './vector-unit';
import { executeWide } from './wide-ops';
import { Stop } from './wasm-cases';
import { instantiateLoop, type Loop } from './wasm-loop';

/** A `trap` op inside an `if` was reached. */
export class GuestTrap extends Error {
  constructor(
    readonly kind: TrapKind,
    /** Guest address of the instruction, in interworking form. */
    readonly pc: number,
  ) {
    super(`guest trap: ${kind}`);
  }
}

/** Runs for ever, as far as `RECORD.left` can count. */
const FOR_EVER = 0x7fffffff;

/** Blocks that JavaScript runs before the loop in WebAssembly is worth its 3 ms of compilation. */
const COLD_RUNS = 1000;

/** Calls of a WebAssembly function after which V8 compiles a wrapper for it (--wasm-wrapper-tiering-budget). */
const WRAPPER_BUDGET = 1100;

export class Interpreter {
  /** State memory: CPU state, temporaries and constants. Terminator operands are words of it. */
  readonly words: Int32Array;
  /** Word index in the store of the op that is running, valid when `execute` or `run` throws. */
  private at = 0;
  private readonly store = new CodeStore();
  private readonly packer: Packer;
  private readonly vectors: VectorUnit;
  /** Records of all blocks in the store. */
  private readonly records: number[] = [];
  private loop: Loop | undefined;
  /** The loop has been called so often that V8 has nothing left to compile for it. */
  private loopReady = false;

  /**
   * @param guest guest memory, for the loop in WebAssembly; absent: there is none
   * @param coldRuns blocks that JavaScript runs before there is
   */
  constructor(
    private readonly state: CpuState,
    private readonly memory: GuestAccess,
    private readonly helpers: HelperTable,
    private readonly guest?: WebAssembly.Memory,
    private coldRuns = COLD_RUNS,
  ) {
    this.words = state.i32;
    this.packer = new Packer(state.layout, state.i32, this.store);
    this.vectors = new VectorUnit(state, memory);
  }

  /**
   * Makes a block executable.
   * @param keep 0 for ops that may be left out (Sweeper.keep); absent: all run
   * @param runs see `allow`
   */
  prepare(block: Block, keep?: Uint8Array, runs = Infinity): PackedBlock {
    const packed = this.packer.pack(block, keep, Math.min(runs, FOR_EVER));
    this.records.push(packed.record);
    return packed;
  }

  /** The ops of a block, a view that is valid until the next block is made: `restore` takes them in other runs. */
  codeOf(block: PackedBlock): Int32Array {
    const end = this.records[block.id + 1] ?? this.store.end;
    return this.store.words.subarray(block.record + RECORD.words, end);
  }

  /**
   * Makes a block executable again that another run has packed.
   * @param runs see `allow`
   */
  restore({ code, result, positions }: PackedCode, runs: number): PackedBlock {
    const { store } = this;
    this.packer.constants.learn();
    const id = store.count;
    const record = store.begin(Math.min(runs, FOR_EVER));
    store.append(code);
    this.records.push(record);
    return { record, id, generation: store.generation, result, positions };
  }

  /** The constants that packed code refers to by their place. */
  get constants(): Int32Array {
    return this.packer.constants.all;
  }

  /** Lets this process and the children that it makes from here on restore each other's blocks. See ConstantPool.share. */
  shareConstants(area: Int32Array): void {
    this.packer.constants.share(area);
  }

  /** Takes over the constants of another run, without which none of its blocks can be restored. Call before the first block. */
  adoptConstants(constants: Int32Array): void {
    this.packer.constants.adopt(constants);
  }

  /** How often `run` may run a block before it stops there. */
  allow(block: PackedBlock, runs: number): void {
    if (block.generation === this.store.generation) this.store.words[block.record + RECORD.left] = Math.min(runs, FOR_EVER);
  }

  /** How often `run` may still run a block. */
  left(block: PackedBlock): number {
    return block.generation === this.store.generation ? this.store.words[block.record + RECORD.left]! : FOR_EVER;
  }

  /** True if `run` would stop before the block. */
  spent(block: PackedBlock): boolean {
    return this.store.words[block.record + RECORD.left]! <= 0;
  }

  /** Number of the block that `run` has stopped at: that it ran last, or would run next. */
  get current(): number {
    return this.store.words[this.store.words[STORE.current]! + RECORD.id]!;
  }

  /** Lets `run` go on from a block to its first or second successor by itself. */
  link(from: PackedBlock, successor: 0 | 1, to: PackedBlock): void {
    const { generation, words } = this.store;
    if (from.generation === generation && to.generation === generation) words[from.record + RECORD.link0 + successor] = to.record * 4;
  }

  /** Lets `run` go on at a block after indirect jumps to a pc. */
  remember(pc: number, block: PackedBlock): void {
    if (block.generation === this.store.generation) this.store.remember(pc, block.record);
  }

  /** Forgets all links. */
  unlink(): void {
    this.store.unlink(this.records);
    this.store.forgetTargets();
  }

  /** Forgets how one block goes on. */
  unlinkBlock(block: PackedBlock): void {
    if (block.generation === this.store.generation) this.store.unlink([block.record]);
  }

  /** Forgets where indirect jumps go. */
  forgetTargets(): void {
    this.store.forgetTargets();
  }

  /** True if there is room for few more blocks. */
  get full(): boolean {
    return this.store.full;
  }

  /** Forgets all blocks: none made so far may be used again. */
  clear(): void {
    this.records.length = 0;
    this.store.clear();
  }

  /**
   * Runs a block that is not spent, and those linked behind it.
   * Throws GuestFault or GuestTrap; `current` is then the block it happened in.
   * @returns whether the current block has run; if not, the engine has to look at it first
   */
  run(block: PackedBlock): boolean {
    const { words } = this.store;
    if (this.loop === undefined && this.guest !== undefined && --this.coldRuns < 0)
      this.loop = instantiateLoop(this.guest, this.state.memory, this.store);
    if (this.loop === undefined) {
      words[block.record + RECORD.left]!--;
      words[STORE.current] = block.record;
      this.interpret(block.record + RECORD.words);
      return true;
    }
    let stop: number;
    try {
      stop = this.loop(block.record * 4);
    } catch (e) {
      if (!(e instanceof WebAssembly.RuntimeError)) throw e;
      stop = Stop.Unfinished; // JavaScript repeats the access and knows what is wrong with it
    }
    words[STORE.current]! >>>= 2;
    if (stop === Stop.Unfinished) this.interpret(words[STORE.at]! >>> 2);
    return stop !== Stop.Before;
  }

  /** Compiles the loop in WebAssembly as far as this process has not yet come to that: children would do it each. */
  makeLoop(): void {
    if (this.loopReady || this.guest === undefined) return;
    this.loopReady = true;
    this.loop ??= instantiateLoop(this.guest, this.state.memory, this.store);
    // V8 compiles a function when it is called, and a wrapper after some calls; without headroom this one returns at once
    const { words } = this.store;
    const current = words[STORE.current]!;
    this.words[ENGINE_WORD.headroom] = 0;
    for (let i = 0; i < WRAPPER_BUDGET; i++) this.loop(current * 4);
    words[STORE.current] = current;
    // Headroom stays 0, for somebody may have meant it; who looks for the reason sets it again
  }

  /** Guest pc of the instruction that threw; undefined if the block has no marker before it. */
  faultingPc(block: PackedBlock): number | undefined {
    const { positions } = block;
    const at = this.at - block.record;
    let pc: number | undefined;
    for (let k = 0; k < positions.length && positions[k]! <= at; k += 2) pc = positions[k + 1];
    return pc;
  }

  /**
   * Runs all ops of a block; the caller evaluates the terminator.
   * Throws GuestFault or GuestTrap.
   */
  execute(block: PackedBlock): void {
    this.interpret(block.record + RECORD.words);
  }

  /** Runs the ops from a word of the store on to the end of their block. */
  private interpret(p: number): void {
    const code = this.store.words;
    const S = this.words;
    const { f32: SF, f64: SD } = this.state;
    const memory = this.memory;
    const pages = memory.pages;
    try {
      for (;;) {
        switch (code[p]) {
          case Packed.jump:
          case Packed.branch:
          case Packed.indirect:
          case Packed.leave:
            return;
          case Op.set32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
            p += 3;
            break;
          case Op.set64: {
            const from = code[p + 2]! >> 2;
            const to = code[p + 1]! >> 2;
            const high = S[from + 1]!;
            S[to] = S[from]!;
            S[to + 1] = high;
            p += 3;
            break;
          }
          case Op.const1:
          case Op.const32:
          case Op.constf32:
            S[code[p + 1]! >> 2] = code[p + 2]!;
            p += 3;
            break;
          case Op.const64:
          case Op.constf64:
            S[code[p + 1]! >> 2] = code[p + 2]!;
            S[(code[p + 1]! >> 2) + 1] = code[p + 3]!;
            p += 4;
            break;
          case Op.add32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! + S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.sub32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! - S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.mul32:
            S[code[p + 1]! >> 2] = Math.imul(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.mulh_u32:
            S[code[p + 1]! >> 2] = mulhU(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.mulh_s32:
            S[code[p + 1]! >> 2] = mulhS(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.div_u32: {
            const y = S[code[p + 3]! >> 2]! >>> 0;
            S[code[p + 1]! >> 2] = y === 0 ? 0 : (S[code[p + 2]! >> 2]! >>> 0) / y;
            p += 4;
            break;
          }
          case Op.div_s32: {
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = y === 0 ? 0 : S[code[p + 2]! >> 2]! / y;
            p += 4;
            break;
          }
          case Op.and32:
          case Op.and1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! & S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.or32:
          case Op.or1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! | S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.xor32:
          case Op.xor1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! ^ S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shl32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! << S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shr_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shr_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >> S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.rotr32: {
            const x = S[code[p + 2]! >> 2]!;
            const n = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = (x >>> n) | (x << -n);
            p += 4;
            break;
          }
          case Op.clz32:
            S[code[p + 1]! >> 2] = Math.clz32(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.ctz32: {
            const x = S[code[p + 2]! >> 2]!;
            S[code[p + 1]! >> 2] = x === 0 ? 32 : 31 - Math.clz32(x & -x);
            p += 3;
            break;
          }
          case Op.popcnt32:
            S[code[p + 1]! >> 2] = popcount(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.bswap32:
            S[code[p + 1]! >> 2] = bswap32(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.ext8_s32:
            S[code[p + 1]! >> 2] = (S[code[p + 2]! >> 2]! << 24) >> 24;
            p += 3;
            break;
          case Op.ext16_s32:
            S[code[p + 1]! >> 2] = (S[code[p + 2]! >> 2]! << 16) >> 16;
            p += 3;
            break;
          case Op.select32:
          case Op.select1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! !== 0 ? S[code[p + 3]! >> 2]! : S[code[p + 4]! >> 2]!;
            p += 5;
            break;
          case Op.zext1_32:
          case Op.low64:
          case Op.bits_of_f32:
          case Op.f32_of_bits:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
            p += 3;
            break;
          case Op.eq32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! === S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.ne32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! !== S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.lt_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! < S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.le_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! <= S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.lt_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> 0 < S[code[p + 3]! >> 2]! >>> 0 ? 1 : 0;
            p += 4;
            break;
          case Op.le_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> 0 <= S[code[p + 3]! >> 2]! >>> 0 ? 1 : 0;
            p += 4;
            break;
          case Op.not1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! ^ 1;
            p += 3;
            break;
          case Op.overflow_add32: {
            const x = S[code[p + 2]! >> 2]!;
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = ((x ^ (x + y)) & (y ^ (x + y))) >>> 31;
            p += 4;
            break;
          }
          case Op.overflow_sub32: {
            const x = S[code[p + 2]! >> 2]!;
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = ((x ^ y) & (x ^ (x - y))) >>> 31;
            p += 4;
            break;
          }
          case Op.carry_adc32:
            S[code[p + 1]! >> 2] = carryAdc(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!) ? 1 : 0;
            p += 5;
            break;
          case Op.overflow_adc32:
            S[code[p + 1]! >> 2] = overflowAdc(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!) ? 1 : 0;
            p += 5;
            break;
          case Op.load8_u: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] = (pages[address >>> 12]! & 1) !== 0 ? memory.u8[address]! : memory.load8(address);
            p += 5;
            break;
          }
          case Op.load8_s: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] = (pages[address >>> 12]! & 1) !== 0 ? memory.i8[address]! : (memory.load8(address) << 24) >> 24;
            p += 5;
            break;
          }
          case Op.load16_u:
          case Packed.load16_u:
          case Packed.big_load16_u: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.u16[address >>> 1]!
                : memory.load16(address, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.load16_s:
          case Packed.load16_s:
          case Packed.big_load16_s: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.i16[address >>> 1]!
                : (memory.load16(address, code[p + 4]!) << 16) >> 16;
            p += 5;
            break;
          }
          case Op.load32:
          case Packed.load32:
          case Packed.big_load32: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 3) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.i32[address >>> 2]!
                : memory.load32(address, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.load64:
          case Packed.load64:
          case Packed.big_load64:
            S[code[p + 1]! >> 2] = memory.load64(S[code[p + 2]! >> 2]! + code[p + 3]!, code[p + 4]!);
            S[(code[p + 1]! >> 2) + 1] = memory.high;
            p += 5;
            break;
          case Op.store8: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((pages[address >>> 12]! & 2) !== 0) memory.u8[address] = S[code[p + 2]! >> 2]!;
            else memory.store8(address, S[code[p + 2]! >> 2]!);
            p += 5;
            break;
          }
          case Op.store16:
          case Packed.store16:
          case Packed.big_store16: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0)
              memory.u16[address >>> 1] = S[code[p + 2]! >> 2]!;
            else memory.store16(address, S[code[p + 2]! >> 2]!, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.store32:
          case Packed.store32:
          case Packed.big_store32: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((address & 3) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0)
              memory.i32[address >>> 2] = S[code[p + 2]! >> 2]!;
            else memory.store32(address, S[code[p + 2]! >> 2]!, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.store64:
          case Packed.store64:
          case Packed.big_store64:
            memory.store64(S[code[p + 1]! >> 2]! + code[p + 3]!, S[code[p + 2]! >> 2]!, S[(code[p + 2]! >> 2) + 1]!, code[p + 4]!);
            p += 5;
            break;
          case Op.cas8:
            S[code[p + 1]! >> 2] = memory.cas8(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!);
            p += 6;
            break;
          case Op.cas16:
            S[code[p + 1]! >> 2] = memory.cas16(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!, code[p + 5]!);
            p += 6;
            break;
          case Op.cas32:
            S[code[p + 1]! >> 2] = memory.cas32(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!, code[p + 5]!);
            p += 6;
            break;
          case Op.cas64:
            S[code[p + 1]! >> 2] = memory.cas64(
              S[code[p + 2]! >> 2]!,
              S[code[p + 3]! >> 2]!,
              S[(code[p + 3]! >> 2) + 1]!,
              S[code[p + 4]! >> 2]!,
              S[(code[p + 4]! >> 2) + 1]!,
              code[p + 5]!,
            );
            S[(code[p + 1]! >> 2) + 1] = memory.high;
            p += 6;
            break;
          case Op.fence:
            Atomics.load(S, 0); // any atomic access is a full barrier in JavaScript's memory model
            p += 1;
            break;
          case Op.call0:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 2]!]!.run(0, 0, 0);
            p += 3;
            break;
          case Op.call1:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 3]!]!.run(S[code[p + 2]! >> 2]!, 0, 0);
            p += 4;
            break;
          case Op.call2:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 4]!]!.run(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, 0);
            p += 5;
            break;
          case Op.call3:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 5]!]!.run(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!);
            p += 6;
            break;
          case Op.if:
            p += S[code[p + 1]! >> 2] !== 0 ? 3 : code[p + 2]! >> 2;
            break;
          case Op.trap:
            throw new GuestTrap(TRAP_KINDS[code[p + 1]!]!, code[p + 2]!);
          default:
            p = executeWide(code, p, S) || executeFloat(code, p, S, SF, SD) || this.vectors.execute(code, p);
        }
      }
    } catch (e) {
      this.at = p;
      throw e;
    }
  }
}
