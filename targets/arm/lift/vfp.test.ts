/** VFP semantics where hosts and ARM differ: NaNs, signed zeros, saturation, rounding modes. */
import type { Fields } from './semantics-fixture';
import { runSemantics, WAYS } from './semantics-fixture';
import { Builder } from '../../../translate/ir/builder';
import { Op } from '../../../translate/ir/opcodes';
import { MemFlag } from '../../../translate/ir/types';
import { LiftContext } from '../lift-context';
import { ARM_LAYOUT } from '../state';
import { fusedMultiplyAccumulate, maxMinNumber, multiplyAccumulate, simpleArithmetic, vcmp, vneg, vnmul, vsqrt } from './vfp-arithmetic';
import { doubleToSingle, fixedPoint, singleToDouble, toInteger32 } from './vfp-convert';
import { loadStoreRegister } from './vfp-load-store';
import { vmrs, vmsr } from './vfp-transfer';

type Lift = (cx: LiftContext) => void | false;

/** Runs an instruction as it is and as the body of a conditional one, which must agree; returns a word of the state. */
function result(lift: Lift, inputs: Fields, field: string): string {
  const results = WAYS.flatMap((way) => {
    const plain = runSemantics(lift, inputs, way).state.get(field);
    const conditional = (cx: LiftContext): void => {
      cx.ir.beginIf(cx.flag('c'));
      lift(cx);
      cx.ir.endIf();
    };
    return [plain, runSemantics(conditional, { ...inputs, c: 1 }, way).state.get(field)];
  });
  expect(new Set(results).size).toBe(1);
  return (results[0]! >>> 0).toString(16).padStart(8, '0');
}

const single = { z: 0, d: 0, D: 0, n: 0, N: 1, m: 1, M: 0 }; // s0, s1, s2
const accumulating = { ...single, n: 0, N: 0 }; // s0, s0, s2
const double = { z: 1, d: 0, D: 0, n: 1, N: 0, m: 2, M: 0 }; // d0, d1, d2

const ONE = 0x3f800000;
const INFINITY = 0x7f800000;
const MINUS_INFINITY = 0xff800000 | 0;
const QUIET = 0xffc00123 | 0;
const SIGNALLING = 0x7f800456;
const MINUS_ZERO = 0x80000000 | 0;

describe('NaN results', () => {
  const add: Lift = (cx) => simpleArithmetic('add')(cx, single);

  it('are the positive default NaN for an invalid operation', () => {
    expect(result(add, { s1: INFINITY, s2: MINUS_INFINITY }, 's0')).toBe('7fc00000');
    expect(result((cx) => simpleArithmetic('div')(cx, single), {}, 's0')).toBe('7fc00000');
    expect(result((cx) => vsqrt(cx, single), { s2: 0xbf800000 | 0 }, 's0')).toBe('7fc00000');
    expect(result((cx) => simpleArithmetic('mul')(cx, double), { d1: 0, s3: 0x7ff00000 }, 's1')).toBe('7ff80000');
  });

  it('take the signalling operand before the quiet one', () => {
    expect(result(add, { s1: QUIET, s2: SIGNALLING }, 's0')).toBe('7fc00456');
    expect(result(add, { s1: QUIET, s2: ONE }, 's0')).toBe('ffc00123');
  });

  it('use the operands as they were when the destination is one of them', () => {
    const inPlace: Lift = (cx) => simpleArithmetic('add')(cx, accumulating);
    expect(result(inPlace, { s0: SIGNALLING, s2: QUIET }, 's0')).toBe('7fc00456');
  });

  it('come from a double whose payload is all in the low word', () => {
    const subtract: Lift = (cx) => simpleArithmetic('sub')(cx, double);
    expect(result(subtract, { s2: 7, s3: 0x7ff00000, s5: 0x3ff00000 }, 's0')).toBe('00000007');
    expect(result(subtract, { s2: 7, s3: 0x7ff00000, s5: 0x3ff00000 }, 's1')).toBe('7ff80000');
  });

  it('of VNMUL and VMLS have the sign of the negated product', () => {
    expect(result((cx) => vnmul(cx, single), { s1: 0, s2: INFINITY }, 's0')).toBe('ffc00000');
    expect(result((cx) => multiplyAccumulate(false, true)(cx, single), { s0: ONE, s1: QUIET, s2: ONE }, 's0')).toBe('7fc00123');
  });

  it('of VFMA are the default NaN for infinity times zero with a quiet addend, not with a signalling one', () => {
    const fma: Lift = (cx) => fusedMultiplyAccumulate(false, false)(cx, single);
    expect(result(fma, { s0: QUIET, s1: INFINITY, s2: 0 }, 's0')).toBe('7fc00000');
    expect(result(fma, { s0: SIGNALLING, s1: INFINITY, s2: 0 }, 's0')).toBe('7fc00456');
  });

  it('keep sign and payload between the precisions', () => {
    const registers = { d: 0, D: 0, m: 2, M: 0 };
    expect(result((cx) => singleToDouble(cx, registers), { s4: 0xff800007 | 0 }, 's1')).toBe('fff80000');
    expect(result((cx) => singleToDouble(cx, registers), { s4: 0xff800007 | 0 }, 's0')).toBe('e0000000');
    expect(result((cx) => doubleToSingle(cx, registers), { s4: 0xe0000000 | 0, s5: 0xfff00000 | 0 }, 's0')).toBe('ffc00007');
  });
});

