/** Floating-point instructions of Release 6 (MD00087, volume II-A, Revision 6). */
import { FpKind } from '../../../translate/ir/exact-float';
import type { I1, I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { FCSR } from '../state';
import { branchTarget } from './branch';
import { exactly, setGuarded } from './exact';
import { compareInto, type ThreeFields, type TwoFields } from './fp-arithmetic';
import { nanOf, setArithmetic, type Format } from './fp-format';

/** CMP.cond.fmt fd, fs, ft: all ones or zeros. Bit 4 of the condition negates the others. */
export function compareToMask<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s, t, p }: ThreeFields & { p: number }): void | false => {
    const negated = (p & 16) !== 0;
    if (negated && ![1, 2, 3].includes(p & 7)) return false;
    const { ir } = cx;
    compareInto(cx, fp, s, t, p & 15, (holds) => {
      const result = negated ? ir.not1(holds) : holds;
      fp.setBits(cx, d, fp.narrow(ir, ir.extend_s32(ir.sub32(ir.const32(0), ir.zext1_32(result)))));
    });
  };
}

const bit0 = <F, B>(cx: LiftContext, fp: Format<F, B>, n: number): I1 => {
  const { ir } = cx;
  return ir.ne32(ir.and32(ir.low64(fp.widen(ir, fp.bits(cx, n))), ir.const32(1)), ir.const32(0));
};

// BC1EQZ, BC1NEZ ft, offset
export function branchOnRegister(whenZero: boolean) {
  return (cx: LiftContext, { t, i }: { t: number; i: number }): void => {
    const set = cx.ir.ne32(cx.ir.and32(cx.sBits(t), cx.const(1)), cx.const(0));
    cx.branch(whenZero ? cx.ir.not1(set) : set, branchTarget(cx.pc, i));
  };
}

/** SEL.fmt fd, fs, ft: by bit 0 of fd */
export function select<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void =>
    fp.setBits(cx, d, fp.selectBits(cx.ir, bit0(cx, fp, d), fp.bits(cx, t), fp.bits(cx, s)));
}

/** SELEQZ, SELNEZ.fmt fd, fs, ft: fs or 0 */
export function selectOrZero<F, B>(fp: Format<F, B>, whenZero: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void => {
    const { ir } = cx;
    const [x, none] = [fp.bits(cx, s), zero(cx, fp)];
    const set = bit0(cx, fp, t);
    fp.setBits(cx, d, whenZero ? fp.selectBits(ir, set, none, x) : fp.selectBits(ir, set, x, none));
  };
}

/** MADDF, MSUBF.fmt fd, fs, ft: one rounding. */
export function fusedMultiplyAdd<F, B>(fp: Format<F, B>, negate: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void => {
    const { ir } = cx;
    const [xBits, y, z] = [fp.bits(cx, s), fp.bits(cx, t), fp.bits(cx, d)];
    const x = fp.get(cx, s);
    // The product is negated, not a NaN
    const factor = negate ? fp.selectBits(ir, fp.eq(ir, x, x), fp.flipSign(ir, xBits), xBits) : xBits;
    const native = fp.fma(ir, fp.ofBits(ir, factor), fp.get(cx, t), fp.get(cx, d));
    if (cx.exact) {
      setGuarded(cx, fp, d, [[native, 'extreme']], (op) => op.in(fp, FpKind.MultiplyAdd, [factor, y, z]));
      return;
    }
    // The addend comes first among NaNs
    setArithmetic(cx, fp, d, native, [s, t, d], ([first, second, addend]) => nanOf(cx, fp, [addend!, first!, second!]));
  };
}

/** RINT.fmt fd, fs */
export function roundToIntegral<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s }: TwoFields): void => {
    const operand = fp.bits(cx, s);
    exactly(
      cx,
      (op) => op.in(fp, FpKind.RoundToIntegralExact, [operand]),
      (bits) => fp.setBits(cx, d, bits),
    );
  };
}

