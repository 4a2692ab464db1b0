/** Compares random MIPS cases under the emulator and under the reference, and shrinks those that differ. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTER_NAMES } from '../../../targets/mips/state';
import { ending, run, type RunResult } from '../../harness/run';
import { Random } from '../random';
import { noOperation as noOperationOf } from './compressed';
import type { Coverage } from './coverage';
import type { Group } from './generators';
import { buildImage, RECORD, SCRATCH_WORDS, type Encoding, type Shape, type TestCase, type TestImage } from './program';

export interface Emulator {
  readonly name: string;
  readonly command: readonly string[];
}

export interface Result {
  /** Instructions run by the reference, counting each input. */
  readonly instructions: number;
  readonly failures: readonly string[];
}

const CASES_PER_BATCH = 400;
const REPORTED_PER_BATCH = 5;

function runImage({ command }: Emulator, image: TestImage): RunResult {
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-difftest-'));
  try {
    const file = join(dir, 'test.elf');
    writeFileSync(file, image.elf, { mode: 0o755 });
    return run([...command, file]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const complete = (r: RunResult, image: TestImage): boolean => r.status === 0 && r.stdout.length === image.runs.length * image.recordSize;

/** Without exact floating point FCSR's cause and flag bits are not kept. */
const FCSR_COMPARED = 0xff800f83;
const CAUSES = 0x0003f000;
const INEXACT = 1 << 2;
/** Rounding modes and enables other than those at the start: all operations are computed exactly. */
const SPECIAL = 0x00000f83;

/**
 * The bits that both must have. What the causes of the latest operation are is not known where native arithmetic was
 * enough for it.
 */
function comparedFcsr(shape: Shape, expected: number): number {
  if (shape.exact !== true) return FCSR_COMPARED;
  return (expected & SPECIAL) === 0 && (expected & INEXACT) !== 0 ? ~CAUSES : -1;
}

/** Name and values of each word of a record that differs. */
function differences(image: TestImage, i: number, shape: Shape, expected: Buffer, actual: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at < image.recordSize; at += 4) {
    if (at === RECORD.code || (at < RECORD.hi && [0, 26, 27].includes(at / 4))) continue;
    const read = (b: Buffer): number => {
      const p = i * image.recordSize + at;
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

/** Cases on which the two disagree, each with its first differing input. */
function differing(oracle: Emulator, subject: Emulator, cases: readonly TestCase[], shape: Shape): TestCase[] {
  const image = buildImage(cases, shape);
  const expected = runImage(oracle, image);
  const actual = runImage(subject, image);
  if (!complete(expected, image) || !complete(actual, image)) {
    if (cases.length === 1) return ending(expected) === ending(actual) ? [] : [...cases];
    const middle = cases.length >> 1;
    return [...differing(oracle, subject, cases.slice(0, middle), shape), ...differing(oracle, subject, cases.slice(middle), shape)];
  }
  const found = new Map<TestCase, TestCase>();
  image.runs.forEach(({ testCase, input }, i) => {
    if (found.has(testCase) || differences(image, i, shape, expected.stdout, actual.stdout).length === 0) return;
    found.set(testCase, { ...testCase, inputs: [input] });
  });
  return [...found.values()];
}

/** A no-operation in place of an instruction of the same size. */
function noOperation({ size }: Encoding, { compressed }: Shape): Encoding {
  if (compressed === undefined) return { word: 0, name: 'nop' };
  return noOperationOf(compressed, size === 2 ? 2 : 4);
}

/** Replaces every instruction by a no-operation that the difference does not need. */
function shrink(oracle: Emulator, subject: Emulator, testCase: TestCase, shape: Shape): TestCase {
  let best = testCase;
  testCase.code.forEach((e, i) => {
    if (e.essential === true) return;
    const candidate = { ...best, code: best.code.map((x, k) => (k === i ? noOperation(e, shape) : x)) };
    if (differing(oracle, subject, [candidate], shape).length > 0) best = candidate;
  });
  return best;
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

function explain(oracle: Emulator, subject: Emulator, found: TestCase, shape: Shape): string {
  const testCase = shrink(oracle, subject, found, shape);
  const image = buildImage([testCase], shape);
  const [expected, actual] = [runImage(oracle, image), runImage(subject, image)];
  const code = testCase.code.map((e) => `  ${hex(e.word)} ${'text' in e ? String(e.text) : e.name}`);
  const { registers, hi, lo, fpu, dsp, vectors } = testCase.inputs[0]!;
  const mentioned = (name: string): boolean =>
    new RegExp(`(^|[ ,($])${name}\\b`).test(code.join('\n')) || !code.some((l) => l.includes(','));
  const texts = registers.flatMap((v, r) =>
    mentioned(REGISTER_NAMES[r]!) ? [`${REGISTER_NAMES[r]}=${typeof v === 'number' ? hex(v) : `${v.base}+${v.offset}`}`] : [],
  );
  const fp = Array.from({ length: 32 }, (_, f) =>
    mentioned(`f${f & ~1}`) || mentioned(`f${f}`) ? `f${f}=${hex(fpu[2 * f + 1]!)}_${hex(fpu[2 * f]!)}` : '',
  );
  const mentionedVectors = Array.from({ length: shape.msa === true ? 32 : 0 }, (_, w) =>
    mentioned(`w${w}`) ? `w${w}=${[3, 2, 1, 0].map((k) => hex(vectors[4 * w + k]!)).join('_')}` : '',
  );
  const result =
    complete(expected, image) && complete(actual, image)
      ? differences(image, 0, shape, expected.stdout, actual.stdout).join('\n')
      : `expected to end with ${ending(expected)}, ended with ${ending(actual)} ${actual.stderr.toString().slice(0, 300)}`;
  return [
    subject.name,
    ...code,
    `hi=${hex(hi)} lo=${hex(lo)} ${texts.join(' ')}`,
    ...(shape.dsp === true ? [`dsp ${dsp.map(hex).join(' ')}`] : []),
    fp
      .concat(mentionedVectors)
      .filter((x) => x !== '')
      .join(' '),
    result,
  ].join('\n');
}

/** Compares about `count` instructions of a group in one byte order. */
export function runCampaign(
  group: Group,
  bigEndian: boolean,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  maxFailures = 5,
  coverage?: Coverage,
): Result {
  const next = group.generator(new Random(seed));
  const onModel = ({ name, command }: Emulator): Emulator => ({
    name,
    command: group.model === undefined ? command : [...command, '-cpu', group.model],
  });
  const { wideFpu, nan2008, exact, release6, dsp, msa, compressed, softFloat } = group;
  const shape: Shape = { bigEndian, wideFpu, nan2008, exact, release6, dsp, msa, compressed, softFloat, scratchWords: SCRATCH_WORDS };
  const failures: string[] = [];
  let instructions = 0;
  while (instructions < count && failures.length < maxFailures) {
    const deadly = group.name.startsWith('deadly');
    const cases = Array.from({ length: deadly ? 1 : CASES_PER_BATCH }, next);
    instructions += cases.reduce((n, c) => n + c.code.length * c.inputs.length, 0);
    if (coverage !== undefined) for (const c of cases) coverage.add(c, shape);
    for (const subject of subjects.map(onModel)) {
      const found = differing(onModel(oracle), subject, cases, shape);
      for (const c of found.slice(0, REPORTED_PER_BATCH)) failures.push(explain(onModel(oracle), subject, c, shape));
    }
  }
  return { instructions, failures };
}
