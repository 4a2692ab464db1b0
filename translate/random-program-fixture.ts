/**
 * Random programs for differential tests of the tiers: blocks at known locations with every kind of
 * terminator between them, in loops (irreducible ones included), calls and returns. All end, because
 * every way backwards is guarded by a field that counts down.
 */
import { location, locationPc, type Block, type Location, type Terminator } from './ir/block';
import { Builder } from './ir/builder';
import { Op } from './ir/opcodes';
import { ARG_COUNT, OP_ROWS } from './ir/ops';
import { randomBlock, TEST_LAYOUT, type Random, type RandomBlockOptions } from './ir/random-block';
import { StateLayout, type FieldSpec } from './ir/state';
import { MemFlag, TRAP_KINDS, type I1, type I32 } from './ir/types';

const FIRST_REGISTER = TEST_LAYOUT.index('r0');

/** The layout of random blocks, whose field indices stay the same, and two fields that they leave alone. */
export const PROGRAM_LAYOUT = new StateLayout([
  ...TEST_LAYOUT.fields.slice(FIRST_REGISTER).map((f): FieldSpec => [f.name, f.type, f.offset]),
  ['fuel', 'i32', TEST_LAYOUT.size],
  ['lr', 'i32', TEST_LAYOUT.size + 4],
]);
const FUEL = PROGRAM_LAYOUT.index('fuel');
const LR = PROGRAM_LAYOUT.index('lr');

export const PROGRAM_HELPERS = [
  { name: 'mix', run: (a: number, b: number, c: number): number => (Math.imul(a, 31) + Math.imul(b, 17) + c) | 0 },
  { name: 'swap', run: (a: number, b: number): number => (a >>> 16) ^ (b << 16) },
];

export interface Program {
  readonly entry: Location;
  readonly blocks: ReadonlyMap<Location, Block>;
  /** Jump tables that must be in read-only memory. */
  readonly tables: readonly { readonly address: number; readonly targets: readonly Location[] }[];
}

export interface ProgramOptions extends Omit<RandomBlockOptions, 'layout' | 'helpers'> {
  /** Blocks. */
  readonly size: number;
  /** Let accesses demand the alignment of their size, which random addresses seldom have. */
  readonly aligned: boolean;
  /** Let control flow go backwards. */
  readonly loops: boolean;
  /** Where jump tables may lie: 64 bytes a block. */
  readonly tables: number;
}

/** Bytes between jump tables. */
const TABLE_SPACING = 64;

/** Bytes between blocks. */
const SPACING = 0x400;
const BASE = 0x10000;
/** Where there is no code. */
const OUTSIDE = 0x80000;

export function randomProgram(random: Random, options: ProgramOptions): Program {
  return new ProgramMaker(random, options).make();
}

class ProgramMaker {
  private readonly locations: readonly Location[];
  private readonly tables: { readonly address: number; readonly targets: readonly Location[] }[] = [];
  /** Register that the jump table behind each block that ends in a bounding branch is indexed by. */
  private readonly indexOf = new Map<number, number>();

  constructor(
    private readonly random: Random,
    private readonly options: ProgramOptions,
  ) {
    this.locations = Array.from({ length: options.size }, (_, i) => location(BASE + i * SPACING, i > 0 && random.chance(0.1) ? 1 : 0));
  }

  make(): Program {
    const { options, locations } = this;
    const blocks = locations.map((at, i) => {
      const index = this.indexOf.get(i);
      return tame(index === undefined ? this.block(at, i) : this.tableJump(at, i, index), options.aligned);
    });
    return { entry: locations[0]!, blocks: new Map(blocks.map((b) => [b.start, b])), tables: this.tables };
  }

  private block(at: Location, i: number): Block {
    const { random, options } = this;
    const blockOptions = { ...options, ops: 3 + random.below(options.ops), helpers: PROGRAM_HELPERS.length };
    return randomBlock(random, blockOptions, at, (ir, condition) => this.terminator(ir, condition, i));
  }

