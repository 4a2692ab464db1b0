/** The user-mode state of a 32-bit MIPS processor (MD00086 and MD00090, the MIPS32 manuals, volumes II and III). */
import { StateLayout, type FieldSpec } from '../../translate/ir/state';

/** Names of the general registers in the o32 ABI. Register 0 is always 0 and has no state. */
export const REGISTER_NAMES = [
  'zero', 'at', 'v0', 'v1', 'a0', 'a1', 'a2', 'a3', 't0', 't1', 't2', 't3', 't4', 't5', 't6', 't7',
  's0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 't8', 't9', 'k0', 'k1', 'gp', 'sp', 's8', 'ra',
] as const; // prettier-ignore

/** Behind the engine's fields and 31 registers. */
const ACCUMULATOR_BASE = 144;

const CORE: readonly FieldSpec[] = [
  ...REGISTER_NAMES.slice(1).map((name): FieldSpec => [name, 'i32']),
  // The accumulators: HI and LO together, and those that the DSP extension adds. Code that multiplies and adds in a loop
  // keeps one in a variable of 64 bits, so lifters use only the whole; its halves have names for signal frames and debuggers.
  ...[0, 1, 2, 3].flatMap((ac): FieldSpec[] => [
    [`ac${ac}`, 'i64', ACCUMULATOR_BASE + 8 * ac],
    [`lo${ac}`, 'i32', ACCUMULATOR_BASE + 8 * ac],
    [`hi${ac}`, 'i32', ACCUMULATOR_BASE + 8 * ac + 4],
  ]),
  // Load-linked address (LL_NONE if there is none) and the value that was loaded
  ['ll_address', 'i32'],
  ['ll_value', 'i32'],
  // UserLocal: the thread pointer that RDHWR reads
  ['user_local', 'i32'],
  // Where SYNCI points, for the call that it lifts as
  ['synci_address', 'i32'],
  // DSPControl
  ['dsp_control', 'i32'],
  // MSA's control and status register
  ['msacsr', 'i32'],
  // FCSR without the condition codes, which are fields of their own; bit 31 is FCSR.tracked below
  ['fcsr', 'i32'],
  ...Array.from({ length: 8 }, (_, i): FieldSpec => [`fcc${i}`, 'i1']),
];

/** Behind CORE, on a boundary of 16 bytes. */
const FPU_BASE = 256;

/**
 * Floating-point registers. With FR=1 (or MSA) there are 32 of 64 (128) bits: `w`, its low half `d` and the low
 * quarter `s`. With FR=0 there are 32 of 32 bits, `f`, and an even one and its successor make a double, `e`,
 * whatever the byte order. The program decides before it starts, so only one of the two sets is ever in use.
 */
const FPU: readonly FieldSpec[] = [
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`f${i}`, 'f32', FPU_BASE + 4 * i]),
  ...Array.from({ length: 16 }, (_, i): FieldSpec => [`e${2 * i}`, 'f64', FPU_BASE + 8 * i]),
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`w${i}`, 'v128', FPU_BASE + 128 + 16 * i]),
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`d${i}`, 'f64', FPU_BASE + 128 + 16 * i]),
  ...Array.from({ length: 32 }, (_, i): FieldSpec => [`x${i}`, 'f32', FPU_BASE + 128 + 16 * i]),
];

export const MIPS_LAYOUT = new StateLayout([...CORE, ...FPU]);

/** `ll_address` when no load-linked is pending. */
export const LL_NONE = -1;

/**
 * Location modes (translate/ir/block). `LikelyTaken`: the branch-likely here is known to be taken, so its delay slot
 * belongs to the path to its target and gets a block of its own. `FcsrAccessed`: the block follows the first instruction
 * that makes exact floating point necessary. `EnablesChanged`: it follows one that may have enabled exceptions, and
 * `Trapping`: one that has. `ForbiddenSlot`: the branch here is
 * reserved, as it follows a compact branch that was not taken.
 */
export const Mode = { LikelyTaken: 1, FcsrAccessed: 2, EnablesChanged: 4, Trapping: 8, ForbiddenSlot: 16 } as const;

/** Bits of the field `fcsr`. */
export const FCSR = {
  rounding: 3,
  inexact: 1 << 2,
  flags: 0x7c,
  /** How far above the flags the enables are, and above those the causes. */
  groupBits: 5,
  enables: 0xf80,
  causes: 0x3f000,
  /** FS: results that would be denormals are flushed to zero. */
  flush: 1 << 24,
  /** Ours: exceptions are recorded, as FCSR has been written or its exceptions read. */
  tracked: 0x80000000 | 0,
  /** Where any of these is set, native arithmetic is not enough. */
  special: 0x81000f83 | 0,
} as const;

/** Bits of the field `msacsr`: flags, enables, causes and rounding lie as in FCSR. */
export const MSACSR = {
  flagsBit: 2,
  enablesBit: 7,
  causesBit: 12,
  causes: 0x3f000,
  /** The exceptions that can be enabled, from one of these bits on. */
  all: 0x1f,
  /** NX: an enabled exception shows in the result instead of trapping. */
  nonTrapping: 1 << 18,
  flushBit: 24,
  flush: 1 << 24,
  /** What software writes. */
  writable: 0x0107ffff,
  /** Ours: MSACSR has been accessed. */
  tracked: 0x80000000 | 0,
} as const;

/** How the exceptions of an MSA instruction differ from those of its operations. */
export const Adjust = { NoInexactFlush: 1, NoUnderflowFlush: 2, OnlyInexact: 4 } as const;
