/**
 * Floating point whose exceptions are recorded, without functions where that is possible: to nearest, nothing enabled, operands
 * and result in the middle of the range. Nothing but Inexact can be raised there, and the error of the operation, which is a
 * number or the sum of two (Knuth, Dekker; Boldo and Muller for multiply-add), tells whether it is.
 */
import type { Builder } from '../../../translate/ir/builder';
import { FpKind, NEGATE_ADDEND, NEGATE_RESULT } from '../../../translate/ir/fp-control';
import type { F64, I1, I32 } from '../../../translate/ir/types';
import { FPSCR } from '../fpscr';

const SIGN_HIGH = 0x80000000 | 0;
const negated = (ir: Builder, x: F64): F64 => ir.subf64(ir.constf64(0, SIGN_HIGH), x);

/** The sum and its error, a number. */
function twoSum(ir: Builder, x: F64, y: F64): readonly [sum: F64, error: F64] {
  const sum = ir.addf64(x, y);
  const fromY = ir.subf64(sum, x);
  const fromX = ir.subf64(sum, fromY);
  return [sum, ir.addf64(ir.subf64(x, fromX), ir.subf64(y, fromY))];
}

/** Of a multiply-add that gives r: what that lacks. */
function multiplyAddError(ir: Builder, x: F64, y: F64, z: F64): F64 {
  const r = ir.fmaf64(x, y, z);
  const product = ir.mulf64(x, y);
  const rest = ir.fmaf64(x, y, negated(ir, product));
  const [low, lowest] = twoSum(ir, z, rest);
  const [high, middle] = twoSum(ir, product, low);
  return ir.addf64(ir.addf64(ir.subf64(high, r), middle), lowest);
}

/** x with its sign changed if y is negative. */
function signedBy(ir: Builder, x: F64, y: F64): F64 {
  return ir.f64_of_bits(ir.xor64(ir.bits_of_f64(x), ir.and64(ir.bits_of_f64(y), ir.const64(0, SIGN_HIGH))));
}

/**
 * A number of the sign of the exact result less the rounded one, 0 if and only if they are equal; before the result is rounded to single
 * precision.
 */
export function errorOf(ir: Builder, kind: FpKind, options: number, [x, y, z]: readonly F64[]): F64 {
  switch (kind) {
    case FpKind.Add:
      return twoSum(ir, x!, y!)[1];
    case FpKind.Subtract:
      return twoSum(ir, x!, negated(ir, y!))[1];
    case FpKind.Multiply:
      return ir.fmaf64(x!, y!, negated(ir, ir.mulf64(x!, y!)));
    case FpKind.Divide:
      return signedBy(ir, ir.fmaf64(negated(ir, ir.divf64(x!, y!)), y!, x!), y!);
    case FpKind.SquareRoot: {
      const root = ir.sqrtf64(x!);
      return ir.fmaf64(negated(ir, root), root, x!);
    }
    case FpKind.MultiplyAdd: {
      const error = multiplyAddError(ir, x!, y!, (options & NEGATE_ADDEND) !== 0 ? negated(ir, z!) : z!);
      return (options & NEGATE_RESULT) !== 0 ? negated(ir, error) : error;
    }
    case FpKind.Convert:
      return ir.constf64(0, 0);
    default:
      throw new RangeError(`no arithmetic of kind ${kind}`);
  }
}

const EXPONENT = 0x7ff00000;
/** Biased exponents from 2^-400 to 2^400: neither products nor their errors leave the range. Singles are normal from 2^-126 to 2^127. */
const MIDDLE = { double: [1023 - 400, 800], single: [1023 - 120, 240] } as const;

/** Whether a number is in the middle of the range of a precision. */
export function isMiddling(ir: Builder, x: F64, precision: keyof typeof MIDDLE): I1 {
  const [least, count] = MIDDLE[precision];
  const exponent = ir.and32(ir.high64(ir.bits_of_f64(x)), ir.const32(EXPONENT));
  return ir.lt_u32(ir.sub32(exponent, ir.const32(least << 20)), ir.const32(count << 20));
}

/** Whether FPSCR asks for rounding to nearest, with nothing enabled. */
export function isPlain(ir: Builder, fpscr: I32): I1 {
  return ir.eq32(ir.and32(fpscr, ir.const32(FPSCR.rounding | FPSCR.enables)), ir.const32(0));
}

const POSITIVE_CLASS = 0x4000;
const NEGATIVE_CLASS = 0x8000;
const INEXACT = FPSCR.fx | FPSCR.xx | FPSCR.fi;

/** FPSCR after an operation that gives a normal number. `lost` has the sign of what that lacks to the exact result, and is 0 if nothing. */
export function statusAfter(ir: Builder, fpscr: I32, result: F64, lost: F64): I32 {
  const sign = (x: F64): I32 => ir.high64(ir.bits_of_f64(x));
  const negative = ir.lt_s32(sign(result), ir.const32(0));
  const kept = ir.and32(fpscr, ir.const32(~(FPSCR.fi | FPSCR.fr | FPSCR.fprf)));
  // Beyond the exact result, what is lost has the other sign
  const roundedUp = ir.lt_s32(ir.xor32(sign(result), sign(lost)), ir.const32(0));
  const inexact = ir.select32(roundedUp, ir.const32(INEXACT | FPSCR.fr), ir.const32(INEXACT));
  const raised = ir.select32(ir.eqf64(lost, ir.constf64(0, 0)), ir.const32(0), inexact);
  return ir.or32(ir.or32(kept, raised), ir.select32(negative, ir.const32(NEGATIVE_CLASS), ir.const32(POSITIVE_CLASS)));
}
