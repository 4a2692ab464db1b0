/** FPToFixedJS() of the Arm ARM (DDI 0487) as helpers. */
import type { Helper } from '../../translate/ir/helper-table';
import { FpFlag } from '../../translate/ir/rounding';
import { FPSCR } from './state';

const view = new DataView(new ArrayBuffer(8));

function double(low: number, high: number): number {
  view.setInt32(0, high);
  view.setInt32(4, low);
  return view.getFloat64(0);
}

/** In what `vjcvt_outcome` gives: the result is the operand. */
export const UNCHANGED = 1 << 30;

/** The exceptions, and in bit 30 whether the result is the operand: -0 is not. */
function outcome(low: number, high: number, fpscr: number): number {
  const x = double(low, high);
  const denormal = (high & 0x7ff00000) === 0 && x !== 0;
  if (denormal) return (fpscr & FPSCR.flush) !== 0 ? FpFlag.InputDenormal : FpFlag.Inexact;
  const whole = Math.trunc(x);
  if (!(whole >= -(2 ** 31) && whole < 2 ** 31)) return FpFlag.Invalid;
  if (whole !== x) return FpFlag.Inexact;
  return Object.is(x, -0) ? 0 : UNCHANGED;
}

export const JAVASCRIPT_CONVERSION_HELPERS: readonly Helper[] = [
  { name: 'vjcvt', run: (low, high) => double(low, high) | 0 },
  { name: 'vjcvt_outcome', run: outcome },
];
