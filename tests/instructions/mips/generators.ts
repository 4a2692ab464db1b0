/** Random MIPS cases: straight-line code, memory accesses, floating point, and every kind of branch with its delay slot. */
import type { Random } from '../random';
import type { Value } from '../test-case';
import { RESERVED, SCRATCH_WORDS, type CompressedSet, type Encoding, type Input, type TestCase } from './program';
import { ABSOLUTE, systemCall } from './absolute';
import { between, CONTROL, HARMLESS } from './harmless';
import { COMPACT_CONSTRUCTS, DEADLY_RELEASE6, RELEASE6 } from './release6';
import { COMPRESSED_GROUPS } from './compressed-groups';
import { dspControl, fpuValue, scalarStatus, vectorStatus, vectorValue } from './values';
import { instantiate, MEMORY, rowsOf, written, type Candidate, type Source } from './source';
import { offsetOf } from '../../../targets/mips/lift/msa-transfer';
import type { MipsFeature } from '../../../targets/mips/instruction';

const INPUTS_PER_CASE = 4;
const RA = 31;

export interface Group {
  readonly name: string;
  readonly wideFpu: boolean;
  readonly nan2008?: boolean;
  readonly release6?: boolean;
  readonly compressed?: CompressedSet;
  /** No floating-point registers. */
  readonly softFloat?: boolean;
  /** FCSR is set at random, and compared; with `msa`, MSACSR. */
  readonly exact?: boolean;
  /** What has to be given with -cpu. */
  readonly model?: string;
  /** What the emulator gets in its place. */
  readonly subjectModel?: string;
  /** See program.ts. */
  readonly returnsByLink?: boolean;
  /** The DSP extension, whose registers are compared too. */
  readonly dsp?: boolean;
  /** Vector registers, which are compared in place of floating-point ones. */
  readonly msa?: boolean;
  readonly generator: (rng: Random) => () => TestCase;
}

const FEATURES: ReadonlySet<MipsFeature> = new Set(['pre6', 'r2', 'fpu', 'fpu-pre6', 'fpu-r2']);

/** A case under construction. */
export class CaseBuilder {
  readonly code: Encoding[] = [];
  /** Registers that must still hold what they started with, and what that is. */
  private readonly initial = new Map<number, () => Value>();
  private readonly touched = new Set<number>();

  constructor(
    readonly rng: Random,
    private readonly rows: readonly Source[],
    private readonly exact = false,
    private readonly msa = false,
  ) {}

  get here(): number {
    return 4 * this.code.length;
  }

  emit(word: number, name: string, essential = true): void {
    this.code.push({ word: word | 0, name, essential });
  }

  /** A register of the case's own with a value for each input. */
  register(value: () => Value): number {
    for (;;) {
      const r = this.rng.between(1, 31);
      if (RESERVED.has(r) || this.initial.has(r) || this.touched.has(r)) continue;
      this.initial.set(r, value);
      return r;
    }
  }

  /** Tells that a register has changed. */
  touch(r: number): void {
    this.touched.add(r);
  }

  /** Leaves a register to what the case does with it. */
  reserve(r: number): void {
    this.initial.set(r, () => this.rng.registerValue());
  }

  /** A random instruction that leaves the registers alone that hold something. */
  filler(): Candidate {
    for (;;) {
      const c = instantiate(this.rng, this.rng.pick(this.rows));
      if (c === undefined || written(c).some((r) => this.initial.has(r))) continue;
      if (MEMORY.test(c.name)) {
        if (!this.aim(c)) continue;
      }
      for (const r of written(c)) this.touched.add(r);
      return c;
    }
  }

  fill(count: number): void {
    for (let k = 0; k < count; k++) this.code.push(this.filler());
  }

  get touchedCount(): number {
    return this.touched.size + this.initial.size;
  }

