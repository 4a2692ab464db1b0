import { ALTIVEC_HELPERS } from './altivec-float';

const helper = (name: string): ((a: number, c: number, b: number) => number) => ALTIVEC_HELPERS.find((h) => h.name === name)!.run as never;

describe('tininess of a multiply-add, before it is rounded', () => {
  const LEAST_NORMAL = 0x00800000;
  const NEGATIVE = 0x80000000 | 0;

  it.each([
    ['a little less than the least normal number, to which it is rounded', 0x885e139e | 0, LEAST_NORMAL, LEAST_NORMAL, -1],
    ['a little more', 0x085e139e, LEAST_NORMAL, LEAST_NORMAL, 0],
    ['the same below zero', 0x085e139e, LEAST_NORMAL, LEAST_NORMAL | NEGATIVE, -1],
    ['just that number', 0x3f800000, LEAST_NORMAL, 0, 0],
    ['denormal', 0x3f000000, LEAST_NORMAL, 0, -1],
    ['not a number', 0x7fc00000, LEAST_NORMAL, 0, 0],
  ])('%s', (_, a, c, b, tiny) => {
    expect(helper('vmaddfp tiny')(a, c, b)).toBe(tiny);
    // a * c - b, negated
    expect(helper('vnmsubfp tiny')(a, c, b ^ NEGATIVE)).toBe(tiny);
  });

  it('belongs to results that are rounded to the least normal number', () => {
    expect(helper('vmaddfp')(0x885e139e | 0, LEAST_NORMAL, LEAST_NORMAL)).toBe(LEAST_NORMAL);
  });
});
