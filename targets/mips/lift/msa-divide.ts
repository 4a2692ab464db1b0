/**
 * MSA division (MD00866), which WebAssembly SIMD lacks: lane by lane. What is divided by 0 is UNPREDICTABLE; as in qemu-mips the
 * quotient is then -1, of a negative number 1, and the remainder the dividend.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, I64, V128 } from '../../../translate/ir/types';
import { laneOp, vop } from '../../../translate/ir/vector-ops';
import { helperIndex } from '../helpers';
import type { ThreeOperands } from './msa-registers';

/** DIV_S, DIV_U, MOD_S, MOD_U.df wd, ws, wt */
export function division(signed: boolean, remainder: boolean): ThreeOperands {
  return (ir, width, s, t) => (width === 64 ? inDoublewords(ir, signed, remainder, s, t) : inWords(ir, width, signed, remainder, s, t));
}

function inWords(ir: Builder, width: number, signed: boolean, remainder: boolean, s: V128, t: V128): V128 {
  const extract = laneOp(width, width === 32 ? 'extract_lane' : `extract_lane_${signed ? 's' : 'u'}`);
  const [zero, one, minusOne] = [ir.const32(0), ir.const32(1), ir.const32(-1)];
  let result = lanes.zero(ir);
  for (let i = 0; i < 128 / width; i++) {
    const [x, y] = [ir.extract32(s, extract, i), ir.extract32(t, extract, i)];
    // x / 0 is 0 in IR, so that the remainder comes out as x by itself
    const quotient = signed ? ir.div_s32(x, y) : ir.div_u32(x, y);
    const byZero = signed ? ir.select32(ir.lt_s32(x, zero), one, minusOne) : minusOne;
    const lane = remainder ? ir.sub32(x, ir.mul32(quotient, y)) : ir.select32(ir.eq32(y, zero), byZero, quotient);
    result = ir.insert32(result, lane, laneOp(width, 'replace_lane'), i);
  }
  return result;
}

const zero64 = (ir: Builder): I64 => ir.const64(0, 0);
const negated = (ir: Builder, x: I64): I64 => ir.sub64(zero64(ir), x);

/** high:low / divisor where high < divisor. */
function divideStep(ir: Builder, high: I32, low: I32, divisor: I32): I32 {
  return ir.call3(high, low, divisor, helperIndex('divide_64_by_32'));
}

/** x / y without signs, y not 0 (H. S. Warren, Hacker's Delight, section 9-5). */
function unsignedQuotient(ir: Builder, x: I64, y: I64): I64 {
  const [zero, one] = [ir.const32(0), ir.const32(1)];
  const [xHigh, xLow, yHigh, yLow] = [ir.high64(x), ir.low64(x), ir.high64(y), ir.low64(y)];
  const isShort = ir.eq32(yHigh, zero);
  // A divisor of one word: two steps of long division
  const word = ir.select32(isShort, yLow, one);
  const first = ir.div_u32(xHigh, word);
  const rest = ir.sub32(xHigh, ir.mul32(first, word));
  const short = ir.pair64(divideStep(ir, rest, xLow, word), first);
  // Of two words: an estimate by the highest 32 bits of the divisor, at most one too small after the decrement
  const shift = ir.clz32(ir.select32(isShort, one, yHigh));
  const top = ir.high64(ir.shl64(y, shift));
  const half = ir.shr_u64(x, one);
  const raw = divideStep(ir, ir.high64(half), ir.low64(half), ir.select32(isShort, ir.const32(-1), top));
  const estimate = ir.shr_u64(ir.shl64(ir.extend_u32(raw), shift), ir.const32(31));
  const lower = ir.select64(ir.eq64(estimate, zero64(ir)), zero64(ir), ir.sub64(estimate, ir.const64(1, 0)));
  const isLess = ir.lt_u64(ir.sub64(x, ir.mul64(lower, y)), y);
  return ir.select64(isShort, short, ir.select64(isLess, lower, ir.add64(lower, ir.const64(1, 0))));
}

function inDoublewords(ir: Builder, signed: boolean, remainder: boolean, s: V128, t: V128): V128 {
  const [zero, one, minusOne] = [zero64(ir), ir.const64(1, 0), ir.const64(-1, -1)];
  const magnitude = (x: I64): I64 => (signed ? ir.select64(ir.lt_s64(x, zero), negated(ir, x), x) : x);
  let result = lanes.zero(ir);
  for (const i of [0, 1]) {
    const [x, y] = [ir.extract64(s, vop('i64x2.extract_lane'), i), ir.extract64(t, vop('i64x2.extract_lane'), i)];
    const byZero = ir.eq64(y, zero);
    const divisor = ir.select64(byZero, one, magnitude(y));
    let quotient = unsignedQuotient(ir, magnitude(x), divisor);
    if (signed) quotient = ir.select64(ir.lt_s64(ir.xor64(x, y), zero), negated(ir, quotient), quotient);
    const limit = signed ? ir.select64(ir.lt_s64(x, zero), one, minusOne) : minusOne;
    const lane = remainder ? ir.select64(byZero, x, ir.sub64(x, ir.mul64(quotient, y))) : ir.select64(byZero, limit, quotient);
    result = ir.insert64(result, lane, vop('i64x2.replace_lane'), i);
  }
  return result;
}
