/**
 * Recognises jump tables: an indirect jump whose target is computed from one register, constants and
 * read-only memory, behind a branch that bounds that register.
 *
 * Rather than matching each compiler's idioms, the target expression is evaluated for index 0, 1, 2, ...
 * as long as the bounding branch would come here. Nothing depends on the bound being right: emitters
 * leave by the computed target for any other index.
 */
import type { Block, Location } from '../ir/block';
import { locationMode } from '../ir/block';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_ROWS } from '../ir/ops';
import type { JumpTable } from '../ir/block';

/** Reads guest memory that cannot change without the code cache being told; undefined for other memory. */
export type ReadConstant = (address: number, size: 1 | 2 | 4) => number | undefined;

/** Longest table we follow. */
const MAX_ENTRIES = 512;

const LOAD_SIZE: Partial<Record<Op, 1 | 2 | 4>> = { [Op.load8_u]: 1, [Op.load16_u]: 2, [Op.load32]: 4 };

/**
 * The table behind the indirect jump that ends `block`.
 * @param from the block whose branch leads here
 */
export function recogniseJumpTable(block: Block, from: Block, read: ReadConstant): JumpTable | undefined {
  const t = block.terminator;
  if (t.kind !== 'indirect' || t.hint !== 'jump' || t.mode !== 0 || from.terminator.kind !== 'branch') return undefined;
  const index = onlyIndex(block, t.target);
  if (index === undefined) return undefined;
  const field = block.a[index]!;
  const bounded = valueOfField(from, field);
  if (bounded === undefined) return undefined;
  const { cond, taken } = from.terminator;
  const wanted = sameInstruction(taken, block.start) ? 1 : 0;
  const targets: Location[] = [];
  for (let k = 0; k < MAX_ENTRIES; k++) {
    if (evaluate(from, cond, bounded, k, read) !== wanted) break;
    const pc = evaluate(block, t.target, index, k, read);
    if (pc === undefined) return undefined;
    targets.push(pc >>> 0);
  }
  // Two entries at least, and a bound that was really there
  return targets.length < 2 || targets.length === MAX_ENTRIES ? undefined : { field, targets };
}

/** The program's memory and registers as they are. */
export interface Present {
  readonly read: ReadConstant;
  /** The value of a 32-bit field. */
  readonly field: (field: number) => number;
}

/** Largest distance between targets: each word in between takes an entry of the emitted table. */
const MAX_SPAN = 8192;

/**
 * The targets of a jump whose table's address (MIPS: and whose entries' base) is in registers or in memory that may change:
 * evaluated with what these hold now. Compiled code compares the computed target, so nothing depends on the guess.
 * @param seen where the jump has gone so far; a guess that does not have all of them is none
 */
export function guessJumpTable(block: Block, from: Block, present: Present, seen: readonly Location[]): JumpTable | undefined {
  const t = block.terminator;
  if (t.kind !== 'indirect' || t.hint !== 'jump' || t.mode !== 0 || from.terminator.kind !== 'branch' || seen.length === 0)
    return undefined;
  const { cond, taken } = from.terminator;
  const wanted = sameInstruction(taken, block.start) ? 1 : 0;
  for (const index of fieldReads(block)) {
    const bounded = valueOfField(from, block.a[index]!);
    if (bounded === undefined) continue;
    const targets = new Set<Location>();
    for (let k = 0; k < MAX_ENTRIES; k++) {
      if (evaluate(from, cond, bounded, k, present.read) !== wanted) break;
      const pc = evaluate(block, t.target, index, k, present.read, present.field);
      if (pc === undefined) break;
      targets.add(pc >>> 0);
    }
    const span = Math.max(...targets) - Math.min(...targets);
    if (targets.size > 1 && span < MAX_SPAN && seen.every((l) => targets.has(l))) return { targets: [...targets] };
  }
  return undefined;
}

/** The first `get32` of each field. */
function fieldReads(block: Block): number[] {
  const first = new Map<number, number>();
  for (let i = 0; i < block.count; i++) if (block.op[i] === Number(Op.get32) && !first.has(block.a[i]!)) first.set(block.a[i]!, i);
  return [...first.values()];
}

const sameInstruction = (a: Location, b: Location): boolean => a === b && locationMode(a) === locationMode(b);

/** The one `get32` that a value depends on, if no op of the block writes that field. */
function onlyIndex(block: Block, value: number): number | undefined {
  let found: number | undefined;
  const visit = (v: number): boolean => {
    const op = block.op[v]! as Op;
    if (op === Op.get32) {
      if (found !== undefined && found !== v) return false;
      found = v;
      return true;
    }
    if (OP_ROWS[op]!.effect !== undefined && LOAD_SIZE[op] === undefined) return false;
    const n = ARG_COUNT[op]!;
    return (n < 1 || visit(block.a[v]!)) && (n < 2 || visit(block.b[v]!)) && (n < 3 || visit(block.c[v]!));
  };
  if (!visit(value) || found === undefined) return undefined;
  const field = block.a[found]!;
  for (let i = 0; i < block.count; i++) if (OP_ROWS[block.op[i]!]!.effect === 'set' && block.b[i] === field) return undefined;
  return found;
}

/** The value that a field has at the end of a block: what was set last, else what was read. */
function valueOfField(block: Block, field: number): number | undefined {
  let read: number | undefined;
  let written: number | undefined;
  for (let i = 0; i < block.count; i++) {
    if (block.op[i] === Number(Op.get32) && block.a[i] === field) read ??= i;
    else if (block.op[i] === Number(Op.set32) && block.b[i] === field) written = block.a[i]!;
    else if (block.op[i] === Number(Op.if)) return undefined;
  }
  return written ?? read;
}

/** Computes a value given that value `known` is k; undefined if it depends on anything else but fields that `field` tells. */
function evaluate(
  block: Block,
  value: number,
  known: number,
  k: number,
  read: ReadConstant,
  field?: (field: number) => number,
): number | undefined {
  if (value === known) return k;
  const op = block.op[value]! as Op;
  if (op === Op.const32 || op === Op.const1) return block.a[value]!;
  if (op === Op.get32 && field !== undefined) return field(block.a[value]!);
  const row = OP_ROWS[op]!;
  const size = LOAD_SIZE[op];
  const n = ARG_COUNT[op]!;
  if (size === undefined && (row.fold === undefined || n === 0)) return undefined;
  const x = evaluate(block, block.a[value]!, known, k, read, field);
  if (x === undefined) return undefined;
  if (size !== undefined) return read((x + block.b[value]!) >>> 0, size);
  const y = n > 1 ? evaluate(block, block.b[value]!, known, k, read, field) : 0;
  const z = n > 2 ? evaluate(block, block.c[value]!, known, k, read, field) : 0;
  if (y === undefined || z === undefined) return undefined;
  return row.fold!(x, y, z) | 0;
}