  /** The block behind a bounding branch: jumps through a table in memory. */
  private tableJump(at: Location, i: number, index: number): Block {
    const { random, options } = this;
    const address = options.tables + i * TABLE_SPACING;
    this.tables.push({ address, targets: Array.from({ length: TABLE_SPACING / 4 }, () => this.plainForward(i)) });
    const ir = new Builder(TEST_LAYOUT, random.chance(0.5));
    ir.insn(locationPc(at));
    const bounded = ir.and32(ir.get32(index), ir.const32(TABLE_SPACING / 4 - 1)); // whoever comes here without a bound must stay in the table
    const entry = ir.add32(ir.shl32(bounded, ir.const32(2)), ir.const32(address));
    return ir.finish(at, locationPc(at) + 4, 1, { kind: 'indirect', target: ir.load32(entry, 0, 0), hint: 'jump', mode: 0 });
  }

  /** Bounds a register and goes to the next block, which jumps through a table indexed by it. */
  private boundingBranch(ir: Builder, i: number): Terminator {
    const { random } = this;
    const index = FIRST_REGISTER + random.below(6);
    this.indexOf.set(i + 1, index);
    const masked = ir.append(Op.and32, ir.append(Op.get32, index), ir.append(Op.const32, 7));
    ir.append(Op.set32, masked, index);
    const cond = ir.append(Op.lt_u32, masked, ir.append(Op.const32, 2 + random.below(6))) as I1;
    return { kind: 'branch', cond, taken: this.locations[i + 1]!, otherwise: this.forward(i + 1) };
  }

  private exit(): Location {
    return location(OUTSIDE + this.random.below(4) * SPACING, this.random.chance(0.1) ? 1 : 0);
  }

  private forward(i: number): Location {
    const left = this.options.size - i - 1;
    return left === 0 || this.random.chance(0.1) ? this.exit() : this.locations[i + 1 + this.random.below(Math.min(3, left))]!;
  }

  private anywhere(i: number): Location {
    return this.options.loops ? this.random.pick(this.locations) : this.forward(i);
  }

  /** A forward location in mode 0, as return addresses are. */
  private plainForward(i: number): Location {
    const l = this.forward(i);
    return location(locationPc(l)) === l ? l : location(OUTSIDE);
  }

  private terminator(ir: Builder, condition: I1, i: number): Terminator {
    const { random } = this;
    const left = ir.append(Op.sub32, ir.append(Op.get32, FUEL), ir.append(Op.const32, 1));
    ir.append(Op.set32, left, FUEL);
    const more = ir.append(Op.lt_s32, ir.append(Op.const32, 0), left) as I1;
    if (i + 2 < this.options.size && random.chance(0.1)) return this.boundingBranch(ir, i);
    const kind = random.below(20);
    if (kind < 3) return { kind: 'jump', target: this.forward(i) };
    if (kind < 5) return { kind: 'branch', cond: condition, taken: this.forward(i), otherwise: this.forward(i) };
    if (kind < 11) return this.guardedBranch(ir, condition, more, i);
    if (kind < 13) return this.switch(ir, more, i);
    if (kind < 15) return this.call(ir, i);
    if (kind < 18) return this.indirect(ir, more, i);
    if (kind < 19) return { kind: 'syscall', info: random.below(100), next: this.forward(i) };
    return { kind: 'trap', trap: random.pick(TRAP_KINDS), info: random.below(100), at: this.exit() };
  }

  private guardedBranch(ir: Builder, condition: I1, more: I1, i: number): Terminator {
    const taken = this.anywhere(i);
    const otherwise = this.forward(i);
    if (this.random.chance(0.5)) return { kind: 'branch', cond: ir.append(Op.and1, condition, more) as I1, taken, otherwise };
    const cond = ir.append(Op.or1, condition, ir.append(Op.not1, more)) as I1;
    return { kind: 'branch', cond, taken: otherwise, otherwise: taken };
  }

  private switch(ir: Builder, more: I1, i: number): Terminator {
    const { random } = this;
    const targets = Array.from({ length: random.pick([2, 4, 8]) }, (_, k) => (k === 0 ? this.forward(i) : this.anywhere(i)));
    const any = ir.append(Op.get32, FIRST_REGISTER + random.below(6));
    const bounded = ir.append(Op.and32, any, ir.append(Op.const32, targets.length - 1));
    const index = ir.append(Op.select32, more, bounded, ir.append(Op.const32, 0)) as I32;
    return { kind: 'switch', index, targets };
  }

