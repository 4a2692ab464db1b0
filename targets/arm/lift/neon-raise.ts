/**
 * Exceptions of Advanced SIMD floating point in exact code (docs/floating-point.md). Helpers find them lane by lane, behind a
 * branch that is taken only if there may be any: filters of a few vector operations tell, which need not be exact.
 */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { exceptionsHelper, type ExceptionsOf } from '../neon-exceptions';
import { environmentIsSpecial } from './exact';

/** When an operation may raise exceptions. */
export interface Doubt {
  /** It may be inexact, which matters until Inexact has been raised. */
  readonly inexact: boolean;
  /** Vectors with a bit set in every lane that may raise something else. */
  readonly lanes: readonly V128[];
}

const LEAST_NORMAL = 0x00800000; // 2^-126
const TWICE_LEAST = 0x01000000;
const LARGE_FOR_ESTIMATE = 0x7e800000; // 2^126
const GREATEST = 0x7f7fffff;
const TWO_TO_31 = 0x4f000000;
const TWO_TO_32 = 0x4f800000;

const constant = (ir: Builder, bits: number): V128 => lanes.splat(ir, 32, bits);
const f32x4 = (ir: Builder, op: string, x: V128, y: V128): V128 => ir.vector2(x, y, vop(`f32x4.${op}`));
const absolute = (ir: Builder, x: V128): V128 => ir.vector1(x, vop('f32x4.abs'));

// Masks are made by shifts: V8 builds a vector constant anew each time, of four instructions.

/** Denormals replaced by zeros of their sign. */
export function flush(ir: Builder, x: V128): V128 {
  const exponent = lanes.shiftRight(ir, 32, false, lanes.shiftLeft(ir, 32, x, 1), 24);
  return lanes.andNot(ir, x, lanes.shiftRight(ir, 32, false, lanes.equal(ir, 32, exponent, lanes.zero(ir)), 1));
}

/** Not 0 in lanes that are denormals. */
const denormal = (ir: Builder, x: V128): V128 => lanes.xor(ir, x, flush(ir, x));
/** Not 0 in lanes that are infinite or NaNs. */
const notFinite = (ir: Builder, x: V128): V128 => f32x4(ir, 'sub', x, x);
const isNan = (ir: Builder, x: V128): V128 => f32x4(ir, 'ne', x, x);
const notZero = (ir: Builder, x: V128): V128 => f32x4(ir, 'ne', x, lanes.zero(ir));
/** Lanes that may have been denormals before they were rounded; zeros too. */
const small = (ir: Builder, x: V128): V128 => f32x4(ir, 'lt', absolute(ir, x), constant(ir, TWICE_LEAST));

/** Of a sum or difference r of flushed operands: what is tiny is exact. */
export const ofSum = (ir: Builder, r: V128, ...sources: readonly V128[]): Doubt => ({
  inexact: true,
  lanes: [notFinite(ir, r), denormal(ir, r), ...sources.map((x) => denormal(ir, x))],
});

/** Of a product p, which without a sum is the result. */
export function ofProduct(ir: Builder, p: V128, n: V128, m: V128, sum?: Doubt): Doubt {
  const vanishing = lanes.and(ir, small(ir, p), lanes.and(ir, notZero(ir, n), notZero(ir, m)));
  return { inexact: true, lanes: [notFinite(ir, p), vanishing, denormal(ir, n), denormal(ir, m), ...(sum?.lanes ?? [])] };
}

/** Of r = n * m + d, rounded once. */
export function ofFused(ir: Builder, r: V128, n: V128, m: V128, d: V128): Doubt {
  const someTerm = lanes.or(ir, lanes.and(ir, notZero(ir, n), notZero(ir, m)), notZero(ir, d));
  return {
    inexact: true,
    lanes: [notFinite(ir, r), lanes.and(ir, small(ir, r), someTerm), denormal(ir, n), denormal(ir, m), denormal(ir, d)],
  };
}

/** Of comparisons, maxima and minima: NaNs (also infinities of opposite signs, which does not matter) and denormals. */
export const ofComparison = (ir: Builder, n: V128, m: V128): Doubt => ({
  inexact: false,
  lanes: [isNan(ir, f32x4(ir, 'add', n, m)), denormal(ir, n), denormal(ir, m)],
});

/** Of comparisons with zero, and of rounding to an integral value, which may be inexact if it says so. */
export const ofOperand = (ir: Builder, m: V128, inexact = false): Doubt => ({ inexact, lanes: [isNan(ir, m), denormal(ir, m)] });

export const ofFromInteger: Doubt = { inexact: true, lanes: [] };

/** Of a conversion of `scaled` to an integer of 32 bits. */
export function ofToInteger(ir: Builder, scaled: V128, m: V128, signed: boolean): Doubt {
  const inRange = signed
    ? f32x4(ir, 'lt', absolute(ir, scaled), constant(ir, TWO_TO_31))
    : lanes.and(ir, f32x4(ir, 'lt', scaled, constant(ir, TWO_TO_32)), f32x4(ir, 'ge', scaled, lanes.zero(ir)));
  return { inexact: true, lanes: [lanes.not(ir, inRange), denormal(ir, m)] };
}

/** Of VRECPE and VRSQRTE, which are never inexact. */
export function ofEstimate(ir: Builder, m: V128, mnemonic: 'vrecpe' | 'vrsqrte'): Doubt {
  const x = mnemonic === 'vrecpe' ? absolute(ir, m) : m;
  const normal = f32x4(ir, 'ge', x, constant(ir, LEAST_NORMAL));
  const bounded = mnemonic === 'vrecpe' ? f32x4(ir, 'lt', x, constant(ir, LARGE_FOR_ESTIMATE)) : f32x4(ir, 'le', x, constant(ir, GREATEST));
  return { inexact: false, lanes: [lanes.not(ir, lanes.and(ir, normal, bounded))] };
}

/**
 * Adds the exceptions of an instruction to FPSCR if they are to be known. Call it before the destination is written.
 * @param count lanes
 * @param sources its operands; up to three, as the helper takes them
 * @param doubt when to look; always if absent
 * @param parameter second operand of the helper in place of a vector's lane
 */
export function raiseLanes(
  cx: LiftContext,
  count: number,
  of: ExceptionsOf,
  sources: readonly V128[],
  doubt?: () => Doubt,
  parameter?: I32,
): void {
  if (!cx.exact) return;
  const { ir } = cx;
  const guarded = !ir.insideIf && doubt !== undefined;
  if (guarded) {
    const { inexact, lanes: doubtful } = doubt();
    const some =
      doubtful.length === 0
        ? ir.const1(false)
        : ir.vector_test(
            doubtful.reduce((x, y) => lanes.or(ir, x, y)),
            ANY_TRUE,
          );
    ir.beginIf(inexact ? ir.or1(environmentIsSpecial(cx, 0), some) : some);
  }
  const zero = ir.const32(0);
  for (let i = 0; i < count; i++) {
    const [x, y = zero, z = zero] = sources.map((v) => ir.extract32(v, vop('i32x4.extract_lane'), i));
    cx.raise(ir.call3(x!, parameter ?? y, z, helperIndex(exceptionsHelper(of))));
  }
  if (guarded) ir.endIf();
}

const ANY_TRUE = vop('v128.any_true');
