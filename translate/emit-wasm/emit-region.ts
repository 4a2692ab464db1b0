/** A region as one WebAssembly function that returns the guest pc to go on at. */
import { locationMode, locationPc, type Location } from '../ir/block';
import { ExitCode, type StateLayout } from '../ir/state';
import { TRAP_KINDS } from '../ir/types';
import { innermostLoopBlocks, type Node, type Region, type StateFlow } from '../region';
import type { CodePosition } from './emit-block';
import { Encoder } from './encoder';
import { DEPTH, LABEL_SHIFT, NO_LABEL, TransferWriter, type Callee, type WasmEmitOptions } from './emit-transfers';
import { VALUE_TYPE, W } from './opcodes';

/** A function body with its local declarations, and where each guest instruction's code begins in it. */
export interface WasmFunction {
  readonly body: Uint8Array;
  readonly positions: readonly CodePosition[];
  /** Offsets in the body of `if` instructions whose condition hardly ever holds, in increasing order. */
  readonly unlikely: readonly number[];
  /** Local of each state field that is kept in one. */
  readonly fieldLocals: ReadonlyMap<number, number>;
  /** What profiles and stack traces call it. */
  readonly name?: string | undefined;
}

/**
 * Times a function may take back edges before it returns to the dispatcher, which looks for pending
 * signals and enters it again: V8 has no on-stack replacement for WebAssembly, so a loop that never
 * left would stay in its baseline code. Counting in a local is cheaper than polling a word of memory.
 */
const BACK_EDGES = 20000;

export function emitRegion(
  region: Region,
  tree: readonly Node[],
  flow: StateFlow,
  layout: StateLayout,
  options: WasmEmitOptions,
): WasmFunction {
  return new RegionWriter(region, flow, layout, options).write(tree);
}

/** A function that enters a region of the module at another entry than its root. */
export function emitEntry({ function: index, label }: Callee): WasmFunction {
  const out = new Encoder();
  out.byte(0); // no locals
  out.byte(W.local_get);
  out.u32(DEPTH);
  out.byte(W.i32_const);
  out.s32(label << LABEL_SHIFT);
  out.byte(W.i32_or);
  out.byte(W.return_call);
  out.u32(index);
  out.byte(W.end);
  return { body: out.result(), positions: [], unlikely: [], fieldLocals: new Map() };
}

class RegionWriter extends TransferWriter {
  /** 1 for the blocks of innermost loops. */
  private readonly innermost: Uint8Array;

  constructor(
    private readonly region: Region,
    flow: StateFlow,
    layout: StateLayout,
    options: WasmEmitOptions,
  ) {
    super(flow, layout, options);
    this.innermost = innermostLoopBlocks(region);
  }

  write(tree: readonly Node[]): WasmFunction {
    if (this.region.blocks[0]!.terminator.kind === 'dispatch') this.takeLabel();
    this.blocks.loadFields(this.flow.liveAtStart[0]!);
    if (this.region.edges.some((list, from) => list.some((e) => e.block >= 0 && e.block <= from))) {
      this.blocks.constant(BACK_EDGES);
      this.blocks.local(W.local_set, this.fuel());
    }
    this.withExits(() => this.nodes(tree));
    this.fillDepths();
    this.out.byte(W.end);
    const declarations = localDeclarations(this.blocks.locals.map((t) => VALUE_TYPE[t]));
    const body = new Uint8Array(declarations.length + this.out.length);
    body.set(declarations);
    body.set(this.out.bytes.subarray(0, this.out.length), declarations.length);
    const positions = this.blocks.positions.map((p) => ({ ...p, offset: p.offset + declarations.length }));
    const unlikely = this.blocks.unlikely.map((offset) => offset + declarations.length);
    return { body, positions, unlikely, fieldLocals: this.blocks.fieldLocal };
  }

  /** Splits the label from the parameter. */
  private takeLabel(): void {
    const { blocks, out } = this;
    blocks.local(W.local_get, DEPTH);
    blocks.constant(LABEL_SHIFT);
    out.byte(W.i32_shr_u);
    blocks.local(W.local_set, this.label());
    blocks.local(W.local_get, DEPTH);
    blocks.constant((1 << LABEL_SHIFT) - 1);
    out.byte(W.i32_and);
    blocks.local(W.local_set, DEPTH);
  }

  private nodes(list: readonly Node[]): void {
    for (const n of list) this.node(n);
  }

