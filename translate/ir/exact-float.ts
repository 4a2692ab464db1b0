/**
 * Floating-point operations with everything that IEEE 754 leaves to the environment: rounding modes, exceptions,
 * default NaNs and flushing. What the `exact` and `exact_flags` ops compute.
 *
 * Operands and results are bit patterns of 64 bits in halves; singles, halves and integers lie in the low half.
 */
import { add, divide, fusedMultiplyAdd, multiply, squareRoot, type FpContext } from './exact-arithmetic';
import { FpKind, FRACTION_SHIFT, IS_DOUBLE, IS_HALF, KIND_SHIFT, NAN_BY_ORDER, SIGNED } from './fp-control';
import { exactInOrder, outcome } from './exact-ordered';
import { DEFAULT_NAN32, DEFAULT_NAN64_HIGH, LEGACY_NAN32, LEGACY_NAN64_HIGH, nan32, nan64High, nan64Low } from './nan';
import {
  ALTERNATIVE_HALF,
  BRAIN_FLOAT,
  DOUBLE,
  FP_MODE_MASK,
  FpFlag,
  FpMode,
  FpStatus,
  HALF,
  powerOfTwo,
  round,
  roundedToIntegral,
  roundToIntegral,
  SINGLE,
  exponentOf,
  significandOf,
  type FloatFormat,
} from './rounding';

export { fpControl, fpControlOfHalves, FpKind, integerFormat } from './fp-control';

/** An operand: its bits and, unless it is a NaN, its value. */
class Operand {
  low = 0;
  high = 0;
  value = 0;
  isNan = false;
  signals = false;
}

const operands = [new Operand(), new Operand(), new Operand()] as const;
const [X, Y, Z] = operands;
const status = new FpStatus();
let resultLow = 0;
let resultHigh = 0;

/** Whether operands and results of the operation at hand are halves. */
let isHalf = false;

const view = new DataView(new ArrayBuffer(8));

function load(o: Operand, low: number, high: number, isDouble: boolean, mode: number): void {
  o.low = low;
  o.high = high;
  if (isHalf) {
    loadHalf(o, low, mode);
    return;
  }
  if (isDouble) {
    view.setInt32(0, high);
    view.setInt32(4, low);
    o.value = view.getFloat64(0);
  } else {
    view.setInt32(0, low);
    o.value = view.getFloat32(0);
  }
  o.isNan = Number.isNaN(o.value);
  o.signals = o.isNan && ((isDouble ? high >> 19 : low >> 22) & 1) === ((mode & FpMode.LegacyNan) === 0 ? 0 : 1);
  if ((mode & FpMode.Flush) !== 0 && o.value !== 0 && Math.abs(o.value) < powerOfTwo(isDouble ? DOUBLE.least : SINGLE.least)) {
    status.raise(FpFlag.InputDenormal);
    o.value = o.value < 0 ? -0 : 0;
  }
}

const HALF_INFINITY = 0x7c00;
const HALF_NAN = 0x7e00;
const HALF_FRACTION = 0x3ff;

function loadHalf(o: Operand, half: number, mode: number): void {
  const fraction = half & HALF_FRACTION;
  const special = (half & HALF_INFINITY) === HALF_INFINITY;
  o.isNan = special && fraction !== 0;
  o.signals = o.isNan && (fraction & 0x200) === 0;
  const denormal = (half & HALF_INFINITY) === 0;
  const magnitude = special ? (fraction === 0 ? Infinity : NaN) : denormal && (mode & FpMode.Flush) !== 0 ? 0 : halfMagnitude(half);
  o.value = (half & 0x8000) !== 0 ? -magnitude : magnitude;
}

/** The magnitude of a half that is finite, or in the alternative format. */
function halfMagnitude(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & HALF_FRACTION;
  return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
}

function give(low: number, high: number): void {
  resultLow = low;
  resultHigh = high;
}

