import type { Block } from './block';
import { Op } from './opcodes';
import { parseBlock, parseRegion } from './parse';
import { Random, randomBlock, randomRegion, TEST_LAYOUT } from './random-block';
import { verifyBlock, verifyRegion } from './verify';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);

const parsed = (...lines: string[]): Block => parseBlock(['block 0x100 {', ...lines, '}'].join('\n'), TEST_LAYOUT);

describe('verifyBlock', () => {
  it(`accepts random blocks and regions (TSEMU_SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let k = 0; k < 300; k++) {
      const options = { ops: 5 + random.below(60), memory: { base: 0, mask: 0xff }, helpers: 2, simplify: random.chance(0.5) };
      expect(verifyBlock(randomBlock(random, options), TEST_LAYOUT)).toEqual([]);
    }
    expect(verifyRegion(randomRegion(random, 6, { ops: 10 }), TEST_LAYOUT)).toEqual([]);
  });

  it.each([
    [
      'the wrong operand type',
      ['%0 = get1 n', '%x = get32 r0', '%1 = add32 %0, %x', 'jump 0x104'],
      'op 2 (add32): operand 0 is of type i1, not i32',
    ],
    [
      'a value of an ended if',
      ['%c = get1 n', 'if %c {', '%1 = get32 r0', '}', 'set32 r1, %1', 'jump 0x104'],
      'op 4 (set32): operand 0 is op 2, defined inside an if that has ended',
    ],
    ['a field of another size', ['%0 = get64 r0', 'jump 0x104'], 'op 0 (get64): field r0 is i32, accessed as i64'],
    ['a flag seen as a word', ['%0 = get32 n', 'jump 0x104'], 'op 0 (get32): field n is i1, accessed as i32'],
    ['an op after a trap', ['%0 = get1 n', 'if %0 {', 'trap undefined, 0x100', 'fence', '}', 'jump 0x104'], 'op 3 (fence): follows a trap'],
    ['a flag constant that is no flag', ['%0 = const1 2', 'jump 0x104'], 'op 0 (const1): const1 of 2'],
    ['a branch on a word', ['%0 = get32 r0', 'branch %0, 0x100, 0x104'], 'terminator (branch): its value is of type i32, not i1'],
    [
      'a value of an ended if in the terminator',
      ['%c = get1 n', 'if %c {', '%1 = get32 r0', '}', 'indirect %1, jump'],
      'terminator (indirect): its value is op 2, defined inside an if that has ended',
    ],
    ['an empty table', ['%0 = get32 r0', 'indirect %0, jump, table r1'], 'terminator (indirect): has an empty table'],
    [
      'a halfword that is aligned like a word',
      ['%0 = get32 r0', '%1 = load16_u %0, aligned4', 'jump 0x104'],
      'op 1 (load16_u): less than a word that is aligned like one',
    ],
    ['an unknown helper', ['%0 = get32 r0', '%1 = call1 %0, @7', 'jump 0x104'], 'op 1 (call1): no helper 7'],
  ])('rejects %s', (_what, lines, message) => {
    expect(verifyBlock(parsed(...lines), TEST_LAYOUT, [])).toEqual([message]);
  });

  const base = (): Block => parsed('%0 = get1 n', 'if %0 {', 'fence', '}', 'jump 0x104');
  it.each<[string, (b: Block) => Block, string]>([
    ['an operand before its definition', (b) => ((b.a[1] = 3), b), 'op 1 (if): operand 0 is op 3, which is not before its use'],
    ['a wrong endif index', (b) => ((b.b[1] = 2), b), 'op 1 (if): says its endif is 2, not 3'],
    ['an if without end', (b) => ((b.op[3] = Op.fence), b), 'op 1 (if): has no endif'],
    ['an endif without if', (b) => ((b.op[1] = Op.endif), (b.a[1] = 0), (b.b[1] = 0), b), 'op 3 (endif): has no if'],
    ['an unused slot in use', (b) => ((b.d[2] = 1), b), 'op 2 (fence): unused slot 3 holds 1'],
    ['an opcode out of range', (b) => ((b.op[2] = 250), b), 'op 2 (250): no such opcode'],
    ['a field out of range', (b) => ((b.a[0] = 99), b), 'op 0 (get1): no field 99'],
    ['a negative location', (b) => ({ ...b, terminator: { kind: 'jump', target: -1 } }), 'terminator (jump): -1 is not a location'],
    [
      'an empty switch',
      (b) => ({ ...parsed('%0 = get32 r0', 'jump 0x104'), start: b.start, terminator: { kind: 'switch', index: 0 as never, targets: [] } }),
      'terminator (switch): has no targets',
    ],
    ['short arrays', (b) => ({ ...b, d: new Int32Array(2) }), 'array d has 2 entries for 4 ops'],
  ])('rejects %s', (_what, spoil, message) => {
    expect(verifyBlock(spoil(base()), TEST_LAYOUT)).toContain(message);
  });

  it.each([
    ['call 0x00000200, returns 0x00000104', 0x104],
    ['syscall 0, next 0x00000104', 0x104],
    ['indirect %0, call, returns 0x00000104', 0x104],
    ['indirect %0, jump, table r1, 0x00000108', 0x108],
  ])('accepts the edge of %s', (terminator, to) => {
    const block = parsed('%0 = get32 r0', terminator);
    expect(verifyRegion({ blocks: [block], edges: [[{ block: -1, location: to }]] }, TEST_LAYOUT)).toEqual([]);
    expect(verifyRegion({ blocks: [block], edges: [[{ block: -1, location: 0x10c }]] }, TEST_LAYOUT)).toHaveLength(1);
  });

  it('rejects edges that disagree with the terminators', () => {
    const region = parseRegion('block 0x100 {\njump 0x104\n}\nblock 0x104 {\njump 0x100\n}', TEST_LAYOUT);
    expect(verifyRegion(region, TEST_LAYOUT)).toEqual([]);
    const crossed = { blocks: region.blocks, edges: [region.edges[1]!, [{ block: 1, location: 0x100 }]] };
    expect(verifyRegion(crossed, TEST_LAYOUT)).toEqual([
      'block 0: edge 0 goes elsewhere than the terminator',
      'block 1: edge 0 leads to a block that starts elsewhere',
    ]);
    expect(verifyRegion({ blocks: region.blocks, edges: [[], region.edges[1]!] }, TEST_LAYOUT)).toEqual([
      'block 0: 0 edges for 1 successors',
    ]);
  });
});
