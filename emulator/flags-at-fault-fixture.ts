/**
 * Which flags a fault has to show: those that the code around it reads before it writes them. Found apart from the optimiser,
 * whose sweeps decide what code computes.
 */
import type { Block } from '../translate/ir/block';
import type { BlockGraph } from '../translate/ir/block-graph';
import { Op } from '../translate/ir/opcodes';
import { OP_ROWS } from '../translate/ir/ops';
import type { StateLayout } from '../translate/ir/state';

type Flags = Set<number>;

export class FlagsAtFaults {
  private readonly all: Flags;
  /** Of each compiled instruction that may fault, by its address: what is read behind it in all the code that has been made of it. */
  private readonly known = new Map<number, Flags>();

  constructor(private readonly layout: StateLayout) {
    this.all = new Set(layout.fields.flatMap((f, i) => (f.type === 'i1' ? [i] : [])));
  }

  /** Notes the code of a region as it was compiled, or of a block as it is interpreted. */
  add({ blocks, edges }: BlockGraph): void {
    const atStart = blocks.map((): Flags => new Set());
    const atEnd = (i: number): Flags => {
      const next = edges[i]!;
      const leaves = next.length === 0 || otherCodeFollows(blocks[i]!) || next.some((e) => e.block < 0);
      return leaves ? new Set(this.all) : new Set(next.flatMap((e) => [...atStart[e.block]!]));
    };
    for (let changed = true; changed;) {
      changed = false;
      for (let i = blocks.length - 1; i >= 0; i--) {
        const live = this.readFrom(blocks[i]!, atEnd(i));
        if (live.size > atStart[i]!.size) changed = true;
        atStart[i] = live;
      }
    }
    blocks.forEach((b, i) => this.readFrom(b, atEnd(i), (pc, live) => this.note(pc, live)));
  }

  /** Names of the flags that a fault at a guest address has to show. */
  at(pc: number): ReadonlySet<string> {
    return new Set([...(this.known.get(pc) ?? [])].map((f) => this.layout.fields[f]!.name));
  }

  private note(pc: number, live: ReadonlySet<number>): void {
    const before = this.known.get(pc) ?? this.all;
    this.known.set(pc, new Set([...before].filter((f) => live.has(f))));
  }

  /** Goes backwards through a block; returns what is read from its start on, and says what is behind each access. */
  private readFrom(block: Block, live: Flags, onAccess?: (pc: number, live: Flags) => void): Flags {
    let pending: Flags[] = [];
    let conditional = false;
    for (let i = block.count - 1; i >= 0; i--) {
      const op = block.op[i]! as Op;
      const { effect } = OP_ROWS[op]!;
      if (op === Op.endif) conditional = true;
      else if (op === Op.if) conditional = false;
      else if (op === Op.trap) this.all.forEach((f) => live.add(f));
      else if (op === Op.get1) live.add(block.a[i]!);
      else if (op === Op.set1 && !conditional) live.delete(block.b[i]!);
      else if (op === Op.insn) {
        for (const p of pending) onAccess?.(block.a[i]! >>> 0, p);
        pending = [];
      } else if (effect === 'load' || effect === 'store') pending.push(new Set(live));
    }
    return live;
  }
}

const otherCodeFollows = ({ terminator: t }: Block): boolean =>
  t.kind === 'call' || t.kind === 'syscall' || t.kind === 'trap' || (t.kind === 'indirect' && t.table === undefined);
