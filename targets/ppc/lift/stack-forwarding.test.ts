import { Builder } from '../../../translate/ir/builder';
import { Op } from '../../../translate/ir/opcodes';
import { MemFlag } from '../../../translate/ir/types';
import { PPC_LAYOUT } from '../state';
import { storedDoubleword, storedWord } from './stack-forwarding';

const BE = MemFlag.BigEndian;
const R1 = PPC_LAYOUT.index('r1');
const [R3, R4, R5] = [PPC_LAYOUT.index('r3'), PPC_LAYOUT.index('r4'), PPC_LAYOUT.index('r5')];
const F1 = PPC_LAYOUT.index('f1');

it('takes a doubleword from the two words that were stored', () => {
  const ir = new Builder(PPC_LAYOUT);
  const [sp, high, low] = [ir.get32(R1), ir.get32(R3), ir.get32(R4)];
  ir.store32(sp, high, 8, BE);
  ir.store32(sp, low, 12, BE);
  const pair = storedDoubleword(ir, sp, 8)!;
  expect([ir.op[pair], ir.a[pair], ir.b[pair]]).toEqual([Op.pair64, low, high]);
  expect(storedDoubleword(ir, sp, 12)).toBeUndefined();
  expect(storedWord(ir, sp, 8)).toBe(high);
  expect(storedWord(ir, sp, 10)).toBeUndefined();
});

it('takes half of a stored doubleword', () => {
  const ir = new Builder(PPC_LAYOUT);
  const [sp, f1] = [ir.get32(R1), ir.get64(F1)];
  ir.store64(sp, f1, 8, BE);
  const half = storedWord(ir, sp, 12)!;
  expect([ir.op[half], ir.a[half]]).toEqual([Op.low64, f1]);
});

it.each([
  ['another base', (ir: Builder) => ir.store32(ir.get32(R5), ir.get32(R4), 8, BE)],
  ['part of it', (ir: Builder) => ir.store8(ir.get32(R1), ir.get32(R4), 9)],
  ['a barrier', (ir: Builder) => ir.fence()],
  [
    'a condition',
    (ir: Builder) => {
      ir.beginIf(ir.eq32(ir.get32(R4), ir.const32(0)));
      ir.store32(ir.get32(R1), ir.get32(R4), 8, BE);
      ir.endIf();
    },
  ],
  ['the other byte order', (ir: Builder) => ir.store32(ir.get32(R1), ir.get32(R4), 8)],
])('gives up at a store behind %s', (_, other) => {
  const ir = new Builder(PPC_LAYOUT);
  ir.store32(ir.get32(R1), ir.get32(R3), 8, BE);
  other(ir);
  expect(storedWord(ir, ir.get32(R1), 8)).toBeUndefined();
});
