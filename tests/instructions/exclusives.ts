/**
 * Random cases of exclusive accesses: a load and a store of the same size and address with data processing between,
 * stores without a load, and CLREX. Whether a plain store in between makes the exclusive store fail is implementation
 * defined, so there is none.
 */
import { BranchCase } from './branches';
import type { Format } from './format';
import { SCRATCH_WORDS } from './memory-operand';
import type { Random } from './random';
import { rowsOf } from './straight-line';
import type { TestCase } from './test-case';

interface ExclusivePair {
  readonly name: string;
  readonly bytes: number;
  readonly load: (n: number, t: number) => number;
  /** Stores t to [n], status in d. */
  readonly store: (n: number, t: number, d: number) => number;
}

function a32(name: string, bytes: number, size: number): ExclusivePair {
  return {
    name,
    bytes,
    load: (n, t) => 0xe1900f9f | (size << 21) | (n << 16) | (t << 12),
    store: (n, t, d) => 0xe1800f90 | (size << 21) | (n << 16) | (d << 12) | t,
  };
}

/** LDAEX and STLEX: the same words with bit 8 clear. */
function ordered({ name, bytes, load, store }: ExclusivePair, bit: number): ExclusivePair {
  return { name: `${name} with order`, bytes, load: (n, t) => load(n, t) ^ bit, store: (n, t, d) => store(n, t, d) ^ bit };
}

const A32_PLAIN: readonly ExclusivePair[] = [a32('', 4, 0), a32('d', 8, 1), a32('b', 1, 2), a32('h', 2, 3)];
const A32: readonly ExclusivePair[] = [...A32_PLAIN, ...A32_PLAIN.map((pair) => ordered(pair, 0x100))];

function t32(name: string, bytes: number, size: number): ExclusivePair {
  return {
    name,
    bytes,
    load: (n, t) => 0xe8d00f0f | (size << 4) | (n << 16) | (t << 12),
    store: (n, t, d) => 0xe8c00f00 | (size << 4) | (n << 16) | (t << 12) | d,
  };
}

const T32_PLAIN: readonly ExclusivePair[] = [
  {
    name: '',
    bytes: 4,
    load: (n, t) => 0xe8500f00 | (n << 16) | (t << 12),
    store: (n, t, d) => 0xe8400000 | (n << 16) | (t << 12) | (d << 8),
  },
  t32('b', 1, 4),
  t32('h', 2, 5),
  {
    name: 'd',
    bytes: 8,
    load: (n, t) => 0xe8d0007f | (n << 16) | (t << 12) | ((t + 1) << 8),
    store: (n, t, d) => 0xe8c00070 | (n << 16) | (t << 12) | ((t + 1) << 8) | d,
  },
];
/** STLEX of a word is where the other sizes are, not where STREX is. */
const T32_ORDERED: readonly ExclusivePair[] = [t32('', 4, 6), ...T32_PLAIN.slice(1)].map((pair) => ordered(pair, 0x80));
const T32: readonly ExclusivePair[] = [...T32_PLAIN, ...T32_ORDERED];

export function exclusiveGenerator(rng: Random, thumb: boolean, format: Format): () => TestCase {
  const rows = rowsOf({ sets: thumb ? ['t32'] : ['a32'], memory: false, it: false });
  return () => {
    const c = new BranchCase(rng, thumb, format, rows);
    const pair = rng.pick(thumb ? T32 : A32);
    const clear = (): void => c.code.emit(4, thumb ? 0xf3bf8f2f : 0xf57ff01f, 'clrex');
    const slot = rng.below(SCRATCH_WORDS / 2 - 1) * 8 + (pair.bytes < 4 ? rng.below(4 / pair.bytes) * pair.bytes : 0);
    const n = c.register(() => ({ base: 'scratch', offset: slot }));
    const other = c.register(() => ({ base: 'scratch', offset: slot + 8 }));
    // r8 to r11 for the data, r12 for the status
    const [loaded, stored] = [8, 10];
    clear();
    if (rng.chance(80)) c.code.emit(4, pair.load(n, loaded), `ldrex${pair.name}`);
    if (rng.chance(50)) c.fill(1);
    if (rng.chance(15)) clear();
    c.code.emit(4, pair.store(rng.chance(15) ? other : n, stored, 12), `strex${pair.name}`);
    // A second store always fails: the first one ended the exclusive state
    if (rng.chance(30)) c.code.emit(4, pair.store(n, stored, 12), `strex${pair.name}`);
    return c.finish();
  };
}
