/** What code after mffs makes floating point exact: sequences of glibc 2.36 (sysdeps/powerpc/fpu), as gcc compiles them. */
import { Builder } from '../../translate/ir/builder';
import type { Block } from '../../translate/ir/block';
import type { CodeReader } from '../target';
import { PPC_CPU_MODELS } from './cpu-models';
import { PpcLifter } from './lift';
import { Mode, PPC_LAYOUT } from './state';

const BASE = 0x8000;

function lift(words: readonly number[]): Block {
  const at = (a: number): number | undefined => (a < BASE ? undefined : words[(a - BASE) / 4]);
  const code: CodeReader = { fetch16: () => undefined, fetch32: at, unimplemented: () => {} };
  return new PpcLifter(PPC_CPU_MODELS[0]!).lift(new Builder(PPC_LAYOUT), code, BASE, 64);
}

const becomesExact = ({ terminator: t }: Block): boolean => t.kind === 'indirect' && (t.mode & Mode.FpscrAccessed) !== 0;

const MFFS_F0 = 0xfc00048e | 0;
const STFD_F0_8_R1 = 0xd8010008 | 0;
const LWZ_R9_12_R1 = 0x8121000c | 0;
const BLR = 0x4e800020;

it.each([
  ['fegetround: the rounding mode alone', [MFFS_F0, STFD_F0_8_R1, LWZ_R9_12_R1, 0x552307be, BLR]], // clrlwi r3,r9,30
  ['floor: a mode that is restored', [MFFS_F0, 0x2c030000, 0x41820010]], // cmpwi r3,0; beq
  // li r10,-252; and r9,r9,r10
  ['holding the modes: all but the enables and RN', [MFFS_F0, STFD_F0_8_R1, LWZ_R9_12_R1, 0x3940ff04, 0x7d295038, 0x4182fff0]],
])('%s', (_, words) => expect(becomesExact(lift(words))).toBe(false));

it.each([
  ['fetestexcept', [MFFS_F0, STFD_F0_8_R1, LWZ_R9_12_R1, 0x7d231838, BLR]], // and r3,r9,r3
  ['fegetenv', [MFFS_F0, 0xd8030000 | 0, 0x38600000, BLR]], // stfd f0,0(r3)
  ['one exception', [MFFS_F0, STFD_F0_8_R1, LWZ_R9_12_R1, 0x75290200, 0x41820010]], // andis. r9,r9,512
  ['mtfsb1 of an exception', [0xfc60004c | 0]],
  ['mcrfs', [0xfc040080 | 0]],
  ['fadd. with CR1', [0xfc22182b | 0]],
])('%s', (_, words) => expect(becomesExact(lift(words))).toBe(true));

it('rounds otherwise behind mtfsfi 7, 3, without becoming exact', () => {
  const { terminator } = lift([0xff80310c | 0]);
  expect(terminator).toMatchObject({ kind: 'branch', taken: BASE + 4, otherwise: BASE + 4 + Mode.Directed * 2 ** 32 });
  expect(lift([0xff80010c | 0, BLR]).instructions).toBe(2);
});
