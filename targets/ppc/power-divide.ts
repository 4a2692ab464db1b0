/** The 601's division of 64 bits by 32 (`div`). */
import type { Helper } from '../../translate/ir/helper-table';

interface Division {
  readonly quotient: bigint;
  readonly remainder: bigint;
}

/** Truncates towards 0. A divisor of 0, for which all is undefined, counts as 1. */
function divide(high: number, low: number, divisor: number): Division {
  const dividend = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const by = BigInt(divisor === 0 ? 1 : divisor);
  return { quotient: dividend / by, remainder: dividend % by };
}

const word = (x: bigint): number => Number(BigInt.asIntN(32, x));

export const POWER_DIVIDE_HELPERS: readonly Helper[] = [
  { name: 'power_div_quotient', run: (high, low, by) => word(divide(high, low, by).quotient) },
  { name: 'power_div_remainder', run: (high, low, by) => word(divide(high, low, by).remainder) },
  {
    name: 'power_div_overflow',
    run: (high, low, by) => {
      const { quotient } = divide(high, low, by);
      return by === 0 || BigInt.asIntN(32, quotient) !== quotient ? 1 : 0;
    },
  },
];
