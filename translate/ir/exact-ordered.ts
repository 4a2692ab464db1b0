/**
 * The exact operations with NAN_BY_ORDER: NaNs by the order of the operands, doubles throughout, and why an operation is
 * invalid (Power ISA, book I, sections 4.3.2 and 4.4.1; where it leaves a choice, as qemu-ppc has it).
 */
import { add, divide, fusedMultiplyAdd, multiply, squareRoot, type FpContext } from './exact-arithmetic';
import { FpKind, InvalidCause, KIND_SHIFT, NEGATE_ADDEND, NEGATE_RESULT, ROUND_TO_SINGLE, ROUNDED_UP } from './fp-control';
import { DEFAULT_NAN64_HIGH } from './nan';
import {
  DOUBLE,
  exponentOf,
  FpFlag,
  FpMode,
  FpStatus,
  round,
  roundedToIntegral,
  roundToIntegral,
  significandOf,
  SINGLE,
  wasRoundedUp,
  type FloatFormat,
} from './rounding';

/** What the latest operation gave. */
export const outcome = { low: 0, high: 0, flags: 0 };

const QUIET_HIGH = 1 << 19;
/** Bits of a double's fraction that a single lacks, in the low word. */
const NOT_IN_SINGLE = 0x1fffffff;

const view = new DataView(new ArrayBuffer(8));
const status = new FpStatus();

class Operand {
  value = 0;
  low = 0;
  high = 0;
  isNan = false;
  signals = false;

  load(low: number, high: number): void {
    this.low = low;
    this.high = high;
    view.setInt32(0, high);
    view.setInt32(4, low);
    this.value = view.getFloat64(0);
    this.isNan = Number.isNaN(this.value);
    this.signals = this.isNan && (high & QUIET_HIGH) === 0;
  }

  get isInfinite(): boolean {
    return Math.abs(this.value) === Infinity;
  }
}

const [X, Y, Z] = [new Operand(), new Operand(), new Operand()] as const;

function give(low: number, high: number): void {
  outcome.low = low | 0;
  outcome.high = high | 0;
}

function giveNumber(x: number): void {
  view.setFloat64(0, x);
  give(view.getInt32(4), view.getInt32(0));
}

function giveInvalid(cause: number): void {
  status.raise(FpFlag.Invalid | cause);
  give(0, DEFAULT_NAN64_HIGH);
}

/** If an operand is a NaN, gives the first one. */
function gaveNan(operands: readonly Operand[], single: boolean): boolean {
  const nan = operands.find((o) => o.isNan);
  if (nan === undefined) return false;
  if (operands.some((o) => o.signals)) status.raise(FpFlag.Invalid | InvalidCause.SignallingNan);
  give(single ? nan.low & ~NOT_IN_SINGLE : nan.low, nan.high | QUIET_HIGH);
  return true;
}

function invalidCause(kind: FpKind): number {
  if (kind === FpKind.Multiply) return InvalidCause.InfinityTimesZero;
  if (kind !== FpKind.Divide) return InvalidCause.InfinityLessInfinity;
  return X.value === 0 ? InvalidCause.ZeroByZero : InvalidCause.InfinityByInfinity;
}

function binary(cx: FpContext, kind: FpKind, single: boolean): void {
  if (gaveNan([X, Y], single)) return;
  const [x, y] = [X.value, Y.value];
  const native = kind === FpKind.Add ? x + y : kind === FpKind.Subtract ? x - y : kind === FpKind.Multiply ? x * y : x / y;
  if (Number.isNaN(native)) giveInvalid(invalidCause(kind));
  else if (!Number.isFinite(x) || !Number.isFinite(y)) giveNumber(native);
  else if (kind === FpKind.Divide && y === 0) {
    status.raise(FpFlag.DivideByZero);
    giveNumber(native);
  } else giveNumber(finite(cx, kind, x, y));
}

function finite(cx: FpContext, kind: FpKind, x: number, y: number): number {
  if (kind === FpKind.Add) return add(cx, x, y);
  if (kind === FpKind.Subtract) return add(cx, x, -y);
  return kind === FpKind.Multiply ? multiply(cx, x, y) : divide(cx, x, y);
}

function multiplyAdd(cx: FpContext, control: number, single: boolean): void {
  const [x, y] = [X.value, Y.value];
  const z = (control & NEGATE_ADDEND) !== 0 ? -Z.value : Z.value;
  if ((X.isInfinite && y === 0) || (x === 0 && Y.isInfinite)) {
    giveInvalid(InvalidCause.InfinityTimesZero);
    const { flags } = status;
    gaveNan([Z], single);
    // qemu-ppc reports the product alone
    status.flags = flags;
    return;
  }
  if (gaveNan([X, Z, Y], single)) return;
  const infinite = X.isInfinite || Y.isInfinite;
  const r = infinite ? x * y + z : Z.isInfinite ? z : fusedMultiplyAdd(cx, x, y, z);
  if (Number.isNaN(r)) giveInvalid(InvalidCause.InfinityLessInfinity);
  else giveNumber((control & NEGATE_RESULT) !== 0 ? -r : r);
}

