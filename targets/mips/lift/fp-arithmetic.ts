/** Floating-point arithmetic, comparison and moves between registers (MD00087, volume II-A, COP1 and COP1X). */
import { FpKind } from '../../../translate/ir/exact-float';
import type { I1 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { clearCauses, exactly, setGuarded } from './exact';
import { nanOf, setArithmetic, type Format } from './fp-format';

export interface TwoFields {
  readonly d: number;
  readonly s: number;
}
export interface ThreeFields extends TwoFields {
  readonly t: number;
}
export interface FourFields extends ThreeFields {
  readonly r: number;
}

/** With FR=0, doubles are in even registers; odd ones are reserved. */
export function usable<F, B>(cx: LiftContext, fp: Format<F, B>, ...registers: number[]): boolean {
  return cx.wideFpu || !fp.isDouble || registers.every((n) => (n & 1) === 0);
}

const KINDS = { add: FpKind.Add, sub: FpKind.Subtract, mul: FpKind.Multiply, div: FpKind.Divide } as const;
const DOUBTS = { add: 'sum', sub: 'sum', mul: 'extreme', div: 'extreme' } as const;

/** ADD, SUB, MUL, DIV.fmt fd, fs, ft */
export function binary<F, B>(fp: Format<F, B>, operation: keyof typeof KINDS) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void | false => {
    if (!usable(cx, fp, d, s, t)) return false;
    const result = fp[operation](cx.ir, fp.get(cx, s), fp.get(cx, t));
    const operands = [fp.bits(cx, s), fp.bits(cx, t)] as const;
    if (cx.exact) setGuarded(cx, fp, d, [[result, DOUBTS[operation]]], (op) => op.in(fp, KINDS[operation], operands));
    else setArithmetic(cx, fp, d, result, [s, t]);
  };
}

// SQRT.fmt fd, fs
export function squareRoot<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!usable(cx, fp, d, s)) return false;
    const result = fp.sqrt(cx.ir, fp.get(cx, s));
    const bits = fp.bits(cx, s);
    // Roots are never tiny
    if (cx.exact) setGuarded(cx, fp, d, [[result, 'special']], (op) => op.in(fp, FpKind.SquareRoot, [bits]));
    else setArithmetic(cx, fp, d, result, [s]);
  };
}

/** RECIP.fmt, RSQRT.fmt fd, fs: qemu-mips rounds each step. */
export function reciprocal<F, B>(fp: Format<F, B>, ofRoot: boolean) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!usable(cx, fp, d, s)) return false;
    const { ir } = cx;
    const x = fp.get(cx, s);
    const divisor = ofRoot ? fp.sqrt(ir, x) : x;
    const result = fp.div(ir, fp.one(ir), divisor);
    if (!cx.exact) return setArithmetic(cx, fp, d, result, [s]);
    const bits = fp.bits(cx, s);
    const one = fp.toBits(ir, fp.one(ir));
    setGuarded(
      cx,
      fp,
      d,
      [
        [divisor, 'special'],
        [result, 'extreme'],
      ],
      (op) => op.in(fp, FpKind.Divide, [one, ofRoot ? op.in(fp, FpKind.SquareRoot, [bits]) : bits]),
    );
  };
}

/** ABS, NEG, MOV.fmt fd, fs: the bits alone, NaNs included. */
export function bitwise<F, B>(fp: Format<F, B>, operation: 'clearSign' | 'flipSign' | undefined) {
  return (cx: LiftContext, { d, s }: TwoFields): void | false => {
    if (!usable(cx, fp, d, s)) return false;
    const bits = fp.bits(cx, s);
    fp.setBits(cx, d, operation === undefined ? bits : fp[operation](cx.ir, bits));
  };
}

/** MOVZ.fmt, MOVN.fmt fd, fs, rt */
export function moveOnRegister<F, B>(fp: Format<F, B>, whenZero: boolean) {
  return (cx: LiftContext, { d, s, t }: ThreeFields): void | false => {
    if (!usable(cx, fp, d, s)) return false;
    const zero = cx.ir.eq32(cx.reg(t), cx.const(0));
    moveIf(cx, fp, whenZero ? zero : cx.ir.not1(zero), d, s);
  };
}

/** MOVF.fmt, MOVT.fmt fd, fs, cc; `b` is the value the condition must have */
export function moveOnCondition<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { d, s, c, b }: TwoFields & { c: number; b: number }): void | false => {
    if (!usable(cx, fp, d, s)) return false;
    moveIf(cx, fp, conditionIs(cx, c, b), d, s);
  };
}

function moveIf<F, B>(cx: LiftContext, fp: Format<F, B>, cond: I1, d: number, s: number): void {
  fp.setBits(cx, d, fp.selectBits(cx.ir, cond, fp.bits(cx, s), fp.bits(cx, d)));
}

