/** What the instruction semantics are written against: registers, condition fields, XER, memory and branches. */
import { location, type Location, type Terminator } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { type F32, type F64, type I1, type I32, type I64, type TrapKind, type V128 } from '../../translate/ir/types';
import { FPSCR } from './fpscr';
import { CR_HIGH, Mode, PPC_LAYOUT, SUMMARY_TRACKED } from './state';

const numbered = (prefix: string, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => PPC_LAYOUT.index(`${prefix}${i}`));

const GPR = numbered('r', 32);
const CR = numbered('cr', 8);
const UPPER = numbered('evr', 32);
const ACC = PPC_LAYOUT.index('acc');
const FPR = numbered('f', 32);
const VR = numbered('v', 32);

const WORD_NAMES = [
  'lr', 'ctr', 'xer', 'reserve_address', 'reserve_value', 'branch_target', 'icbi_address', 'icbi_length', 'mq', 'vrsave', 'usprg', 'fpscr', 'fpexc_off', 'vscr',
  'spefscr',
] as const; // prettier-ignore
export type WordFieldName = (typeof WORD_NAMES)[number];
const WORD = Object.fromEntries(WORD_NAMES.map((f) => [f, PPC_LAYOUT.index(f)])) as Record<WordFieldName, number>;

/** Half of a 64-bit general register; the lower one is the register of all instructions but SPE's. */
export type RegisterHalf = 'upper' | 'lower';

export type FlagName = 'ov' | 'ca';
const FLAG = Object.fromEntries((['ov', 'ca'] as const).map((f) => [f, PPC_LAYOUT.index(f)])) as Record<FlagName, number>;
const SO = PPC_LAYOUT.index('so');

const SAT = PPC_LAYOUT.index('sat');

/** Bits of a CR field in the order of their numbers, most significant first. */
const [LT, GT, EQ] = [0, 1, 2] as const;

/** The high word of a field without GT and SO. */
const NOT_GREATER = CR_HIGH.notGreater | CR_HIGH.summary;

/** How a block gets the bits of a CR field that it has written itself. */
type KnownField = readonly [lt: () => I1, gt: () => I1, eq: () => I1, so: () => I1];

/** The state of lifting one block: what ends it is left in `terminator`. */
export class LiftContext {
  /** Address of the current instruction (unsigned). */
  pc = 0;
  /** The branch that is lifted here is known to be taken (Mode.Taken). */
  taken = false;
  terminator: Terminator | undefined;
  /** FPSCR's exceptions are recorded and its modes obeyed (docs/floating-point.md). */
  exact = false;
  /** FPSCR asks for another rounding than to nearest (Mode.Directed), or may. */
  directed = false;
  /** Whether the code behind an mffs at the current instruction looks at the exceptions. */
  exceptionsWanted: () => boolean = () => true;
  /** What mffs gives while `exceptionsWanted` looks at what becomes of it. */
  fpscrRead: (() => I64) | undefined;
  /** The terminator's locations have the modes they need. */
  modesSettled = false;
  /** Location mode without Directed and Taken: steps of an mtfsf. */
  fpscrStep = 0;
  /** XER.SO may be set; else it is known not to be. */
  tracksSummary = false;
  /** The mtxer that is lifted here sets XER.SO (Mode.SummaryWanted). */
  summaryWanted = false;
  /** Floating-point registers that are known to hold singles. */
  readonly singles = new Set<number>();
  /** What some of them hold, unless it is a NaN. */
  readonly singleValues: (F32 | undefined)[] = [];
  private readonly known: (KnownField | undefined)[] = [];

  constructor(
    readonly ir: Builder,
    /** Feature names of the CPU model (PpcFeature). */
    readonly features: ReadonlySet<string>,
    /** Bytes that dcbz clears. */
    readonly cacheLine: number,
    /** Processor version register, which Linux reads for programs. */
    readonly pvr: number,
  ) {}

  // Registers

  reg(n: number): I32 {
    return this.ir.get32(GPR[n]!);
  }
  setReg(n: number, value: I32): void {
    this.ir.set32(GPR[n]!, value);
  }
  /** (rA|0): a base register, where 0 means the number 0. */
  base(n: number): I32 {
    return n === 0 ? this.ir.const32(0) : this.reg(n);
  }

  // SPE's 64-bit registers

  half(n: number, which: RegisterHalf): I32 {
    return which === 'lower' ? this.reg(n) : this.ir.get32(UPPER[n]!);
  }
  setHalf(n: number, which: RegisterHalf, value: I32): void {
    if (which === 'lower') this.setReg(n, value);
    else this.ir.set32(UPPER[n]!, value);
  }
  pair(n: number): I64 {
    return this.ir.pair64(this.half(n, 'lower'), this.half(n, 'upper'));
  }
  setPair(n: number, value: I64): void {
    this.setHalf(n, 'lower', this.ir.low64(value));
    this.setHalf(n, 'upper', this.ir.high64(value));
  }
  accumulator(): I64 {
    return this.ir.get64(ACC);
  }
  setAccumulator(value: I64): void {
    this.ir.set64(ACC, value);
  }

