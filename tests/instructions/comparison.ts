/** What the reference and the emulator make of ARM cases, and what differs. */
import { ending } from '../harness/run';
import { listing } from './disassembly';
import { Comparison, complete, hex, runImage, valueText, type CaseFormat, type Emulator } from './image-comparison';
import { APSR_MASK, ARM_NOP, REGISTER_NAMES, THUMB_NOP, type Encoding, type Input, type TestCase } from './test-case';
import { buildImage, type ImageShape } from './test-image';

/** One case, reduced to one input, on which the two disagree. */
export interface Failure {
  readonly emulator: Emulator;
  readonly testCase: TestCase;
  /** Listing, inputs, and what was expected and found. */
  readonly report: string;
}

export interface Separated {
  readonly alive: readonly TestCase[];
  readonly dead: readonly TestCase[];
}

/** Splits cases into those that the emulator runs to the end and those that kill it on their own. */
export function separate(emulator: Emulator, cases: readonly TestCase[], shape: ImageShape): Separated {
  const doubtful = cases.filter((c) => c.doubtful === true);
  const parts = [cases.filter((c) => c.doubtful !== true), ...doubtful.map((c) => [c])].map((part) => bisect(emulator, part, shape));
  return { alive: parts.flatMap((p) => p.alive), dead: parts.flatMap((p) => p.dead) };
}

function bisect(emulator: Emulator, cases: readonly TestCase[], shape: ImageShape): Separated {
  if (cases.length === 0) return { alive: [], dead: [] };
  const image = buildImage(cases, shape);
  if (complete(runImage(emulator, image), image)) return { alive: cases, dead: [] };
  if (cases.length === 1) return { alive: [], dead: cases };
  const middle = cases.length >> 1;
  const a = bisect(emulator, cases.slice(0, middle), shape);
  const b = bisect(emulator, cases.slice(middle), shape);
  return { alive: [...a.alive, ...b.alive], dead: [...a.dead, ...b.dead] };
}

/** How cases that the reference runs to the end are compared. */
export function armFormat(shape: ImageShape): CaseFormat<TestCase> {
  const { littleEndianData } = shape.format;
  return {
    image: (cases) => buildImage(cases, shape),
    differences: ({ recordSize }, run, expected, actual) => {
      const recordOf = (output: Buffer): Buffer => output.subarray(run * recordSize, (run + 1) * recordSize);
      return differences(recordOf(expected), recordOf(actual), littleEndianData);
    },
    noOperation: ({ thumb }, { size }) => nop(thumb, size),
    describe: (testCase, address) => [listing(testCase, address), describeInput(testCase.inputs[0]!)],
    referenceFinishes: true,
  };
}

export function armComparison(oracle: Emulator, subject: Emulator, shape: ImageShape): Comparison<TestCase> {
  return new Comparison(armFormat(shape), oracle, subject);
}

/** Text of each register and scratch word that differs. */
function differences(expected: Buffer, actual: Buffer, littleEndian: boolean): string[] {
  const out: string[] = [];
  if (expected.equals(actual)) return out;
  for (let at = 0; at < expected.length; at += 4) {
    const register = REGISTER_NAMES[at / 4];
    const mask = register === 'apsr' ? APSR_MASK : -1;
    const read = (record: Buffer): number => (littleEndian ? record.readInt32LE(at) : record.readInt32BE(at)) & mask;
    const [e, a] = [read(expected), read(actual)];
    if (e !== a) out.push(`${register ?? `scratch+${at - 4 * REGISTER_NAMES.length}`}: expected ${hex(e)}, got ${hex(a)}`);
  }
  return out;
}

function nop(thumb: boolean, size: 2 | 4): Encoding {
  const word = !thumb ? ARM_NOP : size === 2 ? THUMB_NOP : 0xf3af8000 | 0;
  return { size, word, name: 'nop' };
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
