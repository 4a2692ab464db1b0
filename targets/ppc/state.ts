/** The user-mode state of a 32-bit PowerPC processor (PEM, Power ISA book I and the AltiVec PEM). */
import { StateLayout, type FieldSpec } from '../../translate/ir/state';

const numbered = (prefix: string, count: number, type: FieldSpec[1]): FieldSpec[] =>
  Array.from({ length: count }, (_, i): FieldSpec => [`${prefix}${i}`, type]);

const CORE: readonly FieldSpec[] = [
  ...numbered('r', 32, 'i32'),
  ['lr', 'i32'],
  ['ctr', 'i32'],
  // XER: the flags by themselves, so that dead ones vanish, and the rest (byte count and compare byte of string instructions)
  ['so', 'i1'],
  ['ov', 'i1'],
  ['ca', 'i1'],
  ['xer', 'i32'],
  // Reservation of lwarx: its address (RESERVE_NONE if there is none) and the value that was loaded
  ['reserve_address', 'i32'],
  ['reserve_value', 'i32'],
  // Where a conditional branch that sets LR and is taken goes (Mode.Taken)
  ['branch_target', 'i32'],
  // The line that icbi names and its size, for the call that it lifts as
  ['icbi_address', 'i32'],
  ['icbi_length', 'i32'],
  // POWER's multiplier-quotient register, which the 601 has
  ['mq', 'i32'],
  ['vrsave', 'i32'],
  // USPRG0, which some models let user mode have
  ['usprg', 'i32'],
  ['fpscr', 'i32'],
  // FE1 and FE0 of MSR, inverted: 3 if enabled floating-point exceptions raise no signal
  ['fpexc_off', 'i32'],
  // VSCR without SAT
  ['vscr', 'i32'],
  // SPEFSCR, which the e500 has instead of FPSCR
  ['spefscr', 'i32'],
  // CR: what each field was compared from (see below)
  ...numbered('cr', 8, 'i64'),
];

const FPU_BASE = 384;

const VECTOR_BASE = FPU_BASE + 256;

const FPU_AND_VECTORS: readonly FieldSpec[] = [
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`f${i}`, 'f64', FPU_BASE + 8 * i]),
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`v${i}`, 'v128', VECTOR_BASE + 16 * i]),
  // VSCR.SAT: set if any bit is
  ['sat', 'v128', VECTOR_BASE + 512],
];

/**
 * What SPE adds: the upper halves of the general registers, fields of their own, of which code that does not use them knows nothing;
 * and the accumulator.
 */
const SPE: readonly FieldSpec[] = [...numbered('evr', 32, 'i32'), ['acc', 'i64']];

export const PPC_LAYOUT = new StateLayout([...CORE, ...FPU_AND_VECTORS, ...SPE]);

/** `reserve_address` when there is no reservation. */
export const RESERVE_NONE = -1;

/**
 * What a CR field's 64 bits say. The difference of two 32-bit numbers, exact in 64 bits, has all three at once, so a
 * comparison is one subtraction and each test of it one comparison; and any other combination can be built.
 * - GT: the number is positive
 * - LT: bit 62 is set
 * - EQ: the low word is 0
 * - SO: bits 63 and 61 differ, which they never do in a difference: a comparison has nothing to do for it where XER.SO is 0
 */
export const CR_HIGH = {
  /** Bit of the high word that is LT. */
  less: 1 << 30,
  /** Bit of the high word without which GT holds. */
  notGreater: 0x80000000 | 0,
  /** Differs from the bit `notGreater` if SO holds. */
  summary: 1 << 29,
  /** From `summary` to `notGreater`. */
  summaryShift: 2,
  /** Keeps the number from being 0 where GT holds and EQ too. */
  nonZero: 1,
} as const;

/** Ours, a reserved bit in the field `xer`: code is lifted for an XER.SO that may be set. */
export const SUMMARY_TRACKED = 0x00010000;

/**
 * Location modes (translate/ir/block).
 * - `Taken`: the branch here is known to be taken. A conditional branch to a register, or one that is a call, needs a block of
 *   its own for that.
 * - `Directed`: FPSCR.RN may be another than to nearest; without it RN is known to be 0 (unless code is lifted exactly)
 * - `FpscrSpecial`, `FpscrForeign`: the mtfsf here changes RN or exceptions; or exceptions
 * - `FpscrAccessed`: the first instruction that makes exact floating point necessary
 * - `SummaryWanted`: the mtxer here sets XER.SO
 * - `SummaryAccessed`: the first instruction that may set XER.SO
 */
export const Mode = {
  Taken: 1,
  Directed: 2,
  FpscrSpecial: 4,
  FpscrForeign: 8,
  FpscrAccessed: 16,
  SummaryWanted: 32,
  SummaryAccessed: 64,
} as const;