function giveNumber(x: number, isDouble: boolean): void {
  if (isHalf) give((x < 0 || Object.is(x, -0) ? 0x8000 : 0) | halfBits(Math.abs(x)), 0);
  else if (isDouble) {
    view.setFloat64(0, x);
    give(view.getInt32(4), view.getInt32(0));
  } else {
    view.setFloat32(0, x);
    give(view.getInt32(0), 0);
  }
}

function giveDefaultNan(mode: number, isDouble: boolean): void {
  if (isHalf) give(HALF_NAN, 0);
  else if ((mode & FpMode.LegacyNan) !== 0) {
    if (isDouble) give(-1, LEGACY_NAN64_HIGH);
    else give(LEGACY_NAN32, 0);
  } else if (isDouble) give(0, DEFAULT_NAN64_HIGH);
  else give(DEFAULT_NAN32, 0);
}

function giveInvalid(mode: number, isDouble: boolean): void {
  status.raise(FpFlag.Invalid);
  giveDefaultNan(mode, isDouble);
}

/** The NaN that an operation on NaNs gives. */
function giveNan(mode: number, isDouble: boolean, x: Operand, y: Operand, z: Operand): void {
  if (x.signals || y.signals || z.signals) status.raise(FpFlag.Invalid);
  if ((mode & (FpMode.DefaultNan | FpMode.LegacyNan)) !== 0) giveDefaultNan(mode, isDouble);
  else if (isHalf) {
    const nan = nan32(halfNanAsSingle(x), halfNanAsSingle(y), halfNanAsSingle(z));
    give(((nan >>> 16) & 0x8000) | HALF_INFINITY | ((nan >> 13) & HALF_FRACTION), 0);
  } else if (isDouble) give(nan64Low(x.low, x.high, y.low, y.high, z.low, z.high), nan64High(x.low, x.high, y.low, y.high, z.low, z.high));
  else give(nan32(x.low, y.low, z.low), 0);
}

/** A NaN with its payload where a single has the upper bits of it; 0 for a number. */
function halfNanAsSingle({ isNan, low }: Operand): number {
  return isNan ? ((low & 0x8000) << 16) | 0x7f800000 | ((low & HALF_FRACTION) << 13) : 0;
}

interface Run extends FpContext {
  readonly isDouble: boolean;
}

function binary(cx: Run, kind: FpKind): void {
  const { mode, isDouble } = cx;
  if (X.isNan || Y.isNan) {
    giveNan(mode, isDouble, X, Y, Y);
    return;
  }
  const x = X.value;
  const y = Y.value;
  if (Number.isFinite(x) && Number.isFinite(y)) {
    giveFinite(cx, kind, x, y);
    return;
  }
  const native = kind === FpKind.Add ? x + y : kind === FpKind.Subtract ? x - y : kind === FpKind.Multiply ? x * y : x / y;
  if (Number.isNaN(native)) giveInvalid(mode, isDouble);
  else giveNumber(native, isDouble);
}

function giveFinite(cx: Run, kind: FpKind, x: number, y: number): void {
  let r: number;
  if (kind === FpKind.Add) r = add(cx, x, y);
  else if (kind === FpKind.Subtract) r = add(cx, x, -y);
  else if (kind === FpKind.Multiply) r = multiply(cx, x, y);
  else if (y !== 0) r = divide(cx, x, y);
  else if (x === 0) {
    giveInvalid(cx.mode, cx.isDouble);
    return;
  } else {
    status.raise(FpFlag.DivideByZero);
    r = x / y;
  }
  giveNumber(r, cx.isDouble);
}

function root(cx: Run): void {
  if (X.isNan) giveNan(cx.mode, cx.isDouble, X, X, X);
  else if (X.value < 0) giveInvalid(cx.mode, cx.isDouble);
  else giveNumber(X.value === Infinity ? Infinity : squareRoot(cx, X.value), cx.isDouble);
}

