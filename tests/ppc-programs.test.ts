/** C and C++ programs with glibc, compiled here for PowerPC, under the reference and under the emulator. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareCross, CROSS_PROGRAMS, type CrossProgram } from './harness/cross-programs';
import { MODES, subjectOf } from './harness/emulators';
import { run, runChecked, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compileCross, crossFlavourName, TRIPLETS, type CrossFlavour } from './programs/compile-cross';

const FLAVOURS: readonly CrossFlavour[] = [
  { target: 'ppc', flags: ['-O2'], linkage: 'static' },
  { target: 'ppc', flags: ['-O1', '-mmultiple'], linkage: 'dynamic' },
];

/** registers-of-pipe is about a call of MIPS. qemu-ppc gets SIGILL for what the others do. */
const OTHERS: ReadonlySet<string> = new Set(['registers-of-pipe', 'environment', 'float-traps']);
/** qemu-ppc has other codes than Linux for invalid operations. */
const FLOAT_TRAPS: CrossProgram = { name: 'float-traps-ppc', ignored: { ppc: /code [378],/g } };
const PROGRAMS = [...CROSS_PROGRAMS.filter((p) => !OTHERS.has(p.name)), FLOAT_TRAPS, { name: 'divisions' }];

/** What runs in all flavours and modes. */
const THOROUGHLY: ReadonlySet<string> = new Set(['printf-formats', 'numbers', 'jumps', 'calls', 'divisions']);

describeIf(['gcc', 'qemu-ppc', 'powerpc-linux-gnu-gcc'], 'programs agree with qemu-ppc', () => {
  it.each(PROGRAMS.map((p) => [p.name, p] as const))('%s', (_, program) => compareCross(program, FLAVOURS[0]!, []));

  describe.each(PROGRAMS.filter((p) => THOROUGHLY.has(p.name)).map((p) => [p.name, p] as const))('%s', (_, program) => {
    it.each(FLAVOURS.slice(1).map((f) => [crossFlavourName(f), f] as const))('%s', (_name, flavour) => compareCross(program, flavour, []));
    it.each(MODES.filter((m) => m.name.endsWith('+opt')))('in mode $name', ({ options }) => compareCross(program, FLAVOURS[0]!, options));
  });
});

/** Whose libgcc has the divisions that tsemu knows. */
const KNOWN_COMPILER = /^12\b/;

describeIf(['powerpc-linux-gnu-gcc'], "libgcc's divisions", () => {
  it('are one operation each', () => {
    const guest = compileCross('divisions', FLAVOURS[0]!);
    const { stderr } = run([...subjectOf('ppc'), '-d', 'op', guest]);
    const known = KNOWN_COMPILER.test(runChecked([`${TRIPLETS.ppc}-gcc`, '-dumpversion']).toString());
    expect([...stderr.toString().matchAll(/= div_u64 /g)]).toHaveLength(known ? 4 : 0);
  });
});

// qemu-ppc 7.2 has no 601
describeIf(['powerpc-linux-gnu-gcc'], 'the 601', () => {
  const POWER: CrossFlavour = { target: 'ppc', flags: ['-O1', '-mcpu=601', '-Wa,-m601'], linkage: 'static' };
  it.each(['interp', 'auto'])('has what it kept of POWER (%s)', (tier) => {
    const r = run([...subjectOf('ppc'), '-cpu', '601', `--emit=${tier}`, compileCross('power', POWER)]);
    expect(r.stdout.toString()).toBe('0 failures\n');
  });

  it('alone has it', () => {
    expect(run([...subjectOf('ppc'), compileCross('power', POWER)]).signal).toBe('SIGILL');
  });
});

// qemu-ppc 7.2 does not write the sums, or takes the wrong ones for overflows
describeIf(['powerpc-linux-gnu-gcc'], 'the 440', () => {
  const guest = (): string => compileCross('mac', { target: 'ppc', flags: ['-O1', '-Wa,-m405'], linkage: 'static' });
  it.each(['interp', 'auto'])('accumulates products of halfwords (%s)', (tier) => {
    const r = run([...subjectOf('ppc'), '-cpu', '440-xilinx-w-dfpu', `--emit=${tier}`, guest()]);
    expect(r.stdout.toString()).toBe('0 failures\n');
  });
});

