/** Rounding and conversions of floating-point numbers, loads and stores (Power ISA, book I, sections 4.6.2, 4.6.3 and 4.6.7). */
import { exactFlags, exactValue } from '../../../translate/ir/exact-operation';
import { FpKind } from '../../../translate/ir/fp-control';
import { FpMode, Rounding } from '../../../translate/ir/rounding';
import { MemFlag, type I32, type I64 } from '../../../translate/ir/types';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { type TwoFields } from './fp-arithmetic';
import { storedDoubleword } from './stack-forwarding';
import { isNan, orderedOperation, recording, setArithmetic, setExact, setExactly } from './fp-operation';

const BE = MemFlag.BigEndian;
const INT_MIN = 0x80000000 | 0;

/** FRSP frD, frB */
export const roundToSingle = recording((cx: LiftContext, { d, b }: TwoFields) =>
  setArithmetic(cx, {
    d,
    operands: [b],
    kind: FpKind.Convert,
    precision: 'single',
    native: () => cx.fpr(b),
    nativeSingle: ([x]) => x!,
    roundsTwice: 'never',
  }),
);

/** FCTIW, FCTIWZ frD, frB: the word in the low half, its sign above it, as in qemu-ppc. */
export function toWord(towardsZero: boolean) {
  return recording((cx: LiftContext, { d, b }: TwoFields) => {
    const { ir } = cx;
    cx.holds(d, false);
    if (cx.exact || (cx.directed && !towardsZero)) {
      const operation = orderedOperation(cx, FpKind.ToInteger, 0, [cx.fprBits(b)], towardsZero ? Rounding.Zero : undefined);
      const value = exactValue(ir, operation);
      if (!cx.exact) return cx.setFprBits(d, value);
      const raised = exactFlags(ir, operation);
      return setExactly(cx, d, value, raised, ir.call2(cx.word('fpscr'), raised, helperIndex('fpscr_after_conversion')));
    }
    const x = cx.fpr(b);
    const word = ir.trunc_f64_s32(towardsZero ? x : ir.nearestf64(x));
    const low = ir.select32(ir.eqf64(x, x), word, ir.const32(INT_MIN));
    cx.setFprBits(d, ir.pair64(low, ir.shr_s32(word, ir.const32(31))));
  });
}

/** FRIN, FRIZ, FRIP, FRIM frD, frB; FRIN rounds ties away from 0. */
export function roundToIntegral(how: 'away' | 'zero' | 'up' | 'down') {
  const modes = { away: FpMode.TiesAway, zero: Rounding.Zero, up: Rounding.Up, down: Rounding.Down };
  return recording((cx: LiftContext, { d, b }: TwoFields) => {
    const { ir } = cx;
    const operation = orderedOperation(cx, FpKind.RoundToIntegral, 0, [cx.fprBits(b)], modes[how]);
    setExact(cx, d, exactValue(ir, operation), () => exactFlags(ir, operation));
    cx.holds(d, false);
  });
}

// LFD
export function loadDouble(cx: LiftContext, d: number, base: I32, offset: number): void {
  cx.setFprBits(d, storedDoubleword(cx.ir, base, offset) ?? cx.ir.load64(base, offset, BE));
  cx.holds(d, false);
}

// STFD
export function storeDouble(cx: LiftContext, s: number, base: I32, offset: number): void {
  cx.ir.store64(base, cx.fprBits(s), offset, BE);
}

// LFS: NaNs keep their bits
export function loadSingle(cx: LiftContext, d: number, base: I32, offset: number): void {
  const { ir } = cx;
  const word = ir.load32(base, offset, BE);
  const single = ir.f32_of_bits(word);
  const value = ir.promote(single);
  cx.setFpr(d, value);
  ir.beginIf(isNan(ir, value));
  cx.setFprBits(d, exactValue(ir, orderedOperation(cx, FpKind.LoadSingle, 0, [ir.extend_u32(word)], 0)));
  ir.endIf();
  cx.holds(d, true, single);
}

// STFS: what is no single loses bits, and is not rounded. Then the right word is stored once more
export function storeSingle(cx: LiftContext, s: number, base: I32, offset: number): void {
  const { ir } = cx;
  const x = cx.fpr(s);
  const single = cx.singleValues[s] ?? ir.demote(x);
  ir.store32(base, ir.bits_of_f32(single), offset, BE);
  ir.beginIf(cx.singles.has(s) ? isNan(ir, x) : ir.not1(ir.eqf64(ir.promote(single), x)));
  const bits: I64 = exactValue(ir, orderedOperation(cx, FpKind.StoreSingle, 0, [cx.fprBits(s)], 0));
  ir.store32(base, ir.low64(bits), offset, BE);
  ir.endIf();
}

// STFIWX
export function storeWordOf(cx: LiftContext, s: number, base: I32, offset: number): void {
  cx.ir.store32(base, cx.ir.low64(cx.fprBits(s)), offset, BE);
}
