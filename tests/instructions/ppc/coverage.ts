/** Which rows of the PowerPC decode tables were compared with the reference. */
import { Decoder } from '../../../targets/decoder';
import type { PpcRow } from '../../../targets/ppc/instruction';
import { PPC_CPU_MODELS } from '../../../targets/ppc/cpu-models';
import { PPC_TABLES } from '../../../targets/ppc/lift';
import type { TestCase } from './program';

type TableName = keyof typeof PPC_TABLES;
const NAMES = Object.keys(PPC_TABLES) as TableName[];

export class Coverage {
  private readonly counts = new Map<PpcRow, number>();
  private decoders: readonly Decoder<PpcRow>[] = [];

  /** What follows is compared on this model. */
  onModel(name: string): void {
    const features = PPC_CPU_MODELS.find((m) => m.name === name)!.features;
    this.decoders = NAMES.map((table) => {
      const { rows, buckets } = PPC_TABLES[table];
      return new Decoder<PpcRow>(
        rows.filter((r) => r.feature === undefined || features.has(r.feature)),
        buckets,
      );
    });
  }

  /** Counts the instructions of a case that was compared. */
  add({ code }: TestCase): void {
    for (const { word } of code) {
      for (const decoder of this.decoders) {
        const row = decoder.find(word)?.row;
        if (row !== undefined) this.counts.set(row, (this.counts.get(row) ?? 0) + 1);
      }
    }
  }

  /** How often each row was compared, as `table NAME`, the least often first. */
  rows(): readonly (readonly [row: string, count: number])[] {
    return NAMES.flatMap((name) => PPC_TABLES[name].rows.map((row) => [`${name} ${row.name}`, this.counts.get(row) ?? 0] as const)).sort(
      (a, b) => a[1] - b[1],
    );
  }
}
