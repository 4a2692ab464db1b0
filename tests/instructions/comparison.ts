/** Runs test images under the reference and under the emulator, finds the runs that differ and shrinks them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ending, run, type RunResult } from '../harness/run';
import { listing } from './disassembly';
import { APSR_MASK, ARM_NOP, REGISTER_NAMES, THUMB_NOP, type Encoding, type Input, type TestCase, type Value } from './test-case';
import { buildImage, type ImageShape, type TestImage } from './test-image';

/** A command that runs an ELF file given as its last argument. */
export interface Emulator {
  readonly name: string;
  readonly command: readonly string[];
}

/** One case, reduced to one input, on which the two disagree. */
export interface Failure {
  readonly emulator: Emulator;
  readonly testCase: TestCase;
  /** Listing, inputs, and what was expected and found. */
  readonly report: string;
}

export function runImage(emulator: Emulator, image: TestImage): RunResult {
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-difftest-'));
  try {
    const file = join(dir, 'test.elf');
    writeFileSync(file, image.elf, { mode: 0o755 });
    return run([...emulator.command, file]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function complete(r: RunResult, image: TestImage): boolean {
  return r.status === 0 && r.stdout.length === image.runs.length * image.outputSize;
}

/** Splits cases into those that the emulator runs to the end and those that kill it on their own. */
export function separate(emulator: Emulator, cases: readonly TestCase[], shape: ImageShape): { alive: TestCase[]; dead: TestCase[] } {
  if (cases.length === 0) return { alive: [], dead: [] };
  const image = buildImage(cases, shape);
  if (complete(runImage(emulator, image), image)) return { alive: [...cases], dead: [] };
  if (cases.length === 1) return { alive: [], dead: [...cases] };
  const middle = cases.length >> 1;
  const a = separate(emulator, cases.slice(0, middle), shape);
  const b = separate(emulator, cases.slice(middle), shape);
  return { alive: [...a.alive, ...b.alive], dead: [...a.dead, ...b.dead] };
}

/** The differing cases of one emulator, each with the first input that shows the difference. */
export function differingCases(oracle: Emulator, subject: Emulator, cases: readonly TestCase[], shape: ImageShape): TestCase[] {
  const image = buildImage(cases, shape);
  const expected = runImage(oracle, image);
  if (!complete(expected, image)) throw new Error(`${oracle.name} does not finish the test program: ${ending(expected)}`);
  const actual = runImage(subject, image);
  if (!complete(actual, image)) {
    if (cases.length === 1) return [...cases];
    const middle = cases.length >> 1;
    return [
      ...differingCases(oracle, subject, cases.slice(0, middle), shape),
      ...differingCases(oracle, subject, cases.slice(middle), shape),
    ];
  }
  const out = new Map<TestCase, TestCase>();
  image.runs.forEach(({ testCase, input }, i) => {
    if (!out.has(testCase) && differences(image, i, expected.stdout, actual.stdout).length > 0) {
      out.set(testCase, { ...testCase, inputs: [input] });
    }
  });
  return [...out.values()];
}

/** Text of each register and scratch word of run `index` that differs. */
function differences(image: TestImage, index: number, expected: Buffer, actual: Buffer): string[] {
  const out: string[] = [];
  const start = index * image.outputSize;
  if (expected.subarray(start, start + image.outputSize).equals(actual.subarray(start, start + image.outputSize))) return out;
  for (let at = 0; at < image.outputSize; at += 4) {
    const register = REGISTER_NAMES[at / 4];
    const mask = register === 'apsr' ? APSR_MASK : -1;
    const e = readWord(expected, start + at, image) & mask;
    const a = readWord(actual, start + at, image) & mask;
    if (e !== a) out.push(`${register ?? `scratch+${at - 4 * REGISTER_NAMES.length}`}: expected ${hex(e)}, got ${hex(a)}`);
  }
  return out;
}

function readWord(output: Buffer, at: number, { littleEndian }: TestImage): number {
  return littleEndian ? output.readInt32LE(at) : output.readInt32BE(at);
}

/** Replaces every instruction that the difference does not need by a no-operation of the same size. */
function shrink(oracle: Emulator, subject: Emulator, testCase: TestCase, shape: ImageShape): TestCase {
  const fails = (c: TestCase): boolean =>
    separate(oracle, [c], shape).dead.length === 0 && differingCases(oracle, subject, [c], shape).length > 0;
  let best = testCase;
  testCase.code.forEach((original, i) => {
    if (original.essential === true) return;
    const code = best.code.map((e, k): Encoding => (k === i ? nop(best.thumb, e.size) : e));
    if (fails({ ...best, code })) best = { ...best, code };
  });
  return best;
}

function nop(thumb: boolean, size: 2 | 4): Encoding {
  const word = !thumb ? ARM_NOP : size === 2 ? THUMB_NOP : 0xf3af8000 | 0;
  return { size, word, name: 'nop' };
}

/** Shrinks a differing case and describes it. */
export function explain(oracle: Emulator, subject: Emulator, differing: TestCase, shape: ImageShape): Failure {
  const testCase = shrink(oracle, subject, differing, shape);
  const image = buildImage([testCase], shape);
  const expected = runImage(oracle, image);
  const actual = runImage(subject, image);
  const found = complete(actual, image)
    ? differences(image, 0, expected.stdout, actual.stdout).join('\n')
    : `${subject.name} ends with ${ending(actual)}: ${actual.stderr.toString().trim().split('\n').slice(0, 3).join(' | ')}`;
  const report = [listing(testCase, image.codeAddress.get(testCase)!), describeInput(testCase.inputs[0]!), found].join('\n');
  return { emulator: subject, testCase, report };
}

/** How the process ends when it runs a case on its own. */
export function endingOf(emulator: Emulator, testCase: TestCase, shape: ImageShape): string {
  return ending(runImage(emulator, buildImage([testCase], shape)));
}

/** Cases that the reference refuses: the emulator must end in the same way. */
export function explainDeath(subject: Emulator, testCase: TestCase, expected: string, shape: ImageShape): Failure | undefined {
  const actual = endingOf(subject, testCase, shape);
  if (expected === actual) return undefined;
  const address = buildImage([testCase], shape).codeAddress.get(testCase)!;
  const report = `${listing(testCase, address)}\nexpected to end with ${expected}, ended with ${actual}`;
  return { emulator: subject, testCase, report };
}

function describeInput(input: Input): string {
  const registers = [...input.registers, input.apsr].map((v, i) => `${REGISTER_NAMES[i]}=${valueText(v)}`);
  return `in: ${registers.join(' ')}`;
}

function valueText(v: Value): string {
  return typeof v === 'number' ? hex(v) : `${v.base}+${v.offset}`;
}

function hex(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}
