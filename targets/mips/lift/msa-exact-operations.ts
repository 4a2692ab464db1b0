/** What MSA's floating-point instructions do in one lane, exactly (msa-exact.ts). */
import { FpKind, integerFormat } from '../../../translate/ir/fp-control';
import { FpFlag } from '../../../translate/ir/rounding';
import type { I1, I32, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { Adjust } from '../state';
import { laneOf, setExactly, type LaneOperations, type LaneResult } from './msa-exact';
import { available, type ThreeVectors } from './msa-registers';

type Fields = Omit<ThreeVectors, 't'> & { readonly t?: number };

/** Of lanes of ws, wt and wd. */
type Lane = (op: LaneOperations, x: I64, y: I64, z: I64) => LaneResult;

const arithmetic =
  (kind: FpKind): Lane =>
  (op, x, y) => ({ value: op.on(kind, op.isDouble, [x, y]), tellsDenormals: true });

const extremum =
  (kind: FpKind): Lane =>
  (op, x, y) => ({ value: op.on(kind, op.isDouble, [x, y]) });

function magnitude({ ir, isDouble }: LaneOperations, x: I64): I64 {
  return ir.and64(x, isDouble ? ir.const64(-1, 0x7fffffff) : ir.const64(0x7fffffff, 0));
}

function isNan(op: LaneOperations, x: I64): I1 {
  const { ir } = op;
  return op.isDouble
    ? ir.lt_u64(ir.const64(0, 0x7ff00000), magnitude(op, x))
    : ir.lt_u32(ir.const32(0x7f800000), ir.low64(magnitude(op, x)));
}

function isInfinite(op: LaneOperations, x: I64): I1 {
  const { ir } = op;
  return ir.eq64(magnitude(op, x), op.isDouble ? ir.const64(0, 0x7ff00000) : ir.const64(0x7f800000, 0));
}

const one = (op: LaneOperations): I64 => (op.isDouble ? op.ir.const64(0, 0x3ff00000) : op.ir.const64(0x3f800000, 0));

/** FMIN_A, FMAX_A: of equal magnitudes by sign. A number goes before a quiet NaN. */
function magnitudeExtremum(max: boolean): Lane {
  const [kind, other] = max ? [FpKind.MaximumNumber, FpKind.MinimumNumber] : [FpKind.MinimumNumber, FpKind.MaximumNumber];
  return (op, x, y) => {
    const { ir } = op;
    const signed = op.on(kind, op.isDouble, [x, y]);
    const opposite = op.on(other, op.isDouble, [x, y]);
    const wanted = op.on(kind, op.isDouble, [magnitude(op, x), magnitude(op, y)]);
    const same = ir.eq64(magnitude(op, x), magnitude(op, y));
    return { value: ir.select64(ir.or1(same, ir.eq64(wanted, magnitude(op, signed))), signed, opposite) };
  };
}

/** FMADD, FMSUB: NaNs keep their sign. */
const multiplyAdd =
  (negative: boolean): Lane =>
  (op, x, y, z) => {
    const { ir } = op;
    const sign = op.isDouble ? ir.const64(0, 0x80000000 | 0) : ir.const64(0x80000000 | 0, 0);
    const factor = negative ? ir.select64(isNan(op, x), x, ir.xor64(x, sign)) : x;
    return { value: op.on(FpKind.MultiplyAdd, op.isDouble, [factor, y, z]), tellsDenormals: true };
  };

/** FRCP, FRSQRT: an approximation as far as flags go, so that they are inexact unless they are special. */
const reciprocal =
  (ofRoot: boolean): Lane =>
  (op, x) => {
    const { ir } = op;
    const divisor = ofRoot ? op.on(FpKind.SquareRoot, op.isDouble, [x]) : x;
    const value = op.on(FpKind.Divide, op.isDouble, [one(op), divisor]);
    const special = ir.or1(isInfinite(op, divisor), isNan(op, value));
    return { value, adjust: ir.select32(special, ir.const32(0), ir.const32(Adjust.OnlyInexact)), tellsDenormals: true };
  };

/** What the exact comparisons give: N, Z, C and V in bits 3 to 0. */
const OUTCOME = { less: 1 << 8, equal: 1 << 6, greater: 1 << 2, unordered: 1 << 3 } as const;

const HOLDS: Readonly<Record<string, number>> = {
  AF: 0,
  UN: OUTCOME.unordered,
  EQ: OUTCOME.equal,
  UEQ: OUTCOME.unordered | OUTCOME.equal,
  LT: OUTCOME.less,
  ULT: OUTCOME.unordered | OUTCOME.less,
  LE: OUTCOME.less | OUTCOME.equal,
  ULE: OUTCOME.unordered | OUTCOME.less | OUTCOME.equal,
  OR: OUTCOME.less | OUTCOME.equal | OUTCOME.greater,
  UNE: OUTCOME.less | OUTCOME.greater | OUTCOME.unordered,
  NE: OUTCOME.less | OUTCOME.greater,
};

function comparison(predicate: string, kind: FpKind): Lane {
  return (op, x, y) => {
    const { ir } = op;
    const outcome = ir.low64(op.on(kind, op.isDouble, [x, y]));
    const holds = ir.and32(ir.shr_u32(ir.const32(HOLDS[predicate]!), outcome), ir.const32(1));
    return { value: ir.extend_s32(ir.sub32(ir.const32(0), holds)), adjust: ir.const32(Adjust.NoInexactFlush) };
  };
}

/** FTINT, FTRUNC: NaNs become 0. */
const toInteger =
  (signed: boolean, truncating: boolean): Lane =>
  (op, x) => {
    const format = op.ir.const64(integerFormat(op.width, signed), 0);
    const value = op.on(FpKind.ToInteger, op.isDouble, [x, format], truncating ? 'zero' : undefined);
    return { value, adjust: op.ir.const32(Adjust.NoUnderflowFlush) };
  };

const fromInteger =
  (signed: boolean): Lane =>
  (op, x) => ({
    value: op.on(FpKind.FromInteger, op.isDouble, [x, op.ir.const64(integerFormat(op.width, signed), 0)]),
    tellsDenormals: true,
  });

const widen: Lane = (op, x) => {
  const { ir } = op;
  if (op.width === 32) return { value: op.on(FpKind.Convert, false, [x]), tellsDenormals: true };
  // Halves are not flushed by the conversion itself
  const word = ir.low64(x);
  const isDenormal = ir.lt_u32(ir.sub32(ir.and32(word, ir.const32(0x7fff)), ir.const32(1)), ir.const32(0x3ff));
  const flushed = ir.and1(isDenormal, op.flushes());
  const operand = ir.select64(flushed, ir.and64(x, ir.const64(0x8000, 0)), x);
  const value = op.on(FpKind.FromHalf, false, [operand]);
  op.raiseIf(flushed, FpFlag.InputDenormal);
  return { value, tellsDenormals: true };
};

const narrow: Lane = (op, x) => {
  const { ir } = op;
  if (op.width === 64) return { value: op.on(FpKind.Convert, true, [x]), tellsDenormals: true };
  const half = op.on(FpKind.ToHalf, false, [x]);
  const word = ir.low64(half);
  const isDenormal = ir.lt_u32(ir.sub32(ir.and32(word, ir.const32(0x7fff)), ir.const32(1)), ir.const32(0x3ff));
  const flushed = ir.and1(isDenormal, op.flushes());
  op.raiseIf(flushed, FpFlag.Underflow);
  return { value: ir.select64(flushed, ir.and64(half, ir.const64(0x8000, 0)), half), tellsDenormals: true };
};

/** FTQ: what no fraction holds overflows; NaNs become 0. */
const toFraction: Lane = (op, x) => {
  const { ir } = op;
  const bits = op.width / 2;
  const scale = op.isDouble ? ir.const64(0, 0x41e00000) : ir.const64(0x47000000, 0);
  const scaled = op.on(FpKind.Multiply, op.isDouble, [x, scale]);
  const overflows = op.latest;
  const integer = op.on(FpKind.ToInteger, op.isDouble, [scaled, ir.const64(integerFormat(64, true), 0)]);
  const [least, most] = [ir.const64(-(2 ** (bits - 1)), -1), ir.const64(2 ** (bits - 1) - 1, 0)];
  const bounded = ir.select64(ir.lt_s64(integer, least), least, ir.select64(ir.lt_s64(most, integer), most, integer));
  const some = (flags: I32, mask: number): I1 => ir.ne32(ir.and32(flags, ir.const32(mask)), ir.const32(0));
  const beyond = ir.or1(ir.or1(some(overflows, FpFlag.Overflow), some(op.latest, FpFlag.Invalid)), ir.not1(ir.eq64(bounded, integer)));
  const nan = isNan(op, x);
  const rest = ir.and32(op.flags!, ir.const32(~(FpFlag.Invalid | FpFlag.Underflow)));
  const told = ir.or32(rest, ir.select32(beyond, ir.const32(FpFlag.Overflow | FpFlag.Inexact), ir.const32(0)));
  op.replaceFlags(ir.select32(nan, ir.const32(FpFlag.Invalid), told));
  return { value: ir.select64(nan, ir.const64(0, 0), bounded), adjust: ir.const32(Adjust.NoUnderflowFlush) };
};

/** Operands of FLOG2 and FEXP2 as doubles, NaNs quiet and flushed as MSACSR asks for. */
function asDouble(op: LaneOperations, x: I64): I64 {
  return op.isDouble ? op.on(FpKind.Multiply, true, [x, one(op)]) : op.on(FpKind.Convert, false, [x]);
}

function halves(op: LaneOperations, x: I64, helper: (low: I32, high: I32, which: I32) => I32): I64 {
  const { ir } = op;
  const [low, high] = [ir.low64(x), ir.high64(x)];
  return ir.pair64(helper(low, high, ir.const32(0)), helper(low, high, ir.const32(1)));
}

// FLOG2: the exponent, rounded down, which is exact
const logarithm: Lane = (op, x) => {
  const { ir } = op;
  const value = asDouble(op, x);
  const raised = ir.call2(ir.low64(value), ir.high64(value), helperIndex('logarithm_exceptions'));
  op.replaceFlags(ir.or32(op.flags!, raised));
  const exponent = halves(op, value, (low, high, which) => ir.call3(low, high, which, helperIndex('exponent_of_double')));
  if (op.isDouble) return { value: exponent, tellsDenormals: true };
  const told = op.flags!;
  const single = op.on(FpKind.Convert, true, [exponent]);
  op.replaceFlags(told);
  return { value: single, tellsDenormals: true };
};

/** Beyond it powers are alike. */
const MAX_POWER = { 32: 0x200, 64: 0x1000 } as const;
/** A power of two, by its exponent, which is in the range of normal doubles. */
function powerOfTwo(op: LaneOperations, exponent: I32): I64 {
  const { ir } = op;
  return ir.pair64(ir.const32(0), ir.shl32(ir.add32(exponent, ir.const32(1023)), ir.const32(20)));
}

function limited(op: LaneOperations, x: I32, limit: number): I32 {
  const { ir } = op;
  const [least, most] = [ir.const32(-limit), ir.const32(limit)];
  return ir.select32(ir.lt_s32(x, least), least, ir.select32(ir.lt_s32(most, x), most, x));
}

// FEXP2: the significand times a power of two in two steps, of which only the latter rounds
const scale: Lane = (op, x, y) => {
  const { ir } = op;
  const max = MAX_POWER[op.isDouble ? 64 : 32];
  const wide = op.isDouble ? y : ir.extend_s32(ir.low64(y));
  const [least, most] = [ir.const64(-max, -1), ir.const64(max, 0)];
  const power = ir.low64(ir.select64(ir.lt_s64(wide, least), least, ir.select64(ir.lt_s64(most, wide), most, wide)));
  const value = asDouble(op, x);
  const normal = halves(op, value, (low, high, which) => ir.call3(low, high, which, helperIndex('significand_of_double')));
  const own = ir.call2(ir.low64(value), ir.high64(value), helperIndex('scale_of_double'));
  const exponent = limited(op, ir.add32(own, power), 1200);
  const first = limited(op, exponent, 1000);
  const near = op.on(FpKind.Multiply, true, [normal, powerOfTwo(op, first)]);
  const scaled = op.on(FpKind.Multiply, true, [near, powerOfTwo(op, ir.sub32(exponent, first))]);
  return { value: op.isDouble ? scaled : op.on(FpKind.Convert, true, [scaled]), tellsDenormals: true };
};

const SAME: Readonly<Record<string, Lane>> = {
  FADD: arithmetic(FpKind.Add),
  FSUB: arithmetic(FpKind.Subtract),
  FMUL: arithmetic(FpKind.Multiply),
  FDIV: arithmetic(FpKind.Divide),
  FMADD: multiplyAdd(false),
  FMSUB: multiplyAdd(true),
  FEXP2: scale,
  FMIN: extremum(FpKind.MinimumNumber),
  FMIN_A: magnitudeExtremum(false),
  FMAX: extremum(FpKind.MaximumNumber),
  FMAX_A: magnitudeExtremum(true),
  FSQRT: arithmetic(FpKind.SquareRoot),
  FRSQRT: reciprocal(true),
  FRCP: reciprocal(false),
  FRINT: extremum(FpKind.RoundToIntegralExact),
  FLOG2: logarithm,
  FTRUNC_S: toInteger(true, true),
  FTRUNC_U: toInteger(false, true),
  FTINT_S: toInteger(true, false),
  FTINT_U: toInteger(false, false),
  FFINT_S: fromInteger(true),
  FFINT_U: fromInteger(false),
  ...Object.fromEntries(
    Object.keys(HOLDS).flatMap((p) => [
      [`FC${p}`, comparison(p, FpKind.CompareQuiet)],
      [`FS${p}`, comparison(p, FpKind.CompareSignalling)],
    ]),
  ),
};

const NARROWING: Readonly<Record<string, Lane>> = { FEXDO: narrow, FTQ: toFraction };
/** Whether it is from the left half of ws. */
const WIDENING: Readonly<Record<string, boolean>> = { FEXUPL: true, FEXUPR: false };

/** A floating-point instruction by its mnemonic, as it is from the first access of MSACSR on; undefined if it has no exceptions. */
export function exactLift(name: string): ((cx: LiftContext, fields: Fields) => void | false) | undefined {
  const lift = sameWidth(name) ?? narrowing(name) ?? widening(name);
  return lift && ((cx, fields) => (available(cx) ? lift(cx, fields) : false));
}

function sameWidth(name: string): ((cx: LiftContext, fields: Fields) => void) | undefined {
  const lane = SAME[name];
  if (lane === undefined) return undefined;
  return (cx, { f, d, s, t = s }) => {
    const width = 32 << f;
    const [x, y, z] = [cx.vector(s), cx.vector(t), cx.vector(d)];
    setExactly(cx, d, width, width, (op, i) =>
      lane(op, laneOf(op.ir, width, x, i), laneOf(op.ir, width, y, i), laneOf(op.ir, width, z, i)),
    );
  };
}

/** The results from ws are the upper ones. */
function narrowing(name: string): ((cx: LiftContext, fields: Fields) => void) | undefined {
  const lane = NARROWING[name];
  if (lane === undefined) return undefined;
  return (cx, { f, d, s, t = s }) => {
    const width = 32 << f;
    const count = 128 / width;
    const [upper, lower] = [cx.vector(s), cx.vector(t)];
    setExactly(cx, d, width, width / 2, (op, i) => {
      const x = laneOf(op.ir, width, i < count ? lower : upper, i % count);
      return lane(op, x, x, x);
    });
  };
}

function widening(name: string): ((cx: LiftContext, fields: Fields) => void) | undefined {
  const left = WIDENING[name];
  if (left === undefined) return undefined;
  return (cx, { f, d, s }) => {
    const width = 16 << f;
    const first = left ? 64 / width : 0;
    const x = cx.vector(s);
    setExactly(cx, d, width, 2 * width, (op, i) => {
      const half = laneOf(op.ir, width, x, first + i);
      return widen(op, half, half, half);
    });
  };
}