  /** Sets the link register as a call does; returns the return address. */
  private link(ir: Builder, i: number): Location {
    const returns = this.plainForward(i);
    ir.append(Op.set32, ir.append(Op.const32, locationPc(returns) | 0), LR);
    return returns;
  }

  private call(ir: Builder, i: number): Terminator {
    return { kind: 'call', target: this.forward(i), returns: this.link(ir, i) };
  }

  private indirect(ir: Builder, more: I1, i: number): Terminator {
    const { random } = this;
    // Without loops nothing returns: the call may be far behind
    const hint = random.pick(this.options.loops ? (['jump', 'call', 'return', 'return'] as const) : (['jump', 'call'] as const));
    const address = hint === 'return' ? ir.append(Op.get32, LR) : ir.append(Op.const32, locationPc(this.anywhere(i)) | 0);
    const target = ir.append(Op.select32, more, address, ir.append(Op.const32, OUTSIDE)) as I32;
    const mode = random.chance(0.1) ? 1 : 0;
    return hint === 'call' ? { kind: 'indirect', target, hint, mode, returns: this.link(ir, i) } : { kind: 'indirect', target, hint, mode };
  }
}

/** Ops that may make a NaN, whose bit pattern is the host's affair, of operands that are none. */
const NAN_SOURCES: ReadonlySet<Op> = new Set([
  ...[Op.getf32, Op.addf32, Op.subf32, Op.mulf32, Op.divf32, Op.sqrtf32, Op.fmaf32, Op.f32_of_bits, Op.extractf32],
  ...[Op.getf64, Op.addf64, Op.subf64, Op.mulf64, Op.divf64, Op.sqrtf64, Op.fmaf64, Op.f64_of_bits, Op.extractf64],
]);

/** The same block with every NaN replaced by 0 where it arises, and unless `aligned` without accesses that demand the alignment of their size. */
function tame(block: Block, aligned: boolean): Block {
  const ir = new Builder(PROGRAM_LAYOUT, false);
  const place = new Int32Array(block.count);
  let openIf = 0;
  for (let i = 0; i < block.count; i++) {
    const op = block.op[i]! as Op;
    const row = OP_ROWS[op]!;
    const slots = [block.a[i]!, block.b[i]!, block.c[i]!, block.d[i]!];
    for (let k = 0; k < ARG_COUNT[op]!; k++) slots[k] = place[slots[k]!]!;
    const flags = row.imms?.indexOf('memflags') ?? -1;
    if (!aligned && flags >= 0) slots[ARG_COUNT[op]! + flags]! &= ~MemFlag.Aligned;
    const v = ir.append(op, ...(slots as [number, number, number, number]));
    if (op === Op.if) openIf = v;
    else if (op === Op.endif) ir.b[openIf] = v;
    place[i] = NAN_SOURCES.has(op) ? withoutNan(ir, v, row.result === 'f64') : v;
  }
  const t = block.terminator;
  const terminator: Terminator =
    t.kind === 'branch'
      ? { ...t, cond: place[t.cond]! as I1 }
      : t.kind === 'indirect'
        ? { ...t, target: place[t.target]! as I32 }
        : t.kind === 'switch'
          ? { ...t, index: place[t.index]! as I32 }
          : t;
  return ir.finish(block.start, block.end, block.instructions, terminator);
}

function withoutNan(ir: Builder, v: number, double: boolean): number {
  if (double) {
    const ordered = ir.append(Op.eqf64, v, v);
    return ir.append(Op.f64_of_bits, ir.append(Op.select64, ordered, ir.append(Op.bits_of_f64, v), ir.append(Op.const64, 0, 0)));
  }
  const ordered = ir.append(Op.eqf32, v, v);
  return ir.append(Op.f32_of_bits, ir.append(Op.select32, ordered, ir.append(Op.bits_of_f32, v), ir.append(Op.const32, 0)));
}
