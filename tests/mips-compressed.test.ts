/** C programs in MIPS16e and microMIPS, with glibc's MIPS32 code around them: calls between the instruction sets. */
import { compareCross } from './harness/cross-programs';
import { describeIf } from './harness/tools';
import type { CrossFlavour } from './programs/compile-cross';

const PROGRAMS = ['calls', 'jumps', 'hello'];
const flavour = (flag: string): CrossFlavour => ({ target: 'mipsel', flags: ['-O2', flag, '-minterlink-compressed'], linkage: 'static' });

describeIf(['gcc', 'qemu-mipsel', 'mipsel-linux-gnu-gcc'], 'compressed code', () => {
  it.each(PROGRAMS)('MIPS16e: %s', (name) => compareCross({ name }, flavour('-mips16'), ['--hot=1']));
  // No model of the reference has both microMIPS and the floating point that glibc uses
  it.each(PROGRAMS)('microMIPS: %s', (name) => compareCross({ name, native: true }, flavour('-mmicromips'), ['--hot=1']));
});
