/** Random cases of control flow: every kind of branch, taken and not, with data processing around it. */
import { a32Branch, CodeBuilder, t32Branch, type Label } from './code-builder';
import type { Format } from './format';
import { instantiate, registersIn, type Source } from './instruction-source';
import { SCRATCH_WORDS } from './memory-operand';
import { isPredictable } from './predictable';
import type { Random } from './random';
import { rowsOf } from './straight-line';
import { APSR_MASK, REGISTER_COUNT, type Input, type Relative, type TestCase, type Value } from './test-case';

const AL = 14;
const SP = 13;
const LR = 14;
const INPUTS_PER_CASE = 4;
const POOL_SIZE = 6;
/** Most registers that one construct takes. */
const CONSTRUCT_REGISTERS = 2;

/** A register or scratch word that has to hold something particular; called once per input. */
type Initialiser = () => Value;

/** A case under construction: its code and what the code expects to find. */
export class BranchCase {
  readonly code: CodeBuilder;
  private readonly registers = new Map<number, Initialiser>();
  private readonly scratch = new Map<number, Initialiser>();
  private nextScratch = 0;
  /** Registers for the constructs. The data processing between them never touches any, as they are set at the start. */
  private readonly pool: ReadonlySet<number>;

  constructor(
    readonly rng: Random,
    readonly thumb: boolean,
    format: Format,
    private readonly rows: readonly Source[],
  ) {
    this.code = new CodeBuilder(thumb, format);
    const pool = new Set<number>();
    while (pool.size < POOL_SIZE) pool.add(rng.below(8));
    this.pool = pool;
    this.registers.set(SP, () => ({ base: 'scratch', offset: SCRATCH_WORDS * 2 }));
    this.registers.set(LR, () => rng.registerValue());
  }

  private get free(): number[] {
    return [...this.pool].filter((r) => !this.registers.has(r));
  }

  /** True while there are registers for one more construct. */
  get hasRoom(): boolean {
    return this.free.length >= CONSTRUCT_REGISTERS;
  }

  /** A low register of the construct's own. */
  register(value: Initialiser): number {
    const r = this.rng.pick(this.free);
    this.registers.set(r, value);
    return r;
  }

  /** A register that the code loads or that only has to be left alone. */
  reserve(): number {
    return this.register(() => this.rng.registerValue());
  }

  /** Offset of scratch words with these values. */
  scratchWords(...values: readonly Initialiser[]): number {
    const at = this.nextScratch;
    values.forEach((v, i) => this.scratch.set(at + i, v));
    this.nextScratch += values.length;
    return at * 4;
  }

  /** Address of a label in the form that interworking branches take. */
  addressOf(label: Label, thumb = this.thumb): Relative {
    if (label.offset === undefined) throw new Error('address of a label that was never placed');
    return { base: 'code', offset: label.offset + (thumb ? 1 : 0) };
  }

  /** A condition; often none. */
  condition(): number {
    return this.rng.chance(40) ? AL : this.rng.below(14);
  }

  /** Data processing that leaves the reserved registers, SP and LR alone. */
  fill(count: number): void {
    for (let k = 0; k < count;) {
      const c = instantiate(this.rng, this.rng.pick(this.rows));
      if (c === undefined || !isPredictable(c) || registersIn(c.text).some((r) => r >= SP || this.pool.has(r))) continue;
      this.code.filler(c);
      k++;
    }
  }

  /** A conditional instruction that may be a branch: in T32 by an IT block of one. */
  conditional(cond: number, size: 2 | 4, word: number, name: string): void {
    if (this.thumb && cond !== AL) this.code.emit(2, 0xbf08 | (cond << 4), 'IT');
    this.code.emit(size, this.thumb ? word : word | (cond << 28), name);
  }

  finish(): TestCase {
    const { rng } = this;
    const code = this.code.finish();
    const input = (): Input => ({
      registers: Array.from({ length: REGISTER_COUNT }, (_, r) => this.registers.get(r)?.() ?? rng.registerValue()),
      apsr: rng.word() & APSR_MASK,
      scratch: Array.from({ length: SCRATCH_WORDS }, (_, k) => this.scratch.get(k)?.() ?? rng.word()),
    });
    return { thumb: this.thumb, code, inputs: this.rng.inputs(INPUTS_PER_CASE, input) };
  }
}

