/** Corners of Advanced SIMD arithmetic that random operands hardly meet. */
import type { LiftContext } from '../lift-context';
import { estimate, floatOperation, floatProduct, fusedMultiplyAdd } from './neon-float';
import { saturating, SATURATING } from './neon-integer';
import { tableLookUp } from './neon-permute';
import { runSemantics, WAYS, type Fields } from './semantics-fixture';
import { vmrs } from './vfp-transfer';

const fields = { q: 0, d: 0, D: 0, n: 1, N: 0, m: 2, M: 0 };

/** d0 after an instruction on d0 (0), d1 and d2, given as words, in every way to lift it. */
function run(lift: (cx: LiftContext) => void | false, n: readonly number[], m: readonly number[], more: Fields = {}): number[][] {
  return WAYS.map((way) => {
    const { state } = runSemantics(lift, { ...more, s2: n[0]!, s3: n[1]!, s4: m[0]!, s5: m[1]! }, way);
    return [state.get('s0') >>> 0, state.get('s1') >>> 0];
  });
}

const inEveryWay = (...words: number[]): number[][] => WAYS.map(() => words);

describe('floating point', () => {
  const multiply = (cx: LiftContext): void | false => floatProduct('vmul')(cx, fields);

  it('flushes a product below the least normal number that rounds to it', () => {
    // (2 - 2^-23) * 2^-126 * 0.5 = (1 - 2^-24) * 2^-126, and the negative
    expect(run(multiply, [0x00ffffff, 0x80ffffff], [0x3f000000, 0x3f000000])).toEqual(inEveryWay(0, 0x80000000));
    // Exactly the least normal number stays
    expect(run(multiply, [0x01000000, 0x00ffffff], [0x3f000000, 0x3f000000])).toEqual(inEveryWay(0x00800000, 0));
  });

  it('flushes a fused sum below the least normal number that rounds to it', () => {
    const fused = (cx: LiftContext): void | false => fusedMultiplyAdd(true)(cx, fields);
    // 2^-126 less 2^-226: a double cannot tell; and 2^-126 less 0
    const sums = { s0: 0x00800000, s1: 0x00800000 };
    expect(run(fused, [0x0e000000, 0], [0x0d000000, 0x3f800000], sums)).toEqual(inEveryWay(0, 0x00800000));
  });

  it('flushes operands and gives the default NaN', () => {
    const add = (cx: LiftContext): void | false => floatOperation('vadd')(cx, fields);
    expect(run(add, [0x007fffff, 0x7fa00001], [0x00000001, 0x3f800000])).toEqual(inEveryWay(0, 0x7fc00000));
  });

  it('estimates reciprocals', () => {
    const reciprocal = (cx: LiftContext): void | false => estimate('vrecpe', 'f32')(cx, fields);
    expect(run(reciprocal, [0, 0], [0x3f800000, 0x80000000])).toEqual(inEveryWay(0x3f7f8000, 0xff800000));
    const root = (cx: LiftContext): void | false => estimate('vrsqrte', 'f32')(cx, fields);
    expect(run(root, [0, 0], [0x40800000, 0xbf800000])).toEqual(inEveryWay(0x3eff8000, 0x7fc00000));
  });
});

describe('saturation', () => {
  it('shows in FPSCR.QC', () => {
    const lift = (cx: LiftContext): void | false => {
      saturating(SATURATING['vqadd']!, true)(cx, { ...fields, s: 0 });
      return vmrs(cx, { r: 1, t: 0 });
    };
    const qc = (n: number): number[] => WAYS.map((way) => (runSemantics(lift, { s2: n, s4: 0x01010101 }, way).state.get('r0') >>> 27) & 1);
    expect(qc(0x007e0000)).toEqual([0, 0, 0]);
    expect(qc(0x007f0000)).toEqual([1, 1, 1]);
  });
});

describe('table look-up', () => {
  it('gives 0 or leaves the destination where an index is too large', () => {
    const look = (l: number, o: number) => (cx: LiftContext) => tableLookUp(cx, { ...fields, n: 4, l, o });
    const table = { s8: 0x03020100, s9: 0x07060504, s10: 0x0b0a0908, s11: 0x0f0e0d0c, s12: 0x13121110, s13: 0x17161514 };
    const indices = [0xff100801, 0x17181007];
    expect(run(look(0, 0), [0, 0], indices, table)).toEqual(inEveryWay(0x00000001, 0x00000007));
    expect(run(look(1, 0), [0, 0], indices, table)).toEqual(inEveryWay(0x00000801, 0x00000007));
    expect(run(look(2, 0), [0, 0], indices, table)).toEqual(inEveryWay(0x00100801, 0x17001007));
    expect(run(look(2, 1), [0, 0], indices, { ...table, s0: 0x55555555, s1: 0x66666666 })).toEqual(inEveryWay(0x55100801, 0x17661007));
  });
});
