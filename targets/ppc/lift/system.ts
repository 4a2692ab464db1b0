/** System calls, traps, barriers, caches and special registers (PEM chapter 4, Power ISA books I and II). */
import type { I1, I32 } from '../../../translate/ir/types';
import { location } from '../../../translate/ir/block';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { Mode } from '../state';

export function systemCall(cx: LiftContext): void {
  cx.terminator = { kind: 'syscall', info: 0, next: cx.next };
}

/** `info` of the system call that icbi lifts as: what translations there are of that line must go. */
export const ICBI_CALL = 1;

// icbi rA, rB
export function invalidateCode(cx: LiftContext, { a, b }: { a: number; b: number }): void {
  const { ir } = cx;
  const at = ir.add32(cx.base(a), cx.reg(b));
  cx.setWord('icbi_address', ir.and32(at, ir.const32(-cx.cacheLine)));
  cx.setWord('icbi_length', ir.const32(cx.cacheLine));
  cx.terminator = { kind: 'syscall', info: ICBI_CALL, next: cx.next };
}

const WORDS_AT_ONCE = 8;

// dcbz rA, rB
export function clearCacheLine(cx: LiftContext, { a, b }: { a: number; b: number }): void {
  const { ir } = cx;
  const at = ir.and32(ir.add32(cx.base(a), cx.reg(b)), ir.const32(-cx.cacheLine));
  const zero = ir.const64(0, 0);
  for (let offset = 0; offset < cx.cacheLine; offset += WORDS_AT_ONCE) ir.store64(at, zero, offset);
}

export function synchronise(cx: LiftContext): void {
  cx.ir.fence();
}

export function noOperation(): void {
  // Prefetches, cache pushes and isync: nothing that a program could observe here
}

const TO = { less: 16, greater: 8, equal: 4, lessUnsigned: 2, greaterUnsigned: 1 } as const;

/** tw, twi TO, x, y */
function trapOn(cx: LiftContext, to: number, x: I32, y: I32): void {
  const { ir } = cx;
  const tests: I1[] = [];
  const signed = TO.less | TO.greater;
  const unsigned = TO.lessUnsigned | TO.greaterUnsigned;
  if ((to & TO.equal) !== 0) tests.push(ir.eq32(x, y));
  if ((to & signed) === signed || (to & unsigned) === unsigned) tests.push(ir.ne32(x, y));
  if ((to & TO.less) !== 0) tests.push(ir.lt_s32(x, y));
  if ((to & TO.greater) !== 0) tests.push(ir.lt_s32(y, x));
  if ((to & TO.lessUnsigned) !== 0) tests.push(ir.lt_u32(x, y));
  if ((to & TO.greaterUnsigned) !== 0) tests.push(ir.lt_u32(y, x));
  if (tests.length > 0)
    cx.trapIf(
      tests.reduce((p, q) => ir.or1(p, q)),
      'breakpoint',
    );
}

const ALWAYS = 31;

export function trapRegisters(cx: LiftContext, { o, a, b }: { o: number; a: number; b: number }): void {
  if (o === ALWAYS) cx.trap('breakpoint');
  else trapOn(cx, o, cx.reg(a), cx.reg(b));
}

export function trapImmediate(cx: LiftContext, { o, a, i }: { o: number; a: number; i: number }): void {
  if (o === ALWAYS) cx.trap('breakpoint');
  else trapOn(cx, o, cx.reg(a), cx.const((i << 16) >> 16));
}

/** Special registers: their numbers with the two halves of the field in order. */
export const SPR = {
  MQ: 0, XER: 1, RTCU_601: 4, RTCL_601: 5, LR: 8, CTR: 9, VRSAVE: 256, USPRG3: 259, SPRG4: 260, SPRG7: 263,
  TBL: 268, TBU: 269, PVR: 287, SPEFSCR: 512, ATBL: 526, ATBU: 527,
} as const; // prettier-ignore

/** The field of mfspr and mtspr has the two halves of the number swapped. */
export const swapHalves = (n: number): number => ((n & 31) << 5) | (n >> 5);

/** What of XER is no flag: byte count and compare byte. */
const XER_REST = 0xff7f;

export function readXer(cx: LiftContext): I32 {
  const { ir } = cx;
  const at = (flag: I1, bit: number): I32 => ir.shl32(ir.zext1_32(flag), ir.const32(bit));
  const rest = ir.and32(cx.word('xer'), cx.const(XER_REST));
  return ir.or32(ir.or32(at(cx.summary(), 31), at(cx.flag('ov'), 30)), ir.or32(at(cx.flag('ca'), 29), rest));
}

/** Writes XER; a block that takes XER.SO for clear ends here. */
export function writeXer(cx: LiftContext, value: I32): void {
  if (cx.summaryWanted && cx.tracksSummaryFromHere()) return;
  cx.setFlag('ov', cx.bit(value, 30));
  cx.setFlag('ca', cx.bit(value, 29));
  cx.setWord('xer', cx.ir.and32(value, cx.const(XER_REST)));
  const summary = cx.bit(value, 31);
  if (cx.tracksSummary) cx.setSummary(summary);
  else cx.branch(summary, location(cx.pc, Mode.SummaryWanted));
}

const timeBase = (cx: LiftContext, half: 'low' | 'high'): I32 => cx.ir.call0(helperIndex(`time_base_${half}`));

/** The value of a special register, or undefined where user mode may not read it. */
function specialRegister(cx: LiftContext, n: number): I32 | undefined {
  switch (n) {
    case SPR.XER:
      return readXer(cx);
    case SPR.MQ:
      return cx.features.has('power') ? cx.word('mq') : undefined;
    case SPR.LR:
      return cx.word('lr');
    case SPR.CTR:
      return cx.word('ctr');
    case SPR.VRSAVE:
      return cx.features.has('altivec') ? cx.word('vrsave') : undefined;
    case SPR.SPEFSCR:
      return cx.features.has('spe') ? cx.word('spefscr') : undefined;
    case SPR.TBL:
      return timeBase(cx, 'low');
    case SPR.TBU:
      return timeBase(cx, 'high');
    case SPR.PVR:
      // Privileged; Linux emulates it (arch/powerpc/kernel/traps.c, emulate_instruction)
      return cx.const(cx.pvr);
    default:
      return undefined;
  }
}

// mfspr rD, SPR
export function moveFromSpecial(cx: LiftContext, { d, n }: { d: number; n: number }): void | false {
  const value = specialRegister(cx, swapHalves(n));
  if (value === undefined) return false;
  cx.setReg(d, value);
}

// mtspr SPR, rS
export function moveToSpecial(cx: LiftContext, { s, n }: { s: number; n: number }): void | false {
  const value = cx.reg(s);
  switch (swapHalves(n)) {
    case SPR.XER:
      return writeXer(cx, value);
    case SPR.MQ:
      return cx.features.has('power') ? cx.setWord('mq', value) : false;
    case SPR.LR:
      return cx.setWord('lr', value);
    case SPR.CTR:
      return cx.setWord('ctr', value);
    case SPR.VRSAVE:
      return cx.features.has('altivec') ? cx.setWord('vrsave', value) : false;
    case SPR.SPEFSCR:
      return cx.features.has('spe') ? cx.setWord('spefscr', value) : false;
    default:
      return false;
  }
}

// mftb rD, TBR
export function moveFromTimeBase(cx: LiftContext, { d, n }: { d: number; n: number }): void | false {
  const which = swapHalves(n);
  if (which !== SPR.TBL && which !== SPR.TBU) return false;
  cx.setReg(d, timeBase(cx, which === SPR.TBL ? 'low' : 'high'));
}
