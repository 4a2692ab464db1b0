/**
 * Tier 0: executes a block's IR at once, op by op, so that code which runs once never waits for a
 * compiler. It is also the reference that the emitters are compared with.
 *
 * A value lives in slot i of the register file that fits its type: words and flags in `words`, the
 * upper halves of 64-bit integers in `highs`, floating point in `floats` (singles as rounded doubles).
 */
import type { Block } from '../ir/block';
import type { CpuState } from '../ir/cpu-state';
import type { HelperTable } from '../ir/helper-table';
import { fma32, fma64 } from '../ir/fma';
import { nan32, nan64High, nan64Low } from '../ir/nan';
import { Op } from '../ir/opcodes';
import { bswap32, carryAdc, mulhS, mulhU, overflowAdc, popcount } from '../ir/ops';
import { TRAP_KINDS, type TrapKind } from '../ir/types';
import type { GuestAccess } from '../guest-access';
import { bitsOfF32, f32OfBits, f64OfBits, highBitsOfF64, lowBitsOfF64, mul64High, nearest, truncToS32, truncToU32 } from './float';

/** A `trap` op inside an `if` was reached. */
export class GuestTrap extends Error {
  constructor(
    readonly kind: TrapKind,
    /** Guest address of the instruction, in interworking form. */
    readonly pc: number,
  ) {
    super(`guest trap: ${kind}`);
  }
}

export class Interpreter {
  /** Values of i1 and i32 ops and the low halves of i64 ops of the block that ran last. */
  words = new Int32Array(1024);
  private highs = new Int32Array(1024);
  private floats = new Float64Array(1024);
  /** Index of the op that is running, valid when `execute` throws. */
  at = 0;
  private readonly offsets: Int32Array;

  constructor(
    private readonly state: CpuState,
    private readonly memory: GuestAccess,
    private readonly helpers: HelperTable,
  ) {
    this.offsets = Int32Array.from(state.layout.fields, (f) => f.offset >> 2);
  }

  private reserve(count: number): void {
    const n = 2 ** Math.ceil(Math.log2(count));
    this.words = new Int32Array(n);
    this.highs = new Int32Array(n);
    this.floats = new Float64Array(n);
  }

