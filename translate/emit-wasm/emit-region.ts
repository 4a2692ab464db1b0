/** A region as one WebAssembly function that returns the guest pc to go on at. */
import { locationMode, locationPc, type Location, type Terminator } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { ENGINE_WORD, ExitCode, type StateLayout } from '../ir/state';
import { TRAP_KINDS } from '../ir/types';
import type { Node, Region, RegionEntry, StateFlow } from '../region';
import { BlockWriter, type CodePosition } from './emit-block';
import { Encoder } from './encoder';
import { entryOffset, JUMP_CACHE } from './jump-cache';
import { SELF, TYPE } from './imports';
import { EMPTY_BLOCK, VALUE_TYPE, W } from './opcodes';

export interface WasmEmitOptions {
  /** Store changed state before every access that may fault, so that handlers see exact registers. */
  readonly precise: boolean;
}

/** A function body with its local declarations, and where each guest instruction's code begins in it. */
export interface WasmFunction {
  readonly body: Uint8Array;
  readonly positions: readonly CodePosition[];
  /** Local of each state field that is kept in one. */
  readonly fieldLocals: ReadonlyMap<number, number>;
  /** What profiles and stack traces call it. */
  readonly name?: string | undefined;
}

/** Byte offsets of the engine's fields in the state. */
const PENDING = 4 * ENGINE_WORD.pending;
const EXIT = 4 * ENGINE_WORD.exit;
const EXIT_INFO = 4 * ENGINE_WORD.exit_info;
const PC = 4 * ENGINE_WORD.pc;
const MODE = 4 * ENGINE_WORD.mode;

/** What a function returns with the `exit` field set. */
const NO_PC = -1;

/** A region function has one parameter: the depth of nested guest calls, and from LABEL_SHIFT on the label to start with. */
const PARAMETERS = 1;
const DEPTH = 0;
export const LABEL_SHIFT = 16;

/**
 * Guest calls nested as WebAssembly calls. V8's stack is about 984 KiB and a region's frame mostly
 * below 300 bytes; deeper recursion unwinds to the dispatcher and starts anew.
 */
const MAX_DEPTH = 1500;

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

/** A function that enters the module's region at another entry than its root. */
export function emitEntry({ label }: RegionEntry): WasmFunction {
  const out = new Encoder();
  out.byte(0); // no locals
  out.byte(W.local_get);
  out.u32(DEPTH);
  out.byte(W.i32_const);
  out.s32(label << LABEL_SHIFT);
  out.byte(W.i32_or);
  out.byte(W.return_call);
  out.u32(SELF);
  out.byte(W.end);
  return { body: out.result(), positions: [], fieldLocals: new Map() };
}

class RegionWriter {
  private readonly out = new Encoder();
  private readonly blocks: BlockWriter;
  /** Labels of the enclosing constructs, innermost last; -1 for an `if`, which nothing branches to. */
  private readonly labels: number[] = [];

  constructor(
    private readonly region: Region,
    private readonly flow: StateFlow,
    layout: StateLayout,
    options: WasmEmitOptions,
  ) {
    this.blocks = new BlockWriter(this.out, flow, layout, PARAMETERS, options.precise);
  }

