import { location, type Block } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { CpuState } from '../../translate/ir/cpu-state';
import { Op } from '../../translate/ir/opcodes';
import type { CodeReader } from '../target';
import { PPC_CPU_MODELS } from './cpu-models';
import { FPSCR } from './fpscr';
import { PpcLifter } from './lift';
import { ICBI_CALL } from './lift/system';
import { Mode, PPC_LAYOUT } from './state';

const BASE = 0x8000;

function lift(words: readonly number[], mode = 0): Block {
  const at = (a: number): number | undefined => words[(a - BASE) / 4];
  const code: CodeReader = { fetch16: () => undefined, fetch32: at, unimplemented: () => {} };
  return new PpcLifter(PPC_CPU_MODELS[0]!).lift(new Builder(PPC_LAYOUT), code, location(BASE, mode), 64);
}

/** The op that a block's branch tests. */
function condition(b: Block): Op {
  if (b.terminator.kind !== 'branch') throw new Error(`no branch but ${b.terminator.kind}`);
  return b.op[b.terminator.cond]!;
}

const CMPW = 0x7c032000; // cmpw r3, r4
const CMPLW = 0x7c032040;

it.each([
  ['blt', CMPW, 0x41800010, Op.lt_s32],
  ['bgt', CMPW, 0x41810010, Op.lt_s32],
  ['beq', CMPW, 0x41820010, Op.eq32],
  ['blt', CMPLW, 0x41800010, Op.lt_u32],
])('makes one comparison of a comparison and %s', (_, compare, branch, op) => {
  const b = lift([compare, branch]);
  expect(condition(b)).toBe(op);
  expect(b.terminator).toMatchObject({ kind: 'branch', taken: BASE + 4 + 16, otherwise: BASE + 8 });
});

it('tests the result of a recording instruction', () => {
  expect(condition(lift([0x7c632215, 0x41820010]))).toBe(Op.eq32); // add. r3, r3, r4; beq
});

it('gives a conditional return that is taken a block of its own', () => {
  const b = lift([0x4d820020]); // beqlr
  expect(b.terminator).toMatchObject({ kind: 'branch', taken: location(BASE, Mode.Taken), otherwise: BASE + 4 });
  expect(lift([0x4d820020], Mode.Taken).terminator).toMatchObject({ kind: 'indirect', hint: 'return' });
});

it('keeps the target of a conditional call through LR', () => {
  expect(lift([0x4d820021]).terminator).toMatchObject({ kind: 'branch', taken: location(BASE, Mode.Taken) }); // beqlrl
  expect(lift([0x4d820021], Mode.Taken).terminator).toMatchObject({ kind: 'indirect', hint: 'call', returns: BASE + 4 });
});

it('takes a linking branch to the next instruction for no call', () => {
  expect(lift([0x429f0005]).terminator).toEqual({ kind: 'jump', target: BASE + 4 });
  expect(lift([0x48000011]).terminator).toEqual({ kind: 'call', target: BASE + 16, returns: BASE + 4 });
});

it('tells of code that changes', () => {
  expect(lift([0x7c001fac]).terminator).toEqual({ kind: 'syscall', info: ICBI_CALL, next: BASE + 4 });
});

it.each([
  ['bdnzctr', 0x4e000420],
  ['lwzu without a base', 0x84600004],
  ['lwzu over its base', 0x84630004],
  ['lswi over its base', 0x7c6344aa],
])('refuses %s', (_, word) => {
  expect(lift([word]).terminator).toMatchObject({ kind: 'trap', trap: 'undefined' });
});

const SUBFO = 0x7c632050 | (1 << 10); // subfo r3, r3, r4
const MTXER = 0x7c6103a6; // mtxer r3

it('writes one field for a comparison, as XER.SO is known to be clear', () => {
  const b = lift([CMPW, 0x41800010]);
  expect([...b.op.subarray(0, b.count)].filter((op) => op === Op.set64 || op === Op.set1)).toEqual([Op.set64]);
});

it.each([
  ['subfo', SUBFO, 0, { kind: 'indirect', mode: Mode.SummaryAccessed }],
  ['mtxer', MTXER, 0, { kind: 'branch', taken: location(BASE, Mode.SummaryWanted), otherwise: BASE + 4 }],
  ['mtxer of SO', MTXER, Mode.SummaryWanted, { kind: 'indirect', mode: Mode.SummaryAccessed }],
])('is lifted again before XER.SO can be set by %s', (_, word, mode, terminator) => {
  expect(lift([word], mode).terminator).toMatchObject(terminator);
});

it('knows that XER.SO may be set from then on', () => {
  const lifter = new PpcLifter(PPC_CPU_MODELS[0]!);
  const state = new CpuState(PPC_LAYOUT);
  expect(lifter.adapt(state)).toBe(false);
  state.i32[PPC_LAYOUT.offset('so') >> 2] = 1;
  expect([lifter.adapt(state), lifter.adapt(state)]).toEqual([true, false]);
  const code: CodeReader = { fetch16: () => undefined, fetch32: (a) => [SUBFO, 0x4e800020][(a - BASE) / 4], unimplemented: () => {} };
  expect(lifter.lift(new Builder(PPC_LAYOUT), code, location(BASE, 0), 64).terminator).toMatchObject({ hint: 'return' });
});

it.each([
  ['fadd', 0xfc22182a, Op.addf64],
  ['fmadd', 0xfc2220fa, Op.fmaf64],
  ['fdivs', 0xec221824, Op.divf64],
])('computes %s natively where exceptions are recorded, with a way out', (_, word, op) => {
  const lifter = new PpcLifter(PPC_CPU_MODELS[0]!);
  const state = new CpuState(PPC_LAYOUT);
  state.i32[PPC_LAYOUT.offset('fpscr') >> 2] = FPSCR.tracked;
  expect(lifter.adapt(state)).toBe(true);
  const code: CodeReader = { fetch16: () => undefined, fetch32: (a) => (a === BASE ? word : undefined), unimplemented: () => {} };
  const b = lifter.lift(new Builder(PPC_LAYOUT), code, location(BASE, 0), 1);
  const ops = [...b.op.subarray(0, b.count)];
  expect(ops.indexOf(op)).toBeGreaterThan(0);
  expect(ops.indexOf(Op.exact)).toBeGreaterThan(ops.indexOf(Op.if));
});
