/** Random PowerPC cases of floating point and AltiVec. */
import type { PpcFeature } from '../../../targets/ppc/instruction';
import type { Random } from '../random';
import type { OtherRegisters } from './case-builder';
import { straightLine, type Group } from './generators';
import type { Instruction } from '../test-case';
import type { Candidate } from './source';

/** High words of doubles where rounding, NaNs and ranges begin; singles lie between 0x36a0 and 0x47ef. */
const HIGH_WORDS = [
  0, 0x3ff00000, 0x3fe00000, 0x40000000, 0x41e00000, 0x41dfffff, 0x43300000, 0x7ff00000, 0x7fefffff, 0x00100000, 0x000fffff, 0x36900000,
  0x36a00000, 0x380fffff, 0x38100000, 0x47efffff, 0x47f00000, 0x7ff80000, 0x7ff00001, 0x7ff7ffff, 0x7fffffff, 0x3ca00000, 0x3e600000,
]; // prettier-ignore
const LOW_WORDS = [0, 0, 0, 1, 0x10000000, 0x20000000, 0xe0000000, 0xf0000000, 0xffffffff, 0x0fffffff, 0x10000001, 0xffe00000];

const view = new DataView(new ArrayBuffer(8));

function words(x: number): [number, number] {
  view.setFloat64(0, x);
  return [view.getInt32(0), view.getInt32(4)];
}

/** A doubleword, the high word first. */
function double(rng: Random): [number, number] {
  const sign = rng.chance(50) ? 0 : 0x80000000;
  switch (rng.below(8)) {
    case 0:
    case 1:
      return [rng.pick(HIGH_WORDS) | sign, rng.pick(LOW_WORDS) | 0];
    case 2:
      return words(rng.between(-1000, 1000) / rng.pick([1, 2, 3, 4]));
    case 3: // a single near 1
      return [(0x3f000000 + (rng.word() & 0x01ffffff)) | sign, rng.word() & 0xe0000000];
    case 4: // any single, denormals too
      return [(0x36a00000 + ((rng.word() >>> 0) % 0x11500000)) | sign, rng.word() & 0xe0000000];
    case 5: // in the middle between singles, or nearly
      return [(0x3f000000 + (rng.word() & 0x01ffffff)) | sign, (rng.word() & 0xe0000000) | 0x10000000 | (rng.chance(50) ? 0 : 1)];
    case 6:
      return [(0x3f000000 + (rng.word() & 0x01ffffff)) | sign, rng.word()];
    default:
      return [rng.word(), rng.word()];
  }
}

const SINGLES = [
  0, 1, 0x7fffff, 0x800000, 0x3f800000, 0x3f000000, 0x4f000000, 0x4effffff, 0x4f800000, 0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001,
  0x7fa00000,
]; // prettier-ignore

/** Four words of a vector: singles, lanes at their edges, anything. */
function vector(rng: Random): number[] {
  const kind = rng.below(4);
  return Array.from({ length: 4 }, () => {
    if (kind === 0) return rng.pick(SINGLES) | (rng.chance(50) ? 0 : 0x80000000);
    if (kind === 1) return (0x3f000000 + (rng.word() & 0x03ffffff)) | (rng.word() & 0x80000000);
    return kind === 2 ? rng.registerValue() : rng.word();
  });
}

const FEATURES: ReadonlySet<PpcFeature> = new Set(['fpu', 'stfiwx', 'fres', 'frsqrte', 'fsel', 'altivec']);

const NON_JAVA_MODE = 0x10000;
const OTHERS: OtherRegisters = { fpscr: () => 0, vscr: (rng) => rng.word() & (NON_JAVA_MODE | 1), float: double, vector };

/** Exceptions but no enables, which would raise signals; and RN. */
const withStatus = (roundings: readonly number[]): OtherRegisters => ({
  ...OTHERS,
  fpscr: (rng) => (rng.word() & rng.pick([0xffffff00, 0x0000f700, 0])) | rng.pick(roundings),
});

const STATUS = /^(mffs|mcrfs|mtfs.*)$/;

/** Without a look at exceptions, as in CR1. */
const isSilent = ({ name, fields }: Candidate): boolean => !STATUS.test(name) && fields['c'] !== 1;

/** Sets no enables; qemu-ppc does not set NI by mtfsb1. */
function isHarmless({ name, fields }: Candidate): boolean {
  if (name === 'mtfsf') return fields['l'] === 0 && (fields['m']! & 3) === 0;
  if (name === 'mtfsb1') return fields['d']! < 24 || fields['d']! > 29;
  if (name === 'mtfsfi') return fields['f'] !== 6 && (fields['f'] !== 7 || fields['i']! < 8);
  return true;
}

/** qemu-ppc negates these results before it rounds them, not after it, which makes a difference upwards and downwards. */
const isNegated = ({ name }: Candidate): boolean => name.startsWith('fnm');

/** mtfsfi 7, RN before and mtfsfi 7, 0 after the code: rounding without exceptions. */
function directed(rng: Random): readonly [Instruction, Instruction] {
  const set = (rn: number): Instruction => ({ word: 0xff80010c | (rn << 12) | 0, name: 'mtfsfi', essential: true });
  return [set(rng.between(1, 3)), set(0)];
}

/** mtfsb0 FR before what reads it: qemu-ppc never sets it. */
const withoutFr = ({ name }: Candidate): Instruction | undefined =>
  /^(mffs|mcrfs)/.test(name) ? { word: 0xfda0008c | 0, name: 'mtfsb0', essential: true } : undefined;

const FLOATING = { shape: { floating: true, vectors: false }, features: FEATURES, others: OTHERS } as const;
const EXACT = { ...FLOATING, shape: { ...FLOATING.shape, status: true } } as const;
const VECTOR = { ...FLOATING, shape: { floating: false, vectors: true }, cpu: '7400' } as const;

export const FLOATING_GROUPS: readonly Group[] = [
  straightLine('float', 'floating', true, { ...FLOATING, accepts: isSilent }),
  straightLine('float-directed', 'floating', true, { ...FLOATING, accepts: (c) => isSilent(c) && !isNegated(c), around: directed }),
  straightLine('float-exact', 'floating', true, {
    ...EXACT,
    before: withoutFr,
    others: withStatus([0, 1, 2, 3]),
    accepts: (c) => isHarmless(c) && !isNegated(c),
  }),
  straightLine('float-exact-negated', 'floating', true, {
    ...EXACT,
    others: withStatus([0, 1]),
    accepts: (c) => !STATUS.test(c.name),
  }),
  straightLine('altivec', 'vector', false, VECTOR),
  straightLine('altivec-memory', 'vector', true, VECTOR),
];
