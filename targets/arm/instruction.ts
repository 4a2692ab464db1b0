/** Shape of the ARM decode tables. */
import type { EncodingRow } from '../decoder';
import type { Fields } from '../pattern';
import type { LiftContext } from './lift-context';

/** Architecture feature that gates a row; a CPU model has a set of them. */
export type ArmFeature =
  | ('v4t' | 'v5' | 'v5te' | 'v6' | 'v6k' | 'v6t2' | 'v7' | 'div' | 'lpae' | 'mp' | 'v8' | 'vfp2' | 'vfp3' | 'vfp4' | 'd32' | 'neon')
  // Extensions of ARMv8, most by the names of their HWCAP bits
  | ('crc32' | 'aes' | 'pmull' | 'sha1' | 'sha2' | 'rdm' | 'dotprod' | 'i8mm' | 'fp16' | 'fhm' | 'fcma' | 'jscvt' | 'bf16' | 'sb');

export interface ArmRow extends EncodingRow {
  /** Undefined for what ARMv4 has. */
  readonly feature: ArmFeature | undefined;
  /**
   * Assembler syntax for the disassembler: literal text with `{placeholders}`. `{c}` is the condition,
   * `{s}` an S if field s is 1, `{d}` and other register letters the register name, `{#i}` an immediate;
   * targets/arm/disassemble.ts has the list. Where that is not enough, a function of the fields.
   */
  readonly syntax: string | ((fields: Readonly<Record<string, number>>, pc: number) => string);
  /** Lifts the instruction, or returns false if the field values make it undefined or unpredictable (SIGILL). */
  readonly lift: (cx: LiftContext, fields: never) => void | false;
}

/** Declares a row; the lifter's operand record is checked against the pattern. */
export function inst<const P extends string>(
  name: string,
  feature: ArmFeature | undefined,
  pattern: P,
  syntax: string | ((fields: Fields<P>, pc: number) => string),
  lift: (cx: LiftContext, fields: Fields<P>) => void | false,
): ArmRow {
  return { name, feature, pattern, syntax: syntax as ArmRow['syntax'], lift: lift as ArmRow['lift'] };
}