  /** Lets the base (and index) of an access point into scratch memory; false if they are used otherwise. */
  private aim({ name, fields, row }: Candidate): boolean {
    const { rng } = this;
    if (row.feature === 'msa') return this.aimVector(fields as { s: number; f: number; i: number });
    const { s, t, i = 0 } = fields as { s: number; t: number; i?: number };
    const indexed = /X/.test(name);
    const size =
      /^[LS]B/.test(name) || /[LR]$/.test(name) ? 1 : /^[LS]H/.test(name) ? 2 : /D|U/.test(name.slice(1)) && /C1/.test(name) ? 8 : 4;
    const registers = indexed ? [s, t] : [s];
    if (registers.some((r) => r === 0 || RESERVED.has(r) || this.initial.has(r) || this.touched.has(r)) || (indexed && s === t))
      return false;
    if (!indexed && /^L/.test(name) && s === t && !/C1/.test(name)) return false;
    // SCRATCH_WORDS - 2 leaves room behind for the doubleword
    const at = (): number => rng.below(((SCRATCH_WORDS - 2) * 4) / size) * size;
    if (!indexed) this.initial.set(s, () => ({ base: 'scratch', offset: at() - ((i << 16) >> 16) }));
    else {
      const index = rng.between(-64, 64) * size;
      this.initial.set(s, () => ({ base: 'scratch', offset: at() - index }));
      this.initial.set(t, () => index);
    }
    return true;
  }

  private aimVector({ s, f, i }: { s: number; f: number; i: number }): boolean {
    if (s === 0 || RESERVED.has(s) || this.initial.has(s) || this.touched.has(s)) return false;
    this.initial.set(s, () => ({ base: 'scratch', offset: this.rng.below((SCRATCH_WORDS - 3) * 4) - offsetOf(f, i) }));
    return true;
  }

  finish(): TestCase {
    const { rng } = this;
    const input = (): Input => ({
      registers: Array.from({ length: 32 }, (_, r) => this.initial.get(r)?.() ?? rng.registerValue()),
      hi: rng.registerValue(),
      lo: rng.registerValue(),
      fcsr: this.msa ? vectorStatus(rng) : scalarStatus(rng, this.exact),
      dsp: [...Array.from({ length: 6 }, () => rng.registerValue()), dspControl(rng)],
      fpu: Array.from({ length: 32 }, () => fpuValue(rng)).flat(),
      vectors: Array.from({ length: 64 }, () => vectorValue(rng)).flat(),
      scratch: Array.from({ length: SCRATCH_WORDS }, () => rng.registerValue()),
    });
    return { code: this.code, inputs: rng.inputs(INPUTS_PER_CASE, input) };
  }
}

interface StraightLine {
  readonly memory: boolean;
  readonly floating: boolean;
  readonly wideFpu?: boolean;
  readonly nan2008?: boolean;
  readonly exact?: boolean;
  readonly release6?: boolean;
}

function straightLine(name: string, kind: StraightLine): Group {
  const { release6 = false, wideFpu = release6, nan2008 = release6, exact = false } = kind;
  return {
    name,
    wideFpu,
    nan2008,
    exact,
    release6,
    generator: (rng) => {
      const all = rowsOf({ features: release6 ? RELEASE6 : FEATURES, ...kind, wideFpu });
      const memory = all.filter(({ row }) => MEMORY.test(row.name));
      const rows = kind.memory ? [...all, ...Array.from({ length: 3 }, () => memory).flat()] : all;
      return () => {
        const c = new CaseBuilder(rng, rows, exact);
        const count = rng.chance(1) ? rng.between(20, 100) : rng.between(1, 5);
        for (let k = 0; k < count && c.touchedCount < 20; k++) c.fill(1);
        return c.finish();
      };
    },
  };
}

/** Instructions of an extension, with some ordinary ones and its branches between. */
function extension(group: Omit<Group, 'generator'>, features: readonly MipsFeature[], branch: Construct, names = /./): Group {
  return {
    ...group,
    generator: (rng) => {
      const all = rowsOf({ features: new Set([...FEATURES, ...features]), memory: true, floating: false, wideFpu: group.wideFpu });
      const own = all.filter(({ row }) => features.some((f) => f === row.feature) && names.test(row.name));
      const rows = [...own, ...own, ...own, ...own, ...all.filter((r) => !own.includes(r) && !MEMORY.test(r.row.name))];
      return () => {
        const c = new CaseBuilder(rng, rows, group.exact, group.msa);
        const count = rng.chance(1) ? rng.between(20, 100) : rng.between(1, 5);
        for (let k = 0; k < count && c.touchedCount < 20; k++) {
          if (rng.chance(5)) branch(c);
          else c.fill(1);
        }
        return c.finish();
      };
    },
  };
}

/** MSA's instructions with exceptions. */
const FLOATING_VECTOR = /^F(?!ILL|CLASS)/;

const branchOnPosition: Construct = (c) => skipping(c, 'bposge32', (words) => 0x041c0000 | words);

