/** Programs that end before compiled code pays: none may take longer than under qemu-arm, start-up apart. */
import { ORACLE, SUBJECT } from '../tests/harness/emulators';
import { measureChecked, runOnce, type Timing } from './measure';
import { geometricMean } from './statistics';
import { formatTable } from './table';
import type { Workload } from './workload';

/** What qemu-arm shall take, start-up included. */
const TARGET_MS = 200;
/** Share of the work by which its speed is measured. */
const CALIBRATION_PERCENT = 20;

export interface ShortResult {
  readonly name: string;
  readonly percent: number;
  readonly qemu: Timing;
  readonly tsemu: Timing;
  /** qemu-arm's time plus the difference between the two start-ups. */
  readonly allowedMs: number;
}

/**
 * Measures a workload at the percentage at which qemu-arm takes 0.2 s.
 * @param qemuStartMs what qemu-arm takes for a program that does nothing
 * @param differenceMs how much longer tsemu takes for that
 */
export function measureShort(workload: Workload, runs: number, qemuStartMs: number, differenceMs: number): ShortResult {
  const emulated = (emulator: readonly string[], percent: number): { name: string; command: readonly string[] } => ({
    name: `${workload.name} (short)`,
    command: [...emulator, ...workload.guest(percent)],
  });
  const { wallMs } = runOnce(emulated(ORACLE, CALIBRATION_PERCENT));
  const percent = Number(((CALIBRATION_PERCENT * (TARGET_MS - qemuStartMs)) / (wallMs - qemuStartMs)).toPrecision(3));
  const [qemu, tsemu] = measureChecked([emulated(ORACLE, percent), emulated(SUBJECT, percent)], runs) as [Timing, Timing];
  return { name: workload.name, percent, qemu, tsemu, allowedMs: qemu.wallMs + differenceMs };
}

export function shortTable(results: readonly ShortResult[]): string {
  const rows = results.map(({ name, percent, qemu, tsemu, allowedMs }) => {
    const margin = allowedMs - tsemu.wallMs;
    const numbers = [percent, qemu.wallMs, tsemu.wallMs, allowedMs, margin].map((n) => n.toFixed(1));
    return [`  ${name}`, ...numbers, (qemu.wallMs / tsemu.wallMs).toFixed(2), margin >= 0 ? 'pass' : 'SLOW'];
  });
  const mean = geometricMean(results.map((r) => r.qemu.wallMs / r.tsemu.wallMs)).toFixed(2);
  return formatTable([
    ['short: 0.2 s', '%', 'qemu-arm ms', 'auto ms', 'allowed ms', 'margin ms', 'qemu/auto', ''],
    ...rows,
    ['  geometric mean', '', '', '', '', '', mean, ''],
  ]);
}
