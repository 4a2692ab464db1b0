/**
 * Runs guest code: looks up or makes translations, interprets cold blocks, enters compiled regions,
 * and returns to its caller with an Exit whenever the guest needs something from outside.
 */
import type { CodeReader, Lifter, Target } from '../../targets/target';
import { GuestAccess, GuestFault, type GuestViews } from '../../translate/guest-access';
import { GuestTrap, Interpreter, type PackedBlock } from '../../translate/interpret';
import { location, locationMode, locationPc, type Block, type Location, type Terminator } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { ENGINE_WORD, ExitCode } from '../../translate/ir/state';
import type { CpuState } from '../../translate/ir/cpu-state';
import type { History } from '../../translate/region';
import { CodeCache, Translation, type CompiledCode, type PageSource, type PageSources } from './code-cache';
import { decodeExit, type Exit } from './exit';
import type { FamilyTranslations } from './family-translations';
import { FrequentTargets } from './frequent-targets';
import { LiftedBlocks } from './lifted-blocks';
import { eitherStore, type BlockStore } from './block-store';
import { HOT_THRESHOLD, LEAST_HISTORY, MAX_BLOCK_INSTRUCTIONS, RESTORE_THRESHOLD, WARM_SHARE } from './tunables';

/** Compiles the region that starts at a hot block. */
export interface RegionCompiler {
  /**
   * @param lift gives the (unoptimised) block at a location, or undefined if it cannot be lifted
   * @param history what has run so far; absent if the engine compiles code that never ran
   * @returns undefined to leave the block interpreted
   */
  compile(
    hot: Location,
    lift: (at: Location, maxInstructions?: number) => Block | undefined,
    history: History | undefined,
  ): CompiledRegion | undefined;
  /** True if so much has been compiled that everything should be dropped. */
  readonly full: boolean;
  /** The code at these locations has become stale: compiled code must not reach other compiled code until it is linked again. */
  unlink(dropped: Iterable<Location>): void;
  /** All code goes out of use, but some of it may be taken into use again. */
  suspend(): void;
  /** The code at a location is in use again, unlinked, if it is still good. */
  resume(at: Location, good: boolean): void;
  /** Regions that an earlier run compiled, to be entered at a location; none if the code has changed. */
  restore?(at: Location): readonly CompiledRegion[];
  /** What an exception thrown out of compiled code means for the guest, if it is a fault of the guest's. */
  faultOf(e: unknown): { readonly pc: number; readonly fault: GuestFault } | undefined;
}

export interface CompiledRegion {
  /** Where it can be entered: the hot block, or where control gets to from there. */
  readonly entries: readonly CompiledEntry[];
  /** Guest pages that it and the code it calls directly were made from. */
  readonly pages: Iterable<number>;
}

export interface CompiledEntry {
  readonly at: Location;
  readonly code: CompiledCode;
  /** See Translation.link. */
  readonly link?: (() => void) | undefined;
}

export interface EngineOptions {
  readonly target: Target;
  readonly lifter: Lifter;
  readonly reader: CodeReader;
  readonly memory: GuestViews;
  readonly state: CpuState;
  /** Tells which ops of a block the interpreter must run (1) and which it may leave out (0). */
  readonly neededOps: ((block: Block) => Uint8Array) | undefined;
  /** See CodeCache.suspend; absent: nothing survives it. */
  readonly sourceOf?: PageSource | undefined;
  /** Simplify while building (the builder's local folding). */
  readonly simplify: boolean;
  /** Absent: interpret everything. */
  readonly compiler: RegionCompiler | undefined;
  /** Executions before a block is compiled; HOT_THRESHOLD unless given. */
  readonly hotThreshold?: number | undefined;
  /** Told of every block once, after lifting. */
  readonly onLift?: ((block: Block) => void) | undefined;
  /** Blocks of earlier runs with the same constants in the interpreter. */
  readonly store?: BlockStore | undefined;
}

const { headroom: HEADROOM, exit: EXIT, exit_info: EXIT_INFO, pc: PC, mode: MODE } = ENGINE_WORD;

