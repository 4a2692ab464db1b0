import { extractFields, parsePattern } from './pattern';

describe('parsePattern', () => {
  it('takes fixed bits, ignored bits and fields apart', () => {
    const p = parsePattern('cccc0001001011111111111100-1mmmm');
    expect(p.width).toBe(32);
    expect(p.mask >>> 0).toBe(0x0fffffd0);
    expect(p.value >>> 0).toBe(0x012fff10);
    expect(p.fields.map(([name]) => name)).toEqual(['c', 'm']);
  });

  it('accepts 16-bit encodings and separators', () => {
    const p = parsePattern('0100_0110 dmmmmddd');
    expect(p.width).toBe(16);
    expect(p.mask).toBe(0xff00);
  });

  it('handles a field of 32 bits and a mask with bit 31', () => {
    expect(parsePattern('i'.repeat(32)).mask).toBe(0);
    expect(parsePattern('1'.repeat(32)).value >>> 0).toBe(0xffffffff);
    expect(extractFields(parsePattern('i'.repeat(32)), -1)).toEqual({ i: 0xffffffff });
  });

  it('rejects other widths', () => {
    expect(() => parsePattern('0101')).toThrow('4 bits');
  });
});

describe('extractFields', () => {
  it('concatenates the parts of a split field from left to right', () => {
    const movw = parsePattern('cccc00110000iiiiddddiiiiiiiiiiii');
    expect(extractFields(movw, 0xe30a1bcd)).toEqual({ c: 14, i: 0xabcd, d: 1 });
    const highRegister = parsePattern('01000110dmmmmddd');
    expect(extractFields(highRegister, 0x46f7)).toEqual({ d: 15, m: 14 });
  });

  it('gives unsigned numbers', () => {
    expect(extractFields(parsePattern('cccc1010iiiiiiiiiiiiiiiiiiiiiiii'), 0xeaffffff | 0)).toEqual({ c: 14, i: 0xffffff });
  });
});
