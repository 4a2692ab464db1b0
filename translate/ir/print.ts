/**
 * The textual form of the IR, for dumps and for the optimiser's file tests; parse.ts reads it back.
 * A sample:
 *
 *     block 0x00010400..0x0001040c {
 *       insn 0x00010400
 *       %0 = get32 r0
 *       %1 = const32 4
 *       %2 = lt_s32 %0, %1
 *       if %2 {
 *         set32 r0, %1
 *       }
 *       %3 = load32 %0, +8, be
 *       branch %2, 0x00010400, 0x0001040c
 *     }
 *
 * Values are numbered in order of definition. What is zero or follows from the rest is left out: the
 * mode of a location (`0x00010400/256`), the end address if it equals the start, offset and flags of
 * memory ops, and `, n insns` after the addresses if n is the number of `insn` markers.
 */
import { locationMode, locationPc, type Block, type Location, type Terminator } from './block';
import type { BlockGraph } from './block-graph';
import type { HelperTable } from './helper-table';
import { Op } from './opcodes';
import { ARG_COUNT, OP_NAMES, OP_ROWS } from './ops';
import type { StateLayout } from './state';
import { MemFlag, TRAP_KINDS, type ImmKind } from './types';
import { VECTOR_OPERATIONS } from './vector-ops';

/** How each memory flag is written. */
export const FLAG_NAMES = [
  ['be', MemFlag.BigEndian],
  ['aligned', MemFlag.Aligned],
  ['aligned4', MemFlag.WordAligned],
] as const;

/** Integers up to here are written in decimal. */
const DECIMAL_LIMIT = 0x10000;

const hex32 = (x: number): string => `0x${(x >>> 0).toString(16).padStart(8, '0')}`;

function printLocation(l: Location): string {
  const mode = locationMode(l);
  return mode === 0 ? hex32(locationPc(l)) : `${hex32(locationPc(l))}/${mode}`;
}

/**
 * A block as text, without a final newline.
 * @param helpers gives names to the helpers of call ops; without it they are written by index
 */
export function printBlock(block: Block, layout: StateLayout, helpers?: HelperTable): string {
  return new BlockPrinter(block, layout, helpers).print();
}

/** The blocks of a region with their edges as comments, without a final newline. */
export function printRegion(region: BlockGraph, layout: StateLayout, helpers?: HelperTable): string {
  const edge = (e: { block: number; location: Location }): string =>
    e.block < 0 ? `exit ${printLocation(e.location)}` : `block ${e.block}`;
  return region.blocks
    .map((b, i) => `; block ${i} -> ${region.edges[i]!.map(edge).join(', ') || 'leaves'}\n${printBlock(b, layout, helpers)}`)
    .join('\n');
}

/** Number of `insn` markers: what a block's instruction count is unless said otherwise. */
export function countMarkers(block: Pick<Block, 'count' | 'op'>): number {
  let n = 0;
  for (let i = 0; i < block.count; i++) if (block.op[i] === Op.insn) n++;
  return n;
}

class BlockPrinter {
  private readonly lines: string[] = [];
  private readonly names: Int32Array;
  private indent = '  ';

  constructor(
    private readonly block: Block,
    private readonly layout: StateLayout,
    private readonly helpers: HelperTable | undefined,
  ) {
    this.names = new Int32Array(block.count).fill(-1);
    let n = 0;
    for (let i = 0; i < block.count; i++) if (OP_ROWS[block.op[i]!]!.result !== 'void') this.names[i] = n++;
  }

  print(): string {
    const { block } = this;
    const end = block.end === locationPc(block.start) ? '' : `..${hex32(block.end)}`;
    const insns = block.instructions === countMarkers(block) ? '' : `, ${block.instructions} insns`;
    this.lines.push(`block ${printLocation(block.start)}${end}${insns} {`);
    for (let i = 0; i < block.count; i++) this.op(i);
    this.lines.push(`  ${this.terminator(block.terminator)}`, '}');
    return this.lines.join('\n');
  }

