/** A run of the differential test: batches of random cases of one group until enough instructions were compared. */
import { armComparison, armFormat, endingOf, explainDeath, separate, type Failure } from './comparison';
import type { Coverage } from './coverage';
import { LITTLE, type Format } from './format';
import type { Group } from './groups';
import { fittingCases, referenceOf, REPORTED_PER_BATCH, type BatchSize, type Emulator } from './image-comparison';
import { Random } from './random';
import { countedInstructions, type TestCase } from './test-case';

export interface CampaignResult {
  /** Random instructions executed by the reference, counting each input of a case, but not what loads and stores registers. */
  readonly instructions: number;
  /** Different cases: as many instructions, divided by those of a case and its inputs. */
  readonly cases: number;
  readonly failures: readonly Failure[];
  /** Cases on which the reference dies, which are only compared in how the process ends. */
  readonly refused: readonly TestCase[];
}

export interface CampaignOptions {
  /** The campaign ends after so many; 20 if absent. */
  readonly maxFailures?: number;
  /** What the CPU model has; all if absent. */
  readonly features?: ReadonlySet<string> | undefined;
  /** Of the test programs, which oracle and subjects have to run. */
  readonly format?: Format | undefined;
  /** Counts what was compared. */
  readonly coverage?: Coverage | undefined;
  /** What the group and its generator choose if absent. */
  readonly size?: BatchSize;
}

/** Bytes that a run takes in a program: what it starts from and what it leaves behind. */
const recordSize = ({ scratchWords }: Group): number => 128 + 4 * scratchWords;

/**
 * Compares at least `count` instructions, or fewer if there were too many failures.
 * @param oracle the reference
 * @param subjects what is compared with it, each on all cases
 */
export function runCampaign(
  group: Group,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  { maxFailures = 20, features, format = LITTLE, coverage, size }: CampaignOptions = {},
): CampaignResult {
  const casesPerBatch = size === undefined ? group.casesPerBatch : fittingCases(size, recordSize(group), count);
  const next = group.generator(new Random(seed, size?.inputsPerCase), format, casesPerBatch);
  const shape = { scratchWords: group.scratchWords, format };
  const comparisons = subjects.map((subject) => ({ subject, comparison: armComparison(oracle, subject, shape) }));
  const failures: Failure[] = [];
  const refused: TestCase[] = [];
  let instructions = 0;
  let cases = 0;
  while (instructions < count && failures.length < maxFailures) {
    const batch = Array.from({ length: casesPerBatch }, next).filter((c) =>
      c.code.every((e) => e.feature === undefined || features?.has(e.feature) !== false),
    );
    const { alive, dead } = separate(oracle, batch, shape);
    refused.push(...dead);
    for (const c of batch) coverage?.add(c);
    instructions += alive.reduce((n, c) => n + countedInstructions(c) * c.inputs.length, 0) + dead.length;
    cases += batch.length;
    const endings = dead.map((c) => endingOf(oracle, c, shape));
    const reference = alive.length === 0 ? undefined : referenceOf(armFormat(shape), oracle, alive);
    for (const { subject, comparison } of comparisons) {
      const differing = reference === undefined ? [] : comparison.differing(alive, reference);
      for (const c of differing.slice(0, REPORTED_PER_BATCH)) {
        const testCase = comparison.shrink(c);
        failures.push({ emulator: subject, testCase, report: comparison.report(testCase) });
      }
      dead.forEach((c, i) => {
        const failure = explainDeath(subject, c, endings[i]!, shape);
        if (failure !== undefined) failures.push(failure);
      });
    }
  }
  return { instructions, cases, failures, refused };
}
