/**
 * Packs a block for the interpreter: register code over the words of the state memory.
 *
 * A state field is read where it lies and results that a `set` stores next
 * are computed right into their field, so that most reads and writes of state cost no op of their own
 * (measured on a Thumb start-up trace: 2.6 packed ops for 7 IR ops). Other values live in temporaries
 * behind the state, constants in a pool that all blocks share.
 */
import { terminatorValue, type Block } from '../ir/block';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_ROWS } from '../ir/ops';
import { TYPE_SIZE, type StateLayout } from '../ir/state';
import type { IrType } from '../ir/types';
import { CONSTANTS, ConstantPool, UNUSED } from './constant-pool';
import type { CodeStore } from './code-store';
import { endOf, packedOpcode } from './packed-op';

/** Word indices in the state memory; the CPU state lies below, the jump cache of compiled code above. */
const TEMPORARIES = 0x800;

/** How far behind an op a `set` of its result is looked for. */
const LOOK_AHEAD = 16;

export interface PackedBlock {
  /**
   * Word index of its record in the store. Ops follow: opcode, destination if any, operands, immediates; one of `End`
   * is the last. Operands are byte offsets in the state memory.
   */
  readonly record: number;
  /** Number of the block in its generation of the store. */
  readonly id: number;
  readonly generation: number;
  /** Word of the state memory that holds the terminator's operand, or -1. */
  readonly result: number;
  /** Pairs of a word index from the record on and the pc of the guest instruction that starts there. */
  readonly positions: ArrayLike<number>;
}

/** A block that can be restored in another process with the same constants. */
export interface PackedCode {
  readonly code: Int32Array;
  readonly result: number;
  readonly positions: ArrayLike<number>;
}

const enum Kind {
  Pure,
  Get,
  Set,
  Load,
  Store,
  Marker,
  If,
  Endif,
  Trap,
}

const KINDS = Uint8Array.from(OP_ROWS, (row, op): Kind => {
  switch (row.effect) {
    case 'get':
      return Kind.Get;
    case 'set':
      return Kind.Set;
    case 'load':
      return Kind.Load;
    case 'store':
      return row.result === 'void' ? Kind.Store : Kind.Load;
    case 'marker':
      return Kind.Marker;
    case 'control':
      return op === Number(Op.if) ? Kind.If : op === Number(Op.endif) ? Kind.Endif : Kind.Trap;
    default:
      return Kind.Pure;
  }
});
const HAS_RESULT = Uint8Array.from(OP_ROWS, (row) => (row.result === 'void' ? 0 : 1));
const IMMEDIATE_COUNT = Uint8Array.from(OP_ROWS, (row) => row.imms?.length ?? 0);
/** Words of a value after its first. */
const moreWords = (type: IrType | 'void'): number => (type === 'void' ? 0 : (TYPE_SIZE[type] >> 2) - 1);
/** By opcode: words of the result after the first. */
const MORE = Uint8Array.from(OP_ROWS, (row) => moreWords(row.result));
/** The op that copies a value with so many words after the first. */
const COPY: readonly Op[] = [Op.set32, Op.set64, Op.set128, Op.set128];

export class Packer {
  readonly constants: ConstantPool;
  private readonly fieldWord: Uint16Array;
  private readonly fieldMore: Uint8Array;
  private readonly freeTemporaries: number[] = [];
  private readonly freeVectors: number[] = [];
  private nextTemporary = TEMPORARIES;

  // The block at hand, by value
  private block!: Block;
  private keep: Uint8Array | undefined;
  private place = new Int32Array(256);
  private left = new Int32Array(256);
  /** Values that are read where a state field lies. */
  private aliases: number[] = [];

  /** @param words the state memory */
  constructor(
    layout: StateLayout,
    words: Int32Array,
    private readonly store: CodeStore,
  ) {
    if (layout.size > TEMPORARIES * 4) throw new RangeError('CPU state reaches into the temporaries');
    this.constants = new ConstantPool(words);
    this.fieldWord = Uint16Array.from(layout.fields, (f) => f.offset >> 2);
    this.fieldMore = Uint8Array.from(layout.fields, (f) => moreWords(f.type));
  }

