/**
 * The 64-bit divisions of libgcc as one operation. PowerPC of 32 bits has no instruction for them: __udivdi3 and the like (libgcc2.c)
 * take some fifty, among them two or three divisions. They are told by all their words, which GCC 12 has made, for programs as for
 * libgcc_s; those of other versions run as they are. What the ABI lets a function destroy keeps its value.
 */
import type { CodeReader } from '../../target';
import { divideSigned, divideUnsigned } from '../../library-division';
import type { LiftContext } from '../lift-context';

export interface DivisionRoutine {
  readonly words: number;
  /** Both sums over the words (`sumsOf`). */
  readonly sums: readonly [number, number];
  readonly signed: boolean;
  readonly result: 'quotient' | 'remainder';
}

const ROUTINES: readonly DivisionRoutine[] = [
  { words: 263, sums: [0x838f1ce1, 0x89082404], signed: false, result: 'quotient' }, // __udivdi3
  { words: 248, sums: [0x8746359a, 0x974fc00d], signed: false, result: 'remainder' }, // __umoddi3
  { words: 271, sums: [0x80657ae8, 0xd82f1a17], signed: true, result: 'quotient' }, // __divdi3
  { words: 256, sums: [0xaf91cfed, 0xa5b4628e], signed: true, result: 'remainder' }, // __moddi3
];

/** How they begin: stwu r1,-32(r1); cmpwi of the divisor or, in the signed ones, the dividend. */
const FIRST = 0x9421ffe0 | 0;
const SECOND = { signed: 0x2c030000, unsigned: 0x2c050000 } as const;

/** Two independent sums of words; the first is FNV-1a by words. Undefined if there are not so many. */
function sumsOf(code: CodeReader, address: number, words: number): readonly [number, number] | undefined {
  let [first, second] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < words; i++) {
    const word = code.fetch32(address + 4 * i);
    if (word === undefined) return undefined;
    first = Math.imul(first ^ word, 0x01000193);
    second = Math.imul(second + word, 0x85ebca6b);
    second = (second << 13) | (second >>> 19);
  }
  return [first >>> 0, second >>> 0];
}

/** The routine that begins at an address, if any. */
export function divisionRoutine(code: CodeReader, address: number): DivisionRoutine | undefined {
  if (((code.fetch32(address) ?? 0) | 0) !== FIRST) return undefined;
  const second = code.fetch32(address + 4);
  return ROUTINES.find((routine) => {
    if (second !== SECOND[routine.signed ? 'signed' : 'unsigned']) return false;
    const sums = sumsOf(code, address, routine.words);
    return sums !== undefined && sums.every((sum, i) => sum === routine.sums[i]);
  });
}

/** All of a routine: the dividend is in r3 and r4, the divisor in r5 and r6, and the result goes to r3 and r4, the high word first. */
export function divideByLibrary(cx: LiftContext, { signed, result }: DivisionRoutine): void {
  const { ir } = cx;
  const [dividend, divisor] = [ir.pair64(cx.reg(4), cx.reg(3)), ir.pair64(cx.reg(6), cx.reg(5))];
  const value = (signed ? divideSigned : divideUnsigned)(ir, dividend, divisor)[result];
  cx.setReg(3, ir.high64(value));
  cx.setReg(4, ir.low64(value));
  cx.jumpIndirect(cx.word('lr'), 'return');
}