/** Part of a case: emits code that comes out at its own end, however its branches go. */
type Construct = (c: BranchCase) => void;

/** Jumps, perhaps conditionally, over some instructions. */
function skip(jump: (c: BranchCase, to: Label) => void): Construct {
  return (c) => {
    const end = c.code.label();
    jump(c, end);
    c.fill(c.rng.between(1, 3));
    c.code.place(end);
  };
}

/** subs and a conditional branch back, a few times. */
const loop: Construct = (c) => {
  const counter = c.register(() => c.rng.between(1, 5));
  const start = c.code.label();
  c.code.place(start);
  c.fill(c.rng.between(1, 3));
  if (c.thumb) {
    c.code.emit(2, 0x3801 | (counter << 8), 'subs');
    if (c.rng.chance(50)) c.code.branch(2, 'bne', start, t32Branch.bConditional16(1));
    else c.code.branch(4, 'bne.w', start, t32Branch.bConditional32(1));
  } else {
    c.code.emit(4, 0xe2500001 | (counter << 16) | (counter << 12), 'subs');
    c.code.branch(4, 'bne', start, a32Branch.b(1));
  }
};

/** A call over a function, which returns in one of the usual ways. */
function call(enter: (c: BranchCase, f: Label) => void): Construct {
  return (c) => {
    const f = c.code.label();
    const end = c.code.label();
    enter(c, f);
    c.fill(1);
    if (c.thumb) c.code.branch(2, 'b', end, t32Branch.b16);
    else c.code.branch(4, 'b', end, a32Branch.b(AL));
    c.code.place(f);
    const saved = c.rng.chance(50);
    if (saved && c.thumb) c.code.emit(2, 0xb500, 'push {lr}');
    if (saved && !c.thumb) c.code.emit(4, 0xe52de004, 'push {lr}');
    c.fill(c.rng.between(0, 2));
    if (saved) c.code.emit(c.thumb ? 2 : 4, c.thumb ? 0xbd00 : 0xe49df004, 'pop {pc}');
    else if (c.rng.chance(70)) c.code.emit(c.thumb ? 2 : 4, c.thumb ? 0x4770 : 0xe12fff1e, 'bx lr');
    else c.code.emit(c.thumb ? 2 : 4, c.thumb ? 0x46f7 : 0xe1a0f00e, 'mov pc, lr');
    c.code.place(end);
  };
}

/** A call of code of the other instruction set, which changes a register and returns by BX LR. */
function callOther(enter: (c: BranchCase, f: Label) => void): Construct {
  return (c) => {
    const f = c.code.label();
    const end = c.code.label();
    enter(c, f);
    c.fill(1);
    if (c.thumb) c.code.branch(2, 'b', end, t32Branch.b16);
    else c.code.branch(4, 'b', end, a32Branch.b(AL));
    c.code.alignWord();
    c.code.place(f);
    // add r, r, #0x41; bx lr
    const r = c.reserve();
    if (c.thumb) c.code.a32([0xe2800041 | (r << 16) | (r << 12), 0xe12fff1e]);
    else c.code.t16(0x3041 | (r << 8), 0x4770);
    c.code.place(end);
  };
}