  /**
   * @param keep 0 for ops to leave out (see Sweeper); absent: all stay
   * @param runs see RECORD.left
   */
  pack(block: Block, keep: Uint8Array | undefined, runs: number): PackedBlock {
    const { store } = this;
    this.block = block;
    this.keep = keep;
    const id = store.count;
    const record = store.begin(runs);
    this.aliases.length = 0;
    this.freeTemporaries.length = 0;
    this.freeVectors.length = 0;
    this.nextTemporary = TEMPORARIES;
    if (block.count > this.place.length) {
      this.place = new Int32Array(2 * block.count);
      this.left = new Int32Array(2 * block.count);
    }
    this.countUses();
    const positions: number[] = [];
    let openIf = 0;
    for (let i = 0; i < block.count; i++) {
      if (keep !== undefined && keep[i] === 0) continue;
      switch (KINDS[block.op[i]!]! as Kind) {
        case Kind.Pure:
          this.pure(i);
          break;
        case Kind.Get:
          if (block.op[i] === Number(Op.getdup64)) {
            this.duplicate(i);
            break;
          }
          this.place[i] = this.fieldWord[block.a[i]!]!;
          if (this.left[i] !== 0) this.aliases.push(i);
          break;
        case Kind.Set:
          this.set(i);
          break;
        case Kind.Load:
        case Kind.Store:
          this.operation(i);
          break;
        case Kind.Marker:
          positions.push(store.end - record, block.a[i]!);
          break;
        case Kind.If:
          openIf = this.beginIf(i);
          break;
        case Kind.Endif:
          store.words[openIf] = (store.end - openIf + 2) * 4;
          break;
        case Kind.Trap:
          this.put(Op.trap);
          this.put(block.a[i]!);
          this.put(block.b[i]!);
          break;
      }
    }
    const v = terminatorValue(block.terminator);
    const result = v < 0 ? -1 : this.place[v]!;
    this.put(endOf(block.terminator));
    if (v >= 0) this.operand(result);
    return { record, id, generation: store.generation, result, positions };
  }

  private put(x: number): void {
    this.store.put(x);
  }

  /** A word of the state memory. */
  private operand(word: number): void {
    this.store.put(word * 4);
  }

  private countUses(): void {
    const { block, left, keep } = this;
    const { op, a, b, c, count } = block;
    left.fill(0, 0, count);
    for (let i = 0; i < count; i++) {
      if (keep !== undefined && keep[i] === 0) continue;
      const n = ARG_COUNT[op[i]!]!;
      if (n > 0) left[a[i]!]!++;
      if (n > 1) left[b[i]!]!++;
      if (n > 2) left[c[i]!]!++;
    }
    const v = terminatorValue(block.terminator);
    if (v >= 0) left[v]!++;
  }

  // Places

  /** @param more words after the first */
  private temporary(more: number): number {
    const t = (more > 1 ? this.freeVectors : this.freeTemporaries).pop();
    if (t !== undefined) return t;
    const size = more > 1 ? 4 : 2;
    this.nextTemporary += size;
    if (this.nextTemporary > CONSTANTS) throw new RangeError('block needs too many temporaries');
    return this.nextTemporary - size;
  }

  /** Uses up one reference to a value. */
  private consume(v: number): void {
    if (--this.left[v]! !== 0 || this.place[v]! < TEMPORARIES || this.place[v]! >= CONSTANTS) return;
    (MORE[this.block.op[v]!]! > 1 ? this.freeVectors : this.freeTemporaries).push(this.place[v]!);
  }

  /** Gives values that are read from words about to change a temporary of their own. */
  private rescue(word: number, more: number): void {
    const { aliases, place, left } = this;
    let kept = 0;
    for (const v of aliases) {
      if (left[v] === 0) continue;
      const at = place[v]!;
      const wide = MORE[this.block.op[v]!]!;
      if (at > word + more || at + wide < word) {
        aliases[kept++] = v;
        continue;
      }
      const t = this.temporary(wide);
      this.put(COPY[wide]!);
      this.operand(t);
      this.operand(at);
      place[v] = t;
    }
    aliases.length = kept;
  }

  // Ops

  private pure(i: number): void {
    const { block } = this;
    const op = block.op[i]!;
    if (op === Number(Op.const32) || op === Number(Op.const1) || op === Number(Op.constf32)) {
      const k = this.constants.place(block.a[i]!);
      if (k >= 0) {
        this.place[i] = k;
        return;
      }
    }
    this.operation(i);
  }