  const(value: number): I32 {
    return this.ir.const32(value);
  }
  word(name: WordFieldName): I32 {
    return this.ir.get32(WORD[name]);
  }
  setWord(name: WordFieldName, value: I32): void {
    this.ir.set32(WORD[name], value);
  }
  flag(name: FlagName): I1 {
    return this.ir.get1(FLAG[name]);
  }
  setFlag(name: FlagName, value: I1): void {
    this.ir.set1(FLAG[name], value);
  }
  /** XER.SO. */
  summary(): I1 {
    return this.tracksSummary ? this.ir.get1(SO) : this.ir.const1(false);
  }
  /** Only where `tracksSummary`, or what is known already. */
  setSummary(value: I1): void {
    this.ir.set1(SO, value);
  }
  /** XER.OV, which is summed up in XER.SO. */
  setOverflow(value: I1): void {
    this.setFlag('ov', value);
    this.setSummary(this.ir.or1(this.summary(), value));
  }
  /**
   * For an instruction that may set XER.SO: unless code is lifted for that already, ends the block, so that this instruction is
   * lifted again for it, like all code from then on.
   * @returns true if the instruction need not be lifted now
   */
  tracksSummaryFromHere(): boolean {
    if (this.tracksSummary) return false;
    this.setWord('xer', this.ir.or32(this.word('xer'), this.const(SUMMARY_TRACKED)));
    this.terminator = { kind: 'indirect', target: this.const(this.pc), hint: 'jump', mode: Mode.SummaryAccessed };
    return true;
  }

  not(x: I32): I32 {
    return this.ir.xor32(x, this.ir.const32(-1));
  }
  /** Bit n of a value, counted from the least significant. */
  bit(x: I32, n: number): I1 {
    const { ir } = this;
    return ir.ne32(ir.and32(x, ir.const32(1 << n)), ir.const32(0));
  }

  fpr(n: number): F64 {
    return this.ir.getf64(FPR[n]!);
  }
  setFpr(n: number, v: F64): void {
    this.ir.setf64(FPR[n]!, v);
  }
  fprBits(n: number): I64 {
    return this.ir.get64(FPR[n]!);
  }
  setFprBits(n: number, v: I64): void {
    this.ir.set64(FPR[n]!, v);
  }
  /**
   * Says whether a register that was just written holds a single.
   * @param value the single, unless it is a NaN
   */
  holds(n: number, single: boolean, value?: F32): void {
    if (single) this.singles.add(n);
    else this.singles.delete(n);
    this.singleValues[n] = value;
  }

  /**
   * For an instruction that needs exact floating point: unless code is lifted for it already, ends the block, so that this
   * instruction is lifted again for it, like all code from then on.
   * @returns true if the instruction need not be lifted now
   */
  becomeExact(): boolean {
    if (this.exact) return false;
    this.setWord('fpscr', this.ir.or32(this.word('fpscr'), this.const(FPSCR.tracked)));
    this.terminator = { kind: 'indirect', target: this.const(this.pc), hint: 'jump', mode: Mode.FpscrAccessed };
    this.modesSettled = true;
    return true;
  }

  /** A vector register: element 0 of the manual, which has the lowest address, is the most significant lane. */
  vector(n: number): V128 {
    return this.ir.get128(VR[n]!);
  }
  setVector(n: number, v: V128): void {
    this.ir.set128(VR[n]!, v);
  }
  /** VSCR.SAT: set if any bit is. */
  saturated(): V128 {
    return this.ir.get128(SAT);
  }
  setSaturated(v: V128): void {
    this.ir.set128(SAT, v);
  }

  // Condition register

  /** Sets a CR field from comparing two numbers, with XER.SO as its last bit. */
  compare(field: number, x: I32, y: I32, signed: boolean): void {
    const { ir } = this;
    const extend = (v: I32): I64 => (signed ? ir.extend_s32(v) : ir.extend_u32(v));
    const summary = this.setCr(field, ir.sub64(extend(x), extend(y)));
    const less = (p: I32, q: I32): I1 => (signed ? ir.lt_s32(p, q) : ir.lt_u32(p, q));
    this.known[field] = [() => less(x, y), () => less(y, x), () => ir.eq32(x, y), () => summary];
  }

  /** Sets a CR field to a number and to XER.SO, which it returns. */
  private setCr(field: number, value: I64): I1 {
    const { ir } = this;
    const so = this.summary();
    if (!this.tracksSummary) ir.set64(CR[field]!, value);
    else {
      // 0 with SO alone would be positive
      const low = ir.low64(value);
      const high = ir.select32(ir.eq32(low, ir.const32(0)), ir.const32(NOT_GREATER), ir.high64(value));
      ir.set64(CR[field]!, ir.pair64(low, this.withSummary(high, so)));
    }
    return so;
  }