describe('signs and zeros', () => {
  it('VNEG flips the sign of a signalling NaN and nothing else', () => {
    expect(result((cx) => vneg(cx, single), { s2: SIGNALLING }, 's0')).toBe('ff800456');
  });

  it('VNMLA gives -(d) - n*m, with the zeros that gives', () => {
    const vnmla: Lift = (cx) => multiplyAccumulate(true, true)(cx, single);
    expect(result(vnmla, { s0: 0, s1: 0, s2: ONE }, 's0')).toBe('80000000');
    expect(result(vnmla, { s0: 0, s1: MINUS_ZERO, s2: ONE }, 's0')).toBe('00000000');
  });

  it('VMAXNM and VMINNM order zeros by sign and ignore a quiet NaN', () => {
    expect(result((cx) => maxMinNumber(true)(cx, single), { s1: MINUS_ZERO, s2: 0 }, 's0')).toBe('00000000');
    expect(result((cx) => maxMinNumber(false)(cx, single), { s1: 0, s2: MINUS_ZERO }, 's0')).toBe('80000000');
    expect(result((cx) => maxMinNumber(true)(cx, single), { s1: QUIET, s2: ONE }, 's0')).toBe('3f800000');
    expect(result((cx) => maxMinNumber(true)(cx, single), { s1: SIGNALLING, s2: ONE }, 's0')).toBe('7fc00456');
  });
});

describe('VCMP and FPSCR', () => {
  const compare: Lift = (cx) => {
    vcmp(false)(cx, { ...single, d: 0, D: 0 });
    vmrs(cx, { r: 1, t: 0 });
  };

  it.each([
    ['less', ONE, 0x40000000, '80000000'],
    ['equal zeros', 0, MINUS_ZERO, '60000000'],
    ['greater', 0x40000000, ONE, '20000000'],
    ['unordered', QUIET, ONE, '30000000'],
  ])('%s', (_, s0, s2, expected) => expect(result(compare, { s0, s2 }, 'r0')).toBe(expected));

  it('keeps the bits that exist', () => {
    const writeAndRead: Lift = (cx) => {
      vmsr(cx, { r: 1, t: 1 });
      vmrs(cx, { r: 1, t: 0 });
    };
    expect(result(writeAndRead, { r1: -1 }, 'r0')).toBe('ffff009f'); // as qemu-arm -cpu max
  });
});

describe('conversions to integers', () => {
  const convert =
    (signed: boolean, rounding: 'zero' | 'fpscr' | 'away'): Lift =>
    (cx) =>
      void toInteger32(cx, single, signed, rounding);
  const HALF_PAST_TWO = 0x40200000; // 2.5
  const RMODE = 1 << 22;

  it('saturate, and give 0 for a NaN', () => {
    expect(result(convert(true, 'zero'), { s2: 0x4f800000 }, 's0')).toBe('7fffffff');
    expect(result(convert(false, 'zero'), { s2: 0xbf800000 | 0 }, 's0')).toBe('00000000');
    expect(result(convert(true, 'zero'), { s2: QUIET }, 's0')).toBe('00000000');
  });

  it.each([
    ['nearest even', 0, '00000002'],
    ['up', RMODE, '00000003'],
    ['down', 2 * RMODE, '00000002'],
    ['towards zero', 3 * RMODE, '00000002'],
  ])('VCVTR rounds %s', (_, fpscr, expected) => {
    const exactly: Lift = (cx) => {
      cx.exact = true;
      return convert(true, 'fpscr')(cx);
    };
    expect(result(exactly, { s2: HALF_PAST_TWO, fpscr }, 's0')).toBe(expected);
  });

  it('VCVTA rounds ties away from zero, and nothing just below a tie', () => {
    expect(result(convert(true, 'away'), { s2: HALF_PAST_TWO | MINUS_ZERO }, 's0')).toBe('fffffffd');
    expect(result(convert(true, 'away'), { s2: 0x3effffff }, 's0')).toBe('00000000'); // 0.49999997
  });

  it('VCVT to fixed-point saturates to 16 bits and extends', () => {
    const toFixed: Lift = (cx) => void fixedPoint(cx, { z: 0, o: 1, u: 0, x: 0, d: 0, D: 0, i: 4 }); // s16, 8 fraction bits
    expect(result(toFixed, { s0: 0xc3800000 | 0 }, 's0')).toBe('ffff8000'); // -256.0
    expect(result(toFixed, { s0: 0x3fc00000 }, 's0')).toBe('00000180'); // 1.5
  });
});

describe('loads and stores of doubles', () => {
  it.each([
    ['vldr', loadStoreRegister('load')],
    ['vstr', loadStoreRegister('store')],
  ] as const)('%s wants a word-aligned address', (_, lift) => {
    const cx = new LiftContext(new Builder(ARM_LAYOUT), new Set(['d32']));
    lift(cx, { z: 1, d: 0, D: 0, n: 0, i: 2, u: 1 });
    const { ir } = cx;
    const access = ir.op.slice(0, ir.count).findIndex((op) => op === Op.load64 || op === Op.store64);
    expect(ir.op[access] === Op.load64 ? ir.c[access] : ir.d[access]).toBe(MemFlag.WordAligned);
  });
});
