/** Threads, their data and their end on MIPS, as on this machine: futexes, LL and SC, RDHWR in both byte orders. */
import { subjectOf } from './harness/emulators';
import { run } from './harness/run';
import { describeIf } from './harness/tools';
import { compileNative } from './programs/compile';
import { compileCross } from './programs/compile-cross';

describeIf(['gcc', 'mips-linux-gnu-gcc', 'mipsel-linux-gnu-gcc'], 'threads', () => {
  const outcome = (command: readonly string[]) => {
    const { status, signal, stdout } = run(command);
    return { status, signal, stdout: stdout.toString() };
  };

  it.each([
    ['mips', []],
    ['mipsel', ['first-ends']],
  ] as const)('%s %j', (target, args) => {
    // 64-bit atomics are a library's there, which stands before the program on the command line
    const libraries = ['-pthread', '-Wl,--undefined=__atomic_fetch_add_8', '-latomic'];
    const guest = compileCross('threads', { target, flags: ['-O2'], linkage: 'static' }, libraries);
    expect(outcome([...subjectOf(target), guest, ...args])).toEqual(outcome([compileNative('threads', ['-pthread']), ...args]));
  });
});
