/**
 * Instruction encodings as the manuals print them: one character per bit, most significant first.
 * `0` and `1` are fixed, `-` is ignored (should-be-zero bits that hardware does not check), any other
 * letter belongs to the field of that letter. Bits of a field need not be adjacent; they are
 * concatenated from left to right. Spaces and `_` separate groups for the reader.
 *
 * TypeScript derives the operand record of a lifter from the pattern: a lifter that asks for a field
 * which its pattern lacks does not compile.
 */
type Letters<P extends string, F extends string = never> = P extends `${infer C}${infer R}`
  ? Letters<R, C extends '0' | '1' | '-' | ' ' | '_' ? F : F | C>
  : F;

/** The field values of an instruction matching pattern P, as unsigned numbers. */
export type Fields<P extends string> = { readonly [K in Letters<P>]: number };

interface FieldPart {
  readonly shift: number; // right shift that brings the part to bit 0
  readonly mask: number; // mask after the shift
  readonly width: number;
}

/** A parsed pattern. */
export interface Pattern {
  readonly text: string;
  /** Number of bits: 16 or 32. */
  readonly width: number;
  readonly mask: number;
  readonly value: number;
  readonly fields: readonly (readonly [name: string, parts: readonly FieldPart[]])[];
}

const ZERO = 48;
const ONE = 49;
const SPACE = 32;
const UNDERSCORE = 95;

/** The fixed bits of a pattern: a word matches if `(word & mask) === value`. */
export function fixedBits(text: string): { mask: number; value: number } {
  let mask = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i);
    if (ch === SPACE || ch === UNDERSCORE) continue;
    mask = (mask << 1) | (ch === ZERO || ch === ONE ? 1 : 0);
    value = (value << 1) | (ch === ONE ? 1 : 0);
  }
  return { mask, value };
}

/** Parses a pattern. Throws on a width other than 16 or 32. */
export function parsePattern(text: string): Pattern {
  const bits = text.replace(/[ _]/g, '');
  const width = bits.length;
  if (width !== 16 && width !== 32) throw new RangeError(`pattern ${text} has ${width} bits`);
  const { mask, value } = fixedBits(text);
  const fields = new Map<string, FieldPart[]>();
  for (let i = 0; i < width;) {
    const ch = bits[i]!;
    let j = i;
    while (j < width && bits[j] === ch) j++;
    const run = j - i;
    const shift = width - j;
    const ones = run === 32 ? -1 : (1 << run) - 1;
    if (ch !== '0' && ch !== '1' && ch !== '-') {
      const part = { shift, mask: ones, width: run };
      const parts = fields.get(ch);
      if (parts) parts.push(part);
      else fields.set(ch, [part]);
    }
    i = j;
  }
  return { text, width, mask, value, fields: [...fields] };
}

/** Extracts the fields of an instruction word that matches the pattern. */
export function extractFields(p: Pattern, word: number): Record<string, number> {
  const out: Record<string, number> = {};
  const { fields } = p;
  for (let i = 0; i < fields.length; i++) {
    const parts = fields[i]![1];
    let v = 0;
    for (let k = 0; k < parts.length; k++) {
      const part = parts[k]!;
      v = (v << part.width) | ((word >>> part.shift) & part.mask);
    }
    out[fields[i]![0]] = v >>> 0;
  }
  return out;
}
