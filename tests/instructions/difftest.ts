/**
 * npm run difftest -- [--group NAME] [--count INSTRUCTIONS] [--seed N] [--mode NAME] [--format NAME] [--cpu MODEL] [--max-failures N] [--verbose] [--coverage] [--batch CASES] [--inputs N]
 *
 * Compares random instructions under the emulator with qemu-arm: about COUNT in each mode, shared by all groups unless
 * told otherwise. The CPU model has to be ARMv6K or later. Formats are little (the default), be8 and be32. --group and --mode may be repeated. --verbose lists the cases that qemu-arm refuses.
 * A program has up to CASES cases, each with N inputs. --coverage tells which rows of the decode tables were not compared, and fails if there are any.
 */
import { parseArgs } from 'node:util';
import { ARM_CPU_MODELS } from '../../targets/arm/cpu-models';
import { MODES, oracleOf, subjectOf } from '../harness/emulators';
import { runCampaign } from './campaign';
import { Coverage } from './coverage';
import { listing } from './disassembly';
import { FORMATS } from './format';
import { CAMPAIGN_SIZE } from './image-comparison';
import { GROUPS } from './groups';

const SELDOM_SHOWN = 10;

function parseOptions() {
  return parseArgs({
    options: {
      group: { type: 'string', multiple: true },
      count: { type: 'string', default: '100000' },
      seed: { type: 'string' },
      batch: { type: 'string', default: String(CAMPAIGN_SIZE.casesPerBatch) },
      inputs: { type: 'string', default: String(CAMPAIGN_SIZE.inputsPerCase) },
      mode: { type: 'string', multiple: true },
      'max-failures': { type: 'string', default: '20' },
      cpu: { type: 'string' },
      format: { type: 'string', default: 'little' },
      verbose: { type: 'boolean', default: false },
      coverage: { type: 'boolean', default: false },
    },
  }).values;
}

function main(): number {
  const values = parseOptions();
  const groups = GROUPS.filter((g) => values.group === undefined || values.group.includes(g.name));
  const modes = MODES.filter((m) => values.mode === undefined || values.mode.includes(m.name));
  const count = Number(values.count);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  if (groups.length === 0 || modes.length === 0 || !(count > 0) || !Number.isInteger(seed)) {
    process.stderr.write(`difftest: groups are ${GROUPS.map((g) => g.name).join(' ')}; modes are ${MODES.map((m) => m.name).join(' ')}\n`);
    return 2;
  }
  const model = ARM_CPU_MODELS.find((m) => m.name === values.cpu);
  if (values.cpu !== undefined && model === undefined) throw new Error(`no CPU model ${values.cpu}`);
  const cpu = model === undefined ? [] : ['-cpu', model.name];
  const format = FORMATS.find((f) => f.name === values.format);
  if (format === undefined) throw new Error(`formats are ${FORMATS.map((f) => f.name).join(' ')}`);
  const oracle = { name: `qemu-${format.target}`, command: [...oracleOf(format.target), ...cpu] };
  const subjects = modes.map((m) => ({ name: m.name, command: [...subjectOf(format.target), ...m.options, ...cpu] }));
  const coverage = new Coverage();
  const size = { casesPerBatch: Number(values.batch), inputsPerCase: Number(values.inputs) };
  let failed = 0;
  for (const group of groups) {
    const start = performance.now();
    const result = runCampaign(
      group,
      seed,
      Math.min(Math.ceil(count / groups.length), groups.length > 1 ? (group.most ?? Infinity) : Infinity),
      oracle,
      subjects,
      { maxFailures: Number(values['max-failures']), features: model?.features, format, coverage, size },
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `${group.name}: seed ${seed}, ${result.instructions} instructions in ${result.cases} cases, ${result.failures.length} failures, ` +
        `${result.refused.length} cases refused by ${oracle.name}, ${seconds} s\n`,
    );
    for (const f of result.failures) process.stdout.write(`\n[${group.name}, seed ${seed}, ${f.emulator.name}]\n${f.report}\n`);
    if (values.verbose) for (const c of result.refused) process.stdout.write(`\n[refused]\n${listing(c, 0)}\n`);
    failed += result.failures.length;
  }
  const missing = values.coverage ? report(coverage) : 0;
  return failed + missing === 0 ? 0 : 1;
}

/** Prints what was compared seldom or not at all; returns the number of rows without a comparison. */
function report(coverage: Coverage): number {
  const rows = coverage.rows();
  const missing = rows.filter(([, count]) => count === 0);
  const seldom = rows.filter(([, count]) => count > 0).slice(0, SELDOM_SHOWN);
  process.stdout.write(`\n${rows.length - missing.length} of ${rows.length} rows compared; the least often:\n`);
  for (const [name, count] of seldom) process.stdout.write(`  ${name}: ${count}\n`);
  if (missing.length > 0) process.stdout.write(`not compared:\n${missing.map(([name]) => `  ${name}\n`).join('')}`);
  return missing.length;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`difftest: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