function multiplyAdd(cx: Run): void {
  const { mode, isDouble } = cx;
  const [x, y, z] = [X.value, Y.value, Z.value];
  const invalidProduct = (x === 0 && Math.abs(y) === Infinity) || (y === 0 && Math.abs(x) === Infinity);
  // Mostly beats a quiet NaN as the addend; a signalling one beats it.
  if (invalidProduct && !(Z.signals || (Z.isNan && (mode & FpMode.AddendNan) !== 0))) giveInvalid(mode, isDouble);
  // The addend comes first among NaNs
  else if (X.isNan || Y.isNan || Z.isNan) {
    if (invalidProduct) status.raise(FpFlag.Invalid);
    giveNan(mode, isDouble, Z, X, Y);
  } else if (Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z)) giveNumber(fusedMultiplyAdd(cx, x, y, z), isDouble);
  else {
    // An infinite term; where only the addend is, the product must not overflow
    const native = Number.isFinite(x) && Number.isFinite(y) ? z : x * y + z;
    if (Number.isNaN(native)) giveInvalid(mode, isDouble);
    else giveNumber(native, isDouble);
  }
}

const LESS = 8;
const EQUAL = 6;
const GREATER = 2;
const UNORDERED = 3;

function compare(kind: FpKind): void {
  if (X.isNan || Y.isNan) {
    if (kind === FpKind.CompareSignalling || X.signals || Y.signals) status.raise(FpFlag.Invalid);
    give(UNORDERED, 0);
  } else give(X.value < Y.value ? LESS : X.value > Y.value ? GREATER : EQUAL, 0);
}

function choose({ mode, isDouble }: Run, kind: FpKind): void {
  const number = kind === FpKind.MinimumNumber || kind === FpKind.MaximumNumber;
  const max = kind === FpKind.Maximum || kind === FpKind.MaximumNumber;
  const xQuiet = X.isNan && !X.signals;
  const yQuiet = Y.isNan && !Y.signals;
  if (number && xQuiet && !Y.isNan) giveNumber(Y.value, isDouble);
  else if (number && yQuiet && !X.isNan) giveNumber(X.value, isDouble);
  else if (X.isNan || Y.isNan) giveNan(mode, isDouble, X, Y, Y);
  else giveNumber(max ? Math.max(X.value, Y.value) : Math.min(X.value, Y.value), isDouble);
}

function integral({ mode, isDouble }: Run, kind: FpKind): void {
  if (X.isNan) {
    giveNan(mode, isDouble, X, X, X);
    return;
  }
  if (!Number.isFinite(X.value)) {
    giveNumber(X.value, isDouble);
    return;
  }
  const r = roundToIntegral(mode, X.value);
  if (kind === FpKind.RoundToIntegralExact && !roundedToIntegral()) status.raise(FpFlag.Inexact);
  giveNumber(r === 0 && X.value < 0 ? -0 : r, isDouble);
}

/** Rounds a finite number that is exact. */
function rounded(mode: number, format: FloatFormat, x: number): number {
  return x === 0 ? x : round(status, mode, format, x < 0, significandOf(x), 0, exponentOf(x));
}

/** Bits of a NaN in another format: sign and what there is room for of the payload, made quiet. */
function convertNan(mode: number, toDouble: boolean): void {
  if (X.signals) status.raise(FpFlag.Invalid);
  if ((mode & (FpMode.DefaultNan | FpMode.LegacyNan)) !== 0) giveDefaultNan(mode, toDouble);
  else if (toDouble) give(X.low << 29, (X.low & 0x80000000) | 0x7ff80000 | ((X.low & 0x3fffff) >> 3));
  else give((X.high & 0x80000000) | 0x7fc00000 | ((X.high & 0x7ffff) << 3) | (X.low >>> 29), 0);
}

function convert({ mode, isDouble }: Run): void {
  if (X.isNan) convertNan(mode, !isDouble);
  else if (!isDouble || !Number.isFinite(X.value)) giveNumber(X.value, !isDouble);
  else giveNumber(rounded(mode, SINGLE, X.value), false);
}

