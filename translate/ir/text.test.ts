import { location } from './block';
import { Builder } from './builder';
import { Op } from './opcodes';
import { IrSyntaxError, parseBlock, parseRegion } from './parse';
import { printBlock, printRegion } from './print';
import { Random, randomBlock, randomRegion, TEST_LAYOUT } from './random-block';
import { MemFlag, type I1 } from './types';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const helpers = [{ name: 'crc', run: () => 0 }];

describe('textual IR', () => {
  it('prints a block as documented', () => {
    const ir = new Builder(TEST_LAYOUT);
    const r0 = TEST_LAYOUT.index('r0');
    ir.insn(0x10400);
    const x = ir.get32(r0);
    const less = ir.lt_s32(x, ir.const32(4));
    ir.beginIf(less);
    ir.set32(r0, ir.const32(0x12345678));
    ir.trap('undefined', 0x10400);
    ir.endIf();
    ir.load32(x, 8, MemFlag.BigEndian);
    ir.const64(1, 2);
    ir.call1(x, 0);
    const block = ir.finish(location(0x10400, 256), 0x10404, 1, {
      kind: 'branch',
      cond: less,
      taken: location(0x10400),
      otherwise: location(0x10404),
    });
    const text = `block 0x00010400/256..0x00010404 {
  insn 0x00010400
  %0 = get32 r0
  %1 = const32 4
  %2 = lt_s32 %0, %1
  if %2 {
    %3 = const32 0x12345678
    set32 r0, %3
    trap undefined, 0x00010400
  }
  %4 = load32 %0, +8, be
  %5 = const64 0x0000000200000001
  %6 = call1 %0, @crc
  branch %2, 0x00010400, 0x00010404
}`;
    expect(printBlock(block, TEST_LAYOUT, helpers)).toBe(text);
    expect(parseBlock(text, TEST_LAYOUT, helpers)).toEqual(block);
  });

  it.each([
    'jump 0x00010000',
    'call 0x00010001, returns 0x00020000/3',
    'indirect %0, jump',
    'indirect %0, return, mode 512',
    'indirect %0, call, mode 2, returns 0x00010004',
    'indirect %0, jump, mode 1, table r2, 0x00010010, 0x00010020/3',
    'indirect %0, jump, table of, 0x00010010, 0x00010020',
    'switch %0, 0x00010000, 0x00020000',
    'syscall 7, next 0x00010004',
    'trap divide, info 3, at 0x00010000/256',
  ])('round-trips the terminator %s', (line) => {
    const text = `block 0x00010000, 3 insns {\n  %0 = get32 r1\n  ${line}\n}`;
    expect(printBlock(parseBlock(text, TEST_LAYOUT), TEST_LAYOUT)).toBe(text);
  });

  it(`round-trips random blocks (TSEMU_SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let k = 0; k < 300; k++) {
      const block = randomBlock(random, {
        ops: 5 + random.below(60),
        memory: { base: 0x1000, mask: 0xff },
        helpers: 1,
        simplify: random.chance(0.5),
      });
      expect(parseBlock(printBlock(block, TEST_LAYOUT, helpers), TEST_LAYOUT, helpers)).toEqual(block);
    }
  });

  it('round-trips a region', () => {
    const region = randomRegion(new Random(1), 5, { ops: 10 });
    expect(parseRegion(printRegion(region, TEST_LAYOUT), TEST_LAYOUT)).toEqual(region);
  });

  it('renumbers values in order of definition', () => {
    const block = parseBlock('block 0x100 {\n%b = get32 r0 ; comment\n%a = add32 %b, %b\nset32 r1, %a\njump 0x104\n}', TEST_LAYOUT);
    expect(printBlock(block, TEST_LAYOUT)).toContain('%1 = add32 %0, %0');
  });

  const inBlock = (...lines: string[]): string => ['block 0x100 {', ...lines, 'jump 0x104', '}'].join('\n');
  it.each([
    ['an unknown op', inBlock('%0 = frobnicate r0'), "line 2: no op 'frobnicate'"],
    ['an undefined value', inBlock('set32 r0, %0'), 'line 2: %0 is not defined'],
    ['a redefined value', inBlock('%0 = get32 r0', '%0 = get32 r1'), 'line 3: %0 is already defined'],
    ['an unknown field', inBlock('', '%0 = get32 r99'), "line 3: no state field 'r99'"],
    ['a missing result name', inBlock('get32 r0'), "line 2: get32 has a result: expected '%name = get32 ...'"],
    ['a result of a void op', inBlock('%0 = insn 0x100'), 'line 2: insn has no result'],
    ['too few values', inBlock('%0 = get32 r0', '%1 = add32 %0'), 'line 3: add32 takes 2 values, found 1'],
    ['too many operands', inBlock('%0 = get32 r0', '%1 = not1 %0, 3'), "line 3: not1 has too many operands: '3'"],
    ['a wide integer', inBlock('%0 = const32 0x100000000'), 'line 2: 0x100000000 does not fit in 32 bits'],
    ['an unknown memory flag', inBlock('%0 = get32 r0', '%1 = load32 %0, loud'), "line 3: no memory flag 'loud'"],
    ['nested ifs', inBlock('%0 = get1 n', 'if %0 {', 'if %0 {'), 'line 4: ifs do not nest'],
    ['an op after the terminator', inBlock('jump 0x104', 'fence'), 'line 3: an op follows the terminator'],
    ['a missing terminator', 'block 0x100 {\n}', 'line 2: the block has no terminator'],
    ['an open block', 'block 0x100 {\n', 'line 2: the block is not closed'],
    ['a bad header', 'blok 0x100 {\n}', "line 1: expected 'block <address> {', found 'blok 0x100 {'"],
  ])('reports %s with its line', (_what, text, message) => {
    const parse = (): unknown => parseBlock(text, TEST_LAYOUT);
    expect(parse).toThrow(IrSyntaxError);
    expect(parse).toThrow(message);
  });

  it('writes helpers and memory ops without their defaults', () => {
    const ir = new Builder(TEST_LAYOUT);
    ir.append(Op.load8_u, ir.get32(TEST_LAYOUT.index('r0')), -4, MemFlag.Aligned);
    const text = printBlock(ir.finish(0, 0, 0, { kind: 'indirect', target: 0 as never, hint: 'jump', mode: 0 }), TEST_LAYOUT);
    expect(text).toContain('%1 = load8_u %0, -4, aligned');
    expect(ir.constantOf(0 as I1)).toBeUndefined();
  });
});
