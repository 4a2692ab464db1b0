import { fma32, fma64 } from '../ir/fma';
import { Encoder } from './encoder';
import { fuses, writeFused } from './fused';
import { W } from './opcodes';

it('writes the operands in order, each in all lanes, and takes lane 0 of the result', () => {
  const out = new Encoder();
  writeFused(
    out,
    'f64',
    [7, 8, 9].map((k) => () => out.raw([W.local_get, k])),
  );
  const splat = [W.simd, 0x14];
  expect([...out.result()]).toEqual(
    [W.local_get, 7, ...splat, W.local_get, 8, ...splat, W.local_get, 9, ...splat, W.simd, 0x87, 0x02, W.simd, 0x21, 0].map(Number),
  );
});

it('answers the same as the exact functions if it answers yes', () => {
  expect(typeof fuses()).toBe('boolean');
  expect(fma64(1 + 2 ** -52, 1 - 2 ** -52, -1)).toBe(-(2 ** -104));
  expect(fma32(1 + 2 ** -23, 1 - 2 ** -23, -1)).toBe(-(2 ** -46));
});
