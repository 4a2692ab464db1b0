/** Random instructions from the decode tables of targets/arm. */
import { Decoder } from '../../targets/decoder';
import { formatInstruction } from '../../targets/arm/disassemble';
import type { ArmRow } from '../../targets/arm/instruction';
import { ARM_TABLES } from '../../targets/arm/lift';
import { NEON_COPROCESSOR_ROWS, NEON_ROWS, NEON_TRANSFER_ROWS } from '../../targets/arm/neon';
import { VFP_ROWS, VFP_UNCONDITIONAL_ROWS } from '../../targets/arm/vfp';
import { extractFields, parsePattern, type Pattern } from '../../targets/pattern';
import type { Random } from './random';
import type { Encoding } from './test-case';

export type InstructionSet = keyof typeof ARM_TABLES;

/** A row of the tables. */
export interface Source {
  readonly set: InstructionSet;
  readonly row: ArmRow;
  readonly pattern: Pattern;
}

/** An instruction made from a row. */
export interface Candidate extends Encoding {
  readonly source: Source;
  readonly fields: Readonly<Record<string, number>>;
  /** Assembler text, without the condition of an IT block. */
  readonly text: string;
  readonly mnemonic: string;
  /** Letters of the fields that hold register numbers. */
  readonly registerFields: readonly string[];
}

const VECTOR_ROWS = [...VFP_ROWS, ...VFP_UNCONDITIONAL_ROWS, ...NEON_ROWS, ...NEON_TRANSFER_ROWS, ...NEON_COPROCESSOR_ROWS];
const VFP_NAMES = new Set(VECTOR_ROWS.map((r) => r.name));

/** The integer rows of an instruction set. */
export function integerRows(set: InstructionSet): readonly Source[] {
  return ARM_TABLES[set].rows.filter((row) => !VFP_NAMES.has(row.name)).map((row) => ({ set, row, pattern: parsePattern(row.pattern) }));
}

const decoders = new Map<InstructionSet, Decoder<ArmRow>>();

function decoderOf(set: InstructionSet): Decoder<ArmRow> {
  let d = decoders.get(set);
  if (d === undefined) decoders.set(set, (d = new Decoder<ArmRow>(ARM_TABLES[set].rows, ARM_TABLES[set].buckets)));
  return d;
}

function setOf(thumb: boolean, size: 2 | 4, word: number): InstructionSet {
  if (thumb) return size === 2 ? 't16' : 't32';
  return word >>> 28 === 15 ? 'a32Unconditional' : 'a32';
}

/** The row of an instruction, or undefined if it is not allocated. */
export function rowOf(thumb: boolean, size: 2 | 4, word: number): { readonly set: InstructionSet; readonly row: ArmRow } | undefined {
  const set = setOf(thumb, size, word);
  const found = decoderOf(set).find(word);
  return found && { set, row: found.row };
}

/** True if a row matches a 32-bit word; the upper halfword of a T32 instruction comes first. */
export function isAllocated(thumb: boolean, word: number): boolean {
  // 0b11100 starts a 16-bit instruction
  if (thumb && word >>> 27 < 0b11101) return true;
  return rowOf(thumb, 4, word) !== undefined;
}

/** Fills the fields of a row at random; undefined where that gives a special case that is another row's. */
export function instantiate(rng: Random, source: Source): Candidate | undefined {
  const { pattern, row, set } = source;
  let word = pattern.value;
  for (const [letter, parts] of pattern.fields) {
    for (const part of parts) word |= (fieldValue(rng, letter, part.mask) & part.mask) << part.shift;
  }
  const fields = extractFields(pattern, word);
  if (!set.startsWith('t') && 'c' in fields && row.pattern.startsWith('cccc')) {
    // Mostly AL, so that most instructions take effect; never 1111, which is another table
    const c = rng.chance(70) ? 14 : rng.below(14);
    word = (word & 0x0fffffff) | (c << 28);
    fields['c'] = c;
  }
  if (decoderOf(set).find(word)?.row !== row) return undefined;
  const thumb = set.startsWith('t');
  const syntax = typeof row.syntax === 'string' ? row.syntax : row.syntax(fields as never, 0);
  const text = formatInstruction(row, fields, { address: 0, thumb, itState: 0 });
  return {
    source,
    fields,
    text,
    mnemonic: text.split(/[ .]/)[0]!,
    registerFields: registerFieldsOf(syntax, fields),
    word: pattern.width === 16 ? word & 0xffff : word | 0,
    size: pattern.width === 16 ? 2 : 4,
    name: row.name,
    feature: row.feature,
  };
}

/** Register numbers are spread evenly; immediates are often all zeros or all ones. */
function fieldValue(rng: Random, letter: string, mask: number): number {
  if ('iv'.includes(letter) && rng.chance(20)) return rng.pick([0, 1, -1, mask >>> 1]);
  return rng.word();
}

function registerFieldsOf(syntax: string, fields: Readonly<Record<string, number>>): string[] {
  const letters = new Set<string>();
  for (const [, name] of syntax.matchAll(/\{(\w+(?:\+1)?)[^}]*\}/g)) {
    const letter = name![0]!;
    if (name === 'addr' || name === 'addrm') letters.add('n');
    if (name === 'addrm') letters.add('m');
    if ((name!.length === 1 || name!.endsWith('+1')) && !'csSywq'.includes(letter) && letter in fields) letters.add(letter);
  }
  return [...letters].filter((l) => l in fields);
}

/** Numbers of all registers that a text mentions, in order. */
export function registersIn(text: string): number[] {
  const names: Readonly<Record<string, number>> = { sb: 9, sl: 10, fp: 11, ip: 12, sp: 13, lr: 14, pc: 15 };
  return [...text.matchAll(/\b(r\d+|sb|sl|fp|ip|sp|lr|pc)\b/g)].map(([, r]) => (r!.startsWith('r') ? Number(r!.slice(1)) : names[r!]!));
}
