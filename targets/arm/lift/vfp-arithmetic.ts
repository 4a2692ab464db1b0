/** VFP data processing other than conversions (Arm ARM DDI 0406C, sections A7.5 and A8.8). */
import { FpKind } from '../../../translate/ir/exact-float';
import type { I1 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { environmentIsSpecial, exact, exactIn, isFlushed, mayFlush, setGuarded } from './exact';
import { DOUBLE, setArithmetic, SINGLE, type Format } from './vfp-format';
import { haveDoubles, vfpRegister } from './vfp-registers';

/** The size bit z and the register fields of a three-operand instruction. */
export interface ThreeRegisters {
  readonly z: number;
  readonly d: number;
  readonly D: number;
  readonly n: number;
  readonly N: number;
  readonly m: number;
  readonly M: number;
}

export type TwoRegisters = Omit<ThreeRegisters, 'n' | 'N'>;

/** Semantics of a three-operand instruction over register numbers of one format. */
type Binary = <F, B>(cx: LiftContext, format: Format<F, B>, d: number, n: number, m: number) => void;
type Unary = <F, B>(cx: LiftContext, format: Format<F, B>, d: number, m: number) => void;

/** Runs the semantics in the precision that the instruction's size bit asks for. */
export function binary(lift: Binary) {
  return (cx: LiftContext, f: ThreeRegisters): void | false => {
    const [d, n, m] = [vfpRegister(f.z, f.d, f.D), vfpRegister(f.z, f.n, f.N), vfpRegister(f.z, f.m, f.M)];
    if (f.z === 0) return lift(cx, SINGLE, d, n, m);
    return haveDoubles(cx, d, n, m) ? lift(cx, DOUBLE, d, n, m) : false;
  };
}

export function unary(lift: Unary) {
  return (cx: LiftContext, f: TwoRegisters): void | false => {
    const [d, m] = [vfpRegister(f.z, f.d, f.D), vfpRegister(f.z, f.m, f.M)];
    if (f.z === 0) return lift(cx, SINGLE, d, m);
    return haveDoubles(cx, d, m) ? lift(cx, DOUBLE, d, m) : false;
  };
}

const KINDS = { add: FpKind.Add, sub: FpKind.Subtract, mul: FpKind.Multiply, div: FpKind.Divide } as const;

/** Whether a result may come with other exceptions than Inexact, or as a NaN. Sums that are tiny are exact. */
function isDoubtful<F, B>(cx: LiftContext, fp: Format<F, B>, result: F, operation: keyof typeof KINDS): I1 {
  const { ir } = cx;
  const bits = fp.toBits(ir, result);
  if (operation === 'add' || operation === 'sub') return ir.or1(fp.isSpecial(ir, bits), isFlushed(cx, fp, [bits]));
  return fp.isExtreme(ir, bits);
}

/** Whether native arithmetic is not enough for an operation. */
function isNotEnough<F, B>(cx: LiftContext, fp: Format<F, B>, operands: readonly B[], doubtful: I1): I1 {
  const { ir } = cx;
  return ir.or1(ir.or1(environmentIsSpecial(cx), isFlushed(cx, fp, operands)), doubtful);
}

// VADD<c>.F<size> <Vd>, <Vn>, <Vm>; VSUB, VMUL, VDIV
export function simpleArithmetic(operation: 'add' | 'sub' | 'mul' | 'div') {
  return binary((cx, fp, d, n, m) => {
    const { ir } = cx;
    const result = fp[operation](ir, fp.get(cx, n), fp.get(cx, m));
    if (cx.exact) {
      const [x, y] = [fp.bits(cx, n), fp.bits(cx, m)];
      const notEnough = (): I1 => isNotEnough(cx, fp, [x, y], isDoubtful(cx, fp, result, operation));
      setGuarded(cx, fp, d, result, notEnough, () => exactIn(cx, fp, KINDS[operation], [x, y]));
    } else setArithmetic(cx, fp, d, result, [n, m], ([x, y]) => fp.nan(ir, x!, y!, y!));
  });
}

// VNMUL<c>.F<size> <Vd>, <Vn>, <Vm>
export const vnmul = binary((cx, fp, d, n, m) => {
  const { ir } = cx;
  const product = fp.mul(ir, fp.get(cx, n), fp.get(cx, m));
  const result = negated(cx, fp, product);
  if (cx.exact) {
    const [x, y] = [fp.bits(cx, n), fp.bits(cx, m)];
    const notEnough = (): I1 => isNotEnough(cx, fp, [x, y], isDoubtful(cx, fp, result, 'mul'));
    setGuarded(cx, fp, d, result, notEnough, () => fp.flipSign(ir, exactIn(cx, fp, FpKind.Multiply, [x, y])));
    return;
  }
  setArithmetic(cx, fp, d, result, [n, m], ([x, y]) => fp.flipSign(ir, fp.nan(ir, x!, y!, y!)));
});

/**
 * VMLA<c>.F<size> <Vd>, <Vn>, <Vm>; VMLS, VNMLA, VNMLS: two roundings.
 * @param negateAddend the destination enters negated
 * @param negateProduct the rounded product is subtracted
 */
export function multiplyAccumulate(negateAddend: boolean, negateProduct: boolean) {
  return binary((cx, fp, d, n, m) => {
    const { ir } = cx;
    const product = fp.mul(ir, fp.get(cx, n), fp.get(cx, m));
    const accumulator = fp.get(cx, d);
    const addend = negateAddend ? negated(cx, fp, accumulator) : accumulator;
    const result = negateProduct ? fp.sub(ir, addend, product) : fp.add(ir, addend, product);
    if (cx.exact) {
      const [x, y, a] = [fp.bits(cx, n), fp.bits(cx, m), fp.bits(cx, d)];
      const doubtful = (): I1 => ir.or1(isDoubtful(cx, fp, product, 'mul'), isDoubtful(cx, fp, result, 'add'));
      setGuarded(
        cx,
        fp,
        d,
        result,
        () => isNotEnough(cx, fp, [x, y, a], doubtful()),
        () => {
          const p = exactIn(cx, fp, FpKind.Multiply, [x, y]);
          return exactIn(cx, fp, FpKind.Add, [negateAddend ? fp.flipSign(ir, a) : a, negateProduct ? fp.flipSign(ir, p) : p]);
        },
      );
      return;
    }
    setArithmetic(cx, fp, d, result, [n, m, d], ([x, y, a]) => {
      const p = fp.selectBits(ir, fp.eq(ir, product, product), fp.toBits(ir, product), fp.nan(ir, x!, y!, y!));
      const first = negateAddend ? fp.flipSign(ir, a!) : a!;
      const second = negateProduct ? fp.flipSign(ir, p) : p;
      return fp.nan(ir, first, second, second);
    });
  });
}

/**
 * VFMA<c>.F<size> <Vd>, <Vn>, <Vm>; VFMS, VFNMA, VFNMS: one rounding.
 * @param negateAddend the destination enters negated
 * @param negateFactor the first factor enters negated
 */
export function fusedMultiplyAccumulate(negateAddend: boolean, negateFactor: boolean) {
  return binary((cx, fp, d, n, m) => {
    const { ir } = cx;
    const addend = fp.get(cx, d);
    const x = negateFactor ? negated(cx, fp, fp.get(cx, n)) : fp.get(cx, n);
    const y = fp.get(cx, m);
    const result = fp.fma(ir, x, y, negateAddend ? negated(cx, fp, addend) : addend);
    if (cx.exact) {
      const [a, f, g] = [fp.bits(cx, d), fp.bits(cx, n), fp.bits(cx, m)];
      const factor = negateFactor ? fp.flipSign(ir, f) : f;
      const third = negateAddend ? fp.flipSign(ir, a) : a;
      const notEnough = (): I1 => isNotEnough(cx, fp, [f, g, a], isDoubtful(cx, fp, result, 'mul'));
      setGuarded(cx, fp, d, result, notEnough, () => exactIn(cx, fp, FpKind.MultiplyAdd, [factor, g, third]));
      return;
    }
    setArithmetic(cx, fp, d, result, [d, n, m], ([a, f, g]) => {
      const first = negateAddend ? fp.flipSign(ir, a!) : a!;
      const second = negateFactor ? fp.flipSign(ir, f!) : f!;
      // FPMulAdd(): infinity times zero is invalid, which beats a quiet NaN as addend.
      const product = fp.mul(ir, x, y);
      const invalid = ir.not1(ir.or1(fp.eq(ir, product, product), isNanEither(cx, fp, x, y)));
      const beatsAddend = ir.and1(invalid, ir.not1(isSignalling(cx, fp, a!, addend)));
      const zero = fp.toBits(ir, fp.zero(ir));
      return fp.selectBits(ir, beatsAddend, fp.nan(ir, zero, zero, zero), fp.nan(ir, first, second, g!));
    });
  });
}

/** -x for every x, zeros included. */
function negated<F, B>({ ir }: LiftContext, fp: Format<F, B>, x: F): F {
  return fp.sub(ir, fp.minusZero(ir), x);
}

function isNanEither<F, B>({ ir }: LiftContext, fp: Format<F, B>, x: F, y: F): I1 {
  return ir.not1(ir.and1(fp.eq(ir, x, x), fp.eq(ir, y, y)));
}

function isSignalling<F, B>({ ir }: LiftContext, fp: Format<F, B>, bits: B, value: F): I1 {
  return ir.not1(ir.or1(fp.eq(ir, value, value), fp.isQuiet(ir, bits)));
}

// VABS<c>.F<size> <Vd>, <Vm>
export const vabs = unary((cx, fp, d, m) => fp.setBits(cx, d, fp.clearSign(cx.ir, fp.bits(cx, m))));

// VNEG<c>.F<size> <Vd>, <Vm>
export const vneg = unary((cx, fp, d, m) => fp.setBits(cx, d, fp.flipSign(cx.ir, fp.bits(cx, m))));

// VMOV<c>.F<size> <Vd>, <Vm>
export const vmovRegister = unary((cx, fp, d, m) => fp.setBits(cx, d, fp.bits(cx, m)));

// VSQRT<c>.F<size> <Vd>, <Vm>
export const vsqrt = unary((cx, fp, d, m) => {
  const { ir } = cx;
  const result = fp.sqrt(ir, fp.get(cx, m));
  if (cx.exact) {
    const x = fp.bits(cx, m);
    // Roots are never tiny.
    const notEnough = (): I1 => isNotEnough(cx, fp, [x], fp.isSpecial(ir, fp.toBits(ir, result)));
    setGuarded(cx, fp, d, result, notEnough, () => exactIn(cx, fp, FpKind.SquareRoot, [x]));
  } else setArithmetic(cx, fp, d, result, [m], ([x]) => fp.nan(ir, x!, x!, x!));
});

/** FPCompare(): FPSCR.NZCV is 0110 for equal, 1000 for less, 0010 for greater, 0011 for unordered. */
function compare<F, B>(cx: LiftContext, fp: Format<F, B>, d: number, m: number | undefined, signalling: boolean): void {
  const { ir } = cx;
  const [x, y] = [fp.get(cx, d), m === undefined ? fp.zero(ir) : fp.get(cx, m)];
  const less = fp.lt(ir, x, y);
  const unordered = ir.not1(ir.or1(fp.le(ir, x, y), fp.le(ir, y, x)));
  const guarded = cx.exact && !ir.insideIf;
  if (!cx.exact || guarded) {
    cx.setFlag('fn', less);
    cx.setFlag('fz', fp.eq(ir, x, y));
    cx.setFlag('fc', ir.not1(less));
    cx.setFlag('fv', unordered);
  }
  if (!cx.exact) return;
  const operands = [fp.bits(cx, d), m === undefined ? fp.toBits(ir, fp.zero(ir)) : fp.bits(cx, m)] as const;
  if (guarded) ir.beginIf(ir.or1(unordered, mayFlush(cx, fp, operands)));
  const flags = ir.low64(
    exact(cx, signalling ? FpKind.CompareSignalling : FpKind.CompareQuiet, fp.isDouble, [
      fp.widen(ir, operands[0]),
      fp.widen(ir, operands[1]),
    ]),
  );
  for (const [flag, bit] of COMPARED) cx.setFlag(flag, cx.bit(flags, bit));
  if (guarded) ir.endIf();
}

const COMPARED = [
  ['fn', 3],
  ['fz', 2],
  ['fc', 1],
  ['fv', 0],
] as const;

/** VCMP<c>.F<size> <Vd>, <Vm>; VCMPE, for which any NaN is invalid. */
export const vcmp = (signalling: boolean): ReturnType<typeof unary> => unary((cx, fp, d, m) => compare(cx, fp, d, m, signalling));

/** VCMP{E}<c>.F<size> <Vd>, #0.0 */
export const vcmpZero = (signalling: boolean): ReturnType<typeof unary> => unary((cx, fp, d) => compare(cx, fp, d, undefined, signalling));

/** VSEL<cond>.F<size> <Vd>, <Vn>, <Vm> with cond EQ, VS, GE or GT. */
export function vsel(condition: number) {
  return binary((cx, fp, d, n, m) => fp.setBits(cx, d, fp.selectBits(cx.ir, cx.condition(condition), fp.bits(cx, n), fp.bits(cx, m))));
}

/** VMAXNM.F<size> <Vd>, <Vn>, <Vm>; VMINNM: a number beats a quiet NaN, and +0 is greater than -0. */
export function maxMinNumber(max: boolean) {
  return binary((cx, fp, d, n, m) => {
    const { ir } = cx;
    const [x, y] = [fp.get(cx, n), fp.get(cx, m)];
    const [xb, yb] = [fp.bits(cx, n), fp.bits(cx, m)];
    if (cx.exact) {
      fp.setBits(cx, d, exactIn(cx, fp, max ? FpKind.MaximumNumber : FpKind.MinimumNumber, [xb, yb]));
      return;
    }
    const [xIsNumber, yIsNumber] = [fp.eq(ir, x, x), fp.eq(ir, y, y)];
    const equal = max ? fp.andBits(ir, xb, yb) : fp.orBits(ir, xb, yb); // differs from both only for +0 and -0
    const [xWins, yWins] = max ? [fp.lt(ir, y, x), fp.lt(ir, x, y)] : [fp.lt(ir, x, y), fp.lt(ir, y, x)];
    const numbers = fp.selectBits(ir, xWins, xb, fp.selectBits(ir, yWins, yb, equal));
    const takeX = ir.and1(xIsNumber, ir.and1(ir.not1(yIsNumber), fp.isQuiet(ir, yb)));
    const takeY = ir.and1(yIsNumber, ir.and1(ir.not1(xIsNumber), fp.isQuiet(ir, xb)));
    const nan = fp.nan(ir, xb, yb, yb);
    const other = fp.selectBits(ir, takeX, xb, fp.selectBits(ir, takeY, yb, nan));
    fp.setBits(cx, d, fp.selectBits(ir, ir.and1(xIsNumber, yIsNumber), numbers, other));
  });
}
