/** Which rows of the decode tables were compared with the reference. */
import { ARM_TABLES } from '../../targets/arm/lift';
import { rowOf, type InstructionSet } from './instruction-source';
import type { TestCase } from './test-case';

export class Coverage {
  private readonly counts = new Map<string, number>();

  /** Counts the instructions of a case that was compared. */
  add({ thumb, code }: TestCase): void {
    for (const { word, size, data } of code) {
      if (data === true) continue;
      const found = rowOf(thumb, size, word);
      if (found === undefined) continue;
      const key = `${found.set} ${found.row.name}`;
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  /** How often each row was compared, as `set NAME`, the least often first. */
  rows(): readonly (readonly [row: string, count: number])[] {
    const names = (Object.keys(ARM_TABLES) as InstructionSet[]).flatMap((set) => ARM_TABLES[set].rows.map((row) => `${set} ${row.name}`));
    return names.map((name) => [name, this.counts.get(name) ?? 0] as const).sort((a, b) => a[1] - b[1]);
  }
}