function root(cx: FpContext, single: boolean): void {
  if (gaveNan([X], single)) return;
  if (X.value < 0) giveInvalid(InvalidCause.SquareRoot);
  else giveNumber(X.isInfinite ? X.value : squareRoot(cx, X.value));
}

/** To the format of the context. */
function convert({ mode, format }: FpContext): void {
  if (gaveNan([X], true)) return;
  const x = X.value;
  if (x === 0 || X.isInfinite) giveNumber(x);
  else giveNumber(round(status, mode, format, x < 0, significandOf(x), 0, exponentOf(x)));
}

function integral(mode: number): void {
  if (gaveNan([X], false)) return;
  const x = X.value;
  const r = X.isInfinite ? x : roundToIntegral(mode, x);
  giveNumber(r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r);
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** To a word, extended to 64 bits with its sign; NaNs give the least one, without. */
function toWord(mode: number): void {
  if (X.isNan) {
    status.raise(FpFlag.Invalid | InvalidCause.Conversion | (X.signals ? InvalidCause.SignallingNan : 0));
    give(INT_MIN, 0);
    return;
  }
  const r = X.isInfinite ? X.value : roundToIntegral(mode, X.value);
  if (r < INT_MIN || r > INT_MAX) status.raise(FpFlag.Invalid | InvalidCause.Conversion);
  else if (!roundedToIntegral()) status.raise(FpFlag.Inexact);
  const word = Math.min(Math.max(r, INT_MIN), INT_MAX);
  give(word, word < 0 ? -1 : 0);
}

function compare(kind: FpKind): void {
  if (!X.isNan && !Y.isNan) return;
  if (X.signals || Y.signals) status.raise(FpFlag.Invalid | InvalidCause.SignallingNan);
  if (kind === FpKind.CompareSignalling) status.raise(FpFlag.Invalid | InvalidCause.OrderedCompare);
}

const SINGLE_INFINITY = 0x7f800000;

/** The double with the value of a single, or its sign and payload (DOUBLE() in the manual). */
function loadSingle(bits: number): void {
  if ((bits & SINGLE_INFINITY) === SINGLE_INFINITY) {
    const high = (bits & 0x80000000) | 0x7ff00000 | ((bits & 0x7fffff) >>> 3);
    give(bits << 29, high);
    return;
  }
  view.setInt32(0, bits);
  giveNumber(view.getFloat32(0));
}

const LEAST_SINGLE = 874;
const BIASES_DIFFER = 896;

/** What STFS stores: bits of the double, and where those would be a denormal what is left of them (SINGLE() in the manual). */
function storeSingle(low: number, high: number): void {
  const exponent = (high >>> 20) & 0x7ff;
  const sign = high & 0x80000000;
  if (exponent > BIASES_DIFFER) give((high & 0xc0000000) | ((high & 0x07ffffff) << 3) | (low >>> 29), 0);
  else if (exponent < LEAST_SINGLE) give(sign, 0);
  else {
    const fraction = 0x800000 | ((high & 0xfffff) << 3) | (low >>> 29);
    give(sign | (fraction >>> (BIASES_DIFFER + 1 - exponent)), 0);
  }
}

/** Modes that these operations obey. */
const MODES = 0xff | FpMode.ScaleTiny | FpMode.ScaleHuge;

/** Computes the operation that a control word with NAN_BY_ORDER says into `outcome`. */
export function exactInOrder(xl: number, xh: number, yl: number, yh: number, zl: number, zh: number, control: number): void {
  const kind = ((control >> KIND_SHIFT) & 0xff) as FpKind;
  const single = (control & ROUND_TO_SINGLE) !== 0;
  const mode = control & MODES;
  const format: FloatFormat = single ? SINGLE : DOUBLE;
  const cx: FpContext = { status, mode, format };
  status.flags = 0;
  give(0, 0);
  X.load(xl, xh);
  Y.load(yl, yh);
  Z.load(zl, zh);
  if (kind <= FpKind.Divide) binary(cx, kind, single);
  else if (kind === FpKind.SquareRoot) root(cx, single);
  else if (kind === FpKind.MultiplyAdd) multiplyAdd(cx, control, single);
  else if (kind === FpKind.CompareQuiet || kind === FpKind.CompareSignalling) compare(kind);
  else if (kind === FpKind.RoundToIntegral) integral(mode);
  else if (kind === FpKind.Convert) convert(cx);
  else if (kind === FpKind.ToInteger) toWord(mode);
  else if (kind === FpKind.LoadSingle) loadSingle(xl);
  else if (kind === FpKind.StoreSingle) storeSingle(xl, xh);
  const { flags } = status;
  outcome.flags = (flags & FpFlag.Inexact) !== 0 && wasRoundedUp() ? flags | ROUNDED_UP : flags;
}