/** BZ.V, BNZ.V, BZ.df or BNZ.df on any vector. */
const branchOnVector: Construct = (c) => {
  const op = c.rng.pick([0x0b, 0x0f, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f]);
  const w = c.rng.below(32);
  skipping(c, `b(n)z $w${w}`, (words) => 0x44000000 | (op << 21) | (w << 16) | words);
};

/** CTCMSA and CFCMSA of MSACSR, or a branch. */
const statusOrBranch: Construct = (c) => {
  if (c.rng.chance(50)) return branchOnVector(c);
  const isWritten = c.rng.chance(50);
  const r = c.register(() => (isWritten ? vectorStatus(c.rng) : c.rng.registerValue()));
  c.emit(isWritten ? 0x783e0059 | (r << 11) : 0x787e0819 | (r << 6), isWritten ? 'ctcmsa' : 'cfcmsa', false);
};

/** Unaligned pairs in both orders and both kinds, and halves of them. */
function pairs(rng: Random): () => TestCase {
  const rows = rowsOf({ features: FEATURES, memory: false, floating: false });
  return () => {
    const c = new CaseBuilder(rng, rows);
    for (let k = rng.between(1, 2); k > 0; k--) {
      const i = rng.between(-100, 100);
      const s = c.register(() => ({ base: 'scratch', offset: rng.below((SCRATCH_WORDS - 2) * 4) - i }));
      const t = c.register(() => rng.registerValue());
      const [left, right, kind] = rng.pick([
        [0x22, 0x26, 'lw'],
        [0x2a, 0x2e, 'sw'],
      ] as const);
      const offsets = rng.chance(80)
        ? rng.pick([
            [0, 3],
            [3, 0],
          ])
        : [rng.below(4), rng.below(4)];
      const access = (op: number, offset: number, name: string): void =>
        c.emit((op << 26) | (s << 21) | ((rng.chance(5) ? 0 : t) << 16) | ((i + offset) & 0xffff), name, false);
      const both = [() => access(left, offsets[0]!, `${kind}l`), () => access(right, offsets[1]!, `${kind}r`)];
      if (rng.chance(50)) both.reverse();
      both[0]!();
      if (rng.chance(20)) c.fill(1);
      if (rng.chance(95)) both[1]!();
    }
    return c.finish();
  };
}

export type Construct = (c: CaseBuilder) => void;

/** Puts the word of a branch, then its delay slot and some code that it skips. */
function skipping(c: CaseBuilder, name: string, encode: (words: number, target: number) => number): void {
  const at = c.code.length;
  c.emit(0, name);
  c.code.push(c.filler());
  const skipped = c.rng.below(3);
  c.fill(skipped);
  const words = skipped + 1;
  c.code[at] = { word: encode(words & 0xffff, c.here) | 0, name, essential: true };
}

const twoRegisters =
  (name: string, opcode: number): Construct =>
  (c) => {
    const value = c.rng.registerValue();
    const s = c.register(() => (c.rng.chance(50) ? value : c.rng.registerValue()));
    const t = c.rng.chance(20) ? 0 : c.register(() => value);
    skipping(c, name, (words) => (opcode << 26) | (s << 21) | (t << 16) | words);
  };

const oneRegister =
  (name: string, bits: number): Construct =>
  (c) => {
    const s = c.rng.chance(10) ? 0 : c.register(() => c.rng.pick([0, 1, -1, c.rng.registerValue()]));
    skipping(c, name, (words) => bits | (s << 21) | words);
  };

