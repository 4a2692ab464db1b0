/**
 * The framework of the forward passes: a block is built anew, op by op, through a Builder that asks
 * every pass's rules about each op before it is appended. Rules see only what is already built and
 * may emit further ops, which go through the rules in turn.
 */
import { terminatorValue, type Block } from '../ir/block';
import { Builder } from '../ir/builder';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_NAMES, OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import { MemFlag, type I1, type I32, type IrType } from '../ir/types';
import { AvailableValues } from './available-values';
import { swappedLoad } from './byte-swap';
import { KnownBits } from './known-bits';
import { mapTerminator } from './terminator';

/** A value that equals the op with these operands, or undefined to let it be. */
export type Rule = (w: Rewriter, op: Op, a: number, b: number, c: number) => number | undefined;

/** The rules of a pass and the ops each is for. */
export type RuleTable = readonly (readonly [rule: Rule, ...ops: Op[]])[];

export interface RewriterOptions {
  /** Fold constants, apply the builder's identities, forward state. */
  readonly fold: boolean;
  readonly rules: readonly RuleTable[];
  /** Give the same value to equal pure ops. */
  readonly shareValues: boolean;
  /** Keep track of known bits, for the rules of the pass of that name. */
  readonly knownBits: boolean;
  /** Take big-endian accesses of words apart, for the rules about swaps. */
  readonly explicitSwaps: boolean;
}

/** Decides for the `if` at index i whether its body may run unconditionally into selects. */
export type IfConversion = (block: Block, i: number) => boolean;

const NEVER: IfConversion = () => false;

export class Rewriter extends Builder {
  /** Facts about the bits of values; empty unless asked for. */
  readonly bits: KnownBits | undefined;
  private readonly rules: readonly (readonly Rule[] | undefined)[];
  private readonly available: AvailableValues | undefined;
  private readonly explicitSwaps: boolean;
  /** New value of each op of the block being rewritten. */
  private map = new Int32Array(256);
  private ifStart = 0;

  constructor(layout: StateLayout, options: RewriterOptions) {
    super(layout, options.fold);
    const byOp: Rule[][] = [];
    for (const [rule, ...ops] of options.rules.flat()) for (const op of ops) (byOp[op] ??= []).push(rule);
    this.rules = byOp;
    this.available = options.shareValues ? new AvailableValues() : undefined;
    this.bits = options.knownBits ? new KnownBits() : undefined;
    this.explicitSwaps = options.explicitSwaps;
  }

  /** An equivalent block. */
  rewrite(block: Block, convertIf: IfConversion = NEVER): Block {
    this.reset();
    this.available?.clear();
    if (block.count > this.map.length) this.map = new Int32Array(2 * block.count);
    const { map } = this;
    for (let i = 0; i < block.count; i++) {
      if (block.op[i] !== Op.if) {
        this.copy(block, i);
        continue;
      }
      const end = block.b[i]!;
      const cond = map[block.a[i]!]! as I1;
      const known = this.simplifies ? this.constantOf(cond) : undefined;
      if (known === 0) i = end;
      else if (known === 1 && block.op[end - 1] !== Op.trap) {
        for (i++; i < end; i++) this.copy(block, i);
      } else if (convertIf(block, i)) {
        for (i++; i < end; i++) this.copyGuarded(block, i, cond);
      } else {
        this.beginIf(cond);
        for (i++; i < end; i++) this.copy(block, i);
        this.endIf();
      }
    }
    const t = terminatorValue(block.terminator) < 0 ? block.terminator : mapTerminator(block.terminator, (v) => map[v]!);
    return this.finish(block.start, block.end, block.instructions, t);
  }

  private copy(block: Block, i: number): void {
    const op = block.op[i]! as Op;
    const n = ARG_COUNT[op]!;
    const { map } = this;
    const a = n > 0 ? map[block.a[i]!]! : block.a[i]!;
    const b = n > 1 ? map[block.b[i]!]! : block.b[i]!;
    const c = n > 2 ? map[block.c[i]!]! : block.c[i]!;
    const d = block.d[i]!;
    switch (OP_ROWS[op]!.effect) {
      case undefined:
        map[i] = op === Op.const32 ? this.const32(a) : op === Op.const1 ? this.const1(a !== 0) : this.emit(op, a, b, c, d);
        break;
      case 'get':
        map[i] = this[OP_NAMES[op] as 'get32'](a);
        break;
      case 'set':
        this[OP_NAMES[op] as 'set32'](b, a as I32);
        break;
      case 'load':
        map[i] = op === Op.load32 && this.isSwapped(c) ? swappedLoad(this, a, b, c) : this.append(op, a, b, c, d);
        break;
      case 'store':
        if (op === Op.store32 && this.isSwapped(d)) map[i] = this.append(op, a, this.emit(Op.bswap32, b), c, d & ~MemFlag.BigEndian);
        else map[i] = this.append(op, a, this.bits?.storedValue(this, op, b) ?? b, c, d);
        break;
      default:
        map[i] = this.append(op, a, b, c, d);
    }
  }

  private isSwapped(flags: number): boolean {
    return this.explicitSwaps && (flags & MemFlag.BigEndian) !== 0;
  }

  /** Copies an op of an if's body, with what it sets chosen by the condition. */
  private copyGuarded(block: Block, i: number, cond: I1): void {
    const op = block.op[i]! as Op;
    if (OP_ROWS[op]!.effect !== 'set') {
      this.copy(block, i);
      return;
    }
    const field = block.b[i]!;
    const { get, select, set } = GUARDED_SET[OP_ROWS[op]!.args[0] as 'i1' | 'i32' | 'i64'];
    this[set](field, this.emit(select, cond, this.map[block.a[i]!]!, this[get](field)) as never);
  }

  override emit(op: Op, a = 0, b = 0, c = 0, d = 0): number {
    const rules = this.rules[op];
    if (rules !== undefined) {
      if (OP_ROWS[op]!.commutative === true && this.constantOf(a) !== undefined) [a, b] = [b, a]; // rules look for constants on the right
      for (const rule of rules) {
        const v = rule(this, op, a, b, c);
        if (v !== undefined) return v;
      }
    }
    return super.emit(op, a, b, c, d);
  }

  override append(op: Op, a = 0, b = 0, c = 0, d = 0): number {
    const { available } = this;
    const shared = available !== undefined && OP_ROWS[op]!.effect === undefined;
    if (shared) {
      const v = available.find(this, op, a, b, c, d);
      if (v >= 0) return v;
    }
    const i = super.append(op, a, b, c, d);
    if (shared) available.add(i);
    this.bits?.note(this, i);
    return i;
  }

  override beginIf(cond: I1): void {
    super.beginIf(cond);
    this.ifStart = this.count;
  }

  override endIf(): void {
    this.available?.forgetFrom(this, this.ifStart);
    super.endIf();
  }
}

/** How a conditional write of a field becomes an unconditional one. */
const GUARDED_SET = {
  i1: { get: 'get1', select: Op.select1, set: 'set1' },
  i32: { get: 'get32', select: Op.select32, set: 'set32' },
  i64: { get: 'get64', select: Op.select64, set: 'set64' },
} as const satisfies Partial<Record<IrType, { get: `get${string}`; select: Op; set: `set${string}` }>>;
