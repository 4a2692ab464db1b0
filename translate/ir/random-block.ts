/**
 * Random valid blocks and regions for property tests of the printer, the passes and the back ends.
 * Everything follows from the generator's seed.
 */
import { location, successors, type Block, type Location, type Terminator } from './block';
import type { BlockGraph } from './block-graph';
import { Builder } from './builder';
import { Op } from './opcodes';
import { NARROW_ACCESSES, OP_NAMES, OP_ROWS } from './ops';
import { StateLayout, TYPE_SIZE } from './state';
import { MemFlag, type I1, type I32, type IrType, type V128 } from './types';
import { VECTOR_OPERATIONS } from './vector-ops';

/** A small state with flags and overlapping floating-point registers, for tests. */
export const TEST_LAYOUT = new StateLayout([
  ...Array.from({ length: 6 }, (_, i) => [`r${i}`, 'i32'] as const),
  ['n', 'i1'],
  ['z', 'i1'],
  ['c', 'i1'],
  ['v', 'i1'],
  ['w', 'i64', 64],
  ['d0', 'f64', 80],
  ['d1', 'f64', 88],
  ['s0', 'f32', 80],
  ['s1', 'f32', 84],
  ['s2', 'f32', 88],
  ['s3', 'f32', 92],
  ['q0', 'v128', 80],
  ['q1', 'v128', 96],
  ['d2', 'f64', 96],
  ['d3', 'f64', 104],
]);

/** Fields that random blocks leave alone: the engine's own. */
const FIRST_GUEST_FIELD = TEST_LAYOUT.index('r0');

/** Mulberry32: small, seedable, good enough to pick test cases. */
export class Random {
  constructor(private state: number) {}

  /** Uniform 32-bit word, signed. */
  word(): number {
    let t = (this.state = (this.state + 0x6d2b79f5) | 0);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return t ^ (t >>> 14);
  }

  /** Integer in [0, n). */
  below(n: number): number {
    return (this.word() >>> 0) % n;
  }

  chance(probability: number): boolean {
    return (this.word() >>> 0) / 2 ** 32 < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Words as programs hold them: small, near the limits, masks, anything. */
  interesting(): number {
    switch (this.below(5)) {
      case 0:
        return this.below(9) - 4;
      case 1:
        return this.pick([0x7fffffff, -0x80000000, 0xff, 0xffff, 0xff00, -256, 31, 32, 0x80, 0x8000]);
      case 2:
        return 1 << this.below(32);
      default:
        return this.word();
    }
  }
}

/** Addresses are `base + (x & mask)`, some with an offset. */
export interface RandomMemory {
  /** A multiple of 4. */
  readonly base: number;
  readonly mask: number;
  /**
   * Accesses that demand the alignment of a word may be at any address (default false: at multiples of 4). Tiers differ in
   * that only in loops, where compiled code does not check doublewords (emit-wasm/known-alignment.ts).
   */
  readonly unaligned?: boolean;
}

export interface RandomBlockOptions {
  /** Ops to aim for; ifs and operands add to it. */
  readonly ops: number;
  /** Value types that may occur; i1 and i32 always do. */
  readonly types?: readonly IrType[];
  /** Loads and stores; absent: no memory ops. */
  readonly memory?: RandomMemory;
  /** Build as a simplifying builder does (default false). */
  readonly simplify?: boolean;
  readonly layout?: StateLayout;
  /** Number of helpers that calls may name (default 0: no calls). */
  readonly helpers?: number;
}

const ALL_TYPES: readonly IrType[] = ['i1', 'i32', 'i64', 'f32', 'f64', 'v128'];
const PURE_OPS = OP_ROWS.flatMap((r, op) => (r.effect === undefined && r.args.length > 0 ? [op as Op] : []));
const LOADS = [Op.load8_u, Op.load8_s, Op.load16_u, Op.load16_s, Op.load32, Op.load64, Op.load128] as const;
const STORES = [Op.store8, Op.store16, Op.store32, Op.store64, Op.store128] as const;

/** Operations to choose from by opcode: all but arithmetic on floating-point lanes. */
const VECTOR_CHOICES = OP_ROWS.map((_, op) =>
  VECTOR_OPERATIONS.flatMap((o, n) => (o?.op === OP_NAMES[op] && !(o.name.startsWith('f') && o.op.startsWith('vector')) ? [n] : [])),
);

/** A random block at `start` that ends as given, or jumps to an address behind it. */
export function randomBlock(
  random: Random,
  options: RandomBlockOptions,
  start: Location = location(0x10000),
  end: (ir: Builder, condition: I1) => Terminator = () => ({ kind: 'jump', target: location(0x20000) }),
): Block {
  return new BlockMaker(random, options, start).make(end);
}

/** Bytes between the blocks of a random region. */
const BLOCK_SPACING = 0x100;

/** A region of random blocks with random branches between them, in reverse postorder; loops, irreducible ones too. */
export function randomRegion(random: Random, size: number, options: RandomBlockOptions): BlockGraph {
  const at = (i: number): Location => location(0x10000 + i * BLOCK_SPACING);
  const exit = (): Location => location(0x20000 + random.below(4) * BLOCK_SPACING);
  const blocks = Array.from({ length: size }, (_, i) =>
    randomBlock(random, options, at(i), (_ir, condition) => {
      // The next block is always a successor, so that block order is a reverse postorder; back edges go anywhere before.
      const next = i + 1 < size ? at(i + 1) : exit();
      const other = random.chance(0.4)
        ? exit()
        : at(i + 1 < size && random.chance(0.5) ? i + 1 + random.below(size - i - 1) : random.below(i + 1));
      if (random.chance(0.25)) return { kind: 'jump', target: next };
      return random.chance(0.5)
        ? { kind: 'branch', cond: condition, taken: next, otherwise: other }
        : { kind: 'branch', cond: condition, taken: other, otherwise: next };
    }),
  );
  const index = new Map(blocks.map((b, i) => [b.start, i]));
  return { blocks, edges: blocks.map((b) => successors(b.terminator).map((l) => ({ block: index.get(l) ?? -1, location: l }))) };
}

class BlockMaker {
  private readonly ir: Builder;
  private readonly layout: StateLayout;
  private readonly types: readonly IrType[];
  /** Visible values by type. */
  private values: Record<IrType, number[]> = { i1: [], i32: [], i64: [], f32: [], f64: [], v128: [] };
  /** Visible values that an access was made at; those that are known to be multiples of 4 apart. */
  private addresses: Record<'word' | 'any', I32[]> = { word: [], any: [] };
  private instructions = 0;