const A32_CONSTRUCTS: readonly Construct[] = [
  skip((c, to) => c.code.branch(4, 'b', to, a32Branch.b(c.condition()))),
  skip((c, to) => c.conditional(c.condition(), 4, 0x012fff10 | c.register(() => c.addressOf(to)), 'bx')),
  skip((c, to) => c.conditional(c.condition(), 4, 0x012fff20 | c.register(() => c.addressOf(to)), 'bxj')),
  skip((c, to) => c.conditional(c.condition(), 4, 0x012fff30 | c.register(() => c.addressOf(to)), 'blx')),
  skip((c, to) => c.conditional(c.condition(), 4, 0x01a0f000 | c.register(() => c.addressOf(to)), 'mov pc')),
  skip((c, to) => {
    // add pc, pc, rX, with the distance in rX
    const at = c.code.here + 8;
    c.conditional(c.condition(), 4, 0x008ff000 | c.register(() => to.offset! - at), 'add pc, pc');
  }),
  skip((c, to) => {
    const distance = c.rng.word();
    const x = c.register(() => ({ base: 'code', offset: (to.offset! + distance) | 0 }));
    const y = c.register(() => distance);
    c.conditional(c.condition(), 4, 0x0040f000 | (x << 16) | y, 'sub pc');
  }),
  skip((c, to) => {
    const n = c.register(() => ({ base: 'scratch', offset: at - 8 }));
    const at = c.scratchWords(() => c.addressOf(to));
    c.conditional(c.condition(), 4, 0x0590f008 | (n << 16), 'ldr pc, [rn, #8]');
  }),
  skip((c, to) => {
    const n = c.register(() => ({ base: 'scratch', offset: at }));
    const at = c.scratchWords(() => c.addressOf(to));
    c.conditional(c.condition(), 4, 0x0490f014 | (n << 16), 'ldr pc, [rn], #20');
  }),
  skip((c, to) => {
    const m = c.register(() => c.rng.below(3));
    const n = c.register(() => ({ base: 'scratch', offset: at }));
    const address = (): Value => c.addressOf(to);
    const at = c.scratchWords(address, address, address);
    c.conditional(c.condition(), 4, 0x0790f100 | (n << 16) | m, 'ldr pc, [rn, rm, lsl #2]');
  }),
  skip((c, to) => {
    const n = c.register(() => ({ base: 'scratch', offset: at }));
    const t = c.reserve();
    const at = c.scratchWords(
      () => c.rng.word(),
      () => c.addressOf(to),
    );
    c.conditional(c.condition(), 4, (c.rng.chance(50) ? 0x08908000 : 0x08b08000) | (n << 16) | (1 << t), 'ldm rn, {rt, pc}');
  }),
  skip((c, to) => {
    // add pc, pc, rX, lsl #2: a jump table of branches
    const end = to;
    const x = c.register(() => c.rng.below(3));
    c.code.emit(4, 0xe08ff100 | x, 'add pc, pc, rX, lsl #2');
    c.code.emit(4, 0xe1a00000, 'nop');
    for (let k = 0; k < 3; k++) c.code.branch(4, 'b', end, a32Branch.b(AL));
  }),
  call((c, f) => c.code.branch(4, 'bl', f, a32Branch.bl(AL))),
  call((c, f) => c.code.emit(4, 0xe12fff30 | c.register(() => c.addressOf(f)), 'blx')),
  callOther((c, f) => c.code.branch(4, 'blx', f, a32Branch.blx)),
  callOther((c, f) => c.code.emit(4, 0xe12fff30 | c.register(() => c.addressOf(f, true)), 'blx')),
  loop,
];

