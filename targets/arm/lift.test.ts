/** Conditional execution, IT blocks and block ends. What single instructions compute, tests/instructions compares with qemu-arm. */
import { location, type Block } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import { CpuState } from '../../translate/ir/cpu-state';
import { Op } from '../../translate/ir/opcodes';
import type { CodeReader } from '../target';
import { ARM_CPU_MODELS } from './cpu-models';
import { ArmLifter } from './lift';
import { ARM_LAYOUT, Mode, type DataOrder } from './state';

const BASE = 0x8000;
const THUMB = 1;

/** Code at BASE; everything else is not readable. */
class Code implements CodeReader {
  readonly messages: string[] = [];
  private constructor(private readonly bytes: Buffer) {}

  static a32(...words: readonly number[]): Code {
    const bytes = Buffer.alloc(words.length * 4);
    words.forEach((w, i) => bytes.writeUInt32LE(w, 4 * i));
    return new Code(bytes);
  }

  static t32(...halfwords: readonly number[]): Code {
    const bytes = Buffer.alloc(halfwords.length * 2);
    halfwords.forEach((h, i) => bytes.writeUInt16LE(h, 2 * i));
    return new Code(bytes);
  }

  fetch16(a: number): number | undefined {
    return a >= BASE && a + 2 <= BASE + this.bytes.length ? this.bytes.readUInt16LE(a - BASE) : undefined;
  }
  fetch32(a: number): number | undefined {
    return a >= BASE && a + 4 <= BASE + this.bytes.length ? this.bytes.readInt32LE(a - BASE) : undefined;
  }
  unimplemented(address: number, what: string): void {
    this.messages.push(`${address.toString(16)}: ${what}`);
  }
}

function lift(code: Code, at = location(BASE), model = 'max', limit = 1000, order: DataOrder = 'little'): Block {
  return new ArmLifter(
    ARM_CPU_MODELS.find((m) => m.name === model)!,
    order,
  ).lift(new Builder(ARM_LAYOUT), code, at, limit);
}

const thumbAt = (address: number, mode = 0): number => location(address | THUMB, mode);
const count = (b: Block, op: Op): number => b.op.filter((x) => x === op).length;

// A32
const MOVEQ_R0_1 = 0x03a00001;
const MOVEQ_R1_2 = 0x03a01002;
const MOVNE_R0_2 = 0x13a00002;
const CMPEQ_R0_0 = 0x03500000;
const BEQ_SELF_PLUS_8 = 0x0a000000;
const BXEQ_LR = 0x012fff1e;
const BLEQ = 0x0b000000;
const BX_LR = 0xe12fff1e;
const NOP = 0xe320f000;
const SVC = 0xef000000;

describe('A32 conditional execution', () => {
  it('shares one if between neighbours with the same condition', () => {
    const b = lift(Code.a32(MOVEQ_R0_1, MOVEQ_R1_2, BX_LR));
    expect(count(b, Op.if)).toBe(1);
    expect(count(b, Op.endif)).toBe(1);
    expect(b.instructions).toBe(3);
    expect(b.terminator).toMatchObject({ kind: 'indirect', hint: 'return' });
  });

  it('opens another if for another condition', () => {
    expect(count(lift(Code.a32(MOVEQ_R0_1, MOVNE_R0_2, BX_LR)), Op.if)).toBe(2);
  });

  it('opens another if after the flags changed inside', () => {
    expect(count(lift(Code.a32(CMPEQ_R0_0, MOVEQ_R1_2, BX_LR)), Op.if)).toBe(2);
  });

  it('branches straight to the target of a conditional B', () => {
    const b = lift(Code.a32(BEQ_SELF_PLUS_8));
    expect(count(b, Op.if)).toBe(0);
    expect(b.terminator).toMatchObject({ kind: 'branch', taken: location(BASE + 8), otherwise: location(BASE + 4) });
  });

  it.each([
    ['BX', BXEQ_LR],
    ['BL', BLEQ],
    ['SVC', 0x0f000000],
    ['UDF', 0x07f000f0],
  ])('lifts a conditional %s again, unconditionally, where its condition holds', (_, word) => {
    const b = lift(Code.a32(word));
    const passed = location(BASE, Mode.ConditionPassed);
    expect(count(b, Op.if)).toBe(0);
    expect(count(b, Op.set32)).toBe(0);
    expect(b.terminator).toMatchObject({ kind: 'branch', taken: passed, otherwise: location(BASE + 4) });
    const own = lift(Code.a32(word), passed);
    expect(own.instructions).toBe(1);
    expect(own.terminator.kind).not.toBe('branch');
  });

  it('gives a block end an if of its own, after those of its neighbours', () => {
    const b = lift(Code.a32(MOVEQ_R0_1, MOVEQ_R1_2, BXEQ_LR));
    expect(count(b, Op.if)).toBe(1);
    expect(count(b, Op.insn)).toBe(3);
    expect(b.instructions).toBe(3);
    const [firstEnd] = [b.op.indexOf(Op.endif)];
    expect(b.op.slice(0, firstEnd).filter((x) => x === Op.set32).length).toBe(2);
    expect(b.terminator).toMatchObject({ taken: location(BASE + 8, Mode.ConditionPassed), otherwise: location(BASE + 12) });
  });

  it('does not test the condition again for what follows a passed instruction', () => {
    const b = lift(Code.a32(MOVEQ_R0_1, MOVEQ_R1_2, BX_LR), location(BASE, Mode.ConditionPassed));
    expect(count(b, Op.if)).toBe(1);
    expect(b.op.indexOf(Op.set32)).toBeLessThan(b.op.indexOf(Op.if));
  });
});

