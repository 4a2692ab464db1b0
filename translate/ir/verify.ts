/**
 * Checks what the types cannot: that a block obeys the rules which interpreter, emitters and passes
 * rely on. Tests run it on every lifted block and after every pass.
 */
import { successors, terminatorValue, type Block, type Location, type Terminator } from './block';
import type { BlockGraph } from './block-graph';
import type { HelperTable } from './helper-table';
import { Op } from './opcodes';
import { ARG_COUNT, NARROW_ACCESSES, OP_NAMES, OP_ROWS, type OpRow } from './ops';
import { TYPE_SIZE, type StateLayout } from './state';
import { MemFlag, TRAP_KINDS, type ImmKind, type IrType } from './types';
import { VECTOR_OPERATIONS } from './vector-ops';

/** Modes fit in what a location below 2^53 leaves above the pc. */
const LOCATION_LIMIT = 2 ** 53;
const MODE_LIMIT = 2 ** 21;
const ALL_FLAGS = MemFlag.BigEndian | MemFlag.Aligned | MemFlag.WordAligned;

/** What is wrong with a block, one message per violation; empty if it is valid. */
export function verifyBlock(block: Block, layout: StateLayout, helpers?: HelperTable): string[] {
  return new BlockVerifier(block, layout, helpers).verify();
}

/** What is wrong with a region's blocks or edges. Messages name the block by index. */
export function verifyRegion(region: BlockGraph, layout: StateLayout, helpers?: HelperTable): string[] {
  const problems = region.blocks.flatMap((b, i) => verifyBlock(b, layout, helpers).map((m) => `block ${i}: ${m}`));
  if (region.edges.length !== region.blocks.length) problems.push(`${region.blocks.length} blocks but edges of ${region.edges.length}`);
  region.edges.forEach((edges, i) => {
    const possible = continuations(region.blocks[i]!.terminator);
    const expected = possible.find((c) => c.length === edges.length);
    if (expected === undefined) {
      problems.push(`block ${i}: ${edges.length} edges for ${possible.map((c) => c.length).join(' or ')} successors`);
      return;
    }
    edges.forEach((e, k) => {
      if (e.location !== expected[k]) problems.push(`block ${i}: edge ${k} goes elsewhere than the terminator`);
      const target = region.blocks[e.block];
      if (e.block >= 0 && (target === undefined || !entersAt(target, e.location)))
        problems.push(`block ${i}: edge ${k} leads to a block that starts elsewhere`);
    });
  });
  return problems;
}

const entersAt = ({ start, terminator: t }: Block, at: Location): boolean =>
  t.kind === 'dispatch' ? t.targets.includes(at) : start === at;

/** What the edges of a block may be: calls, system calls and jumps through a table leave the region or go on in it. */
function continuations(t: Terminator): readonly (readonly Location[])[] {
  switch (t.kind) {
    case 'call':
      return [[], [t.returns]];
    case 'syscall':
      return [[], [t.next]];
    case 'indirect':
      if (t.table !== undefined) return [t.table.targets];
      return t.returns === undefined ? [[]] : [[], [t.returns]];
    default:
      return [successors(t)];
  }
}

class BlockVerifier {
  private readonly problems: string[] = [];
  /** Index of the open `if`, or -1. */
  private openIf = -1;
  /** Values in [hiddenFrom, hiddenTo) of each closed `if` are not visible any more. */
  private readonly hidden: Uint8Array;
  private trapped = false;

  constructor(
    private readonly block: Block,
    private readonly layout: StateLayout,
    private readonly helpers: HelperTable | undefined,
  ) {
    this.hidden = new Uint8Array(block.count);
  }

  verify(): string[] {
    const { block } = this;
    for (const [name, array] of Object.entries({ op: block.op, a: block.a, b: block.b, c: block.c, d: block.d }))
      if (array.length < block.count) this.problems.push(`array ${name} has ${array.length} entries for ${block.count} ops`);
    if (this.problems.length > 0) return this.problems;
    for (let i = 0; i < block.count; i++) this.op(i);
    if (this.openIf >= 0) this.report(this.openIf, 'has no endif');
    this.terminator();
    return this.problems;
  }

  private report(i: number, problem: string): void {
    this.problems.push(`op ${i} (${OP_NAMES[this.block.op[i]!] ?? this.block.op[i]}): ${problem}`);
  }

  private op(i: number): void {
    const { block } = this;
    const op = block.op[i]! as Op;
    const row = OP_ROWS[op];
    if (row === undefined) {
      this.report(i, 'no such opcode');
      return;
    }
    if (this.trapped && op !== Op.endif) this.report(i, 'follows a trap');
    const slots = [block.a[i]!, block.b[i]!, block.c[i]!, block.d[i]!];
    row.args.forEach((type, k) => {
      const problem = this.operand(slots[k]!, type, i);
      if (problem !== undefined) this.report(i, `operand ${k} ${problem}`);
    });
    const imms = row.imms ?? [];
    imms.forEach((kind, k) => {
      const problem = this.immediate(kind, slots[ARG_COUNT[op]! + k]!, row, op);
      if (problem !== undefined) this.report(i, problem);
    });
    this.lanes(i, op, slots);
    for (let k = ARG_COUNT[op]! + imms.length; k < 4; k++) if (slots[k] !== 0) this.report(i, `unused slot ${k} holds ${slots[k]}`);
    this.control(i, op);
  }

