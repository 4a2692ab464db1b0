/** How a region leaves, and how it calls others: known functions, the jump cache, the dispatcher. */
import { locationMode, locationPc, type Block, type Location, type Terminator } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { ENGINE_WORD, ExitCode, STACK_UNIT, type StateLayout } from '../ir/state';
import type { IrType } from '../ir/types';
import type { StateFlow } from '../region';
import { BlockWriter } from './emit-block';
import { Encoder } from './encoder';
import { TYPE } from './imports';
import { entryOffset, JUMP_CACHE } from './jump-cache';
import { EMPTY_BLOCK, VALUE_TYPE, W } from './opcodes';

/** A region that another one can call without the jump cache. */
export interface Callee {
  /** Index of its function in the calling module. */
  readonly function: number;
  /** Label to enter it with. */
  readonly label: number;
}

export interface WasmEmitOptions {
  /** Store changed state before every access that may fault, so that handlers see exact registers. */
  readonly precise: boolean;
  /** The region at a location if it can be called directly. */
  readonly callee?: (at: Location) => Callee | undefined;
  /** Where the indirect call or jump that ends at a guest address has gone so far, most often first. */
  readonly targets?: (end: number) => readonly Location[];
}

/** Byte offsets of the engine's fields in the state. */
const HEADROOM = 4 * ENGINE_WORD.headroom;
const EXIT = 4 * ENGINE_WORD.exit;
const EXIT_INFO = 4 * ENGINE_WORD.exit_info;
const PC = 4 * ENGINE_WORD.pc;
const MODE = 4 * ENGINE_WORD.mode;

/** What a function returns with the `exit` field set. */
const NO_PC = -1;

/** A region function has one parameter: the stack in use, in units of STACK_UNIT, and from LABEL_SHIFT on the label to start with. */
const PARAMETERS = 1;
export const DEPTH = 0;
export const LABEL_SHIFT = 16;

/**
 * Upper bound of the machine stack that a function takes, in units of STACK_UNIT. Frames that were measured (Lua, and a
 * function of 120 blocks that keeps 80 numbers over a recursive call) have up to 8 bytes for each local in Liftoff's code and
 * up to 13 in TurboFan's, besides some 64.
 */
function frameSize(locals: readonly IrType[]): number {
  const bytes = locals.reduce((sum, t) => sum + (t === 'v128' ? 32 : 16), 96);
  return Math.ceil(bytes / STACK_UNIT);
}

/** Label of a construct that nothing branches to. */
export const NO_LABEL = -1;

/** Labels of the ways out that all exits of a region share; a branch to them takes the guest pc to go on at along. */
const LEAVE = -2;
const YIELD = -3;

export class TransferWriter {
  protected readonly out = new Encoder();
  protected readonly blocks: BlockWriter;
  /** Labels of the enclosing constructs, innermost last. */
  protected readonly labels: number[] = [];

  /** Where the depth that a callee gets is added up, before the size of our frame is known; and what else is added. */
  private readonly depths: { readonly at: number; readonly label: number }[] = [];

  /** The shared ways out that are in use. */
  private readonly exits = new Set<number>();

  constructor(
    protected readonly flow: StateFlow,
    layout: StateLayout,
    private readonly options: WasmEmitOptions,
  ) {
    this.blocks = new BlockWriter(this.out, flow, layout, PARAMETERS, options.precise);
  }

  protected open(opcode: number, label: number): void {
    this.out.byte(opcode);
    this.out.byte(EMPTY_BLOCK);
    this.labels.push(label);
  }

  protected close(): void {
    this.out.byte(W.end);
    this.labels.pop();
  }

  /** Relative depth of the innermost construct with a label. */
  protected depth(label: number): number {
    return this.labels.length - 1 - this.labels.lastIndexOf(label);
  }

  protected branch(label: number): void {
    this.out.byte(W.br);
    this.out.u32(this.depth(label));
  }

  /**
   * Writes the body of a function, whose end is never reached, and behind it what its exits have in common. A region has
   * about one exit for each block; with all of this at each exit V8 spent half of its time on exits. A region without exits gets
   * none of it: V8 inlines small functions (calls of leaves through pointers take 0.7 of the time).
   */
  protected withExits(body: () => void): void {
    const { blocks, out } = this;
    this.openValue(YIELD);
    this.openValue(LEAVE);
    body();
    out.byte(W.unreachable);
    this.close();
    if (this.exits.has(LEAVE)) this.leaveForPc();
    else out.byte(W.unreachable);
    this.close();
    if (this.exits.has(YIELD)) {
      blocks.local(W.local_set, this.target());
      this.specialTarget(0);
    } else out.byte(W.unreachable);
  }

