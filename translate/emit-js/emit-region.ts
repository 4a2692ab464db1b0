/**
 * IR to readable JavaScript: one function per region, promoted state in local variables, structured
 * control flow as labelled blocks and loops.
 */
import { locationMode, locationPc } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { ENGINE_WORD, ExitCode, type StateLayout } from '../ir/state';
import { TRAP_KINDS } from '../ir/types';
import type { Edge, Node, Region, StateFlow } from '../region';
import { BlockWriter } from './emit-block';
import { functionName } from './function-name';

export interface EmitOptions {
  /** Store changed state before every access that may fault, so that handlers see exact registers. */
  readonly precise: boolean;
  /** What profiles and stack traces call it, besides `region_`. */
  readonly name?: string | undefined;
  /** Lines to put as comments before the code of the guest instructions from an address up to another. */
  readonly annotate?: ((pc: number, end: number) => readonly string[]) | undefined;
}

const { headroom: HEADROOM, exit: EXIT, exit_info: EXIT_INFO, pc: PC, mode: MODE } = ENGINE_WORD;

const hex = (pc: number): string => (pc >>> 0).toString(16);

/** Source of a function expression that runs the region and returns the next pc. */
export function emitRegion(region: Region, tree: readonly Node[], flow: StateFlow, layout: StateLayout, options: EmitOptions): string {
  return new RegionWriter(region, flow, layout, options).write(tree);
}

class RegionWriter {
  private readonly lines: string[] = [];
  private depth = 1;
  private readonly blocks: BlockWriter;
  /** Operand text of each block's terminator, once its ops are written. */
  private readonly terminatorText = new Map<number, string>();

  constructor(
    private readonly region: Region,
    private readonly flow: StateFlow,
    layout: StateLayout,
    private readonly options: EmitOptions,
  ) {
    this.blocks = new BlockWriter(flow, layout, options, (line) => this.line(line));
  }

  write(tree: readonly Node[]): string {
    const { blocks, flow } = this;
    for (const [f] of flow.promoted) this.line(blocks.declare(f, flow.liveAtStart[0]!.has(f)));
    if (this.region.blocks.some((b) => b.terminator.kind === 'dispatch')) this.line('let label = 0;');
    this.nodes(tree);
    return `function ${functionName(this.options.name ?? hex(this.region.blocks[0]!.start))}() {\n${this.lines.join('\n')}\n}`;
  }

  private line(text: string): void {
    this.lines.push('  '.repeat(this.depth) + text);
  }

  private nested(open: string, body: readonly Node[]): void {
    this.line(open);
    this.depth++;
    this.nodes(body);
    this.depth--;
    this.line('}');
  }

  private nodes(list: readonly Node[]): void {
    for (const n of list) this.node(n);
  }

  private node(n: Node): void {
    switch (n.kind) {
      case 'ops': {
        const block = this.region.blocks[n.block]!;
        if (this.options.annotate === undefined) this.line(`// 0x${hex(block.start)}`);
        this.terminatorText.set(n.block, this.blocks.write(block, this.flow.dirtyAtStart[n.block]!));
        break;
      }
      case 'block':
        this.nested(`B${n.label}: {`, n.body);
        break;
      case 'loop':
        this.nested(`L${n.label}: for (;;) {`, n.body);
        break;
      case 'if':
        this.branch(n);
        break;
      case 'switch':
        this.switch(n);
        break;
      case 'dispatch':
        this.dispatch(n);
        break;
      case 'label':
        this.line(`label = ${n.value};`);
        break;
      case 'br':
        this.jump(n);
        break;
      case 'exit':
        this.exit(n.from, n.edge);
        break;
      case 'call':
      case 'return':
        throw new Error('JavaScript regions end at calls');
      case 'leave':
        this.leave(n.block);
        break;
    }
  }

  private branch(n: Extract<Node, { kind: 'if' }>): void {
    this.line(`if (${this.terminatorText.get(n.block)}) {`);
    this.depth++;
    this.nodes(n.taken);
    this.depth--;
    this.line('} else {');
    this.depth++;
    this.nodes(n.otherwise);
    this.depth--;
    this.line('}');
  }

  private switch(n: Extract<Node, { kind: 'switch' }>): void {
    const t = this.region.blocks[n.block]!.terminator;
    const operand = this.terminatorText.get(n.block)!;
    const table = t.kind === 'indirect' ? t.table : undefined;
    const field = table?.field;
    this.line(`switch (${field === undefined ? operand : this.blocks.field(field)}) {`);
    const label = (i: number): number => (table !== undefined && field === undefined ? table.targets[i]! | 0 : i);
    n.cases.forEach((body, i) => this.nested(table === undefined && i === n.cases.length - 1 ? 'default: {' : `case ${label(i)}: {`, body));
    this.line('}');
    if (table !== undefined) this.line(`${this.blocks.store(this.flow.dirtyOut[n.block]!)}return ${operand};`);
  }

  private dispatch(n: Extract<Node, { kind: 'dispatch' }>): void {
    const t = this.region.blocks[n.block]!.terminator;
    if (t.kind !== 'dispatch') throw new Error(`a ${t.kind} does not dispatch`);
    this.line('switch (label) {');
    n.cases.forEach((body, i) => this.nested(i === n.cases.length - 1 ? 'default: {' : `case ${t.labels[i]}: {`, body));
    this.line('}');
  }

  private jump(n: Extract<Node, { kind: 'br' }>): void {
    if (!n.back) {
      this.line(`break B${n.edge.block};`);
      return;
    }
    this.line(`if (S[${HEADROOM}] === 0) { ${this.leaveTo(n.edge.location, this.flow.dirtyOut[n.from]!)} }`);
    this.line(`continue L${n.edge.block};`);
  }

  private exit(from: number, edge: Edge): void {
    this.line(this.leaveTo(edge.location, this.flow.dirtyOut[from]!));
  }

  private leaveTo(location: number, dirty: FieldSet): string {
    const pc = locationPc(location) | 0;
    const mode = locationMode(location);
    return mode === 0 ? `${this.blocks.store(dirty)}return ${pc};` : this.special(ExitCode.Relocate, 0, `${pc}`, mode, dirty);
  }

  /** Leaves by the `exit` field. */
  private special(exit: number, info: number, pc: string, mode: number, dirty: FieldSet): string {
    const words = [
      [EXIT, exit],
      [EXIT_INFO, info],
      [MODE, mode],
    ]
      .map(([w, v]) => `S[${w}] = ${v}; `)
      .join('');
    return `${this.blocks.store(dirty)}${words}S[${PC}] = ${pc}; return -1;`;
  }

  private leave(index: number): void {
    const t = this.region.blocks[index]!.terminator;
    const dirty = this.flow.dirtyAtEnd[index]!;
    switch (t.kind) {
      case 'call':
        this.line(this.leaveTo(t.target, dirty));
        break;
      case 'indirect': {
        const pc = this.terminatorText.get(index)!;
        this.line(t.mode === 0 ? `${this.blocks.store(dirty)}return ${pc};` : this.special(ExitCode.Relocate, 0, pc, t.mode, dirty));
        break;
      }
      case 'syscall':
        this.line(this.special(ExitCode.Syscall, t.info, `${locationPc(t.next) | 0}`, locationMode(t.next), dirty));
        break;
      case 'trap': {
        const exit = ExitCode.FirstTrap + TRAP_KINDS.indexOf(t.trap);
        this.line(this.special(exit, t.info, `${locationPc(t.at) | 0}`, locationMode(t.at), dirty));
        break;
      }
      default:
        throw new Error(`a ${t.kind} does not leave the region`);
    }
  }
}