const REGIMM = 0x04000000;
const CONSTRUCTS: readonly Construct[] = [
  twoRegisters('beq', 4),
  twoRegisters('bne', 5),
  twoRegisters('beql', 0x14),
  twoRegisters('bnel', 0x15),
  oneRegister('blez', 6 << 26),
  oneRegister('bgtz', 7 << 26),
  oneRegister('blezl', 0x16 << 26),
  oneRegister('bgtzl', 0x17 << 26),
  ...['bltz', 'bgez', 'bltzl', 'bgezl'].map((name, k) => oneRegister(name, REGIMM | (k << 16))),
  ...['bltzal', 'bgezal', 'bltzall', 'bgezall'].map((name, k): Construct => (c) => {
    if (!c.code.some((e) => e.name.includes('al'))) oneRegister(name, REGIMM | ((0x10 + k) << 16))(c);
  }),
  (c) => skipping(c, 'bc1', (words) => 0x45000000 | (c.rng.below(32) << 16) | words),
  (c) => {
    const target = { offset: 0 };
    const s = c.register(() => ({ base: 'code', offset: target.offset }));
    const call = c.rng.chance(50);
    const d = call ? c.register(() => c.rng.registerValue()) : 0;
    skipping(c, call ? 'jalr' : 'jr', (_words, at) => {
      target.offset = at;
      return (s << 21) | (d << 11) | (call ? 9 : 8);
    });
  },
  // A loop with a counter
  (c) => {
    const counter = c.register(() => c.rng.between(1, 5));
    const start = c.code.length;
    c.fill(c.rng.below(2));
    c.emit(0x24000000 | (counter << 21) | (counter << 16) | 0xffff, 'addiu');
    const likely = c.rng.chance(30);
    c.emit(((likely ? 0x15 : 5) << 26) | (counter << 21) | ((start - c.code.length - 1) & 0xffff), likely ? 'bnel' : 'bne');
    c.code.push(c.filler());
  },
  // A call by bal over a function that returns by jr ra
  (c) => {
    const r = c.register(() => c.rng.registerValue());
    c.emit(0x04110004, 'bal');
    c.code.push(c.filler());
    c.emit(0x10000005, 'b');
    c.code.push(c.filler());
    c.emit(0, 'nop');
    c.emit(0x24000000 | (r << 21) | (r << 16) | 1, 'addiu');
    c.emit(0x03e00008, 'jr ra');
    c.code.push(c.filler());
  },
];

function branchesOf(rng: Random, features: ReadonlySet<MipsFeature>, constructs: readonly Construct[]): () => TestCase {
  const rows = rowsOf({ features, memory: false, floating: false }).filter(({ row }) => row.name !== 'SYNC');
  return () => {
    const c = new CaseBuilder(rng, rows);
    // Calls write ra, and nothing else may
    c.reserve(RA);
    c.fill(rng.below(2));
    for (let k = rng.between(1, 3); k > 0 && c.touchedCount < 14; k--) rng.pick(constructs)(c);
    return c.finish();
  };
}

const branches = (rng: Random): (() => TestCase) => branchesOf(rng, FEATURES, [...CONSTRUCTS, ...ABSOLUTE]);
const branchesRelease6 = (rng: Random): (() => TestCase) =>
  branchesOf(rng, RELEASE6, [...CONSTRUCTS.slice(0, 2), ...CONSTRUCTS.slice(4, 6), ...COMPACT_CONSTRUCTS]);

/** LL and SC with something between them, SC without a link. A second SC is UNPREDICTABLE; qemu lets it succeed. */
const linkedWith =
  (features: ReadonlySet<MipsFeature>, access: (kind: 'll' | 'sc', s: number, t: number, i: number) => number) =>
  (rng: Random): (() => TestCase) => {
    const rows = rowsOf({ features, memory: false, floating: false });
    return () => {
      const c = new CaseBuilder(rng, rows);
      const slot = rng.below(SCRATCH_WORDS) * 4;
      const i = rng.between(-60, 60) * 4;
      const s = c.register(() => ({ base: 'scratch', offset: slot - i }));
      const [t, u] = [c.register(() => rng.registerValue()), c.register(() => rng.registerValue())];
      if (rng.chance(80)) c.emit(access('ll', s, t, i), 'll', false);
      c.fill(rng.below(3));
      c.emit(access('sc', s, u, i), 'sc', false);
      return c.finish();
    };
  };
const linked = linkedWith(FEATURES, (kind, s, t, i) => (kind === 'll' ? 0xc0000000 : 0xe0000000) | (s << 21) | (t << 16) | (i & 0xffff));
const linkedRelease6 = linkedWith(
  RELEASE6,
  (kind, s, t, i) => (kind === 'll' ? 0x7c000036 : 0x7c000026) | (s << 21) | (t << 16) | ((i & 0x1ff) << 7),
);

/** What may raise an exception, and does not. */
function harmless(rng: Random): () => TestCase {
  const rows = rowsOf({ features: FEATURES, memory: false, floating: false });
  return () => {
    const c = new CaseBuilder(rng, rows);
    between(c, [...HARMLESS, systemCall]);
    return c.finish();
  };
}

/** Reads and writes of FCSR and its views. No operations, as the causes may be of an earlier one (docs/mips.md). */
function control(rng: Random): () => TestCase {
  const rows = rowsOf({ features: FEATURES, memory: false, floating: false });
  return () => {
    const c = new CaseBuilder(rng, rows, true);
    between(c, CONTROL);
    return c.finish();
  };
}

