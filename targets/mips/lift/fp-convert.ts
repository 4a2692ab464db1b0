/** Conversions between floating-point formats and integers (MD00087, volume II-A). */
import type { Builder } from '../../../translate/ir/builder';
import { FpKind, integerFormat } from '../../../translate/ir/exact-float';
import type { FixedRounding } from '../../../translate/ir/exact-operation';
import { FpFlag } from '../../../translate/ir/rounding';
import type { F64, I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { FCSR } from '../state';
import { clearCauses, environmentIsSpecial, exactly, setGuarded, type ExactOperations } from './exact';
import { usable, type TwoFields } from './fp-arithmetic';
import { DOUBLE, nanOf, SINGLE, type Format } from './fp-format';

/** How a conversion rounds; `fcsr` is as FCSR says, which for native arithmetic is to nearest. */
export type Rounding = Exclude<FixedRounding, 'away'> | 'fcsr';

function round(ir: Builder, x: F64, how: Rounding): F64 {
  switch (how) {
    case 'nearest':
    case 'fcsr':
      return ir.nearestf64(x);
    case 'up':
      return ir.ceilf64(x);
    case 'down':
      return ir.floorf64(x);
    case 'zero':
      return x;
  }
}

/** What a conversion to a word returns for what no word holds, with the legacy encoding of NaNs. */
const INVALID_WORD = 0x7fffffff;

/** -2^31 - 1 as a double: what is greater rounds to a word. */
const BELOW_MIN_HIGH = 0xc1e00000 | 0;
const BELOW_MIN_LOW = 0x00200000;
/** 2^31 */
const ABOVE_MAX_HIGH = 0x41e00000;

/** ROUND, TRUNC, CEIL, FLOOR, CVT.W.fmt fd, fs: the word goes to the low half of the register. */
export function toWord<F, B>(fp: Format<F, B>, how: Rounding) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!usable(cx, fp, s)) return false;
    const { ir } = cx;
    const rounded = round(ir, fp.toDouble(ir, fp.get(cx, s)), how);
    const operand = fp.widen(ir, fp.bits(cx, s));
    const exactWord = (): void =>
      exactly(
        cx,
        (op) => ir.low64(integerOf(cx, op, fp, operand, WORD, how)),
        (word) => cx.setSBits(d, word),
      );
    if (cx.trapping) return exactWord();
    const inRange = ir.and1(
      ir.ltf64(ir.constf64(BELOW_MIN_LOW, BELOW_MIN_HIGH), rounded),
      ir.ltf64(rounded, ir.constf64(0, ABOVE_MAX_HIGH)),
    );
    cx.setSBits(d, wordOf(cx, rounded));
    if (!cx.exact) return;
    ir.beginIf(ir.or1(environmentIsSpecial(cx, FCSR.rounding), ir.not1(inRange)));
    exactWord();
    ir.endIf();
  };
}

const WORD = integerFormat(32, true);
const LONG = integerFormat(64, true);

/** An integer in a doubleword, with the legacy encoding of NaNs the greatest one for all that is invalid. */
function integerOf<F, B>(cx: LiftContext, op: ExactOperations, fp: Format<F, B>, operand: I64, format: number, how: Rounding): I64 {
  const { ir } = cx;
  const fixed = how === 'fcsr' ? undefined : how;
  const value = op.on(FpKind.ToInteger, fp.isDouble, [operand, ir.const64(format, 0)], fixed);
  if (cx.nan2008) return value;
  const invalid = ir.ne32(ir.and32(op.latest, ir.const32(FpFlag.Invalid)), ir.const32(0));
  return ir.select64(invalid, format === LONG ? ir.const64(-1, INVALID_WORD) : ir.const64(INVALID_WORD, 0), value);
}

/** ROUND, TRUNC, CEIL, FLOOR, CVT.L.fmt fd, fs, with FR=1: the host has no such conversion that WebAssembly could tell NaNs by. */
export function toLong<F, B>(fp: Format<F, B>, how: Rounding) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!cx.wideFpu) return false;
    const operand = fp.widen(cx.ir, fp.bits(cx, s));
    exactly(
      cx,
      (op) => integerOf(cx, op, fp, operand, LONG, how),
      (long) => cx.setDBits(d, long),
    );
  };
}

