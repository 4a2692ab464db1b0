/** Shape of the MIPS decode tables. */
import type { EncodingRow } from '../decoder';
import type { Fields } from '../pattern';
import type { LiftContext } from './lift-context';

/**
 * What gates a row; a CPU model has a set of them. `pre6` is what Release 6 took away. Models begin at MIPS32
 * Release 1, which has all of MIPS I and II.
 */
export type MipsFeature =
  'pre6' | 'r2' | 'r5' | 'r6' | 'fpu' | 'fpu-pre6' | 'fpu-r2' | 'fr1' | 'nan2008' | 'mips16' | 'micromips' | 'dsp' | 'dspr2' | 'msa';

export interface MipsRow extends EncodingRow {
  /** Undefined for what every model has. */
  readonly feature: MipsFeature | undefined;
  /** Assembler syntax with `{placeholders}`; targets/mips/disassemble.ts has the list. */
  readonly syntax: string | ((fields: Readonly<Record<string, number>>, pc: number) => string);
  /** A branch or jump: none may be in a forbidden slot (Release 6). */
  readonly branches?: true;
  /** With the instruction behind it this one may be a single access (LWL and LWR). */
  readonly partner?: true;
  /** Lifts the instruction, or returns false if the field values make it reserved (SIGILL). */
  readonly lift: (cx: LiftContext, fields: never) => void | false;
}

/** Declares a row; the lifter's operand record is checked against the pattern. */
export function inst<const P extends string>(
  name: string,
  feature: MipsFeature | undefined,
  pattern: P,
  syntax: string | ((fields: Fields<P>, pc: number) => string),
  lift: (cx: LiftContext, fields: Fields<P>) => void | false,
): MipsRow {
  return { name, feature, pattern, syntax: syntax as MipsRow['syntax'], lift: lift as MipsRow['lift'] };
}

/** Lifter of what User mode may not execute. */
export const privileged = (): false => false;