function fromHalf(half: number, mode: number, toDouble: boolean): void {
  const negative = (half & 0x8000) !== 0;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent < 31 || (mode & FpMode.AlternativeHalf) !== 0) {
    const magnitude = halfMagnitude(half);
    giveNumber(negative ? -magnitude : magnitude, toDouble);
  } else if (fraction === 0) giveNumber(negative ? -Infinity : Infinity, toDouble);
  else {
    if ((fraction & 0x200) === 0) status.raise(FpFlag.Invalid);
    const sign = (half & 0x8000) << 16;
    if ((mode & FpMode.DefaultNan) !== 0) giveDefaultNan(mode, toDouble);
    else if (toDouble) give(0, sign | 0x7ff80000 | (fraction << 10));
    else give(sign | 0x7fc00000 | (fraction << 13), 0);
  }
}

function toHalf({ mode, isDouble }: Run): void {
  const sign = ((isDouble ? X.high : X.low) >>> 16) & 0x8000;
  const alternative = (mode & FpMode.AlternativeHalf) !== 0;
  if (X.isNan) {
    if (alternative || X.signals) status.raise(FpFlag.Invalid);
    const payload = isDouble ? (X.high >> 10) & 0x1ff : (X.low >> 13) & 0x1ff;
    give(alternative ? sign : (mode & FpMode.DefaultNan) !== 0 ? HALF_NAN : sign | HALF_NAN | payload, 0);
    return;
  }
  const finite = Number.isFinite(X.value);
  const before = status.flags;
  // Denormals are flushed on the way in only.
  const r = finite ? rounded(mode & ~FpMode.Flush, alternative ? ALTERNATIVE_HALF : HALF, X.value) : X.value;
  if (alternative && (!finite || (status.flags & ~before & FpFlag.Overflow) !== 0)) {
    status.flags = before | FpFlag.Invalid;
    give(sign | 0x7fff, 0);
  } else give(sign | halfBits(Math.abs(r)), 0);
}

/** Bits of a magnitude that a half can hold. */
function halfBits(x: number): number {
  if (x === Infinity) return HALF_INFINITY;
  if (x < 2 ** -14) return x * 2 ** 24;
  const exponent = exponentOf(x);
  return ((exponent + 14) << 10) + x * powerOfTwo(10 - exponent);
}

function toBrainFloat(mode: number): void {
  if (X.isNan) giveNan(mode, false, X, X, X);
  else giveNumber(Number.isFinite(X.value) ? rounded(mode, BRAIN_FLOAT, X.value) : X.value, false);
  give(resultLow >>> 16, 0);
}

/** What limits the magnitude of a scaled number, so that scaling is exact: far beyond all integers, or nearer 0 than any tie. */
const HUGE = 2 ** 100;

function toInteger(mode: number, format: number): void {
  const signed = (format & SIGNED) !== 0;
  const width = format & 0xff;
  if (X.isNan) {
    status.raise(FpFlag.Invalid);
    give(0, 0);
    return;
  }
  const scale = powerOfTwo(format >> FRACTION_SHIFT);
  const magnitude = X.value === 0 ? 0 : Math.max(Math.min(Math.abs(X.value), HUGE), 1 / HUGE) * scale;
  const r = roundToIntegral(mode, X.value < 0 ? -magnitude : magnitude);
  const [min, max] = signed ? [-(2 ** (width - 1)), 2 ** (width - 1) - 1] : [0, 2 ** width - 1];
  // Neither 2^63 - 1 nor 2^64 - 1 is a double
  if (r < min || r > max || (width === 64 && r === max)) status.raise(FpFlag.Invalid);
  else if (!roundedToIntegral()) status.raise(FpFlag.Inexact);
  if (width === 64) giveLong(r, signed);
  else {
    const result = Math.min(Math.max(r, min), max);
    give(result | 0, result < 0 ? -1 : 0);
  }
}

/** An integral number as an integer of 64 bits, saturated. */
function giveLong(x: number, signed: boolean): void {
  if (x >= (signed ? 2 ** 63 : 2 ** 64)) give(-1, signed ? 0x7fffffff : -1);
  else if (x < (signed ? -(2 ** 63) : 0)) give(0, signed ? 0x80000000 | 0 : 0);
  else {
    const high = Math.floor(x / 2 ** 32);
    give((x - high * 2 ** 32) | 0, high | 0);
  }
}

