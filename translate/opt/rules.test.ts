/** Each pass's rules against the interpreter, on code made of the ops they look for, and how often they find something. */
import { location } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { Builder } from '../ir/builder';
import { Op } from '../ir/opcodes';
import { printRegion } from '../ir/print';
import { Random, randomBlock, TEST_LAYOUT } from '../ir/random-block';
import type { I1, I32 } from '../ir/types';
import { Machine } from './machine-fixture';
import { optimiseRegion } from './optimise';
import { parseSelection } from './passes';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const machine = new Machine();

const EXIT = { block: -1, location: 0x20000 };

const VOCABULARY: Record<string, readonly Op[]> = {
  'compare-fusion': [
    Op.sub32,
    Op.add32,
    Op.and32,
    Op.xor32,
    Op.shr_u32,
    Op.bswap32,
    Op.select32,
    Op.eq32,
    Op.ne32,
    Op.lt_s32,
    Op.le_s32,
    Op.lt_u32,
    Op.le_u32,
    Op.and1,
    Op.or1,
    Op.xor1,
    Op.not1,
    Op.select1,
    Op.overflow_add32,
    Op.overflow_sub32,
  ],
  'known-bits': [
    Op.and32,
    Op.or32,
    Op.xor32,
    Op.add32,
    Op.shl32,
    Op.shr_u32,
    Op.shr_s32,
    Op.rotr32,
    Op.zext1_32,
    Op.clz32,
    Op.ctz32,
    Op.popcnt32,
    Op.bswap32,
    Op.ext8_s32,
    Op.ext16_s32,
    Op.select32,
    Op.eq32,
    Op.ne32,
    Op.lt_s32,
    Op.le_s32,
    Op.lt_u32,
    Op.le_u32,
  ],
  'strength-reduction': [Op.and32, Op.or32, Op.xor32, Op.shl32, Op.shr_u32, Op.shr_s32, Op.mul32, Op.div_u32, Op.add32, Op.sub32],
  'byte-swap': [Op.bswap32, Op.add32],
};

describe(`rules (TSEMU_SEED=${seed})`, () => {
  it.each(Object.entries(VOCABULARY))('%s', (pass, vocabulary) => {
    const random = new Random(seed);
    let changed = 0;
    for (let k = 0; k < 400; k++) {
      const block = randomBlock(random, { ops: 40, types: ['i1', 'i32'], vocabulary, simplify: true });
      const before: BlockGraph = { blocks: [block], edges: [[EXIT]] };
      const without = optimiseRegion(before, TEST_LAYOUT, { passes: parseSelection('fold'), precise: false });
      const after = optimiseRegion(before, TEST_LAYOUT, { passes: parseSelection(`fold,${pass}`), precise: false });
      if (printRegion(without, TEST_LAYOUT) !== printRegion(after, TEST_LAYOUT)) changed++;
      for (let n = 0; n < 4; n++) {
        const start = random.word();
        if (machine.run(after, start)!.state === machine.run(before, start)!.state) continue;
        throw new Error(`before:\n${printRegion(before, TEST_LAYOUT)}\nafter:\n${printRegion(after, TEST_LAYOUT)}\nstate seed ${start}`);
      }
    }
    expect(changed).toBeGreaterThan(20);
  });
});

/** Conditions of a processor with NZCV flags, by their usual names. */
const CONDITIONS: Record<string, (ir: Builder, n: I1, z: I1, c: I1, v: I1) => I1> = {
  eq: (_ir, _n, z) => z,
  ne: (ir, _n, z) => ir.not1(z),
  cs: (_ir, _n, _z, c) => c,
  cc: (ir, _n, _z, c) => ir.not1(c),
  hi: (ir, _n, z, c) => ir.and1(c, ir.not1(z)),
  ls: (ir, _n, z, c) => ir.not1(ir.and1(c, ir.not1(z))),
  ls2: (ir, _n, z, c) => ir.or1(ir.not1(c), z),
  lt: (ir, n, _z, _c, v) => ir.xor1(n, v),
  ge: (ir, n, _z, _c, v) => ir.not1(ir.xor1(n, v)),
  gt: (ir, n, z, _c, v) => ir.and1(ir.not1(z), ir.not1(ir.xor1(n, v))),
  le: (ir, n, z, _c, v) => ir.not1(ir.and1(ir.not1(z), ir.not1(ir.xor1(n, v)))),
  le2: (ir, n, z, _c, v) => ir.or1(z, ir.xor1(n, v)),
};

