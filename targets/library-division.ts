/** The 64-bit divisions of libgcc, which processors without an instruction for them call, as one operation. */
import type { Builder } from '../translate/ir/builder';
import type { I64 } from '../translate/ir/types';

export interface Division {
  readonly quotient: I64;
  readonly remainder: I64;
}

/** The divisor is not 0. */
export function divideUnsigned(ir: Builder, dividend: I64, divisor: I64): Division {
  const quotient = ir.div_u64(dividend, divisor);
  return { quotient, remainder: ir.sub64(dividend, ir.mul64(quotient, divisor)) };
}

/** Towards zero; the divisor is not 0. */
export function divideSigned(ir: Builder, dividend: I64, divisor: I64): Division {
  const signOf = (x: I64): I64 => ir.shr_s64(x, ir.const32(63));
  /** Negated where the sign is all ones. */
  const signed = (x: I64, sign: I64): I64 => ir.sub64(ir.xor64(x, sign), sign);
  const [ofDividend, ofDivisor] = [signOf(dividend), signOf(divisor)];
  const { quotient, remainder } = divideUnsigned(ir, signed(dividend, ofDividend), signed(divisor, ofDivisor));
  return { quotient: signed(quotient, ir.xor64(ofDividend, ofDivisor)), remainder: signed(remainder, ofDividend) };
}
