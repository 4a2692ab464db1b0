/**
 * What the instruction semantics of A32 and T32 are written against: registers, flags and branches
 * in the terms of the manual's pseudocode (Arm ARM DDI 0406C, appendix D16 and section A2.3).
 */
import { location, locationMode, locationPc, type Location, type Terminator } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { MemFlag, type F32, type F64, type I1, type I32, type I64, type TrapKind, type V128 } from '../../translate/ir/types';
import { fill, or } from '../../translate/ir/lane-arithmetic';
import { vop } from '../../translate/ir/vector-ops';
import { ARM_LAYOUT, EXCLUSIVE_NONE, Mode, type DataOrder } from './state';

const FIELD = {
  r: Array.from({ length: 15 }, (_, i) => ARM_LAYOUT.index(`r${i}`)),
  s: Array.from({ length: 32 }, (_, i) => ARM_LAYOUT.index(`s${i}`)),
  d: Array.from({ length: 32 }, (_, i) => ARM_LAYOUT.index(`d${i}`)),
  q: Array.from({ length: 16 }, (_, i) => ARM_LAYOUT.index(`q${i}`)),
} as const;

const QC = ARM_LAYOUT.index('qc');
const ANY_TRUE = vop('v128.any_true');

export type FlagName = 'n' | 'z' | 'c' | 'v' | 'q' | 'fn' | 'fz' | 'fc' | 'fv';
const FLAG = Object.fromEntries(
  (['n', 'z', 'c', 'v', 'q', 'fn', 'fz', 'fc', 'fv'] as const).map((f) => [f, ARM_LAYOUT.index(f)]),
) as Record<FlagName, number>;

export type WordFieldName = 'ge' | 'exclusive_address' | 'exclusive_low' | 'exclusive_high' | 'tpidruro' | 'tpidrurw' | 'fpscr';
const WORD = Object.fromEntries(
  (['ge', 'exclusive_address', 'exclusive_low', 'exclusive_high', 'tpidruro', 'tpidrurw', 'fpscr'] as const).map((f) => [
    f,
    ARM_LAYOUT.index(f),
  ]),
) as Record<WordFieldName, number>;

/** A shifted operand with the shifter's carry-out. The carry's ops are emitted when it is read, as few instructions want it. */
export interface ShiftedOperand {
  readonly value: I32;
  readonly carry: I1;
}

class LazyCarry implements ShiftedOperand {
  constructor(
    readonly value: I32,
    private readonly emitCarry: () => I1,
  ) {}

  get carry(): I1 {
    return this.emitCarry();
  }
}

export const SP = 13;
export const LR = 14;
export const PC = 15;

export type ShiftType = 'LSL' | 'LSR' | 'ASR' | 'ROR' | 'RRX';

/** DecodeImmShift(): shift type and amount of a 2-bit type and 5-bit immediate. */
export function decodeImmShift(type: number, imm5: number): { type: ShiftType; amount: number } {
  switch (type) {
    case 0:
      return { type: 'LSL', amount: imm5 };
    case 1:
      return { type: 'LSR', amount: imm5 === 0 ? 32 : imm5 };
    case 2:
      return { type: 'ASR', amount: imm5 === 0 ? 32 : imm5 };
    default:
      return imm5 === 0 ? { type: 'RRX', amount: 1 } : { type: 'ROR', amount: imm5 };
  }
}

export const SHIFT_NAMES: readonly ShiftType[] = ['LSL', 'LSR', 'ASR', 'ROR'];

/** ITAdvance() of an ITSTATE byte (section A2.5.2). */
export function itAdvance(it: number): number {
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}

/**
 * The state of lifting one block. Semantics call it; the lift loop (lift.ts) owns conditional
 * execution, so a semantics function describes the instruction as if its condition holds.
 */
