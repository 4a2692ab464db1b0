/**
 * Finds the table row that an instruction word matches.
 *
 * Rows may overlap only as the manuals let them: a row with more fixed bits is the special case of
 * one with fewer ("see X" notes), and wins. Two rows that overlap with neither containing the other
 * are ambiguous; `ambiguities` lists them for the table's test.
 */
import { parsePattern, type Pattern } from './pattern';

/** What every decode-table row has; targets extend it. */
export interface EncodingRow {
  /** The name of the instruction and, where it has several, of the encoding: `ADD_imm`. */
  readonly name: string;
  readonly pattern: string;
}

export class Decoder<Row extends EncodingRow> {
  readonly entries: readonly { readonly row: Row; readonly pattern: Pattern }[];
  private readonly buckets: (readonly { readonly row: Row; readonly pattern: Pattern }[] | undefined)[];

  /**
   * @param rows the table
   * @param bucketBits positions of the instruction bits that best split the table; each bucket lists
   *   the rows its words can match, most specific first, and is built on first use
   */
  constructor(
    rows: readonly Row[],
    private readonly bucketBits: readonly { readonly shift: number; readonly width: number }[],
  ) {
    this.entries = rows
      .map((row) => ({ row, pattern: parsePattern(row.pattern) }))
      .sort((x, y) => fixedBits(y.pattern) - fixedBits(x.pattern));
    this.buckets = new Array(1 << bucketBits.reduce((n, f) => n + f.width, 0));
  }

  /** The row and pattern that match, or undefined for an unallocated encoding. */
  find(word: number): { readonly row: Row; readonly pattern: Pattern } | undefined {
    let key = 0;
    for (const f of this.bucketBits) key = (key << f.width) | ((word >>> f.shift) & ((1 << f.width) - 1));
    const bucket = (this.buckets[key] ??= this.bucket(key));
    for (const e of bucket) if ((word & e.pattern.mask) === e.pattern.value) return e;
    return undefined;
  }

  private bucket(key: number): readonly { readonly row: Row; readonly pattern: Pattern }[] {
    let mask = 0;
    let value = 0;
    let rest = key;
    for (const f of [...this.bucketBits].reverse()) {
      const ones = (1 << f.width) - 1;
      mask |= ones << f.shift;
      value |= (rest & ones) << f.shift;
      rest >>>= f.width;
    }
    return this.entries.filter((e) => ((e.pattern.value ^ value) & e.pattern.mask & mask) === 0);
  }

  /** Pairs of rows that overlap although neither is a special case of the other. */
  ambiguities(): readonly (readonly [Row, Row])[] {
    const out: [Row, Row][] = [];
    this.entries.forEach((x, i) => {
      for (const y of this.entries.slice(i + 1)) {
        const common = x.pattern.mask & y.pattern.mask;
        if (((x.pattern.value ^ y.pattern.value) & common) !== 0) continue;
        const xInY = common === y.pattern.mask && x.pattern.mask !== y.pattern.mask;
        const yInX = common === x.pattern.mask && x.pattern.mask !== y.pattern.mask;
        if (!xInY && !yInX) out.push([x.row, y.row]);
      }
    });
    return out;
  }
}

function fixedBits(p: Pattern): number {
  let n = 0;
  for (let m = p.mask; m !== 0; m &= m - 1) n++;
  return n;
}