export class Engine {
  readonly cache = new CodeCache();
  readonly interpreter: Interpreter;
  /** Of indirect calls and jumps, by the guest address after them: blocks that start at different places may share one. */
  private readonly targets = new Map<number, FrequentTargets>();
  private readonly builder: Builder;
  /** By their number in the interpreter. */
  private readonly translations: Translation[] = [];
  /** While new code is linked nothing is dropped. */
  private linking = false;
  private readonly hot: number;
  private store: BlockStore | undefined;
  /** Of the address space that has gone, until code runs in the next. */
  private left: PageSources | undefined;
  private readonly lifted: LiftedBlocks;

  constructor(private readonly options: EngineOptions) {
    this.store = options.store;
    this.builder = new Builder(options.target.layout, options.simplify);
    this.lifted = new LiftedBlocks(options.memory.pages);
    const { state, target, memory } = options;
    this.interpreter = new Interpreter(state, new GuestAccess(memory), target.helpers, memory.memory);
    this.hot = options.compiler === undefined ? Infinity : (options.hotThreshold ?? HOT_THRESHOLD);
  }

  /** Exchanges blocks with the children that this process makes from here on. */
  shareBlocks(family: FamilyTranslations): void {
    this.store = this.store === undefined ? family : eitherStore(this.store, family);
    this.interpreter.shareConstants(family.constants);
  }

  /** Drops translations of guest code in [start, end). */
  invalidate(start: number, end: number): void {
    this.lifted.invalidate(start, end);
    // Of an address space that has gone, which `settle` will compare with the present one
    if (this.left !== undefined) return;
    const stale = this.cache.invalidate(start, end);
    if (stale.length === 0) return;
    this.store?.dropped?.();
    this.interpreter.unlink();
    this.options.compiler?.unlink(stale);
  }

  /**
   * The guest's address space is about to go (execve): no code is valid, but what was made from files will be found again
   * where the same file is mapped at the same place.
   */
  suspend(): void {
    this.settle();
    const { sourceOf } = this.options;
    this.lifted.clear();
    this.left = this.cache.sources(sourceOf ?? (() => undefined));
  }

  /**
   * After `suspend`, when the new program is in memory. If that is the same as before, as when a shell executes itself for one of its
   * commands, all code goes on with its links; else each block is looked at when it is reached.
   */
  private settle(): void {
    const { left } = this;
    if (left === undefined) return;
    this.left = undefined;
    const { sourceOf, compiler } = this.options;
    if (sourceOf !== undefined && this.cache.unchanged(left, sourceOf)) {
      if (compiler !== undefined) this.coolDown();
      return;
    }
    this.cache.suspend(left);
    this.targets.clear();
    this.interpreter.forgetTargets();
    compiler?.suspend();
  }

  /** Else all children would compile what has become almost hot in their parent. */
  private coolDown(): void {
    const { hot, interpreter } = this;
    for (const { code, packed } of this.cache.all())
      if (code === undefined && interpreter.left(packed) < hot / 2) interpreter.allow(packed, hot - 1);
  }

  /** Runs from the pc in the CPU state until something needs the caller. */
  run(): Exit {
    const S = this.options.state.i32;
    this.settle();
    this.adapt();
    let t = this.at(location(S[PC]!, S[MODE]));
    S[MODE] = 0;
    try {
      for (;;) {
        if (S[HEADROOM] === 0) return this.leave(t.key, { kind: 'pending' });
        if (t.code !== undefined) {
          t.link?.();
          const pc = t.code(0);
          if (S[EXIT] === ExitCode.None) {
            t = this.cache.cached(pc) ?? this.at(pc >>> 0);
          } else if (S[EXIT] === ExitCode.Relocate) {
            t = this.at(location(S[PC]!, S[MODE]));
            S[EXIT] = S[MODE] = 0;
          } else {
            const exit = decodeExit(S[EXIT]!, S[EXIT_INFO]!);
            S[EXIT] = ExitCode.None;
            return exit;
          }
          continue;
        }
        if (this.interpreter.spent(t.packed)) {
          this.compile(t);
          t = this.at(t.key); // all translations may have been dropped
          continue;
        }
        const ran = this.interpreter.run(t.packed);
        t = this.translations[this.interpreter.current]!;
        if (!ran) continue;
        const next = this.follow(t);
        if (next instanceof Translation) t = next;
        else return next;
      }
    } catch (e) {
      return this.interrupted(t, e);
    }
  }

