/**
 * The backward sweep over a block that all "dead" passes share: finds the ops that nothing needs.
 *
 * State liveness is tracked by 4-byte word of the state, not by field, so that overlapping fields need
 * no rules of their own: a write to d0 kills s0 and s1, a write to s0 half of d0. A read counts only
 * if its value is needed, so that `r0 = r0 + 1` does not keep itself alive.
 */
import type { Block } from '../ir/block';
import { allocateOps, terminatorValue } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_ROWS } from '../ir/ops';
import { TYPE_SIZE, type StateLayout } from '../ir/state';
import { mapTerminator } from './terminator';

export interface SweepOptions {
  /** Remove pure ops and reads of state whose values are unused, and ifs whose body is empty. */
  readonly values: boolean;
  /** Remove writes of i1 fields that nothing reads. */
  readonly flags: boolean;
  /** Remove writes of other fields that nothing reads. */
  readonly sets: boolean;
  /** Remove `insn` markers that no fault can refer to. */
  readonly markers: boolean;
  /**
   * Every memory access observes all state, as its fault handler may, but flags: who handles a fault and goes on needs only
   * those that are read later, and finding out the others would cost every loop several operations.
   */
  readonly precise: boolean;
}

const enum Class {
  Pure,
  Get,
  Set,
  /** May fault. */
  Access,
  /** Must stay, touches no state. */
  Effect,
  Marker,
  If,
  Endif,
  Trap,
}

const CLASSES = Uint8Array.from(OP_ROWS, (row, op) => {
  switch (op as Op) {
    case Op.if:
      return Class.If;
    case Op.endif:
      return Class.Endif;
    case Op.trap:
      return Class.Trap;
    case Op.insn:
      return Class.Marker;
    case Op.call0:
    case Op.fence:
      return Class.Effect;
    default:
      return row.effect === 'get' ? Class.Get : row.effect === 'set' ? Class.Set : row.effect === undefined ? Class.Pure : Class.Access;
  }
});

export class Sweeper {
  /** 1 for each word of state that is live: before `sweep` at the end of the block, after it at its start. */
  readonly live: Uint8Array;
  private readonly afterIf: Uint8Array;
  /** 1 for each word that a fault shows to the guest: all but flags. */
  private readonly visible: Uint8Array;
  private readonly firstWord: Uint16Array;
  /** Words of each field. */
  private readonly span: Uint8Array;
  /** 1 for each op that the last `sweep` found needed. */
  keep = new Uint8Array(256);
  private used = new Uint8Array(256);
  private index = new Int32Array(256);

  constructor(layout: StateLayout) {
    this.live = new Uint8Array(layout.size >> 2);
    this.afterIf = new Uint8Array(layout.size >> 2);
    this.firstWord = Uint16Array.from(layout.fields, (f) => f.offset >> 2);
    this.span = Uint8Array.from(layout.fields, (f) => TYPE_SIZE[f.type] >> 2);
    this.visible = new Uint8Array(layout.size >> 2).fill(1);
    for (const f of layout.fields) if (f.type === 'i1') this.visible[f.offset >> 2] = 0;
  }

  /** Adds what a fault or a signal shows to the guest to a set of words. */
  addVisible(words: Uint8Array): void {
    for (let w = 0; w < words.length; w++) words[w]! |= this.visible[w]!;
  }

  /** Adds the words of these fields to a set of words. */
  addFields(words: Uint8Array, fields: FieldSet): void {
    for (const f of fields) words.fill(1, this.firstWord[f]!, this.firstWord[f]! + this.span[f]!);
  }

  /** The fields any of whose words are in `words`. */
  hasField(words: Uint8Array, field: number): boolean {
    const w = this.firstWord[field]!;
    for (let k = w; k < w + this.span[field]!; k++) if (words[k] !== 0) return true;
    return false;
  }