// qemu-ppc 7.2 lacks most of its products, and computes some other instructions wrongly
describeIf(['powerpc-linux-gnu-gcc'], 'the e500', () => {
  const flags = ['-O1', '-ffreestanding', '-nostdlib', '-msoft-float', '-Wa,-me500'];
  const guest = (): string => compileCross('spe', { target: 'ppc', flags, linkage: 'static' });
  const on = (cpu: string, tier: string): RunResult => run([...subjectOf('ppc'), '-cpu', cpu, `--emit=${tier}`, guest()]);

  it.each(['interp', 'js', 'auto'])('has SPE, in signal frames too (%s)', (tier) => {
    expect(on('e500v2', tier).stdout.toString()).toBe('hwcap 84e08000\n0 failures\n');
  });

  it('lacks AltiVec, of which SPE has the encodings, as others lack SPE', () => {
    expect(on('7400', 'interp').signal).toBe('SIGILL');
    expect(on('e500mc', 'interp').signal).toBe('SIGILL');
  });
});

// qemu-ppc never sets FR
describeIf(['powerpc-linux-gnu-gcc'], 'FPSCR.FR', () => {
  it.each(['interp', 'js', 'auto'])('tells that results were rounded away from 0 (%s)', (tier) => {
    const guest = compileCross('fraction', { target: 'ppc', flags: ['-O1'], linkage: 'static' });
    const r = run([...subjectOf('ppc'), `--emit=${tier}`, '--hot=1', guest]);
    expect([r.stdout.toString(), r.status]).toEqual(['0 failures\n', 0]);
  });
});

// qemu-ppc gets SIGILL for mffscrn in glibc's sin. The two differ in the default NaN, in what is saturated, and gcc for PowerPC
// compares without signalling quiet NaNs
describeIf(['gcc', 'powerpc-linux-gnu-gcc'], 'the floating-point environment', () => {
  it('is that of this machine', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-environment-'));
    try {
      const [source, native] = [join(__dirname, 'programs/environment.c'), join(dir, 'native')];
      const flags = ['-O1', '-frounding-math'];
      runChecked(['gcc', ...flags, '-o', native, source, '-lm']);
      const guest = compileCross('environment', FLAVOURS[0]!, ['-frounding-math', '-lm']);
      const comparable = (output: Buffer): string[] =>
        output
          .toString()
          .replace(/^fff8/gm, '7ff8')
          .split('\n')
          .filter((line) => !/nan_ < one|\(int\)big/.test(line));
      expect(comparable(run([...subjectOf('ppc'), guest]).stdout)).toEqual(comparable(runChecked([native])));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

// qemu-ppc 7.2 has no vdso, so that libgcc fails there
describeIf(['powerpc-linux-gnu-g++'], 'C++ exceptions', () => {
  it.each([['-static'], []])('pass through signal frames (%s)', (...flags) => {
    const dir = mkdtempSync(join(tmpdir(), 'tsemu-unwind-'));
    try {
      const [source, guest] = [join(__dirname, 'programs/unwind.cc'), join(dir, 'unwind')];
      runChecked(['powerpc-linux-gnu-g++', '-O1', '-fnon-call-exceptions', '-fasynchronous-unwind-tables', ...flags, '-o', guest, source]);
      const r = run([...subjectOf('ppc'), '-L', `/usr/${TRIPLETS.ppc}`, guest]);
      expect(r.stdout.toString().split('\n')).toEqual([
        'caught out of range',
        'frames beyond the signal: 1',
        '~handler',
        '~deep',
        '~deep',
        '~deep',
        '~deep',
        'caught from handler',
        '~plain handler',
        '~deep',
        '~deep',
        'caught signal 11',
        '',
      ]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