export class LiftContext {
  /** Address of the current instruction (unsigned, without the Thumb bit). */
  pc = 0;
  /** Bytes of the current instruction: 2 or 4. */
  size = 4;
  thumb = false;
  /** ITSTATE of the current instruction, 0 outside an IT block (section A2.5.2). The IT instruction sets it; the loop advances it. */
  itState = 0;
  /** True inside an IT block: the 16-bit data-processing instructions then leave the flags alone. */
  inItBlock = false;
  /** CPSR.E: data accesses are big-endian. */
  bigEndianData: boolean;
  /** Floating point is lifted exactly (docs/floating-point.md), not as native arithmetic. */
  exact = false;
  /** Exact floating point expects FPSCR.FZ to be set: it looks for denormals rather than at FZ. */
  flushing = false;
  /** Whether the code at hand, which reads FPSCR, looks at the exceptions in it. */
  exceptionsWanted: () => boolean = () => false;
  /** Whether the call at hand is that of libgcc's 64-bit division. */
  callsDivision: () => boolean = () => false;
  /** Set where only the uses of FPSCR are of interest: what stands for it. */
  fpscrRead: (() => I32) | undefined;
  /** Set by an instruction that ends the block. */
  terminator: Terminator | undefined;
  /** True once the current `if` body changed one of NZCV, so that it cannot be extended. */
  flagsChanged = false;

  constructor(
    readonly ir: Builder,
    /** Feature names of the CPU model: v4t v5 v5te v6 v6k v6t2 v7 v7ve(div) crc32 vfp... */
    readonly features: ReadonlySet<string>,
    /** What the program is built for. */
    readonly order: DataOrder = 'little',
  ) {
    this.bigEndianData = order !== 'little';
  }

  /** Takes the byte order of data from a location's mode. */
  setDataMode(mode: number): void {
    this.bigEndianData = (this.order !== 'little') !== ((mode & Mode.OtherDataOrder) !== 0);
  }

  /** The byte order of data as a location's mode. */
  private get dataMode(): number {
    return this.bigEndianData === (this.order !== 'little') ? 0 : Mode.OtherDataOrder;
  }

  // Registers

  /** R[n]; reading the PC gives the address of the instruction plus 8 (A32) or 4 (T32), section A2.3. */
  reg(n: number): I32 {
    return n === PC ? this.ir.const32(this.pcValue()) : this.ir.get32(FIELD.r[n]!);
  }

  /** The value the PC reads as. */
  pcValue(): number {
    return (this.pc + (this.thumb ? 4 : 8)) >>> 0;
  }

  /** Align(PC, 4): the base of literal loads and ADR. */
  alignedPc(): number {
    return (this.pcValue() & ~3) >>> 0;
  }

  /** R[n] = value for n != 15; instructions that may write the PC use one of the WritePC methods. */
  setReg(n: number, value: I32): void {
    if (n === PC) throw new Error('setReg(PC): use a WritePC method');
    this.ir.set32(FIELD.r[n]!, value);
  }

  /**
   * Writes a register where the PC as destination is UNPREDICTABLE: qemu-arm branches to the value in
   * the current instruction set, and so do we.
   */
  setRegOrBranch(n: number, value: I32): void {
    if (n === PC) this.branchWritePC(value);
    else this.setReg(n, value);
  }

  // Flags

  flag(name: FlagName): I1 {
    return this.ir.get1(FLAG[name]);
  }

  setFlag(name: FlagName, value: I1): void {
    this.flagsChanged = true;
    this.ir.set1(FLAG[name], value);
  }

  word(name: WordFieldName): I32 {
    return this.ir.get32(WORD[name]);
  }

  setWord(name: WordFieldName, value: I32): void {
    this.ir.set32(WORD[name], value);
  }

  /** APSR.N and APSR.Z from a result. */
  setNZ(result: I32): void {
    const { ir } = this;
    this.setFlag('n', ir.lt_s32(result, ir.const32(0)));
    this.setFlag('z', ir.eq32(result, ir.const32(0)));
  }

