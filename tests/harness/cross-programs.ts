/** C programs with glibc, compiled here, under the reference and under the emulator: output and exit must agree. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCross, TRIPLETS, type CrossFlavour } from '../programs/compile-cross';
import { compileNative } from '../programs/compile';
import { oracleOf, subjectOf } from './emulators';
import { run, type RunResult } from './run';

export interface CrossProgram {
  readonly name: string;
  readonly flags?: readonly string[];
  /** Argument lists to run it with; one run without arguments if absent. */
  readonly runs?: readonly (readonly string[])[];
  readonly input?: Uint8Array;
  /** The reference lacks what it does: compare with the same program built for this machine. */
  readonly native?: true;
  /** Lines of the output that may differ, where the reference of a target is wrong. */
  readonly ignored?: Partial<Record<CrossFlavour['target'], RegExp>>;
}

/** qemu-mips has no bits of AT_HWCAP for MIPS16e and DSP, so that there are none at all; targets/mips/hwcap.test.ts tests ours. */
const HWCAP = /^HWCAP .*$/gm;
/** qemu-ppc has no AT_PLATFORM, which Linux gives PowerPC. */
const PLATFORM = /^PLATFORM .*$/gm;

/** What every target runs. */
export const CROSS_PROGRAMS: readonly CrossProgram[] = [
  { name: 'hello' },
  { name: 'printf-formats' },
  { name: 'start-up', ignored: { mips: HWCAP, mipsel: HWCAP, ppc: PLATFORM }, runs: [[], ['one', 'two words', '', '-x']] },
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
  { name: 'contexts' },
  { name: 'registers-of-pipe' },
  { name: 'die', runs: ['abort', 'segv', 'ill', 'term', 'kill', 'pipe', 'exit', 'return'].map((how) => [how]) },
];

const parent = mkdtempSync(join(tmpdir(), 'tsemu-cross-programs-'));
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

export function compareCross(program: CrossProgram, flavour: CrossFlavour, modeOptions: readonly string[]): void {
  const { target } = flavour;
  const executable = compileCross(program.name, flavour, program.flags);
  const options = flavour.linkage === 'dynamic' ? ['-L', `/usr/${TRIPLETS[target]}`] : [];
  for (const args of program.runs ?? [[]]) {
    const guest = [executable, ...args];
    const key = guest.join('\0');
    const reference = program.native ? [compileNative(program.name), ...args] : [...oracleOf(target), ...options, ...guest];
    const expected = expectations.get(key) ?? runAlone(reference, program.input);
    expectations.set(key, expected);
    const actual = runAlone([...subjectOf(target), ...modeOptions, ...options, ...guest], program.input);
    const stderr = actual.status === expected.status ? undefined : actual.stderr.toString();
    expect({ status: actual.status, signal: actual.signal, stderr }).toEqual({ status: expected.status, signal: expected.signal });
    const text = ({ stdout }: RunResult): string => stdout.toString('latin1').replace(program.ignored?.[target] ?? /$^/, '');
    expect(text(actual)).toBe(text(expected));
  }
}