  private node(n: Node): void {
    const { out, region, blocks, flow } = this;
    switch (n.kind) {
      case 'ops':
        blocks.write(region.blocks[n.block]!, flow.dirtyAtStart[n.block]!, flow.storedAtEnd[n.block], this.innermost[n.block] === 1);
        break;
      case 'block':
        this.open(W.block, blockLabel(n.label));
        this.nodes(n.body);
        this.close();
        break;
      case 'loop':
        this.open(W.loop, loopLabel(n.label));
        this.nodes(n.body);
        this.close();
        out.byte(W.unreachable);
        break;
      case 'if':
        blocks.pushTerminatorOperand(region.blocks[n.block]!);
        this.open(W.if, NO_LABEL);
        this.nodes(n.taken);
        out.byte(W.else);
        this.nodes(n.otherwise);
        this.close();
        out.byte(W.unreachable);
        break;
      case 'switch':
        this.switch(n);
        break;
      case 'dispatch':
        this.dispatch(n);
        break;
      case 'label':
        blocks.constant(n.value);
        blocks.local(W.local_set, this.label());
        break;
      case 'br':
        this.jump(n);
        break;
      case 'exit':
        this.leaveTo(n.edge.location, flow.dirtyOut[n.from]!);
        break;
      case 'call':
        this.call(n.block);
        break;
      case 'return':
        this.expectReturn(n.block);
        break;
      case 'leave':
        this.leave(n.block);
        break;
    }
  }

  /** Nested blocks, one per case; br_table leaves the k-th and falls into case k, and into the default last. */
  private switch(n: Extract<Node, { kind: 'switch' }>): void {
    const { out, blocks } = this;
    const block = this.region.blocks[n.block]!;
    const t = block.terminator;
    const index = blocks.newLocal('i32');
    let table = n.cases.map((_, k) => k);
    blocks.pushTerminatorOperand(block);
    if (t.kind === 'indirect' && t.table !== undefined) {
      blocks.local(W.local_set, this.target());
      if (t.table.field === undefined) table = this.pushPosition(t.table.targets, n.cases.length);
      else blocks.pushField(t.table.field);
    }
    blocks.local(W.local_set, index);
    this.cases(index, table, n.cases);
    if (t.kind === 'indirect') this.leaveToTarget(block, this.flow.dirtyOut[n.block]!);
    else out.byte(W.unreachable);
  }

  /**
   * Pushes which halfword or word from the first target on the computed target is; a target between them gives a number
   * beyond any table. Returns the table: the target's number by that position, `none` where there is none.
   */
  private pushPosition(targets: readonly Location[], none: number): number[] {
    const { out, blocks } = this;
    const first = Math.min(...targets);
    const shift = targets.every((t) => (t - first) % 4 === 0) ? 2 : 1;
    blocks.local(W.local_get, this.target());
    blocks.constant(first | 0);
    out.byte(W.i32_sub);
    blocks.constant(shift);
    out.byte(W.i32_rotr);
    const table = new Array<number>(((Math.max(...targets) - first) >> shift) + 1).fill(none);
    targets.forEach((t, k) => (table[(t - first) >> shift] = k));
    return table;
  }

  private dispatch(n: Extract<Node, { kind: 'dispatch' }>): void {
    const t = this.region.blocks[n.block]!.terminator;
    if (t.kind !== 'dispatch') throw new Error(`a ${t.kind} does not dispatch`);
    const table = new Array<number>(Math.max(...t.labels) + 1).fill(n.cases.length);
    t.labels.forEach((label, k) => (table[label] = k));
    this.cases(this.label(), table, n.cases);
    this.out.byte(W.unreachable);
  }

  /** Runs case `table[i]` for the value i of a local; goes on behind for other values and for cases beyond the last. */
  private cases(index: number, table: readonly number[], cases: readonly (readonly Node[])[]): void {
    const { out } = this;
    this.open(W.block, NO_LABEL);
    cases.forEach(() => this.open(W.block, NO_LABEL));
    this.blocks.local(W.local_get, index);
    out.byte(W.br_table);
    out.u32(table.length);
    for (const k of table) out.u32(k);
    out.u32(cases.length);
    for (const body of cases) {
      this.close();
      this.nodes(body);
    }
    this.close();
  }

