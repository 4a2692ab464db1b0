import { FrequentTargets } from './frequent-targets';

describe('FrequentTargets', () => {
  const after = (...pcs: readonly number[]): readonly number[] => {
    const t = new FrequentTargets();
    for (const pc of pcs) t.record(pc);
    return t.get();
  };

  it('orders by frequency, as unsigned addresses', () => {
    expect(after()).toEqual([]);
    expect(after(2, -4, -4, 6, -4, 2)).toEqual([0xffff_fffc, 2, 6]);
  });

  it('finds the frequent ones among many', () => {
    const noise = Array.from({ length: 400 }, (_, i) => [0x1000 + 2 * i, 8, 8, 8]).flat();
    expect(after(...noise)).toEqual([8]);
  });

  it('leaves out the rare ones', () => {
    expect(after(...new Array<number>(100).fill(8), 10)).toEqual([8]);
    expect(after(...Array.from({ length: 1000 }, (_, i) => i))).toEqual([]);
  });
});
