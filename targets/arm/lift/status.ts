/** Status register access (Arm ARM DDI 0406C, sections A4.5 and B1.3.3), as User mode sees it. */
import type { I32 } from '../../../translate/ir/types';
import { type LiftContext } from '../lift-context';

/** CPSR.M of User mode. */
const USER_MODE = 0x10;
const BIG_ENDIAN_BIT = 9;

// MRS<c> <Rd>, APSR
export function mrs(cx: LiftContext, { d }: { d: number }): void {
  const { ir } = cx;
  const flag = (name: 'n' | 'z' | 'c' | 'v' | 'q', bit: number): I32 => ir.shl32(ir.zext1_32(cx.flag(name)), ir.const32(bit));
  const bigEndian = cx.bigEndianData && cx.order !== 'big-fixed';
  let value = ir.const32(USER_MODE | (bigEndian ? 1 << BIG_ENDIAN_BIT : 0));
  value = ir.or32(ir.or32(flag('n', 31), flag('z', 30)), value);
  value = ir.or32(ir.or32(flag('c', 29), flag('v', 28)), value);
  value = ir.or32(ir.or32(flag('q', 27), ir.shl32(cx.word('ge'), ir.const32(16))), value);
  cx.setRegOrBranch(d, value);
}

/**
 * MSR<c> <fields>, <operand>: mask bit 3 (f) selects NZCVQ, 2 (s) GE and 1 (x) the endianness of data;
 * the rest of the CPSR ignores writes from User mode.
 */
export function msr(cx: LiftContext, mask: number, value: I32): void {
  const { ir } = cx;
  if (mask & 8) {
    cx.setFlag('n', cx.bit(value, 31));
    cx.setFlag('z', cx.bit(value, 30));
    cx.setFlag('c', cx.bit(value, 29));
    cx.setFlag('v', cx.bit(value, 28));
    if (cx.features.has('v5te')) cx.setFlag('q', cx.bit(value, 27));
  }
  if (!cx.features.has('v6')) return;
  if (mask & 4) cx.setWord('ge', ir.and32(ir.shr_u32(value, ir.const32(16)), ir.const32(15)));
  if (mask & 2 && cx.order !== 'big-fixed') {
    const little = ((cx.bigEndianData = false), cx.nextLocation());
    cx.bigEndianData = true;
    cx.terminator = { kind: 'branch', cond: cx.bit(value, BIG_ENDIAN_BIT), taken: cx.nextLocation(), otherwise: little };
  }
}

// SETEND <endian_specifier>
export function setend(cx: LiftContext, bigEndian: boolean): void {
  if (cx.order !== 'big-fixed') cx.bigEndianData = bigEndian;
  cx.terminator = { kind: 'jump', target: cx.nextLocation() };
}

/** CPS{<effect>} <iflags>, #<mode>: no effect in User mode. */
export function cps(): void {}
