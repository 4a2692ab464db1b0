/**
 * Instructions that read and write FPSCR (Power ISA, book I, section 4.6.9). Until code is lifted exactly, FPSCR has no exceptions
 * and no enables, and RN is 0 except in Mode.Directed. What only changes RN leaves it so; the rest makes code exact.
 */
import { location } from '../../../translate/ir/block';
import type { I1, I32 } from '../../../translate/ir/types';
import { FPSCR } from '../fpscr';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { Mode } from '../state';
import { raiseEnabled } from './fp-operation';

/**
 * High word of what mffs gives while exceptions are not recorded: a value with it that is written back comes from such a read,
 * as in floor and sin, and is not meant to clear exceptions. (Processors leave anything there; the 750 and 7400 just this.)
 */
const UNRECORDED = 0xfff80000 | 0;

// mffs frD
export function moveFrom(cx: LiftContext, { d }: { d: number }): void {
  const { ir } = cx;
  cx.holds(d, false);
  if (cx.fpscrRead !== undefined) return cx.setFprBits(d, cx.fpscrRead());
  if (cx.exact) return cx.setFprBits(d, ir.extend_u32(ir.and32(cx.word('fpscr'), ir.const32(~FPSCR.tracked))));
  if (cx.exceptionsWanted()) cx.becomeExact();
  else cx.setFprBits(d, ir.pair64(cx.word('fpscr'), ir.const32(UNRECORDED)));
}

/** Writes FPSCR as a whole. What it enables may have been raised before. */
function write(cx: LiftContext, value: I32): void {
  const { ir } = cx;
  cx.setWord('fpscr', ir.or32(ir.call1(value, helperIndex('fpscr_settled')), ir.const32(FPSCR.tracked)));
  raiseEnabled(cx);
}

function isNearest(cx: LiftContext): I1 {
  const { ir } = cx;
  return ir.eq32(ir.and32(cx.word('fpscr'), ir.const32(FPSCR.rounding)), ir.const32(0));
}

/** Goes on behind this instruction, in a block for the rounding mode that it has set. */
function goOnDirected(cx: LiftContext): void {
  const directed = location(cx.next, Mode.Directed);
  cx.terminator = { kind: 'branch', cond: isNearest(cx), taken: cx.next, otherwise: directed };
  cx.modesSettled = true;
}

/** Replaces bits of FPSCR by constant ones. */
function replace(cx: LiftContext, mask: number, value: number): void {
  const { ir } = cx;
  const replaced = ir.or32(ir.and32(cx.word('fpscr'), ir.const32(~mask)), ir.const32(value));
  if (cx.exact) return write(cx, replaced);
  const modes = FPSCR.rounding | NON_IEEE;
  // The others are 0 already, but those that are only kept exactly
  if ((value & ~modes) !== 0 || (mask & FPSCR.exceptions & ~FPSCR.enables) !== 0) {
    cx.becomeExact();
    return;
  }
  const staysNearest = !cx.directed && (value & FPSCR.rounding) === 0;
  if (staysNearest && (mask & NON_IEEE) === 0) return;
  cx.setWord('fpscr', replaced);
  if (!staysNearest && (mask & FPSCR.rounding) !== 0) goOnDirected(cx);
}

/** NI, which nothing obeys (nor does qemu-ppc). */
const NON_IEEE = 4;
/** FEX and VX, and a reserved bit. */
const UNWRITABLE: ReadonlySet<number> = new Set([1, 2, 20]);

/** mtfsb0, mtfsb1 crbD */
export function setBit(value: 0 | 1) {
  return (cx: LiftContext, { d }: { d: number }): void => {
    if (UNWRITABLE.has(d)) return;
    const bit = 0x80000000 >>> d;
    replace(cx, bit | 0, value === 1 ? bit | 0 : 0);
  };
}

// mtfsfi crfD, IMM
export function setField(cx: LiftContext, { f, i }: { f: number; i: number }): void {
  const shift = 28 - 4 * f;
  replace(cx, 15 << shift, (i << shift) & ~FPSCR.tracked);
}

/** Bits that a mask of fields selects. */
function fieldMask(m: number): number {
  let mask = 0;
  for (let field = 0; field < 8; field++) if ((m & (0x80 >> field)) !== 0) mask |= 0xf << (28 - 4 * field);
  return mask & ~FPSCR.tracked;
}

// mtfsf FM, frB
export function writeFields(cx: LiftContext, { m, b }: { m: number; b: number }): void {
  const { ir } = cx;
  const mask = fieldMask(m);
  const bits = cx.fprBits(b);
  const value = ir.low64(bits);
  const old = cx.word('fpscr');
  const merged = ir.or32(ir.and32(old, ir.const32(~mask)), ir.and32(value, ir.const32(mask)));
  if (cx.exact) return write(cx, merged);
  if (cx.fpscrStep === Mode.FpscrForeign) {
    cx.becomeExact();
    return;
  }
  const changed = ir.and32(ir.xor32(value, old), ir.const32(mask & FPSCR.exceptions));
  const own = ir.and1(ir.eq32(ir.high64(bits), ir.const32(UNRECORDED)), ir.eq32(changed, ir.const32(0)));
  if (cx.fpscrStep === Mode.FpscrSpecial) {
    cx.setWord('fpscr', ir.select32(own, merged, old));
    const foreign = location(cx.pc, Mode.FpscrForeign | (cx.directed ? Mode.Directed : 0));
    cx.terminator = { kind: 'branch', cond: own, taken: location(cx.next, Mode.Directed), otherwise: foreign };
  } else {
    const nearest = ir.eq32(ir.and32(merged, ir.const32(FPSCR.rounding)), ir.const32(0));
    const usual = ir.and1(own, nearest);
    cx.setWord('fpscr', ir.select32(usual, merged, old));
    const special = location(cx.pc, Mode.FpscrSpecial | (cx.directed ? Mode.Directed : 0));
    cx.terminator = { kind: 'branch', cond: usual, taken: cx.next, otherwise: special };
  }
  cx.modesSettled = true;
}

/** Bits that mcrfs clears: all exceptions but those that follow from others. */
const CLEARED = FPSCR.exceptions & ~FPSCR.enables;

// mcrfs crfD, crfS
export function moveFieldToCondition(cx: LiftContext, { f, s }: { f: number; s: number }): void {
  if (cx.becomeExact()) return;
  const { ir } = cx;
  const shift = 28 - 4 * s;
  const old = ir.and32(cx.word('fpscr'), ir.const32(~FPSCR.tracked));
  cx.setCrNibble(f, ir.shr_u32(old, ir.const32(shift)));
  write(cx, ir.and32(old, ir.const32(~((15 << shift) & CLEARED))));
}
