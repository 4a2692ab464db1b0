/** Logic on the condition register and its moves (PEM chapters 4.2.4.4 and 4.2.2). */
import type { Builder } from '../../../translate/ir/builder';
import type { I1 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

type BitOp = (ir: Builder, x: I1, y: I1) => I1;

export const and: BitOp = (ir, x, y) => ir.and1(x, y);
export const andComplement: BitOp = (ir, x, y) => ir.and1(x, ir.not1(y));
export const or: BitOp = (ir, x, y) => ir.or1(x, y);
export const orComplement: BitOp = (ir, x, y) => ir.or1(x, ir.not1(y));
export const xor: BitOp = (ir, x, y) => ir.xor1(x, y);
export const nand: BitOp = (ir, x, y) => ir.not1(ir.and1(x, y));
export const nor: BitOp = (ir, x, y) => ir.not1(ir.or1(x, y));
export const equivalent: BitOp = (ir, x, y) => ir.not1(ir.xor1(x, y));

/** OP crbD, crbA, crbB */
export function logical(op: BitOp) {
  return (cx: LiftContext, { d, a, b }: { d: number; a: number; b: number }): void => {
    const { ir } = cx;
    // crclr and crset are crxor and creqv of a bit with itself
    if (a === b && (op === xor || op === equivalent)) cx.setCrBit(d, ir.const1(op === equivalent));
    else cx.setCrBit(d, op(ir, cx.crBit(a), cx.crBit(b)));
  };
}

// mcrf crD, crS
export function moveField(cx: LiftContext, { f, g }: { f: number; g: number }): void {
  const [lt, gt, eq, so] = [0, 1, 2, 3].map((bit) => cx.crBit(4 * g + bit));
  cx.setCrField(f, lt!, gt!, eq!, so!);
}

// mcrxr crD: SO, OV and CA go there and are cleared
export function moveFromXer(cx: LiftContext, { f }: { f: number }): void {
  const { ir } = cx;
  const clear = ir.const1(false);
  cx.setCrField(f, cx.summary(), cx.flag('ov'), cx.flag('ca'), clear);
  cx.setSummary(clear);
  for (const name of ['ov', 'ca'] as const) cx.setFlag(name, clear);
}

/** The number of the only field that FXM selects, or undefined. */
function onlyField(mask: number): number | undefined {
  return mask !== 0 && (mask & (mask - 1)) === 0 ? 7 - (31 - Math.clz32(mask)) : undefined;
}

// mfcr rD
export function moveFromCr(cx: LiftContext, { d }: { d: number }): void {
  const { ir } = cx;
  let value = cx.crNibble(7);
  for (let field = 6; field >= 0; field--) value = ir.or32(value, ir.shl32(cx.crNibble(field), ir.const32(28 - 4 * field)));
  cx.setReg(d, value);
}

// mfocrf rD, FXM: one field; qemu-ppc leaves rD alone if there are several
export function moveFromOneField(cx: LiftContext, { d, m }: { d: number; m: number }): void {
  const field = onlyField(m);
  if (field !== undefined) cx.setReg(d, cx.ir.shl32(cx.crNibble(field), cx.const(28 - 4 * field)));
}

function setField(cx: LiftContext, field: number, s: number): void {
  cx.setCrNibble(field, cx.ir.shr_u32(cx.reg(s), cx.const(28 - 4 * field)));
}

// mtcrf FXM, rS
export function moveToCr(cx: LiftContext, { s, m }: { s: number; m: number }): void {
  for (let field = 0; field < 8; field++) if ((m & (0x80 >> field)) !== 0) setField(cx, field, s);
}

// mtocrf FXM, rS
export function moveToOneField(cx: LiftContext, { s, m }: { s: number; m: number }): void {
  const field = onlyField(m);
  if (field !== undefined) setField(cx, field, s);
}