  private value(v: number): string {
    return `%${this.names[v]}`;
  }

  private op(i: number): void {
    const op = this.block.op[i]! as Op;
    if (op === Op.endif) this.indent = '  ';
    this.lines.push(this.indent + this.text(i, op));
    if (op === Op.if) this.indent = '    ';
  }

  private text(i: number, op: Op): string {
    const { a } = this.block;
    if (op === Op.if) return `if ${this.value(a[i]!)} {`;
    if (op === Op.endif) return '}';
    const row = OP_ROWS[op]!;
    const slots = this.slots(i);
    const values = slots.slice(0, ARG_COUNT[op]).map((v) => this.value(v));
    const imms = this.immediates(row.imms ?? [], slots.slice(ARG_COUNT[op]!));
    const operands = row.effect === 'set' ? [...imms, ...values] : [...values, ...imms];
    const left = row.result === 'void' ? '' : `${this.value(i)} = `;
    return `${left}${OP_NAMES[op]}${operands.length > 0 ? ' ' : ''}${operands.join(', ')}`;
  }

  private slots(i: number): number[] {
    const { a, b, c, d } = this.block;
    return [a[i]!, b[i]!, c[i]!, d[i]!];
  }

  private immediates(kinds: readonly ImmKind[], slots: readonly number[]): string[] {
    if (kinds[1] === 'hi32')
      return [
        `0x${kinds
          .map((_, k) => hex32(slots[k]!).slice(2))
          .reverse()
          .join('')}`,
      ];
    return kinds.flatMap((kind, k) => this.immediate(kind, slots[k]!));
  }

  private immediate(kind: ImmKind, x: number): string[] {
    switch (kind) {
      case 'imm32':
        return [Math.abs(x) < DECIMAL_LIMIT ? String(x) : hex32(x)];
      case 'field':
      case 'field64':
        return [this.layout.fields[x]?.name ?? `field${x}`];
      case 'vop':
        return [VECTOR_OPERATIONS[x]?.name ?? `vop${x}`];
      case 'lane':
        return [String(x)];
      case 'offset':
        return x === 0 ? [] : [x < 0 ? String(x) : `+${x}`];
      case 'memflags':
        return FLAG_NAMES.filter(([, bit]) => (x & bit) !== 0).map(([name]) => name);
      case 'helper':
        return [`@${this.helpers?.[x]?.name ?? x}`];
      case 'trap':
        return [TRAP_KINDS[x] ?? `trap${x}`];
      default:
        return [hex32(x)];
    }
  }

  private terminator(t: Terminator): string {
    switch (t.kind) {
      case 'jump':
        return `jump ${printLocation(t.target)}`;
      case 'branch':
        return `branch ${this.value(t.cond)}, ${printLocation(t.taken)}, ${printLocation(t.otherwise)}`;
      case 'call':
        return `call ${printLocation(t.target)}, returns ${printLocation(t.returns)}`;
      case 'indirect': {
        const mode = t.mode === 0 ? '' : `, mode ${t.mode}`;
        const returns = t.returns === undefined ? '' : `, returns ${printLocation(t.returns)}`;
        const table =
          t.table === undefined
            ? ''
            : `, table ${t.table.field === undefined ? 'of' : this.layout.fields[t.table.field]!.name}, ${t.table.targets.map(printLocation).join(', ')}`;
        return `indirect ${this.value(t.target)}, ${t.hint}${mode}${returns}${table}`;
      }
      case 'switch':
        return `switch ${this.value(t.index)}, ${t.targets.map(printLocation).join(', ')}`;
      case 'dispatch':
        return `dispatch ${t.targets.map((l, i) => `${t.labels[i]}: ${printLocation(l)}`).join(', ')}`;
      case 'return':
        return `return ${this.value(t.target)}, expected ${printLocation(t.expected)}`;
      case 'syscall':
        return `syscall ${t.info}, next ${printLocation(t.next)}`;
      case 'trap':
        return `trap ${t.trap}, info ${t.info}, at ${printLocation(t.at)}`;
    }
  }
}
