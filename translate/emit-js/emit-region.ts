/**
 * IR to readable JavaScript: one function per region, promoted state in local variables, structured
 * control flow as labelled blocks and loops.
 */
import { locationMode, locationPc } from '../ir/block';
import { FieldSet } from '../ir/field-set';
import type { StateLayout } from '../ir/state';
import { TRAP_KINDS } from '../ir/types';
import type { Edge, Node, Region, StateFlow } from '../region';
import { BlockWriter } from './emit-block';

export interface EmitOptions {
  /** Store changed state before every access that may fault, so that handlers see exact registers. */
  readonly precise: boolean;
}

/** Word indices of the engine's fields in the state (ENGINE_FIELDS). */
const PENDING = 0;
const EXIT = 1;
const EXIT_INFO = 2;
const MODE = 4;

/** `exit` values, as runtime/engine/exit.ts decodes them. */
const EXIT_SYSCALL = 1;
const EXIT_FIRST_TRAP = 16;

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
    options: EmitOptions,
  ) {
    this.blocks = new BlockWriter(flow, layout, options.precise, (line) => this.line(line));
  }

  write(tree: readonly Node[]): string {
    const { blocks, flow } = this;
    for (const [f] of flow.promoted) this.line(blocks.declare(f, flow.loadAtEntry.has(f)));
    this.nodes(tree);
    return `function region_${hex(this.region.blocks[0]!.start)}() {\n${this.lines.join('\n')}\n}`;
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
        this.line(`// 0x${hex(block.start)}`);
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
        this.line(`switch (${this.terminatorText.get(n.block)}) {`);
        n.cases.forEach((body, i) => this.nested(i === n.cases.length - 1 ? `default: {` : `case ${i}: {`, body));
        this.line('}');
        break;
      case 'br':
        this.jump(n);
        break;
      case 'exit':
        this.exit(n.from, n.edge);
        break;
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

  private jump(n: Extract<Node, { kind: 'br' }>): void {
    if (!n.back) {
      this.line(`break B${n.label};`);
      return;
    }
    const target = this.region.blocks[n.label]!.start;
    this.line(`if (S[${PENDING}] !== 0) { ${this.leaveTo(target, this.flow.dirtyAtEnd[n.from]!)} }`);
    this.line(`continue L${n.label};`);
  }

  private exit(from: number, edge: Edge): void {
    this.line(this.leaveTo(edge.location, this.flow.dirtyAtEnd[from]!));
  }

  private leaveTo(location: number, dirty: FieldSet): string {
    const mode = locationMode(location);
    return `${this.blocks.store(dirty)}${mode === 0 ? '' : `S[${MODE}] = ${mode}; `}return ${locationPc(location) | 0};`;
  }

  private leave(index: number): void {
    const t = this.region.blocks[index]!.terminator;
    const dirty = this.flow.dirtyAtEnd[index]!;
    switch (t.kind) {
      case 'call':
        this.line(this.leaveTo(t.target, dirty));
        break;
      case 'indirect':
        this.line(`${this.blocks.store(dirty)}${t.mode === 0 ? '' : `S[${MODE}] = ${t.mode}; `}return ${this.terminatorText.get(index)};`);
        break;
      case 'syscall':
        this.line(`S[${EXIT}] = ${EXIT_SYSCALL}; S[${EXIT_INFO}] = ${t.info}; ${this.leaveTo(t.next, dirty)}`);
        break;
      case 'trap':
        this.line(`S[${EXIT}] = ${EXIT_FIRST_TRAP + TRAP_KINDS.indexOf(t.trap)}; S[${EXIT_INFO}] = ${t.info}; ${this.leaveTo(t.at, dirty)}`);
        break;
      default:
        throw new Error(`a ${t.kind} does not leave the region`);
    }
  }
}
