/** What the instruction semantics are written against: registers, accumulators, memory and branches. */
import { location, locationPc, type Location, type Terminator } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { MemFlag, type F32, type F64, type I1, type I32, type I64, type TrapKind, type V128 } from '../../translate/ir/types';
import { LL_NONE, MIPS_LAYOUT, Mode, REGISTER_NAMES } from './state';

const numbered = (prefix: string, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => MIPS_LAYOUT.index(`${prefix}${i}`));

const GPR: readonly number[] = REGISTER_NAMES.map((name, i) => (i === 0 ? -1 : MIPS_LAYOUT.index(name)));
const ACCUMULATOR = numbered('ac', 4);
const FCC = numbered('fcc', 8);
const FR0_SINGLE = numbered('f', 32);
const FR0_DOUBLE: readonly number[] = Array.from({ length: 32 }, (_, i) => MIPS_LAYOUT.index(`e${i & ~1}`));
const FR1_SINGLE = numbered('x', 32);
const FR1_DOUBLE = numbered('d', 32);
const VECTOR = numbered('w', 32);

export type WordFieldName = 'll_address' | 'll_value' | 'user_local' | 'fcsr' | 'synci_address' | 'dsp_control' | 'msacsr';
const WORD = Object.fromEntries(
  (['ll_address', 'll_value', 'user_local', 'fcsr', 'synci_address', 'dsp_control', 'msacsr'] as const).map((f) => [
    f,
    MIPS_LAYOUT.index(f),
  ]),
) as Record<WordFieldName, number>;

export const RA = 31;

/** Where a branch goes, without how: what follows once its delay slot has run. */
export type Transfer = Extract<Terminator, { kind: 'jump' | 'branch' | 'call' | 'indirect' }>;

/**
 * The state of lifting one block. A branch leaves its `transfer`; the lift loop (lift.ts) lifts the delay slot and
 * then ends the block with it. What ends a block at once is a `terminator`.
 */
export class LiftContext {
  /** Address of the current instruction (unsigned, without the instruction-set bit). */
  pc = 0;
  /** Bytes of the current instruction: 2 or 4. */
  size = 4;
  /** MIPS16e or microMIPS code: locations carry bit 0. */
  compressed = false;
  /** The address that faults and traps report: that of the branch for what is in its delay slot. */
  reportedPc = 0;
  inDelaySlot = false;
  /** The branch-likely that is lifted here is known to be taken (Mode.LikelyTaken). */
  likelyTaken = false;
  /** Bytes of the delay slot's instruction, where its branch prescribes them (microMIPS JALS and the like), else 0. */
  delaySlotSize = 0;
  /** Floating point is lifted exactly (lift/exact.ts), not as native arithmetic. */
  exact = false;
  /** Exact floating point expects FCSR.FS to be set: it looks for denormals rather than at FS. */
  flushing = false;
  /** Exceptions may be enabled, so all floating point is computed exactly and looks at the enables. */
  trapping = false;
  /** MSA floating point is lifted exactly (lift/msa-exact.ts). */
  exactVectors = false;
  /** Whether the code at hand, which reads FCSR, looks at the exceptions in it. */
  exceptionsWanted: () => boolean = () => false;
  /** Set where only the uses of FCSR are of interest: what stands for it. */
  fcsrRead: (() => I32) | undefined;
  /** Mode of where the branch goes, as its delay slot has it. */
  modeAfterSlot = 0;
  /** Bytes of the instruction behind this one. */
  slotSize: () => number = () => 4;
  /** Whether the next instruction is a branch of a kind that the forbidden slot of Release 6 cannot have. */
  branchFollows: () => boolean = () => false;
  transfer: Transfer | undefined;
  terminator: Terminator | undefined;
  /** NaNs are encoded as in IEEE 754-2008, rather than with the top bit of the fraction for signalling ones. */
  readonly nan2008: boolean;
  /** MemFlag of data accesses. */
  readonly order: number;

