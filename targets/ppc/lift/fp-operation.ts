/**
 * How floating-point operations are lifted (docs/floating-point.md). Natively as one operation of the host, whose result is
 * repaired where the host's differs: NaNs, and singles that would be rounded twice. In a rounding mode other than to nearest, and
 * where the program looks at exceptions, by the `exact` ops.
 */
import type { Builder } from '../../../translate/ir/builder';
import {
  exactFlags,
  exactOperation,
  exactValue,
  roundingOf,
  type ExactOperands,
  type ExactOperation,
} from '../../../translate/ir/exact-operation';
import { fpControl, NAN_BY_ORDER, ROUND_TO_SINGLE, type FpKind } from '../../../translate/ir/fp-control';
import { FpFlag, FpMode } from '../../../translate/ir/rounding';
import type { F32, F64, I1, I32, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import { FPSCR } from '../fpscr';
import type { LiftContext } from '../lift-context';
import { errorOf, isMiddling, isPlain, statusAfter } from './fp-native-exact';

export type Precision = 'double' | 'single';

const SCALE_SHIFT = Math.log2(FpMode.ScaleTiny) - Math.log2(FPSCR.ue);

/** RN, OE and UE as the modes of the `exact` ops; natively they are known to be 0. */
function modesOf(cx: LiftContext): I32 {
  const { ir } = cx;
  if (!cx.exact && !cx.directed) return ir.const32(0);
  const rounding = roundingOf(ir, cx.word('fpscr'));
  if (!cx.exact) return rounding;
  const scaling = ir.and32(cx.word('fpscr'), ir.const32(FPSCR.oe | FPSCR.ue));
  return ir.or32(rounding, ir.shl32(scaling, ir.const32(SCALE_SHIFT)));
}

/**
 * @param options bits of the control word beside the kind
 * @param rounding instead of RN
 */
export function orderedOperation(
  cx: LiftContext,
  kind: FpKind,
  options: number,
  operands: ExactOperands,
  rounding?: number,
): ExactOperation {
  const { ir } = cx;
  const fixed = ir.const32(fpControl(kind, true) | NAN_BY_ORDER | options | (rounding ?? 0));
  return exactOperation(ir, operands, rounding === undefined ? ir.or32(modesOf(cx), fixed) : fixed);
}

/** An arithmetic instruction. */
export interface Arithmetic {
  readonly d: number;
  /** Registers of the operands: two factors and the addend for a multiply-add. */
  readonly operands: readonly number[];
  readonly kind: FpKind;
  readonly precision: Precision;
  /** Bits of the control word. */
  readonly options?: number;
  /** Without the rounding to single precision. */
  readonly native: () => F64;
  /** The operation on singles, rounded to single precision. */
  readonly nativeSingle: (operands: readonly F32[]) => F32;
  /** Whether rounding to double and then to single precision differs from rounding once: not for singles, if 'for doubles'. */
  readonly roundsTwice: 'never' | 'for doubles' | 'always';
}

/** Writes the result of an operation, with what FPSCR needs of it. */
export function setArithmetic(cx: LiftContext, operation: Arithmetic): void {
  const { ir } = cx;
  const { d, operands, kind, precision } = operation;
  const options = (operation.options ?? 0) | (precision === 'single' ? ROUND_TO_SINGLE : 0);
  const exactly = ([x, y, z]: readonly I64[]): ExactOperation => orderedOperation(cx, kind, options, [x!, y, z]);
  if (cx.exact) setAccounted(cx, operation, exactly);
  else if (cx.directed) {
    const all = exactly(operands.map((n) => cx.fprBits(n)));
    cx.setFprBits(d, exactValue(ir, all));
    cx.holds(d, precision === 'single');
  } else if (precision === 'single' && operands.some((n) => cx.singleValues[n] !== undefined)) {
    setNativeSingle(cx, operation, (bits) => exactValue(ir, exactly(bits)));
  } else {
    const wide = operation.native();
    const single = precision === 'single' ? ir.demote(wide) : undefined;
    const result = single === undefined ? wide : ir.promote(single);
    const roundsTwice = single !== undefined && mayRoundTwice(cx, operation);
    const doubtful = roundsTwice ? isDoubtfulSingle(ir, wide) : isNan(ir, result);
    setRepaired(cx, d, result, doubtful, operands, (bits) => exactValue(ir, exactly(bits)));
    cx.holds(d, single !== undefined, roundsTwice ? undefined : single);
  }
}

/** Writes a result and FPSCR, natively where the operation is a plain one and by functions elsewhere. */
function setAccounted(cx: LiftContext, operation: Arithmetic, exactly: (bits: readonly I64[]) => ExactOperation): void {
  const { ir } = cx;
  const { d, operands, kind, precision } = operation;
  const before = cx.word('fpscr');
  const sources = operands.map((n) => cx.fpr(n));
  const bits = operands.map((n) => cx.fprBits(n));
  const target = cx.fprBits(d);
  const wide = operation.native();
  const result = precision === 'single' ? ir.promote(ir.demote(wide)) : wide;
  const error = errorOf(ir, kind, operation.options ?? 0, sources);
  const lost = precision === 'single' ? lostBySingle(ir, wide, result, error) : error;
  const middling = [isPlain(ir, before), isMiddling(ir, result, precision), ...sources.map((x) => isMiddling(ir, x, 'double'))];
  const plain = middling.reduce((p, q) => ir.and1(p, q));
  const doubtful = precision === 'single' ? ir.or1(ir.not1(plain), isDoubtfulSingle(ir, wide)) : ir.not1(plain);
  cx.setFpr(d, result);
  cx.setWord('fpscr', statusAfter(ir, before, result, lost));
  ir.beginIf(doubtful);
  const all = exactly(bits);
  const [value, raised] = [exactValue(ir, all), exactFlags(ir, all)];
  const fpscr = fpscrAfter(cx, before, value, raised);
  cx.setWord('fpscr', fpscr);
  cx.setFprBits(d, ir.select64(keepsTarget(ir, fpscr, raised), target, value));
  ir.endIf();
  raiseEnabled(cx);
  cx.holds(d, precision === 'single');
}

/** What a single lacks, by its sign: what the wide result has beyond it if that is another number, else what that itself lacks. */
function lostBySingle(ir: Builder, wide: F64, single: F64, lostByWide: F64): F64 {
  const beyond = ir.bits_of_f64(ir.subf64(wide, single));
  return ir.f64_of_bits(ir.select64(ir.eqf64(wide, single), ir.bits_of_f64(lostByWide), beyond));
}

/** Computes in single precision, on the assumption that all operands are singles, which is checked where it is not known. */
function setNativeSingle(cx: LiftContext, { d, operands, nativeSingle }: Arithmetic, repair: (bits: readonly I64[]) => I64): void {
  const { ir } = cx;
  const checks: I1[] = [];
  const values = operands.map((n) => {
    const known = cx.singleValues[n];
    if (known !== undefined) return known;
    const x = cx.fpr(n);
    const single = ir.demote(x);
    if (!cx.singles.has(n)) checks.push(ir.not1(ir.eqf64(ir.promote(single), x)));
    return single;
  });
  const result = nativeSingle(values);
  const doubtful = checks.reduce((p, q) => ir.or1(p, q), ir.not1(ir.eqf32(result, result)));
  setRepaired(cx, d, ir.promote(result), doubtful, operands, repair);
  // Where an operand was no single, the result is another
  cx.holds(d, true, checks.length === 0 ? result : undefined);
}

function mayRoundTwice(cx: LiftContext, { roundsTwice, operands }: Arithmetic): boolean {
  return roundsTwice === 'always' || (roundsTwice === 'for doubles' && !operands.every((n) => cx.singles.has(n)));
}

/** Writes a result, and where it is doubtful what `repair` makes of the bits of the sources. */
export function setRepaired(
  cx: LiftContext,
  d: number,
  result: F64,
  doubtful: I1,
  sources: readonly number[],
  repair: (bits: readonly I64[]) => I64,
): void {
  const { ir } = cx;
  // The destination is about to change, so where it is a source too, its bits are read before
  const overwritten = sources.includes(d) ? cx.fprBits(d) : undefined;
  cx.setFpr(d, result);
  ir.beginIf(doubtful);
  cx.setFprBits(d, repair(sources.map((n) => (n === d ? overwritten! : cx.fprBits(n)))));
  ir.endIf();
}

export const isNan = (ir: Builder, x: F64): I1 => ir.not1(ir.eqf64(x, x));

const LEAST_SINGLE_HIGH = 0x38100000;
const BELOW_SINGLE = 0x1fffffff;
const HALF_OF_LAST_PLACE = 0x10000000;

/**
 * Whether rounding a double, itself rounded, to single precision may differ from rounding the exact result: where it is a NaN,
 * lies in the middle between two singles or, but for zeros, is a denormal as a single.
 */
function isDoubtfulSingle(ir: Builder, x: F64): I1 {
  const bits = ir.bits_of_f64(x);
  const middle = ir.eq32(ir.and32(ir.low64(bits), ir.const32(BELOW_SINGLE)), ir.const32(HALF_OF_LAST_PLACE));
  const magnitude = ir.shl32(ir.high64(bits), ir.const32(1));
  // What is above all words with a sign is a NaN or, which is harmless, infinite
  const tiny = ir.lt_u32(ir.sub32(magnitude, ir.const32(1)), ir.const32(2 * LEAST_SINGLE_HIGH - 1));
  return ir.or1(ir.or1(middle, tiny), isNan(ir, x));
}

/** Writes the result of an operation that functions compute and, where exceptions are recorded, FPSCR. */
export function setExact(cx: LiftContext, d: number, result: I64, flags: () => I32): void {
  if (!cx.exact) return cx.setFprBits(d, result);
  const raised = flags();
  setExactly(cx, d, result, raised, fpscrAfter(cx, cx.word('fpscr'), result, raised));
}

function fpscrAfter({ ir }: LiftContext, before: I32, result: I64, raised: I32): I32 {
  const fprf = ir.call2(ir.low64(result), ir.high64(result), helperIndex('fpscr_result_class'));
  return ir.call3(before, raised, fprf, helperIndex('fpscr_after_operation'));
}

/** Writes a result with the FPSCR that comes with it, unless an enabled exception keeps the register from changing. */
export function setExactly(cx: LiftContext, d: number, result: I64, raised: I32, fpscr: I32): void {
  const { ir } = cx;
  cx.setWord('fpscr', fpscr);
  cx.setFprBits(d, ir.select64(keepsTarget(ir, fpscr, raised), cx.fprBits(d), result));
  raiseEnabled(cx);
}

/** Whether VE or ZE keeps a result from being written. */
function keepsTarget(ir: Builder, fpscr: I32, raised: I32): I1 {
  const at = (flag: number, enable: number): I32 =>
    ir.shl32(ir.and32(raised, ir.const32(flag)), ir.const32(Math.log2(enable) - Math.log2(flag)));
  const enables = ir.or32(at(FpFlag.Invalid, FPSCR.ve), at(FpFlag.DivideByZero, FPSCR.ze));
  return ir.ne32(ir.and32(enables, fpscr), ir.const32(0));
}

/** Of the field `fpexc_off`: no exception raises a signal. */
const FPEXC_OFF = 3;

/** SIGFPE if an exception is raised that is enabled, unless the program has switched that off (prctl PR_SET_FPEXC). */
export function raiseEnabled(cx: LiftContext): void {
  const { ir } = cx;
  const summary = ir.ne32(ir.and32(cx.word('fpscr'), ir.const32(FPSCR.fex)), ir.const32(0));
  cx.trapIf(ir.and1(summary, ir.ne32(cx.word('fpexc_off'), ir.const32(FPEXC_OFF))), 'float');
}

/** An instruction whose bit Rc copies the summary of the exceptions to CR1, and so needs them. */
export function recording<F>(lift: (cx: LiftContext, f: F) => void | false) {
  return (cx: LiftContext, f: F & { readonly c: number }): void | false => {
    if (f.c === 0) return lift(cx, f);
    if (cx.becomeExact()) return;
    const result = lift(cx, f);
    cx.setCrNibble(1, cx.ir.shr_u32(cx.word('fpscr'), cx.const(28)));
    return result;
  };
}