  /** The high word of a CR field that has SO clear, with SO. */
  private withSummary(high: I32, so: I1): I32 {
    const { ir } = this;
    return ir.xor32(high, ir.select32(so, ir.const32(CR_HIGH.summary), ir.const32(0)));
  }

  /** Rc=1: CR0 from comparing a result with 0. */
  record(result: I32): void {
    const { ir } = this;
    const zero = ir.const32(0);
    const summary = this.setCr(0, ir.extend_s32(result));
    this.known[0] = [() => ir.lt_s32(result, zero), () => ir.lt_s32(zero, result), () => ir.eq32(result, zero), () => summary];
  }

  /** Sets the four bits of a CR field. */
  setCrField(field: number, lt: I1, gt: I1, eq: I1, so: I1): void {
    const { ir } = this;
    const low = ir.zext1_32(ir.not1(eq));
    const less = ir.select32(lt, ir.const32(CR_HIGH.less | CR_HIGH.nonZero), ir.const32(CR_HIGH.nonZero));
    const high = ir.or32(less, ir.select32(gt, ir.const32(0), ir.const32(NOT_GREATER)));
    ir.set64(CR[field]!, ir.pair64(low, this.withSummary(high, so)));
    this.known[field] = [() => lt, () => gt, () => eq, () => so];
  }

  /** Sets EQ of a field and clears the others but SO, which becomes that of XER; allowed inside an `if`. */
  setCrEqual(field: number, notEqual: I32): void {
    const { ir } = this;
    ir.set64(CR[field]!, ir.pair64(notEqual, this.withSummary(ir.const32(NOT_GREATER), this.summary())));
    this.known[field] = undefined;
  }

  /** A bit of CR by its number, 0 to 31. */
  crBit(n: number): I1 {
    const { ir } = this;
    const [field, bit] = [n >> 2, n & 3];
    const known = ir.insideIf ? undefined : this.known[field];
    if (known !== undefined) return known[bit]!();
    const value = ir.get64(CR[field]!);
    if (bit === GT) return ir.lt_s64(ir.const64(0, 0), value);
    if (bit === LT) return this.bit(ir.high64(value), 30);
    if (bit === EQ) return ir.eq32(ir.low64(value), ir.const32(0));
    const high = ir.high64(value);
    return ir.lt_s32(ir.xor32(high, ir.shl32(high, ir.const32(CR_HIGH.summaryShift))), ir.const32(0));
  }

  setCrBit(n: number, value: I1): void {
    const field = n & ~3;
    const [lt, gt, eq, so] = [0, 1, 2, 3].map((bit) => (bit === (n & 3) ? value : this.crBit(field + bit)));
    this.setCrField(n >> 2, lt!, gt!, eq!, so!);
  }

  /** A CR field as a number of four bits. */
  crNibble(field: number): I32 {
    const { ir } = this;
    const at = (bit: number): I32 => ir.shl32(ir.zext1_32(this.crBit(4 * field + bit)), ir.const32(3 - bit));
    return ir.or32(ir.or32(at(0), at(1)), ir.or32(at(2), at(3)));
  }

  /** Sets a CR field from bits 3 to 0 of a value, which may have others. */
  setCrNibble(field: number, value: I32): void {
    this.setCrField(field, this.bit(value, 3), this.bit(value, 2), this.bit(value, 1), this.bit(value, 0));
  }

  // Branches

  get next(): number {
    return (this.pc + 4) >>> 0;
  }

  /** This branch, known to be taken. */
  get takenHere(): Location {
    return location(this.pc, Mode.Taken);
  }

  jump(target: number): void {
    this.terminator = { kind: 'jump', target };
  }

  branch(cond: I1, target: Location): void {
    this.terminator = { kind: 'branch', cond, taken: target, otherwise: this.next };
  }

  link(): void {
    this.setWord('lr', this.const(this.next));
  }

  call(target: number): void {
    this.link();
    this.terminator = { kind: 'call', target, returns: this.next };
  }

  /** Jumps to an address whose two low bits do not count. */
  jumpIndirect(target: I32, hint: 'jump' | 'return'): void {
    this.terminator = { kind: 'indirect', target: this.aligned(target), hint, mode: 0 };
  }

  callIndirect(target: I32): void {
    this.link();
    this.terminator = { kind: 'indirect', target: this.aligned(target), hint: 'call', mode: 0, returns: this.next };
  }

  private aligned(target: I32): I32 {
    return this.ir.and32(target, this.ir.const32(~3));
  }

  // Exceptions

  /** Raises an exception at this instruction and ends the block. */
  trap(trap: TrapKind, info = 0): void {
    this.terminator = { kind: 'trap', trap, info, at: this.pc };
  }

  trapIf(cond: I1, trap: TrapKind): void {
    const { ir } = this;
    ir.beginIf(cond);
    ir.trap(trap, this.pc);
    ir.endIf();
  }
}