/** MIN, MAX.fmt fd, fs, ft: a number beats a quiet NaN. */
export function choose<F, B>(fp: Format<F, B>, kind: FpKind) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void => {
    const operands = [fp.bits(cx, s), fp.bits(cx, t)] as const;
    exactly(
      cx,
      (op) => flushed(cx, fp, op.in(fp, kind, operands)),
      (bits) => fp.setBits(cx, d, bits),
    );
  };
}

/** With FS even an operand that is the result is flushed, as in qemu-mips. */
function flushed<F, B>(cx: LiftContext, fp: Format<F, B>, bits: B): B {
  const { ir } = cx;
  const flush = ir.ne32(ir.and32(cx.word('fcsr'), ir.const32(FCSR.flush)), ir.const32(0));
  const value = fp.selectBits(ir, ir.lt_s32(topWord(cx, fp, bits), ir.const32(0)), fp.flipSign(ir, zero(cx, fp)), zero(cx, fp));
  return fp.selectBits(ir, ir.and1(flush, fp.isDenormal(ir, bits)), value, bits);
}

const zero = <F, B>({ ir }: LiftContext, fp: Format<F, B>): B => fp.narrow(ir, ir.const64(0, 0));

/** The word with the sign. */
function topWord<F, B>({ ir }: LiftContext, fp: Format<F, B>, bits: B): I32 {
  return fp.isDouble ? ir.high64(fp.widen(ir, bits)) : ir.low64(fp.widen(ir, bits));
}

/** MINA, MAXA.fmt fd, fs, ft: by magnitude; equal ones as MIN and MAX. */
export function chooseByMagnitude<F, B>(fp: Format<F, B>, max: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void => {
    const { ir } = cx;
    const [x, y] = [fp.bits(cx, s), fp.bits(cx, t)];
    const [p, q] = [fp.ofBits(ir, fp.clearSign(ir, x)), fp.ofBits(ir, fp.clearSign(ir, y))];
    const [first, second] = max ? [fp.lt(ir, q, p), fp.lt(ir, p, q)] : [fp.lt(ir, p, q), fp.lt(ir, q, p)];
    exactly(
      cx,
      (op) => {
        const otherwise = op.in(fp, max ? FpKind.MaximumNumber : FpKind.MinimumNumber, [x, y]);
        return flushed(cx, fp, fp.selectBits(ir, first, x, fp.selectBits(ir, second, y, otherwise)));
      },
      (bits) => fp.setBits(cx, d, bits),
    );
  };
}

/** CLASS.fmt fd, fs: a bit for each class. */
export function classify<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s }: TwoFields): void => {
    const { ir } = cx;
    const bits = fp.bits(cx, s);
    const [x, magnitude] = [fp.get(cx, s), fp.ofBits(ir, fp.clearSign(ir, bits))];
    const flag = (cond: I1, then: I32, otherwise: I32): I32 => ir.select32(cond, then, otherwise);
    const c = (n: number): I32 => ir.const32(n);
    const isNan = ir.not1(fp.eq(ir, x, x));
    const isZero = fp.eq(ir, magnitude, fp.ofBits(ir, zero(cx, fp)));
    const infinite = ir.and1(fp.isSpecial(ir, bits), ir.not1(isNan));
    const number = flag(
      infinite,
      c(CLASS.infinity),
      flag(isZero, c(CLASS.zero), flag(fp.isDenormal(ir, bits), c(CLASS.subnormal), c(CLASS.normal))),
    );
    const word = topWord(cx, fp, bits);
    const negative = ir.lt_s32(word, c(0));
    const positive = flag(negative, number, ir.shl32(number, c(CLASS.positiveShift)));
    const quiet = ir.ne32(ir.and32(word, c(fp.isDouble ? 1 << 19 : 1 << 22)), c(0));
    const result = flag(isNan, flag(quiet, c(CLASS.quietNan), c(CLASS.signallingNan)), positive);
    fp.setBits(cx, d, fp.narrow(ir, ir.extend_u32(result)));
  };
}

/** Classes of negative numbers; positive ones are four bits higher. */
const CLASS = { signallingNan: 1, quietNan: 2, infinity: 4, normal: 8, subnormal: 16, zero: 32, positiveShift: 4 } as const;