  /** Behind LEAVE: takes the guest pc from the stack. */
  private leaveForPc(): void {
    const { blocks, out } = this;
    blocks.local(W.local_set, this.target());
    const pushPc = (): void => blocks.local(W.local_get, this.target());
    this.ifHeadroom(() => {
      this.locateEntry();
      this.ifLinked(pushPc, () => this.tailCall());
    });
    pushPc();
    out.byte(W.return);
  }

  /** Goes to a way out that exits share, with the guest pc on the stack. */
  private leaveBy(label: typeof LEAVE | typeof YIELD): void {
    this.exits.add(label);
    this.branch(label);
  }

  /** Leaves for a known location: straight into its code if that is linked, else to the dispatcher. */
  protected leaveTo(location: Location, dirty: FieldSet): void {
    const mode = locationMode(location);
    this.blocks.storeFields(this.flow.neededAt(dirty, location));
    if (mode !== 0) {
      this.special(ExitCode.Relocate, 0, location);
      return;
    }
    this.blocks.constant(locationPc(location) | 0);
    this.leaveBy(LEAVE);
  }

  /** Leaves for the pc in `target`: to where the jump has gone before, or through the jump cache. */
  protected leaveToTarget(block: Block, dirty: FieldSet): void {
    const { out, blocks } = this;
    blocks.storeFields(dirty);
    const pushPc = (): void => blocks.local(W.local_get, this.target());
    const known = this.knownTargets(block);
    if (known.length > 0)
      this.ifHeadroom(() => {
        for (const { pc, callee } of known) {
          pushPc();
          blocks.constant(pc);
          out.byte(W.i32_eq);
          this.open(W.if, NO_LABEL);
          blocks.local(W.local_get, DEPTH);
          blocks.constant(callee.label << LABEL_SHIFT);
          out.byte(W.i32_or);
          out.byte(W.return_call);
          out.u32(callee.function);
          this.close();
        }
      });
    pushPc();
    this.leaveBy(LEAVE);
  }

  /** Where an indirect call or jump is known to go, as far as that can be called directly. */
  private knownTargets(block: Block): { readonly pc: number; readonly callee: Callee }[] {
    const { callee, targets } = this.options;
    return (targets?.(block.end) ?? []).flatMap((at) => {
      const found = callee?.(at);
      return found === undefined ? [] : [{ pc: locationPc(at) | 0, callee: found }];
    });
  }

  /** Leaves for the dispatcher even if the location's code is linked. */
  protected yield(location: Location, dirty: FieldSet): void {
    this.blocks.storeFields(this.flow.neededAt(dirty, location));
    if (locationMode(location) !== 0) {
      this.special(ExitCode.Relocate, 0, location);
      return;
    }
    this.blocks.constant(locationPc(location) | 0);
    this.leaveBy(YIELD);
  }

  /** Leaves by the `exit` field. */
  protected special(exit: number, info: number, location: Location): void {
    this.blocks.storeWord(EXIT, exit);
    this.blocks.storeWord(EXIT_INFO, info);
    this.blocks.storeWord(PC, locationPc(location) | 0);
    this.blocks.storeWord(MODE, locationMode(location));
    this.blocks.constant(NO_PC);
    this.out.byte(W.return);
  }

  /** Emits `then` for the case that nothing is pending. */
  private ifHeadroom(then: () => void): void {
    this.blocks.loadWord(HEADROOM);
    this.open(W.if, NO_LABEL);
    then();
    this.close();
  }

  /**
   * Emits `then` for the case that the jump cache has code for the pc that `pushPc` pushes, by its entry in a local. `then`
   * finds the table slot in a local.
   */
  private ifLinked(pushPc: () => void, then: () => void): void {
    this.pushIsLinked(pushPc, undefined);
    this.open(W.if, NO_LABEL);
    this.takeSlot(undefined);
    then();
    this.close();
  }

  /** @param offset of the pc's entry in the state memory; the entry's address is in a local if undefined */
  private pushIsLinked(pushPc: () => void, offset: number | undefined): void {
    this.pushEntry(offset);
    this.blocks.stateAccess(W.i32_load, 4, offset ?? JUMP_CACHE.base);
    pushPc();
    this.out.byte(W.i32_eq);
  }

