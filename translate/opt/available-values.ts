/** Common subexpressions: the pure ops built so far, found by opcode and operands. */
import type { Builder } from '../ir/builder';
import type { Op } from '../ir/opcodes';
import { OP_ROWS } from '../ir/ops';

const BUCKETS = 256;

const COMMUTATIVE = Uint8Array.from(OP_ROWS, (r) => (r.commutative === true ? 1 : 0));

export class AvailableValues {
  /** Latest op of each bucket, or -1; `next` leads to older ones. */
  private readonly head = new Int32Array(BUCKETS).fill(-1);
  private next = new Int32Array(256);
  private bucket = 0;

  clear(): void {
    this.head.fill(-1);
  }

  /** An op equal to this one, or -1. Remembers the bucket for `add`. */
  find(ir: Builder, op: Op, a: number, b: number, c: number, d: number): number {
    this.bucket = bucketOf(op, a, b, c, d);
    for (let v = this.head[this.bucket]!; v >= 0; v = this.next[v]!) {
      if (ir.op[v] !== op || ir.c[v] !== c || ir.d[v] !== d) continue;
      const x = ir.a[v];
      const y = ir.b[v];
      if ((x === a && y === b) || (x === b && y === a && COMMUTATIVE[op] === 1)) return v;
    }
    return -1;
  }

  /** Adds the op that the last `find` did not find. */
  add(v: number): void {
    if (v >= this.next.length) {
      const wider = new Int32Array(2 * v);
      wider.set(this.next);
      this.next = wider;
    }
    this.next[v] = this.head[this.bucket]!;
    this.head[this.bucket] = v;
  }

  /** Forgets the ops from `start` on, as they go out of scope. */
  forgetFrom(ir: Builder, start: number): void {
    for (let v = ir.count - 1; v >= start; v--) {
      if (OP_ROWS[ir.op[v]!]!.effect !== undefined) continue;
      this.head[bucketOf(ir.op[v]!, ir.a[v]!, ir.b[v]!, ir.c[v]!, ir.d[v]!)] = this.next[v]!;
    }
  }
}

/** Symmetric in a and b, so that it serves commutative ops in both orders. */
function bucketOf(op: number, a: number, b: number, c: number, d: number): number {
  const h = Math.imul((a + b) ^ (op << 8) ^ Math.imul(c + d, 0x9e3779b1), 0x85ebca6b);
  return h >>> 24;
}
