/** DSPControl (MD00374, MIPS32 DSP Module, section 3.2): fields that the instructions of the DSP extension read and write. */
import type { I1, I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

/** Bits of the overflow flag that are not an accumulator's (which are 16 to 19). */
export const Overflow = { add: 20, multiply: 21, shift: 22, extract: 23 } as const;

export const ACCUMULATOR_OVERFLOW = 16;

const POSITION = 0x3f;
const CARRY = 13;
const EXTRACT_FAILED = 14;
const SIZE = 7;
const CONDITIONS = 24;

/** Fields by the bits of RDDSP's and WRDSP's mask: pos, scount, c, ouflag, ccond, EFI. */
const FIELDS = [POSITION, 0x1f80, 1 << CARRY, 0x00ff0000, 0x0f000000, 1 << EXTRACT_FAILED] as const;

/** The bits of DSPControl that a mask selects. */
const selected = (mask: number): number => FIELDS.reduce((bits, field, i) => bits | ((mask >> i) & 1 ? field : 0), 0);

function replace(cx: LiftContext, bits: number, value: I32): void {
  const { ir } = cx;
  cx.setWord('dsp_control', ir.or32(ir.and32(cx.word('dsp_control'), ir.const32(~bits)), value));
}

/** Sets a bit of ouflag, which is sticky, if the condition holds. */
export function raise(cx: LiftContext, bit: number, happened: I1): void {
  const { ir } = cx;
  cx.setWord('dsp_control', ir.or32(cx.word('dsp_control'), ir.shl32(ir.zext1_32(happened), ir.const32(bit))));
}

/** Number of bits, and the position, that extractions and insertions work on. */
export const position = (cx: LiftContext): I32 => cx.ir.and32(cx.word('dsp_control'), cx.const(POSITION));
export const setPosition = (cx: LiftContext, value: I32): void => replace(cx, POSITION, cx.ir.and32(value, cx.const(POSITION)));
export const size = (cx: LiftContext): I32 => cx.ir.and32(cx.ir.shr_u32(cx.word('dsp_control'), cx.const(SIZE)), cx.const(0x3f));

function flag(cx: LiftContext, bit: number): I1 {
  return cx.ir.ne32(cx.ir.and32(cx.word('dsp_control'), cx.const(1 << bit)), cx.const(0));
}

function setFlag(cx: LiftContext, bit: number, value: I1): void {
  replace(cx, 1 << bit, cx.ir.shl32(cx.ir.zext1_32(value), cx.const(bit)));
}

export const carry = (cx: LiftContext): I1 => flag(cx, CARRY);
export const setCarry = (cx: LiftContext, value: I1): void => setFlag(cx, CARRY, value);
export const setExtractFailed = (cx: LiftContext, value: I1): void => setFlag(cx, EXTRACT_FAILED, value);

/** The condition codes of the lanes, from bit 0 on. */
export const conditions = (cx: LiftContext): I32 => cx.ir.and32(cx.ir.shr_u32(cx.word('dsp_control'), cx.const(CONDITIONS)), cx.const(15));

/** Writes the condition codes of `count` lanes; `bits` has no others. */
export function setConditions(cx: LiftContext, count: number, bits: I32): void {
  replace(cx, ((1 << count) - 1) << CONDITIONS, cx.ir.shl32(bits, cx.const(CONDITIONS)));
}

// RDDSP rd, mask
export function readControl(cx: LiftContext, { d, m }: { d: number; m: number }): void {
  cx.setReg(d, cx.ir.and32(cx.word('dsp_control'), cx.const(selected(m))));
}

// WRDSP rs, mask
export function writeControl(cx: LiftContext, { s, m }: { s: number; m: number }): void {
  replace(cx, selected(m), cx.ir.and32(cx.reg(s), cx.const(selected(m))));
}

/** BPOSGE32's condition. */
export const positionAtLeast32 = (cx: LiftContext): I1 => cx.ir.le_u32(cx.const(32), position(cx));
