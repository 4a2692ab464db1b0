/**
 * Known bits: which bits of each word are certainly 0 or 1. Removes masks of values that are already
 * zero-extended, shifts of nothing, comparisons that cannot go both ways, and masks before narrow stores.
 */
import type { Builder } from '../ir/builder';
import { Op } from '../ir/opcodes';
import { bswap32 } from '../ir/ops';
import type { Rewriter, RuleTable } from './rewrite';

const SIGN = 0x80000000 | 0;
const low = (n: number): number => (n >= 32 ? -1 : (1 << n) - 1);
const rotr = (x: number, n: number): number => (x >>> (n & 31)) | (x << (-n & 31));

export class KnownBits {
  /** Bits known to be 0 and known to be 1 of the i32 value i; both 0 for what nothing is known about. */
  zeros = new Int32Array(256);
  ones = new Int32Array(256);

  /** Records what is known about the op just appended. */
  note(ir: Builder, i: number): void {
    if (i >= this.zeros.length) this.grow();
    this.derive(ir.op[i]! as Op, ir.a[i]!, ir.b[i]!, ir.c[i]!, ir);
    this.zeros[i] = this.z;
    this.ones[i] = this.o;
  }
  private z = 0;
  private o = 0;

  /** The constant that an op must give, or undefined. */
  constant(ir: Builder, op: Op, a: number, b: number, c: number): number | undefined {
    this.derive(op, a, b, c, ir);
    return (this.z | this.o) === -1 ? this.o : undefined;
  }

  /** The value to store instead of `v`: what only changes bits above the stored ones is left out. */
  storedValue(ir: Builder, op: Op, v: number): number {
    return op === Op.store8 ? withoutMask(ir, v, 0xff) : op === Op.store16 ? withoutMask(ir, v, 0xffff) : v;
  }

  private grow(): void {
    const wider = (x: Int32Array): Int32Array<ArrayBuffer> => {
      const y = new Int32Array(2 * x.length);
      y.set(x);
      return y;
    };
    this.zeros = wider(this.zeros);
    this.ones = wider(this.ones);
  }

  private know(zeros: number, ones: number): void {
    this.z = zeros;
    this.o = ones;
  }

  /** Sets z and o to what is known about an op's result. */
  private derive(op: Op, a: number, b: number, c: number, ir: Builder): void {
    const { zeros, ones } = this;
    this.know(0, 0);
    switch (op) {
      case Op.const32:
        this.know(~a, a);
        break;
      case Op.load8_u:
      case Op.cas8:
        this.know(~0xff, 0);
        break;
      case Op.load16_u:
      case Op.cas16:
        this.know(~0xffff, 0);
        break;
      case Op.zext1_32:
        this.know(~1, 0);
        break;
      case Op.clz32:
      case Op.ctz32:
      case Op.popcnt32:
        this.know(~63, 0);
        break;
      case Op.and32:
        this.know(zeros[a]! | zeros[b]!, ones[a]! & ones[b]!);
        break;
      case Op.or32:
        this.know(zeros[a]! & zeros[b]!, ones[a]! | ones[b]!);
        break;
      case Op.xor32:
        this.know((zeros[a]! & zeros[b]!) | (ones[a]! & ones[b]!), (zeros[a]! & ones[b]!) | (ones[a]! & zeros[b]!));
        break;
      case Op.add32:
        this.sum(a, b);
        break;
      case Op.select32:
        this.know(zeros[b]! & zeros[c]!, ones[b]! & ones[c]!);
        break;
      case Op.bswap32:
        this.know(bswap32(zeros[a]!), bswap32(ones[a]!));
        break;
      case Op.ext8_s32:
        this.know((zeros[a]! << 24) >> 24, (ones[a]! << 24) >> 24);
        break;
      case Op.ext16_s32:
        this.know((zeros[a]! << 16) >> 16, (ones[a]! << 16) >> 16);
        break;
      case Op.shl32:
      case Op.shr_u32:
      case Op.shr_s32:
      case Op.rotr32: {
        const n = ir.constantOf(b);
        if (n !== undefined) this.shift(op, zeros[a]!, ones[a]!, n & 31);
        break;
      }
      default:
    }
  }

  private shift(op: Op, z: number, o: number, n: number): void {
    if (op === Op.shl32) this.know((z << n) | low(n), o << n);
    else if (op === Op.shr_u32) this.know((z >>> n) | ~(-1 >>> n), o >>> n);
    else if (op === Op.shr_s32) this.know(z >> n, o >> n);
    else this.know(rotr(z, n), rotr(o, n));
  }

