import { Random } from '../../../tests/instructions/random';
import type { CodeReader } from '../../target';
import { divideByLibrary, followsDivision } from './library-division';
import { runSemantics, smallMemory, WAYS } from './semantics-fixture';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1e9);
const STACK = 0x100;
const REMAINDER = 0x108;

/** Code at 0x1000 in halfwords. */
function reader(halfwords: readonly number[]): CodeReader {
  const fetch16 = (address: number): number | undefined => halfwords[(address - 0x1000) >> 1];
  return {
    fetch16,
    unimplemented: () => {},
    fetch32: (address) => {
      const [low, high] = [fetch16(address), fetch16(address + 2)];
      return low === undefined || high === undefined ? undefined : low | (high << 16);
    },
  };
}

describe('the call of a 64-bit division', () => {
  const t32 = [0xf8dd, 0xe004, 0xe9dd, 0x2302, 0xb004, 0x4770];
  const a32 = [0xe004, 0xe59d, 0xd008, 0xe28d, 0x000c, 0xe8bd, 0xff1e, 0xe12f];

  it('is told by what follows', () => {
    expect(followsDivision(reader(t32), 0x1000, true)).toBe(true);
    expect(followsDivision(reader(a32), 0x1000, false)).toBe(true);
  });

  it('is not told from a part of that, nor in the other instruction set', () => {
    for (const [code, thumb] of [
      [t32, true],
      [a32, false],
    ] as const) {
      expect(followsDivision(reader(code), 0x1000, !thumb)).toBe(false);
      for (let n = 0; n < (thumb ? 5 : 6); n++) {
        expect(followsDivision(reader(code.slice(0, n)), 0x1000, thumb)).toBe(false);
        expect(followsDivision(reader(code.map((h, i) => (i === n ? h ^ 1 : h))), 0x1000, thumb)).toBe(false);
      }
    }
  });

  it.each(WAYS)(`leaves quotient and remainder where __udivmoddi4 does (%s, TEST_SEED=${SEED})`, (way) => {
    const rng = new Random(SEED);
    const random64 = (): bigint => ((BigInt(rng.word() >>> 0) << 32n) | BigInt(rng.word() >>> 0)) >> BigInt(rng.below(64));
    for (let i = 0; i < 200; i++) {
      const [dividend, divisor] = [random64(), random64() || 1n];
      const half = (x: bigint, high: number): number => Number(BigInt.asIntN(32, x >> (high === 1 ? 32n : 0n)));
      const memory = smallMemory();
      memory.view.setInt32(STACK, REMAINDER, true);
      const inputs = { r0: half(dividend, 0), r1: half(dividend, 1), r2: half(divisor, 0), r3: half(divisor, 1), r13: STACK };
      const { state, terminator } = runSemantics(divideByLibrary, inputs, way, memory, (cx) => (cx.pc = 0x1000));
      expect(terminator).toBeUndefined();
      const got = [state.get('r0'), state.get('r1'), memory.view.getInt32(REMAINDER, true), memory.view.getInt32(REMAINDER + 4, true)];
      const [quotient, remainder] = [dividend / divisor, dividend % divisor];
      expect({ dividend, divisor, got: got.map((w) => w | 0) }).toEqual({
        dividend,
        divisor,
        got: [half(quotient, 0), half(quotient, 1), half(remainder, 0), half(remainder, 1)],
      });
      expect(state.get('r14')).toBe(0x1004);
    }
  });
});