  /** ConditionPassed() for a 4-bit condition other than AL (section A8.3). */
  condition(cond: number): I1 {
    const { ir } = this;
    const positive = (): I1 => {
      switch (cond >> 1) {
        case 0:
          return this.flag('z');
        case 1:
          return this.flag('c');
        case 2:
          return this.flag('n');
        case 3:
          return this.flag('v');
        case 4:
          return ir.and1(this.flag('c'), ir.not1(this.flag('z')));
        case 5:
          return ir.not1(ir.xor1(this.flag('n'), this.flag('v')));
        case 6:
          return ir.and1(ir.not1(this.flag('z')), ir.not1(ir.xor1(this.flag('n'), this.flag('v'))));
        default:
          return ir.const1(true);
      }
    };
    const p = positive();
    return (cond & 1) === 1 && cond !== 15 ? ir.not1(p) : p;
  }

  // Arithmetic

  /** x + y, with NZCV if `setFlags`. */
  add(x: I32, y: I32, setFlags: boolean): I32 {
    const { ir } = this;
    const r = ir.add32(x, y);
    if (setFlags) {
      this.setNZ(r);
      this.setFlag('c', ir.lt_u32(r, x));
      this.setFlag('v', ir.overflow_add32(x, y));
    }
    return r;
  }

  /** x - y, with NZCV if `setFlags`; C means "no borrow". Z compares the operands so that branches on it fuse. */
  sub(x: I32, y: I32, setFlags: boolean): I32 {
    const { ir } = this;
    const r = ir.sub32(x, y);
    if (setFlags) {
      this.setFlag('n', ir.lt_s32(r, ir.const32(0)));
      this.setFlag('z', ir.eq32(x, y));
      this.setFlag('c', ir.le_u32(y, x));
      this.setFlag('v', ir.overflow_sub32(x, y));
    }
    return r;
  }

  /** AddWithCarry(x, y, APSR.C), with NZCV if `setFlags`. Subtraction with carry passes NOT(y). */
  addWithCarry(x: I32, y: I32, setFlags: boolean): I32 {
    const { ir } = this;
    const c = this.flag('c');
    const r = ir.add32(ir.add32(x, y), ir.zext1_32(c));
    if (setFlags) {
      this.setNZ(r);
      this.setFlag('c', ir.carry_adc32(x, y, c));
      this.setFlag('v', ir.overflow_adc32(x, y, c));
    }
    return r;
  }

  not(x: I32): I32 {
    return this.ir.xor32(x, this.ir.const32(-1));
  }

  /** Bit `n` of a word as a flag. */
  bit(x: I32, n: number): I1 {
    const { ir } = this;
    if (n === 31) return ir.lt_s32(x, ir.const32(0));
    return ir.ne32(ir.and32(x, ir.const32(1 << n)), ir.const32(0));
  }

  /** An immediate operand whose carry-out is a constant or, if undefined, the current C flag. */
  immediate(value: number, carry?: boolean): ShiftedOperand {
    return new LazyCarry(this.ir.const32(value), () => (carry === undefined ? this.flag('c') : this.ir.const1(carry)));
  }

  /** Shift_C() by a constant amount as DecodeImmShift() gives it. */
  shift(x: I32, type: ShiftType, amount: number): ShiftedOperand {
    const { ir } = this;
    if (amount === 0) return new LazyCarry(x, () => this.flag('c'));
    const k = ir.const32(amount);
    switch (type) {
      case 'LSL':
        return new LazyCarry(ir.shl32(x, k), () => this.bit(x, 32 - amount));
      case 'LSR':
        return new LazyCarry(amount === 32 ? ir.const32(0) : ir.shr_u32(x, k), () => this.bit(x, amount - 1));
      case 'ASR':
        return new LazyCarry(ir.shr_s32(x, ir.const32(Math.min(amount, 31))), () => this.bit(x, amount - 1));
      case 'ROR':
        return new LazyCarry(ir.rotr32(x, k), () => this.bit(x, amount - 1));
      case 'RRX': {
        const c31 = ir.shl32(ir.zext1_32(this.flag('c')), ir.const32(31));
        return new LazyCarry(ir.or32(ir.shr_u32(x, ir.const32(1)), c31), () => this.bit(x, 0));
      }
    }
  }

