/** Conversions between floating-point formats and integers (MD00087, volume II-A). */
import type { Builder } from '../../../translate/ir/builder';
import type { F64, I1, I32, I64 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { usable, type TwoFields } from './fp-arithmetic';
import { DOUBLE, nanOf, SINGLE, type Format } from './fp-format';

export type Rounding = 'nearest' | 'zero' | 'up' | 'down';

function round(ir: Builder, x: F64, how: Rounding): F64 {
  switch (how) {
    case 'nearest':
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

/** ROUND, TRUNC, CEIL, FLOOR, CVT.W.fmt fd, fs: the word goes to the low half of the register. */
export function toWord<F, B>(fp: Format<F, B>, how: Rounding) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!usable(cx, fp, s)) return false;
    cx.setSBits(d, wordOf(cx, round(cx.ir, fp.toDouble(cx.ir, fp.get(cx, s)), how)));
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
  cx.setS(d, cx.ir.cvt_s32_f32(cx.sBits(s)));
}

export function wordToDouble(cx: LiftContext, { d, s }: TwoFields): void | false {
  if (!usable(cx, DOUBLE, d)) return false;
  cx.setD(d, cx.ir.cvt_s32_f64(cx.sBits(s)));
}

/** Bits of a fraction that a double has more than a single. */
const EXTRA_FRACTION = 29;

// CVT.D.S fd, fs
export function singleToDouble(cx: LiftContext, { d, s }: TwoFields): void | false {
  if (!usable(cx, DOUBLE, d)) return false;
  const { ir } = cx;
  const bits = cx.sBits(s);
  const result = ir.promote(cx.s(s));
  cx.setD(d, result);
  ir.beginIf(ir.not1(ir.eqf64(result, result)));
  cx.setDBits(d, cx.nan2008 ? widened(ir, nanOf(cx, SINGLE, [bits])) : DOUBLE.legacyNan(ir));
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
