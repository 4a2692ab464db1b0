import { Builder } from '../ir/builder';
import { StateLayout } from '../ir/state';
import type { Block } from '../ir/block';
import { guessJumpTable, type Present } from './jump-table';

const LAYOUT = new StateLayout([
  ['index', 'i32'],
  ['table', 'i32'],
  ['base', 'i32'],
]);
const [INDEX, TABLE, BASE] = ['index', 'table', 'base'].map((f) => LAYOUT.index(f)) as [number, number, number];

const TABLE_ADDRESS = 0x2000;
const BASE_VALUE = 0x400000;
const OFFSETS = [0x10, 0x40, 0x10, 0x80];

const present: Present = {
  read: (at) => OFFSETS[(at - TABLE_ADDRESS) / 4],
  field: (f) => (f === TABLE ? TABLE_ADDRESS : BASE_VALUE),
};

/** if (index < 4) goto *(base + table[index]), the address and the offset going through the index's own register, as in MIPS code. */
function blocks(): { from: Block; jump: Block } {
  const ir = new Builder(LAYOUT);
  const below = ir.lt_u32(ir.get32(INDEX), ir.const32(4));
  const from = ir.finish(0x1000, 0x1008, 2, { kind: 'branch', cond: below, taken: 0x1010, otherwise: 0x1100 });
  ir.reset();
  ir.set32(INDEX, ir.shl32(ir.get32(INDEX), ir.const32(2)));
  const entry = ir.load32(ir.add32(ir.get32(TABLE), ir.get32(INDEX)));
  ir.set32(INDEX, ir.add32(entry, ir.get32(BASE)));
  const jump = ir.finish(0x1010, 0x1020, 4, { kind: 'indirect', target: ir.get32(INDEX), hint: 'jump', mode: 0 });
  return { from, jump };
}

it('guesses the targets of a table whose address is in a register', () => {
  const { from, jump } = blocks();
  const found = guessJumpTable(jump, from, present, [BASE_VALUE + 0x40]);
  expect(found).toEqual({ targets: [0x10, 0x40, 0x80].map((o) => BASE_VALUE + o) });
});

it('guesses nothing that contradicts what the jump has done', () => {
  const { from, jump } = blocks();
  expect(guessJumpTable(jump, from, present, [BASE_VALUE + 0x44])).toBeUndefined();
  expect(guessJumpTable(jump, from, present, [])).toBeUndefined();
});