  /** Shift_C() by the low byte of a register. */
  shiftByRegister(x: I32, type: ShiftType, amount: I32): ShiftedOperand {
    const { ir } = this;
    const zero = ir.const32(0);
    const n = ir.and32(amount, ir.const32(0xff));
    const none = ir.eq32(n, zero);
    const below32 = ir.lt_u32(n, ir.const32(32));
    const last = (): I32 => ir.sub32(n, ir.const32(1)); // bit that a right shift pushes out last
    const operand = (value: I32, lowestOut: () => I32): ShiftedOperand =>
      new LazyCarry(value, () => ir.select1(none, this.flag('c'), this.bit(lowestOut(), 0)));
    const upTo32 = (shifted: I32): I32 => ir.select32(ir.le_u32(n, ir.const32(32)), shifted, zero);
    switch (type) {
      case 'LSL':
        return operand(ir.select32(below32, ir.shl32(x, n), zero), () => upTo32(ir.shr_u32(x, ir.sub32(zero, n))));
      case 'LSR':
        return operand(ir.select32(below32, ir.shr_u32(x, n), zero), () => upTo32(ir.shr_u32(x, last())));
      case 'ASR':
        return operand(ir.shr_s32(x, ir.select32(below32, n, ir.const32(31))), () =>
          ir.shr_s32(x, ir.select32(below32, last(), ir.const32(31))),
        );
      default:
        return operand(ir.rotr32(x, n), () => ir.shr_u32(x, last()));
    }
  }

  // Memory

  /** Memory flags of a data access; `aligned` asks for an alignment fault (SCTLR.A is 0, but LDRD, LDM and LDREX check). */
  memFlags(aligned = false): number {
    return (this.bigEndianData ? MemFlag.BigEndian : 0) | (aligned ? MemFlag.Aligned : 0);
  }

  // Branches: each ends the block

  /** A branch to a constant address in the current instruction set. */
  branchTo(address: number): void {
    this.terminator = { kind: 'jump', target: this.locationOf(address, this.thumb) };
  }

  /** BL, BLX (immediate): sets LR and calls. */
  callTo(address: number, thumb: boolean): void {
    this.setReg(LR, this.ir.const32(this.returnAddress()));
    this.terminator = { kind: 'call', target: this.locationOf(address, thumb), returns: this.nextLocation() };
  }

  /** BLX (register). */
  callRegister(target: I32): void {
    this.setReg(LR, this.ir.const32(this.returnAddress()));
    this.bxWritePC(target, 'call');
  }

  /** Return address in interworking form. */
  returnAddress(): number {
    return (this.pc + this.size + (this.thumb ? 1 : 0)) >>> 0;
  }

  /**
   * BXWritePC(): bit 0 selects Thumb. An A32 target with bit 1 set is UNPREDICTABLE; its location is another one with the same code
   * (qemu-arm 7.2 raises SIGBUS). To drop the bit here would cost every return five operations.
   */
  bxWritePC(target: I32, hint: 'jump' | 'call' | 'return' = 'jump'): void {
    this.endIndirect(target, hint);
  }

  /** BranchWritePC(): stays in the current instruction set. */
  branchWritePC(target: I32): void {
    const { ir } = this;
    const t = this.thumb ? ir.or32(target, ir.const32(1)) : ir.and32(target, ir.const32(~3));
    this.endIndirect(t, 'jump');
  }

  /** LoadWritePC(): interworks from ARMv5 on. */
  loadWritePC(target: I32, hint: 'jump' | 'return' = 'jump'): void {
    if (this.features.has('v5')) this.bxWritePC(target, hint);
    else this.branchWritePC(target);
  }

  /** ALUWritePC(): interworks in A32 from ARMv7 on. */
  aluWritePC(target: I32, hint: 'jump' | 'return' = 'jump'): void {
    if (!this.thumb && this.features.has('v7')) this.bxWritePC(target, hint);
    else this.branchWritePC(target);
  }

