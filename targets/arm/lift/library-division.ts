/**
 * The 64-bit division of libgcc as one operation. ARM has no instruction for it: __aeabi_uldivmod and __aeabi_ldivmod
 * (libgcc/config/arm/bpabi.S) call __udivmoddi4, some hundred instructions, with the dividend in r0 and r1, the divisor, which is not 0,
 * in r2 and r3, and where the remainder shall go in [sp]. They then take their return address and the remainder from the stack, in a
 * way that no compiler ends a function: that tells such a call. What the AEABI lets the callee destroy (r2, r3, ip, the flags, the stack
 * below sp) keeps its value.
 */
import { divideUnsigned } from '../../library-division';
import type { CodeReader } from '../../target';
import { LR, SP, type LiftContext } from '../lift-context';

/** ldr lr, [sp, #4]; ldrd r2, r3, [sp, #8]; add sp, #16 */
const BEHIND_T32 = [0xf8dd, 0xe004, 0xe9dd, 0x2302, 0xb004];
/** ldr lr, [sp, #4]; add sp, sp, #8; pop {r2, r3} */
const BEHIND_A32 = [0xe59de004, 0xe28dd008, 0xe8bd000c];

/** Whether the call in front of an address is that of a division. */
export function followsDivision(code: CodeReader, address: number, thumb: boolean): boolean {
  return thumb
    ? BEHIND_T32.every((halfword, i) => code.fetch16(address + 2 * i) === halfword)
    : BEHIND_A32.every((word, i) => (code.fetch32(address + 4 * i)! | 0) === (word | 0));
}

/** The call. */
export function divideByLibrary(cx: LiftContext): void {
  const { ir, order } = cx;
  const [low, high] = order === 'little' ? [0, 1] : [1, 0];
  const dividend = ir.pair64(cx.reg(low), cx.reg(high));
  const divisor = ir.pair64(cx.reg(2 + low), cx.reg(2 + high));
  const { quotient, remainder } = divideUnsigned(ir, dividend, divisor);
  const to = ir.load32(cx.reg(SP), 0, cx.memFlags());
  ir.store32(to, ir.low64(remainder), 4 * low, cx.memFlags());
  ir.store32(to, ir.high64(remainder), 4 * high, cx.memFlags());
  cx.setReg(low, ir.low64(quotient));
  cx.setReg(high, ir.high64(quotient));
  cx.setReg(LR, ir.const32(cx.returnAddress()));
}