const R0 = TEST_LAYOUT.index('r0');
const R1 = TEST_LAYOUT.index('r1');
const WORDS = [0, 1, -1, 2, 0x7fffffff, -0x80000000, -0x7fffffff, 100];

type Operands = (ir: Builder) => readonly [x: I32, y: I32];
const COMPARED: readonly (readonly [string, Operands])[] = [
  ['two registers', (ir) => [ir.get32(R0), ir.get32(R1)]],
  ['a register with an offset and another', (ir) => [ir.add32(ir.get32(R0), ir.const32(8)), ir.get32(R1)]],
  ...WORDS.map((k): [string, Operands] => [`a register and ${k}`, (ir) => [ir.get32(R0), ir.const32(k)]]),
  ['a register with an offset and 5', (ir) => [ir.add32(ir.get32(R0), ir.const32(-3)), ir.const32(5)]],
  ['3 and a register', (ir) => [ir.const32(3), ir.get32(R0)]],
];

describe.each(COMPARED)('conditions after comparing %s', (name, operands) => {
  it.each(Object.keys(CONDITIONS))('%s is one comparison and right', (condition) => {
    const ir = new Builder(TEST_LAYOUT);
    const [x, y] = operands(ir);
    const r = ir.sub32(x, y);
    const flags = [ir.lt_s32(r, ir.const32(0)), ir.eq32(x, y), ir.le_u32(y, x), ir.overflow_sub32(x, y)] as const;
    ir.set1(TEST_LAYOUT.index('n'), CONDITIONS[condition]!(ir, ...flags));
    const block = ir.finish(location(0), 0, 0, { kind: 'jump', target: EXIT.location });
    const before: BlockGraph = { blocks: [block], edges: [[EXIT]] };
    const after = optimiseRegion(before, TEST_LAYOUT, { passes: parseSelection('all'), precise: false });
    const comparisons = [...after.blocks[0]!.op].filter((op) => OP_IS_FLAG.has(op));
    expect({ name, condition, comparisons: comparisons.length > 1 }).toEqual({ name, condition, comparisons: false });
    for (const a of WORDS) {
      for (const b of WORDS) {
        expect(machine.runWith(after, { r0: a, r1: b })).toEqual(machine.runWith(before, { r0: a, r1: b }));
      }
    }
  });
});

/** Ops whose result is a flag, but constants. */
const OP_IS_FLAG = new Set<number>([
  Op.eq32,
  Op.ne32,
  Op.lt_s32,
  Op.le_s32,
  Op.lt_u32,
  Op.le_u32,
  Op.and1,
  Op.or1,
  Op.xor1,
  Op.not1,
  Op.overflow_sub32,
  Op.overflow_add32,
]);

describe('compare with negative', () => {
  it.each(WORDS.filter((k) => k !== -0x80000000))('fuses signed conditions after adding %d', (k) => {
    const ir = new Builder(TEST_LAYOUT);
    const x = ir.get32(R0);
    const y = ir.const32(k);
    const less = ir.xor1(ir.lt_s32(ir.add32(x, y), ir.const32(0)), ir.overflow_add32(x, y));
    ir.set1(TEST_LAYOUT.index('n'), less);
    const before: BlockGraph = { blocks: [ir.finish(location(0), 0, 0, { kind: 'jump', target: EXIT.location })], edges: [[EXIT]] };
    const after = optimiseRegion(before, TEST_LAYOUT, { passes: parseSelection('all'), precise: false });
    expect([...after.blocks[0]!.op].filter((op) => OP_IS_FLAG.has(op)).length).toBeLessThanOrEqual(1);
    for (const a of WORDS) expect(machine.runWith(after, { r0: a })).toEqual(machine.runWith(before, { r0: a }));
  });
});
