/**
 * Tier 0: executes a block at once, so that code which runs once never waits for a compiler. It is also
 * the reference that the emitters are compared with.
 */
import type { Block } from '../ir/block';
import type { CpuState } from '../ir/cpu-state';
import type { HelperTable } from '../ir/helper-table';
import { ENGINE_WORD } from '../ir/state';
import type { GuestAccess } from '../guest-access';
import { CodeStore, RECORD, STORE } from './code-store';
import { JavaScriptLoop } from './javascript-loop';
import { Packer, type PackedBlock, type PackedCode } from './pack';
import { Stop } from './wasm-cases';
import { instantiateLoop, type Loop } from './wasm-loop';

/** Runs for ever, as far as `RECORD.left` can count. */
const FOR_EVER = 0x7fffffff;

/** Blocks that JavaScript runs before the loop in WebAssembly is worth its 3 ms of compilation. */
const COLD_RUNS = 1000;

/** Calls of a WebAssembly function after which V8 compiles a wrapper for it (--wasm-wrapper-tiering-budget). */
const WRAPPER_BUDGET = 1100;

export class Interpreter {
  /** State memory: CPU state, temporaries and constants. Terminator operands are words of it. */
  readonly words: Int32Array;
  private readonly store = new CodeStore();
  private readonly packer: Packer;
  private readonly inJavaScript: JavaScriptLoop;
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
    memory: GuestAccess,
    helpers: HelperTable,
    private readonly guest?: WebAssembly.Memory,
    private coldRuns = COLD_RUNS,
  ) {
    this.words = state.i32;
    this.packer = new Packer(state.layout, state.i32, this.store);
    this.inJavaScript = new JavaScriptLoop(this.store, state, memory, helpers);
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

  /** Where the ops of a block are until all are cleared (`store` until the next block is made): `restore` takes them in other runs. */
  codeOf(block: PackedBlock): { readonly store: Int32Array; readonly code: number; readonly codeEnd: number } {
    const codeEnd = this.records[block.id + 1] ?? this.store.end;
    return { store: this.store.words, code: block.record + RECORD.words, codeEnd };
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
      this.inJavaScript.run(block.record + RECORD.words);
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
    if (stop === Stop.Unfinished) this.inJavaScript.run(words[STORE.at]! >>> 2);
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
    const at = this.inJavaScript.at - block.record;
    let pc: number | undefined;
    for (let k = 0; k < positions.length && positions[k]! <= at; k += 2) pc = positions[k + 1];
    return pc;
  }

  /**
   * Runs all ops of a block; the caller evaluates the terminator.
   * Throws GuestFault or GuestTrap.
   */
  execute(block: PackedBlock): void {
    this.inJavaScript.run(block.record + RECORD.words);
  }
}
