/**
 * Floating point in blocks that are lifted exactly (docs/floating-point.md): with the rounding and flushing that FCSR asks
 * for, with its causes and flags, and where exceptions are enabled, with those as traps.
 */
import {
  exactFlags,
  exactOperation,
  exactValue,
  FIXED_ROUNDING,
  roundingOf,
  type ExactOperands,
  type FixedRounding,
} from '../../../translate/ir/exact-operation';
import { fpControl, type FpKind } from '../../../translate/ir/fp-control';
import { FpMode } from '../../../translate/ir/rounding';
import type { I1, I32, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { FCSR } from '../state';
import type { Format } from './fp-format';

/** The operations of one instruction: their exceptions come together. */
export class ExactOperations {
  /** All exceptions (FpFlag). */
  flags: I32 | undefined;
  /** Those of the latest operation. */
  latest: I32;

  constructor(private readonly cx: LiftContext) {
    this.latest = cx.const(0);
  }

  /** What an operation on doublewords gives. */
  on(kind: FpKind, isDouble: boolean, operands: ExactOperands, rounding?: FixedRounding): I64 {
    const { ir } = this.cx;
    const operation = exactOperation(ir, operands, ir.or32(this.mode(rounding), ir.const32(fpControl(kind, isDouble))));
    const value = exactValue(ir, operation);
    this.latest = exactFlags(ir, operation);
    this.flags = this.flags === undefined ? this.latest : ir.or32(this.flags, this.latest);
    return value;
  }

  /** The same on operands and with a result of one format. */
  in<F, B>(fp: Format<F, B>, kind: FpKind, operands: readonly [x: B, y?: B, z?: B], rounding?: FixedRounding): B {
    const [x, y, z] = operands.map((o) => (o === undefined ? undefined : fp.widen(this.cx.ir, o)));
    return fp.narrow(this.cx.ir, this.on(kind, fp.isDouble, [x!, y, z], rounding));
  }

  /** FpMode of an operation; FS lies where FpMode has FlushResults. */
  protected mode(rounding: FixedRounding | undefined): I32 {
    const { ir, nan2008 } = this.cx;
    const fixed = FpMode.TinyAfterRounding | (nan2008 ? FpMode.AddendNan : FpMode.LegacyNan);
    const fcsr = this.cx.word('fcsr');
    const flush = ir.and32(fcsr, ir.const32(FCSR.flush));
    if (rounding !== undefined) return ir.or32(flush, ir.const32(fixed | FIXED_ROUNDING[rounding]));
    return ir.or32(ir.or32(flush, roundingOf(ir, fcsr)), ir.const32(fixed));
  }
}

/** Computes and writes a result unless one of the exceptions is enabled; they go into FCSR. */
export function exactly<T>(cx: LiftContext, compute: (op: ExactOperations) => T, write: (result: T) => void): void {
  const { ir } = cx;
  const op = new ExactOperations(cx);
  const result = compute(op);
  const raised = op.flags === undefined ? ir.const32(0) : ir.call1(op.flags, helperIndex('fcsr_exceptions'));
  const fcsr = ir.and32(cx.word('fcsr'), ir.const32(~FCSR.causes));
  if (cx.trapping) {
    cx.setWord('fcsr', ir.or32(fcsr, ir.and32(raised, ir.const32(FCSR.causes))));
    const enabled = ir.and32(ir.and32(ir.shr_u32(raised, ir.const32(FCSR.groupBits)), fcsr), ir.const32(FCSR.enables));
    cx.trapIf(ir.ne32(enabled, ir.const32(0)), 'float');
  }
  cx.setWord('fcsr', ir.or32(fcsr, raised));
  write(result);
}

/** What an instruction does that raises nothing here: there are no causes. */
export function clearCauses(cx: LiftContext): void {
  if (cx.exact) cx.setWord('fcsr', cx.ir.and32(cx.word('fcsr'), cx.ir.const32(~FCSR.causes)));
}

/**
 * True unless native arithmetic does all that FCSR asks for: results are rounded to nearest and not flushed, and that they
 * are inexact need not be noticed any more.
 */
export function environmentIsSpecial(cx: LiftContext, modes: number = FCSR.rounding | FCSR.flush): I1 {
  const { ir } = cx;
  const looked = cx.flushing ? modes & ~FCSR.flush : modes;
  return ir.ne32(ir.and32(cx.word('fcsr'), ir.const32(looked | FCSR.inexact)), ir.const32(FCSR.inexact));
}

/** Which native results tell that native arithmetic may not have been enough: those that are not finite, and tiny ones. */
export type Doubt = 'special' | 'extreme' | 'sum';

/** Whether a result may come with other exceptions than Inexact, or as a NaN. Sums that are tiny are exact. */
export function isDoubtful<F, B>(cx: LiftContext, fp: Format<F, B>, result: F, doubt: Doubt): I1 {
  const { ir, flushing } = cx;
  const bits = fp.toBits(ir, result);
  if (doubt === 'extreme') return fp.isExtreme(ir, bits);
  const special = fp.isSpecial(ir, bits);
  return doubt === 'sum' && flushing ? ir.or1(special, fp.isDenormal(ir, bits)) : special;
}

/**
 * Writes what native arithmetic gives, and where that is not enough, what `compute` does.
 * @param results what native arithmetic gives on the way and in the end, with what to doubt of it
 */
export function setGuarded<F, B>(
  cx: LiftContext,
  fp: Format<F, B>,
  d: number,
  results: readonly (readonly [F, Doubt])[],
  compute: (op: ExactOperations) => B,
): void {
  const { ir } = cx;
  const write = (bits: B): void => fp.setBits(cx, d, bits);
  if (cx.trapping) return exactly(cx, compute, write);
  const doubts = results.map(([result, doubt]) => isDoubtful(cx, fp, result, doubt));
  const notEnough = doubts.reduce((x, y) => ir.or1(x, y), environmentIsSpecial(cx));
  fp.set(cx, d, results.at(-1)![0]);
  ir.beginIf(notEnough);
  exactly(cx, compute, write);
  ir.endIf();
}
