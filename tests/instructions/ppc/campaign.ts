/** Compares random PowerPC cases under the emulator and under the reference, and shrinks those that differ. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ending, run, type RunResult } from '../../harness/run';
import { Random } from '../random';
import type { Group } from './generators';
import { buildImage, RECORD, RESERVED, type Shape, type TestCase, type TestImage } from './program';

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
/** About what a case has, for all its inputs. */
const INSTRUCTIONS_PER_CASE = 12;
const REPORTED_PER_BATCH = 5;
const NOP = 0x60000000;

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

/** Name and values of each word of a record that differs. */
function differences(image: TestImage, i: number, expected: Buffer, actual: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at < image.recordSize; at += 4) {
    // The high word of FPSCR is anything
    if (at === RECORD.code || at === RECORD.fpscr || (at < RECORD.lr && RESERVED.has(at / 4))) continue;
    const p = i * image.recordSize + at;
    const [e, a] = [expected.readUInt32BE(p), actual.readUInt32BE(p)];
    if (e !== a) out.push(`${wordName(at)}: expected ${e.toString(16)}, got ${a.toString(16)}`);
  }
  return out;
}

function wordName(at: number): string {
  if (at < RECORD.lr) return `r${at / 4}`;
  if (at >= RECORD.scratch) return `scratch+${at - RECORD.scratch}`;
  if (at >= RECORD.vectors) return `v${(at - RECORD.vectors) >> 4} word ${(at >> 2) & 3}`;
  if (at >= RECORD.fpu) return `f${(at - RECORD.fpu) >> 3}${((at - RECORD.fpu) & 4) === 0 ? ' high' : ' low'}`;
  return (
    Object.entries(RECORD).find(([, offset]) => offset === at)?.[0] ?? (at === RECORD.fpscr + 4 ? 'fpscr' : `vscr+${at - RECORD.vscr}`)
  );
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
    if (found.has(testCase) || differences(image, i, expected.stdout, actual.stdout).length === 0) return;
    found.set(testCase, { ...testCase, inputs: [input] });
  });
  return [...found.values()];
}

/** Replaces every instruction by a no-operation that the difference does not need. */
function shrink(oracle: Emulator, subject: Emulator, testCase: TestCase, shape: Shape): TestCase {
  let best = testCase;
  testCase.code.forEach((e, i) => {
    if (e.essential === true) return;
    const candidate = { ...best, code: best.code.map((x, k) => (k === i ? { word: NOP, name: 'nop' } : x)) };
    if (differing(oracle, subject, [candidate], shape).length > 0) best = candidate;
  });
  return best;
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

function explain(oracle: Emulator, subject: Emulator, found: TestCase, shape: Shape): string {
  const testCase = shrink(oracle, subject, found, shape);
  const image = buildImage([testCase], shape);
  const [expected, actual] = [runImage(oracle, image), runImage(subject, image)];
  const code = testCase.code.filter((e) => e.word !== NOP).map((e) => `  ${hex(e.word)} ${'text' in e ? String(e.text) : e.name}`);
  const input = testCase.inputs[0]!;
  const mentioned = (name: string): boolean =>
    new RegExp(`(^|[ ,(])${name}\\b`).test(code.join('\n')) || !code.some((l) => l.includes(','));
  const texts = input.registers.flatMap((v, r) =>
    mentioned(`r${r}`) ? [`r${r}=${typeof v === 'number' ? hex(v) : `${v.base}+${v.offset}`}`] : [],
  );
  for (let n = 0; n < 32; n++) {
    if (shape.floating && mentioned(`f${n}`)) texts.push(`f${n}=${hex(input.fpu[2 * n]!)}_${hex(input.fpu[2 * n + 1]!)}`);
    if (shape.vectors && mentioned(`v${n}`))
      texts.push(
        `v${n}=${input.vectors
          .slice(4 * n, 4 * n + 4)
          .map(hex)
          .join('_')}`,
      );
  }
  const result =
    complete(expected, image) && complete(actual, image)
      ? differences(image, 0, expected.stdout, actual.stdout).join('\n')
      : `expected to end with ${ending(expected)}, ended with ${ending(actual)} ${actual.stderr.toString().slice(0, 300)}`;
  const { xer, cr, fpscr, vscr } = input;
  return [subject.name, ...code, `xer=${hex(xer)} cr=${hex(cr)} fpscr=${hex(fpscr)} vscr=${hex(vscr)} ${texts.join(' ')}`, result].join(
    '\n',
  );
}

/** Compares about `count` instructions of a group. */
export function runCampaign(
  group: Group,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  maxFailures = 5,
): Result {
  const next = group.generator(new Random(seed));
  const { shape, cpu } = group;
  const withModel = (e: Emulator): Emulator => ({ ...e, command: [...e.command, '-cpu', cpu] });
  const failures: string[] = [];
  let instructions = 0;
  while (instructions < count && failures.length < maxFailures) {
    const cases = Array.from(
      { length: group.name === 'deadly' ? 1 : Math.min(CASES_PER_BATCH, Math.ceil(count / INSTRUCTIONS_PER_CASE)) },
      next,
    );
    instructions += cases.reduce((n, c) => n + c.code.length * c.inputs.length, 0);
    for (const subject of subjects) {
      const found = differing(withModel(oracle), withModel(subject), cases, shape);
      for (const c of found.slice(0, REPORTED_PER_BATCH)) failures.push(explain(withModel(oracle), withModel(subject), c, shape));
    }
  }
  return { instructions, failures };
}
