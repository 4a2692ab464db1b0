/** Ops on floating-point numbers, among them those that compute results and exceptions exactly. */
import { exactFlags, exactHigh, exactLow } from '../ir/exact-float';
import { fma32, fma64 } from '../ir/fma';
import { nan32, nan64High, nan64Low } from '../ir/nan';
import { Op } from '../ir/opcodes';
import { nearest, truncToS32, truncToU32 } from './float';

/**
 * Runs one op.
 * @param p its word in `code`
 * @param S the state memory, of which operands are byte offsets; `SF` and `SD` the same as singles and doubles
 * @returns the word behind it, or 0 if it is none of these
 */
export function executeFloat(code: Int32Array, p: number, S: Int32Array, SF: Float32Array, SD: Float64Array): number {
  switch (code[p]) {
    case Op.addf32:
      SF[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! + SF[code[p + 3]! >> 2]!;
      return p + 4;
    case Op.addf64:
      SD[code[p + 1]! >> 3] = SD[code[p + 2]! >> 3]! + SD[code[p + 3]! >> 3]!;
      return p + 4;
    case Op.subf32:
      SF[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! - SF[code[p + 3]! >> 2]!;
      return p + 4;
    case Op.subf64:
      SD[code[p + 1]! >> 3] = SD[code[p + 2]! >> 3]! - SD[code[p + 3]! >> 3]!;
      return p + 4;
    case Op.mulf32:
      SF[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! * SF[code[p + 3]! >> 2]!;
      return p + 4;
    case Op.mulf64:
      SD[code[p + 1]! >> 3] = SD[code[p + 2]! >> 3]! * SD[code[p + 3]! >> 3]!;
      return p + 4;
    case Op.divf32:
      SF[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! / SF[code[p + 3]! >> 2]!;
      return p + 4;
    case Op.divf64:
      SD[code[p + 1]! >> 3] = SD[code[p + 2]! >> 3]! / SD[code[p + 3]! >> 3]!;
      return p + 4;
    case Op.sqrtf32:
      SF[code[p + 1]! >> 2] = Math.sqrt(SF[code[p + 2]! >> 2]!);
      return p + 3;
    case Op.sqrtf64:
      SD[code[p + 1]! >> 3] = Math.sqrt(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.eqf32:
      S[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! === SF[code[p + 3]! >> 2]! ? 1 : 0;
      return p + 4;
    case Op.eqf64:
      S[code[p + 1]! >> 2] = SD[code[p + 2]! >> 3]! === SD[code[p + 3]! >> 3]! ? 1 : 0;
      return p + 4;
    case Op.ltf32:
      S[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! < SF[code[p + 3]! >> 2]! ? 1 : 0;
      return p + 4;
    case Op.ltf64:
      S[code[p + 1]! >> 2] = SD[code[p + 2]! >> 3]! < SD[code[p + 3]! >> 3]! ? 1 : 0;
      return p + 4;
    case Op.lef32:
      S[code[p + 1]! >> 2] = SF[code[p + 2]! >> 2]! <= SF[code[p + 3]! >> 2]! ? 1 : 0;
      return p + 4;
    case Op.lef64:
      S[code[p + 1]! >> 2] = SD[code[p + 2]! >> 3]! <= SD[code[p + 3]! >> 3]! ? 1 : 0;
      return p + 4;
    case Op.promote:
      SD[code[p + 1]! >> 3] = SF[code[p + 2]! >> 2]!;
      return p + 3;
    case Op.demote:
      SF[code[p + 1]! >> 2] = SD[code[p + 2]! >> 3]!;
      return p + 3;
    case Op.cvt_s32_f32:
      SF[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]!;
      return p + 3;
    case Op.cvt_u32_f32:
      SF[code[p + 1]! >> 2] = S[code[p + 2]! >> 2]! >>> 0;
      return p + 3;
    case Op.cvt_s32_f64:
      SD[code[p + 1]! >> 3] = S[code[p + 2]! >> 2]!;
      return p + 3;
    case Op.cvt_u32_f64:
      SD[code[p + 1]! >> 3] = S[code[p + 2]! >> 2]! >>> 0;
      return p + 3;
    case Op.trunc_f32_s32:
      S[code[p + 1]! >> 2] = truncToS32(SF[code[p + 2]! >> 2]!);
      return p + 3;
    case Op.trunc_f64_s32:
      S[code[p + 1]! >> 2] = truncToS32(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.trunc_f32_u32:
      S[code[p + 1]! >> 2] = truncToU32(SF[code[p + 2]! >> 2]!);
      return p + 3;
    case Op.trunc_f64_u32:
      S[code[p + 1]! >> 2] = truncToU32(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.nearestf64:
      SD[code[p + 1]! >> 3] = nearest(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.floorf64:
      SD[code[p + 1]! >> 3] = Math.floor(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.ceilf64:
      SD[code[p + 1]! >> 3] = Math.ceil(SD[code[p + 2]! >> 3]!);
      return p + 3;
    case Op.bits_of_f64:
    case Op.f64_of_bits: {
      const low = S[code[p + 2]! >> 2]!;
      S[(code[p + 1]! >> 2) + 1] = S[(code[p + 2]! >> 2) + 1]!;
      S[code[p + 1]! >> 2] = low;
      return p + 3;
    }
    case Op.fmaf32:
      SF[code[p + 1]! >> 2] = fma32(SF[code[p + 2]! >> 2]!, SF[code[p + 3]! >> 2]!, SF[code[p + 4]! >> 2]!);
      return p + 5;
    case Op.fmaf64:
      SD[code[p + 1]! >> 3] = fma64(SD[code[p + 2]! >> 3]!, SD[code[p + 3]! >> 3]!, SD[code[p + 4]! >> 3]!);
      return p + 5;
    case Op.nan32:
      S[code[p + 1]! >> 2] = nan32(S[code[p + 2]! >> 2]!, S[code[p + 3]! >> 2]!, S[code[p + 4]! >> 2]!);
      return p + 5;
    case Op.nan64: {
      const low = nan64Low(
        S[code[p + 2]! >> 2]!,
        S[(code[p + 2]! >> 2) + 1]!,
        S[code[p + 3]! >> 2]!,
        S[(code[p + 3]! >> 2) + 1]!,
        S[code[p + 4]! >> 2]!,
        S[(code[p + 4]! >> 2) + 1]!,
      );
      S[(code[p + 1]! >> 2) + 1] = nan64High(
        S[code[p + 2]! >> 2]!,
        S[(code[p + 2]! >> 2) + 1]!,
        S[code[p + 3]! >> 2]!,
        S[(code[p + 3]! >> 2) + 1]!,
        S[code[p + 4]! >> 2]!,
        S[(code[p + 4]! >> 2) + 1]!,
      );
      S[code[p + 1]! >> 2] = low;
      return p + 5;
    }
    case Op.exact: {
      const xy = code[p + 2]! >> 2;
      const z = code[p + 3]! >> 2;
      const control = S[code[p + 4]! >> 2]!;
      const high = exactHigh(S[xy]!, S[xy + 1]!, S[xy + 2]!, S[xy + 3]!, S[z]!, S[z + 1]!, control);
      S[code[p + 1]! >> 2] = exactLow(S[xy]!, S[xy + 1]!, S[xy + 2]!, S[xy + 3]!, S[z]!, S[z + 1]!, control);
      S[(code[p + 1]! >> 2) + 1] = high;
      return p + 5;
    }
    case Op.exact_flags: {
      const xy = code[p + 2]! >> 2;
      const z = code[p + 3]! >> 2;
      S[code[p + 1]! >> 2] = exactFlags(S[xy]!, S[xy + 1]!, S[xy + 2]!, S[xy + 3]!, S[z]!, S[z + 1]!, S[code[p + 4]! >> 2]!);
      return p + 5;
    }
    default:
      return 0;
  }
}
