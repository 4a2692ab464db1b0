/** Computations on single lanes that MSA instructions call as helpers. Doublewords come, and go, in halves. */
import type { Helper } from '../../../translate/ir/helper-table';
import { FpFlag, significandOf } from '../../../translate/ir/rounding';
import { Adjust, MSACSR } from '../state';

const view = new DataView(new ArrayBuffer(8));

function doubleOf(low: number, high: number): number {
  view.setInt32(0, high);
  view.setInt32(4, low);
  return view.getFloat64(0);
}

function singleOf(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

function bitsOfSingle(x: number): number {
  view.setFloat32(0, x);
  return view.getInt32(0);
}

/** The low half of a double's bits (which = 0) or the high one. */
function halfOfDouble(x: number, which: number): number {
  view.setFloat64(0, x);
  return view.getInt32(which === 0 ? 4 : 0);
}

const DEFAULT_NAN = { single: 0x7fc00000, high: 0x7ff80000 } as const;
const QUIET = { single: 0x00400000, high: 0x00080000 } as const;

/** The nearest integer of 64 bits to an integral number; 0 for a NaN. */
function toInteger64(low: number, high: number, which: number, signed: boolean): number {
  const x = doubleOf(low, high);
  if (Number.isNaN(x)) return 0;
  const [least, most] = signed ? [-(2 ** 63), 2 ** 63] : [0, 2 ** 64];
  const limit = signed ? 63n : 64n;
  const integer = x <= least ? BigInt(least) : x >= most ? (1n << limit) - 1n : BigInt(Math.trunc(x));
  return Number(BigInt.asIntN(32, which === 0 ? integer : integer >> 32n));
}

/** Binary exponent of a positive finite number. */
function exponentOf(x: number): number {
  // A denormal is scaled up first: its exponent field does not say it
  const scaled = x < 2 ** -1022 ? x * 2 ** 54 : x;
  view.setFloat64(0, scaled);
  return ((view.getInt32(0) >>> 20) & 0x7ff) - 1023 - (scaled === x ? 0 : 54);
}

/** FLOG2 of a number that is no NaN. */
function logarithm(x: number): number {
  if (x < 0) return NaN;
  return x === 0 || x === Infinity ? Math.log2(x) : exponentOf(x);
}

function exponentOfSingle(bits: number): number {
  const x = singleOf(bits);
  if (Number.isNaN(x)) return bits | QUIET.single;
  const r = logarithm(x);
  return Number.isNaN(r) ? DEFAULT_NAN.single : bitsOfSingle(r);
}

function exponentOfDouble(low: number, high: number, which: number): number {
  const x = doubleOf(low, high);
  if (Number.isNaN(x)) return which === 0 ? low : high | QUIET.high;
  const r = logarithm(x);
  if (Number.isNaN(r)) return which === 0 ? 0 : DEFAULT_NAN.high;
  return halfOfDouble(r, which);
}

/** x * 2 ** n, rounded once. */
function scaled(x: number, n: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const e = exponentOf(Math.abs(x));
  const significand = e < -1000 ? (x * 2 ** 100) / 2 ** (e + 100) : x / 2 ** e;
  if (e + n > 1023) return x * Infinity;
  if (e + n >= -1074) return significand * 2 ** (e + n);
  return e + n === -1075 ? (significand / 2) * 2 ** -1074 : significand * 0;
}

function scaleDouble(low: number, high: number, n: number, which: number): number {
  const x = doubleOf(low, high);
  if (Number.isNaN(x)) return which === 0 ? low : high | QUIET.high;
  return halfOfDouble(scaled(x, n), which);
}

/** Powers beyond this give the same result for singles, and doubles hold what they are scaled by. */
const MAX_SINGLE_POWER = 512;

function scaleSingle(bits: number, n: number): number {
  const x = singleOf(bits);
  if (Number.isNaN(x)) return bits | QUIET.single;
  return bitsOfSingle(x * 2 ** Math.max(-MAX_SINGLE_POWER, Math.min(MAX_SINGLE_POWER, n)));
}

/** MSACSR's exceptions, from bit 0 on. */
const INEXACT = 1;
const UNDERFLOW = 2;
const OVERFLOW = 4;
const DIVIDE_BY_ZERO = 8;
const INVALID = 16;

const EXCEPTIONS: readonly (readonly [flag: number, exception: number])[] = [
  [FpFlag.Invalid, INVALID],
  [FpFlag.DivideByZero, DIVIDE_BY_ZERO],
  [FpFlag.Overflow, OVERFLOW],
  [FpFlag.Underflow, UNDERFLOW],
  [FpFlag.Inexact, INEXACT],
];

/** What MSACSR tells of a lane's exceptions (MD00866, section 3.5.4, as qemu-mips has it); `adjust` is of Adjust. */
function msaExceptions(flags: number, status: number, adjust: number): number {
  let raised = EXCEPTIONS.reduce((sum, [flag, exception]) => ((flags & flag) === 0 ? sum : sum | exception), 0);
  const enables = status >> MSACSR.enablesBit;
  if ((status & MSACSR.flush) !== 0) {
    if ((flags & FpFlag.InputDenormal) !== 0) raised = (adjust & Adjust.NoInexactFlush) === 0 ? raised | INEXACT : raised & ~INEXACT;
    if ((flags & FpFlag.Underflow) !== 0)
      raised = (raised | INEXACT | UNDERFLOW) & ((adjust & Adjust.NoUnderflowFlush) === 0 ? -1 : ~UNDERFLOW);
  }
  if ((raised & OVERFLOW & ~enables) !== 0) raised |= INEXACT;
  // Exact
  if ((raised & UNDERFLOW & ~enables) !== 0 && (raised & INEXACT) === 0) raised &= ~UNDERFLOW;
  if ((adjust & Adjust.OnlyInexact) !== 0 && (raised & (INVALID | DIVIDE_BY_ZERO)) === 0) raised = INEXACT;
  return raised;
}

function logarithmExceptions(low: number, high: number): number {
  const x = doubleOf(low, high);
  return x < 0 ? FpFlag.Invalid : x === 0 ? FpFlag.DivideByZero : 0;
}

const isScalable = (x: number): boolean => x !== 0 && Number.isFinite(x);

/** A number as one in [1, 2) with its sign; what has no exponent as it is. */
function significandOfDouble(low: number, high: number, which: number): number {
  const x = doubleOf(low, high);
  if (!isScalable(x)) return which === 0 ? low : high;
  return halfOfDouble(x < 0 ? -significandOf(-x) : significandOf(x), which);
}

function scaleOfDouble(low: number, high: number): number {
  const x = doubleOf(low, high);
  return isScalable(x) ? exponentOf(Math.abs(x)) : 0;
}

export const MSA_HELPERS: readonly Helper[] = [
  {
    name: 'divide_64_by_32',
    run: (high, low, divisor) => Number(BigInt.asIntN(32, ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) / BigInt(divisor >>> 0 || 1))),
  },
  { name: 'double_to_s64', run: (low, high, which) => toInteger64(low, high, which, true) },
  { name: 'double_to_u64', run: (low, high, which) => toInteger64(low, high, which, false) },
  { name: 'exponent_of_single', run: exponentOfSingle },
  { name: 'exponent_of_double', run: exponentOfDouble },
  { name: 'scale_single', run: scaleSingle },
  { name: 'scale_double_low', run: (low, high, n) => scaleDouble(low, high, n, 0) },
  { name: 'scale_double_high', run: (low, high, n) => scaleDouble(low, high, n, 1) },
  { name: 'msa_exceptions', run: msaExceptions },
  { name: 'logarithm_exceptions', run: logarithmExceptions },
  { name: 'significand_of_double', run: significandOfDouble },
  { name: 'scale_of_double', run: scaleOfDouble },
];
