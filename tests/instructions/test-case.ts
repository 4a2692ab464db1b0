/** What one randomly generated test consists of, before it has addresses: of any target, and of ARM. */

/** One encoded instruction. */
export interface Instruction {
  /** The encoding; one of 32 bits that is fetched by halfwords has the first in the upper half. */
  readonly word: number;
  /** Where it comes from: the row of the decode table or the generator. */
  readonly name: string;
  /** Never left out when a failing case is shrunk: without it the case might not end. */
  readonly essential?: boolean;
}

/** A test of any target. */
export interface AnyCase {
  readonly code: readonly Instruction[];
  /** The same code is run once for each. */
  readonly inputs: readonly unknown[];
}

/** One run of a case: what a record of a program's output belongs to. */
export interface Run<C extends AnyCase> {
  readonly testCase: C;
  readonly input: C['inputs'][number];
}

/** An instruction of ARM. */
export interface Encoding extends Instruction {
  /** Bytes: 2 or 4. */
  readonly size: 2 | 4;
  /** Architecture feature that it needs, as in targets/arm; undefined for what every processor has. */
  readonly feature?: string | undefined;
  /** Data among the code: in the byte order of data. */
  readonly data?: boolean;
  /** Part of what loads and stores registers around the instructions of interest, which is not counted. */
  readonly frame?: boolean;
}

/** A word that depends on where the test ends up: an offset into its scratch memory or its code. */
export interface Relative {
  readonly base: 'scratch' | 'code';
  readonly offset: number;
}

export type Value = number | Relative;

/** State before the first instruction. */
export interface Input {
  /** r0 to r12, sp, lr. */
  readonly registers: readonly Value[];
  /** N, Z, C, V, Q in bits 31-27 and GE in bits 19-16. */
  readonly apsr: number;
  /** As many words as the group's scratch memory has. */
  readonly scratch: readonly Value[];
}

export interface TestCase extends AnyCase {
  readonly thumb: boolean;
  /** The reference may refuse it, so that it is tried on its own first. */
  readonly doubtful?: boolean;
  readonly code: readonly Encoding[];
  readonly inputs: readonly Input[];
}

export const REGISTER_COUNT = 15;
export const REGISTER_NAMES = [
  'r0',
  'r1',
  'r2',
  'r3',
  'r4',
  'r5',
  'r6',
  'r7',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'sp',
  'lr',
  'apsr',
] as const;

/** The bits of the APSR that user code can read and write: N Z C V Q and GE. */
export const APSR_MASK = 0xf80f0000 | 0;

/** Bytes that the instructions of a case take. */
export function codeSize(code: readonly Encoding[]): number {
  return code.reduce((n, e) => n + e.size, 0);
}

/** Instructions of a case that a comparison counts. */
export function countedInstructions({ code }: TestCase): number {
  return code.reduce((n, e) => n + (e.data === true || e.frame === true ? 0 : 1), 0);
}

export const ARM_NOP = 0xe1a00000 | 0; // mov r0, r0: known to every version
export const THUMB_NOP = 0x46c0; // mov r8, r8
