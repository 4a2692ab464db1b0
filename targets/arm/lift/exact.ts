/**
 * VFP operations in blocks that are lifted for exact floating point (docs/floating-point.md): with the rounding, flushing and
 * default NaNs that FPSCR asks for, and with its exception flags.
 */
import {
  exactFlags,
  exactOperation,
  exactValue,
  FIXED_ROUNDING,
  type ExactOperands,
  type FixedRounding,
} from '../../../translate/ir/exact-operation';
import { fpControl, fpControlOfHalves, type FpKind } from '../../../translate/ir/fp-control';
import { FpMode } from '../../../translate/ir/rounding';
import type { I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { FPSCR } from '../state';
import type { Format } from './vfp-format';

/** The modes in FPSCR, which lie there as FpMode has them. */
function modeOf(cx: LiftContext, rounding: FixedRounding | undefined): I32 {
  const { ir } = cx;
  const fpscr = ir.shr_u32(cx.word('fpscr'), ir.const32(FPSCR.modeShift));
  const taken = FpMode.Flush | FpMode.DefaultNan | FpMode.AlternativeHalf | (rounding === undefined ? FpMode.Rounding : 0);
  const mode = ir.and32(fpscr, ir.const32(taken));
  return rounding === undefined ? mode : ir.or32(mode, ir.const32(FIXED_ROUNDING[rounding]));
}

/** The value; the exceptions go into FPSCR. */
function raising(cx: LiftContext, operands: ExactOperands, control: I32): I64 {
  const operation = exactOperation(cx.ir, operands, control);
  const value = exactValue(cx.ir, operation);
  cx.raise(exactFlags(cx.ir, operation));
  return value;
}

/** What an operation on doublewords gives; its exceptions go into FPSCR. */
export function exact(cx: LiftContext, kind: FpKind, isDouble: boolean, operands: ExactOperands, rounding?: FixedRounding): I64 {
  const { ir } = cx;
  return raising(cx, operands, ir.or32(modeOf(cx, rounding), ir.const32(fpControl(kind, isDouble))));
}

/** Positions of FPSCR.FZ16 and of FpMode.Flush. */
const FLUSH_HALVES_SHIFT = 19;
const FLUSH_BIT = 2;

/** What an operation on halves gives, which native arithmetic has not, so that it is exact in any case. FPSCR.FZ16 says whether to flush. */
export function exactHalf(
  cx: LiftContext,
  kind: FpKind,
  operands: readonly [x: I32, y?: I32 | undefined, z?: I32 | undefined],
  rounding?: FixedRounding,
): I32 {
  const { ir } = cx;
  const [x, y, z] = operands.map((o) => ir.extend_u32(o ?? ir.const32(0)));
  const flush = ir.and32(ir.shr_u32(cx.word('fpscr'), ir.const32(FLUSH_HALVES_SHIFT - FLUSH_BIT)), ir.const32(FpMode.Flush));
  const others = ir.and32(modeOf(cx, rounding), ir.const32(~(FpMode.Flush | FpMode.AlternativeHalf)));
  return ir.low64(raising(cx, [x!, y, z], ir.or32(ir.or32(others, flush), ir.const32(fpControlOfHalves(kind)))));
}

/** The same on operands and with a result of one format. */
export function exactIn<F, B>(
  cx: LiftContext,
  fp: Format<F, B>,
  kind: FpKind,
  operands: readonly [x: B, y?: B, z?: B],
  rounding?: FixedRounding,
): B {
  const [x, y, z] = operands.map((o) => (o === undefined ? undefined : fp.widen(cx.ir, o)));
  return fp.narrow(cx.ir, exact(cx, kind, fp.isDouble, [x!, y, z], rounding));
}

/**
 * True unless native arithmetic does all that FPSCR asks for: results are rounded to nearest and not flushed, and that
 * they are inexact need not be noticed any more.
 */
export function environmentIsSpecial(cx: LiftContext, modes: number = FPSCR.rounding | FPSCR.flush): I1 {
  const { ir } = cx;
  const looked = cx.flushing ? modes & ~FPSCR.flush : modes;
  return ir.ne32(ir.and32(cx.word('fpscr'), ir.const32(looked | FPSCR.inexact)), ir.const32(FPSCR.inexact));
}

/** True if one of these may be flushed to zero; never if the environment, which is special then, tells. */
export function isFlushed<F, B>({ ir, flushing }: LiftContext, fp: Format<F, B>, operands: readonly B[]): I1 {
  return flushing ? operands.map((x) => fp.isDenormal(ir, x)).reduce((x, y) => ir.or1(x, y)) : ir.const1(false);
}

/** True if one of these may be flushed to zero, where the environment is not looked at. */
export function mayFlush<F, B>(cx: LiftContext, fp: Format<F, B>, operands: readonly B[]): I1 {
  const { ir } = cx;
  return cx.flushing ? isFlushed(cx, fp, operands) : ir.ne32(ir.and32(cx.word('fpscr'), ir.const32(FPSCR.flush)), ir.const32(0));
}

/**
 * Writes what native arithmetic gives, and where that is not enough, what `exactly` computes. Inside an `if` there can be
 * no other, and it is computed in any case.
 */
export function setGuarded<F, B>(cx: LiftContext, fp: Format<F, B>, d: number, native: F, notEnough: () => I1, exactly: () => B): void {
  const { ir } = cx;
  if (ir.insideIf) {
    fp.setBits(cx, d, exactly());
    return;
  }
  const condition = notEnough();
  fp.set(cx, d, native);
  ir.beginIf(condition);
  fp.setBits(cx, d, exactly());
  ir.endIf();
}
