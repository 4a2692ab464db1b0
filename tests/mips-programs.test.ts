/** C programs with glibc, compiled here for MIPS in both byte orders, under the reference and under the emulator. */
import { compareCross, CROSS_PROGRAMS } from './harness/cross-programs';
import { MODES } from './harness/emulators';
import { describeIf } from './harness/tools';
import { crossFlavourName, type CrossFlavour } from './programs/compile-cross';

const FLAVOURS: readonly CrossFlavour[] = [
  { target: 'mips', flags: ['-O2'], linkage: 'static' },
  { target: 'mipsel', flags: ['-O2'], linkage: 'static' },
  { target: 'mips', flags: ['-O1', '-mips32r2', '-mfp32'], linkage: 'static' },
  { target: 'mipsel', flags: ['-O3', '-mips32'], linkage: 'dynamic' },
  { target: 'mips', flags: ['-O0'], linkage: 'dynamic' },
];

describeIf(['gcc', 'qemu-mips', 'qemu-mipsel', 'mips-linux-gnu-gcc', 'mipsel-linux-gnu-gcc'], 'programs agree with qemu-mips(el)', () => {
  describe.each(CROSS_PROGRAMS.map((p) => [p.name, p] as const))('%s', (_, program) => {
    it.each(FLAVOURS.map((f) => [crossFlavourName(f), f] as const))('%s', (_name, flavour) => compareCross(program, flavour, []));
    const modes = ['printf-formats', 'numbers', 'jumps', 'calls'].includes(program.name)
      ? MODES.filter((m) => m.name.endsWith('+opt'))
      : MODES.slice(-1);
    it.each(modes)('in mode $name', ({ options }) => {
      for (const flavour of FLAVOURS.slice(0, 2)) compareCross(program, flavour, options);
    });
  });
});
