/** The Thumb decode tables: unambiguous, and in agreement with objdump on which instruction an encoding is. */
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

/** Bytes from one example to the next, so that neither a misread one nor an IT reaches its neighbour. */
const STRIDE = 16;

/** Words of a row that its lifter accepts on the fullest CPU model. */
function examples(decoder: Decoder<ArmRow>, row: ArmRow, pattern: Pattern, rng: Random): Example<ArmRow>[] {
  const out: Example<ArmRow>[] = [];
  for (let tries = 0; tries < 400 && out.length < 8; tries++) {
    const word = (pattern.value | (rng.word() & ~pattern.mask & fieldMask(pattern))) >>> 0;
    if (decoder.find(word | 0)?.row !== row) continue;
    const fields = extractFields(pattern, word);
    // UNPREDICTABLE throughout T32; later architectures reuse such encodings, and objdump knows them.
    if (pattern.width === 32 && (fields['d'] === PC || fields['a'] === PC)) continue;
    // UNPREDICTABLE unless it is a hint, which objdump tells in its own way
    if (/^LDRS?[BH]_imm8$/.test(row.name) && fields['t'] === PC) continue;
    // Most other hints got names later, which are not ours.
    if (row.name === 'HINT' && fields['h']! > 5 && fields['h']! < 0xf0) continue;
    if (!isLifted(row, fields, pattern.width / 8)) continue;
    out.push({ row, word, fields });
  }
  return out;
}

function isLifted(row: ArmRow, fields: Record<string, number>, size: number): boolean {
  const model = ARM_CPU_MODELS.find((m) => m.name === 'max')!;
  const cx = new LiftContext(new Builder(ARM_LAYOUT), model.features);
  cx.size = size;
  cx.thumb = true;
  return row.lift(cx, fields as never) !== false;
}

/** objdump's text of each instruction, which are padded with NOPs. */
function objdump(words: readonly number[], size: 2 | 4): string[] {
  const bytes = Buffer.alloc(words.length * STRIDE);
  for (let i = 0; i < bytes.length; i += 2) bytes.writeUInt16LE(0xbf00, i);
  words.forEach((w, i) => {
    if (size === 2) bytes.writeUInt16LE(w, STRIDE * i);
    else bytes.writeUInt16LE(w & 0xffff, bytes.writeUInt16LE(w >>> 16, STRIDE * i));
  });
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-thumb-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, bytes);
    const tool = findTool('arm-linux-gnueabihf-objdump')!;
    const options = ['-D', '-z', '-b', 'binary', '-m', 'armv8-a', '-M', 'force-thumb,reg-names-std'];
    const lines = runChecked([tool, ...options, file])
      .toString()
      .split('\n');
    const at = new Map<number, string>();
    for (const line of lines) {
      const m = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line);
      if (m) at.set(parseInt(m[1]!, 16), m[2]!);
    }
    return words.map((_, i) => at.get(STRIDE * i) ?? '');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Text with what is a matter of taste evened out: width suffixes, comments, spacing, signedness of immediates. */
function normalised(text: string): string {
  return text
    .replace(/\s*[@;].*|\s+<.*/, '')
    .replace(/\s+/g, ' ')
    .replace(/, #-?0\]$/, ']')
    .replace(/^(\w+)\.[nw]\b/, '$1')
    .replace(/(?<=[, ])#-?\d+$/, (x) => `#${Number(x.slice(1)) >>> 0}`);
}

/** Where objdump 2.40 differs from the Arm ARM, as what it prints and what it should. */
const OBJDUMP_ERRORS: readonly (readonly [row: RegExp, theirs: RegExp, corrected: string])[] = [
  // With Rn = 1111 a load is a literal one, whatever its addressing mode bits say (DDI 0406C, tables A6-18 to A6-20).
  [/_literal_high$/, /^(ldr(?:s?[bh])?)t /, '$1 '],
  // The NOP of before Thumb-2
  [/^MOV_reg_high$/, /^nop$/, 'mov r8, r8'],
  // Names of reserved options in later architectures
  [/^DSB$/, /^dfb$/, 'dsb #12'],
  [/^DSB$/, /^ssbb$/, 'dsb #0'],
  [/^DSB$/, /^pssbb$/, 'dsb #4'],
  // It takes Rd from the wrong bits.
  [/^CRC32/, /^(crc32c?h) r\d+/, '$1 {d}'],
  // These hold Rm twice, and objdump prints the copy.
  [/^(REV|REV16|REVSH|RBIT|CLZ)$/, /\w+$/, '{m}'],
];

/** Of the conversions of halves from and to 16 bits objdump says that they are undefined; the manual and qemu-arm have them. */
const unknownToObjdump = ({ row, fields }: Example<ArmRow>): boolean => row.name === 'VCVT_f16_fixed' && fields['x'] === 0;

function corrected({ row, fields }: Example<ArmRow>, theirs: string): string {
  let text = normalised(theirs);
  for (const [rows, wrong, right] of OBJDUMP_ERRORS) if (rows.test(row.name)) text = text.replace(wrong, right);
  return text.replace(/\{(\w)\}$|\{(\w)\}(?=,)/g, (whole, x?: string, y?: string) => {
    const register = fields[x ?? y ?? ''];
    return register === undefined ? whole : registerName(register);
  });
}

describe.each(['t16', 't32'] as const)('%s table', (set) => {
  const { rows, buckets } = ARM_TABLES[set];

  it('has no ambiguous rows', () => {
    const pairs = new Decoder<ArmRow>(rows, buckets).ambiguities();
    expect(pairs.map(([x, y]) => `${x.name} ${x.pattern} / ${y.name} ${y.pattern}`)).toEqual([]);
  });
});

describeIf(['arm-linux-gnueabihf-objdump'], 'Thumb tables against objdump', () => {
  it.each(['t16', 't32'] as const)('%s rows disassemble as objdump does', (set) => {
    const rng = new Random(SEED);
    const { rows, buckets } = ARM_TABLES[set];
    const decoder = new Decoder<ArmRow>(rows, buckets);
    const all: Example<ArmRow>[] = [];
    const without: string[] = [];
    for (const { row, pattern } of decoder.entries) {
      const some = examples(decoder, row, pattern, rng);
      if (some.length === 0) without.push(row.name);
      all.push(...some);
    }
    const theirs = objdump(
      all.map((e) => e.word),
      set === 't16' ? 2 : 4,
    );
    const different = all.flatMap((e, i) => {
      const ours = normalised(formatInstruction(e.row, e.fields, { address: STRIDE * i, thumb: true, itState: 0 }));
      const expected = corrected(e, theirs[i]!);
      return ours === expected || unknownToObjdump(e) ? [] : [`${e.row.name} ${e.word.toString(16)}: ${ours} / ${expected} (seed ${SEED})`];
    });
    expect(different).toEqual([]);
    // Of its encodings few are valid in User mode.
    expect(without.filter((name) => name !== 'MCR_MRC')).toEqual([]);
  });
});
