/**
 * Byte-swap folding: big-endian accesses are taken apart into plain ones and swaps, which cancel, move behind logic that they
 * leave alone, or vanish into masks and comparisons. At the end the swaps that are left go back into their accesses.
 */
import { terminatorValue, type Block } from '../ir/block';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, bswap32 } from '../ir/ops';
import { MemFlag } from '../ir/types';
import type { Rewriter, RuleTable } from './rewrite';
import { mapTerminator } from './terminator';
import { mutableCopy, usesOf } from './uses';

const isSwap = (w: Rewriter, v: number): boolean => w.op[v] === Op.bswap32;

function doubleSwap(w: Rewriter, _op: Op, a: number): number | undefined {
  return isSwap(w, a) ? w.a[a]! : undefined;
}

/** Logic of two swapped words is the swapped logic of the words. */
function logicOfSwaps(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  return isSwap(w, a) && isSwap(w, b) ? w.emit(Op.bswap32, w.emit(op, w.a[a]!, w.a[b]!)) : undefined;
}

/** Equality of two swapped words; of bits of a swapped word. */
function equality(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  if (isSwap(w, a) && isSwap(w, b)) return w.emit(op, w.a[a]!, w.a[b]!);
  const k = w.constantOf(b);
  if (k === undefined || w.op[a] !== Op.and32 || !isSwap(w, w.a[a]!)) return undefined;
  const mask = w.constantOf(w.b[a]!);
  if (mask === undefined) return undefined;
  return w.emit(op, w.emit(Op.and32, w.a[w.a[a]!]!, w.const32(bswap32(mask))), w.const32(bswap32(k)));
}

/** Bit 7, which a swap makes the sign. */
const SIGN = 0x80;

/** Whether a swapped word is negative: one of its bits. */
function sign(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  const [word, zero] = op === Op.lt_s32 ? [a, b] : [b, a];
  if (!isSwap(w, word) || w.constantOf(zero) !== 0) return undefined;
  const bit = w.emit(Op.and32, w.a[word]!, w.const32(SIGN));
  return w.emit(op === Op.lt_s32 ? Op.ne32 : Op.eq32, bit, w.const32(0));
}

/** The top byte of a swapped word. */
function topByte(w: Rewriter, op: Op, a: number, b: number): number | undefined {
  if (!isSwap(w, a) || w.constantOf(b) !== 24) return undefined;
  return op === Op.shr_s32 ? w.emit(Op.ext8_s32, w.a[a]!) : w.emit(Op.and32, w.a[a]!, w.const32(0xff));
}

/** How far a shift or rotation by a constant moves bits to the right, or undefined. */
function movesRight(w: Rewriter, v: number): number | undefined {
  const n = w.constantOf(w.b[v]!);
  if (n === undefined) return undefined;
  switch (w.op[v] as Op) {
    case Op.shr_u32:
    case Op.shr_s32:
    case Op.rotr32:
      return n & 31;
    case Op.shl32:
      return -n & 31;
    default:
      return undefined;
  }
}

/** Bits of one byte of a swapped word, wherever they have been moved: the same bits of the word. */
function maskedByte(w: Rewriter, _op: Op, a: number, b: number): number | undefined {
  const mask = w.constantOf(b);
  if (mask === undefined || mask === 0) return undefined;
  const right = isSwap(w, a) ? 0 : movesRight(w, a);
  const swap = isSwap(w, a) ? a : w.a[a]!;
  if (right === undefined || !isSwap(w, swap)) return undefined;
  // Where the bits come from. What a shift pulls in comes from the other end, and is not masked out for nothing
  if (right !== 0 && w.op[a] !== Op.rotr32 && (mask & pulledIn(w.op[a] as Op, right)) !== 0) return undefined;
  const source = (mask << right) | (mask >>> (-right & 31));
  const byte = [0, 1, 2, 3].find((k) => (source & ~(0xff << (8 * k))) === 0);
  if (byte === undefined) return undefined;
  // Byte k was byte 3 - k
  return rotatedMasked(w, w.a[swap]!, (right + 24 - 16 * byte) & 31, mask);
}

function pulledIn(op: Op, right: number): number {
  return op === Op.shl32 ? (1 << (32 - right)) - 1 : ~(-1 >>> right);
}

/** A word rotated right under a mask, with a shift where the mask allows it. */
function rotatedMasked(w: Rewriter, x: number, right: number, mask: number): number {
  const shift = (mask & pulledIn(Op.shr_u32, right)) === 0 ? Op.shr_u32 : (mask & pulledIn(Op.shl32, right)) === 0 ? Op.shl32 : Op.rotr32;
  const moved = right === 0 ? x : w.emit(shift, x, w.const32(shift === Op.shl32 ? 32 - right : right));
  return w.emit(Op.and32, moved, w.const32(mask));
}

export const BYTE_SWAP_RULES: RuleTable = [
  [doubleSwap, Op.bswap32],
  [maskedByte, Op.and32],
  [logicOfSwaps, Op.and32, Op.or32, Op.xor32],
  [equality, Op.eq32, Op.ne32],
  [sign, Op.lt_s32, Op.le_s32],
  [topByte, Op.shr_u32, Op.shr_s32],
];

/** The value of a big-endian load of a word as the swap of a plain one. */
export function swappedLoad(w: Rewriter, base: number, offset: number, flags: number): number {
  return w.emit(Op.bswap32, w.append(Op.load32, base, offset, flags & ~MemFlag.BigEndian));
}

/** Puts swaps back into loads whose value is only swapped, and into stores of what was only swapped for them. */
export function foldSwapsIntoAccesses(block: Block): Block {
  const { op, a, b, c, d } = block;
  if (!op.includes(Op.bswap32)) return block;
  const uses = usesOf(block);
  const result = mutableCopy(block);
  const value = Int32Array.from({ length: block.count }, (_, i) => i);
  for (let i = 0; i < block.count; i++) {
    const x = a[i]!;
    if (op[i] === Op.bswap32 && uses[i]! > 0 && op[x] === Op.load32 && uses[x] === 1 && (c[x]! & MemFlag.BigEndian) === 0) {
      result.c[x]! |= MemFlag.BigEndian;
      value[i] = x;
    } else if (op[i] === Op.store32 && (d[i]! & MemFlag.BigEndian) === 0) {
      const v = b[i]!;
      if (op[v] !== Op.bswap32 || uses[v] !== 1 || value[v] !== v) continue;
      result.b[i] = a[v]!;
      result.d[i]! |= MemFlag.BigEndian;
    }
  }
  return substitute(result, value);
}

/** Replaces every use of value v by value[v], in place. */
function substitute(block: Block, value: Int32Array): Block {
  for (let i = 0; i < block.count; i++) {
    const n = ARG_COUNT[block.op[i]!]!;
    if (n > 0) block.a[i] = value[block.a[i]!]!;
    if (n > 1) block.b[i] = value[block.b[i]!]!;
    if (n > 2) block.c[i] = value[block.c[i]!]!;
  }
  if (terminatorValue(block.terminator) < 0) return block;
  return { ...block, terminator: mapTerminator(block.terminator, (v) => value[v]!) };
}