const T32_CONSTRUCTS: readonly Construct[] = [
  skip((c, to) => c.code.branch(2, 'b<c>', to, t32Branch.bConditional16(c.rng.below(14)))),
  skip((c, to) => c.code.branch(2, 'b', to, t32Branch.b16)),
  skip((c, to) => c.code.branch(4, 'b<c>.w', to, t32Branch.bConditional32(c.rng.below(14)))),
  skip((c, to) => c.code.branch(4, 'b.w', to, t32Branch.b32)),
  skip((c, to) => {
    const n = c.register(() => c.rng.pick([0, 0, 1, -1, c.rng.word()]));
    c.code.branch(2, 'cbz', to, t32Branch.cb(c.rng.chance(50), n));
  }),
  skip((c, to) => {
    // A branch as the last instruction of an IT block
    c.code.emit(2, 0xbf08 | (c.rng.below(14) << 4), 'IT');
    if (c.rng.chance(50)) c.code.branch(2, 'b', to, t32Branch.b16);
    else c.code.branch(4, 'b.w', to, t32Branch.b32);
  }),
  skip((c, to) => c.conditional(c.condition(), 2, 0x4700 | (c.register(() => c.addressOf(to)) << 3), 'bx')),
  skip((c, to) => c.conditional(c.condition(), 4, 0xf3c08f00 | (c.register(() => c.addressOf(to)) << 16), 'bxj')),
  skip((c, to) => c.conditional(c.condition(), 2, 0x4780 | (c.register(() => c.addressOf(to)) << 3), 'blx')),
  skip((c, to) => c.conditional(c.condition(), 2, 0x4687 | (c.register(() => c.addressOf(to, c.rng.chance(50))) << 3), 'mov pc')),
  skip((c, to) => {
    const cond = c.condition();
    const at = c.code.here + (cond === AL ? 4 : 6);
    c.conditional(cond, 2, 0x4487 | (c.register(() => to.offset! - at) << 3), 'add pc');
  }),
  skip((c, to) => {
    const n = c.register(() => ({ base: 'scratch', offset: at - 8 }));
    const at = c.scratchWords(() => c.addressOf(to));
    c.conditional(c.condition(), 4, 0xf8d0f008 | (n << 16), 'ldr.w pc, [rn, #8]');
  }),
  skip((c, to) => {
    const m = c.register(() => c.rng.below(3));
    const n = c.register(() => ({ base: 'scratch', offset: at }));
    const address = (): Value => c.addressOf(to);
    const at = c.scratchWords(address, address, address);
    c.conditional(c.condition(), 4, 0xf850f020 | (n << 16) | m, 'ldr.w pc, [rn, rm, lsl #2]');
  }),
  skip((c, to) => {
    const n = c.register(() => ({ base: 'scratch', offset: at }));
    const t = c.reserve();
    const at = c.scratchWords(
      () => c.rng.word(),
      () => c.addressOf(to),
    );
    c.conditional(c.condition(), 4, (c.rng.chance(50) ? 0xe8908000 : 0xe8b08000) | (n << 16) | (1 << t), 'ldm.w rn, {rt, pc}');
  }),
  tableBranch(1),
  tableBranch(2),
  call((c, f) => c.code.branch(4, 'bl', f, t32Branch.bl)),
  call((c, f) => c.code.emit(2, 0x4780 | (c.register(() => c.addressOf(f)) << 3), 'blx')),
  callOther((c, f) => c.code.branch(4, 'blx', f, t32Branch.blx(c.code.here))),
  callOther((c, f) => c.code.emit(2, 0x4780 | (c.register(() => c.addressOf(f, false)) << 3), 'blx')),
  loop,
];

/** TBB [PC, Rm] or TBH [PC, Rm, LSL #1] with four entries, each to another of four instructions. */
function tableBranch(entrySize: 1 | 2): Construct {
  return (c) => {
    const m = c.register(() => c.rng.below(4));
    const table = c.code.here + 4;
    c.code.emit(4, 0xe8d0f000 | (15 << 16) | m | (entrySize === 2 ? 0x10 : 0), 'tbb');
    // Targets are 16-bit instructions right behind the table, in random order
    const first = entrySize * 4;
    const targets = [0, 2, 4, 6].map(() => (first + 2 * c.rng.below(4)) / 2);
    const halves = entrySize === 2 ? targets : [targets[0]! | (targets[1]! << 8), targets[2]! | (targets[3]! << 8)];
    c.code.table(halves);
    if (c.code.here !== table + first) throw new Error('table has the wrong size');
    const r = c.reserve();
    for (const immediate of [1, 2, 4, 8]) c.code.emit(2, 0x3000 | (r << 8) | immediate, 'adds');
  };
}

/** Cases of one to three constructs. */
export function branchGenerator(rng: Random, thumb: boolean, format: Format): () => TestCase {
  const rows = rowsOf({ sets: thumb ? ['t16', 't32'] : ['a32'], memory: false, it: false });
  const constructs = thumb ? T32_CONSTRUCTS : A32_CONSTRUCTS;
  return () => {
    const c = new BranchCase(rng, thumb, format, rows);
    c.fill(rng.below(2));
    for (let k = rng.between(1, 3); k > 0 && c.hasRoom; k--) rng.pick(constructs)(c);
    return c.finish();
  };
}