  /** Evaluates the terminator of an interpreted block. */
  private follow(t: Translation): Translation | Exit {
    const value = this.interpreter.words[t.packed.result]!;
    const end = t.terminator;
    switch (end.kind) {
      case 'jump':
      case 'call':
        return this.link(t, 0, end.target);
      case 'branch':
        return value !== 0 ? this.link(t, 0, end.taken) : this.link(t, 1, end.otherwise);
      case 'indirect':
        if (end.mode !== 0) return this.at(location(value, end.mode));
        if (end.hint !== 'return') this.targetsOf(t).record(value);
        return this.lookUp(value);
      case 'switch':
        return this.at(end.targets[value]!);
      case 'syscall':
        return this.leave(end.next, { kind: 'syscall', info: end.info });
      case 'trap':
        return this.leave(end.at, { kind: 'trap', trap: end.trap, info: end.info });
      case 'dispatch':
      case 'return':
        throw new Error(`a ${end.kind} block outside a region`);
    }
  }

  /** The translation of a successor, from then on without a look-up. */
  private link(t: Translation, successor: 0 | 1, target: Location): Translation {
    const next = (successor === 0 ? t.next0 : t.next1) ?? this.at(target);
    if (successor === 0) t.next0 = next;
    else t.next1 = next;
    this.interpreter.link(t.packed, successor, next.packed);
    return next;
  }

  /** The translation of a pc in mode 0. */
  private lookUp(pc: number): Translation {
    const t = this.cache.cached(pc) ?? this.at(pc >>> 0);
    this.interpreter.remember(pc, t.packed);
    return t;
  }

  private targetsOf(t: Translation): FrequentTargets {
    if (t.targets !== undefined) return t.targets;
    let found = this.targets.get(t.end);
    if (found === undefined) this.targets.set(t.end, (found = new FrequentTargets()));
    return (t.targets = found);
  }

  private leave(at: Location, exit: Exit): Exit {
    const S = this.options.state.i32;
    S[PC] = locationPc(at);
    S[MODE] = locationMode(at);
    return exit;
  }

  /** Turns what the interpreter or compiled code threw into an exit at the right instruction. */
  private interrupted(t: Translation, e: unknown): Exit {
    if (e instanceof GuestTrap) return this.leave(e.pc >>> 0, { kind: 'trap', trap: e.kind, info: 0 });
    if (t.code !== undefined) {
      const found = this.options.compiler!.faultOf(e);
      if (found === undefined) throw e;
      return this.leave(found.pc >>> 0, { kind: 'fault', fault: found.fault });
    }
    if (!(e instanceof GuestFault)) throw e;
    const where = this.translations[this.interpreter.current]!;
    return this.leave((this.interpreter.faultingPc(where.packed) ?? where.key) >>> 0, { kind: 'fault', fault: e });
  }

  /** The translation of a location, lifting it if need be. */
  private at(key: Location): Translation {
    let t = this.cache.get(key);
    if (t === undefined) {
      if (!this.linking) {
        this.makeRoom();
        this.adapt();
      }
      t = this.resume(key);
      if (t === undefined) {
        t = this.translate(key);
        this.cache.add(t);
      }
    }
    this.cache.remember(t);
    return t;
  }

  /** The translation that was suspended at a location, if it is good. */
  private resume(key: Location): Translation | undefined {
    const { sourceOf, compiler } = this.options;
    if (sourceOf === undefined) return undefined;
    const t = this.cache.resume(key, sourceOf);
    if (t !== undefined) {
      this.interpreter.unlinkBlock(t.packed);
      // Else all children would compile what has become almost hot in their parent
      if (t.code === undefined) this.interpreter.allow(t.packed, this.hot - 1);
    }
    compiler?.resume(key, t !== undefined);
    return t;
  }