  write(tree: readonly Node[]): WasmFunction {
    if (this.region.blocks[0]!.terminator.kind === 'dispatch') this.takeLabel();
    this.blocks.loadFields(this.flow.liveAtStart[0]!);
    if (this.region.edges.some((list, from) => list.some((e) => e.block >= 0 && e.block <= from))) {
      this.blocks.constant(BACK_EDGES);
      this.blocks.local(W.local_set, this.fuel());
    }
    this.nodes(tree);
    this.out.byte(W.unreachable);
    this.out.byte(W.end);
    const declarations = localDeclarations(this.blocks.locals.map((t) => VALUE_TYPE[t]));
    const body = new Uint8Array(declarations.length + this.out.length);
    body.set(declarations);
    body.set(this.out.bytes.subarray(0, this.out.length), declarations.length);
    const positions = this.blocks.positions.map((p) => ({ ...p, offset: p.offset + declarations.length }));
    return { body, positions, fieldLocals: this.blocks.fieldLocal };
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

  private open(opcode: number, label: number): void {
    this.out.byte(opcode);
    this.out.byte(EMPTY_BLOCK);
    this.labels.push(label);
  }

  private close(): void {
    this.out.byte(W.end);
    this.labels.pop();
  }

  /** Relative depth of a label: block and loop labels of one block differ by the sign. */
  private depth(label: number): number {
    return this.labels.length - 1 - this.labels.lastIndexOf(label);
  }

  private node(n: Node): void {
    const { out, region, blocks, flow } = this;
    switch (n.kind) {
      case 'ops':
        blocks.write(region.blocks[n.block]!, flow.dirtyAtStart[n.block]!);
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
    if (t.kind === 'indirect' && t.table !== undefined) {
      blocks.pushTerminatorOperand(block);
      blocks.local(W.local_set, this.target());
      blocks.pushField(t.table.field);
    } else blocks.pushTerminatorOperand(block);
    blocks.local(W.local_set, index);
    this.cases(
      index,
      n.cases.map((_, k) => k),
      n.cases,
    );
    if (t.kind === 'indirect') this.leaveToTarget(this.flow.dirtyOut[n.block]!);
    else out.byte(W.unreachable);
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
    out.byte(W.br);
    out.u32(this.depth(n.back ? loopLabel(n.edge.block) : blockLabel(n.edge.block)));
  }

  /** Leaves for a known location: straight into its code if that is linked, else to the dispatcher. */
  private leaveTo(location: Location, dirty: FieldSet): void {
    const mode = locationMode(location);
    this.blocks.storeFields(dirty);
    if (mode !== 0) {
      this.special(ExitCode.Relocate, 0, location);
      return;
    }
    const pc = locationPc(location) | 0;
    this.ifLinked(
      () => this.blocks.constant(pc),
      entryOffset(pc),
      () => this.tailCall(),
    );
    this.blocks.constant(pc);
    this.out.byte(W.return);
  }

  /** Leaves for the pc in `target`, through the jump cache. */
  private leaveToTarget(dirty: FieldSet): void {
    const { out, blocks } = this;
    blocks.storeFields(dirty);
    this.locateEntry();
    this.ifLinked(
      () => blocks.local(W.local_get, this.target()),
      undefined,
      () => this.tailCall(),
    );
    blocks.local(W.local_get, this.target());
    out.byte(W.return);
  }

  /** Leaves for the dispatcher even if the location's code is linked. */
  private yield(location: Location, dirty: FieldSet): void {
    this.blocks.storeFields(dirty);
    this.special(ExitCode.Relocate, 0, location);
  }

  private label(): number {
    return (this.labelLocal ??= this.blocks.newLocal('i32'));
  }
  private labelLocal: number | undefined;

  private fuel(): number {
    return (this.fuelLocal ??= this.blocks.newLocal('i32'));
  }
  private fuelLocal: number | undefined;

  /** Leaves by the `exit` field. */
  private special(exit: number, info: number, location: Location): void {
    this.blocks.storeWord(EXIT, exit);
    this.blocks.storeWord(EXIT_INFO, info);
    this.blocks.storeWord(PC, locationPc(location) | 0);
    this.blocks.storeWord(MODE, locationMode(location));
    this.blocks.constant(NO_PC);
    this.out.byte(W.return);
  }

  /**
   * Emits `then` for the case that the jump cache has code for the pc that `pushPc` pushes and nothing
   * is pending. `then` finds the table slot in a local.
   * @param offset of the pc's entry in the state memory; the entry's address is in a local if undefined
   */
  private ifLinked(pushPc: () => void, offset: number | undefined, then: () => void): void {
    const { out, blocks } = this;
    const base = (): void => {
      if (offset === undefined) blocks.local(W.local_get, this.entry());
      else blocks.constant(0);
    };
    const at = offset ?? JUMP_CACHE.base;
    base();
    blocks.stateAccess(W.i32_load, 4, at);
    pushPc();
    out.byte(W.i32_eq);
    blocks.loadWord(PENDING);
    out.byte(W.i32_eqz);
    out.byte(W.i32_and);
    this.open(W.if, NO_LABEL);
    base();
    blocks.stateAccess(W.i32_load, 4, at + 4);
    blocks.local(W.local_set, this.slot());
    then();
    this.close();
  }

  private tailCall(): void {
    this.blocks.local(W.local_get, DEPTH);
    this.blocks.local(W.local_get, this.slot());
    this.out.raw([W.return_call_indirect, TYPE.region, 0]);
  }

  private slot(): number {
    return (this.slotLocal ??= this.blocks.newLocal('i32'));
  }
  private slotLocal: number | undefined;

  private entry(): number {
    return (this.entryLocal ??= this.blocks.newLocal('i32'));
  }
  private entryLocal: number | undefined;

  private target(): number {
    return (this.targetLocal ??= this.blocks.newLocal('i32'));
  }
  private targetLocal: number | undefined;

  /** Computes a dynamic pc's jump-cache entry from `target`. */
  private locateEntry(): void {
    const { out, blocks } = this;
    blocks.local(W.local_get, this.target());
    blocks.constant(1);
    out.byte(W.i32_shr_u);
    blocks.constant(JUMP_CACHE.entries - 1);
    out.byte(W.i32_and);
    blocks.constant(3);
    out.byte(W.i32_shl);
    blocks.local(W.local_set, this.entry());
  }

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
    blocks.storeFields(flow.dirtyAtEnd[index]!);
    const mode = t.kind === 'call' ? locationMode(t.target) : t.mode;
    if (mode !== 0) {
      this.leaveForMode(t, mode);
      return;
    }
    const self = t.kind === 'call' && t.target === region.blocks[0]!.start;
    this.open(W.block, NO_LABEL);
    this.callIfLinked(t, self);
    this.close();
    this.reload(edge.block);
  }

  private leaveForMode(t: Terminator, mode: number): void {
    if (t.kind === 'call') this.special(ExitCode.Relocate, 0, t.target);
    else this.specialTarget(mode);
  }

  /** Relocates to the pc in `target`. */
  private specialTarget(mode: number): void {
    const { out, blocks } = this;
    blocks.storeWord(EXIT, ExitCode.Relocate);
    blocks.storeWord(MODE, mode);
    blocks.constant(0);
    blocks.local(W.local_get, this.target());
    blocks.stateAccess(W.i32_store, 4, PC);
    blocks.constant(NO_PC);
    out.byte(W.return);
  }

  /** Inside a block whose end is behind the call. */
  private callIfLinked(t: Extract<Terminator, { kind: 'call' | 'indirect' }>, self: boolean): void {
    const { out, blocks } = this;
    const direct = t.kind === 'call' ? locationPc(t.target) | 0 : undefined;
    const pushPc = (): void => {
      if (direct === undefined) blocks.local(W.local_get, this.target());
      else blocks.constant(direct);
    };
    blocks.local(W.local_get, DEPTH);
    blocks.constant(MAX_DEPTH);
    out.byte(W.i32_lt_u);
    this.open(W.if, NO_LABEL);
    const finish = (): void => {
      blocks.local(W.local_tee, this.slot());
      blocks.constant(locationPc(t.returns!) | 0);
      out.byte(W.i32_eq);
      out.byte(W.br_if);
      out.u32(self ? 1 : 2);
      blocks.local(W.local_get, this.slot());
      out.byte(W.return);
    };
    const pushDepth = (): void => {
      blocks.local(W.local_get, DEPTH);
      blocks.constant(1);
      out.byte(W.i32_add);
    };
    if (self) {
      pushDepth();
      out.byte(W.call);
      out.u32(SELF);
      finish();
    } else {
      if (direct === undefined) this.locateEntry();
      this.ifLinked(pushPc, direct === undefined ? undefined : entryOffset(direct), () => {
        pushDepth();
        blocks.local(W.local_get, this.slot());
        out.raw([W.call_indirect, TYPE.region, 0]);
        finish();
      });
    }
    this.close();
    pushPc();
    out.byte(W.return);
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
        } else this.leaveToTarget(this.flow.dirtyAtEnd[index]!);
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

const NO_LABEL = -1;
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
