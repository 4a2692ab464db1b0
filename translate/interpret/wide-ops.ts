/** Ops on 64-bit integers, which are two words of the state memory, low half first. */
import { Op } from '../ir/opcodes';
import { mulhS, mulhU } from '../ir/ops';
import { mul64High } from './float';
import { divU64High, divU64Low } from './wide-division';

/**
 * Runs one op.
 * @param p its word in `code`
 * @param S the state memory, of which operands are byte offsets
 * @returns the word behind it, or 0 if it is none of these
 */
export function executeWide(code: Int32Array, p: number, S: Int32Array): number {
  switch (code[p]) {
    case Op.add64: {
      const x = S[code[p + 2]! >> 2]!;
      const low = (x + S[code[p + 3]! >> 2]!) | 0;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]! + S[(code[p + 3]! >> 2) + 1]! + (low >>> 0 < x >>> 0 ? 1 : 0);
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.sub64: {
      const x = S[code[p + 2]! >> 2]!;
      const y = S[code[p + 3]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]! - S[(code[p + 3]! >> 2) + 1]! - (x >>> 0 < y >>> 0 ? 1 : 0);
      S[code[p + 1]! >> 2] = x - y;
      return p + 4;
    }
    case Op.mul64: {
      const x = S[code[p + 2]! >> 2]!;
      const y = S[code[p + 3]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = mul64High(x, S[(code[p + 2]! >> 2) + 1]!, y, S[(code[p + 3]! >> 2) + 1]!, mulhU);
      S[code[p + 1]! >> 2] = Math.imul(x, y);
      return p + 4;
    }
    case Op.div_u64: {
      const x = code[p + 2]! >> 2;
      const y = code[p + 3]! >> 2;
      const low = divU64Low(S[x]!, S[x + 1]!, S[y]!, S[y + 1]!);
      S[(code[p + 1]! >> 2) + 1] = divU64High(S[x]!, S[x + 1]!, S[y]!, S[y + 1]!);
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.and64: {
      const low = S[code[p + 2]! >> 2]! & S[code[p + 3]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]! & S[(code[p + 3]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.or64: {
      const low = S[code[p + 2]! >> 2]! | S[code[p + 3]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]! | S[(code[p + 3]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.xor64: {
      const low = S[code[p + 2]! >> 2]! ^ S[code[p + 3]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]! ^ S[(code[p + 3]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.shl64: {
      const n = S[code[p + 3]! >> 2]! & 63;
      const lo = S[code[p + 2]! >> 2]!;
      const hi = S[(code[p + 2]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = n < 32 ? lo << n : 0;
      S[(code[p + 1]! >> 2) + 1] = n === 0 ? hi : n < 32 ? (hi << n) | (lo >>> (32 - n)) : lo << (n - 32);
      return p + 4;
    }
    case Op.shr_u64: {
      const n = S[code[p + 3]! >> 2]! & 63;
      const lo = S[code[p + 2]! >> 2]!;
      const hi = S[(code[p + 2]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = n === 0 ? lo : n < 32 ? (lo >>> n) | (hi << (32 - n)) : hi >>> (n - 32);
      S[(code[p + 1]! >> 2) + 1] = n < 32 ? hi >>> n : 0;
      return p + 4;
    }
    case Op.shr_s64: {
      const n = S[code[p + 3]! >> 2]! & 63;
      const lo = S[code[p + 2]! >> 2]!;
      const hi = S[(code[p + 2]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = n === 0 ? lo : n < 32 ? (lo >>> n) | (hi << (32 - n)) : hi >> (n - 32);
      S[(code[p + 1]! >> 2) + 1] = hi >> Math.min(n, 31);
      return p + 4;
    }
    case Op.mul_wide_u32: {
      const x = S[code[p + 2]! >> 2]!;
      const y = S[code[p + 3]! >> 2]!;
      S[code[p + 1]! >> 2] = Math.imul(x, y);
      S[(code[p + 1]! >> 2) + 1] = mulhU(x, y);
      return p + 4;
    }
    case Op.mul_wide_s32: {
      const x = S[code[p + 2]! >> 2]!;
      const y = S[code[p + 3]! >> 2]!;
      S[code[p + 1]! >> 2] = Math.imul(x, y);
      S[(code[p + 1]! >> 2) + 1] = mulhS(x, y);
      return p + 4;
    }
    case Op.extend_u32:
      S[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = 0;
      return p + 3;
    case Op.extend_s32: {
      const x = S[code[p + 2]! >> 2]!;
      S[code[p + 1]! >> 2] = x;
      S[(code[p + 1]! >> 2) + 1] = x >> 31;
      return p + 3;
    }
    case Op.high64:
      S[code[p + 1]! >> 2] = S[(code[p + 2]! >> 2) + 1]!;
      return p + 3;
    case Op.pair64: {
      const low = S[code[p + 2]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[code[p + 3]! >> 2]!;
      S[code[p + 1]! >> 2] = low;
      return p + 4;
    }
    case Op.select64: {
      const from = S[code[p + 2]! >> 2]! !== 0 ? code[p + 3]! >> 2 : code[p + 4]! >> 2;
      const low = S[from]!;
      S[(code[p + 1]! >> 2) + 1] = S[from + 1]!;
      S[code[p + 1]! >> 2] = low;
      return p + 5;
    }
    case Op.eq64:
      S[code[p + 1]! >> 2] =
        S[code[p + 2]! >> 2]! === S[code[p + 3]! >> 2]! && S[(code[p + 2]! >> 2) + 1]! === S[(code[p + 3]! >> 2) + 1]! ? 1 : 0;
      return p + 4;
    case Op.lt_s64:
      S[code[p + 1]! >> 2] =
        S[(code[p + 2]! >> 2) + 1]! < S[(code[p + 3]! >> 2) + 1]! ||
        (S[(code[p + 2]! >> 2) + 1]! === S[(code[p + 3]! >> 2) + 1]! && S[code[p + 2]! >> 2]! >>> 0 < S[code[p + 3]! >> 2]! >>> 0)
          ? 1
          : 0;
      return p + 4;
    case Op.lt_u64:
      S[code[p + 1]! >> 2] =
        S[(code[p + 2]! >> 2) + 1]! >>> 0 < S[(code[p + 3]! >> 2) + 1]! >>> 0 ||
        (S[(code[p + 2]! >> 2) + 1]! === S[(code[p + 3]! >> 2) + 1]! && S[code[p + 2]! >> 2]! >>> 0 < S[code[p + 3]! >> 2]! >>> 0)
          ? 1
          : 0;
      return p + 4;
    default:
      return 0;
  }
}
