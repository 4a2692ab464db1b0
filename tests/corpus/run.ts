/**
 * npm run corpus -- [--random N] [--seed N] [--set NAME] [--mode NAME] [NAME...]: builds C programs of the tests and the
 * benchmarks and N random ones with each set of flags, and compares their output and status with qemu-arm's. --set and --mode may be
 * repeated. A random program of a seed is the same everywhere; what differs is printed with it.
 */
import { parseArgs } from 'node:util';
import { MODES, SUBJECT } from '../harness/emulators';
import { compare, fixedSources, FLAG_SETS, inFolder, randomSource } from './corpus';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    random: { type: 'string', default: '20' },
    seed: { type: 'string' },
    set: { type: 'string', multiple: true },
    mode: { type: 'string', multiple: true },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const modes = MODES.filter((m) => values.mode?.includes(m.name));
const subjects = values.mode === undefined ? [[...SUBJECT]] : modes.map((m) => [...SUBJECT, ...m.options]);
const sources = [...fixedSources(), ...Array.from({ length: Number(values.random) }, (_, k) => randomSource(seed + k))].filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);
for (const set of FLAG_SETS.filter(({ name }) => values.set?.includes(name) !== false)) {
  const different = sources.flatMap((source) => inFolder((folder) => compare(source, set, folder, subjects)));
  process.stdout.write(`${set.name}: ${sources.length} programs, random ones from seed ${seed}, ${different.length} differences\n`);
  for (const line of different) process.stdout.write(`  ${line}\n`);
  if (different.length > 0) process.exitCode = 1;
}
