/** Runs programs of random cases under the reference and under the emulator, finds the cases that differ and shrinks them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ending, run, type RunResult } from '../harness/run';
import type { AnyCase, Run, Value } from './test-case';

/** A command that runs an ELF file given as its last argument. */
export interface Emulator {
  readonly name: string;
  readonly command: readonly string[];
}

/** A program that runs cases and writes what they leave behind. */
export interface Image<C extends AnyCase> {
  readonly elf: Buffer;
  /** In the order of the output. */
  readonly runs: readonly Run<C>[];
  /** Address of each case's first instruction. */
  readonly codeAddress: ReadonlyMap<C, number>;
  /** Bytes of output per run. */
  readonly recordSize: number;
}

/** What a target knows of its cases. */
export interface CaseFormat<C extends AnyCase> {
  readonly image: (cases: readonly C[]) => Image<C>;
  /** Name and values of each word of a run's output that differs. */
  readonly differences: (image: Image<C>, run: number, expected: Buffer, actual: Buffer) => string[];
  /** What may stand in place of an instruction: one of the same size that does nothing. */
  readonly noOperation: (testCase: C, instruction: C['code'][number]) => C['code'][number];
  /** Lines that show the code and the only input of a case; `address` is that of the code. */
  readonly describe: (testCase: C, address: number) => readonly string[];
  /** Cases on which the reference dies are an error; otherwise the process must end in the same way. */
  readonly referenceFinishes?: true;
}