  /**
   * Runs all ops of a block; the caller evaluates the terminator from `words`.
   * Throws GuestFault or GuestTrap, with `at` telling which op.
   */
  execute(block: Block): void {
    if (block.count > this.words.length) this.reserve(block.count);
    const V = this.words;
    const H = this.highs;
    const F = this.floats;
    const { op, a, b, c, d, count } = block;
    const S = this.state.i32;
    const off = this.offsets;
    const memory = this.memory;
    const pages = memory.pages;
    let i = 0;
    try {
      for (; i < count; i++) {
        switch (op[i]) {
          case Op.insn:
          case Op.endif:
            break;
          case Op.const1:
          case Op.const32:
            V[i] = a[i]!;
            break;
          case Op.const64:
            V[i] = a[i]!;
            H[i] = b[i]!;
            break;
          case Op.constf32:
            F[i] = f32OfBits(a[i]!);
            break;
          case Op.constf64:
            F[i] = f64OfBits(a[i]!, b[i]!);
            break;
          case Op.get1:
          case Op.get32:
            V[i] = S[off[a[i]!]!]!;
            break;
          case Op.get64: {
            const o = off[a[i]!]!;
            V[i] = S[o]!;
            H[i] = S[o + 1]!;
            break;
          }
          case Op.getf32:
            F[i] = this.state.f32[off[a[i]!]!]!;
            break;
          case Op.getf64:
            F[i] = this.state.f64[off[a[i]!]! >> 1]!;
            break;
          case Op.set1:
          case Op.set32:
            S[off[b[i]!]!] = V[a[i]!]!;
            break;
          case Op.set64: {
            const o = off[b[i]!]!;
            S[o] = V[a[i]!]!;
            S[o + 1] = H[a[i]!]!;
            break;
          }
          case Op.setf32:
            this.state.f32[off[b[i]!]!] = F[a[i]!]!;
            break;
          case Op.setf64:
            this.state.f64[off[b[i]!]! >> 1] = F[a[i]!]!;
            break;
          case Op.add32:
            V[i] = V[a[i]!]! + V[b[i]!]!;
            break;
          case Op.sub32:
            V[i] = V[a[i]!]! - V[b[i]!]!;
            break;
          case Op.mul32:
            V[i] = Math.imul(V[a[i]!]!, V[b[i]!]!);
            break;
          case Op.mulh_u32:
            V[i] = mulhU(V[a[i]!]!, V[b[i]!]!);
            break;
          case Op.mulh_s32:
            V[i] = mulhS(V[a[i]!]!, V[b[i]!]!);
            break;
          case Op.div_u32: {
            const y = V[b[i]!]! >>> 0;
            V[i] = y === 0 ? 0 : (V[a[i]!]! >>> 0) / y;
            break;
          }
          case Op.div_s32: {
            const y = V[b[i]!]!;
            V[i] = y === 0 ? 0 : V[a[i]!]! / y;
            break;
          }
          case Op.and32:
          case Op.and1:
            V[i] = V[a[i]!]! & V[b[i]!]!;
            break;
          case Op.or32:
          case Op.or1:
            V[i] = V[a[i]!]! | V[b[i]!]!;
            break;
          case Op.xor32:
          case Op.xor1:
            V[i] = V[a[i]!]! ^ V[b[i]!]!;
            break;
          case Op.shl32:
            V[i] = V[a[i]!]! << V[b[i]!]!;
            break;
          case Op.shr_u32:
            V[i] = V[a[i]!]! >>> V[b[i]!]!;
            break;
          case Op.shr_s32:
            V[i] = V[a[i]!]! >> V[b[i]!]!;
            break;
          case Op.rotr32: {
            const n = V[b[i]!]!;
            const x = V[a[i]!]!;
            V[i] = (x >>> n) | (x << -n);
            break;
          }
          case Op.clz32:
            V[i] = Math.clz32(V[a[i]!]!);
            break;
          case Op.ctz32: {
            const x = V[a[i]!]!;
            V[i] = x === 0 ? 32 : 31 - Math.clz32(x & -x);
            break;
          }
          case Op.popcnt32:
            V[i] = popcount(V[a[i]!]!);
            break;
          case Op.bswap32:
            V[i] = bswap32(V[a[i]!]!);
            break;
          case Op.ext8_s32:
            V[i] = (V[a[i]!]! << 24) >> 24;
            break;
          case Op.ext16_s32:
            V[i] = (V[a[i]!]! << 16) >> 16;
            break;
          case Op.select32:
          case Op.select1:
            V[i] = V[a[i]!]! !== 0 ? V[b[i]!]! : V[c[i]!]!;
            break;
          case Op.zext1_32:
            V[i] = V[a[i]!]!;
            break;
          case Op.eq32:
            V[i] = V[a[i]!]! === V[b[i]!]! ? 1 : 0;
            break;
          case Op.ne32:
            V[i] = V[a[i]!]! !== V[b[i]!]! ? 1 : 0;
            break;
          case Op.lt_s32:
            V[i] = V[a[i]!]! < V[b[i]!]! ? 1 : 0;
            break;
          case Op.le_s32:
            V[i] = V[a[i]!]! <= V[b[i]!]! ? 1 : 0;
            break;
          case Op.lt_u32:
            V[i] = V[a[i]!]! >>> 0 < V[b[i]!]! >>> 0 ? 1 : 0;
            break;
          case Op.le_u32:
            V[i] = V[a[i]!]! >>> 0 <= V[b[i]!]! >>> 0 ? 1 : 0;
            break;
          case Op.not1:
            V[i] = V[a[i]!]! ^ 1;
            break;
          case Op.overflow_add32:
            V[i] = overflowAdc(V[a[i]!]!, V[b[i]!]!, 0) ? 1 : 0;
            break;
          case Op.overflow_sub32: {
            const x = V[a[i]!]!;
            const y = V[b[i]!]!;
            V[i] = ((x ^ y) & (x ^ (x - y))) >>> 31;
            break;
          }
          case Op.carry_adc32:
            V[i] = carryAdc(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!) ? 1 : 0;
            break;
          case Op.overflow_adc32:
            V[i] = overflowAdc(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!) ? 1 : 0;
            break;
          case Op.add64: {
            const low = V[a[i]!]! + V[b[i]!]!;
            H[i] = H[a[i]!]! + H[b[i]!]! + ((low | 0) >>> 0 < V[a[i]!]! >>> 0 ? 1 : 0);
            V[i] = low;
            break;
          }
          case Op.sub64: {
            const x = V[a[i]!]!;
            const y = V[b[i]!]!;
            H[i] = H[a[i]!]! - H[b[i]!]! - (x >>> 0 < y >>> 0 ? 1 : 0);
            V[i] = x - y;
            break;
          }
          case Op.mul64: {
            const x = V[a[i]!]!;
            const y = V[b[i]!]!;
            H[i] = mul64High(x, H[a[i]!]!, y, H[b[i]!]!, mulhU);
            V[i] = Math.imul(x, y);
            break;
          }
          case Op.and64:
            V[i] = V[a[i]!]! & V[b[i]!]!;
            H[i] = H[a[i]!]! & H[b[i]!]!;
            break;
          case Op.or64:
            V[i] = V[a[i]!]! | V[b[i]!]!;
            H[i] = H[a[i]!]! | H[b[i]!]!;
            break;
          case Op.xor64:
            V[i] = V[a[i]!]! ^ V[b[i]!]!;
            H[i] = H[a[i]!]! ^ H[b[i]!]!;
            break;
          case Op.shl64: {
            const n = V[b[i]!]! & 63;
            const lo = V[a[i]!]!;
            const hi = H[a[i]!]!;
            V[i] = n < 32 ? lo << n : 0;
            H[i] = n === 0 ? hi : n < 32 ? (hi << n) | (lo >>> (32 - n)) : lo << (n - 32);
            break;
          }
          case Op.shr_u64: {
            const n = V[b[i]!]! & 63;
            const lo = V[a[i]!]!;
            const hi = H[a[i]!]!;
            V[i] = n === 0 ? lo : n < 32 ? (lo >>> n) | (hi << (32 - n)) : hi >>> (n - 32);
            H[i] = n < 32 ? hi >>> n : 0;
            break;
          }
          case Op.shr_s64: {
            const n = V[b[i]!]! & 63;
            const lo = V[a[i]!]!;
            const hi = H[a[i]!]!;
            V[i] = n === 0 ? lo : n < 32 ? (lo >>> n) | (hi << (32 - n)) : hi >> (n - 32);
            H[i] = hi >> Math.min(n, 31);
            break;
          }
          case Op.mul_wide_u32:
            H[i] = mulhU(V[a[i]!]!, V[b[i]!]!);
            V[i] = Math.imul(V[a[i]!]!, V[b[i]!]!);
            break;
          case Op.mul_wide_s32:
            H[i] = mulhS(V[a[i]!]!, V[b[i]!]!);
            V[i] = Math.imul(V[a[i]!]!, V[b[i]!]!);
            break;
          case Op.extend_u32:
            V[i] = V[a[i]!]!;
            H[i] = 0;
            break;
          case Op.extend_s32:
            V[i] = V[a[i]!]!;
            H[i] = V[i]! >> 31;
            break;
          case Op.low64:
            V[i] = V[a[i]!]!;
            break;
          case Op.high64:
            V[i] = H[a[i]!]!;
            break;
          case Op.pair64:
            V[i] = V[a[i]!]!;
            H[i] = V[b[i]!]!;
            break;
          case Op.select64: {
            const from = V[a[i]!] !== 0 ? b[i]! : c[i]!;
            V[i] = V[from]!;
            H[i] = H[from]!;
            break;
          }
          case Op.eq64:
            V[i] = V[a[i]!]! === V[b[i]!]! && H[a[i]!] === H[b[i]!] ? 1 : 0;
            break;
          case Op.lt_s64:
            V[i] = H[a[i]!]! < H[b[i]!]! || (H[a[i]!] === H[b[i]!] && V[a[i]!]! >>> 0 < V[b[i]!]! >>> 0) ? 1 : 0;
            break;
          case Op.lt_u64:
            V[i] = H[a[i]!]! >>> 0 < H[b[i]!]! >>> 0 || (H[a[i]!] === H[b[i]!] && V[a[i]!]! >>> 0 < V[b[i]!]! >>> 0) ? 1 : 0;
            break;
          case Op.addf32:
            F[i] = Math.fround(F[a[i]!]! + F[b[i]!]!);
            break;
          case Op.addf64:
            F[i] = F[a[i]!]! + F[b[i]!]!;
            break;
          case Op.subf32:
            F[i] = Math.fround(F[a[i]!]! - F[b[i]!]!);
            break;
          case Op.subf64:
            F[i] = F[a[i]!]! - F[b[i]!]!;
            break;
          case Op.mulf32:
            F[i] = Math.fround(F[a[i]!]! * F[b[i]!]!);
            break;
          case Op.mulf64:
            F[i] = F[a[i]!]! * F[b[i]!]!;
            break;
          case Op.divf32:
            F[i] = Math.fround(F[a[i]!]! / F[b[i]!]!);
            break;
          case Op.divf64:
            F[i] = F[a[i]!]! / F[b[i]!]!;
            break;
          case Op.sqrtf32:
            F[i] = Math.fround(Math.sqrt(F[a[i]!]!));
            break;
          case Op.sqrtf64:
            F[i] = Math.sqrt(F[a[i]!]!);
            break;
          case Op.fmaf32:
            F[i] = fma32(F[a[i]!]!, F[b[i]!]!, F[c[i]!]!);
            break;
          case Op.fmaf64:
            F[i] = fma64(F[a[i]!]!, F[b[i]!]!, F[c[i]!]!);
            break;
          case Op.nan32:
            V[i] = nan32(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!);
            break;
          case Op.nan64: {
            const x = a[i]!;
            const y = b[i]!;
            const z = c[i]!;
            V[i] = nan64Low(V[x]!, H[x]!, V[y]!, H[y]!, V[z]!, H[z]!);
            H[i] = nan64High(V[x]!, H[x]!, V[y]!, H[y]!, V[z]!, H[z]!);
            break;
          }
          case Op.eqf32:
          case Op.eqf64:
            V[i] = F[a[i]!]! === F[b[i]!]! ? 1 : 0;
            break;
          case Op.ltf32:
          case Op.ltf64:
            V[i] = F[a[i]!]! < F[b[i]!]! ? 1 : 0;
            break;
          case Op.lef32:
          case Op.lef64:
            V[i] = F[a[i]!]! <= F[b[i]!]! ? 1 : 0;
            break;
          case Op.promote:
            F[i] = F[a[i]!]!;
            break;
          case Op.demote:
            F[i] = Math.fround(F[a[i]!]!);
            break;
          case Op.cvt_s32_f32:
            F[i] = Math.fround(V[a[i]!]!);
            break;
          case Op.cvt_u32_f32:
            F[i] = Math.fround(V[a[i]!]! >>> 0);
            break;
          case Op.cvt_s32_f64:
            F[i] = V[a[i]!]!;
            break;
          case Op.cvt_u32_f64:
            F[i] = V[a[i]!]! >>> 0;
            break;
          case Op.trunc_f32_s32:
          case Op.trunc_f64_s32:
            V[i] = truncToS32(F[a[i]!]!);
            break;
          case Op.trunc_f32_u32:
          case Op.trunc_f64_u32:
            V[i] = truncToU32(F[a[i]!]!);
            break;
          case Op.nearestf64:
            F[i] = nearest(F[a[i]!]!);
            break;
          case Op.floorf64:
            F[i] = Math.floor(F[a[i]!]!);
            break;
          case Op.ceilf64:
            F[i] = Math.ceil(F[a[i]!]!);
            break;
          case Op.bits_of_f32:
            V[i] = bitsOfF32(F[a[i]!]!);
            break;
          case Op.f32_of_bits:
            F[i] = f32OfBits(V[a[i]!]!);
            break;
          case Op.bits_of_f64:
            V[i] = lowBitsOfF64(F[a[i]!]!);
            H[i] = highBitsOfF64(F[a[i]!]!);
            break;
          case Op.f64_of_bits:
            F[i] = f64OfBits(V[a[i]!]!, H[a[i]!]!);
            break;
          case Op.load8_u: {
            const address = (V[a[i]!]! + b[i]!) >>> 0;
            V[i] = (pages[address >>> 12]! & 1) !== 0 ? memory.u8[address]! : memory.load8(address);
            break;
          }
          case Op.load8_s: {
            const address = (V[a[i]!]! + b[i]!) >>> 0;
            V[i] = (pages[address >>> 12]! & 1) !== 0 ? memory.i8[address]! : (memory.load8(address) << 24) >> 24;
            break;
          }
          case Op.load16_u: {
            const address = (V[a[i]!]! + b[i]!) >>> 0;
            V[i] = (address & 1) === 0 && (c[i]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0 ? memory.u16[address >>> 1]! : memory.load16(address, c[i]!);
            break;
          }
          case Op.load16_s: {
            const address = (V[a[i]!]! + b[i]!) >>> 0;
            V[i] = (address & 1) === 0 && (c[i]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0 ? memory.i16[address >>> 1]! : (memory.load16(address, c[i]!) << 16) >> 16;
            break;
          }
          case Op.load32: {
            const address = (V[a[i]!]! + b[i]!) >>> 0;
            V[i] = (address & 3) === 0 && (c[i]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0 ? memory.i32[address >>> 2]! : memory.load32(address, c[i]!);
            break;
          }
          case Op.load64:
            V[i] = memory.load64(V[a[i]!]! + b[i]!, c[i]!);
            H[i] = memory.high;
            break;
          case Op.store8: {
            const address = (V[a[i]!]! + c[i]!) >>> 0;
            if ((pages[address >>> 12]! & 2) !== 0) memory.u8[address] = V[b[i]!]!;
            else memory.store8(address, V[b[i]!]!);
            break;
          }
          case Op.store16: {
            const address = (V[a[i]!]! + c[i]!) >>> 0;
            if ((address & 1) === 0 && (d[i]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0) memory.u16[address >>> 1] = V[b[i]!]!;
            else memory.store16(address, V[b[i]!]!, d[i]!);
            break;
          }
          case Op.store32: {
            const address = (V[a[i]!]! + c[i]!) >>> 0;
            if ((address & 3) === 0 && (d[i]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0) memory.i32[address >>> 2] = V[b[i]!]!;
            else memory.store32(address, V[b[i]!]!, d[i]!);
            break;
          }
          case Op.store64:
            memory.store64(V[a[i]!]! + c[i]!, V[b[i]!]!, H[b[i]!]!, d[i]!);
            break;
          case Op.cas8:
            V[i] = memory.cas8(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!);
            break;
          case Op.cas16:
            V[i] = memory.cas16(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!, d[i]!);
            break;
          case Op.cas32:
            V[i] = memory.cas32(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!, d[i]!);
            break;
          case Op.cas64:
            V[i] = memory.cas64(V[a[i]!]!, V[b[i]!]!, H[b[i]!]!, V[c[i]!]!, H[c[i]!]!, d[i]!);
            H[i] = memory.high;
            break;
          case Op.fence:
            Atomics.load(this.state.i32, 0); // any atomic access is a full barrier in JavaScript's memory model
            break;
          case Op.call0:
            V[i] = this.helpers[a[i]!]!.run(0, 0, 0);
            break;
          case Op.call1:
            V[i] = this.helpers[b[i]!]!.run(V[a[i]!]!, 0, 0);
            break;
          case Op.call2:
            V[i] = this.helpers[c[i]!]!.run(V[a[i]!]!, V[b[i]!]!, 0);
            break;
          case Op.call3:
            V[i] = this.helpers[d[i]!]!.run(V[a[i]!]!, V[b[i]!]!, V[c[i]!]!);
            break;
          case Op.if:
            if (V[a[i]!] === 0) i = b[i]!;
            break;
          case Op.trap:
            throw new GuestTrap(TRAP_KINDS[a[i]!]!, b[i]!);
            break;
          default:
            throw new Error(`interpreter: no op ${op[i]}`);
        }
      }
    } catch (e) {
      this.at = i;
      throw e;
    }
  }
}
