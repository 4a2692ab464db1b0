/** Random instructions from the decode tables of targets/ppc. */
import { Decoder } from '../../../targets/decoder';
import { extractFields, parsePattern, type Pattern } from '../../../targets/pattern';
import { formatInstruction } from '../../../targets/ppc/disassemble';
import type { PpcFeature, PpcRow } from '../../../targets/ppc/instruction';
import { PPC_TABLES } from '../../../targets/ppc/lift';
import { LiftContext } from '../../../targets/ppc/lift-context';
import { PPC_LAYOUT } from '../../../targets/ppc/state';
import { Builder } from '../../../translate/ir/builder';
import type { Random } from '../random';
import type { Instruction } from '../test-case';
import { RESERVED } from './program';

export type Kind = 'integer' | 'floating' | 'vector' | 'spe';

export interface Source {
  readonly row: PpcRow;
  readonly pattern: Pattern;
  readonly decoder: Decoder<PpcRow>;
  readonly features: ReadonlySet<PpcFeature>;
}

export interface Candidate extends Instruction {
  readonly row: PpcRow;
  readonly fields: Readonly<Record<string, number>>;
  readonly text: string;
}

/** What straight-line code cannot have, and what qemu-ppc lacks but Linux emulates. */
const NOT_STRAIGHT = /^(B|BC|BCLR|BCCTR|SC|TWI?|MFSPR|MTSPR|MFTB|MFMSR|RFI|ICBI|DCBI|DCBA|L.ARX|ST.CX\.|ISEL|POPCNTB|DCB.*)$/;
const LOADS_AND_STORES = /^(L|ST)(W|H|B|F|V|MW|SW)|^(l|st)(f|v)|^STMW|^LMW|^DCBZ|^ev(l|st)[dwh]/;
/** AltiVec's permutations by an address only look like loads. */
const isMemory = (name: string): boolean => LOADS_AND_STORES.test(name) && !/^lvs[lr]$/i.test(name);

export function kindOf({ feature }: PpcRow): Kind {
  if (feature === 'altivec') return 'vector';
  if (feature === 'spe' || feature === 'efp-single' || feature === 'efp-double') return 'spe';
  return /^(fpu|f[a-z]+$|stfiwx|fpu-)/.test(feature ?? '') ? 'floating' : 'integer';
}

export interface Selection {
  readonly features: ReadonlySet<PpcFeature>;
  readonly kind: Kind;
  readonly memory: boolean;
}

/** The rows of a kind that a model has. */
export function rowsOf({ features, kind, memory }: Selection): readonly Source[] {
  return Object.values(PPC_TABLES).flatMap(({ rows, buckets }) => {
    const own = rows.filter((r) => r.feature === undefined || features.has(r.feature));
    const decoder = new Decoder<PpcRow>(own, buckets);
    return own
      .filter((r) => !NOT_STRAIGHT.test(r.name) && kindOf(r) === kind && (memory || !isMemory(r.name)))
      .map((row) => ({ row, pattern: parsePattern(row.pattern), decoder, features }));
  });
}

/** True if the lifter takes the field values for invalid ones. */
function isInvalid({ row, features }: Source, fields: Readonly<Record<string, number>>): boolean {
  const cx = new LiftContext(new Builder(PPC_LAYOUT), features, 32, 0);
  cx.exact = true;
  return row.lift(cx, fields as never) === false;
}

/** General registers that a row's fields name, by how its syntax prints them. */
function generalFields({ row }: Source): readonly string[] {
  const syntax = typeof row.syntax === 'string' ? row.syntax : '{s},{a},{b},{d}';
  return [...syntax.matchAll(/\{0?([a-z])\}/g)].map((m) => m[1]!);
}

/** Registers that the string and multiple forms take from d on. */
function range(name: string, fields: Readonly<Record<string, number>>): readonly number[] {
  const { d = 0, n = 0 } = fields;
  const count = /MW$/.test(name) ? 32 - d : /SWI$/.test(name) ? ((n || 32) + 3) >> 2 : /SWX$/.test(name) ? 8 : 1;
  return Array.from({ length: count }, (_, k) => (d + k) & 31);
}

/** Registers that most operands are: some that the driver does not need. */
const FEW_REGISTERS = { mask: 3, first: { integer: 0, floating: 0, vector: 0, spe: 28 } } as const;

/** Fills the fields of a row at random; undefined where that gives another row's special case or a register of the driver. */
export function instantiate(rng: Random, source: Source): Candidate | undefined {
  const { row, pattern, decoder } = source;
  let word = pattern.value;
  // Few registers, so that results become operands
  const kind = kindOf(row);
  const few = kind !== 'integer' && rng.chance(70);
  const register = (): number => (few ? (rng.word() & FEW_REGISTERS.mask) | FEW_REGISTERS.first[kind] : rng.word());
  for (const [letter, parts] of pattern.fields) {
    for (const part of parts) {
      const value = part.width === 5 ? register() : letter === 'i' && rng.chance(20) ? rng.pick([0, 1, -1, part.mask >>> 1]) : rng.word();
      word |= (value & part.mask) << part.shift;
    }
  }
  if (decoder.find(word)?.row !== row) return undefined;
  const fields = extractFields(pattern, word);
  const general = generalFields(source);
  // Invalid, where the string is so long
  if (/^LSWX/.test(row.name) && range(row.name, fields).some((r) => r === fields['a'] || r === fields['b'])) return undefined;
  if (general.some((f) => RESERVED.has(fields[f] ?? 0)) || isInvalid(source, fields)) return undefined;
  const candidate = { row, fields, word: word | 0, name: row.name, text: formatInstruction(row, fields, 0) };
  return written(candidate).some((r) => RESERVED.has(r)) ? undefined : candidate;
}

/** General registers that an instruction writes; a superset. */
export function written({ row, fields, name }: Candidate): readonly number[] {
  const { a, d } = fields;
  if (kindOf(row) === 'spe') return d === undefined ? [] : [d];
  if (kindOf(row) !== 'integer') return /^(l|st)fd?s?u/.test(name) && a !== undefined ? [a] : [];
  return [...(a === undefined ? [] : [a]), ...(d === undefined ? [] : range(name, fields))];
}

export interface Access {
  readonly indexed: boolean;
  /** What its address is a multiple of, at best. */
  readonly size: number;
  /** What is added to the base. */
  readonly offset: number;
}

/** How an instruction accesses memory; undefined if it does not. */
export function accessOf({ name, fields, text }: Candidate): Access | undefined {
  if (!isMemory(name)) return undefined;
  const indexed = !('i' in fields) && 'b' in fields;
  const size = /^ev/.test(name)
    ? 8
    : /^(l|st)v/i.test(name)
      ? 16
      : /^(l|st)fd/i.test(name)
        ? 8
        : /^(L|ST)B/.test(name)
          ? 1
          : /^(L|ST)H/.test(name)
            ? 2
            : 4;
  const { i } = fields;
  const offset = i === undefined ? Number(/ r\d+,(\d+)\(/.exec(text)?.[1] ?? 0) : (i << 16) >> 16;
  return { indexed, size, offset };
}
