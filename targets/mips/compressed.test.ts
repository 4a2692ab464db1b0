/** What the random tests of MIPS16e and microMIPS leave out. */
import { location, type Block } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { Op } from '../../translate/ir/opcodes';
import type { CodeReader } from '../target';
import { MIPS_CPU_MODELS } from './cpu-models';
import { MipsLifter } from './lift';
import { MIPS_LAYOUT } from './state';

const BASE = 0x8000;

/** @param halfwords code at BASE */
function lifterOf(model: string, halfwords: readonly number[]): { lifter: MipsLifter; code: CodeReader } {
  const fetch16 = (a: number): number | undefined => halfwords[(a - BASE) / 2];
  return {
    lifter: new MipsLifter(
      MIPS_CPU_MODELS.find((m) => m.name === model)!,
      false,
    ),
    code: { fetch16, fetch32: () => undefined, unimplemented: () => {} },
  };
}

function lift(model: string, ...halfwords: number[]): Block {
  const { lifter, code } = lifterOf(model, halfwords);
  return lifter.lift(new Builder(MIPS_LAYOUT), code, location(BASE | 1), 64);
}

const text = (model: string, ...halfwords: number[]): string[] => {
  const { lifter, code } = lifterOf(model, halfwords);
  return lifter.disassemble(code, location(BASE | 1), BASE + 2 * halfwords.length).map((l) => `${l.size} ${l.text}`);
};

const count = (b: Block, op: Op): number => [...b.op].filter((o) => o === Number(op)).length;

const NOP16 = 0x0c00;
const JRC_RA = 0x45bf;

it('marks instructions and locations with bit 0', () => {
  const b = lift('M14Kc', NOP16, JRC_RA);
  expect([...b.op].flatMap((op, i) => (op === Number(Op.insn) ? [b.a[i]!] : []))).toEqual([BASE | 1, (BASE + 2) | 1]);
  expect(b.terminator).toMatchObject({ kind: 'indirect', hint: 'return' });
  // beqz16 v0, .+8 over a slot of two bytes
  expect(lift('M14Kc', 0x8d03, NOP16).terminator).toMatchObject({ kind: 'branch', taken: BASE + 9, otherwise: BASE + 5 });
});

it('wants delay slots of the size that the call links behind', () => {
  const JALS = [0x7400, 0x1000];
  expect(lift('M14Kc', ...JALS, NOP16).terminator).toMatchObject({ kind: 'call', target: 0x2001, returns: BASE + 7 });
  expect(lift('M14Kc', ...JALS, 0, 0).terminator).toMatchObject({ kind: 'trap', trap: 'undefined', at: BASE + 1 });
});

it('goes back to MIPS32 by JALX', () => {
  expect(lift('M14Kc', 0xf000, 0x1000, 0, 0).terminator).toMatchObject({ kind: 'call', target: 0x4000, returns: BASE + 9 });
  expect(lift('24Kf', 0x1c00, 0x1000, 0x6500).terminator).toMatchObject({ kind: 'call', target: 0x4000, returns: BASE + 7 });
});

// qemu 7.2 stores halfwords
it('stores words by SWM', () => {
  expect(count(lift('M14Kc', 0x4557, JRC_RA), Op.store32)).toBe(3);
  expect(count(lift('M14Kc', 0x2109, 0xd010, JRC_RA), Op.store32)).toBe(8);
});

it('disassembles both lengths', () => {
  expect(text('24Kf', 0x6500, 0xf012, 0x4f05, 0x64e4)).toEqual(['2 move zero, s0', '4 addiu a3, -28667', '2 save 32, ra, s0']);
  expect(text('M14Kc', 0x8440, 0x33bd, 0xffe0)).toEqual(['2 movep a1, a2, zero, s0', '4 addiu sp, sp, -32']);
});
