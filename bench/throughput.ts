/** How fast the kernels run: tsemu in each tier, qemu-arm and native code. */
import { ORACLE, SUBJECT } from '../tests/harness/emulators';
import { buildKernel, kernelNames } from './guests';
import { formatTable, geometricMean, timeInterleaved, type Command } from './measure';

/** The interpreter does this share of the work, and its time is multiplied (start-up with it): all of it would take minutes. */
const INTERPRETER_SHARE = 0.25;

interface Runner {
  readonly name: string;
  readonly share: number;
  readonly command: (guest: string, native: string) => readonly string[];
}

const RUNNERS: readonly Runner[] = [
  { name: 'auto', share: 1, command: (guest) => [...SUBJECT, guest] },
  { name: 'js', share: 1, command: (guest) => [...SUBJECT, '--emit=js', guest] },
  { name: 'interp', share: INTERPRETER_SHARE, command: (guest) => [...SUBJECT, '--emit=interp', guest] },
  { name: 'qemu-arm', share: 1, command: (guest) => [...ORACLE, guest] },
  { name: 'native', share: 1, command: (_, native) => [native] },
];

export interface KernelResult {
  readonly kernel: string;
  /** Median milliseconds by runner; the interpreter's extrapolated. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/**
 * Times the kernels.
 * @param names kernels, or none for all
 * @param percent share of each kernel's full work
 */
export function measureThroughput(names: readonly string[], runs: number, percent: number): KernelResult[] {
  const percentOf = (runner: Runner): number => Math.max(1, Math.round(percent * runner.share));
  const selected = names.length > 0 ? names : kernelNames().filter((name) => name !== 'hello');
  return selected.map((name) => {
    const { guest, native } = buildKernel(name);
    const commands: Command[] = RUNNERS.map((r) => ({
      name: `${name} ${r.name}`,
      command: [...r.command(guest, native), String(percentOf(r))],
    }));
    const timings = timeInterleaved(commands, runs);
    checkOutputs(
      name,
      timings.map((t) => t.output),
    );
    const milliseconds = Object.fromEntries(RUNNERS.map((r, i) => [r.name, (timings[i]!.median * percent) / percentOf(r)]));
    process.stderr.write(`${name} `);
    return { kernel: name, milliseconds };
  });
}

/** All runners that do the same amount of work must print the same. */
function checkOutputs(name: string, outputs: readonly string[]): void {
  const expected = outputs[RUNNERS.findIndex((r) => r.name === 'qemu-arm')];
  RUNNERS.forEach((r, i) => {
    if (r.share === 1 && outputs[i] !== expected) throw new Error(`${name}: ${r.name} printed '${outputs[i]}', qemu-arm '${expected}'`);
  });
}

/** Seconds, and how many times as fast as qemu-arm each runner is. */
export function throughputTable(results: readonly KernelResult[]): string {
  const others = RUNNERS.filter((r) => r.name !== 'qemu-arm').map((r) => r.name);
  const ratio = (r: KernelResult, runner: string): number => r.milliseconds['qemu-arm']! / r.milliseconds[runner]!;
  const rows = results.map((r) => [
    r.kernel,
    ...RUNNERS.map((runner) => (r.milliseconds[runner.name]! / 1000).toFixed(2)),
    ...others.map((runner) => ratio(r, runner).toFixed(2)),
  ]);
  const means = others.map((runner) => geometricMean(results.map((r) => ratio(r, runner))).toFixed(2));
  return formatTable([
    ['kernel', ...RUNNERS.map((r) => `${r.name} s`), ...others.map((runner) => `qemu/${runner}`)],
    ...rows,
    ['geometric mean', ...RUNNERS.map(() => ''), ...means],
  ]);
}
