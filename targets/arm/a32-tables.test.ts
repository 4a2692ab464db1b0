/** The A32 decode tables: unambiguous, and in agreement with objdump on which instruction an encoding is. */
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
import { ARM_CPU_MODELS } from './cpu-models';
import { formatInstruction, registerName } from './disassemble';
import type { ArmRow } from './instruction';
import { ARM_TABLES } from './lift';
import { LiftContext, PC } from './lift-context';
import { ARM_LAYOUT } from './state';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);

/** VFP and Advanced SIMD rows have a test of their own. */
const isIntegerRow = (row: ArmRow): boolean => !row.name.startsWith('V');

const TABLES = ['a32', 'a32Unconditional'] as const;

const AL = 14;
const REGISTER_FIELDS = ['d', 'n', 'm', 'a', 't', 'r', 'h'];

/** Words of a row that its lifter accepts on the fullest CPU model, without the PC: most of its uses are UNPREDICTABLE and objdump spells them its own way. */
function examples(decoder: Decoder<ArmRow>, row: ArmRow, pattern: Pattern, rng: Random): Example<ArmRow>[] {
  const out: Example<ArmRow>[] = [];
  for (let tries = 0; tries < 400 && out.length < 8; tries++) {
    const word = (pattern.value | (rng.word() & fieldMask(pattern))) >>> 0;
    const fields = extractFields(pattern, word);
    if (fields['c'] === 15 || decoder.find(word)?.row !== row) continue;
    if (REGISTER_FIELDS.some((f) => pattern.fields.some(([name, parts]) => name === f && parts[0]!.width === 4) && fields[f] === PC))
      continue;
    if (isUnusual(row, fields)) continue;
    if (isLifted(row, fields)) out.push({ row, word, fields });
  }
  return out;
}

/** Encodings that objdump does not know, or names by architectures after ours. */
function isUnusual({ name }: ArmRow, f: Readonly<Record<string, number>>): boolean {
  if (/^(CRC32C?|BKPT|UDF)$/.test(name)) return f['c'] !== AL;
  if (name === 'HINT') return f['h']! > 5 && f['h']! < 0xf0;
  if (name === 'CPS') return f['i'] === 1 || (f['f'] === 0 && (f['i'] === 0 || f['m'] !== 0));
  return /^hint_|^PLDW_reg$/.test(name);
}

function isLifted(row: ArmRow, fields: Record<string, number>): boolean {
  const cx = new LiftContext(new Builder(ARM_LAYOUT), ARM_CPU_MODELS[0]!.features);
  return row.lift(cx, fields as never) !== false;
}

function objdump(words: readonly number[]): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((w, i) => bytes.writeUInt32LE(w, 4 * i));
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-a32-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, bytes);
    const options = ['-D', '-z', '-b', 'binary', '-m', 'armv8-a', '-M', 'reg-names-std'];
    const listing = runChecked([findTool('arm-linux-gnueabihf-objdump')!, ...options, file]).toString();
    return [...listing.matchAll(/^\s*[0-9a-f]+:\t[0-9a-f]{8}\s*\t(.*)$/gm)].map((m) => m[1]!);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Text with what is a matter of taste evened out: comments, spacing, signedness of immediates. */
function normalised(text: string): string {
  return text
    .replace(/\s*[@;].*|\s+<.*/, '')
    .replace(/\s+/g, ' ')
    .replace(/ $/, '')
    .replace(/(?<=, )#-?\d+$/, (x) => `#${Number(x.slice(1)) >>> 0}`);
}

/** Where objdump 2.40 departs from the UAL, as what it prints and what it should. */
const OBJDUMP_SPELLINGS: readonly (readonly [row: RegExp, theirs: RegExp, corrected: string])[] = [
  // It leaves out Rt2.
  [/^(LDRD|LDREXD)/, / (\w+),/, ' $1, {t+1},'],
  [/^(STRD_)/, / (\w+),/, ' $1, {t+1},'],
  [/^(STREXD)/, /, (\w+),/, ', $1, {t+1},'],
  [/EX|^LDA|^STL/, /\br13\b/, 'sp'],
  [/EX|^LDA|^STL/, /\br14\b/, 'lr'],
  [/^HINT$/, / \{0\}$/, ''],
  [/^UXTAB16$/, /ROR/, 'ror'],
  [/^(DSB|DMB)$/, /\bun/, 'nsh'],
  [/^DSB$/, /^dfb$/, 'dsb #12'],
  [/^DSB$/, /^ssbb$/, 'dsb #0'],
  [/^DSB$/, /^pssbb$/, 'dsb #4'],
  // With the base in the list it drops the mode, as if it were not written back.
  [/^(LDM|STM)$/, /^(ldm|stm)(?!ia|ib|da|db)(\w*)( \w+!)/, '$1ia$2$3'],
];

function corrected({ row, fields }: Example<ArmRow>, theirs: string): string {
  let text = normalised(theirs);
  for (const [rows, wrong, right] of OBJDUMP_SPELLINGS) if (rows.test(row.name)) text = text.replace(wrong, right);
  return text.replace('{t+1}', registerName(fields['t']! + 1));
}

describe.each(TABLES)('%s table', (set) => {
  const { rows, buckets } = ARM_TABLES[set];

  it('has no ambiguous rows', () => {
    const pairs = new Decoder<ArmRow>(rows, buckets).ambiguities();
    expect(pairs.map(([x, y]) => `${x.name} ${x.pattern} / ${y.name} ${y.pattern}`)).toEqual([]);
  });
});

describeIf(['arm-linux-gnueabihf-objdump'], 'A32 tables against objdump', () => {
  it.each(TABLES)('%s rows disassemble as objdump does', (set) => {
    const rng = new Random(SEED);
    const { rows, buckets } = ARM_TABLES[set];
    const decoder = new Decoder<ArmRow>(rows, buckets);
    const all = decoder.entries.flatMap(({ row, pattern }) => (isIntegerRow(row) ? examples(decoder, row, pattern, rng) : []));
    const theirs = objdump(all.map((e) => e.word));
    const different = all.flatMap((e, i) => {
      const ours = normalised(formatInstruction(e.row, e.fields, { address: 4 * i, thumb: false, itState: 0 }));
      const expected = corrected(e, theirs[i]!);
      return ours === expected ? [] : [`${e.row.name} ${e.word.toString(16)}: ${ours} / ${expected} (seed ${SEED})`];
    });
    expect(different).toEqual([]);
    expect(theirs.length).toBe(all.length);
  });
});