  constructor(
    private readonly random: Random,
    private readonly options: RandomBlockOptions,
    private readonly start: Location,
  ) {
    this.layout = options.layout ?? TEST_LAYOUT;
    this.ir = new Builder(this.layout, options.simplify ?? false);
    this.types = ['i1', 'i32', ...(options.types ?? ALL_TYPES).filter((t) => t !== 'i1' && t !== 'i32')];
  }

  make(end: (ir: Builder, condition: I1) => Terminator): Block {
    const { ir, random } = this;
    this.insn();
    while (ir.count < this.options.ops) {
      if (random.chance(0.15)) this.insn();
      else if (random.chance(0.06)) this.guarded();
      else this.step();
    }
    const terminator = end(ir, this.value('i1') as I1);
    return ir.finish(this.start, (this.start >>> 0) + 4 * this.instructions, this.instructions, terminator);
  }

  private insn(): void {
    this.ir.insn((this.start >>> 0) + 4 * this.instructions++);
  }

  private guarded(): void {
    const { ir, random } = this;
    const outside = structuredClone({ values: this.values, addresses: this.addresses });
    ir.beginIf(this.value('i1') as I1);
    for (let n = random.below(5); n >= 0; n--) this.step();
    if (random.chance(0.1)) ir.trap('undefined', this.start >>> 0);
    ir.endIf();
    this.values = outside.values;
    this.addresses = outside.addresses;
  }

  private step(): void {
    const { random } = this;
    const kind = random.below(10);
    if (kind < 2) this.read(random.pick(this.types));
    else if (kind < 5) this.write(random.pick(this.types));
    else if (kind < 7 && this.options.memory !== undefined) this.access(this.options.memory);
    else this.compute();
  }

  private fieldsOf(type: IrType): number[] {
    const fits = (t: IrType): boolean => TYPE_SIZE[t] === TYPE_SIZE[type] && (t === 'i1') === (type === 'i1');
    return this.layout.fields.flatMap((f, i) => (i >= FIRST_GUEST_FIELD && fits(f.type) ? [i] : []));
  }

  private read(type: IrType): void {
    if (type === 'v128' && this.random.chance(0.5)) {
      this.values.v128.push(this.ir.getdup64(this.random.pick(this.fieldsOf('i64'))));
      return;
    }
    const field = this.random.pick(this.fieldsOf(type));
    const { ir } = this;
    const get = {
      i1: () => ir.get1(field),
      i32: () => ir.get32(field),
      i64: () => ir.get64(field),
      f32: () => ir.getf32(field),
      f64: () => ir.getf64(field),
      v128: () => ir.get128(field),
    };
    this.values[type].push(get[type]());
  }

