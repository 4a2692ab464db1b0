/** C programs with glibc, compiled here for MIPS in both byte orders, under the reference and under the emulator: output and exit must agree. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, oracleOf, subjectOf } from './harness/emulators';
import { run, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compileNative } from './programs/compile';
import { compileForMips, mipsFlavourName, type MipsFlavour } from './programs/compile-mips';

interface Program {
  readonly name: string;
  readonly flags?: readonly string[];
  /** Argument lists to run it with; one run without arguments if absent. */
  readonly runs?: readonly (readonly string[])[];
  readonly input?: Uint8Array;
  /** The reference lacks what it does: compare with the same program built for this machine. */
  readonly native?: true;
}

const PROGRAMS: readonly Program[] = [
  { name: 'hello' },
  { name: 'printf-formats' },
  { name: 'start-up', runs: [[], ['one', 'two words', '', '-x']] },
  { name: 'files' },
  { name: 'many-entries', flags: ['-D_FILE_OFFSET_BITS=64'] },
  { name: 'memory' },
  { name: 'jumps' },
  { name: 'filter', input: Buffer.alloc(1_000_000, 'The quick brown fox, 0123456789;\n') },
  { name: 'times' },
  { name: 'waiting' },
  { name: 'system' },
  { name: 'proc-self', runs: [[], ['a', 'b']] },
  { name: 'numbers' },
  { name: 'environment', flags: ['-lm'] },
  { name: 'float-traps' },
  { name: 'integers' },
  { name: 'calls' },
  { name: 'wide-frames' },
  { name: 'ipc', native: true },
  { name: 'sockets', native: true },
  { name: 'descriptors', native: true },
  { name: 'resources', native: true },
  { name: 'notifications', native: true },
  { name: 'signals' },
  { name: 'registers-of-pipe' },
  { name: 'die', runs: ['abort', 'segv', 'ill', 'term', 'kill', 'pipe', 'exit', 'return'].map((how) => [how]) },
];

const FLAVOURS: readonly MipsFlavour[] = [
  { target: 'mips', flags: ['-O2'], linkage: 'static' },
  { target: 'mipsel', flags: ['-O2'], linkage: 'static' },
  { target: 'mips', flags: ['-O1', '-mips32r2', '-mfp32'], linkage: 'static' },
  { target: 'mipsel', flags: ['-O3', '-mips32'], linkage: 'dynamic' },
  { target: 'mips', flags: ['-O0'], linkage: 'dynamic' },
];

const parent = mkdtempSync(join(tmpdir(), 'tsemu-mips-programs-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** Runs in an empty directory, which always has the same name. */
function runAlone(command: readonly string[], input: Uint8Array | undefined): RunResult {
  const cwd = join(parent, 'work');
  mkdirSync(cwd);
  try {
    return run(command, { cwd, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', PWD: cwd }, input: input ?? '' });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** The reference's results, computed once for all modes. */
const expectations = new Map<string, RunResult>();

function compare(program: Program, flavour: MipsFlavour, modeOptions: readonly string[]): void {
  const { target } = flavour;
  const executable = compileForMips(program.name, flavour, program.flags);
  const options = flavour.linkage === 'dynamic' ? ['-L', `/usr/${target}-linux-gnu`] : [];
  for (const args of program.runs ?? [[]]) {
    const guest = [executable, ...args];
    const key = guest.join('\0');
    const reference = program.native ? [compileNative(program.name), ...args] : [...oracleOf(target), ...options, ...guest];
    const expected = expectations.get(key) ?? runAlone(reference, program.input);
    expectations.set(key, expected);
    const actual = runAlone([...subjectOf(target), ...modeOptions, ...options, ...guest], program.input);
    const stderr = actual.status === expected.status ? undefined : actual.stderr.toString();
    expect({ status: actual.status, signal: actual.signal, stderr }).toEqual({ status: expected.status, signal: expected.signal });
    expect(actual.stdout.toString('latin1')).toBe(expected.stdout.toString('latin1'));
  }
}

describeIf(['gcc', 'qemu-mips', 'qemu-mipsel', 'mips-linux-gnu-gcc', 'mipsel-linux-gnu-gcc'], 'programs agree with qemu-mips(el)', () => {
  describe.each(PROGRAMS.map((p) => [p.name, p] as const))('%s', (_, program) => {
    it.each(FLAVOURS.map((f) => [mipsFlavourName(f), f] as const))('%s', (_name, flavour) => compare(program, flavour, []));
    const modes = ['printf-formats', 'numbers', 'jumps', 'calls'].includes(program.name)
      ? MODES.filter((m) => m.name.endsWith('+opt'))
      : MODES.slice(-1);
    it.each(modes)('in mode $name', ({ options }) => {
      for (const flavour of FLAVOURS.slice(0, 2)) compare(program, flavour, options);
    });
  });
});
