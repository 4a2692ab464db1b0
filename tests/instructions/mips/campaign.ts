/** Compares random MIPS cases under the emulator and under the reference. */
import { REGISTER_NAMES } from '../../../targets/mips/state';
import {
  compareBatches,
  fittingCases,
  hex,
  valueText,
  type BatchSize,
  type CaseFormat,
  type Emulator,
  type Image,
  type Result,
} from '../image-comparison';
import { Random } from '../random';
import { noOperation as noOperationOf } from './compressed';
import type { Coverage } from './coverage';
import type { Group } from './generators';
import { buildImage, RECORD, SCRATCH_WORDS, type Encoding, type Shape, type TestCase } from './program';

const CASES_PER_BATCH = 400;

/** Without exact floating point FCSR's cause and flag bits are not kept. */
const FCSR_COMPARED = 0xff800f83;
const CAUSES = 0x0003f000;
const INEXACT = 1 << 2;
/** Rounding modes and enables other than those at the start: all operations are computed exactly. */
const SPECIAL = 0x00000f83;

/**
 * The bits that both must have. What the causes of the latest operation are is not known where native arithmetic was
 * enough for it; vectors are all computed exactly.
 */
function comparedFcsr(shape: Shape, expected: number): number {
  if (shape.exact !== true) return FCSR_COMPARED;
  return shape.msa !== true && (expected & SPECIAL) === 0 && (expected & INEXACT) !== 0 ? ~CAUSES : -1;
}

/** Name and values of each word of a record that differs. */
function differences(image: Image<TestCase>, run: number, shape: Shape, expected: Buffer, actual: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at < image.recordSize; at += 4) {
    if (at === RECORD.code || (at < RECORD.hi && [0, 26, 27].includes(at / 4))) continue;
    const read = (b: Buffer): number => {
      const p = run * image.recordSize + at;
      return shape.bigEndian ? b.readUInt32BE(p) : b.readUInt32LE(p);
    };
    const mask = at === RECORD.fcsr ? comparedFcsr(shape, read(expected)) : -1;
    const [e, a] = [(read(expected) & mask) >>> 0, (read(actual) & mask) >>> 0];
    if (e !== a) out.push(`${wordName(at)}: expected ${e.toString(16)}, got ${a.toString(16)}`);
  }
  return out;
}

function wordName(at: number): string {
  if (at < RECORD.hi) return REGISTER_NAMES[at / 4]!;
  if (at >= RECORD.scratch) return `scratch+${at - RECORD.scratch}`;
  if (at >= RECORD.vectors) return `w${(at - RECORD.vectors) >> 4} word ${((at - RECORD.vectors) >> 2) & 3}`;
  if (at >= RECORD.dsp) return ['hi1', 'lo1', 'hi2', 'lo2', 'hi3', 'lo3', 'dsp control'][(at - RECORD.dsp) / 4]!;
  if (at >= RECORD.fpu) return `f${Math.floor((at - RECORD.fpu) / 8)}${(at & 4) === 0 ? '' : ' second word'}`;
  return Object.entries(RECORD).find(([, offset]) => offset === at)![0];
}

/** A no-operation in place of an instruction of the same size. */
function noOperation({ size }: Encoding, { compressed }: Shape): Encoding {
  if (compressed === undefined) return { word: 0, name: 'nop' };
  return noOperationOf(compressed, size === 2 ? 2 : 4);
}

function describe(testCase: TestCase, shape: Shape): string[] {
  const code = testCase.code.map((e) => `  ${hex(e.word)} ${'text' in e ? String(e.text) : e.name}`);
  const { registers, hi, lo, fpu, dsp, vectors } = testCase.inputs[0]!;
  const mentioned = (name: string): boolean =>
    new RegExp(`(^|[ ,($])${name}\\b`).test(code.join('\n')) || !code.some((l) => l.includes(','));
  const texts = registers.flatMap((v, r) => (mentioned(REGISTER_NAMES[r]!) ? [`${REGISTER_NAMES[r]}=${valueText(v)}`] : []));
  const vectorTexts: string[] = [];
  for (let n = 0; n < 32; n++) {
    if (mentioned(`f${n & ~1}`) || mentioned(`f${n}`)) vectorTexts.push(`f${n}=${hex(fpu[2 * n + 1]!)}_${hex(fpu[2 * n]!)}`);
    if (shape.msa === true && mentioned(`w${n}`)) vectorTexts.push(`w${n}=${[3, 2, 1, 0].map((k) => hex(vectors[4 * n + k]!)).join('_')}`);
  }
  return [
    ...code,
    `hi=${hex(hi)} lo=${hex(lo)} ${texts.join(' ')}`,
    ...(shape.dsp === true ? [`dsp ${dsp.map(hex).join(' ')}`] : []),
    vectorTexts.join(' '),
  ];
}

export interface CampaignOptions {
  readonly maxFailures?: number;
  /** Counts what was compared. */
  readonly coverage?: Coverage | undefined;
  /** Cases of a program and their inputs, if other than in the test suite. */
  readonly size?: BatchSize;
}

/** Compares about `count` instructions of a group in one byte order. */
export function runCampaign(
  group: Group,
  bigEndian: boolean,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  { maxFailures = 5, coverage, size }: CampaignOptions = {},
): Result {
  const on = ({ name, command }: Emulator, model: string | undefined): Emulator => ({
    name,
    command: model === undefined ? command : [...command, '-cpu', model],
  });
  const { wideFpu, nan2008, exact, release6, dsp, msa, compressed, softFloat, returnsByLink } = group;
  const shape: Shape = {
    bigEndian,
    wideFpu,
    nan2008,
    exact,
    release6,
    dsp,
    msa,
    compressed,
    softFloat,
    returnsByLink,
    scratchWords: SCRATCH_WORDS,
  };
  const format: CaseFormat<TestCase> = {
    image: (cases) => buildImage(cases, shape),
    differences: (image, run, expected, actual) => differences(image, run, shape, expected, actual),
    noOperation: (_, instruction) => noOperation(instruction, shape),
    describe: (testCase) => describe(testCase, shape),
  };
  const next = group.generator(new Random(seed, size?.inputsPerCase));
  const casesPerBatch = size === undefined ? CASES_PER_BATCH : fittingCases(size, RECORD.scratch + 4 * SCRATCH_WORDS, count);
  const compared = (c: TestCase): void => coverage?.add(c, shape);
  return compareBatches(
    { next, size: group.name.startsWith('deadly') ? 1 : casesPerBatch, count, maxFailures, compared },
    format,
    on(oracle, group.model),
    subjects.map((s) => on(s, group.subjectModel ?? group.model)),
  );
}