  constructor(
    readonly ir: Builder,
    /** Feature names of the CPU model (MipsFeature). */
    readonly features: ReadonlySet<string>,
    readonly bigEndian: boolean,
    /** FR: 32 floating-point registers of 64 bits instead of 32 bits. */
    readonly wideFpu: boolean,
    /** FIR. */
    readonly implementation = 0,
  ) {
    this.nan2008 = features.has('nan2008');
    this.order = bigEndian ? MemFlag.BigEndian : 0;
  }

  // Registers

  reg(n: number): I32 {
    return n === 0 ? this.ir.const32(0) : this.ir.get32(GPR[n]!);
  }

  setReg(n: number, value: I32): void {
    if (n !== 0) this.ir.set32(GPR[n]!, value);
  }

  const(value: number): I32 {
    return this.ir.const32(value);
  }

  hi(ac = 0): I32 {
    return this.ir.high64(this.accumulator(ac));
  }
  lo(ac = 0): I32 {
    return this.ir.low64(this.accumulator(ac));
  }
  setHi(value: I32, ac = 0): void {
    this.setAccumulator(this.ir.pair64(this.lo(ac), value), ac);
  }
  setLo(value: I32, ac = 0): void {
    this.setAccumulator(this.ir.pair64(value, this.hi(ac)), ac);
  }
  /** HI and LO. */
  accumulator(ac = 0): I64 {
    return this.ir.get64(ACCUMULATOR[ac]!);
  }
  setAccumulator(value: I64, ac = 0): void {
    this.ir.set64(ACCUMULATOR[ac]!, value);
  }

  word(name: WordFieldName): I32 {
    return this.ir.get32(WORD[name]);
  }
  setWord(name: WordFieldName, value: I32): void {
    this.ir.set32(WORD[name], value);
  }

  not(x: I32): I32 {
    return this.ir.xor32(x, this.ir.const32(-1));
  }

  clearLink(): void {
    this.setWord('ll_address', this.ir.const32(LL_NONE));
  }

  // Floating point

  condition(cc: number): I1 {
    return this.ir.get1(FCC[cc]!);
  }
  setCondition(cc: number, value: I1): void {
    this.ir.set1(FCC[cc]!, value);
  }

  s(n: number): F32 {
    return this.ir.getf32((this.wideFpu ? FR1_SINGLE : FR0_SINGLE)[n]!);
  }
  setS(n: number, v: F32): void {
    this.ir.setf32((this.wideFpu ? FR1_SINGLE : FR0_SINGLE)[n]!, v);
  }
  sBits(n: number): I32 {
    return this.ir.get32((this.wideFpu ? FR1_SINGLE : FR0_SINGLE)[n]!);
  }
  setSBits(n: number, v: I32): void {
    this.ir.set32((this.wideFpu ? FR1_SINGLE : FR0_SINGLE)[n]!, v);
  }
  d(n: number): F64 {
    return this.ir.getf64((this.wideFpu ? FR1_DOUBLE : FR0_DOUBLE)[n]!);
  }
  setD(n: number, v: F64): void {
    this.ir.setf64((this.wideFpu ? FR1_DOUBLE : FR0_DOUBLE)[n]!, v);
  }
  dBits(n: number): I64 {
    return this.ir.get64((this.wideFpu ? FR1_DOUBLE : FR0_DOUBLE)[n]!);
  }
  setDBits(n: number, v: I64): void {
    this.ir.set64((this.wideFpu ? FR1_DOUBLE : FR0_DOUBLE)[n]!, v);
  }
  vector(n: number): V128 {
    return this.ir.get128(VECTOR[n]!);
  }
  setVector(n: number, v: V128): void {
    this.ir.set128(VECTOR[n]!, v);
  }

  /**
   * Ends the block after an instruction that wrote FCSR or read its exceptions: from the first one on, code is lifted
   * exactly, and from where an exception is enabled, with traps.
   */
  fcsrAccessed(): void {
    if (this.trapping) return;
    this.modeChanged(this.exact ? Mode.EnablesChanged : Mode.FcsrAccessed);
  }

