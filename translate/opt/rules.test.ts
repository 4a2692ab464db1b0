/** Each pass's rules on expressions of the ops they look for, against the op table's folding, and how often they find something. */
import { location, type Block } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { Builder } from '../ir/builder';
import { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';
import { printBlock } from '../ir/print';
import { Random, TEST_LAYOUT } from '../ir/random-block';
import type { I1, I32, IrType } from '../ir/types';
import { Machine } from './machine-fixture';
import { optimiseRegion } from './optimise';
import { parseSelection } from './passes';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const machine = new Machine();

const R0 = TEST_LAYOUT.index('r0');
const R1 = TEST_LAYOUT.index('r1');
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
  'byte-swap': [
    Op.bswap32,
    Op.add32,
    Op.and32,
    Op.or32,
    Op.xor32,
    Op.shl32,
    Op.shr_u32,
    Op.shr_s32,
    Op.rotr32,
    Op.eq32,
    Op.ne32,
    Op.lt_s32,
    Op.le_s32,
  ],
};

/** Few constants, so that shifts add up and comparisons meet what a select chose from. */
const CONSTANTS = [0, 1, -1, 2, 7, 8, 16, 24, 31, 0x7f, 0xff, 0xff00, 0xffff, -256, 0x7fffffff, -0x80000000];

/** A random expression over r0, r1, n and constants, of ops with at most this depth. */
function expression(ir: Builder, random: Random, vocabulary: readonly Op[], type: IrType, depth: number): number {
  const ops = vocabulary.filter((op) => OP_ROWS[op]!.result === type);
  if (depth === 0 || ops.length === 0 || random.chance(0.15)) {
    if (type === 'i1') return random.chance(0.7) ? ir.get1(TEST_LAYOUT.index('n')) : ir.const1(random.chance(0.5));
    return random.chance(0.4) ? ir.const32(random.pick(CONSTANTS)) : ir.get32(random.chance(0.7) ? R0 : R1);
  }
  const op = random.pick(ops);
  const args = OP_ROWS[op]!.args.map((t, k) =>
    t === 'i32' && k > 0 && random.chance(0.5) ? ir.const32(random.pick(CONSTANTS)) : expression(ir, random, vocabulary, t, depth - 1),
  );
  return ir.emit(op, args[0], args[1], args[2]);
}

/** What a block of gets, constants and pure ops leaves in its only field written, by the op table's own folding. */
function evaluate({ count, op, a, b, c }: Block, words: ReadonlyMap<number, number>): number | undefined {
  const value = new Int32Array(count);
  let result: number | undefined;
  for (let i = 0; i < count; i++) {
    const { effect, fold } = OP_ROWS[op[i]!]!;
    if (effect === 'get') value[i] = words.get(a[i]!)!;
    else if (effect === 'set') result = value[a[i]!]!;
    else value[i] = fold === undefined ? a[i]! : fold(value[a[i]!]!, value[b[i]!]!, value[c[i]!]!);
  }
  return result;
}

describe(`rules (TSEMU_SEED=${seed})`, () => {
  it.each(Object.entries(VOCABULARY))('%s', (pass, vocabulary) => {
    const random = new Random(seed);
    const ir = new Builder(TEST_LAYOUT);
    let changed = 0;
    for (let k = 0; k < 10000; k++) {
      ir.reset();
      const type = random.pick(vocabulary.map((op) => OP_ROWS[op]!.result as IrType));
      const v = expression(ir, random, vocabulary, type, 4);
      if (type === 'i1') ir.set1(TEST_LAYOUT.index('c'), v as I1);
      else ir.set32(TEST_LAYOUT.index('r2'), v as I32);
      const block = ir.finish(location(0), 0, 0, { kind: 'jump', target: EXIT.location });
      const region: BlockGraph = { blocks: [block], edges: [[EXIT]] };
      const optimised = (passes: string): Block =>
        optimiseRegion(region, TEST_LAYOUT, { passes: parseSelection(passes), precise: false }).blocks[0]!;
      const after = optimised(`fold,${pass}`);
      if (printBlock(optimised('fold'), TEST_LAYOUT) !== printBlock(after, TEST_LAYOUT)) changed++;
      for (let n = 0; n < 6; n++) {
        const words = new Map([
          [R0, n === 0 ? random.pick(CONSTANTS) : random.interesting()],
          [R1, random.interesting()],
          [TEST_LAYOUT.index('n'), n & 1],
        ]);
        if (evaluate(after, words) === evaluate(block, words)) continue;
        throw new Error(`${printBlock(block, TEST_LAYOUT)}\n=>\n${printBlock(after, TEST_LAYOUT)}\nwith ${[...words.values()].join(', ')}`);
      }
    }
    expect(changed).toBeGreaterThan(200);
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