  private translate(key: Location): Translation {
    const { store } = this;
    const { neededOps, onLift } = this.options;
    const stored = store?.find(key);
    if (stored !== undefined) return this.keep(key, stored.end, this.interpreter.restore(stored, this.hot - 1), stored.terminator);
    this.builder.copies = onLift !== undefined;
    const block = this.lift(key);
    this.builder.copies = true;
    onLift?.(block);
    const packed = this.interpreter.prepare(block, neededOps?.(block), this.hot - 1);
    const { end, terminator } = block;
    store?.add({ key, end, terminator, packed, interpreter: this.interpreter });
    return this.keep(key, end, packed, terminator);
  }

  private keep(key: Location, end: number, packed: PackedBlock, terminator: Terminator): Translation {
    const t = new Translation(key, end, packed, terminator);
    this.translations[packed.id] = t;
    if (this.store?.hasRegion(key) === true) {
      t.restorable = true;
      this.interpreter.allow(packed, Math.min(RESTORE_THRESHOLD, this.hot - 1));
    }
    return t;
  }

  /** Drops all translations if there is no room for more. Returns whether it has. */
  private makeRoom(): boolean {
    if (!this.interpreter.full && this.options.compiler?.full !== true) return false;
    this.discard();
    return true;
  }

  /** Drops all translations if the lifter has to make them otherwise from now on. Stored ones are of no use then. */
  private adapt(): void {
    const { lifter, state } = this.options;
    if (lifter.adapt?.(state) !== true) return;
    this.store?.retire();
    this.discard();
  }

  /** Drops all translations. Not while guest code runs. */
  discard(): void {
    this.settle();
    this.invalidate(0, 2 ** 32);
    this.options.compiler?.unlink(this.cache.dropSuspended());
    this.store?.dropped?.();
    this.interpreter.clear();
    this.translations.length = 0;
  }

  /** Lifts the block at a location as the lifter sees it. */
  lift(key: Location, maxInstructions = MAX_BLOCK_INSTRUCTIONS): Block {
    this.builder.reset();
    return this.options.lifter.lift(this.builder, this.options.reader, key, maxInstructions);
  }

  private liftForRegion(at: Location, maxInstructions: number | undefined): Block {
    return maxInstructions === undefined ? this.lifted.get(at, () => this.lift(at)) : this.lift(at, maxInstructions);
  }

  private compile(t: Translation): void {
    if (this.options.compiler === undefined) {
      this.interpreter.allow(t.packed, Infinity);
      return;
    }
    if (this.makeRoom()) return;
    if (t.restorable) {
      this.restore(t);
      return;
    }
    this.interpreter.allow(t.packed, this.hot);
    const history = this.hot < LEAST_HISTORY ? undefined : this.history;
    const result = this.options.compiler.compile(t.key, (at, max) => this.liftForRegion(at, max), history);
    if (result === undefined) {
      this.interpreter.allow(t.packed, 2 ** 30); // not worth compiling: do not ask again soon
      return;
    }
    this.install(result);
  }

  private install({ entries, pages }: CompiledRegion): void {
    this.linking = true;
    for (const { at, code, link } of entries) {
      const entry = this.at(at);
      entry.code = code;
      entry.link = link;
      this.interpreter.allow(entry.packed, 0);
      for (const p of pages) this.cache.dependsOnPage(entry, p);
    }
    this.linking = false;
  }

  /** Takes over what an earlier run has compiled for a block; if that cannot be used, the block has to become hot. */
  private restore(t: Translation): void {
    t.restorable = false;
    this.interpreter.allow(t.packed, Math.max(this.hot - 1 - RESTORE_THRESHOLD, 0));
    for (const region of this.options.compiler?.restore?.(t.key) ?? []) this.install(region);
  }

  private readonly history: History = {
    reached: (at) => this.cache.get(at) !== undefined,
    firstRun: (at) => this.cache.firstRun(at),
    warm: (at, share = WARM_SHARE) => {
      const t = this.cache.get(at);
      return t !== undefined && !t.restorable && (this.hot - this.interpreter.left(t.packed)) * share >= this.hot;
    },
    targets: (end) => this.targets.get(end)?.get() ?? [],
  };
}
