/** The functions that emitted JavaScript calls by name, passed to each region's factory. */
import { exactFlags, exactHigh, exactLow } from '../ir/exact-float';
import { fma32, fma64 } from '../ir/fma';
import { nan32, nan64High, nan64Low } from '../ir/nan';
import { bswap32, carryAdc, mulhS, mulhU, overflowAdc, popcount } from '../ir/ops';
import { GuestTrap } from '../interpret';
import { TRAP_KINDS } from '../ir/types';
import {
  bitsOfF32,
  f32OfBits,
  f64OfBits,
  highBitsOfF64,
  lowBitsOfF64,
  mul64High,
  nearest,
  truncToS32,
  truncToU32,
} from '../interpret/float';
import { divU64High, divU64Low } from '../interpret/wide-division';

function shl64Low(low: number, n: number): number {
  return (n & 63) < 32 ? low << n : 0;
}

function shl64High(low: number, high: number, n: number): number {
  n &= 63;
  return n === 0 ? high : n < 32 ? (high << n) | (low >>> (32 - n)) : low << (n - 32);
}

/** Low word of a right shift; `fill` is what comes in above the high word. */
function shr64Low(low: number, high: number, n: number, fill: number): number {
  n &= 63;
  if (n === 0) return low;
  if (n < 32) return (low >>> n) | (high << (32 - n));
  return fill === 0 ? (high >>> (n - 32)) | 0 : high >> (n - 32);
}

function shrU64High(high: number, n: number): number {
  return (n & 63) < 32 ? (high >>> n) | 0 : 0;
}

function shrS64High(high: number, n: number): number {
  return high >> Math.min(n & 63, 31);
}

function raiseTrap(kind: number, pc: number): never {
  throw new GuestTrap(TRAP_KINDS[kind]!, pc);
}

export const RUNTIME_FUNCTIONS = {
  bitsOfF32,
  bswap32,
  carryAdc,
  divU64High,
  divU64Low,
  exactFlags,
  exactHigh,
  exactLow,
  f32OfBits,
  f64OfBits,
  fma32,
  fma64,
  highBitsOfF64,
  lowBitsOfF64,
  mul64High,
  mulhS,
  mulhU,
  nan32,
  nan64High,
  nan64Low,
  nearest,
  overflowAdc,
  popcount,
  raiseTrap,
  shl64High,
  shl64Low,
  shr64Low,
  shrS64High,
  shrU64High,
  truncToS32,
  truncToU32,
} as const;