/** CVT.S.L, CVT.D.L fd, fs */
export function fromLong<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!cx.wideFpu) return false;
    const { ir } = cx;
    const operand = cx.dBits(s);
    exactly(
      cx,
      (op) => fp.narrow(ir, op.on(FpKind.FromInteger, fp.isDouble, [operand, ir.const64(LONG, 0)])),
      (bits) => fp.setBits(cx, d, bits),
    );
  };
}

function wordOf(cx: LiftContext, x: F64): I32 {
  const { ir } = cx;
  const saturated = ir.trunc_f64_s32(x);
  if (cx.nan2008) return saturated;
  const fits: I1 = ir.ltf64(ir.constf64(BELOW_MIN_LOW, BELOW_MIN_HIGH), x);
  return ir.select32(fits, saturated, ir.const32(INVALID_WORD));
}

// CVT.S.W, CVT.D.W fd, fs
export function wordToSingle(cx: LiftContext, { d, s }: TwoFields): void {
  const { ir } = cx;
  const native = ir.cvt_s32_f32(cx.sBits(s));
  if (!cx.exact) return cx.setS(d, native);
  const operands = [ir.extend_u32(cx.sBits(s)), ir.const64(WORD, 0)] as const;
  setGuarded(cx, SINGLE, d, [[native, 'special']], (op) => ir.low64(op.on(FpKind.FromInteger, false, operands)));
}

export function wordToDouble(cx: LiftContext, { d, s }: TwoFields): void | false {
  if (!usable(cx, DOUBLE, d)) return false;
  cx.setD(d, cx.ir.cvt_s32_f64(cx.sBits(s)));
  clearCauses(cx);
}

/** Bits of a fraction that a double has more than a single. */
const EXTRA_FRACTION = 29;

// CVT.D.S fd, fs
export function singleToDouble(cx: LiftContext, { d, s }: TwoFields): void | false {
  if (!usable(cx, DOUBLE, d)) return false;
  const { ir } = cx;
  const bits = cx.sBits(s);
  const result = ir.promote(cx.s(s));
  const convert = (): void =>
    exactly(
      cx,
      (op) => op.on(FpKind.Convert, false, [ir.extend_u32(bits)]),
      (double) => cx.setDBits(d, double),
    );
  if (cx.trapping) return convert();
  clearCauses(cx);
  cx.setD(d, result);
  ir.beginIf(ir.not1(ir.eqf64(result, result)));
  if (cx.exact) convert();
  else cx.setDBits(d, cx.nan2008 ? widened(ir, nanOf(cx, SINGLE, [bits])) : DOUBLE.legacyNan(ir));
  ir.endIf();
}

/** A NaN as a double: the payload moves along with the top of the fraction. */
function widened(ir: Builder, nan: I32): I64 {
  const fraction = ir.and32(nan, ir.const32(0x007fffff));
  const top = ir.or32(ir.and32(nan, ir.const32(0x80000000 | 0)), ir.const32(0x7ff00000));
  return ir.pair64(ir.shl32(fraction, ir.const32(EXTRA_FRACTION)), ir.or32(top, ir.shr_u32(fraction, ir.const32(3))));
}

// CVT.S.D fd, fs
export function doubleToSingle(cx: LiftContext, { d, s }: TwoFields): void | false {
  if (!usable(cx, DOUBLE, s)) return false;
  const { ir } = cx;
  const bits = cx.dBits(s);
  const result = ir.demote(cx.d(s));
  if (cx.exact) return setGuarded(cx, SINGLE, d, [[result, 'extreme']], (op) => ir.low64(op.on(FpKind.Convert, true, [bits])));
  cx.setS(d, result);
  ir.beginIf(ir.not1(ir.eqf32(result, result)));
  cx.setSBits(d, cx.nan2008 ? narrowed(ir, nanOf(cx, DOUBLE, [bits])) : SINGLE.legacyNan(ir));
  ir.endIf();
}

function narrowed(ir: Builder, nan: I64): I32 {
  const [low, high] = [ir.low64(nan), ir.high64(nan)];
  const fraction = ir.or32(ir.shl32(ir.and32(high, ir.const32(0x000fffff)), ir.const32(3)), ir.shr_u32(low, ir.const32(EXTRA_FRACTION)));
  return ir.or32(ir.or32(ir.and32(high, ir.const32(0x80000000 | 0)), ir.const32(0x7f800000)), fraction);
}