  /** Lane numbers must be in range, and the pattern of a shuffle a constant. */
  private lanes(i: number, op: Op, slots: readonly number[]): void {
    const { block } = this;
    if (op === Op.shuffle) {
      const pattern = slots[2]!;
      if (block.op[pattern] !== Op.const128) this.report(i, 'has no constant pattern');
      else if ([block.a, block.b, block.c, block.d].some((s) => (s[pattern]! & 0xe0e0e0e0) !== 0)) this.report(i, 'selects bytes above 31');
    }
    const imms = OP_ROWS[op]!.imms ?? [];
    const k = imms.indexOf('lane');
    if (k < 0) return;
    const lane = slots[ARG_COUNT[op]! + k]!;
    const count = VECTOR_OPERATIONS[slots[ARG_COUNT[op]!]!]?.lanes ?? 0;
    if (lane < 0 || lane >= count) this.report(i, `no lane ${lane}`);
  }

  private control(i: number, op: Op): void {
    const { block } = this;
    if (op === Op.if) {
      if (this.openIf >= 0) this.report(i, 'is inside another if');
      this.openIf = i;
    } else if (op === Op.endif) {
      if (this.openIf < 0) this.report(i, 'has no if');
      else {
        if (block.b[this.openIf] !== i) this.report(this.openIf, `says its endif is ${block.b[this.openIf]}, not ${i}`);
        this.hidden.fill(1, this.openIf, i);
      }
      this.openIf = -1;
      this.trapped = false;
    } else if (op === Op.trap) this.trapped = true;
  }

  /** What is wrong with using value `v` as a `type` before op `user`. */
  private operand(v: number, type: IrType, user: number): string | undefined {
    if (v < 0 || v >= user) return `is op ${v}, which is not before its use`;
    const result = OP_ROWS[this.block.op[v]!]?.result;
    if (result !== type) return `is of type ${result}, not ${type}`;
    return this.hidden[v] === 1 ? `is op ${v}, defined inside an if that has ended` : undefined;
  }

  private immediate(kind: ImmKind, x: number, row: OpRow, op: Op): string | undefined {
    switch (kind) {
      case 'imm32':
        return op === Op.const1 && x !== 0 && x !== 1 ? `const1 of ${x}` : undefined;
      case 'field':
        return this.field(x, row.effect === 'set' ? row.args[0]! : (row.result as IrType));
      case 'field64':
        return this.field(x, 'i64');
      case 'vop':
        return VECTOR_OPERATIONS[x]?.op === OP_NAMES[op] ? undefined : `no vector operation ${x} for it`;
      case 'memflags':
        if ((x & MemFlag.WordAligned) !== 0 && NARROW_ACCESSES.has(op)) return 'less than a word that is aligned like one';
        return (x & ~ALL_FLAGS) === 0 ? undefined : `unknown memory flags ${x}`;
      case 'helper':
        return x < 0 || (this.helpers !== undefined && x >= this.helpers.length) ? `no helper ${x}` : undefined;
      case 'trap':
        return x >= 0 && x < TRAP_KINDS.length ? undefined : `no trap kind ${x}`;
      default:
        return undefined;
    }
  }

  /** A flag holds 0 or 1 and is only accessed as one; others may be seen as any type of their size. */
  private field(x: number, type: IrType): string | undefined {
    const f = this.layout.fields[x];
    if (f === undefined) return `no field ${x}`;
    if (TYPE_SIZE[f.type] !== TYPE_SIZE[type] || (f.type === 'i1') !== (type === 'i1'))
      return `field ${f.name} is ${f.type}, accessed as ${type}`;
    return undefined;
  }

  private terminator(): void {
    const { block } = this;
    const t = block.terminator;
    const say = (problem: string): void => void this.problems.push(`terminator (${t.kind}): ${problem}`);
    const v = terminatorValue(t);
    if (t.kind === 'branch' || t.kind === 'indirect' || t.kind === 'switch' || t.kind === 'return') {
      const problem = this.operand(v, t.kind === 'branch' ? 'i1' : 'i32', block.count);
      if (problem !== undefined) say(`its value ${problem}`);
    }
    if (this.trapped) say('follows a trap');
    for (const l of [block.start, ...mentioned(block)])
      if (!Number.isInteger(l) || l < 0 || l >= LOCATION_LIMIT) say(`${l} is not a location`);
    if (t.kind === 'switch' && t.targets.length === 0) say('has no targets');
    if (t.kind === 'indirect' && t.table !== undefined) {
      if (t.table.targets.length === 0) say('has an empty table');
      const problem = t.table.field === undefined ? undefined : this.field(t.table.field, 'i32');
      if (problem !== undefined) say(problem);
    }
    if (t.kind === 'trap' && !TRAP_KINDS.includes(t.trap)) say(`no trap kind ${t.trap}`);
    if (t.kind === 'indirect' && (!Number.isInteger(t.mode) || t.mode < 0 || t.mode >= MODE_LIMIT)) say(`${t.mode} is not a mode`);
    if (block.end !== block.end >>> 0) say(`${block.end} is not an end address`);
    if (block.instructions < 0) say(`${block.instructions} instructions`);
  }
}

/** Every location a terminator mentions. */
function mentioned(block: Block): readonly Location[] {
  const t = block.terminator;
  switch (t.kind) {
    case 'call':
      return [t.target, t.returns];
    case 'indirect':
      return [...(t.returns === undefined ? [] : [t.returns]), ...(t.table?.targets ?? [])];
    case 'trap':
      return [t.at];
    default:
      return successors(t);
  }
}
