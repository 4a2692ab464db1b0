/** Compares random PowerPC cases under the emulator and under the reference. */
import { FPSCR } from '../../../targets/ppc/fpscr';
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
import type { Coverage } from './coverage';
import type { Group } from './generators';
import { buildImage, RECORD, RESERVED, SCRATCH_WORDS, type Shape, type TestCase } from './program';

const SUITE_SIZE: BatchSize = { casesPerBatch: 400, inputsPerCase: 4 };
/** About what a case has. */
const INSTRUCTIONS_PER_INPUT = 3;
const NOP = { word: 0x60000000, name: 'nop' } as const;

/** Name and values of each word of a record that differs. */
function differences(shape: Shape, image: Image<TestCase>, run: number, expected: Buffer, actual: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at < image.recordSize; at += 4) {
    // The high word of FPSCR is anything, and qemu-ppc never sets FR
    if (at === RECORD.code || at === RECORD.fpscr || (at < RECORD.lr && RESERVED.has(at / 4))) continue;
    const p = run * image.recordSize + at;
    const compared = at === RECORD.fpscr + 4 && shape.status === true ? ~FPSCR.fr : -1;
    const [e, a] = [expected.readUInt32BE(p) & compared, actual.readUInt32BE(p) & compared];
    if (e !== a) out.push(`${wordName(at, shape)}: expected ${hex(e)}, got ${hex(a)}`);
  }
  return out;
}

function wordName(at: number, shape: Shape): string {
  if (at < RECORD.lr) return `r${at / 4}`;
  if (at >= RECORD.scratch) return `scratch+${at - RECORD.scratch}`;
  if (shape.wide === true && at >= RECORD.fpu) {
    if (at >= RECORD.accumulator) return at === RECORD.spefscr ? 'spefscr' : `acc+${at - RECORD.accumulator}`;
    return `r${(at - RECORD.fpu) >> 3}${((at - RECORD.fpu) & 4) === 0 ? ' upper' : ' lower'}`;
  }
  if (at >= RECORD.vectors) return `v${(at - RECORD.vectors) >> 4} word ${(at >> 2) & 3}`;
  if (at >= RECORD.fpu) return `f${(at - RECORD.fpu) >> 3}${((at - RECORD.fpu) & 4) === 0 ? ' high' : ' low'}`;
  return (
    Object.entries(RECORD).find(([, offset]) => offset === at)?.[0] ?? (at === RECORD.fpscr + 4 ? 'fpscr' : `vscr+${at - RECORD.vscr}`)
  );
}

/** The code without what was taken out, and the registers that it mentions. */
function describe(testCase: TestCase, shape: Shape): string[] {
  const code = testCase.code.filter((e) => e.word !== NOP.word).map((e) => `  ${hex(e.word)} ${'text' in e ? String(e.text) : e.name}`);
  const { registers, xer, cr, fpscr, vscr, fpu, vectors, spe = [] } = testCase.inputs[0]!;
  const mentioned = (name: string): boolean =>
    new RegExp(`(^|[ ,(])${name}\\b`).test(code.join('\n')) || !code.some((l) => l.includes(','));
  const texts = registers.flatMap((v, r) => (mentioned(`r${r}`) ? [`r${r}=${valueText(v)}`] : []));
  const joined = (words: readonly number[]): string => words.map(hex).join('_');
  for (let n = 0; n < 32; n++) {
    if (shape.floating && mentioned(`f${n}`)) texts.push(`f${n}=${joined(fpu.slice(2 * n, 2 * n + 2))}`);
    if (shape.wide === true && mentioned(`r${n}`)) texts.push(`upper r${n}=${hex(fpu[2 * n]!)}`);
    if (shape.vectors && mentioned(`v${n}`)) texts.push(`v${n}=${joined(vectors.slice(4 * n, 4 * n + 4))}`);
  }
  if (shape.wide === true) texts.push(`spefscr, acc: ${spe.map(hex).join(' ')}`);
  return [...code, `xer=${hex(xer)} cr=${hex(cr)} fpscr=${hex(fpscr)} vscr=${hex(vscr)} ${texts.join(' ')}`];
}

export interface CampaignOptions {
  readonly maxFailures?: number;
  /** Counts what was compared. */
  readonly coverage?: Coverage | undefined;
  /** Cases of a program and their inputs, if other than in the test suite. */
  readonly size?: BatchSize;
}

/** Compares about `count` instructions of a group. */
export function runCampaign(
  group: Group,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  { maxFailures = 5, coverage, size = SUITE_SIZE }: CampaignOptions = {},
): Result {
  const { shape, cpu } = group;
  const withModel = (e: Emulator): Emulator => ({ ...e, command: [...e.command, '-cpu', cpu] });
  const format: CaseFormat<TestCase> = {
    image: (cases) => buildImage(cases, shape),
    differences: (...outputs) => differences(shape, ...outputs),
    noOperation: () => NOP,
    describe: (testCase) => describe(testCase, shape),
    ...(shape.wide === true ? { referenceFinishes: true } : {}),
  };
  const casesPerBatch =
    group.name === 'deadly' ? 1 : fittingCases(size, RECORD.scratch + 4 * SCRATCH_WORDS, count / INSTRUCTIONS_PER_INPUT);
  const next = group.generator(new Random(seed, size.inputsPerCase));
  coverage?.onModel(group.cpu);
  return compareBatches(
    { next, size: casesPerBatch, count, maxFailures, compared: (c) => coverage?.add(c) },
    format,
    withModel(oracle),
    subjects.map(withModel),
  );
}
