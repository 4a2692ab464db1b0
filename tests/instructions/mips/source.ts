/** Random instructions from the decode tables of targets/mips. */
import { Decoder } from '../../../targets/decoder';
import { formatInstruction } from '../../../targets/mips/disassemble';
import type { MipsFeature, MipsRow } from '../../../targets/mips/instruction';
import { MIPS_TABLES } from '../../../targets/mips/lift';
import { LiftContext } from '../../../targets/mips/lift-context';
import { MIPS_LAYOUT } from '../../../targets/mips/state';
import { extractFields, parsePattern, type Pattern } from '../../../targets/pattern';
import { Builder } from '../../../translate/ir/builder';
import type { Random } from '../random';
import { RESERVED, type Encoding } from './program';

export interface Source {
  readonly row: MipsRow;
  readonly pattern: Pattern;
  readonly decoder: Decoder<MipsRow>;
  readonly features: ReadonlySet<MipsFeature>;
  readonly wideFpu: boolean;
}

export interface Candidate extends Encoding {
  readonly row: MipsRow;
  readonly fields: Readonly<Record<string, number>>;
  readonly text: string;
}

/** What straight-line code cannot have. */
const NOT_STRAIGHT =
  /^(SYSCALL|BREAK|SDBBP|COP|CACHE|SYNCI|RDHWR|CFC1|CTC1|LL|SC|T(GE|LT|EQ|NE)I?U?|ADDI?|SUB|NAL|SIGRIE|LWPC|(LL|SC|SDBBP|CACHE)_R6)$|^(?!BITSWAP|BITREV|BALIGN)[BJ]/;
export const MEMORY = /^(L[BHW]U?|S[BHW]|[LS]W[LR]|[LS][WD]X?C1|[LS]UXC1|LWX|LHX|LBUX|LD|ST)$/;
const FLOATING = /C1|_[sdSDWL]\b|_[sdSDWL]_|MOVCI|PREFX/;
const isFloating = ({ name, feature }: MipsRow): boolean => feature !== 'msa' && feature?.startsWith('dsp') !== true && FLOATING.test(name);

const VECTOR_NOT_STRAIGHT = /^(BN?Z|C[TF]CMSA)/;
const isStraight = ({ name, feature }: MipsRow): boolean => !(feature === 'msa' ? VECTOR_NOT_STRAIGHT : NOT_STRAIGHT).test(name);

/** True if the lifter takes the field values for reserved ones. */
export function isReserved({ row, features, wideFpu }: Source, fields: Readonly<Record<string, number>>): boolean {
  return row.lift(new LiftContext(new Builder(MIPS_LAYOUT), features, false, wideFpu), fields as never) === false;
}

export interface Selection {
  readonly features: ReadonlySet<MipsFeature>;
  readonly memory: boolean;
  readonly floating: boolean;
  readonly wideFpu?: boolean;
}

/** Tables of MIPS32 code. */
const WORD_TABLES = [MIPS_TABLES.functions, MIPS_TABLES.immediates];

/** The rows of a kind that a model has. */
export function rowsOf({ features, memory, floating, wideFpu = false }: Selection): readonly Source[] {
  return WORD_TABLES.flatMap(({ rows, buckets }) => {
    const own = rows.filter((r) => r.feature === undefined || features.has(r.feature));
    const decoder = new Decoder<MipsRow>(own, buckets);
    return own
      .filter((r) => isStraight(r) && (memory || !MEMORY.test(r.name)) && isFloating(r) === floating)
      .map((row) => ({ row, pattern: parsePattern(row.pattern), decoder, features, wideFpu }));
  });
}

/** Fills the fields of a row at random; undefined where that gives another row's special case or a register of the driver. */
export function instantiate(rng: Random, source: Source): Candidate | undefined {
  const { row, pattern, decoder } = source;
  let word = pattern.value;
  for (const [letter, parts] of pattern.fields) {
    for (const part of parts) {
      const value = letter === 'i' && rng.chance(20) ? rng.pick([0, 1, -1, part.mask >>> 1]) : rng.word();
      word |= (value & part.mask) << part.shift;
    }
  }
  if (decoder.find(word)?.row !== row) return undefined;
  const fields = extractFields(pattern, word);
  // qemu-mips drops an instruction of the DSP extension with register 0 for its result, with what it does to DSPControl
  if (row.feature?.startsWith('dsp') === true && (fields['d'] ?? fields['t']) === 0) return undefined;
  if (['s', 't', 'd'].some((f) => RESERVED.has(fields[f] ?? 0)) || isReserved(source, fields)) return undefined;
  return { row, fields, word: word | 0, name: row.name, text: formatInstruction(row, fields, 0) };
}

/** General registers that an instruction writes; a superset. */
export function written({ row, fields }: Candidate): readonly number[] {
  if (isFloating(row) && !/^(MFC1|MFHC1|CFC1|MOVCI)$/.test(row.name)) return [];
  if (row.feature === 'msa') return /^(COPY_[SU]|LSA_msa)$/.test(row.name) ? [fields['d']!] : [];
  return [fields['d'], fields['t']].filter((r) => r !== undefined);
}