  private write(type: IrType): void {
    const field = this.random.pick(this.fieldsOf(type));
    const v = this.value(type);
    if (type === 'v128' && this.random.chance(0.5)) {
      this.ir.setlow64(this.random.pick(this.fieldsOf('i64')), v as V128);
      return;
    }
    const ir = this.ir as unknown as Record<string, (field: number, v: number) => void>;
    ir[{ i1: 'set1', i32: 'set32', i64: 'set64', f32: 'setf32', f64: 'setf64', v128: 'set128' }[type]]!(field, v);
  }

  private access(memory: RandomMemory): void {
    const { ir, random } = this;
    const isLoad = random.chance(0.5);
    const op = isLoad
      ? random.pick(LOADS.filter((l) => this.types.includes(OP_ROWS[l]!.result as IrType)))
      : random.pick(STORES.filter((l) => this.types.includes(OP_ROWS[l]!.args[1]!)));
    const wordAligned = !NARROW_ACCESSES.has(op) && random.chance(0.25);
    const certain = wordAligned && memory.unaligned !== true;
    const address = this.address(memory, certain || random.chance(0.4) ? 'word' : 'any');
    const offset = random.chance(0.5) ? random.below(16) & (certain ? ~3 : ~0) : 0;
    const flags =
      (random.chance(0.2) ? MemFlag.BigEndian : 0) | (random.chance(0.1) ? MemFlag.Aligned : 0) | (wordAligned ? MemFlag.WordAligned : 0);
    if (isLoad) this.values[OP_ROWS[op]!.result as IrType].push(ir.append(op, address, offset, flags));
    else ir.append(op, address, this.value(OP_ROWS[op]!.args[1]!), offset, flags);
  }

  /** A new address, or that of another access, which may have told already what a check would tell. */
  private address({ base, mask }: RandomMemory, kind: 'word' | 'any'): I32 {
    const { ir, random } = this;
    const known = kind === 'word' ? this.addresses.word : [...this.addresses.word, ...this.addresses.any];
    if (known.length > 0 && random.chance(0.5)) return random.pick(known.slice(-2));
    const taken = kind === 'word' ? mask & ~3 : mask;
    const address = ir.add32(ir.and32(this.value('i32') as I32, ir.const32(taken)), ir.const32(base));
    this.addresses[kind].push(address);
    return address;
  }

  private compute(): void {
    const { random } = this;
    const op = random.pick(PURE_OPS);
    const row = OP_ROWS[op]!;
    const isVector = row.imms?.[0] === 'vop';
    const isCall = row.imms !== undefined && !isVector;
    if (isCall && (this.options.helpers ?? 0) === 0) return;
    if (row.result === 'void' || ![row.result, ...row.args].every((t) => this.types.includes(t))) return;
    const slots = row.args.map((t) => this.value(t));
    if (op === Op.shuffle) slots[2] = this.shufflePattern();
    if (isCall) slots.push(random.below(this.options.helpers!));
    if (isVector) slots.push(...this.vectorImmediates(op));
    this.values[row.result].push(this.ir.emit(op, slots[0], slots[1], slots[2], slots[3]));
  }

  private shufflePattern(): number {
    const word = (): number => this.random.word() & 0x1f1f1f1f;
    return this.ir.const128(word(), word(), word(), word());
  }

  /** An operation without NaNs, whose patterns are the host's affair, and a lane. */
  private vectorImmediates(op: Op): number[] {
    const { random } = this;
    const operation = random.pick(VECTOR_CHOICES[op]!);
    return [operation, ...(OP_ROWS[op]!.imms!.length > 1 ? [random.below(VECTOR_OPERATIONS[operation]!.lanes)] : [])];
  }

  /** A visible value of this type, mostly a recent one, or a new constant. */
  private value(type: IrType): number {
    const { random, ir } = this;
    const known = this.values[type];
    if (known.length > 0 && random.chance(0.75))
      return random.chance(0.6) ? known[known.length - 1 - random.below(Math.min(4, known.length))]! : random.pick(known);
    const v = this.constant(type);
    if (!ir.insideIf) known.push(v);
    return v;
  }

  private constant(type: IrType): number {
    const { random, ir } = this;
    switch (type) {
      case 'i1':
        return ir.const1(random.chance(0.5));
      case 'i32':
        return ir.const32(random.interesting());
      case 'i64':
        return ir.const64(random.interesting(), random.interesting());
      case 'f32':
        return ir.constf32(random.pick([0, 0x3f800000, -0x40800000, 0x42c80000, 0x3dcccccd, 0x7f800000, 0x00000001]));
      case 'f64': {
        const [low, high] = random.pick([
          [0, 0],
          [0, 0x3ff00000],
          [0, -0x40100000],
          [0x9999999a | 0, 0x3fb99999],
          [0, 0x7ff00000],
          [1, 0],
        ] as const);
        return ir.constf64(low, high);
      }
      case 'v128':
        return ir.const128(random.interesting(), random.interesting(), random.interesting(), random.interesting());
    }
  }
}
