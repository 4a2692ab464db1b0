import { location, type Block } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { CpuState } from '../../translate/ir/cpu-state';
import { Op } from '../../translate/ir/opcodes';
import type { CodeReader } from '../target';
import { MIPS_CPU_MODELS } from './cpu-models';
import { MipsLifter } from './lift';
import { FCSR, MIPS_LAYOUT, Mode } from './state';

const BASE = 0x8000;

function lift(
  words: readonly number[],
  mode = 0,
  maxInstructions = 64,
  lifter = new MipsLifter(
    MIPS_CPU_MODELS.find((m) => m.name === '24Kf')!,
    false,
  ),
): Block {
  const at = (a: number): number | undefined => words[(a - BASE) / 4];
  const code: CodeReader = { fetch16: () => undefined, fetch32: at, unimplemented: () => {} };
  return lifter.lift(new Builder(MIPS_LAYOUT), code, location(BASE, mode), maxInstructions);
}

const markers = (b: Block): number[] => [...b.op].flatMap((op, i) => (op === Number(Op.insn) ? [b.a[i]!] : []));
const count = (b: Block, op: Op): number => [...b.op].filter((o) => o === Number(op)).length;

const NOP = 0;
const ADDIU = 0x24420001; // addiu v0, v0, 1
const BEQ = 0x10430003; // beq v0, v1, .+16
const BEQL = 0x50430003; // beql v0, v1, .+16

it('lifts a branch with its delay slot as one instruction', () => {
  const b = lift([NOP, BEQ, ADDIU]);
  expect(markers(b)).toEqual([BASE, BASE + 4]);
  expect(b.terminator).toMatchObject({ kind: 'branch', taken: BASE + 20, otherwise: BASE + 12 });
  expect(b.end).toBe(BASE + 12);
  expect(lift([NOP, BEQ, ADDIU], 0, 1).terminator).toEqual({ kind: 'jump', target: BASE + 4 });
});

it('gives the delay slot of a taken branch-likely a block of its own', () => {
  const b = lift([BEQL, ADDIU]);
  expect(b.terminator).toMatchObject({ kind: 'branch', taken: location(BASE, Mode.LikelyTaken), otherwise: BASE + 8 });
  expect(lift([BEQL, ADDIU], Mode.LikelyTaken).terminator).toEqual({ kind: 'jump', target: BASE + 16 });
});

it('reports what happens in a delay slot at the branch', () => {
  expect(lift([BEQ, 0x0000000d]).terminator).toEqual({ kind: 'trap', trap: 'breakpoint', info: 0, at: BASE });
  expect(lift([BEQ, BEQ]).terminator).toMatchObject({ kind: 'trap', trap: 'undefined', at: BASE });
  expect(lift([BEQ]).terminator).toMatchObject({ kind: 'trap', trap: 'fetch', info: BASE + 4, at: BASE });
});

it('makes one access of an unaligned pair', () => {
  const pair = lift([0x88820003, 0x98820000]); // lwl v0, 3(a0); lwr v0, 0(a0)
  expect(count(pair, Op.load32)).toBe(1);
  expect(count(pair, Op.and32)).toBe(0);
  expect(count(lift([0x88820003, 0x98830000]), Op.load32)).toBe(2);
});

it.each([
  [0, 'breakpoint'],
  [6, 'overflow'],
  [7, 'divide'],
  [7 << 10, 'divide'],
])('raises what Linux does for break %d', (code, trap) => {
  expect(lift([0x0000000d | (code << 6)]).terminator).toMatchObject({ kind: 'trap', trap });
});

it('raises an address error for a jump to an odd address', () => {
  const code: CodeReader = { fetch16: () => undefined, fetch32: () => 0, unimplemented: () => {} };
  const b = new MipsLifter(MIPS_CPU_MODELS[0]!, false).lift(new Builder(MIPS_LAYOUT), code, location(BASE + 2), 64);
  expect(b.terminator).toMatchObject({ kind: 'trap', trap: 'alignment' });
});

describe('exact floating point begins', () => {
  const CFC1_V0 = 0x4442f800;
  const CFC1_V1 = 0x4443f800;
  const CTC1_V0 = 0x44c2f800;
  const JR_RA = 0x03e00008;
  const isAccess = ({ terminator: t }: Block): boolean => t.kind === 'indirect' && (t.mode & Mode.FcsrAccessed) !== 0;

  it.each([
    ['at a write', [CTC1_V0, JR_RA, NOP], true],
    ['at a write in a delay slot', [JR_RA, CTC1_V0], true],
    ['where exceptions are tested: fetestexcept', [CFC1_V0, 0x00441024, JR_RA, 0x3042007c], true],
    ['where the value is returned', [CFC1_V0, JR_RA, NOP], true],
    ['where it is handed out in memory: fegetenv', [CFC1_V1, JR_RA, 0xac830000], true],
    ['not where only the rounding mode is of interest: fegetround', [CFC1_V0, JR_RA, 0x30420003], false],
    ['not where the mode is about to be replaced: printf', [CFC1_V0, 0x2403fffc, 0x00431024, 0x14440003, NOP], false],
    ['not where condition codes are written', [0x44c2c800, JR_RA, NOP], false],
  ])('%s', (_, words, expected) => expect(isAccess(lift(words))).toBe(expected));

  it('for good, and traps from where an exception is enabled', () => {
    const lifter = new MipsLifter(
      MIPS_CPU_MODELS.find((m) => m.name === '24Kf')!,
      false,
    );
    const state = new CpuState(MIPS_LAYOUT);
    expect(lifter.adapt(state)).toBe(false);
    state.set('fcsr', FCSR.rounding);
    expect([lifter.adapt(state), lifter.adapt(state)]).toEqual([true, false]);
    // What may have enabled one is followed by a look at the enables, and that by a location that is always new
    expect(lift([CTC1_V0], 0, 64, lifter).terminator).toMatchObject({ kind: 'indirect', mode: Mode.EnablesChanged });
    expect(lift([NOP], Mode.EnablesChanged, 64, lifter).terminator).toMatchObject({
      taken: location(BASE, Mode.Trapping),
      otherwise: BASE,
    });
    expect(lift([NOP], Mode.Trapping, 64, lifter).terminator).toMatchObject({ kind: 'indirect', mode: Mode.FcsrAccessed | Mode.Trapping });
    state.set('fcsr', FCSR.enables);
    expect(lifter.adapt(state)).toBe(true);
    expect(lift([CTC1_V0, JR_RA, NOP], 0, 64, lifter).terminator).toMatchObject({ hint: 'return', mode: 0 });
  });
});
