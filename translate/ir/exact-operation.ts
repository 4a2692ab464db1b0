/** How lifters write the `exact` ops: an operation on bit patterns that gives a value and exceptions. */
import type { Builder } from './builder';
import { FpMode, Rounding } from './rounding';
import type { I32, I64, V128 } from './types';
import { vop } from './vector-ops';

/** What both ops take. */
export interface ExactOperation {
  /** The first and the second operand. */
  readonly both: V128;
  readonly third: I64;
  /** fp-control.ts */
  readonly control: I32;
}

/** Those that an operation has not got are 0. */
export type ExactOperands = readonly [x: I64, y?: I64 | undefined, z?: I64 | undefined];

export function exactOperation(ir: Builder, [x, y, z]: ExactOperands, control: I32): ExactOperation {
  const both = ir.insert64(ir.splat64(x, vop('i64x2.splat')), y ?? ir.const64(0, 0), vop('i64x2.replace_lane'), 1);
  return { both, third: z ?? ir.const64(0, 0), control };
}

export const exactValue = (ir: Builder, { both, third, control }: ExactOperation): I64 => ir.exact(both, third, control);
/** FpFlag. */
export const exactFlags = (ir: Builder, { both, third, control }: ExactOperation): I32 => ir.exact_flags(both, third, control);

/** Where an instruction rounds otherwise than the status register says. */
export type FixedRounding = 'nearest' | 'up' | 'down' | 'zero' | 'away';

/** As modes of a control word. */
export const FIXED_ROUNDING: Readonly<Record<FixedRounding, number>> = {
  nearest: Rounding.Nearest,
  up: Rounding.Up,
  down: Rounding.Down,
  zero: Rounding.Zero,
  away: FpMode.TiesAway,
};

/** Nearest, zero, up, down: what the two bits FCSR.RM of MIPS and FPSCR.RN of PowerPC count, as Rounding has them, two bits each. */
const ROUNDINGS = Rounding.Nearest | (Rounding.Zero << 2) | (Rounding.Up << 4) | (Rounding.Down << 6);

/** The rounding of a control word that the lowest two bits of such a status register stand for. */
export function roundingOf(ir: Builder, status: I32): I32 {
  const shift = ir.shl32(ir.and32(status, ir.const32(3)), ir.const32(1));
  return ir.and32(ir.shr_u32(ir.const32(ROUNDINGS), shift), ir.const32(FpMode.Rounding));
}
