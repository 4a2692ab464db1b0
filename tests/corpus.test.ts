/** A random C program, built with each set of flags, under qemu-arm and under the emulator. `npm run corpus` does more. */
import { SUBJECT } from './harness/emulators';
import { describeIf } from './harness/tools';
import { compare, FLAG_SETS, inFolder, randomSource } from './corpus/corpus';

/** The same in every run; others are for the command. */
const SEED = 20261122;

describeIf(['qemu-arm', 'arm-linux-gnueabihf-gcc', 'arm-linux-gnueabi-gcc'], 'C programs as they are built for ARM', () => {
  const seed = Number(process.env['TSEMU_SEED'] ?? SEED);

  it.each(FLAG_SETS.map((s) => [s.name, s] as const))('%s', (_, set) => {
    expect(inFolder((folder) => compare(randomSource(seed), set, folder, [SUBJECT]))).toEqual([]);
  });
});
