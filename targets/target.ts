/** What the rest of tsemu knows of a guest architecture. A target knows the IR, never an emitter. */
import type { Block, Location } from '../translate/ir/block';
import type { Builder } from '../translate/ir/builder';
import type { CpuState } from '../translate/ir/cpu-state';
import type { HelperTable } from '../translate/ir/helper-table';
import type { StateLayout } from '../translate/ir/state';

/** Reads guest code for a lifter. Addresses are unsigned; values are in the guest's instruction byte order. */
export interface CodeReader {
  /** The halfword at a 2-aligned address, or undefined if it is not executable. */
  fetch16(address: number): number | undefined;
  /** The word (as a signed 32-bit number) at a 2-aligned address, or undefined if any part is not executable. */
  fetch32(address: number): number | undefined;
  /** Tells the log of an encoding that raises SIGILL because the target does not implement it. */
  unimplemented(address: number, what: string): void;
}

/** One line of a disassembly listing. */
export interface DisassembledInstruction {
  readonly address: number;
  /** Bytes the instruction takes: 2 or 4. */
  readonly size: number;
  /** The encoding as a number of that size. */
  readonly word: number;
  /** Assembler syntax. */
  readonly text: string;
}

/** A translator for one CPU model: holds the decoder state a lifter needs between calls. */
export interface Lifter {
  /**
   * Lifts the basic block at a location.
   * @param maxInstructions stop after this many even if the block goes on; at least 1
   */
  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block;
  /**
   * Asked where the guest's state may have become one that code has not been lifted for.
   * @returns true if all code must be lifted again
   */
  adapt?(state: CpuState): boolean;
  /** Disassembles a block's guest code, for `-d in_asm`. */
  disassemble(code: CodeReader, at: Location, end: number): readonly DisassembledInstruction[];
}

export interface CpuModel {
  /** As after `-cpu`; qemu-user's names. */
  readonly name: string;
  readonly description: string;
  /** Feature names the decoder gates rows by. */
  readonly features: ReadonlySet<string>;
}

export interface Target {
  /** The guest's name as in `tsemu-NAME`. */
  readonly name: string;
  readonly layout: StateLayout;
  readonly helpers: HelperTable;
  readonly models: readonly CpuModel[];
  readonly defaultModel: string;
  /** State fields in the order a register dump (`-d cpu`, differential tests) prints them. */
  readonly registers: readonly string[];
  createLifter(model: CpuModel): Lifter;
}