  /** An op as it is: opcode, destination, operands, immediates. */
  private operation(i: number): void {
    const { block, place } = this;
    const op = block.op[i]!;
    const n = ARG_COUNT[op]!;
    const at = this.store.end;
    const hasResult = HAS_RESULT[op] === 1;
    this.put(packedOpcode(op, slot(block, i, n + 1)));
    if (hasResult) this.put(0);
    for (let k = 0; k < n; k++) this.operand(place[slot(block, i, k)]!);
    for (let k = n; k < n + IMMEDIATE_COUNT[op]!; k++) this.put(slot(block, i, k));
    for (let k = 0; k < n; k++) this.consume(slot(block, i, k));
    if (!hasResult) return;
    place[i] = this.left[i] === 0 ? UNUSED : this.destination(i);
    this.store.words[at + 1] = place[i]! * 4;
  }

  /** The field that a `set` is about to store the result in, if nothing in between can tell; else a temporary. */
  private destination(i: number): number {
    const { block, keep } = this;
    const end = Math.min(block.count, i + LOOK_AHEAD);
    for (let j = i + 1; j < end; j++) {
      if (keep !== undefined && keep[j] === 0) continue;
      const kind = KINDS[block.op[j]!]! as Kind;
      if (kind === Kind.Set && block.a[j] === i) {
        const field = block.b[j]!;
        const word = this.fieldWord[field]!;
        const more = this.fieldMore[field]!;
        if (more !== MORE[block.op[i]!] || !this.untouched(word, more, i, j)) break;
        this.aliases.push(i);
        return word;
      }
      if (kind !== Kind.Pure && kind !== Kind.Get && kind !== Kind.Set && kind !== Kind.Marker) break;
    }
    return this.temporary(MORE[block.op[i]!]!);
  }

  /** True if no value that is still needed lies in the words, and no op between i and j accesses them. */
  private untouched(word: number, more: number, i: number, j: number): boolean {
    const { block, place, left, aliases } = this;
    for (let n = 0; n < aliases.length; n++) {
      const v = aliases[n]!;
      if (left[v] !== 0 && place[v]! <= word + more && place[v]! + MORE[block.op[v]!]! >= word) return false;
    }
    for (let k = i + 1; k < j; k++) {
      const kind = KINDS[block.op[k]!]! as Kind;
      if (kind !== Kind.Get && kind !== Kind.Set) continue;
      const f = kind === Kind.Get ? block.a[k]! : block.b[k]!;
      if (this.fieldWord[f]! <= word + more && this.fieldWord[f]! + this.fieldMore[f]! >= word) return false;
    }
    return true;
  }

  /** A doubleword field into both halves of a vector: unlike other reads a copy. */
  private duplicate(i: number): void {
    if (this.left[i] === 0) return;
    const t = this.temporary(MORE[Op.getdup64]!);
    this.put(Op.getdup64);
    this.operand(t);
    this.operand(this.fieldWord[this.block.a[i]!]!);
    this.place[i] = t;
  }

  private set(i: number): void {
    const { block, place } = this;
    const v = block.a[i]!;
    const field = block.b[i]!;
    const word = this.fieldWord[field]!;
    if (place[v] === word && MORE[block.op[v]!] === this.fieldMore[field]) {
      this.consume(v);
      return;
    }
    this.rescue(word, this.fieldMore[field]!);
    this.put(COPY[this.fieldMore[field]!]!);
    this.operand(word);
    this.operand(place[v]!);
    this.consume(v);
  }

  /** Returns the index of the word to patch with how far behind the op the body ends, in bytes. */
  private beginIf(i: number): number {
    const { block, keep } = this;
    const cond = block.a[i]!;
    // What the body overwrites must be saved on both ways.
    for (let j = i + 1; j < block.b[i]!; j++) {
      if (KINDS[block.op[j]!] !== Number(Kind.Set) || (keep !== undefined && keep[j] === 0)) continue;
      const f = block.b[j]!;
      this.rescue(this.fieldWord[f]!, this.fieldMore[f]!);
    }
    this.put(Op.if);
    this.operand(this.place[cond]!);
    this.consume(cond);
    this.put(0);
    return this.store.end - 1;
  }
}

function slot(block: Block, i: number, k: number): number {
  return k === 0 ? block.a[i]! : k === 1 ? block.b[i]! : k === 2 ? block.c[i]! : block.d[i]!;
}
