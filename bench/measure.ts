/** Timing of commands: wall-clock, interleaved so that the machine's moods hit all alike, medians. */
import { spawnSync } from 'node:child_process';

export interface Command {
  readonly name: string;
  readonly command: readonly string[];
}

export interface Timing {
  /** Median, in milliseconds. */
  readonly median: number;
  readonly min: number;
  /** What the command printed; the same each time. */
  readonly output: string;
}

/** Times each command `runs` times, taking turns. Throws if one fails or prints something else the next time. */
export function timeInterleaved(commands: readonly Command[], runs: number, env = process.env): Timing[] {
  const times: number[][] = commands.map(() => []);
  const outputs: string[] = [];
  for (let run = 0; run < runs; run++) {
    commands.forEach(({ name, command }, i) => {
      const [program, ...args] = command;
      const start = process.hrtime.bigint();
      const r = spawnSync(program!, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
      times[i]!.push(Number(process.hrtime.bigint() - start) / 1e6);
      if (r.status !== 0) throw new Error(`${name}: ${command.join(' ')}: status ${r.status ?? r.signal}: ${r.stderr.toString()}`);
      const output = r.stdout.toString();
      if (run > 0 && output !== outputs[i]) throw new Error(`${name}: ${command.join(' ')} printed '${output}' after '${outputs[i]}'`);
      outputs[i] = output;
    });
  }
  return times.map((t, i) => ({ median: median(t), min: Math.min(...t), output: outputs[i]! }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}

/** Rows of cells as aligned columns: the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ') + '\n')
    .join('');
}
