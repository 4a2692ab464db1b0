/** A run of the differential test: batches of random cases of one group until enough instructions were compared. */
import { armComparison, endingOf, explainDeath, separate, type Failure } from './comparison';
import type { Coverage } from './coverage';
import { LITTLE } from './format';
import type { Group } from './groups';
import { REPORTED_PER_BATCH, type Emulator } from './image-comparison';
import { Random } from './random';
import type { TestCase } from './test-case';

export interface CampaignResult {
  /** Instructions executed by the reference, counting each input of a case. */
  readonly instructions: number;
  readonly failures: readonly Failure[];
  /** Cases on which the reference dies, which are only compared in how the process ends. */
  readonly refused: readonly TestCase[];
}

/**
 * Compares at least `count` instructions, or fewer if `maxFailures` failures came first.
 * @param oracle the reference
 * @param subjects what is compared with it, each on all cases
 * @param features what the CPU model has; all if absent
 * @param format of the test programs, which oracle and subjects have to run
 * @param coverage counts what was compared
 */
export function runCampaign(
  group: Group,
  seed: number,
  count: number,
  oracle: Emulator,
  subjects: readonly Emulator[],
  maxFailures = 20,
  features?: ReadonlySet<string>,
  format = LITTLE,
  coverage?: Coverage,
): CampaignResult {
  const next = group.generator(new Random(seed), format);
  const shape = { scratchWords: group.scratchWords, format };
  const failures: Failure[] = [];
  const refused: TestCase[] = [];
  let instructions = 0;
  while (instructions < count && failures.length < maxFailures) {
    const batch = Array.from({ length: group.casesPerBatch }, next).filter((c) =>
      c.code.every((e) => e.feature === undefined || features?.has(e.feature) !== false),
    );
    const { alive, dead } = separate(oracle, batch, shape);
    refused.push(...dead);
    for (const c of batch) coverage?.add(c);
    instructions += alive.reduce((n, c) => n + c.code.length * c.inputs.length, 0) + dead.length;
    const endings = dead.map((c) => endingOf(oracle, c, shape));
    for (const subject of subjects) {
      const comparison = armComparison(oracle, subject, shape);
      const differing = alive.length === 0 ? [] : comparison.differing(alive);
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
  return { instructions, failures, refused };
}
