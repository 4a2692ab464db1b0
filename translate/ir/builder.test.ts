/** Blocks as the builder makes them. */
import { Builder } from './builder';
import { Op } from './opcodes';
import { StateLayout } from './state';

describe('Builder', () => {
  // Found by tests/programs/integers.c under `--emit=js --hot=1`: the 256th op of a block was the end of an `if`, so
  // that appending it moved the ops into wider buffers; the start of the `if` was then completed in the old ones, and
  // a pass that jumped to the end of the `if` jumped to op 0.
  it('links the start of an if to its end, also where the buffers grow', () => {
    const layout = new StateLayout([['x', 'i32']]);
    for (let before = 245; before <= 265; before++) {
      const ir = new Builder(layout);
      ir.reset();
      const flag = ir.eq32(ir.get32(0), ir.const32(1));
      while (ir.count < before) ir.insn(4 * ir.count);
      ir.beginIf(flag);
      ir.set32(0, ir.const32(2));
      ir.endIf();
      const block = ir.finish(0, 4, 1, { kind: 'jump', target: 4 });
      const start = block.op.indexOf(Op.if);
      expect(block.b[start]).toBe(block.op.indexOf(Op.endif));
    }
  });
});
