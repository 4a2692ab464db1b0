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
import { formatInstruction } from './disassemble';
import type { MipsRow } from './instruction';
import { MIPS_TABLES } from './lift';
import { LiftContext } from './lift-context';
import { MIPS_LAYOUT } from './state';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);
const TABLES = Object.keys(MIPS_TABLES) as (keyof typeof MIPS_TABLES)[];
/** Those of 32-bit words in MIPS32 code. */
const WORD_TABLES = ['functions', 'immediates'] as const;

/** What rows of Release 6 and those before it reuse of each other's encodings is no ambiguity: no model has both. */
const RELEASES: readonly (readonly [name: string, accepts: (r: MipsRow) => boolean, machine: string])[] = [
  ['up to Release 5', (r) => r.feature !== 'r6', 'mips:isa32r2'],
  // MSA's LSA is that of Release 6
  ['Release 6', (r) => r.name !== 'LSA_msa' && r.feature !== 'pre6' && r.feature !== 'fpu-pre6', 'mips:isa32r6'],
];

/** Words of a row that its lifter accepts, with a base at 0 for branches. */
function examples(decoder: Decoder<MipsRow>, row: MipsRow, pattern: Pattern, rng: Random): Example<MipsRow>[] {
  const out: Example<MipsRow>[] = [];
  for (let tries = 0; tries < 200 && out.length < 8; tries++) {
    const word = (pattern.value | (rng.word() & fieldMask(pattern))) >>> 0;
    const fields = extractFields(pattern, word);
    if (decoder.find(word)?.row !== row || isUnusual(row, fields)) continue;
    const cx = new LiftContext(new Builder(MIPS_LAYOUT), new Set(['r2', 'fpu', 'mips16']), false, true);
    if (row.lift(cx, fields as never) !== false) out.push({ row, word, fields });
  }
  return out;
}

/** Encodings that objdump prints under another name: aliases with register 0, codes, hints. */
function isUnusual({ name }: MipsRow, f: Readonly<Record<string, number>>): boolean {
  if (/^(COP0|COP2|CACHE|PREFX?|SYSCALL|SYNC|SDBBP|BREAK|RDHWR|[CM][FT]H?C1|JALR|JALX|NAL|TN?[EGL]\w*)$/.test(name)) return true;
  return ['s', 't', 'd'].some((k) => f[k] === 0);
}

function objdump(words: readonly number[], machine: string): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((w, i) => bytes.writeUInt32BE(w, 4 * i));
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-mips-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, bytes);
    const options = ['-D', '-z', '-EB', '-b', 'binary', '-m', machine, '-M', 'gpr-names=o32,cp0-names=numeric'];
    const listing = runChecked([findTool('mips-linux-gnu-objdump')!, ...options, file]).toString();
    return [...listing.matchAll(/^\s*[0-9a-f]+:\t[0-9a-f]{8}\s*\t(.*)$/gm)].map((m) => m[1]!);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const normalised = (text: string): string => text.replace(/\s+/g, ' ').replace(/, /g, ',').trim();

describe.each(TABLES)('table of %s', (set) => {
  const { rows, buckets } = MIPS_TABLES[set];

  it.each(RELEASES)('has no ambiguous rows, %s', (_, accepts) => {
    const pairs = new Decoder<MipsRow>(rows.filter(accepts), buckets).ambiguities();
    expect(pairs.map(([x, y]) => `${x.name} ${x.pattern} / ${y.name} ${y.pattern}`)).toEqual([]);
  });
});

describeIf(['mips-linux-gnu-objdump'], 'MIPS tables against objdump', () => {
  const cases = WORD_TABLES.flatMap((set) => RELEASES.map(([name, accepts, machine]) => ({ set, name, accepts, machine })));

  it.each(cases)('$set disassemble as objdump does, $name', ({ set, accepts, machine }) => {
    const rng = new Random(SEED);
    const { rows, buckets } = MIPS_TABLES[set];
    const decoder = new Decoder<MipsRow>(rows.filter(accepts), buckets);
    const all = decoder.entries.flatMap(({ row, pattern }) => examples(decoder, row, pattern, rng));
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
  });
});
