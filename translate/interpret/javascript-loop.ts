/** Runs the ops of a block in JavaScript: the interpreter until its loop in WebAssembly pays, and where that gives up. */
import type { GuestAccess } from '../guest-access';
import type { CpuState } from '../ir/cpu-state';
import type { HelperTable } from '../ir/helper-table';
import { Op } from '../ir/opcodes';
import { bswap32, carryAdc, mulhS, mulhU, overflowAdc, popcount } from '../ir/ops';
import { TRAP_KINDS, type TrapKind } from '../ir/types';
import type { CodeStore } from './code-store';
import { executeFloat } from './float-ops';
import { Packed } from './packed-op';
import { VectorUnit } from './vector-unit';
import { executeWide } from './wide-ops';

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

export class JavaScriptLoop {
  /** Word index in the store of the op that was running when `run` threw. */
  at = 0;
  private readonly vectors: VectorUnit;

  constructor(
    private readonly store: CodeStore,
    private readonly state: CpuState,
    private readonly memory: GuestAccess,
    private readonly helpers: HelperTable,
  ) {
    this.vectors = new VectorUnit(state, memory);
  }

  /** Runs the ops from a word of the store on to the end of their block. Throws GuestFault or GuestTrap. */
  run(p: number): void {
    const code = this.store.words;
    const { i32: S, f32: SF, f64: SD } = this.state;
    const memory = this.memory;
    const pages = memory.pages;
    try {
      for (;;) {
        switch (code[p]) {
          case Packed.jump:
          case Packed.branch:
          case Packed.indirect:
          case Packed.leave:
            return;
          case Op.set32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
            p += 3;
            break;
          case Op.set64: {
            const from = code[p + 2]! >> 2;
            const to = code[p + 1]! >> 2;
            const high = S[from + 1]!;
            S[to] = S[from]!;
            S[to + 1] = high;
            p += 3;
            break;
          }
          case Op.const1:
          case Op.const32:
          case Op.constf32:
            S[code[p + 1]! >> 2] = code[p + 2]!;
            p += 3;
            break;
          case Op.const64:
          case Op.constf64:
            S[code[p + 1]! >> 2] = code[p + 2]!;
            S[(code[p + 1]! >> 2) + 1] = code[p + 3]!;
            p += 4;
            break;
          case Op.add32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! + S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.sub32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! - S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.mul32:
            S[code[p + 1]! >> 2] = Math.imul(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.mulh_u32:
            S[code[p + 1]! >> 2] = mulhU(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.mulh_s32:
            S[code[p + 1]! >> 2] = mulhS(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!);
            p += 4;
            break;
          case Op.div_u32: {
            const y = S[code[p + 3]! >> 2]! >>> 0;
            S[code[p + 1]! >> 2] = y === 0 ? 0 : (S[code[p + 2]! >> 2]! >>> 0) / y;
            p += 4;
            break;
          }
          case Op.div_s32: {
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = y === 0 ? 0 : S[code[p + 2]! >> 2]! / y;
            p += 4;
            break;
          }
          case Op.and32:
          case Op.and1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! & S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.or32:
          case Op.or1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! | S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.xor32:
          case Op.xor1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! ^ S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shl32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! << S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shr_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.shr_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >> S[code[p + 3]! >> 2]!;
            p += 4;
            break;
          case Op.rotr32: {
            const x = S[code[p + 2]! >> 2]!;
            const n = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = (x >>> n) | (x << -n);
            p += 4;
            break;
          }
          case Op.clz32:
            S[code[p + 1]! >> 2] = Math.clz32(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.ctz32: {
            const x = S[code[p + 2]! >> 2]!;
            S[code[p + 1]! >> 2] = x === 0 ? 32 : 31 - Math.clz32(x & -x);
            p += 3;
            break;
          }
          case Op.popcnt32:
            S[code[p + 1]! >> 2] = popcount(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.bswap32:
            S[code[p + 1]! >> 2] = bswap32(S[code[p + 2]! >> 2]!);
            p += 3;
            break;
          case Op.ext8_s32:
            S[code[p + 1]! >> 2] = (S[code[p + 2]! >> 2]! << 24) >> 24;
            p += 3;
            break;
          case Op.ext16_s32:
            S[code[p + 1]! >> 2] = (S[code[p + 2]! >> 2]! << 16) >> 16;
            p += 3;
            break;
          case Op.select32:
          case Op.select1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! !== 0 ? S[code[p + 3]! >> 2]! : S[code[p + 4]! >> 2]!;
            p += 5;
            break;
          case Op.zext1_32:
          case Op.low64:
          case Op.bits_of_f32:
          case Op.f32_of_bits:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
            p += 3;
            break;
          case Op.eq32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! === S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.ne32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! !== S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.lt_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! < S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.le_s32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! <= S[code[p + 3]! >> 2]! ? 1 : 0;
            p += 4;
            break;
          case Op.lt_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> 0 < S[code[p + 3]! >> 2]! >>> 0 ? 1 : 0;
            p += 4;
            break;
          case Op.le_u32:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> 0 <= S[code[p + 3]! >> 2]! >>> 0 ? 1 : 0;
            p += 4;
            break;
          case Op.not1:
            S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! ^ 1;
            p += 3;
            break;
          case Op.overflow_add32: {
            const x = S[code[p + 2]! >> 2]!;
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = ((x ^ (x + y)) & (y ^ (x + y))) >>> 31;
            p += 4;
            break;
          }
          case Op.overflow_sub32: {
            const x = S[code[p + 2]! >> 2]!;
            const y = S[code[p + 3]! >> 2]!;
            S[code[p + 1]! >> 2] = ((x ^ y) & (x ^ (x - y))) >>> 31;
            p += 4;
            break;
          }
          case Op.carry_adc32:
            S[code[p + 1]! >> 2] = carryAdc(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!) ? 1 : 0;
            p += 5;
            break;
          case Op.overflow_adc32:
            S[code[p + 1]! >> 2] = overflowAdc(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!) ? 1 : 0;
            p += 5;
            break;
          case Op.load8_u: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] = (pages[address >>> 12]! & 1) !== 0 ? memory.u8[address]! : memory.load8(address);
            p += 5;
            break;
          }
          case Op.load8_s: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] = (pages[address >>> 12]! & 1) !== 0 ? memory.i8[address]! : (memory.load8(address) << 24) >> 24;
            p += 5;
            break;
          }
          case Op.load16_u:
          case Packed.load16_u:
          case Packed.big_load16_u: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.u16[address >>> 1]!
                : memory.load16(address, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.load16_s:
          case Packed.load16_s:
          case Packed.big_load16_s: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.i16[address >>> 1]!
                : (memory.load16(address, code[p + 4]!) << 16) >> 16;
            p += 5;
            break;
          }
          case Op.load32:
          case Packed.load32:
          case Packed.big_load32: {
            const address = (S[code[p + 2]! >> 2]! + code[p + 3]!) >>> 0;
            S[code[p + 1]! >> 2] =
              (address & 3) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 1) !== 0
                ? memory.i32[address >>> 2]!
                : memory.load32(address, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.load64:
          case Packed.load64:
          case Packed.big_load64:
            S[code[p + 1]! >> 2] = memory.load64(S[code[p + 2]! >> 2]! + code[p + 3]!, code[p + 4]!);
            S[(code[p + 1]! >> 2) + 1] = memory.high;
            p += 5;
            break;
          case Op.store8: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((pages[address >>> 12]! & 2) !== 0) memory.u8[address] = S[code[p + 2]! >> 2]!;
            else memory.store8(address, S[code[p + 2]! >> 2]!);
            p += 5;
            break;
          }
          case Op.store16:
          case Packed.store16:
          case Packed.big_store16: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((address & 1) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0)
              memory.u16[address >>> 1] = S[code[p + 2]! >> 2]!;
            else memory.store16(address, S[code[p + 2]! >> 2]!, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.store32:
          case Packed.store32:
          case Packed.big_store32: {
            const address = (S[code[p + 1]! >> 2]! + code[p + 3]!) >>> 0;
            if ((address & 3) === 0 && (code[p + 4]! & 1) === 0 && (pages[address >>> 12]! & 2) !== 0)
              memory.i32[address >>> 2] = S[code[p + 2]! >> 2]!;
            else memory.store32(address, S[code[p + 2]! >> 2]!, code[p + 4]!);
            p += 5;
            break;
          }
          case Op.store64:
          case Packed.store64:
          case Packed.big_store64:
            memory.store64(S[code[p + 1]! >> 2]! + code[p + 3]!, S[code[p + 2]! >> 2]!, S[(code[p + 2]! >> 2) + 1]!, code[p + 4]!);
            p += 5;
            break;
          case Op.cas8:
            S[code[p + 1]! >> 2] = memory.cas8(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!);
            p += 6;
            break;
          case Op.cas16:
            S[code[p + 1]! >> 2] = memory.cas16(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!, code[p + 5]!);
            p += 6;
            break;
          case Op.cas32:
            S[code[p + 1]! >> 2] = memory.cas32(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!, code[p + 5]!);
            p += 6;
            break;
          case Op.cas64:
            S[code[p + 1]! >> 2] = memory.cas64(
              S[code[p + 2]! >> 2]!,
              S[code[p + 3]! >> 2]!,
              S[(code[p + 3]! >> 2) + 1]!,
              S[code[p + 4]! >> 2]!,
              S[(code[p + 4]! >> 2) + 1]!,
              code[p + 5]!,
            );
            S[(code[p + 1]! >> 2) + 1] = memory.high;
            p += 6;
            break;
          case Op.fence:
            Atomics.load(S, 0); // any atomic access is a full barrier in JavaScript's memory model
            p += 1;
            break;
          case Op.call0:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 2]!]!.run(0, 0, 0);
            p += 3;
            break;
          case Op.call1:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 3]!]!.run(S[code[p + 2]! >> 2]!, 0, 0);
            p += 4;
            break;
          case Op.call2:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 4]!]!.run(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, 0);
            p += 5;
            break;
          case Op.call3:
            S[code[p + 1]! >> 2] = this.helpers[code[p + 5]!]!.run(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!);
            p += 6;
            break;
          case Op.if:
            p += S[code[p + 1]! >> 2] !== 0 ? 3 : code[p + 2]! >> 2;
            break;
          case Op.trap:
            throw new GuestTrap(TRAP_KINDS[code[p + 1]!]!, code[p + 2]!);
          default:
            p = executeWide(code, p, S) || executeFloat(code, p, S, SF, SD) || this.vectors.execute(code, p);
        }
      }
    } catch (e) {
      this.at = p;
      throw e;
    }
  }
}