  /** Ends the block behind this instruction, or behind the branch in whose delay slot it is. */
  modeChanged(mode: number): void {
    if (this.inDelaySlot) this.modeAfterSlot = mode;
    else this.terminator = this.inMode(this.ir.const32(locationPc(this.locationOf((this.pc + this.size) >>> 0))), mode);
  }

  /** Where a branch goes, in another mode. */
  withMode(transfer: Transfer, mode: number): Terminator {
    const { ir } = this;
    switch (transfer.kind) {
      case 'indirect':
        return this.inMode(transfer.target, mode);
      case 'branch':
        return this.inMode(
          ir.select32(transfer.cond, ir.const32(locationPc(transfer.taken)), ir.const32(locationPc(transfer.otherwise))),
          mode,
        );
      default:
        return this.inMode(ir.const32(locationPc(transfer.target)), mode);
    }
  }

  private inMode(target: I32, mode: number): Terminator {
    return { kind: 'indirect', target, hint: 'jump', mode };
  }

  // Branches

  /** Address after the delay slot: where branches return to and go on at. */
  get afterDelaySlot(): number {
    return (this.pc + this.size + (this.delaySlotSize || this.slotSize())) >>> 0;
  }

  /** A location in the current instruction set. */
  locationOf(address: number): Location {
    return location(this.compressed ? (address | 1) >>> 0 : address);
  }

  /** Address of the next instruction, with the bit of the instruction set. */
  get afterInstruction(): number {
    const next = (this.pc + this.size) >>> 0;
    return this.compressed ? next | 1 : next;
  }

  /** Branches without a delay slot. Not taken it may not be followed by another branch. */
  compactBranch(cond: I1, target: number): void {
    const next = this.afterInstruction >>> 0;
    const otherwise = this.branchFollows() ? location(next, Mode.ForbiddenSlot) : location(next);
    this.terminator = { kind: 'branch', cond, taken: this.locationOf(target), otherwise };
  }

  /** Branches to an address (in the current instruction set) if the condition holds, after the delay slot. */
  branch(cond: I1, target: number): void {
    this.transfer = { kind: 'branch', cond, taken: this.locationOf(target), otherwise: this.locationOf(this.afterDelaySlot) };
  }

  /** The same, but the delay slot runs only if the branch is taken. */
  branchLikely(cond: I1, target: number): void {
    if (this.likelyTaken) this.jump(this.locationOf(target));
    else {
      const taken = location(this.compressed ? this.pc | 1 : this.pc, Mode.LikelyTaken);
      this.terminator = { kind: 'branch', cond, taken, otherwise: this.locationOf(this.afterDelaySlot) };
    }
  }

  jump(target: Location): void {
    this.transfer = { kind: 'jump', target };
  }

  /** Sets the link register, ra unless given, to the address behind the delay slot. */
  link(register = RA): void {
    this.setReg(register, this.const(this.compressed ? this.afterDelaySlot | 1 : this.afterDelaySlot));
  }

  call(target: Location): void {
    this.link();
    this.transfer = { kind: 'call', target, returns: this.locationOf(this.afterDelaySlot) };
  }

  /** Jumps to an address in a register; bit 0 selects the instruction set. */
  jumpRegister(target: I32, hint: 'jump' | 'return'): void {
    this.transfer = { kind: 'indirect', target, hint, mode: 0 };
  }

  callRegister(target: I32, link: number): void {
    this.link(link);
    this.transfer = { kind: 'indirect', target, hint: 'call', mode: 0, returns: this.locationOf(this.afterDelaySlot) };
  }

  // Exceptions

  /** Raises an exception at this instruction and ends the block. */
  trap(trap: TrapKind, info = 0): void {
    this.terminator = { kind: 'trap', trap, info, at: this.locationOf(this.reportedPc) };
  }

  trapIf(cond: I1, trap: TrapKind): void {
    const { ir } = this;
    ir.beginIf(cond);
    ir.trap(trap, this.compressed ? this.reportedPc | 1 : this.reportedPc);
    ir.endIf();
  }
}
