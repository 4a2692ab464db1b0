/** A seeded generator of random numbers (xorshift128, Marsaglia 2003): the same seed gives the same tests everywhere. */
export class Random {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private d = 0xb7e15162;

  /** @param inputsPerCase replaces what the generators choose: more inputs for the same code cost less than more code */
  constructor(
    seed: number,
    private readonly inputsPerCase?: number,
  ) {
    this.a = seed | 0;
    for (let i = 0; i < 20; i++) this.word();
  }

  /** The inputs of a case: `count` of them, unless there is a number for all. */
  inputs<T>(count: number, input: () => T): T[] {
    return Array.from({ length: this.inputsPerCase ?? count }, input);
  }

  /** 32 random bits as a signed number. */
  word(): number {
    let t = this.d;
    const s = this.a;
    this.d = this.c;
    this.c = this.b;
    this.b = s;
    t ^= t << 11;
    t ^= t >>> 8;
    this.a = (t ^ s ^ (s >>> 19)) | 0;
    return this.a;
  }

  /** An integer from 0 to n - 1. */
  below(n: number): number {
    return (this.word() >>> 0) % n;
  }

  /** An integer from low to high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True in `percent` of 100 calls. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.below(from.length)]!;
  }

  /** A register value: often one where carries, signs, saturation or shift amounts change. */
  registerValue(): number {
    switch (this.below(6)) {
      case 0:
        return this.pick(EDGE_WORDS) | 0;
      case 1:
        return this.between(-40, 40);
      case 2: // halves and bytes at their own edges, for the SIMD-within-a-register instructions
        return (this.pick(EDGE_HALVES) << 16) | this.pick(EDGE_HALVES);
      case 3:
        return 1 << this.below(32);
      default:
        return this.word();
    }
  }
}

const EDGE_WORDS = [0, 1, -1, 2, -2, 0x7fffffff, 0x80000000, 0x80000001, 0x7ffffffe, 0xffff, 0x8000, 0x10000, 0xff, 0x80, 0x55555555];
const EDGE_HALVES = [0, 1, 0xffff, 0x7fff, 0x8000, 0x8001, 0x7f80, 0x80ff, 0xff, 0x100, 0x807f];
