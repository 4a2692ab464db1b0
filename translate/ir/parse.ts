/**
 * Reads the textual IR that print.ts writes. Values may have any names (`%x`), `;` starts a comment,
 * and everything print.ts leaves out has the same default here, so printing what was parsed gives the
 * same text with the values renumbered.
 *
 * The parser only checks form: operand counts, names, fields. What the ops may be combined to is the
 * verifier's business (verify.ts).
 */
import { location, locationPc, successors, type Block, type IndirectKind, type Location, type Terminator } from './block';
import type { BlockGraph } from './block-graph';
import type { HelperTable } from './helper-table';
import { Op } from './opcodes';
import { OPS, OP_ROWS, type OpName } from './ops';
import { countMarkers, FLAG_NAMES } from './print';
import type { StateLayout } from './state';
import { TRAP_KINDS, type I1, type I32, type ImmKind, type TrapKind } from './types';
import { findVectorOperation } from './vector-ops';

/** Malformed IR text. The message starts with the line number. */
export class IrSyntaxError extends Error {
  constructor(
    /** 1-based. */
    readonly line: number,
    problem: string,
  ) {
    super(`line ${line}: ${problem}`);
  }
}

/** The only block in `text`. */
export function parseBlock(text: string, layout: StateLayout, helpers: HelperTable = []): Block {
  const blocks = parseBlocks(text, layout, helpers);
  if (blocks.length !== 1) throw new IrSyntaxError(1, `expected one block, found ${blocks.length}`);
  return blocks[0]!;
}

/** All blocks in `text`, in order. */
export function parseBlocks(text: string, layout: StateLayout, helpers: HelperTable = []): Block[] {
  const blocks: Block[] = [];
  let open: BlockParser | undefined;
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/;.*/, '').trim();
    if (line === '') return;
    if (open === undefined) {
      open = new BlockParser(layout, helpers, i + 1, line);
      return;
    }
    const block = open.line(i + 1, line);
    if (block === undefined) return;
    blocks.push(block);
    open = undefined;
  });
  if (open !== undefined) throw new IrSyntaxError(text.split('\n').length, 'the block is not closed');
  return blocks;
}

/** A region of the blocks in `text`: an edge to a location where one of them starts stays inside it. */
export function parseRegion(text: string, layout: StateLayout, helpers: HelperTable = []): BlockGraph {
  const blocks = parseBlocks(text, layout, helpers);
  const index = new Map(blocks.map((b, i) => [b.start, i]));
  return { blocks, edges: blocks.map((b) => edgesOf(b.terminator).map((l) => ({ block: index.get(l) ?? -1, location: l }))) };
}

/** Where a region may go on after a terminator: behind a call, at the targets of a table, or at the successors. */
function edgesOf(t: Terminator): readonly Location[] {
  if (t.kind === 'call') return [t.returns];
  if (t.kind === 'indirect') return t.table?.targets ?? (t.returns === undefined ? [] : [t.returns]);
  return successors(t);
}

const INTEGER = /^[+-]?(0x[0-9a-f]+|\d+)$/i;

