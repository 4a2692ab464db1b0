/** The user-mode state of an AArch32 processor (Arm ARM DDI 0406C, section A2.3 and A2.6). */
import { StateLayout, type FieldSpec } from '../../translate/ir/state';

const CORE: readonly FieldSpec[] = [
  ...Array.from({ length: 15 }, (_, i): FieldSpec => [`r${i}`, 'i32']),
  // APSR: flags are separate fields so that dead ones vanish
  ['n', 'i1'],
  ['z', 'i1'],
  ['c', 'i1'],
  ['v', 'i1'],
  ['q', 'i1'],
  // GE[3:0] as a 4-bit number
  ['ge', 'i32'],
  // Local exclusive monitor: the tagged address (EXCLUSIVE_NONE if open) and the value that was loaded
  ['exclusive_address', 'i32'],
  ['exclusive_low', 'i32'],
  ['exclusive_high', 'i32'],
  // User read-only and read-write thread ID registers (TPIDRURO, TPIDRURW)
  ['tpidruro', 'i32'],
  ['tpidrurw', 'i32'],
  // FPSCR without the NZCV and QC bits, which are fields of their own; bit 31 is FPSCR.tracked below
  ['fpscr', 'i32'],
  ['fn', 'i1'],
  ['fz', 'i1'],
  ['fc', 'i1'],
  ['fv', 'i1'],
];

const VFP_BASE = 192;

/** d0-d31, with s0-s31 as the halves of d0-d15 and q0-q15 as pairs of doublewords (section A2.6.2). */
const VFP: readonly FieldSpec[] = [
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`d${i}`, 'f64', VFP_BASE + 8 * i]),
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`s${i}`, 'f32', VFP_BASE + 4 * i]),
  ...Array.from({ length: 16 }, (_, i): FieldSpec => [`q${i}`, 'v128', VFP_BASE + 16 * i]),
  // FPSCR.QC: set if any bit is
  ['qc', 'v128', VFP_BASE + 256],
];

export const ARM_LAYOUT = new StateLayout([...CORE, ...VFP]);

/** `exclusive_address` when no exclusive load is pending. */
export const EXCLUSIVE_NONE = -1;

/**
 * Location modes (translate/ir/block): what decoding depends on besides pc and the Thumb bit.
 * Bits 0-7: ITSTATE; bit 8: the first instruction's condition is known to hold, so a conditional
 * branch-like instruction lifts as a block of its own; bit 9: SETEND or MSR has given data the byte order
 * (CPSR.E) that the program was not built for, so that programs of either order mostly run in mode 0; bit 10:
 * the block follows the first instruction that makes exact floating point necessary.
 */
export const Mode = { ItMask: 0xff, ConditionPassed: 0x100, OtherDataOrder: 0x200, FpscrAccessed: 0x400 } as const;

/**
 * Byte order of data that a program is built for. `big-fixed` is that of BE32 programs (SCTLR.B, Arm ARM DDI 0406C,
 * section D15.5.4), which SETEND cannot change.
 */
export type DataOrder = 'little' | 'big' | 'big-fixed';

/** Bits of the field `fpscr`. */
export const FPSCR = {
  inexact: 1 << 4,
  rounding: 3 << 22,
  flush: 1 << 24,
  defaultNan: 1 << 25,
  alternativeHalf: 1 << 26,
  /** Where the modes begin that FpMode has from bit 0 on. */
  modeShift: 22,
  /** Ours: exceptions are recorded, as FPSCR has been written. */
  tracked: 0x80000000 | 0,
  /** Where any of these is set, native arithmetic is not enough. */
  special: 0x83c00000 | 0,
} as const;
