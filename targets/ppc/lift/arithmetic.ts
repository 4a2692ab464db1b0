/** Integer arithmetic: sums, differences, products and quotients with their carry and overflow (PEM chapter 4.2.1). */
import type { I1, I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

/** Operands and the Rc and OE bits of an XO-form instruction; rows without OE have no `o`. */
export interface ArithmeticFields {
  readonly d: number;
  readonly a: number;
  readonly b?: number;
  readonly o?: number;
  readonly c: number;
}

export const signed16 = (imm16: number): number => (imm16 << 16) >> 16;

/** A result with what XER learns of it. Only what is asked for becomes code. */
interface Result {
  readonly value: I32;
  readonly carry?: () => I1;
  readonly overflow: () => I1;
}

type Arithmetic = (cx: LiftContext, x: I32, y: I32) => Result;

/** OP[o][.] rD, rA, rB; rows without rB get 0 for it. */
export function arithmetic(op: Arithmetic) {
  return (cx: LiftContext, { d, a, b, o = 0, c }: ArithmeticFields): void => {
    if (o === 1 && cx.tracksSummaryFromHere()) return;
    const { value, carry, overflow } = op(cx, cx.reg(a), b === undefined ? cx.const(0) : cx.reg(b));
    if (carry !== undefined) cx.setFlag('ca', carry());
    if (o === 1) cx.setOverflow(overflow());
    cx.setReg(d, value);
    if (c === 1) cx.record(value);
  };
}

export const add: Arithmetic = ({ ir }, x, y) => ({ value: ir.add32(x, y), overflow: () => ir.overflow_add32(x, y) });

export const addCarrying: Arithmetic = (cx, x, y) => {
  const { ir } = cx;
  const value = ir.add32(x, y);
  return { value, carry: () => ir.lt_u32(value, x), overflow: () => ir.overflow_add32(x, y) };
};

export const subtractFrom: Arithmetic = ({ ir }, x, y) => ({ value: ir.sub32(y, x), overflow: () => ir.overflow_sub32(y, x) });

export const subtractFromCarrying: Arithmetic = ({ ir }, x, y) => ({
  value: ir.sub32(y, x),
  carry: () => ir.le_u32(x, y),
  overflow: () => ir.overflow_sub32(y, x),
});

/** x + y + CA */
export const addExtended: Arithmetic = (cx, x, y) => {
  const { ir } = cx;
  const ca = cx.flag('ca');
  const value = ir.add32(ir.add32(x, y), ir.zext1_32(ca));
  return { value, carry: () => ir.carry_adc32(x, y, ca), overflow: () => ir.overflow_adc32(x, y, ca) };
};

export const subtractFromExtended: Arithmetic = (cx, x, y) => addExtended(cx, cx.not(x), y);
export const addMinusOne: Arithmetic = (cx, x) => addExtended(cx, x, cx.const(-1));
export const subtractFromMinusOne: Arithmetic = (cx, x) => addExtended(cx, cx.not(x), cx.const(-1));

/** x + CA: a carry only out of all ones. */
export const addZero: Arithmetic = (cx, x) => {
  const { ir } = cx;
  const ca = cx.flag('ca');
  const value = ir.add32(x, ir.zext1_32(ca));
  return { value, carry: () => ir.lt_u32(value, x), overflow: () => ir.overflow_adc32(x, ir.const32(0), ca) };
};
export const subtractFromZero: Arithmetic = (cx, x) => addZero(cx, cx.not(x), x);

const MIN = 0x80000000 | 0;

export const negate: Arithmetic = ({ ir }, x) => ({ value: ir.sub32(ir.const32(0), x), overflow: () => ir.eq32(x, ir.const32(MIN)) });

export const multiplyLow: Arithmetic = ({ ir }, x, y) => {
  const value = ir.mul32(x, y);
  return { value, overflow: () => ir.ne32(ir.mulh_s32(x, y), ir.shr_s32(value, ir.const32(31))) };
};

const never =
  ({ ir }: LiftContext) =>
  (): I1 =>
    ir.const1(false);

export const multiplyHigh: Arithmetic = (cx, x, y) => ({ value: cx.ir.mulh_s32(x, y), overflow: never(cx) });
export const multiplyHighUnsigned: Arithmetic = (cx, x, y) => ({ value: cx.ir.mulh_u32(x, y), overflow: never(cx) });

/** A divisor of 0 counts as 1: what qemu-ppc returns where the architecture leaves the result undefined. */
function divisor(cx: LiftContext, y: I32): I32 {
  const { ir } = cx;
  return ir.select32(ir.eq32(y, ir.const32(0)), ir.const32(1), y);
}

export const divide: Arithmetic = (cx, x, y) => {
  const { ir } = cx;
  const beyond = (): I1 => ir.and1(ir.eq32(x, ir.const32(MIN)), ir.eq32(y, ir.const32(-1)));
  return { value: ir.div_s32(x, divisor(cx, y)), overflow: () => ir.or1(ir.eq32(y, ir.const32(0)), beyond()) };
};

export const divideUnsigned: Arithmetic = (cx, x, y) => ({
  value: cx.ir.div_u32(x, divisor(cx, y)),
  overflow: () => cx.ir.eq32(y, cx.const(0)),
});

interface ImmediateFields {
  readonly d: number;
  readonly a: number;
  readonly i: number;
}

/** addi, addis rD, rA, SIMM; without rA it loads the immediate */
export function addImmediate(shift: 0 | 16) {
  return (cx: LiftContext, { d, a, i }: ImmediateFields): void => cx.setReg(d, cx.ir.add32(cx.base(a), cx.const(signed16(i) << shift)));
}

/** OP rD, rA, SIMM */
export function withImmediate(op: Arithmetic, record: boolean) {
  return (cx: LiftContext, { d, a, i }: ImmediateFields): void => {
    const { value, carry } = op(cx, cx.reg(a), cx.const(signed16(i)));
    if (carry !== undefined) cx.setFlag('ca', carry());
    cx.setReg(d, value);
    if (record) cx.record(value);
  };
}

// cmpi, cmpli crD, L, rA, immediate: L, for 64 bits, does not count
export function compareImmediate(signed: boolean) {
  return (cx: LiftContext, { f, a, i }: { f: number; a: number; i: number }): void =>
    cx.compare(f, cx.reg(a), cx.const(signed ? signed16(i) : i), signed);
}

// cmp, cmpl crD, L, rA, rB
export function compareRegisters(signed: boolean) {
  return (cx: LiftContext, { f, a, b }: { f: number; a: number; b: number }): void => cx.compare(f, cx.reg(a), cx.reg(b), signed);
}

// isel rD, rA, rB, crb
export function select(cx: LiftContext, { d, a, b, n }: { d: number; a: number; b: number; n: number }): void {
  cx.setReg(d, cx.ir.select32(cx.crBit(n), cx.base(a), cx.reg(b)));
}
