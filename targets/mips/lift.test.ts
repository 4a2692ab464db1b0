import { location, type Block } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { Op } from '../../translate/ir/opcodes';
import type { CodeReader } from '../target';
import { MIPS_CPU_MODELS } from './cpu-models';
import { MipsLifter } from './lift';
import { MIPS_LAYOUT, Mode } from './state';

const BASE = 0x8000;

function lift(words: readonly number[], mode = 0, maxInstructions = 64): Block {
  const at = (a: number): number | undefined => words[(a - BASE) / 4];
  const code: CodeReader = { fetch16: () => undefined, fetch32: at, unimplemented: () => {} };
  return new MipsLifter(MIPS_CPU_MODELS[0]!, false).lift(new Builder(MIPS_LAYOUT), code, location(BASE, mode), maxInstructions);
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
