/** The VFP and Advanced SIMD decode tables against objdump, in A32 and T32. */
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
import { formatInstruction } from './disassemble';
import type { ArmRow } from './instruction';
import { ARM_TABLES } from './lift';
import { LiftContext } from './lift-context';
import { ARM_LAYOUT } from './state';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);
const EXAMPLES_PER_ROW = 12;

type TableName = 'a32' | 'a32Unconditional' | 't32';

function isLifted(row: ArmRow, fields: Record<string, number>, thumb: boolean): boolean {
  const cx = new LiftContext(new Builder(ARM_LAYOUT), ARM_CPU_MODELS[0]!.features);
  cx.thumb = thumb;
  return row.lift(cx, fields as never) !== false;
}

/** Words of a row that its lifter accepts. In A32 they are unconditional or carry a condition other than 1111. */
function examples(decoder: Decoder<ArmRow>, row: ArmRow, pattern: Pattern, rng: Random, thumb: boolean): Example<ArmRow>[] {
  const out: Example<ArmRow>[] = [];
  for (let tries = 0; tries < 600 && out.length < EXAMPLES_PER_ROW; tries++) {
    const word = (pattern.value | (rng.word() & fieldMask(pattern))) >>> 0;
    const fields = extractFields(pattern, word);
    if ((!thumb && fields['c'] === 15) || decoder.find(word | 0)?.row !== row) continue;
    // A base of PC makes objdump compute the address.
    if (/^V(LD|ST)/.test(row.name) && fields['n'] === 15) continue;
    if (isLifted(row, fields, thumb)) out.push({ row, word, fields });
  }
  return out;
}

function objdump(words: readonly number[], thumb: boolean): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((w, i) => {
    if (thumb) {
      bytes.writeUInt16LE(w >>> 16, 4 * i);
      bytes.writeUInt16LE(w & 0xffff, 4 * i + 2);
    } else bytes.writeUInt32LE(w, 4 * i);
  });
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-vfp-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, bytes);
    const options = ['-D', '-z', '-b', 'binary', '-m', 'armv8-a', '-M', `reg-names-std${thumb ? ',force-thumb' : ''}`];
    const listing = runChecked([findTool('arm-linux-gnueabihf-objdump')!, ...options, file]).toString();
    return [...listing.matchAll(/^\s*[0-9a-f]+:\t[0-9a-f]{4} ?[0-9a-f]{4}\s*\t(.*)$/gm)].map((m) => m[1]!);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function normalised(text: string): string {
  return text
    .replace(/\s*[@;].*/, '')
    .replace(/\s+/g, ' ')
    .replace(/ $/, '')
    .replace(/(?<!\.f32 .*)(?<=, )#-?\d+$/, (x) => `#${Number(x.slice(1)) >>> 0}`);
}

/** Of the conversions from and to 16 bits objdump says that they are undefined; the manual and qemu-arm have them. */
const unknownToObjdump = ({ row, fields }: Example<ArmRow>): boolean => row.name === 'VCVT_f16_fixed' && fields['x'] === 0;

const isVector = (row: ArmRow): boolean => row.name.startsWith('V');

describe('VFP tables', () => {
  it.each<TableName>(['a32', 'a32Unconditional', 't32'])('%s has no ambiguous rows', (set) => {
    const { rows, buckets } = ARM_TABLES[set];
    const pairs = new Decoder<ArmRow>(rows, buckets).ambiguities().filter(([x, y]) => isVector(x) || isVector(y));
    expect(pairs.map(([x, y]) => `${x.name} ${x.pattern} / ${y.name} ${y.pattern}`)).toEqual([]);
  });
});

describeIf(['arm-linux-gnueabihf-objdump'], 'VFP tables against objdump', () => {
  it.each<TableName>(['a32', 'a32Unconditional', 't32'])('%s rows disassemble as objdump does', (set) => {
    const thumb = set === 't32';
    const rng = new Random(SEED);
    const { rows, buckets } = ARM_TABLES[set];
    const decoder = new Decoder<ArmRow>(rows, buckets);
    const all = decoder.entries.flatMap(({ row, pattern }) => (isVector(row) ? examples(decoder, row, pattern, rng, thumb) : []));
    const theirs = objdump(
      all.map((e) => e.word),
      thumb,
    );
    expect(theirs.length).toBe(all.length);
    const different = all.flatMap((e, i) => {
      const ours = normalised(formatInstruction(e.row, e.fields, { address: 4 * i, thumb, itState: 0 }));
      const expected = normalised(theirs[i]!);
      return ours === expected || unknownToObjdump(e) ? [] : [`${e.row.name} ${e.word.toString(16)}: ${ours} / ${expected} (seed ${SEED})`];
    });
    expect(different).toEqual([]);
  });
});
