import { nan32, nan64High, nan64Low } from './nan';

const hex = (x: number): string => (x >>> 0).toString(16).padStart(8, '0');
const ONE = 0x3f800000;
const QUIET = 0x7fc00123;
const NEGATIVE_QUIET = 0xffc00456 | 0;
const SIGNALLING = 0x7f800789;

describe('nan32', () => {
  it.each([
    ['no NaN: the default NaN', [ONE, ONE, 0x7f800000], '7fc00000'],
    ['the first quiet one', [ONE, QUIET, NEGATIVE_QUIET], '7fc00123'],
    ['the sign counts for nothing', [NEGATIVE_QUIET, QUIET, ONE], 'ffc00456'],
    ['a signalling one beats an earlier quiet one', [QUIET, NEGATIVE_QUIET, SIGNALLING], '7fc00789'],
    ['the first signalling one', [0xff800001 | 0, SIGNALLING, QUIET], 'ffc00001'],
  ])('%s', (_, [x, y, z], expected) => expect(hex(nan32(x!, y!, z!))).toBe(expected));
});

type Halves = readonly [low: number, high: number];

describe('nan64', () => {
  const nan64 = (x: Halves, y: Halves, z: Halves): string => hex(nan64High(...x, ...y, ...z)) + hex(nan64Low(...x, ...y, ...z));
  const infinity: Halves = [0, 0x7ff00000];
  const quiet: Halves = [5, 0xfff80000 | 0];
  const lowOnly: Halves = [1, 0x7ff00000]; // a signalling NaN whose payload lies in the low word

  it('gives the default NaN', () => expect(nan64(infinity, infinity, infinity)).toBe('7ff8000000000000'));
  it('prefers the signalling NaN and makes it quiet', () => expect(nan64(quiet, lowOnly, quiet)).toBe('7ff8000000000001'));
  it('takes the first quiet NaN', () => expect(nan64(infinity, quiet, infinity)).toBe('fff8000000000005'));
});
