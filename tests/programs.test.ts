/** C programs with glibc, compiled here, under the reference and under the emulator: output and exit must agree. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, ORACLE, SUBJECT } from './harness/emulators';
import { run, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compile, compileNative, flavourName, TOOLCHAINS, type Flavour } from './programs/compile';

interface Program {
  readonly name: string;
  readonly flags?: readonly string[];
  /** Further flags by ABI. */
  readonly abiFlags?: Readonly<Record<Flavour['abi'], readonly string[]>>;
  /** Argument lists to run it with; one run without arguments if absent. */
  readonly runs?: readonly (readonly string[])[];
  readonly input?: Uint8Array;
  /** What it must print, where the reference gets it wrong. */
  readonly stdout?: string;
  /** It starts programs, which qemu-user cannot by itself: the reference is the same program on this machine. */
  readonly native?: boolean;
}

const VFPV4 = '-march=armv7-a+neon-vfpv4';
const LARGE_FILES = ['-D_FILE_OFFSET_BITS=64'];

const PROGRAMS: readonly Program[] = [
  { name: 'printf-formats' },
  { name: 'start-up', runs: [[], ['one', 'two words', '', '-x']] },
  { name: 'files' },
  { name: 'many-entries', flags: LARGE_FILES },
  // 64-bit directory positions do not fit the 32-bit call: the kernel and qemu answer EOVERFLOW on ext4, we do not
  { name: 'many-entries', stdout: '2000 files, 2 dots, 2002 with inode, 2000 seen once\n2002 again\n' },
  { name: 'memory' },
  { name: 'jumps' },
  { name: 'filter', input: Buffer.alloc(10_000_000, 'The quick brown fox, 0123456789;\n') },
  { name: 'times' },
  { name: 'waiting' },
  { name: 'system' },
  { name: 'proc-self', runs: [[], ['a', 'b']] },
  { name: 'ipc', native: true },
  { name: 'sockets', native: true },
  { name: 'descriptors', native: true },
  { name: 'resources', native: true },
  { name: 'notifications', native: true },
  { name: 'numbers' },
  { name: 'integers' },
  { name: 'calls' },
  { name: 'wide-frames' },
  { name: 'signals' },
  // qemu has no robust lists
  { name: 'threads', flags: ['-pthread'], native: true, runs: [[], ['first-ends']] },
  { name: 'intrinsics', flags: ['-march=armv7-a+fp'] },
  { name: 'environment', flags: ['-frounding-math'] },
  // VFPv4 and its fused multiply-add under either calling convention
  { name: 'environment', flags: ['-frounding-math', VFPV4], abiFlags: { armhf: ['-mfloat-abi=hard'], armel: ['-mfloat-abi=softfp'] } },
  { name: 'atomics' },
  { name: 'exec', native: true },
  { name: 'children', native: true },
  { name: 'cycles', native: true, runs: [['12']] },
  { name: 'die', runs: ['abort', 'segv', 'ill', 'term', 'kill', 'pipe', 'exit', 'return'].map((how) => [how]) },
];

/** Every instruction set, optimisation level, ABI and linkage occurs with several of the programs. */
const FLAVOURS: readonly Flavour[] = [
  { abi: 'armhf', instructionSet: 'arm', optimisation: 2, linkage: 'static' },
  { abi: 'armhf', instructionSet: 'thumb', optimisation: 3, linkage: 'dynamic' },
  { abi: 'armel', instructionSet: 'arm', optimisation: 0, linkage: 'dynamic' },
  { abi: 'armel', instructionSet: 'thumb', optimisation: 1, linkage: 'static' },
];

const ALL_FLAVOURS: readonly Flavour[] = (['armhf', 'armel'] as const).flatMap((abi) =>
  (['arm', 'thumb'] as const).flatMap((instructionSet) =>
    ([0, 1, 2, 3] as const).flatMap((optimisation) =>
      (['static', 'dynamic'] as const).map((linkage): Flavour => ({ abi, instructionSet, optimisation, linkage })),
    ),
  ),
);

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', LC_ALL: 'C', EMPTY: '' };

const parent = mkdtempSync(join(tmpdir(), 'tsemu-programs-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** Runs in an empty directory, which always has the same name. */
function runAlone(command: readonly string[], input: Uint8Array | undefined): RunResult {
  const cwd = join(parent, 'work');
  mkdirSync(cwd);
  try {
    // The launcher's shell would add PWD to an environment that lacks it
    return run(command, { cwd, env: { ...ENVIRONMENT, PWD: cwd }, input: input ?? '' });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** Without the optimiser once; tests/instructions has the other combinations. */
const PROGRAM_MODES = MODES.filter((m) => !['js', 'wasm'].includes(m.name));

/** The reference's results, computed once for all modes. */
const expectations = new Map<string, RunResult>();

function compare(program: Program, flavour: Flavour, modeOptions: readonly string[]): void {
  const executable = compile(program.name, flavour, [...(program.flags ?? []), ...(program.abiFlags?.[flavour.abi] ?? [])]);
  const options = flavour.linkage === 'dynamic' ? ['-L', TOOLCHAINS[flavour.abi].sysroot] : [];
  for (const args of program.runs ?? [[]]) {
    const guest = [executable, ...args];
    const key = guest.join('\0');
    const reference = program.native ? [compileNative(program.name, program.flags), ...args] : [...ORACLE, ...options, ...guest];
    const expected = expectations.get(key) ?? runAlone(reference, program.input);
    expectations.set(key, expected);
    const actual = runAlone([...SUBJECT, ...modeOptions, ...options, ...guest], program.input);
    // Together, so that a run that dies says why
    const stderr = actual.status === expected.status ? undefined : actual.stderr.toString();
    expect({ status: actual.status, signal: actual.signal, stderr }).toEqual({ status: expected.status, signal: expected.signal });
    expect(actual.stdout.toString('latin1')).toBe(program.stdout ?? expected.stdout.toString('latin1'));
    // The reference announces a guest's deadly signal in its own words
    if (expected.signal === null) expect(actual.stderr.toString()).toBe(expected.stderr.toString());
  }
}

describeIf(['gcc', 'qemu-arm', 'arm-linux-gnueabihf-gcc', 'arm-linux-gnueabi-gcc'], 'programs agree with qemu-arm', () => {
  it.each(ALL_FLAVOURS.map((f) => [flavourName(f), f] as const))('hello, %s', (_, flavour) => {
    compare({ name: 'hello' }, flavour, []);
  });

  describe.each(PROGRAMS.map((p) => [[p.name, ...(p.flags ?? [])].join(' '), p] as const))('%s', (_, program) => {
    it.each(PROGRAM_MODES)('in mode $name', ({ options }) => {
      compare(program, FLAVOURS[0]!, options);
    });
    it.each(FLAVOURS.slice(1).map((f) => [flavourName(f), f] as const))('%s', (_name, flavour) => {
      compare(program, flavour, []);
    });
  });
});