  private jump(n: Extract<Node, { kind: 'br' }>): void {
    const { out } = this;
    if (n.back) {
      this.blocks.local(W.local_get, this.fuel());
      this.blocks.constant(1);
      out.byte(W.i32_sub);
      this.blocks.local(W.local_tee, this.fuel());
      out.byte(W.i32_eqz);
      this.open(W.if, NO_LABEL);
      this.yield(n.edge.location, this.flow.dirtyOut[n.from]!);
      this.close();
    }
    // Block and loop labels of one block differ
    this.branch(n.back ? loopLabel(n.edge.block) : blockLabel(n.edge.block));
  }

  private label(): number {
    return (this.labelLocal ??= this.blocks.newLocal('i32'));
  }
  private labelLocal: number | undefined;

  private fuel(): number {
    return (this.fuelLocal ??= this.blocks.newLocal('i32'));
  }
  private fuelLocal: number | undefined;

  /** A guest call as a call: the callee's code returns the guest's return address, or where else to go. */
  private call(index: number): void {
    const { blocks, region, flow } = this;
    const block = region.blocks[index]!;
    const t = block.terminator;
    const edge = region.edges[index]![0]!;
    if (t.kind !== 'call' && t.kind !== 'indirect') throw new Error(`a ${t.kind} does not call`);
    if (t.kind === 'indirect') {
      blocks.pushTerminatorOperand(block);
      blocks.local(W.local_set, this.target());
    }
    const dirty = flow.dirtyAtEnd[index]!;
    blocks.storeFields(t.kind === 'call' ? flow.neededAt(dirty, t.target) : dirty);
    const mode = t.kind === 'call' ? locationMode(t.target) : t.mode;
    if (mode !== 0) {
      this.leaveForMode(t, mode);
      return;
    }
    this.callOrReturn(block, t);
    this.reload(edge.block);
  }

  /** Behind the ops of an inlined callee that returns: leaves unless that is where it was called. */
  private expectReturn(index: number): void {
    const { blocks, out } = this;
    const block = this.region.blocks[index]!;
    const t = block.terminator;
    if (t.kind !== 'return') throw new Error(`a ${t.kind} does not return`);
    blocks.pushTerminatorOperand(block);
    blocks.local(W.local_tee, this.target());
    blocks.constant(locationPc(t.expected) | 0);
    out.byte(W.i32_ne);
    this.open(W.if, NO_LABEL);
    blocks.storeFields(this.flow.dirtyAtEnd[index]!);
    blocks.local(W.local_get, this.target());
    out.byte(W.return);
    this.close();
  }

  /** Behind a call: the variables that are needed from here on. */
  private reload(next: number): void {
    if (next >= 0) this.blocks.loadFields(this.flow.liveAtStart[next]!);
  }

  private leave(index: number): void {
    const { blocks, out } = this;
    const block = this.region.blocks[index]!;
    const t = block.terminator;
    switch (t.kind) {
      case 'call':
        this.leaveTo(t.target, this.flow.dirtyAtEnd[index]!);
        break;
      case 'indirect':
        blocks.pushTerminatorOperand(block);
        blocks.local(W.local_set, this.target());
        if (t.mode !== 0) {
          blocks.storeFields(this.flow.dirtyAtEnd[index]!);
          this.specialTarget(t.mode);
        } else if (t.hint === 'return') {
          // Our caller, a region or the dispatcher, is who knows where that is.
          blocks.storeFields(this.flow.dirtyAtEnd[index]!);
          blocks.local(W.local_get, this.target());
          out.byte(W.return);
        } else this.leaveToTarget(block, this.flow.dirtyAtEnd[index]!);
        break;
      case 'syscall':
        blocks.storeFields(this.flow.dirtyAtEnd[index]!);
        this.special(ExitCode.Syscall, t.info, t.next);
        break;
      case 'trap':
        blocks.storeFields(this.flow.dirtyAtEnd[index]!);
        this.special(ExitCode.FirstTrap + TRAP_KINDS.indexOf(t.trap), t.info, t.at);
        break;
      default:
        throw new Error(`a ${t.kind} does not leave the region`);
    }
  }
}

const blockLabel = (i: number): number => 2 * i;
const loopLabel = (i: number): number => 2 * i + 1;

/** The local-declaration vector of a function: runs of equal types. */
function localDeclarations(types: readonly number[]): Uint8Array {
  const runs: [count: number, type: number][] = [];
  for (const t of types) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === t) last[0]++;
    else runs.push([1, t]);
  }
  const e = new Encoder();
  e.u32(runs.length);
  for (const [count, type] of runs) {
    e.u32(count);
    e.byte(type);
  }
  return e.result();
}
