import { geometricMean, median } from './statistics';

it('takes the middle, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 4, 1, 2])).toBe(3);
});

it('takes the geometric mean', () => {
  expect(geometricMean([1, 4])).toBeCloseTo(2);
  expect(geometricMean([0.5, 2, 1])).toBeCloseTo(1);
});