function fromInteger(cx: Run, word: number, high: number, format: number): void {
  const { mode, format: to, isDouble } = cx;
  if ((format & 0xff) === 64) {
    const upper = (format & SIGNED) !== 0 ? high : high >>> 0;
    giveNumber(add(cx, upper * 2 ** 32, word >>> 0), isDouble);
    return;
  }
  const signed = (format & SIGNED) !== 0;
  const unused = 32 - (format & 0xff);
  const integer = signed ? (word << unused) >> unused : (word << unused) >>> unused;
  giveNumber(rounded(mode, to, integer * powerOfTwo(-(format >> FRACTION_SHIFT))), isDouble);
}

function compute(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): void {
  const kind = ((control >> KIND_SHIFT) & 0xff) as FpKind;
  const isDouble = (control & IS_DOUBLE) !== 0;
  const mode = control & FP_MODE_MASK;
  isHalf = (control & IS_HALF) !== 0;
  const cx: Run = { status, mode, isDouble, format: isHalf ? HALF : isDouble ? DOUBLE : SINGLE };
  status.flags = 0;
  if ((control & NAN_BY_ORDER) !== 0) return inOrder(xl, xh, yl, yh, zl, zh, control);
  if (kind === FpKind.FromHalf) return fromHalf(xl, mode, isDouble);
  if (kind === FpKind.FromInteger) return fromInteger(cx, xl, xh, yl);
  load(X, xl, xh, isDouble, mode);
  if (kind === FpKind.ToInteger) return toInteger(mode, yl);
  if (kind <= FpKind.MaximumNumber && kind !== FpKind.SquareRoot) load(Y, yl, yh, isDouble, mode);
  switch (kind) {
    case FpKind.SquareRoot:
      return root(cx);
    case FpKind.MultiplyAdd:
      load(Z, zl, zh, isDouble, mode);
      return multiplyAdd(cx);
    case FpKind.CompareQuiet:
    case FpKind.CompareSignalling:
      return compare(kind);
    case FpKind.Minimum:
    case FpKind.Maximum:
    case FpKind.MinimumNumber:
    case FpKind.MaximumNumber:
      return choose(cx, kind);
    case FpKind.RoundToIntegral:
    case FpKind.RoundToIntegralExact:
      return integral(cx, kind);
    case FpKind.Convert:
      return convert(cx);
    case FpKind.ToHalf:
      return toHalf(cx);
    case FpKind.ToBrainFloat:
      return toBrainFloat(mode);
    default:
      return binary(cx, kind);
  }
}

function inOrder(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): void {
  exactInOrder(xl, xh, yl, yh, zl, zh, control);
  status.flags = outcome.flags;
  give(outcome.low, outcome.high);
}

/** What was computed last, as the ops for the value and for the flags follow one another. */
const latest = new Int32Array(7).fill(-1);

function evaluate(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): void {
  const k = latest;
  if (k[6] === control && k[0] === xl && k[1] === xh && k[2] === yl && k[3] === yh && k[4] === zl && k[5] === zh) return;
  k[0] = xl;
  k[1] = xh;
  k[2] = yl;
  k[3] = yh;
  k[4] = zl;
  k[5] = zh;
  k[6] = control;
  compute(xl, xh, yl, yh, zl, zh, control);
}

/** Low half of the result of the operation that the control word says, on up to three operands in halves. */
export function exactLow(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): number {
  evaluate(xl | 0, xh | 0, yl | 0, yh | 0, zl | 0, zh | 0, control | 0);
  return resultLow | 0;
}

/** High half of the same; 0 for singles and halves. */
export function exactHigh(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): number {
  evaluate(xl | 0, xh | 0, yl | 0, yh | 0, zl | 0, zh | 0, control | 0);
  return resultHigh | 0;
}

/** Exceptions of the same (FpFlag). */
export function exactFlags(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): number {
  evaluate(xl | 0, xh | 0, yl | 0, yh | 0, zl | 0, zh | 0, control | 0);
  return status.flags;
}
