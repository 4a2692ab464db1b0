/** Integer arithmetic that takes more than one WebAssembly instruction. */
import { Op } from '../ir/opcodes';
import { AccessWriter } from './emit-access';
import { VALUE_TYPE, W } from './opcodes';

export class ArithmeticWriter extends AccessWriter {
  protected wideProduct(a: number, b: number, extend: number): void {
    this.push(a);
    this.out.byte(extend);
    this.push(b);
    this.out.raw([extend, W.i64_mul]);
  }

  /** x / 0 = 0 and MIN / -1 = MIN, where WebAssembly traps. */
  protected division(a: number, b: number, op: Op): void {
    const { out } = this;
    const signed = op === Op.div_s32;
    const y = this.temporary('i32');
    const x = this.temporary('i32');
    this.push(a);
    this.local(W.local_set, x);
    this.push(b);
    this.local(W.local_tee, y);
    out.raw([W.i32_eqz, W.if, 0x7f, W.i32_const, 0, W.else]);
    if (signed) {
      // x / -1 = -x
      this.local(W.local_get, y);
      out.raw([W.i32_const, 0x7f, W.i32_eq, W.if, 0x7f, W.i32_const, 0]);
      this.local(W.local_get, x);
      out.raw([W.i32_sub, W.else]);
    }
    this.local(W.local_get, x);
    this.local(W.local_get, y);
    out.byte(signed ? W.i32_div_s : W.i32_div_u);
    if (signed) out.byte(W.end);
    out.byte(W.end);
    this.release('i32', x);
    this.release('i32', y);
  }

  /** The unsigned quotient of doublewords; x / 0 = 0. */
  protected wideDivision(a: number, b: number): void {
    const { out } = this;
    const x = this.temporary('i64');
    const y = this.temporary('i64');
    this.push(a);
    this.local(W.local_set, x);
    this.push(b);
    this.local(W.local_tee, y);
    out.raw([W.i64_eqz, W.if, VALUE_TYPE.i64, W.i64_const, 0, W.else]);
    this.local(W.local_get, x);
    this.local(W.local_get, y);
    out.raw([W.i64_div_u, W.end]);
    this.release('i64', x);
    this.release('i64', y);
  }

  /** ((x ^ r) & (y ^ r)) < 0 with r = x + y (+ c). */
  protected overflow(a: number, b: number, sum: () => void): void {
    const { out } = this;
    const r = this.temporary('i32');
    this.pushAgain(a);
    this.pushAgain(b);
    sum();
    this.local(W.local_set, r);
    this.push(a);
    this.local(W.local_get, r);
    out.byte(W.i32_xor);
    this.push(b);
    this.local(W.local_get, r);
    out.raw([W.i32_xor, W.i32_and, W.i32_const, 31, W.i32_shr_u]);
    this.release('i32', r);
  }

  /** ((x ^ y) & (x ^ (x - y))) < 0. */
  protected overflowSub(a: number, b: number): void {
    const { out } = this;
    this.pushAgain(a);
    this.pushAgain(b);
    out.byte(W.i32_xor);
    this.pushAgain(a);
    this.push(a);
    this.push(b);
    out.raw([W.i32_sub, W.i32_xor, W.i32_and, W.i32_const, 31, W.i32_shr_u]);
  }
}
