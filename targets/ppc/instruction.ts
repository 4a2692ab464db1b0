/** Shape of the PowerPC decode tables. */
import type { EncodingRow } from '../decoder';
import type { Fields } from '../pattern';
import type { LiftContext } from './lift-context';

/**
 * What gates a row; a CPU model has a set of them. What Linux emulates where the processor lacks it, every model has.
 * - `power`: POWER instructions that the 601 still has
 * - `fpu`: floating point as such; `fsqrt`, `fres`, `frsqrte`, `fsel`, `stfiwx`: its optional parts;
 *   `fpu-isa205`, `fpu-isa206`: what later versions added
 * - `popcntw`, `isa205`, `isa206`: integer instructions of later versions
 * - `book-e`: gates nothing, but AT_HWCAP tells it
 * - `405-mac`: multiply-accumulate of the 405 and 440; `dlmzb`: determine leftmost zero byte
 * - `spe`: the e500's vectors of two words in a general register; `efp-single`, `efp-double`: its floating point there
 */
export type PpcFeature =
  | 'power'
  | 'fpu'
  | 'fsqrt'
  | 'fres'
  | 'frsqrte'
  | 'fsel'
  | 'stfiwx'
  | 'fpu-isa205'
  | 'fpu-isa206'
  | 'popcntw'
  | 'isa205'
  | 'isa206'
  | '405-mac'
  | 'dlmzb'
  | 'book-e'
  | 'spe'
  | 'efp-single'
  | 'efp-double'
  | 'altivec';

export interface PpcRow extends EncodingRow {
  /** Undefined for what every model has. */
  readonly feature: PpcFeature | undefined;
  /** Assembler syntax with `{placeholders}`; targets/ppc/disassemble.ts has the list. */
  readonly syntax: string | ((fields: Readonly<Record<string, number>>, pc: number) => string);
  /** Lifts the instruction, or returns false if the field values make it invalid (SIGILL). */
  readonly lift: (cx: LiftContext, fields: never) => void | false;
}

/** Declares a row; the lifter's operand record is checked against the pattern. */
export function inst<const P extends string>(
  name: string,
  feature: PpcFeature | undefined,
  pattern: P,
  syntax: string | ((fields: Fields<P>, pc: number) => string),
  lift: (cx: LiftContext, fields: Fields<P>) => void | false,
): PpcRow {
  return { name, feature, pattern, syntax: syntax as PpcRow['syntax'], lift: lift as PpcRow['lift'] };
}

/** Lifter of what user mode may not execute. */
export const privileged = (): false => false;
