/**
 * How the interpreter's time is to be divided among guest functions. It goes from block to block by itself, so V8's
 * samples do not say in which it was; but it counts down how often each block may still run.
 */
import type { Interpreter, PackedBlock } from '../translate/interpret';
import type { Block, Location } from '../translate/ir/block';
import type { GuestFunction } from './profile-symbols';

interface Count {
  readonly function: GuestFunction;
  /** Guest instructions of the block. */
  readonly instructions: number;
  /** How often it might run when that was last said. */
  allowed: number;
}

export class InterpreterCounts {
  private readonly blocks = new Map<PackedBlock, Count>();
  private readonly instructions = new Map<GuestFunction, number>();

  /** @param functionOf the function that the block at a location belongs to */
  constructor(
    private readonly interpreter: Interpreter,
    private readonly functionOf: (at: Location) => GuestFunction,
  ) {
    const prepare = interpreter.prepare.bind(interpreter);
    const allow = interpreter.allow.bind(interpreter);
    const clear = interpreter.clear.bind(interpreter);
    interpreter.prepare = (block, keep, runs) => this.prepared(block, prepare(block, keep, runs));
    interpreter.allow = (packed, runs) => {
      const count = this.blocks.get(packed);
      if (count !== undefined) this.harvest(packed, count);
      allow(packed, runs);
      if (count !== undefined) count.allowed = interpreter.left(packed);
    };
    interpreter.clear = () => {
      this.harvestAll();
      this.blocks.clear();
      clear();
    };
  }

  /** Guest instructions that were interpreted, by function. */
  byFunction(): ReadonlyMap<GuestFunction, number> {
    this.harvestAll();
    return this.instructions;
  }

  /** Begins anew. */
  forget(): void {
    this.harvestAll();
    this.instructions.clear();
  }

  private prepared(block: Block, packed: PackedBlock): PackedBlock {
    const { instructions, start } = block;
    this.blocks.set(packed, { function: this.functionOf(start), instructions, allowed: this.interpreter.left(packed) });
    return packed;
  }

  private harvestAll(): void {
    for (const [packed, count] of this.blocks) this.harvest(packed, count);
  }

  private harvest(packed: PackedBlock, count: Count): void {
    const left = this.interpreter.left(packed);
    const ran = (count.allowed - left) * count.instructions;
    if (ran > 0) this.instructions.set(count.function, (this.instructions.get(count.function) ?? 0) + ran);
    count.allowed = left;
  }
}
