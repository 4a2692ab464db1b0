/**
 * Whether code that reads a floating-point status register looks at its exceptions. Most does not: printf, strtod, sin and
 * the like only want to know how it rounds, or write it back, and must not make a program slow.
 */
import type { Block } from './block';
import { Builder } from './builder';
import { Op } from './opcodes';
import type { StateLayout } from './state';
import type { Value } from './types';

export interface StatusRegister {
  /** Its exception bits: those that only exact code keeps. */
  readonly exceptions: number;
  /** State fields that functions return results in. */
  readonly results: readonly number[];
  /**
   * State field of the stack pointer, where the register is only got at by way of a floating-point register and the stack
   * (PowerPC): its copies are followed, and a store elsewhere wants the exceptions. Otherwise it is read into a register at
   * once: only that is looked at, and a store counts only where the function ends with it, as fegetenv does.
   */
  readonly stack?: number;
}

/** How far behind a read its uses are looked for. */
const PROBED_INSTRUCTIONS = 16;

/** A mask that clears fewer bits is for another field, which is about to be replaced. */
const BITS_OF_FIELD = 8;

/** Finds out what reads of a status register are for, by lifting what follows them with a builder of its own. */
export class StatusReads {
  private ir: Builder | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly register: StatusRegister,
  ) {}

  /**
   * @param lift lifts the code from the read on, up to so many instructions; `read` must be called with what reads of the
   *   register give, and returns it
   */
  wantExceptions(lift: (ir: Builder, maxInstructions: number, read: <V extends Value>(value: V) => V) => Block): boolean {
    let first: number | undefined;
    const block = lift((this.ir ??= new Builder(this.layout)), PROBED_INSTRUCTIONS, (value) => {
      first ??= value;
      return value;
    });
    return first !== undefined && new StatusUses(block, first, this.register).wantExceptions();
  }
}

/** The uses of the first status value in a block that a simplifying builder has made. */
class StatusUses {
  private readonly highest: number;
  private readonly returns: boolean;
  /** The value, and where copies are followed, those with all the exceptions. */
  private readonly copies: Set<number>;
  /** Where in the stack copies are: the value that the address is made from, and an offset. */
  private readonly stored = new Set<string>();
  /** Results that are copies. */
  private readonly returned = new Set<number>();

  constructor(
    private readonly block: Block,
    private readonly status: number,
    private readonly register: StatusRegister,
  ) {
    const { terminator, op, a } = block;
    this.highest = 31 - Math.clz32(register.exceptions);
    this.returns = terminator.kind === 'indirect' && terminator.hint === 'return';
    this.copies = new Set([status, ...(op[status] === Op.extend_u32 ? [a[status]!] : [])]);
  }

  wantExceptions(): boolean {
    for (let i = this.status + 1; i < this.block.count; i++) if (this.looks(i)) return true;
    return this.returns && this.returned.size > 0;
  }

  /** Whether an op tells exceptions apart, or gives them to what is not in the block. */
  private looks(i: number): boolean {
    const { block, copies } = this;
    const [x, y] = [block.a[i]!, block.b[i]!];
    switch (block.op[i]! as Op) {
      case Op.low64:
        if (copies.has(x)) copies.add(i);
        return false;
      case Op.or32:
        if (copies.has(x) || copies.has(y)) this.follow(i);
        return false;
      case Op.and32:
      case Op.and64:
        return (copies.has(x) || copies.has(y)) && this.masks(i, this.constant(copies.has(x) ? y : x));
      case Op.shl32:
        return copies.has(x) && this.keepsLow(this.constant(y) ?? 0);
      case Op.shr_u32:
        return copies.has(x) && (this.constant(y) ?? 0) <= this.highest;
      case Op.rotr32:
        return copies.has(x);
      case Op.store64:
      case Op.store32:
        return copies.has(y) && this.leaves(x, block.c[i]! + (block.op[i] === Op.store64 ? 4 : 0));
      case Op.load32:
        if (this.stored.has(slotOf(x, y))) copies.add(i);
        return false;
      case Op.set32:
      case Op.set64:
      case Op.setf64:
        if (this.register.results.includes(y) && copies.has(x)) this.returned.add(y);
        else this.returned.delete(y);
        return false;
      default:
        return false;
    }
  }

  private constant(v: number): number | undefined {
    return this.block.op[v] === Op.const32 ? this.block.a[v]! : undefined;
  }

  /** Notes a value that has all the exceptions, where copies are followed. */
  private follow(v: number): boolean {
    if (this.register.stack === undefined) return false;
    this.copies.add(v);
    return true;
  }

  /** An `and` of a copy: one that leaves most of a word and all exceptions looks at none of them. */
  private masks(i: number, mask: number | undefined): boolean {
    if (mask === undefined) return true;
    const kept = mask & this.register.exceptions;
    if (kept === 0) return false;
    if (kept !== this.register.exceptions) return true;
    return !this.follow(i) && onesOf(~mask) >= BITS_OF_FIELD;
  }

  /** Whether a shift to the left leaves exceptions, and nothing above them. */
  private keepsLow(shift: number): boolean {
    return shift >= 31 - this.highest && ((0xffffffff >>> shift) & this.register.exceptions) !== 0;
  }

  /** A store of a copy, whose low word lies at `base` + `offset`. */
  private leaves(base: number, offset: number): boolean {
    const { block, register } = this;
    if (register.stack === undefined) return this.returns;
    const pointer = block.op[base] === Op.add32 ? block.a[base]! : base;
    if (block.op[pointer] !== Op.get32 || block.a[pointer] !== register.stack) return true;
    this.stored.add(slotOf(base, offset));
    return false;
  }
}

const slotOf = (base: number, offset: number): string => `${base}+${offset}`;

function onesOf(word: number): number {
  let ones = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}