/** Traps, overflow, breakpoints, branches in delay slots: how the process ends. qemu 7.2 does not make
 * SIGFPE of the codes 6 and 7, as Linux does (arch/mips/kernel/traps.c, do_trap_or_bp): lift.test.ts has these.
 */
const DEADLY: readonly Construct[] = [
  (c) => c.emit(0x0000000d | (c.rng.pick([0, 1, 512]) << 6), 'break'),
  (c) => c.emit(0x10000001 | 0, 'b') ?? c.emit(0x0000000d, 'break'),
  (c) => c.emit(0x10000001, 'b') ?? c.emit(0x10000001, 'b'),
  (c) => c.emit(0x00000034 | (c.rng.pick([0, 1, 100]) << 6), 'teq zero, zero'),
  (c) => c.emit(0x10000001, 'b') ?? c.emit(0x00000034, 'teq zero, zero'),
  (c) => {
    const s = c.register(() => 0x7fffffff);
    c.emit(0x20000001 | (s << 21) | (s << 16), 'addi');
  },
  (c) => c.emit(0xbc000000, 'cache'),
  (c) => c.emit(c.rng.pick([0x0000003f, 0x40000000, 0x48000000, 0x70000033, 0x7c00003f, 0x4c00003f]), 'reserved'),
];

const deadly =
  (features: ReadonlySet<MipsFeature>, constructs: readonly Construct[]) =>
  (rng: Random): (() => TestCase) => {
    const rows = rowsOf({ features, memory: false, floating: false });
    return () => {
      const c = new CaseBuilder(rng, rows);
      rng.pick(constructs)(c);
      return { code: c.code, inputs: c.finish().inputs.slice(0, 1) };
    };
  };

const ON_RELEASE6 = { wideFpu: true, nan2008: true, release6: true } as const;

export const GROUPS: readonly Group[] = [
  straightLine('integer', { memory: false, floating: false }),
  straightLine('memory', { memory: true, floating: false }),
  { name: 'pairs', wideFpu: false, generator: pairs },
  { name: 'branches', wideFpu: false, generator: branches },
  { name: 'linked', wideFpu: false, generator: linked },
  { name: 'harmless', wideFpu: false, generator: harmless },
  { name: 'control-exact', wideFpu: true, exact: true, generator: control },
  straightLine('floating-fr0', { memory: false, floating: true }),
  straightLine('floating-fr1', { memory: false, floating: true, wideFpu: true }),
  straightLine('floating-memory-fr0', { memory: true, floating: true }),
  straightLine('floating-memory-fr1', { memory: true, floating: true, wideFpu: true }),
  straightLine('floating-2008', { memory: false, floating: true, wideFpu: true, nan2008: true }),
  straightLine('floating-exact-fr0', { memory: false, floating: true, exact: true }),
  straightLine('floating-exact-fr1', { memory: false, floating: true, wideFpu: true, exact: true }),
  straightLine('floating-exact-2008', { memory: false, floating: true, wideFpu: true, nan2008: true, exact: true }),
  extension({ name: 'dsp-r2', wideFpu: false, model: '74Kf', dsp: true }, ['dsp', 'dspr2'], branchOnPosition),
  extension({ name: 'msa', wideFpu: true, nan2008: true, model: 'P5600', msa: true }, ['msa'], branchOnVector),
  extension(
    { name: 'msa-exact', wideFpu: true, nan2008: true, model: 'P5600', msa: true, exact: true },
    ['msa'],
    statusOrBranch,
    FLOATING_VECTOR,
  ),
  { name: 'deadly', wideFpu: false, generator: deadly(FEATURES, DEADLY) },
  straightLine('release6', { memory: true, floating: false, release6: true }),
  straightLine('release6-floating', { memory: false, floating: true, release6: true }),
  straightLine('release6-floating-exact', { memory: false, floating: true, release6: true, exact: true }),
  { name: 'release6-branches', ...ON_RELEASE6, generator: branchesRelease6 },
  { name: 'release6-linked', ...ON_RELEASE6, generator: linkedRelease6 },
  ...COMPRESSED_GROUPS,
  { name: 'deadly-release6', ...ON_RELEASE6, generator: deadly(RELEASE6, DEADLY_RELEASE6) },
];
