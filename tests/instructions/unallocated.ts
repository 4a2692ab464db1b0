/**
 * Random words that no row of the decode tables matches, each a case of its own: the reference has to refuse them too.
 * Advanced SIMD and the coprocessor space have tests of their own (vfp.ts), and qemu-arm takes LDC2 of missing coprocessors for a NOP.
 */
import { isAllocated } from './instruction-source';
import type { Random } from './random';
import { REGISTER_COUNT, type TestCase } from './test-case';

/** Parts of the encoding space to leave out: a word is in one if (word & mask) is value. */
const OTHER_TESTS: Readonly<Record<'a32' | 't32', readonly (readonly [mask: number, value: number])[]>> = {
  a32: [
    [0xfe000000, 0xf2000000],
    [0xff100000, 0xf4000000],
    [0x0c000000, 0x0c000000],
  ],
  t32: [
    [0xff100000, 0xf9000000],
    [0xec000000, 0xec000000],
  ],
};

export function unallocatedGenerator(rng: Random, thumb: boolean): () => TestCase {
  const excluded = OTHER_TESTS[thumb ? 't32' : 'a32'];
  return () => {
    for (;;) {
      const word = thumb ? rng.word() | 0xe8000000 : (rng.word() & 0x0fffffff) | ((rng.chance(50) ? 14 : 15) << 28);
      if (isAllocated(thumb, word) || excluded.some(([mask, value]) => (word & mask) === (value | 0))) continue;
      const registers = Array.from({ length: REGISTER_COUNT }, () => rng.registerValue());
      return {
        thumb,
        code: [{ size: 4, word, name: 'unallocated', essential: true }],
        inputs: [{ registers, apsr: 0, scratch: [] }],
      };
    }
  };
}