class BlockParser {
  private readonly ops: [op: number, a: number, b: number, c: number, d: number][] = [];
  private readonly values = new Map<string, number>();
  private openIf = -1;
  private terminator: Terminator | undefined;
  private readonly start: Location;
  private readonly end: number;
  private readonly instructions: number | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly helpers: HelperTable,
    private lineNumber: number,
    header: string,
  ) {
    const m = /^block\s+([^\s,{]+?)(?:\.\.([^\s,{]+))?(?:\s*,\s*(\d+)\s+insns)?\s*\{$/.exec(header);
    if (m === null) this.fail(`expected 'block <address> {', found '${header}'`);
    this.start = this.location(m[1]!);
    this.end = m[2] === undefined ? locationPc(this.start) : this.integer(m[2]) >>> 0;
    this.instructions = m[3] === undefined ? undefined : Number(m[3]);
  }

  /** Takes the next line; returns the block once it is closed. */
  line(lineNumber: number, line: string): Block | undefined {
    this.lineNumber = lineNumber;
    if (line === '}') {
      if (this.openIf < 0) return this.finish();
      this.ops[this.openIf]![2] = this.append(Op.endif);
      this.openIf = -1;
      return undefined;
    }
    if (this.terminator !== undefined) this.fail('an op follows the terminator');
    const [, name, mnemonic, rest] = /^(?:(%\S+)\s*=\s*)?(\S+)\s*(.*)$/.exec(line)!;
    const operands = rest!.trim() === '' ? [] : rest!.split(',').map((s) => s.trim());
    this.terminator = name === undefined ? this.parseTerminator(mnemonic!, operands) : undefined;
    if (this.terminator !== undefined) {
      if (this.openIf >= 0) this.fail('a terminator inside an if');
      return undefined;
    }
    if (mnemonic === 'if') this.parseIf(rest!);
    else this.parseOp(name, mnemonic!, operands);
    return undefined;
  }

  private fail(problem: string): never {
    throw new IrSyntaxError(this.lineNumber, problem);
  }

  private finish(): Block {
    if (this.terminator === undefined) this.fail('the block has no terminator');
    const { ops } = this;
    const op = Uint8Array.from(ops, (o) => o[0]);
    const slot = (k: 1 | 2 | 3 | 4): Int32Array<ArrayBuffer> => Int32Array.from(ops, (o) => o[k]);
    return {
      start: this.start,
      end: this.end,
      instructions: this.instructions ?? countMarkers({ count: ops.length, op }),
      count: ops.length,
      op,
      a: slot(1),
      b: slot(2),
      c: slot(3),
      d: slot(4),
      terminator: this.terminator,
    };
  }

  private append(op: Op, slots: readonly number[] = []): number {
    return this.ops.push([op, slots[0] ?? 0, slots[1] ?? 0, slots[2] ?? 0, slots[3] ?? 0]) - 1;
  }

  // Ops

  private parseIf(rest: string): void {
    const m = /^(%\S+)\s*\{$/.exec(rest);
    if (m === null) this.fail("expected 'if <value> {'");
    if (this.openIf >= 0) this.fail('ifs do not nest');
    this.openIf = this.append(Op.if, [this.value(m[1]!), 0]);
  }

  private parseOp(name: string | undefined, mnemonic: string, operands: string[]): void {
    if (!(mnemonic in OPS) || mnemonic === 'endif') this.fail(`no op '${mnemonic}'`);
    const op = Op[mnemonic as OpName];
    const row = OP_ROWS[op]!;
    if (name === undefined && row.result !== 'void') this.fail(`${mnemonic} has a result: expected '%name = ${mnemonic} ...'`);
    if (name !== undefined && row.result === 'void') this.fail(`${mnemonic} has no result`);
    if (name !== undefined && this.values.has(name)) this.fail(`${name} is already defined`);
    if (row.effect === 'set') operands.push(operands.shift() ?? '');
    if (operands.length < row.args.length) this.fail(`${mnemonic} takes ${row.args.length} values, found ${operands.length}`);
    const values = operands.slice(0, row.args.length).map((s) => this.value(s));
    const imms = this.immediates(mnemonic, row.imms ?? [], operands.slice(row.args.length));
    const i = this.append(op, [...values, ...imms]);
    if (name !== undefined) this.values.set(name, i);
  }

  private immediates(mnemonic: string, kinds: readonly ImmKind[], texts: string[]): number[] {
    if (kinds[1] === 'hi32') return this.words(texts, kinds.length);
    const slots = kinds.map((kind) => {
      switch (kind) {
        case 'offset':
          return texts[0] !== undefined && INTEGER.test(texts[0]) ? this.integer(texts.shift()!) : 0;
        case 'memflags':
          return this.flags(texts.splice(0));
        default:
          if (texts.length === 0) this.fail(`${mnemonic} lacks an operand`);
          return this.immediate(kind, texts.shift()!);
      }
    });
    if (texts.length > 0) this.fail(`${mnemonic} has too many operands: '${texts.join(', ')}'`);
    return slots;
  }

  private immediate(kind: ImmKind, text: string): number {
    switch (kind) {
      case 'field':
      case 'field64': {
        const i = this.layout.fields.findIndex((f) => f.name === text);
        return i >= 0 ? i : this.fail(`no state field '${text}'`);
      }
      case 'helper': {
        const i = this.helpers.findIndex((h) => `@${h.name}` === text);
        if (i < 0 && !/^@\d+$/.test(text)) this.fail(`no helper '${text}'`);
        return i >= 0 ? i : Number(text.slice(1));
      }
      case 'vop':
        return findVectorOperation(text) ?? this.fail(`no vector operation '${text}'`);
      case 'trap':
        return TRAP_KINDS.indexOf(this.trapKind(text));
      default:
        return this.integer(text);
    }
  }

  private flags(texts: readonly string[]): number {
    return texts.reduce((bits, text) => bits | (FLAG_NAMES.find(([n]) => n === text)?.[1] ?? this.fail(`no memory flag '${text}'`)), 0);
  }

  /** A constant of `count` words, lowest first. */
  private words(texts: readonly string[], count: number): number[] {
    if (texts.length !== 1 || !INTEGER.test(texts[0]!)) this.fail(`expected a ${32 * count}-bit integer, found '${texts.join(', ')}'`);
    const x = texts[0]!.startsWith('-') ? -BigInt(texts[0]!.slice(1)) : BigInt(texts[0]!);
    return Array.from({ length: count }, (_, k) => Number(BigInt.asIntN(32, x >> BigInt(32 * k))));
  }

  // Operands

  private value(text: string): number {
    const i = this.values.get(text);
    return i ?? this.fail(text.startsWith('%') ? `${text} is not defined` : `expected a value, found '${text}'`);
  }

  private integer(text: string): number {
    if (!INTEGER.test(text)) this.fail(`expected an integer, found '${text}'`);
    const x = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
    if (x < -(2 ** 31) || x >= 2 ** 32) this.fail(`${text} does not fit in 32 bits`);
    return x | 0;
  }

  private location(text: string): Location {
    const [pc, mode, ...more] = text.split('/');
    if (more.length > 0) this.fail(`expected a location, found '${text}'`);
    return location(this.integer(pc!), mode === undefined ? 0 : this.integer(mode));
  }

  private trapKind(text: string): TrapKind {
    return TRAP_KINDS.find((k) => k === text) ?? this.fail(`no trap '${text}'`);
  }

  // Terminators

  private parseTerminator(mnemonic: string, operands: readonly string[]): Terminator | undefined {
    const [x = '', y = '', z = ''] = operands;
    const counted = (n: number): void => {
      if (operands.length !== n) this.fail(`${mnemonic} takes ${n} operands, found ${operands.length}`);
    };
    switch (mnemonic) {
      case 'jump':
        counted(1);
        return { kind: 'jump', target: this.location(x) };
      case 'branch':
        counted(3);
        return { kind: 'branch', cond: this.value(x) as I1, taken: this.location(y), otherwise: this.location(z) };
      case 'call':
        counted(2);
        return { kind: 'call', target: this.location(x), returns: this.location(this.labelled(y, 'returns')) };
      case 'indirect':
        return this.indirect(operands);
      case 'switch':
        return { kind: 'switch', index: this.value(x) as I32, targets: operands.slice(1).map((t) => this.location(t)) };
      case 'syscall':
        counted(2);
        return { kind: 'syscall', info: this.integer(x), next: this.location(this.labelled(y, 'next')) };
      case 'trap':
        if (operands.length === 2) return undefined; // the op, which has just a kind and a pc
        counted(3);
        return {
          kind: 'trap',
          trap: this.trapKind(x),
          info: this.integer(this.labelled(y, 'info')),
          at: this.location(this.labelled(z, 'at')),
        };
      default:
        return undefined;
    }
  }

  private indirect(operands: readonly string[]): Terminator {
    const [target = '', hint = '', ...more] = operands;
    if (hint !== 'jump' && hint !== 'call' && hint !== 'return') this.fail(`expected jump, call or return, found '${hint}'`);
    const at = more.findIndex((text) => text.startsWith('table '));
    const table =
      at < 0
        ? undefined
        : { ...this.tableField(this.labelled(more[at]!, 'table')), targets: more.slice(at + 1).map((l) => this.location(l)) };
    let mode = 0;
    let returns: Location | undefined;
    for (const text of at < 0 ? more : more.slice(0, at)) {
      if (text.startsWith('mode ')) mode = this.integer(this.labelled(text, 'mode'));
      else returns = this.location(this.labelled(text, 'returns'));
    }
    const kind: IndirectKind = hint;
    return {
      kind: 'indirect',
      target: this.value(target) as I32,
      hint: kind,
      mode,
      ...(returns === undefined ? {} : { returns }),
      ...(table === undefined ? {} : { table }),
    };
  }

  /** The field that selects from a table; `of`: none. */
  private tableField(name: string): { readonly field?: number } {
    return name === 'of' ? {} : { field: this.immediate('field', name) };
  }

  private labelled(text: string, label: string): string {
    if (!text.startsWith(`${label} `)) this.fail(`expected '${label} ...', found '${text}'`);
    return text.slice(label.length + 1).trim();
  }
}