  private endIndirect(target: I32, hint: 'jump' | 'call' | 'return'): void {
    const mode = this.dataMode;
    this.terminator =
      hint === 'call' ? { kind: 'indirect', target, hint, mode, returns: this.nextLocation() } : { kind: 'indirect', target, hint, mode };
  }

  /** SVC: the immediate goes to the system call layer. */
  supervisorCall(immediate: number): void {
    this.terminator = { kind: 'syscall', info: immediate, next: this.nextLocation() };
  }

  /** Raises an exception at this instruction and ends the block. */
  trap(trap: TrapKind, info = 0): void {
    this.terminator = { kind: 'trap', trap, info, at: this.locationAt(this.pc, this.itState) };
  }

  /** The instruction after this one, which may be in the same IT block. */
  nextLocation(): Location {
    return this.locationAt(this.pc + this.size, itAdvance(this.itState));
  }

  /** Ends the block after an instruction that wrote FPSCR or read its exceptions: from the first one on, code is lifted exactly. */
  fpscrAccessed(): void {
    const next = this.nextLocation();
    this.terminator = this.exact
      ? { kind: 'jump', target: next }
      : { kind: 'indirect', target: this.ir.const32(locationPc(next)), hint: 'jump', mode: locationMode(next) | Mode.FpscrAccessed };
  }

  /** A location in the current instruction set with an IT state. */
  locationAt(address: number, itState: number): Location {
    return location(this.thumb ? address | 1 : address, itState | this.dataMode);
  }

  /** A location with the current data endianness and no IT state. */
  locationOf(address: number, thumb: boolean): Location {
    return location(thumb ? address | 1 : address & ~3, this.dataMode);
  }

  /** Ends the local monitor's exclusive state. */
  clearExclusive(): void {
    this.setWord('exclusive_address', this.ir.const32(EXCLUSIVE_NONE));
  }

  // VFP registers by number; bit moves go through the integer views, so that NaN payloads survive

  s(n: number): F32 {
    return this.ir.getf32(FIELD.s[n]!);
  }
  setS(n: number, v: F32): void {
    this.ir.setf32(FIELD.s[n]!, v);
  }
  sBits(n: number): I32 {
    return this.ir.get32(FIELD.s[n]!);
  }
  setSBits(n: number, v: I32): void {
    this.ir.set32(FIELD.s[n]!, v);
  }
  d(n: number): F64 {
    return this.ir.getf64(FIELD.d[n]!);
  }
  setD(n: number, v: F64): void {
    this.ir.setf64(FIELD.d[n]!, v);
  }
  dBits(n: number): I64 {
    return this.ir.get64(FIELD.d[n]!);
  }
  setDBits(n: number, v: I64): void {
    this.ir.set64(FIELD.d[n]!, v);
  }

  /** An Advanced SIMD register by the number of its first doubleword; a doubleword (q = 0) comes in both halves. */
  vector(q: number, n: number): V128 {
    return q === 1 ? this.ir.get128(FIELD.q[n >> 1]!) : this.ir.getdup64(FIELD.d[n]!);
  }
  /** Of a vector for a doubleword the low half counts. */
  setVector(q: number, n: number, v: V128): void {
    if (q === 1) this.ir.set128(FIELD.q[n >> 1]!, v);
    else this.ir.setlow64(FIELD.d[n]!, v);
  }

  /** Adds exceptions to those in FPSCR. */
  raise(flags: I32): void {
    this.setWord('fpscr', this.ir.or32(this.word('fpscr'), flags));
  }

  /** FPSCR.QC: sets it if the vector is not 0. */
  accumulateSaturation(happened: V128): void {
    this.ir.set128(QC, or(this.ir, this.ir.get128(QC), happened));
  }
  saturation(): I1 {
    return this.ir.vector_test(this.ir.get128(QC), ANY_TRUE);
  }
  setSaturation(value: I1): void {
    this.ir.set128(QC, fill(this.ir, 32, this.ir.zext1_32(value)));
  }
}
