/**
 * Vectors in emitted JavaScript. JavaScript has no such values, so each lives in four words of the state memory, in
 * what the interpreter uses for its temporaries, and ops call the functions of a VectorUnit (`V`) with word indices.
 */
import type { Block } from '../ir/block';
import { Op } from '../ir/opcodes';
import { OP_NAMES } from '../ir/ops';

/** First word and end of the space for vectors. */
const FIRST = 0x800;
const END = 0x1000;

/** Gives vectors of a block their words. */
export class VectorSlots {
  private readonly free: number[] = [];
  private next = FIRST;

  clear(): void {
    this.free.length = 0;
    this.next = FIRST;
  }

  take(): number {
    const slot = this.free.pop();
    if (slot !== undefined) return slot;
    this.next += 4;
    if (this.next > END) throw new RangeError('block needs too many vectors');
    return this.next - 4;
  }

  release(slot: number): void {
    this.free.push(slot);
  }
}

/** Texts of an operand; `high` is the upper half of an i64. */
interface Operand {
  readonly text: string;
  readonly high?: string;
}

/** The call that computes the vector op i into the words at `to`. */
export function vectorCall(block: Block, i: number, to: number, operands: readonly Operand[]): string {
  const { a, b, c, d } = block;
  const [x, y, z] = operands.map((o) => o.text);
  switch (block.op[i]! as Op) {
    case Op.const128:
      return `V.constant(${to}, ${a[i]}, ${b[i]}, ${c[i]}, ${d[i]})`;
    case Op.vector1:
      return `V.unary(${b[i]}, ${to}, ${x})`;
    case Op.vector2:
      return `V.binary(${c[i]}, ${to}, ${x}, ${y})`;
    case Op.vector3:
      return `V.ternary(${d[i]}, ${to}, ${x}, ${y}, ${z})`;
    case Op.vector_shift:
      return `V.shift(${c[i]}, ${to}, ${x}, ${y})`;
    case Op.shuffle:
      return `V.shuffle(${to}, ${x}, ${y}, ${z})`;
    case Op.splat32:
      return `V.splat32(${b[i]}, ${to}, ${x})`;
    case Op.splat64:
      return `V.splat64(${to}, ${x}, ${operands[0]!.high})`;
    case Op.splatf32:
    case Op.splatf64:
      return `V.${OP_NAMES[block.op[i]!]}(${to}, ${x})`;
    case Op.insert32:
      return `V.insert32(${c[i]}, ${to}, ${x}, ${d[i]}, ${y})`;
    case Op.insert64:
      return `V.insert64(${to}, ${x}, ${d[i]}, ${y}, ${operands[1]!.high})`;
    case Op.insertf32:
    case Op.insertf64:
      return `V.${OP_NAMES[block.op[i]!]}(${to}, ${x}, ${d[i]}, ${y})`;
    default:
      throw new Error(`no JavaScript for ${OP_NAMES[block.op[i]!]}`);
  }
}

/** An op that reads a vector and gives another type, as an expression or, for an i64, its halves; undefined for other ops. */
export function vectorExpression(block: Block, i: number, operands: readonly Operand[]): Operand | undefined {
  const { b, c } = block;
  const x = operands[0]!.text;
  switch (block.op[i]! as Op) {
    case Op.vector_test:
      return { text: `V.test(${b[i]}, ${x})` };
    case Op.vector_mask:
      return { text: `V.mask(${b[i]}, ${x})` };
    case Op.extract32:
      return { text: `V.extract32(${b[i]}, ${x}, ${c[i]})` };
    case Op.extract64:
      return { text: `S[${Number(x) + 2 * c[i]!}]`, high: `S[${Number(x) + 2 * c[i]! + 1}]` };
    case Op.extractf32:
    case Op.extractf64:
      return { text: `V.${OP_NAMES[block.op[i]!]}(${x}, ${c[i]})` };
    case Op.exact:
      return { text: `exactLow(${exactArguments(operands)})`, high: `exactHigh(${exactArguments(operands)})` };
    case Op.exact_flags:
      return { text: `exactFlags(${exactArguments(operands)})` };
    default:
      return undefined;
  }
}

function exactArguments([xy, z, control]: readonly Operand[]): string {
  const first = Number(xy!.text);
  return [...[0, 1, 2, 3].map((k) => `S[${first + k}]`), z!.text, z!.high, control!.text].join(', ');
}