export function runImage(emulator: Emulator, { elf }: { readonly elf: Buffer }): RunResult {
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-difftest-'));
  try {
    const file = join(dir, 'test.elf');
    writeFileSync(file, elf, { mode: 0o755 });
    return run([...emulator.command, file]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Whether all cases were run to the end. */
export function complete<C extends AnyCase>(r: RunResult, image: Image<C>): boolean {
  return r.status === 0 && r.stdout.length === image.runs.length * image.recordSize;
}

export const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
export const valueText = (v: Value): string => (typeof v === 'number' ? hex(v) : `${v.base}+${v.offset}`);

/** A program of cases and what the reference makes of it: the same for all that are compared with it. */
export interface Reference<C extends AnyCase> {
  readonly image: Image<C>;
  readonly expected: RunResult;
}

export function referenceOf<C extends AnyCase>(format: CaseFormat<C>, oracle: Emulator, cases: readonly C[]): Reference<C> {
  const image = format.image(cases);
  return { image, expected: runImage(oracle, image) };
}

/** Compares one emulator with the reference. */
export class Comparison<C extends AnyCase> {
  constructor(
    private readonly format: CaseFormat<C>,
    private readonly oracle: Emulator,
    private readonly subject: Emulator,
  ) {}

  /**
   * The cases that differ, each with its first input that does; one that kills a process differs if it ends them in other ways.
   * @param reference of these cases, if it is known
   */
  differing(cases: readonly C[], reference = referenceOf(this.format, this.oracle, cases)): C[] {
    const { format, subject } = this;
    const { image, expected } = reference;
    const actual = runImage(subject, image);
    if (!complete(expected, image) || !complete(actual, image)) {
      if (cases.length === 1) return this.endsOtherwise(expected, actual, image) ? [...cases] : [];
      const middle = cases.length >> 1;
      return [...this.differing(cases.slice(0, middle)), ...this.differing(cases.slice(middle))];
    }
    const found = new Map<C, C>();
    image.runs.forEach(({ testCase, input }, i) => {
      if (found.has(testCase) || format.differences(image, i, expected.stdout, actual.stdout).length === 0) return;
      found.set(testCase, { ...testCase, inputs: [input] });
    });
    return [...found.values()];
  }

  private endsOtherwise(expected: RunResult, actual: RunResult, image: Image<C>): boolean {
    const { format, oracle } = this;
    if (complete(expected, image)) return true;
    if (format.referenceFinishes) throw new Error(`${oracle.name} does not finish the test program: ${ending(expected)}`);
    return complete(actual, image) || ending(expected) !== ending(actual);
  }

  private referenceFinishes(testCase: C): boolean {
    const image = this.format.image([testCase]);
    return complete(runImage(this.oracle, image), image);
  }

  /** Replaces all instructions that a difference does not need. */
  shrink(testCase: C): C {
    const finishes = this.referenceFinishes(testCase);
    let best = testCase;
    testCase.code.forEach((e, i) => {
      if (e.essential === true) return;
      const candidate = { ...best, code: best.code.map((x, k) => (k === i ? this.format.noOperation(best, e) : x)) };
      if (this.referenceFinishes(candidate) === finishes && this.differing([candidate]).length > 0) best = candidate;
    });
    return best;
  }

  /** A shrunk case: its code, its input, and what was expected and found. */
  report(testCase: C): string {
    const { format, oracle, subject } = this;
    const image = format.image([testCase]);
    const [expected, actual] = [runImage(oracle, image), runImage(subject, image)];
    const result =
      complete(expected, image) && complete(actual, image)
        ? format.differences(image, 0, expected.stdout, actual.stdout)
        : [`expected to end with ${ending(expected)}, ended with ${ending(actual)} ${actual.stderr.toString().slice(0, 300)}`];
    return [subject.name, ...format.describe(testCase, image.codeAddress.get(testCase)!), ...result].join('\n');
  }
}

/** Failures that are shrunk and reported per batch and emulator; one bug tends to show in very many cases. */
export const REPORTED_PER_BATCH = 5;

export interface Batches<C extends AnyCase> {
  readonly next: () => C;
  readonly size: number;
  /** Instructions, counting each input of a case. */
  readonly count: number;
  readonly maxFailures: number;
  /** Is told of every case. */
  readonly compared?: (testCase: C) => void;
}

export interface Result {
  /** Instructions run by the reference, counting each input. */
  readonly instructions: number;
  readonly cases: number;
  readonly failures: readonly string[];
}

/** Compares batches of cases until there were enough instructions or failures. */
export function compareBatches<C extends AnyCase>(
  { next, size, count, maxFailures, compared }: Batches<C>,
  format: CaseFormat<C>,
  oracle: Emulator,
  subjects: readonly Emulator[],
): Result {
  const comparisons = subjects.map((subject) => new Comparison(format, oracle, subject));
  const failures: string[] = [];
  let instructions = 0;
  let made = 0;
  while (instructions < count && failures.length < maxFailures) {
    const cases = Array.from({ length: size }, next);
    made += cases.length;
    instructions += cases.reduce((n, c) => n + c.code.length * c.inputs.length, 0);
    if (compared !== undefined) cases.forEach(compared);
    const reference = referenceOf(format, oracle, cases);
    for (const comparison of comparisons) {
      const found = comparison.differing(cases, reference).slice(0, REPORTED_PER_BATCH);
      failures.push(...found.map((c) => comparison.report(comparison.shrink(c))));
    }
  }
  return { instructions, cases: made, failures };
}

/** How large the programs of a campaign are. */
export interface BatchSize {
  /** Cases that share a program. */
  readonly casesPerBatch: number;
  /** Inputs of each case. */
  readonly inputsPerCase: number;
}

/** Bytes that the records of a program take at most: each emulator keeps them in memory and writes them. */
const MAX_RECORDS = 24 << 20;

/** As many cases as were asked for, as their records have room, or as `count` instructions take. */
export function fittingCases({ casesPerBatch, inputsPerCase }: BatchSize, recordSize: number, count: number): number {
  return Math.max(1, Math.min(casesPerBatch, Math.floor(MAX_RECORDS / (inputsPerCase * recordSize)), Math.ceil(count / inputsPerCase)));
}

/** What the commands choose: many comparisons share the start of a program and the translation of its code. */
export const CAMPAIGN_SIZE: BatchSize = { casesPerBatch: 4000, inputsPerCase: 16 };
