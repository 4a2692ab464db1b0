/**
 * Finds the table row that an instruction word matches.
 *
 * Rows may overlap only as the manuals let them: a row with more fixed bits is the special case of
 * one with fewer ("see X" notes), and wins. Two rows that overlap with neither containing the other
 * are ambiguous; `ambiguities` lists them for the table's test.
 */
import { extractFields, fixedBits, parsePattern, type Pattern } from './pattern';

/** What every decode-table row has; targets extend it. */
export interface EncodingRow {
  /** The name of the instruction and, where it has several, of the encoding: `ADD_imm`. */
  readonly name: string;
  readonly pattern: string;
}

/** A row with its parsed pattern. */
export interface DecodedRow<Row extends EncodingRow> {
  readonly row: Row;
  readonly pattern: Pattern;
}

/** An instruction word taken apart. */
export interface DecodedInstruction<Row extends EncodingRow> extends DecodedRow<Row> {
  /** Its operands by their letters in the pattern. */
  readonly fields: Readonly<Record<string, number>>;
}

/** Neighbouring bits of an instruction word. */
export interface BitField {
  readonly shift: number;
  readonly width: number;
}

/** Width of the coarse split that a bucket is searched in. */
const GROUP_WIDTH = 3;

/**
 * Instructions that are remembered, a power of two. Programs repeat themselves, and what becomes hot is lifted again: finding rows
 * and taking words apart was a third of the time that lifting a compiler took.
 */
const REMEMBERED_BITS = 12;

/**
 * Built for cold starts: a program of a thousand instructions meets a few hundred buckets, each once,
 * so a bucket must be cheap to build rather than to look up, and most rows are never parsed beyond
 * their fixed bits.
 */
export class Decoder<Row extends EncodingRow> {
  private readonly masks: Int32Array;
  private readonly values: Int32Array;
  private readonly decoded: (DecodedRow<Row> | undefined)[];
  private readonly buckets: (readonly number[] | undefined)[];
  private readonly groups: (readonly number[] | undefined)[] = [];
  private readonly all: readonly number[];
  private readonly group: BitField;
  private readonly words = new Int32Array(1 << REMEMBERED_BITS);
  private readonly instructions: (DecodedInstruction<Row> | undefined)[] = new Array<DecodedInstruction<Row> | undefined>(
    1 << REMEMBERED_BITS,
  );

  /**
   * @param rows the table
   * @param bucketBits positions of the instruction bits that best split the table, the best first;
   *   each bucket lists the rows its words can match, most specific first, and is built on first use
   */
  constructor(
    private readonly rows: readonly Row[],
    private readonly bucketBits: readonly BitField[],
  ) {
    const n = rows.length;
    this.masks = new Int32Array(n);
    this.values = new Int32Array(n);
    this.decoded = new Array<DecodedRow<Row> | undefined>(n);
    const all: number[] = [];
    for (let i = 0; i < n; i++) {
      const fixed = fixedBits(rows[i]!.pattern);
      this.masks[i] = fixed.mask;
      this.values[i] = fixed.value;
      all.push(i);
    }
    this.all = all;
    this.buckets = new Array<readonly number[] | undefined>(1 << bucketBits.reduce((sum, f) => sum + f.width, 0));
    const { shift, width } = bucketBits[0]!;
    const groupWidth = Math.min(width, GROUP_WIDTH);
    this.group = { shift: shift + width - groupWidth, width: groupWidth };
  }

  /** All rows, in table order. */
  get entries(): readonly DecodedRow<Row>[] {
    return this.all.map((i) => this.entry(i));
  }

  /** The instruction that a word is, or undefined for an unallocated encoding. */
  decode(word: number): DecodedInstruction<Row> | undefined {
    const place = Math.imul(word, 0x9e3779b1) >>> (32 - REMEMBERED_BITS);
    const known = this.instructions[place];
    if (known !== undefined && this.words[place] === (word | 0)) return known;
    const found = this.find(word);
    if (found === undefined) return undefined;
    this.words[place] = word;
    return (this.instructions[place] = { ...found, fields: extractFields(found.pattern, word) });
  }

  /** The row and pattern that match, or undefined for an unallocated encoding. */
  find(word: number): DecodedRow<Row> | undefined {
    const { bucketBits, masks, values } = this;
    let key = 0;
    for (let k = 0; k < bucketBits.length; k++) {
      const f = bucketBits[k]!;
      key = (key << f.width) | ((word >>> f.shift) & ((1 << f.width) - 1));
    }
    const bucket = (this.buckets[key] ??= this.bucket(word));
    for (let k = 0; k < bucket.length; k++) {
      const i = bucket[k]!;
      if ((word & masks[i]!) === values[i]!) return this.entry(i);
    }
    return undefined;
  }

  private entry(i: number): DecodedRow<Row> {
    return (this.decoded[i] ??= { row: this.rows[i]!, pattern: parsePattern(this.rows[i]!.pattern) });
  }

  /** The rows that words with the bucket bits of `word` can match. */
  private bucket(word: number): readonly number[] {
    let bits = 0;
    for (const f of this.bucketBits) bits |= ((1 << f.width) - 1) << f.shift;
    const ones = (1 << this.group.width) - 1;
    const group = (this.groups[(word >>> this.group.shift) & ones] ??= this.matching(this.all, word, ones << this.group.shift));
    const found = this.matching(group, word, bits);
    return found.sort((x, y) => bitCount(this.masks[y]!) - bitCount(this.masks[x]!));
  }

  /** Those of the rows whose fixed bits among `bits` are as in `word`. */
  private matching(from: readonly number[], word: number, bits: number): number[] {
    const { masks, values } = this;
    const out: number[] = [];
    for (let k = 0; k < from.length; k++) {
      const i = from[k]!;
      if (((values[i]! ^ word) & masks[i]! & bits) === 0) out.push(i);
    }
    return out;
  }

  /** Pairs of rows that overlap although neither is a special case of the other. */
  ambiguities(): readonly (readonly [Row, Row])[] {
    const { masks, values, rows } = this;
    const out: [Row, Row][] = [];
    for (let i = 0; i < rows.length; i++) {
      for (let j = i + 1; j < rows.length; j++) {
        const common = masks[i]! & masks[j]!;
        if (((values[i]! ^ values[j]!) & common) !== 0) continue;
        const special = masks[i] !== masks[j] && (common === masks[i] || common === masks[j]);
        if (!special) out.push([rows[i]!, rows[j]!]);
      }
    }
    return out;
  }
}

function bitCount(mask: number): number {
  let n = 0;
  for (let m = mask; m !== 0; m &= m - 1) n++;
  return n;
}
