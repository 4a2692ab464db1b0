/** Floating-point arithmetic, moves and comparisons (Power ISA, book I, sections 4.6.5, 4.6.6 and 4.6.8). */
import type { Builder } from '../../../translate/ir/builder';
import { exactFlags, exactValue } from '../../../translate/ir/exact-operation';
import { FpKind, NEGATE_ADDEND, NEGATE_RESULT, ROUND_TO_SINGLE } from '../../../translate/ir/fp-control';
import type { F32, F64, I1, I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { isNan, orderedOperation, raiseEnabled, recording, setArithmetic, setExact, setRepaired, type Precision } from './fp-operation';

export interface TwoFields {
  readonly d: number;
  readonly b: number;
  /** Rc. */
  readonly c: number;
}
export interface ThreeFields extends TwoFields {
  readonly a: number;
}
/** The second factor is m: the manual's frC. */
export interface ProductFields {
  readonly d: number;
  readonly a: number;
  readonly m: number;
  readonly c: number;
}
export interface FourFields extends ThreeFields {
  readonly m: number;
}

const SIGN_HIGH = 0x80000000 | 0;

const KINDS = { add: FpKind.Add, sub: FpKind.Subtract, mul: FpKind.Multiply, div: FpKind.Divide } as const;
const NATIVE: Readonly<Record<keyof typeof KINDS, (ir: Builder, x: F64, y: F64) => F64>> = {
  add: (ir, x, y) => ir.addf64(x, y),
  sub: (ir, x, y) => ir.subf64(x, y),
  mul: (ir, x, y) => ir.mulf64(x, y),
  div: (ir, x, y) => ir.divf64(x, y),
};
const NATIVE_SINGLE: Readonly<Record<keyof typeof KINDS, (ir: Builder, x: F32, y: F32) => F32>> = {
  add: (ir, x, y) => ir.addf32(x, y),
  sub: (ir, x, y) => ir.subf32(x, y),
  mul: (ir, x, y) => ir.mulf32(x, y),
  div: (ir, x, y) => ir.divf32(x, y),
};

function two(cx: LiftContext, operation: keyof typeof KINDS, precision: Precision, d: number, x: number, y: number): void {
  const native = (): F64 => NATIVE[operation](cx.ir, cx.fpr(x), cx.fpr(y));
  const nativeSingle = ([p, q]: readonly F32[]): F32 => NATIVE_SINGLE[operation](cx.ir, p!, q!);
  setArithmetic(cx, { d, operands: [x, y], kind: KINDS[operation], precision, native, nativeSingle, roundsTwice: 'for doubles' });
}

/** FADD, FSUB, FDIV frD, frA, frB */
export function binary(operation: 'add' | 'sub' | 'div', precision: Precision) {
  return recording((cx: LiftContext, { d, a, b }: ThreeFields) => two(cx, operation, precision, d, a, b));
}

/** FMUL frD, frA, frC */
export function multiply(precision: Precision) {
  return recording((cx: LiftContext, { d, a, m }: ProductFields) => two(cx, 'mul', precision, d, a, m));
}

/** -x for every x but NaNs. */
const negated = (ir: Builder, x: F64): F64 => ir.subf64(ir.constf64(0, SIGN_HIGH), x);
const negatedSingle = (ir: Builder, x: F32): F32 => ir.subf32(ir.constf32(SIGN_HIGH), x);

/** FMADD, FMSUB, FNMADD, FNMSUB frD, frA, frC, frB: one rounding. */
export function multiplyAdd(negateAddend: boolean, negateResult: boolean, precision: Precision) {
  return recording((cx: LiftContext, { d, a, m, b }: FourFields) => {
    const { ir } = cx;
    const native = (): F64 => {
      const addend = cx.fpr(b);
      const sum = ir.fmaf64(cx.fpr(a), cx.fpr(m), negateAddend ? negated(ir, addend) : addend);
      return negateResult ? negated(ir, sum) : sum;
    };
    const nativeSingle = ([x, y, z]: readonly F32[]): F32 => {
      const sum = ir.fmaf32(x!, y!, negateAddend ? negatedSingle(ir, z!) : z!);
      return negateResult ? negatedSingle(ir, sum) : sum;
    };
    const options = (negateAddend ? NEGATE_ADDEND : 0) | (negateResult ? NEGATE_RESULT : 0);
    setArithmetic(cx, {
      d,
      operands: [a, m, b],
      kind: FpKind.MultiplyAdd,
      precision,
      options,
      native,
      nativeSingle,
      roundsTwice: 'always',
    });
  });
}

/** FSQRT frD, frB */
export function squareRoot(precision: Precision) {
  return recording((cx: LiftContext, { d, b }: TwoFields) => {
    const native = (): F64 => cx.ir.sqrtf64(cx.fpr(b));
    const nativeSingle = ([x]: readonly F32[]): F32 => cx.ir.sqrtf32(x!);
    setArithmetic(cx, { d, operands: [b], kind: FpKind.SquareRoot, precision, native, nativeSingle, roundsTwice: 'for doubles' });
  });
}

const ONE_HIGH = 0x3ff00000;
const HALF_HIGH = 0x3fe00000;

/** FRES frD, frB: qemu-ppc gives the quotient, and 1/2 for zeros. */
export const reciprocal = recording((cx: LiftContext, { d, b }: TwoFields) => {
  const { ir } = cx;
  const x = cx.fprBits(b);
  const operation = orderedOperation(cx, FpKind.Divide, ROUND_TO_SINGLE, [ir.const64(0, ONE_HIGH), x]);
  const isZero = ir.eqf64(cx.fpr(b), ir.constf64(0, 0));
  const half = ir.or64(ir.const64(0, HALF_HIGH), ir.and64(x, ir.const64(0, SIGN_HIGH)));
  const value = ir.select64(isZero, half, exactValue(ir, operation));
  setExact(cx, d, value, () => exactFlags(ir, operation));
  cx.holds(d, true);
});

/** FRSQRTE frD, frB: qemu-ppc rounds the root and the quotient. */
export function reciprocalRoot(precision: Precision) {
  return recording((cx: LiftContext, { d, b }: TwoFields) => {
    const { ir } = cx;
    const one = ir.const64(0, ONE_HIGH);
    const options = precision === 'single' ? ROUND_TO_SINGLE : 0;
    const rootOf = (x: I64) => orderedOperation(cx, FpKind.SquareRoot, 0, [x]);
    const quotient = (root: I64) => orderedOperation(cx, FpKind.Divide, options, [one, root]);
    cx.holds(d, precision === 'single');
    if (!cx.exact && !cx.directed && precision === 'double') {
      const native = ir.divf64(ir.constf64(0, ONE_HIGH), ir.sqrtf64(cx.fpr(b)));
      return setRepaired(cx, d, native, isNan(ir, native), [b], ([x]) => exactValue(ir, quotient(exactValue(ir, rootOf(x!)))));
    }
    const root = rootOf(cx.fprBits(b));
    const last = quotient(exactValue(ir, root));
    setExact(cx, d, exactValue(ir, last), () => ir.or32(exactFlags(ir, root), exactFlags(ir, last)));
  });
}

/** FMR, FNEG, FABS, FNABS frD, frB: the bits alone, NaNs included. */
export function bitwise(change: (ir: Builder, bits: I64) => I64) {
  return recording((cx: LiftContext, { d, b }: TwoFields) => {
    cx.setFprBits(d, change(cx.ir, cx.fprBits(b)));
    cx.holds(d, cx.singles.has(b), change === MOVES.fmr ? cx.singleValues[b] : undefined);
  });
}

export const MOVES = {
  fmr: (_, x) => x,
  fneg: (ir, x) => ir.xor64(x, ir.const64(0, SIGN_HIGH)),
  fabs: (ir, x) => ir.and64(x, ir.const64(-1, ~SIGN_HIGH)),
  fnabs: (ir, x) => ir.or64(x, ir.const64(0, SIGN_HIGH)),
} satisfies Record<string, (ir: Builder, bits: I64) => I64>;

/** FCPSGN frD, frA, frB: the sign of frA. */
export const copySign = recording((cx: LiftContext, { d, a, b }: ThreeFields) => {
  const { ir } = cx;
  const sign = ir.and64(cx.fprBits(a), ir.const64(0, SIGN_HIGH));
  cx.setFprBits(d, ir.or64(sign, MOVES.fabs(ir, cx.fprBits(b))));
  cx.holds(d, cx.singles.has(b));
});

/** FSEL frD, frA, frC, frB: frC if frA is at least 0, frB if it is less or a NaN. */
export const select = recording((cx: LiftContext, { d, a, m, b }: FourFields) => {
  const { ir } = cx;
  const atLeastZero = ir.lef64(ir.constf64(0, 0), cx.fpr(a));
  cx.setFprBits(d, ir.select64(atLeastZero, cx.fprBits(m), cx.fprBits(b)));
  cx.holds(d, cx.singles.has(b) && cx.singles.has(m));
});

export interface CompareFields {
  /** Condition field. */
  readonly f: number;
  readonly a: number;
  readonly b: number;
}

/** FCMPU crfD, frA, frB; FCMPO, for which quiet NaNs are invalid too. */
export function compare(ordered: boolean) {
  return (cx: LiftContext, { f, a, b }: CompareFields): void => {
    const { ir } = cx;
    const [x, y] = [cx.fpr(a), cx.fpr(b)];
    const unordered: I1 = ir.not1(ir.or1(ir.lef64(x, y), ir.lef64(y, x)));
    cx.setCrField(f, ir.ltf64(x, y), ir.ltf64(y, x), ir.eqf64(x, y), unordered);
    if (!cx.exact) return;
    const kind = ordered ? FpKind.CompareSignalling : FpKind.CompareQuiet;
    const flags = exactFlags(ir, orderedOperation(cx, kind, 0, [cx.fprBits(a), cx.fprBits(b)], 0));
    cx.setWord('fpscr', ir.call3(cx.word('fpscr'), flags, cx.crNibble(f), helperIndex('fpscr_after_compare')));
    raiseEnabled(cx);
  };
}
