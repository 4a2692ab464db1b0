/** Random PowerPC cases of SPE and of the e500's floating point. */
import type { PpcFeature } from '../../../targets/ppc/instruction';
import type { Random } from '../random';
import { CaseBuilder, type OtherRegisters } from './case-builder';
import { straightLine, type Group } from './generators';
import type { TestCase } from './program';
import { rowsOf, written, type Candidate } from './source';

const FEATURES: ReadonlySet<PpcFeature> = new Set(['spe', 'efp-single', 'efp-double']);
const SHAPE = { floating: false, vectors: false, wide: true } as const;
const CPU = 'e500v2';

const SINGLES = [
  0, 1, 0x7fffff, 0x800000, 0x3f800000, 0x3f000000, 0x4f000000, 0x4effffff, 0x4f800000, 0x7f7fffff, 0x7f800000, 0x33800000, 0x34000000,
  0x3fc00000, 0x4b000000, 0x4b800000,
]; // prettier-ignore
const DOUBLE_HIGH_WORDS = [
  0, 0x3ff00000, 0x3fe00000, 0x40000000, 0x41e00000, 0x41dfffff, 0x41f00000, 0x43e00000, 0x43f00000, 0x43300000, 0x7ff00000, 0x7fefffff,
  0x00100000, 0x000fffff, 0x36900000, 0x36a00000, 0x380fffff, 0x38100000, 0x47efffff, 0x47f00000, 0x3ca00000,
]; // prettier-ignore

const isNan = (x: number): boolean => (x & 0x7fffffff) > 0x7f800000;

/** A word that is a single or the upper half of a double as often as anything. */
function word(rng: Random): number {
  const sign = rng.chance(50) ? 0 : 0x80000000;
  switch (rng.below(6)) {
    case 0:
      return rng.pick(SINGLES) | sign;
    case 1:
      return rng.pick(DOUBLE_HIGH_WORDS) | sign;
    case 2: // a single near 1, or its upper half
      return (0x3f000000 + (rng.word() & 0x01ffffff)) | sign;
    case 3: // what conversions to integers do not limit
      return (0x4a000000 + (rng.word() & 0x05ffffff)) | sign;
    case 4:
      return rng.word();
    default:
      return rng.registerValue();
  }
}

/** No NaN as a single, nor as the upper half of a double. */
function number(rng: Random): number {
  for (;;) {
    const x = word(rng);
    if (!isNan(x) && (x & 0x7ff00000) !== 0x7ff00000) return x;
  }
}

/** Upper halves as much as lower ones; SPEFSCR as nearly all programs have it, rounding to nearest without exceptions. */
const registers = (value: (rng: Random) => number): OtherRegisters => ({
  register: value,
  fpscr: () => 0,
  vscr: () => 0,
  float: (rng) => [value(rng), 0],
  vector: () => [0, 0, 0, 0],
  spe: (rng) => [(rng.word() & 0xc000c000) | 0, rng.registerValue(), rng.registerValue()],
});

/** What qemu-ppc 7.2 lacks: all products but six, sums with the accumulator, division. */
const LACKING = /^ev(m(h|wl|wh|w.*s.?f|w[us]mian)|(add|subf).*aaw$|div)/;
/** What it does otherwise than the manual, or not reliably (docs/ppc.md). */
const OTHERWISE = /^(evrndw|evs(rwu|rws|lw)|evldhx?|evlwhsplatx?|evfs(cmp|tst)..|evfsctsiz?|e[vfsd]+c[ft]sf)$/;
/** What takes NaNs otherwise. */
const BY_NUMBER = /^e(v?f[sd])(ct|cmp|tst)/;

const isCompared = ({ name }: Candidate): boolean => !LACKING.test(name) && !OTHERWISE.test(name);

/** Conversions to integers and comparisons, of numbers: not of results, which may be NaNs. */
function ofNumbers(rng: Random): () => TestCase {
  const rows = rowsOf({ features: FEATURES, kind: 'spe', memory: false }).filter(({ row }) => BY_NUMBER.test(row.name));
  return () => {
    const results = new Set<number>();
    const isOfNumbers = (candidate: Candidate): boolean => {
      const { a, b } = candidate.fields;
      if (!isCompared(candidate) || results.has(b!) || (a !== undefined && results.has(a))) return false;
      for (const r of written(candidate)) results.add(r);
      return true;
    };
    const c = new CaseBuilder(rng, rows, registers(number), isOfNumbers);
    c.fill(4);
    return c.finish();
  };
}

const OPTIONS = { shape: SHAPE, cpu: CPU, features: FEATURES, others: registers(word) } as const;
const accepts = (c: Candidate): boolean => isCompared(c) && !BY_NUMBER.test(c.name);

export const SPE_GROUPS: readonly Group[] = [
  straightLine('spe', 'spe', false, { ...OPTIONS, accepts }),
  straightLine('spe-memory', 'spe', true, { ...OPTIONS, accepts }),
  { name: 'spe-numbers', shape: SHAPE, cpu: CPU, generator: ofNumbers },
];
