/** The decode tables: unambiguous, and in agreement with objdump on which instruction an encoding is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked } from '../../tests/harness/run';
import { describeIf, findTool } from '../../tests/harness/tools';
import { Random } from '../../tests/instructions/random';
import { Builder } from '../../translate/ir/builder';
import { Decoder } from '../decoder';
import { fieldMask, type Example } from '../example-fixture';
import { extractFields, type Pattern } from '../pattern';
import { PPC_CPU_MODELS, type PpcModel } from './cpu-models';
import { formatInstruction } from './disassemble';
import type { PpcRow } from './instruction';
import { PPC_TABLES } from './lift';
import { LiftContext } from './lift-context';
import { PPC_LAYOUT } from './state';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);
const TABLES = Object.keys(PPC_TABLES) as (keyof typeof PPC_TABLES)[];
const modelNamed = (name: string): PpcModel => PPC_CPU_MODELS.find((m) => m.name === name)!;
/** Models that together have all rows, and objdump's options for them: SPE has AltiVec's encodings. */
const MODELS = [
  ['max', modelNamed('max'), 'power8,altivec,raw'],
  ['e500v2', modelNamed('e500v2'), 'e500,raw'],
] as const;

/** Encodings that objdump knows under other names, or does not take for valid: hints, special registers, ignored bits. */
const UNUSUAL =
  /^(SC|MFCR|LWARX|LBARX|LHARX|LSWX|vsplt[bhw]|B|BC|BCLR|BCCTR|SYNC|MFSPR|MTSPR|MFTB|TWI?|MFOCRF|MTOCRF|MTCRF|MCRXR|RFI|DCB\w*|ICBI|ISEL|LSWI|STSWI|ds\w*|mtfsf\w*|mffs\w*|mtfsb.|mcrfs|LMW)$/;

/** Words of a row that its lifter accepts. */
function examples(model: PpcModel, decoder: Decoder<PpcRow>, row: PpcRow, pattern: Pattern, rng: Random): Example<PpcRow>[] {
  const out: Example<PpcRow>[] = [];
  if (UNUSUAL.test(row.name)) return out;
  for (let tries = 0; tries < 100 && out.length < 6; tries++) {
    const word = (pattern.value | (rng.word() & fieldMask(pattern))) >>> 0;
    const fields = extractFields(pattern, word);
    if (decoder.find(word)?.row !== row || fields['a'] === 0) continue;
    const cx = new LiftContext(new Builder(PPC_LAYOUT), model.features, model.cacheLine, model.pvr);
    if (row.lift(cx, fields as never) !== false) out.push({ row, word, fields });
  }
  return out;
}

function objdump(words: readonly number[], machine: string): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((w, i) => bytes.writeUInt32BE(w, 4 * i));
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-ppc-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, bytes);
    const options = ['-D', '-z', '-EB', '-b', 'binary', '-m', 'powerpc:common', '-M', machine];
    const listing = runChecked([findTool('powerpc-linux-gnu-objdump')!, ...options, file]).toString();
    return [...listing.matchAll(/^\s*[0-9a-f]+:\t(?:[0-9a-f]{2} ){4}\s*\t(.*)$/gm)].map((m) => m[1]!);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Spaces and the names of condition bits are no matter. */
function normalised(text: string): string {
  const bits = text.replace(/(?:4\*cr([0-7])\+)?\b(lt|gt|eq|so)\b/g, (_, field: string | undefined, bit: string) =>
    String(4 * Number(field ?? 0) + ['lt', 'gt', 'eq', 'so'].indexOf(bit)),
  );
  // cmpw is how cmp is written where it compares words
  const compare = bits.replace(/\s+/g, ' ').replace(/^(cmpl?)w(i?) (cr\d),/, '$1$2 $3,0,');
  return compare.replace(/ +\(.*\)$/, '').trim();
}

const rowsOf = (model: PpcModel, set: keyof typeof PPC_TABLES): readonly PpcRow[] =>
  PPC_TABLES[set].rows.filter((r) => r.feature === undefined || model.features.has(r.feature));

const CASES = MODELS.flatMap(([name, model, machine]) => TABLES.map((set) => [set, name, model, machine] as const));

it.each(CASES)('table of %s has no ambiguous rows on the %s', (set, _, model) => {
  const pairs = new Decoder<PpcRow>(rowsOf(model, set), PPC_TABLES[set].buckets).ambiguities();
  expect(pairs.map(([x, y]) => `${x.name} ${x.pattern} / ${y.name} ${y.pattern}`)).toEqual([]);
});

describeIf(['powerpc-linux-gnu-objdump'], 'PowerPC tables against objdump', () => {
  it.each(CASES.filter(([set, name]) => name === 'max' || set === 'extended'))(
    '%s of the %s disassemble as objdump does',
    (set, name, model, machine) => {
      const rng = new Random(SEED);
      const decoder = new Decoder<PpcRow>(rowsOf(model, set), PPC_TABLES[set].buckets);
      // What all models have is compared once
      const own = decoder.entries.filter(({ row }) => name === 'max' || row.feature !== undefined);
      const all = own.flatMap(({ row, pattern }) => examples(model, decoder, row, pattern, rng));
      const theirs = objdump(
        all.map((e) => e.word),
        machine,
      );
      const different = all.flatMap((e, i) => {
        const ours = normalised(formatInstruction(e.row, e.fields, 4 * i));
        const expected = normalised(theirs[i]!);
        return ours === expected ? [] : [`${e.row.name} ${e.word.toString(16)}: ${ours} / ${expected} (seed ${SEED})`];
      });
      expect(different).toEqual([]);
      expect(theirs.length).toBe(all.length);
    },
  );
});
