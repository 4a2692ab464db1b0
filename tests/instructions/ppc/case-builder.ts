/** Puts random PowerPC cases together: which registers hold what, and accesses that stay in scratch memory. */
import type { Random } from '../random';
import type { Instruction, Value } from '../test-case';
import { RESERVED, SCRATCH_WORDS, type Input, type TestCase } from './program';
import { accessOf, instantiate, written, type Access, type Candidate, type Source } from './source';

const INPUTS_PER_CASE = 4;
/** Most that an access reaches behind its address: a string of 128 bytes. */
const REACH = 136;

/** Values of the registers that are no general ones. */
export interface OtherRegisters {
  /** Flags and the length of strings, unless given. */
  readonly xer?: (rng: Random) => number;
  /** General registers that no access needs; anything, unless given. */
  readonly register?: (rng: Random) => number;
  readonly spe?: (rng: Random) => readonly [spefscr: number, high: number, low: number];
  readonly fpscr: (rng: Random) => number;
  readonly vscr: (rng: Random) => number;
  /** A 64-bit pattern: [high, low]. */
  readonly float: (rng: Random) => readonly [number, number];
  /** Four words. */
  readonly vector: (rng: Random) => readonly number[];
}

/** A case under construction. */
export class CaseBuilder {
  readonly code: Instruction[] = [];
  /** Registers that must still hold what they started with, and what that is. */
  private readonly initial = new Map<number, () => Value>();
  private readonly touched = new Set<number>();
  /** What goes before an instruction, if anything. */
  before: ((c: Candidate) => Instruction | undefined) | undefined;
  /** CTR, where the case uses it. */
  counter: (() => Value) | undefined;

  constructor(
    readonly rng: Random,
    private readonly rows: readonly Source[],
    private readonly others: OtherRegisters,
    private readonly accepts: (c: Candidate) => boolean = () => true,
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
      const r = this.rng.below(32);
      if (r === 0 || RESERVED.has(r) || this.initial.has(r) || this.touched.has(r)) continue;
      this.initial.set(r, value);
      return r;
    }
  }

  /** A random instruction that leaves the registers alone that hold something. */
  filler(): Candidate {
    for (;;) {
      const c = instantiate(this.rng, this.rng.pick(this.rows));
      if (c === undefined || !this.accepts(c) || written(c).some((r) => this.initial.has(r))) continue;
      const access = accessOf(c);
      if (access !== undefined && !this.aim(c, access)) continue;
      for (const r of written(c)) this.touched.add(r);
      return c;
    }
  }

  fill(count: number): void {
    for (let k = 0; k < count; k++) {
      const candidate = this.filler();
      const before = this.before?.(candidate);
      this.code.push(...(before === undefined ? [] : [before]), candidate);
    }
  }

  get touchedCount(): number {
    return this.touched.size + this.initial.size;
  }

  /** Lets the base (and index) of an access point into scratch memory; false if they are used otherwise. */
  private aim({ fields }: Candidate, { indexed, size, offset }: Access): boolean {
    const { rng } = this;
    const { a, b } = fields as { a: number; b?: number };
    const registers = indexed ? (a === 0 ? [b!] : [a, b!]) : [a];
    const busy = (r: number): boolean => RESERVED.has(r) || this.initial.has(r) || this.touched.has(r);
    if ((!indexed && a === 0) || registers.some(busy) || a === b) return false;
    const step = rng.chance(80) ? size : 1;
    const at = (): number => rng.below(Math.floor((SCRATCH_WORDS * 4 - REACH) / step)) * step;
    if (!indexed) this.initial.set(a, () => ({ base: 'scratch', offset: at() - offset }));
    else {
      const index = a === 0 ? 0 : rng.between(-64, 64) * size;
      this.initial.set(b!, () => (a === 0 ? { base: 'scratch', offset: at() } : index));
      if (a !== 0) this.initial.set(a, () => ({ base: 'scratch', offset: at() - index }));
    }
    return true;
  }

  finish(): TestCase {
    const { rng, others } = this;
    const input = (): Input => ({
      registers: Array.from({ length: 32 }, (_, r) => this.initial.get(r)?.() ?? others.register?.(rng) ?? rng.registerValue()),
      ...(others.spe === undefined ? {} : { spe: others.spe(rng) }),
      ctr: this.counter?.() ?? rng.registerValue(),
      xer: others.xer?.(rng) ?? (rng.word() & 0xe0000000) | rng.below(33),
      cr: rng.word(),
      fpscr: others.fpscr(rng),
      vscr: others.vscr(rng),
      fpu: Array.from({ length: 32 }, () => others.float(rng)).flat(),
      vectors: Array.from({ length: 32 }, () => others.vector(rng)).flat(),
      scratch: Array.from({ length: SCRATCH_WORDS }, () => rng.registerValue()),
    });
    return { code: this.code, inputs: rng.inputs(INPUTS_PER_CASE, input) };
  }
}