describe('block ends', () => {
  it('ends at the limit with a jump to the next instruction', () => {
    const b = lift(Code.a32(NOP, NOP, NOP), location(BASE), 'max', 2);
    expect(b).toMatchObject({ instructions: 2, end: BASE + 8, terminator: { kind: 'jump', target: location(BASE + 8) } });
  });

  it('closes an if that is open at the limit', () => {
    const b = lift(Code.a32(MOVEQ_R0_1, MOVEQ_R1_2), location(BASE), 'max', 1);
    expect(b.op[b.count - 1]).toBe(Op.endif);
  });

  it('faults where the first instruction cannot be read, and otherwise goes there first', () => {
    expect(lift(Code.a32(NOP), location(BASE + 4)).terminator).toMatchObject({ kind: 'trap', trap: 'fetch', at: location(BASE + 4) });
    expect(lift(Code.a32(NOP)).terminator).toEqual({ kind: 'jump', target: location(BASE + 4) });
  });

  it('needs both halves of a 32-bit T32 instruction', () => {
    expect(lift(Code.t32(0xf000), thumbAt(BASE)).terminator).toMatchObject({ kind: 'trap', trap: 'fetch' });
  });

  it('goes on after a system call', () => {
    expect(lift(Code.a32(SVC)).terminator).toEqual({ kind: 'syscall', info: 0, next: location(BASE + 4) });
  });

  it('raises SIGILL and tells the log of an encoding that no table has', () => {
    const code = Code.a32(0xe6000010);
    expect(lift(code).terminator).toMatchObject({ kind: 'trap', trap: 'undefined', at: location(BASE) });
    expect(code.messages).toEqual(['8000: ARM instruction 0xe6000010']);
  });

  it('raises SIGILL silently for what the CPU model lacks', () => {
    const movw = Code.a32(0xe3000001, BX_LR);
    expect(lift(movw, location(BASE), 'arm926').terminator).toMatchObject({ kind: 'trap', trap: 'undefined' });
    expect(movw.messages).toEqual([]);
    expect(lift(movw, location(BASE), 'cortex-a8').terminator.kind).toBe('indirect');
  });
});

// T32
const IT_EQ = 0xbf08;
const ITE_EQ = 0xbf0c;
const ITTT_EQ = 0xbf02;
const MOV_R0_1 = 0x2001;
const MOV_R1_2 = 0x2102;
const T_BX_LR = 0x4770;
const T_SVC = 0xdf00;
const EQ = 0;

describe('IT blocks', () => {
  it('takes conditions and flag setting from ITSTATE', () => {
    const b = lift(Code.t32(ITE_EQ, MOV_R0_1, MOV_R1_2, T_BX_LR), thumbAt(BASE));
    expect(count(b, Op.if)).toBe(2);
    expect(count(b, Op.set1)).toBe(0);
    expect(count(lift(Code.t32(MOV_R0_1, T_BX_LR), thumbAt(BASE)), Op.set1)).toBe(2);
  });

  it('ends after as many instructions as the mask says', () => {
    const b = lift(Code.t32(IT_EQ, MOV_R0_1, MOV_R1_2, T_BX_LR), thumbAt(BASE));
    expect(count(b, Op.if)).toBe(1);
    expect(count(b, Op.set1)).toBe(2);
  });

  it('goes on in the next block after a limit', () => {
    const code = Code.t32(ITTT_EQ, MOV_R0_1, MOV_R1_2, MOV_R0_1, T_BX_LR);
    const first = lift(code, thumbAt(BASE), 'max', 2);
    // ITTT EQ is ITSTATE 00000010; one instruction later the mask has moved up by a bit.
    const next = thumbAt(BASE + 4, 0b0000_0100);
    expect(first.terminator).toEqual({ kind: 'jump', target: next });
    const second = lift(code, next);
    expect(count(second, Op.if)).toBe(1);
    expect(count(second, Op.set1)).toBe(0);
    expect(second.instructions).toBe(3);
  });

  it('keeps the state across a system call that is skipped or made', () => {
    const code = Code.t32(ITTT_EQ, T_SVC, MOV_R1_2, MOV_R0_1);
    const b = lift(code, thumbAt(BASE));
    const own = thumbAt(BASE + 2, (EQ << 4) | 0b0010 | Mode.ConditionPassed);
    const after = thumbAt(BASE + 4, 0b0000_0100);
    expect(b.terminator).toMatchObject({ kind: 'branch', taken: own, otherwise: after });
    expect(lift(code, own).terminator).toEqual({ kind: 'syscall', info: 0, next: after });
  });

  it('branches straight for a conditional B at the end of the block', () => {
    const b = lift(Code.t32(IT_EQ, 0xe002), thumbAt(BASE)); // b #4
    expect(b.terminator).toMatchObject({ kind: 'branch', taken: thumbAt(BASE + 10), otherwise: thumbAt(BASE + 4) });
  });

  it('re-lifts what shares an if with a block end with the right state', () => {
    const b = lift(Code.t32(ITTT_EQ, MOV_R0_1, MOV_R1_2, T_BX_LR), thumbAt(BASE));
    expect(b.instructions).toBe(4);
    expect(count(b, Op.if)).toBe(1);
    expect(b.terminator).toMatchObject({
      taken: thumbAt(BASE + 6, (EQ << 4) | 0b1000 | Mode.ConditionPassed),
      otherwise: thumbAt(BASE + 8),
    });
  });
});

