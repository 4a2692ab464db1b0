import { doubleToHalf, halfToSingle, singleToHalf } from './vfp-half-precision';

const AHP = 1 << 26;
const RMODE = 1 << 22;
const hex = (x: number): string => (x >>> 0).toString(16);

describe('half-precision conversions', () => {
  it.each([
    ['1', 0x3c00, 0, '3f800000'],
    ['the smallest subnormal', 0x0001, 0, '33800000'],
    ['minus zero', 0x8000, 0, '80000000'],
    ['infinity', 0x7c00, 0, '7f800000'],
    ['a signalling NaN becomes quiet', 0xfd01, 0, 'ffe02000'],
    ['the alternative format has a number there', 0x7c00, AHP, '47800000'],
  ])('from half: %s', (_, half, fpscr, single) => expect(hex(halfToSingle(half, fpscr))).toBe(single));

  it.each([
    ['a tie goes to even', 0x3f801000, 0, '3c00'],
    ['above the tie goes up', 0x3f801001, 0, '3c01'],
    ['a carry into the exponent', 0x3fffffff, 0, '4000'],
    ['a subnormal tie', 0x33000000, 0, '0'],
    ['the same rounded up', 0x33000000, RMODE, '1'],
    ['a negative one rounded up', 0xb3000000 | 0, RMODE, '8000'],
    ['overflow', 0x477ff000, 0, '7c00'],
    ['overflow towards zero', 0x477ff000, 3 * RMODE, '7bff'],
    ['overflow of the alternative format saturates', 0x48000000, AHP, '7fff'],
    ['a NaN keeps its upper payload', 0xffa02000 | 0, 0, 'ff01'],
    ['the alternative format has no NaN', 0xffc00000 | 0, AHP, '8000'],
  ])('from single: %s', (_, single, fpscr, half) => expect(hex(singleToHalf(single, fpscr))).toBe(half));

  it('comes back from single unchanged for every half but signalling NaNs', () => {
    for (let half = 0; half < 0x10000; half++) {
      const signalling = (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
      expect(singleToHalf(halfToSingle(half, 0), 0)).toBe(signalling ? half | 0x200 : half);
    }
  });

  it('rounds a double once', () => {
    // 1 + 2^-11 + 2^-40 is above the tie, which rounding to single first would lose.
    expect(hex(doubleToHalf(0x00001000, 0x3ff00200, 0))).toBe('3c01');
  });
});