  private takeSlot(offset: number | undefined): void {
    this.pushEntry(offset);
    this.blocks.stateAccess(W.i32_load, 4, (offset ?? JUMP_CACHE.base) + 4);
    this.blocks.local(W.local_set, this.slot());
  }

  /** Pushes the base address for an access to a jump cache entry. */
  private pushEntry(offset: number | undefined): void {
    if (offset === undefined) this.blocks.local(W.local_get, this.entry());
    else this.blocks.constant(0);
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

  protected target(): number {
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

  protected leaveForMode(t: Terminator, mode: number): void {
    if (t.kind === 'call') this.special(ExitCode.Relocate, 0, t.target);
    else this.specialTarget(mode);
  }

  /** Relocates to the pc in `target`. */
  protected specialTarget(mode: number): void {
    const { out, blocks } = this;
    blocks.storeWord(EXIT, ExitCode.Relocate);
    blocks.storeWord(MODE, mode);
    blocks.constant(0);
    blocks.local(W.local_get, this.target());
    blocks.stateAccess(W.i32_store, 4, PC);
    blocks.constant(NO_PC);
    out.byte(W.return);
  }

  /** Calls, and returns outwards unless the callee comes back to where it was called. */
  protected callOrReturn(block: Block, t: Extract<Terminator, { kind: 'call' | 'indirect' }>): void {
    const { out, blocks } = this;
    const direct = t.kind === 'call' ? locationPc(t.target) | 0 : undefined;
    const pushPc = (): void => {
      if (direct === undefined) blocks.local(W.local_get, this.target());
      else blocks.constant(direct);
    };
    blocks.local(W.local_get, DEPTH);
    blocks.loadWord(HEADROOM);
    out.byte(W.i32_ge_u);
    this.open(W.if, NO_LABEL);
    pushPc();
    out.byte(W.return);
    this.close();

    const known = t.kind === 'call' ? this.options.callee?.(t.target) : undefined;
    if (known !== undefined) this.callDirectly(known);
    else this.callByPc(block, direct, pushPc);
    blocks.local(W.local_tee, this.slot());
    blocks.constant(locationPc(t.returns!) | 0);
    out.byte(W.i32_ne);
    this.open(W.if, NO_LABEL);
    blocks.local(W.local_get, this.slot());
    out.byte(W.return);
    this.close();
  }

  /** Pushes a callee's parameter. */
  private pushDepth(label: number): void {
    const { blocks, out } = this;
    blocks.local(W.local_get, DEPTH);
    out.byte(W.i32_const);
    this.depths.push({ at: out.length, label });
    out.room();
    out.byte(W.i32_add);
  }

  /** Once all code is written. */
  protected fillDepths(): void {
    const frame = frameSize(this.blocks.locals);
    for (const { at, label } of this.depths) this.out.fill(at, frame + (label << LABEL_SHIFT));
  }

  private callDirectly({ function: index, label }: Callee): void {
    const { out } = this;
    this.pushDepth(label);
    out.byte(W.call);
    out.u32(index);
  }

  /** Pushes what the callee returns: one of those the call has gone to before, or what the jump cache has. */
  private callByPc(block: Block, direct: number | undefined, pushPc: () => void): void {
    const { blocks, out } = this;
    const known = direct === undefined ? this.knownTargets(block) : [];
    for (const { pc, callee } of known) {
      pushPc();
      blocks.constant(pc);
      out.byte(W.i32_eq);
      this.ifValue();
      this.callDirectly(callee);
      out.byte(W.else);
    }
    if (direct === undefined) this.locateEntry();
    const offset = direct === undefined ? undefined : entryOffset(direct);
    this.pushIsLinked(pushPc, offset);
    this.ifValue();
    this.takeSlot(offset);
    this.pushDepth(0);
    blocks.local(W.local_get, this.slot());
    out.raw([W.call_indirect, TYPE.region, 0]);
    out.byte(W.else);
    pushPc();
    out.byte(W.return);
    this.close();
    known.forEach(() => this.close());
  }

  /** An `if` that leaves an i32 on the stack. */
  private ifValue(): void {
    this.out.byte(W.if);
    this.out.byte(VALUE_TYPE.i32);
    this.labels.push(NO_LABEL);
  }

  /** A block whose branches bring an i32 along. */
  private openValue(label: number): void {
    this.out.byte(W.block);
    this.out.byte(VALUE_TYPE.i32);
    this.labels.push(label);
  }
}