export function conditionIs(cx: LiftContext, cc: number, value: number): I1 {
  const flag = cx.condition(cc);
  return value === 1 ? flag : cx.ir.not1(flag);
}

// MOVF, MOVT rd, rs, cc
export function moveRegisterOnCondition(cx: LiftContext, { d, s, c, b }: TwoFields & { c: number; b: number }): void {
  cx.setReg(d, cx.ir.select32(conditionIs(cx, c, b), cx.reg(s), cx.reg(d)));
}

/** The predicate of C.cond.fmt and CMP.cond.fmt: bit 0 unordered, bit 1 equal, bit 2 less; bit 3, signalling, does not change it. */
function compareValues<F, B>(cx: LiftContext, fp: Format<F, B>, s: number, t: number, predicate: number): I1 {
  const { ir } = cx;
  const [x, y] = [fp.get(cx, s), fp.get(cx, t)];
  const [unordered, equal, less] = [(predicate & 1) !== 0, (predicate & 2) !== 0, (predicate & 4) !== 0];
  if (!unordered) {
    if (less) return equal ? fp.le(ir, x, y) : fp.lt(ir, x, y);
    return equal ? fp.eq(ir, x, y) : ir.const1(false);
  }
  // Unordered or less is not greater or equal, and so on
  if (less) return ir.not1(equal ? fp.lt(ir, y, x) : fp.le(ir, y, x));
  const comparable = ir.and1(fp.eq(ir, x, x), fp.eq(ir, y, y));
  return equal ? ir.or1(fp.eq(ir, x, y), ir.not1(comparable)) : ir.not1(comparable);
}

/** Compares and writes whether the predicate holds; NaNs may be invalid. */
export function compareInto<F, B>(
  cx: LiftContext,
  fp: Format<F, B>,
  s: number,
  t: number,
  predicate: number,
  write: (holds: I1) => void,
): void {
  const { ir } = cx;
  const holds = compareValues(cx, fp, s, t, predicate);
  const kind = (predicate & SIGNALLING) === 0 ? FpKind.CompareQuiet : FpKind.CompareSignalling;
  const operands = [fp.bits(cx, s), fp.bits(cx, t)] as const;
  if (cx.trapping) {
    exactly(
      cx,
      (op) => op.in(fp, kind, operands),
      () => write(holds),
    );
    return;
  }
  if (cx.exact) {
    const [x, y] = [fp.get(cx, s), fp.get(cx, t)];
    const unordered = ir.not1(ir.and1(fp.eq(ir, x, x), fp.eq(ir, y, y)));
    clearCauses(cx);
    ir.beginIf(unordered);
    exactly(
      cx,
      (op) => op.in(fp, kind, operands),
      () => undefined,
    );
    ir.endIf();
  }
  write(holds);
}

const SIGNALLING = 8;

/** C.cond.fmt cc, fs, ft; `p` is the predicate */
export function compare<F, B>(fp: Format<F, B>) {
  return (cx: LiftContext, { s, t, c, p }: { s: number; t: number; c: number; p: number }): void | false => {
    if (!usable(cx, fp, s, t)) return false;
    compareInto(cx, fp, s, t, p, (holds) => cx.setCondition(c, holds));
  };
}

/** MADD, MSUB, NMADD, NMSUB.fmt fd, fr, fs, ft: two roundings. */
export function multiplyAdd<F, B>(fp: Format<F, B>, operation: 'add' | 'sub', negate: boolean) {
  return (cx: LiftContext, { d, r, s, t }: FourFields): void | false => {
    if (!usable(cx, fp, d, r, s, t)) return false;
    const { ir } = cx;
    const product = fp.mul(ir, fp.get(cx, s), fp.get(cx, t));
    const result = fp[operation](ir, product, fp.get(cx, r));
    if (cx.exact) {
      const [x, y, z] = [fp.bits(cx, s), fp.bits(cx, t), fp.bits(cx, r)];
      const native = negate ? fp.ofBits(ir, fp.flipSign(ir, fp.toBits(ir, result))) : result;
      return setGuarded(
        cx,
        fp,
        d,
        [
          [product, 'extreme'],
          [native, 'sum'],
        ],
        (op) => {
          const sum = op.in(fp, KINDS[operation], [op.in(fp, FpKind.Multiply, [x, y]), z]);
          return negate ? fp.flipSign(ir, sum) : sum;
        },
      );
    }
    const negated = negate ? fp.ofBits(ir, fp.flipSign(ir, fp.toBits(ir, result))) : result;
    setArithmetic(cx, fp, d, negated, [s, t, r], ([x, y, z]) => {
      const p = fp.selectBits(ir, fp.eq(ir, product, product), fp.toBits(ir, product), nanOf(cx, fp, [x!, y!]));
      const nan = nanOf(cx, fp, [p, z!]);
      return negate ? fp.flipSign(ir, nan) : nan;
    });
  };
}