  /** Below the first unknown bit a sum is known; above the largest possible sum it is 0. */
  private sum(a: number, b: number): void {
    const { zeros, ones } = this;
    const unknown = ~((zeros[a]! | ones[a]!) & (zeros[b]! | ones[b]!));
    const below = low(unknown === 0 ? 32 : 31 - Math.clz32(unknown & -unknown));
    const r = (ones[a]! + ones[b]!) & below;
    const max = (~zeros[a]! >>> 0) + (~zeros[b]! >>> 0);
    const above = max > 0xffffffff ? 0 : ~low(32 - Math.clz32(max));
    this.know((~r & below) | above, r);
  }
}

/** `v` without an outermost mask or extension that leaves the bits in `needed` alone. */
function withoutMask(ir: Builder, v: number, needed: number): number {
  const op = ir.op[v];
  if (op === Op.and32) {
    const k = ir.constantOf(ir.b[v]!);
    return k !== undefined && (k & needed) === needed ? ir.a[v]! : v;
  }
  return (op === Op.ext8_s32 && needed === 0xff) || (op === Op.ext16_s32 && needed <= 0xffff) ? ir.a[v]! : v;
}

/** An op whose result's bits are all known, or whose result is one of its operands. */
function word(w: Rewriter, op: Op, a: number, b: number, c: number): number | undefined {
  const bits = w.bits!;
  const k = bits.constant(w, op, a, b, c);
  if (k !== undefined) return w.const32(k);
  const { zeros, ones } = bits;
  switch (op) {
    case Op.and32:
      if ((~ones[b]! & ~zeros[a]!) === 0) return a;
      return (~ones[a]! & ~zeros[b]!) === 0 ? b : undefined;
    case Op.or32:
      if ((~zeros[b]! & ~ones[a]!) === 0) return a;
      return (~zeros[a]! & ~ones[b]!) === 0 ? b : undefined;
    default:
      return undefined;
  }
}

/** Shift amounts count modulo 32; an arithmetic shift of a non-negative word is a logical one. */
function shift(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const n = withoutMask(w, b, 31);
  if (op === Op.shr_s32 && (w.bits!.zeros[a]! & SIGN) !== 0) return w.emit(Op.shr_u32, a, n);
  return n === b ? undefined : w.emit(op, a, n);
}

/** Sign extension of what is already sign-extended, or of a non-negative narrow value. */
function signExtension(w: Rewriter, op: Op, a: number): number | undefined {
  const byte = op === Op.ext8_s32;
  const source = w.op[a];
  if (source === Op.load8_s || source === Op.ext8_s32) return a;
  if (!byte && (source === Op.load16_s || source === Op.ext16_s32)) return a;
  const clear = byte ? ~0x7f : ~0x7fff;
  if ((w.bits!.zeros[a]! & clear) === clear) return a;
  const bare = withoutMask(w, a, byte ? 0xff : 0xffff);
  return bare === a ? undefined : w.emit(op, bare);
}

/** Comparisons whose outcome the known bits decide. */
function comparison(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const { zeros, ones } = w.bits!;
  switch (op) {
    case Op.eq32:
    case Op.ne32:
      return ((zeros[a]! & ones[b]!) | (ones[a]! & zeros[b]!)) === 0 ? undefined : w.const1(op === Op.ne32);
    case Op.lt_u32:
    case Op.le_u32: {
      const unsigned = decide(op === Op.lt_u32, ones[a]! >>> 0, ~zeros[a]! >>> 0, ones[b]! >>> 0, ~zeros[b]! >>> 0);
      return unsigned === undefined ? undefined : w.const1(unsigned);
    }
    default: {
      const min = (v: number): number => ones[v]! | (~zeros[v]! & SIGN);
      const max = (v: number): number => ~zeros[v]! & ((ones[v]! & SIGN) | ~SIGN);
      const signed = decide(op === Op.lt_s32, min(a), max(a), min(b), max(b));
      return signed === undefined ? undefined : w.const1(signed);
    }
  }
}

/** Outcome of a < b (or a <= b) for values in these ranges, if it is always the same. */
function decide(less: boolean, minA: number, maxA: number, minB: number, maxB: number): boolean | undefined {
  if (less ? maxA < minB : maxA <= minB) return true;
  if (less ? minA >= maxB : minA > maxB) return false;
  return undefined;
}

export const KNOWN_BITS_RULES: RuleTable = [
  [word, Op.and32, Op.or32, Op.xor32, Op.add32, Op.select32, Op.shl32, Op.shr_u32, Op.shr_s32, Op.rotr32],
  [shift, Op.shl32, Op.shr_u32, Op.shr_s32, Op.rotr32],
  [signExtension, Op.ext8_s32, Op.ext16_s32],
  [comparison, Op.eq32, Op.ne32, Op.lt_s32, Op.le_s32, Op.lt_u32, Op.le_u32],
];