  /** Marks what of the block must stay, given the words live at its end in `live`; returns how many ops that are. */
  sweep(block: Block, options: SweepOptions): number {
    const { count, op, a, b, c } = block;
    if (count > this.keep.length) this.reserve(count);
    const { keep, used, live } = this;
    used.fill(0, 0, count);
    const result = terminatorValue(block.terminator);
    if (result >= 0) used[result] = 1;
    let kept = 0;
    let faults = false;
    let shown = false; // all that a fault shows is live already
    let bodyStart = 0; // `kept` right after the endif of the if that the sweep is inside
    for (let i = count - 1; i >= 0; i--) {
      const o = op[i]!;
      let stays = true;
      switch (CLASSES[o]! as Class) {
        case Class.Pure:
          stays = used[i] === 1 || !options.values;
          break;
        case Class.Get:
          stays = used[i] === 1 || !options.values;
          if (stays) this.setWords(a[i]!, 1);
          break;
        case Class.Set:
          stays = !(o === Op.set1 ? options.flags : options.sets) || this.hasField(live, b[i]!);
          if (stays) {
            this.setWords(b[i]!, 0);
            shown = false;
          }
          break;
        case Class.Access:
          faults = true;
          if (options.precise && !shown) {
            this.addVisible(live);
            shown = true;
          }
          break;
        case Class.Effect:
          break;
        case Class.Marker:
          keep[i] = faults || !options.markers ? 1 : 0;
          faults = false;
          if (keep[i] === 1) {
            kept++;
            bodyStart++; // an if around nothing but a marker is empty
          }
          continue;
        case Class.Endif:
          this.afterIf.set(live);
          bodyStart = kept + 1;
          break;
        case Class.If: {
          const end = b[i]!;
          if (options.values && kept === bodyStart) {
            keep[end] = 0;
            kept--;
            stays = false;
          } else for (let w = 0; w < live.length; w++) live[w]! |= this.afterIf[w]!;
          break;
        }
        case Class.Trap:
          live.fill(1);
          break;
      }
      keep[i] = stays ? 1 : 0;
      if (!stays) continue;
      kept++;
      const n = ARG_COUNT[o]!;
      if (n > 0) used[a[i]!] = 1;
      if (n > 1) used[b[i]!] = 1;
      if (n > 2) used[c[i]!] = 1;
    }
    return kept;
  }

  /** The block without what a sweep of it found dead, the last one by default; the block itself if that is nothing. */
  compact(block: Block, kept: number, keep: Uint8Array = this.keep): Block {
    if (kept === block.count) return block;
    if (block.count > this.index.length) this.reserve(block.count);
    const { index } = this;
    const { op, a, b, c, d } = allocateOps(kept);
    let openIf = 0;
    for (let i = 0, j = 0; i < block.count; i++) {
      if (keep[i] === 0) continue;
      const o = block.op[i]!;
      const n = ARG_COUNT[o]!;
      op[j] = o;
      a[j] = n > 0 ? index[block.a[i]!]! : block.a[i]!;
      b[j] = n > 1 ? index[block.b[i]!]! : block.b[i]!;
      c[j] = n > 2 ? index[block.c[i]!]! : block.c[i]!;
      d[j] = block.d[i]!;
      if (o === Op.if) openIf = j;
      else if (o === Op.endif) b[openIf] = j;
      index[i] = j++;
    }
    const { start, end, instructions } = block;
    return { start, end, instructions, count: kept, op, a, b, c, d, terminator: mapTerminator(block.terminator, (v) => index[v]!) };
  }

  private setWords(field: number, x: 0 | 1): void {
    const w = this.firstWord[field]!;
    for (let k = w; k < w + this.span[field]!; k++) this.live[k] = x;
  }

  private reserve(count: number): void {
    this.keep = new Uint8Array(2 * count);
    this.used = new Uint8Array(2 * count);
    this.index = new Int32Array(2 * count);
  }
}
