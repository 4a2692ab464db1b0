/** Load and store string: bytes from and to consecutive registers, four each, around from r31 to r0 (PEM chapter 4.2.3.6). */
import type { I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { indexed, loadWord, storeWord } from './load-store';

/** Bytes of a string whose length is in the instruction; 0 means 32. */
const lengthOf = (nb: number): number => nb || 32;

/** Whether `count` registers from d on, around the end, have register n. */
const uses = (d: number, count: number, n: number): boolean => ((n - d) & 31) < count;

// lswi rD, rA, NB
export function loadString(cx: LiftContext, { d, a, n }: { d: number; a: number; n: number }): void | false {
  const { ir } = cx;
  const length = lengthOf(n);
  // Invalid if the base is loaded too; with rA = 0 there is no base
  if (a !== 0 && uses(d, (length + 3) >> 2, a)) return false;
  const base = cx.base(a);
  for (let at = 0; at < length; at += 4) {
    const register = (d + (at >> 2)) & 31;
    if (at + 4 <= length) cx.setReg(register, loadWord(cx, base, at));
    else {
      let value: I32 = ir.const32(0);
      for (let k = at; k < length; k++) value = ir.or32(value, ir.shl32(ir.load8_u(base, k), ir.const32(24 - 8 * (k - at))));
      cx.setReg(register, value);
    }
  }
}

// stswi rS, rA, NB
export function storeString(cx: LiftContext, { d, a, n }: { d: number; a: number; n: number }): void {
  const { ir } = cx;
  const length = lengthOf(n);
  const base = cx.base(a);
  for (let at = 0; at < length; at += 4) {
    const value = cx.reg((d + (at >> 2)) & 31);
    if (at + 4 <= length) storeWord(cx, base, at, value);
    else for (let k = at; k < length; k++) ir.store8(base, ir.shr_u32(value, ir.const32(24 - 8 * (k - at))), k);
  }
}

interface IndexedString {
  readonly d: number;
  readonly a: number;
  readonly b: number;
}

const REGISTERS = 32;
/** XER's byte count. */
const COUNT = 0x7f;

/** Bytes of a string whose length is in XER. */
const countOf = (cx: LiftContext): I32 => cx.ir.and32(cx.word('xer'), cx.const(COUNT));

/**
 * Calls `body` for each register and each byte of a last, partial word under an `if` that holds where XER's count reaches so far.
 * @param body gets the offset and, for a byte, its number in the register
 */
function forCount(cx: LiftContext, d: number, body: (register: number, offset: number, byte: number | undefined) => void): void {
  const { ir } = cx;
  const count = countOf(cx);
  for (let k = 0; k < REGISTERS; k++) {
    const register = (d + k) & 31;
    const whole = ir.le_u32(ir.const32(4 * k + 4), count);
    ir.beginIf(whole);
    body(register, 4 * k, undefined);
    ir.endIf();
    for (let byte = 0; byte < 3; byte++) {
      ir.beginIf(ir.and1(ir.not1(whole), ir.lt_u32(ir.const32(4 * k + byte), count)));
      body(register, 4 * k + byte, byte);
      ir.endIf();
    }
  }
}

// lswx rD, rA, rB
export function loadStringIndexed(cx: LiftContext, { d, a, b }: IndexedString): void {
  const { ir } = cx;
  const count = countOf(cx);
  // Invalid if the base or the index is loaded too
  for (const r of a === 0 ? [b] : [a, b]) cx.trapIf(ir.lt_u32(ir.const32(4 * ((r - d) & 31)), count), 'undefined');
  const base = indexed(cx, a, b);
  forCount(cx, d, (register, offset, byte) => {
    if (byte === undefined) cx.setReg(register, loadWord(cx, base, offset));
    else {
      const part = ir.shl32(ir.load8_u(base, offset), ir.const32(24 - 8 * byte));
      cx.setReg(register, byte === 0 ? part : ir.or32(cx.reg(register), part));
    }
  });
}

/** Bytes that XER counts at most. */
const MOST_BYTES = 127;

/**
 * lscbx[.] rD, rA, rB of the 601: loads up to XER's count, but nothing behind a byte that is XER's compare byte. XER gets the number
 * of bytes that were loaded, CR0 whether there was such a byte. The base and the index stay what they are.
 */
export function loadStringCompare(cx: LiftContext, { d, a, b, c }: IndexedString & { c: number }): void {
  const { ir } = cx;
  const base = indexed(cx, a, b);
  const wanted = ir.and32(ir.shr_u32(cx.word('xer'), ir.const32(8)), ir.const32(0xff));
  for (let k = 0; k < MOST_BYTES; k++) {
    ir.beginIf(ir.lt_u32(ir.const32(k), countOf(cx)));
    const byte = ir.load8_u(base, k);
    const register = (d + (k >> 2)) & 31;
    if (register !== b && (a === 0 || register !== a)) {
      const part = ir.shl32(byte, ir.const32(24 - 8 * (k & 3)));
      cx.setReg(register, (k & 3) === 0 ? part : ir.or32(cx.reg(register), part));
    }
    const xer = cx.word('xer');
    const ended = ir.or32(ir.and32(xer, ir.const32(~COUNT)), ir.const32(k + 1));
    cx.setWord('xer', ir.select32(ir.eq32(byte, wanted), ended, xer));
    ir.endIf();
  }
  if (c === 0) return;
  const loaded = countOf(cx);
  cx.setCrEqual(0, ir.const32(1));
  ir.beginIf(ir.ne32(loaded, ir.const32(0)));
  cx.setCrEqual(0, ir.xor32(ir.load8_u(ir.add32(base, loaded), -1), wanted));
  ir.endIf();
}

// stswx rS, rA, rB
export function storeStringIndexed(cx: LiftContext, { d, a, b }: IndexedString): void {
  const { ir } = cx;
  const base = indexed(cx, a, b);
  forCount(cx, d, (register, offset, byte) => {
    const value = cx.reg(register);
    if (byte === undefined) storeWord(cx, base, offset, value);
    else ir.store8(base, ir.shr_u32(value, ir.const32(24 - 8 * byte)), offset);
  });
}
