/**
 * AltiVec floating point on single elements, for those that vector operations of the host do not get right: NaNs and, where
 * VSCR.NJ asks for it, denormals. Where the manual allows estimates, they are those of qemu-ppc.
 */
import { fma32 } from '../../translate/ir/fma';
import type { Helper } from '../../translate/ir/helper-table';

const view = new DataView(new ArrayBuffer(4));

function valueOf(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

function bitsOf(x: number): number {
  view.setFloat32(0, x);
  return view.getInt32(0);
}

const QUIET = 0x00400000;
const DEFAULT_NAN = 0x7fc00000;
const isNan = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;

/** The result on patterns: the first operand that is a NaN, else the number or, if that is a NaN, the default one. */
function settled(operands: readonly number[], compute: () => number): number {
  for (const bits of operands) if (isNan(bits)) return bits | QUIET;
  const x = compute();
  return Number.isNaN(x) ? DEFAULT_NAN : bitsOf(x);
}

const binary =
  (compute: (a: number, b: number) => number) =>
  (a: number, b: number): number =>
    settled([a, b], () => compute(valueOf(a), valueOf(b)));

const unary =
  (compute: (x: number) => number) =>
  (bits: number): number =>
    settled([bits], () => compute(valueOf(bits)));

/** The factors are a and c; negations do not touch NaNs. */
const multiplyAdd =
  (negated: boolean) =>
  (a: number, c: number, b: number): number =>
    settled([a, b, c], () => {
      const addend = valueOf(b);
      const r = fma32(valueOf(a), valueOf(c), negated ? -addend : addend);
      return negated ? -r : r;
    });

const LEAST_NORMAL = 2 ** -126;

/**
 * All ones if a multiply-add is below the least normal number before it is rounded, to which it may be rounded up; else 0. The
 * product is exact in a double; what the sum loses of it is the error of a sum of two numbers (Knuth, TAOCP 2, 4.2.2).
 */
const isTiny =
  (negated: boolean) =>
  (a: number, c: number, b: number): number => {
    const product = valueOf(a) * valueOf(c);
    const addend = negated ? -valueOf(b) : valueOf(b);
    const sum = product + addend;
    if (Math.abs(sum) !== LEAST_NORMAL) return Math.abs(sum) < LEAST_NORMAL ? -1 : 0;
    const back = sum - product;
    const error = product - (sum - back) + (addend - back);
    return error * sum < 0 ? -1 : 0;
  };

const TERMS = 15;
const LN2 = 0.6931471805599453;

/** Beyond it the last term of the series is more than any single; below, no term is more than a double. */
const LARGEST_ARGUMENT = 1e10;

/** 2^x as a Taylor series of fifteen terms, in doubles. */
function exponential(x: number): number {
  if (x === Infinity) return x;
  if (x === -Infinity) return 0;
  const y = x * LN2;
  if (Math.abs(y) > LARGEST_ARGUMENT) return y * Infinity;
  let power = y;
  let factorial = 1;
  let sum = 1;
  for (let n = 1; n <= TERMS; n++) {
    factorial *= n;
    sum += power * (1 / factorial);
    power *= y;
  }
  return sum;
}

function roundToNearestEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const whole = up ? floor + 1 : floor;
  return whole === 0 && (x < 0 || Object.is(x, -0)) ? -0 : whole;
}

/** By mnemonic; operands in the order of the instruction's. */
const ELEMENTS = {
  vaddfp: binary((a, b) => a + b),
  vsubfp: binary((a, b) => a - b),
  vmaxfp: binary(Math.max),
  vminfp: binary(Math.min),
  vmaddfp: multiplyAdd(false),
  vnmsubfp: multiplyAdd(true),
  'vmaddfp tiny': isTiny(false),
  'vnmsubfp tiny': isTiny(true),
  vrefp: unary((x) => 1 / x),
  vrsqrtefp: unary((x) => 1 / Math.fround(Math.sqrt(x))),
  vexptefp: unary(exponential),
  vlogefp: unary(Math.log2),
  vrfin: unary(roundToNearestEven),
  vrfiz: unary(Math.trunc),
  vrfip: unary(Math.ceil),
  vrfim: unary(Math.floor),
} satisfies Record<string, (a: number, b: number, c: number) => number>;

export type ElementOperation = keyof typeof ELEMENTS;

export const ALTIVEC_HELPERS: readonly Helper[] = Object.entries(ELEMENTS).map(([name, run]): Helper => ({
  name,
  run: run as Helper['run'],
}));
