import { CONSTANTS, ConstantPool } from './constant-pool';

it('takes over the constants of a family, where two processes may have given one a place each', () => {
  const words = new Int32Array(0x2000);
  const pool = new ConstantPool(words);
  pool.adopt(Int32Array.of(7, 8, 7, 0, 0));
  expect([...words.subarray(CONSTANTS, CONSTANTS + 5)]).toEqual([7, 8, 7, 0, 0]);
  expect([CONSTANTS, CONSTANTS + 2]).toContain(pool.place(7));
  expect(pool.place(9)).toBe(CONSTANTS + 5);
  expect([...pool.all]).toEqual([7, 8, 7, 0, 0, 9]);
});
