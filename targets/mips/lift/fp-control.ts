/** FIR and the views of FCSR (MD00090, volume III, chapter 5, and MD00087, CFC1 and CTC1). */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { FCSR as FCSR_BITS } from '../state';
import type { Move } from './fp-transfer';

/** Control registers. */
const FIR = 0;
const FCCR = 25;
const FEXR = 26;
const FENR = 28;
const FCSR = 31;

/** Bits of FCSR that software writes; NAN2008 and ABS2008 are fixed. */
const FCSR_WRITABLE = 0xff83ffff | 0;
/** Cause, flag, enable and rounding mode bits. */
const FEXR_BITS = 0x0003f07c;
const FENR_BITS = 0x00000f83;
/** What must be 0 for FEXR and FENR to be written (qemu-mips), and for FCCR. */
const NOT_FEXR = 0x007c0000;
const NOT_FCCR = 0xffffff00 | 0;
/** NAN2008 and ABS2008. */
const ENCODING_2008 = 0x000c0000;
/** The condition codes in FCSR: 0 at bit 23, 1 to 7 from bit 25 on. */
const CONDITION_BITS = [23, 25, 26, 27, 28, 29, 30, 31] as const;
const WITHOUT_CONDITIONS = ~CONDITION_BITS.reduce((mask, bit) => mask | (1 << bit), 0);

function collectConditions(cx: LiftContext, at: readonly number[]): I32 {
  const { ir } = cx;
  return at.reduce<I32>((word, bit, cc) => ir.or32(word, ir.shl32(ir.zext1_32(cx.condition(cc)), ir.const32(bit))), ir.const32(0));
}

function spreadConditions(cx: LiftContext, word: I32, at: readonly number[]): void {
  const { ir } = cx;
  at.forEach((bit, cc) => cx.setCondition(cc, ir.ne32(ir.and32(word, ir.const32(1 << bit)), ir.const32(0))));
}

const FCCR_BITS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** FCSR without the condition codes. */
function status(cx: LiftContext): I32 {
  const { ir } = cx;
  return ir.and32(cx.word('fcsr'), ir.const32(~FCSR_BITS.tracked));
}

// CFC1 rt, fs
export function readControl(cx: LiftContext, { t, s }: Move): void {
  const { ir } = cx;
  switch (s) {
    case FIR:
      return cx.setReg(t, ir.const32(cx.implementation));
    case FCCR:
      return cx.setReg(t, collectConditions(cx, FCCR_BITS));
    case FEXR:
      cx.setReg(t, ir.and32(status(cx), ir.const32(FEXR_BITS)));
      return track(cx);
    case FENR: {
      const fcsr = status(cx);
      const flush = ir.and32(ir.shr_u32(fcsr, ir.const32(22)), ir.const32(4));
      return cx.setReg(t, ir.or32(ir.and32(fcsr, ir.const32(FENR_BITS)), flush));
    }
    case FCSR: {
      if (cx.fcsrRead !== undefined) return cx.setReg(t, cx.fcsrRead());
      const encoding = ir.const32(cx.nan2008 ? ENCODING_2008 : 0);
      cx.setReg(t, ir.or32(ir.or32(status(cx), encoding), collectConditions(cx, CONDITION_BITS)));
      if (!cx.exact && cx.exceptionsWanted()) track(cx);
      return;
    }
    default:
      return cx.setReg(t, ir.const32(0));
  }
}

/** From here on exceptions are recorded. */
function track(cx: LiftContext): void {
  if (cx.exact) return;
  cx.setWord('fcsr', cx.ir.or32(cx.word('fcsr'), cx.ir.const32(FCSR_BITS.tracked)));
  cx.fcsrAccessed();
}

// CTC1 rt, fs: a cause that is written with its enable raises the exception
export function writeControl(cx: LiftContext, { t, s }: Move): void | false {
  const { ir } = cx;
  const value = cx.reg(t);
  const none = (mask: number): ReturnType<typeof ir.eq32> => ir.eq32(ir.and32(value, ir.const32(mask)), ir.const32(0));
  switch (s) {
    case FCCR: {
      if (cx.features.has('r6')) return;
      const legal = none(NOT_FCCR);
      const was = collectConditions(cx, FCCR_BITS);
      return spreadConditions(cx, ir.select32(legal, value, was), FCCR_BITS);
    }
    case FEXR:
      return replace(cx, FEXR_BITS, ir.select32(none(NOT_FEXR), value, cx.word('fcsr')));
    case FENR: {
      const bits = ir.or32(ir.and32(value, ir.const32(FENR_BITS)), ir.shl32(value, ir.const32(22)));
      return replace(cx, FENR_BITS | FCSR_BITS.flush, ir.select32(none(NOT_FEXR), bits, cx.word('fcsr')));
    }
    case FCSR:
      if (!cx.features.has('r6')) spreadConditions(cx, value, CONDITION_BITS);
      return replace(cx, FCSR_WRITABLE & WITHOUT_CONDITIONS, value);
    default:
      return cx.features.has('r6') ? false : undefined;
  }
}

function replace(cx: LiftContext, mask: number, bits: I32): void {
  const { ir } = cx;
  const kept = ir.and32(cx.word('fcsr'), ir.const32(~mask));
  const fcsr = ir.or32(ir.or32(kept, ir.and32(bits, ir.const32(mask))), ir.const32(FCSR_BITS.tracked));
  cx.setWord('fcsr', fcsr);
  const enabled = ir.and32(ir.and32(ir.shr_u32(fcsr, ir.const32(FCSR_BITS.groupBits)), fcsr), ir.const32(FCSR_BITS.enables));
  cx.trapIf(ir.ne32(enabled, ir.const32(0)), 'float');
  cx.fcsrAccessed();
}
