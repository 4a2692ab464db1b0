/** A small assembler for the tests of branches: encodings with labels, in A32 or T32. */
import type { Format } from './format';
import type { Encoding } from './test-case';

/** A place in the code; its offset is known once the label is placed. */
export interface Label {
  offset: number | undefined;
}

interface Item {
  readonly size: 2 | 4;
  readonly at: number;
  readonly name: string;
  readonly essential: boolean;
  readonly data: boolean;
  readonly word: () => number;
}

export class CodeBuilder {
  private readonly items: Item[] = [];
  /** Offset of the next instruction. */
  here = 0;

  constructor(
    readonly thumb: boolean,
    private readonly format: Format,
  ) {}

  label(): Label {
    return { offset: undefined };
  }

  place(label: Label): void {
    label.offset = this.here;
  }

  /** An instruction that a failing case can do without. */
  filler(e: Encoding): void {
    this.push(e.size, e.name, e.essential ?? false, () => e.word);
  }

  /** Part of the control flow. */
  emit(size: 2 | 4, word: number, name: string): void {
    this.push(size, name, true, () => word);
  }

  /** A branch; `encode` gets the distance from the branch to the label in bytes. */
  branch(size: 2 | 4, name: string, to: Label, encode: (distance: number) => number): void {
    const at = this.here;
    this.push(size, name, true, () => encode(offsetOf(to) - at));
  }

  /** A32 instructions amid T32 code. */
  a32(words: readonly number[]): void {
    const { littleEndianCode } = this.format;
    for (const w of words) for (const h of littleEndianCode ? [w & 0xffff, w >>> 16] : [w >>> 16, w & 0xffff]) this.emit(2, h, 'A32');
  }

  /** A pair of 16-bit instructions amid A32 code. */
  t16(first: number, second: number): void {
    this.emit(4, this.format.littleEndianCode ? (second << 16) | first : (first << 16) | second, 'T16');
  }

  /** Data amid T32 code. */
  table(halves: readonly number[]): void {
    for (const h of halves) this.push(2, 'table', true, () => h, true);
  }

  /** Fills up with no-operations to a multiple of 4. */
  alignWord(): void {
    if (this.here % 4 !== 0) this.emit(2, 0x46c0, 'nop');
  }

  finish(): Encoding[] {
    return this.items.map(({ size, name, word, essential, data }) => ({ size, name, word: word(), essential, data }));
  }

  private push(size: 2 | 4, name: string, essential: boolean, word: () => number, data = false): void {
    this.items.push({ size, at: this.here, name, essential, data, word });
    this.here += size;
  }
}

function offsetOf(label: Label): number {
  if (label.offset === undefined) throw new Error('label was never placed');
  return label.offset;
}

/** Encoders of direct branches by distance in bytes from the branch itself. */
export const a32Branch = {
  b: (cond: number) => (d: number) => (cond << 28) | 0x0a000000 | (((d - 8) >> 2) & 0xffffff),
  bl: (cond: number) => (d: number) => (cond << 28) | 0x0b000000 | (((d - 8) >> 2) & 0xffffff),
  /** To T32. */
  blx: (d: number) => 0xfa000000 | ((((d - 8) >> 1) & 1) << 24) | (((d - 8) >> 2) & 0xffffff),
} as const;

export const t32Branch = {
  bConditional16: (cond: number) => (d: number) => 0xd000 | (cond << 8) | (((d - 4) >> 1) & 0xff),
  b16: (d: number) => 0xe000 | (((d - 4) >> 1) & 0x7ff),
  /** cbz (or cbnz) of a low register, forwards only. */
  cb: (nonzero: boolean, n: number) => (d: number) =>
    0xb100 | (nonzero ? 0x800 : 0) | (((d - 4) & 0x40) << 3) | (((d - 4) & 0x3e) << 2) | n,
  bConditional32: (cond: number) => (d: number) => {
    const o = d - 4;
    const s = (o >> 20) & 1;
    const first = 0xf000 | (s << 10) | (cond << 6) | ((o >> 12) & 0x3f);
    return (first << 16) | 0x8000 | (((o >> 18) & 1) << 13) | (((o >> 19) & 1) << 11) | ((o >> 1) & 0x7ff);
  },
  b32: (d: number) => longBranch(d - 4, 0x9000),
  bl: (d: number) => longBranch(d - 4, 0xd000),
  /** To A32; `pc` is the offset of the branch, whose PC is aligned to a word. */
  blx: (pc: number) => (d: number) => longBranch(pc + d - ((pc + 4) & ~3), 0xc000),
} as const;

/** Encodings T4 of B and T1, T2 of BL and BLX. */
function longBranch(o: number, second: number): number {
  const s = (o >> 24) & 1;
  const j1 = (((o >> 23) & 1) ^ s ^ 1) << 13;
  const j2 = (((o >> 22) & 1) ^ s ^ 1) << 11;
  return ((0xf000 | (s << 10) | ((o >> 12) & 0x3ff)) << 16) | second | j1 | j2 | ((o >> 1) & 0x7ff);
}