describe('data endianness', () => {
  it('is part of the location after SETEND', () => {
    const be = lift(Code.a32(0xf1010200));
    expect(be.terminator).toEqual({ kind: 'jump', target: location(BASE + 4, Mode.OtherDataOrder) });
    const LDR_R0_R1 = 0xe5910000;
    const b = lift(Code.a32(LDR_R0_R1, BX_LR), location(BASE, Mode.OtherDataOrder));
    expect(b.c[b.op.indexOf(Op.load32)]).toBe(1);
    expect(b.terminator).toMatchObject({ kind: 'indirect', mode: Mode.OtherDataOrder });
  });

  it('is that of the program in mode 0', () => {
    const [SETEND_BE, SETEND_LE, LDR_R0_R1] = [0xf1010200, 0xf1010000, 0xe5910000];
    const lifted = (order: DataOrder, ...words: number[]): Block => lift(Code.a32(...words), location(BASE), 'max', 1000, order);
    const b = lifted('big', LDR_R0_R1, BX_LR);
    expect(b.c[b.op.indexOf(Op.load32)]).toBe(1);
    expect(b.terminator).toMatchObject({ kind: 'indirect', mode: 0 });
    expect(lifted('big', SETEND_BE).terminator).toEqual({ kind: 'jump', target: location(BASE + 4) });
    expect(lifted('big', SETEND_LE).terminator).toEqual({ kind: 'jump', target: location(BASE + 4, Mode.OtherDataOrder) });
    // BE32 has no little-endian data
    expect(lifted('big-fixed', SETEND_LE).terminator).toEqual({ kind: 'jump', target: location(BASE + 4) });
  });
});

describe('exact floating point begins', () => {
  const VMRS_R3 = 0xeef13a10;
  const VMSR_R3 = 0xeee13a10;
  const isAccess = ({ terminator: t }: Block): boolean => t.kind === 'indirect' && (t.mode & Mode.FpscrAccessed) !== 0;

  it.each([
    ['at a write', [VMSR_R3, BX_LR], true],
    ['where exceptions are tested: feclearexcept', [VMRS_R3, 0xe200001f, 0xe1c32000, 0xe1100003, BX_LR], true],
    ['where they are masked: fetestexcept', [VMRS_R3, 0xe0000003, 0xe200001f, BX_LR], true],
    ['where the value is returned', [VMRS_R3, 0xe1a00003, BX_LR], true],
    ['where it is handed out in memory: fegetenv', [VMRS_R3, 0xe5803000, BX_LR], true],
    ['not where only the rounding mode is of interest: fegetround', [VMRS_R3, 0xe2030503, BX_LR], false],
    ['not where it is kept for later', [VMRS_R3, 0xe58d3000, 0xe3130503, BEQ_SELF_PLUS_8], false],
    ['not where the flags of a comparison are read', [0xeef1fa10, BX_LR], false],
  ])('%s', (_, words, expected) => expect(isAccess(lift(Code.a32(...words)))).toBe(expected));

  it('for good, with the state that it leaves', () => {
    const lifter = new ArmLifter(ARM_CPU_MODELS.find((m) => m.name === 'max')!);
    const state = new CpuState(ARM_LAYOUT);
    expect(lifter.adapt(state)).toBe(false);
    state.set('fpscr', 1 << 24);
    expect([lifter.adapt(state), lifter.adapt(state)]).toEqual([true, false]);
    state.set('fpscr', 0);
    expect(lifter.adapt(state)).toBe(false);
    expect(isAccess(lifter.lift(new Builder(ARM_LAYOUT), Code.a32(VMSR_R3), location(BASE), 1000))).toBe(false);
  });
});

it("lifts the kernel's helper routines whatever the CPU model", () => {
  const DMB = 0xf57ff05b;
  const code: CodeReader = { fetch16: () => undefined, fetch32: (a) => [DMB, BX_LR][(a - 0xffff0fa0) / 4], unimplemented: () => undefined };
  const model = ARM_CPU_MODELS.find((m) => m.name === 'arm926')!;
  const b = new ArmLifter(model).lift(new Builder(ARM_LAYOUT), code, location(0xffff0fa0), 10);
  expect(b.terminator.kind).toBe('indirect');
  expect(count(b, Op.fence)).toBe(1);
});
